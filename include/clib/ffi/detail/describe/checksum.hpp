// SPDX-License-Identifier: MIT
// The two numbers by which a binding trusts a description: a CRC-32 that finds damage, and a hash
// of each signature that finds change. Both are computed by the compiler.
//
// What is summed up is a row of bytes: a number counts as 8 of them, the lowest first; text as its
// bytes and a NUL.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <array>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Adds numbers and text to a sum that has add(std::uint8_t).
template <class Sum>
struct summing {
    constexpr Sum& number(std::uint64_t number) noexcept {
        for (int shift = 0; shift < 64; shift += 8) {
            sum().add(static_cast<std::uint8_t>(number >> shift));
        }
        return sum();
    }
    constexpr Sum& text(const char* text) noexcept {
        // Not compared with NULL: with -fsanitize=undefined, g++ 12 takes that for no constant.
        for (; *text != '\0'; ++text) { sum().add(static_cast<std::uint8_t>(*text)); }
        sum().add(0);
        return sum();
    }

private:
    constexpr Sum& sum() noexcept { return static_cast<Sum&>(*this); }
};

inline constexpr auto crc32_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        table[i] = i;
        for (int bit = 0; bit < 8; ++bit) {
            table[i] = (table[i] & 1) != 0 ? table[i] >> 1 ^ 0xEDB88320U : table[i] >> 1;
        }
    }
    return table;
}();

/// The CRC-32 of ISO 3309, which zlib's crc32() computes too.
struct crc32 : summing<crc32> {
    constexpr void add(std::uint8_t byte) noexcept {
        state = crc32_table[(state ^ byte) & 0xFF] ^ state >> 8;
    }
    constexpr std::uint32_t value() const noexcept { return ~state; }

    std::uint32_t state = 0xFFFFFFFFU;
};

/// FNV-1a, 64 bits.
struct fnv1a : summing<fnv1a> {
    constexpr void add(std::uint8_t byte) noexcept { state = (state ^ byte) * 0x100000001B3ULL; }
    constexpr std::uint64_t value() const noexcept { return state; }

    std::uint64_t state = 0xCBF29CE484222325ULL;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
