/* SPDX-License-Identifier: MIT */
/* clib.h: the C ABI of clib's three types. It can be read, and used, alone.
 *
 * Rule for edits: within one major version a change may only add. No function, parameter, number or
 * meaning below is changed or removed; the tests hold the numbers fixed.
 *
 * Results. NULL or a negative number means failure, anything else is the result. A negative number
 * is one of the CLIB_E_ codes; clib_last_error() is the sentence to it, for this thread. A function
 * of type clib_status returns CLIB_OK (0) when it has succeeded. A failed call has changed nothing,
 * unless it is said otherwise.
 * If memory for the sentence is lacking too, the code is CLIB_E_NO_MEMORY.
 *
 * Handles. clib_counter, clib_char_buffer and clib_c_string are never defined: a pointer to one is
 * a handle, not an address. A handle that is NULL, freed, of another type, of another library, cut
 * to 32 bits, with one bit wrong or made up gives CLIB_E_HANDLE in every function, before anything
 * else is looked at. Each handle is freed once, by its own _free; NULL to a _free is a harmless
 * no-op. A handle tells nothing of an address, and one does not give away the next: its bits come
 * from a secret of the process, which a forked child shares. Who guesses the handle of a live
 * object has 25 bits to guess if they know another handle of the library, and so its owner's 8 bits
 * and the slots in use; else 33. Handles find mistakes; they keep no secrets from code that may try
 * millions of them, or do arithmetic with dozens of one slot.
 *
 * Threads. Every function may be called from any thread at any time, also on the same object; calls
 * on one buffer or string take turns. If an object is freed while another thread is in a call on
 * it, that call ends well and the object dies after it.
 *
 * Memory. Bytes travel as address and length; the address may be NULL if the length is 0, else it
 * is CLIB_E_INVALID, and a length that no memory can have is CLIB_E_LENGTH, in every function. What
 * is passed in is copied, or written to, before the call returns, and never kept (but for
 * clib_c_string_adopt). A lone `const char*` is NUL-terminated text.
 */
#ifndef CLIB_H
#define CLIB_H

#include <stddef.h>
#include <stdint.h>

#define CLIB_VERSION_MAJOR 0
#define CLIB_VERSION_MINOR 2
#define CLIB_VERSION_PATCH 0
#define CLIB_VERSION_STRING "0.2.0"

#ifdef _WIN32
#ifdef CLIB_BUILDING
#define CLIB_API __declspec(dllexport)
#else
#define CLIB_API __declspec(dllimport)
#endif
#else
#define CLIB_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define CLIB_NOEXCEPT noexcept
extern "C" {
#else
#define CLIB_NOEXCEPT
#endif

#ifndef CLIB_BUILDING
typedef int64_t clib_status;
#endif

#define CLIB_OK 0                /* success */
#define CLIB_E_UNKNOWN (-1)      /* a failure that none of the others stands for */
#define CLIB_E_NO_MEMORY (-2)    /* an allocation failed */
#define CLIB_E_INVALID (-3)      /* an argument has a value that it cannot have */
#define CLIB_E_HANDLE (-4)       /* not a live handle of the type that is wanted */
#define CLIB_E_OUT_OF_RANGE (-5) /* there is no such index */
#define CLIB_E_OVERFLOW (-6)     /* a number past the end of its range */
#define CLIB_E_LENGTH (-7)       /* more bytes than a memory can hold */
#define CLIB_E_BUSY (-8)         /* lent by _pin, or in use where it cannot be waited for */
#define CLIB_E_SYSTEM (-9)       /* the operating system refused */
#define CLIB_E_CALLBACK (-10)    /* a function of the caller's failed */

/* Built-in exceptions of Python that none of the above arrives as. No function below fails so;
 * libraries of others may. */
#define CLIB_E_STOP_ITERATION (-11)
#define CLIB_E_KEY_ERROR (-12)
#define CLIB_E_ATTRIBUTE_ERROR (-13)
#define CLIB_E_TYPE_ERROR (-14)
#define CLIB_E_LOOKUP_ERROR (-15)
#define CLIB_E_ARITHMETIC_ERROR (-16)
#define CLIB_E_ZERO_DIVISION_ERROR (-17)
#define CLIB_E_FLOATING_POINT_ERROR (-18)
#define CLIB_E_ASSERTION_ERROR (-19)
#define CLIB_E_EOF_ERROR (-20)
#define CLIB_E_IMPORT_ERROR (-21)
#define CLIB_E_MODULE_NOT_FOUND_ERROR (-22)
#define CLIB_E_NAME_ERROR (-23)
#define CLIB_E_UNBOUND_LOCAL_ERROR (-24)
#define CLIB_E_NOT_IMPLEMENTED_ERROR (-25)
#define CLIB_E_RECURSION_ERROR (-26)
#define CLIB_E_REFERENCE_ERROR (-27)
#define CLIB_E_RUNTIME_ERROR (-28)
#define CLIB_E_STOP_ASYNC_ITERATION (-29)
#define CLIB_E_SYNTAX_ERROR (-30)
#define CLIB_E_INDENTATION_ERROR (-31)
#define CLIB_E_TAB_ERROR (-32)
#define CLIB_E_SYSTEM_ERROR (-33)
#define CLIB_E_UNICODE_ERROR (-34)
#define CLIB_E_PYTHON_FINALIZATION_ERROR (-35)
#define CLIB_E_EXCEPTION (-36)
#define CLIB_E_KEYBOARD_INTERRUPT (-37)
#define CLIB_E_SYSTEM_EXIT (-38)
#define CLIB_E_GENERATOR_EXIT (-39)
#define CLIB_E_BASE_EXCEPTION (-40)
#define CLIB_E_WARNING (-41)
#define CLIB_E_USER_WARNING (-42)
#define CLIB_E_DEPRECATION_WARNING (-43)
#define CLIB_E_PENDING_DEPRECATION_WARNING (-44)
#define CLIB_E_SYNTAX_WARNING (-45)
#define CLIB_E_RUNTIME_WARNING (-46)
#define CLIB_E_FUTURE_WARNING (-47)
#define CLIB_E_IMPORT_WARNING (-48)
#define CLIB_E_UNICODE_WARNING (-49)
#define CLIB_E_BYTES_WARNING (-50)
#define CLIB_E_RESOURCE_WARNING (-51)
#define CLIB_E_ENCODING_WARNING (-52)

struct clib_module; /* of clib/ffi/describe.h */
typedef struct clib_counter clib_counter;
typedef struct clib_char_buffer clib_char_buffer;
typedef struct clib_c_string clib_c_string;

/* --- The library ----------------------------------------------------------------------------- */

/* The version of the library that is loaded, "major.minor.patch"; static, never NULL. */
CLIB_API const char* clib_version(void) CLIB_NOEXCEPT;

/* 1 if the library that is loaded serves programs made for the given version, else 0: the major
 * numbers are equal and the library is not older. */
CLIB_API int64_t clib_version_at_least(int64_t major, int64_t minor, int64_t patch) CLIB_NOEXCEPT;

/* This thread's last failure as one sentence that begins with the function's name; "" if nothing
 * has failed yet. Never NULL; valid until the next failure in this thread, which may be that of a
 * call in a callback, a signal handler or a destructor. A success does not change it. */
CLIB_API const char* clib_last_error(void) CLIB_NOEXCEPT;

/* The code of this thread's last failure; CLIB_OK if nothing has failed yet. Does not fail. The
 * next failure in this thread overwrites it. */
CLIB_API clib_status clib_last_status(void) CLIB_NOEXCEPT;

/* The length in bytes of the text that this thread was returned last by a function that makes its
 * text on the fly (clib_c_string_text). The next such text of this thread overwrites it. */
CLIB_API int64_t clib_last_size(void) CLIB_NOEXCEPT;

/* All of this as a table, from which bindings for other languages are made; clib/ffi/describe.h
 * says how it is read. Static, never NULL. */
CLIB_API const struct clib_module* clib_describe(void) CLIB_NOEXCEPT;

/* The name of a code, for example "CLIB_E_BUSY"; static, never NULL. */
CLIB_API const char* clib_status_name(clib_status status) CLIB_NOEXCEPT;

/* --- Memory of the caller's ------------------------------------------------------------------ */

/* Adds one to each of `size` bytes at `data`; 0xFF becomes 0. Returns `size`.
 * CLIB_E_INVALID if `data` is NULL and `size` is not 0; CLIB_E_LENGTH. */
CLIB_API int64_t clib_add_one(char* data, size_t size) CLIB_NOEXCEPT;

/* --- clib_counter: hands out 1, 2, 3 ..., each number exactly once --------------------------- */

/* A new counter, to be freed with clib_counter_free. NULL on CLIB_E_NO_MEMORY. */
CLIB_API clib_counter* clib_counter_new(void) CLIB_NOEXCEPT;

/* The number after the last one handed out; the first is 1.
 * CLIB_E_OVERFLOW after INT64_MAX; the counter stays at its end. */
CLIB_API int64_t clib_counter_next(clib_counter* self) CLIB_NOEXCEPT;

/* Takes `count` consecutive numbers in one step and returns the first.
 * CLIB_E_INVALID if `count` is less than 1; CLIB_E_OVERFLOW if fewer are left. */
CLIB_API int64_t clib_counter_reserve(clib_counter* self, int64_t count) CLIB_NOEXCEPT;

/* The number handed out last; 0 before the first. */
CLIB_API int64_t clib_counter_value(clib_counter* self) CLIB_NOEXCEPT;

/* Makes 1 the next number again. */
CLIB_API clib_status clib_counter_reset(clib_counter* self) CLIB_NOEXCEPT;

CLIB_API clib_status clib_counter_free(clib_counter* self) CLIB_NOEXCEPT;

/* The number of live counters in this process. */
CLIB_API int64_t clib_counter_live(void) CLIB_NOEXCEPT;

/* --- clib_char_buffer: mutable, growable bytes ----------------------------------------------- */

/* A new buffer with a copy of `size` bytes at `data`, to be freed with clib_char_buffer_free.
 * NULL on CLIB_E_NO_MEMORY, CLIB_E_INVALID (NULL with a size) or CLIB_E_LENGTH. */
CLIB_API clib_char_buffer* clib_char_buffer_new(const char* data, size_t size) CLIB_NOEXCEPT;

/* The number of bytes. */
CLIB_API int64_t clib_char_buffer_size(clib_char_buffer* self) CLIB_NOEXCEPT;

/* The byte at `index`, 0 to 255. CLIB_E_OUT_OF_RANGE. */
CLIB_API int64_t clib_char_buffer_at(clib_char_buffer* self, int64_t index) CLIB_NOEXCEPT;

/* Sets the byte at `index`. CLIB_E_OUT_OF_RANGE; CLIB_E_INVALID if `byte` is not 0 to 255. */
CLIB_API clib_status clib_char_buffer_set(clib_char_buffer* self, int64_t index,
                                          int64_t byte) CLIB_NOEXCEPT;

/* Copies the bytes from `offset` on to `out`, at most `size` of them, and returns how many.
 * CLIB_E_OUT_OF_RANGE if `offset` is past the end. No terminator is written. */
CLIB_API int64_t clib_char_buffer_read(clib_char_buffer* self, int64_t offset, char* out,
                                       size_t size) CLIB_NOEXCEPT;

/* Overwrites `size` bytes from `offset` on. CLIB_E_OUT_OF_RANGE if they do not all lie inside. */
CLIB_API clib_status clib_char_buffer_write(clib_char_buffer* self, int64_t offset,
                                            const char* data, size_t size) CLIB_NOEXCEPT;

/* Adds one to each byte; 0xFF becomes 0. Returns how many bytes there are. */
CLIB_API int64_t clib_char_buffer_add_one(clib_char_buffer* self) CLIB_NOEXCEPT;

/* The functions from here to clib_char_buffer_clear change the size. They fail with CLIB_E_BUSY
 * while the buffer is pinned, and those that can make it larger with CLIB_E_NO_MEMORY and
 * CLIB_E_LENGTH. */

/* Replaces all bytes. */
CLIB_API clib_status clib_char_buffer_assign(clib_char_buffer* self, const char* data,
                                             size_t size) CLIB_NOEXCEPT;

/* Adds bytes at the end. */
CLIB_API clib_status clib_char_buffer_append(clib_char_buffer* self, const char* data,
                                             size_t size) CLIB_NOEXCEPT;

/* Puts bytes before the one at `index`; the size is an index too. CLIB_E_OUT_OF_RANGE. */
CLIB_API clib_status clib_char_buffer_insert(clib_char_buffer* self, int64_t index,
                                             const char* data, size_t size) CLIB_NOEXCEPT;

/* Removes `count` bytes from `index` on. CLIB_E_OUT_OF_RANGE if they do not all lie inside;
 * CLIB_E_INVALID if `count` is negative. */
CLIB_API clib_status clib_char_buffer_erase(clib_char_buffer* self, int64_t index,
                                            int64_t count) CLIB_NOEXCEPT;

/* Cuts the end off, or adds zero bytes. CLIB_E_INVALID if `size` is negative. */
CLIB_API clib_status clib_char_buffer_resize(clib_char_buffer* self, int64_t size) CLIB_NOEXCEPT;

/* Removes all bytes. */
CLIB_API clib_status clib_char_buffer_clear(clib_char_buffer* self) CLIB_NOEXCEPT;

/* Lends the address of the bytes, which may be read and written up to the size; the byte after the
 * last is NUL and stays so. Never NULL on success. It stays valid until as many calls of
 * clib_char_buffer_unpin as of _pin have been made; till then whatever would move or free the bytes
 * fails with CLIB_E_BUSY. */
CLIB_API char* clib_char_buffer_pin(clib_char_buffer* self) CLIB_NOEXCEPT;

/* Gives a lent address back. CLIB_E_INVALID if none is lent. */
CLIB_API clib_status clib_char_buffer_unpin(clib_char_buffer* self) CLIB_NOEXCEPT;

/* CLIB_E_BUSY while the buffer is pinned; it lives on then. */
CLIB_API clib_status clib_char_buffer_free(clib_char_buffer* self) CLIB_NOEXCEPT;

/* The number of live buffers in this process. */
CLIB_API int64_t clib_char_buffer_live(void) CLIB_NOEXCEPT;

/* --- clib_c_string: one owner of a NUL-terminated string ------------------------------------- */

/* What an adopted string is given back with. It is called once, with the string and with the
 * context that was passed to clib_c_string_adopt, in the thread that frees the string. It returns:
 * it does not end its thread, nor jump out with longjmp. */
typedef void (*clib_deleter)(char* text, void* context);

/* A new string with a copy of `size` bytes at `data`, to be freed with clib_c_string_free.
 * NULL on CLIB_E_INVALID if there is a NUL among the bytes, at which C would cut the string;
 * CLIB_E_NO_MEMORY; CLIB_E_LENGTH. */
CLIB_API clib_c_string* clib_c_string_new(const char* data, size_t size) CLIB_NOEXCEPT;

/* A new string that owns `text`, which is NUL-terminated, until clib_c_string_free passes it to
 * `deleter`. NULL on CLIB_E_INVALID (`text` or `deleter` is NULL) or CLIB_E_NO_MEMORY; `text` is
 * still the caller's then. */
CLIB_API clib_c_string* clib_c_string_adopt(char* text, clib_deleter deleter,
                                            void* context) CLIB_NOEXCEPT;

/* The length, terminator not counted. */
CLIB_API int64_t clib_c_string_size(clib_c_string* self) CLIB_NOEXCEPT;

/* Copies the first `size` bytes of the string to `out`, or all if there are fewer, and returns how
 * many. No terminator is written. */
CLIB_API int64_t clib_c_string_read(clib_c_string* self, char* out, size_t size) CLIB_NOEXCEPT;

/* The text, NUL-terminated; a copy that belongs to the library and lives until this thread's next
 * call of this function. NULL on CLIB_E_NO_MEMORY. */
CLIB_API const char* clib_c_string_text(clib_c_string* self) CLIB_NOEXCEPT;

/* Lends the address of the text. It stays valid until as many calls of clib_c_string_unpin as of
 * _pin have been made; till then clib_c_string_free fails with CLIB_E_BUSY. */
CLIB_API const char* clib_c_string_pin(clib_c_string* self) CLIB_NOEXCEPT;

/* Gives a lent address back. CLIB_E_INVALID if none is lent. */
CLIB_API clib_status clib_c_string_unpin(clib_c_string* self) CLIB_NOEXCEPT;

/* CLIB_E_BUSY while the string is pinned; it lives on then. CLIB_E_CALLBACK if the deleter threw a
 * C++ exception, or its binding says that it failed; the string is gone then all the same. */
CLIB_API clib_status clib_c_string_free(clib_c_string* self) CLIB_NOEXCEPT;

/* The number of live strings in this process. */
CLIB_API int64_t clib_c_string_live(void) CLIB_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
