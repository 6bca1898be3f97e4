// SPDX-License-Identifier: MIT
// Objects of listed classes that a C++ function shares or takes over, from their handles.
#pragma once

#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/handle/refusal.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/object_pointer.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/status.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// An object in use, or none for NULL, as a pointer to it.
template <class T, class Derived>
class pointer_argument {
public:
    pointer_argument(T* handle, const char* parameter) {
        if (handle != nullptr) { object_.emplace(handle, parameter); }
    }
    operator T*() const noexcept {  // NOLINT(google-explicit-constructor)
        return object_ ? std::addressof(**object_) : nullptr;
    }

private:
    std::optional<held_object<T, Derived>> object_;
};

/// Returns: What shares the object with its handle, and keeps it.
/// Throws: error(status::busy) if too many do; std::bad_alloc.
template <class T>
std::shared_ptr<T> share(T& object, const void* handle, const char* parameter) {
    if constexpr (requires { object.weak_from_this().lock(); }) {
        const auto sharing = object.weak_from_this().lock();
        if (sharing != nullptr) { return {sharing, std::addressof(object)}; }
    }
    slot_head& slot = *find_slot(handle);
    if (slot.kind->listed->is_lent) {
        fail(status::busy, {parameter, " cannot be shared: it is lent to this call alone"});
    }
    if (slot.kind->listed->shared != nullptr) {
        const std::shared_ptr<void> sharing = slot.kind->listed->shared(slot);
        if (sharing != nullptr) { return {sharing, std::addressof(object)}; }
    }
    // Any thread may be the last that has it, with or without the interpreter's lock.
    revoke(slot, handle);
    if (keep(handle) != entry::granted) {
        fail(status::busy, {parameter, " is shared by too many; free some of them"});
    }
    return {std::addressof(object), [handle](T*) { let_go(handle); }};
}

/// An object in use, or none for NULL, as a pointer that shares it.
template <class T, class Derived>
class shared_argument {
public:
    shared_argument(T* handle, const char* parameter) {
        if (handle == nullptr) { return; }
        object_.emplace(handle, parameter);
        shared_ = share(**object_, handle, parameter);
    }
    operator std::shared_ptr<T>() const noexcept {  // NOLINT(google-explicit-constructor)
        return shared_;
    }

private:
    std::optional<held_object<T, Derived>> object_;
    std::shared_ptr<T> shared_;
};

/// Takes an object away from its handle, which is freed.
/// Returns: The object, or NULL if the handle is not of class C.
template <class C>
std::unique_ptr<C> take_object(C* handle, const char* parameter) {
    slot_head* const head = find_object_slot(handle);
    if (head == nullptr || !is_of_class<C>(*head)) { return nullptr; }
    const held_object<C> object{handle, parameter};
    std::unique_ptr<C> taken;
    if (head->state.is_lent()) {
        fail(status::busy, {parameter,
                            " cannot be given away: C++ shares it, or a part of it or a view of it "
                            "is in use"});
    }
    if (owned_pointer<C>* const pointer = owned_in<C>(*head); pointer != nullptr) {
        if (pointer->shared() != nullptr) {
            fail(status::busy, {parameter, " cannot be given away: C++ shares it"});
        }
        const bool has_half = pointer->has_half();
        taken = pointer->release();
        if (has_half) { return taken; }
    } else if (head->kind->listed->is_lent) {
        fail(status::busy, {parameter, " cannot be given away: it is lent to this call alone"});
    } else if (head->kind->listed->reference != nullptr) {
        fail(status::busy, {parameter, " cannot be given away: it is part of another object"});
    } else if constexpr (std::is_move_constructible_v<C>) {
        taken = std::make_unique<C>(std::move(*object));
    } else {
        fail(status::invalid, {parameter,
                               " cannot be given away where it was made, and cannot be moved; list "
                               "a constructor that returns a std::unique_ptr"});
    }
    close_object(head, handle, *head->kind, parameter, true);
    return taken;
}

/// An object that the function owns from then on, or none for NULL.
template <class T, class Derived>
class given_argument {
public:
    given_argument(T* handle, const char* parameter) : handle_{handle}, parameter_{parameter} {
        if (handle != nullptr) { const held_object<T, Derived> live{handle, parameter}; }
    }
    operator std::unique_ptr<T>() const {  // NOLINT(google-explicit-constructor)
        return handle_ == nullptr ? nullptr : take(Derived{});
    }

private:
    template <class... D>
    std::unique_ptr<T> take(type_list<D...>) const {
        std::unique_ptr<T> taken = take_object<T>(handle_, parameter_);
        static_cast<void>(
            (... || (taken != nullptr ||
                     (taken = take_object<D>(as_handle<D>(handle_), parameter_)) != nullptr)));
        return taken;
    }

    T* handle_;
    const char* parameter_;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
