// SPDX-License-Identifier: MIT
// The C function of a listed one: itself, or one that the compiler makes around a C++ function
// whose parameters or result have a kind of the author's.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/handles.hpp>
#include <clib/ffi/detail/signature.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/kinds.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A type whose kind is a converted_kind.
template <class T>
concept converted = has_kind<T> && requires {
    typename kind<T>::travels_as;
};

template <class... Lists>
struct joined;
template <class... A>
struct joined<type_list<A...>> {
    using type = type_list<A...>;
};
template <class... A, class... B, class... Lists>
struct joined<type_list<A...>, type_list<B...>, Lists...>
    : joined<type_list<A..., B...>, Lists...> {};

/// The function that C calls for a C++ function. Parameters are those of C.
template <class Module, std::size_t Index, class R, class Kinds, class Parameters>
struct converting_function;
template <class Module, std::size_t Index, class R, class... K, class... C>
struct converting_function<Module, Index, R, type_list<K...>, type_list<C...>> {
    static constexpr const auto& entry = std::get<Index>(catalogue<Module>::functions);
    static constexpr auto function = std::remove_cvref_t<decltype(entry)>::function;

    /// The type that C returns.
    static constexpr auto find_result() {
        if constexpr (std::is_void_v<R>) {
            return std::type_identity<void>{};
        } else if constexpr (converted<R>) {
            return std::type_identity<typename kind<typename kind<R>::travels_as>::c_result>{};
        } else {
            return std::type_identity<typename kind<R>::c_result>{};
        }
    }
    using c_result = typename decltype(find_result())::type;

    static constexpr auto offsets = value_offsets(type_list<K...>{});

    template <class T, std::size_t I, std::size_t... J>
    static T argument(const std::tuple<C...>& values, std::index_sequence<J...>) {
        const char* const name = entry.parameters[I].name;
        if constexpr (converted<T>) {
            return kind<T>::from(kind<typename kind<T>::travels_as>::from_c(
                std::get<offsets[I] + J>(values)..., name));
        } else {
            return kind<T>::from_c(std::get<offsets[I] + J>(values)..., name);
        }
    }
    template <std::size_t... I>
    static auto invoke(const std::tuple<C...>& values, std::index_sequence<I...>) {
        const auto run = [&]() -> R {
            return function(
                argument<K, I>(values, std::make_index_sequence<kind<K>::c_form::size>())...);
        };
        if constexpr (converted<R>) {
            return kind<R>::to(run());
        } else {
            return run();
        }
    }

    static c_result call(C... values) noexcept {
        return static_cast<c_result>(ffi::call(
            [&] { return invoke(std::tuple<C...>{values...}, std::index_sequence_for<K...>()); },
            function_symbol<function>.data()));
    }
};

template <class Module, std::size_t Index, class Function>
struct c_function {
    static constexpr auto pointer =
        std::tuple_element_t<Index, typename catalogue<Module>::function_tuple>::function;
    static constexpr bool is_exported = true;
    using result = typename function_type<Function>::result;
    using kinds = typename parameter_kinds<typename catalogue<Module>::classes,
                                           typename function_type<Function>::parameters>::type;
};
template <class Module, std::size_t Index, class R, class... P>
    requires(converted<R> || (converted<std::remove_cvref_t<P>> || ...))
struct c_function<Module, Index, R (*)(P...)> {
    using kinds = type_list<std::remove_cvref_t<P>...>;
    using converting = converting_function<
        Module, Index, R, kinds,
        typename joined<typename kind<std::remove_cvref_t<P>>::c_form...>::type>;
    static constexpr auto pointer = &converting::call;
    static constexpr bool is_exported = false;
    using result = R;
};
template <class Module, std::size_t Index, class R, class... P>
    requires(converted<R> || (converted<std::remove_cvref_t<P>> || ...))
struct c_function<Module, Index, R (*)(P...) noexcept> : c_function<Module, Index, R (*)(P...)> {};

/// The name of a listed function, for what call() says and expects of it.
template <auto Function>
struct symbol_of {
    static constexpr const char* value = function_symbol<Function>.data();
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
