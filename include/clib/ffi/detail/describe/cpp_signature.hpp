// SPDX-License-Identifier: MIT
// What a C++ function takes and returns: a function, a member of a class, or a lambda.
#pragma once

#include <clib/ffi/detail/fault.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/kind.hpp>

#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The result and parameters. A member takes its object first, as an Owner, which may be derived
/// from the member's own class.
template <class Function, class Owner>
struct cpp_signature {
    static constexpr fault reason = fault::no_function;
    using result = void;
    using parameters = type_list<>;
};

/// Why a member of C cannot be one of the class that is listed.
template <class C, class Owner>
constexpr fault fault_of_member() {
    if constexpr (std::is_same_v<C, Owner>) {
        return fault::none;
    } else if constexpr (std::is_void_v<Owner>) {
        return fault::member_without_class;
    } else if constexpr (!complete_class<Owner>) {
        return fault::member_of_a_handle;
    } else {
        return std::is_base_of_v<C, Owner> ? fault::none : fault::member_of_another_class;
    }
}

template <class R, class... P, bool IsNoexcept, class Owner>
struct cpp_signature<R (*)(P...) noexcept(IsNoexcept), Owner> {
    static constexpr fault reason = fault::none;
    using result = R;
    using parameters = type_list<P...>;
};

template <class R, class C, class... P, bool IsNoexcept, class Owner>
struct cpp_signature<R (C::*)(P...) noexcept(IsNoexcept), Owner> {
    static constexpr fault reason = fault_of_member<C, Owner>();
    using result = R;
    using parameters = type_list<std::add_lvalue_reference_t<Owner>, P...>;
};
template <class R, class C, class... P, bool IsNoexcept, class Owner>
struct cpp_signature<R (C::*)(P...) const noexcept(IsNoexcept), Owner> {
    static constexpr fault reason = fault_of_member<C, Owner>();
    using result = R;
    using parameters = type_list<std::add_lvalue_reference_t<const Owner>, P...>;
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
    static constexpr fault reason = fault_of_member<C, Owner>();
    using result = const M&;
    using parameters = type_list<std::add_lvalue_reference_t<const Owner>>;
};

/// A lambda: what its operator() takes and returns.
template <class Call>
struct without_object;
template <class R, class C, class... P, bool IsNoexcept>
struct without_object<R (C::*)(P...) const noexcept(IsNoexcept)> {
    static constexpr fault reason = fault::none;
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
