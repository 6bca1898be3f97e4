// SPDX-License-Identifier: MIT
// What C passed in, checked before anything is read, and addresses that are lent and given back.
#include "doctest.hpp"
#include "failure.hpp"

#include <clib/ffi/argument.hpp>
#include <clib/ffi/lendable.hpp>
#include <clib/ffi/status.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

using namespace clib::ffi;

namespace {

template <class Body>
void check_refused(status expected, std::string_view beginning, Body body) {
    const auto refused = failure_of(body);
    CHECK(refused.code == expected);
    CHECK_MESSAGE(refused.sentence.starts_with(beginning), refused.sentence);
    CHECK_MESSAGE(refused.sentence.find("pass") != std::string::npos,
                  refused.sentence);  // names the cure
}

}  // namespace

TEST_CASE("bytes may be NULL only when there are none") {
    const char text[] = "a\0b";
    CHECK(bytes(text, 3, "data") == std::string_view{text, 3});
    CHECK(bytes(text, 3, "data").data() == text);
    CHECK(bytes(text, 0, "data").empty());
    CHECK(bytes(nullptr, 0, "data").empty());
    CHECK(bytes(nullptr, 0, "data").data() != nullptr);
    check_refused(status::invalid, "data is NULL but has a size of 1;",
                  [] { bytes(nullptr, 1, "data"); });
    check_refused(status::invalid, "key is NULL but has a size of 9223372036854775807;",
                  [] { bytes(nullptr, PTRDIFF_MAX, "key"); });
}

TEST_CASE("a size that no memory can hold is refused") {
    const char text[] = "text";
    for (const std::size_t size : {SIZE_MAX, std::size_t{PTRDIFF_MAX} + 1}) {
        check_refused(status::length, "data has a size", [&] { bytes(text, size, "data"); });
        check_refused(status::length, "data has a size", [&] { bytes(nullptr, size, "data"); });
        check_refused(status::length, "out has a size",
                      [&] { writable_bytes(nullptr, size, "out"); });
    }
}

TEST_CASE("writable bytes are the caller's own") {
    char memory[4] = {};
    CHECK(writable_bytes(memory, 4, "out").data() == memory);
    CHECK(writable_bytes(memory, 4, "out").size() == 4);
    CHECK(writable_bytes(memory, 0, "out").empty());
    CHECK(writable_bytes(nullptr, 0, "out").empty());
    check_refused(status::invalid, "out is NULL", [] { writable_bytes(nullptr, 4, "out"); });
}

TEST_CASE("a pointer that may not be NULL") {
    int object = 0;
    CHECK(non_null(&object, "context") == &object);
    check_refused(status::invalid, "context is NULL",
                  [] { non_null(static_cast<int*>(nullptr), "context"); });
    using function = void (*)();
    check_refused(status::invalid, "deleter is NULL",
                  [] { non_null(static_cast<function>(nullptr), "deleter"); });
}

TEST_CASE("a number that may not be negative") {
    CHECK(non_negative(0, "count") == 0);
    CHECK(non_negative(INT64_MAX, "count") == INT64_MAX);
    check_refused(status::invalid, "count is -1;", [] { non_negative(-1, "count"); });
    check_refused(status::invalid, "count is -9223372036854775808;",
                  [] { non_negative(INT64_MIN, "count"); });
}

TEST_CASE("a byte is a number from 0 to 255") {
    for (int byte = 0; byte <= 255; ++byte) {
        CHECK(static_cast<unsigned char>(byte_value(byte, "byte")) == byte);
    }
    for (const std::int64_t wrong : {std::int64_t{-1}, std::int64_t{256}, INT64_MIN, INT64_MAX}) {
        check_refused(status::invalid, "byte is " + std::to_string(wrong) + ";",
                      [&] { byte_value(wrong, "byte"); });
    }
}

TEST_CASE("an index is inside, and the end is one only where it is asked for") {
    CHECK(position(0, 3, "index") == 0);
    CHECK(position(2, 3, "index") == 2);
    CHECK(position(3, 3, "index", true) == 3);
    CHECK(position(0, 0, "index", true) == 0);
    check_refused(status::out_of_range, "index is 3;", [] { position(3, 3, "index"); });
    check_refused(status::out_of_range, "index is 0;", [] { position(0, 0, "index"); });
    check_refused(status::out_of_range, "index is 4;", [] { position(4, 3, "index", true); });
    check_refused(status::out_of_range, "index is -1;", [] { position(-1, 3, "index", true); });
    check_refused(status::out_of_range, "at is 9223372036854775807;",
                  [] { position(INT64_MAX, 3, "at"); });
    check_refused(status::out_of_range, "at is -9223372036854775808;",
                  [] { position(INT64_MIN, 3, "at"); });
}

TEST_CASE("what is lent does not move until every address is back") {
    lendable<std::string> text{"lent"};
    CHECK(text.get() == "lent");
    CHECK(&text.movable() == &text.get());
    CHECK(&text.pin() == &text.get());
    CHECK(&text.pin() == &text.get());
    CHECK(failure_of([&] { text.movable(); }).code == status::busy);
    text.get()[0] = 'L';  // what leaves the address as it is goes on
    text.unpin();
    CHECK(failure_of([&] { text.movable(); }).code == status::busy);
    text.unpin();
    CHECK(text.movable() == "Lent");
    CHECK(failure_of([&] { text.unpin(); }).code == status::invalid);
    CHECK(text.movable() == "Lent");
}

TEST_CASE("a lendable is constructed as its object is") {
    lendable<std::string> repeated{std::size_t{3}, 'x'};
    CHECK(repeated.get() == "xxx");
    lendable<std::unique_ptr<int>> owner{std::make_unique<int>(7)};
    CHECK(*owner.get() == 7);
    static_assert(!std::is_constructible_v<lendable<std::string>, int*>);
    static_assert(std::is_default_constructible_v<lendable<std::string>>);
}
