// SPDX-License-Identifier: MIT
// Which of many names are equal, computed at compile time. A comparison of each with each would go
// beyond what compilers compute for a module of a thousand functions.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A hash table of the places 0 to Count - 1.
template <std::size_t Count>
class name_table {
public:
    /// Effects: Adds a place; it takes the stead of an equal one.
    /// Returns: That one, or Count if there is none. is_equal(other) tells whether it is.
    template <class IsEqual>
    constexpr std::size_t add(std::size_t place, std::uint64_t hash, const IsEqual& is_equal) {
        auto at = static_cast<std::size_t>(hash % capacity);
        while (places_[at] != 0 && !is_equal(places_[at] - 1)) { at = (at + 1) % capacity; }
        const std::size_t found = places_[at] != 0 ? places_[at] - 1 : Count;
        places_[at] = place + 1;
        return found;
    }

private:
    static constexpr std::size_t capacity = std::bit_ceil(2 * Count + 1);
    std::array<std::size_t, capacity> places_{};  // each and 1; 0 where there is none
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
