// SPDX-License-Identifier: MIT
// A program for callgrind, which counts the instructions of each call of a function counted_*. Each
// runs its operation `rounds` times, and all loop in the same way. After each call the program
// prints a line: the name, the length of the text, the rounds.
#include <atomic>
#include <clib/c_string.hpp>
#include <clib/counter.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

constexpr int rounds = 1000;

/// To the compiler, something that reads `value` and may change all memory.
template <class T>
void use(const T& value) {
    asm volatile("" : : "r"(value) : "memory");
}

clib::counter numbers;
std::atomic<std::int64_t> number{0};

}  // namespace

#define COUNTED extern "C" __attribute__((noinline)) void

COUNTED counted_nothing(const char* text, std::size_t) {
    for (int i = 0; i < rounds; ++i) { use(text); }
}

COUNTED counted_next(const char*, std::size_t) {
    for (int i = 0; i < rounds; ++i) { use(numbers.next()); }
}

COUNTED counted_fetch_add(const char*, std::size_t) {
    for (int i = 0; i < rounds; ++i) { use(number.fetch_add(1, std::memory_order_acq_rel) + 1); }
}

COUNTED counted_copy_text(const char* text, std::size_t) {
    for (int i = 0; i < rounds; ++i) {
        const auto copied = clib::c_string::copy(text);
        use(copied.get());
    }
}

COUNTED counted_copy_view(const char* text, std::size_t size) {
    for (int i = 0; i < rounds; ++i) {
        const auto copied = clib::c_string::copy(std::string_view{text, size});
        use(copied.get());
    }
}

COUNTED counted_strdup(const char* text, std::size_t) {
    for (int i = 0; i < rounds; ++i) {
        char* const copied = strdup(text);
        use(copied);
        std::free(copied);
    }
}

COUNTED counted_strndup(const char* text, std::size_t size) {
    for (int i = 0; i < rounds; ++i) {
        char* const copied = strndup(text, size);
        use(copied);
        std::free(copied);
    }
}

int main() {
    const auto run = [](const char* name, void (*function)(const char*, std::size_t),
                        std::size_t length) {
        const std::string text(length, 'x');
        function(text.c_str(), length);
        std::printf("%s %zu %d\n", name, length, rounds);
    };
    run("nothing", counted_nothing, 0);
    run("fetch_add", counted_fetch_add, 0);
    run("next", counted_next, 0);
    for (const std::size_t length : {0, 7, 18, 100, 1000, 10'000}) {
        run("strdup", counted_strdup, length);
        run("copy_text", counted_copy_text, length);
        run("strndup", counted_strndup, length);
        run("copy_view", counted_copy_view, length);
    }
}
