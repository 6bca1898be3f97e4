// SPDX-License-Identifier: MIT
// A memory as weak as C++20 allows, but for load buffering: a location has all the values that were
// ever stored in it, in one order, and each thread has its view of how far it is in each. A load
// may read any value from there on, and moves the view. A released value carries the view of the
// thread that has stored it, and who acquires it joins that view to its own.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace model {

inline constexpr int max_locations = 160;
inline constexpr int clocks_begin = max_locations;  // one of each thread, for plain variables

/// How far a thread is in each location.
struct view {
    std::array<std::uint32_t, max_locations + 8> times{};
    void join(const view& other);
};

/// An atomic variable's history. It begins anew in each execution.
class location {
public:
    /// `value` is what it holds at the beginning of the execution.
    explicit constexpr location(std::uint64_t value) noexcept : initial_{value} {}

    std::uint64_t load(std::memory_order order) const;
    void store(std::uint64_t value, std::memory_order order);

    /// Reads and, unless the value differs from `*expected`, replaces it by `change(value)`.
    /// Returns: What was read; `*expected` too, if it is not NULL.
    template <class Change>
    std::uint64_t modify(Change change, const std::uint64_t* expected, std::memory_order order,
                         std::memory_order failure_order) {
        const std::uint64_t read = begin_modify(expected, order, failure_order);
        if (expected == nullptr || read == *expected) { end_modify(change(read), order); }
        return read;
    }

    /// Sleeps while the newest value is `value`, until notify().
    void wait(std::uint64_t value, std::memory_order order) const;
    void notify();

private:
    std::uint64_t begin_modify(const std::uint64_t* expected, std::memory_order order,
                               std::memory_order failure_order);
    void end_modify(std::uint64_t value, std::memory_order order);
    int id() const;

    std::uint64_t initial_;
    mutable std::uint32_t execution_ = 0;
    mutable std::int32_t id_ = 0;
};

/// The view of the thread that is running.
view& own_view();
/// Effects: This thread sees all that any has stored.
void see_everything();

/// An access to a variable that is not atomic. Fails if another one is not ordered before or after
/// it, and one of the two writes.
class plain_history {
public:
    void read();
    void write();

private:
    void require_ordered_after(const view& others, const char* reason) const;
    void begin_execution();

    view last_write_{};
    view last_reads_{};
    std::uint32_t execution_ = 0;
};

}  // namespace model
