// SPDX-License-Identifier: MIT
// What a listing may say, for test_listing.py.
#include <clib/c_string.hpp>
#include <clib/char_buffer.hpp>
#include <clib/ffi.hpp>

#include <cstdint>
#include <map>
#include <optional>
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
    bag part(clib::ffi::slice which) const {
        bag made;
        for (const std::size_t place : which.of(size())) { made.add(at(place)); }
        return made;
    }
    void operator+=(int number) { add(number); }
    std::size_t size() const noexcept { return numbers_.size(); }
    int at(std::size_t index) const { return numbers_.at(index); }
    int count(const std::string& text) const {
        int found = 0;
        for (const int each : numbers_) { found += std::to_string(each) == text ? 1 : 0; }
        return found;
    }
    bool operator==(const bag& other) const = default;
    int sum_with(const bag* other) const {
        int sum = 0;
        for (const int each : numbers_) { sum += each; }
        return other != nullptr ? sum + other->sum_with(nullptr) : sum;
    }

private:
    std::vector<int> numbers_;
};

/// A version: ordered, hashed, with attributes of one's own.
struct version {
    int major, minor;
    auto operator<=>(const version&) const = default;
};
/// Made of a number, a text or a version where one is to be read.
struct label {
    static inline int alive = 0;
    std::string text;

    explicit label(int number) : text{"number " + std::to_string(number)} {
        if (number < 0) { throw std::invalid_argument{"number is negative; pass 0 or more"}; }
        ++alive;
    }
    explicit label(const std::string& words) : text{words} { ++alive; }
    explicit label(const version& one) : text{"version " + std::to_string(one.major)} { ++alive; }
    label(const std::string& words, int times) : text{words + std::to_string(times)} { ++alive; }
    label(const label& other) : text{other.text} { ++alive; }
    ~label() { --alive; }
};
/// A part of a label.
struct letter {
    std::int64_t place;
};
struct corner {
    double x, y;
};
/// It is only ordered.
struct priority {
    int value;
    bool operator<(const priority& other) const { return value < other.value; }
};
/// A door that is opened and shut.
class door {
public:
    void enter() { is_open_ = true; }
    void leave() { is_open_ = false; }
    bool is_open() const { return is_open_; }
    int times(int a, int b) const { return a * b; }
    std::string format(const std::string& how) const { return "door as " + how; }

private:
    bool is_open_ = false;
};

std::size_t size_of(bag* one, const bag* other) noexcept {
    if (one != nullptr) { one->add(0); }
    return (one != nullptr ? one->size() : 0) + (other != nullptr ? other->size() : 100);
}
bag& same(bag* one) { return *one; }
std::string line(const std::string& text, int width, const std::string& fill, bool is_left) {
    std::string space;
    while (space.size() + text.size() < static_cast<std::size_t>(width)) { space += fill; }
    return is_left ? text + space : space + text;
}

}  // namespace shelf

template <>
struct std::hash<shelf::version> {
    std::size_t operator()(const shelf::version& one) const noexcept {
        return static_cast<std::size_t>(one.major * 1000 + one.minor) | std::size_t{1} << 63;
    }
};

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
        .method<&shelf::bag::sum_with>("sum_with", parameter("other").or_none())
        .method<&shelf::bag::size>("__len__")
        .method<&shelf::bag::at>("__getitem__", "index")
        .method<&shelf::bag::count>("__getitem__", "text")
        .method<&shelf::bag::part>("__getitem__", "which")
        .method<&shelf::bag::operator+= >("__iadd__", "number")
        .method<[](const shelf::bag& self, int number) { return self.count(std::to_string(number)) != 0; }>(
            "__contains__", "number")
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
    type<shelf::version>("Version").constructor<int, int>("major", "minor")
        .comparable().hashable().dynamic_attributes()
        .member<&shelf::version::major>("major")
        .method<[](const shelf::version& self) { return self; }>("copy"),
    type<shelf::label>("Label")
        .constructor<int>("number").implicit().constructor<std::string>("text").implicit()
        .constructor<const shelf::version&>("version").implicit()
        .constructor<std::string, int>("text", "times")
        .member<&shelf::label::text>("text")
        .constant<true>("IS_LABEL"),
    function<[](const shelf::label& one, const shelf::label* other) {
        return one.text + ", " + (other != nullptr ? other->text : "none");
    }>("labels", "one", parameter("other", nullptr)),
    function<[](shelf::label copy) { return copy.text; }>("copied", "label"),
    function<[](shelf::label& changed) { changed.text = "changed"; }>("change", "label"),
    function<[](const shelf::label& same) -> const shelf::label& { return same; }>("as_label",
                                                                                   "label"),
    function<[] { return shelf::label::alive; }>("labels_alive"),
    inside<shelf::label>(
        type<shelf::letter>("Letter", "A place in a label.")
            .constructor<std::int64_t>("place").member<&shelf::letter::place>("place")
            .method<[](const shelf::letter& self, const shelf::label& label) {
                return label.text.substr(static_cast<std::size_t>(self.place), 1);
            }>("of", "label"),
        structure<shelf::corner>("Corner").member<&shelf::corner::x>("x")
            .member<&shelf::corner::y>("y")),
    submodule("text", "What is about text.",
        function<[](const std::string& text) { return "text of " + text; }>("shown", "text")
            .doc("Shows a text."),
        function<[](int number) { return "number " + std::to_string(number); }>("shown", "number"),
        constant<7>("SEVEN"),
        type<shelf::door>("Door").constructor<>()
            .method<&shelf::door::enter>("__enter__").method<&shelf::door::leave>("__exit__")
            .method<&shelf::door::times>("__call__", "a", "b")
            .method<&shelf::door::format>("__format__", "how")
            .property<&shelf::door::is_open>("is_open"),
        submodule("deep", function<[](const shelf::door& door) { return door.is_open(); }>(
                              "is_open", "door"))),
    submodule("other", function<[](shelf::corner corner) { return corner; }>("shown", "corner")),
    type<shelf::priority>("Priority").constructor<int>("value").comparable(),
    function<[](clib::ffi::slice which, std::uint64_t length) {
        const clib::ffi::slice_places places = which.of(length);
        std::string all;
        for (std::size_t i = 0; i < places.size(); ++i) { all += std::to_string(places[i]) + " "; }
        return all;
    }>("places", "which", "length"),
    function<[](const std::string& text) { return clib::c_string::copy(text); }>("c_string",
                                                                                 "text"),
    function<[](const std::string& text) { return clib::char_buffer{text}; }>("char_buffer",
                                                                              "text"),
    function<[] {
        std::vector<clib::char_buffer> both;
        for (const char* const each : {"so", ""}) { both.emplace_back(each); }
        return both;
    }>("char_buffers"),
    function<[](int number) { return shelf::kind_of(number); }>("kind_of", "number"),
    function<[](double number) { return shelf::kind_of(number); }>("kind_of", "number"),
    function<[](bool truth) { return shelf::kind_of(truth); }>("kind_of", "truth"),
    function<[](const std::string& text) { return shelf::kind_of(text); }>("kind_of", "text"),
    function<[](std::span<const double> numbers) { return shelf::kind_of(numbers); }>("kind_of",
                                                                                      "numbers"),
    function<&shelf::line>("line", parameter("text").doc("What is shown."),
                           parameter("width", 3).keyword_only().doc("How wide it is, in bytes.\n"
                                                                    "Longer text is not cut."),
                           parameter("fill", ".").keyword_only(),
                           parameter("is_left", true).keyword_only()).doc("A line."),
    function<[](int from, int type) { return 10 * from + type; }>(
        "weighted", parameter("from").keyword_only(), parameter("type").keyword_only()),
    function<[](double from, int type) { return from + type; }>(
        "weighted", parameter("from"), parameter("type").keyword_only()),
    function<&shelf::size_of>("size_of", parameter("one").or_none(),
                              parameter("other", nullptr).keyword_only()),
    function<&shelf::same>("same", "one"),
    function<[](const std::vector<double>& all) { return "doubles " + std::to_string(all.size()); }>(
        "all_of", "all"),
    function<[](const std::vector<int>& all) { return "ints " + std::to_string(all.size()); }>(
        "all_of", "all"),
    function<[](const std::map<std::string, int>& all) { return "dict " + std::to_string(all.size()); }>(
        "all_of", "all"),
    function<[](std::optional<std::string> all) { return "text " + all.value_or("none"); }>(
        "all_of", "all"),
    function<[](std::pair<int, bool> all) { return "pair " + std::to_string(all.first); }>(
        "all_of", "all"),
    function<[](std::int8_t number) { return std::to_string(number) + " of 8"; }>("width", "number"),
    function<[](std::int64_t number) { return std::to_string(number) + " of 64"; }>("width",
                                                                                    "number"));
