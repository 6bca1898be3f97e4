// SPDX-License-Identifier: MIT
// The protocol of the object table: native callers, who use their objects without a locked
// instruction, and others, who take them away.
#include "scenario.hpp"
#include "table_program.hpp"

#include <string>
#include <utility>
#include <vector>

namespace model {
namespace {

using clib::ffi::access;
using steps = std::vector<std::function<void()>>;

template <access Access>
class table_scenarios {
    using p = table_program<Access>;
    using step_function = void (*)(handle_pointer);

public:
    static std::vector<scenario> all() {
        table_scenarios made;
        made.scenarios_.reserve(100);  // add() returns references
        made.two_threads();
        made.three_threads();
        made.of_others();
        made.lending();
        made.ends_of_the_interpreter();
        made.forks();
        if constexpr (p::is_exclusive) { made.two_objects(); }
        made.many_threads();
        return std::move(made.scenarios_);
    }

private:
    /// A step by a native caller, whose object is first() as a thunk knows.
    static std::function<void()> native(step_function step) {
        return [step] {
            natively([&] {
                p::hint(p::first());
                step(p::first());
            });
        };
    }
    static std::function<void()> foreign(step_function step) {
        return [step] { step(p::first()); };
    }
    static std::function<void()> one_after_the_other(steps all) {
        return [all = std::move(all)] {
            for (const auto& each : all) { each(); }
        };
    }
    static void make(handle_pointer) { p::make(); }

    scenario& add(const char* name, steps threads, bool is_native = true, int objects = 1) {
        scenario added;
        added.name = std::string{p::is_exclusive ? "exclusive: " : "concurrent: "} + name;
        added.threads = std::move(threads);
        added.steps.prepare = [is_native, objects] {
            p::begin();
            for (int i = 0; i < objects; ++i) {
                if (is_native) {
                    natively([] { p::make(); });
                } else {
                    p::make();
                }
            }
        };
        added.steps.check = [] { p::end(); };
        return scenarios_.emplace_back(std::move(added));
    }

    void two_threads() {
        add("native use, use", {native(p::use), foreign(p::use)});
        add("native erase, use", {native(p::erase), foreign(p::use)});
        add("native use, erase", {native(p::use), foreign(p::erase)});
        add("native erase, erase", {native(p::erase), foreign(p::erase)});
        add("native use twice, use", {native(p::use_twice), foreign(p::use)});
        add("native use twice, erase", {native(p::use_twice), foreign(p::erase)});
        add("native erase in use, use", {native(p::erase_in_use), foreign(p::use)});
        add("native call back, use", {native(p::use_and_call_back), foreign(p::use)});
        add("native call back, erase", {native(p::use_and_call_back), foreign(p::erase)});
        add("native call back, native use", {native(p::use_and_call_back), native(p::use)});
        add("native call back, native erase", {native(p::use_and_call_back), native(p::erase)});
        add("native erase and make, erase",
            {one_after_the_other({native(p::erase), native(make), native(p::use)}),
             foreign(p::erase)})
            .weak_steps = 3;  // a claim that is made, seen and used, all on an old value
        add("native erase and make, make and use",
            {one_after_the_other({native(p::erase), native(make)}),
             one_after_the_other({foreign(make), foreign(p::use)})});
    }
    void three_threads() {
        add("native use, use, use", {native(p::use), foreign(p::use), foreign(p::use)})
            .preemptions = 1;
        add("native use, use, erase", {native(p::use), foreign(p::use), foreign(p::erase)});
        add("native erase, use, erase", {native(p::erase), foreign(p::use), foreign(p::erase)});
        add("native call back, native use, use",
            {native(p::use_and_call_back), native(p::use), foreign(p::use)})
            .preemptions = 1;
        add("native call back, native erase, use",
            {native(p::use_and_call_back), native(p::erase), foreign(p::use)})
            .preemptions = 1;
    }
    /// Objects that no native caller has made.
    void of_others() {
        add("use, use", {foreign(p::use), foreign(p::use)}, false);
        add("use twice, use", {foreign(p::use_twice), foreign(p::use)}, false);
        add("use, erase", {foreign(p::use), foreign(p::erase)}, false);
        add("erase in use, use", {foreign(p::erase_in_use), foreign(p::use)}, false);
        add("erase and make, erase and make",
            {one_after_the_other({foreign(p::erase), foreign(make)}),
             one_after_the_other({foreign(p::erase), foreign(make)})},
            false);
        add("call back, use", {foreign(p::use_and_call), foreign(p::use)}, false);
        add("native call back, erase", {native(p::use_and_call_back), foreign(p::erase)}, false);
        add("native erase and makes, erase of another",
            {[] {
                 natively([] {
                     p::erase(p::second());
                     p::make();
                     p::make();
                     p::make();
                 });
             },
             foreign(p::erase)},
            true, 2);
        add("made meanwhile, use", {foreign(make), foreign(p::use)}, false, 0);
        add("native made meanwhile, use", {native(make), foreign(p::use)}, true, 0);
        add("free list",
            {one_after_the_other({foreign(make), foreign(make)}),
             [] {
                 const handle_pointer made = p::make();
                 p::make();
                 p::erase(made);
             }},
            false, 2);
        begin_with(scenarios_.back(), [] {
            p::erase(p::first());
            p::erase(p::second());
        });
        add("make, make",
            {one_after_the_other({foreign(make), foreign(p::use), foreign(p::erase)}),
             one_after_the_other({foreign(make), foreign(p::use)})},
            false, 0);
        add("native make, make",
            {one_after_the_other({native(make), native(p::erase)}),
             one_after_the_other({foreign(make), foreign(p::use)})},
            true, 0);
        add("use, use, use", {foreign(p::use), foreign(p::use), foreign(p::use)}, false)
            .preemptions = 1;
        add("native use, erase", {native(p::use), foreign(p::erase)}, false);
    }
    void lending() {
        add("native lend, use", {native(p::lend), foreign(p::use)});
        add("native lend, lend", {native(p::lend), foreign(p::lend)});
        for (scenario* each :
             {&add("native lend, erase", {native(p::lend), foreign(p::erase)}),
              &add("native erase, lend", {native(p::erase), foreign(p::lend)}),
              &add("long native lend, native erase", {foreign(p::lend_natively), native(p::erase)}),
              &add("lend, erase", {foreign(p::lend), foreign(p::erase)}, false),
              &add("native pin, erase with farewell",
                   {native(p::pin), foreign(p::erase_with_farewell)}),
              &add("pin, erase with farewell", {foreign(p::pin), foreign(p::erase_with_farewell)},
                   false),
              &add("native pin, move", {native(p::pin), foreign(p::move)}),
              &add("pin, move", {foreign(p::pin), foreign(p::move)}, false)}) {
            may_be_busy(*each);
        }
    }
    void ends_of_the_interpreter() {
        add("use, end of the interpreter", {foreign(p::use), p::end_interpreter});
        // Native calls in a pause of the end, while another thread comes.
        add("use, end of the interpreter, native use",
            {foreign(p::use), p::end_interpreter, native(p::use)})
            .weak_steps = 0;
        add("native call back, end of the interpreter, use",
            {native(p::use_and_call_back), p::end_interpreter, foreign(p::use)})
            .preemptions = 1;
        add("native erase and make, end of the interpreter, use",
            {one_after_the_other({native(p::erase), native(make)}), p::end_interpreter,
             foreign(p::use)})
            .preemptions = 1;
        add("native use, end of the interpreter, use, use",
            {one_after_the_other({native(p::use), native(p::use)}), p::end_interpreter,
             foreign(p::use), foreign(p::use)})
            .random_executions = 4'000;
        scenarios_.back().preemptions = scenarios_.back().weak_steps = 1000;
        add("native erase, end of the interpreter and native make",
            {one_after_the_other({native(p::erase), p::end_interpreter, native(make)}),
             foreign(p::use)});
    }
    void forks() {
        add("native call back, fork", {native(p::use_and_call_back), foreign(p::fork_and_use)});
        add("native use, fork", {native(p::use), foreign(p::fork_and_use)});
        add("native erase, fork", {native(p::erase), foreign(p::fork_and_use)});
        add("use, native fork", {foreign(p::use), native(p::fork_and_use)});
        add("call back, native fork", {native(p::use_and_call_back), native(p::fork_and_use)});
        add("use, fork", {foreign(p::use), foreign(p::fork_and_use)}, false);
    }
    void two_objects() {
        const auto both = [](auto step) { return [step] { step(p::first(), p::second()); }; };
        const auto both_reversed = [](auto step) {
            return [step] { step(p::second(), p::first()); };
        };
        const auto in_native_call = [](auto step) { return [step] { natively(step); }; };
        add("native use of both, use of both",
            {in_native_call(both(p::use_both)), both_reversed(p::use_both)}, true, 2)
            .preemptions = 1;
        add("native use of both, native use of both",
            {in_native_call(both(p::use_both)), in_native_call(both_reversed(p::use_both))}, true,
            2)
            .preemptions = 1;
        add("use of both, use of both", {both(p::use_both), both_reversed(p::use_both)}, false, 2)
            .preemptions = 1;
        add("use of both, erase", {both(p::use_both), foreign(p::erase)}, false, 2).preemptions = 1;
        add("native call back that uses another, native use of the other",
            {native(p::use_and_call_back), in_native_call([] { p::use(p::second()); })}, true, 2);
        add("use of both by hand, in the same order",
            {one_after_the_other({both(p::use_both_by_hand), both(p::use_both_by_hand)}),
             both(p::use_both_by_hand)},
            false, 2);
        may_be_busy(add("use of both by hand, in different order",
                        {both(p::use_both_by_hand), both_reversed(p::use_both_by_hand)}, false, 2));
    }
    void many_threads() {
        for (const auto step : {p::use, p::erase, p::use_twice}) {
            add("two native and two others, at random",
                {one_after_the_other({native(p::use_and_call_back), native(p::use)}),
                 one_after_the_other({native(step), native(make), native(p::use)}),
                 one_after_the_other({foreign(p::use), foreign(make), foreign(step)}),
                 one_after_the_other({foreign(p::lend), foreign(p::use)})})
                .random_executions = 4'000;
            may_be_busy(scenarios_.back());
            scenarios_.back().preemptions = scenarios_.back().weak_steps = 1000;
        }
    }

    /// Effects: The program begins with this step, too.
    static void begin_with(scenario& changed, void (*step)()) {
        changed.steps.prepare = [before = std::move(changed.steps.prepare), step] {
            before();
            step();
        };
    }
    static void may_be_busy(scenario& changed) {
        begin_with(changed, [] { p::may_be_busy = true; });
    }

    std::vector<scenario> scenarios_;
};

}  // namespace
}  // namespace model

int main(int argument_count, char** arguments) {
    using namespace model;
    add_thread_variable(&clib::ffi::detail::innermost_callback,
                        sizeof clib::ffi::detail::innermost_callback);
    add_thread_variable(&clib::ffi::detail::holds_interpreter_lock, sizeof(bool));
    std::vector<scenario> all = table_scenarios<access::exclusive>::all();
    for (scenario& each : table_scenarios<access::concurrent>::all()) {
        all.push_back(std::move(each));
    }
    return explore_all(std::move(all), argument_count, arguments);
}
