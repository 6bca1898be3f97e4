// SPDX-License-Identifier: MIT
// Threads that wait for objects which they use up each other's: before a thread waits, it looks
// whether whom it waits for is waiting, directly or through others, for itself.
//
//     this thread --waits for--> object --used by--> thread --waits for--> object --used by--> ...
#pragma once

#include <clib/ffi/detail/handle/interpreter_lock.hpp>

#include <atomic>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// One thread that waits, while it does; in its stack, and in the list of all.
class waiting_thread {
public:
    /// `user` is where the thread is written down that uses the object which this one waits for.
    explicit waiting_thread(const std::atomic<const void*>& user) noexcept : user_{user} {
        lock();
        is_circular_ = leads_back();
        if (!is_circular_) {
            next_.store(first.load(std::memory_order_relaxed), std::memory_order_relaxed);
            first.store(this, std::memory_order_relaxed);
        }
        unlock();
    }
    ~waiting_thread() {
        if (is_circular_) { return; }
        lock();
        std::atomic<waiting_thread*>* link = &first;
        while (link->load(std::memory_order_relaxed) != this) {
            link = &link->load(std::memory_order_relaxed)->next_;
        }
        link->store(next_.load(std::memory_order_relaxed), std::memory_order_relaxed);
        unlock();
    }
    waiting_thread(const waiting_thread&) = delete;
    waiting_thread& operator=(const waiting_thread&) = delete;

    /// Whether this thread would wait for itself. It must not wait then. Of several threads that
    /// wait in a circle the last one knows.
    bool is_circular() const noexcept { return is_circular_; }

    /// Effects: Forgets the threads that a fork has left behind.
    static void forget_all() noexcept {
        first.store(nullptr, std::memory_order_relaxed);
        is_locked.store(false, std::memory_order_relaxed);
    }

private:
    // A user writes itself down before it waits for anything, so what is read here of threads in
    // the list is up to date. There are no more steps than threads.
    bool leads_back() const noexcept {
        const void* user = user_.load(std::memory_order_relaxed);
        const waiting_thread* step = first.load(std::memory_order_relaxed);
        while (user != this_thread()) {
            const waiting_thread* const waiting = of(user);
            if (waiting == nullptr || step == nullptr) { return false; }
            user = waiting->user_.load(std::memory_order_relaxed);
            step = step->next_.load(std::memory_order_relaxed);
        }
        return true;
    }
    static const waiting_thread* of(const void* thread) noexcept {
        const waiting_thread* each = first.load(std::memory_order_relaxed);
        while (each != nullptr && each->thread_ != thread) {
            each = each->next_.load(std::memory_order_relaxed);
        }
        return each;
    }

    static void lock() noexcept {
        while (is_locked.exchange(true, std::memory_order_acquire)) {
            is_locked.wait(true, std::memory_order_relaxed);
        }
    }
    static void unlock() noexcept {
        is_locked.store(false, std::memory_order_release);
        is_locked.notify_all();
    }

    inline static constinit std::atomic<bool> is_locked{false};
    inline static constinit std::atomic<waiting_thread*> first{nullptr};

    const void* const thread_ = this_thread();
    const std::atomic<const void*>& user_;
    std::atomic<waiting_thread*> next_{nullptr};
    bool is_circular_ = false;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
