/* A reader of clib_describe() in C: it knows describe.h, and nothing of clib.h. It walks the table
 * in steps of the sizes in it, finds functions by their names, and calls them. */
#include <clib/ffi/describe.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

extern const clib_module* clib_describe(void);

typedef void* (*make_from_bytes)(const char* data, size_t size);
typedef void* (*make)(void);
typedef int64_t (*of_object)(void* object);
typedef const char* (*text_of_object)(void* object);
typedef int64_t (*add_bytes)(void* object, const char* data, size_t size);

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
        CHECK(function->result->kind > CLIB_KIND_NONE &&
              function->result->kind <= CLIB_KIND_ADDRESS);
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

/* `way` is address or entry. */
#define CALL(type, function, way) ((type)(function)->way)

static void a_counter_by_address_and_by_entry(void) {
    const clib_function* const construct = find("Counter", "__init__");
    const clib_function* const next = find("Counter", "__next__");
    const clib_function* const destroy = find("Counter", "close");
    const int64_t live = clib_describe()->live(construct->result->type->symbol);
    void* counter;
    CHECK(construct->role == CLIB_ROLE_CONSTRUCTOR && construct->parameter_count == 0);
    CHECK(next->parameters->type == construct->result->type);
    counter = CALL(make, construct, address)();
    CHECK(counter != NULL);
    CHECK(CALL(of_object, next, address)(counter) == 1);
    CHECK(CALL(of_object, next, entry)(counter) == 2);
    CHECK(clib_describe()->live("clib_counter") == live + 1);
    CHECK(CALL(of_object, destroy, entry)(counter) == 0);
    CHECK(clib_describe()->live("clib_counter") == live);
    CHECK(clib_describe()->live("no such type") == 0);
}

static void a_failure_leaves_its_sentence(void) {
    const clib_module* const module = clib_describe();
    const clib_function* const next = find("Counter", "__next__");
    const int64_t status = CALL(of_object, next, entry)(NULL);
    CHECK(status < 0);
    CHECK(module->last_status() == status);
    CHECK(strstr(module->last_error(), "clib_counter_next: self is NULL") == module->last_error());
    CHECK(module->last_errno() == 0);
}

static void a_default_stands_for_bytes(void) {
    const clib_function* const construct = find("CharBuffer", "__init__");
    const clib_function* const append = find("CharBuffer", "append");
    const clib_value* const data = construct->parameters;
    const char* const text = data->default_value->text;
    void* buffer;
    CHECK(data->kind == CLIB_KIND_BYTES && (data->flags & CLIB_VALUE_DEFAULT) != 0);
    buffer = CALL(make_from_bytes, construct, entry)(text, strlen(text));
    CHECK(CALL(add_bytes, append, entry)(buffer, "a\0b", 3) == 0);
    CHECK(CALL(of_object, find("CharBuffer", "__len__"), entry)(buffer) == 3);
    CHECK(CALL(of_object, find("CharBuffer", "close"), entry)(buffer) == 0);
}

static void short_and_long_text(void) {
    static char long_text[100000];
    const clib_module* const module = clib_describe();
    const clib_function* const construct = find("CString", "__init__");
    const clib_function* const text = find("CString", "__str__");
    const clib_function* const destroy = find("CString", "close");
    void* const short_string = CALL(make_from_bytes, construct, entry)("short", 5);
    void* long_string;
    size_t size = 0;
    memset(long_text, 'x', sizeof long_text);
    long_string = CALL(make_from_bytes, construct, entry)(long_text, sizeof long_text);

    CHECK(text->result->kind == CLIB_KIND_TEXT);
    CHECK(strcmp(CALL(text_of_object, text, entry)(short_string), "short") == 0);
    CHECK(strcmp(CALL(text_of_object, text, entry)(long_string), "\xFF") == 0);
    CHECK(memcmp(module->last_text(&size), long_text, sizeof long_text) == 0);
    CHECK(size == sizeof long_text);
    CHECK(strlen(CALL(text_of_object, text, address)(long_string)) == sizeof long_text);
    module->forget_text();
    CHECK(*module->last_text(&size) == 0 && size == 0);
    CHECK(CALL(text_of_object, text, entry)(NULL) == NULL);

    CHECK(CALL(of_object, destroy, entry)(short_string) == 0);
    CHECK(CALL(of_object, destroy, entry)(long_string) == 0);
}

static int callback_calls = 0;
static void count_and_fail(char* text, void* context) {
    callback_calls += text == context;
    clib_describe()->callback_failed();
}

static void a_callback_that_says_it_has_failed(void) {
    typedef void* (*adopt_type)(char*, void (*)(char*, void*), void*);
    const clib_function* const adopt = find("CString", "adopt");
    const clib_value* const deleter = next_value(adopt->parameters);
    char text[] = "text";
    void* string;
    CHECK(adopt->parameter_count == 2);
    CHECK(deleter->kind == CLIB_KIND_CALLBACK && (deleter->flags & CLIB_VALUE_CALLED_ONCE) != 0);
    CHECK(deleter->callback->result->kind == CLIB_KIND_NONE);
    CHECK(deleter->callback->parameters->kind == CLIB_KIND_ADDRESS);
    string = CALL(adopt_type, adopt, entry)(text, count_and_fail, text);
    CHECK(CALL(of_object, find("CString", "close"), entry)(string) < 0);
    CHECK(callback_calls == 1);
    CHECK(strstr(clib_describe()->last_error(), "deleter has failed") != NULL);
}

int main(void) {
    tap_run("the table is one of ours", the_table_is_one_of_ours);
    tap_run("every value has a known kind", every_value_has_a_known_kind);
    tap_run("a counter by address and by entry", a_counter_by_address_and_by_entry);
    tap_run("a failure leaves its sentence", a_failure_leaves_its_sentence);
    tap_run("a default stands for bytes", a_default_stands_for_bytes);
    tap_run("short and long text", short_and_long_text);
    tap_run("a callback that says it has failed", a_callback_that_says_it_has_failed);
    return tap_finish();
}
