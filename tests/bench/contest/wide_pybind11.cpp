// SPDX-License-Identifier: MIT
// wide.hpp opened with pybind11, as its documentation shows it.
#include "wide.hpp"

#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace py = pybind11;

namespace {

struct own_shape : wide::shape {
    using wide::shape::shape;
    double area() const override { PYBIND11_OVERRIDE(double, wide::shape, area); }
};

double total(const py::array_t<double, py::array::c_style>& all) {
    return wide::total(all.data(), static_cast<std::size_t>(all.size()));
}

py::array_t<double> zeros(std::size_t count) {
    auto* const owned = new std::vector<double>(count);
    const py::capsule owner{owned,
                            [](void* all) { delete static_cast<std::vector<double>*>(all); }};
    return py::array_t<double>(static_cast<py::ssize_t>(count), owned->data(), owner);
}

}  // namespace

PYBIND11_MODULE(wide_pybind11, module) {
    module.attr("version") =
        std::to_string(PYBIND11_VERSION_MAJOR) + "." + std::to_string(PYBIND11_VERSION_MINOR);
    py::enum_<wide::color>(module, "Color")
        .value("red", wide::color::red)
        .value("green", wide::color::green)
        .value("blue", wide::color::blue);
    py::class_<wide::point>(module, "Point")
        .def(py::init([](double x, double y) {
                 return wide::point{x, y};
             }),
             py::arg("x"), py::arg("y"))
        .def_readwrite("x", &wide::point::x)
        .def_readwrite("y", &wide::point::y);
    py::class_<wide::place>(module, "Place")
        .def(py::init([](double x, double y) {
                 return wide::place{x, y};
             }),
             py::arg("x"), py::arg("y"))
        .def_readwrite("x", &wide::place::x)
        .def_readwrite("y", &wide::place::y)
        .def("__eq__",
             [](const wide::place& one, const wide::place& other) {
                 return one.x == other.x && one.y == other.y;
             })
        .def("__repr__", [](const wide::place& self) {
            return "Place(x=" + std::to_string(self.x) + ", y=" + std::to_string(self.y) + ")";
        });
    py::class_<wide::thermostat>(module, "Thermostat")
        .def(py::init<>())
        .def_property("target", &wide::thermostat::target, &wide::thermostat::set_target);
    py::class_<wide::series>(module, "Series")
        .def(py::init<std::int64_t>(), py::arg("size"))
        .def(
            "__iter__",
            [](const wide::series& self) { return py::make_iterator(self.begin(), self.end()); },
            py::keep_alive<0, 1>());
    py::class_<wide::shape, own_shape>(module, "Shape")
        .def(py::init<>())
        .def("area", &wide::shape::area);
    module.def("sum", &wide::sum, py::arg("values"));
    module.def("letters", &wide::letters, py::arg("words"));
    module.def("squares", &wide::squares, py::arg("count"));
    module.def("table", &wide::table, py::arg("count"));
    module.def("root", &wide::root, py::arg("number"));
    module.def("three", &wide::three);
    module.def("total", &total, py::arg("numbers").noconvert());
    module.def("zeros", &zeros, py::arg("count"));
    module.def("half", &wide::half, py::arg("number"));
    module.def("limited", &wide::limited, py::arg("number"), py::arg("limit") = 10);
    module.def("next", &wide::next, py::arg("one"));
    module.def("distance", &wide::distance, py::arg("start"), py::arg("end"));
    module.def("middle", &wide::middle, py::arg("start"), py::arg("end"));
    module.def("separation", &wide::separation, py::arg("start"), py::arg("end"));
    module.def("between", &wide::between, py::arg("start"), py::arg("end"));
    module.def("places", &wide::places, py::arg("count"));
    module.def("total_x", &wide::total_x, py::arg("places"));
    module.def("size_of", &wide::size_of, py::arg("value"));
    module.def("size_of", &wide::size_of_text, py::arg("value"));
    module.def("area_of", &wide::area_of, py::arg("one"));
    module.def("each", &wide::each, py::arg("function"), py::arg("count"));
    module.def("fail", &wide::fail);
}
