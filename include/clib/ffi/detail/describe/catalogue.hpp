// SPDX-License-Identifier: MIT
// What a module lists, flattened: all its functions, those of types too, and all its types.
// `Module` is the class that CLIB_MODULE makes; its define() returns the listing.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/listing.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A class of C++, and no handle type of an author's own, who then lists what frees a handle.
template <class T, class... Functions>
inline constexpr bool is_listed_class = complete_class<T> &&
                                        (... && (Functions::role != CLIB_ROLE_DESTRUCTOR));

template <class Handle, class... Functions>
constexpr auto functions_in(const listing::type_listing<Handle, Functions...>& type) {
    if constexpr (is_listed_class<Handle, Functions...>) {
        return type.template with<&destroy<Handle>, CLIB_ROLE_DESTRUCTOR>("close")
            .functions_.functions;
    } else {
        return type.functions_.functions;
    }
}
template <class Structure, auto... Members>
constexpr auto functions_in(const listing::structure_listing<Structure, Members...>&) {
    return std::tuple{};
}
template <class Entry>
constexpr auto functions_in(const listing::function_listing<Entry>& function) {
    return std::tuple{function.entry_};
}

/// A type without its functions.
template <class T, bool IsClass>
struct type_entry {
    const char* name_;
    const char* doc_;
    std::uint32_t flags_;  // clib_type_flag
};
template <class Handle, class... Functions>
constexpr auto types_in(const listing::type_listing<Handle, Functions...>& type) {
    return std::tuple{type_entry<Handle, is_listed_class<Handle, Functions...>>{
        type.name_, type.doc_, type.flags_}};
}
template <class Structure, auto... Members>
constexpr auto types_in(const listing::structure_listing<Structure, Members...>& structure) {
    return std::tuple{structure};
}
template <class Entry>
constexpr auto types_in(const listing::function_listing<Entry>&) {
    return std::tuple{};
}

/// A submodule. Scope stands for it.
template <class Scope>
struct module_entry {
    const char* name_;
    const char* doc_;
};
/// A type that is inside another one, or in a submodule.
template <class Scope, class Entry>
struct scoped_entry : Entry {};

/// The class that a listed type is about.
template <class Listing>
struct class_of;
template <class Scope>
struct class_of<module_entry<Scope>> {
    using type = Scope;
    static constexpr bool is_structure = false;
    static constexpr bool is_class = false;
};
template <class Scope, class Entry>
struct class_of<scoped_entry<Scope, Entry>> : class_of<Entry> {
    using scope = Scope;
};
template <class Listing>
concept is_scoped = requires {
    typename class_of<Listing>::scope;
};
template <class T, bool IsClass>
struct class_of<type_entry<T, IsClass>> {
    using type = T;
    static constexpr bool is_structure = false;
    static constexpr bool is_class = IsClass;
};
template <class Structure, auto... Members>
struct class_of<listing::structure_listing<Structure, Members...>> {
    using type = Structure;
    static constexpr bool is_structure = true;
    static constexpr bool is_class = false;
};

/// The classes that a module lists, for signature.hpp.
template <class Types>
struct type_catalogue;
template <class... Listing>
struct type_catalogue<std::tuple<Listing...>> {
    template <class T>
    static constexpr bool is_handle = ((std::is_same_v<typename class_of<Listing>::type, T> &&
                                        !class_of<Listing>::is_structure) ||
                                       ...);
    template <class T>
    static constexpr bool is_structure = ((std::is_same_v<typename class_of<Listing>::type, T> &&
                                           class_of<Listing>::is_structure) ||
                                          ...);
    /// A class of C++, whose objects clib keeps.
    template <class T>
    static constexpr bool is_class = ((std::is_same_v<typename class_of<Listing>::type, T> &&
                                       class_of<Listing>::is_class) ||
                                      ...);
    /// The place of T's type in the table, or the number of types.
    template <class T>
    static constexpr std::size_t index_of() {
        std::size_t index = 0;
        static_cast<void>(
            ((std::is_same_v<typename class_of<Listing>::type, T> || (++index, false)) || ...));
        return index;
    }
};

/// A function that is in a submodule belongs to it.
template <class Scope, auto Function, clib_role Role, class Owner, class... Names>
constexpr auto function_in_scope(const function_entry<Function, Role, Owner, Names...>& entry) {
    using owner = std::conditional_t<std::is_void_v<Owner>, Scope, Owner>;
    return function_entry<Function, Role, owner, Names...>{entry.name, entry.doc, entry.may_block,
                                                           entry.parameters, entry.is_implicit};
}
template <class Scope, class Entry>
constexpr auto type_in_scope(const Entry& entry) {
    if constexpr (is_scoped<Entry>) {
        return entry;
    } else {
        return scoped_entry<Scope, Entry>{entry};
    }
}

// After all others of these names, for they are called here.
template <class Scope, bool IsModule, class... Entries>
constexpr auto functions_in(const listing::scope_listing<Scope, IsModule, Entries...>& scope) {
    const auto functions =
        std::apply([](const auto&... entry) { return std::tuple_cat(functions_in(entry)...); },
                   scope.entries_);
    return std::apply(
        [](const auto&... entry) { return std::tuple{function_in_scope<Scope>(entry)...}; },
        functions);
}
template <class Scope, bool IsModule, class... Entries>
constexpr auto types_in(const listing::scope_listing<Scope, IsModule, Entries...>& scope) {
    const auto types = std::apply(
        [](const auto&... entry) { return std::tuple_cat(types_in(entry)...); }, scope.entries_);
    const auto scoped = std::apply(
        [](const auto&... entry) { return std::tuple{type_in_scope<Scope>(entry)...}; }, types);
    if constexpr (IsModule) {
        return std::tuple_cat(std::tuple{module_entry<Scope>{scope.name_, scope.doc_}}, scoped);
    } else {
        return scoped;
    }
}

template <class Module>
struct catalogue {
    static constexpr auto module = Module::define();
    static constexpr auto functions =
        std::apply([](const auto&... entry) { return std::tuple_cat(functions_in(entry)...); },
                   module.entries);
    static constexpr auto types = std::apply(
        [](const auto&... entry) { return std::tuple_cat(types_in(entry)...); }, module.entries);

    using function_tuple = std::remove_const_t<decltype(functions)>;
    using type_tuple = std::remove_const_t<decltype(types)>;
    using classes = type_catalogue<type_tuple>;
    static constexpr std::size_t function_count = std::tuple_size_v<function_tuple>;
    static constexpr std::size_t type_count = std::tuple_size_v<type_tuple>;
};

template <class Module>
using function_indices = std::make_index_sequence<catalogue<Module>::function_count>;

/// The types' records. Their addresses are needed before their contents.
template <class Module, class Indices = std::make_index_sequence<catalogue<Module>::type_count>>
struct type_table;
template <class Module, std::size_t... I>
struct type_table<Module, std::index_sequence<I...>> {
    static const clib_type types[sizeof...(I) + 1];  // one more, because there may be none
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
