// SPDX-License-Identifier: MIT
// Listed enums: a member, or flags. In C each is the integer that it is made of.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/number.hpp>
#include <clib/ffi/status.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

template <std::size_t Size, bool IsSigned>
using integer_of_size = std::conditional_t<
    Size == 1, std::conditional_t<IsSigned, std::int8_t, std::uint8_t>,
    std::conditional_t<
        Size == 2, std::conditional_t<IsSigned, std::int16_t, std::uint16_t>,
        std::conditional_t<Size == 4, std::conditional_t<IsSigned, std::int32_t, std::uint32_t>,
                           std::conditional_t<IsSigned, std::int64_t, std::uint64_t>>>>;

/// The integer that an enum is made of, of fixed width.
template <class E>
using enum_number = integer_of_size<sizeof(E), std::is_signed_v<std::underlying_type_t<E>>>;

/// Returns: The member of a Python enum with this number, or what Python makes of several flags. A
/// new reference, or NULL with an exception raised.
inline python_object* enum_member(const clib_python_type& type, std::int64_t number,
                                  bool is_signed) noexcept {
    const auto& members = *static_cast<const clib_python_members*>(type.spare);
    const std::int64_t* const numbers = members.numbers;
    // Of most enums, each number is one more than that before it.
    std::size_t place = static_cast<std::size_t>(number) - static_cast<std::size_t>(numbers[0]);
    if (place >= members.count || numbers[place] != number) {
        place = static_cast<std::size_t>(
            std::lower_bound(numbers, numbers + members.count, number) - numbers);
    }
    if (place < members.count && numbers[place] == number) [[likely]] {
        return new_reference(static_cast<python_object*>(members.objects[place]));
    }
    python_object* const arguments = python.PyTuple_New(1);
    python_object* member = nullptr;
    if (arguments != nullptr) {
        python_object* const item =
            is_signed ? python.PyLong_FromLongLong(number)
                      : python.PyLong_FromUnsignedLongLong(static_cast<unsigned long long>(number));
        if (item != nullptr) {
            python.PyTuple_SetItem(arguments, 0, item);
            member =
                python.PyObject_Call(static_cast<python_object*>(type.type), arguments, nullptr);
        }
        python.Py_DecRef(arguments);
    }
    return member;
}

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_member(std::int64_t number,
                                                                 const char* what,
                                                                 const char* enumeration,
                                                                 const char* cure) {
    fail(status::invalid, {what, " is ", number, ", which is no member of ", enumeration, cure});
}

}  // namespace detail

namespace kinds {
/// Stands for a listed enum.
template <class E, class Entry>
struct enumeration;
}  // namespace kinds

template <class E, class Entry>
struct kind<kinds::enumeration<E, Entry>> : basic_kind<CLIB_KIND_ENUM, E> {
    using integer = detail::enum_number<E>;
    static constexpr std::uint32_t element = kind<integer>::number;
    using class_type = E;
    using c_result = integer;
    static constexpr bool is_result = true;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::member &&
               value.enumeration == &enumeration_mark<E> && is_one(static_cast<E>(value.integer));
    }

    static constexpr bool is_one(E value) { return Entry::is_flags || Entry::has(value); }
    static E from_c(E value, const char* parameter) {
        if (!is_one(value)) [[unlikely]] { refuse(value, parameter, "; pass one"); }
        return value;
    }
    static integer to_body(E value) {
        if (!is_one(value)) [[unlikely]] {
            refuse(value, "the result", "; list it with value<>(), or the enum with flags()");
        }
        return static_cast<integer>(value);
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            return is_exactly(object, detail::python_type<E>()) && number_.read_int(object);
        }
        bool read_default(const clib_value& parameter) noexcept {
            return number_.read_default(parameter);
        }
        std::tuple<E> c_values() const noexcept {
            return {static_cast<E>(std::get<0>(number_.c_values()))};
        }

    private:
        typename kind<integer>::argument number_;
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(integer value) noexcept {
        return detail::enum_member(detail::python_class<E>, static_cast<std::int64_t>(value),
                                   std::is_signed_v<integer>);
    }
    static python_object* to_python(E value) noexcept {
        return to_python(static_cast<integer>(value));
    }

private:
    [[noreturn]] static void refuse(E value, const char* what, const char* cure) {
        detail::refuse_member(static_cast<std::int64_t>(value), what, detail::type_symbol<E>.data(),
                              cure);
    }
};

template <class Catalogue, class E, class... Rest>
    requires(Catalogue::template is_enumeration<E>)
struct parameter_match<Catalogue, E, Rest...> {
    using type = kinds::enumeration<E, typename Catalogue::template entry_of<E>>;
};
template <class Catalogue, class E>
    requires(Catalogue::template is_enumeration<E>)
struct result_match<Catalogue, E> {
    using type = kinds::enumeration<E, typename Catalogue::template entry_of<E>>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
