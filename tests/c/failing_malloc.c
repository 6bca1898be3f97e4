/* SPDX-License-Identifier: MIT */
/* See failing_malloc.h. The memory itself comes from glibc, under the names it has there. */
#include "failing_malloc.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* block, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void* block);

void* memalign(size_t alignment, size_t size);

static int64_t blocks = 0;
static __thread int64_t first_failing = 0; /* 0: none is to fail */
static __thread int64_t last_failing = 0;
static __thread int64_t calls = 0;
static __thread int64_t failures = 0;

void fail_allocations(int64_t first, int64_t last) {
    calls = 0;
    failures = 0;
    last_failing = last;
    first_failing = first;
}

int64_t failed_allocations(void) {
    first_failing = 0;
    return failures;
}

int64_t allocated_blocks(void) { return __atomic_load_n(&blocks, __ATOMIC_SEQ_CST); }

int malloc_is_replaced(void) {
    void* (*volatile allocate)(size_t) =
        malloc; /* the compiler believes it knows what malloc does */
    fail_allocations(1, 1);
    free(allocate(1));
    return failed_allocations() == 1;
}

static int is_to_fail(void) {
    if (first_failing == 0) { return 0; }
    ++calls;
    if (calls < first_failing || calls > last_failing) { return 0; }
    ++failures;
    errno = ENOMEM;
    return 1;
}

static void* counted(void* block) {
    if (block != NULL) { __atomic_fetch_add(&blocks, 1, __ATOMIC_SEQ_CST); }
    return block;
}

void* malloc(size_t size) { return is_to_fail() ? NULL : counted(__libc_malloc(size)); }

void* calloc(size_t count, size_t size) {
    return is_to_fail() ? NULL : counted(__libc_calloc(count, size));
}

void* realloc(void* block, size_t size) {
    void* moved;
    if (block == NULL) { return malloc(size); }
    if (size == 0) {
        free(block);
        return NULL;
    }
    if (is_to_fail()) { return NULL; }
    moved = __libc_realloc(block, size);
    return moved;
}

void* memalign(size_t alignment, size_t size) {
    return is_to_fail() ? NULL : counted(__libc_memalign(alignment, size));
}

void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void** block, size_t alignment, size_t size) {
    *block = memalign(alignment, size);
    return *block != NULL ? 0 : ENOMEM;
}

void free(void* block) {
    if (block != NULL) { __atomic_fetch_sub(&blocks, 1, __ATOMIC_SEQ_CST); }
    __libc_free(block);
}
