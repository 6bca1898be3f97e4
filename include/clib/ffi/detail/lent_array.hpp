// SPDX-License-Identifier: MIT
// An array inside an object, which is lent as long as somebody looks at it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array.hpp>
#include <clib/ffi/array_view.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/status.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// What a property returns whose value is an array inside its object.
template <class T, int N, class Layout>
struct lent_array {
    array_view<T, N, Layout> view;
};

template <class T, int N, class Layout>
lent_array<T, N, Layout> as_lent(const array_view<T, N, Layout>& view) {
    return {view};
}
template <class T, std::size_t Size>
lent_array<T, 1, contiguous> as_lent(std::span<T, Size> elements) {
    return {{elements.data(), {elements.size()}}};
}
template <class Row>
    requires requires(Row& row) {
        row.data();
        row.size();
        row.begin();
    }
auto as_lent(Row& row) -> lent_array<std::remove_pointer_t<decltype(row.data())>, 1, contiguous> {
    return {{row.data(), {row.size()}}};
}

/// How a type shows its elements that is none of these: of(object) returns a lent_array.
template <class T>
struct lent_elements {};

template <class Shown>
concept shows_elements = requires(Shown& shown) {
    lent_elements<std::remove_const_t<Shown>>::of(shown);
};
template <class Shown>
    requires(!shows_elements<std::remove_reference_t<Shown>>)
auto lend_elements(Shown&& shown) -> decltype(as_lent(std::forward<Shown>(shown))) {
    return as_lent(std::forward<Shown>(shown));
}
template <class Shown>
    requires(shows_elements<Shown>)
auto lend_elements(Shown& shown) { return lent_elements<std::remove_const_t<Shown>>::of(shown); }

/// Whether View shows an object without changing it: as elements that are const, or all the same.
template <class Object, auto View>
concept lends = requires(Object& object) {
    lend_elements(std::invoke(View, object));
};

/// The property of an array inside an object. One that only shows what it has is const.
template <class Handle, auto View>
    requires(lends<Handle, View> && !lends<const Handle, View>)
auto lent_view(Handle& object) { return lend_elements(std::invoke(View, object)); }
template <class Handle, auto View>
    requires(lends<const Handle, View>)
auto lent_view(std::conditional_t<std::is_member_object_pointer_v<decltype(View)>, Handle,
                                  const Handle>& object) {
    return lend_elements(std::invoke(View, object));
}
template <class Handle, auto View>
    requires(!lends<Handle, View> && !lends<const Handle, View>)
void lent_view(Handle&) {
    static_assert(lends<Handle, View>,
                  "array<>() lists what returns an array_view, a std::span, or a reference to a "
                  "container whose elements lie in a row");
}

/// Gives a loan back.
class returned_loan {
public:
    explicit returned_loan(const void* handle) noexcept : handle_{handle} {}
    returned_loan(returned_loan&& other) noexcept
        : handle_{std::exchange(other.handle_, nullptr)} {}
    returned_loan& operator=(returned_loan&&) = delete;
    ~returned_loan() {
        if (handle_ != nullptr) { give_back(handle_); }
    }

private:
    const void* handle_;
};

/// Returns: An array of a view, which gives the object with this handle back when it is released.
/// Its owner is the handle. Throws: error(busy); std::bad_alloc.
template <class T, int N, class Layout>
clib_array* lend_array(const array_view<T, N, Layout>& view, const void* handle) {
    if (lend(handle) != entry::granted) { fail(status::busy, {too_many_loans}); }
    clib_array* const lent = array<T, N>{view, returned_loan{handle}}.release();
    lent->owner = const_cast<void*>(handle);
    return lent;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
