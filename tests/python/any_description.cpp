// SPDX-License-Identifier: MIT
// A library without a description of its own: it returns the table that a test has made, and has a
// few functions to put into one. They are entries, as a binding calls them.
#include <clib/ffi/describe.h>
#include <clib/ffi/export.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {
std::int64_t finish(clib_outcome* outcome, std::int64_t status, const char* sentence) noexcept {
    const auto size = outcome->size;
    *outcome = clib_outcome{};
    outcome->size = size;
    outcome->status = status;
    outcome->data = sentence;
    outcome->length = sentence == nullptr ? 0 : std::strlen(sentence);
    return status;
}
}  // namespace

extern "C" {
CLIB_EXPORT const void* described = nullptr;
CLIB_EXPORT const void* clib_describe() noexcept { return described; }

CLIB_EXPORT std::int64_t twice(clib_outcome* outcome, std::int64_t value) noexcept {
    if (value < 0) { return finish(outcome, -3, "twice: value is negative; pass 0 or more"); }
    finish(outcome, 0, nullptr);
    return 2 * value;
}
CLIB_EXPORT std::int64_t fail(clib_outcome* outcome) noexcept {
    return finish(outcome, -3, nullptr);
}
CLIB_EXPORT std::int64_t call(clib_outcome* outcome,
                              std::int64_t (*function)(std::int64_t value, void* context),
                              void* context, std::int64_t value) noexcept {
    const std::int64_t result = function(value, context);
    finish(outcome, result < 0 ? -10 : 0, nullptr);
    return result;
}
CLIB_EXPORT void callback_failed(std::uint64_t) noexcept {}

struct pair {
    std::int32_t first, second;
};
CLIB_EXPORT std::int64_t sum(clib_outcome* outcome, pair values) noexcept {
    finish(outcome, 0, nullptr);
    return std::int64_t{values.first} + values.second;
}

// Each returns its argument, or fails with what is then only a hint.
#define SAME(name, type)                                                                   \
    CLIB_EXPORT type same_##name(clib_outcome* outcome, type value, bool fails) noexcept { \
        finish(outcome, fails ? -3 : 0, fails ? "same: it fails; do not ask" : nullptr);   \
        return value;                                                                      \
    }
SAME(int8, std::int8_t)
SAME(int16, std::int16_t)
SAME(int32, std::int32_t)
SAME(int64, std::int64_t)
SAME(uint8, std::uint8_t)
SAME(uint16, std::uint16_t)
SAME(uint32, std::uint32_t)
SAME(uint64, std::uint64_t)
SAME(float, float)
SAME(double, double)
SAME(bool, bool)
#undef SAME

CLIB_EXPORT std::int64_t releases = 0;
CLIB_EXPORT std::int64_t lend(clib_outcome* outcome) noexcept {
    finish(outcome, 0, "lent\xFF");
    outcome->release = [](void* owner) { ++*static_cast<std::int64_t*>(owner); };
    outcome->owner = &releases;
    return 0;
}

CLIB_EXPORT char* thing_same(clib_outcome* outcome, char* self) noexcept {
    finish(outcome, 0, nullptr);
    return self;
}
CLIB_EXPORT char* thing_new(clib_outcome* outcome) noexcept {
    static char thing;
    finish(outcome, 0, nullptr);
    return &thing;
}
CLIB_EXPORT std::int64_t thing_free(clib_outcome* outcome, char*) noexcept {
    return finish(outcome, 0, nullptr);
}
}
