// SPDX-License-Identifier: MIT
/* The core behind a C ABI as one writes it without a toolkit, for ctypes and cffi. cffi reads these
   very lines, so there is nothing else here. */

struct plain_counter;

int64_t plain_answer(void);
int64_t plain_half(int64_t number);
int64_t plain_midpoint(int64_t first, int64_t last);
int64_t plain_ends(const char* data, size_t size);
void plain_add_one(char* data, size_t size);
char* plain_written(void);
char* plain_echo(const char* text, size_t size);
void plain_free(char* text);
struct plain_counter* plain_counter_new(void);
int64_t plain_counter_next(struct plain_counter* self);
void plain_counter_free(struct plain_counter* self);
int64_t plain_total(int64_t count, int64_t (*function)(int64_t, void*), void* context);
