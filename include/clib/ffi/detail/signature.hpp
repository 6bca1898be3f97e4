// SPDX-License-Identifier: MIT
// Finds the kinds of a function's parameters and result in its type, and says in one sentence why a
// type has none. `Catalogue` is what a module lists: is_handle<T> and is_structure<T> tell.
#pragma once

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

/// Does not compile: says what to write in the place of a parameter without a kind.
template <class P>
constexpr void explain_parameter() {
    if constexpr (pointer_to_class<P>) {
        static_assert(
            never<P>,
            "a pointer to a type that the module does not describe; list it with type<> or "
            "structure<>, or pass text as const char* and size_t");
    } else if constexpr (std::is_class_v<P>) {
        static_assert(
            never<P>,
            "a C++ type cannot be passed to C; pass a handle, a structure that the module "
            "describes, or text as const char* and size_t");
    } else if constexpr (std::is_reference_v<P>) {
        static_assert(never<P>, "a reference cannot be passed to C; pass a pointer");
    } else if constexpr (std::is_integral_v<P> || std::is_floating_point_v<P>) {
        static_assert(
            never<P>,
            "the size or sign of this type varies between machines; use int64_t or another "
            "fixed-width integer, double or bool");
    } else if constexpr (std::is_enum_v<P>) {
        static_assert(never<P>,
                      "an enum that the module does not list; list it with enumeration<>");
    } else {
        static_assert(never<P>,
                      "void* and pointers to pointers say nothing about what they point to; use a "
                      "handle, or a pointer with its size");
    }
}

/// The kind of the first parameter. One that has none counts as an int64_t after the error, so that
/// nothing follows it.
template <class Catalogue, class First, class... Rest>
constexpr auto find_parameter() {
    using match = typename parameter_match<Catalogue, First, Rest...>::type;
    if constexpr (has_kind<match>) {
        return std::type_identity<match>{};
    } else {
        explain_parameter<First>();
        return std::type_identity<std::int64_t>{};
    }
}

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

/// The kinds of a list of C parameters, as a list of the T of kind<T>.
template <class Catalogue, class Parameters>
struct parameter_kinds;
template <class Catalogue>
struct parameter_kinds<Catalogue, type_list<>> {
    using type = type_list<>;
};
template <class Catalogue, class First, class... Rest>
struct parameter_kinds<Catalogue, type_list<First, Rest...>> {
    using match = typename decltype(find_parameter<Catalogue, First, Rest...>())::type;
    using rest = typename without_first<kind<match>::c_form::size - 1, Rest...>::type;
    using type = typename prepend<match, typename parameter_kinds<Catalogue, rest>::type>::type;
};

/// Does not compile: says what to return in the place of a result without a kind.
template <class R>
constexpr void explain_result() {
    if constexpr (std::is_class_v<R>) {
        static_assert(never<R>,
                      "a C++ type cannot be returned to C; return a handle, a structure that the "
                      "module describes, or text as const char*");
    } else if constexpr (std::is_integral_v<R>) {
        static_assert(never<R>,
                      "the size or sign of this type varies between machines; return int64_t or "
                      "another fixed-width integer");
    } else if constexpr (std::is_enum_v<R>) {
        static_assert(never<R>,
                      "an enum that the module does not list; list it with enumeration<>");
    } else {
        static_assert(never<R>,
                      "a result is a fixed-width integer, clib::ffi::status, bool, double, float, "
                      "const char* for text, const uint8_t* for bytes, a handle, a structure, or "
                      "nothing");
    }
}

template <class T>
concept has_result_kind = has_kind<T> && kind<T>::is_result;

/// The kind of a result. One that has none counts as an int64_t after the error, so that nothing
/// follows it.
template <class Catalogue, class R>
constexpr auto find_result() {
    using match = typename result_match<Catalogue, R>::type;
    if constexpr (has_result_kind<match>) {
        return std::type_identity<match>{};
    } else {
        explain_result<R>();
        return std::type_identity<std::int64_t>{};
    }
}
template <class Catalogue, class R>
struct result_kind : decltype(find_result<Catalogue, R>()) {};

template <class Function>
struct function_type {
    static_assert(never<Function>, "only a function can be listed: write &its_name");
    using result = void;
    using parameters = type_list<>;
    static constexpr bool is_right = false;
};
template <class R, class... P>
struct function_type<R (*)(P...)> {
    static_assert(never<R>,
                  "a function that C calls must be noexcept; declare it so, and put its body into "
                  "clib::ffi::call()");
    using result = void;
    using parameters = type_list<>;
    static constexpr bool is_right = false;
};
template <class R, class... P>
struct function_type<R (*)(P...) noexcept> {
    using result = R;
    using parameters = type_list<P...>;
    static constexpr bool is_right = true;
};

/// The signature of a function that C++ calls. Its values travel the other way.
template <class Catalogue, class Function>
struct callback_signature {
    static_assert(never<Function>, "a callback is a function pointer");
};
template <class Catalogue, class R, class... P>
struct callback_signature<Catalogue, R (*)(P...)> {
    static_assert(std::is_same_v<R, void> || std::is_same_v<R, std::int64_t>,
                  "a callback returns int64_t, where a negative number says that it has failed, or "
                  "nothing");

    template <std::size_t... I>
    static type_list<std::tuple_element_t<I, std::tuple<P...>>...> all_but_last(
        std::index_sequence<I...>);
    static constexpr bool ends_with_context = [] {
        if constexpr (sizeof...(P) > 0) {
            return std::is_same_v<std::tuple_element_t<sizeof...(P) - 1, std::tuple<P...>>, void*>;
        }
        return false;
    }();
    static_assert(ends_with_context, "the last parameter of a callback is its void* context");

    using result = R;
    using parameters =
        typename parameter_kinds<Catalogue,
                                 decltype(all_but_last(std::make_index_sequence < ends_with_context
                                                           ? sizeof...(P) - 1
                                                           : 0 > ()))>::type;

    template <class... V>
    static constexpr bool can_all_be_passed(type_list<V...>) {
        return (kind<V>::is_callback_argument && ...);
    }
    static_assert(can_all_be_passed(parameters{}),
                  "a callback gets numbers, text, numbers in a row to read, and structures");
};
template <class Catalogue, class R, class... P>
struct callback_signature<Catalogue, R (*)(P...) noexcept>
    : callback_signature<Catalogue, R (*)(P...)> {};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
