// SPDX-License-Identifier: MIT
// What a listing consists of. The compiler has to have the types one by one; the names, texts and
// numbers are in plain arrays, which cost it little:
//
//     listing_content<functions, types, exceptions, translators, size>
//         type_list<function_entry<&f, ...>, ...>     what each is
//         listing_data<size>                          what is said of each
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/layout.hpp>
#include <clib/ffi/detail/python_structure.hpp>
#include <clib/ffi/detail/type_list.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/parameter.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

// --- What each is --------------------------------------------------------------------------------

/// A function. Owner is the handle's type, or void. AreAddresses: whether a parameter is named as
/// an address, of each that is named.
template <auto Function, clib_role Role, class Owner, bool... AreAddresses>
struct function_entry {
    static constexpr auto function = Function;
    static constexpr clib_role role = Role;
    using owner = Owner;
    static constexpr std::size_t name_count = sizeof...(AreAddresses);
    static constexpr bool are_addresses[sizeof...(AreAddresses) + 1]{AreAddresses..., false};
};

/// A type whose objects have handles. Bases is a type_list.
template <class T, bool IsClass, class Bases>
struct type_entry {
    using type = T;
    static constexpr bool has_base = Bases::size > 0;
    static constexpr bool is_handle = true;
    static constexpr bool is_class = IsClass;
    static constexpr bool is_structure = false;
};
template <class T>
struct plain_type_entry {
    using type = T;
    static constexpr bool has_base = false;
    static constexpr bool is_handle = false;
    static constexpr bool is_class = false;
    static constexpr bool is_structure = false;
};
template <class Structure, auto... Members>
struct structure_entry : plain_type_entry<Structure> {
    static constexpr bool is_structure = true;
    /// What it is in Python.
    template <class Catalogue>
    using python = python_structure<
        Structure, type_list<typename parameter_match<Catalogue, type_of_member<Members>>::type...>,
        Members...>;
};
template <class E, bool IsFlags, auto... Members>
struct enumeration_entry : plain_type_entry<E> {
    static constexpr bool is_flags = IsFlags;
    static constexpr bool has(E value) { return ((value == Members) || ...); }
};
/// A submodule. Scope stands for it.
template <class Scope>
struct module_entry : plain_type_entry<Scope> {};
/// A type that is inside another one, or in a submodule.
template <class Scope, class Entry>
struct scoped_entry : Entry {
    using scope = Scope;
};
template <class Entry>
concept is_scoped = requires {
    typename Entry::scope;
};

template <class T, auto Text, auto... Members>
struct exception_entry {};
template <auto Function>
struct translator_entry {
    static constexpr auto function = Function;
};

// --- What is said of each ------------------------------------------------------------------------

struct function_data {
    clib_role role = CLIB_ROLE_FUNCTION;
    const char* name = "";
    const char* doc = "";
    bool may_block = false;
    bool is_borrowed = false;
    bool is_implicit = false;
    std::size_t first_parameter = 0;
    std::size_t parameter_count = 0;
};
struct type_data {
    const char* name = "";
    const char* doc = "";
    std::uint32_t flags = 0;  // clib_type_flag
    std::size_t first_member = 0;
    std::size_t member_count = 0;
};
struct exception_data {
    const char* name = "";
    const char* doc = "";
    const char* base = "";
    std::size_t first_member = 0;
    std::size_t member_count = 0;
};
/// A member of a structure, an enum or an exception.
struct member_data {
    const char* name = "";
    const char* doc = "";
};

/// The members and one more.
template <std::size_t Count>
constexpr auto with_member(const std::array<member_data, Count>& members,
                           const member_data& member) {
    std::array<member_data, Count + 1> all;
    for (std::size_t i = 0; i < Count; ++i) { all[i] = members[i]; }
    all[Count] = member;
    return all;
}

/// How many there are of each.
struct listing_size {
    std::size_t functions = 0;
    std::size_t parameters = 0;
    std::size_t types = 0;
    std::size_t members = 0;
    std::size_t exceptions = 0;

    constexpr listing_size operator+(const listing_size& other) const {
        return {functions + other.functions, parameters + other.parameters, types + other.types,
                members + other.members, exceptions + other.exceptions};
    }
};

/// Each array has one more, because there may be none.
template <listing_size Size>
struct listing_data {
    function_data functions[Size.functions + 1]{};
    parameter_info parameters[Size.parameters + 1]{};
    type_data types[Size.types + 1]{};
    member_data members[Size.members + 1]{};
    exception_data exceptions[Size.exceptions + 1]{};

    /// Effects: Adds all of another one after what there is, which `at` counts.
    template <listing_size More>
    constexpr void append(listing_size& at, const listing_data<More>& other) {
        for (std::size_t i = 0; i < More.functions; ++i) {
            functions[at.functions + i] = other.functions[i];
            functions[at.functions + i].first_parameter += at.parameters;
        }
        for (std::size_t i = 0; i < More.parameters; ++i) {
            parameters[at.parameters + i] = other.parameters[i];
        }
        for (std::size_t i = 0; i < More.types; ++i) {
            types[at.types + i] = other.types[i];
            types[at.types + i].first_member += at.members;
        }
        for (std::size_t i = 0; i < More.members; ++i) {
            members[at.members + i] = other.members[i];
        }
        for (std::size_t i = 0; i < More.exceptions; ++i) {
            exceptions[at.exceptions + i] = other.exceptions[i];
            exceptions[at.exceptions + i].first_member += at.members;
        }
        at = at + More;
    }
};

template <class Functions, class Types, class Exceptions, class Translators, listing_size Size>
struct listing_content {
    using functions = Functions;
    using types = Types;
    using exceptions = Exceptions;
    using translators = Translators;
    static constexpr listing_size size = Size;

    listing_data<Size> data{};

    constexpr const listing_content& content() const { return *this; }
};

constexpr listing_size sum(std::initializer_list<listing_size> sizes) {
    listing_size all;
    for (const listing_size& each : sizes) { all = all + each; }
    return all;
}

/// One content of several.
template <class... Contents>
constexpr auto concatenated(const Contents&... contents) {
    constexpr listing_size size = sum({Contents::size...});
    listing_content<typename joined<typename Contents::functions...>::type,
                    typename joined<typename Contents::types...>::type,
                    typename joined<typename Contents::exceptions...>::type,
                    typename joined<typename Contents::translators...>::type, size>
        all;
    listing_size at;
    // No fold expression: clang takes at most 256 in one.
    [[maybe_unused]] const int steps[]{0, (all.data.append(at, contents.data), 0)...};
    return all;
}

/// A function, and what is said of it and its parameters.
template <auto Function, clib_role Role, class Owner, class... Names>
constexpr auto make_function(const char* name, const Names&... names) {
    listing_content<type_list<function_entry<Function, Role, Owner,
                                             std::is_same_v<Names, listing::address>...>>,
                    type_list<>, type_list<>, type_list<>, listing_size{1, sizeof...(Names)}>
        content;
    content.data.functions[0] = {Role, name, "", false, false, false, 0, sizeof...(Names)};
    [[maybe_unused]] std::size_t place = 0;
    ((content.data.parameters[place++] = listing::parameter(names)), ...);
    return content;
}

/// A type with members, and without functions.
template <class Entry, std::size_t Count>
constexpr auto content_with_members(const type_data& type,
                                    const std::array<member_data, Count>& members) {
    constexpr listing_size size{.types = 1, .members = Count};
    listing_content<type_list<>, type_list<Entry>, type_list<>, type_list<>, size> content;
    content.data.types[0] = type;
    content.data.types[0].member_count = Count;
    for (std::size_t i = 0; i < Count; ++i) { content.data.members[i] = members[i]; }
    return content;
}

/// A function that is in a submodule belongs to it.
template <class Scope, class Function>
struct scoped_function {
    using type = Function;
};
template <class Scope, auto Function, clib_role Role, bool... AreAddresses>
struct scoped_function<Scope, function_entry<Function, Role, void, AreAddresses...>> {
    using type = function_entry<Function, Role, Scope, AreAddresses...>;
};

template <class Scope, class... Functions, class... Types, class Exceptions, class Translators,
          listing_size Size>
constexpr auto in_scope(const listing_content<type_list<Functions...>, type_list<Types...>,
                                              Exceptions, Translators, Size>& content) {
    return listing_content<
        type_list<typename scoped_function<Scope, Functions>::type...>,
        type_list<std::conditional_t<is_scoped<Types>, Types, scoped_entry<Scope, Types>>...>,
        Exceptions, Translators, Size>{content.data};
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
