// SPDX-License-Identifier: MIT
#include <clib/c_string.hpp>
#include <clib/char_buffer.hpp>
#include <clib/fmt.hpp>

#include <doctest/doctest.h>

TEST_CASE("fmt formats the text types as it does a std::string_view") {
    const clib::char_buffer buffer{"words"};
    const clib::c_string string = clib::c_string::copy("so");
    CHECK(fmt::format("{} {}", buffer, string) == "words so");
    CHECK(fmt::format("{:>7}|{:.1}|", buffer, string) == "  words|s|");
    CHECK(fmt::format("{}", clib::c_string{}).empty());
}
