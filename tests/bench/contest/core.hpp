// SPDX-License-Identifier: MIT
// What every contestant opens to Python: small pieces of C++, each of another shape at the border.
// None is inlined, so that all contestants call the same machine code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <numeric>
#include <string>
#include <string_view>

namespace core {

[[gnu::noinline]] inline std::int64_t answer() { return 7'500'000; }

[[gnu::noinline]] inline std::int64_t half(std::int64_t number) { return number / 2; }

[[gnu::noinline]] inline std::int64_t midpoint(std::int64_t first, std::int64_t last) {
    return std::midpoint(first, last);
}

/// Returns: A number made of the size, the first byte and the last; 0 of nothing.
[[gnu::noinline]] inline std::int64_t ends(std::string_view text) {
    if (text.empty()) { return 0; }
    const auto first = static_cast<unsigned char>(text.front());
    const auto last = static_cast<unsigned char>(text.back());
    return static_cast<std::int64_t>(text.size()) * 65536 + first * 256 + last;
}

[[gnu::noinline]] inline void add_one(char* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) { ++data[i]; }
}

/// Returns: Text that the caller owns, and frees with free().
[[gnu::noinline]] inline char* written() {
    constexpr std::string_view text = "I was written in C";
    auto* const copy = static_cast<char*>(std::malloc(text.size() + 1));
    if (copy == nullptr) { throw std::bad_alloc{}; }
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    return copy;
}

[[gnu::noinline]] inline std::string echo(std::string_view text) { return std::string{text}; }

/// Not thread-safe, as most classes.
class counter {
public:
    [[gnu::noinline]] std::int64_t next() { return ++number_; }

private:
    std::int64_t number_ = 0;
};

/// Returns: The sum of what `function` returns for 0, 1, ... count - 1, none of which it is
/// negative for; or what it returned that is negative, which ends it.
[[gnu::noinline]] inline std::int64_t total(std::int64_t count,
                                            std::int64_t (*function)(std::int64_t, void*),
                                            void* context) {
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t returned = function(i, context);
        if (returned < 0) { return returned; }
        sum += returned;
    }
    return sum;
}

}  // namespace core
