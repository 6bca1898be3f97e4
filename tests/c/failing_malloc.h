/* SPDX-License-Identifier: MIT */
/* malloc and its kin, replaced for the program and every library in it, so that allocations can be
 * counted and made to fail. Link failing_malloc.c. */
#ifndef CLIB_TESTS_FAILING_MALLOC_H
#define CLIB_TESTS_FAILING_MALLOC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From now on this thread's allocations from the `first` to the `last`, counted from 1, fail. */
void fail_allocations(int64_t first, int64_t last);

/* Ends that, and returns how many allocations have failed. */
int64_t failed_allocations(void);

/* The number of blocks that are allocated, by any thread. */
int64_t allocated_blocks(void);

/* Whether the program's calls come here; not so under valgrind, which has a malloc of its own. */
int malloc_is_replaced(void);

#ifdef __cplusplus
}
#endif

#endif
