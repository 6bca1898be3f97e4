// SPDX-License-Identifier: MIT
// What a listing has to keep to. These rules come before everything else: where one is broken, the
// compiler says its sentence, and nothing of the module is compiled that could follow it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/c_function.hpp>
#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/kinds.hpp>
#include <clib/ffi/status.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Whether a function of the role takes an object of its type first.
constexpr bool takes_object(clib_role role) {
    return role == CLIB_ROLE_METHOD || role == CLIB_ROLE_DESTRUCTOR || role == CLIB_ROLE_PROPERTY ||
           role == CLIB_ROLE_SETTER || role == CLIB_ROLE_PIN || role == CLIB_ROLE_UNPIN ||
           role == CLIB_ROLE_TRAVERSE;
}

template <class Owner, class First, class... Rest>
constexpr bool begins_with_object(type_list<First, Rest...>) {
    return kind<First>::is_handle && std::is_same_v<typename kind<First>::class_type, Owner>;
}
template <class Owner>
constexpr bool begins_with_object(type_list<>) {
    return false;
}
template <class Owner, class Result>
constexpr bool makes_owner() {
    return kind<Result>::is_handle && std::is_same_v<typename kind<Result>::class_type, Owner>;
}

/// Whether what is listed fits the function. `Function` is there to be read in an error.
template <auto Function, class Entry, class Kinds, class Result, bool IsLength>
constexpr bool fits_its_role() {
    constexpr clib_role role = Entry::role;
    constexpr std::size_t objects = takes_object(role) ? 1 : 0;
    using owner = typename Entry::owner;
    constexpr bool is_good_length =
        Kinds::size == 1 && std::is_integral_v<Result> && !std::is_same_v<Result, bool>;
    if constexpr (objects > 0 && !begins_with_object<owner>(Kinds{})) {
        static_assert(never<Entry>,
                      "a method, a destructor and a property take their object, a pointer to the "
                      "type, first; list a function that does not with function<>");
    } else if constexpr (role == CLIB_ROLE_SETTER && Kinds::size != 2) {
        static_assert(never<Entry>, "a setter takes its object and one value");
    } else if constexpr (Kinds::size - objects != Entry::name_count) {
        static_assert(never<Entry>,
                      "a wrong number of names: each parameter has one, a pointer with its size "
                      "and a function with its context have one together, and the object has none");
    } else if constexpr (IsLength && !is_good_length) {
        static_assert(never<Entry>, "__len__ takes nothing but its object, and returns an integer");
    } else if constexpr (role == CLIB_ROLE_CONSTRUCTOR && !makes_owner<owner, Result>()) {
        static_assert(never<Entry>, "a constructor returns a pointer to its type");
    } else if constexpr ((role == CLIB_ROLE_DESTRUCTOR || role == CLIB_ROLE_UNPIN) &&
                         !std::is_same_v<Result, std::int64_t> && !std::is_same_v<Result, status>) {
        static_assert(never<Entry>,
                      "a destructor and an unpin return int64_t or clib::ffi::status");
    } else {
        return true;
    }
    return false;
}

/// Whether what is listed of a parameter fits its kind.
template <auto Function, std::size_t Parameter, class K, class Entry, default_value::type Default,
          bool IsAccepted, std::uint32_t Flags>
constexpr bool fits_its_kind() {
    if constexpr (Default != default_value::type::none && !IsAccepted) {
        static_assert(never<Entry>, "a default is a value that its parameter can have");
    } else if constexpr ((Flags & CLIB_VALUE_NULLABLE) != 0 &&
                         !kind<K>::accepts({.what = default_value::type::null})) {
        static_assert(never<Entry>, "only what is a pointer in C++ can be None");
    } else if constexpr ((Flags & CLIB_VALUE_CALLED_ONCE) != 0 && !kind<K>::is_callback) {
        static_assert(never<Entry>, "called_once() is said of a callback");
    } else if constexpr ((Flags & CLIB_VALUE_CONVERTIBLE) != 0 &&
                         (kind<K>::number != CLIB_KIND_ARRAY ||
                          (kind<K>::flags & CLIB_VALUE_CONST) == 0)) {
        static_assert(never<Entry>,
                      "convertible() is said of an array of const elements: what is changed in "
                      "place cannot be a copy");
    } else {
        return true;
    }
    return false;
}

/// Whether one function is listed as it can be.
template <class Module, std::size_t Index>
struct function_rules {
    using entry_type = function_entry_at<Module, Index>;
    using c = c_function<Module, Index>;
    using kinds = typename c::kinds;
    static constexpr std::size_t objects = takes_object(entry_type::role) ? 1 : 0;
    static constexpr bool is_length = entry_type::role == CLIB_ROLE_METHOD &&
                                      is_same_name(function_data_at<Module, Index>.name, "__len__");

    template <class K, std::size_t Place>
    static constexpr bool is_parameter_right() {
        if constexpr (Place < objects) {
            return true;
        } else {
            constexpr parameter_info parameter = parameters_at<Module, Index>[Place - objects];
            return fits_its_kind<entry_type::function, Place - objects + 1, K, entry_type,
                                 parameter.value.what, kind<K>::accepts(parameter.value),
                                 parameter.flags>();
        }
    }
    template <class... K, std::size_t... I>
    static constexpr bool are_parameters_right(type_list<K...>, std::index_sequence<I...>) {
        return (is_parameter_right<K, I>() && ...);
    }
    static constexpr bool is_right() {
        if constexpr (!c::is_known) {  // NOLINT(bugprone-branch-clone): each has its reason
            return false;              // the sentence about that was said
        } else if constexpr (fits_its_role<entry_type::function, entry_type, kinds,
                                           typename c::result_type, is_length>()) {
            return are_parameters_right(kinds{}, std::make_index_sequence<kinds::size>());
        } else {
            return false;
        }
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
