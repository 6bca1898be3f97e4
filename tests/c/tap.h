/* SPDX-License-Identifier: MIT */
/* Cases and checks that report in TAP, for C99 and C++. CHECK belongs in the main thread; other
 * threads count what went wrong and leave the number to it. */
#ifndef CLIB_TESTS_TAP_H
#define CLIB_TESTS_TAP_H

#include <stdio.h>

static int tap_cases = 0;
static int tap_failed_cases = 0;
static int tap_failed_checks = 0;

/* Runs one test case. */
static inline void tap_run(const char* name, void (*body)(void)) {
    tap_failed_checks = 0;
    body();
    printf("%s %d - %s\n", tap_failed_checks == 0 ? "ok" : "not ok", ++tap_cases, name);
    tap_failed_cases += tap_failed_checks == 0 ? 0 : 1;
    fflush(stdout);
}

/* Says that nothing of this program can be tested here. */
static inline int tap_skip_all(const char* reason) {
    printf("1..0 # SKIP %s\n", reason);
    return 0;
}

/* Prints the plan. Returns what main() is to return. */
static inline int tap_finish(void) {
    printf("1..%d\n", tap_cases);
    return tap_failed_cases == 0 ? 0 : 1;
}

static inline int tap_check(int is_true, const char* condition, const char* file, int line) {
    if (!is_true) {
        ++tap_failed_checks;
        printf("# %s:%d: not true: %s\n", file, line, condition);
    }
    return is_true;
}

#define CHECK(...) tap_check((__VA_ARGS__) ? 1 : 0, #__VA_ARGS__, __FILE__, __LINE__)

#endif
