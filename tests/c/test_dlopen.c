/* SPDX-License-Identifier: MIT */
/* An exit handler that is older than the library: it was registered before dlopen() loaded it, and
 * so runs after whatever the library does at exit. */
#include <clib.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static const char* path;
static clib_counter* counter;
static clib_counter* (*counter_new)(void);
static int64_t (*counter_next)(clib_counter*);
static clib_status (*counter_free)(clib_counter*);
static const char* (*last_error)(void);

/* ISO C has no conversion from dlsym's void* to a function. */
static int find(void* loaded, const char* name, void* function) {
    void* const address = dlsym(loaded, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

/* Shared with the child, whose exit code valgrind and the sanitizers may set. */
static enum outcome {
    nothing,
    not_loaded,
    handler_did_not_run,
    handler_failed,
    library_works
} * outcome;

static void older_than_the_library(void) {
    const int works = counter_next(counter) == 2 && counter_free(counter) == CLIB_OK &&
                      counter_next(counter) == CLIB_E_HANDLE &&
                      strstr(last_error(), "clib_counter_next: self") != NULL &&
                      counter_next(counter_new()) == 1;
    *outcome = works ? library_works : handler_failed;
}

static void child(void) {
    void* loaded;
    const int is_registered = atexit(older_than_the_library) == 0;
    *outcome = not_loaded;
    loaded = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (loaded == NULL || !is_registered || !find(loaded, "clib_counter_new", &counter_new) ||
        !find(loaded, "clib_counter_next", &counter_next) ||
        !find(loaded, "clib_counter_free", &counter_free) ||
        !find(loaded, "clib_last_error", &last_error)) {
        _exit(1);
    }
    counter = counter_new();
    counter_next(counter);
    dlclose(loaded); /* which does not unload it: handlers and threads may still need it */
    *outcome = handler_did_not_run;
    exit(0);
}

static void an_exit_handler_older_than_the_library(void) {
    pid_t process;
    outcome =
        mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(outcome != MAP_FAILED);
    process = fork();
    if (process == 0) { child(); }
    CHECK(process > 0 && waitpid(process, NULL, 0) == process);
    CHECK(*outcome == library_works);
}

int main(int argc, char** argv) {
    if (argc != 2) {
        printf("Bail out! give the library as the argument\n");
        return 1;
    }
    path = argv[1];
    tap_run("an exit handler older than the library, which dlclose() does not unload",
            an_exit_handler_older_than_the_library);
    return tap_finish();
}
