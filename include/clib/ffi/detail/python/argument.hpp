// How one value gets from Python to C and back. An argument that is not of the usual type is not
// taken, nor explained: clib.py does both.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/description.hpp>
#include <clib/ffi/detail/python/api.hpp>
#include <clib/ffi/detail/python/callback.hpp>
#include <clib/ffi/detail/python/memory.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

inline bool is_of(python_object* given, python_object* type) noexcept {
    return given->type == type;
}

/// The bytes of what is exactly a str or bytes, which nobody can change.
inline bool take_bytes(python_object* given, const char*& data, std::size_t& size) noexcept {
    if (is_of(given, python.str_type)) [[likely]] {
        std::ptrdiff_t length;  // set if it succeeds
        data = python.str_as(given, &length);
        if (data != nullptr) [[likely]] {
            size = static_cast<std::size_t>(length);
            return true;
        }
        python.error_clear();
        return false;
    }
    if (is_of(given, python.bytes_type)) {
        char* bytes = nullptr;
        std::ptrdiff_t length = 0;
        python.bytes_as(given, &bytes, &length);
        data = bytes;
        size = static_cast<std::size_t>(length);
        return true;
    }
    return false;
}

/// The memory of a bytearray, which cannot be resized while this lives.
class lent_bytearray {
public:
    lent_bytearray() noexcept { view_.owner = nullptr; }
    lent_bytearray(const lent_bytearray&) = delete;
    lent_bytearray& operator=(const lent_bytearray&) = delete;
    ~lent_bytearray() {
        if (view_.owner != nullptr) { python.release_buffer(&view_); }
    }

    bool take(python_object* given) noexcept {
        constexpr int writable = 1;  // PyBUF_WRITABLE
        if (!is_of(given, python.bytearray_type)) { return false; }
        if (python.get_buffer(given, &view_, writable) == 0) { return true; }
        python.error_clear();
        view_.owner = nullptr;
        return false;
    }
    char* data() const noexcept { return static_cast<char*>(view_.data); }
    std::size_t size() const noexcept { return static_cast<std::size_t>(view_.size); }

private:
    python_buffer view_;
};

template <class List, class Value>
struct python_argument {
    static constexpr bool is_native = false;
    bool take(python_object*) noexcept { return false; }
    bool take_default(const clib_value&) noexcept { return false; }
    static std::tuple<> in_c() noexcept { return {}; }
};

template <class List, class Value>
    requires(Value::kind >= CLIB_KIND_INT8 && Value::kind <= CLIB_KIND_UINT64)
struct python_argument<List, Value> {
    static constexpr bool is_native = true;
    using type =
        std::tuple_element_t<Value::kind - CLIB_KIND_INT8,
                             std::tuple<std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                                        std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>>;

    bool take(python_object* given) noexcept {
        if (!is_of(given, python.int_type)) { return false; }
        int overflow;  // set in any case
        const long long number = python.int_as(given, &overflow);
        if (overflow != 0 || !std::in_range<type>(number)) { return false; }
        value = static_cast<type>(number);
        return true;
    }
    bool take_default(const clib_value& parameter) noexcept {
        value = static_cast<type>(parameter.default_value->integer);
        return true;
    }
    std::tuple<type> in_c() const noexcept { return {value}; }

    type value;
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_STATUS)
struct python_argument<List, Value> : python_argument<List, detail::value<CLIB_KIND_INT64>> {
    std::tuple<status> in_c() const noexcept { return {static_cast<status>(this->value)}; }
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_DOUBLE)
struct python_argument<List, Value> {
    static constexpr bool is_native = true;

    bool take(python_object* given) noexcept {
        if (!is_of(given, python.float_type)) { return false; }
        value = python.float_as(given);
        return true;
    }
    bool take_default(const clib_value& parameter) noexcept {
        value = parameter.default_value->number;
        return true;
    }
    std::tuple<double> in_c() const noexcept { return {value}; }

    double value;
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_BOOL)
struct python_argument<List, Value> {
    static constexpr bool is_native = true;

    bool take(python_object* given) noexcept {
        value = given == python.true_object;
        return value || given == python.false_object;
    }
    bool take_default(const clib_value& parameter) noexcept {
        value = parameter.default_value->integer != 0;
        return true;
    }
    std::tuple<bool> in_c() const noexcept { return {value}; }

    bool value;
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_TEXT || Value::kind == CLIB_KIND_BYTES)
struct python_argument<List, Value> {
    static constexpr bool is_native = true;
    static constexpr bool is_text = Value::kind == CLIB_KIND_TEXT;

    bool take(python_object* given) noexcept {
        return take_bytes(given, data, size) &&
               (!is_text || std::memchr(data, '\0', size) == nullptr);
    }
    bool take_default(const clib_value& parameter) noexcept {
        data = parameter.default_value != nullptr ? parameter.default_value->text : nullptr;
        size = data != nullptr ? std::strlen(data) : 0;
        return true;
    }
    auto in_c() const noexcept {
        if constexpr (is_text) {
            return std::tuple{data};
        } else {
            return std::tuple{data, size};
        }
    }

    const char* data;
    std::size_t size;
};

/// For bytes that may be in memory which others can resize. It is kept from that during the call,
/// and that is why this is tried only when it is needed.
template <class Value>
struct lent : Value {};

template <class List, class Value>
struct python_argument<List, lent<Value>> : python_argument<List, Value> {
    bool take(python_object* given) noexcept {
        if (python_argument<List, Value>::take(given)) { return true; }
        if (!memory.take(given)) { return false; }
        this->data = memory.data();
        this->size = memory.size();
        return true;
    }

    lent_bytearray memory;
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_WRITABLE)
struct python_argument<List, Value> {
    static constexpr bool is_native = true;

    bool take(python_object* given) noexcept { return memory.take(given); }
    static bool take_default(const clib_value&) noexcept { return false; }
    std::tuple<char*, std::size_t> in_c() const noexcept { return {memory.data(), memory.size()}; }

    lent_bytearray memory;
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_HANDLE)
struct python_argument<List, Value> {
    static constexpr bool is_native = true;
    using type = std::conditional_t<(Value::flags & CLIB_VALUE_CONST) != 0,
                                    const typename Value::class_type, typename Value::class_type>;

    bool take(python_object* given) noexcept {
        python_object* const expected = python_type<List, typename Value::class_type>();
        if (!is_of(given, expected) && python.is_subtype(given->type, expected) == 0) {
            return false;
        }
        value = handle_of<type>(given);
        return value != nullptr;
    }
    bool take_default(const clib_value&) noexcept {
        value = nullptr;
        return true;
    }
    std::tuple<type*> in_c() const noexcept { return {value}; }

    type* value;
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_CALLBACK)
struct python_argument<List, Value> {
    using trampoline = python_trampoline<List, typename Value::callback_type>;
    static constexpr bool is_native = trampoline::is_native;

    python_argument() noexcept = default;
    python_argument(const python_argument&) = delete;
    python_argument& operator=(const python_argument&) = delete;
    // erase() throws only for what is no callback of the table, as this is until here.
    // NOLINTNEXTLINE(bugprone-exception-escape)
    ~python_argument() { python_callbacks.erase(context); }

    bool take(python_object* given) noexcept {
        if (python.is_callable(given) == 0) { return false; }
        try {
            context = python_callbacks.emplace(given);
        } catch (...) { return false; }
        return true;
    }
    static bool take_default(const clib_value&) noexcept { return false; }
    std::tuple<typename Value::callback_type, void*> in_c() const noexcept {
        return {&trampoline::call, context};
    }
    /// Effects: Raises what the callable has raised. Returns: Whether there is anything.
    bool raise_error() const noexcept { return python_callbacks.at(context)->raise_error(); }

    callback_context* context = nullptr;
};

/// How a result of C gets to Python. failure() is the negative status of one that has failed, else
/// 0 or more.
template <class List, class Value>
struct python_result {
    static constexpr bool is_native = false;
    static std::int64_t failure(const auto&) noexcept { return 0; }
    static python_object* make(const auto&) noexcept { return nullptr; }
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_INT64 || Value::kind == CLIB_KIND_STATUS)
struct python_result<List, Value> {
    static constexpr bool is_native = true;
    static std::int64_t failure(auto returned) noexcept {
        return static_cast<std::int64_t>(returned);
    }
    static python_object* make(auto returned) noexcept {
        if constexpr (Value::kind == CLIB_KIND_STATUS) { return new_reference(python.none); }
        return python.int_from(static_cast<long long>(returned));
    }
};

inline std::int64_t failed_status() noexcept {
    return static_cast<std::int64_t>(last_failure.code);
}

/// Of a NULL that is a failure even if nobody has said why.
inline std::int64_t failed_pointer_status() noexcept {
    return last_failure.code < status::ok ? failed_status()
                                          : static_cast<std::int64_t>(status::unknown);
}

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_BOOL)
struct python_result<List, Value> {
    static constexpr bool is_native = true;
    static std::int64_t failure(bool returned) noexcept { return returned ? 0 : failed_status(); }
    static python_object* make(bool returned) noexcept {
        return new_reference(returned ? python.true_object : python.false_object);
    }
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_DOUBLE)
struct python_result<List, Value> {
    static constexpr bool is_native = true;
    static std::int64_t failure(double returned) noexcept {
        return std::isnan(returned) ? failed_status() : 0;
    }
    static python_object* make(double returned) noexcept { return python.float_from(returned); }
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_TEXT)
struct python_result<List, Value> {
    static constexpr bool is_native = true;
    static std::int64_t failure(const char* returned) noexcept {
        return returned == nullptr ? failed_pointer_status() : 0;
    }
    static python_object* make(const char* returned) noexcept {
        const bool is_kept = returned == last_text.data();
        const std::size_t size = is_kept ? last_text.size() : std::strlen(returned);
        python_object* const made =
            python.str_from(returned, static_cast<std::ptrdiff_t>(size), "surrogateescape");
        if (is_kept && size > text_result::kept_capacity) { last_text.forget(); }
        return made;
    }
};

template <class List, class Value>
    requires(Value::kind == CLIB_KIND_HANDLE)
struct python_result<List, Value> {
    static constexpr bool is_native = true;
    static std::int64_t failure(const void* returned) noexcept {
        return returned == nullptr ? failed_pointer_status() : 0;
    }
    static python_object* make(void* returned) noexcept {
        using type = typename Value::class_type;
        python_object* const made =
            python_memory<List, type>::allocate(python_type<List, type>(), 0);
        if (made != nullptr) { set_handle(made, reinterpret_cast<std::uint64_t>(returned)); }
        return made;
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
