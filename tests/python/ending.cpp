// SPDX-License-Identifier: MIT
// A library that goes on while Python ends: it has threads that call back, and functions that wait
// for them without saying that they may block.
#include <clib/ffi.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

using clib::ffi::access;
using clib::ffi::call;
using clib::ffi::call_back;
using clib::ffi::error;
using clib::ffi::handle_table;
using clib::ffi::kept_callback;
using clib::ffi::status;

namespace {

using listener = kept_callback<std::int64_t, std::int64_t>;

void rest(std::int64_t microseconds) {
    if (microseconds > 0) { std::this_thread::sleep_for(std::chrono::microseconds{microseconds}); }
}

/// Calls a listener from threads of its own until it is stopped or destroyed.
class ticker {
public:
    ticker(listener called, std::int64_t microseconds, std::int64_t threads)
        : called_{std::move(called)} {
        for (std::int64_t i = 0; i < threads; ++i) {
            running_.emplace_back([this, microseconds] { run(microseconds); });
        }
    }
    ticker(const ticker&) = delete;
    ticker& operator=(const ticker&) = delete;
    ~ticker() { stop(); }

    void stop() {
        is_stopped_ = true;
        for (std::thread& each : running_) { each.join(); }
        running_.clear();
    }
    std::int64_t failures() const { return failures_; }

private:
    void run(std::int64_t microseconds) {
        for (std::int64_t i = 0; !is_stopped_; ++i) {
            try {
                const std::lock_guard lock{mutex_};  // as libraries have them
                called_(i);
            } catch (const error&) { ++failures_; }
            rest(microseconds);
        }
    }

    listener called_;
    std::mutex mutex_;
    std::atomic<bool> is_stopped_{false};
    std::atomic<std::int64_t> failures_{0};
    std::vector<std::thread> running_;
};

/// For one thread at a time.
struct door {};

struct ending_ticker;
struct ending_door;
constinit handle_table<std::unique_ptr<ticker>, ending_ticker, access::concurrent> tickers{
    "Ticker"};
constinit handle_table<door, ending_door> doors{"Door"};

/// Called when the library ends, after Python.
struct last_words {
    std::vector<kept_callback<void>> called{};
    ~last_words() {
        for (const auto& each : called) {
            try {
                each();
            } catch (const error&) {}
        }
    }
};
last_words said;

}  // namespace

extern "C" {

CLIB_EXPORT ending_ticker* ending_ticker_new(std::int64_t (*function)(std::int64_t, void*),
                                             void* context, void (*release)(void*),
                                             std::int64_t microseconds,
                                             std::int64_t threads) noexcept {
    return call([&] {
        return tickers.emplace(std::make_unique<ticker>(
            listener{"listener", function, context, release}, microseconds, threads));
    });
}
CLIB_EXPORT status ending_ticker_stop(ending_ticker* self) noexcept {
    return call([&] { (*tickers.at(self))->stop(); });
}
CLIB_EXPORT std::int64_t ending_ticker_failures(ending_ticker* self) noexcept {
    return call([&] { return (*tickers.at(self))->failures(); });
}
CLIB_EXPORT status ending_ticker_free(ending_ticker* self) noexcept { return tickers.free(self); }

CLIB_EXPORT ending_door* ending_door_new() noexcept {
    return call([] { return doors.emplace(); });
}
CLIB_EXPORT std::int64_t ending_door_hold(ending_door* self,
                                          std::int64_t (*function)(std::int64_t, void*),
                                          void* context) noexcept {
    return call([&] {
        const auto held = doors.at(self);
        return call_back("function", function, 1, context);
    });
}
CLIB_EXPORT std::int64_t ending_door_pass(ending_door* self) noexcept {
    return call([&] {
        const auto held = doors.at(self);
        return std::int64_t{1};
    });
}
CLIB_EXPORT status ending_door_free(ending_door* self) noexcept { return doors.free(self); }

CLIB_EXPORT std::int64_t ending_in_threads(std::int64_t (*function)(std::int64_t, void*),
                                           void* context, std::int64_t threads) noexcept {
    return call([&] {
        std::vector<std::thread> running;
        std::mutex mutex;
        std::exception_ptr failure;
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < threads; ++i) {
            running.emplace_back([&, i] {
                try {
                    const std::int64_t result = call_back("function", function, i, context);
                    const std::lock_guard lock{mutex};
                    sum += result;
                } catch (...) {
                    const std::lock_guard lock{mutex};
                    failure = std::current_exception();
                }
            });
        }
        for (std::thread& each : running) { each.join(); }
        if (failure) { std::rethrow_exception(failure); }
        return sum;
    });
}
/// Calls back until that fails.
CLIB_EXPORT status ending_serve(std::int64_t (*function)(std::int64_t, void*), void* context,
                                std::int64_t microseconds) noexcept {
    return call([&] {
        for (std::int64_t i = 0;; ++i) {
            call_back("function", function, i, context);
            rest(microseconds);
        }
    });
}
CLIB_EXPORT status ending_sleep(std::int64_t microseconds) noexcept {
    return call([&] { rest(microseconds); });
}
CLIB_EXPORT status ending_say_at_exit(void (*function)(void*), void* context,
                                      void (*release)(void*)) noexcept {
    return call([&] { said.called.emplace_back("function", function, context, release); });
}

}  // extern "C"

CLIB_MODULE(ending, "1.0", "Goes on while Python ends.",
            type<ending_ticker>("Ticker")
                .constructor<&ending_ticker_new>("listener", "microseconds",
                                                 parameter{"threads", 1})
                .method<&ending_ticker_stop>("stop")
                .property<&ending_ticker_failures>("failures")
                .destructor<&ending_ticker_free>(),
            type<ending_door>("Door")
                .constructor<&ending_door_new>()
                .method<&ending_door_hold>("hold", "function")
                .may_block()
                .method<&ending_door_pass>("pass_through")
                .destructor<&ending_door_free>(),
            function<&ending_in_threads>("in_threads", "function", "threads"),
            function<&ending_serve>("serve", "function", "microseconds").may_block(),
            function<&ending_sleep>("sleep", "microseconds").may_block(),
            function<&ending_say_at_exit>("say_at_exit", "function"));
