// What a handle is made of. C sees an opaque pointer, but its value is no address: the bits say
// which library made it, for which type, in which slot, and for which of the objects that the slot
// has held. Every bit is checked on every use.
//
//     63     57 56    50 49             24 23            0
//     [ owner  ][ kind  ][  generation    ][  slot + 1   ]
//
// A handle cut to 32 bits is none, sign-extended or not, for the owner's bits are never all alike;
// and it is not NULL either, which a free would let pass, for the slot plus 1 is never 0. Kind and
// generation each end in a parity bit, the generation's over the slot too: a handle with one bit
// wrong is never that of another object.
#pragma once

#include <clib/ffi/status.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

static_assert(sizeof(void*) >= sizeof(std::uint64_t),
              "handles carry 64 bits, so the toolkit needs a machine with 64-bit pointers");

struct handle_bits {
    static constexpr int slot_width = 24;
    static constexpr int generation_width = 26;
    static constexpr int kind_width = 7;
    static constexpr std::uint32_t slot_mask = (1U << slot_width) - 1;
    static constexpr std::uint32_t max_generation = (1U << generation_width) - 1;
    static constexpr std::uint32_t max_kinds = 1U << (kind_width - 1);
    static constexpr std::uint64_t generation_bits = std::uint64_t{max_generation} << slot_width;

    std::uint32_t slot;
    std::uint32_t generation;
    std::uint32_t tag;  ///< Owner and kind together, as they stand in the topmost bits.

    static handle_bits of(const void* handle) noexcept {
        return of(reinterpret_cast<std::uint64_t>(handle));
    }
    static handle_bits of(std::uint64_t value) noexcept {
        return {static_cast<std::uint32_t>(value - 1) & slot_mask,
                static_cast<std::uint32_t>(value >> slot_width) & max_generation,
                static_cast<std::uint32_t>(value >> (slot_width + generation_width))};
    }
    std::uint64_t value() const noexcept {
        return static_cast<std::uint64_t>(tag) << (slot_width + generation_width) |
               static_cast<std::uint64_t>(generation) << slot_width | (slot + 1);
    }
};

/// Returns: `number` with a parity bit after it, which makes the number of ones in the result and
/// `other` even.
constexpr std::uint32_t with_parity(std::uint32_t number, std::uint32_t other = 0) noexcept {
    const std::uint32_t shifted = number << 1;
    return shifted | (static_cast<std::uint32_t>(std::popcount(shifted ^ other)) & 1);
}

/// The part of a handle table that does not depend on its types.
struct handle_kind {
    const char* type_name;    ///< As the author calls it in errors.
    const char* type_symbol;  ///< As the compiler does, and with it the description.
    std::int64_t (*live)(const handle_kind& table);  ///< How many objects the table has.
};

/// The kinds of handles that this library has, in the order of their first use. One library has one
/// registry: its address differs from library to library in a process, and so, nearly always, does
/// the owner that is made of it; where not, the generations still differ.
inline constinit std::array<std::atomic<const handle_kind*>, handle_bits::max_kinds> kinds{};

/// The finaliser of MurmurHash3: every bit of the input changes half the bits of the output.
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCDULL;
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53ULL;
    return value ^ value >> 33;
}

inline std::uint32_t library_owner() noexcept {
    return 1 + static_cast<std::uint32_t>(mix(reinterpret_cast<std::uint64_t>(&kinds)) % 126);
}

/// Neighbouring slots, and the same slot of different tables, start at unrelated generations, so
/// that a handle with wrong bits is hardly ever by chance the handle of the object next door.
/// `table` is an address that no other table has.
inline std::uint32_t first_generation(const void* table, std::uint32_t slot) noexcept {
    const std::uint64_t seed = mix(reinterpret_cast<std::uint64_t>(table));
    const auto unrelated = static_cast<std::uint32_t>(mix(seed + slot));
    return with_parity(unrelated & (handle_bits::max_generation >> 1), slot + 1);
}

/// Returns: The slot's generation after `generation`; after the last comes the first.
inline std::uint32_t next_generation(std::uint32_t slot, std::uint32_t generation) noexcept {
    return with_parity(((generation >> 1) + 1) & (handle_bits::max_generation >> 1), slot + 1);
}

/// Returns: The tag of the handles of `kind`, which is registered at its first call.
inline std::uint32_t tag_of(const handle_kind& kind) {
    for (std::uint32_t number = 0; number < handle_bits::max_kinds; ++number) {
        const handle_kind* there = nullptr;
        if (kinds[number].compare_exchange_strong(there, &kind, std::memory_order_acq_rel) ||
            there == &kind) {
            return library_owner() << handle_bits::kind_width | with_parity(number);
        }
    }
    fail(status::no_memory, {"the library has more than ", handle_bits::max_kinds,
                             " handle tables; let some types share one"});
}

/// Returns: How many objects with handles of this type are alive.
inline std::int64_t live_of_type(const char* type_symbol) noexcept {
    std::int64_t live = 0;
    for (const auto& registered : kinds) {
        const handle_kind* const kind = registered.load(std::memory_order_acquire);
        if (kind != nullptr && std::strcmp(kind->type_symbol, type_symbol) == 0) {
            live += kind->live(*kind);
        }
    }
    return live;
}

/// Throws: error(status::handle) that says why `handle` does not lead to a live object of `kind`.
[[noreturn, gnu::cold]] inline void refuse_handle(const void* handle, const handle_kind& kind,
                                                  const char* parameter) {
    const char* const type = kind.type_name;
    if (handle == nullptr) { fail(status::handle, {parameter, " is NULL; pass a live ", type}); }
    const handle_bits bits = handle_bits::of(handle);
    const std::uint32_t number = (bits.tag >> 1) % handle_bits::max_kinds;
    const handle_kind* const actual = kinds[number].load(std::memory_order_acquire);
    if (bits.tag >> handle_bits::kind_width != library_owner() || actual == nullptr) {
        fail(status::handle,
             {parameter,
              " is not a handle of this library but cut short, made up, or another library's; "
              "declare pointer types for arguments and results, and pass a live ",
              type});
    }
    if (actual != &kind) {
        fail(status::handle,
             {parameter, " is a ", actual->type_name, ", not a ", type, "; pass a live ", type});
    }
    fail(status::handle,
         {parameter, " is no live ", type,
          ": it was freed already, or made up; do not use a handle after its free"});
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
