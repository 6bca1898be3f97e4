// SPDX-License-Identifier: MIT
// A library for the tests of the binding: one function for each thing that a description can say,
// and for each way in which a call can go.
#include <clib/ffi.hpp>
#include <clib/ffi/filesystem.hpp>
#include <clib/ffi/module.hpp>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

struct kinds_point {
    int32_t x, y;
};
struct kinds_line {
    kinds_point from;  // a keyword in Python
    kinds_point to;
    double width;
    bool dashed;
};
struct kinds_every {
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    float f;
    double values;
    bool objects;
};

struct kinds_box;
struct kinds_countdown;
struct kinds_rows;
struct kinds_shelf;
struct kinds_token;
struct kinds_seal;
struct kinds_eternal;
struct kinds_bell;
struct kinds_memory;

namespace {

using namespace clib::ffi;
using std::int64_t;

using box = std::string;
using bell = kept_callback<int64_t, int64_t>;
using memory = lendable<std::vector<char>>;

constinit handle_table<box, kinds_box> boxes{"kinds_box"};
constinit handle_table<int64_t, kinds_countdown> countdowns{"kinds_countdown"};
constinit handle_table<std::istringstream, kinds_rows> rows{"kinds_rows"};
constinit handle_table<std::map<std::string, int64_t>, kinds_shelf> shelves{"kinds_shelf"};
constinit handle_table<int64_t, kinds_token> tokens{"kinds_token"};
constinit handle_table<int64_t, kinds_seal> seals{"the seal"};
constinit handle_table<int64_t, kinds_eternal> eternals{"kinds_eternal"};
constinit handle_table<std::shared_ptr<bell>, kinds_bell> bells{"kinds_bell"};
constinit handle_table<memory, kinds_memory> memories{"kinds_memory"};

template <class T>
std::string joined(const T* values, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += (i > 0 ? "," : "") + std::to_string(values[i]);
    }
    return text;
}

/// Fails in the way of that name, or returns.
void fail_as(std::string_view way) {
    constexpr const char* sentence = "the reason; what to do";
    if (way == "logic_error") { throw std::logic_error{sentence}; }
    if (way == "invalid_argument") { throw std::invalid_argument{sentence}; }
    if (way == "domain_error") { throw std::domain_error{sentence}; }
    if (way == "length_error") { throw std::length_error{sentence}; }
    if (way == "out_of_range") { throw std::out_of_range{sentence}; }
    if (way == "runtime_error") { throw std::runtime_error{sentence}; }
    if (way == "range_error") { throw std::range_error{sentence}; }
    if (way == "overflow_error") { throw std::overflow_error{sentence}; }
    if (way == "underflow_error") { throw std::underflow_error{sentence}; }
    if (way == "bad_alloc") { throw std::bad_alloc{}; }
    if (way == "bad_array_new_length") { throw std::bad_array_new_length{}; }
    if (way == "system_error") { throw std::system_error{ENOENT, std::generic_category(), "f"}; }
    if (way == "file") { std::filesystem::create_directory("/there/is/no\xff/at all"); }
    if (way == "two files") { std::filesystem::rename("/there/is/no", "/such/file"); }
    if (way == "nested") {
        try {
            try {
                throw std::invalid_argument{"the first reason"};
            } catch (...) { std::throw_with_nested(std::logic_error{"the second"}); }
        } catch (...) { std::throw_with_nested(std::overflow_error{"the last"}); }
    }
    if (way == "busy") { throw error{status::busy, sentence}; }
    if (way == "own") { throw error{static_cast<status>(-1234), sentence}; }
    if (way == "not_an_exception") { throw 1; }
    if (way.starts_with("status ")) {
        throw error{status{std::stoi(std::string{way.substr(7)})}, sentence};
    }
}

std::mutex kept_mutex;
std::optional<kept_callback<void, int64_t>> kept_until_exit;  // destroyed after Python has ended

struct stored {
    int64_t (*function)(int64_t value, void* context) = nullptr;
    void* context = nullptr;
};
stored after_its_call;
stored to_call_once;

}  // namespace

extern "C" {

// --- Numbers, alone and in a row -----------------------------------------------------------------

#define NUMBER(name, type)                                                                \
    CLIB_EXPORT const char* kinds_##name(type value) noexcept {                           \
        return call([&] { return std::to_string(value); });                               \
    }                                                                                     \
    CLIB_EXPORT const char* kinds_list_##name(const type* values, size_t size) noexcept { \
        return call([&] { return joined(values, size); });                                \
    }                                                                                     \
    CLIB_EXPORT status kinds_reverse_##name(type* values, size_t size) noexcept {         \
        return call([&] { std::reverse(values, values + size); });                        \
    }
NUMBER(int8, int8_t)
NUMBER(int16, int16_t)
NUMBER(int32, int32_t)
NUMBER(int64, int64_t)
NUMBER(uint8, uint8_t)
NUMBER(uint16, uint16_t)
NUMBER(uint32, uint32_t)
NUMBER(uint64, uint64_t)
NUMBER(float, float)
NUMBER(double, double)
#undef NUMBER

CLIB_EXPORT double kinds_half(double value) noexcept {
    return call([&] { return value / 2; });
}
CLIB_EXPORT bool kinds_not(bool value) noexcept {
    return call([&] { return !value; });
}
CLIB_EXPORT int64_t kinds_code(status code) noexcept {
    return call([&] {
        const auto number = static_cast<int64_t>(code);
        return number < 0 && number != INT64_MIN ? -number : number;
    });
}

// --- Text and bytes -----------------------------------------------------------------------------

CLIB_EXPORT int64_t kinds_length(const char* text) noexcept {
    return call([&] { return std::string_view{text}.size(); });
}
CLIB_EXPORT int64_t kinds_address(const char* data, size_t size) noexcept {
    return call([&] { return size > 0 ? reinterpret_cast<std::uintptr_t>(data) : 0; });
}
CLIB_EXPORT const uint8_t* kinds_echo(const char* data, size_t size) noexcept {
    return call([&] { return std::string{bytes(data, size, "data")}; });
}
CLIB_EXPORT const char* kinds_as_text(const char* data, size_t size) noexcept {
    return call([&] { return std::string{bytes(data, size, "data")}; });
}
CLIB_EXPORT status kinds_upper(char* data, size_t size) noexcept {
    return call([&] {
        for (char& c : writable_bytes(data, size, "data")) {
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
    });
}
CLIB_EXPORT const char* kinds_repeat(uint64_t count, const char* text) noexcept {
    return call([&] {
        std::string repeated;
        for (uint64_t i = 0; i < count; ++i) { repeated += text; }
        return repeated;
    });
}
CLIB_EXPORT const char* kinds_constant() noexcept { return "always the same"; }
CLIB_EXPORT const char* kinds_static_text(bool good) noexcept {
    return call([=] {
        if (!good) { throw std::invalid_argument{"good is false"}; }
        return static_text{"lives for ever"};
    });
}
CLIB_EXPORT const char* kinds_marker() noexcept { return "\xFF"; }
CLIB_EXPORT const uint8_t* kinds_foreign_bytes() noexcept {
    static const uint8_t data[] = {1, 2, 3};
    return data;  // not made in call(), so their number is unknown
}
CLIB_EXPORT const char* kinds_by_address(char* text) noexcept {
    return call([&] { return std::string{non_null(text, "text")}; });
}

// --- Defaults ------------------------------------------------------------------------------------

CLIB_EXPORT const char* kinds_defaults(int8_t small, uint64_t large, double number, bool truth,
                                       const char* text, const char* data, size_t size) noexcept {
    return call([&] {
        return std::to_string(small) + ' ' + std::to_string(large) + ' ' + std::to_string(number) +
               (truth ? " true " : " false ") + text + ' ' + std::string{data, size};
    });
}
CLIB_EXPORT bool kinds_endless(double seconds, double since, double rate) noexcept {
    return call([&] { return seconds == HUGE_VAL && since == -HUGE_VAL && std::isnan(rate); });
}
CLIB_EXPORT const char* kinds_nothing(const char* text, const char* data, size_t size,
                                      kinds_box* object, const kinds_point* point,
                                      int64_t (*function)(void*), void* context) noexcept {
    return call([&] {
        std::string given;
        given += text != nullptr ? "text " : "";
        given += data != nullptr || size > 0 ? "data " : "";
        given += object != nullptr ? *boxes.at(object, "object") + ' ' : "";
        given += point != nullptr ? std::to_string(point->x) + ' ' : "";
        given +=
            function != nullptr ? std::to_string(call_back("function", function, context)) : "";
        return given;
    });
}
CLIB_EXPORT const char* kinds_keywords(int64_t from, int64_t lambda, int64_t len, const char* str,
                                       int64_t result) noexcept {
    return call([&] { return std::to_string(from + lambda + len + result) + str; });
}

// --- Structures ----------------------------------------------------------------------------------

CLIB_EXPORT kinds_line kinds_make_line(kinds_point from, const kinds_point* to) noexcept {
    return call([&] { return kinds_line{from, *to, 1.5, true}; });
}
CLIB_EXPORT double kinds_measure(const kinds_line* line) noexcept {
    return call([&] { return std::hypot(line->to.x - line->from.x, line->to.y - line->from.y); });
}
CLIB_EXPORT status kinds_move(kinds_point* point, int32_t x, int32_t y) noexcept {
    return call([&] {
        point->x += x;
        point->y += y;
    });
}
CLIB_EXPORT kinds_point kinds_sum(const kinds_point* points, size_t size) noexcept {
    return call([&] {
        kinds_point sum{0, 0};
        for (size_t i = 0; i < size; ++i) {
            sum.x += points[i].x;
            sum.y += points[i].y;
        }
        return sum;
    });
}
CLIB_EXPORT kinds_every kinds_same(const kinds_every* every) noexcept {
    return call([&] { return *every; });
}

// --- Failures, one function for each kind of result ----------------------------------------------

CLIB_EXPORT int64_t kinds_fail(const char* way) noexcept {
    return call([&] { return fail_as(way), 1; });
}
CLIB_EXPORT status kinds_fail_status(const char* way) noexcept {
    return call([&] { fail_as(way); });
}
CLIB_EXPORT double kinds_fail_double(const char* way) noexcept {
    return call([&] { return fail_as(way), std::nan(""); });
}
CLIB_EXPORT bool kinds_fail_bool(const char* way) noexcept {
    return call([&] { return fail_as(way), false; });
}
CLIB_EXPORT const char* kinds_fail_text(const char* way) noexcept {
    return call([&] { return fail_as(way), std::string{}; });
}
CLIB_EXPORT const uint8_t* kinds_fail_bytes(const char* way) noexcept {
    return call([&] { return fail_as(way), std::string{}; });
}
CLIB_EXPORT kinds_point kinds_fail_structure(const char* way) noexcept {
    return call([&] { return fail_as(way), kinds_point{0, 0}; });
}
CLIB_EXPORT kinds_box* kinds_fail_object(const char* way) noexcept {
    return call([&] { return fail_as(way), boxes.emplace("not failed"); });
}

// --- Callbacks -----------------------------------------------------------------------------------

CLIB_EXPORT int64_t kinds_call(int64_t (*function)(int64_t value, void* context), void* context,
                               int64_t value) noexcept {
    return call([&] { return call_back("function", function, value, context); });
}
CLIB_EXPORT status kinds_call_void(void (*function)(void* context), void* context) noexcept {
    return call([&] { call_back("function", function, context); });
}
CLIB_EXPORT int64_t kinds_call_numbers(int64_t (*function)(int8_t, int16_t, int32_t, int64_t,
                                                           uint8_t, uint16_t, uint32_t, uint64_t,
                                                           float, double, bool, void*),
                                       void* context) noexcept {
    return call([&] {
        return call_back("function", function, INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN, UINT8_MAX,
                         UINT16_MAX, UINT32_MAX, UINT64_MAX, 0.5F, 0.25, true, context);
    });
}
CLIB_EXPORT int64_t kinds_call_texts(int64_t (*function)(const char* text, const char* none,
                                                         const char* data, size_t size,
                                                         void* context),
                                     void* context, const char* data, size_t size) noexcept {
    return call([&] {
        return call_back("function", function, "te\xC3\xA4t", static_cast<const char*>(nullptr),
                         data, size, context);
    });
}
CLIB_EXPORT int64_t kinds_call_sequences(int64_t (*function)(const uint8_t*, size_t, const double*,
                                                             size_t, const int16_t*, size_t, void*),
                                         void* context) noexcept {
    static const uint8_t data[] = {1, 0, 255};
    static const double numbers[] = {0.5, -1};
    return call([&] {
        return call_back("function", function, data, sizeof data, numbers, size_t{2},
                         static_cast<const int16_t*>(nullptr), size_t{0}, context);
    });
}
CLIB_EXPORT int64_t kinds_call_structures(int64_t (*function)(kinds_point point,
                                                              const kinds_line* line,
                                                              const kinds_line* none,
                                                              void* context),
                                          void* context) noexcept {
    return call([&] {
        const kinds_line line{{1, 2}, {3, 4}, 0.5, false};
        return call_back("function", function, kinds_point{5, 6}, &line,
                         static_cast<const kinds_line*>(nullptr), context);
    });
}
CLIB_EXPORT int64_t kinds_call_again(int64_t (*function)(int64_t value, void* context),
                                     void* context, int64_t times) noexcept {
    return call([&] {
        int64_t failures = 0;
        for (int64_t i = 0; i < times; ++i) {
            // A library that does not mind that a callback fails.
            try {
                call_back("function", function, i, context);
            } catch (const error&) { ++failures; }
        }
        return failures;
    });
}
CLIB_EXPORT int64_t kinds_call_from_threads(int64_t (*function)(int64_t value, void* context),
                                            void* context, int64_t threads) noexcept {
    return call([&] {
        std::atomic<int64_t> sum{0};
        std::exception_ptr failure;
        std::vector<std::thread> running;
        for (int64_t i = 0; i < threads; ++i) {
            running.emplace_back([&, i] {
                try {
                    sum += call_back("function", function, i, context);
                } catch (...) {
                    const std::lock_guard lock{kept_mutex};
                    failure = std::current_exception();
                }
            });
        }
        for (std::thread& thread : running) { thread.join(); }
        if (failure) { std::rethrow_exception(failure); }
        return sum.load();
    });
}
CLIB_EXPORT kinds_box* kinds_call_and_make(void (*function)(void* context),
                                           void* context) noexcept {
    return call([&] {
        try {
            call_back("function", function, context);
        } catch (const error&) { return boxes.emplace("made all the same"); }
        return boxes.emplace("made");
    });
}

// Against the rules: it is called after its call is over.
CLIB_EXPORT status kinds_store(int64_t (*function)(int64_t value, void* context),
                               void* context) noexcept {
    return call([&] { after_its_call = {function, context}; });
}
CLIB_EXPORT int64_t kinds_call_stored(int64_t value) noexcept {
    return call([&] {
        if (after_its_call.function == nullptr) { throw std::invalid_argument{"there is none"}; }
        return call_back("function", after_its_call.function, value, after_its_call.context);
    });
}

/// Keeps a function that is called once; fails and does not keep it if there is one already.
CLIB_EXPORT status kinds_once(int64_t (*function)(int64_t value, void* context),
                              void* context) noexcept {
    return call([&] {
        if (to_call_once.function != nullptr) {
            throw error{status::busy, "there is a function already; call it first"};
        }
        to_call_once = {function, context};
    });
}
CLIB_EXPORT int64_t kinds_call_once(int64_t value) noexcept {
    return call([&] {
        if (to_call_once.function == nullptr) { throw std::invalid_argument{"there is none"}; }
        const stored once = std::exchange(to_call_once, {});
        return call_back("function", once.function, value, once.context);
    });
}

CLIB_EXPORT status kinds_keep_until_exit(void (*function)(int64_t value, void* context),
                                         void* context, void (*release)(void*)) noexcept {
    return call([&] { kept_until_exit.emplace("function", function, context, release); });
}

// --- Box: a name that is a sequence of letters ---------------------------------------------------

CLIB_EXPORT kinds_box* kinds_box_new(const char* name, size_t size) noexcept {
    return call([&] {
        const auto text = bytes(name, size, "name");
        if (text.empty()) { throw std::invalid_argument{"name is empty; pass a name"}; }
        return boxes.emplace(text);
    });
}
CLIB_EXPORT kinds_box* kinds_box_copy(const kinds_box* from) noexcept {
    return call([&] { return boxes.emplace(*boxes.at(const_cast<kinds_box*>(from), "from")); });
}
CLIB_EXPORT int64_t kinds_box_free(kinds_box* self) noexcept { return boxes.free(self); }
CLIB_EXPORT int64_t kinds_box_size(kinds_box* self) noexcept {
    return call([&] { return boxes.at(self)->size(); });
}
CLIB_EXPORT const char* kinds_box_name(kinds_box* self) noexcept {
    return call([&] { return *boxes.at(self); });
}
CLIB_EXPORT const char* kinds_box_at(kinds_box* self, int64_t index) noexcept {
    return call([&] {
        const auto used = boxes.at(self);
        return std::string(1, (*used)[position(index, used->size(), "index")]);
    });
}
CLIB_EXPORT status kinds_box_set(kinds_box* self, int64_t index, const char* letter) noexcept {
    return call([&] {
        const auto used = boxes.at(self);
        (*used)[position(index, used->size(), "index")] = *letter;
    });
}
CLIB_EXPORT status kinds_box_erase(kinds_box* self, int64_t index) noexcept {
    return call([&] {
        const auto used = boxes.at(self);
        used->erase(position(index, used->size(), "index"), 1);
    });
}
CLIB_EXPORT bool kinds_box_has(kinds_box* self, const char* letters) noexcept {
    return call([&] { return boxes.at(self)->find(letters) != std::string::npos; });
}
CLIB_EXPORT bool kinds_box_equals(kinds_box* self, const kinds_box* other) noexcept {
    return call([&] {
        const std::string own = *boxes.at(self);
        return own == *boxes.at(const_cast<kinds_box*>(other), "other");
    });
}
CLIB_EXPORT int64_t kinds_box_add(kinds_box* self, kinds_box* other) noexcept {
    return call([&] {
        const auto used = boxes.at(self);
        return used->append(other != nullptr ? *boxes.at(other, "other") : "nothing").size();
    });
}
/// The object is in use while the function is called with each of its letters.
CLIB_EXPORT int64_t kinds_box_each(kinds_box* self,
                                   int64_t (*function)(const char* letter, size_t size,
                                                       void* context),
                                   void* context) noexcept {
    return call([&] {
        const auto used = boxes.at(self);
        for (const char& letter : *used) {
            call_back("function", function, &letter, size_t{1}, context);
        }
        return used->size();
    });
}
CLIB_EXPORT int64_t kinds_box_live() noexcept {
    return call([] { return boxes.live(); });
}

// --- Countdown: ends an iteration ----------------------------------------------------------------

CLIB_EXPORT kinds_countdown* kinds_countdown_new(int64_t start) noexcept {
    return call([&] { return countdowns.emplace(start); });
}
CLIB_EXPORT int64_t kinds_countdown_free(kinds_countdown* self) noexcept {
    return countdowns.free(self);
}
CLIB_EXPORT int64_t kinds_countdown_next(kinds_countdown* self) noexcept {
    return call([&] {
        const auto used = countdowns.at(self);
        if (*used == 0) { throw stop_iteration{"the countdown has ended; make another"}; }
        return (*used)--;
    });
}

CLIB_EXPORT int64_t kinds_rows_next(kinds_rows* self) noexcept {
    return call([&] {
        const auto used = rows.at(self);
        std::string line;
        if (!std::getline(*used, line)) { throw stop_iteration{}; }
        return std::stoi(line);
    });
}
CLIB_EXPORT kinds_rows* kinds_rows_new(const char* text, size_t size) noexcept {
    return call([&] { return rows.emplace(std::string{bytes(text, size, "text")}); });
}
CLIB_EXPORT int64_t kinds_rows_free(kinds_rows* self) noexcept { return rows.free(self); }

CLIB_EXPORT kinds_shelf* kinds_shelf_new() noexcept {
    return call([] { return shelves.emplace(std::map<std::string, int64_t>{{"one", 1}}); });
}
CLIB_EXPORT int64_t kinds_shelf_get(kinds_shelf* self, const char* key, size_t size) noexcept {
    return call([&] {
        const auto used = shelves.at(self);
        const auto found = used->find(std::string{bytes(key, size, "key")});
        if (found == used->end()) { fail(status::key_error, {"there is no such key"}); }
        return found->second;
    });
}
CLIB_EXPORT int64_t kinds_shelf_attribute(kinds_shelf* self, const char* name,
                                          size_t size) noexcept {
    return call([&] {
        const auto used = shelves.at(self);
        const auto found = used->find(std::string{bytes(name, size, "name")});
        if (found == used->end()) { fail(status::attribute_error, {"there is no such name"}); }
        return found->second;
    });
}
CLIB_EXPORT int64_t kinds_shelf_free(kinds_shelf* self) noexcept { return shelves.free(self); }

// --- Types that lack something -------------------------------------------------------------------

CLIB_EXPORT kinds_token* kinds_token_of(int64_t value) noexcept {
    return call([&] { return tokens.emplace(value); });
}
CLIB_EXPORT int64_t kinds_token_value(kinds_token* self) noexcept {
    return call([&] { return *tokens.at(self); });
}
CLIB_EXPORT int64_t kinds_token_free(kinds_token* self) noexcept { return tokens.free(self); }

CLIB_EXPORT kinds_seal* kinds_make_seal() noexcept {
    return call([&] { return seals.emplace(1); });
}
CLIB_EXPORT int64_t kinds_seal_free(kinds_seal* self) noexcept { return seals.free(self); }

CLIB_EXPORT kinds_eternal* kinds_the_eternal() noexcept {
    return call([&] {
        static kinds_eternal* const one = eternals.emplace(42);
        return one;
    });
}
CLIB_EXPORT int64_t kinds_eternal_value(kinds_eternal* self) noexcept {
    return call([&] { return *eternals.at(self); });
}

// --- Bell: keeps a function ----------------------------------------------------------------------

CLIB_EXPORT kinds_bell* kinds_bell_new(int64_t (*function)(int64_t value, void* context),
                                       void* context, void (*release)(void*)) noexcept {
    return call([&] {
        return bells.emplace(std::make_shared<bell>("function", function, context, release));
    });
}
CLIB_EXPORT status kinds_bell_replace(kinds_bell* self,
                                      int64_t (*function)(int64_t value, void* context),
                                      void* context, void (*release)(void*)) noexcept {
    return call([&] {
        auto made = std::make_shared<bell>("function", function, context, release);
        bells.at(self)->swap(made);
    });
}
CLIB_EXPORT int64_t kinds_bell_ring(kinds_bell* self, int64_t value) noexcept {
    return call([&] {
        const std::shared_ptr<bell> rung = *bells.at(self);
        return (*rung)(value);
    });
}
CLIB_EXPORT int64_t kinds_bell_ring_quietly(kinds_bell* self, int64_t value) noexcept {
    return call([&]() -> int64_t {
        const std::shared_ptr<bell> rung = *bells.at(self);
        try {
            return (*rung)(value);
        } catch (const error&) { return 0; }
    });
}
/// A thread of C++ rings: nobody in Python has called it.
CLIB_EXPORT int64_t kinds_bell_ring_from_thread(kinds_bell* self, int64_t value) noexcept {
    return call([&] {
        const std::shared_ptr<bell> rung = *bells.at(self);
        bool has_failed = false;
        std::thread{[&] {
            try {
                (*rung)(value);
            } catch (const error&) { has_failed = true; }
        }}.join();
        return has_failed ? 0 : 1;
    });
}
CLIB_EXPORT int64_t kinds_bell_free(kinds_bell* self) noexcept { return bells.free(self); }

// --- Memory: lends its bytes ---------------------------------------------------------------------

CLIB_EXPORT kinds_memory* kinds_memory_new(uint32_t size) noexcept {
    return call([&] { return memories.emplace(size); });
}
CLIB_EXPORT int64_t kinds_memory_free(kinds_memory* self) noexcept {
    return call([&] { memories.erase(self, [](memory& dying) { dying.movable(); }); });
}
CLIB_EXPORT int64_t kinds_memory_size(kinds_memory* self) noexcept {
    return call([&] { return memories.at(self)->get().size(); });
}
CLIB_EXPORT status kinds_memory_resize(kinds_memory* self, uint32_t size) noexcept {
    return call([&] { memories.at(self)->movable().resize(size); });
}
CLIB_EXPORT char* kinds_memory_pin(kinds_memory* self) noexcept {
    return call([&] {
        static char nothing;
        char* const data = memories.at(self)->pin().data();
        return data != nullptr ? data : &nothing;
    });
}
CLIB_EXPORT status kinds_memory_unpin(kinds_memory* self) noexcept {
    return call([&] { memories.at(self)->unpin(); });
}

// --- Time ----------------------------------------------------------------------------------------

CLIB_EXPORT status kinds_sleep(uint32_t milliseconds) noexcept {
    return call([&] { std::this_thread::sleep_for(std::chrono::milliseconds{milliseconds}); });
}
CLIB_EXPORT status kinds_sleep_shortly(uint32_t milliseconds) noexcept {
    return kinds_sleep(milliseconds);
}
}

#define NUMBER(name)                                           \
    function<&kinds_##name>(#name, "value"),                   \
        function<&kinds_list_##name>("list_" #name, "values"), \
        function<&kinds_reverse_##name>("reverse_" #name, "values")

// One entry a line reads better than what clang-format makes of it.
// clang-format off
CLIB_MODULE(kinds, "2.5", "Everything that a description can say.",
    structure<kinds_point>("Point", "Where something is.")
        .member<&kinds_point::x>("x").member<&kinds_point::y>("y"),
    structure<kinds_line>("Line")
        .member<&kinds_line::from>("from").member<&kinds_line::to>("to")
        .member<&kinds_line::width>("width").member<&kinds_line::dashed>("dashed"),
    structure<kinds_every>("Every", "A member of each kind.")
        .member<&kinds_every::i8>("i8").member<&kinds_every::i16>("i16")
        .member<&kinds_every::i32>("i32").member<&kinds_every::i64>("i64")
        .member<&kinds_every::u8>("u8").member<&kinds_every::u16>("u16")
        .member<&kinds_every::u32>("u32").member<&kinds_every::u64>("u64")
        .member<&kinds_every::f>("f").member<&kinds_every::values>("values")
        .member<&kinds_every::objects>("objects"),
    type<kinds_box>("Box", "A name that is a sequence of letters.")
        .constructor<&kinds_box_new>("name")
        .method<&kinds_box_size>("__len__")
        .method<&kinds_box_name>("__str__")
        .method<&kinds_box_at>("__getitem__", "index")
        .method<&kinds_box_set>("__setitem__", "index", "letter")
        .method<&kinds_box_erase>("__delitem__", "index")
        .method<&kinds_box_has>("__contains__", "letters")
        .method<&kinds_box_equals>("__eq__", "other")
        .method<&kinds_box_add>("add", parameter{"other", nullptr}).doc("Adds the name of another box.")
        .method<&kinds_box_each>("each", "function").may_block()
        .property<&kinds_box_name>("name").doc("The whole name.")
        .function<&kinds_box_copy>("copy", "from").doc("A box of the same name.")
        .function<&kinds_box_live>("live")
        .destructor<&kinds_box_free>(),
    type<kinds_countdown>("Countdown")
        .constructor<&kinds_countdown_new>(parameter{"start", 3}).may_block()
        .method<&kinds_countdown_next>("__next__")
        .destructor<&kinds_countdown_free>(),
    type<kinds_rows>("Rows")
        .constructor<&kinds_rows_new>(parameter{"text", "1"})
        .method<&kinds_rows_next>("__next__")
        .destructor<&kinds_rows_free>(),
    type<kinds_shelf>("Shelf")
        .constructor<&kinds_shelf_new>()
        .method<&kinds_shelf_get>("__getitem__", "key")
        .method<&kinds_shelf_attribute>("__getattr__", "name")
        .destructor<&kinds_shelf_free>(),
    type<kinds_token>("Token", "Has no constructor.")
        .property<&kinds_token_value>("value")
        .destructor<&kinds_token_free>(),
    type<kinds_seal>("Seal", "Has a destructor and nothing else.")
        .destructor<&kinds_seal_free>(),
    type<kinds_eternal>("Eternal", "Has no destructor.")
        .property<&kinds_eternal_value>("value"),
    type<kinds_bell>("Bell", "Keeps a function.")
        .constructor<&kinds_bell_new>("function")
        .method<&kinds_bell_replace>("replace", "function")
        .method<&kinds_bell_ring>("ring", "value")
        .method<&kinds_bell_ring_quietly>("ring_quietly", "value")
        .method<&kinds_bell_ring_from_thread>("ring_from_thread", "value").may_block()
        .destructor<&kinds_bell_free>(),
    type<kinds_memory>("Memory", "Lends its bytes.")
        .constructor<&kinds_memory_new>("size")
        .method<&kinds_memory_size>("__len__")
        .method<&kinds_memory_resize>("resize", "size")
        .buffer<&kinds_memory_pin, &kinds_memory_unpin>()
        .destructor<&kinds_memory_free>(),
    NUMBER(int8), NUMBER(int16), NUMBER(int32), NUMBER(int64),
    NUMBER(uint8), NUMBER(uint16), NUMBER(uint32), NUMBER(uint64),
    NUMBER(float), NUMBER(double),
    function<&kinds_half>("half", "value"),
    function<&kinds_not>("opposite", "value"),
    function<&kinds_code>("code", "code"),
    function<&kinds_length>("length", "text"),
    function<&kinds_address>("address", "data"),
    function<&kinds_echo>("echo", "data"),
    function<&kinds_as_text>("as_text", "data"),
    function<&kinds_upper>("upper", "data"),
    function<&kinds_repeat>("repeat", "count", "text"),
    function<&kinds_constant>("constant"), function<&kinds_static_text>("static_text", "good"),
    function<&kinds_marker>("marker"),
    function<&kinds_foreign_bytes>("foreign_bytes"),
    function<&kinds_by_address>("by_address", address{"text"}),
    function<&kinds_defaults>("defaults", parameter{"small", -1}, parameter{"large", 7},
                              parameter{"number", 0.5}, parameter{"truth", true},
                              parameter{"text", "none"}, parameter{"data", "empty"}),
    function<&kinds_endless>("endless", parameter{"seconds", HUGE_VAL},
                             parameter{"since", -HUGE_VAL}, parameter{"rate", std::numeric_limits<double>::quiet_NaN()}),
    function<&kinds_nothing>("nothing", parameter{"text", nullptr}, parameter{"data", nullptr},
                             parameter{"object", nullptr}, parameter{"point", nullptr},
                             parameter{"function", nullptr}),
    function<&kinds_keywords>("keywords", "from", "lambda", "len", "str", "result"),
    function<&kinds_make_line>("make_line", "from", "to").doc("A dashed line, \"from\" to 'to'."),
    function<&kinds_measure>("measure", "line"),
    function<&kinds_move>("move", "point", "x", "y"),
    function<&kinds_sum>("sum", "points"),
    function<&kinds_same>("same", "every"),
    function<&kinds_fail>("fail", "way"),
    function<&kinds_fail_status>("fail_status", "way"),
    function<&kinds_fail_double>("fail_double", "way"),
    function<&kinds_fail_bool>("fail_bool", "way"),
    function<&kinds_fail_text>("fail_text", "way"),
    function<&kinds_fail_bytes>("fail_bytes", "way"),
    function<&kinds_fail_structure>("fail_structure", "way"),
    function<&kinds_fail_object>("fail_object", "way"),
    function<&kinds_call>("call", "function", "value"),
    function<&kinds_call_void>("call_void", "function"),
    function<&kinds_call_numbers>("call_numbers", "function"),
    function<&kinds_call_texts>("call_texts", "function", "data"),
    function<&kinds_call_sequences>("call_sequences", "function"),
    function<&kinds_call_structures>("call_structures", "function"),
    function<&kinds_call_again>("call_again", "function", "times"),
    function<&kinds_call_from_threads>("call_from_threads", "function", "threads").may_block(),
    function<&kinds_call_and_make>("call_and_make", "function"),
    function<&kinds_store>("store", "function"),
    function<&kinds_call_stored>("call_stored", "value"),
    function<&kinds_once>("once", parameter{"function"}.called_once()),
    function<&kinds_call_once>("call_once", "value"),
    function<&kinds_keep_until_exit>("keep_until_exit", "function"),
    function<&kinds_token_of>("token_of", "value"),
    function<&kinds_make_seal>("make_seal"),
    function<&kinds_the_eternal>("the_eternal"),
    function<&kinds_sleep>("sleep", "milliseconds").may_block(),
    function<&kinds_sleep_shortly>("sleep_shortly", "milliseconds"));
// clang-format on
