// SPDX-License-Identifier: MIT
// Long calls that ask whether they should end, and callbacks of the kinds that a signal handler can
// run in.
#include <clib/ffi.hpp>

#include <chrono>
#include <cstdint>
#include <thread>

using namespace clib::ffi;

namespace {

/// Calls `work` until it returns false, or for as long. Returns: How often.
template <class Work>
std::int64_t repeat(std::int64_t milliseconds, const Work& work) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{milliseconds};
    std::int64_t count = 0;
    while (std::chrono::steady_clock::now() < end && work()) { ++count; }
    return count;
}

void wait(std::int64_t milliseconds) {
    repeat(milliseconds, [] {
        if (interrupted()) { fail(status::unknown, {"it was interrupted"}); }
        return true;
    });
}

}  // namespace

extern "C" {
CLIB_EXPORT void sig_wait(std::int64_t milliseconds) noexcept {
    call([=] { wait(milliseconds); });
}
CLIB_EXPORT std::int64_t sig_give_up(std::int64_t milliseconds) noexcept {
    return call([=] { return repeat(milliseconds, [] { return !interrupted(); }); });
}
CLIB_EXPORT bool sig_ask() noexcept {
    return call([] { return interrupted(); });
}
/// Asks in a thread of its own.
CLIB_EXPORT bool sig_ask_in_thread(std::int64_t milliseconds) noexcept {
    return call([=] {
        bool was_interrupted = false;
        std::thread thread{[&] {
            repeat(milliseconds, [&] {
                was_interrupted = was_interrupted || interrupted();
                return true;
            });
        }};
        thread.join();
        return was_interrupted;
    });
}

CLIB_EXPORT std::int64_t sig_numbers(std::int64_t milliseconds,
                                     std::int64_t (*function)(std::int64_t, void*),
                                     void* context) noexcept {
    return call([=] {
        return repeat(milliseconds,
                      [=] { return call_back("function", function, 1, context) >= 0; });
    });
}
CLIB_EXPORT std::int64_t sig_arrays(std::int64_t milliseconds,
                                    std::int64_t (*function)(const double*, std::size_t, void*),
                                    void* context) noexcept {
    return call([=] {
        const double numbers[2] = {0.5, 1.5};
        return repeat(milliseconds, [&] {
            return call_back("function", function, numbers, std::size_t{2}, context) >= 0;
        });
    });
}
struct sig_pair {
    std::int64_t first;
    double second;
};
CLIB_EXPORT std::int64_t sig_structures(std::int64_t milliseconds,
                                        std::int64_t (*function)(sig_pair, void*),
                                        void* context) noexcept {
    return call([=] {
        return repeat(milliseconds, [=] {
            return call_back("function", function, sig_pair{1, 0.5}, context) >= 0;
        });
    });
}
CLIB_EXPORT std::int64_t sig_kept(std::int64_t milliseconds,
                                  std::int64_t (*function)(std::int64_t, void*), void* context,
                                  void (*release)(void*)) noexcept {
    return call([=] {
        const kept_callback<std::int64_t, std::int64_t> kept{"function", function, context,
                                                             release};
        return repeat(milliseconds, [&] { return kept(1) >= 0; });
    });
}
}

// clang-format off
CLIB_MODULE(sig, "1.0", "Calls that take long.",
    structure<sig_pair>("Pair").member<&sig_pair::first>("first").member<&sig_pair::second>("second"),
    function<&sig_wait>("wait", "milliseconds"),
    function<&sig_wait>("wait_blocking", "milliseconds").may_block(),
    function<&sig_give_up>("give_up", "milliseconds"),
    function<&sig_give_up>("give_up_blocking", "milliseconds").may_block(),
    function<&sig_ask>("ask"), function<&sig_ask>("ask_blocking").may_block(),
    function<&sig_ask_in_thread>("ask_in_thread", "milliseconds"),
    function<&sig_ask_in_thread>("ask_in_thread_blocking", "milliseconds").may_block(),
    function<&sig_numbers>("numbers", "milliseconds", "function").may_block(),
    function<&sig_arrays>("arrays", "milliseconds", "function").may_block(),
    function<&sig_structures>("structures", "milliseconds", "function").may_block(),
    function<&sig_kept>("kept", "milliseconds", "function").may_block());
// clang-format on
