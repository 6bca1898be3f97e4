// SPDX-License-Identifier: MIT
// Deleters of the caller's that do what no deleter should: throw, or call the library again.
#include <clib.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "refused.h"
#include "tap.h"

namespace {

char text[] = "adopted text";
int calls = 0;

void throws_int(char*, void*) {
    ++calls;
    throw 42;
}

void throws_exception(char*, void*) {
    ++calls;
    throw std::runtime_error{"the disk is full"};
}

void a_deleter_that_throws() {
    for (const clib_deleter deleter : {throws_int, throws_exception}) {
        clib_c_string* const string = clib_c_string_adopt(text, deleter, nullptr);
        calls = 0;
        REFUSED(CLIB_E_CALLBACK, "deleter threw", clib_c_string_free, string);
        CHECK(calls == 1);
        REFUSED(CLIB_E_HANDLE, "freed", clib_c_string_free, string);
        CHECK(calls == 1);
        CHECK(clib_c_string_live() == 0);
    }
    clib_c_string* const string = clib_c_string_adopt(text, throws_exception, nullptr);
    REFUSED(CLIB_E_CALLBACK, "the disk is full", clib_c_string_free, string);
}

/// What a deleter saw of the library.
struct seen {
    clib_c_string* self = nullptr;
    clib_c_string* other = nullptr;
    std::int64_t size = 0;
    std::int64_t read = 0;
    std::int64_t freed = 0;
    std::int64_t unpinned = 0;
    const char* pinned = "";
    std::int64_t live = -1;
    std::int64_t other_size = 0;
    bool sentence_is_right = false;
};

void uses_its_own_handle(char* owned, void* context) {
    auto& result = *static_cast<seen*>(context);
    char out[8];
    result.size = clib_c_string_size(result.self);
    result.read = clib_c_string_read(result.self, out, sizeof out);
    result.pinned = clib_c_string_pin(result.self);
    result.unpinned = clib_c_string_unpin(result.self);
    result.freed = clib_c_string_free(result.self);
    result.sentence_is_right = is_last_failure(CLIB_E_HANDLE, "clib_c_string_free", "freed") != 0;
    result.live = clib_c_string_live();
    owned[0] = 'A';  // the text is still there
}

void a_deleter_that_uses_its_own_handle() {
    seen result;
    result.self = clib_c_string_adopt(text, uses_its_own_handle, &result);
    CHECK(clib_c_string_free(result.self) == CLIB_OK);
    CHECK(result.size == CLIB_E_HANDLE);
    CHECK(result.read == CLIB_E_HANDLE);
    CHECK(result.pinned == nullptr);
    CHECK(result.unpinned == CLIB_E_HANDLE);
    CHECK(result.freed == CLIB_E_HANDLE);
    CHECK(result.sentence_is_right);
    CHECK(result.live == 0);
    CHECK(std::strcmp(text, "Adopted text") == 0);
    text[0] = 'a';
}

void uses_other_objects(char*, void* context) {
    auto& result = *static_cast<seen*>(context);
    result.other_size = clib_c_string_size(result.other);
    clib_counter* const counter = clib_counter_new();
    clib_char_buffer* const buffer = clib_char_buffer_new("1234", 4);
    clib_c_string* const string = clib_c_string_new("text", 4);
    result.size = clib_counter_next(counter) + clib_char_buffer_add_one(buffer);
    result.freed =
        clib_counter_free(counter) + clib_char_buffer_free(buffer) + clib_c_string_free(string);
    result.live = clib_c_string_live();
}

void a_deleter_that_uses_other_objects() {
    seen result;
    result.other = clib_c_string_new("other", 5);
    result.self = clib_c_string_adopt(text, uses_other_objects, &result);
    CHECK(clib_c_string_free(result.self) == CLIB_OK);
    CHECK(result.other_size == 5);
    CHECK(result.size == 5);
    CHECK(result.freed == CLIB_OK);
    CHECK(result.live == 1);
    CHECK(clib_c_string_free(result.other) == CLIB_OK);
}

/// The next string is the context, so that one free leads to all.
void frees_the_next(char*, void* context) {
    ++calls;
    if (clib_c_string_free(static_cast<clib_c_string*>(context)) < 0) { throw 1; }
}

void a_deleter_that_frees_another_string() {
    constexpr int length = 100;
    void* next = nullptr;
    for (int i = 0; i < length; ++i) { next = clib_c_string_adopt(text, frees_the_next, next); }
    CHECK(clib_c_string_live() == length);
    calls = 0;
    CHECK(clib_c_string_free(static_cast<clib_c_string*>(next)) == CLIB_OK);
    CHECK(calls == length);
    CHECK(clib_c_string_live() == 0);
}

void a_deleter_that_frees_one_whose_deleter_throws() {
    clib_c_string* const last = clib_c_string_adopt(text, throws_int, nullptr);
    clib_c_string* const middle = clib_c_string_adopt(text, frees_the_next, last);
    clib_c_string* const first = clib_c_string_adopt(text, frees_the_next, middle);
    calls = 0;
    REFUSED(CLIB_E_CALLBACK, "deleter", clib_c_string_free, first);
    CHECK(calls == 3);
    CHECK(clib_c_string_live() == 0);
}

std::thread::id deleting_thread;

void notes_its_thread(char*, void*) { deleting_thread = std::this_thread::get_id(); }

void the_deleter_runs_in_the_thread_that_frees() {
    clib_c_string* const string = clib_c_string_adopt(text, notes_its_thread, nullptr);
    std::thread other{[&] { clib_c_string_free(string); }};
    const std::thread::id expected = other.get_id();
    other.join();
    CHECK(deleting_thread == expected);
    CHECK(clib_c_string_live() == 0);
}

void a_deleter_that_waits_for_another_thread() {
    seen result;
    result.self = clib_c_string_adopt(
        text,
        [](char*, void* context) {
            auto* const inner = static_cast<seen*>(context);
            std::thread{[&] { inner->size = clib_c_string_size(inner->self); }}.join();
        },
        &result);
    CHECK(clib_c_string_free(result.self) == CLIB_OK);
    CHECK(result.size == CLIB_E_HANDLE);
}

}  // namespace

int main() {
    tap_run("a deleter that throws", a_deleter_that_throws);
    tap_run("a deleter that uses its own handle", a_deleter_that_uses_its_own_handle);
    tap_run("a deleter that uses other objects", a_deleter_that_uses_other_objects);
    tap_run("a deleter that frees another string, and so on", a_deleter_that_frees_another_string);
    tap_run("a deleter that frees a string whose deleter throws",
            a_deleter_that_frees_one_whose_deleter_throws);
    tap_run("the deleter runs in the thread that frees", the_deleter_runs_in_the_thread_that_frees);
    tap_run("a deleter that waits for another thread in the library",
            a_deleter_that_waits_for_another_thread);
    return tap_finish();
}
