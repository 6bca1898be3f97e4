// SPDX-License-Identifier: MIT
// c_string and char_buffer as arguments of fmt::format(), with all that fmt can do with a
// std::string_view. It needs the {fmt} library; std::format() needs no header of clib's own.
#pragma once

#include <clib/text.hpp>

#include <fmt/format.h>

#include <string_view>

namespace fmt {

template <clib::owned_text Text>
struct formatter<Text, char> : formatter<std::string_view, char> {
    template <class Context>
    auto format(const Text& text, Context& context) const {
        return formatter<std::string_view, char>::format(text.view(), context);
    }
};

}  // namespace fmt
