// SPDX-License-Identifier: MIT
// Complex numbers. Who passes some includes this header; the others need not wait for `<complex>`.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/number.hpp>

#include <complex>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

template <detail::real_number T>
inline constexpr int detail::element_code<std::complex<T>> = CLIB_ARRAY_COMPLEX;

template <detail::real_number T>
struct kind<std::complex<T>>
    : basic_kind<CLIB_KIND_COMPLEX,
                 std::conditional_t<std::is_same_v<T, float>, clib_complex_float, clib_complex>> {
    using pair = std::conditional_t<std::is_same_v<T, float>, clib_complex_float, clib_complex>;
    using c_result = pair;
    static std::complex<T> from_c(pair value, const char*) noexcept {
        return {value.real, value.imag};
    }
    static pair to_body(const std::complex<T>& value) noexcept {
        return {value.real(), value.imag()};
    }
    static constexpr std::uint32_t element = kind<T>::number;
    static constexpr bool is_result = true;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) { return kind<T>::accepts(value); }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            return is_exactly(object, python.complex_type) &&
                   detail::read_real(python.PyComplex_RealAsDouble(object), value_.real) &&
                   detail::read_real(python.PyComplex_ImagAsDouble(object), value_.imag);
        }
        bool read_default(const clib_value& parameter) noexcept {
            value_ = {static_cast<T>(parameter.default_value->number), 0};
            return true;
        }
        std::tuple<pair> c_values() const noexcept { return {value_}; }

    protected:
        pair value_{};
    };
    /// Takes a float or an int, too.
    class wide_argument : public argument {
    public:
        bool read(python_object* object) noexcept {
            if (argument::read(object)) { return true; }
            this->value_.imag = 0;
            if (is_exactly(object, python.float_type)) {
                return detail::read_real(python.PyFloat_AsDouble(object), this->value_.real);
            }
            return is_exactly(object, python.int_type) &&
                   detail::read_int_as_real(object, this->value_.real);
        }
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(pair value) noexcept {
        return python.PyComplex_FromDoubles(static_cast<double>(value.real),
                                            static_cast<double>(value.imag));
    }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
