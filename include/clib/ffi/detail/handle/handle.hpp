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
// that of another object. Its 25 other bits count the slot's objects, in an order that only the
// process knows (secret.hpp): a slot has each once, and none tells the next one, or an address.
//
// What a guess costs: who knows the slot of a live object, and the owner from another handle, is
// right once in 2^25 tries; who knows no handle, once in 254 * 2^25. That is to find mistakes, and
// no password.
#pragma once

#include <clib/ffi/detail/handle/secret.hpp>

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

/// Returns: The one of 2^25 numbers that comes at place `number` in the slot's own order. Each
/// comes once: the number's two halves, 13 and 12 bits, change in turn, each by what the other one
/// is (a Feistel network; of three rounds, which is enough for who sees only what comes out).
constexpr std::uint32_t shuffled(std::uint32_t number, std::uint32_t slot,
                                 std::uint64_t key) noexcept {
    std::uint64_t high = std::uint64_t{slot + 1} << 13 | number >> 12;
    std::uint64_t low = number & 0xFFF;
    high ^= low * key >> 51;
    low ^= high * std::rotl(key, 21) >> 52;
    high ^= low * std::rotl(key, 42) >> 51;
    return static_cast<std::uint32_t>((high & 0x1FFF) << 12 | low);
}

/// How many objects a slot has in its life: one for each generation.
inline constexpr std::uint32_t objects_of_slot = 1U << (handle_bits::generation_width - 1);

/// Returns: The generation of the slot's object number `number`, from 0 on.
/// Requires: The slot's block is made.
inline std::uint32_t generation_at(std::uint32_t slot, std::uint32_t number) noexcept {
    return with_parity(shuffled(number, slot, secret.load(std::memory_order_relaxed)), slot + 1);
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
