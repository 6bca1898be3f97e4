// SPDX-License-Identifier: MIT
// libclib1.so: the four functions of the ctypes tutorial, with its names, types and printed lines,
// on clib's three types. What is undefined in the tutorial's C is an error here: one sentence on
// stderr, and nothing is harmed. Every function may be called from any thread, and at exit.
#include <clib/clib.hpp>
#include <clib/ffi.hpp>

#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <type_traits>
#include <utility>

using clib::ffi::call;
using clib::ffi::error;
using clib::ffi::status;

namespace {

constinit clib::basic_counter<int> counter;

/// The strings that alloc_C_string has lent out, found by their address.
class lent_strings {
public:
    void add(clib::c_string text) {
        const std::lock_guard lock{mutex_};
        strings_.try_emplace(text.get(), std::move(text));
    }

    /// Returns: The string at `address`, which is no longer lent; NULL if it never was.
    clib::c_string take(const char* address) {
        const std::lock_guard lock{mutex_};
        auto found = strings_.extract(address);
        return found.empty() ? nullptr : std::move(found.mapped());
    }

private:
    std::mutex mutex_;
    std::map<const char*, clib::c_string> strings_;
};

lent_strings& strings = *new lent_strings;  // never destroyed: Python frees its last objects late

void print(const char* what, const char* text) {
    std::printf("%s %p(%ld):  %s\n", what, static_cast<const void*>(text),
                reinterpret_cast<long>(text), text);
    std::fflush(stdout);
}

/// Returns: `result`, after the reason has been written to stderr if it stands for a failure.
template <class Result>
Result explained(Result result) noexcept {
    bool failed = false;
    if constexpr (std::is_pointer_v<Result>) {
        failed = result == nullptr;
    } else {
        failed = result < 0;
    }
    if (failed) { std::fprintf(stderr, "%s\n", clib::ffi::last_failure.sentence); }
    return result;
}

}  // namespace

extern "C" {

/// Returns: 1, 2, 3 ...; after the last int, -6 (CLIB_E_OVERFLOW) at every call.
CLIB_EXPORT int simple_function() noexcept {
    return static_cast<int>(std::int64_t{explained(call([] { return counter.next(); }))});
}

/// Effects: Adds one to each char; 0xFF becomes 0 and so ends the string. NULL is a no-op.
CLIB_EXPORT void add_one_to_string(char* input) noexcept { clib::add_one(input); }

/// Returns: A string of the caller's, to be given to free_C_string; NULL if there is no memory.
CLIB_EXPORT char* alloc_C_string() noexcept {
    return explained<char*>(call([] {
        auto phrase = clib::c_string::copy("I was written in C");
        char* const address = phrase.get();
        strings.add(std::move(phrase));
        print("C just allocated", address);
        return address;
    }));
}

/// Effects: Frees what alloc_C_string returned, once. Any other address is left alone.
CLIB_EXPORT void free_C_string(char* ptr) noexcept {
    explained(call([&] {
        const clib::c_string phrase = strings.take(clib::ffi::non_null(ptr, "ptr"));
        if (!phrase) {
            throw error{status::handle,
                        "ptr is no live string of alloc_C_string: it was freed already, or came "
                        "from elsewhere; pass each string once"};
        }
        print("About to free", phrase.c_str());
    }));
}
}
