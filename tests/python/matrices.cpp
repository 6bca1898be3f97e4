// SPDX-License-Identifier: MIT
// Matrices and vectors of Eigen, for test_matrices.py.
#include <clib/ffi.hpp>
#include <clib/ffi/kinds/complex.hpp>
#include <clib/ffi/kinds/eigen.hpp>

#include <complex>
#include <cstdint>
#include <optional>
#include <utility>

namespace {

using Eigen::Dynamic;
using rows_first = Eigen::Matrix<double, Dynamic, Dynamic, Eigen::RowMajor>;
using any_stride = Eigen::Stride<Dynamic, Dynamic>;
template <class T>
using vector = Eigen::Matrix<T, Dynamic, 1>;

double trace(const Eigen::Ref<const Eigen::MatrixXd, 0, any_stride>& a) { return a.trace(); }
/// By columns, which is what a Ref without strides has to be; Eigen copies another one.
double weighted(const Eigen::Ref<const Eigen::MatrixXd>& a) {
    double total = 0;
    for (Eigen::Index j = 0; j < a.cols(); ++j) {
        for (Eigen::Index i = 0; i < a.rows(); ++i) {
            total += a(i, j) * static_cast<double>(i * 7 + j + 1);
        }
    }
    return total;
}
double weighted_rows(const Eigen::Ref<const rows_first>& a) { return weighted(a); }
template <class T>
T sum(const Eigen::Ref<const vector<T>, 0, Eigen::InnerStride<>>& a) {
    return a.sum();
}
double sum_plain(const Eigen::Ref<const Eigen::VectorXd>& a) { return a.sum(); }
double sum_copy(const Eigen::MatrixXd& a) { return a.sum(); }
double sum_map(Eigen::Map<const rows_first> a) { return a.sum(); }
double determinant(const Eigen::Ref<const Eigen::Matrix2d>& a) {
    return a(0, 0) * a(1, 1) - a(0, 1) * a(1, 0);
}
void scale(Eigen::Ref<Eigen::MatrixXd, 0, any_stride> a, double by) { a *= by; }
void scale_columns(Eigen::Ref<Eigen::MatrixXd> a, double by) { a *= by; }
void scale_vector(Eigen::Ref<Eigen::VectorXd> a, double by) { a *= by; }
std::uint64_t place_of(const Eigen::Ref<const Eigen::MatrixXd, 0, any_stride>& a) {
    return reinterpret_cast<std::uint64_t>(a.data());
}
Eigen::MatrixXd counted(std::int64_t rows, std::int64_t columns) {
    Eigen::MatrixXd made(rows, columns);
    for (Eigen::Index i = 0; i < rows; ++i) {
        for (Eigen::Index j = 0; j < columns; ++j) {
            made(i, j) = static_cast<double>(i * columns + j);
        }
    }
    return made;
}
rows_first counted_rows(std::int64_t rows, std::int64_t columns) { return counted(rows, columns); }
vector<std::int32_t> ones(std::int64_t size) { return vector<std::int32_t>::Ones(size); }
Eigen::Matrix2f identity() { return Eigen::Matrix2f::Identity(); }
Eigen::VectorXcd roots() {
    Eigen::VectorXcd both(2);
    both << std::complex<double>{0, 1}, std::complex<double>{0, -1};
    return both;
}

std::pair<Eigen::VectorXd, rows_first> both(const Eigen::Ref<const rows_first>& a) {
    return {a.col(0), a};
}
double weighted_by(const Eigen::Ref<const Eigen::VectorXd>& a,
                   const std::optional<Eigen::VectorXd>& weights) {
    return weights ? a.dot(*weights) : a.sum();
}

class grid {
public:
    grid(std::int64_t rows, std::int64_t columns) : data_{rows_first::Zero(rows, columns)} {}
    rows_first& data() { return data_; }
    double at(std::int64_t row, std::int64_t column) const { return data_(row, column); }

    Eigen::Vector3d corner = Eigen::Vector3d::Zero();

private:
    rows_first data_;
};

}  // namespace

CLIB_MODULE(matrices, "1.0", "Matrices of Eigen.",
    function<&trace>("trace", "a"), function<&weighted>("weighted", "a"),
    function<&weighted_rows>("weighted_rows", "a"),
    function<&sum<double>>("sum", "a"), function<&sum<std::int32_t>>("sum_int32", "a"),
    function<&sum<std::complex<double>>>("sum_complex", "a"),
    function<&sum_plain>("sum_plain", "a"),
    function<&sum_copy>("sum_copy", parameter("a").convertible()),
    function<&sum_map>("sum_map", "a"), function<&determinant>("determinant", "a"),
    function<&scale>("scale", "a", "by"), function<&scale_columns>("scale_columns", "a", "by"),
    function<&scale_vector>("scale_vector", "a", "by"), function<&place_of>("place_of", "a"),
    function<&counted>("counted", "rows", "columns"),
    function<&counted_rows>("counted_rows", "rows", "columns"),
    function<&ones>("ones", "size"), function<&identity>("identity"), function<&roots>("roots"),
    function<&both>("both", "a"), function<&weighted_by>("weighted_by", "a", "weights"),
    type<grid>("Grid").constructor<std::int64_t, std::int64_t>("rows", "columns")
        .array<&grid::data>("data").array<&grid::corner>("corner")
        .method<&grid::at>("at", "row", "column"));
