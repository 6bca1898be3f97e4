// SPDX-License-Identifier: MIT
// The handles among the C values of a call, for what is done with all of them before it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/joint_use.hpp>
#include <clib/ffi/kind.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Where the C values of each kind begin, and one number more: where they all end.
template <class... K>
constexpr auto value_offsets(type_list<K...>) {
    std::array<std::size_t, sizeof...(K) + 1> offsets{};
    std::size_t index = 0;
    ((offsets[index + 1] = offsets[index] + kind<K>::c_form::size, ++index), ...);
    return offsets;
}

template <class... K>
constexpr std::size_t handle_count(type_list<K...>) {
    return (std::size_t{kind<K>::is_handle} + ... + 0);
}

template <std::size_t Count, std::size_t At, class Values>
void add_handles(type_list<>, const Values&, std::array<const void*, Count>&,
                 std::size_t) noexcept {}
template <std::size_t Count, std::size_t At, class Values, class K, class... Rest>
void add_handles(type_list<K, Rest...>, const Values& values,
                 std::array<const void*, Count>& handles, std::size_t size) noexcept {
    if constexpr (kind<K>::is_handle) { handles[size++] = std::get<At>(values); }
    add_handles<Count, At + kind<K>::c_form::size>(type_list<Rest...>{}, values, handles, size);
}

/// Keeps two calls with the same objects in another order from waiting for each other. Does nothing
/// for a call that takes one object.
template <class Kinds>
class joint_call {
    static constexpr std::size_t count = handle_count(Kinds{});

public:
    /// A call that keeps the interpreter's lock never waits for objects that belong to that lock.
    template <class Values>
    joint_call([[maybe_unused]] const Values& values, [[maybe_unused]] bool keeps_lock) noexcept {
        if constexpr (count > 1) {
            std::array<const void*, count> handles{};
            add_handles<count, 0>(Kinds{}, values, handles, 0);
            if (!keeps_lock || !are_reserved(handles)) { use_.emplace(handles); }
        }
    }

private:
    static bool are_reserved(const std::array<const void*, count>& handles) noexcept {
        return std::all_of(handles.begin(), handles.end(), [](const void* handle) {
            const slot_head* const slot = find_slot(handle);
            return slot == nullptr || slot->state.is_reserved();
        });
    }

    struct nothing {};
    std::conditional_t<(count > 1), std::optional<joint_use<count>>, nothing> use_;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
