// SPDX-License-Identifier: MIT
// Exceptions of the library's own, for test_exceptions.py.
#include <clib/ffi.hpp>
#include <clib/ffi/filesystem.hpp>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace config {

class config_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// With a constructor that takes all.
class parse_error : public config_error {
public:
    parse_error(const std::string& reason, std::size_t place, std::string in)
        : config_error{reason}, offset{place}, text{std::move(in)} {}
    std::size_t offset;
    std::string text;
};

/// Members are assigned.
struct limit_error : std::out_of_range {
    using std::out_of_range::out_of_range;
    double limit = 0.0;
    float step = 0.0F;
    bool is_hard = false;
    std::int8_t code = 0;
};

class key_error final : public config_error {
public:
    explicit key_error(const std::string& name) : config_error{name} {}
};

/// Of a library that knows nothing of std::exception.
struct failure {
    std::string reason;
    int code = 0;
};

/// Nothing makes it of its sentence.
class sealed_error : public std::exception {
public:
    static sealed_error make(int number) { return sealed_error{number}; }
    const char* what() const noexcept override { return "sealed"; }
    int number() const noexcept { return number_; }

private:
    explicit sealed_error(int number) : number_{number} {}
    int number_;
};

struct foreign_error {
    const char* key;
};
struct endless_error {};

[[noreturn]] void throw_it(std::string_view way) {
    if (way == "config") { throw config_error{"no such file"}; }
    if (way == "parse") { throw parse_error{"a comma is missing", 1ULL << 63U, "[1 2]"}; }
    if (way == "nul") { throw parse_error{"has\nlines", 0, {"a\0b\0", 4}}; }
    if (way == "limit") {
        limit_error error{"too large"};
        error.limit = 0.1;
        error.step = 0.5F;
        error.is_hard = true;
        error.code = -128;
        throw error;
    }
    if (way == "infinite") {
        limit_error error{""};
        error.limit = -std::numeric_limits<double>::infinity();
        throw error;
    }
    if (way == "key") { throw key_error{"name"}; }
    if (way == "failure") { throw failure{"the disk is full", 28}; }
    if (way == "sealed") { throw sealed_error::make(7); }
    if (way == "foreign") { throw foreign_error{"colour"}; }
    if (way == "endless") { throw endless_error{}; }
    if (way == "runtime") { throw std::runtime_error{"another one"}; }
    if (way == "busy") { throw clib::ffi::error{clib::ffi::status::busy, "in use"}; }
    if (way == "file") {
        throw std::filesystem::filesystem_error{
            "cannot open", "/no/such/file",
            std::make_error_code(std::errc::no_such_file_or_directory)};
    }
    if (way == "number") { throw 1; }
    if (way.starts_with("nested ")) {
        try {
            throw_it(way.substr(7));
        } catch (...) { std::throw_with_nested(config_error{"cannot read the configuration"}); }
    }
    if (way.starts_with("plain ")) {
        try {
            throw_it(way.substr(6));
        } catch (...) { std::throw_with_nested(std::invalid_argument{"the value"}); }
    }
    if (way == "long") { throw parse_error{std::string(3000, 'x'), 1, ""}; }
    throw std::logic_error{"no such way"};
}

std::int64_t parse(std::string_view way) { throw_it(way); }

class reader {
public:
    std::string read(std::string_view way) const { throw_it(way); }
};

/// What C++ has caught of what the callable has raised.
thread_local std::string caught;

using visitor = std::int64_t (*)(std::int64_t number, void* context);

extern "C" std::int64_t config_visit(visitor visit, void* context) noexcept {
    return clib::ffi::call([&] { return clib::ffi::call_back("visit", visit, 1, context); });
}

extern "C" std::int64_t config_visit_and_catch(visitor visit, void* context) noexcept {
    return clib::ffi::call([&] {
        caught.clear();
        try {
            return clib::ffi::call_back("visit", visit, 1, context);
        } catch (const parse_error& error) {
            caught = std::string{"parse "} + error.what() + " " + std::to_string(error.offset) +
                     " " + error.text;
        } catch (const limit_error& error) {
            caught = std::string{"limit "} + error.what() + " " + std::to_string(error.limit) +
                     " " + std::to_string(error.step) + (error.is_hard ? " hard " : " soft ") +
                     std::to_string(error.code);
        } catch (const key_error& error) {
            caught = std::string{"key "} + error.what();
        } catch (const config_error& error) {
            caught = std::string{"config "} + error.what();
        } catch (const failure& error) {
            caught = "failure " + error.reason + " " + std::to_string(error.code);
        } catch (const clib::ffi::error& error) { caught = std::string{"other "} + error.what(); }
        return std::int64_t{0};
    });
}

extern "C" std::int64_t config_visit_and_wrap(visitor visit, void* context) noexcept {
    return clib::ffi::call([&] {
        try {
            return clib::ffi::call_back("visit", visit, 1, context);
        } catch (...) { std::throw_with_nested(config_error{"the visit"}); }
    });
}

/// The same with a std::function.
std::string call_and_catch(const std::function<double(std::string)>& function) {
    try {
        return std::to_string(function("x"));
    } catch (const parse_error& error) {
        return std::string{"parse "} + error.what() + " " + std::to_string(error.offset);
    }
}

std::string last_caught() { return caught; }

}  // namespace config

using namespace config;

// clang-format off
CLIB_MODULE(config, "1.0", "Reads configurations.",
    exception<config_error>("ConfigError").doc("Something is wrong with a configuration."),
    exception<parse_error>("ParseError", python::value_error)
        .member<&parse_error::offset>("offset")
        .member<&parse_error::text>("text"),
    exception<limit_error>("LimitError")
        .member<&limit_error::limit>("limit")
        .member<&limit_error::step>("step")
        .member<&limit_error::is_hard>("is_hard")
        .member<&limit_error::code>("code"),
    exception<key_error>("MissingKey", python::key_error),
    exception<failure>("Failure", python::os_error)
        .text<&failure::reason>()
        .member<&failure::code>("code"),
    exception<sealed_error>("SealedError", python::error)
        .member<&sealed_error::number>("number"),
    exception_translator<[](const foreign_error& error) {
        throw clib::ffi::error{clib::ffi::status::key_error, error.key};
    }>(),
    exception_translator<[](const endless_error& error) { throw error; }>(),
    function<&parse>("parse", "way"),
    type<reader>("Reader").constructor<>().method<&reader::read>("read", "way"),
    function<&config_visit>("visit", "visit"),
    function<&config_visit_and_catch>("visit_and_catch", "visit"),
    function<&config_visit_and_wrap>("visit_and_wrap", "visit"),
    function<&call_and_catch>("call_and_catch", "function"),
    function<&last_caught>("last_caught"));
