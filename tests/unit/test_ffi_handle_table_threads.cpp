// SPDX-License-Identifier: MIT
// Objects behind handles that many threads make, use and free at once.
#include "../c/in_child.hpp"
#include "doctest.hpp"

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/joint_use.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/handle/slot.hpp>
#include <clib/ffi/detail/handle/slot_pool.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/status.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <list>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using clib::ffi::access;
using clib::ffi::error;
using clib::ffi::handle_table;
using clib::ffi::status;
using clib::ffi::detail::block_head;
using clib::ffi::detail::entry;
using clib::ffi::detail::give_back;
using clib::ffi::detail::handle_kind;
using clib::ffi::detail::is_main_thread;
using clib::ffi::detail::joint_use;
using clib::ffi::detail::lend;
using clib::ffi::detail::signal_handlers;
using clib::ffi::detail::slot;
using clib::ffi::detail::slot_pool;

namespace {

struct handle;

/// Of a pool's slots, which no table has.
constinit handle_kind any_kind{"any", "any", access::exclusive, nullptr};

/// Counts what happens to objects of its kind. Its number is not atomic on purpose.
template <class Kind>
struct counted {
    static inline std::atomic<std::int64_t> constructed{0};
    static inline std::atomic<std::int64_t> destroyed{0};

    counted() { ++constructed; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() {
        number = -1;
        ++destroyed;
    }
    static std::int64_t alive() { return constructed - destroyed; }

    std::int64_t number = 0;
    std::atomic<int> users{0};
};

/// Runs `body(thread number)` in `count` threads at once.
template <class Body>
void in_threads(int count, Body body) {
    std::latch start{count};
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            body(i);
        });
    }
    for (std::thread& thread : threads) { thread.join(); }
}

template <class Body>
status status_of(Body body) {
    try {
        body();
    } catch (const error& e) { return e.code(); }
    return status::ok;
}

/// Long enough for another thread to begin to wait. Nothing that is checked depends on it.
void give_others_time() { std::this_thread::sleep_for(std::chrono::milliseconds{20}); }

}  // namespace

TEST_CASE("exclusive access excludes: an unguarded number loses no increment") {
    using object = counted<struct excluding>;
    static constinit handle_table<object, handle> table{"object"};
    constexpr int threads = 4;
    constexpr int rounds = 10'000;
    handle* const made = table.emplace();
    std::atomic<int> overlaps{0};
    in_threads(threads, [&](int) {
        for (int i = 0; i < rounds; ++i) {
            const auto used = table.at(made);
            if (used->users.fetch_add(1) != 0) { ++overlaps; }
            ++used->number;
            used->users.fetch_sub(1);
        }
    });
    CHECK(overlaps == 0);
    CHECK(table.at(made)->number == threads * rounds);
    table.erase(made);
}

TEST_CASE("exclusive access waits for its turn") {
    using object = counted<struct waiting>;
    static constinit handle_table<object, handle> table{"object"};
    handle* const made = table.emplace();
    std::latch in_use{1};
    std::thread holder{[&] {
        const auto used = table.at(made);
        in_use.count_down();
        give_others_time();
        used->number = 1;
    }};
    in_use.wait();
    CHECK(table.at(made)->number == 1);
    holder.join();
    table.erase(made);
}

TEST_CASE("exclusive access to one object does not wait for another") {
    using object = counted<struct independent>;
    static constinit handle_table<object, handle> table{"object"};
    handle* const left = table.emplace();
    handle* const right = table.emplace();
    const auto used = table.at(left);
    std::thread{[&] { table.at(right)->number = 2; }}.join();
    CHECK(table.at(right)->number == 2);
}

TEST_CASE("concurrent access does not wait") {
    using object = counted<struct together>;
    static constinit handle_table<object, handle, access::concurrent> table{"object"};
    handle* const made = table.emplace();
    std::latch all_inside{3};  // would never open if one of them waited for another
    in_threads(3, [&](int) {
        const auto used = table.at(made);
        ++used->users;
        all_inside.arrive_and_wait();
    });
    CHECK(table.at(made)->users == 3);
    table.erase(made);
}

TEST_CASE("an object that is erased in use dies after its last user") {
    using object = counted<struct outlived>;
    static constinit handle_table<object, handle, access::concurrent> table{"object"};
    handle* const made = table.emplace();
    std::latch in_use{2};
    std::latch first_may_go{1};
    std::latch second_may_go{1};
    std::atomic<int> alive_inside{0};
    const auto use = [&](std::latch& may_go) {
        const auto used = table.at(made);
        in_use.count_down();
        may_go.wait();
        if (used->number == 0) { ++alive_inside; }
    };
    std::thread first{[&] { use(first_may_go); }};
    std::thread second{[&] { use(second_may_go); }};
    in_use.wait();
    table.erase(made);
    CHECK(table.live() == 0);
    CHECK(status_of([&] { static_cast<void>(table.at(made)); }) == status::handle);
    CHECK(status_of([&] { table.erase(made); }) == status::handle);
    first_may_go.count_down();
    first.join();
    CHECK(object::alive() == 1);
    second_may_go.count_down();
    second.join();
    CHECK(object::alive() == 0);
    CHECK(object::destroyed == 1);
    CHECK(alive_inside == 2);
}

TEST_CASE("threads that wait for an object wake with an error when it is erased") {
    using object = counted<struct erased_under_waiters>;
    static constinit handle_table<object, handle> table{"object"};
    handle* const made = table.emplace();
    std::atomic<int> refused{0};
    std::vector<std::thread> waiters;
    {
        const auto used = table.at(made);
        std::latch started{3};
        for (int i = 0; i < 3; ++i) {
            waiters.emplace_back([&] {
                started.count_down();
                const status seen = status_of([&] { static_cast<void>(table.at(made)); });
                refused += seen == status::handle ? 1 : 0;
            });
        }
        started.wait();
        give_others_time();
        table.erase(made);
    }
    for (std::thread& waiter : waiters) { waiter.join(); }
    CHECK(refused == 3);
    CHECK(object::destroyed == 1);
}

TEST_CASE("of the threads that free one object, one succeeds") {
    using object = counted<struct freed_by_many>;
    static constinit handle_table<object, handle> table{"object"};
    for (int round = 0; round < 200; ++round) {
        handle* const made = table.emplace();
        std::atomic<int> freed{0};
        std::atomic<int> farewells{0};
        in_threads(3, [&](int thread) {
            freed += status_of([&] {
                         if (thread == 0) {
                             table.erase(made);
                         } else {
                             table.erase(made, [&](object&) { ++farewells; });
                         }
                     }) == status::ok
                         ? 1
                         : 0;
        });
        CHECK(freed == 1);
        CHECK(farewells <= 1);
        CHECK(object::alive() == 0);
    }
}

namespace {

struct exclusively {
    static constexpr clib::ffi::access value = access::exclusive;
};
struct concurrently {
    static constexpr clib::ffi::access value = access::concurrent;
};

}  // namespace

TEST_CASE_TEMPLATE("threads that make, use and free at random lose and keep nothing", Access,
                   exclusively, concurrently) {
    using object = counted<Access>;
    static constinit handle_table<object, handle, Access::value> table{"object"};
    constexpr int rounds = 5'000;
    std::array<std::atomic<handle*>, 8> shared{};
    std::atomic<int> wrong{0};
    in_threads(4, [&](int thread) {
        std::minstd_rand random{static_cast<unsigned>(thread + 1)};
        const auto expect = [&](status seen) {
            if (seen != status::ok && seen != status::handle) { ++wrong; }
        };
        for (int i = 0; i < rounds; ++i) {
            std::atomic<handle*>& place = shared[random() % shared.size()];
            switch (random() % 4) {
                case 0:  // what was there is freed by whoever replaces it, or was freed before
                    expect(status_of([&] { table.erase(place.exchange(table.emplace())); }));
                    break;
                case 1:
                    expect(status_of([&] { table.erase(place.load()); }));
                    break;
                default:
                    expect(status_of([&] {
                        const auto used = table.at(place.load());
                        const int others = used->users.fetch_add(1);
                        if (Access::value == access::exclusive) {
                            if (others != 0) { ++wrong; }
                            ++used->number;
                        }
                        if (used->number < 0) { ++wrong; }
                        used->users.fetch_sub(1);
                    }));
            }
        }
    });
    CHECK(wrong == 0);
    CHECK(table.live() == object::alive());
    for (auto& place : shared) {
        status_of([&] { table.erase(place.load()); });
    }
    CHECK(table.live() == 0);
    CHECK(object::constructed == object::destroyed);
    CHECK(object::constructed > 0);
}

TEST_CASE("a slot is taken by one thread at a time, though others take and give back meanwhile") {
    // In random order, so that a slot comes back to the head of the free list above other slots
    // than before: a thread that was interrupted while it took that slot must notice.
    static constinit slot_pool<int> pool{any_kind};
    static std::array<std::atomic<int>, 64> owners{};
    std::atomic<int> wrong{0};
    pool.give_back(pool.take());  // or two threads would make a block each, with the same offsets
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{500};
    in_threads(4, [&](int thread) {
        std::minstd_rand random{static_cast<unsigned>(thread + 1)};
        std::vector<slot<int>*> mine;
        const auto take = [&] {
            mine.push_back(&pool.take());
            const std::uint32_t number = mine.back()->number() % block_head::max_size;
            if (number >= owners.size() || owners[number].fetch_add(1) != 0) { ++wrong; }
        };
        const auto give_back = [&] {
            std::swap(mine[random() % mine.size()], mine.back());
            owners[mine.back()->number() % block_head::max_size].fetch_sub(1);
            pool.give_back(*mine.back());
            mine.pop_back();
        };
        while (wrong == 0 && std::chrono::steady_clock::now() < end) {
            for (int i = 0; i < 100; ++i) {
                if (mine.empty() || (mine.size() < 4 && random() % 2 == 0)) {
                    take();
                } else {
                    give_back();
                }
            }
        }
        while (wrong == 0 && !mine.empty()) { give_back(); }
    });
    CHECK(wrong == 0);
    CHECK(pool.take().number() % block_head::max_size < 16);  // no slot got lost
}

TEST_CASE("threads that make the first objects at once get slots of their own") {
    for (int round = 0; round < 50; ++round) {
        static std::list<slot_pool<int>> pools;
        slot_pool<int>& pool = pools.emplace_back(any_kind);
        std::array<std::array<void*, 100>, 4> taken{};
        in_threads(4, [&](int thread) {
            for (void*& slot : taken[static_cast<std::size_t>(thread)]) { slot = &pool.take(); }
        });
        std::set<void*> seen;
        for (const auto& of_one : taken) { seen.insert(of_one.begin(), of_one.end()); }
        CHECK(seen.size() == 400);
    }
}

namespace {

/// Two threads that use two objects in different order, `rounds` times each.
/// Returns: How often one of them was refused.
template <class Table, class Swap>
int swap_both_ways(Table& table, int rounds, Swap swap) {
    handle* const left = table.emplace();
    handle* const right = table.emplace();
    table.at(left)->number = 1;
    table.at(right)->number = 2;
    std::atomic<int> refused{0};
    std::atomic<int> wrong{0};
    in_threads(2, [&](int thread) {
        for (int i = 0; i < rounds; ++i) {
            const status outcome =
                status_of([&] { thread == 0 ? swap(left, right) : swap(right, left); });
            if (outcome == status::busy) { ++refused; }
            if (outcome != status::ok && outcome != status::busy) { ++wrong; }
        }
    });
    CHECK(wrong == 0);
    CHECK(table.at(left)->number + table.at(right)->number == 3);
    table.erase(left);
    table.erase(right);
    return refused;
}

}  // namespace

TEST_CASE("two threads that swap two objects, x with y and y with x, do not wait for each other") {
    static constinit handle_table<counted<struct swapped>, handle> table{"object"};
    CHECK(swap_both_ways(table, 10'000, [](handle* x, handle* y) {
              const auto [a, b] = table.at(x, y);
              std::swap(a->number, b->number);
          }) == 0);
    CHECK(swap_both_ways(table, 10'000, [](handle* x, handle* y) {
              const joint_use<2> both{{x, y}};  // as an entry does
              const auto a = table.at(x);
              const auto b = table.at(y);
              std::swap(a->number, b->number);
          }) == 0);
}

TEST_CASE("of two threads that wait for each other one is refused, and the other goes on") {
    static constinit handle_table<counted<struct circle>, handle> table{"object"};
    swap_both_ways(table, 10'000, [](handle* x, handle* y) {
        const auto a = table.at(x);
        const auto b = table.at(y);
        std::swap(a->number, b->number);
    });

    handle* const left = table.emplace();
    handle* const right = table.emplace();
    std::latch both_in_use{2};
    std::atomic<int> refused{0};
    std::string sentence;
    const auto use_in_order = [&](handle* first, handle* second) {
        const auto used = table.at(first);
        both_in_use.arrive_and_wait();
        try {
            static_cast<void>(table.at(second, "second"));
        } catch (const error& e) {
            ++refused;
            sentence = e.what();
        }
    };
    in_threads(2, [&](int thread) {
        thread == 0 ? use_in_order(left, right) : use_in_order(right, left);
    });
    CHECK(refused == 1);
    CHECK(sentence ==
          "second is in use by a thread that waits for what this one uses; begin with both at "
          "once, by at(first, second)");
    table.erase(left);
    table.erase(right);
}

TEST_CASE("a wait in the main thread runs the handlers of signals, and one may end it") {
    if (!is_main_thread()) { return; }  // where that is not known
    static constinit handle_table<counted<struct signalled>, handle> table{"object"};
    static std::atomic<int> checks;
    static int last_check;
    for (const bool is_ended : {false, true}) {
        checks = 0;
        last_check = is_ended ? 3 : 1'000'000;
        handle* const made = table.emplace();
        std::latch is_used{1};
        std::atomic<bool> may_end{false};
        std::thread user{[&] {
            const auto used = table.at(made);
            is_used.count_down();
            while (!may_end && checks < 2) { std::this_thread::yield(); }
            if (is_ended) {
                while (!may_end) { std::this_thread::yield(); }
            }
        }};
        is_used.wait();
        signal_handlers = [] { return ++checks == last_check; };
        std::string sentence;
        try {
            const auto used = table.at(made);
        } catch (const error& refused) {
            CHECK(refused.code() == status::busy);
            sentence = refused.what();
        }
        signal_handlers = nullptr;
        CHECK(sentence ==
              (is_ended
                   ? "self is in use by another thread, and a signal has ended the wait for it; "
                     "try again"
                   : ""));
        may_end = true;
        user.join();
        table.erase(made);
    }
}

TEST_CASE("of three threads that wait in a circle one is refused") {
    static constinit handle_table<counted<struct three>, handle> table{"object"};
    std::array<handle*, 3> made{table.emplace(), table.emplace(), table.emplace()};
    std::latch all_in_use{3};
    std::atomic<int> refused{0};
    in_threads(3, [&](int thread) {
        const auto mine = static_cast<std::size_t>(thread);
        const auto used = table.at(made[mine]);
        all_in_use.arrive_and_wait();
        const auto use_next = [&] { static_cast<void>(table.at(made[(mine + 1) % 3])); };
        if (status_of(use_next) == status::busy) { ++refused; }
    });
    CHECK(refused == 1);
    for (handle* const each : made) { table.erase(each); }
}

TEST_CASE("threads that lend, give back and free at once never free what is lent") {
    using object = counted<struct lent>;
    static constinit handle_table<object, handle> table{"object"};
    for (int round = 0; round < 500; ++round) {
        handle* const made = table.emplace();
        std::atomic<int> freed{0};
        std::atomic<int> wrong{0};
        in_threads(3, [&](int thread) {
            if (thread == 0) {
                while (status_of([&] { table.erase(made); }) == status::busy) {}
                ++freed;
                return;
            }
            for (int i = 0; i < 20; ++i) {
                if (lend(made) != entry::granted) { return; }
                if (freed != 0) { ++wrong; }
                if (!give_back(made)) { ++wrong; }
            }
        });
        CHECK(freed == 1);
        CHECK(wrong == 0);
        CHECK(object::alive() == 0);
    }
}

TEST_CASE("in a forked child, what another thread held is busy, and all else works") {
    using object = counted<struct forked>;
    static constinit handle_table<object, handle> table{"object"};
    static constinit handle_table<object, handle, access::concurrent> shared{"shared"};
    handle* const held = table.emplace();
    handle* const idle = table.emplace();
    handle* const used_by_both = shared.emplace();
    std::latch in_use{1};
    std::latch may_go{1};
    std::thread holder{[&] {
        const auto used = table.at(held);
        const auto also = shared.at(used_by_both);
        in_use.count_down();
        may_go.wait();
        ++used->number;
    }};
    in_use.wait();
    const int found = in_child([&] {
        if (status_of([&] { static_cast<void>(table.at(held)); }) != status::busy) { return 1; }
        if (status_of([&] { table.erase(held, [](object&) {}); }) != status::busy) { return 2; }
        if (status_of([&] { ++table.at(idle)->number; }) != status::ok) { return 3; }
        if (status_of([&] { ++shared.at(used_by_both)->users; }) != status::ok) { return 4; }
        if (status_of([&] { table.erase(table.emplace()); }) != status::ok) { return 5; }
        if (status_of([&] { table.erase(held); }) != status::ok) { return 6; }
        if (status_of([&] { static_cast<void>(table.at(held)); }) != status::handle) { return 7; }
        const auto use = [&] { ++table.at(idle)->number; };
        return in_child([&] { return status_of(use) == status::ok ? 0 : 8; });
    });
    may_go.count_down();
    holder.join();
    CHECK(found == 0);
    CHECK(table.at(held)->number == 1);
    CHECK(table.at(idle)->number == 0);
    table.erase(held);
    table.erase(idle);
    shared.erase(used_by_both);
}
