// SPDX-License-Identifier: MIT
// Whether a call is interrupted, with functions in the place of an interpreter's.
#include "doctest.hpp"

#include <clib/ffi/callback.hpp>
#include <clib/ffi/interrupted.hpp>

#include <cstdint>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

using clib::ffi::call_back;
using clib::ffi::interrupted;
using clib::ffi::detail::interpreter_lock_scope;
using clib::ffi::detail::interrupt;
using clib::ffi::detail::set_exception_forgetting;
using clib::ffi::detail::set_signal_check;
using clib::ffi::detail::unlocked_call_scope;

namespace {

/// An interpreter: whether a handler raises next, and what has happened.
struct {
    bool raises = false;
    int checks = 0;
    int locks = 0;
    void* raised = nullptr;
    std::vector<std::pair<int (*)(void*), void*>> pending;
    std::vector<std::uint64_t> forgotten;
} interpreter;
int exception = 0;

/// For the first binding of the process; a later one changes nothing.
void bind_interpreter() {
    set_signal_check(
        [] {
            ++interpreter.checks;
            return std::exchange(interpreter.raises, false) ? -1 : 0;
        },
        [] { return ++interpreter.locks; }, [](int) { --interpreter.locks; },
        [](void**, void** value, void**) { *value = &exception; },
        [](void*, void* value, void*) { interpreter.raised = value; },
        [](int (*call)(void*), void* argument) {
            interpreter.pending.emplace_back(call, argument);
            return 0;
        },
        [](void*) {});
}

/// What the interpreter's main thread does when it runs code of its own next.
int run_pending() {
    int result = 0;
    for (const auto& [call, argument] : std::exchange(interpreter.pending, {})) {
        result += call(argument);
    }
    return result;
}

}  // namespace

TEST_CASE("without a binding's call nothing is interrupted") {
    CHECK(!interrupted());
    bind_interpreter();
    interpreter.raises = true;
    CHECK(!interrupted());
    interpreter.raises = false;
}

TEST_CASE("a handler that raises interrupts the call, until its exception is raised") {
    bind_interpreter();
    const interpreter_lock_scope lock{true};
    CHECK(!interrupted());
    interpreter.raises = true;
    const int before = interpreter.checks;
    CHECK(interrupted());
    CHECK(interrupted());
    CHECK(interpreter.checks == before + 1);
    bool elsewhere = true;
    std::thread{[&] { elsewhere = interrupted() || interrupt::raise(); }}.join();
    CHECK(!elsewhere);

    interpreter.raised = nullptr;
    CHECK(run_pending() == -1);
    CHECK(interpreter.raised == &exception);
    CHECK(!interrupted());
}

TEST_CASE("an exception that the failed call has raised is not raised again") {
    bind_interpreter();
    const interpreter_lock_scope lock{true};
    interpreter.raises = true;
    CHECK(interrupted());
    CHECK(interrupt::raise());
    CHECK(!interrupt::raise());
    CHECK(run_pending() == 0);
}

TEST_CASE("a call without the lock takes it, and not each time") {
    bind_interpreter();
    const unlocked_call_scope call{true};
    const int before = interpreter.checks;
    for (int i = 0; i < 100; ++i) { CHECK(!interrupted()); }
    CHECK(interpreter.checks >= before + 1);
    CHECK(interpreter.checks < before + 100);
    CHECK(interpreter.locks == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds{11});
    interpreter.raises = true;
    CHECK(interrupted());
    CHECK(run_pending() == -1);
}

TEST_CASE("an exception of a callable is forgotten when its failure is dropped") {
    bind_interpreter();
    set_exception_forgetting([](std::uint64_t number) { interpreter.forgotten.push_back(number); });
    const auto fails = [] { clib::ffi::detail::callback_exception = 7; };
    std::exception_ptr kept;
    try {
        call_back("hook", fails);
    } catch (...) { kept = std::current_exception(); }
    CHECK(run_pending() == 0);
    CHECK(interpreter.forgotten.empty());
    kept = nullptr;
    run_pending();
    CHECK(interpreter.forgotten == std::vector<std::uint64_t>{7});

    clib::ffi::call([&] { call_back("hook", fails); });
    run_pending();
    CHECK(interpreter.forgotten.size() == 1);  // the caller gets it
    set_exception_forgetting(nullptr);
}
