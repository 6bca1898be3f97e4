// SPDX-License-Identifier: MIT
// Which object has which handle: for objects that C++ made, or that are parts of others. Objects in
// place are found by their address alone (slot_pool.hpp). So what C++ returns twice is the same
// object for its caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>

#if __has_include(<pthread.h>)
#include <pthread.h>
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// An object of a class. A part of another object also has that one's handle; it is another object
/// of its callers' than one at the same address before.
struct object_key {
    const void* object;
    const void* of_class;  ///< The address of its python_class.
    const void* parent;    ///< The handle, or NULL.

    friend bool operator==(const object_key& left, const object_key& right) noexcept {
        return left.object == right.object && left.of_class == right.of_class &&
               left.parent == right.parent;
    }
};

struct object_key_hash {
    std::size_t operator()(const object_key& key) const noexcept {
        const auto bits = [](const void* address) {
            return reinterpret_cast<std::size_t>(address);
        };
        return std::hash<std::size_t>{}((bits(key.object) >> 3) ^ bits(key.of_class) ^
                                        bits(key.parent) * 31);
    }
};

/// Thread safety: everything may be called from any thread at any time.
class object_registry {
public:
    /// The one of this library. It is never destroyed, for objects may outlive the program's end.
    static object_registry& get() {
        static object_registry* const all = [] {
            auto* const made = new object_registry;
#if __has_include(<pthread.h>)
            pthread_atfork([] { get().mutex_.lock(); }, [] { get().mutex_.unlock(); },
                           [] { get().mutex_.unlock(); });
#endif
            return made;
        }();
        return *all;
    }

    /// Returns: The handle, or NULL. It may be stale.
    const void* find(const object_key& key) {
        const std::lock_guard lock{mutex_};
        const auto found = handles_.find(key);
        return found != handles_.end() ? found->second : nullptr;
    }
    /// Effects: The object has the handle from now on, unless it has another one than `stale`.
    /// Returns: Whether it did.
    bool add(const object_key& key, const void* handle, const void* stale) {
        const std::lock_guard lock{mutex_};
        const void*& known = handles_[key];
        if (known != nullptr && known != stale) { return false; }
        known = handle;
        return true;
    }
    /// Effects: The object does not have this handle any more.
    void remove(const object_key& key, const void* handle) noexcept {
        const std::lock_guard lock{mutex_};
        const auto found = handles_.find(key);
        if (found != handles_.end() && found->second == handle) { handles_.erase(found); }
    }

private:
    std::mutex mutex_;
    std::unordered_map<object_key, const void*, object_key_hash> handles_;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
