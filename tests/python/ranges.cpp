// SPDX-License-Identifier: MIT
// Listed classes that are ranges, for test_ranges.py.
#include <clib/ffi.hpp>

#include <cstdint>
#include <forward_list>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ranges {

/// With the elements of a container.
template <class Container>
class range {
public:
    auto begin() const { return elements_.begin(); }
    auto end() const { return elements_.end(); }

protected:
    Container elements_;
};

struct numbers : range<std::vector<std::int64_t>> {
    void add(std::int64_t number) { elements_.push_back(number); }

    std::vector<std::int64_t> state() const { return elements_; }
    static numbers from(const std::vector<std::int64_t>& state) {
        numbers made;
        made.elements_ = state;
        return made;
    }
};

struct truths : range<std::vector<bool>> {
    void add(bool truth) { elements_.push_back(truth); }
};

struct words : range<std::forward_list<std::string>> {
    void add(const std::string& word) { elements_.push_front(word); }
};

struct counts : range<std::map<std::string, double>> {
    void set(const std::string& word, double number) { elements_[word] = number; }
};

struct point {
    double x = 0.0;
    double get_x() const { return x; }
};

/// Its state is what its constructor takes.
class name {
public:
    explicit name(const std::string& text) : text_{text} {
        if (text.empty()) { throw std::invalid_argument{"text is empty; pass at least a letter"}; }
    }
    std::string text() const { return text_; }

private:
    std::string text_;
};

struct size {
    std::int32_t width;
    double height;
};

/// Without a const begin(), and of objects of another class.
class path {
public:
    void add(double x) { points_.push_back({x}); }
    std::vector<point>::iterator begin() {
        if (points_.size() > 3) { throw std::length_error{"it is too long"}; }
        return points_.begin();
    }
    std::vector<point>::iterator end() { return points_.end(); }

private:
    std::vector<point> points_;
};

}  // namespace ranges

using namespace ranges;

// clang-format off
CLIB_MODULE(ranges, "1.0", "Ranges.",
    type<numbers>("Numbers").constructor<>().method<&numbers::add>("add", "number")
        .iterable("NumbersIterator").doc("The numbers.")
        .pickle<&numbers::state, &numbers::from>()
        .copyable().doc("Another object with the same numbers."),
    type<name>("Name").constructor<const std::string&>("text").property<&name::text>("text")
        .pickle<&name::text, [](const std::string& text) { return name{text}; }>(),
    structure<size>("Size").member<&size::width>("width").member<&size::height>("height"),
    type<truths>("Truths").constructor<>().method<&truths::add>("add", "truth")
        .iterable("TruthsIterator"),
    type<words>("Words").constructor<>().iterable("WordsIterator")
        .method<&words::add>("add", "word"),
    type<counts>("Counts").constructor<>().method<&counts::set>("set", "word", "number")
        .iterable("CountsIterator"),
    type<point>("Point").property<&point::get_x>("x"),
    type<path>("Path").constructor<>().method<&path::add>("add", "x").iterable("PathIterator"));
