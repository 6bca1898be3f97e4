/* SPDX-License-Identifier: MIT */
/* How a refusal by clib looks: a code, which clib_last_status() repeats, and a sentence that begins
 * with the function's name and speaks of what was wrong. For C99 and C++. */
#ifndef CLIB_TESTS_REFUSED_H
#define CLIB_TESTS_REFUSED_H

#include <clib.h>
#include <string.h>

#include "tap.h"

/* Whether the last failure is `function`'s, has `code`, and mentions `what`. */
static inline int is_last_failure(clib_status code, const char* function, const char* what) {
    const char* const sentence = clib_last_error();
    const size_t length = strlen(function);
    const int is_right = clib_last_status() == code && strncmp(sentence, function, length) == 0 &&
                         strncmp(sentence + length, ": ", 2) == 0 &&
                         strstr(sentence + length + 2, what) != NULL;
    if (!is_right) {
        printf("# last failure: %s: %s\n", clib_status_name(clib_last_status()), sentence);
    }
    return is_right;
}

/* The call function(...) returns `code` and leaves a sentence that mentions `what`. */
#define REFUSED(code, what, function, ...) \
    CHECK((function)(__VA_ARGS__) == (code) && is_last_failure((code), #function, (what)))

/* The call function(...) returns NULL for the reason `code`. */
#define REFUSED_NULL(code, what, function, ...) \
    CHECK((function)(__VA_ARGS__) == NULL && is_last_failure((code), #function, (what)))

#endif
