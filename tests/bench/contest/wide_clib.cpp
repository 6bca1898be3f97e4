// SPDX-License-Identifier: MIT
// wide.hpp opened with clib.
#include "wide.hpp"

#include <clib/ffi.hpp>
#include <clib/ffi/overridable.hpp>
#include <clib/version.hpp>

namespace {

double total(clib::ffi::array_view<const double, 1> numbers) {
    return wide::total(numbers.data(), numbers.size());
}
clib::ffi::array<double, 1> zeros(std::size_t count) { return std::vector<double>(count); }

}  // namespace

struct own_shape : clib::ffi::overridable<wide::shape> {
    double area() const override {
        return call_or<&wide::shape::area>([&] { return wide::shape::area(); });
    }
};

// clang-format off
CLIB_MODULE(wide, CLIB_VERSION_STRING, "Containers, objects and callables.",
    enumeration<wide::color>("Color").value<wide::color::red>("red")
        .value<wide::color::green>("green").value<wide::color::blue>("blue"),
    type<wide::point>("Point").constructor<double, double>("x", "y")
        .member<&wide::point::x>("x").member<&wide::point::y>("y"),
    structure<wide::place>("Place").member<&wide::place::x>("x").member<&wide::place::y>("y"),
    type<wide::thermostat>("Thermostat").constructor<>()
        .property<&wide::thermostat::target, &wide::thermostat::set_target>("target"),
    type<wide::series>("Series").constructor<std::int64_t>("size").iterable("SeriesIterator"),
    type<wide::shape>("Shape").overridable<own_shape>().constructor<>()
        .overridable<&wide::shape::area>("area"),
    function<&wide::sum>("sum", "values"),
    function<&wide::letters>("letters", "words"),
    function<&wide::squares>("squares", "count"),
    function<&wide::table>("table", "count"),
    function<&wide::root>("root", "number"),
    function<&wide::three>("three"),
    function<&total>("total", "numbers"),
    function<&zeros>("zeros", "count"),
    function<&wide::half>("half", "number"),
    function<&wide::limited>("limited", "number", parameter{"limit", 10}),
    function<&wide::next>("next", "one"),
    function<&wide::distance>("distance", "start", "end"),
    function<&wide::middle>("middle", "start", "end"),
    function<&wide::separation>("separation", "start", "end"),
    function<&wide::between>("between", "start", "end"),
    function<&wide::places>("places", "count"),
    function<&wide::total_x>("total_x", "places"),
    function<&wide::size_of>("size_of", "value"),
    function<&wide::size_of_text>("size_of", "value"),
    function<&wide::area_of>("area_of", "one"),
    function<&wide::each>("each", "function", "count"),
    function<&wide::fail>("fail"));
