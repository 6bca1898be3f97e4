// SPDX-License-Identifier: MIT
// std::mdspan in, for test_spans.py.
#include <clib/ffi.hpp>
#include <clib/ffi/kinds/mdspan.hpp>

#include <cstddef>
#include <mdspan>
#include <string>

namespace {

struct point {
    double x, y;
};

template <class Layout>
using matrix = std::mdspan<const double, std::dextents<std::size_t, 2>, Layout>;

/// Of each element by its place.
template <class Layout>
double weighted(matrix<Layout> values) {
    double total = 0;
    for (std::size_t i = 0; i < values.extent(0); ++i) {
        for (std::size_t j = 0; j < values.extent(1); ++j) {
            total += values[i, j] * static_cast<double>(i * 10 + j + 1);
        }
    }
    return total;
}
void scale(std::mdspan<float, std::dextents<int, 1>, std::layout_stride> values, float by) {
    for (int i = 0; i < values.extent(0); ++i) { values[i] *= by; }
}
double trace(std::mdspan<const double, std::extents<std::size_t, 2, 2>> values) {
    return values[0, 0] + values[1, 1];
}
void move(std::mdspan<point, std::dextents<std::size_t, 1>> points, double by) {
    for (std::size_t i = 0; i < points.extent(0); ++i) { points[i].x += by; }
}

}  // namespace

CLIB_MODULE(spans, "1.0", "Views of the standard library.",
    structure<point>("Point").member<&point::x>("x").member<&point::y>("y"),
    function<&weighted<std::layout_right>>("weighted", "values"),
    function<&weighted<std::layout_left>>("weighted_left", "values"),
    function<&weighted<std::layout_stride>>("weighted_strided", "values"),
    function<&scale>("scale", "values", "by"), function<&trace>("trace", "values"),
    function<&move>("move", "points", "by"));
