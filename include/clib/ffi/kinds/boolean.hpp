// SPDX-License-Identifier: MIT
// A bool.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/kind.hpp>

#include <concepts>
#include <tuple>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

template <std::same_as<bool> T>
struct kind<T> : basic_kind<CLIB_KIND_BOOL, bool> {
    using c_result = bool;
    static bool from_c(bool value, const char*) noexcept { return value; }
    static constexpr bool is_member = true;
    static constexpr bool is_result = true;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::boolean;
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            value_ = object == python.true_object;
            return value_ || object == python.false_object;
        }
        bool read_default(const clib_value& parameter) noexcept {
            value_ = parameter.default_value->integer != 0;
            return true;
        }
        std::tuple<bool> c_values() const noexcept { return {value_}; }

    private:
        bool value_;
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(bool value) noexcept {
        return new_reference(value ? python.true_object : python.false_object);
    }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
