// SPDX-License-Identifier: MIT
// A slice, as its start, stop and step.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/argument.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/slice.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

template <>
struct kind<slice> : basic_kind<CLIB_KIND_SLICE, std::int64_t, std::int64_t, std::int64_t> {
    static slice from_c(std::int64_t start, std::int64_t stop, std::int64_t step,
                        const char* parameter) {
        if (step == 0) { fail(status::invalid, {parameter, " has the step 0; pass another one"}); }
        return {start, stop, step};
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            if (!is_exactly(object, python.slice_type)) { return false; }
            if (python.PySlice_Unpack(object, &start_, &stop_, &step_) == 0) { return true; }
            python.PyErr_Clear();
            return false;
        }
        static bool read_default(const clib_value&) noexcept { return false; }
        std::tuple<std::int64_t, std::int64_t, std::int64_t> c_values() const noexcept {
            return {start_, stop_, step_};
        }

    private:
        std::ptrdiff_t start_;
        std::ptrdiff_t stop_;
        std::ptrdiff_t step_;
    };
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
