// SPDX-License-Identifier: MIT
// Text and bytes to read: const char*, and const char* with its length. Results: const char* for
// text, const uint8_t* for bytes.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/argument.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/memory.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// The bytes of an object that is exactly a str or a bytes, which nothing can change.
class python_text {
public:
    bool read(python_object* object) noexcept {
        if (is_exactly(object, python.str_type)) [[likely]] {
            std::ptrdiff_t length;  // set on success
            data_ = python.PyUnicode_AsUTF8AndSize(object, &length);
            if (data_ != nullptr) [[likely]] {
                size_ = static_cast<std::size_t>(length);
                return true;
            }
            python.PyErr_Clear();
            return false;
        }
        if (is_exactly(object, python.bytes_type)) {
            char* bytes = nullptr;
            std::ptrdiff_t length = 0;
            python.PyBytes_AsStringAndSize(object, &bytes, &length);
            data_ = bytes;
            size_ = static_cast<std::size_t>(length);
            return true;
        }
        return false;
    }
    bool read_none() noexcept {
        data_ = nullptr;
        size_ = 0;
        return true;
    }
    bool read_default(const clib_value& parameter) noexcept {
        data_ = parameter.default_value != nullptr ? parameter.default_value->text : nullptr;
        size_ = data_ != nullptr ? std::strlen(data_) : 0;
        return true;
    }
    const char* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }

private:
    const char* data_;
    std::size_t size_;
};

constexpr bool is_text_default(const default_value& value) {
    return value.what == default_value::type::text || value.what == default_value::type::null;
}

inline python_object* text_to_python(std::string_view text) noexcept {
    return python.PyUnicode_DecodeUTF8(text.data(), static_cast<std::ptrdiff_t>(text.size()),
                                       "surrogateescape");
}
inline python_object* bytes_to_python(std::string_view bytes) noexcept {
    return python.PyBytes_FromStringAndSize(bytes.data(),
                                            static_cast<std::ptrdiff_t>(bytes.size()));
}

}  // namespace detail

template <>
struct kind<const char*> : basic_kind<CLIB_KIND_TEXT, const char*> {
    using c_result = const char*;
    static std::string_view from_c(const char* text, const char* parameter) {
        return non_null(text, parameter);
    }
    /// A copy, for the owner of the text may die before the caller reads it.
    static std::string to_body(std::string_view text) { return std::string{text}; }
    static std::string to_body(std::string&& text) noexcept { return std::move(text); }
    /// What owns a text and is no std::string, as a c_string: it is passed on itself.
    template <text_like Text>
        requires(!std::convertible_to<Text, std::string_view>)
    static Text to_body(Text&& text) noexcept { return std::forward<Text>(text); }
    static std::string to_body(const char* text) {
        if (text == nullptr) { fail(status::unknown, {"the result is NULL; return a text"}); }
        return text;
    }
    static constexpr std::uint32_t flags = CLIB_VALUE_CONST;
    static constexpr bool is_result = true;
    static constexpr result_form form = result_form::text;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) {
        return detail::is_text_default(value);
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            return text_.read(object) && std::memchr(text_.data(), '\0', text_.size()) == nullptr;
        }
        bool read_none() noexcept { return text_.read_none(); }
        bool read_default(const clib_value& parameter) noexcept {
            return text_.read_default(parameter);
        }
        std::tuple<const char*> c_values() const noexcept { return {text_.data()}; }

    private:
        detail::python_text text_;
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(const char* text) noexcept {
        return text != nullptr ? detail::text_to_python(text) : new_reference(python.none);
    }
};

template <>
struct kind<std::string_view> : basic_kind<CLIB_KIND_BYTES, const char*, std::size_t> {
    using c_result = const std::uint8_t*;
    static std::string_view from_c(const char* data, std::size_t size, const char* parameter) {
        return bytes(data, size, parameter);
    }
    static constexpr std::uint32_t flags = CLIB_VALUE_CONST;
    static constexpr bool is_result = true;
    static constexpr result_form form = result_form::bytes;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) {
        return detail::is_text_default(value);
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept { return text_.read(object); }
        bool read_none() noexcept { return text_.read_none(); }
        bool read_default(const clib_value& parameter) noexcept {
            return text_.read_default(parameter);
        }
        std::tuple<const char*, std::size_t> c_values() const noexcept {
            return {text_.data(), text_.size()};
        }

    private:
        detail::python_text text_;
    };
    /// Takes memory that can be resized, too. The usual argument has nothing to give back.
    class wide_argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            if (text_.read(object)) { return true; }
            is_lent_ = memory_.read(object);
            return is_lent_;
        }
        bool read_default(const clib_value& parameter) noexcept {
            return text_.read_default(parameter);
        }
        std::tuple<const char*, std::size_t> c_values() const noexcept {
            return is_lent_ ? std::tuple<const char*, std::size_t>{memory_.data(), memory_.size()}
                            : std::tuple<const char*, std::size_t>{text_.data(), text_.size()};
        }

    private:
        detail::python_text text_;
        detail::lent_bytearray memory_;
        bool is_lent_ = false;
    };
    /// What a callback gets is text.
    static constexpr bool converts_to_python = true;
    static python_object* to_python(const char* data, std::size_t size) noexcept {
        return detail::text_to_python({size > 0 ? data : "", size});
    }
};

/// A std::string is passed with its length, and returned as text.
template <class Catalogue>
struct cpp_parameter_match<Catalogue, std::string> {
    using type = std::string_view;
};
template <class Catalogue>
struct cpp_result_match<Catalogue, std::string> {
    using type = const char*;
};
template <class Catalogue>
struct cpp_result_match<Catalogue, std::string_view> {
    using type = const char*;
};
template <class Catalogue, text_like Text>
    requires(!std::convertible_to<Text, std::string_view> && !Catalogue::template is_class<Text>)
struct cpp_result_match<Catalogue, Text> {
    using type = const char*;
};

template <class Catalogue, class... Rest>
struct parameter_match<Catalogue, const char*, std::size_t, Rest...> {
    using type = std::string_view;
};
template <class Catalogue>
struct result_match<Catalogue, const std::uint8_t*> {
    using type = std::string_view;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
