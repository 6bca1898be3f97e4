// SPDX-License-Identifier: MIT
// Addresses inside an object that are lent, counted by the table. While there are any, the object
// is not freed, and guard::movable() refuses whatever would move what they point to. A binding
// counts them, through the handle alone; an author does nothing for it.
#pragma once

#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot.hpp>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Counts one more lent address of the object, whichever table of this library it is of. To be
/// called before the function that returns the address, and to be undone by give_back() if that
/// fails: then nobody can free or move the object in between.
/// Returns: granted; stale if the handle is no live one; too_many_users if 65,535 are lent.
// In a native thunk both belong inside its native_call, or they make the object a shared one.
[[gnu::noinline]] inline entry lend(const void* handle) noexcept {
    slot_head* const slot = find_slot(handle);
    return slot != nullptr ? slot->state.lend(handle_bits::of(handle).generation, slot->kind->mode)
                           : entry::stale;
}

/// Counts one lent address less. Returns: Whether one was lent.
[[gnu::noinline]] inline bool give_back(const void* handle) noexcept {
    slot_head* const slot = find_slot(handle);
    return slot != nullptr && slot->state.give_back(handle_bits::of(handle).generation,
                                                    slot->kind->mode) == entry::granted;
}

/// Counts one more who needs the object to live: what is a part of it, or shares it. If its handle
/// is freed meanwhile, the object is abandoned, and lives on until the last of them lets go.
/// Returns: As lend() does.
[[gnu::noinline]] inline entry keep(const void* handle) noexcept {
    slot_head* const slot = find_slot(handle);
    if (slot == nullptr) { return entry::stale; }
    slot->add_to_keeping(keeping_bits::is_kept);
    return slot->state.lend(handle_bits::of(handle).generation, slot->kind->mode);
}

/// Ends what keep() has begun.
[[gnu::noinline]] inline void let_go(const void* handle) noexcept {
    slot_head* const slot = find_slot(handle);
    const std::uint32_t generation = handle_bits::of(handle).generation;
    if (slot == nullptr || slot->state.give_back(generation, slot->kind->mode) != entry::granted ||
        !slot->is_abandoned()) {
        return;
    }
    bool destroy_now = false;
    if (slot->state.close(generation, slot->kind->mode, false, destroy_now) == entry::granted &&
        destroy_now) {
        slot->kind->destroy(*slot->kind, *slot);
    }
}

/// What this thread's call returns to a binding that other threads do not wait for: one of them may
/// free the handle before the binding has it. So the call keeps it, and the binding lets go.
struct returned_handle {
    bool is_wanted = false;
    const void* handle = nullptr;  ///< It is kept.
};
inline constinit thread_local returned_handle kept_result{};

/// Effects: The handle that a binding has received has an owner, and is not kept for it any more.
inline void receive_handle(void* handle) noexcept {
    slot_head* const slot = find_slot(handle);
    if (slot == nullptr) { return; }
    slot->keeping.store(keeping_bits::is_kept, std::memory_order_seq_cst);
    let_go(handle);
}

/// Effects: If the object is abandoned, its handle has an owner again.
/// Returns: Whether the handle is that of a live object.
[[gnu::noinline]] inline bool take_over(const void* handle) noexcept {
    slot_head* const slot = find_slot(handle);
    if (slot == nullptr) { return false; }
    if (!slot->is_abandoned() && !kept_result.is_wanted) { return true; }
    if (keep(handle) != entry::granted) { return false; }  // nobody else closes it now
    if (kept_result.is_wanted) {
        kept_result = {false, handle};
    } else {
        receive_handle(const_cast<void*>(handle));
    }
    return true;
}

/// For a call that may return a handle which is known.
class returning_scope {
public:
    explicit returning_scope(bool is_wanted) noexcept { kept_result = {is_wanted, nullptr}; }
    ~returning_scope() { kept_result.is_wanted = false; }
    returning_scope(const returning_scope&) = delete;
    returning_scope& operator=(const returning_scope&) = delete;
};

/// A loan that is given back unless it is kept. A native thunk lends inside a native_call, its
/// Scope.
template <class Scope>
class loan {
public:
    explicit loan(const void* handle) noexcept {
        const Scope scope;
        outcome_ = lend(handle);
        handle_ = outcome_ == entry::granted ? handle : nullptr;
    }
    ~loan() {
        if (handle_ == nullptr) { return; }
        const Scope scope;
        give_back(handle_);
    }
    loan(const loan&) = delete;
    loan& operator=(const loan&) = delete;

    bool is_refused() const noexcept { return outcome_ == entry::too_many_users; }
    /// Effects: The loan lasts until somebody else gives it back.
    void keep() noexcept { handle_ = nullptr; }

private:
    entry outcome_;
    const void* handle_;
};

inline constexpr const char too_many_loans[] =
    "self is lent 65,535 times; release some of its views first";

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
