// SPDX-License-Identifier: MIT
// Who may use the object in a slot of a handle table. The word of slot_word.hpp, whose picture
// shows the states, says it all; what stands beside it helps its one user, or is for native
// callers.
#pragma once

#include <clib/ffi/access.hpp>
#include <clib/ffi/detail/handle/native_interpreter.hpp>
#include <clib/ffi/detail/handle/slot_word.hpp>
#include <clib/ffi/detail/handle/turn.hpp>

#include <atomic>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

class slot_state : slot_word {
    using slot_word::is_open_as;
    using slot_word::is_reserved;

public:
    /// Effects: Makes the slot usable under its generation. A reserved object is for a native
    /// caller with a native interpreter. Requires: It is not in use.
    void open(bool is_reserved) noexcept {
        const std::uint64_t retired = word_.load(std::memory_order_relaxed);
        word_.store(retired | live | (is_reserved ? 0 : shared), std::memory_order_release);
    }
    /// Effects: Ends the use of the slot, and the next open() is to be under `next_generation`.
    /// Requires: leave() or close() has told the caller to destroy the object.
    void retire(std::uint32_t next_generation) noexcept {
        use_.store(0, std::memory_order_relaxed);
        word_.store(shifted(next_generation), std::memory_order_release);
    }

    std::uint32_t generation() const noexcept {
        return static_cast<std::uint32_t>(word_.load(std::memory_order_relaxed) >>
                                          generation_shift);
    }
    bool is_open() const noexcept {
        return (word_.load(std::memory_order_relaxed) & (live | closing)) == live;
    }
    bool is_open_as(std::uint32_t generation) const noexcept {
        return is_open_as(word_.load(std::memory_order_relaxed), generation);
    }
    bool is_reserved() const noexcept { return is_reserved(word_.load(std::memory_order_relaxed)); }
    bool is_lent() const noexcept { return (word_.load(std::memory_order_relaxed) & loans) != 0; }

    // --- The quick ways, for native callers, without a locked instruction. Each returns whether
    // that was all; if not, nothing has happened, and the way below has to be taken. Inline in
    // every function that uses an object, whatever else the library has. ---

    /// Requires: This is a native caller, which has seen in this very call that the object it means
    /// is in this slot, or was the last that was.
    [[gnu::always_inline]] bool enter_reserved(access mode) noexcept {
        if (!is_reserved(word_.load(std::memory_order_relaxed))) [[unlikely]] { return false; }
        const std::uint64_t use = use_.load(std::memory_order_relaxed);
        if (mode == access::exclusive) {
            if (use != 0) [[unlikely]] { return false; }
            use_.store(native_stamp.load(std::memory_order_relaxed), std::memory_order_relaxed);
            holder_.store(this_thread(), std::memory_order_relaxed);
        } else {
            if (use == most_users) [[unlikely]] { return false; }
            use_.store(use + 1, std::memory_order_relaxed);
        }
        return true;
    }
    /// Requires: This thread has entered, and if it did so by enter_reserved(), is in the same
    /// native call.
    [[nodiscard, gnu::always_inline]] bool leave_reserved(access mode) noexcept {
        if ((word_.load(std::memory_order_relaxed) & (shared | again)) != 0) [[unlikely]] {
            return false;
        }
        if (mode == access::exclusive) {
            holder_.store(nullptr, std::memory_order_relaxed);
            use_.store(0, std::memory_order_relaxed);
        } else {
            use_.store(use_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
        }
        return true;
    }
    /// Effects: Retires the slot as well, to `next_generation()`. The caller has to destroy the
    /// object. Requires: What enter_reserved() requires.
    template <class Generation>
    bool close_reserved(Generation next_generation) noexcept {
        constexpr std::uint64_t below = (std::uint64_t{1} << generation_shift) - 1;
        if ((word_.load(std::memory_order_relaxed) & below) != live ||
            use_.load(std::memory_order_relaxed) != 0) {
            return false;
        }
        word_.store(shifted(next_generation()), std::memory_order_release);
        return true;
    }

    // --- The ways for everybody ---

    /// Begins a use of the object. Exclusive access waits for its turn, unless the object is in use
    /// by this very call: then the call uses it once more.
    // Not inline: it is long, and its locked instruction costs more than a call.
    [[gnu::noinline]] entry enter(std::uint32_t generation, access mode) noexcept {
        const bool is_native = is_native_caller();
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            if (!is_open_as(seen, generation)) [[unlikely]] { return entry::stale; }
            if (is_reserved(seen)) {
                if (is_native) {
                    if (enter_reserved(mode)) { return entry::granted; }
                    if (is_held_by_this_thread(mode)) { return enter_again(seen); }
                }
                revoke(generation, mode);
            } else if (mode == access::exclusive && (seen & held) != 0) {
                if (is_held_by_this_thread(mode)) { return enter_again(seen); }
                const entry turn = wait_for_turn(word_, seen, holder_);
                if (turn != entry::granted) { return turn; }
            } else if (mode == access::concurrent && (seen & uses) == most_users) {
                return entry::too_many_users;
            } else {
                const std::uint64_t wanted =
                    mode == access::exclusive ? ((seen & ~uses) | held_now()) : seen + 1;
                if (word_.compare_exchange_weak(seen, wanted, std::memory_order_acquire,
                                                std::memory_order_relaxed)) {
                    break;
                }
                continue;
            }
            seen = word_.load(std::memory_order_relaxed);
        }
        if (mode == access::exclusive) {
            use_.store((is_native ? native_stamp : ordinary_stamp).load(std::memory_order_relaxed),
                       std::memory_order_relaxed);
            holder_.store(this_thread(), std::memory_order_relaxed);
        }
        return entry::granted;
    }

    /// Ends a use that was granted, where leave_reserved() did not.
    /// Returns: Whether the caller has to destroy the object now.
    [[nodiscard, gnu::noinline]] bool leave(access mode) noexcept {
        if (mode == access::concurrent) {
            const std::uint64_t old = word_.fetch_sub(1, std::memory_order_acq_rel);
            return (old & (closing | uses)) == (closing | 1);
        }
        if (again_.load(std::memory_order_relaxed) != 0) {
            leave_again();
            return false;
        }
        holder_.store(nullptr, std::memory_order_relaxed);
        const std::uint64_t old = word_.fetch_sub(held, std::memory_order_acq_rel);
        if ((old & awaited) != 0) [[unlikely]] { wake_waiters(word_); }
        return (old & closing) != 0;
    }

    /// Lets nobody enter any more. Who `ignores_loans` has made sure that the lent addresses, if
    /// any, are not in use.
    /// Returns: granted, and `destroy` tells whether the caller has to destroy the object now,
    /// nobody using it; else stale or lent.
    [[gnu::noinline]] entry close(std::uint32_t generation, access mode, bool ignores_loans,
                                  bool& destroy) noexcept {
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            if (!is_open_as(seen, generation)) { return entry::stale; }
            if (is_reserved(seen)) {
                revoke(generation, mode);
                seen = word_.load(std::memory_order_relaxed);
                continue;
            }
            if ((seen & loans) != 0 && !ignores_loans) { return entry::lent; }
            if (word_.compare_exchange_weak(seen, seen | closing, std::memory_order_acq_rel,
                                            std::memory_order_relaxed)) {
                break;
            }
        }
        destroy = (seen & (mode == access::exclusive ? held : uses)) == 0;
        return entry::granted;
    }

    /// Counts one more lent address.
    [[gnu::noinline]] entry lend(std::uint32_t generation, access mode) noexcept {
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            if (!is_open_as(seen, generation)) { return entry::stale; }
            if ((seen & loans) == loans) { return entry::too_many_users; }
            if (replace(seen, seen + one_loan, generation, mode)) { return entry::granted; }
        }
    }
    /// Counts one lent address less. Returns: stale if none is lent, too.
    [[gnu::noinline]] entry give_back(std::uint32_t generation, access mode) noexcept {
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            if (!is_open_as(seen, generation) || (seen & loans) == 0) { return entry::stale; }
            if (replace(seen, seen - one_loan, generation, mode)) { return entry::granted; }
        }
    }

    /// Effects: If the object is reserved, it is an ordinary one from now on.
    [[gnu::cold, gnu::noinline]] void revoke(std::uint32_t generation, access mode) noexcept {
        const native_interpreter_lock lock;
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        while (is_open_as(seen, generation) && is_reserved(seen)) {
            const std::uint64_t use = use_.load(std::memory_order_relaxed);
            std::uint64_t wanted = seen | shared;
            if (use != 0) {
                wanted |= mode == access::exclusive ? held | use >> stamp_bits::forks_shift : use;
            }
            // Not only stored: when the interpreter has ended, there is no lock.
            if (word_.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel,
                                            std::memory_order_relaxed)) {
                break;
            }
        }
    }

    /// Effects: What this thread calls back may use the object, which this thread uses: it is an
    /// argument. Returns: What ends that; 0 if this thread does not use it.
    std::uint64_t permit_callbacks(access mode) noexcept {
        if (!is_held_by_this_thread(mode)) { return 0; }
        const std::uint64_t use = use_.load(std::memory_order_relaxed);
        constexpr std::uint64_t no_callback_is_later =
            stamp_bits::one_fork - 1 - stamp_bits::ordinary;
        use_.store(use | no_callback_is_later, std::memory_order_relaxed);
        return use;
    }
    void end_permission(std::uint64_t use) noexcept { use_.store(use, std::memory_order_relaxed); }

private:
    // A thread stores only its own address, and takes it back before it lets go.
    bool is_held_by_this_thread(access mode) const noexcept {
        return mode == access::exclusive &&
               holder_.load(std::memory_order_relaxed) == this_thread();
    }

    /// Requires: This thread is the holder.
    [[gnu::noinline]] entry enter_again(std::uint64_t seen) noexcept {
        if (!innermost_callback.is_before_use(use_.load(std::memory_order_relaxed))) {
            return entry::held_by_this_thread;
        }
        const std::uint16_t times = again_.load(std::memory_order_relaxed);
        if (times == UINT16_MAX) { return entry::too_many_users; }
        again_.store(static_cast<std::uint16_t>(times + 1), std::memory_order_relaxed);
        if (is_reserved(seen)) { word_.store(seen | again, std::memory_order_relaxed); }
        return entry::granted;
    }
    [[gnu::noinline]] void leave_again() noexcept {
        const auto times = static_cast<std::uint16_t>(again_.load(std::memory_order_relaxed) - 1);
        again_.store(times, std::memory_order_relaxed);
        const std::uint64_t seen = word_.load(std::memory_order_relaxed);
        if (times == 0 && is_reserved(seen)) {
            word_.store(seen & ~again, std::memory_order_relaxed);
        }
    }

    /// Replaces the word of an open object by one with another number of loans.
    /// Returns: Whether it was `seen`, which is what it is now.
    bool replace(std::uint64_t& seen, std::uint64_t wanted, std::uint32_t generation,
                 access mode) noexcept {
        if (!is_reserved(seen)) {
            return word_.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel,
                                               std::memory_order_relaxed);
        }
        if (is_native_caller()) {
            word_.store(wanted, std::memory_order_relaxed);
            return true;
        }
        revoke(generation, mode);
        seen = word_.load(std::memory_order_relaxed);
        return false;
    }

    std::atomic<std::uint64_t> word_{0};
    /// The thread that uses an object with exclusive access, or NULL.
    std::atomic<const void*> holder_{nullptr};
    /// With exclusive access: when its user's first use began (call_stamp.hpp); a reserved object's
    /// is 0 between uses. With concurrent access: how many native callers use a reserved object.
    std::atomic<std::uint64_t> use_{0};
    /// How often its user uses the object besides the first time. With exclusive access.
    std::atomic<std::uint16_t> again_{0};
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
