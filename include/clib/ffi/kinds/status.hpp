// SPDX-License-Identifier: MIT
// Results that say nothing but whether the call has failed: a status, and void.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/number.hpp>
#include <clib/ffi/status.hpp>

#include <cstdint>
#include <tuple>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

template <>
struct kind<status> : basic_kind<CLIB_KIND_STATUS, status> {
    using c_result = status;
    static constexpr bool is_result = true;
    static constexpr result_form form = result_form::status;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::integer;
    }

    struct argument : kind<std::int64_t>::argument {
        std::tuple<status> c_values() const noexcept {
            return {static_cast<status>(std::get<0>(kind<std::int64_t>::argument::c_values()))};
        }
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(status) noexcept { return new_reference(python.none); }
};

template <>
struct kind<void> : basic_kind<CLIB_KIND_NONE> {
    using c_result = void;
    static constexpr bool is_result = true;
    static constexpr result_form form = result_form::status;
    static constexpr bool converts_to_python = true;
    static python_object* to_python() noexcept { return new_reference(python.none); }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
