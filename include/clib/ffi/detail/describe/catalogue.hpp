// SPDX-License-Identifier: MIT
// What a module lists, flattened: all its functions, those of types too, and all its types.
// `Module` is the class that CLIB_MODULE makes; its define() returns the listing.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/exceptions.hpp>
#include <clib/ffi/listing.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A class of C++, and no handle type of an author's own, who then lists what frees a handle.
template <class Entry>
inline constexpr bool is_base_entry = false;
template <class Base>
inline constexpr bool is_base_entry<base_entry<Base>> = true;

template <class T, class... Functions>
inline constexpr bool is_listed_class = complete_class<T> &&
                                        (... && (Functions::role != CLIB_ROLE_DESTRUCTOR));

template <class Base, class... Functions>
constexpr auto without_base(const std::tuple<base_entry<Base>, Functions...>& functions) {
    return std::apply([](const auto&, const auto&... function) { return std::tuple{function...}; },
                      functions);
}
template <class... Functions>
constexpr const auto& without_base(const std::tuple<Functions...>& functions) {
    return functions;
}

template <class Handle, class... Functions>
constexpr auto own_functions_in(const listing::type_listing<Handle, Functions...>& type) {
    if constexpr (is_listed_class<Handle, Functions...>) {
        return without_base(type.template with<&destroy<Handle>, CLIB_ROLE_DESTRUCTOR>("close")
                                .functions_.functions);
    } else {
        return type.functions_.functions;
    }
}

/// Says that a class has an iterator; see range_iterator.hpp.
template <class Function>
inline constexpr bool is_iterator_mark = Function::role == iterator_mark;

/// A function of a class, or those of its iterator in the place of the mark.
template <class Function>
constexpr auto with_iterator(const Function& function) {
    if constexpr (is_iterator_mark<Function>) {
        using iterator = range_iterator<typename Function::owner>;
        return own_functions_in(listing::type<iterator>(function.name)
                                    .template method<&iterator::next>("__next__")
                                    .template method<&iterator::rest>("__length_hint__"));
    } else {
        return std::tuple{function};
    }
}
template <class Handle, class... Functions>
constexpr auto functions_in(const listing::type_listing<Handle, Functions...>& type) {
    if constexpr ((is_iterator_mark<Functions> || ...)) {
        return std::apply(
            [](const auto&... function) { return std::tuple_cat(with_iterator(function)...); },
            own_functions_in(type));
    } else {
        return own_functions_in(type);
    }
}
template <class Structure, auto... Members>
constexpr auto functions_in(const listing::structure_listing<Structure, Members...>&) {
    return std::tuple{};
}
template <class E, class Owner, bool IsFlags, auto... Members>
constexpr auto functions_in(const listing::enumeration_listing<E, Owner, IsFlags, Members...>&) {
    return std::tuple{};
}
template <class Entry>
constexpr auto functions_in(const listing::function_listing<Entry>& function) {
    return std::tuple{function.entry_};
}

/// The base that a type's entries begin with, or void.
template <class... Functions>
struct base_in {
    using type = void;
};
template <class Base, class... Functions>
struct base_in<base_entry<Base>, Functions...> {
    using type = Base;
};

template <class Entry>
    requires(is_exception_listing<Entry> || is_translator_listing<Entry>)
constexpr auto functions_in(const Entry&) { return std::tuple{}; }

/// A type without its functions. Base may be void.
template <class T, bool IsClass, class Base>
struct type_entry {
    const char* name_;
    const char* doc_;
    std::uint32_t flags_;  // clib_type_flag
};
template <class Function>
constexpr auto iterator_type_in(const Function& function) {
    if constexpr (is_iterator_mark<Function>) {
        using iterator = range_iterator<typename Function::owner>;
        return std::tuple{type_entry<iterator, true, void>{function.name, "", 0}};
    } else {
        return std::tuple{};
    }
}
template <class Handle, class... Functions>
constexpr auto types_in(const listing::type_listing<Handle, Functions...>& type) {
    const auto own = std::tuple{
        type_entry<Handle, is_listed_class<Handle, Functions...>,
                   typename base_in<Functions...>::type>{type.name_, type.doc_, type.flags_}};
    if constexpr ((is_iterator_mark<Functions> || ...)) {
        return std::apply(
            [&](const auto&... function) {
                return std::tuple_cat(own, iterator_type_in(function)...);
            },
            type.functions_.functions);
    } else {
        return own;
    }
}
template <class Structure, auto... Members>
constexpr auto types_in(const listing::structure_listing<Structure, Members...>& structure) {
    return std::tuple{structure};
}
template <class E, class Owner, bool IsFlags, auto... Members>
constexpr auto types_in(
    const listing::enumeration_listing<E, Owner, IsFlags, Members...>& enumeration) {
    return std::tuple{enumeration};
}
template <class Entry>
constexpr auto types_in(const listing::function_listing<Entry>&) {
    return std::tuple{};
}
template <class Entry>
    requires(is_exception_listing<Entry> || is_translator_listing<Entry>)
constexpr auto types_in(const Entry&) { return std::tuple{}; }

/// The exceptions of a listing, or their translators.
template <class Entry>
constexpr auto exceptions_in(const Entry& entry) {
    if constexpr (is_exception_listing<Entry>) {
        return std::tuple{entry};
    } else {
        return std::tuple{};
    }
}
template <class Entry>
constexpr auto translators_in(const Entry& entry) {
    if constexpr (is_translator_listing<Entry>) {
        return std::tuple{entry};
    } else {
        return std::tuple{};
    }
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
    static constexpr bool is_handle = false;
    using base = void;
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
template <class T, bool IsClass, class Base>
struct class_of<type_entry<T, IsClass, Base>> {
    using type = T;
    static constexpr bool is_handle = true;
    using base = Base;
    static constexpr bool is_structure = false;
    static constexpr bool is_class = IsClass;
};
template <class Structure, auto... Members>
struct class_of<listing::structure_listing<Structure, Members...>> {
    using type = Structure;
    static constexpr bool is_handle = false;
    using base = void;
    static constexpr bool is_structure = true;
    static constexpr bool is_class = false;
};
/// The type that an enum is in, or none.
template <class Owner>
struct scope_of_enum {
    using scope = Owner;
};
template <>
struct scope_of_enum<void> {};
template <class E, class Owner, bool IsFlags, auto... Members>
struct class_of<listing::enumeration_listing<E, Owner, IsFlags, Members...>>
    : scope_of_enum<Owner> {
    using type = E;
    using base = void;
    static constexpr bool is_handle = false;
    static constexpr bool is_structure = false;
    static constexpr bool is_class = false;
};

/// Those of these types that have a listed base and are derived from T.
template <class T, class Found, class... Listing>
struct derived_in {
    using type = Found;
};
template <class T, class... Found, class Listing, class... Rest>
struct derived_in<T, type_list<Found...>, Listing, Rest...>
    : derived_in<T,
                 std::conditional_t<
                     !std::is_void_v<typename class_of<Listing>::base> &&
                         !std::is_same_v<typename class_of<Listing>::type, T> &&
                         std::is_convertible_v<typename class_of<Listing>::type*, T*>,
                     type_list<typename class_of<Listing>::type, Found...>, type_list<Found...>>,
                 Rest...> {};

/// The classes that a module lists, for signature.hpp.
template <class Types>
struct type_catalogue;
template <class... Listing>
struct type_catalogue<std::tuple<Listing...>> {
    template <class T>
    static constexpr bool is_handle = ((std::is_same_v<typename class_of<Listing>::type, T> &&
                                        class_of<Listing>::is_handle) ||
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
    template <class T>
    static constexpr bool is_enumeration = std::is_enum_v<T> &&
                                           (std::is_same_v<typename class_of<Listing>::type, T> ||
                                            ...);

    static constexpr bool has_bases = (!std::is_void_v<typename class_of<Listing>::base> || ...);
    /// The listed classes that are derived from T, as their listing says: a type_list, in which
    /// each stands before its own base.
    template <class T>
    using derived_of =
        typename std::conditional_t<has_bases, derived_in<T, type_list<>, Listing...>,
                                    std::type_identity<type_list<>>>::type;

    /// The place of T's type in the table, or the number of types.
    template <class T>
    static constexpr std::size_t index_of() {
        std::size_t index = 0;
        static_cast<void>(
            ((std::is_same_v<typename class_of<Listing>::type, T> || (++index, false)) || ...));
        return index;
    }
    template <class T>
    using listing_of = std::tuple_element_t<index_of<T>(), std::tuple<Listing...>>;
};

/// A function that is in a submodule belongs to it.
template <class Scope, auto Function, clib_role Role, class Owner, class... Names>
constexpr auto function_in_scope(const function_entry<Function, Role, Owner, Names...>& entry) {
    using owner = std::conditional_t<std::is_void_v<Owner>, Scope, Owner>;
    return function_entry<Function, Role, owner, Names...>{entry.name,       entry.doc,
                                                           entry.may_block,  entry.is_borrowed,
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
