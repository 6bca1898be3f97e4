// SPDX-License-Identifier: MIT
// array_view: numbers of somebody else's in one dimension or more, in place.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/status.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// How the elements of an array lie: in a row, those of the last dimension side by side (C order);
/// or with any distances, also negative ones.
struct contiguous;
struct strided;

/// The rank of an array that has any number of dimensions.
inline constexpr int any_rank = 0;

namespace detail {

/// The largest rank where it is any.
inline constexpr std::size_t max_rank = 16;

/// What an element is: its clib_array_code. Characters are text to some and numbers to others.
template <class T>
inline constexpr int element_code = -1;
template <std::integral T>
inline constexpr int element_code<T> =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
            std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>
        ? -1
    : std::is_signed_v<T> ? CLIB_ARRAY_INTEGER
                          : CLIB_ARRAY_NATURAL;
template <>
inline constexpr int element_code<bool> = CLIB_ARRAY_BOOL;
template <>
inline constexpr int element_code<float> = CLIB_ARRAY_REAL;
template <>
inline constexpr int element_code<double> = CLIB_ARRAY_REAL;

/// A plain structure; whether it is listed turns out later.
template <class T>
concept structure_element = std::is_class_v<T> && std::is_aggregate_v<T> &&
                            std::is_standard_layout_v<T> && std::is_trivially_copyable_v<T> &&
                            sizeof(T) <= UINT16_MAX;
template <structure_element T>
inline constexpr int element_code<T> = CLIB_ARRAY_STRUCTURE;

template <class T>
concept array_element = (element_code<std::remove_const_t<T>> >= 0);

/// clib_array::bits and lanes.
template <class T>
inline constexpr std::uint8_t element_bits = structure_element<std::remove_const_t<T>>
                                                 ? 8
                                                 : static_cast<std::uint8_t>(sizeof(T) * 8);
template <class T>
inline constexpr std::uint16_t element_lanes = structure_element<std::remove_const_t<T>>
                                                   ? static_cast<std::uint16_t>(sizeof(T))
                                                   : 1;

/// The numbers that a shape, or strides, consist of.
template <int N>
using extents = std::array<std::int64_t, N == any_rank ? max_rank : static_cast<std::size_t>(N)>;

/// Effects: Sets the strides of an array in C order. Returns: How many elements it has.
inline std::int64_t set_strides(std::int64_t* strides, const std::int64_t* shape,
                                std::size_t rank) noexcept {
    std::int64_t count = 1;
    for (std::size_t i = rank; i-- > 0;) {
        strides[i] = count;
        count *= shape[i];
    }
    return count;
}

/// A container whose elements lie in a row.
template <class R, class T>
concept row_of = requires(R& row) {
    { row.data() } -> std::convertible_to<T*>;
    { row.size() } -> std::convertible_to<std::size_t>;
};

}  // namespace detail

/// Elements of type T, in N dimensions, or in any number of them. As a parameter of a listed
/// function it is the caller's array itself, for the call: of const elements to read, of others to
/// change in place.
///
/// Requires: The memory lives as long as the view is used. No index is checked.
template <class T, int N = any_rank, class Layout = contiguous>
class array_view {
    static_assert(
        detail::array_element<T>,
        "an array has elements of an integer type, bool, float, double, a plain structure "
        "or, with <clib/ffi/kinds/complex.hpp>, std::complex");
    static_assert(N >= 0 && N <= static_cast<int>(detail::max_rank),
                  "an array has from 1 to 16 dimensions, or any_rank");
    static_assert(std::is_same_v<Layout, contiguous> || std::is_same_v<Layout, strided>,
                  "an array is contiguous or strided");

public:
    using element_type = T;
    using value_type = std::remove_const_t<T>;
    static constexpr bool is_contiguous = std::is_same_v<Layout, contiguous>;

    /// Of no element.
    constexpr array_view() noexcept : rank_{N == any_rank ? 1 : N} {}
    /// Elements in C order: array_view<double, 2>{data, {rows, columns}}.
    array_view(T* data, const std::array<std::size_t, static_cast<std::size_t>(N)>& shape) noexcept
        requires(N > 0)
        : data_{data}, rank_{N} {
        for (std::size_t i = 0; i < shape.size(); ++i) {
            shape_[i] = static_cast<std::int64_t>(shape[i]);
        }
        size_ = detail::set_strides(strides_.data(), shape_.data(), shape.size());
    }
    /// All elements of a std::vector, or of what is like it.
    template <detail::row_of<T> Row>
        requires(N == 1 && !std::is_same_v<std::remove_cvref_t<Row>, array_view>)
    // As std::span; never of a view.
    // NOLINTNEXTLINE(google-explicit-constructor,bugprone-forwarding-reference-overload)
    array_view(Row&& row)
    noexcept : array_view{row.data(), {row.size()}} {}
    /// A view of const elements, or a strided one, of one that is not so.
    template <class Other, class OtherLayout>
        requires(std::is_convertible_v<Other (*)[], T (*)[]> &&
                 (!is_contiguous || std::is_same_v<OtherLayout, contiguous>))
    // NOLINTNEXTLINE(google-explicit-constructor): as std::span
    array_view(const array_view<Other, N, OtherLayout>& other)
    noexcept
        : array_view{other.data(), other.shape().data(), other.strides().data(), other.rank()} {}
    /// Requires: The numbers of dimensions, element types and layouts agree.
    explicit array_view(const clib_array& array) noexcept
        : array_view{static_cast<T*>(array.data), array.shape, array.strides,
                     static_cast<std::size_t>(array.rank)} {}
    /// `strides` are in elements. NULL: in C order.
    array_view(T* data, const std::int64_t* shape, const std::int64_t* strides,
               std::size_t rank) noexcept
        : data_{data}, rank_{static_cast<int>(rank)} {
        for (std::size_t i = 0; i < rank; ++i) { shape_[i] = shape[i]; }
        size_ = detail::set_strides(strides_.data(), shape_.data(), rank);
        for (std::size_t i = 0; strides != nullptr && i < rank; ++i) { strides_[i] = strides[i]; }
    }

    T* data() const noexcept { return data_; }
    std::size_t rank() const noexcept { return static_cast<std::size_t>(rank_); }
    /// How many elements there are in all.
    std::size_t size() const noexcept { return static_cast<std::size_t>(size_); }
    bool empty() const noexcept { return size_ == 0; }
    /// How many there are in a dimension.
    std::size_t shape(std::size_t dimension) const noexcept {
        return static_cast<std::size_t>(shape_[dimension]);
    }
    std::span<const std::int64_t> shape() const noexcept { return {shape_.data(), rank()}; }
    /// From one element of a dimension to the next, in elements.
    std::ptrdiff_t stride(std::size_t dimension) const noexcept {
        return static_cast<std::ptrdiff_t>(strides_[dimension]);
    }
    std::span<const std::int64_t> strides() const noexcept { return {strides_.data(), rank()}; }

    /// The element with these indices, one a dimension.
    template <std::integral... Index>
        requires(N == any_rank || sizeof...(Index) == static_cast<std::size_t>(N))
    T& operator()(Index... index) const noexcept {
        std::size_t dimension = 0;
        std::ptrdiff_t at = 0;
        ((at += static_cast<std::ptrdiff_t>(index) * stride_of(dimension++, sizeof...(Index))),
         ...);
        return data_[at];
    }
    T& operator[](std::size_t index) const noexcept requires(N == 1) { return (*this)(index); }

    /// All elements in the order in which they lie.
    T* begin() const noexcept requires(is_contiguous) { return data_; }
    T* end() const noexcept requires(is_contiguous) { return data_ + size_; }
    /// The same.
    std::span<T> elements() const noexcept requires(is_contiguous) { return {data_, size()}; }

private:
    /// Of the last dimension, the compiler knows it.
    std::ptrdiff_t stride_of(std::size_t dimension, std::size_t count) const noexcept {
        return is_contiguous && dimension + 1 == count ? 1 : stride(dimension);
    }

    T* data_ = nullptr;
    int rank_;
    std::int64_t size_ = 0;
    detail::extents<N> shape_{};
    detail::extents<N> strides_{};
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
