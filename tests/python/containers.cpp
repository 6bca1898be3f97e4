// SPDX-License-Identifier: MIT
// Values that hold others, for test_containers.py.
#include <clib/ffi.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace {

struct place {
    std::int32_t x;
    std::int32_t y;
};

class shape {
public:
    explicit shape(std::string name) : name_{std::move(name)} { ++alive; }
    shape(const shape& other) : name_{other.name_} { ++alive; }
    ~shape() { --alive; }
    const std::string& name() const noexcept { return name_; }

    static inline int alive = 0;

private:
    std::string name_;
};

template <class T>
T same(T value) {
    return value;
}

using text_or_number = std::variant<std::monostate, std::string, std::int64_t, double>;
using deep = std::map<std::string, std::vector<std::optional<std::pair<std::int64_t, double>>>>;

class archive {
public:
    void add(const std::string& key, std::vector<double> values) {
        entries_[key] = std::move(values);
    }
    const std::map<std::string, std::vector<double>>& entries() const noexcept { return entries_; }
    std::optional<std::vector<double>> find(const std::string& key) const {
        const auto found = entries_.find(key);
        if (found == entries_.end()) { return std::nullopt; }
        return found->second;
    }

    std::vector<std::string> labels;

private:
    std::map<std::string, std::vector<double>> entries_;
};

std::vector<std::string> names(const std::vector<shape>& shapes) {
    std::vector<std::string> all;
    for (const shape& each : shapes) { all.push_back(each.name()); }
    return all;
}

std::vector<std::int64_t> failing(std::int64_t how) {
    if (how == 1) { throw std::invalid_argument{"how is 1; pass another one"}; }
    if (how == 2) { throw std::bad_alloc{}; }
    return {how};
}

std::vector<std::int64_t> up_to(std::int64_t end) {
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < end; ++i) { all.push_back(i); }
    return all;
}

double sum(const std::vector<double>& values, std::optional<double> start) {
    double total = start.value_or(0);
    for (const double each : values) { total += each; }
    return total;
}

}  // namespace

CLIB_MODULE(box, "1.0", "Values that hold others.",
    structure<place>("Place").member<&place::x>("x").member<&place::y>("y"),
    type<shape>("Shape").constructor<std::string>("name").property<&shape::name>("name"),
    type<archive>("Archive").constructor<>()
        .method<&archive::add>("add", "key", "values")
        .method<&archive::find>("find", "key")
        .property<&archive::entries>("entries")
        .member<&archive::labels>("labels"),
    function<&same<std::vector<double>>>("doubles", "value"),
    function<&same<std::vector<float>>>("floats", "value"),
    function<&same<std::vector<bool>>>("bools", "value"),
    function<&same<std::vector<std::string>>>("texts", "value"),
    function<&same<std::vector<std::uint64_t>>>("naturals", "value"),
    function<&same<std::vector<std::int8_t>>>("bytes", "value"),
    function<&same<std::deque<std::int64_t>>>("deque", "value"),
    function<&same<std::list<std::int64_t>>>("linked", "value"),
    function<&same<std::array<std::int64_t, 3>>>("three", "value"),
    function<&same<std::set<std::string>>>("set", "value"),
    function<&same<std::unordered_set<std::int64_t>>>("hashed_set", "value"),
    function<&same<std::map<std::string, std::int64_t>>>("dict", "value"),
    function<&same<std::unordered_map<std::int64_t, bool>>>("hashed_dict", "value"),
    function<&same<std::pair<std::int64_t, std::string>>>("pair", "value"),
    function<&same<std::tuple<bool, double, std::string>>>("triple", "value"),
    function<&same<std::tuple<>>>("empty", "value"),
    function<&same<std::optional<std::string>>>("optional", parameter{"value", nullptr}),
    function<&same<text_or_number>>("variant", "value"),
    function<&same<std::variant<double, bool, std::vector<double>>>>("numbers", "value"),
    function<&same<std::variant<std::vector<double>, std::vector<std::int64_t>>>>("either", "value"),
    function<&same<deep>>("deep", "value"),
    function<&same<std::vector<place>>>("places", "value"),
    function<&same<std::vector<shape>>>("shapes", "value"),
    function<&same<std::optional<shape>>>("maybe_shape", "value"),
    function<&same<std::map<std::string, std::variant<shape, std::int64_t>>>>("mixed", "value"),
    function<&same<std::pair<shape, shape>>>("two_shapes", "value"),
    function<&same<std::vector<double>>>("doubles_blocking", "value").may_block(),
    function<&names>("names", "shapes"),
    function<&failing>("failing", "how"),
    function<&up_to>("up_to", "end"),
    function<&sum>("sum", "values", parameter{"start", nullptr}),
    function<[] { return shape::alive; }>("alive"));
