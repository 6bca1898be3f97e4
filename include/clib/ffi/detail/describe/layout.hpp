// SPDX-License-Identifier: MIT
// Where the members of a structure lie, and whether that follows from their types alone.
#pragma once

#include <clib/ffi/detail/fault.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <class Member>
struct member_type;
template <class Structure, class Type>
struct member_type<Type Structure::*> {
    using type = Type;
};
template <auto Member>
using type_of_member = typename member_type<std::remove_const_t<decltype(Member)>>::type;

/// Where each member lies, and one number more: where the structure ends.
template <class Structure, auto... Members>
constexpr auto member_offsets() {
    std::array<std::size_t, sizeof...(Members) + 1> offsets{};
    std::size_t end = 0;
    std::size_t index = 0;
    const auto place = [&](std::size_t size, std::size_t alignment) {
        offsets[index++] = (end + alignment - 1) / alignment * alignment;
        end = offsets[index - 1] + size;
    };
    (place(sizeof(type_of_member<Members>), alignof(type_of_member<Members>)), ...);
    place(0, alignof(Structure));
    return offsets;
}

/// Converts to T and to nothing else.
template <class T>
struct exactly {
    template <std::same_as<T> U>
    operator U() const;  // NOLINT(google-explicit-constructor)
};
struct anything {
    template <class U>
    operator U() const;  // NOLINT(google-explicit-constructor)
};

template <class Structure, class... Values>
concept initialised_by = requires {
    Structure{Values{}...};
};

/// Whether the structure has as many members, of these types in this order.
template <class Structure, auto... Members>
constexpr bool has_members_of_these_types() {
    return initialised_by<Structure, exactly<type_of_member<Members>>...> &&
           !initialised_by<Structure, exactly<type_of_member<Members>>..., anything>;
}

/// Whether `Later`, if it is of the same type, stands after `First`.
template <class Structure, auto First, auto Later>
constexpr bool stands_before() {
    if constexpr (std::is_same_v<type_of_member<First>, type_of_member<Later>>) {
        constexpr Structure zero{};
        return &(zero.*First) < &(zero.*Later);
    } else {
        return true;
    }
}

/// Whether the members are named in the order in which they stand.
template <class Structure, auto First, auto... Rest>
constexpr bool are_in_order() {
    if constexpr (sizeof...(Rest) > 0) {
        return (stands_before<Structure, First, Rest>() && ...) &&
               are_in_order<Structure, Rest...>();
    } else {
        return true;
    }
}

/// Why the layout of a structure does not follow from its members, so that no other language could
/// build it.
template <class Structure, auto... Members>
constexpr fault fault_of_layout() {
    if constexpr (!std::is_standard_layout_v<Structure> ||
                  !std::is_trivially_copyable_v<Structure> || !std::is_aggregate_v<Structure>) {
        return fault::structure_is_not_plain;
    } else if constexpr (sizeof...(Members) == 0) {
        return fault::structure_without_members;
    } else {
        constexpr std::size_t alignment = std::max({alignof(type_of_member<Members>)...});
        return has_members_of_these_types<Structure, Members...>() &&
                       are_in_order<Structure, Members...>() && alignof(Structure) == alignment &&
                       member_offsets<Structure, Members...>().back() == sizeof(Structure)
                   ? fault::none
                   : fault::structure_members;
    }
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
