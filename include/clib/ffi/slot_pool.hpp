// The memory of a handle table: slots that never move and are never given back, so that any handle,
// however old, can be looked up by any thread without a lock.
#pragma once

#include <clib/ffi/handle.hpp>
#include <clib/ffi/slot_state.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A slot has cache lines of its own: what one object's users write does not slow another's.
template <class T>
struct alignas(alignof(T) > 64 ? alignof(T) : 64) slot {
    slot() noexcept {}  // NOLINT(modernize-use-equals-default): the union has no object yet
    ~slot() {}          // NOLINT(modernize-use-equals-default): nor has it one any more
    slot(const slot&) = delete;
    slot& operator=(const slot&) = delete;

    slot_state state;
    std::atomic<std::uint32_t> next_free{0};  // the slot's number plus 1; 0 ends the list
    union {
        T object;  // there is one while the state is open or in use
    };
};

/// Thread safety: everything may be called from any thread at any time; nothing waits. Constant
/// initialisation, and no destructor: it works before main() and after exit().
template <class T>
class slot_pool {
public:
    /// Returns: The number of a slot that is nobody else's, under a generation never used for it.
    /// Throws: std::bad_alloc; error(status::no_memory) if every slot is taken.
    std::uint32_t take() {
        std::uint64_t head = free_.load(std::memory_order_acquire);
        while (first_of(head) != 0) {
            const std::uint32_t number = first_of(head) - 1;
            const std::uint32_t next = find(number)->next_free.load(std::memory_order_relaxed);
            if (free_.compare_exchange_weak(head, changed(head, next), std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
                return number;
            }
        }
        return take_unused();
    }

    /// Effects: Makes the slot free to be taken again, unless it has been through all generations.
    /// Requires: Its object is destroyed, or was never made.
    void give_back(std::uint32_t number) noexcept {
        slot<T>& freed = *find(number);
        const std::uint32_t generation = next_generation(number, freed.state.generation());
        freed.state.retire(generation);
        if (generation == first_generation(this, number)) { return; }
        std::uint64_t head = free_.load(std::memory_order_relaxed);
        do {
            freed.next_free.store(first_of(head), std::memory_order_relaxed);
        } while (!free_.compare_exchange_weak(
            head, changed(head, number + 1), std::memory_order_acq_rel, std::memory_order_relaxed));
    }

    /// Returns: The slot, or NULL if there is none of that number yet.
    slot<T>* find(std::uint32_t number) const noexcept {
        const place at{number};
        slot<T>* const chunk = chunks_[at.chunk].load(std::memory_order_acquire);
        return chunk != nullptr ? chunk + at.offset : nullptr;
    }

    /// Returns: The number of slots that were open at some moment of the call.
    std::int64_t count_open() const noexcept {
        std::int64_t open = 0;
        const std::uint32_t used = used_.load(std::memory_order_acquire);
        for (std::uint32_t number = 0; number < used; ++number) {
            open += find(number)->state.is_open() ? 1 : 0;
        }
        return open;
    }

private:
    static constexpr std::uint32_t first_chunk_size = 64;

    // Chunk n holds 64 * 2^n slots.
    struct place {
        explicit place(std::uint32_t number) noexcept
            : chunk{static_cast<std::uint32_t>(std::bit_width(number / first_chunk_size + 1)) - 1},
              offset{number - ((1U << chunk) - 1) * first_chunk_size} {}
        std::uint32_t size() const noexcept { return first_chunk_size << chunk; }

        std::uint32_t chunk;
        std::uint32_t offset;
    };
    static constexpr std::size_t max_chunks =
        std::bit_width(handle_bits::max_slots / first_chunk_size + 1);

    // The head of the free list: a count of its changes above the first slot's number plus 1, so
    // that a head which was taken and put back meanwhile is not mistaken for an unchanged one.
    static constexpr std::uint32_t first_of(std::uint64_t head) noexcept {
        return static_cast<std::uint32_t>(head);
    }
    static constexpr std::uint64_t changed(std::uint64_t head, std::uint32_t first) noexcept {
        return ((head >> 32) + 1) << 32 | first;
    }

    std::uint32_t take_unused() {
        std::uint32_t number = used_.load(std::memory_order_relaxed);
        do {
            if (number == handle_bits::max_slots) {
                fail(status::no_memory, {"too many objects are alive; free some"});
            }
            make_chunk(place{number});
        } while (!used_.compare_exchange_weak(number, number + 1, std::memory_order_acq_rel));
        find(number)->state.retire(first_generation(this, number));
        return number;
    }

    void make_chunk(place at) {
        std::atomic<slot<T>*>& chunk = chunks_[at.chunk];
        if (chunk.load(std::memory_order_acquire) != nullptr) { return; }
        auto made = std::make_unique<slot<T>[]>(at.size());
        slot<T>* there = nullptr;
        if (chunk.compare_exchange_strong(there, made.get(), std::memory_order_acq_rel)) {
            static_cast<void>(made.release());
        }
    }

    std::array<std::atomic<slot<T>*>, max_chunks> chunks_{};
    std::atomic<std::uint64_t> free_{0};
    std::atomic<std::uint32_t> used_{0};
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
