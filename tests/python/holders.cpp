// SPDX-License-Identifier: MIT
// Objects that count their references themselves, for test_holders.py.
#include <clib/ffi.hpp>
#include <clib/ffi/kinds/holder.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trees {

/// Points to what counts its references.
template <class T>
class counted_ptr {
public:
    counted_ptr() noexcept = default;
    explicit counted_ptr(T* object) noexcept : object_{object} {
        if (object_ != nullptr) { ++object_->references; }
    }
    counted_ptr(const counted_ptr& other) noexcept : counted_ptr{other.object_} {}
    template <class Other>
    counted_ptr(const counted_ptr<Other>& other) noexcept : counted_ptr{other.get()} {}
    counted_ptr& operator=(counted_ptr other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~counted_ptr() {
        if (object_ != nullptr && --object_->references == 0) { delete object_; }
    }
    T* get() const noexcept { return object_; }

private:
    T* object_ = nullptr;
};

class node {
public:
    static inline int alive = 0;
    explicit node(std::string name) : name_{std::move(name)} { ++alive; }
    node(const node&) = delete;
    virtual ~node() { --alive; }
    const std::string& name() const noexcept { return name_; }
    void add(counted_ptr<node> child) { children_.push_back(std::move(child)); }
    counted_ptr<node> child(std::size_t index) const { return children_.at(index); }
    const std::vector<counted_ptr<node>>& children() const noexcept { return children_; }
    void clear() noexcept { children_.clear(); }

    int references = 0;

private:
    std::string name_;
    std::vector<counted_ptr<node>> children_;
};
class leaf : public node {
public:
    leaf() : node{"leaf"} {}
};

counted_ptr<node> first(const std::vector<counted_ptr<node>>& nodes) {
    return nodes.empty() ? counted_ptr<node>{} : nodes[0];
}

}  // namespace trees

template <class T>
inline constexpr bool clib::ffi::is_holder<trees::counted_ptr<T>> = true;

CLIB_MODULE(trees, "1.0",
    type<trees::node>("Node")
        .constructor<[](std::string name) { return trees::counted_ptr<trees::node>{new trees::node{std::move(name)}};
        }>("name")
        .property<&trees::node::name>("name")
        .method<&trees::node::add>("add", "child")
        .method<&trees::node::child>("child", "index")
        .property<&trees::node::children>("children")
        .method<&trees::node::clear>("clear")
        .member<&trees::node::references>("references")
        .function<[] { return trees::node::alive; }>("alive")
        .function<[](std::string name) { return std::make_unique<trees::node>(std::move(name)); }>(
            "unheld", "name"),
    type<trees::leaf>("Leaf").base<trees::node>()
        .constructor<[] { return trees::counted_ptr<trees::leaf>{new trees::leaf}; }>(),
    function<&trees::first>("first", "nodes"));
