// SPDX-License-Identifier: MIT
// Text that is made on the fly: whole, one for each thread, and not kept when it is large.
#include "doctest.hpp"

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

using clib::ffi::call;
using clib::ffi::last_failure;
using clib::ffi::status;
using clib::ffi::detail::last_text;
using clib::ffi::detail::text_result;

namespace {

using namespace std::string_literals;

const std::string large(text_result::kept_capacity + 1, 'x');

/// Stands for any C function that returns text.
template <class Body>
const char* text_function(Body body) noexcept {
    return call(std::move(body), "text_function");
}

std::string_view whole() { return {last_text.data(), last_text.size()}; }

}  // namespace

TEST_CASE("what the body returns as text is copied") {
    const std::string kept = "of a string that lives on";
    SUBCASE("a string") {
        CHECK(text_function([] { return "made"s; }) == "made"s);
    }
    SUBCASE("a long string") {
        CHECK(text_function([] { return large; }) == large);
    }
    SUBCASE("a string that lives on") {
        const char* const text = text_function([&] { return kept; });
        CHECK(text == kept);
        CHECK(text != kept.c_str());
    }
    SUBCASE("an empty one") {
        CHECK(text_function([] { return std::string{}; }) == ""s);
    }
    CHECK(static_cast<const void*>(last_text.data()) != kept.data());
}

TEST_CASE("embedded NULs and the length are kept") {
    const std::string bytes{"a\0b\0", 4};
    CHECK(text_function([&] { return bytes; }) == "a"s);
    CHECK(whole() == bytes);
    text_function([&] { return std::string{bytes}; });
    CHECK(whole() == bytes);
}

TEST_CASE("text can be returned as bytes") {
    const std::uint8_t* const returned = call([] { return "\xFF\1"s; });
    REQUIRE(returned != nullptr);
    CHECK(returned[0] == 0xFF);
    CHECK(returned[1] == 1);
    CHECK(last_text.size() == 2);
}

TEST_CASE("text lives until the thread's next text, whatever else it calls") {
    const char* const first = text_function([] { return "the first"s; });
    CHECK(call([] { return 5; }) == 5);
    CHECK(call([]() -> int { throw std::runtime_error{"no text"}; }) < 0);
    CHECK(first == "the first"s);
    text_function([] { return "the second"s; });
    CHECK(whole() == "the second");
}

TEST_CASE("a large text is freed by the next, or when it is forgotten") {
    for (const bool next_is_view : {false, true}) {
        text_function([] { return large; });
        CHECK(last_text.is_large());
        if (next_is_view) {
            clib::ffi::detail::keep_text(std::string_view{"small"});
        } else {
            text_function([] { return "small"s; });
        }
        CHECK_FALSE(last_text.is_large());
        CHECK(whole() == "small");
    }
    text_function([] { return large; });
    last_text.forget();
    CHECK_FALSE(last_text.is_large());
    CHECK(whole() == "");
    last_text.forget();
    CHECK(text_function([] { return "works again"s; }) == "works again"s);
}

TEST_CASE("a small text leaves its memory to the next") {
    const std::string middling(1000, 'x');
    const char* const first = clib::ffi::detail::keep_text(std::string_view{middling});
    CHECK(clib::ffi::detail::keep_text(std::string_view{"small"}) == first);
    CHECK_FALSE(last_text.is_large());
}

TEST_CASE("text may be a part of the text before it") {
    for (const std::string& before : {"a small text"s, "a large text, " + large}) {
        text_function([&] { return before; });
        clib::ffi::detail::keep_text(whole().substr(2));
        CHECK(whole() == before.substr(2));
    }
}

TEST_CASE("a body that fails returns NULL, and the text before it stays") {
    text_function([] { return "as it was"s; });
    CHECK(text_function([]() -> std::string { throw std::bad_alloc{}; }) == nullptr);
    CHECK(last_failure.code == status::no_memory);
    CHECK(std::string_view{last_failure.sentence}.starts_with("text_function: "));
    CHECK(whole() == "as it was");
}

TEST_CASE("text that cannot be copied is a failure, and the text before it stays") {
    volatile std::size_t size = SIZE_MAX - 1;
    for (const std::string& before : {"as it was"s, large}) {
        text_function([&] { return before; });
        CHECK(text_function([&] { return std::string{before.data(), size}; }) == nullptr);
        CHECK(last_failure.code == status::length);
        CHECK(whole() == before);
    }
}

TEST_CASE("each thread has a text of its own, which ends with it") {
    text_function([] { return "of the first thread"s; });
    std::string at_first = "not looked at";
    std::string afterwards;
    std::thread{[&] {
        at_first = whole();
        text_function([] { return "of the second thread, and long enough for the heap"s; });
        afterwards = whole();
    }}.join();
    CHECK(at_first == "");
    CHECK(afterwards == "of the second thread, and long enough for the heap");
    CHECK(whole() == "of the first thread");
}
