// SPDX-License-Identifier: MIT
// Matrices, vectors and arrays of Eigen. Who passes some includes this header; it includes
// <Eigen/Core>.
//
//     Eigen::Ref<const M>, Eigen::Ref<M>    the caller's memory, to read, or to change in place
//     Eigen::Map<const M>, Eigen::Map<M>    the same, in a row
//     M                                     a copy; as a result, handed over without one
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array.hpp>
#include <clib/ffi/array_view.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/array.hpp>
#include <clib/ffi/status.hpp>

#include <Eigen/Core>

#include <concepts>
#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for a parameter T, and for a result of type Plain.
template <class T>
struct eigen;
template <class Plain>
struct eigen_result;
}  // namespace kinds

namespace detail {

/// A matrix, a vector or an array that owns its numbers.
template <class T>
concept eigen_plain = std::derived_from<T, Eigen::PlainObjectBase<T>>;

/// What T is: Plain, const if it only reads; and whether its numbers may lie apart in a column, or
/// in a row if the rows come first.
template <class T>
struct eigen_form {};
template <eigen_plain T>
struct eigen_form<T> {
    using plain = const T;
    static constexpr bool is_spread = true;
};
template <class Plain, int Options, class Stride>
struct eigen_form<Eigen::Ref<Plain, Options, Stride>> {
    using plain = Plain;
    static constexpr bool is_spread =
        std::is_const_v<Plain> || Stride::InnerStrideAtCompileTime == Eigen::Dynamic;
};
template <class Plain>
struct eigen_form<Eigen::Map<Plain>> {
    using plain = Plain;
    static constexpr bool is_spread = false;
};
template <class T>
concept eigen_type = requires {
    typename eigen_form<T>::plain;
};
template <class T>
inline constexpr bool is_eigen_map = false;
template <class Plain>
inline constexpr bool is_eigen_map<Eigen::Map<Plain>> = true;

template <class Plain>
inline constexpr int eigen_rank = Plain::IsVectorAtCompileTime ? 1 : 2;
template <class Plain>
using eigen_scalar = std::conditional_t<std::is_const_v<Plain>, const typename Plain::Scalar,
                                        typename Plain::Scalar>;

/// Where the numbers of an array are, as Eigen has it.
template <class Plain>
struct eigen_place {
    using view = array_view<eigen_scalar<Plain>, eigen_rank<Plain>, strided>;

    eigen_place(const view& array, const char* parameter) : data{array.data()} {
        if constexpr (eigen_rank<Plain> == 1) {
            (Plain::ColsAtCompileTime == 1 ? rows : columns) = length(array, 0);
            inner = outer = array.stride(0);
        } else {
            rows = length(array, 0);
            columns = length(array, 1);
            inner = array.stride(Plain::IsRowMajor ? 1 : 0);
            outer = array.stride(Plain::IsRowMajor ? 0 : 1);
        }
        if ((Plain::RowsAtCompileTime != Eigen::Dynamic && rows != Plain::RowsAtCompileTime) ||
            (Plain::ColsAtCompileTime != Eigen::Dynamic && columns != Plain::ColsAtCompileTime)) {
            fail(status::invalid, {parameter, " has ", rows, " rows and ", columns,
                                   " columns; pass an array of the size that the function takes"});
        }
    }
    static Eigen::Index length(const view& array, std::size_t dimension) {
        return static_cast<Eigen::Index>(array.shape(dimension));
    }
    Eigen::Index inner_size() const { return Plain::IsRowMajor ? columns : rows; }
    bool is_spread() const { return inner != 1 && inner_size() > 1; }
    /// Whether all numbers lie in a row.
    bool has_gaps() const {
        return eigen_rank<Plain> == 2 && outer != inner_size() && rows * columns > inner_size();
    }
    /// As T wants it, or one that Eigen copies for it.
    template <class T>
    T as() const {
        using Eigen::Dynamic;
        if constexpr (is_eigen_map<T>) {
            return T{data, rows, columns};
        } else if constexpr (eigen_rank<Plain> == 1) {
            if (is_spread()) {
                if constexpr (eigen_form<T>::is_spread) {
                    return T{Eigen::Map<Plain, 0, Eigen::InnerStride<Dynamic>>{
                        data, rows, columns, Eigen::InnerStride<Dynamic>{inner}}};
                }
            }
            return T{Eigen::Map<Plain>{data, rows, columns}};
        } else {
            if (is_spread()) {
                if constexpr (eigen_form<T>::is_spread) {
                    return T{Eigen::Map<Plain, 0, Eigen::Stride<Dynamic, Dynamic>>{
                        data, rows, columns, Eigen::Stride<Dynamic, Dynamic>{outer, inner}}};
                }
            }
            return T{Eigen::Map<Plain, 0, Eigen::OuterStride<Dynamic>>{
                data, rows, columns, Eigen::OuterStride<Dynamic>{outer}}};
        }
    }

    eigen_scalar<Plain>* data;
    Eigen::Index rows = 1;
    Eigen::Index columns = 1;
    Eigen::Index inner = 1;
    Eigen::Index outer = 1;
};

/// A view of what a matrix has.
template <class Matrix, class Plain = std::remove_const_t<Matrix>>
auto view_of_eigen(Matrix& matrix) {
    using scalar = eigen_scalar<Matrix>;
    const std::int64_t rows = matrix.rows();
    const std::int64_t columns = matrix.cols();
    const std::int64_t shape[] = {eigen_rank<Plain> == 1 ? rows * columns : rows, columns};
    const std::int64_t strides[] = {
        eigen_rank<Plain> == 1 ? 1 : static_cast<std::int64_t>(matrix.rowStride()),
        static_cast<std::int64_t>(matrix.colStride())};
    return array_view<scalar, eigen_rank<Plain>, strided>{matrix.data(), shape, strides,
                                                          eigen_rank<Plain>};
}

template <eigen_plain T>
struct lent_elements<T> {
    template <class Matrix>
    static auto of(Matrix& matrix) {
        return as_lent(view_of_eigen(matrix));
    }
};

}  // namespace detail

template <class T>
struct kind<kinds::eigen<T>>
    : kind<typename detail::eigen_place<typename detail::eigen_form<T>::plain>::view> {
    using place = detail::eigen_place<typename detail::eigen_form<T>::plain>;
    static constexpr bool is_part = detail::eigen_plain<T>;

    static T from_c(const clib_array* array, const char* parameter) {
        const place found{kind<typename place::view>::from_c(non_null(array, parameter), parameter),
                          parameter};
        if (!detail::eigen_form<T>::is_spread && found.is_spread()) {
            fail(status::invalid, {parameter,
                                   " has gaps between its numbers; pass an array in the "
                                   "order of the function's, or list a Ref with strides"});
        }
        if (detail::is_eigen_map<T> && found.has_gaps()) {
            fail(status::invalid,
                 {parameter, " does not lie in one piece; pass an array that does"});
        }
        return found.template as<T>();
    }
    static constexpr bool accepts(const default_value&) { return false; }
};

template <class Plain>
struct kind<kinds::eigen_result<Plain>>
    : kind<array<typename Plain::Scalar, detail::eigen_rank<Plain>>> {
    static clib_array* to_body(Plain returned) {
        auto owner = std::make_unique<Plain>(std::move(returned));
        const auto view = detail::view_of_eigen(*owner);
        return array<typename Plain::Scalar, detail::eigen_rank<Plain>>{view, std::move(owner)}
            .release();
    }
};

template <class T>
struct detail::element<kinds::eigen<T>, T> {
    static constexpr bool is_argument_native = kind<kinds::eigen<T>>::argument::is_native;
    static constexpr bool takes_more = false;

    static T read(const clib_item& item, const item_path& path) {
        path.require(item, CLIB_KIND_ARRAY);
        return kind<kinds::eigen<T>>::from_c(static_cast<const clib_array*>(item.value.handle),
                                             path.parameter());
    }
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        typename kind<kinds::eigen<T>>::argument argument;
        if (!argument.read(object)) { return false; }
        use(kind<kinds::eigen<T>>::from_c(std::get<0>(argument.c_values()), ""));
        return true;
    }
};
template <class T>
struct detail::element<kinds::eigen_result<T>, T> : array_part<kinds::eigen_result<T>, T> {};

template <class Catalogue, detail::eigen_type T>
struct cpp_parameter_match<Catalogue, T> {
    using type = kinds::eigen<T>;
};
template <class Catalogue, detail::eigen_plain T>
struct cpp_result_match<Catalogue, T> {
    using type = kinds::eigen_result<T>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
