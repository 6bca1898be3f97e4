// SPDX-License-Identifier: MIT
// Every function of clib.h under a malloc that fails at its n-th call, for n = 1, 2, ... until the
// function no longer reaches it: an error code, nothing leaked, nothing changed, and all well
// afterwards. A new function of clib.h gets a line in `entry_points`.
#include <clib.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "failing_malloc.h"
#include "refused.h"
#include "tap.h"

namespace {

const std::string long_text(5000, 'x');

constexpr char heap_text[] = "text that is too long to be kept without an allocation";

void leave(char*, void*) {}
char adopted_text[] = "adopted";

/// One live object of each type, and what a call has made besides.
struct objects {
    clib_counter* counter = clib_counter_new();
    clib_char_buffer* buffer = clib_char_buffer_new("0123456789", 10);
    clib_c_string* string = clib_c_string_new(heap_text, sizeof heap_text - 1);
    clib_counter* new_counter = nullptr;
    clib_char_buffer* new_buffer = nullptr;
    clib_c_string* new_string = nullptr;

    objects() { clib_counter_reserve(counter, 3); }
    objects(const objects&) = delete;
    objects& operator=(const objects&) = delete;
    ~objects() {
        clib_counter_free(counter);
        clib_char_buffer_free(buffer);
        clib_c_string_free(string);
        clib_counter_free(new_counter);
        clib_char_buffer_free(new_buffer);
        clib_c_string_free(new_string);
    }

    /// All that can be seen of them.
    std::string state() const {
        char bytes[64];
        std::string seen = std::to_string(clib_counter_value(counter));
        const std::int64_t size = clib_char_buffer_read(buffer, 0, bytes, sizeof bytes);
        seen += '|' + std::to_string(clib_char_buffer_size(buffer)) + '|';
        seen.append(bytes, static_cast<std::size_t>(size));
        seen += '|' + std::to_string(clib_c_string_size(string)) + '|';
        seen.append(bytes,
                    static_cast<std::size_t>(clib_c_string_read(string, bytes, sizeof bytes)));
        for (const std::int64_t live :
             {clib_counter_live(), clib_char_buffer_live(), clib_c_string_live()}) {
            seen += '|' + std::to_string(live);
        }
        return seen;
    }
};

/// The status of a call that returned this.
std::int64_t status_of(const void* result) {
    return result != nullptr ? CLIB_OK : clib_last_status();
}

template <class Handle>
std::int64_t keep(Handle*& place, Handle* made) {
    place = made;
    return status_of(made);
}

/// A function of clib.h as it is to be called, and what it returns when there is memory: a
/// failure's code, or `succeeds`.
struct entry_point {
    const char* function;
    std::int64_t (*call)(objects&);
    std::int64_t result;
};
constexpr std::int64_t succeeds = 0;

char memory[64];

const entry_point entry_points[] = {
    {"clib_version", [](objects&) { return status_of(clib_version()); }, succeeds},
    {"clib_version_at_least", [](objects&) { return clib_version_at_least(0, 0, 0); }, succeeds},
    {"clib_last_error", [](objects&) { return status_of(clib_last_error()); }, succeeds},
    {"clib_last_status", [](objects&) { return clib_last_status() <= 0 ? succeeds : 1; }, succeeds},
    {"clib_last_size", [](objects&) { return clib_last_size() >= 0 ? succeeds : 1; }, succeeds},
    {"clib_describe", [](objects&) { return clib_describe() != nullptr ? succeeds : 1; }, succeeds},
    {"clib_status_name", [](objects&) { return status_of(clib_status_name(-2)); }, succeeds},
    {"clib_add_one", [](objects&) { return clib_add_one(memory, 64); }, succeeds},
    {"clib_add_one", [](objects&) { return clib_add_one(nullptr, 1); }, CLIB_E_INVALID},

    {"clib_counter_new", [](objects& o) { return keep(o.new_counter, clib_counter_new()); },
     succeeds},
    {"clib_counter_next", [](objects& o) { return clib_counter_next(o.counter); }, succeeds},
    {"clib_counter_next", [](objects&) { return clib_counter_next(nullptr); }, CLIB_E_HANDLE},
    {"clib_counter_reserve", [](objects& o) { return clib_counter_reserve(o.counter, 5); },
     succeeds},
    {"clib_counter_reserve", [](objects& o) { return clib_counter_reserve(o.counter, -5); },
     CLIB_E_INVALID},
    {"clib_counter_reserve", [](objects& o) { return clib_counter_reserve(o.counter, INT64_MAX); },
     CLIB_E_OVERFLOW},
    {"clib_counter_value", [](objects& o) { return clib_counter_value(o.counter); }, succeeds},
    {"clib_counter_reset", [](objects& o) { return clib_counter_reset(o.counter); }, succeeds},
    {"clib_counter_free",
     [](objects& o) { return clib_counter_free(std::exchange(o.counter, nullptr)); }, succeeds},
    {"clib_counter_free",
     [](objects& o) { return clib_counter_free(reinterpret_cast<clib_counter*>(o.buffer)); },
     CLIB_E_HANDLE},
    {"clib_counter_live", [](objects&) { return clib_counter_live(); }, succeeds},

    {"clib_char_buffer_new",
     [](objects& o) { return keep(o.new_buffer, clib_char_buffer_new(long_text.data(), 5000)); },
     succeeds},
    {"clib_char_buffer_new",
     [](objects& o) { return keep(o.new_buffer, clib_char_buffer_new(nullptr, 1)); },
     CLIB_E_INVALID},
    {"clib_char_buffer_size", [](objects& o) { return clib_char_buffer_size(o.buffer); }, succeeds},
    {"clib_char_buffer_at", [](objects& o) { return clib_char_buffer_at(o.buffer, 0); }, succeeds},
    {"clib_char_buffer_at", [](objects& o) { return clib_char_buffer_at(o.buffer, 10); },
     CLIB_E_OUT_OF_RANGE},
    {"clib_char_buffer_set", [](objects& o) { return clib_char_buffer_set(o.buffer, 0, 'x'); },
     succeeds},
    {"clib_char_buffer_set", [](objects& o) { return clib_char_buffer_set(o.buffer, 0, 256); },
     CLIB_E_INVALID},
    {"clib_char_buffer_read",
     [](objects& o) { return clib_char_buffer_read(o.buffer, 0, memory, 64); }, succeeds},
    {"clib_char_buffer_read",
     [](objects& o) { return clib_char_buffer_read(o.buffer, 11, memory, 64); },
     CLIB_E_OUT_OF_RANGE},
    {"clib_char_buffer_write",
     [](objects& o) { return clib_char_buffer_write(o.buffer, 2, "xyz", 3); }, succeeds},
    {"clib_char_buffer_write",
     [](objects& o) { return clib_char_buffer_write(o.buffer, 9, "xyz", 3); }, CLIB_E_OUT_OF_RANGE},
    {"clib_char_buffer_add_one", [](objects& o) { return clib_char_buffer_add_one(o.buffer); },
     succeeds},
    {"clib_char_buffer_assign",
     [](objects& o) { return clib_char_buffer_assign(o.buffer, long_text.data(), 5000); },
     succeeds},
    {"clib_char_buffer_append",
     [](objects& o) { return clib_char_buffer_append(o.buffer, long_text.data(), 5000); },
     succeeds},
    {"clib_char_buffer_insert",
     [](objects& o) { return clib_char_buffer_insert(o.buffer, 5, long_text.data(), 5000); },
     succeeds},
    {"clib_char_buffer_erase", [](objects& o) { return clib_char_buffer_erase(o.buffer, 2, 3); },
     succeeds},
    {"clib_char_buffer_resize", [](objects& o) { return clib_char_buffer_resize(o.buffer, 5000); },
     succeeds},
    {"clib_char_buffer_resize", [](objects& o) { return clib_char_buffer_resize(o.buffer, -1); },
     CLIB_E_INVALID},
    {"clib_char_buffer_resize",
     [](objects& o) { return clib_char_buffer_resize(o.buffer, INT64_MAX); }, CLIB_E_LENGTH},
    {"clib_char_buffer_clear", [](objects& o) { return clib_char_buffer_clear(o.buffer); },
     succeeds},
    {"clib_char_buffer_pin",
     [](objects& o) {
         const std::int64_t status = status_of(clib_char_buffer_pin(o.buffer));
         clib_char_buffer_unpin(o.buffer);
         return status;
     },
     succeeds},
    {"clib_char_buffer_unpin", [](objects& o) { return clib_char_buffer_unpin(o.buffer); },
     CLIB_E_INVALID},
    {"clib_char_buffer_free",
     [](objects& o) { return clib_char_buffer_free(std::exchange(o.buffer, nullptr)); }, succeeds},
    {"clib_char_buffer_free",
     [](objects& o) {
         clib_char_buffer_pin(o.buffer);
         const std::int64_t status = clib_char_buffer_free(o.buffer);
         clib_char_buffer_unpin(o.buffer);
         return status;
     },
     CLIB_E_BUSY},
    {"clib_char_buffer_live", [](objects&) { return clib_char_buffer_live(); }, succeeds},

    {"clib_c_string_new",
     [](objects& o) { return keep(o.new_string, clib_c_string_new(long_text.data(), 5000)); },
     succeeds},
    {"clib_c_string_new",
     [](objects& o) { return keep(o.new_string, clib_c_string_new("a\0b", 3)); }, CLIB_E_INVALID},
    {"clib_c_string_adopt",
     [](objects& o) {
         return keep(o.new_string, clib_c_string_adopt(adopted_text, leave, nullptr));
     },
     succeeds},
    {"clib_c_string_size", [](objects& o) { return clib_c_string_size(o.string); }, succeeds},
    {"clib_c_string_read", [](objects& o) { return clib_c_string_read(o.string, memory, 64); },
     succeeds},
    {"clib_c_string_read", [](objects& o) { return clib_c_string_read(o.string, nullptr, 64); },
     CLIB_E_INVALID},
    {"clib_c_string_text", [](objects& o) { return status_of(clib_c_string_text(o.string)); },
     succeeds},
    {"clib_c_string_text", [](objects&) { return status_of(clib_c_string_text(nullptr)); },
     CLIB_E_HANDLE},
    {"clib_c_string_pin",
     [](objects& o) {
         const std::int64_t status = status_of(clib_c_string_pin(o.string));
         clib_c_string_unpin(o.string);
         return status;
     },
     succeeds},
    {"clib_c_string_unpin", [](objects& o) { return clib_c_string_unpin(o.string); },
     CLIB_E_INVALID},
    {"clib_c_string_free",
     [](objects& o) { return clib_c_string_free(std::exchange(o.string, nullptr)); }, succeeds},
    {"clib_c_string_live", [](objects&) { return clib_c_string_live(); }, succeeds},
};

bool is_expected(const entry_point& entry, std::int64_t result) {
    return entry.result == succeeds ? result >= 0 : result == entry.result;
}

/// Fails the n-th allocation (and, if `lasting`, all after it) of the entry's call.
/// Returns: Whether there was an n-th.
bool fail_once(const entry_point& entry, std::int64_t n, bool lasting) {
    objects o;
    const std::string state = o.state();
    const std::int64_t blocks = allocated_blocks();
    fail_allocations(n, lasting ? INT64_MAX : n);
    const std::int64_t result = entry.call(o);
    if (failed_allocations() == 0) {
        CHECK(is_expected(entry, result));
        return false;
    }
    CHECK(result == CLIB_E_NO_MEMORY || (entry.result != succeeds && result == entry.result));
    CHECK(is_last_failure(result, entry.function, ""));
    CHECK(std::strlen(clib_last_error()) > std::strlen(entry.function) + 2);
    CHECK(allocated_blocks() == blocks);
    CHECK(o.state() == state);
    CHECK(is_expected(entry, entry.call(o)));
    return true;
}

const entry_point* current = nullptr;

void fail_at_every_allocation() {
    const std::int64_t blocks = allocated_blocks();
    const std::int64_t live = clib_counter_live() + clib_char_buffer_live() + clib_c_string_live();
    for (const bool lasting : {false, true}) {
        std::int64_t n = 1;
        while (fail_once(*current, n, lasting) && n < 1000) { ++n; }
        CHECK(n < 1000);
        if (lasting) {
            printf("# %s allocates %d times\n", current->function, static_cast<int>(n) - 1);
        }
    }
    CHECK(allocated_blocks() == blocks);
    CHECK(clib_counter_live() + clib_char_buffer_live() + clib_c_string_live() == live);
}

/// What a table allocates for more objects: their slots, and a record of them.
constexpr std::int64_t table_blocks = 2;

/// Makes an object where its table has no memory for it yet. That memory stays the table's even if
/// the object cannot be made; besides, a live object has `own_blocks`.
void fail_to_make(bool (*make)(), std::int64_t (*live)(), std::int64_t own_blocks) {
    const std::int64_t live_before = live();
    const std::int64_t blocks = allocated_blocks();
    for (std::int64_t n = 1;; ++n) {
        fail_allocations(n, n);
        const bool made = make();
        if (failed_allocations() == 0) {
            CHECK(made);
            CHECK(n == table_blocks + own_blocks + 1);
            break;
        }
        CHECK(!made);
        CHECK(clib_last_status() == CLIB_E_NO_MEMORY);
        CHECK(live() == live_before);
        CHECK(allocated_blocks() <= blocks + table_blocks);
    }
    CHECK(live() == live_before + 1);
    CHECK(allocated_blocks() == blocks + table_blocks + own_blocks);
}

void fail_to_make_more_room() {
    fail_to_make([] { return clib_counter_new() != nullptr; }, clib_counter_live, 0);
    fail_to_make([] { return clib_char_buffer_new("x", 1) != nullptr; }, clib_char_buffer_live, 1);
    fail_to_make([] { return clib_c_string_new("x", 1) != nullptr; }, clib_c_string_live, 1);
}

/// The objects stay alive, so that the table has to grow for the next.
void fill_the_first_block_of_each_table() {
    while (clib_counter_live() < 64) { CHECK(clib_counter_new() != nullptr); }
    while (clib_char_buffer_live() < 64) { CHECK(clib_char_buffer_new("x", 1) != nullptr); }
    while (clib_c_string_live() < 64) { CHECK(clib_c_string_new("x", 1) != nullptr); }
    fail_to_make_more_room();
}

/// What the caller's deleter has done is done; only the report of it may be another.
void a_deleter_that_throws_while_memory_is_short() {
    static int calls = 0;
    const auto throwing = [](char*, void*) {
        ++calls;
        throw 42;
    };
    for (std::int64_t n = 1;; ++n) {
        clib_c_string* const string = clib_c_string_adopt(adopted_text, throwing, nullptr);
        const std::int64_t live = clib_c_string_live();
        const std::int64_t blocks = allocated_blocks();
        calls = 0;
        fail_allocations(n, INT64_MAX);
        const std::int64_t result = clib_c_string_free(string);
        const bool done = failed_allocations() == 0;
        CHECK(result == CLIB_E_CALLBACK || (!done && result == CLIB_E_NO_MEMORY));
        CHECK(calls == 1);
        CHECK(clib_c_string_live() == live - 1);
        CHECK(allocated_blocks() == blocks);
        CHECK(clib_c_string_free(string) == CLIB_E_HANDLE);
        if (done) { break; }
    }
}

void a_new_thread_whose_first_call_fails() {
    static bool is_right = false;
    std::thread{[] {
        fail_allocations(1, INT64_MAX);
        is_right = clib_counter_next(nullptr) < 0 && std::strlen(clib_last_error()) > 0 &&
                   clib_counter_next(nullptr) == clib_last_status();
        is_right = failed_allocations() > 0 && is_right;
    }}.join();
    CHECK(is_right);
}

/// Returns: The blocks that are allocated after a thread has been returned text.
std::int64_t blocks_after_a_thread(std::size_t size) {
    clib_c_string* const string = clib_c_string_new(std::string(size, 'x').data(), size);
    static bool is_right = false;
    std::thread{[=] {
        is_right = clib_c_string_text(string) != nullptr &&
                   clib_last_size() == static_cast<std::int64_t>(size);
    }}.join();
    CHECK(is_right);
    clib_c_string_free(string);
    return allocated_blocks();
}

void a_text_ends_with_its_thread() {
    const std::int64_t blocks = blocks_after_a_thread(100);
    for (const std::size_t size : {std::size_t{1000}, std::size_t{1000000}}) {
        CHECK(blocks_after_a_thread(size) == blocks);
    }
}

}  // namespace

int main() {
    if (malloc_is_replaced() == 0) {
        return tap_skip_all("another malloc than the test's is in use, as under valgrind");
    }
    printf("# malloc fails\n");  // and stdout has its memory from now on
    tap_run("the first object of each type", fail_to_make_more_room);
    tap_run("the object for which a table grows", fill_the_first_block_of_each_table);
    // The memory of the thread's last text stays the library's, and the next takes its place.
    clib_c_string_text(objects{}.string);
    for (const entry_point& entry : entry_points) {
        current = &entry;
        const std::string expected =
            entry.result == succeeds ? "" : std::string{" with "} + clib_status_name(entry.result);
        tap_run((entry.function + expected).c_str(), fail_at_every_allocation);
    }
    tap_run("a deleter that throws", a_deleter_that_throws_while_memory_is_short);
    tap_run("a new thread whose first call fails", a_new_thread_whose_first_call_fails);
    tap_run("a text ends with its thread", a_text_ends_with_its_thread);
    return tap_finish();
}
