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
// Exclusive access is a lock. A thread that uses two objects at once takes them in the same order
// as every other thread; and it does not, while it uses one, wait for a thread that may want it:
// not for an interpreter's global lock either. It is not for signal handlers.
#pragma once

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot_pool.hpp>
#include <clib/ffi/detail/handle/slot_state.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/status.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// Thread safety: everything may be called from any thread at any time.
template <class T, class Handle, access Access = access::exclusive>
class handle_table : private detail::handle_kind {
    static_assert(std::is_nothrow_destructible_v<T>,
                  "an object behind a handle must be destroyed without throwing");

    /// Where an object is in use, and in the lowest bit whether by reservation: together they need
    /// one register, which the quick way keeps during the body.
    class use {
    public:
        use(detail::slot<T>* place, bool is_by_reservation) noexcept
            : bits_{reinterpret_cast<std::uintptr_t>(place) | (is_by_reservation ? 1U : 0U)} {}
        detail::slot<T>& place() const noexcept {
            return *reinterpret_cast<detail::slot<T>*>(bits_ & ~std::uintptr_t{1});
        }
        bool is_by_reservation() const noexcept { return (bits_ & 1) != 0; }

    private:
        std::uintptr_t bits_;
    };

public:
    /// `handle_name` is the handle's name in C; it appears in errors and is not copied.
    constexpr explicit handle_table(const char* handle_name) noexcept
        : handle_kind{handle_name, detail::type_symbol<Handle>.data(),
                      [](const handle_kind& table) {
                          return static_cast<const handle_table&>(table).live();
                      }} {}

    handle_table(const handle_table&) = delete;  // handles belong to one table: pass a reference
    handle_table& operator=(const handle_table&) = delete;

    /// An object in use: it lives at least as long as this does, whoever frees it meanwhile. The
    /// thread that began the use ends it.
    class guard {
    public:
        guard(const guard&) = delete;  // one use is counted once: pass a reference
        guard& operator=(const guard&) = delete;
        ~guard() {
            if (!use_.is_by_reservation() || !use_.place().state.leave_by_reservation(Access))
                [[unlikely]] {
                table_.leave(use_);
            }
        }

        T& operator*() const noexcept { return use_.place().object; }
        T* operator->() const noexcept { return &**this; }

    private:
        friend handle_table;
        guard(handle_table& table, use begun) noexcept : table_{table}, use_{begun} {}

        handle_table& table_;
        use use_;
    };

    /// Makes an object from `arguments`.
    /// Returns: Its handle, never NULL. Throws: std::bad_alloc; what the constructor throws.
    template <class... Arguments>
    [[nodiscard]] Handle* emplace(Arguments&&... arguments) {
        static_assert(std::constructible_from<T, Arguments...>,
                      "emplace() takes what a constructor of the table's type takes");
        const bool is_native = detail::is_native_caller();
        detail::slot<T>* taken = is_native ? pool_.take_natively() : nullptr;
        if (taken == nullptr) [[unlikely]] { taken = &pool_.take(own_tag(), is_native); }
        try {
            std::construct_at(&taken->object, std::forward<Arguments>(arguments)...);
        } catch (...) {
            pool_.give_back(*taken);
            throw;
        }
        const std::uint64_t handle = taken->handle_of_state();
        taken->handle.store(handle, std::memory_order_relaxed);
        taken->state.open(Access, is_native);
        if (is_native) { detail::native_place.store(taken, std::memory_order_relaxed); }
        return reinterpret_cast<Handle*>(handle);
    }

    /// Begins to use the object, until what is returned dies, so what is used for longer than one
    /// expression needs a name; with access::exclusive, waits until nobody else does.
    /// Throws: error(status::handle) if `handle` is not a live one of this table; error(busy) if
    /// this thread is using the object exclusively already, or a thread that did was lost in a
    /// fork.
    [[nodiscard]] guard at(Handle* handle, const char* parameter = "self") {
        detail::slot<T>* const slot = native_hint(handle);
        if (slot != nullptr && slot->state.enter_by_reservation(Access)) [[likely]] {
            return guard{*this, {slot, true}};
        }
        return guard{*this, enter(handle, parameter)};
    }

    /// Ends the object's life: no call can begin to use it any more, and it is destroyed when those
    /// under way have ended. NULL is a no-op. Throws: error(status::handle).
    void erase(Handle* handle, const char* parameter = "self") {
        if constexpr (Access == access::exclusive) {
            detail::slot<T>* const slot = native_hint(handle);
            if (slot != nullptr) [[likely]] {
                const std::uint32_t next_generation = slot->generation_after();
                if (slot->state.close_by_reservation(next_generation)) [[likely]] {
                    std::destroy_at(&slot->object);
                    pool_.give_back_natively(*slot, next_generation);
                    return;
                }
            }
        }
        if (handle != nullptr) { close(handle, parameter); }
    }

    /// The same, after `farewell(object)`, which may move things out of the object, or refuse by
    /// throwing; the object lives on then. Waits as at() does. NULL is a no-op. A table's objects
    /// are all erased with a farewell, or all without.
    template <std::invocable<T&> Farewell>
        requires(Access == access::exclusive)
    void erase(Handle* handle, Farewell&& farewell, const char* parameter = "self") {
        if (handle == nullptr) { return; }
        const guard last_use = at(handle, parameter);
        std::forward<Farewell>(farewell)(*last_use);
        erase(handle, parameter);
    }

    /// The body of the C function that frees an object: erase(), in the way of call(), with the
    /// name of that function.
    auto free(Handle* handle, const char* function = __builtin_FUNCTION()) noexcept {
        return call([&] { erase(handle); }, function);
    }

    /// Returns: The number of live objects. In time linear to the most there ever were.
    std::int64_t live() const noexcept { return pool_.count_open(); }

private:
    std::uint32_t own_tag() {
        std::uint32_t tag = tag_.load(std::memory_order_relaxed);
        if (tag == 0) [[unlikely]] {
            tag = detail::tag_of(*this);
            tag_.store(tag, std::memory_order_relaxed);
        }
        return tag;
    }

    static std::uint32_t generation_of(const Handle* handle) noexcept {
        return detail::handle_bits::of(handle).generation;
    }

    /// Returns: Where the handle leads, if this is a native caller that knows it; else NULL.
    detail::slot<T>* native_hint(const Handle* handle) const noexcept {
        // One by one, or GCC lays the usual way out as the detour.
        if (!detail::is_native_caller()) [[unlikely]] { return nullptr; }
        detail::slot_head* const hint = detail::native_place.load(std::memory_order_relaxed);
        if (hint == nullptr) [[unlikely]] { return nullptr; }
        if (!hint->is_at(handle)) [[unlikely]] { return nullptr; }
        if (!has_tag(handle)) [[unlikely]] { return nullptr; }
        return static_cast<detail::slot<T>*>(hint);
    }

    // Not inline: a library has many functions that use an object, and this is long.
    [[gnu::noinline]] use enter(Handle* handle, const char* parameter) {
        detail::slot<T>* const slot = find(handle);
        if (slot != nullptr && detail::is_native_caller() && slot->is_at(handle)) {
            if (slot->state.enter_by_reservation(Access)) { return {slot, true}; }
            if (slot->state.end_revoked_share(Access)) { destroy(*slot); }
        }
        const detail::entry entry = slot != nullptr
                                        ? slot->state.enter(generation_of(handle), Access)
                                        : detail::entry::stale;
        if (entry != detail::entry::granted) [[unlikely]] {
            if (entry == detail::entry::stale_and_last) { destroy(*slot); }
            refuse(entry, handle, parameter);
        }
        return {slot, false};
    }

    /// What erase() does for whoever cannot close the object by reservation.
    [[gnu::noinline]] void close(Handle* handle, const char* parameter) {
        detail::slot<T>* const slot = find(handle);
        const bool is_native = detail::is_native_caller();
        if constexpr (Access == access::exclusive) {
            if (slot != nullptr && is_native && slot->is_at(handle) &&
                slot->state.end_revoked_share(Access)) {
                destroy(*slot);
            }
        }
        bool destroy_now = false;
        if (slot == nullptr || slot->state.close(generation_of(handle), Access, is_native,
                                                 destroy_now) != detail::entry::granted) {
            refuse(detail::entry::stale, handle, parameter);
        }
        if (destroy_now) { destroy(*slot); }
    }

    /// What is left to do when a use ends that is not by reservation, or by one that is revoked.
    [[gnu::noinline]] void leave(use ended) noexcept {
        detail::slot_state& state = ended.place().state;
        const bool is_last =
            ended.is_by_reservation() ? state.end_revoked_share(Access) : state.leave(Access);
        if (is_last) [[unlikely]] { destroy(ended.place()); }
    }

    detail::slot<T>* find(const Handle* handle) const noexcept {
        return has_tag(handle) ? pool_.find(detail::handle_bits::of(handle).slot) : nullptr;
    }
    /// Whether the handle is one of this table's.
    bool has_tag(const Handle* handle) const noexcept {
        // Before the first emplace() the tag is 0, which is the tag of no handle but NULL's.
        return detail::handle_bits::of(handle).tag == tag_.load(std::memory_order_relaxed);
    }

    [[gnu::noinline]] void destroy(detail::slot<T>& slot) noexcept {
        std::destroy_at(&slot.object);  // not inline: it is rarer than the end of a use
        pool_.give_back(slot);
    }

    [[noreturn, gnu::cold, gnu::noinline]] void refuse(detail::entry entry, Handle* handle,
                                                       const char* parameter) {
        switch (entry) {
            case detail::entry::held_by_this_thread:
                fail(status::busy, {parameter,
                                    " is in use by this very call; finish with it before "
                                    "calling back"});
            case detail::entry::held_before_fork:
                fail(status::busy, {parameter,
                                    " was in use by another thread when the process "
                                    "forked; make a new one"});
            case detail::entry::too_many_users:
                fail(status::busy, {parameter, " is in use by too many threads; try again"});
            case detail::entry::granted:
            case detail::entry::stale:
            case detail::entry::stale_and_last:
                break;
        }
        detail::refuse_handle(handle, *this, parameter);
    }

    std::atomic<std::uint32_t> tag_{0};
    detail::slot_pool<T> pool_;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
