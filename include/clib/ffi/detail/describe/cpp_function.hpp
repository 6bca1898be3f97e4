// SPDX-License-Identifier: MIT
// The C function that the compiler makes around a listed C++ function:
//
//     C values -- kind::from_c() --> what the C++ function takes
//                                        |   objects are in use meanwhile
//     C result <-- call() <-- to_body() -'
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/cpp_signature.hpp>
#include <clib/ffi/detail/handles.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/kinds.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A parameter's type without its reference; const, if it is a reference to const.
template <class P>
using referred = std::remove_reference_t<P>;

/// Whether values of kind<K> are passed to C++ functions.
template <class K, class Values>
inline constexpr bool has_from_c = false;
template <class K, class... C>
inline constexpr bool has_from_c<K, type_list<C...>> = requires(C... values) {
    kind<K>::from_c(values..., "");
};
template <class K>
concept has_cpp_kind = has_kind<K> && has_from_c<K, typename kind<K>::c_form>;

template <class K>
concept has_cpp_result_kind = has_result_kind<K> && requires {
    typename kind<K>::c_result;
};

/// What stands for a type without a kind after the error, so that nothing follows it.
struct unknown_type {};

/// The kind of a parameter of a C++ function. A listed class by value is read as by reference.
template <class Classes, class P>
constexpr auto find_cpp_parameter() {
    using plain = std::remove_cvref_t<P>;
    constexpr bool is_object = Classes::template is_class<plain>;
    constexpr bool is_changed = std::is_lvalue_reference_v<P> && !std::is_const_v<referred<P>>;
    using match = typename cpp_parameter_match<
        Classes, std::conditional_t<is_object && !is_changed, const plain, plain>>::type;
    if constexpr (is_changed && !is_object) {
        static_assert(never<P>,
                      "a function cannot change a value of its caller: take it by value or by "
                      "const reference, and return the new one");
        return std::type_identity<unknown_type>{};
    } else if constexpr (has_cpp_kind<match>) {
        return std::type_identity<match>{};
    } else {
        static_assert(never<P>,
                      "a parameter has a type that clib does not know: list the class with type<>, "
                      "or give the type a kind (include/clib/ffi/README.md)");
        return std::type_identity<unknown_type>{};
    }
}
template <class Classes, class R>
constexpr auto find_cpp_result() {
    using match = typename cpp_result_match<Classes, std::remove_cvref_t<R>>::type;
    if constexpr (has_cpp_result_kind<match>) {
        return std::type_identity<match>{};
    } else {
        static_assert(never<R>,
                      "the result has a type that clib does not know: list the class with type<>, "
                      "or give the type a kind (include/clib/ffi/README.md)");
        return std::type_identity<unknown_type>{};
    }
}

template <class... Lists>
struct joined;
template <class... A>
struct joined<type_list<A...>> {
    using type = type_list<A...>;
};
template <class... A, class... B, class... Lists>
struct joined<type_list<A...>, type_list<B...>, Lists...>
    : joined<type_list<A..., B...>, Lists...> {};

/// The types in C of the values of all these kinds.
template <class Kinds>
struct c_forms;
template <class... K>
struct c_forms<type_list<K...>> {
    using type = typename joined<type_list<>, typename kind<K>::c_form...>::type;
};

/// What the function gets for a parameter P: an object itself, anything else a new value.
template <class P, class Value>
    requires(!is_held_object<std::remove_cvref_t<Value>>)
std::remove_cvref_t<P> pass(Value&& value) {
    return static_cast<std::remove_cvref_t<P>>(std::forward<Value>(value));
}
template <class P, class T>
P pass(const held_object<T>& object) {
    return static_cast<P>(*object);
}

/// An integer, where something has no kind.
template <class K>
struct known_kind {
    using type = K;
};
template <>
struct known_kind<unknown_type> {
    using type = std::int64_t;
};

template <class R, class Values>
struct unknown_function;
template <class R, class... C>
struct unknown_function<R, type_list<C...>> {
    static R call(C...) noexcept;
};

/// The function that C calls. Parameters are the C++ function's, Values those of C.
template <class Entry, class Symbol, class Names, class R, class ResultKind, class Parameters,
          class Kinds, class Values = typename c_forms<Kinds>::type>
struct cpp_function;
template <class Entry, class Symbol, class Names, class R, class ResultKind, class... P, class... K,
          class... C>
struct cpp_function<Entry, Symbol, Names, R, ResultKind, type_list<P...>, type_list<K...>,
                    type_list<C...>> {
    using result_type = std::remove_cvref_t<R>;
    static constexpr bool makes_object = kind<ResultKind>::is_handle;
    static constexpr bool makes_items = kind<ResultKind>::form == result_form::items;
    static constexpr auto offsets = value_offsets(type_list<K...>{});

    using c_result = typename kind<ResultKind>::c_result;
    using invoked = std::invoke_result_t<decltype(Entry::function), P...>;

    template <std::size_t I, std::size_t... J>
    static auto argument(const std::tuple<C...>& values, std::index_sequence<J...>) {
        using K_I = std::tuple_element_t<I, std::tuple<std::type_identity<K>...>>;
        if constexpr (is_object_pointer<typename K_I::type> && !Names::template is_nullable<I>()) {
            non_null(std::get<offsets[I]>(values), Names::template name<I>());
        }
        return kind<typename K_I::type>::from_c(std::get<offsets[I] + J>(values)...,
                                                Names::template name<I>());
    }
    template <std::size_t... I>
    static R run(const std::tuple<C...>& values, std::index_sequence<I...>) {
        return static_cast<R>(std::invoke(
            Entry::function,
            pass<P>(argument<I>(values, std::make_index_sequence<kind<K>::c_form::size>()))...));
    }
    template <std::size_t... I>
    static void run_only(const std::tuple<C...>& values, std::index_sequence<I...>) {
        std::invoke(
            Entry::function,
            pass<P>(argument<I>(values, std::make_index_sequence<kind<K>::c_form::size>()))...);
    }
    /// Returns: use(result). In one expression, so that the objects are in use meanwhile.
    template <class Use, std::size_t... I>
    static auto run_and(const Use& use, const std::tuple<C...>& values, std::index_sequence<I...>) {
        return use(std::invoke(
            Entry::function,
            pass<P>(argument<I>(values, std::make_index_sequence<kind<K>::c_form::size>()))...));
    }

    /// Returns: The handle of the argument that the function returned a reference to.
    template <std::size_t... I>
    static c_result handle_of_argument(const auto& returned, const std::tuple<C...>& values,
                                       std::index_sequence<I...>) {
        c_result found = nullptr;
        const auto look = [&]<std::size_t At>() {
            using K_At =
                typename std::tuple_element_t<At, std::tuple<std::type_identity<K>...>>::type;
            if constexpr (std::is_same_v<typename kind<K_At>::class_type, result_type>) {
                auto* const handle = const_cast<result_type*>(std::get<offsets[At]>(values));
                if (handle == nullptr) { return; }
                const held_object<result_type> object{handle, Names::template name<At>()};
                if (&*object == &returned) { found = handle; }
            }
        };
        (look.template operator()<I>(), ...);
        static_assert((std::is_same_v<typename kind<K>::class_type, result_type> || ...),
                      "the result is a reference to none of the arguments: return the object by "
                      "value");
        if (found == nullptr) {
            fail(status::invalid, {"the result is a reference to none of the arguments; return the "
                                   "object by value"});
        }
        return found;
    }

    /// The body of the call().
    static auto body(const std::tuple<C...>& values) {
        constexpr std::index_sequence_for<P...> all;
        if constexpr (!std::is_void_v<R> && std::is_void_v<invoked>) {  // it gives its object back
            run_only(values, all);
            return const_cast<c_result>(std::get<0>(values));
        } else if constexpr (std::is_void_v<R>) {
            run(values, all);
        } else if constexpr (makes_object && std::is_reference_v<R>) {
            return run_and(
                [&](const auto& returned) { return handle_of_argument(returned, values, all); },
                values, all);
        } else if constexpr (makes_object) {
            const auto make = [&]() -> R { return run(values, all); };
            return class_table<result_type>.emplace(made_in_place{make});
        } else if constexpr (requires(R result) {
                                 kind<ResultKind>::to_body(std::forward<R>(result));
                             }) {
            return run_and(
                [](auto&& result) {
                    return kind<ResultKind>::to_body(std::forward<decltype(result)>(result));
                },
                values, all);
        } else {
            return run_and([](const auto& result) { return static_cast<c_result>(result); }, values,
                           all);
        }
    }
    static c_result call(C... values) noexcept {
        const auto result =
            ffi::call([&] { return body(std::tuple<C...>{values...}); }, Symbol::value);
        if constexpr (makes_items) {
            return reinterpret_cast<c_result>(static_cast<const char*>(result));
        } else {
            return static_cast<c_result>(result);
        }
    }
    /// For a native call, which takes the value itself and no items.
    static c_result call_native(C... values) noexcept requires(makes_items) {
        auto& receiver = static_cast<value_receiver<result_type>&>(*current_call.receiver);
        const status code = ffi::call(
            [&] {
                constexpr std::index_sequence_for<P...> all;
                current_call = {};
                run_and(
                    [&](auto&& result) {
                        receiver.emplace(std::forward<decltype(result)>(result));
                    },
                    std::tuple<C...>{values...}, all);
            },
            Symbol::value);
        return code < status::ok ? nullptr : reinterpret_cast<c_result>(received_text);
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
