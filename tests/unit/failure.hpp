// SPDX-License-Identifier: MIT
// What a piece of the toolkit fails with, for tests that look at the status and the sentence.
#pragma once

#include <clib/ffi/status.hpp>

#include <string>

struct failure {
    clib::ffi::status code = clib::ffi::status::ok;
    std::string sentence;
};

/// What `body` fails with; status ok if it does not.
template <class Body>
failure failure_of(Body body) {
    try {
        body();
    } catch (const clib::ffi::error& e) { return {e.code(), e.what()}; }
    return {};
}
