// SPDX-License-Identifier: MIT
// Classes with bases, and functions that own, share, give away and return parts of objects, for
// test_family.py.
#include <clib/ffi.hpp>

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace scene {

struct counted {
    static inline std::atomic<int> alive = 0;
    counted() { ++alive; }
    counted(const counted&) { ++alive; }
    counted& operator=(const counted&) = default;
    virtual ~counted() { --alive; }
};

class shape {
public:
    static inline std::atomic<int> alive = 0;
    explicit shape(std::string name) : name_{std::move(name)} { ++alive; }
    shape(const shape& other) : name_{other.name_} { ++alive; }
    virtual ~shape() { --alive; }
    virtual double area() const = 0;
    const std::string& name() const noexcept { return name_; }
    shape& rename(std::string name) {
        name_ = std::move(name);
        return *this;
    }

private:
    std::string name_;
};

class circle : public shape {
public:
    explicit circle(double radius, std::string name = "circle")
        : shape{std::move(name)}, radius_{radius} {}
    double area() const override { return 3 * radius_ * radius_; }
    double radius() const noexcept { return radius_; }

private:
    double radius_;
};

class ring : public circle {
public:
    explicit ring(double radius) : circle{radius, "ring"} {}
    double area() const override { return circle::area() - 1; }
    std::size_t size() const noexcept { return 12; }
};

/// Its shape does not lie where it does itself.
class square : public counted, public shape {
public:
    explicit square(double side) : shape{"square"}, side_{side} {}
    double area() const override { return side_ * side_; }

private:
    double side_;
};

/// Nobody lists it.
class dotted_circle : public circle {
public:
    dotted_circle() : circle{2, "dotted"} {}
};

struct point {
    double x = 0, y = 0;
};

struct layer {
    layer() = default;
    layer(const layer&) = delete;
    point origin;
    std::string title;
    const point& corner() const noexcept { return origin; }
};

class canvas {
public:
    void add(std::shared_ptr<shape> added) { shapes_.push_back(std::move(added)); }
    std::shared_ptr<shape> at(std::size_t index) const { return shapes_.at(index); }
    std::size_t size() const noexcept { return shapes_.size(); }
    void clear() noexcept { shapes_.clear(); }
    const std::vector<std::shared_ptr<shape>>& all() const noexcept { return shapes_; }
    void set_all(std::vector<std::shared_ptr<shape>> all) { shapes_ = std::move(all); }
    shape& last() const { return *shapes_.at(shapes_.size() - 1); }
    shape* largest() const noexcept {
        shape* found = nullptr;
        for (const auto& each : shapes_) {
            if (found == nullptr || each->area() > found->area()) { found = each.get(); }
        }
        return found;
    }
    layer& layer_of(const std::string& name) { return layers_[name]; }
    const layer& first_layer() const {
        if (layers_.empty()) { throw std::out_of_range{"there is no layer"}; }
        return layers_.begin()->second;
    }
    void set_background(std::unique_ptr<shape> background) {
        if (background != nullptr && background->area() < 0) {
            throw std::invalid_argument{"it is too small"};
        }
        background_ = std::move(background);
    }
    shape* background() const noexcept { return background_.get(); }
    std::unique_ptr<shape> take_background() noexcept { return std::move(background_); }

private:
    std::vector<std::shared_ptr<shape>> shapes_;
    std::map<std::string, layer> layers_;
    std::unique_ptr<shape> background_;
};

class node : public std::enable_shared_from_this<node> {
public:
    std::shared_ptr<node> self() { return shared_from_this(); }
    long owners() const noexcept { return weak_from_this().use_count(); }
};

std::shared_ptr<node> kept;
void keep(std::shared_ptr<node> one) { kept = std::move(one); }

/// It cannot be moved.
class statue {
public:
    statue() = default;
    statue(const statue&) = delete;
};

std::unique_ptr<shape> make(const std::string& what) {
    if (what == "circle") { return std::make_unique<circle>(1); }
    if (what == "ring") { return std::make_unique<ring>(1); }
    if (what == "square") { return std::make_unique<square>(2); }
    if (what == "dotted") { return std::make_unique<dotted_circle>(); }
    return nullptr;
}
std::map<std::string, std::unique_ptr<shape>> one_of_each() {
    std::map<std::string, std::unique_ptr<shape>> all;
    for (const char* const what : {"ring", "square", "nothing"}) { all[what] = make(what); }
    return all;
}
layer& base_layer() {
    static layer all;
    return all;
}
std::shared_ptr<canvas> global = std::make_shared<canvas>();
std::shared_ptr<canvas> shared_canvas() { return global; }
bool same(const shape* one, const shape* other) { return one == other; }
double both(const shape& one, const shape& other) { return one.area() + other.area(); }
std::string name_of(std::shared_ptr<const shape> one) { return one ? one->name() : "none"; }
void swallow(std::unique_ptr<statue>) {}
const circle* as_circle(const shape& one) { return dynamic_cast<const circle*>(&one); }

}  // namespace scene

CLIB_MODULE(scene, "1.0",
    type<scene::shape>("Shape", "Has an area.").property<&scene::shape::area>("area")
        .property<&scene::shape::name>("name")
        .method<&scene::shape::rename>("rename", "name")
        .function<[] { return scene::shape::alive.load(); }>("alive"),
    type<scene::circle>("Circle").base<scene::shape>()
        .constructor<double>("radius")
        .property<&scene::circle::radius>("radius"),
    type<scene::ring>("Ring").base<scene::circle>()
        .constructor<double>("radius")
        .method<&scene::ring::size>("__len__"),
    type<scene::square>("Square").base<scene::shape>().constructor<double>("side"),
    type<scene::point>("Point").constructor<>().member<&scene::point::x>("x")
        .member<&scene::point::y>("y"),
    type<scene::layer>("Layer").member<&scene::layer::origin>("origin")
        .member<&scene::layer::title>("title").property<&scene::layer::corner>("corner"),
    type<scene::canvas>("Canvas").constructor<>()
        .method<&scene::canvas::add>("add", "shape")
        .method<&scene::canvas::at>("__getitem__", "index")
        .method<&scene::canvas::size>("__len__")
        .method<&scene::canvas::clear>("clear")
        .property<&scene::canvas::all, &scene::canvas::set_all>("all")
        .property<&scene::canvas::last>("last")
        .property<&scene::canvas::largest>("largest")
        .method<&scene::canvas::layer_of>("layer", "name")
        .method<&scene::canvas::layer_of>("slow_layer", "name").may_block()
        .property<&scene::canvas::first_layer>("first_layer")
        .property<&scene::canvas::background, &scene::canvas::set_background>("background")
        .method<&scene::canvas::set_background>("set_background", "background")
        .method<&scene::canvas::set_background>("set_slowly", "background").may_block()
        .method<&scene::canvas::take_background>("take_background"),
    type<scene::node>("Node").constructor<>().method<&scene::node::self>("self")
        .function<&std::make_shared<scene::node>>("shared")
        .property<&scene::node::owners>("owners"),
    type<scene::statue>("Statue").constructor<>()
        .function<[] { return std::make_unique<scene::statue>(); }>("cast"),
    function<&scene::make>("make", "what"),
    function<&scene::base_layer>("base_layer").borrowed(),
    function<&scene::one_of_each>("one_of_each"),
    function<&scene::shared_canvas>("shared_canvas"),
    function<&scene::same>("same", parameter("one").or_none(), parameter("other").or_none()),
    function<&scene::both>("both", "one", "other"),
    function<&scene::name_of>("name_of", "shape"),
    function<&scene::swallow>("swallow", "statue"),
    function<&scene::as_circle>("as_circle", "shape"),
    function<&scene::keep>("keep", "node"));
