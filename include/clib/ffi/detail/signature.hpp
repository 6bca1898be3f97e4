// SPDX-License-Identifier: MIT
// Finds the kinds of a function's parameters and result in its type, and why a type has none
// (fault.hpp). `Catalogue` is what a module lists: is_handle<T> and is_structure<T> tell.
#pragma once

#include <clib/ffi/detail/fault.hpp>
#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <class T>
concept pointer_to_class = std::is_pointer_v<T> && std::is_class_v<std::remove_pointer_t<T>>;

/// Why a parameter of a C function has no kind.
template <class P>
constexpr fault fault_of_parameter() {
    if (pointer_to_class<P>) { return fault::pointer_to_unlisted; }
    if (std::is_class_v<P>) { return fault::class_in_c; }
    if (std::is_reference_v<P>) { return fault::reference_in_c; }
    if (std::is_integral_v<P> || std::is_floating_point_v<P>) { return fault::number_in_c; }
    return std::is_enum_v<P> ? fault::unlisted_enum : fault::pointer_in_c;
}

/// What has been found for a type: its kind, or why there is none.
template <class Match, fault Reason, class T>
struct found_kind {
    using type = no_kind<Reason, T>;
};
template <class Match, fault Reason, class T>
    requires(has_kind<Match> || fault_of<Match> != fault::none)
struct found_kind<Match, Reason, T> {
    using type = Match;
};

/// The kind of the first parameter.
template <class Catalogue, class First, class... Rest>
using found_parameter =
    typename found_kind<typename parameter_match<Catalogue, First, Rest...>::type,
                        fault_of_parameter<First>(), First>::type;

template <class Front, class List>
struct prepend;
template <class Front, class... T>
struct prepend<Front, type_list<T...>> {
    using type = type_list<Front, T...>;
};

template <std::size_t Count, class... T>
struct without_first {
    using type = type_list<>;
};
template <class... T>
struct without_first<0, T...> {
    using type = type_list<T...>;
};
template <std::size_t Count, class First, class... Rest>
    requires(Count > 0)
struct without_first<Count, First, Rest...> : without_first<Count - 1, Rest...> {};

/// The kinds of a list of C parameters, as a list of the T of kind<T> and of no_kinds.
template <class Catalogue, class Parameters>
struct parameter_kinds;
template <class Catalogue>
struct parameter_kinds<Catalogue, type_list<>> {
    using type = type_list<>;
};
template <class Catalogue, class First, class... Rest>
struct parameter_kinds<Catalogue, type_list<First, Rest...>> {
    using match = found_parameter<Catalogue, First, Rest...>;
    using known = kind<typename known_kind<match>::type>;
    using rest = typename without_first<known::c_form::size - 1, Rest...>::type;
    using type = typename prepend<match, typename parameter_kinds<Catalogue, rest>::type>::type;
};

/// Those of a list, and integers for those that are none.
template <class Kinds>
struct known_kinds;
template <class... K>
struct known_kinds<type_list<K...>> {
    using type = type_list<typename known_kind<K>::type...>;
};

/// Why a result of a C function has no kind.
template <class R>
constexpr fault fault_of_result() {
    if (std::is_class_v<R>) { return fault::class_from_c; }
    if (std::is_integral_v<R>) { return fault::number_from_c; }
    return std::is_enum_v<R> ? fault::unlisted_enum : fault::other_from_c;
}

template <class T>
concept has_result_kind = has_kind<T> && kind<T>::is_result;

/// The kind of a result.
template <class Catalogue, class R, class Match = typename result_match<Catalogue, R>::type>
struct result_kind {
    using type = no_kind<fault_of_result<R>(), R>;
};
template <class Catalogue, class R, has_result_kind Match>
struct result_kind<Catalogue, R, Match> {
    using type = Match;
};

template <class Function>
struct function_type {
    using result = void;
    using parameters = type_list<>;
    static constexpr fault reason = fault::no_function;
};
template <class R, class... P, bool IsNoexcept>
struct function_type<R (*)(P...) noexcept(IsNoexcept)> {
    using result = R;
    using parameters = type_list<P...>;
    static constexpr fault reason = IsNoexcept ? fault::none : fault::may_throw;
};

/// The signature of a function that C++ calls. Its values travel the other way.
template <class Catalogue, class Function>
struct callback_signature {
    static constexpr fault reason = fault::callback_without_context;
};
template <class Catalogue, class R, class... P>
struct callback_signature<Catalogue, R (*)(P...)> {
    template <std::size_t... I>
    static type_list<std::tuple_element_t<I, std::tuple<P...>>...> all_but_last(
        std::index_sequence<I...>);
    static constexpr bool ends_with_context = [] {
        if constexpr (sizeof...(P) > 0) {
            return std::is_same_v<std::tuple_element_t<sizeof...(P) - 1, std::tuple<P...>>, void*>;
        }
        return false;
    }();

    using result = R;
    using found_parameters =
        typename parameter_kinds<Catalogue,
                                 decltype(all_but_last(std::make_index_sequence < ends_with_context
                                                           ? sizeof...(P) - 1
                                                           : 0 > ()))>::type;
    using parameters = typename known_kinds<found_parameters>::type;

    template <class... V>
    static constexpr bool can_all_be_passed(type_list<V...>) {
        return ((fault_of<V> == fault::none) && ...) &&
               (kind<typename known_kind<V>::type>::is_callback_argument && ...);
    }
    static constexpr fault reason =
        !std::is_same_v<R, void> && !std::is_same_v<R, std::int64_t> ? fault::callback_result
        : !ends_with_context                                         ? fault::callback_context
        : !can_all_be_passed(found_parameters{})                     ? fault::callback_argument
                                                                     : fault::none;
};
template <class Catalogue, class R, class... P>
struct callback_signature<Catalogue, R (*)(P...) noexcept>
    : callback_signature<Catalogue, R (*)(P...)> {};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
