// SPDX-License-Identifier: MIT
// Integers of fixed width, float and double.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/kind.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// Returns: The number of an integer kind, else CLIB_KIND_NONE. Neither `char` has one, nor `long
/// long`, nor `long` where it is not int64_t: their size or sign varies between machines.
template <class T>
constexpr std::uint32_t integer_number() {
    if constexpr (std::is_same_v<T, std::int8_t>) { return CLIB_KIND_INT8; }
    if constexpr (std::is_same_v<T, std::int16_t>) { return CLIB_KIND_INT16; }
    if constexpr (std::is_same_v<T, std::int32_t>) { return CLIB_KIND_INT32; }
    if constexpr (std::is_same_v<T, std::int64_t>) { return CLIB_KIND_INT64; }
    if constexpr (std::is_same_v<T, std::uint8_t>) { return CLIB_KIND_UINT8; }
    if constexpr (std::is_same_v<T, std::uint16_t>) { return CLIB_KIND_UINT16; }
    if constexpr (std::is_same_v<T, std::uint32_t>) { return CLIB_KIND_UINT32; }
    if constexpr (std::is_same_v<T, std::uint64_t> || std::is_same_v<T, std::size_t>) {
        return CLIB_KIND_UINT64;
    }
    return CLIB_KIND_NONE;
}

template <class T>
concept fixed_integer = (integer_number<T>() != CLIB_KIND_NONE);
template <class T>
concept real_number = std::same_as<T, float> || std::same_as<T, double>;
template <class T>
concept fixed_number = fixed_integer<T> || real_number<T>;

/// An integer without a kind of its own. (A character is none.)
template <class T>
concept plain_integer = std::integral<T> && !fixed_integer<T> && !std::same_as<T, bool> &&
                        (std::same_as<T, long> || std::same_as<T, unsigned long> ||
                         std::same_as<T, long long> || std::same_as<T, unsigned long long>);
template <class T>
using fixed_integer_like =
    std::conditional_t<sizeof(T) == sizeof(std::int64_t),
                       std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>,
                       std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>>;

/// Effects: Sets `number` to a double. Returns: Whether it is not too large for that.
template <real_number T>
bool read_real(double real, T& number) noexcept {
    number = static_cast<T>(real);
    // NOLINTNEXTLINE(misc-redundant-expression): not so where it is infinite, or NaN
    const bool is_finite = number - number == 0;
    // NOLINTNEXTLINE(misc-redundant-expression)
    return std::is_same_v<T, double> || is_finite || real - real != 0;
}

/// The same of an int. Returns: Whether it is not too large.
template <real_number T>
bool read_int_as_real(python_object* object, T& number) noexcept {
    const double real = python.PyFloat_AsDouble(object);
    if (real == -1.0 && python.PyErr_Occurred() != nullptr) {
        python.PyErr_Clear();
        return false;
    }
    return read_real(real, number);
}

}  // namespace detail

template <detail::fixed_integer T>
struct kind<T> : basic_kind<detail::integer_number<T>(), T> {
    using c_result = T;
    static T from_c(T value, const char*) noexcept { return value; }
    static constexpr bool is_member = true;
    static constexpr bool is_result = true;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::integer && std::in_range<T>(value.integer);
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            return is_exactly(object, python.int_type) && read_int(object);
        }
        /// The same for an object of a class that is derived from int.
        bool read_int(python_object* object) noexcept {
            int overflow;  // always set
            const long long number = python.PyLong_AsLongLongAndOverflow(object, &overflow);
            if (std::same_as<T, std::uint64_t> && overflow > 0) { return read_large(object); }
            if (overflow != 0 || !std::in_range<T>(number)) { return false; }
            value_ = static_cast<T>(number);
            return true;
        }
        bool read_default(const clib_value& parameter) noexcept {
            value_ = static_cast<T>(parameter.default_value->integer);
            return true;
        }
        std::tuple<T> c_values() const noexcept { return {value_}; }

    private:
        [[gnu::cold]] bool read_large(python_object* object) noexcept {
            value_ = static_cast<T>(python.PyLong_AsUnsignedLongLong(object));
            if (python.PyErr_Occurred() == nullptr) { return true; }
            python.PyErr_Clear();
            return false;
        }

        T value_;
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(T value) noexcept {
        if constexpr (std::same_as<T, std::uint64_t>) {
            return python.PyLong_FromUnsignedLongLong(value);
        } else {
            return python.PyLong_FromLongLong(static_cast<long long>(value));
        }
    }
};

/// The integer types of C++ travel as those of their size and sign.
template <class Catalogue, detail::plain_integer T>
struct cpp_parameter_match<Catalogue, T> {
    using type = detail::fixed_integer_like<T>;
};
template <class Catalogue, detail::plain_integer T>
struct cpp_result_match<Catalogue, T> {
    using type = detail::fixed_integer_like<T>;
};

template <detail::real_number T>
struct kind<T> : basic_kind<std::same_as<T, float> ? CLIB_KIND_FLOAT : CLIB_KIND_DOUBLE, T> {
    using c_result = T;
    static T from_c(T value, const char*) noexcept { return value; }
    static constexpr bool is_member = true;
    static constexpr bool is_result = true;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) {
        constexpr std::int64_t greatest = std::int64_t{1} << std::numeric_limits<T>::digits;
        return value.what == default_value::type::number ||
               (value.what == default_value::type::integer && value.integer >= -greatest &&
                value.integer <= greatest);  // which T holds exactly
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            return is_exactly(object, python.float_type) &&
                   detail::read_real(python.PyFloat_AsDouble(object), value_);
        }
        bool read_default(const clib_value& parameter) noexcept {
            value_ = static_cast<T>(parameter.default_value->number);
            return true;
        }
        std::tuple<T> c_values() const noexcept { return {value_}; }

    protected:
        T value_;
    };
    /// Takes an int, too.
    class wide_argument : public argument {
    public:
        bool read(python_object* object) noexcept {
            return argument::read(object) || (is_exactly(object, python.int_type) &&
                                              detail::read_int_as_real(object, this->value_));
        }
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(T value) noexcept {
        return python.PyFloat_FromDouble(static_cast<double>(value));
    }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
