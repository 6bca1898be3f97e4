// SPDX-License-Identifier: MIT
// An object of C++ that a function of the caller's gets by reference or by pointer: its own, while
// it is called. If the caller has the object, it gets it; else a new one, which is closed after the
// call.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/element.hpp>
#include <clib/ffi/detail/handle/refusal.hpp>
#include <clib/ffi/detail/object_pointer.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/object.hpp>
#include <clib/ffi/status.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for a reference or pointer to a listed class, of which Derived are derived.
template <class T, class Derived>
struct lent_object;
}  // namespace kinds

template <class T, class Derived>
struct kind<kinds::lent_object<T, Derived>> : basic_kind<CLIB_KIND_HANDLE, T*> {
    static constexpr std::uint32_t flags =
        detail::const_flag<T> | CLIB_VALUE_BORROWED | CLIB_VALUE_NULLABLE;
    using class_type = std::remove_const_t<T>;
    static constexpr bool is_result = true;
};

namespace detail {

/// A lent object, for its table.
template <class T>
class lent_pointer {
public:
    explicit lent_pointer(T* object) noexcept : object_{object} {}
    T* get() const noexcept { return object_; }
    static std::shared_ptr<void> share() noexcept { return nullptr; }

private:
    T* object_;
};
template <class T, bool IsConst>
inline constexpr listed_kind lent_kind = [] {
    listed_kind kind = make_listed_kind<T, lent_pointer<T>>();
    kind.is_lent = true;
    kind.is_const = IsConst;
    return kind;
}();
// As with objects of C++ that are no handle's, no lock of clib's is theirs.
template <class T, bool IsConst>
inline constinit handle_table<lent_pointer<T>, T, access::concurrent> lent_table{
    type_symbol<T>.data(), &lent_kind<T, IsConst>};

/// Returns: The handle that the caller has for an object, or a new one.
template <bool IsConst, class T, class Derived>
const void* lend_object(T& object, Derived derived) {
    return as_most_derived(object, derived, []<class D>(D& most_derived) -> const void* {
        const void* const known = known_handle(most_derived, nullptr);
        if (known != nullptr) { return known; }
        const void* const handle = lent_table<D, IsConst>.emplace(std::addressof(most_derived));
        revoke(*find_slot(handle), handle);
        return handle;
    });
}
/// Returns: Where a handle leads that was made for one call, else NULL.
inline slot_head* find_lent(const void* handle) noexcept {
    slot_head* const slot = handle != nullptr ? find_slot(handle) : nullptr;
    return slot != nullptr && slot->kind->listed->is_lent ? slot : nullptr;
}
/// Effects: Closes such a handle.
inline void end_lending(const void* handle) noexcept {
    slot_head* const slot = find_lent(handle);
    if (slot == nullptr) { return; }
    try {
        close_object(slot, handle, *slot->kind, "self", true);
    } catch (...) { return; }  // the caller has closed it
}

/// While a callable has an object that the call under way uses, it may use that, too.
class use_permission {
public:
    use_permission() noexcept = default;
    ~use_permission() {
        if (use_ != 0) { slot_->state.end_permission(use_); }
    }
    use_permission(const use_permission&) = delete;
    use_permission& operator=(const use_permission&) = delete;

    void begin(const void* handle) noexcept {
        slot_ = handle != nullptr ? find_slot(handle) : nullptr;
        if (slot_ != nullptr) { use_ = slot_->state.permit_callbacks(slot_->kind->mode); }
    }

private:
    slot_head* slot_ = nullptr;
    std::uint64_t use_ = 0;
};

template <class T, class Derived, class Value>
struct element<kinds::lent_object<T, Derived>, Value> {
    using plain = std::remove_const_t<T>;
    static constexpr bool is_result_native = true;

    static void write(item_block& block, std::size_t place, const plain& object) {
        const void* const handle = lend(object);
        block.set_handle(place, const_cast<void*>(handle));
        if (find_lent(handle) != nullptr) { block.set_alternative(place, 1); }
    }
    static void write(item_block& block, std::size_t place, const plain* object) {
        if (object == nullptr) {
            block.set_nothing(place);
        } else {
            write(block, place, *object);
        }
    }
    static void release(const clib_item& item) noexcept { end_lending(item.value.handle); }

    /// An object during a native call.
    class lending {
    public:
        lending() noexcept = default;
        lending(const lending&) = delete;
        lending& operator=(const lending&) = delete;
        ~lending() {
            if (find_lent(handle_) == nullptr) { return; }
            python_object* const object = existing_object(handle_);
            if (object != nullptr) { take_handle(object); }
            end_lending(handle_);
        }
        python_object* to_python(const plain& object) {
            handle_ = lend(object);
            permission_.begin(handle_);
            return derived_object_of(handle_);
        }
        python_object* to_python(const plain* object) {
            return object == nullptr ? new_reference(python.none) : to_python(*object);
        }

    private:
        const void* handle_ = nullptr;
        use_permission permission_;
    };

private:
    static const void* lend(const plain& object) {
        return lend_object<std::is_const_v<T>>(const_cast<plain&>(object), Derived{});
    }
};

/// The class that a reference or pointer leads to.
template <class A>
using lent_class = std::remove_pointer_t<std::remove_reference_t<A>>;
template <class Catalogue, class A>
concept lends_object =
    (std::is_lvalue_reference_v<A> ||
     std::is_pointer_v<A>)&&Catalogue::template is_class<std::remove_const_t<lent_class<A>>>;

}  // namespace detail

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
