// SPDX-License-Identifier: MIT
// wide.hpp opened with nanobind, as its documentation shows it.
#include "wide.hpp"

#include <nanobind/make_iterator.h>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>
#include <nanobind/trampoline.h>

namespace nb = nanobind;

namespace {

struct own_shape : wide::shape {
    NB_TRAMPOLINE(wide::shape, 1);
    double area() const override { NB_OVERRIDE(area); }
};

using numbers = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

double total(const numbers& all) { return wide::total(all.data(), all.size()); }

nb::ndarray<nb::numpy, double, nb::ndim<1>> zeros(std::size_t count) {
    auto* const owned = new std::vector<double>(count);
    const nb::capsule owner{
        owned, [](void* all) noexcept { delete static_cast<std::vector<double>*>(all); }};
    return {owned->data(), {count}, owner};
}

}  // namespace

NB_MODULE(wide_nanobind, module) {
    module.attr("version") = std::to_string(NB_VERSION_MAJOR) + "." +
                             std::to_string(NB_VERSION_MINOR) + "." +
                             std::to_string(NB_VERSION_PATCH);
    nb::enum_<wide::color>(module, "Color", nb::is_arithmetic())
        .value("red", wide::color::red)
        .value("green", wide::color::green)
        .value("blue", wide::color::blue);
    nb::class_<wide::point>(module, "Point")
        .def(
            "__init__",
            [](wide::point* self, double x, double y) {
                new (self) wide::point{x, y};
            },
            nb::arg("x"), nb::arg("y"))
        .def_rw("x", &wide::point::x)
        .def_rw("y", &wide::point::y);
    nb::class_<wide::place>(module, "Place")
        .def(
            "__init__",
            [](wide::place* self, double x, double y) {
                new (self) wide::place{x, y};
            },
            nb::arg("x"), nb::arg("y"))
        .def_rw("x", &wide::place::x)
        .def_rw("y", &wide::place::y)
        .def("__eq__",
             [](const wide::place& one, const wide::place& other) {
                 return one.x == other.x && one.y == other.y;
             })
        .def("__repr__", [](const wide::place& self) {
            return "Place(x=" + std::to_string(self.x) + ", y=" + std::to_string(self.y) + ")";
        });
    nb::class_<wide::thermostat>(module, "Thermostat")
        .def(nb::init<>())
        .def_prop_rw("target", &wide::thermostat::target, &wide::thermostat::set_target);
    nb::class_<wide::series>(module, "Series")
        .def(nb::init<std::int64_t>(), nb::arg("size"))
        .def(
            "__iter__",
            [](const wide::series& self) {
                return nb::make_iterator(nb::type<wide::series>(), "SeriesIterator", self.begin(),
                                         self.end());
            },
            nb::keep_alive<0, 1>());
    nb::class_<wide::shape, own_shape>(module, "Shape")
        .def(nb::init<>())
        .def("area", &wide::shape::area);
    module.def("sum", &wide::sum, nb::arg("values"));
    module.def("letters", &wide::letters, nb::arg("words"));
    module.def("squares", &wide::squares, nb::arg("count"));
    module.def("table", &wide::table, nb::arg("count"));
    module.def("root", &wide::root, nb::arg("number").none());
    module.def("three", &wide::three);
    module.def("total", &total, nb::arg("numbers"));
    module.def("zeros", &zeros, nb::arg("count"));
    module.def("half", &wide::half, nb::arg("number"));
    module.def("limited", &wide::limited, nb::arg("number"), nb::arg("limit") = 10);
    module.def("next", &wide::next, nb::arg("one"));
    module.def("distance", &wide::distance, nb::arg("start"), nb::arg("end"));
    module.def("middle", &wide::middle, nb::arg("start"), nb::arg("end"));
    module.def("separation", &wide::separation, nb::arg("start"), nb::arg("end"));
    module.def("between", &wide::between, nb::arg("start"), nb::arg("end"));
    module.def("places", &wide::places, nb::arg("count"));
    module.def("total_x", &wide::total_x, nb::arg("places"));
    module.def("size_of", &wide::size_of, nb::arg("value"));
    module.def("size_of", &wide::size_of_text, nb::arg("value"));
    module.def("area_of", &wide::area_of, nb::arg("one"));
    module.def("each", &wide::each, nb::arg("function"), nb::arg("count"));
    module.def("fail", &wide::fail);
}
