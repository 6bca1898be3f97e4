// SPDX-License-Identifier: MIT
// What is written inside CLIB_MODULE about exceptions: the library's own, which are classes in
// other languages, and how those of other libraries are translated.
//
//     exception<parse_error>("ParseError", python::value_error)
//         .member<&parse_error::line>("line")
#pragma once

#include <clib/ffi/detail/describe/listing_content.hpp>
#include <clib/ffi/parameter.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {
namespace listing {

/// A built-in exception of Python, or clib.Error, by its name.
struct python_exception {
    const char* name;
};

/// What a listed exception may be derived from in Python.
namespace python {
// clang-format off
inline constexpr python_exception
    error{"Error"},  // of clib
    arithmetic_error{"ArithmeticError"}, assertion_error{"AssertionError"},
    attribute_error{"AttributeError"}, blocking_io_error{"BlockingIOError"},
    broken_pipe_error{"BrokenPipeError"}, buffer_error{"BufferError"},
    bytes_warning{"BytesWarning"}, child_process_error{"ChildProcessError"},
    connection_aborted_error{"ConnectionAbortedError"}, connection_error{"ConnectionError"},
    connection_refused_error{"ConnectionRefusedError"},
    connection_reset_error{"ConnectionResetError"}, deprecation_warning{"DeprecationWarning"},
    encoding_warning{"EncodingWarning"}, eof_error{"EOFError"}, exception{"Exception"},
    file_exists_error{"FileExistsError"}, file_not_found_error{"FileNotFoundError"},
    floating_point_error{"FloatingPointError"}, future_warning{"FutureWarning"},
    import_error{"ImportError"}, import_warning{"ImportWarning"}, index_error{"IndexError"},
    interrupted_error{"InterruptedError"}, is_a_directory_error{"IsADirectoryError"},
    key_error{"KeyError"}, lookup_error{"LookupError"}, memory_error{"MemoryError"},
    module_not_found_error{"ModuleNotFoundError"}, name_error{"NameError"},
    not_a_directory_error{"NotADirectoryError"}, not_implemented_error{"NotImplementedError"},
    os_error{"OSError"}, overflow_error{"OverflowError"},
    pending_deprecation_warning{"PendingDeprecationWarning"},
    permission_error{"PermissionError"}, process_lookup_error{"ProcessLookupError"},
    recursion_error{"RecursionError"}, reference_error{"ReferenceError"},
    resource_warning{"ResourceWarning"}, runtime_error{"RuntimeError"},
    runtime_warning{"RuntimeWarning"}, syntax_error{"SyntaxError"},
    syntax_warning{"SyntaxWarning"}, system_error{"SystemError"}, timeout_error{"TimeoutError"},
    type_error{"TypeError"}, unbound_local_error{"UnboundLocalError"},
    unicode_error{"UnicodeError"}, unicode_warning{"UnicodeWarning"},
    user_warning{"UserWarning"}, value_error{"ValueError"}, warning{"Warning"},
    zero_division_error{"ZeroDivisionError"};
// clang-format on
}  // namespace python

/// An exception of the library's own: whatever function throws a T, raises that class. Its base is
/// the listed exception that T is derived from, the built-in one that is named here, or both; else
/// the one that a T would be if it was not listed. Text gives the sentence of a T that is no
/// std::exception.
template <class T, auto Text, auto... Members>
struct exception_listing {
    detail::exception_data exception_;
    std::array<detail::member_data, sizeof...(Members)> members_;

    /// What the exception tells besides its sentence: a data member, or a function of a const T
    /// that takes nothing more; a number, bool or text. An exception of Python becomes a T again if
    /// T has a constructor that takes its sentence and all the members, or its sentence alone, and
    /// the members can be assigned.
    template <auto Member>
    constexpr auto member(const char* name) const {
        return exception_listing<T, Text, Members..., Member>{
            exception_, detail::with_member(members_, {name})};
    }
    /// The sentence of a T that is no std::exception: a data member or a function of a const T.
    template <auto Sentence>
    constexpr auto text() const {
        static_assert(std::is_null_pointer_v<decltype(Text)>, "an exception has one text()");
        return exception_listing<T, Sentence, Members...>{exception_, members_};
    }
    constexpr auto doc(const char* line) const {
        auto copy = *this;
        copy.exception_.doc = line;
        return copy;
    }

    constexpr auto content() const {
        constexpr detail::listing_size size{.members = sizeof...(Members), .exceptions = 1};
        detail::listing_content<type_list<>, type_list<>,
                                type_list<detail::exception_entry<T, Text, Members...>>,
                                type_list<>, size>
            content;
        content.data.exceptions[0] = exception_;
        content.data.exceptions[0].member_count = sizeof...(Members);
        for (std::size_t i = 0; i < members_.size(); ++i) { content.data.members[i] = members_[i]; }
        return content;
    }
};

template <class T>
constexpr auto exception(const char* name, python_exception base = {""}) {
    static_assert(std::is_class_v<T> && std::same_as<T, std::remove_cvref_t<T>>,
                  "exception<T>: T is a class, without const or a reference");
    return exception_listing<T, nullptr>{{name, "", base.name}, {}};
}

/// Calls a function with an exception that it takes by reference to const, whichever function of
/// the module has thrown it: what the translator throws arrives in its place.
template <auto Function>
constexpr auto exception_translator() {
    return detail::listing_content<type_list<>, type_list<>, type_list<>,
                                   type_list<detail::translator_entry<Function>>,
                                   detail::listing_size{}>{};
}

}  // namespace listing
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
