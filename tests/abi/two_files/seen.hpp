// SPDX-License-Identifier: MIT
// What each of the two files sees, as it sees it.
#pragma once

#include "all_headers.hpp"

#include <cstdint>

struct seen {
    const void* last_failure;
    const void* blocks;
    std::int64_t number;
};

// Static, so that what differs between the files is seen to differ.
static seen see(clib::counter& numbers) {
    const std::int64_t number = clib::ffi::call([&] { return numbers.next(); });
    return {&clib::ffi::last_failure, &clib::ffi::detail::blocks, number};
}

seen see_from_other_file(clib::counter& numbers);
