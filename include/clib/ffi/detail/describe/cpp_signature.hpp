// SPDX-License-Identifier: MIT
// What a C++ function takes and returns: a function, a member of a class, or a lambda.
#pragma once

#include <clib/ffi/kind.hpp>

#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The result and parameters. A member takes its object first, as an Owner, which may be derived
/// from the member's own class.
template <class Function, class Owner>
struct cpp_signature {
    static_assert(never<Function>, "only a function can be listed: write &its_name");
    using result = void;
    using parameters = type_list<>;
};

template <class R, class... P, bool IsNoexcept, class Owner>
struct cpp_signature<R (*)(P...) noexcept(IsNoexcept), Owner> {
    using result = R;
    using parameters = type_list<P...>;
};

template <class R, class C, class... P, bool IsNoexcept, class Owner>
struct cpp_signature<R (C::*)(P...) noexcept(IsNoexcept), Owner> {
    static_assert(std::is_base_of_v<C, Owner>, "the member belongs to another class");
    using result = R;
    using parameters = type_list<Owner&, P...>;
};
template <class R, class C, class... P, bool IsNoexcept, class Owner>
struct cpp_signature<R (C::*)(P...) const noexcept(IsNoexcept), Owner> {
    static_assert(std::is_base_of_v<C, Owner>, "the member belongs to another class");
    using result = R;
    using parameters = type_list<const Owner&, P...>;
};
template <class R, class C, class... P, bool IsNoexcept, class Owner>
struct cpp_signature<R (C::*)(P...)& noexcept(IsNoexcept), Owner>
    : cpp_signature<R (C::*)(P...), Owner> {};
template <class R, class C, class... P, bool IsNoexcept, class Owner>
struct cpp_signature<R (C::*)(P...) const& noexcept(IsNoexcept), Owner>
    : cpp_signature<R (C::*)(P...) const, Owner> {};

template <class M, class C, class Owner>
    requires std::is_object_v<M>
struct cpp_signature<M C::*, Owner> {
    static_assert(std::is_base_of_v<C, Owner>, "the member belongs to another class");
    using result = const M&;
    using parameters = type_list<const Owner&>;
};

/// A lambda: what its operator() takes and returns.
template <class Call>
struct without_object;
template <class R, class C, class... P, bool IsNoexcept>
struct without_object<R (C::*)(P...) const noexcept(IsNoexcept)> {
    using result = R;
    using parameters = type_list<P...>;
};
template <class Lambda, class Owner>
    requires std::is_class_v<Lambda>
struct cpp_signature<Lambda, Owner> : without_object<decltype(&Lambda::operator())> {
};

/// Calls a listed function, or reads a listed member, of its object.
template <auto Function, class First, class... Rest>
constexpr decltype(auto) invoke_listed(First&& first, Rest&&... rest) {
    using type = std::remove_const_t<decltype(Function)>;
    if constexpr (std::is_member_function_pointer_v<type>) {
        return (std::forward<First>(first).*Function)(std::forward<Rest>(rest)...);
    } else if constexpr (std::is_member_object_pointer_v<type>) {
        return (std::forward<First>(first).*Function);
    } else {
        return Function(std::forward<First>(first), std::forward<Rest>(rest)...);
    }
}
template <auto Function>
constexpr decltype(auto) invoke_listed() {
    return Function();
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
