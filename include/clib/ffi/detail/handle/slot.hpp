// SPDX-License-Identifier: MIT
// A slot: the place of one object of a handle table, and of the next ones after it.
#pragma once

#include <clib/ffi/access.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot_state.hpp>

#include <atomic>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

struct slot_head;

/// The part of a handle table that does not depend on its types.
struct handle_kind {
    const char* type_name;    ///< As the author calls it in errors.
    const char* type_symbol;  ///< As the compiler does, and with it the description.
    access mode;
    /// Destroys the object in a slot that nobody uses any more, and gives the slot back.
    void (*destroy)(const handle_kind& kind, slot_head& slot) noexcept;
    /// The free slots that native callers have had, for native callers.
    mutable std::atomic<slot_head*> native_free{nullptr};
};

/// What every slot begins with, whatever it is for.
struct slot_head {
    [[no_unique_address]] slot_state state;
    bool is_native = false;     ///< A native caller has taken it, and it goes back to such ones.
    std::uint32_t objects = 0;  ///< How many it has had.
    /// Of the object that is here, or was or will be.
    std::atomic<std::uint64_t> handle{0};
    const handle_kind* kind = nullptr;  ///< Of the table; the same for ever.
    /// While an object is here: what a binding has for it, or 0. While the slot is free: the next
    /// one that is, as the list that it is in has it.
    std::atomic<std::uintptr_t> link{0};

    bool is_at(const void* other) const noexcept {
        return handle.load(std::memory_order_relaxed) == reinterpret_cast<std::uint64_t>(other);
    }
    std::uint32_t number() const noexcept {
        return handle_bits::of(handle.load(std::memory_order_relaxed)).slot;
    }
    /// Requires: This thread has closed the object, or may do so and no other can.
    std::uint32_t generation_after() const noexcept {
        const auto bits = handle_bits::of(handle.load(std::memory_order_relaxed));
        return generation_at(bits.slot, objects + 1, bits.generation & 1);
    }
    /// Returns: Whether there is a generation left for another object.
    bool count_object() noexcept { return ++objects < objects_of_slot; }
    /// Returns: The handle of the object that is here now, or will be next.
    std::uint64_t handle_of_state() const noexcept {
        return (handle.load(std::memory_order_relaxed) & ~handle_bits::generation_bits) |
               std::uint64_t{state.generation()} << handle_bits::slot_width;
    }

    /// What a binding keeps for a live object: its own object, which is then found by the handle.
    /// NULL at first. For native callers only.
    void* binding_object() const noexcept {
        return reinterpret_cast<void*>(link.load(std::memory_order_relaxed));
    }
    void set_binding_object(void* object) noexcept {
        link.store(reinterpret_cast<std::uintptr_t>(object), std::memory_order_relaxed);
    }

    /// Ends a use that state has granted.
    void leave() noexcept {
        if (!state.leave_reserved(kind->mode) && state.leave(kind->mode)) [[unlikely]] {
            kind->destroy(*kind, *this);
        }
    }
};

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

/// What a native thunk says before it calls a function: the slot of the object which is the
/// function's `self`, for all that it knows, or NULL. It may be of any table: compare the handle
/// before use. After a native caller has made an object, its slot.
inline constinit std::atomic<slot_head*> slot_hint{nullptr};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
