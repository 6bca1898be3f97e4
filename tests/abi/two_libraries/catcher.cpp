// SPDX-License-Identifier: MIT
// What catches: it says what arrives of each exception of the other library.
#include <clib/ffi/call.hpp>

#include <cstdio>

extern "C" void throw_one(int which);

extern "C" std::int64_t caught(int which) noexcept {
    return clib::ffi::call([=] { throw_one(which); });
}

int main() {
    for (int which = 0; which < 7; ++which) {
        const auto code = caught(which);
        std::printf("%d %d %s\n", static_cast<int>(code),
                    static_cast<int>(clib::ffi::last_failure.exception),
                    clib::ffi::last_failure.sentence);
    }
}
