// SPDX-License-Identifier: MIT
// The library that throws: it hides all of its symbols but one, and so its exceptions' types.
#include <clib/ffi/callback.hpp>
#include <clib/ffi/export.hpp>

#include <stdexcept>

using clib::ffi::error;
using clib::ffi::status;

namespace {

struct own_error : error {
    own_error() : error{status{-1002}, "derived"} {}
};

}  // namespace

extern "C" CLIB_EXPORT void throw_one(int which) {
    switch (which) {
        case 0:
            throw error{status{-1001}, "mine"};
        case 1:
            clib::ffi::fail(status::busy, {"it is lent ", 2, " times"});
        case 2:
            throw own_error{};
        case 3:
            throw clib::ffi::stop_iteration{};
        case 4:
            throw error{status::key_error, "no such key"};
        case 5:
            throw clib::ffi::detail::callback_error{"the callable failed", 77};
        default:
            throw std::out_of_range{"a standard one"};
    }
}
