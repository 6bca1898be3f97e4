// SPDX-License-Identifier: MIT
// The handles among the C values of a call, for what is done with all of them before it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/joint_use.hpp>
#include <clib/ffi/kind.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
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

/// The C value as an address, if it is one.
template <class C>
constexpr const void* address_in_value([[maybe_unused]] C value) noexcept {
    if constexpr (std::is_convertible_v<C, const void*>) {
        return value;
    } else {
        return nullptr;
    }
}

/// Returns: The handles among the C values of a call.
template <class... K, class... C>
constexpr auto handles_in(type_list<K...> kinds, C... values) noexcept {
    constexpr auto offsets = value_offsets(type_list<K...>{});
    constexpr bool are_handles[]{kind<K>::is_handle...};
    const void* const addresses[]{address_in_value(values)...};
    std::array<const void*, handle_count(kinds)> handles{};
    std::size_t size = 0;
    for (std::size_t i = 0; i < sizeof...(K); ++i) {
        if (are_handles[i]) { handles[size++] = addresses[offsets[i]]; }
    }
    return handles;
}

/// Keeps two calls with the same objects in another order from waiting for each other. Does nothing
/// for a call that takes one object.
template <class Kinds>
class joint_call {
    static constexpr std::size_t count = handle_count(Kinds{});

public:
    /// A call that keeps the interpreter's lock never waits for objects that belong to that lock.
    template <class... C>
    [[gnu::always_inline]] explicit joint_call([[maybe_unused]] bool keeps_lock,
                                               [[maybe_unused]] C... values) noexcept {
        if constexpr (count > 1) {
            const std::array<const void*, count> handles = handles_in(Kinds{}, values...);
            if (!keeps_lock || !are_reserved(handles)) { use_.emplace(handles); }
        }
    }

private:
    /// Requires: This is a native caller.
    static bool are_reserved(const std::array<const void*, count>& handles) noexcept {
        const std::atomic<slot_head*>* hint = &slot_hint;
        for (const void* const handle : handles) {
            const slot_head* slot = hint->load(std::memory_order_relaxed);
            if (slot == nullptr || !slot->is_at(handle)) { slot = find_slot(handle); }
            if (slot != nullptr && !slot->state.is_reserved()) { return false; }
            hint = &argument_hint;
        }
        return true;
    }

    struct nothing {};
    std::conditional_t<(count > 1), std::optional<joint_use<count>>, nothing> use_;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
