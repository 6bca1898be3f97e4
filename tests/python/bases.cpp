// SPDX-License-Identifier: MIT
// A class with several listed bases, for test_bases.py.
#include <clib/ffi.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace fleet {

class vehicle {
public:
    explicit vehicle(double speed) : speed_{speed} {}
    virtual ~vehicle() = default;
    double speed() const noexcept { return speed_; }
    virtual std::string what() const { return "vehicle"; }

private:
    double speed_;
};

struct named {
    virtual ~named() = default;
    std::string name = "none";
    int cargo = 1;
};

/// Its second base lies elsewhere in it.
class ship : public vehicle, public named {
public:
    ship() : vehicle{12.5} {}
    std::string what() const override { return "ship " + name; }
};
class tanker : public ship {
public:
    std::string what() const override { return "tanker"; }
};

struct item {
    virtual ~item() = default;
    std::int64_t number = 7;
};
struct red : virtual item {};
struct round : virtual item {};
struct ball : red, round {};

double speed_of(const vehicle& one) { return one.speed(); }
std::string name_of(const named& one) { return one.name; }
void rename(named& one, std::string name) { one.name = std::move(name); }
std::unique_ptr<named> make_named(bool is_ship) {
    if (is_ship) { return std::make_unique<tanker>(); }
    return std::make_unique<named>();
}
std::shared_ptr<named> kept;
std::int64_t number_of(const item& one) { return one.number; }

}  // namespace fleet

CLIB_MODULE(fleet, "1.0",
    type<fleet::vehicle>("Vehicle").constructor<double>("speed")
        .property<&fleet::vehicle::speed>("speed")
        .method<&fleet::vehicle::what>("what"),
    type<fleet::named>("Named").constructor<>().member<&fleet::named::name>("name")
        .member<&fleet::named::cargo>("cargo"),
    type<fleet::ship>("Ship").base<fleet::vehicle, fleet::named>().constructor<>(),
    type<fleet::tanker>("Tanker").base<fleet::ship>().constructor<>(),
    type<fleet::item>("Item").constructor<>().member<&fleet::item::number>("number"),
    type<fleet::red>("Red").base<fleet::item>().constructor<>(),
    type<fleet::round>("Round").base<fleet::item>().constructor<>(),
    type<fleet::ball>("Ball").base<fleet::red, fleet::round>().constructor<>(),
    function<&fleet::speed_of>("speed_of", "one"),
    function<&fleet::name_of>("name_of", "one"),
    function<&fleet::rename>("rename", "one", "name"),
    function<&fleet::make_named>("make_named", "is_ship"),
    function<[](std::shared_ptr<fleet::named> one) { fleet::kept = std::move(one); }>("keep", "one"),
    function<[] { return fleet::kept; }>("kept"),
    function<&fleet::number_of>("number_of", "one"));
