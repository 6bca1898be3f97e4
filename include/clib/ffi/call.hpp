// SPDX-License-Identifier: MIT
// The boundary: every function that C can call runs its body in call(), and nothing gets past it
// but a result, or a failure as the one return rule has it: NULL or a negative number.
#pragma once

#include <clib/ffi/detail/call_result.hpp>
#include <clib/ffi/detail/failure_report.hpp>
#include <clib/ffi/detail/handle/interrupt.hpp>
#include <clib/ffi/detail/handled_exception.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>
#include <clib/ffi/lifetime.hpp>
#include <clib/ffi/status.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <typeinfo>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

template <class>
inline constexpr bool is_lent_address = false;
template <class T>
inline constexpr bool is_lent_address<lent_address<T>> = true;

/// What call() returns after its error, so that none follows it.
struct refused_result {
    template <class Result>
    operator Result() const noexcept;  // NOLINT(google-explicit-constructor)
};

/// Does not compile for what may be gone: says what to return instead.
/// Returns: Whether it compiles.
template <class Result>
constexpr bool require_result_that_lives() {
    constexpr bool is_view = text_view_like<std::remove_cvref_t<Result>>;
    static_assert(
        !is_view,
        "a body given to call() returns no view of text, whose owner may be gone by then; "
        "return std::string{...}, static_text{...} of text that lives for ever, or "
        "lent_address{...} from a pin");
    static_assert(is_view || !std::is_reference_v<Result>,
                  "a body given to call() returns no reference, whose object may be gone by then; "
                  "return a value");
    return !is_view && !std::is_reference_v<Result>;
}

inline constexpr const char* not_an_exception = "something was thrown that is not a std::exception";

/// Returns: Its reason, never "".
inline const char* reason_of(const std::exception& exception) noexcept {
    const char* const reason = exception.what();
    return reason != nullptr && *reason != '\0' ? reason : "what() gave no reason";
}

/// A binding's number for what a callable raised, on its way to the caller. If it is not taken, C++
/// has dropped the failure, and the binding forgets the exception.
class exception_number {
public:
    explicit exception_number(std::uint64_t number) noexcept : number_{number} {}
    ~exception_number() {
        if (number_ != 0 && number_ != native_exception) { drop_exception(number_); }
    }
    exception_number(const exception_number&) = delete;
    exception_number& operator=(const exception_number&) = delete;

    std::uint64_t take() noexcept { return std::exchange(number_, 0); }

private:
    std::uint64_t number_;
};

/// A failure of a callable.
class callback_error : public error {
public:
    callback_error(const char* sentence, std::uint64_t number)
        : error{status::callback, sentence}, number_{std::make_shared<exception_number>(number)} {}
    /// Returns: The number, once.
    std::uint64_t take_exception() const noexcept { return number_->take(); }

private:
    std::shared_ptr<exception_number> number_;
};

/// What is thrown again as the module's own exception, which a callable has raised: the number of
/// the exception in Python, if it goes on to Python.
struct raised_exception {
    callback_error error;
};

/// Whether this is a callback_error of another library, which libc++ does not know as one.
inline const callback_error* foreign_callback_error(
    [[maybe_unused]] const std::system_error& exception) noexcept {
#ifdef __cpp_rtti
    if (std::strcmp(typeid(exception).name(), typeid(callback_error).name()) == 0) {
        return static_cast<const callback_error*>(&exception);
    }
#endif
    return nullptr;
}

/// Returns: The errno that the code stands for, or 0.
inline int errno_of(const std::error_code& code) noexcept {
    const std::error_condition condition = code.default_error_condition();
    return condition.category() == std::generic_category() ? condition.value() : 0;
}

}  // namespace detail

namespace detail {

void report_current_exception(failure_report& report) noexcept;

/// Effects: Adds the exception that another one carries (std::throw_with_nested).
[[gnu::cold]] inline void report_cause([[maybe_unused]] const std::nested_exception* carrier,
                                       [[maybe_unused]] failure_report& report) noexcept {
    if (carrier == nullptr || carrier->nested_ptr() == nullptr || !report.begin_cause()) { return; }
    try {
        carrier->rethrow_nested();
    } catch (...) { report_current_exception(report); }
}
template <class Exception>
void report_cause_of([[maybe_unused]] const Exception& exception,
                     [[maybe_unused]] failure_report& report) noexcept {
#ifdef __cpp_rtti
    report_cause(dynamic_cast<const std::nested_exception*>(&exception), report);
#endif
}

/// Effects: Adds the exception that is being handled, if it is exactly one of the usual ones, which
/// carry no other. Returns: Whether it is.
[[gnu::cold]] inline bool report_usual_exception(const handled_exception& handled,
                                                 failure_report& report) noexcept {
    const std::exception* usual = nullptr;
    status code = status::unknown;
    if (const auto* e = handled.exactly<error>()) {
        code = e->code();
        usual = e;
    } else if ((usual = handled.exactly<std::invalid_argument>()) != nullptr) {
        code = status::invalid;
    } else if ((usual = handled.exactly<std::out_of_range>()) != nullptr) {
        code = status::out_of_range;
    } else {
        usual = handled.exactly<std::runtime_error>();
    }
    if (usual != nullptr) { report.add(code, reason_of(*usual)); }
    return usual != nullptr;
}

/// Effects: Adds the exception that is being handled, and those that it carries.
[[gnu::cold, gnu::noinline]] inline void report_current_exception(failure_report& report) noexcept {
    const listed_translation is_listed = listed_exceptions.load(std::memory_order_acquire);
    if (is_listed != nullptr ? is_listed(report) : report_usual_exception({}, report)) { return; }
    const auto add = [&report](status code, const std::exception& exception, int error_number = 0,
                               std::uint64_t raised = 0) {
        report.add(code, reason_of(exception), error_number, raised);
        report_cause_of(exception, report);
    };
    // One handler a line; clang-format 14 runs them together.
    // clang-format off
    try { throw; }
    catch (const callback_error& e) { add(e.code(), e, 0, e.take_exception()); }
    catch (const error& e) { add(e.code(), e); }
    catch (const std::bad_alloc&) {
        report.add(status::no_memory, "there is not enough memory; free some and try again");
    }
    catch (const std::invalid_argument& e) { add(status::invalid, e); }
    catch (const std::out_of_range& e) { add(status::out_of_range, e); }
    catch (const std::length_error& e) { add(status::length, e); }
    catch (const std::overflow_error& e) { add(status::overflow, e); }
    catch (const std::system_error& e) {
        if (std::strcmp(e.code().category().name(), "clib::ffi::status") != 0) {
            report.add(status::system, reason_of(e), errno_of(e.code()));
            const path_translation paths = exception_paths.load(std::memory_order_acquire);
            if (paths != nullptr) { paths(e, report); }
            report_cause_of(e, report);
            return;
        }
        const auto* const foreign = foreign_callback_error(e);
        add(status{e.code().value()}, e, 0, foreign != nullptr ? foreign->take_exception() : 0);
    }
    catch (const std::exception& e) { add(status::unknown, e); }
    catch (...) { report.add(status::unknown, not_an_exception); }
    // clang-format on
}

}  // namespace detail

/// Effects: Records the exception that is being handled as this thread's last failure.
/// Returns: Its status.
[[gnu::cold, gnu::noinline]] inline status record_current_exception(const char* function) noexcept {
    {
        detail::failure_report report{function};
        detail::report_current_exception(report);
    }
    return last_failure.code;
}

/// Runs `body` for the C function that calls call(); `function`, filled in by the compiler, is that
/// function's name and begins the sentence of a failure.
/// Returns: What `body` returns: a pointer, a bool, a number or a plain structure as it is, an
/// integer as the function's own integer type, nothing as 0; text as a pointer to a copy that lives
/// until the thread's next result of text. If it throws: NULL, the negative status, NaN, false, 0
/// of an integer type other than int64_t, or a structure of zeros, with the reason in last_failure.
/// It converts to the types alone that hold every result and every failure.
// Inline in each of the two places where a C function may be: itself, and the thunk that calls it.
template <class Body>
    requires requires(Body&& body) { static_cast<Body&&>(body)(); }
[[gnu::always_inline]] inline auto call(Body&& body,
                                        const char* function = __builtin_FUNCTION()) noexcept {
    using result = std::remove_cvref_t<decltype(std::declval<Body>()())>;
    constexpr bool lives = detail::require_result_that_lives<decltype(std::declval<Body>()())>();
    try {
        if constexpr (!lives) {  // NOLINT(bugprone-branch-clone): the conditions are types' alone
            return detail::refused_result{};
        } else if constexpr (std::is_void_v<result>) {
            static_cast<Body&&>(body)();
            return detail::status_result<void>{0};
        } else if constexpr (std::same_as<result, bool>) {
            const bool value = static_cast<Body&&>(body)();
            last_failure.code = status::ok;
            return detail::status_result<bool>{value ? 1 : 0};
        } else if constexpr (text_like<result>) {
            detail::text_receiver* const receiver = detail::claim_receiver(function);
            return detail::text_pointer{
                detail::text_address(static_cast<Body&&>(body)(), receiver)};
        } else if constexpr (std::same_as<result, static_text>) {
            detail::text_receiver* const receiver = detail::claim_receiver(function);
            return detail::value_result<const char*>{
                detail::text_address(static_cast<Body&&>(body)(), receiver)};
        } else if constexpr (detail::is_lent_address<result>) {
            return detail::value_result{detail::non_null_result(static_cast<Body&&>(body)().get())};
        } else if constexpr (detail::is_nullable_address<result>) {
            const auto address = static_cast<Body&&>(body)().address;
            last_failure.code = status::ok;
            return detail::value_result{address};
        } else if constexpr (detail::without_failure_value<result>) {
            const result value = static_cast<Body&&>(body)();
            last_failure.code = status::ok;
            return detail::value_result<result>{value};
        } else if constexpr (std::is_pointer_v<result>) {
            return detail::value_result<result>{
                detail::non_null_result(static_cast<Body&&>(body)())};
        } else if constexpr (std::same_as<result, char>) {
            return detail::integer_result<unsigned char>{
                static_cast<unsigned char>(static_cast<Body&&>(body)()), function};
        } else if constexpr (constexpr bool is_result = detail::number_result<result>; !is_result) {
            static_assert(
                is_result,
                "a body given to call() returns nothing, an integer, a bool, a double, an "
                "enum, a pointer, text or a plain structure; what returns anything else "
                "is listed as it is, as a C++ function");
            return detail::refused_result{};
        } else {
            return detail::integer_result<result>{static_cast<Body&&>(body)(), function};
        }
    } catch (...) {
        const status code = record_current_exception(function);
        if constexpr (!lives) {  // NOLINT(bugprone-branch-clone): the conditions are types' alone
            return detail::refused_result{};
        } else if constexpr (std::is_void_v<result>) {
            return detail::status_result<void>{static_cast<std::int64_t>(code)};
        } else if constexpr (std::same_as<result, bool>) {
            return detail::status_result<bool>{static_cast<std::int64_t>(code)};
        } else if constexpr (text_like<result>) {
            return detail::text_pointer{nullptr};
        } else if constexpr (std::same_as<result, static_text>) {
            return detail::value_result<const char*>{nullptr};
        } else if constexpr (detail::is_lent_address<result>) {
            return detail::value_result<decltype(std::declval<result>().get())>{nullptr};
        } else if constexpr (detail::is_nullable_address<result>) {
            return detail::value_result<decltype(result::address)>{nullptr};
        } else if constexpr (detail::without_failure_value<result>) {
            return detail::value_result<result>{detail::failed_result<result>()};
        } else if constexpr (std::is_pointer_v<result>) {
            return detail::value_result<result>{nullptr};
        } else if constexpr (std::same_as<result, char>) {
            return detail::integer_result<unsigned char>{code};
        } else if constexpr (!detail::number_result<result>) {
            return detail::refused_result{};
        } else {
            return detail::integer_result<result>{code};
        }
    }
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
