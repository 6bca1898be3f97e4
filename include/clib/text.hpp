// SPDX-License-Identifier: MIT
// What char_buffer and c_string have in common: comparison with text of any kind, hash, stream and
// format output. All of it goes through the type's view().
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string_view>
#include <version>

#ifdef __cpp_lib_format
#include <format>
#endif

namespace clib::inline v0 {

/// The base of the types that own text. It has no members and costs no space.
struct text_owner {};

template <class T>
concept owned_text = std::derived_from<T, text_owner> && requires(const T& text) {
    { text.view() }
    noexcept->std::same_as<std::string_view>;
};

template <owned_text Left, owned_text Right>
bool operator==(const Left& left, const Right& right) noexcept {
    return left.view() == right.view();
}

template <owned_text Left, owned_text Right>
std::strong_ordering operator<=>(const Left& left, const Right& right) noexcept {
    return left.view().compare(right.view()) <=> 0;
}

/// These take whatever converts to std::string_view: std::string, char arrays, const char*.
template <owned_text Left>
bool operator==(const Left& left, std::string_view right) noexcept {
    return left.view() == right;
}

template <owned_text Left>
std::strong_ordering operator<=>(const Left& left, std::string_view right) noexcept {
    return left.view().compare(right) <=> 0;
}

template <owned_text Left>
bool operator==(const Left&, std::nullptr_t) = delete;  // compares text, not addresses: use empty()

template <owned_text Text, class Traits>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             const Text& text) {
    return out << text.view();
}

}  // namespace clib::inline v0

/// Equal text has equal hashes, whoever owns it, so that with std::equal_to<> an unordered
/// container finds its keys by std::string_view.
template <clib::owned_text Text>
struct std::hash<Text> {
    using is_transparent = void;
    std::size_t operator()(const clib::owned_text auto& text) const noexcept {
        return (*this)(text.view());
    }
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

#ifdef __cpp_lib_format
template <clib::owned_text Text>
struct std::formatter<Text, char> : std::formatter<std::string_view, char> {
    auto format(const Text& text, auto& context) const {
        return std::formatter<std::string_view, char>::format(text.view(), context);
    }
};
#endif
