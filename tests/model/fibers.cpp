// SPDX-License-Identifier: MIT
#undef _FORTIFY_SOURCE  // its longjmp() takes a jump to another fiber for a mistake
#include "fibers.hpp"

#include <cxxabi.h>
#include <ucontext.h>
#include <array>
#include <csetjmp>
#include <cstdlib>
#include <cstring>

namespace model {
namespace {

constexpr std::size_t stack_size = 256 * 1024;
constexpr std::size_t variables_size = 64;
constexpr std::size_t handlers_size = 2 * sizeof(void*);  // the exceptions that are being handled

struct fiber {
    std::jmp_buf at;
    ucontext_t begin;
    char* stack = nullptr;
    bool is_begun = false;
    bool is_done = false;
    bool is_reusable = false;  // its body has ended, and it can run another one
    std::array<char, variables_size> variables{};
    std::array<char, handlers_size> handlers{};
};

std::array<fiber, max_fibers> fibers;
int running = max_fibers;
void (*run_body)(int) = nullptr;
std::jmp_buf resumed_from;

struct {
    std::array<void*, 8> addresses{};
    std::array<std::size_t, 8> sizes{};
    std::size_t count = 0;
} variables;

fiber& at(int number) { return fibers[static_cast<std::size_t>(number)]; }

void save(std::array<char, variables_size>& copy) {
    char* place = copy.data();
    for (std::size_t i = 0; i < variables.count; place += variables.sizes[i++]) {
        std::memcpy(place, variables.addresses[i], variables.sizes[i]);
    }
}
void restore(const std::array<char, variables_size>& copy) {
    const char* place = copy.data();
    for (std::size_t i = 0; i < variables.count; place += variables.sizes[i++]) {
        std::memcpy(variables.addresses[i], place, variables.sizes[i]);
    }
}

/// Runs one body after the other, until one is abandoned.
void run_fiber() {
    for (;;) {
        run_body(running);
        at(running).is_done = at(running).is_reusable = true;
        leave_fiber();
    }
}

// Not inline: setjmp() and getcontext() may spoil the variables of the function that calls them.

[[gnu::noinline]] void make(fiber& made) {
    if (made.stack == nullptr) { made.stack = static_cast<char*>(std::malloc(stack_size)); }
    getcontext(&made.begin);
    made.begin.uc_stack.ss_sp = made.stack;
    made.begin.uc_stack.ss_size = stack_size;
    made.begin.uc_link = nullptr;
    makecontext(&made.begin, &run_fiber, 0);
    made.is_begun = false;
}

[[gnu::noinline]] void jump_into(fiber& next) {
    if (_setjmp(resumed_from) == 0) {
        std::memcpy(static_cast<void*>(abi::__cxa_get_globals()), next.handlers.data(),
                    handlers_size);
        if (next.is_begun) { _longjmp(next.at, 1); }
        next.is_begun = true;
        setcontext(&next.begin);  // slow: it asks the system
    }
}

}  // namespace

void prepare_fibers(int count, void (*body)(int number)) {
    run_body = body;
    for (int number = 0; number < count; ++number) {
        fiber& each = at(number);
        if (!each.is_reusable) { make(each); }
        each.is_reusable = each.is_done = false;
        save(each.variables);
        each.handlers.fill(0);
    }
}

void resume_fiber(int number) {
    std::array<char, variables_size> own{};
    save(own);
    running = number;
    restore(at(number).variables);
    jump_into(at(number));
    running = max_fibers;
    restore(own);
    std::memset(static_cast<void*>(abi::__cxa_get_globals()), 0, handlers_size);
}

[[gnu::noinline]] void leave_fiber() {
    fiber& self = at(running);
    std::memcpy(self.handlers.data(), abi::__cxa_get_globals(), handlers_size);
    save(self.variables);
    if (_setjmp(self.at) == 0) { _longjmp(resumed_from, 1); }
}

int running_fiber() { return running; }
bool is_fiber_done(int number) { return at(number).is_done; }
void abandon_fiber(int number) { at(number).is_done = true; }

void add_thread_variable(void* address, std::size_t size) {
    variables.addresses[variables.count] = address;
    variables.sizes[variables.count++] = size;
}

}  // namespace model
