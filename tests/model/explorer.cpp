#undef _FORTIFY_SOURCE  // its longjmp() takes a jump to another fiber for a mistake
#include "explorer.hpp"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <new>
#include <ucontext.h>

namespace model {
namespace {

constexpr std::size_t stack_size = 256 * 1024;
constexpr std::size_t max_choices = 8192;
constexpr std::size_t variables_size = 64;
constexpr int max_steps = 3000;
constexpr std::size_t handlers_size = 2 * sizeof(void*);  // the exceptions of a thread

struct choice {
    int taken;
    int count;
};

struct fiber {
    std::jmp_buf at;
    ucontext_t begin;
    char* stack = nullptr;
    bool is_begun = false;
    bool is_reusable = false;  // it has come to the end of its thread
    bool is_done = false;
    bool has_yielded = false;
    bool (*condition)(const void*) = nullptr;  // what it waits for
    const void* argument = nullptr;
    std::array<char, variables_size> variables{};
    std::array<char, handlers_size> handlers{};
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
    std::array<fiber, max_threads> fibers;
    int count = 0;
    int current = max_threads;
    int next = -1;
    std::jmp_buf scheduler;
} state;

struct {
    std::array<void*, 8> addresses{};
    std::array<std::size_t, 8> sizes{};
    std::size_t count = 0;
} variables;

void copy_variables(std::array<char, variables_size>& saved, bool restore) {
    char* place = saved.data();
    for (std::size_t i = 0; i < variables.count; ++i) {
        if (restore) {
            std::memcpy(variables.addresses[i], place, variables.sizes[i]);
        } else {
            std::memcpy(place, variables.addresses[i], variables.sizes[i]);
        }
        place += variables.sizes[i];
    }
}

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
    while (state.path_size > 0 && state.path[state.path_size - 1].taken + 1 ==
                                      state.path[state.path_size - 1].count) {
        --state.path_size;
    }
    if (state.path_size == 0) { return false; }
    ++state.path[state.path_size - 1].taken;
    return true;
}

fiber& current_fiber() { return state.fibers[static_cast<std::size_t>(state.current)]; }

void leave_fiber() {
    fiber& self = current_fiber();
    std::memcpy(self.handlers.data(), abi::__cxa_get_globals(), handlers_size);
    copy_variables(self.variables, false);
    if (_setjmp(self.at) == 0) { _longjmp(state.scheduler, 1); }
}

/// Runs one thread in each execution, until one is cut off in the middle.
void run_fiber() {
    for (;;) {
        state.running->threads[static_cast<std::size_t>(state.current)]();
        current_fiber().is_done = current_fiber().is_reusable = true;
        leave_fiber();
    }
}

// Not inline: longjmp() may spoil the variables of the function that has called setjmp().
[[gnu::noinline]] void resume(int thread) {
    fiber& next = state.fibers[static_cast<std::size_t>(thread)];
    state.current = thread;
    if (_setjmp(state.scheduler) == 0) {
        copy_variables(next.variables, true);
        std::memcpy(static_cast<void*>(abi::__cxa_get_globals()), next.handlers.data(),
                    handlers_size);
        if (next.is_begun) { _longjmp(next.at, 1); }
        next.is_begun = true;
        setcontext(&next.begin);  // slow: it asks the system
    }
    state.current = max_threads;
}

bool can_go_on(const fiber& each) {
    return !each.is_done && (each.condition == nullptr || each.condition(each.argument));
}

/// Returns: The threads that can go on, the last one first; those that have yielded only if there
/// are no others.
int ready_threads(int last, std::array<int, max_threads>& ready) {
    int count = 0;
    for (const bool has_yielded : {false, true}) {
        if (count != 0) { break; }
        for (int i = 0; i < state.count; ++i) {
            const int thread = (last + i) % state.count;
            const fiber& each = state.fibers[static_cast<std::size_t>(thread)];
            if (each.has_yielded == has_yielded && can_go_on(each)) {
                ready[static_cast<std::size_t>(count++)] = thread;
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
    const bool is_preemption = ready[0] == last && !state.fibers[static_cast<std::size_t>(last)].has_yielded;
    if (is_preemption && state.preemptions == state.bounds.preemptions) { return last; }
    const int taken = choose(count, 6);
    if (taken != 0 && is_preemption) { ++state.preemptions; }
    return ready[static_cast<std::size_t>(taken)];
}

/// Runs the threads of one execution.
void run_threads() {
    state.next = pick_thread(0);
    while (!state.is_over && state.next >= 0) {
        const int thread = state.next;
        fiber& next = state.fibers[static_cast<std::size_t>(thread)];
        next.condition = nullptr;
        next.has_yielded = false;
        state.next = -1;
        resume(thread);
        if (state.next < 0 && !state.is_over) { state.next = pick_thread(thread); }
    }
    if (state.is_over) { return; }
    for (int i = 0; i < state.count; ++i) {
        if (!state.fibers[static_cast<std::size_t>(i)].is_done) {
            fail("the threads wait for each other");
        }
    }
}

// Not inline: for getcontext() the same holds as for setjmp().
[[gnu::noinline]] void make_fiber(fiber& made) {
    if (made.stack == nullptr) { made.stack = static_cast<char*>(std::malloc(stack_size)); }
    getcontext(&made.begin);
    made.begin.uc_stack.ss_sp = made.stack;
    made.begin.uc_stack.ss_size = stack_size;
    made.begin.uc_link = nullptr;
    makecontext(&made.begin, &run_fiber, 0);
    made.is_begun = false;
}

void prepare_fibers() {
    state.count = static_cast<int>(state.running->threads.size());
    for (int i = 0; i < state.count; ++i) {
        fiber& each = state.fibers[static_cast<std::size_t>(i)];
        if (!each.is_reusable) { make_fiber(each); }
        each.is_reusable = each.is_done = each.has_yielded = false;
        each.condition = nullptr;
        copy_variables(each.variables, false);
        each.handlers.fill(0);
    }
}

void run_once() {
    ++state.number;
    state.position = 0;
    state.preemptions = state.weak_steps = state.steps = 0;
    state.is_over = false;
    state.running->prepare();
    prepare_fibers();
    std::array<char, variables_size> own{};
    copy_variables(own, false);
    run_threads();
    copy_variables(own, true);
    std::memset(static_cast<void*>(abi::__cxa_get_globals()), 0, handlers_size);
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

void add_thread_variable(void* address, std::size_t size) {
    variables.addresses[variables.count] = address;
    variables.sizes[variables.count++] = size;
}

bool in_thread() { return state.current != max_threads; }
int thread_number() { return state.current; }
const void* this_thread() { return &state.path[static_cast<std::size_t>(state.current)]; }

void step() {
    if (!in_thread()) { return; }
    if (++state.steps > max_steps) { fail("the threads go on for ever"); }
    const int next = pick_thread(state.current);
    if (next == state.current) { return; }
    state.next = next;
    leave_fiber();
}

void yield() {
    if (!in_thread()) { return; }
    if (++state.steps > max_steps) { fail("the threads go on for ever"); }
    current_fiber().has_yielded = true;
    leave_fiber();
}

void block(bool (*condition)(const void*), const void* argument) {
    if (!in_thread()) { return; }
    current_fiber().condition = condition;
    current_fiber().argument = argument;
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
    if (state.is_traced) { std::printf("#   thread %d: %s\n", state.current, reason); }
    state.is_over = true;
    if (in_thread()) { leave_fiber(); }
}

void give_up() {
    state.is_over = true;
    if (in_thread()) { leave_fiber(); }
}

void fork() {
    for (int i = 0; i < state.count; ++i) {
        if (i != state.current) { state.fibers[static_cast<std::size_t>(i)].is_done = true; }
    }
}

memory_model current_memory() { return state.bounds.memory; }
std::uint32_t execution_number() { return state.number; }
bool is_traced() { return state.is_traced; }

}  // namespace model
