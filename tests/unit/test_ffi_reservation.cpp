// SPDX-License-Identifier: MIT
// Objects that native callers made: what they do without a locked instruction, and how everybody
// else gets in between.
#include "../c/in_child.hpp"
#include "doctest.hpp"

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/joint_use.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/handle/native_interpreter.hpp>
#include <clib/ffi/detail/handle/slot.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/status.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

using clib::ffi::access;
using clib::ffi::error;
using clib::ffi::handle_table;
using clib::ffi::status;
using clib::ffi::detail::callback_scope;
using clib::ffi::detail::entry;
using clib::ffi::detail::find_slot;
using clib::ffi::detail::forget_native_interpreter;
using clib::ffi::detail::give_back;
using clib::ffi::detail::interpreter_lock_pause;
using clib::ffi::detail::interpreter_lock_scope;
using clib::ffi::detail::is_native_caller;
using clib::ffi::detail::joint_use;
using clib::ffi::detail::lend;
using clib::ffi::detail::native_call;
using clib::ffi::detail::set_interpreter_lock;
using clib::ffi::detail::set_native_interpreter;
using clib::ffi::detail::slot_head;
using clib::ffi::detail::slot_hint;

namespace {

struct handle;

/// Its number is not atomic on purpose.
struct object {
    object() { ++constructed; }
    object(const object&) = delete;
    object& operator=(const object&) = delete;
    ~object() {
        number = -1;
        ++destroyed;
    }

    std::int64_t number = 0;
    std::atomic<int> users{0};

    static inline std::atomic<int> constructed{0};
    static inline std::atomic<int> destroyed{0};
};

using exclusive_table = handle_table<object, handle>;
using concurrent_table = handle_table<object, handle, access::concurrent>;

/// An interpreter, and its lock. It makes native calls for as long as the program runs.
class interpreter_lock {
public:
    interpreter_lock() {
        set_interpreter_lock(
            []() -> void* {
                unlock();
                return &mutex_;
            },
            [](void*) { lock(); });
        set_native_interpreter(&ensure, [](int was_held) {
            if (was_held == 0) { unlock(); }
        });
    }
    static void lock() {
        mutex_.lock();
        is_held_ = true;
    }
    static void unlock() {
        is_held_ = false;
        mutex_.unlock();
    }
    static bool is_held() { return is_held_; }
    static int ensured() { return ensured_; }

private:
    static int ensure() {
        ++ensured_;
        if (is_held_) { return 1; }
        lock();
        return 0;
    }
    static inline std::mutex mutex_;
    static inline thread_local bool is_held_ = false;
    static inline std::atomic<int> ensured_{0};
};
interpreter_lock interpreter;

/// What a thunk does around a function.
template <class Body>
auto natively(Body body) {
    const std::lock_guard lock{interpreter};
    const native_call call;
    return body();
}

/// What a native call does that calls back: others may hold the interpreter's lock meanwhile.
template <class Body>
void back_in_the_interpreter(Body body) {
    const callback_scope scope;
    interpreter.unlock();
    body();
    interpreter.lock();
}

bool is_reserved(handle* made) { return find_slot(made)->state.is_reserved(); }

template <class Body>
status status_of(Body body) {
    try {
        body();
    } catch (const error& e) { return e.code(); }
    return status::ok;
}

void give_others_time() { std::this_thread::sleep_for(std::chrono::milliseconds{20}); }

/// Whether `table` has its object to itself while `made` is used.
template <class Table>
bool use(Table& table, handle* made) {
    const auto used = table.at(made);
    const bool is_alone = used->users.fetch_add(1) == 0;
    ++used->number;
    used->users.fetch_sub(1);
    return is_alone;
}

}  // namespace

TEST_CASE("a thread is a native caller only in its own call") {
    CHECK_FALSE(is_native_caller());
    natively([] {
        CHECK(is_native_caller());
        std::thread{[] { CHECK_FALSE(is_native_caller()); }}.join();
        back_in_the_interpreter([] {
            CHECK_FALSE(is_native_caller());
            natively([] { CHECK(is_native_caller()); });
        });
        CHECK(is_native_caller());
        const interpreter_lock_pause pause;
        CHECK_FALSE(is_native_caller());
        CHECK_FALSE(interpreter.is_held());
    });
    CHECK_FALSE(is_native_caller());
}

TEST_CASE_TEMPLATE("a native caller makes, uses and frees", table_type, exclusive_table,
                   concurrent_table) {
    static constinit table_type table{"object"};
    natively([] {
        const int destroyed = object::destroyed;
        for (int i = 0; i < 100; ++i) {
            handle* const made = table.emplace();
            CHECK(use(table, made));
            CHECK(use(table, made));
            CHECK(table.live() == 1);
            table.erase(made);
            CHECK(table.live() == 0);
            CHECK(status_of([&] { use(table, made); }) == status::handle);
            CHECK(status_of([&] { table.erase(made); }) == status::handle);
        }
        CHECK(object::destroyed == destroyed + 100);
    });
}

TEST_CASE("a native caller's handle of another table is refused") {
    struct number {
        std::int64_t value = 1;
    };
    static constinit handle_table<number, handle> numbers{"number"};
    static constinit handle_table<std::string, handle> texts{"text"};
    natively([] {
        handle* const text = texts.emplace("text");
        handle* const made = numbers.emplace();
        CHECK(status_of([&] { static_cast<void>(texts.at(made)); }) == status::handle);
        CHECK(status_of([&] { texts.erase(made); }) == status::handle);
        CHECK(numbers.at(made)->value == 1);
        numbers.erase(made);
        texts.erase(text);
    });
}

TEST_CASE_TEMPLATE("what a native caller made, anybody may use and free", table_type,
                   exclusive_table, concurrent_table) {
    static constinit table_type table{"object"};
    const int destroyed = object::destroyed;
    handle* const made = natively([] { return table.emplace(); });
    CHECK(use(table, made));
    natively([&] { CHECK(use(table, made)); });
    CHECK(use(table, made));
    CHECK(table.at(made)->number == 3);
    table.erase(made);
    CHECK(object::destroyed == destroyed + 1);
    natively([&] { CHECK(status_of([&] { use(table, made); }) == status::handle); });

    handle* const unused = natively([] { return table.emplace(); });
    table.erase(unused);
    CHECK(object::destroyed == destroyed + 2);
    handle* const ordinary = table.emplace();
    natively([&] {
        CHECK(use(table, ordinary));
        table.erase(ordinary);
    });
    CHECK(object::destroyed == destroyed + 3);
}

TEST_CASE("slots are used again, whoever makes the objects and whoever frees them") {
    static constinit exclusive_table table{"object"};
    const auto slot_of = [](handle* made) { return clib::ffi::detail::handle_bits::of(made).slot; };
    std::set<std::uint32_t> used;
    for (int i = 0; i < 1000; ++i) {
        const bool makes_natively = i % 2 == 0;
        const bool frees_natively = i / 2 % 2 == 0;
        const auto make = [] { return table.emplace(); };
        handle* const made = makes_natively ? natively(make) : make();
        used.insert(slot_of(made));
        const auto free = [&] { table.erase(made); };
        frees_natively ? natively(free) : free();
    }
    for (int i = 0; i < 1000; ++i) {
        handle* const made = table.emplace();
        used.insert(slot_of(made));
        natively([&] { table.erase(made); });
    }
    CHECK(used.size() <= 3);
}

TEST_CASE_TEMPLATE("an object that is freed in its own native use dies at the end of that use",
                   table_type, exclusive_table, concurrent_table) {
    static constinit table_type table{"object"};
    const int destroyed = object::destroyed;
    natively([&] {
        handle* const made = table.emplace();
        {
            const auto used = table.at(made);
            table.erase(made);
            CHECK(used->number == 0);
            CHECK(object::destroyed == destroyed);
            CHECK(status_of([&] { use(table, made); }) == status::handle);
        }
        CHECK(object::destroyed == destroyed + 1);
    });
    natively([&] {
        handle* const made = table.emplace();
        {
            const auto used = table.at(made);
            back_in_the_interpreter([&] { std::thread{[&] { table.erase(made); }}.join(); });
            CHECK(used->number == 0);
            CHECK(object::destroyed == destroyed + 1);
        }
        CHECK(object::destroyed == destroyed + 2);
    });
}

TEST_CASE("a native use excludes others, whoever they are") {
    static constinit exclusive_table table{"object"};
    handle* const made = natively([] { return table.emplace(); });
    std::atomic<int> order{0};
    std::atomic<int> native_turn{0};
    std::atomic<int> other_turn{0};
    std::thread native;
    std::thread other;
    natively([&] {
        const auto used = table.at(made);
        CHECK(use(table, made));
        back_in_the_interpreter([&] {
            CHECK(status_of([&] { use(table, made); }) == status::busy);
            CHECK(natively([&] { return status_of([&] { use(table, made); }); }) == status::busy);
            native = std::thread{[&] {
                natively([&] {
                    CHECK(use(table, made));
                    native_turn = ++order;
                });
            }};
            other = std::thread{[&] {
                CHECK(use(table, made));
                other_turn = ++order;
            }};
            give_others_time();
            CHECK(order == 0);
        });
        CHECK(use(table, made));
    });
    native.join();
    other.join();
    CHECK(native_turn + other_turn == 3);
    CHECK(table.at(made)->number == 4);
    table.erase(made);
}

TEST_CASE("with concurrent access a native use lets others in") {
    static constinit concurrent_table table{"object"};
    handle* const made = natively([] { return table.emplace(); });
    natively([&] {
        const auto used = table.at(made);
        back_in_the_interpreter([&] { std::thread{[&] { CHECK(use(table, made)); }}.join(); });
        CHECK(use(table, made));
        back_in_the_interpreter([&] { natively([&] { CHECK(use(table, made)); }); });
    });
    CHECK(table.at(made)->number == 3);
    table.erase(made);
}

TEST_CASE("with concurrent access others free what is in native use, and do not wait") {
    static constinit concurrent_table table{"object"};
    for (int uses = 1; uses <= 4; ++uses) {
        const int destroyed = object::destroyed;
        handle* const made = natively([] { return table.emplace(); });
        natively([&] {
            std::vector<std::unique_ptr<concurrent_table::guard>> used;
            for (int i = 0; i < uses; ++i) {
                used.emplace_back(new concurrent_table::guard(table.at(made)));
            }
            back_in_the_interpreter([&] { std::thread{[&] { table.erase(made); }}.join(); });
            CHECK(object::destroyed == destroyed);
        });
        CHECK(object::destroyed == destroyed + 1);
    }
}

TEST_CASE_TEMPLATE("native callers and others use and free at random", table_type, exclusive_table,
                   concurrent_table) {
    static constinit table_type table{"object"};
    constexpr bool is_exclusive = std::is_same_v<table_type, exclusive_table>;
    static std::array<std::atomic<handle*>, 8> handles{};
    const int destroyed = object::destroyed;
    const int constructed = object::constructed;
    std::atomic<int> overlaps{0};
    std::atomic<int> wrong{0};
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{500};
    const auto step = [&](std::minstd_rand& random, bool is_native) {
        std::atomic<handle*>& place = handles[random() % handles.size()];
        const auto choice = random() % 16;
        const status outcome = status_of([&] {
            if (choice == 0) {
                handle* const before = place.exchange(table.emplace());
                if (before != nullptr) { table.erase(before); }
            } else if (handle* const made = place.load(); made != nullptr) {
                const auto used = table.at(made);
                if (is_exclusive) {
                    if (used->users.fetch_add(1) != 0) { ++overlaps; }
                    ++used->number;
                }
                if (is_native && choice == 1) {
                    back_in_the_interpreter([] { std::this_thread::yield(); });
                }
                if (is_exclusive) { used->users.fetch_sub(1); }
                if (choice == 2 &&
                    place.compare_exchange_strong(*std::array{made}.data(), nullptr)) {
                    table.erase(made);
                }
            }
        });
        if (outcome != status::ok && outcome != status::handle) { ++wrong; }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            std::minstd_rand random{i + 1};
            while (std::chrono::steady_clock::now() < end) {
                if (i % 2 == 0) {
                    natively([&] {
                        for (int k = 0; k < 20; ++k) { step(random, true); }
                    });
                } else {
                    step(random, false);
                }
            }
        });
    }
    for (std::thread& thread : threads) { thread.join(); }
    for (auto& place : handles) {
        if (handle* const made = place.exchange(nullptr); made != nullptr) { table.erase(made); }
    }
    CHECK(overlaps == 0);
    CHECK(wrong == 0);
    CHECK(table.live() == 0);
    CHECK(object::destroyed - destroyed == object::constructed - constructed);
    CHECK(object::destroyed > destroyed);
}

TEST_CASE("of a native caller and others who use and free its object at once, one frees it") {
    static constinit exclusive_table table{"object"};
    const int destroyed = object::destroyed;
    constexpr int rounds = 20000;
    std::atomic<handle*> published{nullptr};
    std::atomic<bool> has_ended{false};
    std::atomic<int> freed{0};
    std::atomic<int> wrong{0};
    const auto free = [&](handle* made) {
        const status outcome = status_of([&] { table.erase(made); });
        if (outcome == status::ok) { ++freed; }
        if (outcome != status::ok && outcome != status::handle) { ++wrong; }
    };
    const auto others = [&](unsigned seed) {
        std::minstd_rand random{seed};
        while (!has_ended) {
            handle* const made = published;
            if (made == nullptr) { continue; }
            if (random() % 4 == 0) {
                free(made);
            } else {
                const status outcome = status_of([&] { ++table.at(made)->number; });
                if (outcome != status::ok && outcome != status::handle) { ++wrong; }
            }
        }
    };
    std::thread first{others, 1U};
    std::thread second{others, 2U};
    for (int round = 0; round < rounds; ++round) {
        handle* const made = natively([&] { return table.emplace(); });
        slot_head* const place = slot_hint.load();
        published = made;
        if (round % 8 == 0) { std::this_thread::yield(); }
        natively([&] {
            slot_hint = place;  // as a thunk does
            free(made);
        });
    }
    has_ended = true;
    first.join();
    second.join();
    CHECK(wrong == 0);
    CHECK(freed == rounds);
    CHECK(object::destroyed - destroyed == rounds);
    CHECK(table.live() == 0);
}

TEST_CASE_TEMPLATE("an object is the interpreter's own until another thread needs it", table_type,
                   exclusive_table, concurrent_table) {
    static constinit table_type table{"object"};
    handle* const made = natively([] { return table.emplace(); });
    CHECK(is_reserved(made));
    natively([&] { CHECK(use(table, made)); });
    CHECK(is_reserved(made));
    const int ensured = interpreter.ensured();
    std::thread{[&] { CHECK(use(table, made)); }}.join();
    CHECK_FALSE(is_reserved(made));
    CHECK(interpreter.ensured() == ensured + 1);
    std::thread{[&] { CHECK(use(table, made)); }}.join();
    natively([&] { CHECK(use(table, made)); });
    CHECK(interpreter.ensured() == ensured + 1);
    table.erase(made);

    handle* const others = table.emplace();
    CHECK_FALSE(is_reserved(others));
    natively([&] { table.erase(others); });
}

TEST_CASE("a thread that holds the interpreter's lock already takes an object all the same") {
    static constinit exclusive_table table{"object"};
    handle* const made = natively([] { return table.emplace(); });
    interpreter.lock();
    {
        const interpreter_lock_scope lock{true};  // a call through ctypes
        CHECK(use(table, made));
    }
    CHECK(interpreter.is_held());
    interpreter.unlock();
    table.erase(made);
}

TEST_CASE("a native call uses an object more than once, and then it is the interpreter's still") {
    static constinit exclusive_table table{"object"};
    handle* const made = natively([] { return table.emplace(); });
    natively([&] {
        const auto first = table.at(made);
        {
            const auto second = table.at(made);
            const auto third = table.at(made);
            CHECK(&*first == &*third);
            back_in_the_interpreter([&] {
                CHECK(natively([&] { return status_of([&] { use(table, made); }); }) ==
                      status::busy);
            });
        }
        CHECK(status_of([&] { table.erase(made, [](object&) {}); }) == status::ok);
    });
    CHECK(table.live() == 0);
}

TEST_CASE("of an object that is used twice natively, others take hold after the last use") {
    static constinit exclusive_table table{"object"};
    handle* const made = natively([] { return table.emplace(); });
    std::atomic<bool> has_ended{false};
    std::thread other;
    natively([&] {
        const auto first = table.at(made);
        const auto second = table.at(made);
        back_in_the_interpreter([&] {
            other = std::thread{[&] {
                CHECK(use(table, made));
                CHECK(has_ended);
            }};
            give_others_time();
        });
        const auto third = table.at(made);  // an ordinary object by now
        CHECK(third->number == 0);
        has_ended = true;
    });
    other.join();
    CHECK(table.at(made)->number == 1);
    table.erase(made);
}

TEST_CASE("two objects in one native call, in both orders in two threads") {
    static constinit exclusive_table table{"object"};
    handle* const left = natively([] { return table.emplace(); });
    handle* const right = natively([] { return table.emplace(); });
    natively([&] {
        {
            const joint_use<2> both{{right, left}};
            const auto [a, b] = table.at(left, right);
            std::swap(a->number, b->number);
        }
        CHECK(is_reserved(left));
        CHECK(is_reserved(right));
    });
    constexpr int rounds = 10'000;
    std::atomic<int> wrong{0};
    const auto swap = [&](handle* x, handle* y, int round) {
        const status outcome = status_of([&] {
            const joint_use<2> both{{x, y}};
            const auto a = table.at(x);
            if (round % 16 == 0 && is_native_caller()) {
                back_in_the_interpreter([] { std::this_thread::yield(); });
            }
            const auto b = table.at(y);
            std::swap(a->number, b->number);
        });
        if (outcome != status::ok) { ++wrong; }
    };
    std::thread forth{[&] {
        for (int i = 0; i < rounds; ++i) {
            natively([&] { swap(left, right, i); });
        }
    }};
    std::thread back{[&] {
        for (int i = 0; i < rounds; ++i) {
            natively([&] { swap(right, left, i); });
        }
    }};
    std::thread foreign{[&] {
        for (int i = 0; i < rounds; ++i) { swap(right, left, i); }
    }};
    forth.join();
    back.join();
    foreign.join();
    CHECK(wrong == 0);
    table.erase(left);
    table.erase(right);
}

TEST_CASE_TEMPLATE("what native callers lend, nobody frees", table_type, exclusive_table,
                   concurrent_table) {
    static constinit table_type table{"object"};
    handle* const made = natively([] { return table.emplace(); });
    natively([&] {
        CHECK(lend(made) == entry::granted);
        CHECK(is_reserved(made));
        slot_hint = find_slot(made);  // as a thunk does
        CHECK(status_of([&] { table.erase(made); }) == status::busy);
    });
    CHECK(status_of([&] { table.erase(made); }) == status::busy);
    CHECK(lend(made) == entry::granted);  // not a native caller
    CHECK(give_back(made));
    natively([&] { CHECK(give_back(made)); });
    natively([&] { table.erase(made); });
    CHECK(table.live() == 0);
}

TEST_CASE("in a forked child, what another native caller held is busy") {
    static constinit exclusive_table table{"object"};
    handle* const held = natively([] { return table.emplace(); });
    std::atomic<bool> in_use{false};
    std::atomic<bool> may_go{false};
    std::thread holder{[&] {
        natively([&] {
            const auto used = table.at(held);
            back_in_the_interpreter([&] {
                in_use = true;
                while (!may_go) { std::this_thread::yield(); }
            });
        });
    }};
    while (!in_use) { std::this_thread::yield(); }
    const int found = in_child([&] {
        const auto use_held = [&] { use(table, held); };
        if (natively([&] { return status_of(use_held); }) != status::busy) { return 1; }
        if (status_of(use_held) != status::busy) { return 2; }
        if (!natively([&] { return use(table, table.emplace()); })) { return 3; }
        if (status_of([&] { table.erase(held); }) != status::ok) { return 4; }
        return status_of(use_held) == status::handle ? 0 : 5;
    });
    may_go = true;
    holder.join();
    CHECK(found == 0);
    CHECK(use(table, held));
    table.erase(held);
}

TEST_CASE("a child of a thread without the lock, which another one has for ever, does not wait") {
    static constinit exclusive_table table{"object"};
    handle* const made = natively([] { return table.emplace(); });
    std::atomic<bool> is_inside{false};
    std::atomic<bool> may_go{false};
    std::thread native{[&] {
        natively([&] {
            is_inside = true;
            while (!may_go) { std::this_thread::yield(); }
        });
    }};
    while (!is_inside) { std::this_thread::yield(); }
    CHECK(in_child([&] { return use(table, made) ? 0 : 1; }) == 0);
    may_go = true;
    native.join();
    CHECK(is_reserved(made));
    table.erase(made);
}

TEST_CASE("when the interpreter ends, its objects are everybody's, and nobody asks for its lock") {
    // In a process of its own, because no other interpreter makes native calls after it.
    static constinit exclusive_table table{"object"};
    static constinit concurrent_table shared{"shared"};
    CHECK(in_child([&] {
              std::vector<handle*> made;
              natively([&] {
                  for (int i = 0; i < 100; ++i) { made.push_back(table.emplace()); }
                  for (int i = 0; i < 100; ++i) { table.erase(table.emplace()); }
              });
              handle* const used_natively = natively([&] { return shared.emplace(); });
              std::atomic<bool> has_ended{false};
              std::atomic<int> wrong{0};
              std::thread foreign{[&] {
                  while (!has_ended) {
                      for (handle* const each : made) {
                          if (!use(table, each)) { ++wrong; }
                      }
                  }
              }};
              natively([&] {
                  const auto used = shared.at(used_natively);
                  back_in_the_interpreter([&] {
                      interpreter.lock();
                      {
                          const interpreter_lock_scope lock{true};
                          forget_native_interpreter();
                      }
                      interpreter.unlock();
                  });
              });
              has_ended = true;
              foreign.join();
              const int ensured = interpreter.ensured();
              for (handle* const each : made) {
                  if (is_reserved(each) || !use(table, each)) { ++wrong; }
              }
              natively([&] {
                  handle* const late = table.emplace();
                  if (is_reserved(late)) { ++wrong; }
                  table.erase(late);
                  handle* const later = table.emplace();
                  if (is_reserved(later)) { ++wrong; }
                  table.erase(later);
              });
              shared.erase(used_natively);
              for (handle* const each : made) { table.erase(each); }
              forget_native_interpreter();
              return wrong == 0 && interpreter.ensured() == ensured && table.live() == 0 ? 0 : 1;
          }) == 0);
}
