// SPDX-License-Identifier: MIT
// All objects that one call takes, in use together. Two calls that take the same objects in
// different order would wait for each other, if each began with its own first: so the uses begin in
// one order for all calls, that of the slots' addresses, before the function's body runs. What the
// body's own at() begins then, it uses already, and does not wait. A part of another object is used
// with the lock of that one.
#pragma once

#include <clib/ffi/access.hpp>
#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Uses the objects for its lifetime, as far as they have exclusive access. The same one may come
/// more than once. A handle that is not live, or whose object cannot be waited for, is left out:
/// the body's at() says why, with the name of the parameter.
template <std::size_t Count>
class joint_use {
public:
    explicit joint_use(const std::array<const void*, Count>& handles) noexcept {
        for (const void* const handle : handles) { insert(handle); }
        for (std::size_t i = 0; i < size_; ++i) {
            member& each = members_[i];
            if (each.slot->state.enter(each.generation, access::exclusive) != entry::granted) {
                each.slot = nullptr;
            }
        }
    }
    ~joint_use() {
        while (size_ > 0) {
            slot_head* const slot = members_[--size_].slot;
            if (slot != nullptr) { slot->leave(); }
        }
        while (part_count_ > 0) { parts_[--part_count_]->leave(); }
    }
    joint_use(const joint_use&) = delete;
    joint_use& operator=(const joint_use&) = delete;

private:
    struct member {
        slot_head* slot;
        std::uint32_t generation;
    };

    void insert(const void* handle) noexcept {
        slot_head* slot = find_slot(handle);
        if (slot == nullptr) { return; }
        if (slot->kind->listed != nullptr && slot->kind->listed->reference != nullptr) {
            if (slot->state.enter(handle_bits::of(handle).generation, slot->kind->mode) !=
                entry::granted) {
                return;
            }
            parts_[part_count_++] = slot;  // while it is in use, its parent is the same
            const reference_head& part = *slot->kind->listed->reference(*slot);
            slot = part.parent;
            handle = part.parent_handle;
        }
        if (slot->kind->mode != access::exclusive) { return; }
        std::size_t at = size_;
        while (at > 0 && std::less<>{}(slot, members_[at - 1].slot)) { --at; }
        for (std::size_t i = size_; i > at; --i) { members_[i] = members_[i - 1]; }
        members_[at] = {slot, handle_bits::of(handle).generation};
        ++size_;
    }

    std::array<member, Count> members_;  // those from size_ on are not there
    std::size_t size_ = 0;
    std::array<slot_head*, Count> parts_;  // those from part_count_ on are not there
    std::size_t part_count_ = 0;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
