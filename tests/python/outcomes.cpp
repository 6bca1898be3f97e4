// SPDX-License-Identifier: MIT
// A library whose every result tells which call it belongs to. Its tests let other calls run
// between each call and the reading of what it came to.
#include <clib/ffi.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace clib::ffi;

struct box {
    std::int64_t number;
    std::vector<char> bytes = std::vector<char>(8);
};
struct hook {
    kept_callback<std::int64_t, std::int64_t> function;
};
struct out_box;
struct out_hook;
static constinit handle_table<box, out_box> boxes{"out_box"};
static constinit handle_table<hook, out_hook> hooks{"out_hook"};

struct pair {
    std::int64_t first;
    double second;
};

/// Throws what `code` stands for; 0 is nothing. The sentence has the tag.
static void fail_with(std::int64_t code, std::int64_t tag) {
    const std::string sentence = "tag " + std::to_string(tag) + ".";
    switch (code) {
        case 0:
            return;
        case 1:
            throw std::invalid_argument{sentence};
        case 2:
            throw std::out_of_range{sentence};
        case 3:
            throw std::system_error{static_cast<int>(1 + tag % 100), std::generic_category(),
                                    sentence};
        default:
            throw error{status{-1000 - code}, sentence};
    }
}

extern "C" {
CLIB_EXPORT const char* out_text(std::int64_t size, std::int64_t letter) noexcept {
    return call([=] { return std::string(non_negative(size, "size"), static_cast<char>(letter)); });
}
CLIB_EXPORT const std::uint8_t* out_bytes(std::int64_t size, std::int64_t byte) noexcept {
    return call([=] { return std::string(non_negative(size, "size"), static_cast<char>(byte)); });
}
CLIB_EXPORT const char* out_slow_text(std::int64_t size, std::int64_t letter) noexcept {
    return out_text(size, letter);
}
CLIB_EXPORT std::int64_t out_int64(std::int64_t value, std::int64_t code) noexcept {
    return call([=] { return fail_with(code, value), value; });
}
CLIB_EXPORT std::int64_t out_slow_int64(std::int64_t value) noexcept {
    return call([=] { return value; });
}
CLIB_EXPORT std::uint64_t out_uint64(std::uint64_t value, std::int64_t code) noexcept {
    return call([=] { return fail_with(code, 7), value; });
}
CLIB_EXPORT std::int32_t out_int32(std::int32_t value, std::int64_t code) noexcept {
    return call([=] { return fail_with(code, value), value; });
}
CLIB_EXPORT std::uint32_t out_uint32(std::uint32_t value) noexcept { return value; }
CLIB_EXPORT std::int16_t out_int16(std::int16_t value) noexcept { return value; }
CLIB_EXPORT std::uint16_t out_uint16(std::uint16_t value) noexcept { return value; }
CLIB_EXPORT std::int8_t out_int8(std::int8_t value) noexcept {
    return call([=] { return value; });
}
CLIB_EXPORT std::uint8_t out_uint8(std::uint8_t value) noexcept { return value; }
CLIB_EXPORT float out_float(float value, std::int64_t code) noexcept {
    return call([=] { return fail_with(code, 7), value; });
}
CLIB_EXPORT double out_double(double value, std::int64_t code) noexcept {
    return call([=] { return fail_with(code, 7), value; });
}
CLIB_EXPORT bool out_bool(bool value, std::int64_t code) noexcept {
    return call([=] { return fail_with(code, 7), value; });
}
CLIB_EXPORT pair out_pair(std::int64_t first, double second, std::int64_t code) noexcept {
    return call([=] { return fail_with(code, first), pair{first, second}; });
}
CLIB_EXPORT void out_nothing(std::int64_t code, std::int64_t tag) noexcept {
    call([=] { fail_with(code, tag); });
}
CLIB_EXPORT status out_status(std::int64_t code, std::int64_t tag) noexcept {
    return call([=] { fail_with(code, tag); });
}
/// Without call(): what it returns is its result, whatever failed before.
CLIB_EXPORT std::int64_t out_compare(std::int64_t left, std::int64_t right) noexcept {
    return left < right ? -1 : left > right ? 1 : 0;
}
/// Whether the callable returns more than 0 for one of the numbers.
CLIB_EXPORT bool out_any(std::int64_t count, std::int64_t (*test)(std::int64_t, void*),
                         void* context) noexcept {
    return call([=] {
        for (std::int64_t i = 0; i < count; ++i) {
            if (call_back("test", test, i, context) > 0) { return true; }
        }
        return false;
    });
}
CLIB_EXPORT pair out_origin(std::int64_t (*visit)(std::int64_t, void*), void* context) noexcept {
    return call([=] {
        call_back("visit", visit, 0, context);
        return pair{0, 0};
    });
}
CLIB_EXPORT void out_visit(void (*visit)(std::int64_t, void*), void* context) noexcept {
    call([=] { call_back("visit", visit, 1, context); });
}
/// Uses another function of the library, whose failure it handles.
CLIB_EXPORT bool out_is_fine(std::int64_t code) noexcept {
    return call([=] { return out_int64(0, code) >= 0; });
}

CLIB_EXPORT out_hook* out_hook_new(std::int64_t (*function)(std::int64_t, void*), void* context,
                                   void (*release)(void*)) noexcept {
    return call([=] {
        kept_callback<std::int64_t, std::int64_t> kept{"function", function, context, release};
        return hooks.emplace(hook{std::move(kept)});
    });
}
CLIB_EXPORT std::int64_t out_hook_call(out_hook* self, std::int64_t value) noexcept {
    return call([=] { return hooks.at(self)->function(value); });
}
CLIB_EXPORT status out_hook_free(out_hook* self) noexcept { return hooks.free(self); }

CLIB_EXPORT out_box* out_box_new(std::int64_t number) noexcept {
    return call([=] { return boxes.emplace(box{number}); });
}
CLIB_EXPORT std::int64_t out_box_number(out_box* self) noexcept {
    return call([=] { return boxes.at(self)->number; });
}
CLIB_EXPORT out_box* out_box_add(out_box* self, out_box* other) noexcept {
    return call([=] {
        return boxes.emplace(box{boxes.at(self)->number + boxes.at(other, "other")->number});
    });
}
CLIB_EXPORT bool out_box_equals(out_box* self, out_box* other) noexcept {
    return call([=] { return boxes.at(self)->number == boxes.at(other, "other")->number; });
}
CLIB_EXPORT out_box* out_box_increase(out_box* self, std::int64_t by) noexcept {
    return call([=] {
        boxes.at(self)->number += by;
        return self;
    });
}
CLIB_EXPORT out_box* out_box_self(out_box* self) noexcept { return self; }
CLIB_EXPORT out_box* out_box_larger(out_box* self, out_box* other) noexcept {
    return call([=] {
        const auto mine = boxes.at(self);
        const auto theirs = boxes.at(other, "other");
        return mine->number >= theirs->number ? self : other;
    });
}
CLIB_EXPORT void out_box_swap(out_box* self, out_box* other) noexcept {
    call([=] {
        const auto mine = boxes.at(self);
        const auto theirs = boxes.at(other, "other");
        std::swap(mine->number, theirs->number);
    });
}
/// An observer that uses the box which it is called by.
CLIB_EXPORT void out_box_tell(out_box* self, void (*observer)(std::int64_t, void*),
                              void* context) noexcept {
    call([=] {
        const auto mine = boxes.at(self);
        call_back("observer", observer, mine->number, context);
    });
}
// A pin as a reader of the README writes it: it counts nothing.
CLIB_EXPORT char* out_box_pin(out_box* self) noexcept {
    return call([=] { return boxes.at(self)->bytes.data(); });
}
CLIB_EXPORT status out_box_unpin(out_box* self) noexcept {
    return call([=] { static_cast<void>(boxes.at(self)); });
}
CLIB_EXPORT std::int64_t out_box_size(out_box* self) noexcept {
    return call([=] { return boxes.at(self)->bytes.size(); });
}
CLIB_EXPORT void out_box_resize(out_box* self, std::int64_t size) noexcept {
    call([=] { boxes.at(self).movable().bytes.resize(non_negative(size, "size")); });
}
CLIB_EXPORT status out_box_free(out_box* self) noexcept { return boxes.free(self); }
}

CLIB_MODULE(
    out, "1.0", "Results that tell which call they belong to.",
    structure<pair>("Pair").member<&pair::first>("first").member<&pair::second>("second"),
    type<out_box>("Box", "A number.")
        .constructor<&out_box_new>("number")
        .property<&out_box_number>("number")
        .method<&out_box_add>("__add__", "other")
        .method<&out_box_equals>("__eq__", "other")
        .method<&out_box_increase>("__iadd__", "by")
        .method<&out_box_self>("itself")
        .method<&out_box_larger>("larger", "other")
        .method<&out_box_swap>("swap", "other")
        .method<&out_box_swap>("swap_blocking", "other")
        .may_block()
        .method<&out_box_tell>("tell", "observer")
        .buffer<&out_box_pin, &out_box_unpin>()
        .method<&out_box_size>("__len__")
        .method<&out_box_resize>("resize", "size")
        .destructor<&out_box_free>(),
    type<out_hook>("Hook", "Keeps a callable.")
        .constructor<&out_hook_new>("function")
        .method<&out_hook_call>("call", "value")
        .destructor<&out_hook_free>(),
    function<&out_text>("text", "size", "letter"), function<&out_bytes>("bytes", "size", "byte"),
    function<&out_slow_text>("slow_text", "size", "letter").may_block(),
    function<&out_int64>("int64", "value", parameter{"code", 0}),
    function<&out_slow_int64>("slow_int64", "value").may_block(),
    function<&out_uint64>("uint64", "value", parameter{"code", 0}),
    function<&out_int32>("int32", "value", parameter{"code", 0}),
    function<&out_uint32>("uint32", "value"), function<&out_int16>("int16", "value"),
    function<&out_uint16>("uint16", "value"), function<&out_int8>("int8", "value"),
    function<&out_uint8>("uint8", "value"),
    function<&out_float>("float32", "value", parameter{"code", 0}),
    function<&out_double>("float64", "value", parameter{"code", 0}),
    function<&out_bool>("boolean", "value", parameter{"code", 0}),
    function<&out_pair>("pair", "first", "second", parameter{"code", 0}),
    function<&out_nothing>("nothing", "code", "tag"), function<&out_status>("status", "code", "tag"),
    function<&out_compare>("compare", "left", "right"), function<&out_any>("any", "count", "test"),
    function<&out_origin>("origin", "visit"), function<&out_visit>("visit", "visit"),
    function<&out_is_fine>("is_fine", "code"));
