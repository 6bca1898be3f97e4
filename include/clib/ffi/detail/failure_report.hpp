// SPDX-License-Identifier: MIT
// What is recorded of an exception: the thread's last failure, and its details. The details of a
// failure are parts of text, each after a NUL, and each with a letter that says what it is:
//
//     w  what() of an exception that the module lists, whole
//     m  the next of its members; a path, if the operating system has refused something
//     c  the next exception that is carried in it: "status errno exception sentence"; parts follow
//
// A NUL inside a part is written as the bytes C0 80.
#pragma once

#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>
#include <clib/ffi/status.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <system_error>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

class failure_report;

/// Reports the exception that is being handled, if it is one of those that the module lists.
/// Returns: Whether it is.
using listed_translation = bool (*)(failure_report& report);
inline constinit std::atomic<listed_translation> listed_exceptions{nullptr};

/// Adds the paths of a filesystem_error; set by <clib/ffi/filesystem.hpp>.
using path_translation = void (*)(const std::system_error& exception, failure_report& report);
inline constinit std::atomic<path_translation> exception_paths{nullptr};

/// Of one call that has failed.
class failure_report {
public:
    explicit failure_report(const char* function) noexcept : function_{function} {}
    failure_report(const failure_report&) = delete;
    failure_report& operator=(const failure_report&) = delete;

    /// Adds an exception: the one that was thrown, then those that are carried in it.
    [[gnu::cold, gnu::noinline]] void add(status code, const char* reason, int error_number = 0,
                                          std::uint64_t raised = 0) noexcept {
        if (causes_ == 0) {
            last_failure.record(code, function_, reason);
            last_failure.error_number = error_number;
            last_failure.exception = raised;
            return;
        }
        last_failure.append({"; because: ", reason});
        char numbers[64];
        char* end = numbers;
        char* const last = numbers + sizeof numbers;
        end = std::to_chars(end, last, static_cast<std::int64_t>(code)).ptr;
        *end++ = ' ';
        end = std::to_chars(end, last, std::int64_t{error_number}).ptr;
        *end++ = ' ';
        end = std::to_chars(end, last, raised).ptr;
        *end++ = ' ';
        add_part('c', {numbers, static_cast<std::size_t>(end - numbers)});
        last_details.append(reason, std::strlen(reason));
    }

    /// Adds a part of the exception that was added last. It is cut if there is no memory.
    // NOLINTNEXTLINE(readability-convert-member-functions-to-static): of this report
    [[gnu::cold, gnu::noinline]] void add_part(char letter, std::string_view text) noexcept {
        try {
            text_cleaner.watch_this_thread();
        } catch (const std::bad_alloc&) { return; }
        const char begin[] = {'\0', letter};
        last_details.append(begin, sizeof begin);
        for (;;) {
            const std::size_t size = text.find('\0');
            last_details.append(text.data(), std::min(size, text.size()));
            if (size == std::string_view::npos) { return; }
            last_details.append("\xC0\x80", 2);
            text.remove_prefix(size + 1);
        }
    }

    /// Begins with the exception that the one before carries. Returns: Whether it is to be added.
    bool begin_cause() noexcept {
        constexpr int most_causes = 16;
        return ++causes_ <= most_causes;
    }

    /// Whether a translator has thrown what is reported, so none is asked again.
    bool is_translated = false;

private:
    const char* function_;
    int causes_ = 0;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
