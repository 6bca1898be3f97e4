// SPDX-License-Identifier: MIT
// Two files of one program include every public header. It links, and both see the same state.
// The headers are in all_headers.hpp, which the test writes.
#include "seen.hpp"

#include <cstdio>
#include <cstdlib>

int main() {
    clib::counter numbers;
    const seen here = see(numbers);
    const seen there = see_from_other_file(numbers);
    if (here.number != 1 || there.number != 2) {
        std::puts("the two files do not draw from the same counter");
        return EXIT_FAILURE;
    }
    if (here.last_failure != there.last_failure || here.blocks != there.blocks) {
        std::puts("the two files have states of their own");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
