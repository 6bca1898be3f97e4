// SPDX-License-Identifier: MIT
// What the model's memory can show a program: each outcome that C++20 allows, and none that it does
// not. A protocol is only as well proved as this memory is weak.
#include "atomic.hpp"
#include "explorer.hpp"

#include <atomic>
#include <cstdio>
#include <functional>
#include <vector>

namespace model {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;
constexpr auto acq_rel = std::memory_order_acq_rel;
constexpr auto seq_cst = std::memory_order_seq_cst;

atomic<int> x{0};
atomic<int> y{0};
mutex lock;
int seen[2];

constexpr memory_model all[] = {memory_model::sequential, memory_model::store_order,
                                memory_model::weak};
constexpr const char* names[] = {"sequential", "store order", "C++20"};
int number = 0;
int failures = 0;

/// Checks in which of the three memories the threads can reach `outcome`.
void expect(const char* name, std::vector<std::function<void()>> threads,
            std::function<bool()> outcome, bool sequential, bool store_order, bool weak) {
    const bool expected[] = {sequential, store_order, weak};
    const program run{.prepare = [] { seen[0] = seen[1] = 0; },
                      .threads = threads,
                      .check = [&] { require(!outcome(), "reached"); }};
    for (int i = 0; i < 3; ++i) {
        const limits bounds{.memory = all[i], .preemptions = 3, .weak_steps = i == 0 ? 0 : 3};
        const bool is_reached = explore(run, bounds, false).failure != nullptr;
        failures += is_reached == expected[i] ? 0 : 1;
        std::printf("%s %d - %s, %s: %s\n", is_reached == expected[i] ? "ok" : "not ok", ++number,
                    name, names[i], is_reached ? "possible" : "impossible");
    }
}

bool claims(int from, int to, std::memory_order order) {
    return x.compare_exchange_strong(from, to, order, relaxed);
}

void stale_claims() {
    // The claim has an old value, and the store that is there already comes after it: who claims
    // has seen no reason against it, and what it claimed is overwritten.
    const auto stores = [](std::memory_order order) {
        return [order] {
            x.store(2, relaxed);
            y.store(1, order);
        };
    };
    const auto claims_after = [](std::memory_order order) {
        return [order] {
            seen[0] = y.load(order);
            seen[1] = claims(0, 3, acq_rel) ? 1 : 0;
        };
    };
    const auto is_stale = [] { return seen[0] == 1 && seen[1] == 1; };
    expect("a claim with a value from before a relaxed store that is made",
           {stores(relaxed), claims_after(relaxed)}, is_stale, false, false, true);
    expect("the same after it has acquired what the store came before",
           {stores(release), claims_after(acquire)}, is_stale, false, false, false);
    expect("the same with the lock under which the store was made",
           {[] {
                lock.lock();
                x.store(2, relaxed);
                seen[0] = 1;
                lock.unlock();
            },
            [] {
                lock.lock();
                const bool is_later = seen[0] == 1;
                seen[1] = is_later && claims(0, 3, acq_rel) ? 1 : 0;
                lock.unlock();
            }},
           is_stale, false, false, false);
    expect("the same with a claim that the store has not seen, once the lock is given back",
           {[] {
                lock.lock();
                x.store(2, relaxed);
                lock.unlock();
                y.store(1, relaxed);
            },
            [] {
                lock.lock();
                lock.unlock();
                seen[0] = y.load(relaxed);
                seen[1] = claims(0, 3, acq_rel) ? 1 : 0;
            }},
           is_stale, false, false, true);
    expect("two claims of one value",
           {[] { seen[0] = claims(0, 2, relaxed) ? 1 : 0; },
            [] { seen[1] = claims(0, 3, relaxed) ? 1 : 0; }},
           is_stale, false, false, false);
}

void loads_and_stores() {
    const auto passes = [](std::memory_order store, std::memory_order load) {
        return std::vector<std::function<void()>>{[store] {
                                                      x.store(1, relaxed);
                                                      y.store(1, store);
                                                  },
                                                  [load] {
                                                      seen[0] = y.load(load);
                                                      seen[1] = x.load(relaxed);
                                                  }};
    };
    const auto is_lost = [] { return seen[0] == 1 && seen[1] == 0; };
    expect("a message without order", passes(relaxed, relaxed), is_lost, false, false, true);
    expect("a message that is not acquired", passes(release, relaxed), is_lost, false, false, true);
    expect("a message", passes(release, acquire), is_lost, false, false, false);

    const auto crosses = [](std::memory_order store, std::memory_order load) {
        return std::vector<std::function<void()>>{[store, load] {
                                                      x.store(1, store);
                                                      seen[0] = y.load(load);
                                                  },
                                                  [store, load] {
                                                      y.store(1, store);
                                                      seen[1] = x.load(load);
                                                  }};
    };
    const auto is_unseen = [] { return seen[0] == 0 && seen[1] == 0; };
    expect("two stores that neither sees", crosses(release, acquire), is_unseen, false, true, true);
    expect("the same in one order for all", crosses(seq_cst, seq_cst), is_unseen, false, false,
           false);
    expect(
        "an older value after a newer one",
        {[] {
             x.store(1, relaxed);
             x.store(2, relaxed);
         },
         [] {
             seen[0] = x.load(relaxed);
             seen[1] = x.load(relaxed);
         }},
        [] { return seen[0] == 2 && seen[1] == 1; }, false, false, false);
}

}  // namespace
}  // namespace model

int main() {
    model::stale_claims();
    model::loads_and_stores();
    std::printf("1..%d\n", model::number);
    return model::failures == 0 ? 0 : 1;
}
