// SPDX-License-Identifier: MIT
// Who may use the object in a slot of a handle table, all in one atomic word: whether there is an
// object, which one, how many calls are using it, and whether it is to die with the last of them.
//
//     63          38 37       22    21      20       19      18      17   16            0
//     [ generation ][ loans    ][ live ][ closing ][ shared ][ awaited ][ again ][ uses   ]
//
//     uses, concurrent access: how many calls use the object
//     uses, exclusive access:  [ held | forks ], whether one does, and since which fork (its last
//                              16 bits; of no meaning when not held)
//
//      retired --open()--> reserved ----revoke()----> shared ---close()---> closing
//         ^                 live=1                  live=1, shared=1      live, shared, closing=1
//         |                    |                        ^                      |
//         |              close_reserved()        open() by others              | the last leave()
//         +--------------------+-----------------------------------------------+
//
// An object that a native caller has made is reserved: all that is done to it is done with the
// interpreter's lock held (native_interpreter.hpp), so its word is only read and stored, and `uses`
// stays 0; its uses are in use_. Any other thread that needs the object first takes the lock and
// makes the object shared, for good: revoke(). Each step on a shared object is one locked
// instruction on the word.
//
// `loans` counts the addresses inside the object that are lent: while there are any, it does not
// close. `awaited` says that a thread sleeps until the object is free. `again` says of a reserved
// object that its user uses it more than once; it makes leave_reserved() take the long way. Of a
// shared object it means nothing.
#pragma once

#include <clib/ffi/detail/handle/call_stamp.hpp>

#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// What comes of a thread's wish to use, close or lend an object.
enum class entry {
    granted,
    stale,                ///< The object is closed, or there never was such a one.
    held_by_this_thread,  ///< By a call that has called back.
    held_before_fork,     ///< By a thread that this process does not have.
    held_in_a_circle,     ///< By a thread that waits for what this one uses.
    interrupted,          ///< By another thread, and a signal handler has ended the wait for it.
    too_many_users,
    lent
};

/// The bits of the word.
struct slot_word {
    static constexpr std::uint64_t uses = (1U << 17) - 1;
    static constexpr std::uint64_t most_users = uses;
    static constexpr std::uint64_t held = 1U << 16;
    static constexpr std::uint64_t forks = held - 1;
    static constexpr std::uint64_t again = 1U << 17;
    static constexpr std::uint64_t awaited = 1U << 18;
    static constexpr std::uint64_t shared = 1U << 19;
    static constexpr std::uint64_t closing = 1U << 20;
    static constexpr std::uint64_t live = 1U << 21;
    static constexpr std::uint64_t one_loan = 1U << 22;
    static constexpr std::uint64_t loans = 0xFFFF * one_loan;
    static constexpr int generation_shift = 38;

    static constexpr std::uint64_t shifted(std::uint32_t generation) noexcept {
        return std::uint64_t{generation} << generation_shift;
    }
    static constexpr bool is_open_as(std::uint64_t word, std::uint32_t generation) noexcept {
        return (word & (live | closing)) == live && word >> generation_shift == generation;
    }
    static constexpr bool is_reserved(std::uint64_t word) noexcept {
        return (word & (live | shared)) == live;
    }
    static std::uint64_t held_now() noexcept { return held | current_forks(); }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
