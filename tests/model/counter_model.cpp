// SPDX-License-Identifier: MIT
// The counter and its leases: each number once, without gaps, and what a thread did before it drew
// a number is seen by whoever draws a larger one.
#include "headers.hpp"
#include "scenario.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace model {
namespace {

using small_counter = clib::basic_counter<std::int8_t>;  // its end is near
constexpr int no_number = -1;
constexpr std::size_t most_numbers = 16;

struct drawn_number {
    int number;
    int thread;
    bool is_ordered;  // it tells of its thread's past
};

/// What one execution has come to.
struct {
    std::unique_ptr<small_counter> counter;
    std::array<std::unique_ptr<plain<int>>, max_threads> marks;  // each thread's past
    std::array<bool, max_threads> has_mark;
    std::array<drawn_number, most_numbers> drawn;
    std::size_t count;
} program_state;

void begin(std::int8_t last) {
    program_state.count = 0;
    program_state.has_mark.fill(false);
    program_state.counter = std::make_unique<small_counter>(last);
    for (auto& mark : program_state.marks) { mark = std::make_unique<plain<int>>(0); }
}

void require_past_of(const drawn_number& other) {
    if (!other.is_ordered || other.thread == thread_number()) { return; }
    require(program_state.marks[static_cast<std::size_t>(other.thread)]->get() > 0,
            "what a thread did before it drew a number is not seen");
}

void note(int number, bool is_ordered) {
    for (std::size_t i = 0; i < program_state.count; ++i) {
        const drawn_number& before = program_state.drawn[i];
        require(before.number != number, "a number is drawn twice");
        if (is_ordered && before.number < number) { require_past_of(before); }
    }
    program_state.drawn[program_state.count++] = {number, thread_number(), is_ordered};
}

/// Draws a number or more, with a past.
template <class Draw>
void draw(Draw drawing) {
    int number = no_number;
    int count = 1;
    const auto self = static_cast<std::size_t>(thread_number());
    if (!std::exchange(program_state.has_mark[self], true)) { program_state.marks[self]->set(1); }
    try {
        std::tie(number, count) = drawing();
    } catch (const std::overflow_error&) { return; }
    for (int i = 0; i < count; ++i) { note(number + i, true); }
}
void next() {
    draw([] { return std::pair<int, int>{program_state.counter->next(), 1}; });
}
void reserve_two() {
    draw([] { return std::pair<int, int>{program_state.counter->reserve(2), 2}; });
}
/// Orders nothing but where it takes a block, so its numbers are only compared.
void next_of_lease() {
    small_counter::lease lease{*program_state.counter, 2};
    for (int i = 0; i < 3; ++i) {
        int number = no_number;
        try {
            number = lease.next();
        } catch (const std::overflow_error&) { return; }
        note(number, false);
    }
}
void read() {
    const int value = program_state.counter->value();
    require(value >= 0, "a counter's value is out of range");
    for (std::size_t i = 0; i < program_state.count; ++i) {
        if (program_state.drawn[i].number <= value) { require_past_of(program_state.drawn[i]); }
    }
}
void reset() { program_state.counter->reset(); }

void require_value(int expected) {
    require(program_state.counter->value() == expected, "the counter has another value");
}
void require_all_up_to(int first, int last) {
    require(program_state.count == static_cast<std::size_t>(last - first + 1),
            "another count of numbers is drawn");
    require_value(last);
}

std::vector<scenario> all_scenarios() {
    std::vector<scenario> all;
    const auto add = [&](const char* name, std::int8_t last,
                         std::vector<std::function<void()>> threads, std::function<void()> check) {
        scenario added;
        added.name = std::string{"counter: "} + name;
        added.threads = std::move(threads);
        added.steps.prepare = [last] { begin(last); };
        added.steps.check = std::move(check);
        added.preemptions = 3;
        added.weak_steps = 2;
        all.push_back(std::move(added));
    };
    const auto twice = [](void (*step)()) {
        return [step] {
            step();
            step();
        };
    };
    add("next, next, next", 0, {twice(&next), twice(&next), &next},
        [] { require_all_up_to(1, 5); });
    add("next, reserve, value", 0, {twice(&next), &reserve_two, &read},
        [] { require_all_up_to(1, 4); });
    add("leases and next", 0, {&next_of_lease, &next_of_lease, &next}, [] { require_value(9); });
    add("the end", 125, {twice(&next), &next, &next}, [] { require_all_up_to(126, 127); });
    add("the end of reserve", 125, {&reserve_two, &next, &read},
        [] { require(program_state.count == 2 || program_state.count == 1, "numbers get lost"); });
    add("the end of a lease", 126, {&next_of_lease, &next}, [] { require_all_up_to(127, 127); });
    // Who draws a number that is smaller than those before a reset has seen it.
    add("a reset and its past", 100,
        {[] {
             program_state.marks[0]->set(1);
             program_state.counter->reset();
         },
         [] {
             if (program_state.counter->next() < 100 || program_state.counter->value() < 100) {
                 require(program_state.marks[0]->get() > 0, "the past of a reset is not seen");
             }
         }},
        [] {});
    // A next() that is over the end steps back, but does not undo a reset.
    add("the end and a reset", 127, {&next, &reset}, [] {
        const int value = program_state.counter->value();
        require(value == static_cast<int>(program_state.count), "a reset is undone");
    });
    return all;
}

}  // namespace
}  // namespace model

int main(int argument_count, char** arguments) {
    return model::explore_all(model::all_scenarios(), argument_count, arguments);
}
