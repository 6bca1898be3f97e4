// SPDX-License-Identifier: MIT
// A library whose functions take and return arrays; smooth.c calls it from C.
#include <clib/ffi.hpp>

#include <cstddef>
#include <vector>

/// The mean of each element and those beside it, above and below it.
static clib::ffi::array<double, 2> smooth(
    clib::ffi::array_view<const double, 2, clib::ffi::strided> values) {
    const std::size_t rows = values.shape(0);
    const std::size_t columns = values.shape(1);
    clib::ffi::array<double, 2> smoothed{{rows, columns}};
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            double sum = values(i, j);
            int count = 1;
            const auto add = [&](std::size_t row, std::size_t column) {
                sum += values(row, column);
                ++count;
            };
            if (i > 0) { add(i - 1, j); }
            if (i + 1 < rows) { add(i + 1, j); }
            if (j > 0) { add(i, j - 1); }
            if (j + 1 < columns) { add(i, j + 1); }
            smoothed(i, j) = sum / count;
        }
    }
    return smoothed;
}

static void scale(clib::ffi::array_view<double, 2> values, double by) {
    for (double& each : values) { each *= by; }
}

CLIB_MODULE(smooth, "1.0", "Smooths tables of numbers.",
    function<&smooth>("values", "values").doc("A smooth copy, which the caller releases."),
    function<&scale>("scale", "values", "by").doc("Changes the values in place."));
