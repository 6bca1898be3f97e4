// SPDX-License-Identifier: MIT
// A program that imports clib as a module, and has its types and their operators.
#include <unistd.h>

#include <cstddef>
#include <cstdio>

import clib;

int main() {
    clib::counter numbers{41};
    clib::char_buffer text{"starting string"};
    clib::add_one(text.span());
    const clib::c_string copy = clib::c_string::copy("tubsujoh!tusjoh");
    clib::char_buffer folder;
    folder.fill(clib::returns::pointer,
                [](char* to, std::size_t room) { return getcwd(to, room); });
    std::printf("%d %s %d %d\n", static_cast<int>(numbers.next()), text.c_str(),
                folder.view().starts_with('/') ? 1 : 0, copy == text ? 1 : 0);
}
