// SPDX-License-Identifier: MIT
// char_buffer::fill with real C functions, each with a result longer than its first guess.
#include "doctest.hpp"

#include <clib/char_buffer.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using clib::char_buffer;
namespace returns = clib::returns;
namespace fs = std::filesystem;

namespace {

/// Runs `call` with a first room of 1 byte and counts how often it is called.
template <class Convention, class Call>
char_buffer filled(Convention convention, Call call, int least_calls = 2) {
    int calls = 0;
    char_buffer buffer;
    buffer.fill(
        convention, [&](char* to, std::size_t room) { return ++calls, call(to, room); }, 1);
    CHECK(calls >= least_calls);
    CHECK(std::strlen(buffer.c_str()) == buffer.size());
    return buffer;
}

#ifdef __GLIBC__
// glibc's headers show one strerror_r, its library has both.
extern "C" int __xpg_strerror_r(int error, char* to, std::size_t room);
#endif

}  // namespace

TEST_CASE("fill runs snprintf, which returns the length it needs") {
    CHECK(filled(returns::needed_length, [](char* to, std::size_t room) {
              return std::snprintf(to, room, "%d bottles", 99);
          }) == "99 bottles");
}

TEST_CASE("fill runs confstr, which returns the size it needs") {
    const char_buffer path = filled(returns::needed_size, [](char* to, std::size_t room) {
        return confstr(_CS_PATH, to, room);
    });
    CHECK(path.view().find("/bin") != std::string_view::npos);
}

TEST_CASE("fill runs readlink, which cuts silently and does not terminate") {
    const fs::path link = fs::temp_directory_path() / ("clib-link-" + std::to_string(getpid()));
    const std::string target(300, 'x');
    fs::create_symlink(target, link);
    CHECK(filled(returns::written_length, [&](char* to, std::size_t room) {
              return readlink(link.c_str(), to, room);
          }) == target);
    fs::remove(link);
}

TEST_CASE("fill runs getcwd, which returns NULL and ERANGE") {
    CHECK(filled(returns::pointer, [](char* to, std::size_t room) { return getcwd(to, room); }) ==
          fs::current_path().string());
}

TEST_CASE("fill runs inet_ntop, which returns NULL and ENOSPC") {
    in6_addr address{};
    address.s6_addr[0] = 0x20;
    address.s6_addr[15] = 1;
    CHECK(filled(returns::pointer, [&](char* to, std::size_t room) {
              return inet_ntop(AF_INET6, &address, to, static_cast<socklen_t>(room));
          }) == "2000::1");
}

TEST_CASE("fill runs gethostname, which fails with ENAMETOOLONG") {
    const char_buffer name = filled(returns::status, gethostname);
    CHECK(!name.empty());
}

#ifdef __GLIBC__
TEST_CASE("fill runs the POSIX strerror_r, which returns ERANGE") {
    CHECK(filled(returns::status, [](char* to, std::size_t room) {
              return __xpg_strerror_r(ENOENT, to, room);
          }) == "No such file or directory");
}

TEST_CASE("fill runs the GNU strerror_r, whose text is in the room or elsewhere") {
    CHECK(filled(
              returns::pointer,
              [](char* to, std::size_t room) { return strerror_r(ENOENT, to, room); },
              1) == "No such file or directory");
    CHECK(filled(returns::pointer, [](char* to, std::size_t room) {
              return strerror_r(123456, to, room);
          }) == "Unknown error 123456");
}
#endif

TEST_CASE("a result that exactly fits is not cut, and one that grows between calls is followed") {
    for (std::size_t length = 0; length < 40; ++length) {
        const std::string text(length, 'x');
        for (std::size_t room = 1; room < 45; ++room) {
            char_buffer buffer;
            buffer.fill(
                returns::needed_length,
                [&](char* to, std::size_t n) { return std::snprintf(to, n, "%s", text.c_str()); },
                room);
            CHECK(buffer == text);
        }
    }
    std::string growing = "x";
    const char_buffer followed = filled(
        returns::needed_length,
        [&](char* to, std::size_t room) {
            if (growing.size() < 100) { growing += growing; }
            return std::snprintf(to, room, "%s", growing.c_str());
        },
        5);
    CHECK(followed == growing);
}

TEST_CASE("a call that fails for another reason throws its errno and leaves an empty buffer") {
    char_buffer buffer{"old"};
    const auto fails_with = [&](int error, auto&& run) {
        try {
            run();
            FAIL("nothing was thrown");
        } catch (const std::system_error& e) {
            CHECK(e.code() == std::error_code{error, std::generic_category()});
        }
        CHECK(buffer.empty());
        CHECK(buffer.c_str()[0] == '\0');
    };
    fails_with(ENOENT, [&] {
        buffer.fill(returns::written_length, [](char* to, std::size_t room) {
            return readlink("/there/is/no/such/link", to, room);
        });
    });
    fails_with(EINVAL, [&] {
        buffer.fill(returns::needed_size,
                    [](char* to, std::size_t room) { return confstr(-1, to, room); });
    });
    fails_with(EAFNOSUPPORT, [&] {
        buffer.fill(returns::pointer, [](char* to, std::size_t room) {
            return inet_ntop(-1, "", to, static_cast<socklen_t>(room));
        });
    });
    fails_with(EIO, [&] { buffer.fill(returns::status, [](char*, std::size_t) { return EIO; }); });
    fails_with(EPERM, [&] {
        buffer.fill(returns::needed_length, [](char*, std::size_t) {
            errno = EPERM;
            return -1;
        });
    });
}

TEST_CASE("a call that fails and leaves no errno is an error that says so") {
    const auto check = [](const auto& convention, auto result) {
        char_buffer buffer{"old"};
        int calls = 0;
        try {
            buffer.fill(convention, [&](char*, std::size_t) { return ++calls, result; });
            FAIL("nothing was thrown");
        } catch (const std::runtime_error& e) {
            CHECK(dynamic_cast<const std::system_error*>(&e) == nullptr);
            CHECK(std::string_view{e.what()}.ends_with("errno does not say why"));
        }
        CHECK(calls == 1);
        CHECK(buffer.empty());
    };
    const auto failed = static_cast<std::size_t>(-1);
    check(returns::needed_length, failed);
    check(returns::needed_length, -1);
    check(returns::length_or_zero, failed);
    check(returns::needed_size, failed);
    check(returns::needed_size, 0);
    check(returns::written_length, failed);
    check(returns::written_length, -1L);
    check(returns::converted_length, failed);
    check(returns::status, -1);
    check(returns::pointer, static_cast<char*>(nullptr));
}

TEST_CASE("a call that always wants one byte more ends") {
    char_buffer buffer;
    int calls = 0;
    CHECK_THROWS_AS(buffer.fill(returns::needed_length,
                                [&](char*, std::size_t room) {
                                    if (++calls > 100) { throw std::out_of_range{"it never ends"}; }
                                    return room < 1 << 20 ? room : SIZE_MAX / 2;
                                }),
                    std::length_error);
}

TEST_CASE("fill runs strftime, which returns 0 where there is too little room, or no text") {
    std::tm time{};
    time.tm_mday = 1;
    const auto format = [&](const char* how) {
        return [&time, how](char* to, std::size_t room) {
            return std::strftime(to, room, how, &time);
        };
    };
    CHECK(filled(returns::length_or_zero, format("%A %B %Y")) == "Sunday January 1900");
    CHECK(filled(returns::length_or_zero, format("")).empty());
    const std::string long_format(returns::length_or_zero_t::plenty, 'x');
    char_buffer buffer;
    CHECK_THROWS_AS(buffer.fill(returns::length_or_zero, format(long_format.c_str())),
                    std::runtime_error);
    // With the convention of snprintf it would be empty without a word.
    char_buffer small;
    CHECK_THROWS_AS(small.fill(returns::needed_length, format("%A %B %Y"), 4), std::runtime_error);
    for (std::size_t room = 1; room < 45; ++room) {
        char_buffer again;
        again.fill(returns::length_or_zero, format("%A %B"), room);
        CHECK(again == "Sunday January");
    }
}

TEST_CASE("fill runs getxattr, which fails with ERANGE and writes no terminator") {
    // Stands for it: not every file system has attributes.
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{127}, std::size_t{128}, std::size_t{300}}) {
        const std::string value(size, 'v');
        char_buffer buffer;
        buffer.fill(returns::written_length, [&](char* to, std::size_t room) -> std::ptrdiff_t {
            if (room < value.size()) {
                errno = ERANGE;
                return -1;
            }
            std::memcpy(to, value.data(), value.size());
            return static_cast<std::ptrdiff_t>(value.size());
        });
        CHECK(buffer == value);
    }
}

TEST_CASE("fill runs wcstombs and mbstowcs, which stop between two characters") {
    const std::string locale = std::setlocale(LC_CTYPE, nullptr);
    REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr);
    for (std::size_t count = 0; count < 60; ++count) {
        const std::wstring wide(count, L'\u20AC');  // of three bytes
        std::string narrow;
        for (std::size_t i = 0; i < count; ++i) { narrow += "\xE2\x82\xAC"; }
        for (const std::size_t room : {1U, 3U, 17U, 64U}) {
            char_buffer buffer;
            buffer.fill(
                returns::converted_length,
                [&](char* to, std::size_t size) { return std::wcstombs(to, wide.c_str(), size); },
                room);
            CHECK(buffer == narrow);
            char_buffer units;
            units.fill(
                returns::converted_length,
                [&](char* to, std::size_t size) {
                    std::wstring read(size / sizeof(wchar_t), L'\0');
                    const std::size_t length =
                        std::mbstowcs(read.data(), narrow.c_str(), read.size());
                    std::memcpy(to, read.data(), read.size() * sizeof(wchar_t));
                    return length * sizeof(wchar_t);
                },
                room);
            CHECK(units.size() == count * sizeof(wchar_t));
        }
    }
    char_buffer buffer;
    try {
        buffer.fill(returns::converted_length,
                    [](char* to, std::size_t room) { return std::wcstombs(to, L"\xD800", room); });
        FAIL("nothing was thrown");
    } catch (const std::system_error& e) { CHECK(e.code().value() == EILSEQ); }
    std::setlocale(LC_CTYPE, locale.c_str());
}

TEST_CASE("fill runs fgets, which reads on where it stopped") {
    const std::string lines[] = {"short\n",
                                 std::string(300, 'x') + "\n",
                                 "\n",
                                 std::string(127, 'y') + "\n",
                                 std::string(128, 'z') + "\n",
                                 "the last, without an end"};
    for (const std::size_t room : {1U, 2U, 7U, 128U}) {
        std::FILE* const file = std::tmpfile();
        REQUIRE(file != nullptr);
        for (const std::string& line : lines) { std::fputs(line.c_str(), file); }
        std::rewind(file);
        const auto read = [&](char* to, std::size_t size) {
            return std::fgets(to, static_cast<int>(size), file);
        };
        for (const std::string& line : lines) {
            char_buffer buffer;
            CHECK(buffer.fill(returns::line, read, room) == line);
        }
        char_buffer buffer{"old"};
        CHECK(buffer.fill(returns::line, read, room).empty());
        std::fclose(file);
    }
    char_buffer buffer;
    CHECK_THROWS_AS(buffer.fill(returns::line,
                                [](char*, std::size_t) {
                                    errno = EIO;
                                    return static_cast<char*>(nullptr);
                                }),
                    std::system_error);
}

TEST_CASE("what the call throws comes out, and the buffer is empty and terminated") {
    char_buffer buffer{"old"};
    CHECK_THROWS_AS(buffer.fill(returns::needed_length,
                                [](char* to, std::size_t) -> int {
                                    to[0] = 'x';
                                    throw std::runtime_error{"from the call"};
                                }),
                    std::runtime_error);
    CHECK(buffer.empty());
    CHECK(buffer.c_str()[0] == '\0');
}

TEST_CASE("fill offers what capacity there is, and a convention can be one's own") {
    char_buffer buffer;
    buffer.reserve(1000);
    std::vector<std::size_t> rooms;
    // A function that says "too small" by returning false.
    const auto succeeded = [](bool result, const char* data, std::size_t room) {
        return result ? clib::fill_outcome::complete(std::strlen(data))
                      : clib::fill_outcome::repeat_with(room + 100);
    };
    buffer.fill(succeeded, [&](char* to, std::size_t room) {
        rooms.push_back(room);
        to[0] = 'x';
        to[1] = '\0';
        return room > 1050;
    });
    CHECK(rooms == std::vector<std::size_t>{1000, 1100});
    CHECK(buffer == "x");
}

TEST_CASE("an errno that may mean too little room is believed only as long as there is little") {
    char_buffer buffer;
    int calls = 0;
    const auto never_fits = [&](char*, std::size_t) {
        ++calls;
        errno = ENAMETOOLONG;
        return -1;
    };
    CHECK_THROWS_AS(buffer.fill(returns::status, never_fits), std::system_error);
    CHECK(calls < 20);
    CHECK(buffer.capacity() < 4 << 20);
}

TEST_CASE("a call that says it wrote more than its room is an error") {
    char_buffer buffer;
    const auto boasting = [](std::size_t, const char*, std::size_t room) {
        return clib::fill_outcome::complete(room + 1);
    };
    CHECK_THROWS_AS(buffer.fill(boasting, [](char*, std::size_t room) { return room; }),
                    std::length_error);
    CHECK(buffer.empty());
}

TEST_CASE("text without a terminator may fill the room, and asking for no more gets more") {
    char_buffer buffer;
    const auto all_written = [](std::size_t written, const char*, std::size_t room) {
        return written == 10 ? clib::fill_outcome::complete(written)
                             : clib::fill_outcome::repeat_with(room);
    };
    buffer.fill(
        all_written,
        [](char* to, std::size_t room) {
            const std::size_t written = std::min<std::size_t>(room, 10);
            std::memset(to, 'x', written);
            return written;
        },
        1);
    CHECK(buffer == "xxxxxxxxxx");
}
