// SPDX-License-Identifier: MIT
// Opens C++ functions whose types C does not know: a temperature travels as a number, and a place
// as text. kind<T> says how, once for each type.
#include <clib/ffi/module.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace {

struct celsius {
    double degrees;
};

struct place {
    std::string name;
};

celsius warmer(celsius temperature, double by) { return {temperature.degrees + by}; }

celsius average(const place& where) {
    return {where.name == "Svalbard" ? -6.7 : static_cast<double>(where.name.size())};
}

place neighbour(const place& where) { return {"near " + where.name}; }

}  // namespace

template <>
struct clib::ffi::kind<celsius> : clib::ffi::converted_kind<celsius, double> {
    static celsius from(double degrees) {
        if (degrees < -273.15) {
            throw std::invalid_argument{"it is colder than absolute zero; pass -273.15 or more"};
        }
        return {degrees};
    }
    static double to(celsius value) { return value.degrees; }
};

template <>
struct clib::ffi::kind<place> : clib::ffi::converted_kind<place, const char*> {
    static place from(std::string_view name) { return {std::string{name}}; }
    static std::string to(const place& value) { return value.name; }
};

CLIB_MODULE(weather, "1.0", "Temperatures of places.",
            function<&warmer>("warmer", "temperature", parameter{"by", 1.0})
                .doc("A temperature, some degrees warmer."),
            function<&average>("average", "where"), function<&neighbour>("neighbour", "where"));
