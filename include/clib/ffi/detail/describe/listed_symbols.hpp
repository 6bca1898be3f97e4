// SPDX-License-Identifier: MIT
// The names in C of listed C++ functions, by their listing: module_name, module_Type_name, of a
// constructor module_Type_new, of a setter module_Type_set_name; module_submodule_name. The second
// of several that are listed under one name ends in _2, the third in _3.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/overloads.hpp>

#include <array>
#include <cstddef>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// All names of a module, one behind the other: the compiler makes them in one go.
template <class Module>
struct listed_symbols {
    using list = catalogue<Module>;

    /// Writes a name, or counts its characters if `to` is NULL.
    struct writer {
        char* to = nullptr;
        std::size_t size = 0;

        constexpr void put(char c) {
            if (to != nullptr) { to[size] = c; }
            ++size;
        }
        constexpr void part(const char* name) {
            put('_');
            for (; *name != '\0'; ++name) { put(*name); }
        }
        constexpr void number(std::size_t value) {
            if (value >= 10) { number(value / 10); }
            put(static_cast<char>('0' + value % 10));
        }
        constexpr void scope(std::size_t type) {
            if (type == list::type_count) { return; }
            scope(list::scopes[type]);
            part(list::data.types[type].name);
        }
        constexpr void function(std::size_t index) {
            const function_data& data = list::data.functions[index];
            for (const char* c = list::module.name; *c != '\0'; ++c) { put(*c); }
            scope(list::owners[index]);
            if (data.role == CLIB_ROLE_SETTER) { part("set"); }
            if (data.role == CLIB_ROLE_OVERRIDE) { part("override"); }
            part(data.role == CLIB_ROLE_CONSTRUCTOR ? "new" : data.name);
            if (const std::size_t before = overloads<Module>::places[index].before; before > 0) {
                put('_');
                number(before + 1);
            }
            put('\0');
        }
    };

    /// Where each begins, and the end of all.
    static constexpr auto begins = [] {
        std::array<std::size_t, list::function_count + 1> all{};
        writer counter;
        for (std::size_t i = 0; i < list::function_count; ++i) {
            counter.function(i);
            all[i + 1] = counter.size;
        }
        return all;
    }();
    static constexpr auto text = [] {
        std::array<char, begins[list::function_count]> all{};
        writer writer{all.data()};
        for (std::size_t i = 0; i < list::function_count; ++i) { writer.function(i); }
        return all;
    }();
};

/// One name. A copy, for g++ 12 does not believe that a name inside the whole text has an end.
template <class Module, std::size_t Index>
struct listed_symbol {
    static constexpr auto text = [] {
        using symbols = listed_symbols<Module>;
        std::array<char, symbols::begins[Index + 1] - symbols::begins[Index]> name{};
        for (std::size_t i = 0; i < name.size(); ++i) {
            name[i] = symbols::text[symbols::begins[Index] + i];
        }
        return name;
    }();
    static constexpr const char* value = text.data();
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
