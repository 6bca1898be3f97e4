// SPDX-License-Identifier: MIT
// What a module lists, flattened: all its functions, those of types too, and all its types.
// `Module` is the class that CLIB_MODULE makes; its listing is the module_listing.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/listing_content.hpp>
#include <clib/ffi/listing.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Those of these types that have a listed base and are derived from T.
template <class T, class Found, class... Entry>
struct derived_in {
    using type = Found;
};
template <class T, class... Found, class Entry, class... Rest>
struct derived_in<T, type_list<Found...>, Entry, Rest...>
    : derived_in<T,
                 std::conditional_t<Entry::has_base && !std::is_same_v<typename Entry::type, T> &&
                                        std::is_convertible_v<typename Entry::type*, T*>,
                                    type_list<typename Entry::type, Found...>, type_list<Found...>>,
                 Rest...> {};

/// The classes that a module lists, for signature.hpp.
template <class Types>
struct type_catalogue;
template <class... Entry>
struct type_catalogue<type_list<Entry...>> {
    static constexpr std::size_t size = sizeof...(Entry);
    /// The place of T's type in the table, or the number of types.
    template <class T>
    static constexpr std::size_t index_of = [] {
        constexpr bool is_it[size + 1]{std::is_same_v<typename Entry::type, T>..., true};
        std::size_t index = 0;
        while (!is_it[index]) { ++index; }
        return index;
    }();
    template <class T>
    static constexpr bool is_listed = index_of<T> < size;

    // One more in each, for what is not listed.
    static constexpr bool are_handles[size + 1]{Entry::is_handle..., false};
    static constexpr bool are_classes[size + 1]{Entry::is_class..., false};
    static constexpr bool are_structures[size + 1]{Entry::is_structure..., false};

    template <class T>
    static constexpr bool is_handle = are_handles[index_of<T>];
    template <class T>
    static constexpr bool is_structure = are_structures[index_of<T>];
    /// A class of C++, whose objects clib keeps.
    template <class T>
    static constexpr bool is_class = are_classes[index_of<T>];
    template <class T>
    static constexpr bool is_enumeration = std::is_enum_v<T>&& is_listed<T>;

    static constexpr bool has_bases = (Entry::has_base || ...);
    /// The listed classes that are derived from T, as their listing says: a type_list, in which
    /// each stands before its own base.
    template <class T>
    using derived_of = typename std::conditional_t<has_bases, derived_in<T, type_list<>, Entry...>,
                                                   std::type_identity<type_list<>>>::type;

    /// The place of the type or submodule that a listed type is in, or the number of types.
    template <class Type>
    static constexpr std::size_t scope_of() {
        if constexpr (is_scoped<Type>) {
            return index_of<typename Type::scope>;
        } else {
            return size;
        }
    }
    template <class T>
    using entry_of = typename type_at<index_of<T>, type_list<Entry...>>::type;
};

/// Whether the listing of a module compiles: one that does not has no type.
template <class Module>
concept has_listing = requires {
    Module::listing.content;
};

template <class Module>
struct catalogue {
    static constexpr auto module = Module::listing;
    using content = std::remove_const_t<decltype(module.content)>;
    using classes = type_catalogue<typename content::types>;
    static constexpr std::size_t function_count = content::size.functions;
    static constexpr std::size_t type_count = content::size.types;

    static constexpr const auto& data = module.content.data;

    /// Of each function: the index of its type or submodule, or the number of types.
    static constexpr auto owners = []<class... Function>(type_list<Function...>) {
        return std::array<std::size_t, function_count>{
            classes::template index_of<typename Function::owner>...};
    }(typename content::functions{});
    /// The same of each type: where it is in.
    static constexpr auto scopes = []<class... Type>(type_list<Type...>) {
        return std::array<std::size_t, type_count>{classes::template scope_of<Type>()...};
    }(typename content::types{});
};

/// Whether two names are one. As an operator == of texts, which is looked up among all of the
/// standard library's, it would take a tenth of a binding's compilation.
constexpr bool is_same_name(const char* one, const char* other) {
    while (*one != '\0' && *one == *other) { ++one, ++other; }
    return *one == *other;
}

template <class Module, std::size_t Index>
using function_entry_at =
    typename type_at<Index, typename catalogue<Module>::content::functions>::type;

/// What the listing says of a function, and of its parameters.
template <class Module, std::size_t Index>
inline constexpr const function_data& function_data_at = catalogue<Module>::data.functions[Index];
template <class Module, std::size_t Index>
inline constexpr std::span<const parameter_info> parameters_at{
    catalogue<Module>::data.parameters + function_data_at<Module, Index>.first_parameter,
    function_data_at<Module, Index>.parameter_count};

template <class Module>
using function_indices = std::make_index_sequence<catalogue<Module>::function_count>;

template <class Module>
using type_indices = std::make_index_sequence<catalogue<Module>::type_count>;
template <class Module>
using exception_indices = std::make_index_sequence<catalogue<Module>::content::exceptions::size>;

/// The types' records. Their addresses are needed before their contents.
template <class Module, class Indices = type_indices<Module>>
struct type_table;
template <class Module, std::size_t... I>
struct type_table<Module, std::index_sequence<I...>> {
    static const clib_type types[sizeof...(I) + 1];  // one more, because there may be none
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
