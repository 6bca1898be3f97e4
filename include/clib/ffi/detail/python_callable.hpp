// SPDX-License-Identifier: MIT
// How C++ calls a Python callable during a native call. The context that C++ passes is a handle: a
// library that calls later than it may finds no object behind it.
#pragma once

#include <clib/ffi/call.hpp>
#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/signature.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/python.hpp>

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
    python_locked() noexcept : state_{python.PyGILState_Ensure()} {}
    ~python_locked() { python.PyGILState_Release(state_); }
    python_locked(const python_locked&) = delete;
    python_locked& operator=(const python_locked&) = delete;

private:
    int state_;
};

/// A callable, and the first exception that it has raised. Used with the interpreter's lock held.
class python_callable {
public:
    explicit python_callable(python_object* function) noexcept
        : function_{new_reference(function)} {}
    ~python_callable() {
        python.Py_DecRef(function_);
        for (python_object* const part : {type_, value_, traceback_}) {
            if (part != nullptr) { python.Py_DecRef(part); }
        }
    }
    python_callable(const python_callable&) = delete;
    python_callable& operator=(const python_callable&) = delete;

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
                if (*part != nullptr) { python.Py_DecRef(std::exchange(*part, nullptr)); }
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
    /// Returns: The package's number of the exception, if it is one of the module's own.
    [[gnu::cold, gnu::noinline]] std::uint64_t tell_exception() const noexcept {
        python_object* const arguments = python.PyTuple_New(3);
        if (arguments == nullptr) {
            python.PyErr_Clear();
            return native_exception;
        }
        set_item(arguments, 0, value_);
        set_item(arguments, 1, traceback_ != nullptr ? traceback_ : python.none);
        set_item(arguments, 2, function_);
        python_object* const number =
            python.PyObject_Call(python.tell_exception, arguments, nullptr);
        python.Py_DecRef(arguments);
        unsigned long long value = 0;
        if (number != nullptr) {
            value = python.PyLong_AsUnsignedLongLong(number);
            python.Py_DecRef(number);
        }
        if (python.PyErr_Occurred() != nullptr) { python.PyErr_Clear(); }
        return value != 0 ? value : native_exception;
    }

    python_object* function_;
    python_object* type_ = nullptr;
    python_object* value_ = nullptr;
    python_object* traceback_ = nullptr;
};

struct callback_context;
inline constinit handle_table<python_callable, callback_context, access::concurrent>
    python_callables{"callback"};

/// Returns: The number that the package makes of a callable's result, or -1 with an exception.
[[gnu::cold, gnu::noinline]] inline std::int64_t unusual_result(python_object* function,
                                                                python_object* result) noexcept {
    python_object* const arguments = python.PyTuple_New(2);
    if (arguments == nullptr) { return -1; }
    set_item(arguments, 0, function);
    set_item(arguments, 1, result);
    python_object* const number = python.PyObject_Call(python.check_result, arguments, nullptr);
    python.Py_DecRef(arguments);
    if (number == nullptr) { return -1; }
    int overflow = 0;
    const long long value = python.PyLong_AsLongLongAndOverflow(number, &overflow);
    python.Py_DecRef(number);
    return value;
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
        auto* const context = static_cast<callback_context*>(std::get<sizeof...(P) - 1>(values));
        const void* const ending = python.ending_thread.load(std::memory_order_relaxed);
        if (ending != nullptr && ending != this_thread()) [[unlikely]] {
            callback_exception = native_exception;
            return static_cast<R>(status::callback);
        }
        const trampoline_scope scope;
        const python_locked lock;
        std::uint64_t exception = native_exception;
        const std::int64_t result = clib::ffi::call([&] {
            const auto callable = python_callables.at(context, "context");
            return result_of(*callable, values, kinds{}, exception);
        });
        if (result < 0) { callback_exception = exception; }
        if (result == static_cast<std::int64_t>(status::handle)) {
            unusual_result(python.none, python.none);  // says that the call came too late
        }
        return static_cast<R>(result);
    }

private:
    template <class... V>
    static std::int64_t result_of(python_callable& callable, const std::tuple<P...>& values,
                                  type_list<V...>, std::uint64_t& exception) {
        if (!callable.has_failed()) {  // or else C++ did not stop at the first failure
            python_object* const arguments = python.PyTuple_New(sizeof...(V));
            python_object* result = nullptr;
            if (arguments != nullptr && fill<0, 0>(type_list<V...>{}, arguments, values)) {
                result = python.PyObject_Call(callable.function(), arguments, nullptr);
            }
            const std::int64_t number =
                result != nullptr ? number_of(callable.function(), result) : -1;
            for (python_object* const part : {arguments, result}) {
                if (part != nullptr) { python.Py_DecRef(part); }
            }
            if (number >= 0) { return number; }
            exception = callable.keep_error();
        }
        fail(status::callback, {"the callable has raised an exception"});
    }

    /// Fills a tuple from its item `Index` on, with what the C values from `At` on are.
    template <std::size_t Index, std::size_t At>
    static bool fill(type_list<>, python_object*, const std::tuple<P...>&) noexcept {
        return true;
    }
    template <std::size_t Index, std::size_t At, class V, class... Rest>
    static bool fill(type_list<V, Rest...>, python_object* tuple,
                     const std::tuple<P...>& values) noexcept {
        constexpr std::size_t width = kind<V>::c_form::size;
        python_object* const item = [&]<std::size_t... I>(std::index_sequence<I...>) {
            return kind<V>::to_python(std::get<At + I>(values)...);
        }
        (std::make_index_sequence<width>());
        if (item == nullptr) { return false; }
        python.PyTuple_SetItem(tuple, Index, item);
        return fill<Index + 1, At + width>(type_list<Rest...>{}, tuple, values);
    }

    /// Returns: The number that C++ gets; a negative one if Python has raised an exception.
    static std::int64_t number_of(python_object* function, python_object* result) noexcept {
        if (std::is_void_v<R> || result == python.none) { return 0; }
        if (is_exactly(result, python.int_type)) {
            int overflow = 0;
            const long long number = python.PyLong_AsLongLongAndOverflow(result, &overflow);
            if (overflow == 0 && number >= 0) { return number; }
        }
        return unusual_result(function, result);
    }
};
template <class Catalogue, class R, class... P>
class python_trampoline<Catalogue, R (*)(P...) noexcept>
    : public python_trampoline<Catalogue, R (*)(P...)> {};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
