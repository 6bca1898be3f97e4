// SPDX-License-Identifier: MIT
// The C function of a listed one: itself, or the one that the compiler makes around a C++ function.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/cpp_function.hpp>
#include <clib/ffi/detail/describe/cpp_signature.hpp>
#include <clib/ffi/detail/describe/listed_symbols.hpp>
#include <clib/ffi/detail/signature.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/kinds.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A type that C functions neither take nor return.
template <class Classes, class T>
constexpr bool is_cpp_only() {
    using plain = std::remove_cvref_t<T>;
    if constexpr (std::is_reference_v<T>) { return true; }
    if constexpr (requires { typename kind<plain>::travels_as; }) { return true; }
    if constexpr (std::is_pointer_v<plain>) {
        return Classes::template is_class<std::remove_cv_t<std::remove_pointer_t<plain>>>;
    }
    if constexpr (std::is_class_v<plain>) { return !Classes::template is_structure<plain>; }
    return plain_integer<plain>;
}

/// Whether a listed function is one that C calls as it is. One that takes no pointers, and returns
/// none but text, is so if it is noexcept and global.
template <class Classes, auto Function, class Type = std::remove_const_t<decltype(Function)>>
inline constexpr bool is_c_function = false;
template <class Classes, auto Function, class R, class... P, bool IsNoexcept>
inline constexpr bool is_c_function<Classes, Function, R (*)(P...) noexcept(IsNoexcept)> =
    !(is_cpp_only<Classes, R>() || ... || is_cpp_only<Classes, P>()) &&
    (((std::is_pointer_v<R> && !std::is_same_v<R, const char*>) || ... || std::is_pointer_v<P>) ||
     (IsNoexcept && !is_qualified<Function>()));

/// Whether Python expects an object of this method: of an operator in place, and of __enter__.
constexpr bool gives_object_back(std::string_view name) {
    constexpr std::array in_place{"__iadd__",     "__isub__", "__imul__", "__imatmul__",
                                  "__itruediv__", "__imod__", "__iand__", "__ifloordiv__",
                                  "__ilshift__",  "__ior__",  "__ixor__", "__irshift__",
                                  "__ipow__",     "__enter__"};
    // NOLINTNEXTLINE(readability-use-anyofallof): <algorithm> takes longer to compile
    for (const std::string_view each : in_place) {
        if (name == each) { return true; }
    }
    return false;
}

/// The name of a listed C function.
template <auto Function>
struct symbol_of {
    static constexpr const char* value = function_symbol<Function>.data();
};

/// Whether the compiler has made the function for a listed class.
template <class Classes, class Entry>
inline constexpr bool is_made_destructor =
    (Entry::role == CLIB_ROLE_DESTRUCTOR) && Classes::template is_class<typename Entry::owner>;

/// The kind of a C function's result. A pin returns an address.
template <class Classes, class R, bool IsPin>
struct listed_result : result_kind<Classes, R> {};
template <class Classes, class R>
struct listed_result<Classes, R, true> {
    using type =
        std::conditional_t<std::is_same_v<R, char*> || std::is_same_v<R, const char*>,
                           kinds::address<std::remove_pointer_t<R>>, no_kind<fault::pin, R>>;
};

/// What a listed function takes and returns: kinds, and no_kinds where the listing is wrong.
template <class Module, std::size_t Index, class Entry = function_entry_at<Module, Index>,
          class Function = std::remove_const_t<decltype(Entry::function)>,
          bool IsC = is_made_destructor<typename catalogue<Module>::classes, Entry> ||
                     is_c_function<typename catalogue<Module>::classes, Entry::function>>
struct listed_signature;

template <class Module, std::size_t Index, class Entry, class Function>
struct listed_signature<Module, Index, Entry, Function, true> {
    static constexpr bool is_c = true;
    using classes = typename catalogue<Module>::classes;
    static constexpr fault reason = function_type<Function>::reason;
    using result = typename function_type<Function>::result;
    using found_result =
        typename listed_result<classes, result, Entry::role == CLIB_ROLE_PIN>::type;
    using found_kinds =
        typename parameter_kinds<classes, typename function_type<Function>::parameters>::type;
};

template <class Module, std::size_t Index, class Entry, class Function>
struct listed_signature<Module, Index, Entry, Function, false> {
    static constexpr bool is_c = false;
    using classes = typename catalogue<Module>::classes;
    using signature = cpp_signature<Function, typename Entry::owner>;
    static constexpr fault reason = signature::reason;
    /// Whether Python gets the object back from a function that returns nothing: `x += y` is x.
    static constexpr bool returns_object = Entry::role == CLIB_ROLE_METHOD &&
                                           std::is_void_v<typename signature::result> &&
                                           gives_object_back(function_data_at<Module, Index>.name);
    static constexpr auto find_result_type() {
        if constexpr (returns_object) {
            return std::type_identity<typename Entry::owner&>{};
        } else if constexpr (Entry::role == CLIB_ROLE_SETTER) {
            return std::type_identity<void>{};  // what a setter returns, nobody gets
        } else {
            return std::type_identity<typename signature::result>{};
        }
    }
    using cpp_result = typename decltype(find_result_type())::type;

    template <class... P>
    static type_list<typename decltype(find_cpp_parameter<classes, P>())::type...> kinds_of(
        type_list<P...>);
    using found_kinds = decltype(kinds_of(typename signature::parameters{}));
    using found_result = typename decltype(find_cpp_result<classes, cpp_result>())::type;
};

/// The C function of a listed one that is right.
template <class Module, std::size_t Index, bool IsC = listed_signature<Module, Index>::is_c>
struct c_function;

template <class Module, std::size_t Index>
struct c_function<Module, Index, true> {
    using entry_type = function_entry_at<Module, Index>;
    using signature = listed_signature<Module, Index>;
    using classes = typename catalogue<Module>::classes;
    static constexpr bool is_exported = !is_made_destructor<classes, entry_type>;
    using symbol = std::conditional_t<is_exported, symbol_of<entry_type::function>,
                                      listed_symbol<Module, Index>>;
    static constexpr auto pointer = [] {
        if constexpr (is_exported) {
            return entry_type::function;
        } else {
            using owner = typename entry_type::owner;
            return &destroy<owner, typename classes::template derived_of<owner>>;
        }
    }();
    static constexpr auto native_pointer = pointer;
    using result = typename signature::result;
    using result_type = typename signature::found_result;
    using kinds = typename signature::found_kinds;
};

template <class Module, std::size_t Index>
struct c_function<Module, Index, false> {
    using entry_type = function_entry_at<Module, Index>;
    using signature = listed_signature<Module, Index>;
    using symbol = listed_symbol<Module, Index>;
    using result_type = typename signature::found_result;
    using kinds = typename signature::found_kinds;

    /// The names of the parameters, for what is said of a wrong argument.
    struct names {
        static constexpr bool is_borrowed = function_data_at<Module, Index>.is_borrowed;
        static constexpr std::size_t objects = kinds::size - entry_type::name_count;
        template <std::size_t I>
        static constexpr const char* name() {
            if constexpr (I < objects) {
                return "self";
            } else {
                return parameters_at<Module, Index>[I - objects].name;
            }
        }
        /// Whether None may be passed.
        template <std::size_t I>
        static constexpr bool is_nullable() {
            if constexpr (I < objects) {
                return false;
            } else {
                return (parameters_at<Module, Index>[I - objects].flags & CLIB_VALUE_NULLABLE) != 0;
            }
        }
    };
    using function = cpp_function<entry_type, symbol, names, typename signature::cpp_result,
                                  result_type, typename signature::signature::parameters, kinds>;
    static constexpr auto pointer = &function::call;
    /// What a native call calls: of a function whose result holds other values, another one.
    static constexpr auto native_pointer = [] {
        if constexpr (kind<result_type>::form == result_form::items) {
            return &function::call_native;
        } else {
            return pointer;
        }
    }();
    static constexpr bool is_exported = false;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
