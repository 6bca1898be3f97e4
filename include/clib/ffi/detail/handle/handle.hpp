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
// generation ends in the slot's parity bit: a live object's handle with one bit wrong is never that
// of another one. Its 25 other bits count the slot's objects, in an order that follows from a
// secret of the process (secret.hpp): a slot has each once, and none tells an address, nor the next
// one to who knows neither the secret nor dozens before it and much arithmetic.
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

/// Returns: What makes the number of ones in itself and `slot` plus 1 even.
constexpr std::uint32_t parity_of(std::uint32_t slot) noexcept {
    return static_cast<std::uint32_t>(std::popcount(slot + 1)) & 1;
}

/// Returns: The one of 2^25 numbers that comes at place `number` in the slot's own order. Each
/// comes once, for each step can be undone: adding, multiplying by an odd number, moving upper bits
/// onto lower ones, and x * (2bx + a) with an odd a, in which every bit hangs on all those below
/// it.
constexpr std::uint32_t shuffled(std::uint32_t number, std::uint32_t slot,
                                 std::uint64_t key) noexcept {
    constexpr std::uint32_t mask = handle_bits::max_generation >> 1;
    const auto a = static_cast<std::uint32_t>(key);
    const auto b = static_cast<std::uint32_t>(key >> 32);
    std::uint32_t x = (number * a + (slot + 1) * b) & mask;
    x ^= x >> 13;
    x = x * (2 * b * x + a) & mask;
    return x ^ x >> 12;
}

/// How many objects a slot has in its life: one for each generation.
inline constexpr std::uint32_t objects_of_slot = 1U << (handle_bits::generation_width - 1);

/// Returns: The generation of a slot's object number `number`, from 0 on, where `parity` is the
/// lowest bit of all of its generations. Requires: The slot's block is made.
inline std::uint32_t generation_at(std::uint32_t slot, std::uint32_t number,
                                   std::uint32_t parity) noexcept {
    return shuffled(number, slot, secret.load(std::memory_order_relaxed)) << 1 | parity;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
