// SPDX-License-Identifier: MIT
// What a listing may say, for test_listing.py.
#include <clib/ffi.hpp>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shelf {

std::string kind_of(int number) { return "int " + std::to_string(number); }
std::string kind_of(double number) { return "double " + std::to_string(number); }
std::string kind_of(bool truth) { return truth ? "bool true" : "bool false"; }
std::string kind_of(const std::string& text) { return "text " + text; }
std::string kind_of(std::span<const double> numbers) {
    return "numbers " + std::to_string(numbers.size());
}

/// A bag of numbers.
class bag {
public:
    bag() = default;
    explicit bag(int first) : numbers_{first} {}
    bag(int first, int second) : numbers_{first, second} {}
    explicit bag(const std::string& text) : numbers_(text.size(), 0) {}

    int add(int number) {
        if (number < 0) { throw std::invalid_argument{"number is negative; pass 0 or more"}; }
        numbers_.push_back(number);
        return static_cast<int>(numbers_.size());
    }
    bag& add(const bag& other) {
        const std::vector<int> copy = other.numbers_;
        numbers_.insert(numbers_.end(), copy.begin(), copy.end());
        return *this;
    }
    double add(double number, int times = 1) {
        for (int i = 0; i < times; ++i) { add(static_cast<int>(number)); }
        return number * times;
    }
    std::size_t size() const noexcept { return numbers_.size(); }
    int at(std::size_t index) const { return numbers_.at(index); }
    int count(const std::string& text) const {
        int found = 0;
        for (const int each : numbers_) { found += std::to_string(each) == text ? 1 : 0; }
        return found;
    }
    bool operator==(const bag& other) const = default;

private:
    std::vector<int> numbers_;
};

}  // namespace shelf

CLIB_MODULE(shelf, "1.0", "What a listing may say.",
    type<shelf::bag>("Bag", "Some numbers.")
        .constructor<>()
        .constructor<int>("first")
        .constructor<int, int>("first", "second")
        .constructor<std::string>("text")
        .method<[](shelf::bag& self, int number) { return self.add(number); }>("add", "number")
            .doc("Adds a number.")
        .method<[](shelf::bag& self, const shelf::bag& other) -> shelf::bag& {
            return self.add(other);
        }>("add", "other").doc("Adds all of another bag.")
        .method<[](shelf::bag& self, double number, int times) {
            return self.add(number, times);
        }>("add", "number", parameter{"times", 1})
        .method<&shelf::bag::size>("__len__")
        .method<&shelf::bag::at>("__getitem__", "index")
        .method<&shelf::bag::count>("__getitem__", "text")
        .method<[](const shelf::bag& self, const shelf::bag& other) { return self == other; }>(
            "__eq__", "other")
        .method<[](const shelf::bag& self, int size) {
            return self.size() == static_cast<std::size_t>(size);
        }>("__eq__", "size")
        .function<[](int size) {
            shelf::bag made;
            for (int i = 0; i < size; ++i) { made.add(i); }
            return made;
        }>("of", "size")
        .function<[](const std::string& text) { return shelf::bag{text}; }>("of", "text"),
    function<[](int number) { return shelf::kind_of(number); }>("kind_of", "number"),
    function<[](double number) { return shelf::kind_of(number); }>("kind_of", "number"),
    function<[](bool truth) { return shelf::kind_of(truth); }>("kind_of", "truth"),
    function<[](const std::string& text) { return shelf::kind_of(text); }>("kind_of", "text"),
    function<[](std::span<const double> numbers) { return shelf::kind_of(numbers); }>("kind_of",
                                                                                      "numbers"),
    function<[](std::int8_t number) { return std::to_string(number) + " of 8"; }>("width", "number"),
    function<[](std::int64_t number) { return std::to_string(number) + " of 64"; }>("width",
                                                                                    "number"));
