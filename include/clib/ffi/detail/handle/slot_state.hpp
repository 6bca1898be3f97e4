// Who may use the object in a slot of a handle table, all in one atomic word: whether there is an
// object, which one, how many calls are using it, and whether it is to die with the last of them.
//
// An object that was made by a native caller (interpreter_lock.hpp) is reserved for such callers:
// together they have one use of it in the word, from the beginning, and with exclusive access that
// use is the one that holds it. Among themselves the interpreter's lock keeps them in order, so
// they count their uses in a plain number, without a locked instruction; and the one who closes an
// object that only they have used, replaces the word without one. Who else wants the object for
// itself, or closes it, claims it first, and then takes the reservation away, both for good; the
// share ends with the last use by a native caller. Either side first writes, and then reads what
// the other has written: native callers with a barrier for the compiler alone, who claims with one
// for the whole process.
#pragma once

#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/process_barrier.hpp>

#include <atomic>
#include <cstdint>
#include <thread>

#if __has_include(<pthread.h>)
#include <pthread.h>
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

enum class access {
    exclusive,   ///< One call at a time on one object; others wait. Right for any class.
    concurrent,  ///< Any number of calls at once, for a class that is thread-safe itself.
};

namespace detail {

/// How often this process has been forked off, above a 1 in the lower half. A thread that was using
/// an object exclusively while another one forked does not exist in the child, and must not be
/// waited for there. (Should there be no memory to register the handler, a child waits for such a
/// thread; nothing else is lost.)
inline constinit std::atomic<std::uint32_t> fork_stamp{1};

#if __has_include(<pthread.h>)
inline const int fork_handler_status = pthread_atfork(nullptr, nullptr, [] {
    fork_stamp.fetch_add(1U << 16, std::memory_order_relaxed);
    // Of a thread that is not there any more, and whose address a new one may get.
    if (!is_native_caller()) { native_caller.store(nullptr, std::memory_order_relaxed); }
});
#endif

enum class entry {
    granted,
    stale,
    stale_and_last,  ///< Closed meanwhile, and the caller has to destroy the object now.
    held_by_this_thread,
    held_before_fork,
    too_many_users
};

class slot_state {
public:
    /// Effects: Makes the slot usable under its generation, reserved for native callers if it is
    /// one that does so. Requires: It is not in use.
    void open(access mode, bool is_native) noexcept {
        const std::uint64_t retired = word_.load(std::memory_order_relaxed);
        if (is_native && has_process_barrier) {
            native_uses_.store(0, std::memory_order_release);  // after the retiring
            is_claimed_.store(false, std::memory_order_relaxed);
            share_has_ended_.store(false, std::memory_order_relaxed);
            word_.store(retired | reserved_flags(mode), std::memory_order_release);
        } else {
            share_has_ended_.store(true, std::memory_order_relaxed);
            word_.store(retired | live, std::memory_order_release);
        }
    }
    /// Effects: Ends the use of the slot, and the next open() is to be under `next_generation`.
    /// Requires: leave() or close() has told the caller to destroy the object.
    void retire(std::uint32_t next_generation) noexcept {
        word_.store(shifted(next_generation), std::memory_order_release);
    }

    std::uint32_t generation() const noexcept {
        return static_cast<std::uint32_t>(word_.load(std::memory_order_relaxed) >>
                                          generation_shift);
    }
    bool is_open() const noexcept {
        return (word_.load(std::memory_order_relaxed) & (live | closing)) == live;
    }

    /// Begins a use of the object. Exclusive access waits for its turn.
    // Not inline: it is long, and its locked instruction costs more than a call.
    [[gnu::noinline]] entry enter(std::uint32_t generation, access mode) noexcept {
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            if (!is_open_as(seen, generation)) [[unlikely]] { return entry::stale; }
            if ((seen & users) >= most_users) [[unlikely]] { return entry::too_many_users; }
            std::uint64_t wanted = seen + 1;
            if (mode == access::exclusive) {
                if ((seen & held) != 0) [[unlikely]] {
                    const entry turn = wait_for_turn(seen);
                    if (turn != entry::granted) { return turn; }
                    continue;
                }
                wanted = (wanted & ~forks) | held | current_forks();
            }
            if (word_.compare_exchange_weak(seen, wanted, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
                break;
            }
        }
        if (mode == access::exclusive) { holder_.store(this_thread(), std::memory_order_relaxed); }
        return entry::granted;
    }

    /// The quick way. Requires: This is a native caller, which has seen since it is one that the
    /// object it means is in this slot, or was the last that was.
    /// Returns: Whether the use has begun; if not, end_revoked_share() and enter() have to be
    /// tried.
    bool enter_by_reservation(access mode) noexcept {
        constexpr std::uint64_t flags = live | closing | reserved;
        if ((word_.load(std::memory_order_relaxed) & flags) != (live | reserved)) [[unlikely]] {
            return false;
        }
        const std::uint32_t uses = native_uses_.load(std::memory_order_relaxed);
        if (mode == access::exclusive) {
            if (uses != 0) [[unlikely]] { return false; }  // wait_for_turn() finds out why
            native_uses_.store(fork_stamp.load(std::memory_order_relaxed),
                               std::memory_order_relaxed);
        } else {
            native_uses_.store(uses + 1, std::memory_order_relaxed);
        }
        std::atomic_signal_fence(std::memory_order_seq_cst);  // see process_barrier()
        if (is_claimed_.load(std::memory_order_relaxed)) [[unlikely]] {
            native_uses_.store(uses, std::memory_order_release);
            return false;
        }
        if (mode == access::exclusive) { holder_.store(this_thread(), std::memory_order_relaxed); }
        return true;
    }

    /// Ends a use that was begun so. Requires: This thread is the one that began it.
    /// Returns: Whether that was all; if not, end_revoked_share() has to follow.
    [[nodiscard]] bool leave_by_reservation(access mode) noexcept {
        if (mode == access::exclusive) { holder_.store(nullptr, std::memory_order_relaxed); }
        const std::uint32_t left =
            mode == access::exclusive ? 0 : native_uses_.load(std::memory_order_relaxed) - 1;
        native_uses_.store(left, std::memory_order_release);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // see process_barrier()
        return !is_claimed_.load(std::memory_order_relaxed);
    }

    /// Effects: Ends the share that all native callers have, if the object is not reserved any more
    /// and none of them uses it. Requires: This is a native caller, and enter_by_reservation() may
    /// be called.
    /// Returns: Whether the caller has to destroy the object now.
    [[nodiscard, gnu::cold, gnu::noinline]] bool end_revoked_share(access mode) noexcept {
        // Not only read: who takes the reservation away after that, sees the end of the last use.
        const std::uint64_t word = word_.fetch_add(0, std::memory_order_acq_rel);
        return (word & reserved) == 0 && end_share(mode);
    }

    /// Ends a use that was granted. Returns: Whether the caller has to destroy the object now.
    [[nodiscard, gnu::noinline]] bool leave(access mode) noexcept {
        std::uint64_t old = 0;
        if (mode == access::exclusive) {
            holder_.store(nullptr, std::memory_order_relaxed);
            old = word_.fetch_sub(held + 1, std::memory_order_acq_rel);
            if ((old & awaited) != 0) [[unlikely]] { wake_waiters(); }
        } else {
            old = word_.fetch_sub(1, std::memory_order_acq_rel);
        }
        return (old & (closing | users)) == (closing | 1);
    }

    /// Lets nobody enter any more.
    /// Returns: stale if the object was closed before; else granted, and `destroy` tells whether
    /// the caller has to destroy it now, nobody using it.
    [[gnu::noinline]] entry close(std::uint32_t generation, access mode, bool is_native,
                                  bool& destroy) noexcept {
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        // Most objects of native callers that have concurrent access end here, at the cost of one
        // locked instruction.
        if (seen == reserved_word(generation, mode) && is_native &&
            native_uses_.load(std::memory_order_relaxed) == 0 &&
            word_.compare_exchange_strong(seen, shifted(generation) | live | closing,
                                          std::memory_order_acq_rel, std::memory_order_relaxed)) {
            share_has_ended_.store(true, std::memory_order_relaxed);
            destroy = true;
            return entry::granted;
        }
        std::uint64_t wanted = 0;
        do {
            if (!is_open_as(seen, generation)) { return entry::stale; }
            wanted = seen | closing;
            if ((seen & reserved) != 0) {
                claim(generation, mode);
                wanted = (wanted & ~reserved) + 1;
            }
        } while (!word_.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel,
                                              std::memory_order_relaxed));
        destroy = (seen & reserved) != 0 ? end_reservation(mode) : (seen & users) == 0;
        return entry::granted;
    }

    /// The quick way for native callers, without a locked instruction. Requires: What
    /// enter_by_reservation() requires; access is exclusive.
    /// Returns: Whether the object was nobody's and is nobody's any more, and the slot is retired:
    /// the caller has to destroy the object. If not, end_revoked_share() and close() have to be
    /// tried.
    bool close_by_reservation(std::uint32_t next_generation) noexcept {
        const std::uint64_t seen = word_.load(std::memory_order_relaxed);
        constexpr std::uint64_t below = (std::uint64_t{1} << generation_shift) - 1;
        if ((seen & below) != reserved_flags(access::exclusive) ||
            native_uses_.load(std::memory_order_relaxed) != 0) {
            return false;
        }
        native_uses_.store(closing_use(), std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // see process_barrier()
        if (is_claimed_.load(std::memory_order_relaxed)) [[unlikely]] {
            native_uses_.store(0, std::memory_order_release);
            return false;
        }
        retire(next_generation);  // who claims the object from now on, waits for that
        return true;
    }

private:
    // [ generation 26 | forks 16 | live | closing | held | awaited | reserved | users 17 ]
    static constexpr std::uint64_t users = (1U << 17) - 1;
    static constexpr std::uint64_t most_users = users - 2;  // and two that end a reservation
    static constexpr std::uint64_t reserved = 1U << 17;
    static constexpr std::uint64_t awaited = 1U << 18;
    static constexpr std::uint64_t held = 1U << 19;
    static constexpr std::uint64_t closing = 1U << 20;
    static constexpr std::uint64_t live = 1U << 21;
    static constexpr int forks_shift = 22;
    static constexpr std::uint64_t forks = std::uint64_t{0xFFFF} << forks_shift;
    static constexpr int generation_shift = 38;

    static constexpr std::uint64_t shifted(std::uint32_t generation) noexcept {
        return std::uint64_t{generation} << generation_shift;
    }
    /// What open() stores for a native caller, and what is there while no other has come.
    static constexpr std::uint64_t reserved_word(std::uint32_t generation, access mode) noexcept {
        return shifted(generation) | reserved_flags(mode);
    }
    static constexpr std::uint64_t reserved_flags(access mode) noexcept {
        return live | reserved | (mode == access::exclusive ? held : 0) | 1;
    }
    static constexpr bool is_open_as(std::uint64_t word, std::uint32_t generation) noexcept {
        return (word & (live | closing)) == live && word >> generation_shift == generation;
    }
    static std::uint64_t current_forks() noexcept {
        return std::uint64_t{fork_stamp.load(std::memory_order_relaxed) >> 16} << forks_shift;
    }

    /// Ends the share that all native callers have, if it is not in use.
    /// Requires: The object is not reserved any more.
    /// Returns: Whether the caller has to destroy the object now.
    [[gnu::cold, gnu::noinline]] bool end_share(access mode) noexcept {
        if (native_uses_.load(std::memory_order_acquire) != 0 ||
            share_has_ended_.exchange(true, std::memory_order_acq_rel)) {
            return false;
        }
        return leave(mode);
    }

    /// Effects: When it returns, no native caller begins another use of this generation's object by
    /// reservation, nor closes it so; what they do besides is to be seen in native_uses_, and what
    /// they have done, in the word.
    [[gnu::cold, gnu::noinline]] void claim(std::uint32_t generation, access mode) noexcept {
        static_cast<void>(word_.load(std::memory_order_acquire));  // after open()
        is_claimed_.store(true, std::memory_order_relaxed);
        if (is_native_caller()) { return; }
        process_barrier();
        if (mode == access::exclusive) {
            while (native_uses_.load(std::memory_order_acquire) == closing_use() &&
                   this->generation() == generation) {
                std::this_thread::yield();
            }
        }
    }
    /// What native_uses_ is during close_by_reservation(); with exclusive access, never else.
    static std::uint32_t closing_use() noexcept {
        return fork_stamp.load(std::memory_order_relaxed) + 1;
    }

    /// What follows when a thread has claimed the object, taken the reservation away, and in the
    /// same step counted itself as a user, so that the slot stays this object's meanwhile.
    /// Returns: Whether the caller has to destroy the object now.
    [[gnu::cold, gnu::noinline]] bool end_reservation(access mode) noexcept {
        static_cast<void>(end_share(mode));  // not the last to leave: this thread is there
        if (mode == access::exclusive) {
            const std::uint32_t use = native_uses_.load(std::memory_order_relaxed);
            const std::uint64_t forks_then = std::uint64_t{use >> 16} << forks_shift;
            if (use != 0 && forks_then != current_forks()) {
                word_.fetch_xor(forks_then ^ current_forks(), std::memory_order_relaxed);
            }
        }
        return (word_.fetch_sub(1, std::memory_order_acq_rel) & (closing | users)) == (closing | 1);
    }

    [[gnu::cold, gnu::noinline]] entry wait_for_turn(std::uint64_t& seen) noexcept {
        // Only this thread stores its own address, and it takes it back before it lets go.
        if (holder_.load(std::memory_order_relaxed) == this_thread()) {
            return entry::held_by_this_thread;
        }
        if ((seen & reserved) != 0) {
            claim(static_cast<std::uint32_t>(seen >> generation_shift), access::exclusive);
            const std::uint64_t wanted = ((seen & ~(reserved | forks)) | current_forks()) + 1;
            if (word_.compare_exchange_strong(seen, wanted, std::memory_order_acq_rel)) {
                if (end_reservation(access::exclusive)) { return entry::stale_and_last; }
                seen = word_.load(std::memory_order_relaxed);
            }
            return entry::granted;
        }
        if ((seen & forks) != current_forks()) { return entry::held_before_fork; }
        const std::uint64_t marked = seen | awaited;
        if (seen == marked ||
            word_.compare_exchange_weak(seen, marked, std::memory_order_relaxed)) {
            const interpreter_lock_pause pause;  // who is using the object may need the lock
            word_.wait(marked, std::memory_order_relaxed);
        }
        seen = word_.load(std::memory_order_relaxed);
        return entry::granted;
    }

    // The slot may be another object's by now: its waiters wake too, see that, and wait again.
    [[gnu::cold, gnu::noinline]] void wake_waiters() noexcept {
        word_.fetch_and(~awaited, std::memory_order_relaxed);
        word_.notify_all();
    }

    std::atomic<std::uint64_t> word_{0};
    std::atomic<const void*> holder_{nullptr};  // of exclusive access
    // Of a reserved object; with exclusive access, fork_stamp as it was at the beginning of the one
    // that there is.
    std::atomic<std::uint32_t> native_uses_{0};
    std::atomic<bool> share_has_ended_{true};
    std::atomic<bool> is_claimed_{false};  // of a reserved object, too
};

}  // namespace detail
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
