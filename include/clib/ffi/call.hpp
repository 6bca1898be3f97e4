// The boundary: every function that C can call runs its body in call(), and nothing gets past it
// but a result, or a failure as the one return rule has it: NULL or a negative number.
#pragma once

#include <clib/ffi/last_error.hpp>
#include <clib/ffi/status.hpp>

#include <concepts>
#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// Effects: Records the exception that is being handled as this thread's last failure.
/// Returns: Its status.
[[gnu::cold, gnu::noinline]] inline status record_current_exception(const char* function) noexcept {
    const auto record = [function](status code, const char* reason) {
        last_failure.record(
            code, function,
            reason != nullptr && *reason != '\0' ? reason : "what() gave no reason");
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
    catch (const std::system_error& e) { return record(status::system, e.what()); }
    catch (const std::exception& e) { return record(status::unknown, e.what()); }
    catch (...) {
        return record(status::unknown, "something was thrown that is not a std::exception");
    }
    // clang-format on
}

namespace detail {

template <class Body>
using result_of = std::remove_cvref_t<std::invoke_result_t<Body>>;

/// What C sees of a body's result: a pointer as it is, everything else as int64_t.
template <class Result>
using c_result = std::conditional_t<std::is_pointer_v<Result>, Result, std::int64_t>;

template <class Result>
Result non_null_result(Result result) {
    if (result == nullptr) {
        throw error{status::unknown, "the result is NULL, which the C ABI keeps for failures"};
    }
    return result;
}

template <class Result>
constexpr std::int64_t to_int64(Result result) {
    static_assert(std::integral<Result> && !std::same_as<Result, wchar_t> &&
                      !std::same_as<Result, char8_t> && !std::same_as<Result, char16_t> &&
                      !std::same_as<Result, char32_t>,
                  "a body given to call() returns nothing, an integer or a pointer");
    if (std::cmp_less(result, 0)) {
        throw error{status::overflow, "the result is negative, which the C ABI keeps for failures"};
    }
    if (!std::in_range<std::int64_t>(result)) {
        throw error{status::overflow, "the result is larger than an int64_t can be"};
    }
    return static_cast<std::int64_t>(result);
}

}  // namespace detail

/// Runs `body` for the C function that calls call(); `function`, filled in by the compiler, is that
/// function's name and begins the sentence of a failure.
/// Returns: What `body` returns: a pointer as it is, an integer as int64_t, nothing as 0. If it
/// throws: NULL or the negative status, with the reason in last_failure.
template <std::invocable Body>
auto call(Body&& body, const char* function = __builtin_FUNCTION()) noexcept
    -> detail::c_result<detail::result_of<Body>> {
    using result = detail::result_of<Body>;
    try {
        if constexpr (std::is_void_v<result>) {
            std::forward<Body>(body)();
            return 0;
        } else if constexpr (std::is_pointer_v<result>) {
            return detail::non_null_result(std::forward<Body>(body)());
        } else if constexpr (std::same_as<result, bool>) {
            return std::forward<Body>(body)() ? 1 : 0;
        } else if constexpr (std::same_as<result, char>) {
            return static_cast<unsigned char>(std::forward<Body>(body)());
        } else {
            return detail::to_int64(std::forward<Body>(body)());
        }
    } catch (...) {
        const status code = record_current_exception(function);
        if constexpr (std::is_pointer_v<result>) {
            return nullptr;
        } else {
            return static_cast<std::int64_t>(code);
        }
    }
}

/// Runs a function of the caller's that C++ was given as `parameter`. It returns, or throws: it
/// does not end its thread, nor jump out. Throws: error(status::callback) if it throws anything.
template <std::invocable Body>
void call_back(const char* parameter, Body&& body) {
    const auto failed = [parameter](const std::string& what) {
        return error{status::callback, std::string{parameter} + " threw " + what +
                                           "; a function given to C has to return normally"};
    };
    try {
        std::forward<Body>(body)();
    } catch (const std::exception& e) {
        const char* const reason = e.what();
        throw failed(std::string{"an exception ("} + (reason != nullptr ? reason : "") + ")");
    } catch (...) { throw failed("something that is not a std::exception"); }
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
