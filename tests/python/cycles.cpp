// SPDX-License-Identifier: MIT
// Objects of C++ that hold callables and objects of Python, for test_cycles.py.
#include <clib/ffi.hpp>
#include <clib/ffi/overridable.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace loops {

class button {
public:
    void on_click(std::function<void(const std::string&)> function) {
        listeners_.push_back(std::move(function));
    }
    void click(const std::string& text) const {
        for (const auto& each : listeners_) { each(text); }
    }
    auto& listeners() noexcept { return listeners_; }

    clib::ffi::object tag;
    std::optional<std::function<std::int64_t()>> size;
    std::map<std::string, std::function<void()>> named;

private:
    std::vector<std::function<void(const std::string&)>> listeners_;
};

class part {
public:
    virtual ~part() = default;
    virtual std::int64_t weight() const { return 1; }
};
struct py_part : clib::ffi::overridable<part> {
    std::int64_t weight() const override {
        return call_or<&part::weight>([&] { return part::weight(); });
    }
};

struct machine {
    std::vector<std::shared_ptr<part>> parts;
    std::int64_t weight() const {
        std::int64_t all = 0;
        for (const auto& each : parts) { all += each->weight(); }
        return all;
    }
};

}  // namespace loops

CLIB_MODULE(loops, "1.0",
    type<loops::button>("Button").constructor<>()
        .method<&loops::button::on_click>("on_click", "function")
        .method<&loops::button::click>("click", "text")
        .method<[](loops::button& self, clib::ffi::object tag) { self.tag = std::move(tag); }>(
            "set_tag", "tag")
        .method<[](loops::button& self, std::function<std::int64_t()> size) { self.size = std::move(size);
        }>("set_size", "size")
        .method<[](loops::button& self, std::string name, std::function<void()> function) { self.named[std::move(name)] = std::move(function);
        }>("set_named", "name", "function")
        .traverse<&loops::button::listeners, &loops::button::tag, &loops::button::size,
                  &loops::button::named>(),
    type<loops::part>("Part").overridable<loops::py_part>().constructor<>()
        .overridable<&loops::part::weight>("weight"),
    type<loops::machine>("Machine").constructor<>()
        .method<[](loops::machine& self, std::shared_ptr<loops::part> one) { self.parts.push_back(std::move(one));
        }>("add", "part")
        .method<&loops::machine::weight>("weight")
        .traverse<&loops::machine::parts>());
