// SPDX-License-Identifier: MIT
// Runs something in a forked child. Its result comes back through memory that both share, not as an
// exit code, which valgrind and the sanitizers set when they find the threads that a fork lost.
#pragma once

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <concepts>
#include <cstdio>

/// Returns: What `body` returns; -1 if the child ended in another way. One that hangs is killed.
template <std::invocable Body>
int in_child(Body body) {
    void* const shared =
        mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) { return -1; }
    int& result = *static_cast<int*>(shared);
    result = -1;
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);
        result = body();
        _exit(0);
    }
    if (child > 0) { waitpid(child, nullptr, 0); }
    const int seen = result;
    munmap(shared, sizeof(int));
    return seen;
}
