// SPDX-License-Identifier: MIT
// The interpreter's lock: a short call lets go of it while it waits for another thread.
#include "doctest.hpp"

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/status.hpp>

#include <atomic>
#include <chrono>
#include <thread>

using clib::ffi::call_back;
using clib::ffi::handle_table;
using clib::ffi::detail::holds_interpreter_lock;
using clib::ffi::detail::interpreter_lock_pause;
using clib::ffi::detail::interpreter_lock_scope;
using clib::ffi::detail::is_native_caller;
using clib::ffi::detail::native_call;
using clib::ffi::detail::set_interpreter_lock;
using clib::ffi::detail::trampoline_scope;

namespace {

struct thing;
constinit handle_table<int, thing> things{"thing"};

int token = 0;
void* what_release_returns = &token;
std::atomic<int> releases{0};
std::atomic<int> acquisitions{0};
std::atomic<void*> acquired_with{nullptr};

/// At its end the interpreter is there again that was there before; other tests have one.
class interpreter_lock_before {
public:
    interpreter_lock_before() = default;
    ~interpreter_lock_before() { set_interpreter_lock(release_, acquire_); }
    interpreter_lock_before(const interpreter_lock_before&) = delete;
    interpreter_lock_before& operator=(const interpreter_lock_before&) = delete;

private:
    clib::ffi::detail::release_interpreter_lock release_ = clib::ffi::detail::release_lock;
    clib::ffi::detail::acquire_interpreter_lock acquire_ = clib::ffi::detail::acquire_lock;
};

/// Stands for an interpreter.
class fake_interpreter {
public:
    fake_interpreter() {
        releases = acquisitions = 0;
        acquired_with = nullptr;
        what_release_returns = &token;
        set_interpreter_lock(
            [] {
                ++releases;
                return what_release_returns;
            },
            [](void* released) {
                ++acquisitions;
                acquired_with = released;
            });
    }
    fake_interpreter(const fake_interpreter&) = delete;
    fake_interpreter& operator=(const fake_interpreter&) = delete;

private:
    interpreter_lock_before before_;
};

/// One thread waits for an object that this one uses, in a call that holds the lock or does not.
/// Ends the use when `is_over()`.
template <class Condition>
void wait_for_an_object(bool holds_lock, Condition is_over) {
    thing* const shared = things.emplace(1);
    std::atomic<bool> is_waiting{false};
    std::atomic<int> seen{0};
    std::thread waiting;
    {
        const auto used = things.at(shared);
        waiting = std::thread{[&] {
            const interpreter_lock_scope lock{holds_lock};
            is_waiting = true;
            seen = *things.at(shared);
        }};
        while (!is_waiting) { std::this_thread::yield(); }
        const auto begin = std::chrono::steady_clock::now();
        while (!is_over(std::chrono::steady_clock::now() - begin)) { std::this_thread::yield(); }
        *used = 2;
    }
    waiting.join();
    CHECK(seen == 2);
    things.erase(shared);
}

}  // namespace

TEST_CASE("a short call that has to wait lets go of the lock meanwhile") {
    const fake_interpreter interpreter;
    wait_for_an_object(
        true, [](auto waited) { return releases > 0 || waited > std::chrono::seconds{30}; });
    CHECK(releases > 0);
    CHECK(acquisitions == releases);
    CHECK(acquired_with == &token);
}

TEST_CASE("a call that does not hold the lock waits without letting go of it") {
    const fake_interpreter interpreter;
    wait_for_an_object(false, [](auto waited) { return waited > std::chrono::milliseconds{100}; });
    CHECK(releases == 0);
    CHECK(acquisitions == 0);
}

TEST_CASE("a call that does not have to wait keeps the lock") {
    const fake_interpreter interpreter;
    const interpreter_lock_scope lock{true};
    thing* const own = things.emplace(1);
    CHECK(*things.at(own) == 1);
    things.erase(own);
    CHECK(releases == 0);
}

TEST_CASE("a pause lets go of the lock once, and takes it again") {
    const fake_interpreter interpreter;
    const interpreter_lock_scope lock{true};
    {
        const interpreter_lock_pause pause;
        CHECK(releases == 1);
        CHECK(acquisitions == 0);
        CHECK_FALSE(holds_interpreter_lock);
        const interpreter_lock_pause inner;
        CHECK(releases == 1);
    }
    CHECK(acquisitions == 1);
    CHECK(acquired_with == &token);
    CHECK(holds_interpreter_lock);
}

TEST_CASE("what release returns may be NULL") {
    const fake_interpreter interpreter;
    what_release_returns = nullptr;
    const interpreter_lock_scope lock{true};
    { const interpreter_lock_pause pause; }
    CHECK(acquisitions == 1);
    CHECK(holds_interpreter_lock);
}

TEST_CASE("without an interpreter there is nothing to let go of") {
    const interpreter_lock_before before;
    set_interpreter_lock(nullptr, nullptr);
    const interpreter_lock_scope lock{true};
    const interpreter_lock_pause pause;
    CHECK(holds_interpreter_lock);
}

TEST_CASE("an interpreter that ends during a pause is still given its lock back") {
    const fake_interpreter interpreter;
    const interpreter_lock_scope lock{true};
    {
        const interpreter_lock_pause pause;
        set_interpreter_lock(nullptr, nullptr);
    }
    CHECK(acquisitions == 1);
}

TEST_CASE("a pause does not end before the lock is held again, and then is as before") {
    const fake_interpreter interpreter;
    const native_call call;
    {
        const interpreter_lock_pause pause;
        CHECK(releases == 1);
        CHECK_FALSE(is_native_caller());
    }
    CHECK(acquisitions == 1);
    CHECK(is_native_caller());
}

TEST_CASE("of a call back in a call back, the inner one is the call that counts") {
    thing* const outer = things.emplace(1);
    thing* const inner = things.emplace(2);
    const auto is_refused = [](thing* other) {
        try {
            static_cast<void>(things.at(other));
        } catch (const clib::ffi::error& e) { return e.code() == clib::ffi::status::busy; }
        return false;
    };
    {
        const auto used = things.at(outer);
        call_back("hook", [&] {
            CHECK(is_refused(outer));
            const auto also = things.at(inner);
            CHECK_FALSE(is_refused(inner));
            call_back("hook", [&] {
                CHECK(is_refused(outer));
                CHECK(is_refused(inner));
            });
            CHECK_FALSE(is_refused(inner));
            CHECK(is_refused(outer));
        });
        CHECK_FALSE(is_refused(outer));
        {
            const interpreter_lock_scope entry{true};  // a binding's callable that calls in again
            CHECK(is_refused(outer));
        }
        {
            const trampoline_scope direct;
            CHECK(is_refused(outer));
        }
        {
            const native_call call;
            const auto also = things.at(inner);
            CHECK_FALSE(is_refused(inner));
            const trampoline_scope direct;
            CHECK(is_refused(inner));
        }
        CHECK_FALSE(is_refused(outer));
    }
    things.erase(outer);
    things.erase(inner);
}

TEST_CASE("a scope gives back what it found") {
    CHECK_FALSE(holds_interpreter_lock);
    {
        const interpreter_lock_scope outer{true};
        {
            const interpreter_lock_scope inner{false};
            CHECK_FALSE(holds_interpreter_lock);
        }
        CHECK(holds_interpreter_lock);
    }
    CHECK_FALSE(holds_interpreter_lock);
}

TEST_CASE("whether a callback holds the lock is not known, and after it it is as before") {
    const fake_interpreter interpreter;
    const interpreter_lock_scope lock{true};
    bool held = true;
    call_back("hook", [&] {
        held = holds_interpreter_lock;
        const interpreter_lock_pause pause;
    });
    CHECK_FALSE(held);
    CHECK(releases == 0);
    CHECK(holds_interpreter_lock);
    CHECK_THROWS(call_back("hook", [] { throw 1; }));
    CHECK(holds_interpreter_lock);
}

namespace {

bool was_entered_with_lock = false;
void trampoline(void*) {
    const trampoline_scope scope{reinterpret_cast<const void*>(&trampoline)};
    was_entered_with_lock = scope.has_lock();
    CHECK_FALSE(trampoline_scope{reinterpret_cast<const void*>(&trampoline)}.has_lock());
}
void other_function(void* context) { trampoline(context); }

}  // namespace

TEST_CASE("a trampoline has the lock if a native caller's call back has entered it itself") {
    void* const context = nullptr;
    call_back("hook", &trampoline, context);
    CHECK_FALSE(was_entered_with_lock);
    {
        const native_call call;
        call_back("hook", &trampoline, context);
        CHECK(was_entered_with_lock);
        CHECK(is_native_caller());
        call_back("hook", &other_function, context);
        CHECK_FALSE(was_entered_with_lock);
        call_back("hook", [&] {
            CHECK_FALSE(is_native_caller());
            trampoline(context);
        });
        CHECK_FALSE(was_entered_with_lock);
        CHECK_THROWS(call_back("hook", [] { throw 1; }));
        CHECK(is_native_caller());
    }
    trampoline(context);
    CHECK_FALSE(was_entered_with_lock);
}
