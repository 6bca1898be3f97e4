// SPDX-License-Identifier: MIT
// An exception that gets here ends the process: nothing catches it.
#include "core.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

extern "C" {
#include "plain.h"

struct plain_counter {
    core::counter counter;
};

int64_t plain_answer() { return core::answer(); }
int64_t plain_half(int64_t number) { return core::half(number); }
int64_t plain_midpoint(int64_t first, int64_t last) { return core::midpoint(first, last); }
int64_t plain_ends(const char* data, size_t size) { return core::ends({data, size}); }
void plain_add_one(char* data, size_t size) { core::add_one(data, size); }
char* plain_written() { return core::written(); }
char* plain_echo(const char* text, size_t size) { return strdup(core::echo({text, size}).c_str()); }
void plain_free(char* text) { std::free(text); }
plain_counter* plain_counter_new() { return new plain_counter; }
int64_t plain_counter_next(plain_counter* self) { return self->counter.next(); }
void plain_counter_free(plain_counter* self) { delete self; }
int64_t plain_total(int64_t count, int64_t (*function)(int64_t, void*), void* context) {
    return core::total(count, function, context);
}
}
