// SPDX-License-Identifier: MIT
// The record of a listed type, made at compile time.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/checksum.hpp>
#include <clib/ffi/detail/describe/layout.hpp>
#include <clib/ffi/detail/describe/value_info.hpp>
#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/detail/symbol.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// What differs between a handle type and a structure.
template <class Module, class Listing>
struct type_info;

template <class Module, class Handle, bool IsClass, class Bases>
struct type_info<Module, type_entry<Handle, IsClass, Bases>> {
    using classes = typename catalogue<Module>::classes;
    static constexpr std::uint64_t hash = 0;

    /// The record of a base.
    template <class Base>
    static constexpr const clib_type* record_of() {
        return &type_table<Module>::types[classes::template index_of<Base>];
    }
    static constexpr auto bases = []<class... Base>(type_list<Base...>) {
        return std::array<const clib_type*, sizeof...(Base)>{record_of<Base>()...};
    }(Bases{});

    static constexpr void add_layout(clib_type& type) {
        type.kind = CLIB_TYPE_HANDLE;
        type.python = &python_class<Handle>;
        if constexpr (bases.size() > 0) { type.base = bases[0]; }
        if constexpr (bases.size() > 1) {
            type.more_bases = bases.data() + 1;
            type.more_base_count = bases.size() - 1;
        }
    }
    static constexpr void add_base(crc32& sum) {
        [&]<class... Base>(type_list<Base...>) {
            (sum.text(type_symbol<Base>.data()), ...);
        }(Bases{});
    }
};

template <class Module, class Scope>
struct type_info<Module, module_entry<Scope>> {
    static constexpr std::uint64_t hash = 0;

    static constexpr void add_layout(clib_type& type) { type.kind = CLIB_TYPE_MODULE; }
};

template <class Module, class Scope, class Entry>
struct type_info<Module, scoped_entry<Scope, Entry>> : type_info<Module, Entry> {};

template <class Module, class Structure, auto... Members>
struct type_info<Module, structure_entry<Structure, Members...>> {
    using classes = typename catalogue<Module>::classes;
    static constexpr std::size_t index = classes::template index_of<Structure>;
    static constexpr auto offsets = member_offsets<Structure, Members...>();

    template <auto Member>
    using member_match = typename parameter_match<classes, type_of_member<Member>>::type;

    /// No make_value(): a function may be about a member's type, and is still being described.
    template <class K>
    static constexpr clib_value make_member(const char* name) {
        clib_value value{};
        value.size = sizeof(clib_value);
        value.kind = kind<K>::number;
        value.name = name;
        if constexpr (!std::is_void_v<typename kind<K>::class_type>) {
            value.type = &type_table<
                Module>::types[classes::template index_of<typename kind<K>::class_type>];
        }
        return value;
    }
    template <std::size_t... I>
    static constexpr auto make_members(std::index_sequence<I...>) {
        constexpr const member_data* listed =
            catalogue<Module>::data.members + catalogue<Module>::data.types[index].first_member;
        std::array<clib_value, sizeof...(I)> values{
            make_member<member_match<Members>>(listed[I].name)...};
        ((values[I].offset = offsets[I]), ...);
        return values;
    }
    static constexpr auto members = make_members(std::make_index_sequence<sizeof...(Members)>());

    static constexpr std::uint64_t hash = [] {
        fnv1a sum;
        sum.number(sizeof(Structure)).number(alignof(Structure));
        for (const clib_value& member : members) { sum.text(member.name).number(member.offset); }
        (add_signature<Module, member_match<Members>>(sum), ...);
        return sum.value();
    }();

    static constexpr void add_layout(clib_type& type) {
        type.kind = CLIB_TYPE_STRUCT;
        type.byte_size = sizeof(Structure);
        type.alignment = alignof(Structure);
        type.members = members.data();
        type.member_count = members.size();
        using listed_entry = structure_entry<Structure, Members...>;
        type.python = &listed_entry::template python<classes>::record.base;
    }
};

template <class Module, class E, bool IsFlags, auto... Members>
struct type_info<Module, enumeration_entry<E, IsFlags, Members...>> {
    using classes = typename catalogue<Module>::classes;
    static constexpr const member_data* listed =
        catalogue<Module>::data.members +
        catalogue<Module>::data.types[classes::template index_of<E>].first_member;
    static constexpr std::array numbers{static_cast<std::int64_t>(Members)...};

    template <std::size_t I>
    static constexpr clib_default doc_of{sizeof(clib_default), 0, 0, 0, listed[I].doc};

    template <std::size_t... I>
    static constexpr auto make_members(std::index_sequence<I...>) {
        std::array<clib_value, sizeof...(I)> values{
            make_value<Module, enum_number<E>>(listed[I].name)...};
        ((values[I].offset = static_cast<std::uint64_t>(numbers[I])), ...);
        ((*listed[I].doc != '\0' ? void(values[I].default_value = &doc_of<I>) : void()), ...);
        return values;
    }
    static constexpr auto members = make_members(std::make_index_sequence<sizeof...(Members)>());

    /// Of what C sees of a value. A member more changes nothing for those who do not use it.
    static constexpr std::uint64_t hash =
        fnv1a{}.number(kind<enum_number<E>>::number).number(IsFlags ? 1 : 0).value();

    static constexpr void add_layout(clib_type& type) {
        type.kind = CLIB_TYPE_ENUM;
        type.flags |= IsFlags ? CLIB_TYPE_FLAGS : 0;
        type.byte_size = sizeof(E);
        type.alignment = alignof(E);
        type.members = members.data();
        type.member_count = members.size();
        type.python = &python_class<E>;
    }
};

template <class Module, class T>
struct layout_hash {
    static constexpr std::uint64_t value =
        type_info<Module, typename catalogue<Module>::classes::template entry_of<T>>::hash;
};

template <class Entry>
inline constexpr bool is_module_entry = false;
template <class Scope>
inline constexpr bool is_module_entry<module_entry<Scope>> = true;
template <class Scope, class Entry>
inline constexpr bool is_module_entry<scoped_entry<Scope, Entry>> = is_module_entry<Entry>;

template <class Module, class Entry>
constexpr clib_type make_type(std::size_t index) {
    using info = type_info<Module, Entry>;
    using list = catalogue<Module>;
    const type_data& data = list::data.types[index];
    clib_type type{};
    type.size = sizeof(clib_type);
    if constexpr (is_module_entry<Entry>) {
        type.symbol = data.name;
    } else {
        type.symbol = type_symbol<typename Entry::type>.data();
    }
    if constexpr (is_scoped<Entry>) {
        type.scope = &type_table<Module>::types[list::scopes[index]];
    }
    type.name = data.name;
    type.doc = data.doc;
    type.hash = info::hash;
    type.flags = data.flags;
    info::add_layout(type);
    crc32 sum;
    sum.number(type.kind).number(type.flags).number(type.hash).text(type.symbol);
    sum.text(type.name).text(type.doc).number(type.byte_size).number(type.alignment);
    sum.number(type.member_count);
    for (std::size_t i = 0; i < type.member_count; ++i) {
        add_value(sum, type.members[i]);
        if constexpr (std::is_enum_v<typename Entry::type>) {
            // Not by its pointer: with -fsanitize=undefined, g++ 12 takes that for no constant.
            const char* const doc = list::data.members[data.first_member + i].doc;
            if (*doc != '\0') { sum.number(0).number(0).text(doc); }
        }
    }
    if constexpr (requires { info::add_base(sum); }) { info::add_base(sum); }
    type.checksum = sum.value();
    return type;
}

/// All types of a module.
template <class Module>
inline constexpr auto type_records = [] {
    return []<class... Entry>(type_list<Entry...>) {
        std::size_t index = 0;
        return std::array<clib_type, sizeof...(Entry) + 1>{make_type<Module, Entry>(index++)...,
                                                           clib_type{}};
    }(typename catalogue<Module>::content::types{});
}();
template <class Module, std::size_t... I>
const clib_type type_table<Module, std::index_sequence<I...>>::types[sizeof...(I) + 1] = {
    type_records<Module>[I]..., clib_type{}};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
