// SPDX-License-Identifier: MIT
// Runs a small program of a few threads in every order that matters, or in many random ones. The
// threads are fibers of one thread; each step on shared memory asks here whether another thread is
// to go on, and what it is to see. An execution is the list of the answers: the next one differs in
// the last answer that has an alternative.
//
// The number of executions is bounded as usual: an execution has few preemptions (a thread is
// stopped that could go on) and few weak steps (a thread sees or does something that it would not
// in a sequentially consistent memory). Faults mostly need one or two.
#pragma once

#include "fibers.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace model {

inline constexpr int max_threads = max_fibers;

enum class memory_model {
    sequential,   ///< Each step is seen by all at once.
    store_order,  ///< Total store order (x86), or a little weaker: acquire and release throughout.
    weak,         ///< C++20 without load buffering: as weak as the orders that the code asks for.
};

struct limits {
    memory_model memory = memory_model::weak;
    int preemptions = 2;
    int weak_steps = 1;
    std::uint64_t executions = 0;   ///< 0: all that there are.
    std::uint64_t random_seed = 0;  ///< 0: in order, not at random.
};

struct report {
    std::uint64_t executions = 0;
    std::uint64_t given_up = 0;  ///< Of those: how many led nowhere, as the program has said.
    bool is_complete = false;
    const char* failure = nullptr;
};

/// The program. `prepare` and `check` run alone, before and after the threads.
struct program {
    std::function<void()> prepare;
    std::span<const std::function<void()>> threads;
    std::function<void()> check;
};

/// Effects: Runs the program until it fails, within the limits. Of an execution that fails, the
/// steps are printed if `prints_failure`.
report explore(const program& program, const limits& limits, bool prints_failure = true);

// --- For the memory and the program, in a thread of it or not ---

/// Whether a thread of the program is running; prepare() and check() are not.
bool in_thread();
/// The number of the thread that is running; max_threads outside.
int thread_number();
/// An address that no other thread has.
const void* this_thread();

/// A moment at which another thread may go on.
void step();
/// Gives way to another thread, if there is one.
void yield();
/// Waits until `condition(argument)`.
void block(bool (*condition)(const void*), const void* argument);
/// Which of `count` things happens, 0 being the usual one. Others count as weak steps.
int choose_weakly(int count);
/// Ends the execution as a failure.
void fail(const char* reason);
/// Ends it as one that leads nowhere.
void give_up();
inline void require(bool holds, const char* reason) {
    if (!holds) { fail(reason); }
}
/// A fork, seen in the child: all other threads are gone, wherever they were.
void fork();

memory_model current_memory();
/// Changes with each execution.
std::uint32_t execution_number();
/// Whether the steps of this execution are being printed.
bool is_traced();

}  // namespace model
