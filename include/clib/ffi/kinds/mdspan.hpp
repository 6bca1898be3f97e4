// SPDX-License-Identifier: MIT
// std::mdspan of C++23: the caller's array itself, for the call. Who passes some includes this
// header.
#pragma once

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/array.hpp>
#include <clib/ffi/status.hpp>

#include <version>

#ifndef __cpp_lib_mdspan
#error "this standard library has no std::mdspan: compile as C++23, with libc++ 18 or a newer one"
#else

#include <array>
#include <cstddef>
#include <cstdint>
#include <mdspan>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for a std::mdspan. View is the kind of an array_view of its elements.
template <class Span, class View>
struct mdspan;
}  // namespace kinds

namespace detail {

template <class Span>
inline constexpr bool is_layout_right =
    std::is_same_v<typename Span::layout_type, std::layout_right>;
template <class Span>
inline constexpr bool is_layout_left = std::is_same_v<typename Span::layout_type, std::layout_left>;

/// What Python passes for one.
template <class Span>
using view_for_mdspan = array_view<typename Span::element_type, static_cast<int>(Span::rank()),
                                   std::conditional_t<is_layout_right<Span>, contiguous, strided>>;

/// Throws: error(invalid), if the span cannot be one of the view.
template <class Span>
Span as_mdspan(const view_for_mdspan<Span>& view, const char* parameter) {
    using extents = typename Span::extents_type;
    using index = typename Span::index_type;
    std::array<index, Span::rank()> lengths{};
    std::array<index, Span::rank()> strides{};
    std::int64_t expected = 1;  // of layout_left
    for (std::size_t i = 0; i < Span::rank(); ++i) {
        const std::size_t length = view.shape(i);
        const std::size_t fixed = extents::static_extent(i);
        if (fixed != std::dynamic_extent && fixed != length) {
            fail(status::invalid, {parameter, " has a length of ", length, " in dimension ", i,
                                   "; pass an array that has ", fixed, " there"});
        }
        if (!std::in_range<index>(length)) {
            fail(status::invalid, {parameter, " is longer than the indices of the function reach"});
        }
        const bool is_used = length > 1 && !view.empty();
        const std::int64_t stride = is_used ? view.stride(i) : expected;
        if (is_layout_left<Span> && stride != expected) {
            fail(status::invalid, {parameter,
                                   " does not lie in one piece in Fortran order; pass "
                                   "numpy.asfortranarray() of it"});
        }
        if (stride <= 0) {
            fail(status::invalid, {parameter,
                                   " has a stride that is not above 0, and std::mdspan has none "
                                   "such; pass a copy of it"});
        }
        lengths[i] = static_cast<index>(length);
        strides[i] = static_cast<index>(stride);
        if (length > 0) { expected *= static_cast<std::int64_t>(length); }
    }
    if constexpr (std::is_same_v<typename Span::layout_type, std::layout_stride>) {
        return Span{view.data(), typename Span::mapping_type{extents{lengths}, strides}};
    } else {
        return Span{view.data(), extents{lengths}};
    }
}

}  // namespace detail

template <class Span, class View>
struct kind<kinds::mdspan<Span, View>> : kind<View> {
    static Span from_c(const clib_array* array, const char* parameter) {
        return detail::as_mdspan<Span>(kind<View>::from_c(non_null(array, parameter), parameter),
                                       parameter);
    }
    static constexpr bool accepts(const default_value&) { return false; }
};

template <class Catalogue, class T, class Extents, class Layout>
struct cpp_parameter_match<Catalogue, std::mdspan<T, Extents, Layout>> {
    using span = std::mdspan<T, Extents, Layout>;
    static_assert(Extents::rank() > 0 && Extents::rank() <= detail::max_rank,
                  "a std::mdspan that Python passes has from 1 to 16 dimensions");
    static_assert(detail::is_layout_right<span> || detail::is_layout_left<span> ||
                      std::is_same_v<Layout, std::layout_stride>,
                  "a std::mdspan that Python passes is of layout_right, layout_left or "
                  "layout_stride");
    using type =
        kinds::mdspan<span,
                      typename cpp_parameter_match<Catalogue, detail::view_for_mdspan<span>>::type>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop

#endif
