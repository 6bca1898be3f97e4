// SPDX-License-Identifier: MIT
// The memory of all handle tables of a library: blocks of slots, each of one table, with numbers
// that run through the library. A block never moves and is never given back, so that any handle,
// however old, can be looked up by any thread without a lock, and a slot remembers how often it was
// used. Slots are used again: a table keeps the memory for as many objects as it has had at once.
//
//     slot number:  [ block 15 | slot in the block 15 ]
//
// There are at most 32,767 blocks, for tables and objects together. A table's first block has 64
// slots, and each further one twice as many as the one before, up to 32,768: tables of a thousand
// classes with a million objects each fit in, or one of a billion.
#pragma once

#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot.hpp>
#include <clib/ffi/status.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// What every block begins with, whatever its slots are for.
struct block_head {
    static constexpr int offset_width = 15;
    static constexpr std::uint32_t max_size = 1U << offset_width;
    /// One less than there are numbers: the last slot's number plus 1 has to fit into a handle.
    static constexpr std::uint32_t max_blocks =
        (1U << (handle_bits::slot_width - offset_width)) - 1;

    const handle_kind* kind;
    std::uint32_t number;  ///< Of the block.
    std::uint32_t size;
    char* slots;
    std::size_t stride;                  ///< From a slot to the next, in bytes.
    block_head* next = nullptr;          ///< Another block of the same table, an older one.
    std::atomic<std::uint32_t> used{0};  ///< How many of the slots were ever taken.

    slot_head& at(std::uint32_t offset) const noexcept {
        return *reinterpret_cast<slot_head*>(slots + offset * stride);
    }
    std::int64_t count_open() const noexcept {
        std::int64_t open = 0;
        const std::uint32_t end = used.load(std::memory_order_acquire);
        for (std::uint32_t offset = 0; offset < end; ++offset) {
            open += at(offset).state.is_open() ? 1 : 0;
        }
        return open;
    }
};

/// One library has one such array.
inline constinit std::array<std::atomic<block_head*>, block_head::max_blocks + 1> blocks{};
inline constinit std::atomic<std::uint32_t> block_count{0};

/// Returns: What nearly always differs from library to library in a process; where not, the
/// generations still differ.
inline std::uint32_t library_owner() noexcept {
    return 1 + static_cast<std::uint32_t>(mix(make_secret()) % 254);
}

/// Calls `function(block)` with each block that there is.
template <class Function>
void for_each_block(Function function) {
    const std::uint32_t count = block_count.load(std::memory_order_acquire);
    for (std::uint32_t number = 0; number < count; ++number) {
        const block_head* const block = blocks[number].load(std::memory_order_acquire);
        if (block != nullptr) { function(*block); }
    }
}

/// Gives a new block its number, by which it is found from now on.
/// Throws: error(status::no_memory) if there is none left.
inline void add_block(block_head& block) {
    std::uint32_t number = block_count.load(std::memory_order_relaxed);
    do {
        if (number == block_head::max_blocks) {
            fail(status::no_memory,
                 {"this library's ", block_head::max_blocks, " blocks of up to ",
                  block_head::max_size,
                  " objects are all in use; free objects, or let some types share a table"});
        }
    } while (!block_count.compare_exchange_weak(number, number + 1, std::memory_order_acq_rel,
                                                std::memory_order_relaxed));
    block.number = number;
    blocks[number].store(&block, std::memory_order_release);
}

/// Returns: The block that has the slot of this number, or NULL if there is none.
inline const block_head* block_of(std::uint32_t slot_number) noexcept {
    const std::uint32_t number = slot_number >> block_head::offset_width;
    const block_head* const block = blocks[number].load(std::memory_order_acquire);
    return block != nullptr && slot_number % block_head::max_size < block->size ? block : nullptr;
}

/// Returns: The slot of a live object of this library, whichever table it is of, or NULL if the
/// handle is none.
[[gnu::noinline]] inline slot_head* find_slot(const void* handle) noexcept {
    const handle_bits bits = handle_bits::of(handle);
    const block_head* const block = block_of(bits.slot);
    if (block == nullptr) { return nullptr; }
    slot_head& found = block->at(bits.slot % block_head::max_size);
    return found.is_at(handle) && found.state.is_open_as(bits.generation) ? &found : nullptr;
}

/// Returns: How many objects with handles of this type are alive. In time linear to the most there
/// ever were.
inline std::int64_t live_of_type(const char* type_symbol) noexcept {
    std::int64_t live = 0;
    for_each_block([&](const block_head& block) {
        if (std::strcmp(block.kind->type_symbol, type_symbol) == 0) { live += block.count_open(); }
    });
    return live;
}

/// Effects: From now on no object belongs to the interpreter that makes native calls. A binding
/// calls this when that interpreter is about to end.
/// Requires: This thread holds that interpreter's lock, and is in no native call.
inline void forget_native_interpreter() noexcept {
    if (!has_native_interpreter()) { return; }
    forget_native_lock();
    {
        const native_call call;
        for_each_block([](const block_head& block) {
            block.kind->native_free.store(nullptr, std::memory_order_relaxed);
            const std::uint32_t end = block.used.load(std::memory_order_acquire);
            for (std::uint32_t offset = 0; offset < end; ++offset) {
                slot_state& state = block.at(offset).state;
                if (state.is_reserved()) { state.revoke(state.generation(), block.kind->mode); }
            }
        });
    }
    end_native_interpreter();
}

/// Effects: No live object has one in Python any more: all of those were another interpreter's.
/// Requires: No native calls are made.
inline void forget_binding_objects() noexcept {
    for_each_block([](const block_head& block) {
        const std::uint32_t end = block.used.load(std::memory_order_acquire);
        for (std::uint32_t offset = 0; offset < end; ++offset) {
            slot_head& slot = block.at(offset);
            std::uintptr_t object = slot.link.load(std::memory_order_relaxed);
            // The link of a free slot, which may be taken meanwhile, is a number, or NULL.
            if (object > UINT32_MAX && slot.state.is_open()) {
                slot.link.compare_exchange_strong(object, 0, std::memory_order_relaxed);
            }
        }
    });
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
