// SPDX-License-Identifier: MIT
#include "doctest.hpp"

#include <clib/c_string.hpp>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using clib::basic_c_string;
using clib::c_string;
using clib::context_deleter;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

/// What the deleters of these tests were called with, in order.
std::vector<std::string> deleted;

struct recording_deleter {
    void operator()(char* text) const noexcept {
        deleted.emplace_back(text);
        std::free(text);
    }
};
using recorded = basic_c_string<recording_deleter>;

char* text_of(const char* text) {
    char* const copy = strdup(text);
    REQUIRE(copy != nullptr);
    return copy;
}

struct recording {
    recording() { deleted.clear(); }
};

}  // namespace

static_assert(sizeof(c_string) == sizeof(char*));
static_assert(sizeof(recorded) == sizeof(char*));
static_assert(sizeof(basic_c_string<context_deleter>) == 3 * sizeof(char*));
static_assert(std::is_nothrow_default_constructible_v<c_string>);
static_assert(std::is_nothrow_constructible_v<c_string, char*>);
static_assert(std::is_nothrow_constructible_v<c_string, unsigned char*>);
static_assert(std::is_nothrow_constructible_v<c_string, std::nullptr_t>);
static_assert(std::is_nothrow_move_constructible_v<c_string>);
static_assert(std::is_nothrow_move_assignable_v<c_string>);
static_assert(std::is_nothrow_destructible_v<c_string>);
static_assert(std::is_nothrow_swappable_v<c_string>);
static_assert(noexcept(std::declval<c_string&>().reset()));
static_assert(noexcept(std::declval<c_string&>().release()));
static_assert(!noexcept(c_string::copy("")));
static_assert(!std::is_copy_constructible_v<c_string>);
static_assert(!std::is_copy_assignable_v<c_string>);
static_assert(!std::is_constructible_v<c_string, const char*>);
static_assert(!std::is_constructible_v<c_string, const char (&)[4]>);
static_assert(!std::is_constructible_v<c_string, std::string>);
static_assert(!std::is_constructible_v<c_string, std::string_view>);
static_assert(!std::is_constructible_v<c_string, wchar_t*>);
static_assert(!std::is_constructible_v<c_string, void*>);
static_assert(!std::is_convertible_v<char*, c_string>);
static_assert(!std::is_convertible_v<c_string, bool>);
static_assert(!std::is_constructible_v<c_string, recorded>);
static_assert(std::is_convertible_v<c_string&, std::string_view>);
static_assert(!std::is_convertible_v<c_string, std::string_view>);
// A deleter that has no function to call until it is given one has to be given.
static_assert(!std::is_constructible_v<basic_c_string<context_deleter>, char*>);
static_assert(!std::is_constructible_v<basic_c_string<void (*)(char*) noexcept>, char*>);

TEST_CASE("an empty string owns nothing and is text all the same") {
    const c_string empty;
    CHECK(empty.get() == nullptr);
    CHECK(empty == nullptr);
    CHECK(!empty);
    CHECK(empty.empty());
    CHECK(empty.size() == 0);
    CHECK(empty.c_str() == ""sv);
    CHECK(empty == c_string{nullptr});
    CHECK(c_string{static_cast<char*>(nullptr)} == nullptr);
}

TEST_CASE_FIXTURE(recording, "what is adopted is deleted once, with its own value") {
    {
        const recorded text{text_of("adopted")};
        CHECK(text);
        CHECK(text.size() == 7);
        CHECK(text == "adopted");
        CHECK(deleted.empty());
    }
    CHECK(deleted == std::vector{"adopted"s});
    { const recorded nothing{static_cast<char*>(nullptr)}; }
    CHECK(deleted.size() == 1);
}

TEST_CASE("a copy is whole, and has room for its terminator") {
    for (std::size_t size = 0; size < 200; ++size) {
        const std::string text(size, 'x');
        // What malloc gives next held other bytes, so that a missing terminator shows.
        void* const used = std::malloc(size + 1);
        REQUIRE(used != nullptr);
        std::memset(used, 'y', size + 1);
        std::free(used);
        const auto check = [&](const c_string& copied) {
            CHECK(copied.view() == text);
#ifdef __GLIBC__
            CHECK(malloc_usable_size(copied.get()) > size);
#endif
        };
        check(c_string::copy(text.c_str()));
        check(c_string::copy(std::string_view{text}));
    }
}

TEST_CASE("copy makes memory of malloc's, and refuses what C would cut") {
    CHECK(c_string::copy("text") == "text");
    CHECK(c_string::copy("text"s) == "text");
    CHECK(c_string::copy("te|xt"sv.substr(0, 2)) == "te");
    CHECK(c_string::copy("") != nullptr);
    CHECK(c_string::copy(std::string_view{}) != nullptr);
    CHECK_THROWS_WITH_AS(c_string::copy("a\0b"sv), "the text holds a NUL, at which C would cut it",
                         std::invalid_argument);
    CHECK_THROWS_AS(c_string::copy(static_cast<const char*>(nullptr)), std::invalid_argument);
    std::free(c_string::copy("freed by C").release());
}

TEST_CASE_FIXTURE(recording, "move construction and assignment hand the text over") {
    recorded first{text_of("first")};
    recorded second{std::move(first)};
    CHECK(first == nullptr);
    CHECK(second == "first");
    recorded third{text_of("third")};
    third = std::move(second);
    CHECK(deleted == std::vector{"third"s});
    CHECK(third == "first");
    CHECK(second == nullptr);
    recorded& same = third;
    third = std::move(same);
    CHECK(third == "first");
    CHECK(deleted.size() == 1);
    third = recorded{};
    CHECK(deleted == std::vector{"third"s, "first"s});
}

TEST_CASE_FIXTURE(recording, "release gives up without deleting") {
    recorded text{text_of("released")};
    char* const released = text.release();
    CHECK(text == nullptr);
    CHECK(deleted.empty());
    CHECK(text.release() == nullptr);
    std::free(released);
}

TEST_CASE_FIXTURE(recording, "reset deletes the old text, and nothing when it is the same") {
    recorded text{text_of("old")};
    text.reset(text_of("new"));
    CHECK(deleted == std::vector{"old"s});
    text.reset(text.get());
    CHECK(deleted.size() == 1);
    CHECK(text == "new");
    text.reset();
    text.reset();
    text.reset(nullptr);
    CHECK(deleted == std::vector{"old"s, "new"s});
}

TEST_CASE_FIXTURE(recording, "swap exchanges without deleting, also with itself") {
    recorded a{text_of("a")};
    recorded b{text_of("b")};
    swap(a, b);
    std::swap(a, b);
    a.swap(b);
    a.swap(a);
    CHECK(a == "b");
    CHECK(b == "a");
    CHECK(deleted.empty());
}

TEST_CASE("a deleter that looks at its owner again finds the new text, and deletes once") {
    static recorded* owner;
    static int calls;
    static std::string seen;
    calls = 0;
    struct reentrant_deleter {
        void operator()(char* text) const noexcept {
            ++calls;
            seen = owner->c_str();
            owner->reset();
            std::free(text);
        }
    };
    recorded watched{text_of("watched")};
    owner = &watched;
    deleted.clear();
    {
        basic_c_string<reentrant_deleter> text{text_of("text")};
        text.reset();
        CHECK(calls == 1);
        CHECK(seen == "watched");
        CHECK(deleted == std::vector{"watched"s});
    }
    CHECK(calls == 1);
}

TEST_CASE("a deleter that resets its own owner runs once for each text") {
    struct state {
        basic_c_string<context_deleter>* owner;
        std::vector<std::string> seen;
    } run;
    const context_deleter deleter{[](char* text, void* context) {
                                      auto& self = *static_cast<state*>(context);
                                      self.seen.emplace_back(text);
                                      if (self.seen.size() == 1) { self.owner->reset(); }
                                      std::free(text);
                                  },
                                  &run};
    basic_c_string<context_deleter> text{text_of("old"), deleter};
    run.owner = &text;
    text.reset(text_of("new"));
    CHECK(run.seen == std::vector{"old"s, "new"s});
    CHECK(text == nullptr);
}

TEST_CASE("an exception in a construction deletes what was adopted before, once") {
    deleted.clear();
    struct composite {
        recorded first{text_of("first")};
        recorded second;
        composite() { throw std::runtime_error{"no"}; }
    };
    CHECK_THROWS_AS(composite{}, std::runtime_error);
    CHECK(deleted == std::vector{"first"s});
}

TEST_CASE("the deleter of each text stays with it when owners are assigned") {
    std::vector<std::string> pools[2];
    const auto into = [](std::vector<std::string>& pool) {
        return context_deleter{
            [](char* text, void* context) {
                static_cast<std::vector<std::string>*>(context)->emplace_back(text);
                std::free(text);
            },
            &pool};
    };
    {
        auto a = clib::adopt(text_of("a"), into(pools[0]));
        auto b = clib::adopt(text_of("b"), into(pools[1]));
        a = std::move(b);
        CHECK(pools[0] == std::vector{"a"s});
        CHECK(pools[1].empty());
        auto c = clib::adopt(text_of("c"), into(pools[0]));
        swap(a, c);
    }
    CHECK(pools[0] == std::vector{"a"s, "c"s});
    CHECK(pools[1] == std::vector{"b"s});
}

TEST_CASE("a context deleter without a function leaves the text alone") {
    char forever[] = "static";
    const auto text = clib::adopt(forever, context_deleter{});
    CHECK(text == "static");
}

TEST_CASE("errno survives the deleter") {
    struct noisy_deleter {
        void operator()(char* text) const noexcept {
            std::free(text);
            errno = EIO;
        }
    };
    basic_c_string<noisy_deleter> noisy{text_of("x")};
    errno = ENOENT;
    noisy.reset();
    CHECK(errno == ENOENT);
    {
        const basic_c_string<noisy_deleter> other{text_of("y")};
        errno = EPERM;
    }
    CHECK(errno == EPERM);
    c_string quiet{text_of("z")};
    errno = ENOENT;
    quiet.reset();
    CHECK(errno == ENOENT);
}

TEST_CASE_FIXTURE(recording, "out() deletes what there was and owns at once what C stores") {
    recorded text{text_of("old")};
    const auto store = [](char** to, const char* value) {
        return (*to = strdup(value)) != nullptr;
    };
    if (store(text.out(), "stored") && text.size() == 6) {
        CHECK(text == "stored");
    } else {
        FAIL("the text was not there within the expression");
    }
    CHECK(deleted == std::vector{"old"s});
    char** const in_place = text.inout();
    std::free(*in_place);
    *in_place = text_of("longer");
    CHECK(text == "longer");
}

TEST_CASE("comparison, order and hash are those of the text") {
    const c_string a = c_string::copy("a");
    const c_string b = c_string::copy("b");
    CHECK(a != b);
    CHECK(a < b);
    CHECK(a == "a"s);
    CHECK("b"sv == b);
    CHECK(b > "a");
    CHECK((a <=> "a"sv) == std::strong_ordering::equal);
    CHECK(a != nullptr);
    CHECK(a == recorded{text_of("a")});
    CHECK(std::hash<c_string>{}(a) == std::hash<std::string_view>{}("a"));
}

TEST_CASE("containers find a string by any text, without making one") {
    std::map<c_string, int, std::less<>> ordered;
    ordered.emplace(c_string::copy("key"), 1);
    CHECK(ordered.find("key"sv) != ordered.end());
    std::unordered_set<c_string, std::hash<c_string>, std::equal_to<>> hashed;
    hashed.insert(c_string::copy("key"));
    CHECK(hashed.contains("key"sv));
    CHECK(!hashed.contains("other"sv));
}

TEST_CASE("streams print the text") {
    std::ostringstream out;
    out << c_string::copy("text") << c_string{} << '.';
    CHECK(out.str() == "text.");
}

#ifdef __cpp_lib_format
TEST_CASE("std::format formats a string as text") {
    CHECK(std::format("{:>5}|{}", c_string::copy("ab"), c_string{}) == "   ab|");
}
#endif

TEST_CASE("a function object that owns something is a deleter too") {
    auto count = std::make_shared<int>(0);
    struct counting_deleter {
        std::shared_ptr<int> count;
        void operator()(char* text) const noexcept {
            ++*count;
            std::free(text);
        }
    };
    {
        auto a = clib::adopt(text_of("a"), counting_deleter{count});
        auto b = std::move(a);
        a = std::move(b);
        auto& same = a;
        a = std::move(same);
        CHECK(a == "a");
    }
    CHECK(*count == 1);
    CHECK(count.use_count() == 1);
}

TEST_CASE("a lambda is a deleter, with captures or as a template argument") {
    int count = 0;
    const auto counting = [&count](char* text) noexcept {
        ++count;
        std::free(text);
    };
    static_assert(!std::is_default_constructible_v<basic_c_string<decltype(counting)>>);
    {
        auto a = clib::adopt(text_of("a"), counting);
        auto b = clib::adopt(text_of("b"), counting);
        a = std::move(b);
        CHECK(count == 1);
        b = clib::adopt(text_of("c"), counting);
        swap(a, b);
        CHECK(a == "c");
        CHECK(b == "b");
        CHECK(count == 1);
    }
    CHECK(count == 3);
    CHECK(clib::adopt<[](char* text) { std::free(text); }>(text_of("x")) == "x");
}

TEST_CASE("a string passes for a std::string_view") {
    const c_string text = c_string::copy("text");
    const std::string_view view = text;
    CHECK(view.data() == text.get());
    CHECK(std::string{text} == "text");
}
