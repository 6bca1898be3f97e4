// SPDX-License-Identifier: MIT
// A library with something of every kind that the loaders of examples/ carry: Node, LuaJIT, Ruby
// and Java call it, and examples/README.md shows how.
#include <clib/ffi.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace {

constexpr std::int64_t most_words = 1000;

enum class order { up, down };

struct point {
    double x;
    double y;
};

struct parse_error : std::invalid_argument {
    parse_error(const std::string& reason, std::int64_t place, std::string what_follows)
        : std::invalid_argument{reason}, offset{place}, rest{std::move(what_follows)} {}
    std::int64_t offset;
    std::string rest;
};

/// Counts the objects that are alive.
struct live_count {
    static inline std::int64_t number = 0;
    live_count() { ++number; }
    live_count(const live_count&) { ++number; }
    live_count& operator=(const live_count&) = default;
    ~live_count() { --number; }
};

class word_count {
public:
    explicit word_count(std::int64_t limit) : limit_{limit} {}
    word_count(const word_count&) = default;
    word_count& operator=(const word_count&) = default;
    virtual ~word_count() = default;
    static std::int64_t alive() noexcept { return live_count::number; }

    std::int64_t add(const std::string& word) {
        if (word.empty()) {
            throw std::invalid_argument{"word is empty; pass at least one letter"};
        }
        if (size() >= limit_ && !times_.contains(word)) {
            throw std::out_of_range{"the limit is reached; set a higher one"};
        }
        const std::int64_t times = ++times_[word];
        if (listener_) { listener_(word, times); }
        return times;
    }
    const std::map<std::string, std::int64_t>& all() const noexcept { return times_; }
    auto begin() const noexcept { return times_.begin(); }
    auto end() const noexcept { return times_.end(); }
    std::optional<std::int64_t> times(const std::string& word) const {
        const auto found = times_.find(word);
        return found == times_.end() ? std::nullopt : std::optional{found->second};
    }
    std::string most_frequent() const {
        if (times_.empty()) { return {}; }
        return std::max_element(times_.begin(), times_.end(),
                                [](const auto& a, const auto& b) { return a.second < b.second; })
            ->first;
    }
    /// Calls for each word, until the function returns false.
    void each(const std::function<bool(const std::string&, std::int64_t)>& visit) const {
        for (const auto& [word, times] : times_) {
            if (!visit(word, times)) { return; }
        }
    }
    void listen(std::function<void(const std::string&, std::int64_t)> listener) {
        listener_ = std::move(listener);
    }
    std::int64_t size() const noexcept { return static_cast<std::int64_t>(times_.size()); }
    std::int64_t limit() const noexcept { return limit_; }
    void set_limit(std::int64_t limit) noexcept { limit_ = limit; }

private:
    live_count alive_;
    std::map<std::string, std::int64_t> times_;
    std::int64_t limit_;
    std::function<void(const std::string&, std::int64_t)> listener_;
};

class long_word_count : public word_count {
public:
    explicit long_word_count(std::int64_t least) : word_count{most_words}, least_{least} {}
    std::int64_t add_long(const std::string& word) {
        return static_cast<std::int64_t>(word.size()) < least_ ? 0 : add(word);
    }

private:
    std::int64_t least_;
};

double mean(std::span<const double> values) {
    if (values.empty()) { throw std::invalid_argument{"values are none; pass at least one"}; }
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
void scale(std::span<double> values, double by) {
    for (double& each : values) { each *= by; }
}
std::string reversed(std::string_view text) { return {text.rbegin(), text.rend()}; }
std::uint64_t sum(std::span<const std::byte> data) {
    return std::accumulate(
        data.begin(), data.end(), std::uint64_t{0},
        [](auto all, std::byte each) { return all + std::to_integer<std::uint64_t>(each); });
}
std::vector<std::byte> counting(std::uint8_t count) {
    std::vector<std::byte> data(count);
    for (std::size_t i = 0; i < data.size(); ++i) { data[i] = static_cast<std::byte>(i); }
    return data;
}
std::vector<std::string> sorted(std::vector<std::string> words, order way) {
    std::sort(words.begin(), words.end());
    if (way == order::down) { std::reverse(words.begin(), words.end()); }
    return words;
}
order opposite(order way) { return way == order::up ? order::down : order::up; }
std::map<std::string, std::vector<std::int64_t>> places(const std::vector<std::string>& words) {
    std::map<std::string, std::vector<std::int64_t>> found;
    for (std::size_t i = 0; i < words.size(); ++i) {
        found[words[i]].push_back(static_cast<std::int64_t>(i));
    }
    return found;
}
std::int64_t total(const std::map<std::string, std::int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0},
                           [](std::int64_t all, const auto& each) { return all + each.second; });
}
std::set<std::int64_t> primes(const std::set<std::int64_t>& numbers) {
    std::set<std::int64_t> found;
    for (const std::int64_t number : numbers) {
        bool is_prime = number > 1;
        for (std::int64_t i = 2; is_prime && i * i <= number; ++i) { is_prime = number % i != 0; }
        if (is_prime) { found.insert(number); }
    }
    return found;
}
std::tuple<std::int64_t, std::int64_t> divided(std::int64_t number, std::int64_t by) {
    if (by == 0) { throw std::domain_error{"by is 0; pass another number"}; }
    return {number / by, number % by};
}
std::variant<std::int64_t, std::string> twice(
    const std::variant<std::int64_t, std::string>& value) {
    if (const auto* const text = std::get_if<std::string>(&value)) { return *text + *text; }
    return 2 * std::get<std::int64_t>(value);
}
std::int64_t parse(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] < '0' || text[i] > '9') {
            throw parse_error{"there is no digit at " + std::to_string(i),
                              static_cast<std::int64_t>(i), text.substr(i)};
        }
    }
    return text.empty() ? 0 : std::stoll(text);
}
std::shared_ptr<word_count> largest(const std::vector<std::shared_ptr<word_count>>& counts) {
    return counts.empty()
               ? nullptr
               : *std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
                     return a->size() < b->size();
                 });
}
std::int64_t finished(std::unique_ptr<word_count> count) { return count->size(); }
double composed(const std::function<double(double)>& f, const std::function<double(double)>& g,
                double x) {
    return f(g(x));
}
std::int8_t next(std::int8_t number) { return static_cast<std::int8_t>(number + 1); }
std::uint64_t greatest() { return std::numeric_limits<std::uint64_t>::max(); }
bool negated(bool value) { return !value; }
point middle(point a, point b) { return {(a.x + b.x) / 2, (a.y + b.y) / 2}; }
std::vector<point> mirrored(const std::vector<point>& points) {
    std::vector<point> all;
    all.reserve(points.size());
    for (const point& each : points) { all.push_back({each.y, each.x}); }
    return all;
}

/// As C has it: a function pointer and its context, for the call.
extern "C" CLIB_EXPORT std::int64_t sampler_count_up(std::int64_t to,
                                                     std::int64_t (*visit)(std::int64_t number,
                                                                           void* context),
                                                     void* context) noexcept {
    return clib::ffi::call([&] {
        std::int64_t sum = 0;
        for (std::int64_t number = 1; number <= to; ++number) {
            sum += clib::ffi::call_back("visit", visit, number, context);
        }
        return sum;
    });
}

}  // namespace

CLIB_MODULE(sampler, "1.0", "Something of every kind.",
    enumeration<order>("Order", "How words are sorted.")
        .value<order::up>("up").value<order::down>("down"),
    structure<point>("Point").member<&point::x>("x").member<&point::y>("y"),
    exception<parse_error>("ParseError", python::value_error)
        .member<&parse_error::offset>("offset")
        .member<&parse_error::rest>("rest"),
    type<word_count>("WordCount", "How often each word came.")
        .constructor<std::int64_t>(parameter{"limit", most_words})
        .method<&word_count::add>("add", "word").doc("Counts a word, and returns how often it came.")
        .function<&word_count::alive>("alive")
        .method<&word_count::all>("all")
        .method<&word_count::times>("times", "word")
        .method<&word_count::each>("each", "visit")
        .method<&word_count::listen>("listen", "listener")
        .method<&word_count::size>("__len__")
        .iterable("WordIterator")
        .property<&word_count::most_frequent>("most_frequent")
        .property<&word_count::limit, &word_count::set_limit>("limit"),
    type<long_word_count>("LongWordCount", "The same of long words.")
        .base<word_count>()
        .constructor<std::int64_t>("least")
        .method<&long_word_count::add_long>("add_long", "word"),
    constant<most_words>("MOST_WORDS"),
    function<&mean>("mean", "values"),
    function<&scale>("scale", "values", parameter{"by", 2.0}),
    function<&reversed>("reversed", "text"),
    function<&sum>("sum", "data"),
    function<&counting>("counting", "count"),
    function<&sorted>("sorted", "words", parameter{"way", order::up}),
    function<&opposite>("opposite", "way"),
    function<&places>("places", "words"),
    function<&total>("total", "counts"),
    function<&primes>("primes", "numbers"),
    function<&divided>("divided", "number", "by"),
    function<&twice>("twice", "value"),
    function<&parse>("parse", "text"),
    function<&largest>("largest", "counts"),
    function<&finished>("finished", "count"),
    function<&composed>("composed", "f", "g", "x"),
    function<&next>("next", "number"),
    function<&greatest>("greatest"),
    function<&negated>("negated", "value"),
    function<&middle>("middle", "a", "b"),
    function<&mirrored>("mirrored", "points"),
    function<&sampler_count_up>("count_up", "to", "visit"),
    function<[](std::int64_t number) { return number + 1; }>("after", "number"),
    function<[](const std::string& text) { return text + "a"; }>("after", "text"),
    submodule("text", "What is done to text.",
        function<[](const std::string& text) { return static_cast<std::int64_t>(text.size()); }>(
            "length", "text")));
