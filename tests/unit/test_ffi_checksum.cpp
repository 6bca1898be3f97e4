// SPDX-License-Identifier: MIT
// The two sums against the numbers that everybody else gets for them.
#include "doctest.hpp"

#include <clib/ffi/detail/describe/checksum.hpp>

#include <cstdint>
#include <string_view>

using clib::ffi::detail::crc32;
using clib::ffi::detail::fnv1a;

namespace {

template <class Sum>
constexpr auto sum_of(std::string_view bytes) {
    Sum sum;
    for (const char byte : bytes) { sum.add(static_cast<std::uint8_t>(byte)); }
    return sum.value();
}

using namespace std::string_view_literals;

}  // namespace

TEST_CASE("the CRC-32 is that of ISO 3309") {
    static_assert(sum_of<crc32>("") == 0);
    static_assert(sum_of<crc32>("123456789") == 0xCBF43926);
    static_assert(sum_of<crc32>("The quick brown fox jumps over the lazy dog") == 0x414FA339);
    CHECK(sum_of<crc32>("\0\0\0\0"sv) == 0x2144DF1C);
    CHECK(sum_of<crc32>("\xFF\xFF\xFF\xFF") == 0xFFFFFFFF);
}

TEST_CASE("the hash is FNV-1a with 64 bits") {
    static_assert(sum_of<fnv1a>("") == 0xCBF29CE484222325);
    static_assert(sum_of<fnv1a>("a") == 0xAF63DC4C8601EC8C);
    CHECK(sum_of<fnv1a>("foobar") == 0x85944171F73967E8);
}

TEST_CASE("a number counts as 8 bytes, the lowest first, and text as its bytes and a NUL") {
    CHECK(crc32{}.number(0x0807060504030201).value() == sum_of<crc32>("\1\2\3\4\5\6\7\10"));
    CHECK(crc32{}.number(0xFF).value() == sum_of<crc32>("\xFF\0\0\0\0\0\0\0"sv));
    CHECK(crc32{}.text("abc").value() == sum_of<crc32>("abc\0"sv));
    CHECK(crc32{}.text("").value() == sum_of<crc32>("\0"sv));
    CHECK(fnv1a{}.text("\xC3\xA9").number(1).value() ==
          sum_of<fnv1a>("\xC3\xA9\0\1\0\0\0\0\0\0\0"sv));
}
