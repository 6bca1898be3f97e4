// The boundary: every function that C can call runs its body in call(), and nothing gets past it
// but a result, or a failure as the one return rule has it: NULL or a negative number.
#pragma once

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

/// Returns: The errno that the code stands for, or 0.
inline int errno_of(const std::error_code& code) noexcept {
    const std::error_condition condition = code.default_error_condition();
    return condition.category() == std::generic_category() ? condition.value() : 0;
}

}  // namespace detail

/// Effects: Records the exception that is being handled as this thread's last failure.
/// Returns: Its status.
[[gnu::cold, gnu::noinline]] inline status record_current_exception(const char* function) noexcept {
    const auto record = [function](status code, const char* reason, int system_errno = 0) {
        last_failure.record(
            code, function,
            reason != nullptr && *reason != '\0' ? reason : "what() gave no reason");
        last_failure.system_errno = system_errno;
        return code;
    };
    // One handler a line; clang-format 14 runs them together.
    // clang-format off
    try { throw; }
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

/// What call() returns where the body returned nothing, a bool or an integer: it fits those types
/// that a C function with such a body may return, and no other, so that no failure gets lost.
template <class... Results>
class outcome {
public:
    constexpr explicit outcome(std::int64_t value) noexcept : value_{value} {}
    /// A failure is false, as a bool. Implicit: C functions return what call() returns.
    template <class Result>
        requires(std::same_as<Result, Results> || ...)
    constexpr operator Result() const noexcept {  // NOLINT(google-explicit-constructor)
        if constexpr (std::same_as<Result, bool>) {
            return value_ > 0;
        } else {
            return static_cast<Result>(value_);
        }
    }

    /// Only as it is asked for by name, a number that C's own type may not hold.
    template <std::integral Result>
        requires(!std::same_as<Result, bool> && !(std::same_as<Result, Results> || ...))
    constexpr explicit operator Result() const noexcept { return static_cast<Result>(value_); }

    template <class Result>
        requires((std::same_as<Result, bool> || std::same_as<Result, status> ||
                  std::floating_point<Result>)&&!(std::same_as<Result, Results> || ...))
    operator Result() const = delete;  // a failure of this body would get lost: return int64_t

    /// For any integer: one for int64_t alone is ambiguous beside the built-in ones.
    template <std::integral Integer>
    friend constexpr bool operator==(outcome left, Integer right) noexcept {
        return std::cmp_equal(left.value_, right);
    }
    template <std::integral Integer>
    friend constexpr std::strong_ordering operator<=>(outcome left, Integer right) noexcept {
        return std::cmp_less(left.value_, right)    ? std::strong_ordering::less
               : std::cmp_equal(left.value_, right) ? std::strong_ordering::equal
                                                    : std::strong_ordering::greater;
    }

private:
    std::int64_t value_;
};

using nothing_outcome = outcome<std::int64_t, status>;
using bool_outcome = outcome<std::int64_t, status, bool>;
using integer_outcome = outcome<std::int64_t>;

/// What call() returns where the body returned text: const char* for text in UTF-8, and const
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
constexpr std::int64_t to_int64(Result result) {
    static_assert(
        std::integral<Result> && !std::same_as<Result, wchar_t> && !std::same_as<Result, char8_t> &&
            !std::same_as<Result, char16_t> && !std::same_as<Result, char32_t>,
        "a body given to call() returns nothing, an integer, a bool, a double, a pointer, "
        "text or a plain structure");
    if (std::cmp_less(result, 0)) {
        fail(status::overflow, {"the result is negative, which the C ABI keeps for failures"});
    }
    if (!std::in_range<std::int64_t>(result)) {
        fail(status::overflow, {"the result is larger than an int64_t can be"});
    }
    return static_cast<std::int64_t>(result);
}

}  // namespace detail

/// Runs `body` for the C function that calls call(); `function`, filled in by the compiler, is that
/// function's name and begins the sentence of a failure.
/// Returns: What `body` returns: a pointer as it is, an integer as int64_t, nothing as 0, a bool, a
/// number with a fraction or a plain structure as it is; text as a pointer to a copy that lives
/// until the thread's next result of text. If it throws: NULL, the negative status, NaN, false or a
/// structure of zeros, with the reason in last_failure.
// Inline in each of the two places where a C function may be: itself, and the thunk that calls it.
template <std::invocable Body>
[[gnu::always_inline]] inline auto call(Body&& body,
                                        const char* function = __builtin_FUNCTION()) noexcept {
    using result = std::remove_cvref_t<std::invoke_result_t<Body>>;
    if constexpr (detail::without_failure_value<result>) { last_failure.code = status::ok; }
    try {
        if constexpr (std::is_void_v<result>) {
            std::forward<Body>(body)();
            return detail::nothing_outcome{0};
        } else if constexpr (std::same_as<result, bool>) {
            return detail::bool_outcome{std::forward<Body>(body)() ? 1 : 0};
        } else if constexpr (text_like<result>) {
            return detail::text_pointer{detail::keep_text(std::forward<Body>(body)())};
        } else if constexpr (detail::without_failure_value<result>) {
            return std::forward<Body>(body)();
        } else if constexpr (std::is_pointer_v<result>) {
            return detail::non_null_result(std::forward<Body>(body)());
        } else if constexpr (std::same_as<result, char>) {
            return detail::integer_outcome{static_cast<unsigned char>(std::forward<Body>(body)())};
        } else {
            return detail::integer_outcome{detail::to_int64(std::forward<Body>(body)())};
        }
    } catch (...) {
        const status code = record_current_exception(function);
        if constexpr (std::is_void_v<result>) {
            return detail::nothing_outcome{static_cast<std::int64_t>(code)};
        } else if constexpr (std::same_as<result, bool>) {
            return detail::bool_outcome{static_cast<std::int64_t>(code)};
        } else if constexpr (text_like<result>) {
            return detail::text_pointer{nullptr};
        } else if constexpr (detail::without_failure_value<result>) {
            return detail::failed_result<result>();
        } else if constexpr (std::is_pointer_v<result>) {
            return result{nullptr};
        } else {
            return detail::integer_outcome{static_cast<std::int64_t>(code)};
        }
    }
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
