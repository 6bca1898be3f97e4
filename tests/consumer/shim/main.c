/* SPDX-License-Identifier: MIT */
/* A C99 program that uses libclib.so. */
#include <clib.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    clib_counter* numbers = clib_counter_new();
    const int64_t number = clib_counter_next(numbers);
    clib_counter_free(numbers);
    if (number < 0) {
        fprintf(stderr, "%s\n", clib_last_error());
        return 1;
    }
    printf("clib %s %" PRId64 "\n", clib_version(), number);
    return strcmp(clib_version(), CLIB_VERSION_STRING) == 0 && number == 1 ? 0 : 1;
}
