// How C++ calls a Python callable that it was given for the time of a native call. What comes to
// C++ as the context is a handle: a library that calls later than it may is told so, and nothing
// else happens.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/describe/description.hpp>
#include <clib/ffi/detail/describe/signature.hpp>
#include <clib/ffi/detail/python/api.hpp>
#include <clib/ffi/handle_table.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Holds the interpreter's lock for its lifetime, in any thread.
class python_locked {
public:
    python_locked() noexcept : state_{python.ensure_lock()} {}
    ~python_locked() { python.release_lock(state_); }
    python_locked(const python_locked&) = delete;
    python_locked& operator=(const python_locked&) = delete;

private:
    int state_;
};

/// A callable, and the first exception that it has raised. Used with the interpreter's lock held.
class python_callback {
public:
    explicit python_callback(python_object* callable) noexcept : callable_{callable} {
        python.increment(callable);
    }
    ~python_callback() {
        python.decrement(callable_);
        for (python_object* const part : {type_, value_, traceback_}) {
            if (part != nullptr) { python.decrement(part); }
        }
    }
    python_callback(const python_callback&) = delete;
    python_callback& operator=(const python_callback&) = delete;

    python_object* callable() const noexcept { return callable_; }
    bool has_failed() const noexcept { return type_ != nullptr; }

    /// Effects: Takes the exception that has just been raised.
    void keep_error() noexcept { python.error_fetch(&type_, &value_, &traceback_); }

    /// Effects: Raises it again, around C++. Returns: Whether there is one.
    bool raise_error() noexcept {
        if (!has_failed()) { return false; }
        python.error_restore(std::exchange(type_, nullptr), std::exchange(value_, nullptr),
                             std::exchange(traceback_, nullptr));
        return true;
    }

private:
    python_object* callable_;
    python_object* type_ = nullptr;
    python_object* value_ = nullptr;
    python_object* traceback_ = nullptr;
};

struct callback_context;
inline constinit handle_table<python_callback, callback_context, access::concurrent>
    python_callbacks{"callback"};

/// One value that C++ passes to Python, made of its first parameters in C.
template <class Value>
struct python_passed {
    static constexpr bool is_native = false;
};
template <class Value>
    requires(Value::kind >= CLIB_KIND_INT8 && Value::kind <= CLIB_KIND_UINT64)
struct python_passed<Value> {
    static constexpr bool is_native = true;
    static python_object* make(std::integral auto number) noexcept {
        if (!std::in_range<long long>(number)) {
            return python.int_from_unsigned(static_cast<unsigned long long>(number));
        }
        return python.int_from(static_cast<long long>(number));
    }
};
template <class Value>
    requires(Value::kind == CLIB_KIND_FLOAT || Value::kind == CLIB_KIND_DOUBLE)
struct python_passed<Value> {
    static constexpr bool is_native = true;
    static python_object* make(std::floating_point auto number) noexcept {
        return python.float_from(static_cast<double>(number));
    }
};
template <class Value>
    requires(Value::kind == CLIB_KIND_BOOL)
struct python_passed<Value> {
    static constexpr bool is_native = true;
    static python_object* make(bool value) noexcept {
        return new_reference(value ? python.true_object : python.false_object);
    }
};
template <class Value>
    requires(Value::kind == CLIB_KIND_TEXT || Value::kind == CLIB_KIND_BYTES)
struct python_passed<Value> {
    static constexpr bool is_native = true;
    static python_object* make(const char* text, std::size_t size) noexcept {
        return python.str_from(size > 0 ? text : "", static_cast<std::ptrdiff_t>(size),
                               "surrogateescape");
    }
    static python_object* make(const char* text) noexcept {
        return text != nullptr ? make(text, std::strlen(text)) : new_reference(python.none);
    }
};

/// Returns: The number that clib.py makes of what a callable has returned, or -1 with an exception.
[[gnu::cold, gnu::noinline]] inline std::int64_t result_of_python(
    python_object* callable, python_object* returned) noexcept {
    python_object* const tuple = python.tuple_new(2);
    if (tuple == nullptr) { return -1; }
    set_item(tuple, 0, callable);
    set_item(tuple, 1, returned);
    python_object* const number = python.call(python.check_result, tuple, nullptr);
    python.decrement(tuple);
    if (number == nullptr) { return -1; }
    int overflow = 0;
    const long long result = python.int_as(number, &overflow);
    python.decrement(number);
    return result;
}

/// The function that C++ calls for callables of one signature.
template <class List, class Function>
class python_trampoline;
template <class List, class R, class... P>
class python_trampoline<List, R (*)(P...)> {
    using values =
        typename callback_type<typename listed_in<List>::described_types, R (*)(P...)>::parameters;

    template <class... V>
    static constexpr bool all_native(list<V...>) {
        return (python_passed<V>::is_native && ...);
    }

public:
    static constexpr bool is_native = all_native(values{});

    static R call(P... given) noexcept {
        const std::tuple<P...> arguments{given...};
        auto* const context = static_cast<callback_context*>(std::get<sizeof...(P) - 1>(arguments));
        const trampoline_scope scope;
        const python_locked lock;
        const auto returned = clib::ffi::call([&] {
            const auto callback = python_callbacks.at(context, "context");
            return called(*callback, arguments, values{});
        });
        if (returned < 0) { callback_has_failed = true; }
        if (returned == static_cast<std::int64_t>(status::handle)) {
            result_of_python(python.none, python.none);  // which says that it came too late
        }
        return static_cast<R>(returned);
    }

private:
    template <class... V>
    static std::int64_t called(python_callback& callback, const std::tuple<P...>& arguments,
                               list<V...>) {
        if (!callback.has_failed()) {  // or else C++ did not stop at the first failure
            python_object* const tuple = python.tuple_new(sizeof...(V));
            python_object* returned = nullptr;
            if (tuple != nullptr && fill<0, 0>(list<V...>{}, tuple, arguments)) {
                returned = python.call(callback.callable(), tuple, nullptr);
            }
            const std::int64_t number =
                returned != nullptr ? result_of(callback.callable(), returned) : -1;
            for (python_object* const part : {tuple, returned}) {
                if (part != nullptr) { python.decrement(part); }
            }
            if (number >= 0) { return number; }
            callback.keep_error();
        }
        fail(status::callback, {"the callable has raised an exception"});
    }

    template <std::size_t Index, std::size_t At>
    static bool fill(list<>, python_object*, const std::tuple<P...>&) noexcept {
        return true;
    }
    template <std::size_t Index, std::size_t At, class Value, class... Rest>
    static bool fill(list<Value, Rest...>, python_object* tuple,
                     const std::tuple<P...>& arguments) noexcept {
        constexpr std::size_t width = Value::kind == CLIB_KIND_BYTES ? 2 : 1;
        python_object* made = nullptr;
        if constexpr (width == 2) {
            made = python_passed<Value>::make(std::get<At>(arguments), std::get<At + 1>(arguments));
        } else {
            made = python_passed<Value>::make(std::get<At>(arguments));
        }
        if (made == nullptr) { return false; }
        python.tuple_set_item(tuple, Index, made);
        return fill<Index + 1, At + width>(list<Rest...>{}, tuple, arguments);
    }

    /// Returns: The number that C++ gets; a negative one if Python has raised an exception.
    static std::int64_t result_of(python_object* callable, python_object* returned) noexcept {
        if (std::is_void_v<R> || returned == python.none) { return 0; }
        if (returned->type == python.int_type) {
            int overflow = 0;
            const long long number = python.int_as(returned, &overflow);
            if (overflow == 0 && number >= 0) { return number; }
        }
        return result_of_python(callable, returned);
    }
};
template <class List, class R, class... P>
class python_trampoline<List, R (*)(P...) noexcept> : public python_trampoline<List, R (*)(P...)> {
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
