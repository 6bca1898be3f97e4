// SPDX-License-Identifier: MIT
// An object whose insides can be lent: while an address into it is out, whatever would move or free
// what the address points to is refused, as Python's bytearray refuses to be resized while a
// memoryview of it exists.
#pragma once

#include <clib/ffi/status.hpp>

#include <concepts>
#include <cstdint>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// Thread safety: as T's; a handle_table with access::exclusive makes it safe.
template <class T>
class lendable {
public:
    template <class... Arguments>
        requires std::constructible_from<T, Arguments...>
    explicit lendable(Arguments&&... arguments) : object_(std::forward<Arguments>(arguments)...) {}

    /// For what leaves every lent address as it is.
    T& get() noexcept { return object_; }

    /// For what may move or free memory inside.
    /// Throws: error(status::busy) while an address is lent.
    T& movable() {
        if (pins_ > 0) {
            fail(status::busy, {"self is pinned: an address inside it is lent; unpin it first"});
        }
        return object_;
    }

    /// Effects: Counts one more lent address.
    T& pin() noexcept {
        ++pins_;
        return object_;
    }

    /// Effects: Counts one lent address less.
    /// Throws: error(status::invalid) if none is lent.
    void unpin() {
        if (pins_ == 0) {
            fail(status::invalid, {"self is not pinned; unpin it once for each pin"});
        }
        --pins_;
    }

private:
    T object_;
    std::int64_t pins_ = 0;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
