// SPDX-License-Identifier: MIT
// The C ABI, written down a second time. That this file compiles is the test.
//
// Rule for edits: within one major version lines are only added here, none is changed or removed.
#include <clib.h>

#include <clib/ffi/status.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace {

#define RULE "within one major version no number, type or function of the C ABI changes"

using clib::ffi::name_of;
using clib::ffi::status;

#define STATUS(number, name, cpp_name)                       \
    static_assert((name) == (number), RULE);                 \
    static_assert(status::cpp_name == status{number}, RULE); \
    static_assert(name_of(status{number}) == std::string_view{#name}, RULE)

STATUS(0, CLIB_OK, ok);
STATUS(-1, CLIB_E_UNKNOWN, unknown);
STATUS(-2, CLIB_E_NO_MEMORY, no_memory);
STATUS(-3, CLIB_E_INVALID, invalid);
STATUS(-4, CLIB_E_HANDLE, handle);
STATUS(-5, CLIB_E_OUT_OF_RANGE, out_of_range);
STATUS(-6, CLIB_E_OVERFLOW, overflow);
STATUS(-7, CLIB_E_LENGTH, length);
STATUS(-8, CLIB_E_BUSY, busy);
STATUS(-9, CLIB_E_SYSTEM, system);
STATUS(-10, CLIB_E_CALLBACK, callback);

static_assert(std::same_as<clib_status, std::int64_t> && sizeof(clib_status) == 8, RULE);
static_assert(sizeof(status) == sizeof(clib_status), RULE);
static_assert(std::same_as<clib_deleter, void (*)(char* text, void* context)>, RULE);

template <class T>
concept defined = requires {
    sizeof(T);
};

static_assert(!defined<clib_counter>, "a handle is opaque");
static_assert(!defined<clib_char_buffer>, "a handle is opaque");
static_assert(!defined<clib_c_string>, "a handle is opaque");

#define FUNCTION(result, name, ...) \
    static_assert(std::same_as<decltype(&(name)), result (*)(__VA_ARGS__) noexcept>, RULE)

FUNCTION(const char*, clib_version);
FUNCTION(int64_t, clib_version_at_least, int64_t, int64_t, int64_t);
FUNCTION(const char*, clib_last_error);
FUNCTION(clib_status, clib_last_status);
FUNCTION(int64_t, clib_last_size);
FUNCTION(const clib_module*, clib_describe);
FUNCTION(const char*, clib_status_name, clib_status);

FUNCTION(int64_t, clib_add_one, char*, size_t);

FUNCTION(clib_counter*, clib_counter_new);
FUNCTION(int64_t, clib_counter_next, clib_counter*);
FUNCTION(int64_t, clib_counter_reserve, clib_counter*, int64_t);
FUNCTION(int64_t, clib_counter_value, clib_counter*);
FUNCTION(clib_status, clib_counter_reset, clib_counter*);
FUNCTION(clib_status, clib_counter_free, clib_counter*);
FUNCTION(int64_t, clib_counter_live);

FUNCTION(clib_char_buffer*, clib_char_buffer_new, const char*, size_t);
FUNCTION(int64_t, clib_char_buffer_size, clib_char_buffer*);
FUNCTION(int64_t, clib_char_buffer_at, clib_char_buffer*, int64_t);
FUNCTION(clib_status, clib_char_buffer_set, clib_char_buffer*, int64_t, int64_t);
FUNCTION(int64_t, clib_char_buffer_read, clib_char_buffer*, int64_t, char*, size_t);
FUNCTION(clib_status, clib_char_buffer_write, clib_char_buffer*, int64_t, const char*, size_t);
FUNCTION(int64_t, clib_char_buffer_add_one, clib_char_buffer*);
FUNCTION(clib_status, clib_char_buffer_assign, clib_char_buffer*, const char*, size_t);
FUNCTION(clib_status, clib_char_buffer_append, clib_char_buffer*, const char*, size_t);
FUNCTION(clib_status, clib_char_buffer_insert, clib_char_buffer*, int64_t, const char*, size_t);
FUNCTION(clib_status, clib_char_buffer_erase, clib_char_buffer*, int64_t, int64_t);
FUNCTION(clib_status, clib_char_buffer_resize, clib_char_buffer*, int64_t);
FUNCTION(clib_status, clib_char_buffer_clear, clib_char_buffer*);
FUNCTION(char*, clib_char_buffer_pin, clib_char_buffer*);
FUNCTION(clib_status, clib_char_buffer_unpin, clib_char_buffer*);
FUNCTION(clib_status, clib_char_buffer_free, clib_char_buffer*);
FUNCTION(int64_t, clib_char_buffer_live);

FUNCTION(clib_c_string*, clib_c_string_new, const char*, size_t);
FUNCTION(clib_c_string*, clib_c_string_adopt, char*, clib_deleter, void*);
FUNCTION(int64_t, clib_c_string_size, clib_c_string*);
FUNCTION(int64_t, clib_c_string_read, clib_c_string*, char*, size_t);
FUNCTION(const char*, clib_c_string_text, clib_c_string*);
FUNCTION(const char*, clib_c_string_pin, clib_c_string*);
FUNCTION(clib_status, clib_c_string_unpin, clib_c_string*);
FUNCTION(clib_status, clib_c_string_free, clib_c_string*);
FUNCTION(int64_t, clib_c_string_live);

}  // namespace
