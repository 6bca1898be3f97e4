// SPDX-License-Identifier: MIT
#include "doctest.hpp"

#include <clib/c_string.hpp>
#include <clib/char_buffer.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <list>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using clib::char_buffer;
using namespace std::string_literals;
using namespace std::string_view_literals;

static_assert(sizeof(char_buffer) == 4 * sizeof(void*));
static_assert(std::is_nothrow_default_constructible_v<char_buffer>);
static_assert(std::is_nothrow_move_constructible_v<char_buffer>);
static_assert(std::is_nothrow_move_assignable_v<char_buffer>);
static_assert(std::is_nothrow_swappable_v<char_buffer>);
static_assert(!std::is_copy_constructible_v<char_buffer>);
static_assert(!std::is_copy_assignable_v<char_buffer>);
static_assert(!std::is_convertible_v<std::string_view, char_buffer>);
static_assert(!std::is_convertible_v<std::size_t, char_buffer>);
static_assert(!std::is_constructible_v<char_buffer, std::nullptr_t>);
static_assert(!noexcept(std::declval<char_buffer&>().append("")));
static_assert(!noexcept(std::declval<char_buffer&>().release()));
static_assert(std::contiguous_iterator<char_buffer::iterator>);

namespace {

/// The invariant of every buffer at every moment.
bool is_terminated(const char_buffer& buffer) { return buffer.c_str()[buffer.size()] == '\0'; }

}  // namespace

#ifdef __GLIBC__
TEST_CASE("there is room for the terminator behind the capacity") {
    for (std::size_t size = 0; size < 200; ++size) {
        char_buffer reserved;
        reserved.reserve(size);
        CHECK(malloc_usable_size(reserved.data()) > reserved.capacity());
        char_buffer assigned{std::string(size, 'x')};
        assigned.shrink_to_fit();
        CHECK((size == 0 || malloc_usable_size(assigned.data()) > assigned.capacity()));
    }
}
#endif

TEST_CASE("an empty buffer owns nothing and is terminated text all the same") {
    const char_buffer buffer;
    CHECK(buffer.empty());
    CHECK(buffer.size() == 0);
    CHECK(buffer.capacity() == 0);
    CHECK(buffer.data() != nullptr);
    CHECK(is_terminated(buffer));
    CHECK(buffer.begin() == buffer.end());
}

TEST_CASE("a buffer is made from text or from a size, and keeps embedded NULs") {
    CHECK(char_buffer{"abc"}.size() == 3);
    CHECK(char_buffer{"abc"s} == "abc");
    CHECK(char_buffer{"a\0b"sv} == "a\0b"sv);
    CHECK(char_buffer{3} == "\0\0\0"sv);
    CHECK(char_buffer(0).empty());
    CHECK(char_buffer{{"abc", 2}} == "ab");
    const char* const nothing = nullptr;
    CHECK_THROWS_AS(char_buffer{nothing}, std::invalid_argument);
    CHECK(char_buffer(3, 'x') == "xxx");
    CHECK(is_terminated(char_buffer{"a\0b"sv}));
}

TEST_CASE("sizes that no memory has are refused") {
    const volatile std::size_t hidden = SIZE_MAX;  // or the compiler refuses already
    const std::size_t huge = hidden;
    CHECK_THROWS_AS(char_buffer{huge}, std::length_error);
    CHECK_THROWS_AS(char_buffer{huge / 2}, std::length_error);
    char_buffer buffer{"kept"};
    CHECK_THROWS_AS(buffer.resize(huge), std::length_error);
    CHECK_THROWS_AS(buffer.reserve(huge), std::length_error);
    CHECK_THROWS_AS(buffer.append(huge, 'x'), std::length_error);
    CHECK_THROWS_AS(buffer.insert(buffer.begin(), huge - 2, 'x'), std::length_error);
    CHECK_THROWS_AS(buffer.assign(huge, 'x'), std::length_error);
    CHECK(buffer == "kept");
}

TEST_CASE("at() checks its index; [] and the ends read and write") {
    char_buffer buffer{"abc"};
    CHECK(buffer.at(2) == 'c');
    CHECK_THROWS_WITH_AS(buffer.at(3), "there is no byte 3 in a buffer of 3 bytes",
                         std::out_of_range);
    CHECK_THROWS_AS(std::as_const(buffer).at(SIZE_MAX), std::out_of_range);
    CHECK_THROWS_AS(char_buffer{}.at(0), std::out_of_range);
    buffer.at(0) = 'A';
    buffer[1] = 'B';
    buffer.back() = 'C';
    CHECK(buffer == "ABC");
    CHECK(buffer.front() == 'A');
}

TEST_CASE("append, push_back and pop_back") {
    char_buffer buffer;
    buffer.append("ab").append(2, 'c');
    buffer += 'd';
    buffer += "ef"s;
    buffer.push_back('\0');
    CHECK(buffer == "abccdef\0"sv);
    CHECK(is_terminated(buffer));
    buffer.pop_back();
    buffer.append("");
    CHECK(buffer == "abccdef");
    CHECK(is_terminated(buffer));
}

TEST_CASE("resize fills what is new, resize_for_overwrite does not promise to") {
    char_buffer buffer{"abcdef"};
    buffer.resize(2);
    buffer.resize(4);
    CHECK(buffer == "ab\0\0"sv);
    buffer.resize(5, 'x');
    CHECK(buffer == "ab\0\0x"sv);
    buffer.resize_for_overwrite(100);
    CHECK(buffer.size() == 100);
    CHECK(buffer.view().substr(0, 2) == "ab");
    CHECK(is_terminated(buffer));
}

TEST_CASE("capacity is reserved, grows by doubling, and is given back") {
    char_buffer buffer;
    buffer.reserve(1000);
    const char* const data = buffer.data();
    CHECK(buffer.capacity() == 1000);
    buffer.append(1000, 'x');
    CHECK(buffer.data() == data);
    buffer.push_back('y');
    CHECK(buffer.capacity() == 2000);
    buffer.resize(3);
    buffer.shrink_to_fit();
    CHECK(buffer.capacity() == 3);
    CHECK(buffer == "xxx");
    buffer.clear();
    CHECK(buffer.empty());
    CHECK(is_terminated(buffer));
}

TEST_CASE("assign replaces everything") {
    char_buffer buffer{"old"};
    buffer.assign("a longer text than before");
    CHECK(buffer == "a longer text than before");
    buffer.assign("new");
    CHECK(buffer == "new");
    buffer.assign(4, 'z');
    CHECK(buffer == "zzzz");
    buffer.assign({'a', 'b'});
    CHECK(buffer == "ab");
    const std::list<char> list{'x', 'y', 'z'};
    buffer.assign(list.begin(), list.end());
    CHECK(buffer == "xyz");
    std::istringstream stream{"one two"};
    buffer.assign(std::istreambuf_iterator<char>{stream}, {});
    CHECK(buffer == "one two");
}

TEST_CASE("insert and erase return where the next byte is, as in a standard container") {
    char_buffer buffer{"ad"};
    CHECK(*buffer.insert(buffer.begin() + 1, "bc"sv) == 'b');
    CHECK(buffer == "abcd");
    const char_buffer::iterator last = buffer.insert(buffer.end(), 'e');
    CHECK(last == buffer.end() - 1);
    CHECK(*buffer.insert(buffer.begin(), 2, '-') == '-');
    CHECK(*buffer.insert(buffer.begin(), {'<', '>'}) == '<');
    const std::list<char> list{'1', '2'};
    buffer.insert(buffer.end(), list.begin(), list.end());
    CHECK(buffer == "<>--abcde12");
    CHECK(buffer.insert(buffer.cbegin(), ""sv) == buffer.begin());
    CHECK(*buffer.erase(buffer.begin() + 2, buffer.begin() + 4) == 'a');
    CHECK(*buffer.erase(buffer.begin()) == '>');
    const char_buffer::iterator end = buffer.erase(buffer.end() - 2, buffer.end());
    CHECK(end == buffer.end());
    CHECK(buffer == ">abcde");
    CHECK(buffer.erase(buffer.begin(), buffer.begin()) == buffer.begin());
    CHECK(is_terminated(buffer));
}

TEST_CASE("a buffer may be given parts of itself") {
    char_buffer buffer{"abc"};
    for (int i = 0; i < 6; ++i) { buffer.append(buffer.view()); }
    CHECK(buffer.size() == 3 * 64);
    CHECK(buffer.view().substr(189) == "abc");
    buffer.assign(buffer.view().substr(1, 4));
    CHECK(buffer == "bcab");
    buffer.insert(buffer.begin() + 2, buffer.view());
    CHECK(buffer == "bcbcabab");
    buffer.assign(buffer.begin() + 2, buffer.begin() + 4);
    CHECK(buffer == "bc");
}

TEST_CASE("moving leaves an empty buffer; self-move and self-swap change nothing") {
    char_buffer source{"text"};
    const char* const data = source.data();
    char_buffer target{std::move(source)};
    CHECK(target.data() == data);
    CHECK(source.empty());
    CHECK(is_terminated(source));
    source = std::move(target);
    CHECK(source == "text");
    char_buffer& same = source;
    source = std::move(same);
    CHECK(source == "text");
    swap(source, same);
    CHECK(source == "text");
    char_buffer other{"other"};
    std::swap(source, other);
    CHECK(source == "other");
    CHECK(other == "text");
}

TEST_CASE("release hands malloc's memory to C without a copy") {
    char_buffer buffer{"for C"};
    const char* const data = buffer.data();
    char* const released = buffer.release();
    CHECK(released == data);
    CHECK(released == "for C"sv);
    CHECK(buffer.empty());
    CHECK(is_terminated(buffer));
    std::free(released);

    const clib::c_string adopted = clib::adopt(char_buffer{"for c_string"}.release());
    CHECK(adopted == "for c_string");
    const clib::c_string of_empty = clib::adopt(char_buffer{}.release());
    CHECK(of_empty != nullptr);
    CHECK(of_empty == "");
}

TEST_CASE("comparison, order and hash are those of the text") {
    const char_buffer a{"a"};
    const char_buffer b{"b"};
    CHECK(a == char_buffer{"a"});
    CHECK(a != b);
    CHECK(a < b);
    CHECK(a < "ab"sv);
    CHECK("ab"s > a);
    CHECK("a" == a);
    CHECK((a <=> b) == std::strong_ordering::less);
    CHECK(char_buffer{"\xFF"} > "a");  // bytes compare as unsigned
    CHECK(std::hash<char_buffer>{}(a) == std::hash<std::string_view>{}("a"));
}

TEST_CASE("containers find a buffer by any text, without making one") {
    std::map<char_buffer, int, std::less<>> ordered;
    ordered.emplace(char_buffer{"key"}, 1);
    CHECK(ordered.find("key"sv) != ordered.end());
    CHECK(ordered.find("other") == ordered.end());
    std::unordered_map<char_buffer, int, std::hash<char_buffer>, std::equal_to<>> hashed;
    hashed.emplace(char_buffer{"key"}, 2);
    CHECK(hashed.find("key"sv)->second == 2);
    CHECK(hashed.find(clib::c_string::copy("key")) != hashed.end());
}

TEST_CASE("streams print the text, with its NULs and the width asked for") {
    std::ostringstream out;
    out << char_buffer{"a\0b"sv} << '|';
    out.width(5);
    out << char_buffer{"c"};
    CHECK(out.str() == "a\0b|    c"s);
}

#ifdef __cpp_lib_format
TEST_CASE("std::format formats a buffer as text") {
    CHECK(std::format("{:>5}|{}", char_buffer{"ab"}, char_buffer{"c"}) == "   ab|c");
}
#endif

TEST_CASE("random operations do what they do to a std::string") {
    std::mt19937 random{20260822};
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random);
    };
    char_buffer buffer;
    std::string model;
    for (int step = 0; step < 20'000; ++step) {
        const std::size_t at = below(model.size() + 1);
        const std::size_t count = below(model.size() - at + 1);
        const std::string text(below(40), static_cast<char>(below(256)));
        switch (below(8)) {
            case 0:
                buffer.append(text), model.append(text);
                break;
            case 1:
                buffer.insert(buffer.begin() + at, text), model.insert(at, text);
                break;
            case 2:
                buffer.erase(buffer.begin() + at, buffer.begin() + at + count);
                model.erase(at, count);
                break;
            case 3:
                buffer.resize(at), model.resize(at);
                break;
            case 4:
                buffer.push_back('p'), model.push_back('p');
                break;
            case 5:
                buffer.insert(buffer.begin() + at, 3, 'i'), model.insert(at, 3, 'i');
                break;
            case 6:
                buffer.append(buffer.view().substr(at, count % 50)),
                    model.append(model, at, count % 50);
                break;
            default:
                buffer.shrink_to_fit();
                break;
        }
        if (model.size() > 5000) { buffer.assign(text), model.assign(text); }
        REQUIRE(buffer == model);
        REQUIRE(is_terminated(buffer));
    }
}

TEST_CASE("a buffer passes for a std::string_view, and is walked backwards too") {
    char_buffer buffer{"ab"};
    const clib::c_string string = clib::c_string::copy("cd");
    const char_buffer other{"ef"};
    buffer.append(string).append(other);
    buffer += other;
    CHECK(buffer == "abcdefef");
    CHECK(std::string{other.rbegin(), other.rend()} == "fe");
    static_assert(!std::is_convertible_v<char_buffer, std::string_view>);
}
