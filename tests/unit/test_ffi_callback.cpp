// SPDX-License-Identifier: MIT
// The caller's functions: each of their ways to fail, and how long a kept one is kept.
#include "doctest.hpp"

#include <clib/ffi/callback.hpp>
#include <clib/ffi/status.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "failure.hpp"

using clib::ffi::call_back;
using clib::ffi::error;
using clib::ffi::kept_callback;
using clib::ffi::status;
using clib::ffi::detail::callback_exception;
using clib::ffi::detail::forget_callbacks;

namespace {

struct mute : std::exception {
    const char* what() const noexcept override { return nullptr; }
};

template <class Function>
failure failure_of_calling(Function function) {
    return failure_of([&] { call_back("hook", function); });
}

/// What a kept callback is called with, and how often it was called and released.
struct context {
    int calls = 0;
    int releases = 0;
    std::int64_t seen = 0;
};
using kept = kept_callback<std::int64_t, std::int64_t, const char*>;

std::int64_t count(std::int64_t number, const char* text, void* to) {
    auto& called = *static_cast<context*>(to);
    ++called.calls;
    called.seen = number + static_cast<std::int64_t>(std::string_view{text}.size());
    return called.seen;
}
void release(void* from) { ++static_cast<context*>(from)->releases; }
void release_of_another(void* from) { ++static_cast<context*>(from)->releases; }

kept keep(context& to) { return kept{"hook", &count, &to, &release}; }

}  // namespace

TEST_CASE("call_back passes the arguments, and returns what the function returns") {
    context called;
    CHECK(call_back("hook", &count, std::int64_t{5}, "abc", static_cast<void*>(&called)) == 8);
    CHECK(called.calls == 1);
    bool ran = false;
    call_back("hook", [&] { ran = true; });
    CHECK(ran);
    CHECK(call_back("hook", [] { return 0; }) == 0);
}

TEST_CASE("whatever the function throws is status callback") {
    const failure thrown = failure_of_calling([] { throw std::runtime_error{"no luck"}; });
    CHECK(thrown.code == status::callback);
    CHECK(thrown.sentence ==
          "hook threw an exception (no luck); a function given to C has to return normally");
    CHECK(failure_of_calling([] { throw std::bad_alloc{}; }).code == status::callback);
    CHECK(failure_of_calling([] { throw error{status::busy, "x"}; }).code == status::callback);
    CHECK(failure_of_calling([] { throw mute{}; }).sentence ==
          "hook threw an exception (); a function given to C has to return normally");
    const failure no_exception = failure_of_calling([]() -> int { throw 42; });
    CHECK(no_exception.code == status::callback);
    CHECK(no_exception.sentence ==
          "hook threw something that is not a std::exception; a function given to C has to return "
          "normally");
}

TEST_CASE("a negative result is status callback, and 0 is none") {
    for (const std::int64_t result : {std::int64_t{-1}, INT64_MIN}) {
        const failure negative = failure_of_calling([=] { return result; });
        CHECK(negative.code == status::callback);
        CHECK(negative.sentence == "hook returned " + std::to_string(result) +
                                       ", which stands for a failure; return 0 or more");
    }
    CHECK(failure_of_calling([] { return std::int64_t{0}; }).code == status::ok);
}

TEST_CASE("what a binding says has failed is status callback, whatever was returned") {
    const std::string sentence = "hook has failed; see to the error that it raised";
    const auto says_so = [](auto result) {
        return failure_of_calling([=] {
            callback_exception = 7;
            return result();
        });
    };
    for (const failure& failed :
         {says_so([] {}), says_so([] { return 5; }), says_so([] { return -1; })}) {
        CHECK(failed.code == status::callback);
        CHECK(failed.sentence == sentence);
        CHECK(callback_exception == 0);
    }
}

TEST_CASE("only the function that failed has failed") {
    callback_exception = 7;  // left over, as by a function that was not called by call_back()
    CHECK(failure_of_calling([] {}).code == status::ok);
    CHECK(std::exchange(callback_exception, 0) == 7);  // an outer one's, which is about to return

    const failure outer = failure_of_calling([] {
        const failure inner = failure_of_calling([] { callback_exception = 7; });
        CHECK(inner.code == status::callback);
    });
    CHECK(outer.code == status::ok);

    const failure after_a_good_one = failure_of_calling([] {
        CHECK(failure_of_calling([] {}).code == status::ok);
        callback_exception = 7;
    });
    CHECK(after_a_good_one.code == status::callback);

    std::uint64_t in_another_thread = 1;
    failure_of_calling(
        [&] { std::thread{[&] { in_another_thread = callback_exception; }}.join(); });
    CHECK(in_another_thread == 0);
}

TEST_CASE("a kept callback is called with its context") {
    context called;
    const kept function = keep(called);
    CHECK(function(40, "ab") == 42);
    CHECK(call_back("hook", function, 1, "") == 1);
    std::thread{[&] { function(10, "abc"); }}.join();
    CHECK(called.calls == 3);
    CHECK(called.seen == 13);
    CHECK(called.releases == 0);
}

TEST_CASE("a kept callback fails as call_back does") {
    const kept_callback<std::int64_t> negative{"hook", [](void*) { return std::int64_t{-5}; },
                                               nullptr, nullptr};
    CHECK(failure_of([&] { negative(); }).sentence ==
          "hook returned -5, which stands for a failure; return 0 or more");
    const kept_callback<void> failing{"hook", [](void*) { callback_exception = 7; }, nullptr,
                                      nullptr};
    CHECK(failure_of([&] { failing(); }).code == status::callback);
}

TEST_CASE("a kept callback is released once") {
    context one;
    context two;
    SUBCASE("at its end") {
        { const kept function = keep(one); }
        CHECK(one.releases == 1);
    }
    SUBCASE("when it has been moved") {
        {
            kept first = keep(one);
            kept second{std::move(first)};
            const kept third{std::move(second)};
            CHECK(one.releases == 0);
            CHECK(third(1, "") == 1);
        }
        CHECK(one.releases == 1);
    }
    SUBCASE("when another takes its place") {
        kept first = keep(one);
        first = keep(two);
        CHECK(one.releases == 1);
        CHECK(two.releases == 0);
        CHECK(first(1, "") == 1);
        CHECK(two.calls == 1);
    }
    SUBCASE("when it is moved to itself") {
        {
            kept function = keep(one);
            kept& same = function;
            function = std::move(same);
            CHECK(one.releases == 0);
            CHECK(function(1, "") == 1);
        }
        CHECK(one.releases == 1);
    }
    SUBCASE("in a container that grows") {
        {
            std::vector<kept> all;
            for (int i = 0; i < 10; ++i) { all.push_back(keep(one)); }
            all.erase(all.begin() + 3);
            CHECK(one.releases == 1);
        }
        CHECK(one.releases == 10);
    }
    SUBCASE("when there is no function, as it cannot be made") {
        const failure failed = failure_of([&] { kept{"hook", nullptr, &one, &release}; });
        CHECK(failed.code == status::invalid);
        CHECK(failed.sentence == "hook is NULL; pass a function");
        CHECK(one.releases == 1);
    }
    SUBCASE("not at all if there is nothing to release it with") {
        { const kept function{"hook", &count, &one, nullptr}; }
        CHECK(failure_of([&] { kept{"hook", nullptr, &one, nullptr}; }).code == status::invalid);
        CHECK(one.releases == 0);
    }
}

TEST_CASE("a release that throws does no harm") {
    static int calls = 0;
    {
        const kept function{"hook", &count, nullptr, [](void*) {
                                ++calls;
                                throw std::runtime_error{"in a destructor"};
                            }};
    }
    CHECK(calls == 1);
}

/// Of one binding, which no other test ends.
template <int Binding>
void release_of(void* context_of) noexcept {
    ++static_cast<context*>(context_of)->releases;
}

TEST_CASE("callbacks of interpreters that have ended are neither called nor released") {
    context ended;
    context other;
    {
        const kept first{"hook", &count, &ended, &release_of<1>};
        const kept second{"hook", &count, &ended, &release_of<2>};
        const kept third{"hook", &count, &ended, &release_of<3>};
        const kept of_another{"hook", &count, &other, &release_of_another};
        const kept without{"hook", &count, &other, nullptr};
        forget_callbacks(&release_of<1>);
        forget_callbacks(&release_of<2>);
        forget_callbacks(&release_of<3>);
        forget_callbacks(&release_of<1>);
        forget_callbacks(nullptr);
        for (const kept* const each : {&first, &second, &third}) {
            const failure failed = failure_of([&] { (*each)(1, ""); });
            CHECK(failed.code == status::callback);
            CHECK(failed.sentence ==
                  "hook belongs to an interpreter that has ended; replace it before that");
        }
        CHECK(of_another(1, "") == 1);
        CHECK(without(1, "") == 1);
    }
    CHECK(ended.calls == 0);
    CHECK(ended.releases == 0);
    CHECK(other.calls == 2);
    CHECK(other.releases == 1);
}

TEST_CASE("an interpreter that ends waits for the kept callbacks that are under way") {
    static std::atomic<bool> has_begun{false};
    static std::atomic<bool> has_returned{false};
    const kept_callback<std::int64_t> slow{
        "hook",
        [](void*) -> std::int64_t {
            has_begun = true;
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            has_returned = true;
            return 0;
        },
        nullptr, [](void*) {}};
    std::thread thread{[&] { slow(); }};
    while (!has_begun) { std::this_thread::yield(); }
    forget_callbacks(nullptr);
    CHECK(has_returned);
    thread.join();
}

TEST_CASE("a thread does not wait for ever for a call that keeps the lock and waits for it") {
    failure failed;
    {
        const clib::ffi::detail::locked_call stop{"stop"};
        std::thread thread{
            [&] { failed = failure_of([] { call_back("hook", [] { return 1; }); }); }};
        thread.join();
    }
    CHECK(failed.code == status::callback);
    CHECK(failed.sentence ==
          "hook cannot be called by this thread: stop() keeps the interpreter's lock; list that "
          "function with may_block()");
    CHECK(call_back("hook", [] { return 1; }) == 1);
}

TEST_CASE("a thread that calls back waits until a call that keeps the lock has ended") {
    std::atomic<bool> has_ended{false};
    int seen = 0;
    std::thread thread;
    {
        const clib::ffi::detail::locked_call busy{"busy"};
        thread = std::thread{[&] { seen = call_back("hook", [&] { return has_ended ? 1 : 0; }); }};
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        has_ended = true;
    }
    thread.join();
    CHECK(seen == 1);
}
