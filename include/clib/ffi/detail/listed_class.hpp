// SPDX-License-Identifier: MIT
// The objects of a C++ class that a module lists: the table that has them, and how a C++ function
// gets one for its handle. The class knows nothing of this.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/kind.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A class that is defined. An author lists either such a class or a handle type, which is only
/// declared.
template <class T>
concept complete_class = std::is_class_v<T> && requires {
    sizeof(T);
};

/// A T of a table: the object in place, or a pointer to it.
template <class T, class Stored>
T* object_in(Stored& stored) noexcept {
    if constexpr (std::is_same_v<T, Stored>) {
        return std::addressof(stored);
    } else {
        return stored.get();
    }
}
template <class T, class Stored>
void* find_object(slot_head& head) noexcept {
    return object_in<T>(static_cast<slot<Stored>&>(head).object);
}
template <class Stored>
reference_head* find_reference(slot_head& head) noexcept {
    return &static_cast<slot<Stored>&>(head).object;
}

template <class Stored>
std::shared_ptr<void> find_shared(slot_head& head) {
    return static_cast<slot<Stored>&>(head).object.share();
}

template <class T, class Stored>
constexpr listed_kind make_listed_kind() noexcept {
    listed_kind kind{&find_object<T, Stored>, nullptr, nullptr, &python_class<T>};
    if constexpr (std::is_base_of_v<reference_head, Stored>) {
        kind.reference = &find_reference<Stored>;
    } else if constexpr (!std::is_same_v<T, Stored>) {
        kind.shared = &find_shared<Stored>;
    }
    return kind;
}
template <class T, class Stored>
inline constexpr listed_kind kind_in_table = make_listed_kind<T, Stored>();

/// The objects of a listed class, in place. A handle of it is a T* that is no address.
template <class T>
inline constinit handle_table<T, T, access_of<T>> class_table{type_symbol<T>.data(),
                                                              &kind_in_table<T, T>};

/// Stands for the tables of a class in what is said of a wrong handle.
template <class T>
inline constinit handle_kind class_name{type_symbol<T>.data(), type_symbol<T>.data(), access_of<T>,
                                        nullptr, nullptr};

[[gnu::noinline]] inline void leave_object(slot_head& slot) noexcept {
    const listed_kind& listed = *slot.kind->listed;
    if (listed.reference != nullptr) { listed.reference(slot)->parent->leave(); }
    slot.leave();
}

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_change(const char* parameter) {
    fail(status::type_error,
         {parameter,
          " cannot be changed: it is part of something that C++ calls const; pass a copy"});
}

/// Begins to use the object in a slot. Throws: error, as handle_table::at() does.
[[gnu::noinline]] inline void enter_object(slot_head& slot, const void* handle,
                                           const char* parameter, bool is_changed) {
    const entry outcome = slot.state.enter(handle_bits::of(handle).generation, slot.kind->mode);
    if (outcome != entry::granted) { refuse(outcome, handle, *slot.kind, parameter); }
    const listed_kind& listed = *slot.kind->listed;
    if (listed.is_const && is_changed) [[unlikely]] {
        slot.leave();
        refuse_change(parameter);
    }
    if (listed.reference == nullptr) { return; }
    const reference_head& part = *listed.reference(slot);
    slot_head& parent = *part.parent;
    const bool is_refused = is_changed && part.is_const.load(std::memory_order_relaxed);
    const entry of_parent =
        is_refused
            ? entry::stale
            : parent.state.enter(handle_bits::of(part.parent_handle).generation, parent.kind->mode);
    if (of_parent == entry::granted) { return; }
    const void* const parent_handle = part.parent_handle;
    const handle_kind& kind = *parent.kind;
    slot.leave();
    if (is_refused) { refuse_change(parameter); }
    refuse(of_parent, parent_handle, kind, parameter);
}

/// Returns: Where the handle leads, if to an object of this class; else NULL.
inline slot_head* find_object_slot(const void* handle) noexcept {
    slot_head* const slot = find_slot(handle);
    return slot != nullptr && slot->kind->listed != nullptr ? slot : nullptr;
}

template <class T>
bool is_of_class(const slot_head& slot) noexcept {
    return slot.kind->listed->python == &python_class<std::remove_const_t<T>>;
}

/// Returns: The object in a slot as a T, of which these classes are derived; NULL if it is none.
/// Requires: The object is in use.
template <class T, class... Derived>
T* object_as(slot_head& slot, type_list<Derived...>) noexcept {
    void* const object = slot.kind->listed->object(slot);
    T* found = nullptr;
    static_cast<void>(
        ((is_of_class<T>(slot) && (found = static_cast<T*>(object), true)) || ... ||
         (is_of_class<Derived>(slot) && (found = static_cast<Derived*>(object), true))));
    return found;
}
/// Whether the object is of one of these classes.
template <class... T>
bool is_of_any(const slot_head& slot, type_list<T...>) noexcept {
    return (is_of_class<T>(slot) || ...);
}

/// An object in use, from its handle. T may be const. The handle may be of a class of Derived.
template <class T, class Derived = type_list<>>
class held_object {
    using plain = std::remove_const_t<T>;

public:
    /// Throws: error(status::handle), error(status::busy).
    held_object(T* handle, const char* parameter) {
        if constexpr (!std::is_abstract_v<plain>) {
            slot<plain>* const quick = class_table<plain>.enter_quickly(const_cast<plain*>(handle));
            if (quick != nullptr) [[likely]] {
                slot_ = quick;
                object_ = std::addressof(quick->object);
                return;
            }
        }
        enter(handle, parameter);
    }
    ~held_object() {
        if (!slot_->state.leave_reserved(access_of<plain>)) [[unlikely]] { leave_object(*slot_); }
    }
    held_object(const held_object&) = delete;
    held_object& operator=(const held_object&) = delete;

    T& operator*() const noexcept { return *object_; }

private:
    [[gnu::noinline]] void enter(const void* handle, const char* parameter) {
        slot_ = hinted_slot(handle);
        if constexpr (!std::is_abstract_v<plain>) {
            if (slot_ != nullptr) {
                slot<plain>* const quick = class_table<plain>.enter_quickly(*slot_);
                if (quick != nullptr) {
                    object_ = std::addressof(quick->object);
                    return;
                }
            }
        }
        if (slot_ == nullptr || slot_->kind->listed == nullptr) {
            slot_ = find_object_slot(handle);
        }
        if (slot_ == nullptr || (!is_of_class<T>(*slot_) && !is_of_any(*slot_, Derived{}))) {
            refuse(entry::stale, handle, class_name<plain>, parameter);
        }
        enter_object(*slot_, handle, parameter, !std::is_const_v<T>);
        object_ = object_as<T>(*slot_, Derived{});
    }

    slot_head* slot_;
    T* object_;
};

template <class T>
inline constexpr bool is_held_object = false;
template <class T, class Derived>
inline constexpr bool is_held_object<held_object<T, Derived>> = true;

/// Converts to what a function returns, so that the object is made in its place and never moved.
template <class Function>
class made_in_place {
public:
    explicit made_in_place(const Function& function) noexcept : function_{function} {}
    operator decltype(
        std::declval<const Function&>()())() const {  // NOLINT(google-explicit-constructor)
        return function_();
    }

private:
    const Function& function_;
};

/// Does not compile for a class that is not made of arguments of these types. Returns: Whether it
/// is.
template <class T, class... A>
constexpr bool require_constructible() {
    if constexpr (!complete_class<T>) {
        static_assert(complete_class<T>,
                      "a handle type, which is only declared, is made by an extern \"C\" function: "
                      "write .constructor<&f>()");
        return false;
    } else if constexpr (std::is_abstract_v<T>) {
        static_assert(!std::is_abstract_v<T>,
                      "an abstract class has no constructor: leave it out, or have Python override "
                      "its functions with .overridable<>()");
        return false;
    } else {
        constexpr bool is_constructible = std::is_constructible_v<T, A...> || requires {
            T{std::declval<A>()...};
        };
        static_assert(is_constructible,
                      "the class has no constructor for arguments of these types");
        return is_constructible;
    }
}

/// The constructor of a class for arguments of these types.
template <class T, class... A>
T construct(A... arguments) {
    if constexpr (std::is_constructible_v<T, A...>) {
        return T(std::forward<A>(arguments)...);
    } else {
        return T{std::forward<A>(arguments)...};
    }
}

template <class T>
T copy_of(const T& object) {
    static_assert(std::is_copy_constructible_v<T>, "the class has no copy constructor");
    return T(object);
}

/// Sets a data member of a T, or of a base of T.
template <auto Member, class T>
void assign(T& object, std::remove_reference_t<decltype(std::declval<T&>().*Member)> value) {
    object.*Member = std::move(value);
}

/// A constant as a function: of a lambda, what it returns.
template <auto Constant>
constexpr auto constant_value() {
    if constexpr (std::is_invocable_v<decltype(Constant)>) {
        return Constant();
    } else {
        return Constant;
    }
}

/// The destructor of a class, as C calls it, also for objects of the classes that are derived from
/// it.
template <class T, class Derived = type_list<>>
std::int64_t destroy(T* handle) noexcept {
    return call(
        [handle] {
            if constexpr (!std::is_abstract_v<T>) {
                if (class_table<T>.erase_quickly(handle)) [[likely]] { return; }
            }
            if (handle == nullptr) { return; }
            slot_head* const slot = find_object_slot(handle);
            const bool is_known =
                slot != nullptr && (is_of_class<T>(*slot) || is_of_any(*slot, Derived{}));
            close_object(is_known ? slot : nullptr, handle, class_name<T>, "self", false);
        },
        "close");
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
