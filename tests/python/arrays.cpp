// SPDX-License-Identifier: MIT
// Arrays in, in place and out, for test_arrays.py.
#include <clib/ffi.hpp>
#include <clib/ffi/kinds/complex.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using clib::ffi::any_rank;
using clib::ffi::array;
using clib::ffi::array_view;
using clib::ffi::strided;

/// Of each element by its place, so that an element in a wrong place shows.
template <class T>
T sum_1(array_view<const T, 1> values) {
    T total{};
    for (const T each : values) { total = static_cast<T>(total + each); }
    return total;
}
template <class T>
double weighted_2(array_view<const T, 2, strided> values) {
    double total = 0;
    for (std::size_t i = 0; i < values.shape(0); ++i) {
        for (std::size_t j = 0; j < values.shape(1); ++j) {
            total += static_cast<double>(values(i, j)) * static_cast<double>(i * 7 + j + 1);
        }
    }
    return total;
}
double weighted_rows(array_view<const double, 2> values) {
    return weighted_2<double>(array_view<const double, 2, strided>{values});
}
double corner(array_view<const double, 3, strided> values) {
    return values.empty() ? 0 : values(values.shape(0) - 1, 0, values.shape(2) - 1);
}
std::vector<std::int64_t> form(array_view<const double, any_rank, strided> values) {
    std::vector<std::int64_t> all(values.shape().begin(), values.shape().end());
    all.insert(all.end(), values.strides().begin(), values.strides().end());
    all.push_back(static_cast<std::int64_t>(values.size()));
    return all;
}
std::complex<double> sum_complex(array_view<const std::complex<double>, 1, strided> values) {
    std::complex<double> total;
    for (std::size_t i = 0; i < values.size(); ++i) { total += values[i]; }
    return total;
}
std::int64_t trues(array_view<const bool, 1, strided> values) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < values.size(); ++i) { count += values[i] ? 1 : 0; }
    return count;
}
void scale(array_view<double, 1> values, double by) {
    for (double& each : values) { each *= by; }
}
void scale_strided(array_view<double, 2, strided> values, double by) {
    for (std::size_t i = 0; i < values.shape(0); ++i) {
        for (std::size_t j = 0; j < values.shape(1); ++j) { values(i, j) *= by; }
    }
}
std::uint64_t place_of(array_view<const double, any_rank, strided> values) {
    return reinterpret_cast<std::uint64_t>(values.data());
}
double mean(array_view<const double, 1> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
double mean_2(array_view<const double, 2> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
std::int64_t total(array_view<const std::int32_t, 1> values) {
    return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}
double dot(array_view<const double, 1> values, array_view<const double, 1> weights) {
    if (weights.empty()) { return std::accumulate(values.begin(), values.end(), 0.0); }
    return std::inner_product(values.begin(), values.end(), weights.begin(), 0.0);
}
double waiting(array_view<const double, 1> values, const std::function<void()>& meanwhile) {
    meanwhile();
    return mean(values);
}
double sum_span(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}
std::string which_integers(array_view<const std::int64_t, 1>) { return "int64"; }
std::string which_doubles(array_view<const double, 1>) { return "double"; }
std::string which_rows(array_view<const double, 2>) { return "rows"; }

template <class T>
array<T, 1> counted(std::size_t count) {
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i) { values[i] = static_cast<T>(i); }
    return values;
}
array<double, 2> table(std::size_t rows, std::size_t columns) {
    std::vector<double> values(rows * columns);
    std::iota(values.begin(), values.end(), 0.0);
    return {std::move(values), {rows, columns}};
}
array<std::complex<double>, 1> roots() {
    return std::vector<std::complex<double>>{{0, 1}, {0, -1}};
}
array<bool, 2> checks() {
    array<bool, 2> made{{2, 3}};
    made(1, 2) = true;
    return made;
}
array<const std::int32_t, 1> constants() {
    static constexpr std::int32_t numbers[] = {2, 3, 5, 7};
    return {array_view<const std::int32_t, 1>{numbers, {4}}, 0};
}
/// Counts how many there are.
struct owner {
    owner() { ++alive; }
    owner(owner&&) noexcept { ++alive; }
    ~owner() { --alive; }
    std::shared_ptr<double[]> values = std::make_unique<double[]>(6);
    static inline int alive = 0;
};
array<double, 2> columns_first() {  // as Fortran has it
    auto values = std::make_shared<std::vector<double>>(6);
    std::iota(values->begin(), values->end(), 0.0);
    const std::int64_t shape[] = {2, 3};
    const std::int64_t strides[] = {1, 2};
    const array_view<double, 2, strided> view{values->data(), shape, strides, 2};
    return {view, std::pair{std::move(values), owner{}}};
}
array<float> of_rank(std::size_t rank) {
    if (rank == 0) { return {std::vector<float>{1.5F}, std::span<const std::size_t>{}}; }
    const std::vector<std::size_t> shape(rank, 2);
    return {std::vector<float>(std::size_t{1} << rank), shape};
}
array<double, 1> wrong_shape() { return {std::vector<double>(3), {4}}; }

std::tuple<array<double, 1>, array<std::int32_t, 2>> pair_of(std::size_t count) {
    return {array<double, 1>{{count}}, array<std::int32_t, 2>{{count, 2}}};
}
std::vector<array<double, 2>> several(std::size_t count) {
    std::vector<array<double, 2>> all;
    for (std::size_t i = 0; i < count; ++i) { all.push_back(columns_first()); }
    return all;
}
std::optional<array<double, 2>> perhaps(bool is_there) {
    if (!is_there) { return std::nullopt; }
    return columns_first();
}

class image {
public:
    image(std::size_t rows, std::size_t columns)
        : pixels_(rows * columns), rows_{rows}, columns_{columns} {
        ++alive;
    }
    ~image() { --alive; }
    image(const image&) = delete;
    image& operator=(const image&) = delete;
    array_view<double, 2> pixels() { return {pixels_.data(), {rows_, columns_}}; }
    array_view<const double, 2> shown() const { return {pixels_.data(), {rows_, columns_}}; }
    std::span<double> row() { return std::span{pixels_}.first(columns_); }
    double at(std::size_t row, std::size_t column) const {
        return pixels_.at(row * columns_ + column);
    }

    std::vector<std::uint8_t> bytes{1, 2, 3};
    static inline int alive = 0;

private:
    std::vector<double> pixels_;
    std::size_t rows_;
    std::size_t columns_;
};

}  // namespace

CLIB_MODULE(arrays, "1.0", "Arrays.",
    function<&sum_1<std::int8_t>>("sum_int8", "values"),
    function<&sum_1<std::int16_t>>("sum_int16", "values"),
    function<&sum_1<std::int32_t>>("sum_int32", "values"),
    function<&sum_1<std::int64_t>>("sum_int64", "values"),
    function<&sum_1<std::uint8_t>>("sum_uint8", "values"),
    function<&sum_1<std::uint16_t>>("sum_uint16", "values"),
    function<&sum_1<std::uint32_t>>("sum_uint32", "values"),
    function<&sum_1<std::uint64_t>>("sum_uint64", "values"),
    function<&sum_1<long long>>("sum_longlong", "values"),
    function<&sum_1<float>>("sum_float32", "values"),
    function<&sum_1<double>>("sum_float64", "values"),
    function<&weighted_2<std::int8_t>>("weighted_int8", "values"),
    function<&weighted_2<std::int16_t>>("weighted_int16", "values"),
    function<&weighted_2<std::int32_t>>("weighted_int32", "values"),
    function<&weighted_2<std::int64_t>>("weighted_int64", "values"),
    function<&weighted_2<std::uint8_t>>("weighted_uint8", "values"),
    function<&weighted_2<std::uint16_t>>("weighted_uint16", "values"),
    function<&weighted_2<std::uint32_t>>("weighted_uint32", "values"),
    function<&weighted_2<std::uint64_t>>("weighted_uint64", "values"),
    function<&weighted_2<float>>("weighted_float32", "values"),
    function<&weighted_2<double>>("weighted_float64", "values"),
    function<&weighted_rows>("weighted_rows", "values"),
    function<&corner>("corner", "values"),
    function<&form>("form", "values"),
    function<&sum_complex>("sum_complex", "values"),
    function<&trues>("trues", "values"),
    function<&scale>("scale", "values", "by"),
    function<&scale_strided>("scale_strided", "values", "by"),
    function<&place_of>("place_of", "values"),
    function<&mean>("mean", "values"),
    function<&mean>("mean_of_any", parameter("values").convertible()),
    function<&mean_2>("mean_of_rows", parameter("values").convertible()),
    function<&total>("total_of_any", parameter("values").convertible()),
    function<&sum_complex>("sum_complex_of_any", parameter("values").convertible()),
    function<&trues>("trues_of_any", parameter("values").convertible()),
    function<&dot>("dot", "values", parameter("weights", nullptr)),
    function<&mean>("mean_blocking", "values").may_block(),
    function<&waiting>("waiting", "values", "meanwhile"),
    function<&sum_span>("sum_span", "values"),
    function<&which_integers>("which", "values"),
    function<&which_doubles>("which", "values"),
    function<&which_rows>("which", "values"),
    function<&counted<std::int8_t>>("counted_int8", "count"),
    function<&counted<std::int16_t>>("counted_int16", "count"),
    function<&counted<std::int32_t>>("counted_int32", "count"),
    function<&counted<std::int64_t>>("counted_int64", "count"),
    function<&counted<std::uint8_t>>("counted_uint8", "count"),
    function<&counted<std::uint16_t>>("counted_uint16", "count"),
    function<&counted<std::uint32_t>>("counted_uint32", "count"),
    function<&counted<std::uint64_t>>("counted_uint64", "count"),
    function<&counted<float>>("counted_float32", "count"),
    function<&counted<double>>("counted_float64", "count"),
    function<&table>("table", "rows", "columns"),
    function<&table>("table_blocking", "rows", "columns").may_block(),
    function<&roots>("roots"), function<&checks>("checks"), function<&constants>("constants"),
    function<&columns_first>("columns_first"),
    function<[] { return owner::alive; }>("owners"),
    function<&of_rank>("of_rank", "rank"), function<&wrong_shape>("wrong_shape"),
    function<&pair_of>("pair_of", "count"), function<&several>("several", "count"),
    function<&perhaps>("perhaps", "is_there"),
    type<image>("Image").constructor<std::size_t, std::size_t>("rows", "columns")
        .array<&image::pixels>("pixels").doc("All of them.")
        .array<&image::shown>("shown")
        .array<&image::row>("row")
        .array<&image::bytes>("bytes")
        .method<&image::at>("at", "row", "column"),
    function<[] { return image::alive; }>("images"));
