// SPDX-License-Identifier: MIT
// The core opened with pybind11, as its documentation shows it.
#include "core.hpp"

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

namespace py = pybind11;

namespace {

void add_one(const py::buffer& data) {
    const py::buffer_info info = data.request(true);
    core::add_one(static_cast<char*>(info.ptr),
                  static_cast<std::size_t>(info.size * info.itemsize));
}

py::str written() {
    const std::unique_ptr<char, decltype(&std::free)> text{core::written(), &std::free};
    return py::str{text.get()};
}

std::int64_t total(std::int64_t count, const py::function& function) {
    return core::total(
        count,
        [](std::int64_t number, void* called) {
            const auto result =
                (*static_cast<const py::function*>(called))(number).cast<std::int64_t>();
            if (result < 0) { throw std::invalid_argument{"function was negative"}; }
            return result;
        },
        const_cast<py::function*>(&function));
}

}  // namespace

PYBIND11_MODULE(contest_pybind11, module) {
    module.attr("version") = std::to_string(PYBIND11_VERSION_MAJOR) + "." +
                             std::to_string(PYBIND11_VERSION_MINOR) + "." +
                             std::to_string(PYBIND11_VERSION_HEX >> 8 & 0xff);
    module.def("answer", &core::answer);
    module.def("half", &core::half);
    module.def("midpoint", &core::midpoint);
    module.def("ends_of_text", &core::ends);
    module.def("ends_of_bytes", &core::ends);
    module.def("add_one", &add_one);
    module.def("written", &written);
    module.def("echo", &core::echo);
    module.def("total", &total);
    py::class_<core::counter>(module, "Counter")
        .def(py::init<>())
        .def("next", &core::counter::next);
}
