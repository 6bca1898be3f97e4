// SPDX-License-Identifier: MIT
// What call() returns: a result on its way to the type of a C function, with room for a failure.
#pragma once

#include <clib/ffi/detail/binding_call.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>
#include <clib/ffi/lifetime.hpp>
#include <clib/ffi/status.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Returns: `value`, which is negative, to a binding, which has an outcome to tell a failure by.
/// For any other caller it is a failure. Returns: Its status.
[[gnu::cold, gnu::noinline]] inline std::int64_t negative_result(std::int64_t value,
                                                                 const char* function) noexcept {
    if (is_native_caller() || is_binding_call(function)) {
        last_failure.code = status::ok;
        return value;
    }
    last_failure.record(status::overflow, function,
                        "the result is negative, which the C ABI keeps for failures");
    return static_cast<std::int64_t>(status::overflow);
}

/// Returns: status::overflow, for a result that the function's own type cannot hold.
[[gnu::cold, gnu::noinline]] inline std::int64_t too_large_result(const char* function) noexcept {
    last_failure.record(status::overflow, function,
                        "the result is not in the range of the function's result type");
    return static_cast<std::int64_t>(status::overflow);
}

/// What call() returns for a body that returns an integer. It converts to the integer type of the C
/// function, and to no other type, so that no failure gets lost.
template <std::integral Value>
class integer_result {
public:
    constexpr integer_result(Value value, const char* function) noexcept
        : value_{value}, function_{function} {}
    constexpr explicit integer_result(status code) noexcept : code_{code} {}

    /// The status, if the body failed; else its result, which no C function returns if it is
    /// negative. Implicit: C functions return what call() returns.
    operator std::int64_t() const noexcept {  // NOLINT(google-explicit-constructor)
        if (code_ < status::ok) { return static_cast<std::int64_t>(code_); }
        if (!std::in_range<std::int64_t>(value_)) [[unlikely]] {
            return too_large_result(function_);
        }
        const auto value = static_cast<std::int64_t>(value_);
        return value < 0 ? negative_result(value, function_) : value;
    }

    /// Any result; 0, if the body failed, and last_status() tells.
    template <std::integral Result>
        requires(!std::same_as<Result, bool> && !std::same_as<Result, std::int64_t>)
    operator Result() const noexcept {  // NOLINT(google-explicit-constructor)
        if (code_ < status::ok) { return 0; }
        if (!std::in_range<Result>(value_)) [[unlikely]] {
            too_large_result(function_);
            return 0;
        }
        last_failure.code = status::ok;
        return static_cast<Result>(value_);
    }

    template <class Result>
        requires(std::same_as<Result, bool> || std::same_as<Result, status> ||
                 std::floating_point<Result>)
    operator Result() const = delete;  // a failure of this body would get lost: return int64_t

    /// For any integer: one for int64_t alone is ambiguous beside the built-in ones.
    template <std::integral Integer>
    friend bool operator==(const integer_result& left, Integer right) noexcept {
        return std::cmp_equal(static_cast<std::int64_t>(left), right);
    }
    template <std::integral Integer>
    friend std::strong_ordering operator<=>(const integer_result& left, Integer right) noexcept {
        const std::int64_t value = left;
        return std::cmp_less(value, right)    ? std::strong_ordering::less
               : std::cmp_equal(value, right) ? std::strong_ordering::equal
                                              : std::strong_ordering::greater;
    }

private:
    Value value_ = 0;
    status code_ = status::ok;
    const char* function_ = nullptr;
};

/// What call() returns for a body that returns a bool, or nothing: to C a status, or a number that
/// is negative if the body failed; a bool also as itself, and false if it failed.
template <class Result>
class status_result {
public:
    explicit status_result(std::int64_t value) noexcept : value_{value} {}
    status_result(const status_result& other) noexcept : value_{other.value_}, is_dropped_{false} {}
    status_result& operator=(const status_result&) = delete;
    /// A void function drops its result; its status is all that tells then.
    ~status_result() {
        if (std::is_void_v<Result> && is_dropped_ && value_ >= 0) {
            last_failure.code = status::ok;
        }
    }

    operator std::int64_t() const noexcept {  // NOLINT(google-explicit-constructor)
        is_dropped_ = false;
        return value_;
    }
    operator status() const noexcept {  // NOLINT(google-explicit-constructor)
        is_dropped_ = false;
        return static_cast<status>(value_);
    }
    /// 0 or false, if the body failed, and last_status() tells.
    template <std::integral Integer>
        requires(std::same_as<Result, bool> && !std::same_as<Integer, std::int64_t>)
    operator Integer() const noexcept {  // NOLINT(google-explicit-constructor)
        return static_cast<Integer>(value_ > 0);
    }
    template <class Other>
        requires(std::floating_point<Other> || (std::integral<Other> && std::is_void_v<Result> &&
                                                !std::same_as<Other, std::int64_t>))
    operator Other() const = delete;  // a failure of this body would get lost: return int64_t

    template <std::integral Integer>
    friend bool operator==(const status_result& left, Integer right) noexcept {
        return std::cmp_equal(static_cast<std::int64_t>(left), right);
    }
    template <std::integral Integer>
    friend std::strong_ordering operator<=>(const status_result& left, Integer right) noexcept {
        const std::int64_t value = left;
        return std::cmp_less(value, right)    ? std::strong_ordering::less
               : std::cmp_equal(value, right) ? std::strong_ordering::equal
                                              : std::strong_ordering::greater;
    }

private:
    std::int64_t value_;
    mutable bool is_dropped_ = true;
};

/// Whether a C function that returns a Result may return a Value of its body: every one of them
/// stays what it is, and a failure is one too.
template <class Result, class Value>
concept exact_result = std::same_as<Result, Value> ||
                       (std::floating_point<Result>&& std::floating_point<Value> &&
                        sizeof(Result) >= sizeof(Value)) ||
                       (std::is_pointer_v<Result> && std::is_convertible_v<Value, Result> &&
                        !std::convertible_to<Result, std::string_view> &&
                        !std::same_as<Result, const std::uint8_t*>);

/// What call() returns for a body that returns a floating-point number, a plain structure or a
/// pointer: the value itself, and nothing that it could be cut to.
template <class Value>
class value_result {
public:
    constexpr explicit value_result(const Value& value) noexcept : value_{value} {}

    constexpr operator Value() const noexcept { return value_; }  // NOLINT
    template <class Result>
        requires((std::is_scalar_v<Result> && !exact_result<Result, Value>))
    operator Result() const = delete;  // a part or a failure would get lost: return the body's type

    template <class Other>
    friend constexpr bool operator==(const value_result& left, const Other& right) noexcept {
        return left.value_ == right;
    }

private:
    Value value_;
};

/// What call() returns for a body that returns text: const char* for text in UTF-8, and const
/// uint8_t* for bytes.
class text_pointer {
public:
    constexpr explicit text_pointer(const char* text) noexcept : text_{text} {}
    constexpr operator const char*() const noexcept { return text_; }
    operator const std::uint8_t*() const noexcept {
        return reinterpret_cast<const std::uint8_t*>(text_);
    }
    template <class Other>
        requires(std::is_same_v<Other, std::string>)
    operator Other() const = delete;  // C has text as a const char*: return that

private:
    const char* text_;
};

/// A pointer that may be NULL as a result, for no object. The status of the thread's last failure
/// tells it from a failure.
template <class Pointer>
struct nullable_address {
    explicit nullable_address(Pointer pointer) noexcept : address{pointer} {}
    Pointer address;
};
template <class Result>
inline constexpr bool is_nullable_address = false;
template <class Pointer>
inline constexpr bool is_nullable_address<nullable_address<Pointer>> = true;

template <class Result>
Result non_null_result(Result result) {
    if (result == nullptr) {
        fail(status::unknown, {"the result is NULL, which the C ABI keeps for failures"});
    }
    return result;
}

/// Returns: What a C function returns for this text: an address in the thread's storage, or
/// received_text if a binding has a receiver for it.
template <text_like Text>
const char* text_address(Text&& text, text_receiver* receiver) {
    if (receiver == nullptr) { return keep_text(std::forward<Text>(text)); }
    if constexpr (std::same_as<Text, std::string>) {
        receiver->receive(std::forward<Text>(text));
    } else {
        receiver->receive(std::string_view{text});
    }
    return received_text;
}

/// The same for a text that is not copied for C. Throws: error, if it is NULL.
inline const char* text_address(static_text text, text_receiver* receiver) {
    const char* const address = non_null_result(text.get());
    if (receiver == nullptr) { return address; }
    receiver->receive(std::string_view{address});
    return received_text;
}

/// A result that has no value to stand for a failure. The status of the thread's last failure tells
/// then: it is ok after a success.
template <class Result>
concept without_failure_value = std::same_as<Result, bool> || std::floating_point<Result> ||
                                (std::is_enum_v<Result> && !std::same_as<Result, status>) ||
                                (!text_like<Result> && std::is_class_v<Result> &&
                                 std::is_trivially_copyable_v<Result>);

/// What such a function returns when it fails.
template <class Result>
constexpr Result failed_result() noexcept {
    if constexpr (std::floating_point<Result>) {
        return std::numeric_limits<Result>::quiet_NaN();
    } else {
        return Result{};
    }
}

/// An integer of a size and sign, which each C function can return as its own.
template <class Result>
concept number_result =
    std::integral<Result> && !std::same_as<Result, wchar_t> && !std::same_as<Result, char8_t> &&
    !std::same_as<Result, char16_t> && !std::same_as<Result, char32_t>;

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
