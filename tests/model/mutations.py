# SPDX-License-Identifier: MIT
"""What protects the object table and the counter, line by line, and what it becomes without.

Each entry: what is wrong then; the header; the text; what stands in its place; which model finds
out; and a part of the names of the programs in which it is looked for first."""

from typing import NamedTuple

SLOT = "ffi/detail/handle/slot.hpp"
STATE = "ffi/detail/handle/slot_state.hpp"
POOL = "ffi/detail/handle/slot_pool.hpp"
BLOCKS = "ffi/detail/handle/blocks.hpp"
INTERPRETER = "ffi/detail/handle/native_interpreter.hpp"
LOCK = "ffi/detail/handle/interpreter_lock.hpp"
STAMP = "ffi/detail/handle/call_stamp.hpp"
TURN = "ffi/detail/handle/turn.hpp"
WAITING = "ffi/detail/handle/waiting.hpp"
FORK = "ffi/detail/handle/fork_handler.hpp"
JOINT = "ffi/detail/handle/joint_use.hpp"
TABLE = "ffi/handle_table.hpp"
COUNTER = "counter.hpp"


class Mutation(NamedTuple):
    what: str
    header: str
    old: str
    new: str
    first: str = ""
    model: str = "table"


TABLE_MUTATIONS = [
    # --- A reserved object ---
    Mutation("an object is not released when it opens", STATE,
             "word_.store(retired | live | (is_reserved ? 0 : shared), std::memory_order_release);",
             "word_.store(retired | live | (is_reserved ? 0 : shared), std::memory_order_relaxed);",
             "made meanwhile"),
    Mutation("a native caller enters an object in use", STATE,
             "            if (use != 0) [[unlikely]] { return false; }\n", "", "native call back"),
    Mutation("a native use is not written down", STATE,
             "            use_.store(native_stamp.load(std::memory_order_relaxed), "
             "std::memory_order_relaxed);\n", "", "native call back"),
    Mutation("a native user is not written down", STATE,
             "            holder_.store(this_thread(), std::memory_order_relaxed);\n"
             "        } else {\n            if (use == most_users)",
             "        } else {\n            if (use == most_users)", "twice"),
    Mutation("a native caller enters a shared object as a reserved one", STATE,
             "if (!is_reserved(word_.load(std::memory_order_relaxed))) [[unlikely]] "
             "{ return false; }", "", "native use"),
    Mutation("a native use of a shared object ends as that of a reserved one", STATE,
             "(shared | again)) != 0) [[unlikely]]", "again) != 0) [[unlikely]]",
             "native call back, use"),
    Mutation("the first end of several native uses ends all", STATE,
             "(shared | again)) != 0) [[unlikely]]", "shared) != 0) [[unlikely]]", "twice"),
    Mutation("a native use leaves its user written down", STATE,
             "            holder_.store(nullptr, std::memory_order_relaxed);\n"
             "            use_.store(0, std::memory_order_relaxed);\n        } else {",
             "            use_.store(0, std::memory_order_relaxed);\n        } else {",
             "two native and two others"),
    Mutation("a native use goes on for ever", STATE,
             "            use_.store(0, std::memory_order_relaxed);\n        } else {",
             "        } else {", "native use"),
    Mutation("a native caller closes an object in use", STATE,
             " ||\n            use_.load(std::memory_order_relaxed) != 0) {", ") {",
             "native call back, native erase"),
    Mutation("a native caller closes a shared or lent object alone", STATE,
             "& below) != live ||", "& live) != live ||", "native erase"),
    Mutation("a native caller closes a lent object", STATE,
             "& below) != live ||", "& (live | shared)) != live ||", "long native lend"),
    Mutation("an object is taken away without the interpreter's lock", STATE,
             "        const native_interpreter_lock lock;\n", "", "native use, use"),
    # In C++20 that can have a value from before a store that has been made under the lock, as
    # memory_model.cpp shows.
    Mutation("an object is taken away when the interpreter's lock is given back", STATE,
             "        const native_interpreter_lock lock;\n",
             "        { const native_interpreter_lock lock; }\n", "native erase and make, erase"),
    Mutation("an object that is taken away forgets its native uses", STATE,
             "            if (use != 0) {\n                wanted |=",
             "            if (false) {\n                wanted |=", "native call back"),
    Mutation("what native callers did is not released when an object is taken away", STATE,
             "            if (word_.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel,",
             "            if (word_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed,",
             "native use, use"),
    Mutation("other threads enter a reserved object as a shared one", STATE,
             "            if (is_reserved(seen)) {\n                if (is_native) {",
             "            if (is_reserved(seen) && is_native) {\n                if (is_native) {",
             "native use, use"),
    Mutation("other threads close a reserved object as a shared one", STATE,
             "            if (is_reserved(seen)) {\n                revoke(generation, mode);\n"
             "                seen =", "            if (false) {\n"
             "                revoke(generation, mode);\n                seen =",
             "native use, erase"),
    Mutation("other threads lend a reserved object as native callers do", STATE,
             "        if (is_native_caller()) {\n            word_.store(wanted",
             "        if (true) {\n            word_.store(wanted", "lend"),
    # --- A shared object ---
    Mutation("what the user before did is not acquired", STATE,
             "word_.compare_exchange_weak(seen, wanted, std::memory_order_acquire,",
             "word_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed,",
             "exclusive: use"),
    Mutation("two threads hold an object", STATE,
             "mode == access::exclusive && (seen & held) != 0) {",
             "mode == access::exclusive && (seen & held) != 0 && false) {", "exclusive: use"),
    Mutation("what an exclusive user did is not released", STATE,
             "word_.fetch_sub(held, std::memory_order_acq_rel)",
             "word_.fetch_sub(held, std::memory_order_acquire)", "exclusive: use"),
    Mutation("what a concurrent user did is not released", STATE,
             "word_.fetch_sub(1, std::memory_order_acq_rel)",
             "word_.fetch_sub(1, std::memory_order_acquire)", "concurrent: use, erase"),
    Mutation("what the other concurrent users did is not acquired by the last", STATE,
             "word_.fetch_sub(1, std::memory_order_acq_rel)",
             "word_.fetch_sub(1, std::memory_order_release)", "concurrent: "),
    Mutation("a user leaves itself written down", STATE,
             "        holder_.store(nullptr, std::memory_order_relaxed);\n"
             "        const std::uint64_t old",
             "        const std::uint64_t old", "two native and two others"),
    Mutation("the last user does not destroy a closed object", STATE,
             "return (old & closing) != 0;", "return false;", "erase in use"),
    Mutation("the last concurrent user does not destroy a closed object", STATE,
             "return (old & (closing | uses)) == (closing | 1);", "return false;", "concurrent: "),
    Mutation("who waits is not woken", STATE,
             "        if ((old & awaited) != 0) [[unlikely]] { wake_waiters(word_); }\n", "",
             "exclusive: use"),
    Mutation("the mark of who waits comes too late", TURN,
             "if (seen == marked || word.compare_exchange_weak(seen, marked, "
             "std::memory_order_relaxed)) {", "{", "exclusive: use"),
    Mutation("who waits keeps the interpreter's lock", TURN,
             "        const interpreter_lock_pause pause;  // who is using the object may need the "
             "lock\n", "", "native call back, native use"),
    Mutation("who waits for itself is not told", TURN,
             "        if (waiting.is_circular()) { return entry::held_in_a_circle; }\n", "",
             "different order"),
    Mutation("a thread of before the fork is waited for", TURN,
             "        return entry::held_before_fork;\n", "", "fork"),
    Mutation("closed is destroyed, whoever uses it", STATE,
             "destroy = (seen & (mode == access::exclusive ? held : uses)) == 0;",
             "destroy = true;", "use, erase"),
    Mutation("what the users did is not acquired by who closes", STATE,
             "word_.compare_exchange_weak(seen, seen | closing, std::memory_order_acq_rel,",
             "word_.compare_exchange_weak(seen, seen | closing, std::memory_order_release,",
             "use, erase"),
    # --- More than one use ---
    Mutation("a callback uses the object of its call", STATE,
             "        if (!innermost_callback.is_before_use("
             "use_.load(std::memory_order_relaxed))) {\n"
             "            return entry::held_by_this_thread;\n        }\n", "", "call back"),
    Mutation("uses after the first are not counted", STATE,
             "        again_.store(static_cast<std::uint16_t>(times + 1), "
             "std::memory_order_relaxed);\n", "", "twice"),
    Mutation("native uses after the first are not marked", STATE,
             "        if (is_reserved(seen)) { word_.store(seen | again, "
             "std::memory_order_relaxed); }\n", "", "twice"),
    Mutation("the mark of native uses after the first stays", STATE,
             "        if (times == 0 && is_reserved(seen)) {\n", "        if (false) {\n", "twice"),
    Mutation("a native call back is not counted", STAMP,
             "        native_stamp.store(native, std::memory_order_relaxed);\n", "",
             "uses another"),
    Mutation("a native call back does not begin", STAMP,
             "native = native_stamp.load(std::memory_order_relaxed) + stamp_bits::one_callback;",
             "native = native_stamp.load(std::memory_order_relaxed);", "call back"),
    Mutation("another call back does not begin", STAMP,
             "                   stamp_bits::one_callback;\n    }\n    /// Requires: The use",
             "                   0;\n    }\n    /// Requires: The use", "exclusive: call back"),
    Mutation("during a native call back its thread is a native caller", LOCK,
             "        is_held_ = false;\n"
             "        native_caller.store(nullptr, std::memory_order_relaxed);\n",
             "        is_held_ = false;\n", "uses another"),
    # --- Loans ---
    Mutation("a lent object closes", STATE,
             "            if ((seen & loans) != 0 && !ignores_loans) { return entry::lent; }\n", "",
             "lend, erase"),
    Mutation("what was done with a lent address is not released", STATE,
             "            return word_.compare_exchange_weak(seen, wanted, "
             "std::memory_order_acq_rel,",
             "            return word_.compare_exchange_weak(seen, wanted, "
             "std::memory_order_relaxed,", "lend, erase"),
    Mutation("a lent object moves", TABLE,
             "            if (slot_.state.is_lent()) { detail::refuse_lent(parameter); }\n", "",
             "move"),
    Mutation("an object that has said farewell stays because it is lent", TABLE,
             "close(handle, parameter, true);", "close(handle, parameter, false);", "farewell"),
    Mutation("an object says farewell though it is lent", TABLE,
             "(last_use.movable(parameter));", "(*last_use);", "farewell"),
    # --- Two objects ---
    Mutation("two objects are entered in the order of the call", JOINT,
             "while (at > 0 && std::less<>{}(slot, members_[at - 1].slot)) { --at; }", "",
             "both"),
    Mutation("the list of those who wait is not locked", WAITING,
             "while (is_locked.exchange(true, std::memory_order_acquire)) {", "while (false) {",
             "different order"),
    Mutation("the list of those who wait is locked without order", WAITING,
             "is_locked.exchange(true, std::memory_order_acquire)",
             "is_locked.exchange(true, std::memory_order_relaxed)", "different order"),
    Mutation("the list of those who wait is unlocked without order", WAITING,
             "is_locked.store(false, std::memory_order_release);\n        is_locked.notify",
             "is_locked.store(false, std::memory_order_relaxed);\n        is_locked.notify",
             "different order"),
    Mutation("who waits is not in the list", WAITING,
             "            first.store(this, std::memory_order_relaxed);\n", "", "different order"),
    # --- Forks ---
    Mutation("a fork is not counted", FORK, "    count_fork();\n", "", "fork"),
    Mutation("a child asks for a lock that nobody gives back", FORK,
             "    leave_interpreter_to_parent();\n", "", "fork"),
    # --- The end of the interpreter ---
    Mutation("the end of the interpreter does not wait for who asks for its lock", INTERPRETER,
             "while (lock_users.load(std::memory_order_seq_cst) != 0) {", "while (false) {",
             "use, end of"),
    Mutation("who asks for the lock does not say so", INTERPRETER,
             "        lock_users.fetch_add(1, std::memory_order_seq_cst);\n", "", "use, end of"),
    Mutation("who asks for the lock says so too late", INTERPRETER,
             "lock_users.fetch_add(1, std::memory_order_seq_cst);",
             "lock_users.fetch_add(1, std::memory_order_acq_rel);", "use, end of"),
    Mutation("who asks for the lock may see that there is one when there is none", INTERPRETER,
             "ensure_lock.load(std::memory_order_seq_cst)",
             "ensure_lock.load(std::memory_order_acquire)", "use, end of"),
    Mutation("the end of the interpreter says too late that there is no lock", INTERPRETER,
             "ensure_lock.store(nullptr, std::memory_order_seq_cst);",
             "ensure_lock.store(nullptr, std::memory_order_release);", "use, end of"),
    Mutation("the end of the interpreter may not see who asks for its lock", INTERPRETER,
             "lock_users.load(std::memory_order_seq_cst)",
             "lock_users.load(std::memory_order_acquire)", "use, end of"),
    Mutation("who comes in the middle of the end goes on", INTERPRETER,
             "        has_interpreter_ended.wait(false, std::memory_order_acquire);\n", "",
             "interpreter, native use"),
    Mutation("objects stay the interpreter's own after its end", BLOCKS,
             "if (state.is_reserved()) { state.revoke(", "if (false) { state.revoke(",
             "interpreter, native use"),
    Mutation("native callers' free slots stay theirs after the end", BLOCKS,
             "            block.kind->native_free.store(nullptr, std::memory_order_relaxed);\n", "",
             "erase and make, end of"),
    # --- Free slots ---
    Mutation("the next object in a slot has the handle of the last one", SLOT,
             "generation_at(bits.slot, objects + 1,", "generation_at(bits.slot, objects,",
             "native erase and make, erase"),
    Mutation("a slot is given to native callers by another thread", POOL,
             "if (freed.is_native && is_native_caller() && has_native_interpreter()) {",
             "if (freed.is_native && has_native_interpreter()) {", "erase of another"),
    Mutation("a free slot is not released", POOL,
             "changed(head, freed.number() + 1),\n"
             "                                              std::memory_order_acq_rel,",
             "changed(head, freed.number() + 1),\n"
             "                                              std::memory_order_relaxed,",
             "erase of another"),
    Mutation("the head of the free list does not count its changes", POOL,
             "return ((head >> 32) + 1) << 32 | first;", "return (head >> 32) << 32 | first;",
             "free list"),
    Mutation("two threads take the same new slot", POOL,
             "if (block->used.compare_exchange_weak(offset, offset + 1,\n"
             "                                                          "
             "std::memory_order_relaxed)) {",
             "block->used.store(offset + 1, std::memory_order_relaxed);\n"
             "                    if (true) {", "exclusive: make"),
]

COUNTER_MUTATIONS = [
    Mutation("next() takes a number in two steps", COUNTER,
             "last_.fetch_add(1, std::memory_order_acq_rel) + 1;",
             "last_.load(std::memory_order_acquire) + 1; last_.store(number, "
             "std::memory_order_release);", model="counter"),
    Mutation("next() does not acquire", COUNTER, "last_.fetch_add(1, std::memory_order_acq_rel)",
             "last_.fetch_add(1, std::memory_order_release)", model="counter"),
    Mutation("next() does not release", COUNTER, "last_.fetch_add(1, std::memory_order_acq_rel)",
             "last_.fetch_add(1, std::memory_order_acquire)", model="counter"),
    Mutation("reserve() does not acquire", COUNTER, "last + taken, std::memory_order_acq_rel,",
             "last + taken, std::memory_order_release,", model="counter"),
    Mutation("reserve() does not release", COUNTER, "last + taken, std::memory_order_acq_rel,",
             "last + taken, std::memory_order_acquire,", model="counter"),
    Mutation("reserve() takes less than it says", COUNTER, "return {last + 1, last + taken};",
             "return {last, last + taken};", model="counter"),
    Mutation("value() does not acquire", COUNTER, "last_.load(std::memory_order_acquire), max",
             "last_.load(std::memory_order_relaxed), max", model="counter"),
    Mutation("reset() does not release", COUNTER, "last_.store(0, std::memory_order_release)",
             "last_.store(0, std::memory_order_relaxed)", model="counter"),
    Mutation("next() over the end undoes a reset", COUNTER,
             "        while (last > max_state &&\n               "
             "!last_.compare_exchange_weak(last, max_state, std::memory_order_relaxed)) {}",
             "        if (last > max_state) { last_.store(max_state, std::memory_order_relaxed); }",
             "the end and a reset", model="counter"),
    Mutation("a lease hands out one number more", COUNTER, "if (next_ > last_) [[unlikely]]",
             "if (next_ > last_ + 1) [[unlikely]]", model="counter"),
]

# Not counted, because nothing goes wrong without them, or not in the model:
#
# - slot_state.hpp, retire(), and the stores of `link`: their order. The next object in the slot is
#   made by who has taken the slot from a free list, which orders them too.
# - interpreter_lock.hpp, interpreter_lock_pause: that a thread that sleeps is no native caller.
#   Only the thread itself would read its own address there.
# - native_interpreter.hpp, the pause in native_interpreter_lock: it is for sub-interpreters that
#   share a lock which a thread cannot take twice; the model's can be.
# - native_interpreter.hpp, the order of has_interpreter_ended: who goes on after it takes the
#   object away once more, in a step on the object's word that sees what the end did to it.
# - blocks.hpp and slot_pool.hpp, the order of `blocks` and `newest_`: what is published there is
#   not atomic, and the model does not watch it. The sanitizers do, in the unit tests.
# - counter.hpp, that next() steps back at the end: it would take 2^63 calls to see it.
