// SPDX-License-Identifier: MIT
// Calls that keep the interpreter's lock, and may wait all the same for a thread that needs it:
//
//     main thread    stop() -- keeps the lock -- joins ------------------------> for ever
//     thread of C++          call_back() -- waits for the lock ----------------> for ever
//
// Such a call is announced. A thread that wants to call back and sees the same one for too long
// gives up, and says which function is to be listed with may_block().
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The announced call that keeps the lock just now. Who holds the lock writes here.
struct announced_call {
    std::atomic<std::uint64_t> number{0};  ///< Of the call; 0: there is none.
    std::atomic<const char*> name{nullptr};
    std::atomic<std::uint64_t> count{0};  ///< How many there were.
};
inline constinit announced_call announced{};

/// Announces a call for its lifetime. Requires: This thread holds the interpreter's lock.
class locked_call {
public:
    explicit locked_call(const char* name) noexcept
        : outer_number_{announced.number.load(std::memory_order_relaxed)},
          outer_name_{announced.name.load(std::memory_order_relaxed)} {
        const std::uint64_t number = announced.count.load(std::memory_order_relaxed) + 1;
        announced.count.store(number, std::memory_order_relaxed);
        announced.name.store(name, std::memory_order_relaxed);
        // Either the thread that calls back sees this, or this one sees that thread's request.
        announced.number.store(number, std::memory_order_seq_cst);
    }
    ~locked_call() {
        announced.number.store(outer_number_, std::memory_order_relaxed);
        announced.name.store(outer_name_, std::memory_order_relaxed);
    }
    locked_call(const locked_call&) = delete;
    locked_call& operator=(const locked_call&) = delete;

private:
    std::uint64_t outer_number_;
    const char* outer_name_;
};

/// A part of a call during which others may hold the lock.
class locked_call_pause {
public:
    /// `holds_lock` tells whether this thread is known to hold it at the beginning and at the end.
    explicit locked_call_pause(bool holds_lock) noexcept {
        if (!holds_lock) { return; }
        number_ = announced.number.load(std::memory_order_relaxed);
        if (number_ == 0) { return; }
        name_ = announced.name.load(std::memory_order_relaxed);
        announced.number.store(0, std::memory_order_relaxed);
    }
    ~locked_call_pause() {
        if (number_ == 0) { return; }
        announced.name.store(name_, std::memory_order_relaxed);
        announced.number.store(number_, std::memory_order_relaxed);
    }
    locked_call_pause(const locked_call_pause&) = delete;
    locked_call_pause& operator=(const locked_call_pause&) = delete;

private:
    std::uint64_t number_ = 0;
    const char* name_ = nullptr;
};

/// Waits while one and the same announced call keeps the lock.
/// Returns: The name of the function, if that takes too long; else NULL.
[[gnu::cold, gnu::noinline]] inline const char* wait_for_announced_call() noexcept {
    constexpr std::chrono::seconds limit{2};
    const std::uint64_t number = announced.number.load(std::memory_order_seq_cst);
    const char* const name = announced.name.load(std::memory_order_relaxed);
    const auto begin = std::chrono::steady_clock::now();
    for (;;) {
        const auto waited = std::chrono::steady_clock::now() - begin;
        if (announced.number.load(std::memory_order_relaxed) != number || number == 0) {
            return nullptr;
        }
        if (waited > limit) { return name; }
        if (waited < std::chrono::microseconds{50}) {
            std::this_thread::yield();
        } else {
            std::this_thread::sleep_for(std::chrono::microseconds{200});
        }
    }
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
