// SPDX-License-Identifier: MIT
// Paths of files: text in C, of whatever bytes the system has in names. Who passes some includes
// this header; the others need not wait for `<filesystem>`.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/argument.hpp>
#include <clib/ffi/detail/convert.hpp>
#include <clib/ffi/filesystem.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/text.hpp>

#include <concepts>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

template <std::same_as<std::filesystem::path> T>
struct kind<T> : kind<const char*> {
    static constexpr std::uint32_t number = CLIB_KIND_PATH;
    static T from_c(const char* text, const char* parameter) {
        non_null(text, parameter);
        if constexpr (std::is_same_v<typename T::value_type, char>) {
            return T{text};
        } else {
            return T{std::u8string{text, text + std::strlen(text)}};
        }
    }
    static std::string to_body(const T& path) {
        if constexpr (std::is_same_v<typename T::value_type, char>) {
            return path.native();
        } else {
            const std::u8string text = path.u8string();
            return {text.begin(), text.end()};
        }
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        argument() noexcept = default;
        argument(const argument&) = delete;
        argument& operator=(const argument&) = delete;
        ~argument() {
            if (bytes_ != nullptr) { python.Py_DecRef(bytes_); }
        }
        bool read(python_object* object) noexcept {
            if (!text_.read(object)) {
                bytes_ = detail::convert_argument(CLIB_KIND_PATH, object);
                if (bytes_ == nullptr || !text_.read(bytes_)) { return false; }
            }
            return std::memchr(text_.data(), '\0', text_.size()) == nullptr;
        }
        bool read_default(const clib_value& parameter) noexcept {
            return text_.read_default(parameter);
        }
        std::tuple<const char*> c_values() const noexcept { return {text_.data()}; }

    private:
        detail::python_text text_;
        python_object* bytes_ = nullptr;
    };
    static python_object* to_python(const char* text) noexcept {
        return text != nullptr ? text_to_python(detail::text_to_python(text))
                               : new_reference(python.none);
    }
    /// Of a str, which it takes over.
    static python_object* text_to_python(python_object* text) noexcept {
        return detail::convert(CLIB_KIND_PATH, false, text);
    }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
