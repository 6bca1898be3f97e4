// SPDX-License-Identifier: MIT
// Classes whose virtual functions Python overrides, for test_overrides.py.
#include <clib/ffi.hpp>
#include <clib/ffi/overridable.hpp>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace zoo {

struct food {
    std::string name;
    int amount = 1;
};

class animal {
public:
    static inline std::atomic<int> alive = 0;
    explicit animal(std::string name) : name_{std::move(name)} { ++alive; }
    animal(const animal&) = delete;
    virtual ~animal() { --alive; }
    virtual std::string sound() const = 0;
    virtual std::string describe(std::int64_t times, const std::string& mark) const {
        std::string all = name_ + ":";
        for (std::int64_t i = 0; i < times; ++i) { all += ' ' + sound() + mark; }
        return all;
    }
    virtual void rename(std::string name) { name_ = std::move(name); }
    virtual std::vector<double> sizes() const { return {1, 2.5}; }
    virtual food favourite(const food& least) const { return {least.name + "!", least.amount + 1}; }
    virtual std::shared_ptr<animal> friend_of(std::shared_ptr<animal> other) { return other; }
    const std::string& name() const noexcept { return name_; }

private:
    std::string name_;
};

struct py_animal : clib::ffi::overridable<animal> {
    using overridable::overridable;
    std::string sound() const override { return call<&animal::sound>(); }
    std::string describe(std::int64_t times, const std::string& mark) const override {
        return call_or<&animal::describe>([&] { return animal::describe(times, mark); }, times,
                                          mark);
    }
    void rename(std::string name) override {
        return call_or<&animal::rename>([&] { animal::rename(name); }, name);
    }
    std::vector<double> sizes() const override {
        return call_or<&animal::sizes>([&] { return animal::sizes(); });
    }
    food favourite(const food& least) const override {
        return call_or<&animal::favourite>([&] { return animal::favourite(least); }, least);
    }
    std::shared_ptr<animal> friend_of(std::shared_ptr<animal> other) override {
        return call_or<&animal::friend_of>([&] { return animal::friend_of(other); }, other);
    }
};

/// Derived in C++, and once more in Python.
class dog : public animal {
public:
    dog() : animal{"dog"} {}
    std::string sound() const override { return "woof"; }
    virtual std::int64_t legs() const noexcept(false) { return 4; }
};

struct py_dog : clib::ffi::overridable<dog> {
    std::string sound() const override {
        return call_or<&dog::sound>([&] { return dog::sound(); });
    }
    std::int64_t legs() const override {
        return call_or<&dog::legs>([&] { return dog::legs(); });
    }
};

/// Its functions return references and pointers.
class keeper {
public:
    virtual ~keeper() = default;
    virtual double size() const = 0;
    virtual const std::string& title() const { return title_; }
    virtual const char* motto() const = 0;
    virtual food& lunch() { return lunch_; }
    virtual food* dinner() = 0;
    virtual const food& snack() const { return lunch_; }
    virtual keeper& other() { return *this; }

private:
    std::string title_ = "keeper";
    food lunch_{"hay"};
};
struct py_keeper : clib::ffi::overridable<keeper> {
    double size() const override { return call<&keeper::size>(); }
    const std::string& title() const override {
        return call_or<&keeper::title>([&]() -> decltype(auto) { return keeper::title(); });
    }
    const char* motto() const override { return call<&keeper::motto>(); }
    food& lunch() override {
        return call_or<&keeper::lunch>([&]() -> decltype(auto) { return keeper::lunch(); });
    }
    food* dinner() override { return call<&keeper::dinner>(); }
    keeper& other() override {
        return call_or<&keeper::other>([&]() -> decltype(auto) { return keeper::other(); });
    }
    const food& snack() const override {
        return call_or<&keeper::snack>([&]() -> decltype(auto) { return keeper::snack(); });
    }
};
std::string all_of(keeper& one) {
    const std::string& title = one.title();
    const char* const motto = one.motto();
    food& lunch = one.lunch();
    lunch.amount += 1;
    food* const dinner = one.dinner();
    if (dinner != nullptr) { dinner->amount *= 2; }
    return title + ' ' + motto + ' ' + lunch.name + ' ' +
           (dinner != nullptr ? dinner->name : "none") + ' ' + one.snack().name;
}

class cage {
public:
    void own(std::unique_ptr<animal> one) { owned_ = std::move(one); }
    std::unique_ptr<animal> give() noexcept { return std::move(owned_); }
    animal* owned() const noexcept { return owned_.get(); }
    void share(std::shared_ptr<animal> one) { shared_.push_back(std::move(one)); }
    std::shared_ptr<animal> shared(std::size_t index) const { return shared_.at(index); }
    void clear() {
        owned_.reset();
        shared_.clear();
    }
    std::string sounds() const {
        std::string all;
        if (owned_ != nullptr) { all += owned_->sound() + ';'; }
        for (const auto& each : shared_) { all += each->sound() + ';'; }
        return all;
    }

    /// What it has at the end is asked once more.
    bool is_last = false;
    ~cage() {
        if (!is_last) { return; }
        try {
            std::puts(sounds().c_str());
        } catch (const std::exception&) { std::puts("the end"); }
    }

private:
    std::unique_ptr<animal> owned_;
    std::vector<std::shared_ptr<animal>> shared_;
};

std::string sound_of(const animal& one) { return one.sound(); }
std::string describe(const animal& one, std::int64_t times) { return one.describe(times, "?"); }
std::string sound_in_thread(const animal& one) {
    std::string sound;
    std::thread{[&] {
        try {
            sound = one.sound();
        } catch (const std::exception& e) { sound = e.what(); }
    }}.join();
    return sound;
}
std::string caught(const animal& one) {
    try {
        return one.sound();
    } catch (const std::exception&) { return "caught"; }
}
std::vector<double> sizes_of(const animal& one) { return one.sizes(); }
food favourite_of(const animal& one, const food& least) { return one.favourite(least); }
std::shared_ptr<animal> friend_of(animal& one, std::shared_ptr<animal> other) {
    return one.friend_of(std::move(other));
}
std::int64_t repeat(const dog& one, std::int64_t times) {
    std::int64_t all = 0;
    for (std::int64_t i = 0; i < times; ++i) { all += one.legs(); }
    return all;
}
std::unique_ptr<animal> make_dog() { return std::make_unique<dog>(); }
cage& last_cage() {  // which outlives Python
    static cage all;
    all.is_last = true;
    return all;
}

}  // namespace zoo

CLIB_MODULE(zoo, "1.0",
    type<zoo::food>("Food").constructor<>().member<&zoo::food::name>("name")
        .member<&zoo::food::amount>("amount"),
    type<zoo::animal>("Animal", "It makes a sound.").overridable<zoo::py_animal>()
        .constructor<std::string>(parameter("name", "it")).doc("Gives it a name.")
        .overridable<&zoo::animal::sound>("sound").doc("What it says.")
        .overridable<&zoo::animal::describe>("describe", "times", parameter("mark", "!"))
        .overridable<&zoo::animal::rename>("rename", "name")
        .overridable<&zoo::animal::sizes>("sizes")
        .overridable<&zoo::animal::favourite>("favourite", "least")
        .overridable<&zoo::animal::friend_of>("friend_of", "other")
        .property<&zoo::animal::name>("name")
        .function<[] { return zoo::animal::alive.load(); }>("alive"),
    type<zoo::dog>("Dog").base<zoo::animal>().overridable<zoo::py_dog>().constructor<>()
        .overridable<&zoo::dog::sound>("sound")
        .overridable<&zoo::dog::legs>("legs"),
    type<zoo::keeper>("Keeper").overridable<zoo::py_keeper>().constructor<>()
        .overridable_property<&zoo::keeper::size>("size").doc("How large it is.")
        .overridable_property<&zoo::keeper::title>("title")
        .overridable<&zoo::keeper::motto>("motto")
        .overridable<&zoo::keeper::lunch>("lunch")
        .overridable<&zoo::keeper::dinner>("dinner")
        .overridable<&zoo::keeper::snack>("snack")
        .overridable<&zoo::keeper::other>("other"),
    function<[](const zoo::keeper& one) { return one.size(); }>("size_of", "one"),
    function<&zoo::all_of>("all_of", "one"),
    function<[](zoo::keeper& one) { return one.other().size(); }>("size_of_other", "one"),
    type<zoo::cage>("Cage").constructor<>()
        .method<&zoo::cage::own>("own", "one")
        .method<&zoo::cage::give>("give")
        .property<&zoo::cage::owned>("owned")
        .method<&zoo::cage::share>("share", "one")
        .method<&zoo::cage::shared>("shared", "index")
        .method<&zoo::cage::clear>("clear")
        .method<&zoo::cage::sounds>("sounds"),
    function<&zoo::sound_of>("sound_of", "one"),
    function<&zoo::describe>("describe", "one", "times"),
    function<&zoo::sound_in_thread>("sound_in_thread", "one").may_block(),
    function<&zoo::caught>("caught", "one"),
    function<&zoo::sizes_of>("sizes_of", "one"),
    function<&zoo::favourite_of>("favourite_of", "one", "least"),
    function<&zoo::friend_of>("friend_of", "one", "other"),
    function<&zoo::repeat>("repeat", "one", "times"),
    function<&zoo::make_dog>("make_dog"),
    function<&zoo::last_cage>("last_cage").borrowed());
