// SPDX-License-Identifier: MIT
// std::function with any kinds, for test_functions.py.
#include <clib/ffi.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

class point {
public:
    explicit point(double x) : x_{x} { ++alive; }
    point(const point& other) : x_{other.x_} { ++alive; }
    ~point() { --alive; }
    double x() const noexcept { return x_; }
    void move(double x) noexcept { x_ = x; }

    static inline int alive = 0;

private:
    double x_;
};

double apply(const std::function<double(double)>& function, double value) {
    return function(value);
}
std::vector<std::string> map_texts(const std::vector<std::string>& texts,
                                   std::function<std::string(const std::string&)> function) {
    std::vector<std::string> all;
    for (const std::string& each : texts) { all.push_back(function(each)); }
    return all;
}
std::map<std::string, std::vector<std::int64_t>> collect(
    const std::function<std::map<std::string, std::vector<std::int64_t>>(
        std::optional<std::int64_t>, std::vector<double>, bool)>& function) {
    return function(5, {0.5, 1}, true);
}
double sum_of_points(const std::function<point(const point&, std::int64_t)>& function) {
    double sum = 0;
    for (std::int64_t i = 0; i < 3; ++i) { sum += function(point{1}, i).x(); }
    return sum;
}
/// Nobody copies it.
class line {
public:
    explicit line(double x) : end_{x} {}
    line(const line&) = delete;
    point& end() noexcept { return end_; }
    void each(const std::function<void(line&, point&)>& function) { function(*this, end_); }

private:
    point end_;
};
double change(double x, const std::function<void(point&)>& function) {
    point one{x};
    function(one);
    return one.x();
}
double look(double x, const std::function<double(const point&, const point*)>& function) {
    const point one{x};
    return function(one, x > 0 ? &one : nullptr);
}
double show_line(const std::function<double(line*)>& function) {
    line one{4};
    return function(&one);
}
void pass(point& one, const std::function<void(point&)>& function) { function(one); }
std::shared_ptr<point> kept_point;

std::int64_t times(std::int64_t count, const std::function<void()>& function) {
    for (std::int64_t i = 0; i < count; ++i) { function(); }
    return count;
}
bool is_empty(const std::function<void()>& function) { return !function; }

/// Keeps what it is given.
class events {
public:
    void listen(std::function<void(const std::string&)> listener) {
        listeners_.push_back(std::move(listener));
    }
    void send(const std::string& text) const {
        for (const auto& each : listeners_) { each(text); }
    }
    void send_from_thread(const std::string& text) const {
        std::exception_ptr error;
        std::thread{[&] {
            try {
                send(text);
            } catch (...) { error = std::current_exception(); }
        }}.join();
        if (error != nullptr) { std::rethrow_exception(error); }
    }
    void clear() { listeners_.clear(); }

private:
    std::vector<std::function<void(const std::string&)>> listeners_;
};

/// What a returned function has, until it is dropped.
class token {
public:
    token() { ++alive; }
    token(const token&) { ++alive; }
    ~token() { --alive; }
    static inline int alive = 0;
};
std::function<double(double)> scaler(double by) {
    return [by, token = token{}](double value) {
        static_cast<void>(token);
        return value * by;
    };
}
std::function<std::vector<std::string>(const std::string&, int)> repeater() {
    return [](const std::string& text, int count) {
        if (count < 0) { throw std::invalid_argument{"count is negative"}; }
        return std::vector<std::string>(static_cast<std::size_t>(count), text);
    };
}
/// Has a function as a value.
class rule {
public:
    std::function<double(double)> apply;
    const std::function<double(double)>& same() const noexcept { return apply; }
    std::function<point(const point&)> mover(double by) const {
        return [by](const point& one) { return point{one.x() + by}; };
    }
};

/// Stays when the process ends.
std::vector<std::function<void()>>& kept() {
    static std::vector<std::function<void()>> all;
    return all;
}

}  // namespace

CLIB_MODULE(fun, "1.0", "Functions of the caller's.",
    type<point>("Point").constructor<double>("x").property<&point::x>("x")
        .method<&point::move>("move", "x"),
    type<line>("Line").constructor<double>("x").property<&line::end>("end")
        .method<&line::each>("each", "function"),
    type<events>("Events").constructor<>()
        .method<&events::listen>("listen", "listener")
        .method<&events::send>("send", "text")
        .method<&events::send_from_thread>("send_from_thread", "text").may_block()
        .method<&events::clear>("clear"),
    type<rule>("Rule").constructor<>().member<&rule::apply>("apply")
        .property<&rule::same>("same").method<&rule::mover>("mover", "by"),
    function<&scaler>("scaler", "by"), function<&repeater>("repeater"),
    function<[] { return std::function<void()>{}; }>("nothing"),
    submodule("inner", function<&scaler>("scaler", "by").doc("The same.")),
    function<[] { return token::alive; }>("tokens"),
    function<&apply>("apply", "function", "value"),
    function<&apply>("apply_blocking", "function", "value").may_block(),
    function<&map_texts>("map_texts", "texts", "function"),
    function<&collect>("collect", "function"),
    function<&sum_of_points>("sum_of_points", "function"),
    function<&change>("change", "x", "function"),
    function<&look>("look", "x", "function"),
    function<&show_line>("show_line", "function"),
    function<&pass>("pass_on", "one", "function"),
    function<[](std::shared_ptr<point> one) { kept_point = std::move(one); }>("share", "one"),
    function<[](std::unique_ptr<point>) {}>("swallow", "one"),
    function<&times>("times", "count", "function"),
    function<&is_empty>("is_empty", parameter{"function", nullptr}),
    function<[](std::function<void()> function) { kept().push_back(std::move(function)); }>(
        "keep", "function"),
    function<[] { for (const auto& each : kept()) { each(); } }>("call_kept"),
    function<[] { kept().clear(); }>("drop_kept"),
    function<[] { return point::alive; }>("alive"));
