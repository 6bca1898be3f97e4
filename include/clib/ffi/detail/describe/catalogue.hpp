// SPDX-License-Identifier: MIT
// What a module lists, flattened: all its functions, those of types too, and all its types.
// `Module` is the class that CLIB_MODULE makes; its define() returns the listing.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/listing.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <class Handle, class... Functions>
constexpr auto functions_in(const listing::type_listing<Handle, Functions...>& type) {
    return type.functions_.functions;
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
template <class Handle, class... Functions>
constexpr auto types_in(const listing::type_listing<Handle, Functions...>& type) {
    return std::tuple{listing::type_listing<Handle>{type.name_, type.doc_, {}}};
}
template <class Structure, auto... Members>
constexpr auto types_in(const listing::structure_listing<Structure, Members...>& structure) {
    return std::tuple{structure};
}
template <class Entry>
constexpr auto types_in(const listing::function_listing<Entry>&) {
    return std::tuple{};
}

/// The class that a listed type is about.
template <class Listing>
struct class_of;
template <class Handle>
struct class_of<listing::type_listing<Handle>> {
    using type = Handle;
    static constexpr bool is_structure = false;
};
template <class Structure, auto... Members>
struct class_of<listing::structure_listing<Structure, Members...>> {
    using type = Structure;
    static constexpr bool is_structure = true;
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
    /// The place of T's type in the table, or the number of types.
    template <class T>
    static constexpr std::size_t index_of() {
        std::size_t index = 0;
        static_cast<void>(
            ((std::is_same_v<typename class_of<Listing>::type, T> || (++index, false)) || ...));
        return index;
    }
};

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

/// The types' records. Their addresses are needed before their contents.
template <class Module, class Indices = std::make_index_sequence<catalogue<Module>::type_count>>
struct type_table;
template <class Module, std::size_t... I>
struct type_table<Module, std::index_sequence<I...>> {
    static const clib_type types[sizeof...(I) + 1];  // one more, because there may be none
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
