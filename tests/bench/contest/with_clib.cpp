// SPDX-License-Identifier: MIT
// The core opened with clib: one library for both of its ways into Python.
#include "core.hpp"

#include <clib/c_string.hpp>
#include <clib/ffi.hpp>
#include <clib/version.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

struct contest_counter;

using namespace clib::ffi;

static constinit handle_table<core::counter, contest_counter> counters{"contest_counter"};

extern "C" {

CLIB_EXPORT int64_t contest_answer() noexcept {
    return call([] { return core::answer(); });
}
CLIB_EXPORT int64_t contest_half(int64_t number) noexcept {
    return call([&] { return core::half(number); });
}
CLIB_EXPORT int64_t contest_midpoint(int64_t first, int64_t last) noexcept {
    return call([&] { return core::midpoint(first, last); });
}
CLIB_EXPORT int64_t contest_ends(const char* data, size_t size) noexcept {
    return call([&] { return core::ends(bytes(data, size, "data")); });
}
CLIB_EXPORT status contest_add_one(char* data, size_t size) noexcept {
    return call([&] {
        const auto memory = writable_bytes(data, size, "data");
        core::add_one(memory.data(), memory.size());
    });
}
CLIB_EXPORT const char* contest_written() noexcept {
    return call([] { return clib::c_string{core::written()}; });
}
CLIB_EXPORT const char* contest_echo(const char* text, size_t size) noexcept {
    return call([&] { return core::echo(bytes(text, size, "text")); });
}

CLIB_EXPORT contest_counter* contest_counter_new() noexcept {
    return call([] { return counters.emplace(); });
}
CLIB_EXPORT int64_t contest_counter_next(contest_counter* self) noexcept {
    return call([&] { return counters.at(self)->next(); });
}
CLIB_EXPORT status contest_counter_free(contest_counter* self) noexcept {
    return counters.free(self);
}

CLIB_EXPORT int64_t contest_total(int64_t count, int64_t (*function)(int64_t number, void* context),
                                  void* context) noexcept {
    return call([&] {
        auto call_number = [&](int64_t number) {
            return call_back("function", function, number, context);
        };
        return core::total(
            count,
            [](int64_t number, void* calling) {
                return (*static_cast<decltype(call_number)*>(calling))(number);
            },
            &call_number);
    });
}
}

CLIB_MODULE(contest, CLIB_VERSION_STRING, "The core of the contest.",
            type<contest_counter>("Counter", "Counts.")
                .constructor<&contest_counter_new>()
                .method<&contest_counter_next>("next")
                .destructor<&contest_counter_free>(),
            function<&contest_answer>("answer"), function<&contest_half>("half", "number"),
            function<&contest_midpoint>("midpoint", "first", "last"),
            function<&contest_ends>("ends_of_text", "data"),
            function<&contest_ends>("ends_of_bytes", "data"),
            function<&contest_add_one>("add_one", "data"), function<&contest_written>("written"),
            function<&contest_echo>("echo", "text"),
            function<&contest_total>("total", "count", "function"));
