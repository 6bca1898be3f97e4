// SPDX-License-Identifier: MIT
// What a handle is made of. C sees an opaque pointer, but its value is no address: the bits say
// which library made it, in which slot, and for which of the objects that the slot has held. Every
// bit is checked on every use. The slot says of which type the object is: slots are numbered
// through the whole library, and each block of them belongs to one table (blocks.hpp).
//
//     63      56 55             30 29            0
//     [ owner   ][  generation    ][  slot + 1   ]
//
// A handle cut to 32 bits is none, sign-extended or not, for the owner's bits are never all alike;
// and it is not NULL either, which a free would let pass, for the slot plus 1 is never 0. The
// generation ends in a parity bit over itself and the slot: a handle with one bit wrong is never
// that of another object. The 25 other bits of a slot's first generation are pseudo-random.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <bit>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

static_assert(sizeof(void*) >= sizeof(std::uint64_t),
              "handles carry 64 bits, so the toolkit needs a machine with 64-bit pointers");

struct handle_bits {
    static constexpr int slot_width = 30;
    static constexpr int generation_width = 26;
    static constexpr int owner_width = 8;
    static constexpr std::uint32_t slot_mask = (1U << slot_width) - 1;
    static constexpr std::uint32_t max_generation = (1U << generation_width) - 1;
    static constexpr std::uint64_t generation_bits = std::uint64_t{max_generation} << slot_width;
    static_assert(slot_width + generation_width + owner_width == 64);

    std::uint32_t slot;
    std::uint32_t generation;
    std::uint32_t owner;

    static handle_bits of(const void* handle) noexcept {
        return of(reinterpret_cast<std::uint64_t>(handle));
    }
    static constexpr handle_bits of(std::uint64_t value) noexcept {
        return {static_cast<std::uint32_t>(value - 1) & slot_mask,
                static_cast<std::uint32_t>(value >> slot_width) & max_generation,
                static_cast<std::uint32_t>(value >> (slot_width + generation_width))};
    }
    constexpr std::uint64_t value() const noexcept {
        return std::uint64_t{owner} << (slot_width + generation_width) |
               std::uint64_t{generation} << slot_width | (slot + 1);
    }
};

/// Returns: `number` with a parity bit after it, which makes the number of ones in the result and
/// `other` even.
constexpr std::uint32_t with_parity(std::uint32_t number, std::uint32_t other) noexcept {
    const std::uint32_t shifted = number << 1;
    return shifted | (static_cast<std::uint32_t>(std::popcount(shifted ^ other)) & 1);
}

/// The finaliser of MurmurHash3: every bit of the input changes half the bits of the output.
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCDULL;
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53ULL;
    return value ^ value >> 33;
}

/// Neighbouring slots start at unrelated generations, so that a handle with wrong bits is hardly
/// ever by chance the handle of the object next door. `library` is an address that no other library
/// in the process has.
inline std::uint32_t first_generation(const void* library, std::uint32_t slot) noexcept {
    const std::uint64_t seed = mix(reinterpret_cast<std::uint64_t>(library));
    const auto unrelated = static_cast<std::uint32_t>(mix(seed + slot));
    return with_parity(unrelated & (handle_bits::max_generation >> 1), slot + 1);
}

/// Returns: The slot's generation after `generation`; after the last comes the first.
constexpr std::uint32_t next_generation(std::uint32_t slot, std::uint32_t generation) noexcept {
    return with_parity(((generation >> 1) + 1) & (handle_bits::max_generation >> 1), slot + 1);
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
