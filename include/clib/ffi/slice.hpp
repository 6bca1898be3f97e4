// SPDX-License-Identifier: MIT
// A slice of Python's: x[start:stop:step].
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// The places in a sequence that a slice means: first, first + step, and so on. A range of them.
class slice_places {
public:
    class iterator {
    public:
        using value_type = std::size_t;
        using difference_type = std::ptrdiff_t;

        constexpr iterator() noexcept = default;
        constexpr iterator(const slice_places& places, std::size_t number) noexcept
            : places_{&places}, number_{number} {}

        constexpr std::size_t operator*() const noexcept { return (*places_)[number_]; }
        constexpr iterator& operator++() noexcept {
            ++number_;
            return *this;
        }
        constexpr iterator operator++(int) noexcept { return {*places_, number_++}; }
        constexpr bool operator==(const iterator&) const noexcept = default;

    private:
        const slice_places* places_ = nullptr;
        std::size_t number_ = 0;
    };

    constexpr slice_places(std::size_t first, std::int64_t step, std::size_t size) noexcept
        : first_{first}, step_{step}, size_{size} {}

    constexpr std::size_t size() const noexcept { return size_; }
    /// Requires: number < size(). Returns: A place below the length of the sequence.
    constexpr std::size_t operator[](std::size_t number) const noexcept {
        return first_ + number * static_cast<std::size_t>(step_);
    }
    constexpr std::int64_t step() const noexcept { return step_; }
    constexpr iterator begin() const noexcept { return {*this, 0}; }
    constexpr iterator end() const noexcept { return {*this, size_}; }

private:
    std::size_t first_;
    std::int64_t step_;
    std::size_t size_;
};

/// What is written between the brackets; a negative start or stop counts from the end. A parameter
/// of a listed function may be one:
///
///     std::vector<int> part(const row& self, slice which) {
///         std::vector<int> found;
///         for (const std::size_t place : which.of(self.size())) { found.push_back(self[place]); }
///         return found;
///     }
struct slice {
    std::int64_t start = 0;
    std::int64_t stop = std::numeric_limits<std::int64_t>::max();
    std::int64_t step = 1;  ///< Not 0.

    /// Returns: The places that it means in a sequence of this length; too large bounds are its
    /// ends.
    constexpr slice_places of(std::size_t length) const noexcept {
        const auto size = static_cast<std::int64_t>(length);
        // Where the last place is and none is before the first: one less, if it goes down.
        const std::int64_t least = step < 0 ? -1 : 0;
        const std::int64_t greatest = step < 0 ? size - 1 : size;
        const auto bound = [&](std::int64_t place) {
            return std::clamp(place < 0 ? place + size : place, least, greatest);
        };
        const std::int64_t first = bound(start);
        const std::int64_t end = bound(stop);
        const std::int64_t distance = step < 0 ? first - end : end - first;
        if (distance <= 0) { return {0, step, 0}; }
        // Of the smallest step, only an unsigned number has the size.
        const std::uint64_t width =
            step < 0 ? 0 - static_cast<std::uint64_t>(step) : static_cast<std::uint64_t>(step);
        return {static_cast<std::size_t>(first), step,
                static_cast<std::size_t>((static_cast<std::uint64_t>(distance) - 1) / width + 1)};
    }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
