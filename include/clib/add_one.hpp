// SPDX-License-Identifier: MIT
// add_one: the tutorial's operation, one added to each byte, in one pass.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace clib::inline v0 {

namespace detail {

/// Adds one to each byte of the whole blocks among the `left` bytes from `byte` on, and moves both
/// past them. A loop over a block of fixed length becomes vector code at -O2 already.
template <std::size_t block>
void add_one_to_blocks(unsigned char*& byte, std::size_t& left) noexcept {
    for (; left >= block; left -= block, byte += block) {
        for (std::size_t i = 0; i < block; ++i) { ++byte[i]; }
    }
}

/// Asks for `size` bytes, which need not exist, to be in the cache when they are wanted.
inline void prefetch(std::uintptr_t address, std::size_t size) noexcept {
    constexpr std::size_t cache_line = 64;
    for (std::size_t i = 0; i < size; i += cache_line) {
        __builtin_prefetch(reinterpret_cast<const void*>(address + i));
    }
}

}  // namespace detail

/// Effects: Adds one to each byte; 0xFF becomes 0. Throws: Nothing.
inline void add_one(std::span<char> bytes) noexcept {
    auto* byte = reinterpret_cast<unsigned char*>(bytes.data());
    std::size_t left = bytes.size();
    detail::add_one_to_blocks<32>(byte, left);
    detail::add_one_to_blocks<8>(byte, left);
    detail::add_one_to_blocks<1>(byte, left);
}

/// Requires: `text` is NULL or NUL-terminated.
/// Effects: Adds one to each byte up to the terminator. A byte 0xFF becomes 0 and ends the text
/// there, as it does in `for (i = 0; i < strlen(text); i++) text[i]++`. NULL is a no-op.
/// Returns: The number of bytes changed. Throws: Nothing.
inline std::size_t add_one(char* text) noexcept {
    if (text == nullptr) { return 0; }
    // Look for the end and change the bytes while a piece of the text is in the first-level cache,
    // and have the piece that comes a page later fetched meanwhile. memchr, unlike a loop, may be
    // given more bytes than there are as long as it finds its byte.
    constexpr std::size_t piece = 1024;
    constexpr std::size_t ahead = 4096;
    for (char* from = text;; from += piece) {
        const auto* nul = static_cast<const char*>(std::memchr(from, '\0', piece));
        if (nul == nullptr) {
            detail::prefetch(reinterpret_cast<std::uintptr_t>(from) + ahead, piece);
        }
        std::size_t size = nul != nullptr ? static_cast<std::size_t>(nul - from) : piece;
        const auto* full = static_cast<const char*>(std::memchr(from, 0xFF, size));
        if (full != nullptr) { size = static_cast<std::size_t>(full - from) + 1; }
        add_one(std::span{from, size});
        if (nul != nullptr || full != nullptr) {
            return static_cast<std::size_t>(from - text) + size;
        }
    }
}

}  // namespace clib::inline v0
