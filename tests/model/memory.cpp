// SPDX-License-Identifier: MIT
#include "memory.hpp"

#include "explorer.hpp"

#include <algorithm>
#include <cstdio>

namespace model {
namespace {

constexpr std::uint32_t time_step = 1U << 16;  // room for values that are stored in between
constexpr int max_messages = 6000;

/// A value in a location.
struct message {
    std::uint64_t value;
    std::uint32_t time;
    bool is_modified;  // the next one has been made of it, in one step
    message* before;
    message* after;
    view released;
};

struct {
    std::array<message, max_messages> messages;
    int message_count;
    std::array<message*, max_locations> newest;
    std::array<std::uint32_t, max_locations> notifications;
    int location_count;
    std::array<view, max_threads + 1> views;  // the last one is that of prepare() and check()
    std::array<bool, max_threads + 1> has_view;
    view ordered;  // of the steps that are in one order for all
    std::uint32_t execution;
    message* read;  // between begin_modify() and end_modify()
} memory;

void begin_execution() {
    if (memory.execution == execution_number()) { return; }
    memory.execution = execution_number();
    memory.message_count = memory.location_count = 0;
    memory.views.fill(view{});
    memory.has_view.fill(false);
    memory.ordered = view{};
}

bool acquires(std::memory_order order) {
    return current_memory() != memory_model::weak || order == std::memory_order_acquire ||
           order == std::memory_order_acq_rel || order == std::memory_order_seq_cst ||
           order == std::memory_order_consume;
}
bool releases(std::memory_order order) {
    return current_memory() != memory_model::weak || order == std::memory_order_release ||
           order == std::memory_order_acq_rel || order == std::memory_order_seq_cst;
}
/// Whether such a step is in one order with all others of its kind.
bool is_ordered(std::memory_order order, bool modifies) {
    return order == std::memory_order_seq_cst ||
           (modifies && current_memory() == memory_model::store_order);
}

/// A step on this location comes after those on it that were in that order before. It is no fence,
/// but on x86.
void order_step(int id) {
    if (current_memory() == memory_model::weak) {
        std::uint32_t& own = own_view().times[static_cast<std::size_t>(id)];
        std::uint32_t& all = memory.ordered.times[static_cast<std::size_t>(id)];
        own = all = std::max(own, all);
    } else {
        own_view().join(memory.ordered);
        memory.ordered.join(own_view());
    }
}

message& add_message(int id, std::uint64_t value, message* before) {
    if (memory.message_count == max_messages) {
        give_up();
        memory.message_count = 0;
    }
    message& added = memory.messages[static_cast<std::size_t>(memory.message_count++)];
    message*& newest = memory.newest[static_cast<std::size_t>(id)];
    message* const after = before != nullptr ? before->after : nullptr;
    const std::uint32_t begin = before != nullptr ? before->time : 0;
    added.time = after != nullptr ? begin + (after->time - begin) / 2 : begin + time_step;
    if (added.time == begin) { give_up(); }
    added.value = value;
    added.is_modified = false;
    added.before = before;
    added.after = after;
    if (before != nullptr) { before->after = &added; }
    (after != nullptr ? after->before : newest) = &added;
    return added;
}

void trace(const char* what, int id, std::uint64_t value) {
    if (is_traced()) {
        std::printf("#   thread %d %s [%d] %#llx\n", thread_number(), what, id,
                    static_cast<unsigned long long>(value));
    }
}

/// How far the thread is in the location.
std::uint32_t& own_time(int id) { return own_view().times[static_cast<std::size_t>(id)]; }

void see(int id, const message& seen, std::memory_order order) {
    if (seen.time > own_time(id)) { own_time(id) = seen.time; }
    if (acquires(order)) { own_view().join(seen.released); }
}

/// Makes the message what the thread has stored with this order. `origin` is the message that it
/// has been made of, or NULL: it goes on with what that has released.
void release(int id, message& stored, std::memory_order order, const message* origin) {
    own_time(id) = stored.time;
    if (in_thread()) {
        ++own_view().times[static_cast<std::size_t>(clocks_begin + thread_number())];
    }
    stored.released = releases(order) ? own_view() : view{};
    stored.released.times[static_cast<std::size_t>(id)] = stored.time;
    if (origin != nullptr) { stored.released.join(origin->released); }
}

/// Chooses among the messages that the thread may read, or make another one of.
message& choose_message(int id, bool modifies) {
    message* result = memory.newest[static_cast<std::size_t>(id)];
    if (current_memory() == memory_model::sequential) { return *result; }
    int count = 1;
    for (message* each = result->before; each != nullptr && each->time >= own_time(id);
         each = each->before) {
        if (!modifies || !each->is_modified) { ++count; }
    }
    int left = choose_weakly(count);
    while (left > 0) {
        result = result->before;
        if (!modifies || !result->is_modified) { --left; }
    }
    return *result;
}

}  // namespace

void view::join(const view& other) {
    for (std::size_t i = 0; i < times.size(); ++i) {
        times[i] = other.times[i] > times[i] ? other.times[i] : times[i];
    }
}

view& own_view() {
    begin_execution();
    const auto number = static_cast<std::size_t>(thread_number());
    view& own = memory.views[number];
    if (number != max_threads && !memory.has_view[number]) {
        memory.has_view[number] = memory.has_view[max_threads] = true;
        own = memory.views[max_threads];  // prepare() comes before the threads
    } else if (number == max_threads && memory.has_view[max_threads]) {
        memory.has_view[max_threads] = false;
        for (const view& each : memory.views) { own.join(each); }  // and check() after them
    }
    return own;
}

void see_everything() {
    for (const view& each : memory.views) { own_view().join(each); }
}

int location::id() const {
    begin_execution();
    if (execution_ != execution_number()) {
        execution_ = execution_number();
        if (memory.location_count == max_locations) {
            fail("there are too many atomic variables");
            memory.location_count = 0;
        }
        id_ = memory.location_count++;
        memory.newest[static_cast<std::size_t>(id_)] = nullptr;
        memory.notifications[static_cast<std::size_t>(id_)] = 0;
        add_message(id_, initial_, nullptr).released = view{};
    }
    return id_;
}

std::uint64_t location::load(std::memory_order order) const {
    step();
    if (is_ordered(order, false)) { order_step(id()); }
    const message& read = choose_message(id(), false);
    see(id(), read, order);
    trace(read.after == nullptr ? "loads" : "loads an old", id(), read.value);
    return read.value;
}

void location::store(std::uint64_t value, std::memory_order order) {
    step();
    if (is_ordered(order, false)) { order_step(id()); }
    message* before = memory.newest[static_cast<std::size_t>(id())];
    if (current_memory() == memory_model::weak) {
        // It may come before values that are there already, but not between two that are one step.
        int count = 1;
        for (message* each = before; each->before != nullptr && each->time > own_time(id());
             each = each->before) {
            if (!each->before->is_modified) { ++count; }
        }
        for (int left = choose_weakly(count); left > 0;) {
            before = before->before;
            if (!before->is_modified) { --left; }
        }
    }
    release(id(), add_message(id(), value, before), order, nullptr);
    if (is_ordered(order, false)) { order_step(id()); }
    trace("stores", id(), value);
}

std::uint64_t location::begin_modify(const std::uint64_t* expected, std::memory_order order,
                                     std::memory_order failure_order) {
    step();
    if (is_ordered(order, true)) { order_step(id()); }
    memory.read = &choose_message(id(), true);
    const bool succeeds = expected == nullptr || memory.read->value == *expected;
    see(id(), *memory.read, succeeds ? order : failure_order);
    trace(succeeds ? "replaces" : "does not replace", id(), memory.read->value);
    return memory.read->value;
}

void location::end_modify(std::uint64_t value, std::memory_order order) {
    memory.read->is_modified = true;
    release(id(), add_message(id(), value, memory.read), order, memory.read);
    if (is_ordered(order, true)) { order_step(id()); }
    trace("by", id(), value);
}

void location::wait(std::uint64_t value, std::memory_order order) const {
    struct {
        const std::uint32_t* notifications;
        std::uint32_t seen;
    } sleep{&memory.notifications[static_cast<std::size_t>(id())], 0};
    const auto is_notified = [](const void* argument) {
        const auto& asleep = *static_cast<const decltype(sleep)*>(argument);
        return *asleep.notifications != asleep.seen;
    };
    step();
    // The look and the going to sleep are one step.
    for (;;) {
        const message& newest = *memory.newest[static_cast<std::size_t>(id())];
        if (newest.value != value) {
            see(id(), newest, order);
            return;
        }
        trace("sleeps on", id(), value);
        sleep.seen = *sleep.notifications;
        block(is_notified, &sleep);
    }
}

void location::notify() {
    step();
    ++memory.notifications[static_cast<std::size_t>(id())];
}

}  // namespace model
