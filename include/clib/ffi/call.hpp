// SPDX-License-Identifier: MIT
// The boundary: every function that C can call runs its body in call(), and nothing gets past it
// but a result, or a failure as the one return rule has it: NULL or a negative number.
#pragma once

#include <clib/ffi/detail/binding_call.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>
#include <clib/ffi/status.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <exception>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// A failure of a callable, with the binding's number for what it raised.
class callback_error : public error {
public:
    callback_error(const char* sentence, std::uint64_t exception)
        : error{status::callback, sentence}, exception_{exception} {}
    std::uint64_t exception() const noexcept { return exception_; }

private:
    std::uint64_t exception_;
};

/// Returns: The errno that the code stands for, or 0.
inline int errno_of(const std::error_code& code) noexcept {
    const std::error_condition condition = code.default_error_condition();
    return condition.category() == std::generic_category() ? condition.value() : 0;
}

}  // namespace detail

/// Effects: Records the exception that is being handled as this thread's last failure.
/// Returns: Its status.
[[gnu::cold, gnu::noinline]] inline status record_current_exception(const char* function) noexcept {
    const auto record = [function](status code, const char* reason, int error_number = 0,
                                   std::uint64_t exception = 0) {
        last_failure.record(
            code, function,
            reason != nullptr && *reason != '\0' ? reason : "what() gave no reason");
        last_failure.error_number = error_number;
        last_failure.exception = exception;
        return code;
    };
    // One handler a line; clang-format 14 runs them together.
    // clang-format off
    try { throw; }
    catch (const detail::callback_error& e) {
        return record(e.code(), e.what(), 0, e.exception());
    }
    catch (const error& e) { return record(e.code(), e.what()); }
    catch (const std::bad_alloc&) {
        return record(status::no_memory, "there is not enough memory; free some and try again");
    }
    catch (const std::invalid_argument& e) { return record(status::invalid, e.what()); }
    catch (const std::out_of_range& e) { return record(status::out_of_range, e.what()); }
    catch (const std::length_error& e) { return record(status::length, e.what()); }
    catch (const std::overflow_error& e) { return record(status::overflow, e.what()); }
    catch (const std::system_error& e) {
        return record(status::system, e.what(), detail::errno_of(e.code()));
    }
    catch (const std::exception& e) { return record(status::unknown, e.what()); }
    catch (...) {
        return record(status::unknown, "something was thrown that is not a std::exception");
    }
    // clang-format on
}

namespace detail {

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
    template <std::same_as<bool> Bool>
        requires(std::same_as<Result, bool>)
    operator Bool() const noexcept {  // NOLINT(google-explicit-constructor)
        return value_ > 0;
    }
    template <class Other>
        requires(std::floating_point<Other> ||
                 (std::same_as<Other, bool> && std::is_void_v<Result>))
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

/// What call() returns for a body that returns text: const char* for text in UTF-8, and const
/// uint8_t* for bytes.
class text_pointer {
public:
    constexpr explicit text_pointer(const char* text) noexcept : text_{text} {}
    constexpr operator const char*() const noexcept { return text_; }
    operator const std::uint8_t*() const noexcept {
        return reinterpret_cast<const std::uint8_t*>(text_);
    }

private:
    const char* text_;
};

/// Returns: What a C function returns for this text: an address in the thread's storage, or
/// received_text if a binding has a receiver for it.
template <text_like Text>
const char* text_address(Text&& text, text_receiver* receiver) {
    if (receiver == nullptr) { return keep_text(std::forward<Text>(text)); }
    if constexpr (std::same_as<Text, std::string>) {
        receiver->receive(std::move(text));
    } else {
        receiver->receive(std::string_view{text});
    }
    return received_text;
}

/// A result that has no value to stand for a failure. The status of the thread's last failure tells
/// then: it is ok after a success.
template <class Result>
concept without_failure_value = std::same_as<Result, bool> || std::floating_point<Result> ||
    (!text_like<Result> && std::is_class_v<Result> && std::is_trivially_copyable_v<Result>);

/// What such a function returns when it fails.
template <class Result>
constexpr Result failed_result() noexcept {
    if constexpr (std::floating_point<Result>) {
        return std::numeric_limits<Result>::quiet_NaN();
    } else {
        return Result{};
    }
}

template <class Result>
Result non_null_result(Result result) {
    if (result == nullptr) {
        fail(status::unknown, {"the result is NULL, which the C ABI keeps for failures"});
    }
    return result;
}

template <class Result>
constexpr void require_result_type() {
    static_assert(
        std::is_pointer_v<Result> ||
            (std::integral<Result> && !std::same_as<Result, wchar_t> &&
             !std::same_as<Result, char8_t> && !std::same_as<Result, char16_t> &&
             !std::same_as<Result, char32_t>),
        "a body given to call() returns nothing, an integer, a bool, a double, a pointer, "
        "text or a plain structure");
}

}  // namespace detail

/// Runs `body` for the C function that calls call(); `function`, filled in by the compiler, is that
/// function's name and begins the sentence of a failure.
/// Returns: What `body` returns: a pointer, a bool, a number or a plain structure as it is, an
/// integer as the function's own integer type, nothing as 0; text as a pointer to a copy that lives
/// until the thread's next result of text. If it throws: NULL, the negative status, NaN, false, 0
/// of an integer type other than int64_t, or a structure of zeros, with the reason in last_failure.
// Inline in each of the two places where a C function may be: itself, and the thunk that calls it.
template <std::invocable Body>
[[gnu::always_inline]] inline auto call(Body&& body,
                                        const char* function = __builtin_FUNCTION()) noexcept {
    using result = std::remove_cvref_t<std::invoke_result_t<Body>>;
    try {
        if constexpr (std::is_void_v<result>) {
            std::forward<Body>(body)();
            return detail::status_result<void>{0};
        } else if constexpr (std::same_as<result, bool>) {
            const bool value = std::forward<Body>(body)();
            last_failure.code = status::ok;
            return detail::status_result<bool>{value ? 1 : 0};
        } else if constexpr (text_like<result>) {
            detail::text_receiver* const receiver = detail::claim_receiver(function);
            return detail::text_pointer{detail::text_address(std::forward<Body>(body)(), receiver)};
        } else if constexpr (detail::without_failure_value<result>) {
            result value = std::forward<Body>(body)();
            last_failure.code = status::ok;
            return value;
        } else if constexpr (std::is_pointer_v<result>) {
            return detail::non_null_result(std::forward<Body>(body)());
        } else if constexpr (std::same_as<result, char>) {
            return detail::integer_result<unsigned char>{
                static_cast<unsigned char>(std::forward<Body>(body)()), function};
        } else {
            detail::require_result_type<result>();
            return detail::integer_result<result>{std::forward<Body>(body)(), function};
        }
    } catch (...) {
        const status code = record_current_exception(function);
        if constexpr (std::is_void_v<result>) {
            return detail::status_result<void>{static_cast<std::int64_t>(code)};
        } else if constexpr (std::same_as<result, bool>) {
            return detail::status_result<bool>{static_cast<std::int64_t>(code)};
        } else if constexpr (text_like<result>) {
            return detail::text_pointer{nullptr};
        } else if constexpr (detail::without_failure_value<result>) {
            return detail::failed_result<result>();
        } else if constexpr (std::is_pointer_v<result>) {
            return result{nullptr};
        } else if constexpr (std::same_as<result, char>) {
            return detail::integer_result<unsigned char>{code};
        } else {
            return detail::integer_result<result>{code};
        }
    }
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
