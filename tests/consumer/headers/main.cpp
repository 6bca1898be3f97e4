// SPDX-License-Identifier: MIT
// A C++ program that uses the headers of clib and nothing else of it.
#include <clib/clib.hpp>

#include <cstdlib>
#include <iostream>

int main() {
    clib::counter numbers;
    clib::char_buffer text{"rs`qshmf"};
    clib::add_one(text.span());
    const auto copy = clib::c_string::copy(text.view());
    std::cout << copy << ' ' << numbers.next() << '\n';
    return copy == "starting" && numbers.value() == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
