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
STATUS(-11, CLIB_E_STOP_ITERATION, stop_iteration);
STATUS(-12, CLIB_E_KEY_ERROR, key_error);
STATUS(-13, CLIB_E_ATTRIBUTE_ERROR, attribute_error);
STATUS(-14, CLIB_E_TYPE_ERROR, type_error);
STATUS(-15, CLIB_E_LOOKUP_ERROR, lookup_error);
STATUS(-16, CLIB_E_ARITHMETIC_ERROR, arithmetic_error);
STATUS(-17, CLIB_E_ZERO_DIVISION_ERROR, zero_division_error);
STATUS(-18, CLIB_E_FLOATING_POINT_ERROR, floating_point_error);
STATUS(-19, CLIB_E_ASSERTION_ERROR, assertion_error);
STATUS(-20, CLIB_E_EOF_ERROR, eof_error);
STATUS(-21, CLIB_E_IMPORT_ERROR, import_error);
STATUS(-22, CLIB_E_MODULE_NOT_FOUND_ERROR, module_not_found_error);
STATUS(-23, CLIB_E_NAME_ERROR, name_error);
STATUS(-24, CLIB_E_UNBOUND_LOCAL_ERROR, unbound_local_error);
STATUS(-25, CLIB_E_NOT_IMPLEMENTED_ERROR, not_implemented_error);
STATUS(-26, CLIB_E_RECURSION_ERROR, recursion_error);
STATUS(-27, CLIB_E_REFERENCE_ERROR, reference_error);
STATUS(-28, CLIB_E_RUNTIME_ERROR, runtime_error);
STATUS(-29, CLIB_E_STOP_ASYNC_ITERATION, stop_async_iteration);
STATUS(-30, CLIB_E_SYNTAX_ERROR, syntax_error);
STATUS(-31, CLIB_E_INDENTATION_ERROR, indentation_error);
STATUS(-32, CLIB_E_TAB_ERROR, tab_error);
STATUS(-33, CLIB_E_SYSTEM_ERROR, system_error);
STATUS(-34, CLIB_E_UNICODE_ERROR, unicode_error);
STATUS(-35, CLIB_E_PYTHON_FINALIZATION_ERROR, python_finalization_error);
STATUS(-36, CLIB_E_EXCEPTION, exception);
STATUS(-37, CLIB_E_KEYBOARD_INTERRUPT, keyboard_interrupt);
STATUS(-38, CLIB_E_SYSTEM_EXIT, system_exit);
STATUS(-39, CLIB_E_GENERATOR_EXIT, generator_exit);
STATUS(-40, CLIB_E_BASE_EXCEPTION, base_exception);
STATUS(-41, CLIB_E_WARNING, warning);
STATUS(-42, CLIB_E_USER_WARNING, user_warning);
STATUS(-43, CLIB_E_DEPRECATION_WARNING, deprecation_warning);
STATUS(-44, CLIB_E_PENDING_DEPRECATION_WARNING, pending_deprecation_warning);
STATUS(-45, CLIB_E_SYNTAX_WARNING, syntax_warning);
STATUS(-46, CLIB_E_RUNTIME_WARNING, runtime_warning);
STATUS(-47, CLIB_E_FUTURE_WARNING, future_warning);
STATUS(-48, CLIB_E_IMPORT_WARNING, import_warning);
STATUS(-49, CLIB_E_UNICODE_WARNING, unicode_warning);
STATUS(-50, CLIB_E_BYTES_WARNING, bytes_warning);
STATUS(-51, CLIB_E_RESOURCE_WARNING, resource_warning);
STATUS(-52, CLIB_E_ENCODING_WARNING, encoding_warning);

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
