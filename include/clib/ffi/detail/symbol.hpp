// SPDX-License-Identifier: MIT
// The name of a type or function as text, which the compiler knows and C++ has no word for.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Returns: What stands for the template's argument in the name of one of its functions, as g++ and
/// clang write it: "... [with auto Function = tok_new; ...]", "... [Function = &tok_new]". Of a
/// template, "tok_of<&tok::size>", it is the name alone.
constexpr std::string_view qualified_argument_in(std::string_view pretty_function) {
    std::string_view argument = pretty_function.substr(pretty_function.find("Argument = ") + 11);
    argument = argument.substr(0, argument.find_first_of(";]"));
    while (argument.ends_with(')')) { argument.remove_suffix(1); }
    if (argument.ends_with('>')) {
        std::size_t open = 0;
        do {
            if (argument.back() == '>') { ++open; }
            if (argument.back() == '<') { --open; }
            argument.remove_suffix(1);
        } while (open != 0 && !argument.empty());
    }
    return argument;
}
/// Returns: The same without namespaces and without what is no part of a name.
constexpr std::string_view argument_in(std::string_view pretty_function) {
    std::string_view argument = qualified_argument_in(pretty_function);
    const std::size_t last_part = argument.find_last_of(":&( ");
    if (last_part != std::string_view::npos) { argument.remove_prefix(last_part + 1); }
    return argument;
}

template <auto Argument>
constexpr std::string_view name_of_value() {
    return argument_in(__PRETTY_FUNCTION__);
}
/// Whether a function is a member of a namespace or class.
template <auto Argument>
constexpr bool is_qualified() {
    return qualified_argument_in(__PRETTY_FUNCTION__).find("::") != std::string_view::npos;
}
template <class Argument>
constexpr std::string_view name_of_type() {
    return argument_in(__PRETTY_FUNCTION__);
}

/// Returns: A type's name with its namespaces and what it is a template of, as the compiler has it.
template <class Argument>
constexpr std::string_view full_name_of_type() {
    constexpr std::string_view function = __PRETTY_FUNCTION__;
    return function.substr(function.find("Argument = ") + 11);
}

/// Returns: The name, NUL-terminated.
template <std::size_t Size>
constexpr auto terminated_name(std::string_view name) {
    std::array<char, Size + 1> terminated{};
    std::copy_n(name.data(), Size, terminated.data());
    return terminated;
}
template <auto Function>
inline constexpr auto function_symbol =
    terminated_name<name_of_value<Function>().size()>(name_of_value<Function>());
template <class T>
inline constexpr auto type_symbol = terminated_name<name_of_type<T>().size()>(name_of_type<T>());

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
