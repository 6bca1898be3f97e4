// SPDX-License-Identifier: MIT
// Threads that one thread of the system runs, one at a time, and switches between where they say.
#pragma once

#include <cstddef>

namespace model {

inline constexpr int max_fibers = 5;

/// Makes fibers 0 to `count - 1` ready to run `body(number)`, from the beginning.
void prepare_fibers(int count, void (*body)(int number));
/// Runs one until it leaves, or its body ends. For whoever is in no fiber.
void resume_fiber(int number);
/// Goes back to who has resumed the fiber that is running. Returns when it is resumed again.
void leave_fiber();
/// The fiber that is running, or max_fibers.
int running_fiber();
bool is_fiber_done(int number);
/// Takes a fiber to be done, wherever it is. What is on its stack is not destroyed.
void abandon_fiber(int number);

/// A variable that each fiber has a copy of: thread_local, if fibers were threads.
void add_thread_variable(void* address, std::size_t size);

}  // namespace model
