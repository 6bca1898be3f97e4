// SPDX-License-Identifier: MIT
// The boundary: what call() makes of each result and of each exception, and the sentence that is
// left behind for the thread.
#include "doctest.hpp"

#include <clib/ffi/call.hpp>
#include <clib/ffi/filesystem.hpp>
#include <clib/ffi/last_error.hpp>
#include <clib/ffi/status.hpp>

#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <future>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

using clib::ffi::call;
using clib::ffi::error;
using clib::ffi::failure;
using clib::ffi::last_failure;
using clib::ffi::lent_address;
using clib::ffi::name_of;
using clib::ffi::static_text;
using clib::ffi::status;

namespace {

/// Stands for any C function. The name is given because GCC calls a template by a longer one.
template <class Body>
auto sample_function(Body body) noexcept {
    return call(std::move(body), "sample_function");
}

extern "C" {
static std::int64_t plain_c_function() noexcept {
    return call([] { throw std::invalid_argument{"the reason"}; });
}
static const char* text_c_function() noexcept {
    return call([]() -> std::string { throw std::invalid_argument{"another reason"}; });
}
}

struct point {
    std::int32_t x, y;
};

struct struct_that_is_a_number {
    double value;
    operator double() const { return value; }  // NOLINT(google-explicit-constructor)
};

template <class Body>
using result_of = decltype(sample_function(std::declval<Body>()));

std::string_view sentence() { return last_failure.sentence; }

template <class Exception>
std::int64_t thrown(const Exception& exception) {
    return sample_function([&]() -> int { throw exception; });
}

std::int64_t number(status code) { return static_cast<std::int64_t>(code); }

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (lead >= 0x80 && lead < 0xC0) { return false; }
        for (std::size_t k = 1; k < length; ++k) {
            if (i + k >= text.size() || (static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) {
                return false;
            }
        }
        i += length;
    }
    return true;
}

}  // namespace

TEST_CASE("each status has a number and a name") {
    const std::pair<std::int64_t, const char*> all[] = {
        {0, "CLIB_OK"},
        {-1, "CLIB_E_UNKNOWN"},
        {-2, "CLIB_E_NO_MEMORY"},
        {-3, "CLIB_E_INVALID"},
        {-4, "CLIB_E_HANDLE"},
        {-5, "CLIB_E_OUT_OF_RANGE"},
        {-6, "CLIB_E_OVERFLOW"},
        {-7, "CLIB_E_LENGTH"},
        {-8, "CLIB_E_BUSY"},
        {-9, "CLIB_E_SYSTEM"},
        {-10, "CLIB_E_CALLBACK"},
        {-11, "CLIB_E_STOP_ITERATION"},
        {-52, "CLIB_E_ENCODING_WARNING"},
        {-53, "CLIB_E_UNKNOWN"},
        {1, "CLIB_E_UNKNOWN"},
        {-1001, "CLIB_E_UNKNOWN"},
        {INT64_MIN, "CLIB_E_UNKNOWN"},
        {INT64_MAX, "CLIB_E_UNKNOWN"},
    };
    for (const auto& [code, name] : all) { CHECK(std::string_view{name_of(status{code})} == name); }
}

TEST_CASE("an error with a status that is no failure has status unknown") {
    CHECK(error{status::ok, "x"}.code() == status::unknown);
    CHECK(error{status{7}, "x"}.code() == status::unknown);
    CHECK(error{status{INT64_MAX}, "x"}.code() == status::unknown);
    CHECK(error{status::busy, "x"}.code() == status::busy);
    CHECK(error{status{-1001}, "x"}.code() == status{-1001});
    CHECK(error{status{INT64_MIN}, "x"}.code() == status{INT64_MIN});
}

TEST_CASE("call returns what the body returns") {
    int object = 0;
    const char* const text = "text";

    SUBCASE("nothing becomes 0") {
        CHECK(sample_function([] {}) == 0);
        CHECK(static_cast<status>(sample_function([] {})) == status::ok);
    }
    SUBCASE("integers become int64_t") {
        static_assert(std::is_convertible_v<result_of<signed char (*)()>, std::int64_t>);
        static_assert(std::is_convertible_v<result_of<std::size_t (*)()>, std::int64_t>);
        CHECK(sample_function([] { return 0; }) == 0);
        CHECK(sample_function([] { return std::int8_t{127}; }) == 127);
        CHECK(sample_function([] { return std::uint8_t{255}; }) == 255);
        CHECK(sample_function([] { return std::uint16_t{65535}; }) == 65535);
        CHECK(sample_function([] { return std::uint32_t{4294967295U}; }) == 4294967295);
        CHECK(sample_function([] { return INT64_MAX; }) == INT64_MAX);
        CHECK(sample_function([] { return std::uint64_t{INT64_MAX}; }) == INT64_MAX);
        CHECK(sample_function([] { return std::size_t{12}; }) == 12);
    }
    SUBCASE("a bool is a bool, or 0 or 1") {
        CHECK(bool{sample_function([] { return true; })});
        CHECK_FALSE(bool{sample_function([] { return false; })});
        CHECK(std::int64_t{sample_function([] { return true; })} == 1);
        CHECK(std::int64_t{sample_function([] { return false; })} == 0);
    }
    SUBCASE("a number is what the function returns") {
        CHECK(static_cast<int>(sample_function([] { return 5; })) == 5);
        CHECK(static_cast<std::uint8_t>(sample_function([] { return true; })) == 1);
    }
    SUBCASE("a double stays as it is") {
        CHECK(sample_function([] { return -1.5; }) == -1.5);
        const double zero = sample_function([] { return -0.0; });
        CHECK(std::signbit(zero));
        const double single = sample_function([] { return 0.1F; });
        CHECK(single == static_cast<double>(0.1F));
    }
    SUBCASE("a plain structure stays as it is") {
        const point returned = sample_function([] { return point{3, -4}; });
        CHECK(returned.x == 3);
        CHECK(returned.y == -4);
    }
    SUBCASE("a char becomes a byte, which is never negative") {
        static_assert(std::is_convertible_v<result_of<char (*)()>, std::int64_t>);
        CHECK(sample_function([] { return '\x7f'; }) == 127);
        CHECK(sample_function([] { return '\xff'; }) == 255);
        CHECK(sample_function([] { return '\0'; }) == 0);
    }
    SUBCASE("pointers stay as they are") {
        CHECK(sample_function([&] { return &object; }) == &object);
        const int* const constant = sample_function([&] { return &object; });
        CHECK(constant == &object);
    }
    SUBCASE("text that lives for ever is not copied") {
        const char* const same = sample_function([&] { return static_text{text}; });
        CHECK(static_cast<const void*>(same) == text);
    }
    SUBCASE("an address that is lent stays as it is") {
        const char* const same = sample_function([&] { return lent_address{text}; });
        CHECK(static_cast<const void*>(same) == text);
    }
}

namespace {

/// Whether a C function that returns a Result may have a body that returns a Value.
template <class Value, class Result>
constexpr bool may_return = std::is_convertible_v<result_of<Value (*)()>, Result>;

}  // namespace

TEST_CASE("a body fits the types of functions that lose neither its results nor its failure") {
    using text = const char*;
    using std::int32_t;
    using std::int64_t;
    static_assert(may_return<void, int64_t> && may_return<void, status>);
    static_assert(!may_return<void, bool> && !may_return<void, double> &&
                  !may_return<void, int32_t> && !may_return<void, std::uint8_t>);
    static_assert(may_return<bool, bool> && may_return<bool, int64_t> && may_return<bool, int32_t>);
    static_assert(!may_return<bool, double> && !may_return<bool, float>);
    static_assert(may_return<int, int32_t> && may_return<int, int64_t> && may_return<int64_t, int>);
    static_assert(!may_return<int, bool> && !may_return<int, double> && !may_return<int, float> &&
                  !may_return<int, status>);
    static_assert(may_return<double, double> && may_return<float, double> &&
                  may_return<float, float>);
    static_assert(!may_return<double, float> && !may_return<double, bool> &&
                  !may_return<double, int64_t> && !may_return<double, int32_t> &&
                  !may_return<float, bool> && !may_return<float, int64_t> &&
                  !may_return<double, status>);
    static_assert(may_return<point, point> && !may_return<point, int64_t>);
    static_assert(!may_return<struct_that_is_a_number, int64_t> &&
                  !may_return<struct_that_is_a_number, bool> &&
                  !may_return<struct_that_is_a_number, double>);
    static_assert(may_return<int*, int*> && may_return<int*, const int*>);
    static_assert(!may_return<int*, bool> && !may_return<int*, int64_t>);
    static_assert(may_return<char*, char*>);
    static_assert(!may_return<char*, text> && !may_return<std::uint8_t*, const std::uint8_t*>);
    static_assert(may_return<std::string, text> && may_return<std::string, const std::uint8_t*>);
    static_assert(!may_return<std::string, bool> && !may_return<std::string, int64_t>);
    static_assert(may_return<static_text, text> && !may_return<static_text, bool> &&
                  !may_return<static_text, const std::uint8_t*>);
    static_assert(may_return<lent_address<const char>, text> &&
                  may_return<lent_address<char>, char*>);
}

TEST_CASE("a bool in an integer is 0 after a failure, and the status tells") {
    const auto failed =
        static_cast<std::int32_t>(sample_function([]() -> bool { throw std::length_error{"x"}; }));
    CHECK(failed == 0);
    CHECK(last_failure.code == status::length);
    CHECK(static_cast<std::int32_t>(sample_function([] { return false; })) == 0);
    CHECK(last_failure.code == status::ok);
}

TEST_CASE("a static text and a lent address that are NULL are failures") {
    const char* text = sample_function([] { return static_text{nullptr}; });
    CHECK(text == nullptr);
    CHECK(last_failure.code == status::unknown);
    last_failure.code = status::ok;
    text = sample_function([] { return lent_address<const char>{nullptr}; });
    CHECK(text == nullptr);
    CHECK(last_failure.code == status::unknown);
    text = sample_function([]() -> static_text { throw std::bad_alloc{}; });
    CHECK(text == nullptr);
    CHECK(last_failure.code == status::no_memory);
}

TEST_CASE("a success leaves the last failure as it was") {
    thrown(error{status::busy, "the first"});
    CHECK(sample_function([] { return 5; }) == 5);
    CHECK(last_failure.code == status::busy);
    CHECK(sentence() == "sample_function: the first");
}

TEST_CASE("the sentence begins with the name of the C function") {
    CHECK(plain_c_function() == number(status::invalid));
    CHECK(sentence() == "plain_c_function: the reason");
    CHECK(text_c_function() == nullptr);
    CHECK(sentence() == "text_c_function: another reason");
}

TEST_CASE("an integer that the ABI cannot carry is an overflow") {
    CHECK(sample_function([] { return -1; }) == number(status::overflow));
    CHECK(sentence().find("sample_function: the result is negative") == 0);
    CHECK(sample_function([] { return INT64_MIN; }) == number(status::overflow));
    CHECK(sample_function([] { return static_cast<signed char>(-2); }) == number(status::overflow));
    CHECK(sample_function([] { return std::uint64_t{1} << 63; }) == number(status::overflow));
    CHECK(sentence().find("sample_function: the result is not in the range") == 0);
    CHECK(sample_function([] { return std::numeric_limits<std::size_t>::max(); }) ==
          number(status::overflow));
}

TEST_CASE("each exception becomes its status and its sentence") {
    const auto check = [](std::int64_t returned, status expected, std::string_view reason) {
        CHECK(returned == number(expected));
        CHECK(last_failure.code == expected);
        CHECK(sentence() == "sample_function: " + std::string{reason});
    };
    check(thrown(error{status::busy, "it is lent"}), status::busy, "it is lent");
    check(thrown(error{status{-1234}, "of the author's own"}), status{-1234},
          "of the author's own");
    check(thrown(error{status{3}, "no failure"}), status::unknown, "no failure");
    check(thrown(error{status::key_error, "no such key"}), status::key_error, "no such key");
    check(thrown(clib::ffi::stop_iteration{}), status::stop_iteration, "there is nothing more");
    check(thrown(std::bad_alloc{}), status::no_memory,
          "there is not enough memory; free some and try again");
    check(thrown(std::bad_array_new_length{}), status::no_memory,
          "there is not enough memory; free some and try again");
    check(thrown(std::invalid_argument{"a"}), status::invalid, "a");
    check(thrown(std::out_of_range{"b"}), status::out_of_range, "b");
    check(thrown(std::length_error{"c"}), status::length, "c");
    check(thrown(std::overflow_error{"d"}), status::overflow, "d");
    const std::system_error refused{std::make_error_code(std::errc::permission_denied), "open"};
    check(thrown(refused), status::system, refused.what());
    check(thrown(std::runtime_error{"e"}), status::unknown, "e");
    check(thrown(std::logic_error{"f"}), status::unknown, "f");
    check(thrown(std::underflow_error{"g"}), status::unknown, "g");
    check(thrown(std::exception{}), status::unknown, std::exception{}.what());
    for (const std::int64_t returned : {thrown(42), thrown("a literal"), thrown(nullptr)}) {
        check(returned, status::unknown, "something was thrown that is not a std::exception");
    }
}

namespace {

struct derived_error : error {
    derived_error() : error{status::system, "derived"} {}
};
struct quiet : std::exception {
    const char* what() const noexcept override { return ""; }
};
struct left_exception : std::exception {};
struct right_exception : std::exception {};
struct twice_an_exception : left_exception, right_exception {};  // std::exception is ambiguous
struct secretly_an_exception : private std::runtime_error {
    secretly_an_exception() : std::runtime_error{"secret"} {}
};
struct out_of_memory_and_range : std::bad_alloc, std::out_of_range {
    out_of_memory_and_range() : std::out_of_range{"both"} {}
};
struct virtually_an_error : virtual error {
    virtually_an_error() : error{status::callback, "virtual base"} {}
};
struct carries_another : std::nested_exception, std::invalid_argument {
    carries_another() : std::invalid_argument{"outer"} {}
};

}  // namespace

struct mute : std::exception {
    const char* what() const noexcept override { return nullptr; }
};

TEST_CASE("an exception that gives no reason, and a result of NULL, are failures with a sentence") {
    CHECK(sample_function([]() -> int { throw mute{}; }) ==
          static_cast<std::int64_t>(status::unknown));
    CHECK(std::string_view{last_failure.sentence}.ends_with("what() gave no reason"));
    CHECK(sample_function([]() -> int* { return nullptr; }) == nullptr);
    CHECK(std::string_view{last_failure.sentence}.ends_with(
        "the result is NULL, which the C ABI keeps for failures"));
}

TEST_CASE("exceptions derived in unusual ways are caught as well") {
    CHECK(thrown(derived_error{}) == number(status::system));
    CHECK(sentence() == "sample_function: derived");
    CHECK(thrown(quiet{}) == number(status::unknown));
    CHECK(sentence() == "sample_function: what() gave no reason");
    CHECK(thrown(twice_an_exception{}) == number(status::unknown));
    CHECK(sentence() == "sample_function: something was thrown that is not a std::exception");
    CHECK(thrown(secretly_an_exception{}) == number(status::unknown));
    CHECK(sentence() == "sample_function: something was thrown that is not a std::exception");
    CHECK(thrown(out_of_memory_and_range{}) == number(status::no_memory));
    CHECK(thrown(virtually_an_error{}) == number(status::callback));
    CHECK(sentence() == "sample_function: virtual base");
    CHECK(thrown(carries_another{}) == number(status::invalid));
    CHECK(sentence() == "sample_function: outer");
}

TEST_CASE("a reason that an exception carries is in the sentence") {
    const auto nest = [](auto inner, auto outer) {
        try {
            throw inner;
        } catch (...) { std::throw_with_nested(outer); }
    };
    sample_function([&] { nest(std::length_error{"inner"}, std::invalid_argument{"outer"}); });
    CHECK(last_failure.code == status::invalid);
    CHECK(sentence() == "sample_function: outer; because: inner");
    sample_function([&] { nest(42, error{status::busy, "outer"}); });
    CHECK(last_failure.code == status::busy);
    CHECK(sentence() ==
          "sample_function: outer; because: something was thrown that is not a std::exception");
    sample_function([&] {
        std::exception_ptr reason = std::make_exception_ptr(std::range_error{"0"});
        for (int i = 1; i < 100; ++i) {
            try {
                std::rethrow_exception(reason);
            } catch (...) {
                try {
                    std::throw_with_nested(std::range_error{std::to_string(i)});
                } catch (...) { reason = std::current_exception(); }
            }
        }
        std::rethrow_exception(reason);
    });
    CHECK(sentence().starts_with("sample_function: 99; because: 98; because: 97"));
    CHECK(sentence().ends_with("because: 83"));
}

TEST_CASE("the paths of a failure are kept, and are gone with the next") {
    using std::filesystem::filesystem_error;
    const auto kept = [] {
        const auto& details = clib::ffi::detail::last_details;
        return std::string{details.data, details.size};
    };
    const std::error_code code = std::make_error_code(std::errc::no_such_file_or_directory);
    thrown(filesystem_error{"x", "/one", code});
    CHECK(last_failure.error_number == ENOENT);
    CHECK(kept() == std::string{"\0m/one", 6});
    thrown(filesystem_error{"x", "/one", "/two", code});
    CHECK(kept() == std::string{"\0m/one\0m/two", 12});
    thrown(filesystem_error{"x", std::string(100000, 'x'), code});
    CHECK(kept().size() == 100002);
    thrown(filesystem_error{"x", "/one", code});
    thrown(std::runtime_error{"x"});
    CHECK(kept().empty());
}

TEST_CASE("a failure of a function that returns a pointer is NULL") {
    last_failure = {};
    CHECK(sample_function([]() -> int* { throw std::bad_alloc{}; }) == nullptr);
    CHECK(last_failure.code == status::no_memory);
    const char* const text = sample_function([]() -> std::string { throw std::length_error{"x"}; });
    CHECK(text == nullptr);
    CHECK(last_failure.code == status::length);
    CHECK(sample_function([]() -> char { throw 1; }) == number(status::unknown));
    CHECK(sample_function([] { throw 1; }) == number(status::unknown));
}

TEST_CASE("a failure of a function whose results are all good is told by the status") {
    thrown(error{status::busy, "an earlier one"});
    SUBCASE("a bool is false") {
        const bool returned = sample_function([]() -> bool { throw std::length_error{"x"}; });
        CHECK_FALSE(returned);
        const std::int64_t as_number =
            sample_function([]() -> bool { throw std::length_error{"x"}; });
        CHECK(as_number == number(status::length));
    }
    SUBCASE("a double is NaN") {
        const double returned = sample_function([]() -> double { throw std::length_error{"x"}; });
        CHECK(std::isnan(returned));
    }
    SUBCASE("a structure is all zeros") {
        const point returned = sample_function([]() -> point { throw std::length_error{"x"}; });
        CHECK(returned.x == 0);
        CHECK(returned.y == 0);
    }
    CHECK(last_failure.code == status::length);
    CHECK(sentence() == "sample_function: x");
}

TEST_CASE("a success of such a function makes the status ok, and leaves the sentence") {
    thrown(error{status::busy, "an earlier one"});
    SUBCASE("a bool") {
        const bool returned = sample_function([] { return false; });
        CHECK_FALSE(returned);
    }
    SUBCASE("a double") {
        const double returned = sample_function([] { return std::nan(""); });
        CHECK(std::isnan(returned));
    }
    SUBCASE("a structure") {
        const point returned = sample_function([] { return point{}; });
        CHECK(returned.x == 0);
    }
    CHECK(last_failure.code == status::ok);
    CHECK(sentence() == "sample_function: an earlier one");
}

TEST_CASE("the errno of a system_error is kept, until the next failure") {
    const auto code_of = [](std::error_code code) {
        thrown(std::system_error{code, "open"});
        return last_failure.error_number;
    };
    CHECK(code_of({ENOENT, std::generic_category()}) == ENOENT);
    CHECK(code_of({EACCES, std::system_category()}) == EACCES);
    CHECK(code_of(std::make_error_code(std::errc::timed_out)) == ETIMEDOUT);
    CHECK(code_of(std::make_error_code(std::future_errc::no_state)) == 0);
    code_of({ENOENT, std::generic_category()});
    CHECK(sample_function([] { return 1; }) == 1);
    CHECK(last_failure.error_number == ENOENT);
    thrown(std::runtime_error{"of another kind"});
    CHECK(last_failure.error_number == 0);
}

TEST_CASE("a call inside a call keeps its own name") {
    const std::int64_t returned = call(
        [] {
            CHECK(thrown(std::out_of_range{"inner"}) == number(status::out_of_range));
            CHECK(sentence() == "sample_function: inner");
            throw std::invalid_argument{last_failure.sentence};
        },
        "outer_function");
    CHECK(returned == number(status::invalid));
    CHECK(sentence() == "outer_function: sample_function: inner");
}

TEST_CASE("a sentence longer than its room is cut between two characters") {
    for (const std::string_view character : {"e", "\u00e9", "\u20ac", "\U0001f40d"}) {
        for (std::size_t shift = 0; shift < 4; ++shift) {
            std::string reason(shift, 'x');
            while (reason.size() < 2 * failure::room) { reason += character; }
            thrown(std::invalid_argument{reason});
            const std::string whole = "sample_function: " + reason;
            CHECK(whole.starts_with(sentence()));
            CHECK(is_utf8(sentence()));
            CHECK(sentence().size() <= failure::room - 1);
            CHECK(sentence().size() > failure::room - 1 - character.size());
        }
    }
}

TEST_CASE("a sentence that just fits is kept whole, and one byte more is cut") {
    const std::size_t room_left = failure::room - 1 - std::string_view{"sample_function: "}.size();
    thrown(std::invalid_argument{std::string(room_left, 'x')});
    CHECK(sentence() == "sample_function: " + std::string(room_left, 'x'));
    thrown(std::invalid_argument{std::string(room_left + 1, 'x')});
    CHECK(sentence() == "sample_function: " + std::string(room_left, 'x'));
}

TEST_CASE("a name longer than the room, or a reason that is no UTF-8, stays inside the room") {
    failure kept{};
    kept.record(status::busy, std::string(5000, 'n'), "reason");
    CHECK(std::string_view{kept.sentence} == std::string(failure::room - 1, 'n'));
    kept.record(status::busy, "name", std::string(5000, '\x80'));
    CHECK(std::string_view{kept.sentence}.starts_with("name: "));
    CHECK(std::string_view{kept.sentence}.size() < failure::room);
    kept.record(status::busy, "", "");
    CHECK(std::string_view{kept.sentence} == ": ");
}

TEST_CASE("each thread has a last failure of its own, empty at first") {
    thrown(error{status::busy, "of the first thread"});
    status code_at_first = status::busy;
    std::string sentence_at_first = "not looked at";
    std::string sentence_after;
    std::thread other{[&] {
        code_at_first = last_failure.code;
        sentence_at_first = last_failure.sentence;
        thrown(std::length_error{"of the second thread"});
        sentence_after = last_failure.sentence;
    }};
    other.join();
    CHECK(code_at_first == status::ok);
    CHECK(sentence_at_first == "");
    CHECK(sentence_after == "sample_function: of the second thread");
    CHECK(last_failure.code == status::busy);
    CHECK(sentence() == "sample_function: of the first thread");
}
