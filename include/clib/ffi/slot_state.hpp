// Who may use the object in a slot of a handle table, all in one atomic word: whether there is an
// object, which one, how many calls are using it, and whether it is to die with the last of them.
#pragma once

#include <clib/ffi/interpreter_lock.hpp>

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

/// How often this process has been forked off. A thread that was using an object exclusively while
/// another one forked does not exist in the child, and must not be waited for there. (Should there
/// be no memory to register the handler, a child waits for such a thread; nothing else is lost.)
inline constinit std::atomic<std::uint16_t> fork_count{0};

#if __has_include(<pthread.h>)
inline const int fork_handler_status =
    pthread_atfork(nullptr, nullptr, [] { fork_count.fetch_add(1, std::memory_order_relaxed); });
#endif

enum class entry { granted, stale, held_by_this_thread, held_before_fork, too_many_users };

class slot_state {
public:
    /// Effects: Makes the slot usable under `generation`. Requires: It is not in use.
    void open(std::uint32_t generation) noexcept {
        word_.store(shifted(generation) | live, std::memory_order_release);
    }
    /// Effects: Ends the use of the slot, and the next open() is to be under `next_generation`.
    /// Requires: leave() or close() has told the caller to destroy the object, which it has done.
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
    entry enter(std::uint32_t generation, access mode) noexcept {
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        for (;;) {
            if (!is_open_as(seen, generation)) [[unlikely]] { return entry::stale; }
            if ((seen & users) == users) [[unlikely]] { return entry::too_many_users; }
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
        if (mode == access::exclusive) {
            holder_.store(std::this_thread::get_id(), std::memory_order_relaxed);
        }
        return entry::granted;
    }

    /// Ends a use. Returns: Whether the caller has to destroy the object now.
    [[nodiscard]] bool leave(access mode) noexcept {
        std::uint64_t old = 0;
        if (mode == access::exclusive) {
            holder_.store({}, std::memory_order_relaxed);
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
    entry close(std::uint32_t generation, bool& destroy) noexcept {
        std::uint64_t seen = word_.load(std::memory_order_relaxed);
        do {
            if (!is_open_as(seen, generation)) { return entry::stale; }
        } while (!word_.compare_exchange_weak(seen, seen | closing, std::memory_order_acq_rel,
                                              std::memory_order_relaxed));
        destroy = (seen & users) == 0;
        return entry::granted;
    }

private:
    // [ generation 26 | forks 16 | live 1 | closing 1 | held 1 | awaited 1 | users 18 ]
    static constexpr std::uint64_t users = (1U << 18) - 1;
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
    static constexpr bool is_open_as(std::uint64_t word, std::uint32_t generation) noexcept {
        return (word & (live | closing)) == live && word >> generation_shift == generation;
    }
    static std::uint64_t current_forks() noexcept {
        return std::uint64_t{fork_count.load(std::memory_order_relaxed)} << forks_shift;
    }

    [[gnu::cold, gnu::noinline]] entry wait_for_turn(std::uint64_t& seen) noexcept {
        // Only this thread stores its own id, and it takes it back before it lets go.
        if (holder_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
            return entry::held_by_this_thread;
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
    std::atomic<std::thread::id> holder_{};
};

}  // namespace detail
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
