/* SPDX-License-Identifier: MIT */
/* The library loaded with dlopen() into a program that has neither it nor the C++ library, as
 * Python loads it, and out of memory in a new thread.
 *
 * glibc allocates the thread-local storage of such libraries at a thread's first use of it, which
 * for both of them is the thread's first failure, and ends the process if it cannot. So what is
 * promised, and tested, begins after a thread's first failure. */
#include <clib.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "failing_malloc.h"
#include "tap.h"

static struct {
    int64_t (*counter_next)(clib_counter*);
    clib_char_buffer* (*buffer_new)(const char*, size_t);
    clib_status (*buffer_free)(clib_char_buffer*);
    int64_t (*buffer_live)(void);
    const char* (*last_error)(void);
    clib_status (*last_status)(void);
} library;

/* ISO C has no conversion from dlsym's void* to a function. */
static int find(void* loaded, const char* name, void* function) {
    void* const address = dlsym(loaded, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static int is_loaded(const char* path) {
    void* const loaded = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (loaded == NULL) {
        printf("# %s\n", dlerror());
        return 0;
    }
    return find(loaded, "clib_counter_next", &library.counter_next) &&
           find(loaded, "clib_char_buffer_new", &library.buffer_new) &&
           find(loaded, "clib_char_buffer_free", &library.buffer_free) &&
           find(loaded, "clib_char_buffer_live", &library.buffer_live) &&
           find(loaded, "clib_last_error", &library.last_error) &&
           find(loaded, "clib_last_status", &library.last_status);
}

static int first_failure_is_right;
static int failure_without_memory_is_right;
static int success_is_right;

static void* new_thread(void* unused) {
    clib_char_buffer* buffer;
    first_failure_is_right = library.last_status() == CLIB_OK &&
                             library.counter_next(NULL) == CLIB_E_HANDLE &&
                             strstr(library.last_error(), "clib_counter_next: self") != NULL;

    fail_allocations(1, INT64_MAX);
    buffer = library.buffer_new("text", 4);
    failure_without_memory_is_right =
        buffer == NULL && library.last_status() == CLIB_E_NO_MEMORY &&
        strstr(library.last_error(), "clib_char_buffer_new: ") == library.last_error() &&
        library.counter_next(NULL) == library.last_status();
    failure_without_memory_is_right = failed_allocations() > 0 && failure_without_memory_is_right;

    buffer = library.buffer_new("text", 4);
    success_is_right =
        buffer != NULL && library.buffer_free(buffer) == CLIB_OK && library.buffer_live() == 0;
    return unused;
}

static void memory_runs_out_in_a_new_thread(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, new_thread, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(first_failure_is_right);
    CHECK(failure_without_memory_is_right);
    CHECK(success_is_right);
}

int main(int argc, char** argv) {
    if (!malloc_is_replaced()) {
        return tap_skip_all("another malloc than the test's is in use, as under valgrind");
    }
    if (argc != 2 || !is_loaded(argv[1])) {
        printf("Bail out! cannot load the library given as the argument\n");
        return 1;
    }
    tap_run("memory runs out in a new thread that has had a failure before",
            memory_runs_out_in_a_new_thread);
    return tap_finish();
}
