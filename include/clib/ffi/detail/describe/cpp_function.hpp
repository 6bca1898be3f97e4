// SPDX-License-Identifier: MIT
// The C function that the compiler makes around a listed C++ function:
//
//     C values -- kind::from_c() --> what the C++ function takes
//                                        |   objects are in use meanwhile
//     C result <-- call() <-- to_body() -'
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/binding_call.hpp>
#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/cpp_signature.hpp>
#include <clib/ffi/detail/fault.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/handles.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/object_owner.hpp>
#include <clib/ffi/detail/object_pointer.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/detail/values.hpp>
#include <clib/ffi/kinds.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
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

/// Why a type T has no kind, by its name if it has one in a header that not everybody includes.
template <class Classes, class T>
constexpr fault fault_of_cpp_type() {
    constexpr std::string_view name = full_name_of_type<T>();
    if (std::is_enum_v<T>) { return fault::unlisted_enum; }
    if (std::is_same_v<T, long double>) { return fault::long_double; }
    if (std::is_integral_v<T>) { return fault::character; }
    if (name.starts_with("std::") && name.find("complex<") < 12) { return fault::complex_header; }
    if (name.starts_with("std::") && name.find("filesystem::") < 12) { return fault::path_header; }
    if constexpr (array_of_unlisted<Classes, T>) {
        return fault::array_of_unlisted;
    } else if constexpr (requires { T::is_contiguous; }) {
        return fault::returned_view;
    }
    if constexpr (requires(T value) { value.release()->strides; }) { return fault::passed_array; }
    return fault::unlisted_class;
}

/// Whether T is a pointer to a handle type, which only C functions take.
template <class Classes, class T>
constexpr bool is_handle_pointer() {
    using pointee = std::remove_cv_t<std::remove_pointer_t<T>>;
    return std::is_pointer_v<T> && Classes::template is_handle<pointee> &&
           !Classes::template is_class<pointee>;
}

/// The kind of a parameter of a C++ function. A listed class by value is read as by reference.
template <class Classes, class P>
constexpr auto find_cpp_parameter() {
    using plain = std::remove_cvref_t<P>;
    constexpr bool is_object = Classes::template is_class<plain>;
    constexpr bool is_changed = std::is_lvalue_reference_v<P> && !std::is_const_v<referred<P>>;
    if constexpr (is_handle_pointer<Classes, plain>()) {
        return std::type_identity<no_kind<fault::handle_in_cpp, P>>{};
    } else if constexpr (std::is_rvalue_reference_v<P> && is_object) {
        return std::type_identity<no_kind<fault::object_to_move, P>>{};
    } else if constexpr (is_changed && !is_object) {
        using by_value = typename decltype(find_cpp_parameter<Classes, plain>())::type;
        constexpr fault reason = fault_of<by_value>;
        return std::type_identity<
            no_kind<reason == fault::none ? fault::value_of_the_caller : reason, P>>{};
    } else {
        using match = typename cpp_parameter_match<
            Classes, std::conditional_t<is_object && !is_changed, const plain, plain>>::type;
        if constexpr (has_cpp_kind<match>) {
            return std::type_identity<match>{};
        } else if constexpr (fault_of<match> != fault::none) {
            return std::type_identity<match>{};
        } else {
            return std::type_identity<no_kind<fault_of_cpp_type<Classes, plain>(), P>>{};
        }
    }
}
template <class Classes, class R>
constexpr auto find_cpp_result() {
    using plain = std::remove_cvref_t<R>;
    if constexpr (is_handle_pointer<Classes, plain>()) {
        return std::type_identity<no_kind<fault::handle_in_cpp, R>>{};
    } else {
        using match = typename cpp_result_match<Classes, plain>::type;
        if constexpr (has_cpp_result_kind<match>) {
            return std::type_identity<match>{};
        } else {
            return std::type_identity<no_kind<fault_of_cpp_type<Classes, plain>(), R>>{};
        }
    }
}

/// The types in C of the values of all these kinds.
template <class Kinds>
struct c_forms;
template <class... K>
struct c_forms<type_list<K...>> {
    using type = typename joined<typename kind<K>::c_form...>::type;
};

/// What the function gets for a parameter P: an object itself, anything else a new value.
template <class P, class Value>
    requires(!is_held_object<std::remove_cvref_t<Value>>)
std::remove_cvref_t<P> pass(Value&& value) {
    return static_cast<std::remove_cvref_t<P>>(std::forward<Value>(value));
}
template <class P, class T, class Derived>
P pass(const held_object<T, Derived>& object) {
    return static_cast<P>(*object);
}

template <class Member>
struct type_of_pointer;
template <class M, class C>
struct type_of_pointer<M C::*> {
    using type = M;
};
template <class Member>
using member_of = typename type_of_pointer<Member>::type;

/// Where an object is, as an argument has it.
template <class T, class Derived>
const T* address_in(const held_object<T, Derived>& object) {
    return std::addressof(*object);
}
template <class T, class Derived>
const T* address_in(const pointer_argument<T, Derived>& object) {
    return object;
}
template <class T, class Derived>
const T* address_in(const shared_argument<T, Derived>& object) {
    return std::shared_ptr<T>{object}.get();
}
template <class T, class Derived>
const T* address_in(const given_argument<T, Derived>&) {
    return nullptr;
}

/// What a body returns for a result R.
template <class ResultKind, class R>
struct body_maker {
    template <class Returned>
    auto operator()(Returned&& returned) const {
        if constexpr (requires { kind<ResultKind>::to_body(static_cast<R&&>(returned)); }) {
            return kind<ResultKind>::to_body(std::forward<Returned>(returned));
        } else {
            return static_cast<typename kind<ResultKind>::c_result>(returned);
        }
    }
};
/// The same of a result inside the object with this handle.
template <class ResultKind>
struct lent_maker {
    const void* handle;
    template <class Returned>
    auto operator()(Returned&& returned) const {
        return kind<ResultKind>::to_body(std::forward<Returned>(returned), handle);
    }
};
/// What gives a value that holds others to a native call.
template <class T>
struct value_taker {
    value_receiver<T>& receiver;
    template <class Returned>
    void operator()(Returned&& returned) const {
        receiver.emplace(std::forward<Returned>(returned));
    }
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
    using object_class = typename kind<ResultKind>::class_type;  // of a result that is an object
    static constexpr auto offsets = value_offsets(type_list<K...>{});

    using c_result = typename kind<ResultKind>::c_result;
    using invoked = decltype(invoke_listed<Entry::function>(std::declval<P>()...));

    template <std::size_t I, std::size_t... J>
    static auto argument(const values<C...>& arguments, std::index_sequence<J...>) {
        using K_I = typename type_at<I, type_list<K...>>::type;
        if constexpr (kind<K_I>::is_pointer && !Names::template is_nullable<I>()) {
            non_null(value_in<offsets[I]>(arguments), Names::template name<I>());
        }
        return kind<K_I>::from_c(value_in<offsets[I] + J>(arguments)..., Names::template name<I>());
    }
    template <std::size_t... I>
    static invoked run(const values<C...>& arguments, std::index_sequence<I...>) {
        return invoke_listed<Entry::function>(
            pass<P>(argument<I>(arguments, std::make_index_sequence<kind<K>::c_form::size>()))...);
    }
    /// Returns: use(result). In one expression, so that the objects are in use meanwhile.
    template <class Use, std::size_t... I>
    static auto run_and(const Use& use, const values<C...>& arguments, std::index_sequence<I...>) {
        return use(invoke_listed<Entry::function>(
            pass<P>(argument<I>(arguments, std::make_index_sequence<kind<K>::c_form::size>()))...));
    }

    /// Returns: Whether the argument is the object that the function has returned; its handle then.
    template <std::size_t At>
    static bool is_argument(const object_class* returned, const values<C...>& arguments,
                            const void*& handle) {
        using K_At = typename type_at<At, type_list<K...>>::type;
        using argument_class = typename kind<K_At>::class_type;
        if constexpr (kind<K_At>::is_handle &&
                      (std::is_convertible_v<argument_class*, const object_class*> ||
                       std::is_convertible_v<object_class*, const argument_class*>)) {
            if (value_in<offsets[At]>(arguments) == nullptr) { return false; }
            auto object = kind<K_At>::from_c(value_in<offsets[At]>(arguments), "self");
            if (address_in(object) != returned) { return false; }
            handle = value_in<offsets[At]>(arguments);
            return true;
        }
        return false;
    }
    template <std::size_t... I>
    static auto all_handles(const values<C...>& arguments, std::index_sequence<I...>) {
        return handles_in(type_list<K...>{}, value_in<I>(arguments)...);
    }
    /// Returns: The handle of the object that the function has returned a reference to.
    template <std::size_t... I>
    static c_result handle_of_reference(object_class* returned, bool is_const,
                                        const values<C...>& arguments, std::index_sequence<I...>) {
        if (returned == nullptr) { return nullptr; }
        const void* found = nullptr;
        if ((is_argument<I>(returned, arguments, found) || ...)) {
            return as_handle<object_class>(found);
        }
        constexpr std::size_t objects = handle_count(type_list<K...>{});
        if constexpr (Names::is_borrowed) {
            return handle_of_shared(
                std::shared_ptr<object_class>{std::shared_ptr<void>{}, returned},
                typename kind<ResultKind>::derived{});
        } else if constexpr (objects == 1 || Entry::role != CLIB_ROLE_FUNCTION) {
            const std::array<const void*, objects> handles =
                all_handles(arguments, std::index_sequence_for<C...>{});
            using function = std::remove_const_t<decltype(Entry::function)>;
            if constexpr (std::is_member_object_pointer_v<function>) {  // as its owner is
                is_const = std::is_const_v<member_of<function>> || is_const_part(handles[0]);
            }
            return handle_of_part(*returned, is_const, handles[0],
                                  typename kind<ResultKind>::derived{});
        } else {
            fail(status::invalid, {"the result is a reference to none of the arguments; return the "
                                   "object by value"});
        }
    }
    /// The same of a result of any form.
    template <class Returned>
    static c_result handle_of(Returned&& returned, const values<C...>& arguments) {
        const returning_scope scope{!is_native_caller() && is_binding_call(Symbol::value)};
        constexpr std::index_sequence_for<P...> all;
        using plain = std::remove_cvref_t<Returned>;
        if constexpr (std::is_pointer_v<plain>) {
            return handle_of_reference(const_cast<object_class*>(returned),
                                       std::is_const_v<std::remove_pointer_t<plain>>, arguments,
                                       all);
        } else if constexpr (std::is_same_v<plain, std::unique_ptr<object_class>>) {
            return handle_of_unique(std::forward<Returned>(returned),
                                    typename kind<ResultKind>::derived{});
        } else if constexpr (requires { returned.take_handle(); }) {
            return returned.take_handle();
        } else if constexpr (!std::is_same_v<plain, object_class>) {
            return handle_of_shared(as_shared<object_class>(std::forward<Returned>(returned)),
                                    typename kind<ResultKind>::derived{});
        } else {
            return handle_of_reference(const_cast<object_class*>(std::addressof(returned)),
                                       std::is_const_v<std::remove_reference_t<Returned>>,
                                       arguments, all);
        }
    }

    /// What makes the handle of a result.
    struct handle_maker {
        const values<C...>& arguments;
        template <class Returned>
        c_result operator()(Returned&& returned) const {
            return handle_of(std::forward<Returned>(returned), arguments);
        }
    };

    /// The body of the call().
    static auto body(const values<C...>& arguments) {
        constexpr std::index_sequence_for<P...> all;
        if constexpr (!std::is_void_v<R> && std::is_void_v<invoked>) {  // it gives its object back
            run(arguments, all);
            return const_cast<c_result>(value_in<0>(arguments));
        } else if constexpr (std::is_void_v<R>) {
            static_cast<void>(run(arguments, all));
        } else if constexpr (makes_object && std::is_same_v<R, object_class>) {
            const auto make = [&]() -> R { return run(arguments, all); };
            return class_table<object_class>.emplace(made_in_place{make});
        } else if constexpr (makes_object && kind<ResultKind>::is_nullable &&
                             Entry::role != CLIB_ROLE_CONSTRUCTOR) {
            return nullable_address{run_and(handle_maker{arguments}, arguments, all)};
        } else if constexpr (makes_object) {
            return run_and(handle_maker{arguments}, arguments, all);
        } else if constexpr (kind<ResultKind>::is_lent) {
            return run_and(lent_maker<ResultKind>{value_in<0>(arguments)}, arguments, all);
        } else {
            return run_and(body_maker<ResultKind, R>{}, arguments, all);
        }
    }
    static c_result call(C... passed) noexcept {
        const auto result =
            ffi::call([&] { return body(values<C...>{{passed}...}); }, Symbol::value);
        if constexpr (makes_items) {
            return reinterpret_cast<c_result>(static_cast<const char*>(result));
        } else {
            return static_cast<c_result>(result);
        }
    }
    /// For a native call, which takes the value itself and no items.
    static c_result call_native(C... passed) noexcept requires(makes_items) {
        auto& receiver = static_cast<value_receiver<result_type>&>(*current_call.receiver);
        const status code = ffi::call(
            [&] {
                current_call = {};
                run_and(value_taker<result_type>{receiver}, values<C...>{{passed}...},
                        std::index_sequence_for<P...>{});
            },
            Symbol::value);
        return code < status::ok ? nullptr : reinterpret_cast<c_result>(received_text);
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
