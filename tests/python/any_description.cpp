// A library without a description of its own: it returns the table that a test has made, and has a
// few functions to put into one.
#include <clib/ffi/export.hpp>

#include <cstddef>
#include <cstdint>

extern "C" {
CLIB_EXPORT const void* described = nullptr;
CLIB_EXPORT const void* clib_describe() noexcept { return described; }

CLIB_EXPORT const char* sentence() noexcept { return "twice: value is negative; pass 0 or more"; }
CLIB_EXPORT std::int64_t status() noexcept { return -3; }

CLIB_EXPORT std::int64_t twice(std::int64_t value) noexcept { return value < 0 ? -3 : 2 * value; }
CLIB_EXPORT const char* fail() noexcept { return nullptr; }
CLIB_EXPORT std::int64_t call(std::int64_t (*function)(std::int64_t value, void* context),
                              void* context, std::int64_t value) noexcept {
    return function(value, context);
}

struct pair {
    std::int32_t first, second;
};
CLIB_EXPORT std::int64_t sum(pair values) noexcept {
    return std::int64_t{values.first} + values.second;
}

CLIB_EXPORT char* thing_new() noexcept {
    static char thing;
    return &thing;
}
CLIB_EXPORT std::int64_t thing_free(char*) noexcept { return 0; }
}
