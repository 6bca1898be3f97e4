// SPDX-License-Identifier: MIT
// What can be wrong with a listing, and the sentence that the compiler says about each. Kinds,
// types and functions only tell which fault they have; rules.hpp has the compiler say the first of
// each.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <cstddef>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

enum class fault {
    none,
    // names
    name,
    enum_member_name,
    same_names,
    // a function
    no_function,
    may_throw,
    member_of_another_class,
    member_of_a_handle,
    member_without_class,
    handle_in_cpp,
    no_object,
    number_of_names,
    setter,
    length,
    constructor,
    destructor,
    no_destructor,
    pin,
    foreign_reference,
    implicit,
    keyword_only_first,
    default_first,
    // a parameter
    wrong_default,
    none_with_default,
    none_for_a_value,
    called_once,
    convertible,
    address_without_name,
    // a type in a signature
    value_of_the_caller,
    object_to_move,
    unlisted_enum,
    unlisted_class,
    long_double,
    character,
    complex_header,
    path_header,
    array_of_unlisted,
    returned_view,
    passed_array,
    pointer_to_unlisted,
    class_in_c,
    reference_in_c,
    number_in_c,
    pointer_in_c,
    class_from_c,
    number_from_c,
    other_from_c,
    numbers_without_size,
    structures_to_write,
    callback_without_context,
    callback_result,
    callback_context,
    callback_argument,
    // a type
    listed_twice,
    base_not_listed,
    scope_not_listed,
    enum_scope_not_listed,
    enum_without_members,
    structure_is_not_plain,
    structure_without_members,
    structure_members,
    member_of_a_structure,
    member_before_its_structure,
    number_of_exceptions,
};

/// Stands for a type T of a signature that has no kind.
template <fault Reason, class T>
struct no_kind {};

template <class Kind>
inline constexpr fault fault_of = fault::none;
template <fault Reason, class T>
inline constexpr fault fault_of<no_kind<Reason, T>> = Reason;

/// The kind; an integer where there is none.
template <class Kind>
struct known_kind {
    using type = Kind;
};
template <fault Reason, class T>
struct known_kind<no_kind<Reason, T>> {
    using type = std::int64_t;
};

/// The type that has no kind, to be read in an error.
template <class Kind>
struct unknown_type {
    using type = void;
};
template <fault Reason, class T>
struct unknown_type<no_kind<Reason, T>> {
    using type = T;
};

/// What an error is about, by its names in the listing: "Type.function: parameter".
template <std::size_t Size>
struct listed_name {
    char text[Size];
};

/// Does not compile, and says why. What a reader needs stands in the template's arguments: what is
/// wrong in the listing, the C++ function, and the type.
template <auto Listed, auto Cpp, class Type, fault Reason>
struct refused {
    static constexpr bool is_right = false;
    static_assert(Reason != fault::name, "a name consists of letters, digits and _");
    static_assert(Reason != fault::enum_member_name,
                  "the name of an enum's member begins with a letter, and is not mro");
    static_assert(Reason != fault::same_names,
                  "two parameters of one function, or two members, have one name");

    static_assert(Reason != fault::no_function, "only a function can be listed: write &its_name");
    static_assert(Reason != fault::may_throw,
                  "a function that C calls must be noexcept; declare it so, and put its body into "
                  "clib::ffi::call()");
    static_assert(Reason != fault::member_of_another_class,
                  "the member belongs to another class: list it with the type<> of that, or name "
                  "that a base<> of this one");
    static_assert(Reason != fault::member_of_a_handle,
                  "a handle type, which is only declared, has no members: list the class itself "
                  "with type<>, or the extern \"C\" function");
    static_assert(Reason != fault::member_without_class,
                  "a member of a class is listed with .method<>() of its type<>");
    static_assert(Reason != fault::handle_in_cpp,
                  "what takes or returns a handle is an extern \"C\" function: list that; or list "
                  "the class itself with type<>, whose objects C++ functions take");
    static_assert(Reason != fault::no_object,
                  "a method, a destructor and a property take their object, a pointer to the type, "
                  "first; list a function that does not with function<>");
    static_assert(Reason != fault::number_of_names,
                  "a wrong number of names: each parameter has one, a pointer with its size and a "
                  "function with its context have one together, and the object has none");
    static_assert(Reason != fault::setter, "a setter takes its object and one value");
    static_assert(Reason != fault::length,
                  "__len__ takes nothing but its object, and returns an integer");
    static_assert(Reason != fault::constructor, "a constructor returns a pointer to its type");
    static_assert(Reason != fault::destructor,
                  "a destructor and an unpin return int64_t or clib::ffi::status");
    static_assert(
        Reason != fault::no_destructor,
        "a handle type with a constructor has a destructor, or nothing frees its objects: "
        "write .destructor<&f>()");
    static_assert(Reason != fault::pin, "a pin returns the address of its object's bytes, a char*");
    static_assert(
        Reason != fault::foreign_reference,
        "the result is a reference to something that no argument has: return the object "
        "by value, or a std::unique_ptr or std::shared_ptr of it; or say borrowed() if it "
        "outlives its users");
    static_assert(Reason != fault::implicit,
                  "implicit() is said of a constructor that needs one argument");
    static_assert(Reason != fault::keyword_only_first,
                  "parameters that are keyword_only() are the last ones");
    static_assert(Reason != fault::default_first,
                  "a parameter without a default follows one that has a default");

    static_assert(Reason != fault::wrong_default,
                  "a default is a value that its parameter can have");
    static_assert(Reason != fault::none_with_default,
                  "what may be None has no default but nullptr");
    static_assert(Reason != fault::none_for_a_value,
                  "only what is a pointer in C++ can be None; take a std::optional");
    static_assert(Reason != fault::called_once, "called_once() is said of a callback");
    static_assert(Reason != fault::convertible,
                  "convertible() is said of an array of const elements: what is changed in place "
                  "cannot be a copy");
    static_assert(Reason != fault::address_without_name,
                  "a char* has a size_t after it, the room that it points to; if it is an address "
                  "of somebody else's, name it address{\"...\"}");

    static_assert(Reason != fault::value_of_the_caller,
                  "a function cannot change a value of its caller: take it by value or by const "
                  "reference, and return the new one");
    static_assert(
        Reason != fault::object_to_move,
        "a function that moves from its caller's object takes it by std::unique_ptr, or by "
        "value");
    static_assert(Reason != fault::unlisted_enum,
                  "an enum that the module does not list; list it with enumeration<>");
    static_assert(Reason != fault::unlisted_class,
                  "a parameter or result has a type that clib does not know: list the class with "
                  "type<>, or give the type a kind (include/clib/ffi/README.md)");
    static_assert(Reason != fault::long_double,
                  "a long double has another size elsewhere: use double");
    static_assert(Reason != fault::character,
                  "a character is text to some and a number to others: use std::string_view or "
                  "std::string, or std::int8_t or another integer of fixed width");
    static_assert(Reason != fault::complex_header,
                  "a complex number has a header of its own: #include "
                  "<clib/ffi/kinds/complex.hpp>");
    static_assert(Reason != fault::path_header,
                  "a path has a header of its own: #include <clib/ffi/kinds/path.hpp>");
    static_assert(
        Reason != fault::array_of_unlisted,
        "an array of a structure that the module does not list; list it with structure<>");
    static_assert(Reason != fault::returned_view,
                  "a view can outlive what it shows: return an array, or list what an object has "
                  "with .array<>()");
    static_assert(Reason != fault::passed_array,
                  "a function takes an array_view; it returns an array");
    static_assert(Reason != fault::pointer_to_unlisted,
                  "a pointer to a type that the module does not describe; list it with type<> or "
                  "structure<>, or pass text as const char* and size_t");
    static_assert(Reason != fault::class_in_c,
                  "a C++ type cannot be passed to C; pass a handle, a structure that the module "
                  "describes, or text as const char* and size_t");
    static_assert(Reason != fault::reference_in_c,
                  "a reference cannot be passed to C; pass a pointer");
    static_assert(Reason != fault::number_in_c,
                  "the size or sign of this type varies between machines; use int64_t or another "
                  "fixed-width integer, double or bool");
    static_assert(Reason != fault::pointer_in_c,
                  "void* and pointers to pointers say nothing about what they point to; use a "
                  "handle, or a pointer with its size");
    static_assert(Reason != fault::class_from_c,
                  "a C++ type cannot be returned to C; return a handle, a structure that the "
                  "module describes, or text as const char*");
    static_assert(Reason != fault::number_from_c,
                  "the size or sign of this type varies between machines; return int64_t or "
                  "another fixed-width integer");
    static_assert(Reason != fault::other_from_c,
                  "a result is a fixed-width integer, clib::ffi::status, bool, double, float, "
                  "const char* for text, const uint8_t* for bytes, a handle, a structure, or "
                  "nothing");
    static_assert(Reason != fault::numbers_without_size,
                  "a pointer to numbers is followed by a size_t, the number of them");
    static_assert(Reason != fault::structures_to_write,
                  "structures in a row can be read only; pass a pointer to const");
    static_assert(Reason != fault::callback_without_context,
                  "a function pointer is followed by the void* context that it is called with");
    static_assert(Reason != fault::callback_result,
                  "a callback returns int64_t, where a negative number says that it has failed, or "
                  "nothing; a std::function returns anything");
    static_assert(Reason != fault::callback_context,
                  "the last parameter of a callback is its void* context");
    static_assert(Reason != fault::callback_argument,
                  "a callback gets numbers, text, numbers in a row to read, and structures; a "
                  "std::function gets anything");

    static_assert(Reason != fault::listed_twice, "a module lists a type once");
    static_assert(Reason != fault::base_not_listed,
                  "list the base of a class with type<>, before the class");
    static_assert(Reason != fault::scope_not_listed,
                  "inside<T>: the module does not list T; list it with type<T>");
    static_assert(Reason != fault::enum_scope_not_listed,
                  "an enum .of<>() a type that the module does not list with type<>");
    static_assert(Reason != fault::enum_without_members, "an enum has at least one .value<>()");
    static_assert(Reason != fault::structure_is_not_plain,
                  "a structure that C sees is a plain aggregate: no base, no constructor, nothing "
                  "private or virtual; list any other class with type<>");
    static_assert(Reason != fault::structure_without_members,
                  "a structure that C sees has members; list them all");
    static_assert(Reason != fault::structure_members,
                  "list every member of the structure, in its order; it has no base, and members "
                  "have their natural alignment");
    static_assert(Reason != fault::member_of_a_structure,
                  "a member of a structure is a number of fixed width, a bool, or a structure that "
                  "the module describes; list any other class with type<>");
    static_assert(Reason != fault::member_before_its_structure,
                  "list a structure after those that are members of it");
    static_assert(Reason != fault::number_of_exceptions, "a module lists at most 499 exceptions");
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
