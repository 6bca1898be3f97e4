// SPDX-License-Identifier: MIT
// What authors open besides functions of numbers and text: containers, objects, callables. None is
// inlined, so that all contestants call the same machine code.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace wide {

[[gnu::noinline]] inline double sum(const std::vector<double>& values) {
    double all = 0;
    for (const double value : values) { all += value; }
    return all;
}
[[gnu::noinline]] inline std::size_t letters(const std::vector<std::string>& words) {
    std::size_t all = 0;
    for (const std::string& word : words) { all += word.size(); }
    return all;
}
[[gnu::noinline]] inline std::vector<std::int64_t> squares(std::int64_t count) {
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < count; ++i) { all.push_back(i * i); }
    return all;
}
[[gnu::noinline]] inline std::map<std::string, std::int64_t> table(std::int64_t count) {
    std::map<std::string, std::int64_t> all;
    for (std::int64_t i = 0; i < count; ++i) { all.emplace("key " + std::to_string(i), i); }
    return all;
}
[[gnu::noinline]] inline std::optional<double> root(std::optional<double> number) {
    return number ? std::optional{std::sqrt(*number)} : std::nullopt;
}
[[gnu::noinline]] inline std::tuple<std::int64_t, double, std::string> three() {
    return {1, 2.5, "three"};
}
[[gnu::noinline]] inline double total(const double* numbers, std::size_t size) {
    double all = 0;
    for (std::size_t i = 0; i < size; ++i) { all += numbers[i]; }
    return all;
}
[[gnu::noinline]] inline double half(double number) { return number / 2; }
[[gnu::noinline]] inline std::int64_t limited(std::int64_t number, std::int64_t limit) {
    return number < limit ? number : limit;
}

enum class color { red = 1, green, blue };
[[gnu::noinline]] inline color next(color one) {
    return one == color::blue ? color::red : static_cast<color>(static_cast<int>(one) + 1);
}

struct point {
    double x = 0;
    double y = 0;
};
[[gnu::noinline]] inline double distance(const point& from, const point& to) {
    return std::hypot(to.x - from.x, to.y - from.y);
}
[[gnu::noinline]] inline point middle(const point& from, const point& to) {
    return {(from.x + to.x) / 2, (from.y + to.y) / 2};
}

/// Numbers and nothing else, which clib opens as a structure.
struct place {
    double x = 0;
    double y = 0;
};
[[gnu::noinline]] inline double separation(const place& from, const place& to) {
    return std::hypot(to.x - from.x, to.y - from.y);
}
[[gnu::noinline]] inline place between(const place& from, const place& to) {
    return {(from.x + to.x) / 2, (from.y + to.y) / 2};
}
[[gnu::noinline]] inline std::vector<place> places(std::size_t count) {
    return std::vector<place>(count);
}
[[gnu::noinline]] inline double total_x(const std::vector<place>& all) {
    double x = 0;
    for (const place& each : all) { x += each.x; }
    return x;
}

class thermostat {
public:
    [[gnu::noinline]] double target() const { return target_; }
    [[gnu::noinline]] void set_target(double target) { target_ = target; }

private:
    double target_ = 20;
};

class series {
public:
    explicit series(std::int64_t size) : numbers_(static_cast<std::size_t>(size), 1.5) {}
    auto begin() const { return numbers_.begin(); }
    auto end() const { return numbers_.end(); }

private:
    std::vector<double> numbers_;
};

[[gnu::noinline]] inline std::int64_t size_of(std::int64_t number) { return number / 10; }
[[gnu::noinline]] inline std::int64_t size_of_text(std::string_view text) {
    return static_cast<std::int64_t>(text.size());
}

class shape {
public:
    virtual ~shape() = default;
    virtual double area() const { return 0; }
};
[[gnu::noinline]] inline double area_of(const shape& one) { return one.area(); }

[[gnu::noinline]] inline double each(const std::function<double(double)>& function,
                                     std::int64_t count) {
    double all = 0;
    for (std::int64_t i = 0; i < count; ++i) { all += function(1.5); }
    return all;
}

[[gnu::noinline]] inline void fail() { throw std::invalid_argument{"there is nothing to do"}; }

}  // namespace wide
