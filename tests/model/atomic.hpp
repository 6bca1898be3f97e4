// SPDX-License-Identifier: MIT
// What the headers under test get for std::atomic, and what else a program of the model is made of.
#pragma once

#include "explorer.hpp"
#include "memory.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace model {

template <class T>
class atomic {
    static_assert(sizeof(T) <= sizeof(std::uint64_t));

public:
    using value_type = T;
    static constexpr bool is_always_lock_free = true;

    constexpr atomic() noexcept : atomic{T{}} {}
    constexpr atomic(T begin) noexcept : location_{initial(begin)} {
        if constexpr (std::is_pointer_v<T>) { static_assert(sizeof(T) == sizeof(std::uint64_t)); }
    }
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;
    T operator=(T desired) noexcept {
        store(desired);
        return desired;
    }
    operator T() const noexcept { return load(); }

    T load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
        return value(location_.load(order));
    }
    void store(T desired, std::memory_order order = std::memory_order_seq_cst) noexcept {
        location_.store(bits(desired), order);
    }
    T exchange(T desired, std::memory_order order = std::memory_order_seq_cst) noexcept {
        return change([=](T) { return desired; }, order);
    }
    T fetch_add(T number, std::memory_order order = std::memory_order_seq_cst) noexcept {
        return change([=](T old) { return static_cast<T>(old + number); }, order);
    }
    T fetch_sub(T number, std::memory_order order = std::memory_order_seq_cst) noexcept {
        return change([=](T old) { return static_cast<T>(old - number); }, order);
    }
    T fetch_and(T number, std::memory_order order = std::memory_order_seq_cst) noexcept {
        return change([=](T old) { return static_cast<T>(old & number); }, order);
    }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order order,
                                 std::memory_order failure) noexcept {
        const std::uint64_t wanted = bits(expected);
        const std::uint64_t read =
            location_.modify([=](std::uint64_t) { return bits(desired); }, &wanted, order, failure);
        expected = value(read);
        return read == wanted;
    }
    bool compare_exchange_strong(T& expected, T desired,
                                 std::memory_order order = std::memory_order_seq_cst) noexcept {
        const auto failure = order == std::memory_order_acq_rel   ? std::memory_order_acquire
                             : order == std::memory_order_release ? std::memory_order_relaxed
                                                                  : order;
        return compare_exchange_strong(expected, desired, order, failure);
    }
    /// Does not fail for no reason: a loop around it then does the same once more.
    template <class... Orders>
    bool compare_exchange_weak(T& expected, T desired, Orders... orders) noexcept {
        return compare_exchange_strong(expected, desired, orders...);
    }

    void wait(T old, std::memory_order order = std::memory_order_seq_cst) const noexcept {
        location_.wait(bits(old), order);
    }
    void notify_one() noexcept { location_.notify(); }
    void notify_all() noexcept { location_.notify(); }

private:
    /// Constant initialisation knows no bits of a pointer but NULL's, and needs none.
    static constexpr std::uint64_t initial(T from) noexcept {
        if (std::is_constant_evaluated()) {
            if constexpr (std::is_integral_v<T>) { return static_cast<std::uint64_t>(from); }
            return 0;
        }
        return bits(from);
    }
    static std::uint64_t bits(T from) noexcept {
        std::uint64_t result = 0;
        std::memcpy(&result, &from, sizeof from);
        return result;
    }
    static T value(std::uint64_t from) noexcept {
        T result{};
        std::memcpy(&result, &from, sizeof result);
        return result;
    }
    template <class Change>
    T change(Change changed, std::memory_order order) noexcept {
        return value(location_.modify([&](std::uint64_t old) { return bits(changed(value(old))); },
                                      nullptr, order, order));
    }

    location location_;
};

/// A variable that is not atomic, and has to be used in an order.
template <class T>
class plain {
public:
    explicit plain(T value) noexcept : value_{value} { history_.write(); }
    T get() const noexcept {
        history_.read();
        return value_;
    }
    void set(T value) noexcept {
        history_.write();
        value_ = value;
    }

private:
    mutable plain_history history_;
    T value_;
};

/// A lock that a thread may take again and again: an interpreter's. It begins anew in each
/// execution.
class mutex {
public:
    /// Returns: Whether the thread had it already.
    bool lock() {
        step();
        begin_execution();
        if (owner_ == thread_number()) { return true; }
        const auto is_free = [](const void* self) {
            return static_cast<const mutex*>(self)->owner_ == nobody;
        };
        while (owner_ != nobody) { block(is_free, this); }
        owner_ = thread_number();
        own_view().join(released_);
        return false;
    }
    void unlock() {
        step();
        require(owner_ == thread_number(), "a thread gives back a lock that it does not have");
        released_.join(own_view());
        ++own_view().times[static_cast<std::size_t>(clocks_begin + thread_number())];
        owner_ = nobody;
    }

    bool is_owned_by_another() const { return owner_ != nobody && owner_ != thread_number(); }

private:
    static constexpr int nobody = -1;
    void begin_execution() {
        if (execution_ == execution_number()) { return; }
        execution_ = execution_number();
        owner_ = nobody;
        released_ = view{};
    }

    int owner_ = nobody;
    view released_{};
    std::uint32_t execution_ = 0;
};

}  // namespace model
