// SPDX-License-Identifier: MIT
// Objects of listed classes behind the pointers and references that C++ functions return:
//
//     std::unique_ptr<T>   an object of its own, which its handle owns
//     std::shared_ptr<T>   an object that its handle shares
//     T&, T*               an object that is known already, or a part of another one, its parent
//
// One that is known, as what it most derived is, has its handle again.
#pragma once

#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/handle/refusal.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/object_registry.hpp>
#include <clib/ffi/detail/other_half.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/status.hpp>

#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The object that a handle owns, or shares.
template <class T>
class owned_pointer {
public:
    explicit owned_pointer(std::unique_ptr<T> object) noexcept : object_{object.release()} {}
    explicit owned_pointer(std::shared_ptr<T> object) noexcept
        : object_{object.get()}, shared_{std::move(object)} {}
    owned_pointer(const owned_pointer&) = delete;
    owned_pointer& operator=(const owned_pointer&) = delete;
    ~owned_pointer() {
        if (object_ == nullptr) { return; }
        object_registry::get().remove(key(), handle_);
        if (shared_ == nullptr) { delete object_; }
    }

    T* get() const noexcept { return object_; }
    const std::shared_ptr<T>& shared() const noexcept { return shared_; }
    /// What else shares it with its handle, or NULL.
    std::shared_ptr<void> share() const {
        if (shared_ != nullptr || half_ == nullptr) { return shared_; }
        return half_->share();
    }
    /// Requires: The handle owns the object.
    std::unique_ptr<T> release() {
        if (half_ != nullptr) {
            half_->keep();
            shared_ = std::shared_ptr<T>{std::shared_ptr<void>{}, object_};
            return std::unique_ptr<T>{object_};
        }
        object_registry::get().remove(key(), handle_);
        return std::unique_ptr<T>{std::exchange(object_, nullptr)};
    }

    /// Whether the object lives on behind its handle when C++ has released it.
    bool has_half() const noexcept { return half_ != nullptr; }
    void set_half(other_half* half) noexcept { half_ = half; }
    /// Effects: The handle owns the object again. Requires: has_half().
    void take_back() noexcept {
        half_->leave();
        shared_ = nullptr;
    }

    object_key key() const noexcept { return {object_, &python_class<T>, nullptr}; }
    void set_handle(const void* handle) noexcept { handle_ = handle; }

private:
    T* object_;
    std::shared_ptr<T> shared_;
    other_half* half_ = nullptr;
    const void* handle_ = nullptr;
};

/// A part of another object, which lives as long.
template <class T>
class inner_pointer : public reference_head {
public:
    /// Requires: The parent is kept, which ends with this.
    inner_pointer(T& object, slot_head& parent_slot, const void* kept_parent, bool is_const_part)
        : reference_head{&parent_slot, kept_parent, {is_const_part}},
          object_{std::addressof(object)} {}
    inner_pointer(const inner_pointer&) = delete;
    inner_pointer& operator=(const inner_pointer&) = delete;
    ~inner_pointer() {
        object_registry::get().remove(key(), handle_);
        let_go(parent_handle);
    }

    T* get() const noexcept { return object_; }
    object_key key() const noexcept { return {object_, &python_class<T>, parent_handle}; }
    void set_handle(const void* handle) noexcept { handle_ = handle; }

private:
    T* object_;
    const void* handle_ = nullptr;
};

template <class T>
inline constinit handle_table<owned_pointer<T>, T, access_of<T>> owned_table{
    type_symbol<T>.data(), &kind_in_table<T, owned_pointer<T>>};
/// Its lock is the parent's.
template <class T>
inline constinit handle_table<inner_pointer<T>, T, access::concurrent> inner_table{
    type_symbol<T>.data(), &kind_in_table<T, inner_pointer<T>>};

/// Returns: `use` of the object as what it is, the most derived of these classes.
template <class T, class... Derived, class Use>
const void* as_most_derived(T& object, type_list<Derived...>, const Use& use) {
#ifdef __cpp_rtti
    if constexpr (sizeof...(Derived) > 0 && std::is_polymorphic_v<T>) {
        if (typeid(object) == typeid(T)) { return use(object); }
        const void* handle = nullptr;
        const auto is_used = [&]<class D>(std::type_identity<D>) {
            auto* const derived = dynamic_cast<D*>(&object);
            if (derived != nullptr) { handle = use(*derived); }
            return derived != nullptr;
        };
        if ((is_used(std::type_identity<Derived>{}) || ...)) { return handle; }
    }
#endif
    return use(object);
}

/// Returns: The handle that an object has, which then has an owner, or NULL. `parent` is that of a
/// part, or NULL.
template <class T>
const void* known_handle(T& object, const void* parent) {
    if constexpr (!std::is_abstract_v<T>) {
        const void* const handle = class_table<T>.handle_of(object);
        if (handle != nullptr && take_over(handle)) { return handle; }
    }
    for (const void* const owner : {static_cast<const void*>(nullptr), parent}) {
        const void* const handle =
            object_registry::get().find({std::addressof(object), &python_class<T>, owner});
        if (handle != nullptr && take_over(handle)) { return handle; }
        if (parent == nullptr) { break; }
    }
    return nullptr;
}

/// Returns: The handle that `make()` has made for an object, or the one that another thread has
/// just made for it.
template <class Stored, class Make>
const void* register_object(const object_key& key, const Make& make) {
    const void* const stale = object_registry::get().find(key);
    const void* const handle = make();
    slot_head& head = *find_slot(handle);
    static_cast<slot<Stored>&>(head).object.set_handle(handle);
    if (kept_result.is_wanted) { static_cast<void>(take_over(handle)); }  // before others know it
    bool is_added = false;
    try {
        is_added = object_registry::get().add(key, handle, stale);
    } catch (...) {
        close_object(&head, handle, *head.kind, "self", true);
        throw;
    }
    if (is_added) { return handle; }
    close_object(&head, handle, *head.kind, "self", true);
    const void* const known = object_registry::get().find(key);
    if (known == nullptr || !take_over(known)) {
        fail(status::busy, {"another thread has just freed the result; try again"});
    }
    return known;
}

/// A handle as a function returns it.
template <class T>
T* as_handle(const void* handle) noexcept {
    return static_cast<T*>(const_cast<void*>(handle));
}

/// Returns: What is in a slot, or NULL if it is of another table.
template <class T>
owned_pointer<T>* owned_in(slot_head& head) noexcept {
    return head.kind->listed == &kind_in_table<T, owned_pointer<T>>
               ? std::addressof(static_cast<slot<owned_pointer<T>>&>(head).object)
               : nullptr;
}

/// Effects: An object that C++ owned belongs to its other half again, if it has one.
/// Returns: Its handle then, else NULL.
template <class T>
const void* take_back(T& object) {
    const void* const handle =
        object_registry::get().find({std::addressof(object), &python_class<T>, nullptr});
    if (handle == nullptr || !take_over(handle)) { return nullptr; }
    owned_pointer<T>* const pointer = owned_in<T>(*find_slot(handle));
    if (pointer == nullptr || !pointer->has_half()) { return nullptr; }
    pointer->take_back();
    return handle;
}

/// Returns: The handle of an object of its own, NULL of none.
template <class T, class Derived>
T* handle_of_unique(std::unique_ptr<T> object, Derived derived) {
    if (object == nullptr) { return nullptr; }
    return as_handle<T>(as_most_derived(*object, derived, [&]<class D>(D& most_derived) {
        if constexpr (std::is_polymorphic_v<D>) {
            const void* const known = take_back(most_derived);
            if (known != nullptr) {
                static_cast<void>(object.release());
                return known;
            }
        }
        return register_object<owned_pointer<D>>(
            {std::addressof(most_derived), &python_class<D>, nullptr}, [&]() -> const void* {
                static_cast<void>(object.release());
                return owned_table<D>.emplace(std::unique_ptr<D>{std::addressof(most_derived)});
            });
    }));
}

/// Keeps an object for a std::shared_ptr by a holder of its own.
struct holder_keeper {
    std::shared_ptr<void> holder;
    void operator()(void*) const noexcept {}
};

/// Returns: What a function returns that shares an object, as such a pointer.
template <class T, class Pointer>
std::shared_ptr<T> as_shared(Pointer&& pointer) {
    using plain = std::remove_cvref_t<Pointer>;
    if constexpr (is_holder<plain>) {
        T* const object = pointer.get();
        if (object == nullptr) { return nullptr; }
        return {object, holder_keeper{std::make_shared<plain>(std::forward<Pointer>(pointer))}};
    } else {
        return std::shared_ptr<T>{std::forward<Pointer>(pointer)};
    }
}

/// Returns: The handle of an object that is shared, NULL of none.
template <class T, class Derived>
T* handle_of_shared(const std::shared_ptr<T>& object, Derived derived) {
    if (object == nullptr) { return nullptr; }
    return as_handle<T>(as_most_derived(*object, derived, [&]<class D>(D& most_derived) {
        const void* const known = known_handle(most_derived, nullptr);
        if (known != nullptr) { return known; }
        return register_object<owned_pointer<
            D>>({std::addressof(most_derived), &python_class<D>, nullptr}, [&]() -> const void* {
            return owned_table<D>.emplace(std::shared_ptr<D>{object, std::addressof(most_derived)});
        });
    }));
}

/// Makes an object an ordinary one: it is used without the interpreter's lock from now on.
inline void revoke(slot_head& slot, const void* handle) noexcept {
    if (slot.state.is_reserved()) {
        slot.state.revoke(handle_bits::of(handle).generation, slot.kind->mode);
    }
}

/// Whether the handle is that of a part of something const.
inline bool is_const_part(const void* handle) noexcept {
    slot_head* const slot = find_slot(handle);
    if (slot == nullptr || slot->kind->listed->reference == nullptr) {
        return slot != nullptr && slot->kind->listed->is_const;
    }
    return slot->kind->listed->reference(*slot)->is_const.load(std::memory_order_relaxed);
}

/// Returns: The handle of an object that is known, or is a part of what has the handle `parent`,
/// which is in use.
template <class T, class Derived>
T* handle_of_part(T& object, bool is_const, const void* parent, Derived derived) {
    slot_head* parent_slot = find_slot(parent);
    if (parent_slot != nullptr && parent_slot->kind->listed->reference != nullptr) {
        const reference_head& part = *parent_slot->kind->listed->reference(*parent_slot);
        parent_slot = part.parent;
        parent = part.parent_handle;
    }
    return as_handle<T>(as_most_derived(object, derived, [&]<class D>(D& most_derived) {
        const void* const known = known_handle(most_derived, parent);
        if (known != nullptr) {
            slot_head* const slot = find_slot(known);
            if (!is_const && slot != nullptr && slot->kind->listed->reference != nullptr) {
                slot->kind->listed->reference(*slot)->is_const.store(false,
                                                                     std::memory_order_relaxed);
            }
            return known;
        }
        return register_object<inner_pointer<D>>(
            {std::addressof(most_derived), &python_class<D>, parent}, [&]() -> const void* {
                const entry kept = keep(parent);
                if (kept == entry::too_many_users) {
                    fail(status::busy, {"too many parts of self are in use; free some of them"});
                }
                if (kept != entry::granted) {
                    fail(status::busy, {"self was freed in the call that returns a part of it"});
                }
                const void* handle = nullptr;
                try {
                    handle = inner_table<D>.emplace(most_derived, *parent_slot, parent, is_const);
                } catch (...) {
                    let_go(parent);
                    throw;
                }
                revoke(*find_slot(handle), handle);  // another lock is its own
                return handle;
            });
    }));
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
