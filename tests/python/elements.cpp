// SPDX-License-Identifier: MIT
// Arrays of structures, of numbers of 16 bits, and of any dtype, for test_elements.py.
#include <clib/ffi.hpp>
#include <clib/ffi/kinds/complex.hpp>
#ifdef __FLT16_MAX__
#include <clib/ffi/kinds/float16.hpp>
#endif

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using clib::ffi::any_rank;
using clib::ffi::array;
using clib::ffi::array_view;
using clib::ffi::strided;

struct point {
    double x, y;
};
/// With gaps between its members, and one inside another.
struct sample {
    std::int8_t id;
    std::int32_t count;
    std::int64_t when;
    bool is_good;
    point where;
    float weight;
};

double sum(array_view<const point, 1> points) {
    double all = 0;
    for (const point& each : points) { all += each.x * 10 + each.y; }
    return all;
}
void move(array_view<point, 2, strided> points, double by) {
    for (std::size_t i = 0; i < points.shape(0); ++i) {
        for (std::size_t j = 0; j < points.shape(1); ++j) { points(i, j).x += by; }
    }
}
array<point, 1> line(std::size_t count) {
    std::vector<point> points(count);
    for (std::size_t i = 0; i < count; ++i) { points[i] = {static_cast<double>(i), 1}; }
    return points;
}
array<const sample, 2> samples() {
    static constexpr sample all[2] = {{1, 2, 3, true, {4, 5}, 6},
                                      {-1, -2, -3, false, {-4, -5}, -6}};
    return {array_view<const sample, 2>{all, {1, 2}}, 0};
}
std::int64_t total(array_view<const sample> all) {
    std::int64_t count = 0;
    for (const sample& each : all.elements()) { count += each.count + each.when + each.id; }
    return count;
}
std::tuple<array<point, 1>, std::size_t> line_and_length(std::size_t count) {
    return {line(count), count};
}

void swap_all(std::span<point> points) {
    for (point& each : points) { std::swap(each.x, each.y); }
}

class cloud {
public:
    explicit cloud(std::size_t count) : points_(count) {}
    std::vector<point>& points() { return points_; }

private:
    std::vector<point> points_;
};

/// Of each element by its place, so that an element in a wrong place shows.
template <class T>
double weighted(array_view<const T, any_rank, strided> values) {
    double total = 0;
    std::vector<std::size_t> index(values.rank());
    for (std::size_t place = 0; place < values.size(); ++place) {
        std::ptrdiff_t at = 0;
        for (std::size_t i = 0; i < index.size(); ++i) {
            at += static_cast<std::ptrdiff_t>(index[i]) * values.stride(i);
        }
        const T value = values.data()[at];
        if constexpr (requires { value.real(); }) {
            total += static_cast<double>(value.real() - 2 * value.imag()) *
                     static_cast<double>(place + 1);
        } else {
            total += static_cast<double>(value) * static_cast<double>(place + 1);
        }
        for (std::size_t i = index.size(); i-- > 0 && ++index[i] == values.shape(i);) {
            index[i] = 0;
        }
    }
    return total;
}
template <class T>
double weighted_row(array_view<const T> values) {
    return weighted<T>(array_view<const T, any_rank, strided>{values});
}
/// The same elements in C order.
template <class T>
array<T> copied(array_view<const T> values) {
    const std::vector<std::size_t> shape(values.shape().begin(), values.shape().end());
    array<T> made{std::vector<T>(values.begin(), values.end()), std::span{shape}};
    return made;
}

#ifdef __FLT16_MAX__
using clib::ffi::float16;
constexpr bool has_float16 = true;
float16 half_of(float16 number) { return static_cast<float16>(number / 2); }
void halve(array_view<float16, 1> numbers) {
    for (float16& each : numbers) { each = static_cast<float16>(each / 2); }
}
array<float16, 1> counted(std::size_t count) {
    std::vector<float16> all(count);
    for (std::size_t i = 0; i < count; ++i) { all[i] = static_cast<float16>(i); }
    return array<float16, 1>{std::move(all), {count}};
}
#else
constexpr bool has_float16 = false;
#endif

}  // namespace

extern "C" CLIB_EXPORT double elements_sum_of_row(const point* points, std::size_t size) noexcept {
    double all = 0;
    for (std::size_t i = 0; i < size; ++i) { all += points[i].x; }
    return all;
}

// clang-format off
#define EVERY(T, name) \
    function<&weighted<T>>("weighted_" name, "values"), \
    function<&weighted_row<T>>("weighted_row_" name, "values"), \
    function<&copied<T>>("copied_" name, "values")

#ifdef __FLT16_MAX__
#define FLOAT16_FUNCTIONS \
    function<&half_of>("half_of", "number"), function<&halve>("halve", "numbers"), \
    function<&counted>("counted", "count"), EVERY(float16, "float16"),
#else
#define FLOAT16_FUNCTIONS
#endif

CLIB_MODULE(elements, "1.0", "Arrays of anything.",
    structure<point>("Point").member<&point::x>("x").member<&point::y>("y"),
    structure<sample>("Sample").member<&sample::id>("id").member<&sample::count>("count")
        .member<&sample::when>("when").member<&sample::is_good>("is_good")
        .member<&sample::where>("where").member<&sample::weight>("weight"),
    function<&sum>("sum", "points"), function<&move>("move", "points", "by"),
    function<&sum>("sum_of_any", parameter("points").convertible()),
    function<&elements_sum_of_row>("sum_of_row", "points"),
    function<&swap_all>("swap_all", "points"),
    function<&line>("line", "count"), function<&samples>("samples"),
    function<&total>("total", "samples"),
    function<&line_and_length>("line_and_length", "count"),
    type<cloud>("Cloud").constructor<std::size_t>("count").array<&cloud::points>("points"),
    constant<has_float16>("HAS_FLOAT16"),
    FLOAT16_FUNCTIONS
    function<&weighted<bool>>("weighted_bool", "values"),
    function<&weighted_row<bool>>("weighted_row_bool", "values"),
    EVERY(std::int8_t, "int8"), EVERY(std::int16_t, "int16"), EVERY(std::int32_t, "int32"),
    EVERY(std::int64_t, "int64"), EVERY(std::uint8_t, "uint8"), EVERY(std::uint16_t, "uint16"),
    EVERY(std::uint32_t, "uint32"), EVERY(std::uint64_t, "uint64"), EVERY(float, "float32"),
    EVERY(double, "float64"), EVERY(std::complex<float>, "complex64"),
    EVERY(std::complex<double>, "complex128"));
