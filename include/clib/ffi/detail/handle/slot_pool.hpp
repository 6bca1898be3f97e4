// SPDX-License-Identifier: MIT
// The slots of one handle table: which are free, and how to get one more.
#pragma once

#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/native_interpreter.hpp>
#include <clib/ffi/detail/handle/slot.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Thread safety: everything may be called from any thread at any time; nothing waits. Constant
/// initialisation, and no destructor: it works before main() and after exit().
template <class T>
class slot_pool {
public:
    constexpr explicit slot_pool(const handle_kind& kind) noexcept : kind_{kind} {}

    /// A native caller has tried take_natively() before.
    /// Returns: A slot that is nobody else's, under a generation never used for it; it is_native if
    /// its object can belong to the interpreter.
    /// Throws: std::bad_alloc; error(status::no_memory) if every slot is taken.
    slot<T>& take() {
        slot<T>& result = take_from_all();
        result.is_native = is_native_caller() && has_native_interpreter();
        result.link.store(0, std::memory_order_relaxed);
        return result;
    }

    /// The quick way. Requires: This is a native caller. Returns: Such a slot that is_native, or
    /// NULL if native callers have given none back.
    slot<T>* take_natively() noexcept {
        auto* const first =
            static_cast<slot<T>*>(kind_.native_free.load(std::memory_order_relaxed));
        if (first != nullptr) {
            kind_.native_free.store(
                reinterpret_cast<slot_head*>(first->link.load(std::memory_order_relaxed)),
                std::memory_order_relaxed);
            first->link.store(0, std::memory_order_relaxed);
        }
        return first;
    }

    /// Effects: Makes the slot free to be taken again, unless it has been through all generations.
    /// Requires: Its object is destroyed, or was never made.
    void give_back(slot<T>& freed) noexcept {
        freed.keeping.store(0, std::memory_order_relaxed);
        freed.state.retire(freed.generation_after());
        // To where it came from, or else who only makes objects and who only frees them would use
        // up slot after slot.
        if (freed.is_native && is_native_caller() && has_native_interpreter()) {
            give_back_natively(freed);
            return;
        }
        if (!freed.count_object()) { return; }
        std::uint64_t head = free_.load(std::memory_order_relaxed);
        do {
            freed.link.store(first_of(head), std::memory_order_relaxed);
        } while (!free_.compare_exchange_weak(head, changed(head, freed.number() + 1),
                                              std::memory_order_acq_rel,
                                              std::memory_order_relaxed));
    }

    /// The quick way, of a slot that is_native and is retired already.
    /// Requires: This is a native caller, and there is a native interpreter.
    void give_back_natively(slot<T>& freed) noexcept {
        freed.keeping.store(0, std::memory_order_relaxed);
        if (!freed.count_object()) { return; }
        freed.link.store(
            reinterpret_cast<std::uintptr_t>(kind_.native_free.load(std::memory_order_relaxed)),
            std::memory_order_relaxed);
        kind_.native_free.store(&freed, std::memory_order_relaxed);
    }

    /// Returns: The slot where the object with this handle is or was, or NULL if the pool has none.
    slot<T>* find(const void* handle) const noexcept {
        slot<T>* const found = find(handle_bits::of(handle).slot);
        return found != nullptr && found->is_at(handle) ? found : nullptr;
    }
    slot<T>* find(std::uint32_t number) const noexcept {
        const block_head* const block = block_of(number);
        if (block == nullptr || block->kind != &kind_) { return nullptr; }
        return static_cast<slot<T>*>(&block->at(number % block_head::max_size));
    }

    /// Returns: The slot that has its object at this address, or NULL if the pool has none.
    slot<T>* find_object(const T* object) const noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(object);
        for (const block_head* block = newest(); block != nullptr; block = block->next) {
            const std::uintptr_t offset = address - reinterpret_cast<std::uintptr_t>(block->slots);
            if (offset < block->size * sizeof(slot<T>)) {
                auto& found = static_cast<slot<T>&>(
                    block->at(static_cast<std::uint32_t>(offset / sizeof(slot<T>))));
                return std::addressof(found.object) == object ? &found : nullptr;
            }
        }
        return nullptr;
    }

    /// Returns: The number of slots that were open at some moment of the call.
    std::int64_t count_open() const noexcept {
        std::int64_t open = 0;
        for (const block_head* block = newest(); block != nullptr; block = block->next) {
            open += block->count_open();
        }
        return open;
    }

private:
    struct typed_block : block_head {
        typed_block(const handle_kind& table, std::uint32_t count)
            : block_head{&table, 0, count, nullptr, sizeof(slot<T>)},
              memory{std::make_unique<slot<T>[]>(count)} {
            slots = reinterpret_cast<char*>(memory.get());
            for (std::uint32_t offset = 0; offset < count; ++offset) {
                memory[offset].kind = &table;
            }
        }
        std::unique_ptr<slot<T>[]> memory;
    };

    // The head of the free list: a count of its changes above the first slot's number plus 1, so
    // that a head which was taken and put back meanwhile is not mistaken for an unchanged one.
    static constexpr std::uint32_t first_of(std::uint64_t head) noexcept {
        return static_cast<std::uint32_t>(head);
    }
    static constexpr std::uint64_t changed(std::uint64_t head, std::uint32_t first) noexcept {
        return ((head >> 32) + 1) << 32 | first;
    }

    block_head* newest() const noexcept { return newest_.load(std::memory_order_acquire); }

    [[gnu::noinline]] slot<T>& take_from_all() {
        std::uint64_t head = free_.load(std::memory_order_acquire);
        while (first_of(head) != 0) {
            slot<T>& first = *find(first_of(head) - 1);
            const auto next =
                static_cast<std::uint32_t>(first.link.load(std::memory_order_relaxed));
            if (free_.compare_exchange_weak(head, changed(head, next), std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
                return first;
            }
        }
        return take_unused();
    }

    [[gnu::cold]] slot<T>& take_unused() {
        for (;;) {
            block_head* const first = newest();
            for (block_head* block = first; block != nullptr; block = block->next) {
                std::uint32_t offset = block->used.load(std::memory_order_relaxed);
                while (offset < block->size) {
                    if (block->used.compare_exchange_weak(offset, offset + 1,
                                                          std::memory_order_relaxed)) {
                        return prepare(*block, offset);
                    }
                }
            }
            grow(first != nullptr ? std::min(2 * first->size, block_head::max_size) : 64);
        }
    }

    slot<T>& prepare(const block_head& block, std::uint32_t offset) noexcept {
        auto& result = static_cast<slot<T>&>(block.at(offset));
        const std::uint32_t number = block.number * block_head::max_size + offset;
        const std::uint32_t generation = generation_at(number, 0, parity_of(number));
        result.state.retire(generation);
        result.handle.store(handle_bits{number, generation, library_owner()}.value(),
                            std::memory_order_relaxed);
        return result;
    }

    /// Two threads that grow the pool at once add a block each.
    [[gnu::cold]] void grow(std::uint32_t size) {
        auto added = std::make_unique<typed_block>(kind_, size);
        make_secret();
        add_block(*added);
        block_head* const head = added.release();  // for ever
        head->next = newest_.load(std::memory_order_relaxed);
        while (!newest_.compare_exchange_weak(head->next, head, std::memory_order_acq_rel,
                                              std::memory_order_relaxed)) {}
    }

    const handle_kind& kind_;
    std::atomic<std::uint64_t> free_{0};
    std::atomic<block_head*> newest_{nullptr};
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
