// SPDX-License-Identifier: MIT
// array: numbers that C++ hands over, in one dimension or more, without a copy.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/status.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// A clib_array with its shape and strides, and what owns the elements.
template <int N, class Owner>
struct array_block : clib_array {
    /// `given_strides` are in elements. NULL: in C order. The address of the elements is set later.
    template <class T, class Number>
    array_block(std::type_identity<T>, std::span<const Number> given_shape,
                const std::int64_t* given_strides, Owner&& given_elements)
        : clib_array{}, own_elements{std::move(given_elements)} {
        device_type = 1;
        rank = static_cast<std::int32_t>(given_shape.size());
        code = static_cast<std::uint8_t>(element_code<std::remove_const_t<T>>);
        bits = element_bits<T>;
        lanes = element_lanes<T>;
        flags = std::is_const_v<T> ? std::uint64_t{CLIB_ARRAY_READONLY} : 0;
        release = [](clib_array* array) { delete static_cast<array_block*>(array); };
        shape = own_shape.data();
        strides = own_strides.data();
        for (std::size_t i = 0; i < given_shape.size(); ++i) {
            own_shape[i] = static_cast<std::int64_t>(given_shape[i]);
        }
        set_strides(own_strides.data(), own_shape.data(), given_shape.size());
        for (std::size_t i = 0; given_strides != nullptr && i < given_shape.size(); ++i) {
            own_strides[i] = given_strides[i];
        }
    }

    extents<N> own_shape;
    extents<N> own_strides;
    Owner own_elements;
};

}  // namespace detail

/// Elements of type T that it owns, in N dimensions, or in any number of them. A function returns
/// one; Python gets an object that has the elements, and frees them. Of const elements, nobody
/// writes to them.
template <class T, int N = any_rank>
class array {
    static_assert(
        detail::array_element<T>,
        "an array has elements of an integer type, bool, float, double, a plain structure "
        "or, with <clib/ffi/kinds/complex.hpp>, std::complex");
    using plain = std::remove_const_t<T>;
    using shape_type = std::span<const std::size_t>;
    template <std::size_t Size>
    static constexpr bool is_shape = N == any_rank ? Size <= detail::max_rank : Size == N;

public:
    using element_type = T;

    /// Elements that are 0. Throws: std::bad_alloc, std::length_error.
    template <std::size_t Size>
        requires(is_shape<Size>)
    explicit array(const std::size_t (&shape)[Size])
        : array{std::make_unique<plain[]>(count_of(shape)), shape} {}
    /// All elements of a std::vector, or of what is like it and can be moved; not of a view.
    template <class Row>
        requires(N == 1 && detail::row_of<Row, T> && !std::is_lvalue_reference_v<Row> &&
                 !std::is_same_v<Row, array> && !std::is_trivially_copyable_v<Row>)
    // So that a function can return a vector; never an array.
    // NOLINTNEXTLINE(google-explicit-constructor,bugprone-forwarding-reference-overload)
    array(Row&& row) : array{std::forward<Row>(row), {row.size()}} {}
    /// The same in C order. Throws: error(invalid), if the shape has another number of elements.
    template <class Row, std::size_t Size>
        requires(is_shape<Size>&& detail::row_of<Row, T> && !std::is_lvalue_reference_v<Row> &&
                 !std::is_trivially_copyable_v<Row>)
    array(Row&& row, const std::size_t (&shape)[Size]) {
        own_row(std::forward<Row>(row), shape_type{shape});
    }
    /// The same for any rank.
    template <class Row>
        requires(N == any_rank && detail::row_of<Row, T> && !std::is_lvalue_reference_v<Row> &&
                 !std::is_trivially_copyable_v<Row>)
    array(Row&& row, shape_type shape) { own_row(std::forward<Row>(row), shape); }
    /// Elements in C order. Requires: There are as many as the shape says.
    template <std::size_t Size>
        requires(is_shape<Size>)
    array(std::unique_ptr<plain[]> elements, const std::size_t (&shape)[Size]) {
        own(shape_type{shape}, nullptr, std::move(elements),
            [](std::unique_ptr<plain[]>& moved) { return moved.get(); });
    }
    /// Elements that lie where a view says, as long as the owner lives: a std::shared_ptr, a
    /// matrix, anything that can be moved without moving them.
    template <class Layout, class Owner>
        requires(!std::is_lvalue_reference_v<Owner>)
    array(const array_view<T, N, Layout>& view, Owner&& owner) {
        own(view.shape(), view.strides().data(), std::forward<Owner>(owner),
            [&](Owner&) { return view.data(); });
    }
    /// What release() has given up. Requires: It is of such elements, and of such a rank.
    explicit array(clib_array* released) noexcept : self_{released} {}

    array(array&& other) noexcept : self_{std::exchange(other.self_, nullptr)} {}
    array& operator=(array other) noexcept {
        std::swap(self_, other.self_);
        return *this;
    }
    ~array() {
        if (self_ != nullptr) { self_->release(self_); }
    }

    /// Requires for all below: It was not moved from.
    array_view<T, N, strided> view() const noexcept { return array_view<T, N, strided>{*self_}; }
    T* data() const noexcept { return static_cast<T*>(self_->data); }
    std::size_t rank() const noexcept { return static_cast<std::size_t>(self_->rank); }
    std::size_t size() const noexcept { return view().size(); }
    std::size_t shape(std::size_t dimension) const noexcept {
        return static_cast<std::size_t>(self_->shape[dimension]);
    }
    template <std::integral... Index>
    T& operator()(Index... index) const noexcept {
        return view()(index...);
    }

    /// Returns: What a C function returns of it, whose receiver calls its release(). Effects: It
    /// has none from now on.
    clib_array* release() noexcept { return std::exchange(self_, nullptr); }

private:
    template <class Row>
    void own_row(Row&& row, shape_type shape) {
        if (row.size() != count_of(shape)) {
            fail(status::invalid, {"there are ", row.size(), " elements, and ", count_of(shape),
                                   " in the shape; make them agree"});
        }
        if (shape.size() > detail::max_rank) {
            fail(status::invalid, {"an array has at most 16 dimensions, not ", shape.size()});
        }
        own(shape, nullptr, std::forward<Row>(row), [](Row& moved) { return moved.data(); });
    }
    static std::size_t count_of(shape_type shape) {
        constexpr std::size_t most = PTRDIFF_MAX / sizeof(T);
        std::size_t count = 1;
        for (const std::size_t each : shape) {
            if (each != 0 && count > most / each) {
                fail(status::length, {"an array of this shape has more elements than memory has"});
            }
            count *= each;
        }
        return count;
    }
    template <class Number, class Owner, class Data>
    void own(std::span<const Number> shape, const std::int64_t* strides, Owner&& owner,
             const Data& data) {
        auto* const block = new detail::array_block<N, Owner>{std::type_identity<T>{}, shape,
                                                              strides, std::forward<Owner>(owner)};
        block->data = const_cast<plain*>(data(block->own_elements));
        self_ = block;
    }

    clib_array* self_ = nullptr;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
