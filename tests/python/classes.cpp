// SPDX-License-Identifier: MIT
// C++ classes that are listed as they are, for test_classes.py.
#include <clib/ffi.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace shop {

class named {
public:
    const std::string& name() const noexcept { return name_; }
    void rename(std::string name) { name_ = std::move(name); }

protected:
    explicit named(std::string name) : name_{std::move(name)} {}

private:
    std::string name_;
};

/// It is neither copied nor moved.
class stock : public named {
public:
    static inline std::atomic<int> alive = 0;

    explicit stock(std::string name = "", int first = 0) : named{std::move(name)} {
        if (first < 0) { throw std::invalid_argument{"first is negative; pass 0 or more"}; }
        if (first > 0) { counts_["first"] = first; }
        ++alive;
    }
    stock(const stock&) = delete;
    ~stock() { --alive; }

    int add(std::string_view article, int count = 1) {
        return counts_[std::string{article}] += count;
    }
    std::size_t size() const noexcept { return counts_.size(); }
    bool contains(const std::string& article) const { return counts_.count(article) != 0; }
    int of(const std::string& article) const {
        const auto found = counts_.find(article);
        if (found == counts_.end()) { throw std::out_of_range{"there is none"}; }
        return found->second;
    }
    long long balance() const& {
        long long all = 0;
        for (const auto& [article, count] : counts_) { all += count; }
        return all;
    }
    stock& take_all_of(const stock& other) {
        for (const auto& [article, count] : other.counts_) { counts_[article] += count; }
        return *this;
    }
    const stock& larger(const stock& other) const {
        return other.balance() > balance() ? other : *this;
    }
    bool operator==(const stock& other) const { return counts_ == other.counts_; }

    std::int16_t shelf = 7;

private:
    std::map<std::string, int> counts_;
};

struct point {
    double x, y;
};
struct text_list {
    std::string all;
    const char* at(std::size_t index) const {
        if (index >= all.size()) { throw std::out_of_range{"index is too large"}; }
        const char* const letters[] = {"a", "b", "c"};
        return letters[all[index] - 'a'];
    }
    std::string_view view() const noexcept { return all; }
};

class tally {
public:
    tally& add(std::uint64_t number) {
        sum_ += number;
        return *this;
    }
    unsigned long long sum() const noexcept { return sum_; }

private:
    std::atomic<std::uint64_t> sum_ = 0;
};

stock open(const std::string& name) { return stock{name, 3}; }
const stock& first_of(const stock& one, const stock&) { return one; }
const stock& elsewhere(const stock&, const stock&) {
    static const stock other{"elsewhere"};
    return other;
}
double mean(std::span<const double> numbers, double otherwise) {
    double sum = 0;
    for (const double each : numbers) { sum += each; }
    return numbers.empty() ? otherwise : sum / static_cast<double>(numbers.size());
}
void twice(std::span<double> numbers) noexcept {
    for (double& each : numbers) { each *= 2; }
}
point mirrored(const point& original) { return {original.y, original.x}; }
std::string repeat(std::string&& text, unsigned times) {
    const std::string once = text;
    for (unsigned i = 1; i < times; ++i) { text += once; }
    return std::move(text);
}
float half(float number) { return number / 2; }
std::int8_t low(std::int8_t number) noexcept { return number; }
int sum_twice(const text_list& list, text_list copy) {
    copy.all += "abc";
    return static_cast<int>(list.all.size() + copy.all.size());
}

}  // namespace shop

template <>
inline constexpr auto clib::ffi::access_of<shop::tally> = clib::ffi::access::concurrent;

CLIB_MODULE(shop, "1.0", "What a shop has.",
    structure<shop::point>("Point").member<&shop::point::x>("x").member<&shop::point::y>("y"),
    type<shop::stock>("Stock", "Articles, and how many there are.")
        .constructor<std::string, int>(parameter{"name", ""}, parameter{"first", 0})
        .method<&shop::stock::add>("add", "article", parameter{"count", 1}).doc("Adds some.")
        .method<&shop::stock::size>("__len__")
        .method<&shop::stock::contains>("__contains__", "article")
        .method<&shop::stock::of>("__getitem__", "article")
        .method<&shop::stock::take_all_of>("__iadd__", "other")
        .method<&shop::stock::take_all_of>("take_all_of", "other").may_block()
        .method<&shop::stock::larger>("larger", "other")
        .method<&shop::stock::operator==>("__eq__", "other")
        .method<&shop::stock::rename>("rename", "name")
        .property<&shop::stock::name>("name")
        .property<&shop::stock::balance>("balance")
        .member<&shop::stock::shelf>("shelf").doc("Where it stands.")
        .property<&shop::stock::name, &shop::stock::rename>("title")
        .constant<7>("SHELVES")
        .method<[](const shop::stock& self, const std::string& mark) {
            return mark + self.name() + mark;
        }>("marked", "mark")
        .function<[] { return shop::stock::alive.load(); }>("alive")
        .function<&shop::open>("open", "name"),
    type<shop::text_list>("TextList")
        .constructor<std::string>("all")
        .method<[](const shop::text_list& self) { return self.all.size(); }>("__len__")
        .method<&shop::text_list::at>("__getitem__", "index")
        .method<&shop::text_list::view>("__str__"),
    type<shop::tally>("Tally").constructor<>()
        .method<&shop::tally::add>("add", "number").may_block()
        .property<&shop::tally::sum>("sum"),
    constant<-3>("LEAST"), constant<true>("OPEN"),
    constant<[] { return "2.1"; }>("VERSION"), constant<[] { return 0.5; }>("HALF"),
    function<&shop::first_of>("first_of", "one", "other"),
    function<&shop::elsewhere>("elsewhere", "one", "other"),
    function<&shop::mean>("mean", "numbers", parameter{"otherwise", 0.5}),
    function<&shop::twice>("twice", "numbers"),
    function<&shop::mirrored>("mirrored", "original"),
    function<&shop::repeat>("repeat", "text", "times").may_block(),
    function<&shop::half>("half", "number"),
    function<&shop::low>("low", "number"),
    function<&shop::sum_twice>("sum_twice", "list", "copy"),
    function<[](std::int64_t a, std::int64_t b) { return a - b; }>("minus", "a", "b"),
    function<[] { return static_cast<const char*>(nullptr); }>("no_text"));
