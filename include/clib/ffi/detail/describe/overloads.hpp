// SPDX-License-Identifier: MIT
// Overloads: functions of one name, role and owner, which are one function in Python. In C each
// has its own name: the second one of `add` is `add_2`.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/checksum.hpp>
#include <clib/ffi/detail/describe/name_table.hpp>

#include <array>
#include <cstddef>
#include <string_view>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Whether several functions of this role and name may be one in Python.
constexpr bool may_be_overloaded(clib_role role, std::string_view name) {
    return role == CLIB_ROLE_FUNCTION || role == CLIB_ROLE_CONSTRUCTOR ||
           (role == CLIB_ROLE_METHOD && name != "__len__" && name != "__next__");
}

/// The place of a function among those of its name.
struct overload_place {
    std::size_t first = 0;   ///< The index of the first of them.
    std::size_t next = 0;    ///< The index of the one after this, or the number of functions.
    std::size_t before = 0;  ///< How many come before this one.
};

template <class Module>
struct overloads {
    static constexpr std::size_t count = catalogue<Module>::function_count;

    static constexpr bool share_name(std::size_t i, std::size_t j) {
        const function_data& one = catalogue<Module>::data.functions[i];
        const function_data& other = catalogue<Module>::data.functions[j];
        return catalogue<Module>::owners[i] == catalogue<Module>::owners[j] &&
               one.role == other.role && is_same_name(one.name, other.name);
    }

    static constexpr std::array<overload_place, count> places = [] {
        std::array<overload_place, count> all{};
        name_table<count> names;
        for (std::size_t i = 0; i < count; ++i) {
            all[i] = {i, count, 0};
            const function_data& data = catalogue<Module>::data.functions[i];
            if (!may_be_overloaded(data.role, data.name)) { continue; }
            const std::size_t last =
                names.add(i, fnv1a{}.number(catalogue<Module>::owners[i]).text(data.name).value(),
                          [&](std::size_t other) { return share_name(i, other); });
            if (last != count) {
                all[i] = {all[last].first, count, all[last].before + 1};
                all[last].next = i;
            }
        }
        return all;
    }();

    /// Whether a function shares its name with another one.
    template <std::size_t Index>
    static constexpr bool is_overloaded = places[Index].before > 0 || places[Index].next < count;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
