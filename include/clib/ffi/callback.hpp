// SPDX-License-Identifier: MIT
// Calls back into the caller's language: a function that C++ was given, with its context. Whatever
// it does, C++ sees it return, or an exception of its own.
#pragma once

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/lock_request.hpp>
#include <clib/ffi/detail/thread_end.hpp>
#include <clib/ffi/status.hpp>

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// A binding's number for what the function that this thread called back has raised; 0 if it has
/// not failed.
inline constinit thread_local std::uint64_t callback_exception = 0;

/// What a binding says of the exception behind that number: it is one of the module's own.
struct raised_details {
    std::int64_t status;
    std::string parts;  // failure_report.hpp
};
/// NULL if it has not said so.
inline constinit thread_local raised_details* callback_details = nullptr;

/// Throws the module's own exception, if there is one with this status and it can be made.
using listed_thrower = void (*)(const callback_error& failure, const raised_details& details);
inline constinit std::atomic<listed_thrower> throw_listed{nullptr};

/// One call back. An outer one in this thread may have failed already, and be about to return.
class callback_failure_scope {
public:
    callback_failure_scope() noexcept : outer_{std::exchange(exception_, 0)} {}
    ~callback_failure_scope() {
        if ((exception_ | outer_) != 0) { delete std::exchange(callback_details, nullptr); }
        exception_ = outer_;
    }
    callback_failure_scope(const callback_failure_scope&) = delete;
    callback_failure_scope& operator=(const callback_failure_scope&) = delete;

    std::uint64_t exception() const noexcept { return exception_; }

private:
    std::uint64_t& exception_ = found_once(callback_exception);
    std::uint64_t outer_;
};

/// Returns: The address of a function, if it is one; else NULL.
template <class Function>
const void* address_of_function([[maybe_unused]] const Function& function) noexcept {
    if constexpr (std::is_pointer_v<Function>) {
        return reinterpret_cast<const void*>(function);
    } else {
        return nullptr;
    }
}

using release_function = void (*)(void* context);

/// The release functions of the interpreters that have ended: a list for ever.
struct ended_release {
    release_function release;
    const ended_release* next;
};
inline constinit std::atomic<const ended_release*> ended_releases{nullptr};
/// There was no memory to remember one, so no callback that has a release function is called.
inline constinit std::atomic<bool> have_all_ended{false};

inline bool has_ended(release_function release) noexcept {
    const ended_release* each = ended_releases.load(std::memory_order_seq_cst);
    while (each != nullptr && each->release != release) { each = each->next; }
    return each != nullptr || have_all_ended.load(std::memory_order_relaxed);
}

[[noreturn, gnu::cold, gnu::noinline]] inline void fail_callback(const char* parameter,
                                                                 std::uint64_t exception) {
    const callback_error failure{
        (std::string{parameter} + " has failed; see to the error that it raised").c_str(),
        exception};
    const listed_thrower thrower = throw_listed.load(std::memory_order_acquire);
    if (thrower != nullptr && callback_details != nullptr) { thrower(failure, *callback_details); }
    throw callback_error{failure};
}

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_callback(const char* parameter,
                                                                   const char* blocking_call) {
    fail(status::callback,
         {parameter, " cannot be called by this thread: ", blocking_call,
          "() keeps the interpreter's lock; list that function with may_block()"});
}

/// For the exception that is being handled.
[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_thrown(const char* parameter) {
    try {
        throw;
    } catch (const std::exception& e) {
        const char* const reason = e.what();
        fail(status::callback, {parameter, " threw an exception (", reason != nullptr ? reason : "",
                                "); a function given to C has to return normally"});
    } catch (...) {
        fail(status::callback,
             {parameter,
              " threw something that is not a std::exception; a function given to C has to return "
              "normally"});
    }
}

/// Effects: Callbacks with this release function, which may be NULL, are neither called nor
/// released from now on. Waits until those under way have ended, but no longer than some seconds.
/// Requires: This thread does not hold the interpreter's lock.
[[gnu::cold]] inline void forget_callbacks(release_function release) noexcept {
    if (release != nullptr && !has_ended(release)) {
        auto* const ended = new (std::nothrow) ended_release{release, nullptr};
        if (ended == nullptr) {
            have_all_ended.store(true, std::memory_order_seq_cst);
        } else {
            ended->next = ended_releases.load(std::memory_order_relaxed);
            while (!ended_releases.compare_exchange_weak(ended->next, ended,
                                                         std::memory_order_seq_cst)) {}
        }
    }
    wait_until_none(kept_calls, std::chrono::seconds{5});
    wait_until_none(native_kept_calls, std::chrono::seconds{5});
    wait_until_none(lock_requests, std::chrono::seconds{1});
}

}  // namespace detail

/// Calls what the caller passed as `parameter`: a function, or something that calls it, with these
/// arguments. It returns, or throws: it does not end its thread, nor jump out.
/// Returns: What it returns. Throws: error(status::callback) if it throws, returns a negative
/// number, or its binding says that it has failed.
template <class Function, class... Arguments>
    requires std::invocable<Function, Arguments...>
auto call_back(const char* parameter, Function&& function, Arguments&&... arguments) {
    using result = std::invoke_result_t<Function, Arguments...>;
    const auto enter = [&]() __attribute__((noinline))->result {
        try {
            return detail::outlast_call([&]() -> result {
                return std::invoke(std::forward<Function>(function),
                                   std::forward<Arguments>(arguments)...);
            });
        } catch (...) { detail::refuse_thrown(parameter); }
    };
    const auto called = [&]() -> result {
        if (detail::is_native_caller()) {
            const detail::native_callback_scope scope{detail::address_of_function(function)};
            return enter();
        }
        // What it calls in turn says for itself whether it holds the lock.
        const detail::callback_scope scope;
        const detail::lock_request request{scope.had_lock()};
        if (request.blocking_call() != nullptr) [[unlikely]] {
            detail::refuse_callback(parameter, request.blocking_call());
        }
        return enter();
    };
    const detail::callback_failure_scope failure;
    const auto require_success = [&] {
        if (failure.exception() != 0) { detail::fail_callback(parameter, failure.exception()); }
    };
    if constexpr (std::is_void_v<result>) {
        called();
        require_success();
    } else {
        const result returned = called();
        require_success();
        if (returned < 0) {
            fail(status::callback, {parameter, " returned ", returned,
                                    ", which stands for a failure; return 0 or more"});
        }
        return returned;
    }
}

/// A function with its context that C++ keeps, and calls from any thread, until it is destroyed;
/// then it tells the caller, by `release`, that both may go. Move-only.
template <class Result, class... Arguments>
class kept_callback {
public:
    using function_type = Result (*)(Arguments..., void* context);
    using release_type = void (*)(void* context);

    /// `release` may be NULL. Effects: Owns the context from now on, also if this throws.
    kept_callback(const char* parameter, function_type function, void* context,
                  release_type release)
        : parameter_{parameter}, function_{function}, context_{context}, release_{release} {
        if (function == nullptr) {
            drop();
            fail(status::invalid, {parameter, " is NULL; pass a function"});
        }
    }
    kept_callback(kept_callback&& other) noexcept
        : parameter_{other.parameter_},
          function_{std::exchange(other.function_, nullptr)},
          context_{other.context_},
          release_{std::exchange(other.release_, nullptr)} {}
    kept_callback& operator=(kept_callback&& other) noexcept {
        kept_callback moved{std::move(other)};
        std::swap(parameter_, moved.parameter_);
        std::swap(function_, moved.function_);
        std::swap(context_, moved.context_);
        std::swap(release_, moved.release_);
        return *this;
    }
    kept_callback(const kept_callback&) = delete;
    kept_callback& operator=(const kept_callback&) = delete;
    ~kept_callback() { drop(); }

    /// Requires: It was not moved from. Throws: as call_back(); error(status::callback) too when
    /// its interpreter has ended.
    Result operator()(Arguments... arguments) const {
        const detail::kept_call counted;
        if (has_ended()) {
            fail(status::callback,
                 {parameter_, " belongs to an interpreter that has ended; replace it before that"});
        }
        return call_back(parameter_, function_, std::forward<Arguments>(arguments)..., context_);
    }

private:
    bool has_ended() const noexcept { return release_ != nullptr && detail::has_ended(release_); }
    void drop() noexcept {
        if (release_ == nullptr) { return; }
        const detail::kept_call counted;
        const detail::callback_scope scope;
        const detail::lock_request request{scope.had_lock()};
        if (has_ended() || request.blocking_call() != nullptr) { return; }
        try {
            detail::outlast_call([&] { release_(context_); });
        } catch (...) { return; }  // nobody is there to be told
    }

    const char* parameter_;
    function_type function_;
    void* context_;
    release_type release_;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
