// SPDX-License-Identifier: MIT
#include "explorer.hpp"

#include "fibers.hpp"

#include <cstdio>

namespace model {
namespace {

constexpr std::size_t max_choices = 8192;
constexpr int max_steps = 3000;

struct choice {
    int taken;
    int count;
};

struct thread {
    bool has_yielded = false;
    bool (*condition)(const void*) = nullptr;  // what it waits for
    const void* argument = nullptr;
};

struct {
    const program* running = nullptr;
    limits bounds;
    std::array<choice, max_choices> path{};
    std::size_t path_size = 0;
    std::size_t position = 0;
    std::uint64_t random = 0;
    int preemptions = 0;
    int weak_steps = 0;
    int steps = 0;
    std::uint32_t number = 0;
    const char* failure = nullptr;
    bool is_over = false;  // the execution, whatever the threads were doing
    bool is_traced = false;
    std::array<thread, max_threads> threads;
    int count = 0;
    int next = -1;
} state;

thread& at(int number) { return state.threads[static_cast<std::size_t>(number)]; }

std::uint64_t next_random() {
    state.random ^= state.random << 13;
    state.random ^= state.random >> 7;
    state.random ^= state.random << 17;
    return state.random >> 11;
}

/// In order: as the path says, and 0 beyond its end. At random: seldom another one than 0.
int choose(int count, std::uint64_t one_in) {
    if (count <= 1) { return 0; }
    if (state.position == max_choices) {
        fail("an execution has too many choices");
        return 0;
    }
    if (state.position == state.path_size) {
        const bool is_usual = state.bounds.random_seed == 0 || next_random() % one_in != 0;
        const int taken =
            is_usual ? 0 : 1 + static_cast<int>(next_random() % static_cast<unsigned>(count - 1));
        state.path[state.path_size++] = {taken, count};
    }
    return state.path[state.position++].taken;
}

/// Returns: Whether there is a next path.
bool advance() {
    if (state.bounds.random_seed != 0) {
        state.path_size = 0;
        return true;
    }
    while (state.path_size > 0 &&
           state.path[state.path_size - 1].taken + 1 == state.path[state.path_size - 1].count) {
        --state.path_size;
    }
    if (state.path_size == 0) { return false; }
    ++state.path[state.path_size - 1].taken;
    return true;
}

bool can_go_on(int number) {
    const thread& each = at(number);
    return !is_fiber_done(number) && (each.condition == nullptr || each.condition(each.argument));
}

/// Returns: The threads that can go on, the last one first; those that have yielded only if there
/// are no others.
int ready_threads(int last, std::array<int, max_threads>& ready) {
    int count = 0;
    for (const bool has_yielded : {false, true}) {
        if (count != 0) { break; }
        for (int i = 0; i < state.count; ++i) {
            const int number = (last + i) % state.count;
            if (at(number).has_yielded == has_yielded && can_go_on(number)) {
                ready[static_cast<std::size_t>(count++)] = number;
            }
        }
    }
    return count;
}

/// Returns: The thread that goes on after `last`, or -1 if none can.
int pick_thread(int last) {
    std::array<int, max_threads> ready{};
    const int count = ready_threads(last, ready);
    if (count == 0) { return -1; }
    const bool is_preemption = ready[0] == last && !at(last).has_yielded;
    if (is_preemption && state.preemptions == state.bounds.preemptions) { return last; }
    const int taken = choose(count, 6);
    if (taken != 0 && is_preemption) { ++state.preemptions; }
    return ready[static_cast<std::size_t>(taken)];
}

/// Runs the threads of one execution.
void run_threads() {
    state.next = pick_thread(0);
    while (!state.is_over && state.next >= 0) {
        const int number = state.next;
        at(number) = thread{};
        state.next = -1;
        resume_fiber(number);
        if (state.next < 0 && !state.is_over) { state.next = pick_thread(number); }
    }
    if (state.is_over) { return; }
    for (int i = 0; i < state.count; ++i) {
        if (!is_fiber_done(i)) { fail("the threads wait for each other"); }
    }
}

void run_once() {
    ++state.number;
    state.position = 0;
    state.preemptions = state.weak_steps = state.steps = 0;
    state.is_over = false;
    state.running->prepare();
    state.count = static_cast<int>(state.running->threads.size());
    state.threads.fill(thread{});
    prepare_fibers(state.count,
                   [](int number) { state.running->threads[static_cast<std::size_t>(number)](); });
    run_threads();
    if (!state.is_over) { state.running->check(); }
}

}  // namespace

report explore(const program& program, const limits& limits, bool prints_failure) {
    state.running = &program;
    state.bounds = limits;
    state.path_size = 0;
    state.random = limits.random_seed;
    report result;
    do {
        state.failure = nullptr;
        run_once();
        ++result.executions;
        if (state.failure != nullptr) {
            result.failure = state.failure;
            if (prints_failure) {
                state.is_traced = true;
                run_once();
                state.is_traced = false;
            }
            return result;
        }
        if (state.is_over) { ++result.given_up; }
        if (result.executions == limits.executions) { return result; }
    } while (advance());
    result.is_complete = true;
    return result;
}

bool in_thread() { return running_fiber() != max_threads; }
int thread_number() { return running_fiber(); }
const void* this_thread() { return &state.path[static_cast<std::size_t>(running_fiber())]; }

void step() {
    if (!in_thread()) { return; }
    if (++state.steps > max_steps) { fail("the threads go on for ever"); }
    const int next = pick_thread(running_fiber());
    if (next == running_fiber()) { return; }
    state.next = next;
    leave_fiber();
}

void yield() {
    if (!in_thread()) { return; }
    if (++state.steps > max_steps) { fail("the threads go on for ever"); }
    at(running_fiber()).has_yielded = true;
    leave_fiber();
}

void block(bool (*condition)(const void*), const void* argument) {
    if (!in_thread()) { return; }
    at(running_fiber()).condition = condition;
    at(running_fiber()).argument = argument;
    leave_fiber();
}

int choose_weakly(int count) {
    if (!in_thread() || state.weak_steps >= state.bounds.weak_steps) { return 0; }
    const int taken = choose(count, 4);
    if (taken != 0) { ++state.weak_steps; }
    return taken;
}

void fail(const char* reason) {
    if (state.failure == nullptr) { state.failure = reason; }
    if (state.is_traced) { std::printf("#   thread %d: %s\n", thread_number(), reason); }
    state.is_over = true;
    if (in_thread()) { leave_fiber(); }
}

void give_up() {
    state.is_over = true;
    if (in_thread()) { leave_fiber(); }
}

void fork() {
    for (int i = 0; i < state.count; ++i) {
        if (i != running_fiber()) { abandon_fiber(i); }
    }
}

memory_model current_memory() { return state.bounds.memory; }
std::uint32_t execution_number() { return state.number; }
bool is_traced() { return state.is_traced; }

}  // namespace model
