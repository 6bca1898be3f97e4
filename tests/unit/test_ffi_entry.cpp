// The way in for bindings: what it adds to the function behind it.
#include "doctest.hpp"

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/entry.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

using clib::ffi::call;
using clib::ffi::last_failure;
using clib::ffi::status;
using clib::ffi::detail::entry_point;
using clib::ffi::detail::holds_interpreter_lock;
using clib::ffi::detail::last_text;
using clib::ffi::detail::see_last_text;
using clib::ffi::detail::text_result;

namespace {

std::string made;
const char* borrowed = nullptr;

struct pair {
    std::int32_t first;
    double second;
};

bool held = false;

extern "C" {
static const char* make_text() noexcept {
    return call([] { return made; });
}
static const char* borrow_text() noexcept { return borrowed; }
static bool always_true() noexcept { return true; }
static double fails() noexcept {
    return call([]() -> double { throw std::invalid_argument{"no"}; });
}
static std::int64_t add(std::int32_t left, std::uint8_t right) noexcept { return left + right; }
static pair swapped(pair value, double second) noexcept {
    return {static_cast<std::int32_t>(value.second), second};
}
static std::int64_t look() noexcept {
    held = holds_interpreter_lock;
    return 0;
}
static std::int64_t call_one_that_may_block() noexcept {
    const std::int64_t result = entry_point<&look, true, false>::call();
    return result == 0 && holds_interpreter_lock ? 1 : 0;
}
}

const char* text_of(const std::string& text) {
    made = text;
    return entry_point<&make_text, false, true>::call();
}
const char* text_of(const char* text) {
    borrowed = text;
    return entry_point<&borrow_text, false, true>::call();
}
std::string_view whole() { return {last_text.data(), last_text.size()}; }

}  // namespace

TEST_CASE("an entry passes arguments and results on") {
    CHECK(entry_point<&add, false, false>::call(-7, 255) == 248);
    const pair result = entry_point<&swapped, true, false>::call({1, 2.5}, 3.5);
    CHECK(result.first == 2);
    CHECK(result.second == 3.5);
}

TEST_CASE("text that C can copy as it is passes") {
    using namespace std::string_literals;
    for (const std::string& text :
         {""s, "short"s, "\xC3\xBF"s, "x\xFF"s, std::string(text_result::kept_capacity / 2, 'x')}) {
        const char* const returned = text_of(text);
        CHECK(returned == last_text.data());
        CHECK(whole() == text);
    }
    for (const char* const text : {"", "static", "\xFF and more"}) { CHECK(text_of(text) == text); }
    CHECK(text_of(nullptr) == nullptr);
}

TEST_CASE("for other text stands the mark, and last_text has it") {
    using namespace std::string_literals;
    CHECK(std::string_view{see_last_text} == "\xFF");
    for (const std::string& text :
         {"a\0b"s, "\0"s, "\xFF"s, "\xFF\xFE"s, std::string(text_result::kept_capacity + 1, 'x')}) {
        CHECK(text_of(text) == see_last_text);
        CHECK(whole() == text);
    }
    char same_as_the_mark[] = "\xFF";
    CHECK(text_of(same_as_the_mark) == see_last_text);
    CHECK(whole() == "\xFF");
}

TEST_CASE("the status is ok before a function whose results are all good, and only before such") {
    const auto fail = [] { entry_point<&fails, false, false>::call(); };
    fail();
    CHECK(last_failure.code == status::invalid);
    CHECK(entry_point<&always_true, false, false>::call());
    CHECK(last_failure.code == status::ok);
    fail();
    CHECK(entry_point<&add, false, false>::call(1, 1) == 2);
    CHECK(last_failure.code == status::invalid);
}

TEST_CASE("during a short function the thread holds the interpreter's lock, else not") {
    CHECK_FALSE(holds_interpreter_lock);
    entry_point<&look, false, false>::call();
    CHECK(held);
    CHECK_FALSE(holds_interpreter_lock);
    entry_point<&look, true, false>::call();
    CHECK_FALSE(held);
    CHECK(entry_point<&call_one_that_may_block, false, false>::call() == 1);
    CHECK_FALSE(held);
    CHECK_FALSE(holds_interpreter_lock);
}
