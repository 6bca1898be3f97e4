// SPDX-License-Identifier: MIT
// Objects of the caller's that pass through C++.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/convert.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/object.hpp>

#include <tuple>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

template <>
struct kind<object> : basic_kind<CLIB_KIND_OBJECT, clib_object> {
    using c_result = clib_object;
    static object from_c(const clib_object& passed, const char*) noexcept { return object{passed}; }
    static clib_object to_body(object returned) noexcept { return returned.release(); }
    static constexpr bool is_result = true;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* passed) noexcept {
            if (passed != python.none) { value_ = {passed, &detail::native_object_functions}; }
            return true;
        }
        static bool read_default(const clib_value&) noexcept { return true; }
        std::tuple<clib_object> c_values() const noexcept { return {value_}; }

    private:
        clib_object value_{};
    };
    static constexpr bool converts_to_python = true;
    /// Takes the object over.
    static python_object* to_python(const clib_object& returned) noexcept {
        if (returned.functions == nullptr) { return new_reference(python.none); }
        if (returned.functions == &detail::native_object_functions) {
            return static_cast<python_object*>(returned.object);
        }
        returned.functions->release(returned.object);
        return detail::convert(CLIB_KIND_OBJECT, false, new_reference(python.none));
    }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
