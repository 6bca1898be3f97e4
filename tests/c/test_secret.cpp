// SPDX-License-Identifier: MIT
// What one process's handles tell of another's: this program runs itself again and again, with the
// library in the same place each time.
#include <clib.h>

#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <set>

#include "tap.h"

namespace {

struct sight {
    std::uint64_t handle;
    std::uint64_t address;
};

/// What the child writes to its standard output.
int show() {
    const sight seen{reinterpret_cast<std::uint64_t>(clib_counter_new()),
                     reinterpret_cast<std::uint64_t>(&clib_counter_new)};
    return write(STDOUT_FILENO, &seen, sizeof seen) == sizeof seen ? 0 : 1;
}

bool look(sight& seen) {
    int ends[2];
    if (pipe(ends) != 0) { return false; }
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        personality(ADDR_NO_RANDOMIZE);
        execl("/proc/self/exe", "test_secret", "show", static_cast<char*>(nullptr));
        _exit(1);
    }
    close(ends[1]);
    const bool is_read = read(ends[0], &seen, sizeof seen) == sizeof seen;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return is_read && status == 0;
}

std::set<std::uint64_t> handles;
std::set<std::uint64_t> owners;
std::set<std::uint64_t> addresses;
constexpr int count = 12;

void a_handle_does_not_follow_from_the_addresses() {
    CHECK(handles.size() == count);
    CHECK(owners.size() > 1);
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count == 2 && std::strcmp(arguments[1], "show") == 0) { return show(); }
    for (int i = 0; i < count; ++i) {
        sight seen{};
        if (!look(seen)) { return tap_skip_all("a program cannot run itself here"); }
        handles.insert(seen.handle);
        owners.insert(seen.handle >> 56);
        addresses.insert(seen.address);
    }
    if (addresses.size() != 1) { return tap_skip_all("a library is elsewhere each time"); }
    tap_run("a handle does not follow from the addresses of its process",
            a_handle_does_not_follow_from_the_addresses);
    return tap_finish();
}
