// The memory of a handle table: slots that never move and are never given back, so that any handle,
// however old, can be looked up by any thread without a lock.
#pragma once

#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot_state.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// What every slot begins with, whatever it is for.
struct slot_head {
    [[no_unique_address]] slot_state state;
    bool is_taken_natively = false;
    std::atomic<std::uint32_t> next_free{0};  // the slot's number plus 1; 0 ends the list
    std::uint32_t first_generation = 0;
    std::atomic<std::uint64_t> handle{0};  // of the object that is here, or was or will be

    bool is_at(const void* other) const noexcept {
        return handle.load(std::memory_order_relaxed) == reinterpret_cast<std::uint64_t>(other);
    }
    std::uint32_t number() const noexcept {
        return handle_bits::of(handle.load(std::memory_order_relaxed)).slot;
    }
    std::uint32_t generation_after() const noexcept {
        return next_generation(number(), state.generation());
    }
    /// Returns: The handle of the object that is here now, or will be next.
    std::uint64_t handle_of_state() const noexcept {
        return (handle.load(std::memory_order_relaxed) & ~handle_bits::generation_bits) |
               std::uint64_t{state.generation()} << handle_bits::slot_width;
    }
};

/// Where a native caller's object is, for all that it knows: a slot of any table, or NULL.
inline constinit std::atomic<slot_head*> native_place{nullptr};

/// A slot has cache lines of its own: what one object's users write does not slow another's.
template <class T>
struct alignas(alignof(T) > 64 ? alignof(T) : 64) slot : slot_head {
    slot() noexcept {}  // NOLINT(modernize-use-equals-default): the union has no object yet
    ~slot() {}          // NOLINT(modernize-use-equals-default): nor has it one any more
    slot(const slot&) = delete;
    slot& operator=(const slot&) = delete;

    union {
        T object;  // there is one while the state is open or in use
    };
};

/// Thread safety: everything may be called from any thread at any time; nothing waits. Constant
/// initialisation, and no destructor: it works before main() and after exit().
template <class T>
class slot_pool {
public:
    /// `tag` is that of all handles to the pool's slots; `is_native`, what is_native_caller() says:
    /// such a caller has tried take_natively() before.
    /// Returns: A slot that is nobody else's, under a generation never used for it.
    /// Throws: std::bad_alloc; error(status::no_memory) if every slot is taken.
    slot<T>& take(std::uint32_t tag, bool is_native = is_native_caller()) {
        slot<T>& taken = take_from_all(tag);
        taken.is_taken_natively = is_native;
        return taken;
    }

    /// The quick way. Requires: This is a native caller. Returns: Such a slot, or NULL if native
    /// callers have given none back.
    slot<T>* take_natively() noexcept {
        slot<T>* const first = native_free_.load(std::memory_order_relaxed);
        if (first != nullptr) {
            const std::uint32_t next = first->next_free.load(std::memory_order_relaxed);
            native_free_.store(next != 0 ? find(next - 1) : nullptr, std::memory_order_relaxed);
        }
        return first;
    }

    /// Effects: Makes the slot free to be taken again, unless it has been through all generations.
    /// Requires: Its object is destroyed, or was never made.
    void give_back(slot<T>& freed) noexcept {
        const std::uint32_t generation = freed.generation_after();
        freed.state.retire(generation);
        // To where it came from, or else who only makes objects and who only frees them would use
        // up slot after slot.
        if (freed.is_taken_natively && is_native_caller()) {
            give_back_natively(freed, generation);
            return;
        }
        if (generation == freed.first_generation) { return; }
        std::uint64_t head = free_.load(std::memory_order_relaxed);
        do {
            freed.next_free.store(first_of(head), std::memory_order_relaxed);
        } while (!free_.compare_exchange_weak(head, changed(head, freed.number() + 1),
                                              std::memory_order_acq_rel,
                                              std::memory_order_relaxed));
    }

    /// The quick way, of a slot that was taken by a native caller and is retired to `generation`
    /// already. Requires: This is a native caller.
    void give_back_natively(slot<T>& freed, std::uint32_t generation) noexcept {
        if (generation == freed.first_generation) { return; }
        slot<T>* const next = native_free_.load(std::memory_order_relaxed);
        freed.next_free.store(next != nullptr ? next->number() + 1 : 0, std::memory_order_relaxed);
        native_free_.store(&freed, std::memory_order_relaxed);
    }

    /// Returns: The slot, or NULL if there is none of that number yet.
    slot<T>* find(std::uint32_t number) const noexcept {
        const std::uint32_t chunk = chunk_of(number);
        const std::uint32_t offset = offset_of(number);
        slot<T>* const first = chunks_[chunk].load(std::memory_order_acquire);
        return first != nullptr && offset < size_of_chunk(chunk) ? first + offset : nullptr;
    }

    /// Returns: The number of slots that were open at some moment of the call.
    std::int64_t count_open() const noexcept {
        std::int64_t open = 0;
        const std::uint32_t used = used_.load(std::memory_order_acquire);
        for (std::uint32_t number = 0; number < used; number = number_after(number)) {
            open += find(number)->state.is_open() ? 1 : 0;
        }
        return open;
    }

private:
    // A number is that of a chunk above that of a slot in it. Chunk n holds 64 * 2^n slots, as far
    // as there are numbers.
    static constexpr int offset_width = handle_bits::slot_width - 5;
    static constexpr std::uint32_t max_chunks = 31;  // of 32: the last number plus 1 has to fit

    static constexpr std::uint32_t chunk_of(std::uint32_t number) noexcept {
        return number >> offset_width;
    }
    static constexpr std::uint32_t offset_of(std::uint32_t number) noexcept {
        return number & ((1U << offset_width) - 1);
    }
    static constexpr std::uint64_t size_of_chunk(std::uint32_t chunk) noexcept {
        return std::min(std::uint64_t{64} << chunk, std::uint64_t{1} << offset_width);
    }
    static constexpr std::uint32_t number_after(std::uint32_t number) noexcept {
        const std::uint32_t chunk = chunk_of(number);
        return offset_of(number) + 1 < size_of_chunk(chunk) ? number + 1
                                                            : (chunk + 1) << offset_width;
    }

    // The head of the free list: a count of its changes above the first slot's number plus 1, so
    // that a head which was taken and put back meanwhile is not mistaken for an unchanged one.
    static constexpr std::uint32_t first_of(std::uint64_t head) noexcept {
        return static_cast<std::uint32_t>(head);
    }
    static constexpr std::uint64_t changed(std::uint64_t head, std::uint32_t first) noexcept {
        return ((head >> 32) + 1) << 32 | first;
    }

    [[gnu::noinline]] slot<T>& take_from_all(std::uint32_t tag) {
        std::uint64_t head = free_.load(std::memory_order_acquire);
        while (first_of(head) != 0) {
            slot<T>& taken = *find(first_of(head) - 1);
            const std::uint32_t next = taken.next_free.load(std::memory_order_relaxed);
            if (free_.compare_exchange_weak(head, changed(head, next), std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
                return taken;
            }
        }
        return take_unused(tag);
    }

    [[gnu::cold]] slot<T>& take_unused(std::uint32_t tag) {
        std::uint32_t number = used_.load(std::memory_order_relaxed);
        do {
            if (chunk_of(number) == max_chunks) {
                fail(status::no_memory, {"too many objects are alive; free some"});
            }
            make_chunk(chunk_of(number));
        } while (
            !used_.compare_exchange_weak(number, number_after(number), std::memory_order_acq_rel));
        slot<T>& taken = *find(number);
        taken.first_generation = first_generation(this, number);
        taken.state.retire(taken.first_generation);
        taken.handle.store(handle_bits{number, taken.first_generation, tag}.value(),
                           std::memory_order_relaxed);
        return taken;
    }

    void make_chunk(std::uint32_t number) {
        std::atomic<slot<T>*>& chunk = chunks_[number];
        if (chunk.load(std::memory_order_acquire) != nullptr) { return; }
        auto made = std::make_unique<slot<T>[]>(size_of_chunk(number));
        slot<T>* there = nullptr;
        if (chunk.compare_exchange_strong(there, made.get(), std::memory_order_acq_rel)) {
            static_cast<void>(made.release());
        }
    }

    std::array<std::atomic<slot<T>*>, max_chunks + 1> chunks_{};
    std::atomic<std::uint64_t> free_{0};
    // What native callers have freed, for native callers: they take turns, and need no count.
    std::atomic<slot<T>*> native_free_{nullptr};
    std::atomic<std::uint32_t> used_{0};
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
