// SPDX-License-Identifier: MIT
// Pictures of grey pixels: what C++ has and what it makes is seen in place by Python, and what
// Python has is read and changed in place by C++.
#include <clib/ffi.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace {

using clib::ffi::array;
using clib::ffi::array_view;
using clib::ffi::strided;

using grey = std::uint8_t;
/// A picture of the caller's, also a part of one, upside down, or every second pixel.
using shown = array_view<const grey, 2, strided>;

class picture {
public:
    picture(std::size_t rows, std::size_t columns)
        : pixels_(rows * columns), rows_{rows}, columns_{columns} {}

    array_view<grey, 2> pixels() { return {pixels_.data(), {rows_, columns_}}; }

    /// Draws the Mandelbrot set.
    void draw(int steps) {
        const array_view<grey, 2> all = pixels();
        for (std::size_t i = 0; i < rows_; ++i) {
            for (std::size_t j = 0; j < columns_; ++j) {
                all(i, j) =
                    shade(place_of(j, columns_) * 3 - 2.2, place_of(i, rows_) * 2.4 - 1.2, steps);
            }
        }
    }

private:
    static double place_of(std::size_t index, std::size_t count) {
        return static_cast<double>(index) / static_cast<double>(count);
    }
    static grey shade(double x, double y, int steps) {
        double re = 0;
        double im = 0;
        int step = 0;
        while (step < steps && re * re + im * im < 4) {
            const double next = re * re - im * im + x;
            im = 2 * re * im + y;
            re = next;
            ++step;
        }
        return static_cast<grey>(step == steps ? 0 : 255 * step / steps);
    }

    std::vector<grey> pixels_;
    std::size_t rows_;
    std::size_t columns_;
};

/// Each pixel is the mean of those around it.
array<grey, 2> blurred(shown from, std::size_t radius) {
    const std::size_t rows = from.shape(0);
    const std::size_t columns = from.shape(1);
    array<grey, 2> made{{rows, columns}};
    for (std::size_t i = 0; i < rows; ++i) {
        const std::size_t top = i - std::min(i, radius);
        const std::size_t bottom = std::min(i + radius + 1, rows);
        for (std::size_t j = 0; j < columns; ++j) {
            const std::size_t left = j - std::min(j, radius);
            const std::size_t right = std::min(j + radius + 1, columns);
            std::size_t sum = 0;
            for (std::size_t y = top; y < bottom; ++y) {
                for (std::size_t x = left; x < right; ++x) { sum += from(y, x); }
            }
            // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): the pixel itself is among them
            made(i, j) = static_cast<grey>(sum / ((bottom - top) * (right - left)));
        }
    }
    return made;
}

/// How steep a picture is at each pixel, by Sobel's operator. It is 0 at the border.
array<float, 2> edges(shown from) {
    const std::size_t rows = from.shape(0);
    const std::size_t columns = from.shape(1);
    array<float, 2> made{{rows, columns}};
    const auto at = [&](std::size_t i, std::size_t j) { return static_cast<float>(from(i, j)); };
    for (std::size_t i = 1; i + 1 < rows; ++i) {
        for (std::size_t j = 1; j + 1 < columns; ++j) {
            const float across = at(i - 1, j + 1) + 2 * at(i, j + 1) + at(i + 1, j + 1) -
                                 at(i - 1, j - 1) - 2 * at(i, j - 1) - at(i + 1, j - 1);
            const float down = at(i + 1, j - 1) + 2 * at(i + 1, j) + at(i + 1, j + 1) -
                               at(i - 1, j - 1) - 2 * at(i - 1, j) - at(i - 1, j + 1);
            made(i, j) = std::hypot(across, down);
        }
    }
    return made;
}

/// Makes what is steep white, in place.
void highlight(array_view<grey, 2, strided> picture, array_view<const float, 2, strided> steepness,
               float limit) {
    if (picture.shape(0) != steepness.shape(0) || picture.shape(1) != steepness.shape(1)) {
        throw std::invalid_argument{
            "picture and steepness have two shapes; pass those of one picture"};
    }
    for (std::size_t i = 0; i < picture.shape(0); ++i) {
        for (std::size_t j = 0; j < picture.shape(1); ++j) {
            if (steepness(i, j) > limit) { picture(i, j) = 255; }
        }
    }
}

}  // namespace

CLIB_MODULE(image, "1.0", "Pictures of grey pixels.",
    type<picture>("Picture").constructor<std::size_t, std::size_t>("rows", "columns")
        .array<&picture::pixels>("pixels").doc("The pixels in place: an array of bytes, row by row.")
        .method<&picture::draw>("draw", parameter{"steps", 60}).doc("Draws the Mandelbrot set."),
    function<&blurred>("blurred", "picture", parameter{"radius", 1})
        .doc("A copy in which each pixel is the mean of those around it."),
    function<&edges>("edges", "picture").doc("How steep the picture is at each pixel."),
    function<&highlight>("highlight", "picture", "steepness", "limit")
        .doc("Makes what is steeper than that white, in place."));
