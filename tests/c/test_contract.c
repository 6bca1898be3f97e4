/* SPDX-License-Identifier: MIT */
/* Every function of clib.h, used as a C programmer would, and every failure that clib.h documents.
 */
#include <clib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "refused.h"
#include "tap.h"

static clib_char_buffer* buffer_of(const char* text) {
    return clib_char_buffer_new(text, strlen(text));
}

static int buffer_is(clib_char_buffer* buffer, const char* bytes, size_t size) {
    char out[64];
    return clib_char_buffer_size(buffer) == (int64_t)size &&
           clib_char_buffer_read(buffer, 0, out, sizeof out) == (int64_t)size &&
           memcmp(out, bytes, size) == 0;
}

static int buffer_is_text(clib_char_buffer* buffer, const char* text) {
    return buffer_is(buffer, text, strlen(text));
}

/* --- The library ----------------------------------------------------------------------------- */

static void version(void) {
    CHECK(strcmp(clib_version(), CLIB_VERSION_STRING) == 0);
    CHECK(clib_version_at_least(CLIB_VERSION_MAJOR, CLIB_VERSION_MINOR, CLIB_VERSION_PATCH) == 1);
    CHECK(clib_version_at_least(CLIB_VERSION_MAJOR, 0, 0) == 1);
    CHECK(clib_version_at_least(CLIB_VERSION_MAJOR, CLIB_VERSION_MINOR, CLIB_VERSION_PATCH + 1) ==
          0);
    CHECK(clib_version_at_least(CLIB_VERSION_MAJOR, CLIB_VERSION_MINOR + 1, 0) == 0);
    CHECK(clib_version_at_least(CLIB_VERSION_MAJOR + 1, 0, 0) == 0);
    CHECK(clib_version_at_least(CLIB_VERSION_MAJOR - 1, INT64_MAX, 0) == 0);
}

/* Runs first, while nothing has failed yet. */
static void no_failure_yet(void) {
    clib_counter* const counter = clib_counter_new();
    CHECK(strcmp(clib_last_error(), "") == 0);
    CHECK(clib_last_status() == CLIB_OK);
    CHECK(clib_last_size() == 0);
    CHECK(clib_counter_free(counter) == CLIB_OK);
    CHECK(clib_last_status() == CLIB_OK);
}

static void a_success_keeps_the_last_failure(void) {
    clib_counter* const counter = clib_counter_new();
    REFUSED(CLIB_E_INVALID, "data", clib_add_one, NULL, 1);
    CHECK(clib_counter_next(counter) == 1);
    CHECK(is_last_failure(CLIB_E_INVALID, "clib_add_one", "data"));
    CHECK(clib_counter_free(counter) == CLIB_OK);
}

static void status_names(void) {
    static const struct {
        clib_status status;
        const char* name;
    } all[] = {
        {CLIB_OK, "CLIB_OK"},
        {CLIB_E_UNKNOWN, "CLIB_E_UNKNOWN"},
        {CLIB_E_NO_MEMORY, "CLIB_E_NO_MEMORY"},
        {CLIB_E_INVALID, "CLIB_E_INVALID"},
        {CLIB_E_HANDLE, "CLIB_E_HANDLE"},
        {CLIB_E_OUT_OF_RANGE, "CLIB_E_OUT_OF_RANGE"},
        {CLIB_E_OVERFLOW, "CLIB_E_OVERFLOW"},
        {CLIB_E_LENGTH, "CLIB_E_LENGTH"},
        {CLIB_E_BUSY, "CLIB_E_BUSY"},
        {CLIB_E_SYSTEM, "CLIB_E_SYSTEM"},
        {CLIB_E_CALLBACK, "CLIB_E_CALLBACK"},
        {CLIB_E_STOP_ITERATION, "CLIB_E_STOP_ITERATION"},
        {CLIB_E_ENCODING_WARNING, "CLIB_E_ENCODING_WARNING"},
        {1, "CLIB_E_UNKNOWN"},
        {-53, "CLIB_E_UNKNOWN"},
        {INT64_MIN, "CLIB_E_UNKNOWN"},
        {INT64_MAX, "CLIB_E_UNKNOWN"},
    };
    size_t i;
    for (i = 0; i < sizeof all / sizeof *all; ++i) {
        CHECK(strcmp(clib_status_name(all[i].status), all[i].name) == 0);
    }
}

/* --- Memory of the caller's ------------------------------------------------------------------ */

static void add_one(void) {
    char memory[] = {'a', '\0', '\x7f', '\xff', 'z'};
    CHECK(clib_add_one(memory, 4) == 4);
    CHECK(memcmp(memory, "b\x01\x80\x00z", 5) == 0);
    CHECK(clib_add_one(memory, 0) == 0);
    CHECK(clib_add_one(NULL, 0) == 0);
    REFUSED(CLIB_E_INVALID, "data", clib_add_one, NULL, 5);
    REFUSED(CLIB_E_LENGTH, "data", clib_add_one, memory, SIZE_MAX);
    CHECK(memcmp(memory, "b\x01\x80\x00z", 5) == 0);
}

/* --- clib_counter ---------------------------------------------------------------------------- */

static void a_counter_counts(void) {
    clib_counter* const counter = clib_counter_new();
    CHECK(counter != NULL);
    CHECK(clib_counter_live() == 1);
    CHECK(clib_counter_value(counter) == 0);
    CHECK(clib_counter_next(counter) == 1);
    CHECK(clib_counter_next(counter) == 2);
    CHECK(clib_counter_reserve(counter, 10) == 3);
    CHECK(clib_counter_value(counter) == 12);
    CHECK(clib_counter_next(counter) == 13);
    CHECK(clib_counter_reset(counter) == CLIB_OK);
    CHECK(clib_counter_value(counter) == 0);
    CHECK(clib_counter_next(counter) == 1);
    CHECK(clib_counter_free(counter) == CLIB_OK);
    CHECK(clib_counter_live() == 0);
}

static void a_counter_stays_at_its_end(void) {
    clib_counter* const counter = clib_counter_new();
    int i;
    CHECK(clib_counter_reserve(counter, INT64_MAX - 1) == 1);
    CHECK(clib_counter_next(counter) == INT64_MAX);
    for (i = 0; i < 3; ++i) {
        REFUSED(CLIB_E_OVERFLOW, "reset", clib_counter_next, counter);
        REFUSED(CLIB_E_OVERFLOW, "reset", clib_counter_reserve, counter, 1);
        REFUSED(CLIB_E_OVERFLOW, "reset", clib_counter_reserve, counter, INT64_MAX);
        CHECK(clib_counter_value(counter) == INT64_MAX);
    }
    CHECK(clib_counter_reset(counter) == CLIB_OK);
    CHECK(clib_counter_next(counter) == 1);
    CHECK(clib_counter_free(counter) == CLIB_OK);
}

static void a_counter_reserves_at_least_one(void) {
    clib_counter* const counter = clib_counter_new();
    REFUSED(CLIB_E_INVALID, "reserve", clib_counter_reserve, counter, 0);
    REFUSED(CLIB_E_INVALID, "reserve", clib_counter_reserve, counter, -1);
    REFUSED(CLIB_E_INVALID, "reserve", clib_counter_reserve, counter, INT64_MIN);
    CHECK(clib_counter_value(counter) == 0);
    CHECK(clib_counter_free(counter) == CLIB_OK);
}

static void refuses_counter(clib_counter* wrong) {
    REFUSED(CLIB_E_HANDLE, "self", clib_counter_next, wrong);
    REFUSED(CLIB_E_HANDLE, "self", clib_counter_reserve, wrong, 1);
    REFUSED(CLIB_E_HANDLE, "self", clib_counter_value, wrong);
    REFUSED(CLIB_E_HANDLE, "self", clib_counter_reset, wrong);
    if (wrong != NULL) { REFUSED(CLIB_E_HANDLE, "self", clib_counter_free, wrong); }
}

/* --- clib_char_buffer ------------------------------------------------------------------------ */

static void a_buffer_holds_bytes(void) {
    char memory[8];
    clib_char_buffer* const buffer = clib_char_buffer_new("a\0b", 3);
    clib_char_buffer* const empty = clib_char_buffer_new(NULL, 0);
    CHECK(clib_char_buffer_live() == 2);
    CHECK(buffer_is(buffer, "a\0b", 3));
    CHECK(clib_char_buffer_size(empty) == 0);
    CHECK(clib_char_buffer_read(empty, 0, memory, sizeof memory) == 0);

    CHECK(clib_char_buffer_at(buffer, 0) == 'a');
    CHECK(clib_char_buffer_at(buffer, 1) == 0);
    CHECK(clib_char_buffer_set(buffer, 1, 255) == CLIB_OK);
    CHECK(clib_char_buffer_at(buffer, 1) == 255);
    CHECK(clib_char_buffer_set(buffer, 2, 0) == CLIB_OK);
    CHECK(buffer_is(buffer, "a\xff\0", 3));

    CHECK(clib_char_buffer_add_one(buffer) == 3);
    CHECK(buffer_is(buffer, "b\0\x01", 3));
    CHECK(clib_char_buffer_add_one(empty) == 0);

    memset(memory, '-', sizeof memory);
    CHECK(clib_char_buffer_read(buffer, 1, memory, 1) == 1);
    CHECK(memcmp(memory, "\0-", 2) == 0);
    CHECK(clib_char_buffer_read(buffer, 3, memory, 8) == 0);
    CHECK(clib_char_buffer_read(buffer, 0, NULL, 0) == 0);

    CHECK(clib_char_buffer_write(buffer, 1, "yz", 2) == CLIB_OK);
    CHECK(buffer_is_text(buffer, "byz"));
    CHECK(clib_char_buffer_write(buffer, 3, NULL, 0) == CLIB_OK);
    CHECK(buffer_is_text(buffer, "byz"));

    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
    CHECK(clib_char_buffer_free(empty) == CLIB_OK);
    CHECK(clib_char_buffer_live() == 0);
}

static void a_buffer_changes_its_size(void) {
    clib_char_buffer* const buffer = buffer_of("middle");
    CHECK(clib_char_buffer_append(buffer, " end", 4) == CLIB_OK);
    CHECK(clib_char_buffer_insert(buffer, 0, "start ", 6) == CLIB_OK);
    CHECK(buffer_is_text(buffer, "start middle end"));
    CHECK(clib_char_buffer_insert(buffer, 16, "!", 1) == CLIB_OK);
    CHECK(clib_char_buffer_erase(buffer, 5, 7) == CLIB_OK);
    CHECK(buffer_is_text(buffer, "start end!"));
    CHECK(clib_char_buffer_erase(buffer, 10, 0) == CLIB_OK);
    CHECK(clib_char_buffer_resize(buffer, 5) == CLIB_OK);
    CHECK(buffer_is_text(buffer, "start"));
    CHECK(clib_char_buffer_resize(buffer, 7) == CLIB_OK);
    CHECK(buffer_is(buffer, "start\0\0", 7));
    CHECK(clib_char_buffer_assign(buffer, "all new", 7) == CLIB_OK);
    CHECK(buffer_is_text(buffer, "all new"));
    CHECK(clib_char_buffer_append(buffer, NULL, 0) == CLIB_OK);
    CHECK(clib_char_buffer_insert(buffer, 3, NULL, 0) == CLIB_OK);
    CHECK(buffer_is_text(buffer, "all new"));
    CHECK(clib_char_buffer_clear(buffer) == CLIB_OK);
    CHECK(clib_char_buffer_size(buffer) == 0);
    CHECK(clib_char_buffer_assign(buffer, NULL, 0) == CLIB_OK);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

static void a_buffer_refuses_what_is_outside(void) {
    static const int64_t outside[] = {-1, 5, INT64_MIN, INT64_MAX};
    char memory[8];
    clib_char_buffer* const buffer = buffer_of("1234");
    size_t i;
    for (i = 0; i < sizeof outside / sizeof *outside; ++i) {
        const int64_t place = outside[i];
        REFUSED(CLIB_E_OUT_OF_RANGE, "index", clib_char_buffer_at, buffer, place);
        REFUSED(CLIB_E_OUT_OF_RANGE, "index", clib_char_buffer_set, buffer, place, 'x');
        REFUSED(CLIB_E_OUT_OF_RANGE, "offset", clib_char_buffer_read, buffer, place, memory, 8);
        REFUSED(CLIB_E_OUT_OF_RANGE, "offset", clib_char_buffer_write, buffer, place, "x", 1);
        REFUSED(CLIB_E_OUT_OF_RANGE, "index", clib_char_buffer_insert, buffer, place, "x", 1);
        REFUSED(CLIB_E_OUT_OF_RANGE, "index", clib_char_buffer_erase, buffer, place, 1);
    }
    REFUSED(CLIB_E_OUT_OF_RANGE, "index", clib_char_buffer_at, buffer, 4);
    REFUSED(CLIB_E_OUT_OF_RANGE, "index", clib_char_buffer_set, buffer, 4, 'x');
    REFUSED(CLIB_E_OUT_OF_RANGE, "size", clib_char_buffer_write, buffer, 2, "xyz", 3);
    REFUSED(CLIB_E_OUT_OF_RANGE, "size", clib_char_buffer_write, buffer, 4, "x", 1);
    REFUSED(CLIB_E_OUT_OF_RANGE, "count", clib_char_buffer_erase, buffer, 2, 3);
    REFUSED(CLIB_E_OUT_OF_RANGE, "count", clib_char_buffer_erase, buffer, 0, INT64_MAX);
    CHECK(buffer_is_text(buffer, "1234"));
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

static void a_buffer_refuses_values_that_cannot_be(void) {
    clib_char_buffer* const buffer = buffer_of("1234");
    REFUSED(CLIB_E_INVALID, "byte", clib_char_buffer_set, buffer, 0, -1);
    REFUSED(CLIB_E_INVALID, "byte", clib_char_buffer_set, buffer, 0, 256);
    REFUSED(CLIB_E_INVALID, "byte", clib_char_buffer_set, buffer, 0, INT64_MIN);
    REFUSED(CLIB_E_INVALID, "count", clib_char_buffer_erase, buffer, 0, -1);
    REFUSED(CLIB_E_INVALID, "count", clib_char_buffer_erase, buffer, 0, INT64_MIN);
    REFUSED(CLIB_E_INVALID, "size", clib_char_buffer_resize, buffer, -1);
    REFUSED(CLIB_E_INVALID, "size", clib_char_buffer_resize, buffer, INT64_MIN);
    CHECK(buffer_is_text(buffer, "1234"));
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

static void a_buffer_refuses_a_size_without_data(void) {
    clib_char_buffer* const buffer = buffer_of("1234");
    REFUSED_NULL(CLIB_E_INVALID, "data", clib_char_buffer_new, NULL, 1);
    REFUSED(CLIB_E_INVALID, "out", clib_char_buffer_read, buffer, 0, NULL, 1);
    REFUSED(CLIB_E_INVALID, "data", clib_char_buffer_write, buffer, 0, NULL, 1);
    REFUSED(CLIB_E_INVALID, "data", clib_char_buffer_assign, buffer, NULL, 1);
    REFUSED(CLIB_E_INVALID, "data", clib_char_buffer_append, buffer, NULL, 1);
    REFUSED(CLIB_E_INVALID, "data", clib_char_buffer_insert, buffer, 0, NULL, 1);
    CHECK(buffer_is_text(buffer, "1234"));
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

static void a_buffer_refuses_a_size_beyond_memory(void) {
    static const size_t beyond[] = {SIZE_MAX, (size_t)PTRDIFF_MAX + 1};
    char memory[8] = "memory";
    clib_char_buffer* const buffer = buffer_of("1234");
    size_t i;
    for (i = 0; i < sizeof beyond / sizeof *beyond; ++i) {
        const size_t size = beyond[i];
        REFUSED_NULL(CLIB_E_LENGTH, "data", clib_char_buffer_new, memory, size);
        REFUSED(CLIB_E_LENGTH, "out", clib_char_buffer_read, buffer, 0, memory, size);
        REFUSED(CLIB_E_LENGTH, "data", clib_char_buffer_write, buffer, 0, memory, size);
        REFUSED(CLIB_E_LENGTH, "data", clib_char_buffer_assign, buffer, memory, size);
        REFUSED(CLIB_E_LENGTH, "data", clib_char_buffer_append, buffer, memory, size);
        REFUSED(CLIB_E_LENGTH, "data", clib_char_buffer_insert, buffer, 0, memory, size);
    }
    REFUSED(CLIB_E_LENGTH, "memory", clib_char_buffer_resize, buffer, INT64_MAX);
    REFUSED(CLIB_E_LENGTH, "memory", clib_char_buffer_append, buffer, memory, PTRDIFF_MAX - 2);
    REFUSED(CLIB_E_LENGTH, "memory", clib_char_buffer_insert, buffer, 0, memory, PTRDIFF_MAX - 2);
    REFUSED(CLIB_E_NO_MEMORY, "memory", clib_char_buffer_resize, buffer, INT64_MAX - 1);
    REFUSED(CLIB_E_NO_MEMORY, "memory", clib_char_buffer_assign, buffer, memory, PTRDIFF_MAX - 1);
    REFUSED_NULL(CLIB_E_NO_MEMORY, "memory", clib_char_buffer_new, memory, PTRDIFF_MAX - 1);
    CHECK(buffer_is_text(buffer, "1234"));
    CHECK(clib_char_buffer_live() == 1);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

static void a_pinned_buffer_does_not_move(void) {
    clib_char_buffer* const buffer = buffer_of("1234");
    char* const lent = clib_char_buffer_pin(buffer);
    int pins;
    CHECK(lent != NULL && strcmp(lent, "1234") == 0);
    CHECK(clib_char_buffer_pin(buffer) == lent);
    for (pins = 2; pins > 0; --pins) {
        REFUSED(CLIB_E_BUSY, "lent", clib_char_buffer_assign, buffer, "x", 1);
        REFUSED(CLIB_E_BUSY, "lent", clib_char_buffer_append, buffer, "x", 1);
        REFUSED(CLIB_E_BUSY, "lent", clib_char_buffer_insert, buffer, 0, "x", 1);
        REFUSED(CLIB_E_BUSY, "lent", clib_char_buffer_erase, buffer, 0, 1);
        REFUSED(CLIB_E_BUSY, "lent", clib_char_buffer_resize, buffer, 1);
        REFUSED(CLIB_E_BUSY, "lent", clib_char_buffer_clear, buffer);
        REFUSED(CLIB_E_BUSY, "lent", clib_char_buffer_free, buffer);
        CHECK(buffer_is_text(buffer, "1234"));
        CHECK(clib_char_buffer_unpin(buffer) == CLIB_OK);
    }
    REFUSED(CLIB_E_INVALID, "unpin", clib_char_buffer_unpin, buffer);
    CHECK(clib_char_buffer_append(buffer, "5", 1) == CLIB_OK);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
    CHECK(clib_char_buffer_live() == 0);
}

static void what_leaves_the_address_alone_goes_on_while_pinned(void) {
    clib_char_buffer* const buffer = buffer_of("1234");
    char* const lent = clib_char_buffer_pin(buffer);
    lent[0] = 'a';
    CHECK(clib_char_buffer_at(buffer, 0) == 'a');
    CHECK(clib_char_buffer_set(buffer, 1, 'b') == CLIB_OK);
    CHECK(clib_char_buffer_write(buffer, 2, "c", 1) == CLIB_OK);
    CHECK(strcmp(lent, "abc4") == 0);
    CHECK(clib_char_buffer_add_one(buffer) == 4);
    CHECK(strcmp(lent, "bcd5") == 0);
    /* The lent memory itself may be where the bytes come from or go to. */
    CHECK(clib_char_buffer_write(buffer, 1, lent, 3) == CLIB_OK);
    CHECK(strcmp(lent, "bbcd") == 0);
    CHECK(clib_char_buffer_read(buffer, 1, lent, 4) == 3);
    CHECK(strcmp(lent, "bcdd") == 0);
    CHECK(clib_char_buffer_unpin(buffer) == CLIB_OK);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

static void an_empty_buffer_can_be_pinned(void) {
    clib_char_buffer* const buffer = clib_char_buffer_new(NULL, 0);
    const char* const lent = clib_char_buffer_pin(buffer);
    CHECK(lent != NULL && *lent == '\0');
    CHECK(clib_char_buffer_unpin(buffer) == CLIB_OK);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

static void refuses_buffer(clib_char_buffer* wrong) {
    char memory[8];
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_size, wrong);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_at, wrong, 0);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_set, wrong, 0, 0);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_read, wrong, 0, memory, 8);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_write, wrong, 0, "x", 1);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_add_one, wrong);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_assign, wrong, "x", 1);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_append, wrong, "x", 1);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_insert, wrong, 0, "x", 1);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_erase, wrong, 0, 0);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_resize, wrong, 0);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_clear, wrong);
    REFUSED_NULL(CLIB_E_HANDLE, "self", clib_char_buffer_pin, wrong);
    REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_unpin, wrong);
    if (wrong != NULL) { REFUSED(CLIB_E_HANDLE, "self", clib_char_buffer_free, wrong); }
}

/* --- clib_c_string --------------------------------------------------------------------------- */

static void a_string_is_a_copy(void) {
    char text[] = "text";
    char out[8];
    clib_c_string* const string = clib_c_string_new(text, 4);
    clib_c_string* const empty = clib_c_string_new(NULL, 0);
    CHECK(clib_c_string_live() == 2);
    text[0] = 'T';
    CHECK(clib_c_string_size(string) == 4);
    CHECK(clib_c_string_size(empty) == 0);
    memset(out, '-', sizeof out);
    CHECK(clib_c_string_read(string, out, sizeof out) == 4);
    CHECK(memcmp(out, "text----", 8) == 0);
    CHECK(clib_c_string_read(string, out, 2) == 2);
    CHECK(clib_c_string_read(string, NULL, 0) == 0);
    CHECK(clib_c_string_read(empty, out, sizeof out) == 0);
    REFUSED(CLIB_E_INVALID, "out", clib_c_string_read, string, NULL, 4);
    REFUSED(CLIB_E_LENGTH, "out", clib_c_string_read, string, out, SIZE_MAX);
    CHECK(clib_c_string_free(string) == CLIB_OK);
    CHECK(clib_c_string_free(empty) == CLIB_OK);
    CHECK(clib_c_string_live() == 0);
}

static void a_string_gives_its_text(void) {
    clib_c_string* const string = clib_c_string_new("text", 4);
    clib_c_string* const other = clib_c_string_new("another", 7);
    const char* text = clib_c_string_text(string);
    CHECK(text != NULL && strcmp(text, "text") == 0);
    CHECK(clib_last_size() == 4);
    CHECK(clib_c_string_free(string) == CLIB_OK);
    CHECK(strcmp(text, "text") == 0);
    CHECK(clib_c_string_text(string) == NULL);
    CHECK(clib_last_size() == 4);
    text = clib_c_string_text(other);
    CHECK(text != NULL && strcmp(text, "another") == 0);
    CHECK(clib_last_size() == 7);
    CHECK(clib_c_string_free(other) == CLIB_OK);
}

static void a_string_refuses_what_is_none(void) {
    REFUSED_NULL(CLIB_E_INVALID, "NUL", clib_c_string_new, "a\0b", 3);
    REFUSED_NULL(CLIB_E_INVALID, "NUL", clib_c_string_new, "ab", 3);
    REFUSED_NULL(CLIB_E_INVALID, "data", clib_c_string_new, NULL, 1);
    REFUSED_NULL(CLIB_E_LENGTH, "data", clib_c_string_new, "ab", SIZE_MAX);
    CHECK(clib_c_string_live() == 0);
}

static struct {
    int calls;
    char* text;
    void* context;
} deleted;

static void note_deletion(char* text, void* context) {
    ++deleted.calls;
    deleted.text = text;
    deleted.context = context;
}

static void a_string_adopts_and_gives_back(void) {
    char text[] = "adopted";
    int context = 0;
    clib_c_string* const string = clib_c_string_adopt(text, note_deletion, &context);
    deleted.calls = 0;
    CHECK(string != NULL);
    CHECK(clib_c_string_size(string) == 7);
    CHECK(clib_c_string_pin(string) == text);
    REFUSED(CLIB_E_BUSY, "lent", clib_c_string_free, string);
    CHECK(clib_c_string_unpin(string) == CLIB_OK);
    CHECK(deleted.calls == 0);
    CHECK(clib_c_string_free(string) == CLIB_OK);
    CHECK(deleted.calls == 1 && deleted.text == text && deleted.context == &context);
    REFUSED(CLIB_E_HANDLE, "self", clib_c_string_free, string);
    CHECK(deleted.calls == 1);

    REFUSED_NULL(CLIB_E_INVALID, "text", clib_c_string_adopt, NULL, note_deletion, NULL);
    REFUSED_NULL(CLIB_E_INVALID, "deleter", clib_c_string_adopt, text, NULL, NULL);
    CHECK(deleted.calls == 1);
    CHECK(clib_c_string_live() == 0);
}

static void a_pinned_string_is_not_freed(void) {
    clib_c_string* const string = clib_c_string_new("text", 4);
    const char* const lent = clib_c_string_pin(string);
    CHECK(lent != NULL && strcmp(lent, "text") == 0);
    CHECK(clib_c_string_pin(string) == lent);
    REFUSED(CLIB_E_BUSY, "lent", clib_c_string_free, string);
    CHECK(clib_c_string_unpin(string) == CLIB_OK);
    REFUSED(CLIB_E_BUSY, "lent", clib_c_string_free, string);
    CHECK(clib_c_string_live() == 1);
    CHECK(clib_c_string_unpin(string) == CLIB_OK);
    REFUSED(CLIB_E_INVALID, "unpin", clib_c_string_unpin, string);
    CHECK(clib_c_string_free(string) == CLIB_OK);
    CHECK(clib_c_string_live() == 0);
}

static void refuses_string(clib_c_string* wrong) {
    char memory[8];
    REFUSED(CLIB_E_HANDLE, "self", clib_c_string_size, wrong);
    REFUSED(CLIB_E_HANDLE, "self", clib_c_string_read, wrong, memory, 8);
    REFUSED_NULL(CLIB_E_HANDLE, "self", clib_c_string_text, wrong);
    REFUSED_NULL(CLIB_E_HANDLE, "self", clib_c_string_pin, wrong);
    REFUSED(CLIB_E_HANDLE, "self", clib_c_string_unpin, wrong);
    if (wrong != NULL) { REFUSED(CLIB_E_HANDLE, "self", clib_c_string_free, wrong); }
}

/* --- Handles --------------------------------------------------------------------------------- */

static void refuses_all(const void* wrong) {
    refuses_counter((clib_counter*)wrong);
    refuses_buffer((clib_char_buffer*)wrong);
    refuses_string((clib_c_string*)wrong);
}

static void null_is_refused_but_may_be_freed(void) {
    refuses_all(NULL);
    REFUSED(CLIB_E_INVALID, "data", clib_add_one, NULL, 1);
    CHECK(clib_counter_free(NULL) == CLIB_OK);
    CHECK(clib_char_buffer_free(NULL) == CLIB_OK);
    CHECK(clib_c_string_free(NULL) == CLIB_OK);
    CHECK(is_last_failure(CLIB_E_INVALID, "clib_add_one", "data"));
}

static void freed_handles_are_refused(void) {
    clib_counter* const counter = clib_counter_new();
    clib_char_buffer* const buffer = buffer_of("1234");
    clib_c_string* const string = clib_c_string_new("text", 4);
    CHECK(clib_counter_free(counter) == CLIB_OK);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
    CHECK(clib_c_string_free(string) == CLIB_OK);
    refuses_counter(counter);
    refuses_buffer(buffer);
    refuses_string(string);
    CHECK(strstr(clib_last_error(), "freed") != NULL);
}

static void handles_of_another_kind_are_refused(void) {
    clib_counter* const counter = clib_counter_new();
    clib_char_buffer* const buffer = buffer_of("1234");
    clib_c_string* const string = clib_c_string_new("text", 4);
    refuses_counter((clib_counter*)buffer);
    refuses_counter((clib_counter*)string);
    refuses_buffer((clib_char_buffer*)counter);
    refuses_buffer((clib_char_buffer*)string);
    refuses_string((clib_c_string*)counter);
    CHECK(strstr(clib_last_error(), "is a clib_counter, not a clib_c_string") != NULL);
    refuses_string((clib_c_string*)buffer);
    CHECK(clib_counter_next(counter) == 1);
    CHECK(buffer_is_text(buffer, "1234"));
    CHECK(clib_c_string_size(string) == 4);
    CHECK(clib_counter_free(counter) == CLIB_OK);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
    CHECK(clib_c_string_free(string) == CLIB_OK);
}

static void made_up_handles_are_refused(void) {
    clib_counter* const counter = clib_counter_new();
    const uint64_t value = (uint64_t)(uintptr_t)counter;
    int local = 0;
    int bit;
    refuses_all(&local);
    refuses_all((void*)(uintptr_t)1);
    refuses_all((void*)UINTPTR_MAX);
    refuses_all((void*)(uintptr_t)(value & 0xFFFFFFFF));
    refuses_all((void*)(uintptr_t)(value | 0xFFFFFFFF00000000));
    for (bit = 0; bit < 64; ++bit) { refuses_all((void*)(uintptr_t)(value ^ (uint64_t)1 << bit)); }
    CHECK(clib_counter_next(counter) == 1);
    CHECK(clib_counter_live() == 1);
    CHECK(clib_counter_free(counter) == CLIB_OK);
}

int main(void) {
    tap_run("nothing has failed yet", no_failure_yet);
    tap_run("the version three ways", version);
    tap_run("a success keeps the last failure", a_success_keeps_the_last_failure);
    tap_run("each status has a name", status_names);
    tap_run("add_one adds one to the caller's bytes", add_one);
    tap_run("a counter counts", a_counter_counts);
    tap_run("a counter stays at its end", a_counter_stays_at_its_end);
    tap_run("a counter reserves at least one", a_counter_reserves_at_least_one);
    tap_run("a buffer holds bytes", a_buffer_holds_bytes);
    tap_run("a buffer changes its size", a_buffer_changes_its_size);
    tap_run("a buffer refuses what is outside", a_buffer_refuses_what_is_outside);
    tap_run("a buffer refuses values that cannot be", a_buffer_refuses_values_that_cannot_be);
    tap_run("a buffer refuses a size without data", a_buffer_refuses_a_size_without_data);
    tap_run("a buffer refuses a size beyond memory", a_buffer_refuses_a_size_beyond_memory);
    tap_run("a pinned buffer does not move", a_pinned_buffer_does_not_move);
    tap_run("what leaves the address alone goes on while pinned",
            what_leaves_the_address_alone_goes_on_while_pinned);
    tap_run("an empty buffer can be pinned", an_empty_buffer_can_be_pinned);
    tap_run("a string is a copy", a_string_is_a_copy);
    tap_run("a string gives its text", a_string_gives_its_text);
    tap_run("a string refuses what is none", a_string_refuses_what_is_none);
    tap_run("a string adopts text and gives it back", a_string_adopts_and_gives_back);
    tap_run("a pinned string is not freed", a_pinned_string_is_not_freed);
    tap_run("NULL is refused everywhere, but may be freed", null_is_refused_but_may_be_freed);
    tap_run("freed handles are refused", freed_handles_are_refused);
    tap_run("handles of another kind are refused", handles_of_another_kind_are_refused);
    tap_run("made-up handles are refused", made_up_handles_are_refused);
    return tap_finish();
}
