// SPDX-License-Identifier: MIT
// The core opened with nanobind, as its documentation shows it.
#include "core.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nb = nanobind;

namespace {

std::int64_t ends_of_bytes(const nb::bytes& data) {
    return core::ends(std::string_view{data.c_str(), data.size()});
}

void add_one(nb::bytearray& data) { core::add_one(static_cast<char*>(data.data()), data.size()); }

nb::str written() {
    const std::unique_ptr<char, decltype(&std::free)> text{core::written(), &std::free};
    return nb::str{text.get()};
}

std::int64_t total(std::int64_t count, const nb::callable& function) {
    return core::total(
        count,
        [](std::int64_t number, void* called) {
            const auto result =
                nb::cast<std::int64_t>((*static_cast<const nb::callable*>(called))(number));
            if (result < 0) { throw std::invalid_argument{"function was negative"}; }
            return result;
        },
        const_cast<nb::callable*>(&function));
}

}  // namespace

NB_MODULE(contest_nanobind, module) {
    module.attr("version") = std::to_string(NB_VERSION_MAJOR) + "." +
                             std::to_string(NB_VERSION_MINOR) + "." +
                             std::to_string(NB_VERSION_PATCH);
    module.def("answer", &core::answer);
    module.def("half", &core::half);
    module.def("midpoint", &core::midpoint);
    module.def("ends_of_text", &core::ends);
    module.def("ends_of_bytes", &ends_of_bytes);
    module.def("add_one", &add_one);
    module.def("written", &written);
    module.def("echo", &core::echo);
    module.def("total", &total);
    nb::class_<core::counter>(module, "Counter")
        .def(nb::init<>())
        .def("next", &core::counter::next);
}
