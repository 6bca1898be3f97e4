// SPDX-License-Identifier: MIT
// handle_table: C++ objects behind handles that cannot be misused. C holds a `Handle*`, an opaque
// pointer to a type that is only declared; a table of T tells for each one that comes back whether
// it is a live T of its own, in release builds and from any thread.
//
//     struct tok;                                                      // what C sees
//     static constinit clib::ffi::handle_table<tokenizer, tok> tokenizers{"tok"};
//
// A table has static storage duration, in one .cpp, or `inline constinit` in a header. It works
// during static initialisation, in atexit handlers and after static destruction; objects that are
// alive when the program ends are not destroyed.
//
// Exclusive access is a lock. A call may use the same object more than once. A call that uses two
// begins with both at once, `const auto [a, b] = table.at(x, y);`, and then needs no order. A
// thread that would wait for itself through others is refused with status::busy. While it uses an
// object, a thread does not wait by other means for a thread that may want it: not for an
// interpreter's global lock either. It is not for signal handlers.
//
// A library has room for about a billion objects in some thousand classes
// (detail/handle/blocks.hpp). The memory of freed objects is used for the next ones, and not given
// back to the system.
#pragma once

#include <clib/ffi/access.hpp>
#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/joint_use.hpp>
#include <clib/ffi/detail/handle/refusal.hpp>
#include <clib/ffi/detail/handle/slot.hpp>
#include <clib/ffi/detail/handle/slot_pool.hpp>
#include <clib/ffi/detail/handle/slot_state.hpp>
#include <clib/ffi/detail/symbol.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// Thread safety: everything may be called from any thread at any time.
template <class T, class Handle, access Access = access::exclusive>
class handle_table : private detail::handle_kind {
    static_assert(std::is_nothrow_destructible_v<T>,
                  "an object behind a handle must be destroyed without throwing");

public:
    /// `handle_name` is the handle's name in C; it appears in errors and is not copied.
    /// `listed_class` is said of a listed class by clib itself.
    constexpr explicit handle_table(const char* handle_name,
                                    const detail::listed_kind* listed_class = nullptr) noexcept
        : handle_kind{handle_name, detail::type_symbol<Handle>.data(), Access, &destroy_object,
                      listed_class} {}

    handle_table(const handle_table&) = delete;  // handles belong to one table: pass a reference
    handle_table& operator=(const handle_table&) = delete;

    /// An object in use: it lives at least as long as this does, whoever frees it meanwhile. The
    /// thread that began the use ends it.
    class guard {
    public:
        guard(const guard&) = delete;  // one use is counted once: pass a reference
        guard& operator=(const guard&) = delete;
        ~guard() {
            if (!slot_.state.leave_reserved(Access)) [[unlikely]] { leave(slot_); }
        }

        T& operator*() const noexcept { return slot_.object; }
        T* operator->() const noexcept { return &slot_.object; }

        /// For what may move or free memory inside the object.
        /// Throws: error(status::busy) while an address inside it is lent to a binding.
        T& movable(const char* parameter = "self") const requires(Access == access::exclusive) {
            if (slot_.state.is_lent()) { detail::refuse_lent(parameter); }
            return slot_.object;
        }

    private:
        friend handle_table;
        explicit guard(detail::slot<T>& slot) noexcept : slot_{slot} {}

        detail::slot<T>& slot_;
    };

    /// An object in use that is not changed.
    class const_guard {
    public:
        const T& operator*() const noexcept { return *guard_; }
        const T* operator->() const noexcept { return guard_.operator->(); }

    private:
        friend handle_table;
        explicit const_guard(detail::slot<T>& slot) noexcept : guard_{slot} {}

        guard guard_;
    };

    /// Two objects in use, `const auto [a, b] = table.at(x, y);`, which may be the same one.
    template <class Other>
    struct guards {
        guard first;
        typename Other::guard second;
    };

    /// Makes an object from `arguments`.
    /// Returns: Its handle, never NULL. Throws: std::bad_alloc; what the constructor throws.
    template <class... Arguments>
    [[nodiscard]] Handle* emplace(Arguments&&... arguments) {
        constexpr bool is_constructible = std::is_constructible_v<T, Arguments...>;
        static_assert(is_constructible,
                      "emplace() takes what a constructor of the table's type takes");
        const bool is_native = detail::is_native_caller();
        detail::slot<T>* slot = is_native ? pool_.take_natively() : nullptr;
        bool is_reserved = true;
        if (slot == nullptr) [[unlikely]] {
            slot = &pool_.take();
            is_reserved = slot->is_native;
        }
        try {
            if constexpr (is_constructible) {
                std::construct_at(&slot->object, std::forward<Arguments>(arguments)...);
            }
        } catch (...) {
            pool_.give_back(*slot);
            throw;
        }
        const std::uint64_t handle = slot->handle_of_state();
        slot->handle.store(handle, std::memory_order_relaxed);
        slot->state.open(is_reserved);
        if (is_native) { detail::slot_hint.store(slot, std::memory_order_relaxed); }
        return reinterpret_cast<Handle*>(handle);
    }

    /// Begins to use the object, until what is returned dies, so what is used for longer than one
    /// expression needs a name; with access::exclusive, waits until no other thread does.
    /// Throws: error(status::handle) if `handle` is not a live one of this table; error(busy) if
    /// this thread is using the object exclusively in a call that has called back, or if a thread
    /// does that waits for this one, or was lost in a fork.
    [[nodiscard, gnu::always_inline]] guard at(Handle* handle, const char* parameter = "self") {
        detail::slot<T>* const slot = hint(handle);
        if (slot != nullptr && slot->state.enter_reserved(Access)) [[likely]] {
            return guard{*slot};
        }
        return guard{enter(handle, parameter)};
    }
    /// The same with a handle that is const, for what is only read.
    template <class Const>
        requires(std::is_same_v<Const, const Handle> && !std::is_const_v<T>)
    [[nodiscard]] const_guard at(Const* handle, const char* parameter = "self") {
        auto* const mine = const_cast<Handle*>(handle);
        detail::slot<T>* const slot = hint(mine);
        if (slot != nullptr && slot->state.enter_reserved(Access)) [[likely]] {
            return const_guard{*slot};
        }
        return const_guard{enter(mine, parameter)};
    }

    /// The same with two objects, of this table or of this and another one. Two threads that take
    /// the same ones in different order do not wait for each other.
    [[nodiscard]] guards<handle_table> at(Handle* first, Handle* second,
                                          const char* first_parameter = "self",
                                          const char* second_parameter = "other") {
        const detail::joint_use<2> both{{first, second}};
        return {at(first, first_parameter), at(second, second_parameter)};
    }
    template <class U, class OtherHandle, access OtherAccess>
    [[nodiscard]] guards<handle_table<U, OtherHandle, OtherAccess>> at(
        Handle* first, handle_table<U, OtherHandle, OtherAccess>& others, OtherHandle* second,
        const char* first_parameter = "self", const char* second_parameter = "other") {
        const detail::joint_use<2> both{{first, second}};
        return {at(first, first_parameter), others.at(second, second_parameter)};
    }

    /// Begins to use the object, if this is a native caller that may do so at once, without a
    /// guard. Returns: Its slot, which leave_reserved() or leave() ends the use of; or NULL.
    [[nodiscard]] detail::slot<T>* enter_quickly(Handle* handle) noexcept {
        detail::slot<T>* const slot = hint(handle);
        return slot != nullptr && slot->state.enter_reserved(Access) ? slot : nullptr;
    }

    /// The same with the slot of the object's handle, of any table.
    [[nodiscard]] detail::slot<T>* enter_quickly(detail::slot_head& slot) noexcept {
        return slot.kind == this && slot.state.enter_reserved(Access)
                   ? static_cast<detail::slot<T>*>(&slot)
                   : nullptr;
    }

    /// Ends the object's life: no call can begin to use it any more, and it is destroyed when those
    /// under way have ended. NULL is a no-op.
    /// Throws: error(status::handle); error(busy) while an address inside it is lent to a binding.
    void erase(Handle* handle, const char* parameter = "self") {
        if (erase_quickly(handle)) [[likely]] { return; }
        if (handle != nullptr) { close(handle, parameter, false); }
    }
    /// The same, if this is a native caller that may do so at once. Returns: Whether it did.
    bool erase_quickly(Handle* handle) noexcept {
        detail::slot<T>* const slot = hint(handle);
        if (slot == nullptr) [[unlikely]] { return false; }
        if (!slot->state.close_reserved([slot] { return slot->generation_after(); })) [[unlikely]] {
            return false;
        }
        std::destroy_at(&slot->object);
        pool_.give_back_natively(*slot);
        return true;
    }

    /// The same, after `farewell(object)`, which may move things out of the object, or refuse by
    /// throwing; the object lives on then. Waits as at() does. NULL is a no-op. A table's objects
    /// are all erased with a farewell, or all without.
    template <std::invocable<T&> Farewell>
        requires(Access == access::exclusive)
    void erase(Handle* handle, Farewell&& farewell, const char* parameter = "self") {
        if (handle == nullptr) { return; }
        const guard last_use = at(handle, parameter);
        std::forward<Farewell>(farewell)(last_use.movable(parameter));
        close(handle, parameter, true);  // a loan that has begun since has no address yet
    }

    /// The body of the C function that frees an object: erase(), in the way of call(), with the
    /// name of that function.
    auto free(Handle* handle, const char* function = __builtin_FUNCTION()) noexcept {
        return call([&] { erase(handle); }, function);
    }

    /// Returns: The handle of the object at this address, if it is a live one of this table, or
    /// NULL.
    Handle* handle_of(const T& object) const noexcept {
        const detail::slot<T>* const slot = pool_.find_object(std::addressof(object));
        return slot != nullptr && slot->state.is_open()
                   ? reinterpret_cast<Handle*>(slot->handle.load(std::memory_order_relaxed))
                   : nullptr;
    }

    /// Whether the handle is that of a live object of this table.
    bool has(const Handle* handle) const noexcept {
        const detail::slot<T>* const slot = pool_.find(handle);
        return slot != nullptr && slot->state.is_open_as(generation_of(handle));
    }

    /// Returns: The number of live objects. In time linear to the most there ever were.
    std::int64_t live() const noexcept { return pool_.count_open(); }

private:
    static std::uint32_t generation_of(const Handle* handle) noexcept {
        return detail::handle_bits::of(handle).generation;
    }

    /// Returns: Where the handle leads, if this is a native caller that knows it; else NULL.
    detail::slot<T>* hint(const Handle* handle) const noexcept {
        // One by one, or GCC lays the usual way out as the detour.
        if (!detail::is_native_caller()) [[unlikely]] { return nullptr; }
        detail::slot_head* const slot = detail::slot_hint.load(std::memory_order_relaxed);
        if (slot == nullptr) [[unlikely]] { return nullptr; }
        if (!slot->is_at(handle)) [[unlikely]] { return nullptr; }
        if (slot->kind != this) [[unlikely]] { return nullptr; }
        return static_cast<detail::slot<T>*>(slot);
    }

    // Not inline: a library has many functions that use an object, and this is long.
    [[gnu::noinline]] detail::slot<T>& enter(Handle* handle, const char* parameter) {
        detail::slot<T>* const slot = pool_.find(handle);
        const detail::entry entry = slot != nullptr
                                        ? slot->state.enter(generation_of(handle), Access)
                                        : detail::entry::stale;
        if (entry != detail::entry::granted) [[unlikely]] {
            detail::refuse(entry, handle, *this, parameter);
        }
        return *slot;
    }

    /// What erase() does where close_reserved() does not.
    void close(Handle* handle, const char* parameter, bool ignores_loans) {
        detail::close_object(pool_.find(handle), handle, *this, parameter, ignores_loans);
    }

    /// What is left to do when a use ends that leave_reserved() did not end.
    [[gnu::noinline]] static void leave(detail::slot<T>& slot) noexcept {
        if (slot.state.leave(Access)) [[unlikely]] { destroy_object(*slot.kind, slot); }
    }

    static void destroy_object(const handle_kind& kind, detail::slot_head& head) noexcept {
        auto& slot = static_cast<detail::slot<T>&>(head);
        std::destroy_at(&slot.object);
        const_cast<handle_table&>(static_cast<const handle_table&>(kind)).pool_.give_back(slot);
    }

    detail::slot_pool<T> pool_{*this};
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
