// SPDX-License-Identifier: MIT
// How C++ calls a Python callable during a native call. The context that C++ passes is a number: a
// library that calls later than it may finds no callable that has it.
#pragma once

#include <clib/ffi/call.hpp>
#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/python_call.hpp>
#include <clib/ffi/detail/signature.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/python.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Holds the interpreter's lock for its lifetime, in any thread.
class python_locked {
public:
    explicit python_locked(bool was_held = false) noexcept : was_held_{was_held} {
        if (!was_held) { state_ = python.PyGILState_Ensure(); }
    }
    ~python_locked() {
        if (!was_held_) { python.PyGILState_Release(state_); }
    }
    python_locked(const python_locked&) = delete;
    python_locked& operator=(const python_locked&) = delete;

private:
    bool was_held_;
    int state_ = 0;
};

/// A callable, and the first exception that it has raised. The interpreter's lock protects all.
class python_callable {
public:
    /// A new one, which C++ may call until close().
    explicit python_callable(python_object* function) noexcept
        : function_{new_reference(function)}, context_{++last_context}, next_{first} {
        first = this;
    }
    python_callable(const python_callable&) = delete;
    python_callable& operator=(const python_callable&) = delete;

    void* context() const noexcept { return reinterpret_cast<void*>(context_); }
    /// Returns: The one that has this context, if C++ may call it; else NULL.
    static python_callable* find(const void* context) noexcept {
        python_callable* each = first;
        while (each != nullptr && each->context() != context) { each = each->next_; }
        return each;
    }
    /// Effects: Ends it, as soon as nobody calls it any more.
    void close() noexcept {
        python_callable** place = &first;
        while (*place != this) { place = &(*place)->next_; }
        *place = next_;
        end_use();
    }
    void begin_use() noexcept { ++users_; }
    void end_use() noexcept {
        if (--users_ == 0) { delete this; }
    }

    python_object* function() const noexcept { return function_; }
    bool has_failed() const noexcept { return type_ != nullptr; }

    /// Effects: Keeps the exception that has just been raised, unless there is one: several threads
    /// may have called it at once. The package keeps one that is an exception of the module's own,
    /// since C++ may catch that.
    /// Returns: The number of the exception.
    std::uint64_t keep_error() noexcept {
        if (has_failed()) {
            python.PyErr_Clear();
            return native_exception;
        }
        python.PyErr_Fetch(&type_, &value_, &traceback_);
        if (python.tell_exception == nullptr || value_ == nullptr) { return native_exception; }
        const std::uint64_t number = tell_exception();
        if (number != native_exception) {
            for (python_object** const part : {&type_, &value_, &traceback_}) {
                python.Py_DecRef(std::exchange(*part, nullptr));
            }
        }
        return number;
    }

    /// Effects: Raises it again, around C++. Returns: Whether there is one.
    bool raise_error() noexcept {
        if (!has_failed()) { return false; }
        python.PyErr_Restore(std::exchange(type_, nullptr), std::exchange(value_, nullptr),
                             std::exchange(traceback_, nullptr));
        return true;
    }

private:
    ~python_callable() {
        for (python_object* const part : {function_, type_, value_, traceback_}) {
            python.Py_DecRef(part);
        }
    }
    /// Returns: The package's number of the exception, if it is one of the module's own.
    [[gnu::cold, gnu::noinline]] std::uint64_t tell_exception() const noexcept {
        python_object* const number =
            call_python_rarely(python.tell_exception, new_reference(value_),
                               new_reference(traceback_ != nullptr ? traceback_ : python.none),
                               new_reference(function_));
        unsigned long long value = 0;
        if (number != nullptr) {
            value = python.PyLong_AsUnsignedLongLong(number);
            python.Py_DecRef(number);
        }
        if (python.PyErr_Occurred() != nullptr) { python.PyErr_Clear(); }
        return value != 0 ? value : native_exception;
    }

    inline static constinit python_callable* first = nullptr;
    inline static constinit std::uintptr_t last_context = 0;

    python_object* function_;
    std::uintptr_t context_;  // of no other one, ever
    python_callable* next_;
    int users_ = 1;
    python_object* type_ = nullptr;
    python_object* value_ = nullptr;
    python_object* traceback_ = nullptr;
};

/// Returns: The number that the package makes of a callable's result, or -1 with an exception.
[[gnu::cold, gnu::noinline]] inline std::int64_t unusual_result(python_object* function,
                                                                python_object* result) noexcept {
    python_object* const number =
        call_python_rarely(python.check_result, new_reference(function), new_reference(result));
    if (number == nullptr) { return -1; }
    int overflow = 0;
    const long long value = python.PyLong_AsLongLongAndOverflow(number, &overflow);
    python.Py_DecRef(number);
    return value;
}

/// Returns: What C++ gets from a trampoline that has failed.
[[gnu::cold, gnu::noinline]] inline std::int64_t failed_callback(status code,
                                                                 std::uint64_t exception) noexcept {
    callback_exception = exception;
    return clib::ffi::call([code] {
        fail(code, {code == status::handle ? "context is that of a call that has ended"
                                           : "the callable has raised an exception"});
    });
}

/// The function that C++ calls for callables of one signature.
template <class Catalogue, class Function>
class python_trampoline;
template <class Catalogue, class R, class... P>
class python_trampoline<Catalogue, R (*)(P...)> {
    using kinds = typename callback_signature<Catalogue, R (*)(P...)>::parameters;

    template <class... V>
    static constexpr bool all_native(type_list<V...>) {
        return (kind<V>::converts_to_python && ...);
    }

public:
    static constexpr bool is_native = all_native(kinds{});

    static R call(P... arguments) noexcept {
        const std::tuple<P...> values{arguments...};
        const void* const context = std::get<sizeof...(P) - 1>(values);
        const void* const ending = python.ending_thread.load(std::memory_order_relaxed);
        if (ending != nullptr && ending != this_thread()) [[unlikely]] {
            callback_exception = native_exception;
            return static_cast<R>(status::callback);
        }
        const trampoline_scope scope{reinterpret_cast<const void*>(&call)};
        const python_locked lock{scope.has_lock()};
        python_callable* const callable = python_callable::find(context);
        if (callable == nullptr) [[unlikely]] {
            unusual_result(python.none, python.none);  // says that the call came too late
            return static_cast<R>(failed_callback(status::handle, native_exception));
        }
        const use in_use{*callable};
        std::uint64_t exception = native_exception;
        if (!callable->has_failed()) {  // or else C++ did not stop at the first failure
            const std::int64_t number =
                number_of(callable->function(), result_of(*callable, values, kinds{}));
            if (number >= 0) [[likely]] { return static_cast<R>(number); }
            exception = callable->keep_error();
        }
        return static_cast<R>(failed_callback(status::callback, exception));
    }

private:
    /// Keeps a callable for its lifetime.
    class use {
    public:
        explicit use(python_callable& callable) noexcept : callable_{callable} {
            callable.begin_use();
        }
        ~use() { callable_.end_use(); }
        use(const use&) = delete;
        use& operator=(const use&) = delete;

    private:
        python_callable& callable_;
    };

    /// Returns: What it returns, or NULL with an exception set.
    template <class... V>
    static python_object* result_of(const python_callable& callable, const std::tuple<P...>& values,
                                    type_list<V...>) noexcept {
        std::array<python_object*, sizeof...(V)> objects{};
        fill<0, 0>(type_list<V...>{}, objects.data(), values);
        return std::apply(
            [&](auto... object) { return call_python(callable.function(), object...); }, objects);
    }

    /// Makes the objects from `Index` on, of the C values from `At` on, until that fails.
    template <std::size_t Index, std::size_t At>
    static void fill(type_list<>, python_object**, const std::tuple<P...>&) noexcept {}
    template <std::size_t Index, std::size_t At, class V, class... Rest>
    static void fill(type_list<V, Rest...>, python_object** objects,
                     const std::tuple<P...>& values) noexcept {
        constexpr std::size_t width = kind<V>::c_form::size;
        objects[Index] = [&]<std::size_t... I>(std::index_sequence<I...>) {
            return kind<V>::to_python(std::get<At + I>(values)...);
        }
        (std::make_index_sequence<width>());
        if (objects[Index] == nullptr) { return; }
        fill<Index + 1, At + width>(type_list<Rest...>{}, objects, values);
    }

    /// Takes over what a callable has returned, if anything.
    /// Returns: The number that C++ gets; a negative one if Python has raised an exception.
    static std::int64_t number_of(python_object* function, python_object* result) noexcept {
        if (result == nullptr) { return -1; }
        std::int64_t number = 0;
        if (!std::is_void_v<R> && result != python.none) {
            int overflow = 1;
            if (is_exactly(result, python.int_type)) {
                number = python.PyLong_AsLongLongAndOverflow(result, &overflow);
            }
            if (overflow != 0 || number < 0) { number = unusual_result(function, result); }
        }
        python.Py_DecRef(result);
        return number;
    }
};
template <class Catalogue, class R, class... P>
class python_trampoline<Catalogue, R (*)(P...) noexcept>
    : public python_trampoline<Catalogue, R (*)(P...)> {};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
