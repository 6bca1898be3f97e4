// SPDX-License-Identifier: MIT
// Pointers of an author's own that share an object, which counts its references itself for example:
//
//     template <class T>
//     inline constexpr bool clib::ffi::is_holder<intrusive_ptr<T>> = true;
//
// Such a pointer is made of a T*, and shares the object with all others; it has get(), and is empty
// at first. It crosses the border as a std::shared_ptr does. What it holds was made for it, so a
// class that is passed so has constructors that return one.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/object_pointer.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/object.hpp>
#include <clib/ffi/status.hpp>

#include <memory>
#include <optional>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// The class of the objects that a holder points to.
template <class Holder>
using held_class = std::remove_pointer_t<decltype(std::declval<const Holder&>().get())>;

/// An argument that is a holder.
template <class Holder>
struct holder_argument {
    /// An object in use, or none for NULL.
    template <class T, class Derived>
    class type {
    public:
        type(T* handle, const char* parameter) {
            if (handle == nullptr) { return; }
            object_.emplace(handle, parameter);
            slot_head& slot = *find_slot(handle);
            const auto shared = slot.kind->listed->shared;
            if (shared == nullptr || std::get_deleter<holder_keeper>(shared(slot)) == nullptr) {
                fail(status::busy,
                     {parameter,
                      " cannot be shared so: it was made without such a pointer; list "
                      "constructors that return one"});
            }
        }
        operator Holder() const {  // NOLINT(google-explicit-constructor)
            return object_ ? Holder(std::addressof(**object_)) : Holder();
        }

    private:
        std::optional<held_object<T, Derived>> object_;
    };
};

}  // namespace detail

template <class Catalogue, class Holder>
    requires(is_holder<Holder>&& detail::class_of_catalogue<Catalogue, detail::held_class<Holder>>)
struct cpp_parameter_match<Catalogue, Holder> {
    using held = detail::held_class<Holder>;
    using type = kinds::nullable_object<held, detail::derived_classes<Catalogue, held>,
                                        detail::holder_argument<Holder>::template type>;
};
template <class Catalogue, class Holder>
    requires(is_holder<Holder>&& detail::class_of_catalogue<Catalogue, detail::held_class<Holder>>)
struct cpp_result_match<Catalogue, Holder>
    : cpp_result_match<Catalogue, std::shared_ptr<detail::held_class<Holder>>> {};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
