// SPDX-License-Identifier: MIT
// A slot: the place of one object of a handle table, and of the next ones after it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/access.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot_state.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

struct slot_head;

/// What an object has that is part of another one, or of what that one owns, its parent. The parent
/// lives as long, and its lock is that of all its parts.
struct reference_head {
    slot_head* parent;          ///< No reference itself.
    const void* parent_handle;  ///< It is kept (loan.hpp).
    std::atomic<bool> is_const;
};

/// The part of a listed class's table that does not depend on its types. A class may have several
/// tables: for objects in place, behind pointers, and for parts of others.
struct listed_kind {
    void* (*object)(slot_head& slot) noexcept;  ///< Where it is, as the class itself.
    /// Of the table of parts of others; else NULL.
    reference_head* (*reference)(slot_head& slot) noexcept;
    /// Of the table of objects behind pointers: the one that shares the object, if any; else NULL.
    std::shared_ptr<void> (*shared)(slot_head& slot);
    clib_python_type* python;  ///< Each class has one.
    /// Of the table of objects that a function of the caller's has while it is called.
    bool is_lent = false;
    bool is_const = false;  ///< C++ calls them const.
};

/// The part of a handle table that does not depend on its types.
struct handle_kind {
    const char* type_name;    ///< As the author calls it in errors.
    const char* type_symbol;  ///< As the compiler does, and with it the description.
    access mode;
    /// Destroys the object in a slot that nobody uses any more, and gives the slot back.
    void (*destroy)(const handle_kind& kind, slot_head& slot) noexcept;
    /// Of a class that is listed as it is; else NULL.
    const listed_kind* listed = nullptr;
    /// The free slots that native callers have had, for native callers.
    mutable std::atomic<slot_head*> native_free{nullptr};
};

/// Who keeps an object (loan.hpp), and whether it has no other owner.
struct keeping_bits {
    static constexpr std::uint8_t is_kept = 1;  ///< Or was.
    static constexpr std::uint8_t is_abandoned = 2;
};

/// What every slot begins with, whatever it is for.
struct slot_head {
    [[no_unique_address]] slot_state state;
    bool is_native = false;  ///< A native caller has taken it, and it goes back to such ones.
    std::atomic<std::uint8_t> keeping{0};  ///< keeping_bits of the object that is here.
    std::uint32_t objects = 0;             ///< How many it has had.
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

    void add_to_keeping(std::uint8_t bits) noexcept {
        std::uint8_t seen = keeping.load(std::memory_order_relaxed);
        while (!keeping.compare_exchange_weak(seen, static_cast<std::uint8_t>(seen | bits),
                                              std::memory_order_seq_cst,
                                              std::memory_order_relaxed)) {}
    }
    /// Whether the object lives on when its handle is freed, until nobody keeps it any more.
    bool is_kept() const noexcept {
        return (keeping.load(std::memory_order_seq_cst) & keeping_bits::is_kept) != 0;
    }
    /// Whether that has happened.
    bool is_abandoned() const noexcept {
        return (keeping.load(std::memory_order_seq_cst) & keeping_bits::is_abandoned) != 0;
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
/// The same of another object that the function takes. If it has no `self`, slot_hint is the first.
inline constinit std::atomic<slot_head*> argument_hint{nullptr};

/// Returns: The slot of a handle, if this is a native caller that knows it; else NULL.
[[gnu::always_inline]] inline slot_head* hinted_slot(const void* handle) noexcept {
    if (handle == nullptr || !is_native_caller()) { return nullptr; }  // an object that is closed
    slot_head* slot = argument_hint.load(std::memory_order_relaxed);
    if (slot == nullptr || !slot->is_at(handle)) {
        slot = slot_hint.load(std::memory_order_relaxed);
        if (slot == nullptr || !slot->is_at(handle)) { return nullptr; }
    }
    return slot;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
