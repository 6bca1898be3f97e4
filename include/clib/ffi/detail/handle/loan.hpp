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
