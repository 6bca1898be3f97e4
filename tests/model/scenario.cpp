// SPDX-License-Identifier: MIT
#include "scenario.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace {

// Memory that the program under test allocates: all of it is free when the next execution begins,
// and it is in the same places in each.
alignas(64) char arena[16 << 20];
std::size_t arena_used = 0;
std::uint32_t arena_execution = 0;
bool is_exploring = false;

void* allocate(std::size_t size, std::size_t alignment) {
    if (!is_exploring) {
        return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    }
    if (arena_execution != model::execution_number()) {
        arena_execution = model::execution_number();
        arena_used = 0;
    }
    const std::size_t begin = (arena_used + alignment - 1) / alignment * alignment;
    if (begin + size > sizeof arena) { std::abort(); }
    arena_used = begin + size;
    return arena + begin;
}
void deallocate(void* memory) noexcept {
    if (memory < arena || memory >= arena + sizeof arena) { std::free(memory); }
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, 16); }
void* operator new[](std::size_t size) { return allocate(size, 16); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { deallocate(memory); }
void operator delete[](void* memory) noexcept { deallocate(memory); }
void operator delete(void* memory, std::size_t) noexcept { deallocate(memory); }
void operator delete[](void* memory, std::size_t) noexcept { deallocate(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { deallocate(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { deallocate(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { deallocate(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { deallocate(memory); }

namespace model {
namespace {

struct way {
    const char* name;
    memory_model memory;
};
constexpr way ways[] = {
    {"sequential", memory_model::sequential},
    {"store order", memory_model::store_order},
    {"C++20", memory_model::weak},
};

report run(scenario& each, memory_model memory, bool prints_failure) {
    each.steps.threads = each.threads;
    limits bounds{.memory = memory,
                  .preemptions = each.preemptions,
                  .weak_steps = memory == memory_model::sequential ? 0 : each.weak_steps,
                  .executions = each.random_executions,
                  .random_seed = each.random_executions != 0 ? 0x9E3779B97F4A7C15ULL : 0};
    is_exploring = true;
    const report result = explore(each.steps, bounds, prints_failure);
    is_exploring = false;
    return result;
}

}  // namespace

int explore_all(std::vector<scenario> scenarios, int argument_count, char** arguments) {
    bool stops = false;
    std::string_view part;
    for (int i = 1; i < argument_count; ++i) {
        if (std::strcmp(arguments[i], "--until-failure") == 0) {
            stops = true;
        } else {
            part = arguments[i];
        }
    }
    int number = 0;
    int failures = 0;
    for (scenario& each : scenarios) {
        if (each.name.find(part) == std::string::npos) { continue; }
        for (const way& in : ways) {
            const auto begin = std::chrono::steady_clock::now();
            const report result = run(each, in.memory, !stops);
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
            if (result.failure != nullptr) {
                ++failures;
                if (stops) {
                    std::printf("%s, %s: %s\n", each.name.c_str(), in.name, result.failure);
                    return 1;
                }
            }
            if (stops) { continue; }
            std::printf("%s %d - %s, %s: %llu executions%s%s\n",
                        result.failure != nullptr ? "not ok" : "ok", ++number, each.name.c_str(),
                        in.name, static_cast<unsigned long long>(result.executions),
                        result.failure != nullptr ? ", " : "",
                        result.failure != nullptr ? result.failure : "");
            if (result.given_up != 0) {
                std::printf("# %llu of them lead nowhere\n",
                            static_cast<unsigned long long>(result.given_up));
            }
            std::printf("# %.2f s\n", seconds.count());
            std::fflush(stdout);
        }
    }
    if (!stops) { std::printf("1..%d\n", number); }
    return failures == 0 ? 0 : 1;
}

}  // namespace model
