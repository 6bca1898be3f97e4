// SPDX-License-Identifier: MIT
// kind<T> says everything about one sort of value that crosses the border: what it is in C, how it
// is described, and how it gets from Python to C and back natively. Each kind has a header in
// kinds/; an author may specialise kind<T> for a type of their own (README.md beside this file).
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/python.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// A list of types.
template <class... T>
struct type_list {
    static constexpr std::size_t size = sizeof...(T);
};

/// What a parameter is when a caller leaves it out, as a listing says it.
struct default_value {
    enum class type { none, null, integer, number, text, boolean, member };

    type what = type::none;
    std::int64_t integer = 0;
    double number = 0;
    const char* text = nullptr;
    const char* const* enumeration = nullptr;  ///< Of a member: enumeration_mark of its enum.
};

/// Stands for an enum in a default_value.
template <class E>
inline constexpr const char* enumeration_mark = nullptr;

/// How values of type T cross the border. T is the type of a C parameter, or stands for several of
/// them, as std::string_view does for const char* and size_t.
///
/// A specialisation derives from basic_kind, and hides what differs from it.
template <class T>
struct kind;

/// How a result of a kind travels to a binding: as its C value; as nothing but a status; or as a
/// text, bytes or items of its own, which a receiver takes (detail/binding_call.hpp).
enum class result_form { value, status, text, bytes, items };

/// What a kind is as long as its specialisation says nothing else. Number is its clib_kind, and
/// C... are its parameters in C.
template <std::uint32_t Number, class... C>
struct basic_kind {
    // --- The description ---
    static constexpr std::uint32_t number = Number;
    static constexpr std::uint32_t flags = 0;                 ///< clib_value_flag
    static constexpr std::uint32_t element = CLIB_KIND_NONE;  ///< The kind of its elements.
    using class_type = void;                 ///< The listed class that it is about.
    using callback_type = void;              ///< The signature of a callback.
    using parts = type_list<>;               ///< What the kinds are of the values that it holds.
    static constexpr std::size_t count = 0;  ///< How many values a list holds, if that is fixed.

    static constexpr bool is_member = false;             ///< May be a member of a structure.
    static constexpr bool is_result = false;             ///< May be returned.
    static constexpr bool is_callback_argument = false;  ///< May be passed to a callback.
    static constexpr bool is_handle = false;             ///< The handle of a class_type.
    static constexpr bool is_pointer = false;            ///< Points to an object, or to none.
    static constexpr bool is_nullable = false;           ///< A result may be NULL.
    static constexpr bool is_part = true;                ///< May be a part of another value.
    static constexpr bool is_lent = false;               ///< Inside the object that is passed.
    static constexpr bool is_callback = false;           ///< Called during the call that takes it.
    static constexpr bool is_address = false;            ///< Of memory that the author vouches for.
    static constexpr result_form form = result_form::value;
    /// Whether a parameter of this kind may have the default.
    static constexpr bool accepts(const default_value&) { return false; }

    // --- C ---
    using c_form = type_list<C...>;
    // A kind that others may travel as has from_c(C..., parameter's name), and c_result, the type
    // of a C function that returns one.

    // --- Python ---
    /// Holds an argument during a native call. A kind without one is left to the package. A kind
    /// may have a wide_argument besides, which also takes what it converts. That is read instead,
    /// but for overloads; or second, if it has to give something back after the call.
    struct argument {
        static constexpr bool is_native = false;
        /// Returns: Whether `object` is of the usual type and in range; the package converts, or
        /// refuses, any other. No Python exception is set.
        static bool read(python_object*) noexcept { return false; }
        /// The same for a parameter that the caller leaves out.
        static bool read_default(const clib_value&) noexcept { return false; }
        /// Returns: A tuple of what C gets.
        static std::tuple<> c_values() noexcept { return {}; }
    };
    /// Whether to_python() makes a Python object of a C value of this kind. It returns NULL with a
    /// Python exception set if it fails.
    static constexpr bool converts_to_python = false;
    static python_object* to_python(const auto&...) noexcept { return nullptr; }
};

/// The kind of a C++ type T of an author's own that travels as C does: as a number, or as text. C
/// functions pass a C; a C++ function that is listed takes and returns T. The specialisation adds
///
///     static T from(C value);   // may throw; of a text, a std::string_view
///     static C to(T value);     // may throw; of a text, a std::string
template <class T, class C>
struct converted_kind : kind<C> {
    template <class... Values>
    static T from_c(Values... values) {
        return kind<T>::from(kind<C>::from_c(values...));
    }
    static auto to_body(const T& value) { return kind<T>::to(value); }
    using travels_as = C;
};

/// Whether a pointer of an author's own shares what it points to; see kinds/holder.hpp.
template <class Pointer>
inline constexpr bool is_holder = false;

/// A kind that has a specialisation.
template <class T>
concept has_kind = requires {
    kind<T>::number;
};

/// The kind that the first of a function's C parameters belongs to, with those after it. A kind of
/// several C parameters, or of a class that a module lists, specialises this; `Catalogue` tells
/// which classes those are.
template <class Catalogue, class... Parameters>
struct parameter_match;
template <class Catalogue, class First, class... Rest>
struct parameter_match<Catalogue, First, Rest...> {
    using type = First;
};

/// The same for a result.
template <class Catalogue, class Result>
struct result_match {
    using type = Result;
};

/// The kind that a parameter of a C++ function travels as, and the kind of a result: that of C
/// where nothing else is said. T is neither a reference nor const; for a listed class, it is const
/// if the parameter is a reference to const. Such a kind has
///
///     static ... from_c(C values..., const char* parameter);   // what converts to T; may throw
///
/// and, unless call() takes a T as it is, to_body(T), which makes what the body of a call()
/// returns.
template <class Catalogue, class T>
struct cpp_parameter_match : parameter_match<Catalogue, T> {};
template <class Catalogue, class T>
struct cpp_result_match : result_match<Catalogue, T> {};

namespace detail {

template <class>
inline constexpr bool never = false;

/// Whether a kind has a wide_argument. (What holds other values has one if a part has.)
template <class K>
inline constexpr bool has_wide_argument = [] {
    if constexpr (requires { kind<K>::takes_more; }) {
        return kind<K>::takes_more;
    } else {
        return requires { typename kind<K>::wide_argument; };
    }
}();
template <class K, bool IsWide = has_wide_argument<K>>
struct find_wide_argument {
    using type = typename kind<K>::argument;
};
template <class K>
struct find_wide_argument<K, true> {
    using type = typename kind<K>::wide_argument;
};
template <class K>
using wide_argument_of = typename find_wide_argument<K>::type;

/// CLIB_VALUE_CONST for a pointer to const.
template <class Pointee>
inline constexpr std::uint32_t const_flag = std::is_const_v<Pointee> ? CLIB_VALUE_CONST : 0;

}  // namespace detail
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
