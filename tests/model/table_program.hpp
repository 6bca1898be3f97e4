// SPDX-License-Identifier: MIT
// What the threads of the model do with a handle table: native callers with the interpreter's lock,
// and others without. Each function checks what it sees.
#pragma once

#include "headers.hpp"

#include <array>
#include <functional>
#include <span>
#include <vector>

namespace model {

struct handle;
using handle_pointer = handle*;

/// A moment of the program at which others may go on.
inline void moment() { step(); }

struct object {
    object() { ++constructed; }
    ~object() {
        number.set(-1);
        is_alive.set(false);
        ++destroyed;
    }
    object(const object&) = delete;
    object& operator=(const object&) = delete;

    plain<int> number{0};
    plain<bool> is_alive{true};
    static inline int constructed = 0;
    static inline int destroyed = 0;
};

/// The interpreter and its lock.
inline mutex interpreter;

/// What a native thunk does around a function.
template <class Body>
void natively(Body body) {
    interpreter.lock();
    {
        const clib::ffi::detail::native_call call;
        body();
    }
    interpreter.unlock();
}

template <clib::ffi::access Access>
struct table_program {
    using table_type = clib::ffi::handle_table<object, handle, Access>;
    static constexpr bool is_exclusive = Access == clib::ffi::access::exclusive;
    static inline constinit table_type table{"object"};

    static constexpr std::size_t most_objects = 8;
    struct record {
        handle_pointer handle = nullptr;
        int freed = 0;
    };
    static inline std::array<record, most_objects> records;
    static inline std::size_t count = 0;
    static inline bool may_be_busy = false;
    static inline bool has_forked = false;
    static inline bool has_ended = false;
    static inline int pins = 0;

    /// What prepare() has made. The second one is only there for programs with two.
    static handle_pointer first() { return records[0].handle; }
    static handle_pointer second() { return records[1].handle; }

    static void begin() {
        clib::ffi::detail::set_interpreter_lock(
            []() -> void* {
                interpreter.unlock();
                return &interpreter;
            },
            [](void*) { interpreter.lock(); });
        clib::ffi::detail::set_native_interpreter(
            [] {
                const bool was_held = interpreter.lock();
                require(!has_ended, "an interpreter that has ended is asked for its lock");
                return was_held ? 1 : 0;
            },
            [](int was_held) {
                if (was_held == 0) { interpreter.unlock(); }
            });
        object::constructed = object::destroyed = 0;
        records.fill(record{});
        count = 0;
        pins = 0;
        has_ended = false;
        may_be_busy = has_forked = false;
    }
    /// Every object is freed once, and dies once.
    static void end() {
        if (has_forked) { return; }  // what others were using stays in use for ever
        for (record& each : records) {
            if (each.handle == nullptr || each.freed != 0) { continue; }
            each.freed += status_of([&] { table.erase(each.handle); }) == clib::ffi::status::ok;
        }
        for (const record& each : records) {
            require(each.handle == nullptr || each.freed == 1, "an object is not freed once");
        }
        require(object::constructed == object::destroyed, "an object does not die once");
        require(table.live() == 0, "an object is left");
    }

    template <class Body>
    static clib::ffi::status status_of(Body body) {
        clib::ffi::status result = clib::ffi::status::ok;
        try {
            body();
        } catch (const clib::ffi::error& e) { result = e.code(); }
        require(result == clib::ffi::status::ok || result == clib::ffi::status::handle ||
                    (result == clib::ffi::status::busy && may_be_busy),
                "a failure that there is no reason for");
        return result;
    }

    // --- The steps that programs are made of ---

    static handle_pointer make() {
        require(count < most_objects, "the program makes too many objects");
        record& made = records[count++];
        made.handle = table.emplace();
        require(!has_ended || !clib::ffi::detail::find_slot(made.handle)->state.is_reserved(),
                "an object belongs to an interpreter that has ended");
        return made.handle;
    }
    static void hint(handle_pointer object) {
        clib::ffi::detail::slot_hint.store(clib::ffi::detail::find_slot(object),
                                           std::memory_order_relaxed);
    }
    static void touch(object& used) {
        require(used.number.get() >= 0, "a dead object is used");
        if (is_exclusive) {
            const int number = used.number.get();
            moment();
            used.number.set(number + 1);
        }
    }
    static void use(handle_pointer object) {
        status_of([&] {
            const auto used = table.at(object);
            touch(*used);
        });
    }
    static void use_twice(handle_pointer object) {
        status_of([&] {
            const auto used = table.at(object);
            touch(*used);
            const auto again = table.at(object);
            touch(*again);
        });
    }
    /// Others may make native calls in the middle, and the callback may not use the object.
    static void use_and_call_back(handle_pointer object) {
        status_of([&] {
            const auto used = table.at(object);
            clib::ffi::call_back("function", [&] {
                interpreter.unlock();
                moment();
                if (second() != nullptr) { use(second()); }
                interpreter.lock();
                const clib::ffi::detail::native_call call;
                require_refused(object);
                if (second() != nullptr) { use_twice(second()); }
            });
            touch(*used);
        });
    }
    /// The same without an interpreter.
    static void use_and_call(handle_pointer object) {
        status_of([&] {
            const auto used = table.at(object);
            clib::ffi::call_back("function", [&] { require_refused(object); });
            touch(*used);
        });
    }
    static void require_refused(handle_pointer object) {
        if (!is_exclusive) { return; }
        bool is_refused = false;
        try {
            static_cast<void>(table.at(object));
        } catch (const clib::ffi::error&) { is_refused = true; }
        require(is_refused, "a callback uses the object of its call");
    }
    static void erase(handle_pointer object) {
        if (object == nullptr) { return; }  // not made yet
        const auto result = status_of([&] { table.erase(object); });
        for (record& each : records) {
            if (each.handle == object && result == clib::ffi::status::ok) { ++each.freed; }
        }
    }
    static void erase_in_use(handle_pointer object) {
        status_of([&] {
            const auto used = table.at(object);
            erase(object);
            touch(*used);
        });
    }
    /// Nobody frees the object, nor has it been freed, while an address in it is lent.
    static void lend(handle_pointer object) {
        if (clib::ffi::detail::lend(object) != clib::ffi::detail::entry::granted) { return; }
        clib::ffi::detail::slot_head* const slot = clib::ffi::detail::find_slot(object);
        require(slot != nullptr, "a lent object is freed");
        auto& lent = static_cast<clib::ffi::detail::slot<model::object>*>(slot)->object;
        require(lent.is_alive.get(), "a lent object is destroyed");
        require(clib::ffi::detail::give_back(object), "a loan is lost");
    }
    /// A loan that goes on between native calls.
    static void lend_natively(handle_pointer object) {
        bool is_lent = false;
        natively([&] {
            is_lent = clib::ffi::detail::lend(object) == clib::ffi::detail::entry::granted;
        });
        if (!is_lent) { return; }
        moment();
        natively([&] {
            clib::ffi::detail::slot_head* const slot = clib::ffi::detail::find_slot(object);
            require(slot != nullptr, "a lent object is freed");
            require(clib::ffi::detail::give_back(object), "a loan is lost");
        });
    }
    /// With a farewell, during which no address in the object may be lent.
    static void erase_with_farewell(handle_pointer object) {
        if constexpr (is_exclusive) {
            bool has_said_farewell = false;
            const auto result = status_of([&] {
                table.erase(object, [&](model::object& dying) {
                    touch(dying);
                    has_said_farewell = true;
                });
            });
            require(has_said_farewell == (result == clib::ffi::status::ok),
                    "an object lives on after its farewell");
            for (record& each : records) {
                if (each.handle == object && has_said_farewell) { ++each.freed; }
            }
        }
    }
    /// As a binding does: the address comes from a function of the object's.
    static void pin(handle_pointer object) {
        if (clib::ffi::detail::lend(object) != clib::ffi::detail::entry::granted) { return; }
        bool is_pinned = false;
        status_of([&] {
            const auto used = table.at(object);
            require(used->is_alive.get(), "a dead object is pinned");
            is_pinned = true;
            ++pins;
        });
        if (is_pinned) {
            clib::ffi::detail::slot_head* const slot = clib::ffi::detail::find_slot(object);
            require(slot != nullptr, "a pinned object is freed");
            auto& pinned = static_cast<clib::ffi::detail::slot<model::object>*>(slot)->object;
            moment();
            require(pinned.is_alive.get(), "a pinned object is destroyed");
            --pins;
        }
        require(clib::ffi::detail::give_back(object) || !is_pinned, "a loan is lost");
    }
    static void move(handle_pointer object) {
        if constexpr (is_exclusive) {
            status_of([&] {
                const auto used = table.at(object);
                model::object& moved = used.movable();
                touch(moved);
                require(pins == 0, "a pinned object is moved");
            });
        }
    }
    /// What a binding does when its interpreter is about to end.
    static void end_interpreter() {
        interpreter.lock();
        {
            const clib::ffi::detail::interpreter_lock_scope lock{true};
            clib::ffi::detail::forget_native_interpreter();
            has_ended = true;
        }
        interpreter.unlock();
    }
    static void use_both(handle_pointer one, handle_pointer other) {
        status_of([&] {
            const clib::ffi::detail::joint_use<2> both{{one, other}};
            const auto a = table.at(one);
            touch(*a);
            const auto b = table.at(other, "other");
            touch(*b);
        });
    }
    static void use_both_by_hand(handle_pointer one, handle_pointer other) {
        status_of([&] {
            const auto a = table.at(one);
            const auto b = table.at(other, "other");
            touch(*a);
            touch(*b);
        });
    }
    /// In the child everything works but what others were using.
    static void fork_and_use(handle_pointer object) {
        has_forked = true;
        fork();
        see_everything();
        using clib::ffi::detail::native_caller;
        if (interpreter.is_owned_by_another() &&
            native_caller.load(std::memory_order_relaxed) == nullptr) {
            give_up();  // no native call, but Python has the lock: nobody gets it in the child
        }
        clib::ffi::detail::begin_forked_child();
        may_be_busy = true;
        use(object);
        const std::size_t made = count;
        make();
        may_be_busy = false;
        use(records[made].handle);
        erase(records[made].handle);
        may_be_busy = true;
    }
};

// Only table_program.cpp has the code, so that a mutation takes that file to compile, and no more.
extern template struct table_program<clib::ffi::access::exclusive>;
extern template struct table_program<clib::ffi::access::concurrent>;

}  // namespace model
