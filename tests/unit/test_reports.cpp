// SPDX-License-Identifier: MIT
// What people have reported of owners, of loops that fill buffers, and of counters of identities:
// one case a report, named after what goes wrong there. tests/README.md has the table.
#include "doctest.hpp"

#include <clib/c_string.hpp>
#include <clib/char_buffer.hpp>
#include <clib/counter.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using clib::basic_counter;
using clib::c_string;
using clib::char_buffer;
namespace returns = clib::returns;
namespace fs = std::filesystem;

namespace {

int frees = 0;
int frees_of_null = 0;

void counting_free(char* text) noexcept {
    ++frees;
    frees_of_null += text == nullptr ? 1 : 0;
    std::free(text);
}
using counted_string = clib::basic_c_string<clib::deleter<&counting_free>>;

/// A function as fopen(): it fails.
char* open_nothing() noexcept { return nullptr; }

}  // namespace

// --- std::unique_ptr with deleters of C ---

TEST_CASE("cpptrace#106: the deleter closes what was never opened") {
    frees = frees_of_null = 0;
    {
        const auto file = clib::adopt<&counting_free>(open_nothing());
        CHECK(file == nullptr);
        counted_string text;
        text.reset();
        text.reset(nullptr);
        const counted_string moved = std::move(text);
    }
    CHECK(frees == 0);
    CHECK(frees_of_null == 0);
}

TEST_CASE("cmssw#13633, librealsense#6161: a guard that owns nothing does not run") {
    int runs = 0;
    const auto run = [](char*, void* count) { ++*static_cast<int*>(count); };
    char something[] = "";
    { const auto guard = clib::adopt(something, clib::context_deleter{run, &runs}); }
    CHECK(runs == 1);
    { const auto guard = clib::adopt(open_nothing(), clib::context_deleter{run, &runs}); }
    CHECK(runs == 1);  // as std::unique_ptr: what is to run owns something
}

TEST_CASE("SymSpellPlusPlus#5, tesseract#3847: what strdup() has made is deleted") {
    // A sanitizer, or valgrind, sees which function gives the memory back.
    static_assert(std::is_same_v<c_string::deleter_type, clib::deleter<&std::free>>);
    frees = 0;
    { const auto copied = clib::adopt<&counting_free>(strdup("a copy")); }
    CHECK(frees == 1);
    const c_string own{strdup("another")};
    CHECK(own.view() == "another");
}

TEST_CASE("String#12, rocksdb#1927: an array is deleted as one char") {
    static int deletions = 0;
    deletions = 0;
    {
        const auto text = clib::adopt(new char[6]{"array"}, [](char* array) noexcept {
            ++deletions;
            delete[] array;
        });
        CHECK(text.size() == 5);
    }
    CHECK(deletions == 1);
    // Without a deleter, memory of new[] would go to free(): so nothing but malloc is copied to.
    static_assert(!std::is_constructible_v<c_string, std::unique_ptr<char[]>>);
}

TEST_CASE("pam_hbac#47: what asprintf() was to make is freed though it has failed") {
    const auto fails = [](char**) { return -1; };  // and stores nothing
    frees = 0;
    {
        counted_string text{strdup("the text before")};
        CHECK(fails(text.out()) < 0);
        CHECK(frees == 1);
        CHECK(text == nullptr);
    }
    CHECK(frees == 1);
}

TEST_CASE("verible#2051: a function pointer as deleter takes room, and its attributes are lost") {
    static_assert(sizeof(c_string) == sizeof(char*));
    static_assert(sizeof(counted_string) == sizeof(char*));
    static_assert(std::is_nothrow_move_constructible_v<counted_string>);
    CHECK(c_string{strdup("free() has attributes")}.size() == 21);
}

TEST_CASE("mp4v2#35: the handle is not null after its close, and is closed again") {
    frees = frees_of_null = 0;
    counted_string text{strdup("open")};
    text.reset();
    CHECK(text == nullptr);
    CHECK(text.view().empty());
    text.reset();
    text = counted_string{};
    CHECK(frees == 1);
    CHECK(frees_of_null == 0);
}

// --- Loops around snprintf() and readlink() ---

TEST_CASE("mxt-app#58, linenoise#96: the rest of the room wraps, once the text is cut") {
    std::vector<unsigned char> message(300);
    for (std::size_t i = 0; i < message.size(); ++i) {
        message[i] = static_cast<unsigned char>(i * 7);
    }
    char_buffer text{"MXT:"};
    char_buffer two;
    for (const unsigned char byte : message) {
        two.fill(
            returns::needed_length,
            [byte](char* to, std::size_t room) {
                return std::snprintf(to, room, "%02X", static_cast<unsigned>(byte));
            },
            1);
        text += two;
    }
    REQUIRE(text.size() == 4 + 2 * message.size());
    CHECK(text.view().substr(0, 10) == "MXT:00070E");
    CHECK(std::strlen(text.c_str()) == text.size());
}

TEST_CASE("openrc#825, swtpm#1144: a text of exactly the room is cut, and passes for whole") {
    for (std::size_t length = 1; length < 300; ++length) {
        const std::string path(length, 'p');
        for (const std::size_t room : {length - 1, length, length + 1, length + 2}) {
            char_buffer text;
            text.fill(
                returns::needed_length,
                [&](char* to, std::size_t size) {
                    return std::snprintf(to, size, "%s", path.c_str());
                },
                room);
            REQUIRE(text == path);
        }
    }
}

TEST_CASE(
    "frr#20237, rocksdb#4465: the position goes on by what was wanted, not by what was written") {
    char_buffer line;
    char_buffer field;
    std::string expected;
    for (int i = 0; i < 100; ++i) {
        field.fill(
            returns::needed_length,
            [i](char* to, std::size_t room) { return std::snprintf(to, room, "sendEvent%d,", i); },
            4);
        line += field;
        expected += "sendEvent" + std::to_string(i) + ",";
    }
    CHECK(line == expected);
}

TEST_CASE("smallchat#6: the wanted length is the size of what is sent") {
    const std::string nick(200, 'n');
    const std::string words(300, 'w');
    char_buffer message;
    message.fill(returns::needed_length, [&](char* to, std::size_t room) {
        return std::snprintf(to, room, "%s> %s", nick.c_str(), words.c_str());
    });
    CHECK(message.size() == 502);
    CHECK(message == nick + "> " + words);
    CHECK(message.capacity() > message.size());
}

TEST_CASE("nield#2: a negative result is added to the position") {
    char_buffer text{"from before"};
    const wchar_t no_character[] = {static_cast<wchar_t>(0x7FFF'FFFF), L'\0'};
    CHECK_THROWS_AS(text.fill(returns::needed_length,
                              [&](char* to, std::size_t room) {
                                  return std::snprintf(to, room, "%ls", no_character);
                              }),
                    std::system_error);
    CHECK(text.empty());
    CHECK(*text.c_str() == '\0');
}

TEST_CASE("Nim#15042, ocaml#795: a link as long as the room is cut, and passes for whole") {
    const fs::path folder =
        fs::temp_directory_path() / ("clib-reports-" + std::to_string(getpid()));
    fs::create_directory(folder);
    const fs::path link = folder / "link";
    for (const std::size_t length : std::initializer_list<std::size_t>{
             1, 127, 128, 129, 255, 256, 257, 1023, 1024, 1025, 4000}) {
        const std::string target(length, 't');
        fs::remove(link);
        REQUIRE(symlink(target.c_str(), link.c_str()) == 0);
        for (const std::size_t room : {length, std::size_t{256}}) {
            char_buffer read;
            read.fill(
                returns::written_length,
                [&](char* to, std::size_t size) { return readlink(link.c_str(), to, size); }, room);
            CHECK(read == target);
        }
    }
    fs::remove_all(folder);
}

TEST_CASE("charliecloud#315, radare2#25823: readlink() does not terminate the text") {
    char_buffer path;
    path.assign(5000, '#');  // what is behind the text then
    path.fill(returns::written_length, [](char* to, std::size_t room) {
        std::memset(to, '#', room);
        return readlink("/proc/self/exe", to, room);
    });
    CHECK(std::strlen(path.c_str()) == path.size());
    CHECK(path.view().find('#') == std::string_view::npos);
}

TEST_CASE("DarkRadiant#14: the terminator is written at -1 if readlink() fails") {
    char_buffer path{"from before"};
    try {
        path.fill(returns::written_length, [](char* to, std::size_t room) {
            return readlink("/proc/self/there is no such link", to, room);
        });
        FAIL("it does not fail");
    } catch (const std::system_error& error) { CHECK(error.code().value() == ENOENT); }
    CHECK(path.empty());
}

// --- Counters that hand out identities ---

namespace {

/// What each of four threads draws in `count` calls; none where the counter was at its end.
template <class Draw>
std::vector<std::uint64_t> drawn_by_four(int count, Draw draw) {
    std::vector<std::vector<std::uint64_t>> each(4);
    std::vector<std::thread> threads;
    for (auto& own : each) {
        threads.emplace_back([&own, count, &draw] {
            for (int i = 0; i < count; ++i) {
                try {
                    own.push_back(static_cast<std::uint64_t>(draw()));
                } catch (const std::overflow_error&) {}
            }
        });
    }
    for (std::thread& thread : threads) { thread.join(); }
    std::vector<std::uint64_t> all;
    for (const auto& own : each) { all.insert(all.end(), own.begin(), own.end()); }
    std::sort(all.begin(), all.end());
    return all;
}

/// Whether these are `first` and the numbers after it, each once.
bool are_from(std::uint64_t first, const std::vector<std::uint64_t>& sorted) {
    for (const std::uint64_t each : sorted) {
        if (each != first++) { return false; }
    }
    return true;
}

}  // namespace

TEST_CASE("sgx#67, Proxyman#1347: two threads add, and then read the same number") {
    clib::counter counter;
    const auto all = drawn_by_four(20'000, [&] { return counter.next(); });
    CHECK(all.size() == 80'000);
    CHECK(are_from(1, all));
}

TEST_CASE("spring-framework#25485: the lower half has wrapped, the upper half has not yet") {
    constexpr std::int64_t edge = std::int64_t{1} << 32;
    clib::counter counter{edge - 20'000};
    const auto all = drawn_by_four(10'000, [&] { return counter.next(); });
    CHECK(all.size() == 40'000);
    CHECK(are_from(edge - 19'999, all));
}

TEST_CASE("influxdb#25542: after the last number comes 0") {
    clib::counter counter{std::numeric_limits<std::int64_t>::max() - 1};
    CHECK(counter.next() == std::numeric_limits<std::int64_t>::max());
    for (int i = 0; i < 5; ++i) { CHECK_THROWS_AS(counter.next(), std::overflow_error); }
    CHECK(counter.value() == std::numeric_limits<std::int64_t>::max());
    basic_counter<std::uint8_t> small{254};
    CHECK(small.next() == 255);
    for (int i = 0; i < 600; ++i) { CHECK_THROWS_AS(small.next(), std::overflow_error); }
}

TEST_CASE("oso#332: two threads at the end both begin anew") {
    basic_counter<std::uint16_t> counter{65'535 - 3000};
    const auto all = drawn_by_four(1000, [&] { return counter.next(); });
    CHECK(all.size() == 3000);
    CHECK(are_from(65'535 - 2999, all));
}

TEST_CASE("flakeid#23: more numbers than bits in one moment, and they come again") {
    basic_counter<std::int16_t> counter;
    const auto all = drawn_by_four(10'000, [&] { return counter.next(); });
    CHECK(all.size() == 32'767);
    CHECK(are_from(1, all));
    basic_counter<std::int16_t> blocks;
    const auto reserved = drawn_by_four(1000, [&] { return blocks.reserve(100); });
    CHECK(reserved.size() == 327);
    CHECK(std::adjacent_find(reserved.begin(), reserved.end()) == reserved.end());
}

TEST_CASE("bson-rust#196: the largest number is never handed out") {
    basic_counter<std::uint8_t> counter;
    std::vector<std::uint64_t> all;
    for (int i = 0; i < 255; ++i) { all.push_back(counter.next()); }
    CHECK(are_from(1, all));
    CHECK(all.back() == 255);
    basic_counter<std::uint8_t> block;
    CHECK(block.reserve(255) == 1);
    CHECK_THROWS_AS(block.reserve(1), std::overflow_error);
    basic_counter<std::uint8_t> source;
    basic_counter<std::uint8_t>::lease lease{source, 100};
    for (int i = 1; i <= 255; ++i) { CHECK(lease.next() == i); }
    CHECK_THROWS_AS(lease.next(), std::overflow_error);
}
