// SPDX-License-Identifier: MIT
// char_buffer::fill with real C functions, each with a result longer than its first guess.
#include "doctest.hpp"

#include <clib/char_buffer.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
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
