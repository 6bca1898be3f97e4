// SPDX-License-Identifier: MIT
// object: something of the caller's that C++ keeps and gives back, and looks at in no way.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/handle/native_interpreter.hpp>
#include <clib/ffi/python.hpp>

#include <cstdint>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

class object;

namespace detail {

/// Returns: The object of the native interpreter that it refers to, or NULL.
python_object* native_object_of(const object& passed) noexcept;

/// Effects: A reference more to a native object, or one less, with the interpreter's lock held. An
/// object of an interpreter that has ended is gone. `life` is that of the interpreter's.
inline void change_references(void* object, bool is_more, std::uint64_t life) noexcept {
    const native_interpreter_lock lock;
    if (life != python.life || has_interpreter_ended.load(std::memory_order_acquire)) { return; }
    if (is_more) {
        python.Py_IncRef(static_cast<python_object*>(object));
    } else {
        python.Py_DecRef(static_cast<python_object*>(object));
    }
}

/// For native objects.
inline constexpr clib_object_functions native_object_functions{
    [](void* object) noexcept { change_references(object, true, python.life); },
    [](void* object) noexcept { change_references(object, false, python.life); }};

}  // namespace detail

/// Any object of the language that calls; in Python, any object at all. None is empty.
///
/// Thread safety: as of a std::shared_ptr. Any thread may copy and destroy one: it takes the
/// interpreter's lock for that, so a function that waits for such a thread is listed with
/// may_block(). What Python does when its last reference to an object goes is done then.
class object {
public:
    /// Empty.
    object() noexcept = default;
    /// Refers to what a C function was passed.
    explicit object(const clib_object& passed) noexcept : object{passed, python.life} { retain(); }
    object(const object& other) noexcept : object{other.value_, other.life_} { retain(); }
    object(object&& other) noexcept
        : object{std::exchange(other.value_, clib_object{}), other.life_} {}
    object& operator=(object other) noexcept {
        std::swap(value_, other.value_);
        std::swap(life_, other.life_);
        return *this;
    }
    ~object() { change(false); }

    /// Whether there is one.
    explicit operator bool() const noexcept { return value_.functions != nullptr; }

    /// Whether these are the same object; not whether Python finds them equal.
    friend bool operator==(const object& left, const object& right) noexcept {
        return left.value_.object == right.value_.object &&
               left.value_.functions == right.value_.functions;
    }

    /// Returns: What a C function returns of it. Effects: It is empty from now on.
    clib_object release() noexcept { return std::exchange(value_, clib_object{}); }

private:
    friend python_object* detail::native_object_of(const object& passed) noexcept;

    object(const clib_object& value, std::uint64_t life) noexcept : value_{value}, life_{life} {}

    void retain() const noexcept { change(true); }
    void change(bool is_more) const noexcept {
        if (value_.functions == nullptr) { return; }
        if (value_.functions == &detail::native_object_functions) {
            detail::change_references(value_.object, is_more, life_);
            return;
        }
        const detail::kept_call call;
        if (!detail::has_ended(value_.functions->release)) {
            (is_more ? value_.functions->retain : value_.functions->release)(value_.object);
        }
    }

    clib_object value_{};
    std::uint64_t life_ = 0;
};

namespace detail {

inline python_object* native_object_of(const object& passed) noexcept {
    const bool is_native =
        passed.value_.functions == &native_object_functions && passed.life_ == python.life;
    return is_native ? static_cast<python_object*>(passed.value_.object) : nullptr;
}

}  // namespace detail

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
