/* SPDX-License-Identifier: MIT
 *
 * A reader of clib_describe() in C: it knows describe.h, and nothing of clib.h. It walks the table
 * in steps of the sizes in it, finds functions by their names, and calls them. */
#include <clib/ffi/describe.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

extern const clib_module* clib_describe(void);

/* C functions, and the entries of functions. */
typedef void* (*make)(void);
typedef int64_t (*of_object)(void* object);
typedef const char* (*text_of_object)(void* object);
typedef void* (*make_from_bytes_entry)(clib_outcome*, const char* data, size_t size);
typedef int64_t (*of_object_entry)(clib_outcome*, void* object);
typedef int64_t (*add_bytes_entry)(clib_outcome*, void* object, const char* data, size_t size);

static clib_outcome outcome = {sizeof(clib_outcome), 0, 0, 0, 0, NULL, 0, NULL, NULL, ""};

static void release_outcome(void) {
    if (outcome.release != NULL) { outcome.release(outcome.owner); }
    outcome.release = NULL;
}

static const clib_function* next_function(const clib_function* function) {
    return (const clib_function*)(const void*)((const char*)function + function->size);
}
static const clib_value* next_value(const clib_value* value) {
    return (const clib_value*)(const void*)((const char*)value + value->size);
}

/* The function `name` of the type `type`, or of the module if that is NULL. */
static const clib_function* find(const char* type, const char* name) {
    const clib_module* const module = clib_describe();
    const clib_function* function = module->functions;
    uint64_t i;
    for (i = 0; i < module->function_count; ++i) {
        const int is_owned =
            type == NULL ? function->owner == NULL
                         : function->owner != NULL && strcmp(function->owner->name, type) == 0;
        if (is_owned && strcmp(function->name, name) == 0) { return function; }
        function = next_function(function);
    }
    printf("Bail out! the table has no %s\n", name);
    exit(1);
}

static void the_table_is_one_of_ours(void) {
    const clib_module* const module = clib_describe();
    CHECK(module->size >= sizeof(clib_module));
    CHECK(module->magic == CLIB_DESCRIPTION_MAGIC);
    CHECK(module->format == CLIB_DESCRIPTION_FORMAT);
    CHECK(strcmp(module->name, "clib") == 0);
    CHECK(module->type_count == 3);
    CHECK(module->function_count > 30);
}

static void every_value_has_a_known_kind(void) {
    const clib_module* const module = clib_describe();
    const clib_function* function = module->functions;
    uint64_t i;
    uint64_t j;
    for (i = 0; i < module->function_count; ++i) {
        const clib_value* value = function->parameters;
        CHECK(function->size >= sizeof(clib_function));
        CHECK(function->role <= CLIB_ROLE_SUPPORT);
        CHECK(function->result->kind <= CLIB_KIND_ADDRESS);
        for (j = 0; j < function->parameter_count; ++j) {
            CHECK(value->size >= sizeof(clib_value));
            CHECK(value->kind > CLIB_KIND_NONE && value->kind <= CLIB_KIND_ADDRESS);
            CHECK((value->kind == CLIB_KIND_HANDLE) == (value->type != NULL));
            CHECK((value->kind == CLIB_KIND_CALLBACK) == (value->callback != NULL));
            value = next_value(value);
        }
        function = next_function(function);
    }
}

#define ADDRESS(type, function) ((type)(function)->address)
#define ENTRY(type, function) ((type##_entry)(function)->entry)

static void a_counter_by_address_and_by_entry(void) {
    const clib_function* const construct = find("Counter", "__init__");
    const clib_function* const next = find("Counter", "__next__");
    const clib_function* const destroy = find("Counter", "close");
    const int64_t live = clib_describe()->live(construct->result->type->symbol);
    void* counter;
    CHECK(construct->role == CLIB_ROLE_CONSTRUCTOR && construct->parameter_count == 0);
    CHECK(next->parameters->type == construct->result->type);
    counter = ADDRESS(make, construct)();
    CHECK(counter != NULL);
    CHECK(ADDRESS(of_object, next)(counter) == 1);
    CHECK(ENTRY(of_object, next)(&outcome, counter) == 2);
    CHECK(clib_describe()->live("clib_counter") == live + 1);
    CHECK(ENTRY(of_object, destroy)(&outcome, counter) == 0);
    CHECK(clib_describe()->live("clib_counter") == live);
    CHECK(clib_describe()->live("no such type") == 0);
}

static void a_failure_is_in_the_outcome(void) {
    const clib_function* const next = find("Counter", "__next__");
    CHECK(ENTRY(of_object, next)(&outcome, NULL) < 0);
    CHECK(outcome.status < 0);
    CHECK(strstr(outcome.data, "clib_counter_next: self is NULL") == outcome.data);
    CHECK(outcome.length == strlen(outcome.data));
    CHECK(outcome.error_number == 0);
    release_outcome();
}

static void a_default_stands_for_bytes(void) {
    const clib_function* const construct = find("CharBuffer", "__init__");
    const clib_function* const append = find("CharBuffer", "append");
    const clib_value* const data = construct->parameters;
    const char* const text = data->default_value->text;
    void* buffer;
    CHECK(data->kind == CLIB_KIND_BYTES && (data->flags & CLIB_VALUE_DEFAULT) != 0);
    buffer = ENTRY(make_from_bytes, construct)(&outcome, text, strlen(text));
    CHECK(ENTRY(add_bytes, append)(&outcome, buffer, "a\0b", 3) == 0);
    CHECK(ENTRY(of_object, find("CharBuffer", "__len__"))(&outcome, buffer) == 3);
    CHECK(ENTRY(of_object, find("CharBuffer", "close"))(&outcome, buffer) == 0);
}

static void short_and_long_text(void) {
    static char long_text[100000];
    const clib_function* const construct = find("CString", "__init__");
    const clib_function* const text = find("CString", "__str__");
    const clib_function* const destroy = find("CString", "close");
    void* const short_string = ENTRY(make_from_bytes, construct)(&outcome, "short", 5);
    void* long_string;
    memset(long_text, 'x', sizeof long_text);
    long_string = ENTRY(make_from_bytes, construct)(&outcome, long_text, sizeof long_text);

    CHECK(text->result->kind == CLIB_KIND_TEXT);
    CHECK(ENTRY(of_object, text)(&outcome, short_string) == 0);
    CHECK(outcome.length == 5 && strcmp(outcome.data, "short") == 0);
    release_outcome();
    CHECK(ENTRY(of_object, text)(&outcome, long_string) == 0);
    CHECK(outcome.length == sizeof long_text);
    CHECK(memcmp(outcome.data, long_text, sizeof long_text) == 0);
    release_outcome();
    CHECK(strlen(ADDRESS(text_of_object, text)(long_string)) == sizeof long_text);
    CHECK(ENTRY(of_object, text)(&outcome, NULL) == outcome.status && outcome.status < 0);
    release_outcome();

    CHECK(ENTRY(of_object, destroy)(&outcome, short_string) == 0);
    CHECK(ENTRY(of_object, destroy)(&outcome, long_string) == 0);
}

static int callback_calls = 0;
static void count_and_fail(char* text, void* context) {
    callback_calls += text == context;
    clib_describe()->callback_failed(7);
}

static void a_callback_that_says_it_has_failed(void) {
    typedef void* (*adopt_entry)(clib_outcome*, char*, void (*)(char*, void*), void*);
    const clib_function* const adopt = find("CString", "adopt");
    const clib_value* const deleter = next_value(adopt->parameters);
    char text[] = "text";
    void* string;
    CHECK(adopt->parameter_count == 2);
    CHECK(deleter->kind == CLIB_KIND_CALLBACK && (deleter->flags & CLIB_VALUE_CALLED_ONCE) != 0);
    CHECK(deleter->callback->result->kind == CLIB_KIND_NONE);
    CHECK(deleter->callback->parameters->kind == CLIB_KIND_ADDRESS);
    string = ENTRY(adopt, adopt)(&outcome, text, count_and_fail, text);
    CHECK(ENTRY(of_object, find("CString", "close"))(&outcome, string) < 0);
    CHECK(callback_calls == 1);
    CHECK(strstr(outcome.data, "deleter has failed") != NULL);
    CHECK(outcome.exception == 7);
    release_outcome();
}

int main(void) {
    tap_run("the table is one of ours", the_table_is_one_of_ours);
    tap_run("every value has a known kind", every_value_has_a_known_kind);
    tap_run("a counter by address and by entry", a_counter_by_address_and_by_entry);
    tap_run("a failure is in the outcome", a_failure_is_in_the_outcome);
    tap_run("a default stands for bytes", a_default_stands_for_bytes);
    tap_run("short and long text", short_and_long_text);
    tap_run("a callback that says it has failed", a_callback_that_says_it_has_failed);
    return tap_finish();
}
