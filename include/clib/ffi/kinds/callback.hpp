// SPDX-License-Identifier: MIT
// Callbacks: a function pointer with its context, and with a release function if C++ keeps it.
//
// Natively, the context of a callable is a handle. A library that calls later than it may finds no
// object behind it, is told so, and nothing else happens.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/python_callable.hpp>
#include <clib/ffi/detail/signature.hpp>
#include <clib/ffi/kind.hpp>

#include <cstdint>
#include <new>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

template <class T>
inline constexpr bool is_release =
    std::is_same_v<T, void (*)(void*)> || std::is_same_v<T, void (*)(void*) noexcept>;

}  // namespace detail

namespace kinds {
/// Stand for a function that is called during the call, and for one that C++ keeps.
template <class Catalogue, class Function>
struct callback;
template <class Catalogue, class Function>
struct stored_callback;
}  // namespace kinds

template <class Catalogue, class Function>
struct kind<kinds::callback<Catalogue, Function>>
    : basic_kind<CLIB_KIND_CALLBACK, Function, void*> {
    static constexpr bool is_callback = true;
    using callback_type = Function;
    using trampoline = detail::python_trampoline<Catalogue, Function>;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }

    class argument {
    public:
        static constexpr bool is_native = trampoline::is_native;

        argument() noexcept = default;
        argument(const argument&) = delete;
        argument& operator=(const argument&) = delete;
        ~argument() {
            if (callable_ != nullptr) { callable_->close(); }
        }

        bool read(python_object* object) noexcept {
            if (python.PyCallable_Check(object) == 0) { return false; }
            callable_ = new (std::nothrow) detail::python_callable{object};
            return callable_ != nullptr;
        }
        static bool read_default(const clib_value&) noexcept { return false; }
        std::tuple<Function, void*> c_values() const noexcept {
            return {&trampoline::call, callable_->context()};
        }
        /// Effects: Raises what the callable has raised. Returns: Whether it has.
        bool raise_error() const noexcept { return callable_->raise_error(); }

    private:
        detail::python_callable* callable_ = nullptr;
    };
};

template <class Catalogue, class Function>
struct kind<kinds::stored_callback<Catalogue, Function>>
    : basic_kind<CLIB_KIND_KEPT_CALLBACK, Function, void*, void (*)(void*)> {
    using callback_type = Function;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }
};

namespace detail {

/// The kind, if a callback of this type can be called.
template <template <class, class> class Kind, class Catalogue, class Function,
          fault Reason = callback_signature<Catalogue, Function>::reason>
using callback_match =
    std::conditional_t<Reason == fault::none, Kind<Catalogue, Function>, no_kind<Reason, Function>>;

}  // namespace detail

template <class Catalogue, class Function, class... Rest>
    requires std::is_function_v<Function>
struct parameter_match<Catalogue, Function*, Rest...> {
    using type = detail::no_kind<detail::fault::callback_without_context, Function*>;
};
template <class Catalogue, class Function, class... Rest>
    requires std::is_function_v<Function>
struct parameter_match<Catalogue, Function*, void*, Rest...> {
    using type = detail::callback_match<kinds::callback, Catalogue, Function*>;
};
template <class Catalogue, class Function, class Release, class... Rest>
    requires(std::is_function_v<Function>&& detail::is_release<Release>)
struct parameter_match<Catalogue, Function*, void*, Release, Rest...> {
    using type = detail::callback_match<kinds::stored_callback, Catalogue, Function*>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
