// SPDX-License-Identifier: MIT
// The native CPython object of a handle: where it has the handle, and where its memory comes from.
// Making an object and freeing it is most of what a short-lived one costs, so the last object of
// each class that was freed is kept for the next one.
//
//     [ object.__basicsize__ bytes of Python's | handle | weak references | slot hint | ... ]
//                                              ^ python.head_offset
//
// Everything here runs with the interpreter's lock held.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/slot.hpp>
#include <clib/ffi/python.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The Python class of a handle type. The binding fills it in.
template <class Handle>
inline constinit clib_python_type python_class{};

template <class Handle>
python_object* python_type() noexcept {
    return static_cast<python_object*>(python_class<Handle>.type);
}

inline python_head& head_of(python_object* object) noexcept {
    return *reinterpret_cast<python_head*>(reinterpret_cast<char*>(object) + python.head_offset);
}

template <class Handle>
Handle* handle_of(python_object* object) noexcept {
    return reinterpret_cast<Handle*>(head_of(object).handle);
}

/// Returns: The slot of a handle that a native call has just returned, or NULL.
inline slot_head* slot_of(const void* handle) noexcept {
    slot_head* const hint = slot_hint.load(std::memory_order_relaxed);
    return hint != nullptr && hint->is_at(handle) ? hint : find_slot(handle);
}

/// Effects: Gives an object that has no handle the one that a call has just returned.
inline void set_handle(python_object* object, const void* handle) noexcept {
    slot_head* const slot = slot_of(handle);
    head_of(object).handle = reinterpret_cast<std::uint64_t>(handle);
    head_of(object).slot = slot;
    if (slot != nullptr) [[likely]] { slot->set_binding_object(object); }
}

/// Effects: Gives an object a handle, unless it has one. Returns: Whether it did.
inline bool put_handle(python_object* object, const void* handle) noexcept {
    if (head_of(object).handle != 0) { return false; }
    set_handle(object, handle);
    return true;
}

/// Returns: The object that Python has for a handle already, or NULL. A borrowed reference.
inline python_object* existing_object(const void* handle) noexcept {
    slot_head* const slot = slot_of(handle);
    return slot != nullptr ? static_cast<python_object*>(slot->binding_object()) : nullptr;
}

/// Effects: Takes the handle away from an object. Returns: The handle, or NULL if it had none.
inline const void* take_handle(python_object* object) noexcept {
    python_head& head = head_of(object);
    const auto* const handle =
        reinterpret_cast<const void*>(std::exchange(head.handle, std::uint64_t{0}));
    // The handle may live on, if its object is lent; it is then no object's any more.
    if (handle != nullptr && head.slot != nullptr && head.slot->is_at(handle)) [[likely]] {
        head.slot->set_binding_object(nullptr);
    }
    return handle;
}

/// Effects: The object has this handle no more, whose object is gone.
inline void forget_handle(python_object* object, const void* handle) noexcept {
    python_head& head = head_of(object);
    if (head.handle == reinterpret_cast<std::uint64_t>(handle)) { head.handle = 0; }
}

/// Stands in an object for its slot while a thread frees what is behind its handle.
inline constinit slot_head slot_that_closes{};

/// An attempt to free what an object has. The object has its handle until that is done, so nobody
/// sees a closed one before; but C++ finds it no more.
class closing_object {
public:
    /// Requires: The object has a handle, and nobody else is closing it.
    closing_object(python_object* object, const void* handle) noexcept
        : object_{object}, slot_{std::exchange(head_of(object).slot, &slot_that_closes)} {
        is_known_ = slot_ != nullptr && slot_->is_at(handle);
        if (is_known_) { slot_->set_binding_object(nullptr); }
    }
    /// Effects: The object has no handle from now on. That it has a slot tells that it has had one.
    void finish() noexcept { head_of(object_).handle = 0; }
    /// Effects: The object is as before.
    void give_up() noexcept {
        head_of(object_).slot = slot_;
        if (is_known_) { slot_->set_binding_object(object_); }
    }
    closing_object(const closing_object&) = delete;
    closing_object& operator=(const closing_object&) = delete;

private:
    python_object* object_;
    slot_head* slot_;
    bool is_known_;
};

/// Whether an object is closed, or another thread is just closing it.
inline bool is_closed(python_object* object) noexcept {
    return head_of(object).handle == 0 || head_of(object).slot == &slot_that_closes;
}

inline void clear_weak_references(python_object* self) noexcept {
    if (head_of(self).weak_references != nullptr) { python.PyObject_ClearWeakRefs(self); }
}

/// Returns: A new object of a class, or of one that is derived from it in Python, without a handle;
/// or NULL with MemoryError raised.
inline python_object* allocate_object(clib_python_type& known, python_object* type,
                                      std::ptrdiff_t size) noexcept {
    if (known.spare != nullptr && type == known.type) [[likely]] {
        return static_cast<python_object*>(std::exchange(known.spare, nullptr));
    }
    return python.PyType_GenericAlloc(type, size);
}

/// Frees an object's memory. The last one of a class is kept for the next.
inline void free_object(clib_python_type& known, python_object* self) noexcept {
    python_object* const type = self->type;
    if (type != known.type) {
        constexpr int tp_free = 74;  // Py_tp_free
        reinterpret_cast<void (*)(void*)>(python.PyType_GetSlot(type, tp_free))(self);
    } else if (known.spare == nullptr) [[likely]] {
        // It is resurrected (python.hpp), and keeps its reference to the type.
        python.Py_IncRef(self);
        known.spare = self;
        return;
    } else {
        python.PyObject_Free(self);  // the tp_free of a type that is no container and sets none
    }
    python.Py_DecRef(type);
}

/// Returns: The object for a handle that a call has returned, of the class that its table is of:
/// the one that Python has already, or a new one. NULL with an exception raised.
inline python_object* derived_object_of(const void* handle) noexcept {
    if (python_object* const object = existing_object(handle); object != nullptr) {
        return new_reference(object);
    }
    clib_python_type& known = *slot_of(handle)->kind->listed->python;
    python_object* const object =
        allocate_object(known, static_cast<python_object*>(known.type), 0);
    if (object != nullptr) { set_handle(object, handle); }
    return object;
}

/// For the class of a handle type, and for those that are derived from it in Python.
template <class Handle>
class python_memory {
public:
    /// tp_alloc. Returns: A new object without a handle, or NULL with MemoryError raised.
    static python_object* allocate(python_object* type, std::ptrdiff_t size) noexcept {
        return allocate_object(python_class<Handle>, type, size);
    }

    /// What ends tp_dealloc. Requires: The object has no handle and no weak references.
    static void free(python_object* self) noexcept { free_object(python_class<Handle>, self); }

    /// Returns: The object for a handle that a call has returned: the one that Python has already,
    /// or a new one. NULL with an exception raised.
    static python_object* object_of(Handle* handle) noexcept {
        if (python_object* const object = existing_object(handle); object != nullptr) {
            return new_reference(object);
        }
        python_object* const object =
            allocate(static_cast<python_object*>(python_class<Handle>.made), 0);
        if (object != nullptr) { set_handle(object, handle); }
        return object;
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
