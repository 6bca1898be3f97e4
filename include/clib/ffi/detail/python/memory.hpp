// Where native objects of CPython live. Making an object and freeing it is most of what a
// short-lived one costs, so the last of each class that was freed is kept for the next one that is
// made.
#pragma once

#include <clib/ffi/detail/describe/description.hpp>
#include <clib/ffi/detail/python/api.hpp>

#include <cstddef>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The class of a handle type.
template <class List, class Handle>
python_object* python_type() noexcept {
    return static_cast<python_object*>(python_class<List, Handle>.type);
}

/// For that class, and for those that are derived from it in Python.
template <class List, class Handle>
class python_memory {
public:
    /// tp_alloc. Returns: A new object that has no handle yet, or NULL with MemoryError raised.
    static python_object* allocate(python_object* type, std::ptrdiff_t size) noexcept {
        if (spare_ != nullptr && type == python_type<List, Handle>()) [[likely]] {
            return std::exchange(spare_, nullptr);
        }
        return python.allocate(type, size);
    }

    /// What ends tp_dealloc. Requires: The object has no handle and no weak references any more.
    static void free(python_object* self) noexcept {
        python_object* const type = self->type;
        if (type != python_type<List, Handle>()) {
            constexpr int tp_free = 74;  // Py_tp_free
            reinterpret_cast<void (*)(void*)>(python.type_slot(type, tp_free))(self);
        } else if (spare_ == nullptr) [[likely]] {
            // It is resurrected (python_api.hpp), and keeps its reference to the type.
            python.increment(self);
            spare_ = self;
            return;
        } else {
            python.object_free(self);  // the tp_free of a type that is no container and sets none
        }
        python.decrement(type);
    }

private:
    inline static constinit python_object* spare_ = nullptr;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
