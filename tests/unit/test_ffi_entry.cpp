// SPDX-License-Identifier: MIT
// The entry of a function for bindings: the outcome belongs to its caller.
#include "doctest.hpp"

#include <clib/ffi/call.hpp>
#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/describe/c_function.hpp>
#include <clib/ffi/detail/entry.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/kinds.hpp>
#include <clib/ffi/last_error.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

using clib::ffi::call;
using clib::ffi::call_back;
using clib::ffi::last_failure;
using clib::ffi::status;
using clib::ffi::detail::callback_exception;
using clib::ffi::detail::entry_point;
using clib::ffi::detail::holds_interpreter_lock;
using clib::ffi::detail::symbol_of;

namespace {

using namespace std::string_literals;

struct pair {
    std::int32_t first;
    double second;
};

std::string text;
const char* borrowed = nullptr;
bool fails = false;
bool held = false;

void fail_if_asked() {
    if (fails) { throw std::system_error{ENOENT, std::generic_category(), "asked"}; }
}

/// What a text function does before its own call(): a call of another function.
void use_another_text() {
    CHECK(std::string_view{clib::ffi::call([] { return "another"s; }, "another")} == "another");
}

extern "C" {
static const char* make_text() noexcept {
    return call([] {
        use_another_text();
        fail_if_asked();
        return text;
    });
}
static const char* make_view() noexcept {
    use_another_text();
    return call([] { return std::string{text}; });
}
static const char* make_in_lambda() noexcept {
    return [] { return call([] { return text; }); }();
}
static const char* borrow_text() noexcept { return borrowed; }
static const std::uint8_t* make_bytes() noexcept {
    return call([] { return text; });
}
static const std::uint8_t* borrow_bytes() noexcept {
    return reinterpret_cast<const std::uint8_t*>(borrowed);
}
static std::int64_t signed_number(std::int64_t number) noexcept {
    return call([=] {
        fail_if_asked();
        return number;
    });
}
static std::int64_t compare(std::int64_t left, std::int64_t right) noexcept {
    return left < right ? -1 : left > right ? 1 : 0;
}
static std::int8_t small(std::int64_t number) noexcept {
    return call([=] {
        fail_if_asked();
        return number;
    });
}
static std::uint64_t large(std::uint64_t number) noexcept {
    return call([=] {
        fail_if_asked();
        return number;
    });
}
static float real(float number) noexcept {
    return call([=] {
        fail_if_asked();
        return number;
    });
}
static void nothing() noexcept {
    call([] { fail_if_asked(); });
}
static status plain_status(std::int64_t code) noexcept { return status{code}; }
static bool handles_a_failure() noexcept {
    return call([] { return signed_number(1) > 0; });
}
static void handles_a_failure_silently() noexcept {
    call([] { static_cast<void>(signed_number(1)); });
}
static pair swapped(pair value, double second) noexcept {
    return {static_cast<std::int32_t>(value.second), second};
}
static std::int64_t calls_back() noexcept {
    return call([] {
        call_back("hook", [] { callback_exception = 42; });
        return 0;
    });
}
static std::int64_t look() noexcept {
    held = holds_interpreter_lock;
    return 0;
}
}

/// What an entry returns, and the outcome with its data copied and released.
template <auto Function, class Kind, bool MayBlock = false>
struct outcome_of {
    using entry =
        entry_point<Function, MayBlock, Kind, symbol_of<Function>, clib::ffi::type_list<>>;

    template <class... P>
    explicit outcome_of(P... arguments) {
        outcome.status = 99;  // each member is overwritten
        result = entry::call(&outcome, arguments...);
        data = outcome.data != nullptr ? std::string(outcome.data, outcome.length) : "";
        if (outcome.release != nullptr) { outcome.release(outcome.owner); }
    }

    clib_outcome outcome{sizeof outcome, 0, 99, 99, 99, "?", 99, nullptr, nullptr, "?"};
    typename entry::result result;
    std::string data;
};

struct asked_to_fail {
    asked_to_fail() { fails = true; }
    ~asked_to_fail() { fails = false; }
};

template <class Outcome>
void check_failed(const Outcome& failed, std::string_view function) {
    CHECK(failed.outcome.status == static_cast<std::int64_t>(status::system));
    CHECK(failed.outcome.error_number == ENOENT);
    CHECK(failed.outcome.exception == 0);
    CHECK(failed.data.starts_with(std::string{function} + ": asked"));
}

}  // namespace

TEST_CASE("text arrives whole, whichever way it is made") {
    for (const std::string& each :
         {""s, "short"s, "a\0b"s, "\xFF"s, "\xC3\xBF"s, std::string(100000, 'x')}) {
        text = each;
        CHECK(outcome_of<&make_text, const char*>{}.data == each);
        CHECK(outcome_of<&make_view, const char*>{}.data == each);
        CHECK(outcome_of<&make_in_lambda, const char*>{}.data == each);
        CHECK(outcome_of<&make_bytes, std::string_view>{}.data == each);
        CHECK(std::string_view{make_text()} == each.c_str());
    }
    borrowed = "static";
    CHECK(outcome_of<&borrow_text, const char*>{}.data == "static");
}

TEST_CASE("bytes without a length, and a NULL, are failures with a sentence") {
    borrowed = "static";
    const outcome_of<&borrow_bytes, std::string_view> foreign;
    CHECK(foreign.result == static_cast<std::int64_t>(status::unknown));
    CHECK(foreign.data.find("nobody knows how many") != std::string::npos);
    borrowed = nullptr;
    call([] { throw std::invalid_argument{"an older failure"}; });
    const outcome_of<&borrow_text, const char*> null;
    CHECK(null.outcome.status == static_cast<std::int64_t>(status::unknown));
    CHECK(null.data == "borrow_text: it returned NULL and gave no reason");
}

TEST_CASE("any number is a result") {
    for (const std::int64_t number : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                                      std::int64_t{0}, std::numeric_limits<std::int64_t>::max()}) {
        const outcome_of<&signed_number, std::int64_t> outcome{number};
        CHECK(outcome.result == number);
        CHECK(outcome.outcome.status == 0);
    }
    call([] { throw std::invalid_argument{"an older failure"}; });
    CHECK(outcome_of<&compare, std::int64_t>{1, 2}.outcome.status == 0);
    CHECK(outcome_of<&compare, std::int64_t>{1, 2}.result == -1);
    CHECK(outcome_of<&small, std::int8_t>{std::int64_t{-128}}.result == -128);
    CHECK(outcome_of<&small, std::int8_t>{std::int64_t{-128}}.outcome.status == 0);
    CHECK(outcome_of<&large, std::uint64_t>{UINT64_MAX}.result == UINT64_MAX);
    CHECK(outcome_of<&large, std::uint64_t>{UINT64_MAX}.outcome.status == 0);
    CHECK(outcome_of<&real, float>{1.5F}.result == 1.5F);
    CHECK(std::isnan(outcome_of<&real, float>{NAN}.result));
    CHECK(outcome_of<&real, float>{NAN}.outcome.status == 0);
    const outcome_of<&swapped, clib::ffi::kinds::structure<pair>> structure{pair{1, 2.5}, 3.5};
    CHECK(structure.result.first == 2);
    CHECK(structure.result.second == 3.5);
}

TEST_CASE("a number that the result's type cannot hold is a failure") {
    const outcome_of<&small, std::int8_t> outcome{std::int64_t{128}};
    CHECK(outcome.outcome.status == static_cast<std::int64_t>(status::overflow));
    CHECK(outcome.result == -1);
    CHECK(outcome.data == "small: the result is not in the range of the function's result type");
}

TEST_CASE("a failure is in the outcome, with errno and sentence") {
    const asked_to_fail asked;
    check_failed(outcome_of<&make_text, const char*>{}, "make_text");
    check_failed(outcome_of<&signed_number, std::int64_t>{std::int64_t{-1}}, "signed_number");
    check_failed(outcome_of<&small, std::int8_t>{std::int64_t{1}}, "small");
    check_failed(outcome_of<&large, std::uint64_t>{std::uint64_t{1}}, "large");
    check_failed(outcome_of<&real, float>{1.0F}, "real");
    check_failed(outcome_of<&nothing, void>{}, "nothing");
    CHECK(outcome_of<&signed_number, std::int64_t>{std::int64_t{5}}.result == -1);
    CHECK(outcome_of<&large, std::uint64_t>{std::uint64_t{1}}.result == UINT64_MAX);
    CHECK(std::isnan(outcome_of<&real, float>{1.0F}.result));
}

TEST_CASE("a status that nobody recorded has a sentence of its own") {
    call([] { throw std::invalid_argument{"an older failure"}; });
    const outcome_of<&plain_status, status> outcome{std::int64_t{-8}};
    CHECK(outcome.outcome.status == -8);
    CHECK(outcome.data == "plain_status: it failed and gave no reason");
    CHECK(outcome_of<&plain_status, status>{std::int64_t{0}}.outcome.status == 0);
}

TEST_CASE("a failure that the function has handled is none") {
    const asked_to_fail asked;
    const outcome_of<&handles_a_failure, bool> outcome;
    CHECK_FALSE(outcome.result);
    CHECK(outcome.outcome.status == 0);
    CHECK(outcome_of<&handles_a_failure_silently, void>{}.outcome.status == 0);
    CHECK_FALSE(handles_a_failure());
    CHECK(last_failure.code == status::ok);
    nothing();
    CHECK(last_failure.code == status::system);
    handles_a_failure_silently();
    CHECK(last_failure.code == status::ok);
}

TEST_CASE("C callers keep the rule that a negative int64_t is a failure") {
    CHECK(signed_number(5) == 5);
    CHECK(signed_number(-5) == static_cast<std::int64_t>(status::overflow));
    CHECK(std::string_view{last_failure.sentence} ==
          "signed_number: the result is negative, which the C ABI keeps for failures");
    CHECK(small(-5) == -5);
    CHECK(last_failure.code == status::ok);
    CHECK(small(500) == 0);
    CHECK(last_failure.code == status::overflow);
}

TEST_CASE("the number of a callable's exception comes back in the outcome") {
    const outcome_of<&calls_back, std::int64_t> outcome;
    CHECK(outcome.outcome.status == static_cast<std::int64_t>(status::callback));
    CHECK(outcome.outcome.exception == 42);
}

TEST_CASE("during a short function the thread holds the interpreter's lock, else not") {
    CHECK_FALSE(holds_interpreter_lock);
    outcome_of<&look, std::int64_t>{};
    CHECK(held);
    CHECK_FALSE(holds_interpreter_lock);
    outcome_of<&look, std::int64_t, true>{};
    CHECK_FALSE(held);
    CHECK_FALSE(holds_interpreter_lock);
}
