// SPDX-License-Identifier: MIT
// Floating-point numbers of 16 bits, as numpy's float16: the elements of arrays, and numbers. Who
// passes some includes this header.
//
// clib::ffi::float16 is std::float16_t of C++23 where the compiler has it, else _Float16, which g++
// has from 12 on and clang from 15 on, for x86-64 and for aarch64.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/array.hpp>
#include <clib/ffi/kinds/number.hpp>
#include <clib/ffi/status.hpp>

#include <cstdint>

#if !defined(__FLT16_MAX__)
#error "this compiler has no numbers of 16 bits: use g++ 12, clang++ 15 or a newer one"
#else

#if defined(__STDCPP_FLOAT16_T__)
#include <stdfloat>
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

#if defined(__STDCPP_FLOAT16_T__)
using float16 = std::float16_t;
#else
using float16 = _Float16;
#endif
static_assert(sizeof(float16) == 2);

template <>
inline constexpr int detail::element_code<float16> = CLIB_ARRAY_REAL;

/// By itself it travels as a float.
template <>
struct kind<float16> : converted_kind<float16, float> {
    /// Throws: error(overflow), if it is too large.
    static float16 from(float value) {
        const auto number = static_cast<float16>(value);
        const auto back = static_cast<float>(number);
        // NOLINTNEXTLINE(misc-redundant-expression): not so where it is infinite, or NaN
        if (back - back != 0 && value - value == 0) {
            fail(status::overflow, {"a number is larger than a float16 can be, which is 65504"});
        }
        return number;
    }
    static float to(float16 value) noexcept { return static_cast<float>(value); }
};

namespace kinds {
/// Stands for a float16 in an array.
struct float16_element;
}  // namespace kinds

template <>
struct kind<kinds::float16_element> : basic_kind<CLIB_KIND_FLOAT16, std::uint16_t> {
    static constexpr bool is_part = false;
};
template <>
struct detail::element_part<float16> {
    using type = kinds::float16_element;
};
template <>
struct detail::element_part<const float16> {
    using type = kinds::float16_element;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop

#endif
