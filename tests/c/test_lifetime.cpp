// SPDX-License-Identifier: MIT
// The library used before main(), in exit handlers, in destructors of static and of thread-local
// objects, and in forked children.
#include <clib.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "in_child.hpp"
#include "refused.h"
#include "tap.h"

namespace {

/// Whether every kind of object can be made, used, misused and freed.
bool library_works() {
    clib_counter* const counter = clib_counter_new();
    clib_char_buffer* const buffer = clib_char_buffer_new("1234", 4);
    clib_c_string* const string = clib_c_string_new("text", 4);
    const bool works = clib_counter_next(counter) == 1 && clib_char_buffer_add_one(buffer) == 4 &&
                       clib_char_buffer_append(buffer, "5678", 4) == CLIB_OK &&
                       clib_c_string_size(string) == 4 &&
                       clib_counter_next(nullptr) == CLIB_E_HANDLE &&
                       is_last_failure(CLIB_E_HANDLE, "clib_counter_next", "self") != 0;
    return works && clib_counter_free(counter) == CLIB_OK &&
           clib_char_buffer_free(buffer) == CLIB_OK && clib_c_string_free(string) == CLIB_OK &&
           clib_char_buffer_size(buffer) == CLIB_E_HANDLE;
}

// The end of the process is seen from the process that forked it: a letter from each place where
// the library worked.
int report = -1;

void report_if_library_works(char letter) {
    if (report >= 0 && library_works()) {
        if (write(report, &letter, 1) != 1) { std::abort(); }
    }
}

clib_counter* const made_before_main = clib_counter_new();
const bool worked_before_main = library_works();
const bool handler_was_registered =
    std::atexit([] { report_if_library_works('f'); }) == 0;  // first of all, so it runs late

struct reports_in_destructor {
    explicit reports_in_destructor(char its_letter) : letter{its_letter} {}
    reports_in_destructor(const reports_in_destructor&) = delete;
    reports_in_destructor& operator=(const reports_in_destructor&) = delete;
    ~reports_in_destructor() { report_if_library_works(letter); }
    char letter;
};
const reports_in_destructor static_object{'s'};
thread_local const reports_in_destructor of_thread{'t'};

void before_main() {
    CHECK(worked_before_main);
    CHECK(clib_counter_next(made_before_main) == 1);
    CHECK(clib_counter_free(made_before_main) == CLIB_OK);
}

std::string everything_from(int file) {
    std::string all;
    char letter = 0;
    while (read(file, &letter, 1) == 1) { all += letter; }
    return all;
}

void at_the_end_of_a_process() {
    CHECK(handler_was_registered);
    int ends[2];
    CHECK(pipe(ends) == 0);
    in_child([&] {
        report = ends[1];
        std::atexit([] { report_if_library_works('l'); });
        static_cast<void>(of_thread.letter);  // makes this thread's
        std::exit(0);
        return 0;
    });
    close(ends[1]);
    const std::string reports = everything_from(ends[0]);
    close(ends[0]);
    // Thread-local objects die first; the others in the reverse order of their making.
    CHECK(reports == "tlsf");
}

void at_the_end_of_a_thread() {
    int ends[2];
    CHECK(pipe(ends) == 0);
    report = ends[1];
    std::thread{[] { static_cast<void>(of_thread.letter); }}.join();
    report = -1;
    close(ends[1]);
    CHECK(everything_from(ends[0]) == "t");
    close(ends[0]);
}

void a_child_has_the_objects_of_its_parent() {
    clib_counter* const counter = clib_counter_new();
    clib_char_buffer* const buffer = clib_char_buffer_new("1234", 4);
    CHECK(clib_counter_next(counter) == 1);
    CHECK(in_child([&] {
              const bool works = clib_counter_next(counter) == 2 &&
                                 clib_char_buffer_append(buffer, "5", 1) == CLIB_OK &&
                                 clib_char_buffer_free(buffer) == CLIB_OK && library_works();
              return works ? 0 : 1;
          }) == 0);
    CHECK(clib_counter_next(counter) == 2);
    CHECK(clib_char_buffer_size(buffer) == 4);
    CHECK(clib_counter_free(counter) == CLIB_OK);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

/// While another thread is all but always inside a call on `buffer`, and a third waits for its
/// turn, children are forked until one finds the buffer busy.
void a_child_of_a_process_in_the_midst_of_a_call() {
    constexpr std::int64_t size = 1 << 24;
    clib_char_buffer* const buffer = clib_char_buffer_new(nullptr, 0);
    CHECK(clib_char_buffer_resize(buffer, size) == CLIB_OK);
    std::atomic<bool> stop{false};
    std::atomic<std::int64_t> rounds{0};
    std::atomic<int> wrong{0};
    std::thread worker{[&] {
        while (!stop) {
            if (clib_char_buffer_add_one(buffer) == size) {
                ++rounds;
            } else {
                ++wrong;
            }
        }
    }};
    std::thread waiter{[&] {
        while (!stop) { wrong += clib_char_buffer_size(buffer) == size ? 0 : 1; }
    }};
    while (rounds == 0) { std::this_thread::yield(); }

    constexpr int worked = 0;
    constexpr int was_busy = 1;
    bool some_was_busy = false;
    for (int children = 0; children < 200 && !some_was_busy; ++children) {
        const int found = in_child([&] {
            const std::int64_t first = clib_char_buffer_size(buffer);
            if (first != size && first != CLIB_E_BUSY) { return 10; }
            const bool is_busy = first == CLIB_E_BUSY;
            if (is_busy && is_last_failure(CLIB_E_BUSY, "clib_char_buffer_size", "fork") == 0) {
                return 11;
            }
            // Nobody else lives in this process, so the answer stays the same.
            const clib_status expected = is_busy ? CLIB_E_BUSY : CLIB_OK;
            if (clib_char_buffer_resize(buffer, 1) != expected) { return 12; }
            if (clib_char_buffer_pin(buffer) == nullptr && !is_busy) { return 13; }
            if (!is_busy && clib_char_buffer_unpin(buffer) != CLIB_OK) { return 14; }
            if (clib_char_buffer_free(buffer) != expected) { return 15; }
            if (clib_char_buffer_live() != (is_busy ? 1 : 0)) { return 16; }
            return !library_works() ? 17 : is_busy ? was_busy : worked;
        });
        if (!CHECK(found == worked || found == was_busy)) {
            printf("# the child's exit code: %d\n", found);
            break;
        }
        some_was_busy = found == was_busy;
    }
    CHECK(some_was_busy);

    const std::int64_t rounds_before = rounds;  // the parent goes on
    while (rounds == rounds_before) { std::this_thread::yield(); }
    stop = true;
    worker.join();
    waiter.join();
    CHECK(wrong == 0);
    CHECK(clib_char_buffer_at(buffer, 0) == rounds % 256);
    CHECK(clib_char_buffer_at(buffer, size - 1) == rounds % 256);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

std::atomic<bool> deleter_is_running{false};
std::atomic<bool> deleter_may_end{false};

void waits(char*, void*) {
    deleter_is_running = true;
    while (!deleter_may_end) { std::this_thread::yield(); }
}

void a_child_of_a_process_in_the_midst_of_a_deleter() {
    char text[] = "text";
    clib_c_string* const string = clib_c_string_adopt(text, waits, nullptr);
    clib_status freed = 1;
    std::thread freeing{[&] { freed = clib_c_string_free(string); }};
    while (!deleter_is_running) { std::this_thread::yield(); }
    CHECK(in_child([&] {
              const bool works = clib_c_string_size(string) == CLIB_E_HANDLE &&
                                 clib_c_string_free(string) == CLIB_E_HANDLE &&
                                 clib_c_string_live() == 0 && library_works();
              return works ? 0 : 1;
          }) == 0);
    deleter_may_end = true;
    freeing.join();
    CHECK(freed == CLIB_OK);
}

void a_child_forked_inside_a_deleter() {
    char text[] = "text";
    clib_c_string* const string = clib_c_string_adopt(
        text,
        [](char*, void* context) {
            *static_cast<int*>(context) = in_child([] { return library_works() ? 0 : 1; });
        },
        &report);
    CHECK(clib_c_string_free(string) == CLIB_OK);
    CHECK(report == 0);
    report = -1;
}

void a_child_of_a_child() {
    clib_counter* const counter = clib_counter_new();
    CHECK(in_child([&] {
              return in_child(
                  [&] { return clib_counter_next(counter) == 1 && library_works() ? 0 : 1; });
          }) == 0);
    CHECK(clib_counter_free(counter) == CLIB_OK);
}

}  // namespace

int main() {
    tap_run("the library works before main()", before_main);
    tap_run("the library works to the end of the process", at_the_end_of_a_process);
    tap_run("the library works to the end of a thread", at_the_end_of_a_thread);
    tap_run("a child has the objects of its parent", a_child_has_the_objects_of_its_parent);
    tap_run("a child of a process that is in the midst of a call",
            a_child_of_a_process_in_the_midst_of_a_call);
    tap_run("a child of a process that is in the midst of a deleter",
            a_child_of_a_process_in_the_midst_of_a_deleter);
    tap_run("a child that is forked inside a deleter", a_child_forked_inside_a_deleter);
    tap_run("a child of a child", a_child_of_a_child);
    return tap_finish();
}
