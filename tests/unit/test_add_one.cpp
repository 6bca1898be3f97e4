// SPDX-License-Identifier: MIT
#include "doctest.hpp"

#include <clib/add_one.hpp>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace {

/// The tutorial's function, with the types that keep it defined for any length.
void tutorials_loop(char* input) {
    for (std::size_t i = 0; i < std::strlen(input); i++) { input[i]++; }
}

}  // namespace

TEST_CASE("add_one adds one to each byte of a span, whatever the length") {
    for (std::size_t size = 0; size < 300; ++size) {
        std::string bytes(size, '\0');
        std::string expected(size, '\0');
        for (std::size_t i = 0; i < size; ++i) {
            bytes[i] = static_cast<char>(i * 7);
            expected[i] = static_cast<char>(i * 7 + 1);
        }
        clib::add_one(bytes);
        CHECK(bytes == expected);
    }
}

TEST_CASE("add_one keeps to its span") {
    std::string bytes = "abcdef";
    clib::add_one(std::span{bytes}.subspan(2, 2));
    CHECK(bytes == "abdeef");
}

TEST_CASE("add_one ends where the tutorial's loop ends, for every byte value") {
    for (int value = 0; value < 256; ++value) {
        char mine[] = {'a', static_cast<char>(value), 'b', '\xFF', 'c', 'd', '\0', 'e'};
        char theirs[sizeof mine];
        std::memcpy(theirs, mine, sizeof mine);
        clib::add_one(mine);
        tutorials_loop(theirs);
        CHECK(std::memcmp(mine, theirs, sizeof mine) == 0);
    }
}

TEST_CASE("add_one equals the tutorial's loop on random text") {
    std::mt19937 random{1};
    std::uniform_int_distribution<int> any_byte{0, 255};
    std::uniform_int_distribution<std::size_t> any_length{0, 10'000};
    for (int round = 0; round < 60; ++round) {
        std::string mine(any_length(random), '\0');
        // Mostly bytes that do not end the text, so that long texts occur too.
        for (char& byte : mine) {
            byte = static_cast<char>(any_byte(random) % 251 + (round % 3 == 0 ? 0 : 1));
        }
        if (round % 4 == 0 && !mine.empty()) { mine[any_length(random) % mine.size()] = '\xFF'; }
        std::string theirs = mine;
        const std::size_t length = std::strlen(mine.data());
        const char* const full = static_cast<const char*>(std::memchr(mine.data(), 0xFF, length));
        const std::size_t expected =
            full != nullptr ? static_cast<std::size_t>(full - mine.data()) + 1 : length;
        CHECK(clib::add_one(mine.data()) == expected);
        tutorials_loop(theirs.data());
        CHECK(mine == theirs);
    }
}

TEST_CASE("add_one reads and writes nothing behind the terminator, at any alignment") {
    for (std::size_t offset = 0; offset < 64; ++offset) {
        for (const std::size_t length :
             {0U, 1U, 15U, 16U, 63U, 64U, 65U, 1023U, 1024U, 4097U, 8192U}) {
            // The allocation ends with the terminator: sanitizers see the first byte too many.
            std::vector<char> memory(offset + length + 1, 'a');
            memory.back() = '\0';
            CHECK(clib::add_one(memory.data() + offset) == length);
            CHECK(memory.back() == '\0');
            for (std::size_t i = 0; i < length; ++i) { REQUIRE(memory[offset + i] == 'b'); }
            for (std::size_t i = 0; i < offset; ++i) { REQUIRE(memory[i] == 'a'); }
        }
    }
}

TEST_CASE("add_one of NULL does nothing") { CHECK(clib::add_one(nullptr) == 0); }
