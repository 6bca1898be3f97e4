// SPDX-License-Identifier: MIT
// The table is there before anything has run: it is read before the first static initialiser of
// test_ffi_description.cpp, which has it, can have been called.
#include "doctest.hpp"

#include <clib/ffi/describe.h>

#include <cstdint>

extern "C" const clib_module* clib_describe() noexcept;

namespace {

constinit std::uint64_t missing = UINT64_MAX;

bool is_complete(const clib_value& value) {
    return value.size == sizeof(clib_value) && value.name != nullptr;
}

[[gnu::constructor(101)]] void look() {
    const clib_module& module = *clib_describe();
    missing = module.type_count == 0 || module.function_count == 0 ? 1 : 0;
    for (std::uint64_t i = 0; i < module.type_count; ++i) {
        const clib_type& type = module.types[i];
        missing += type.size != sizeof(clib_type) || type.name == nullptr || type.checksum == 0;
        for (std::uint64_t j = 0; j < type.member_count; ++j) {
            missing += !is_complete(type.members[j]);
        }
    }
    for (std::uint64_t i = 0; i < module.function_count; ++i) {
        const clib_function& function = module.functions[i];
        missing += function.size != sizeof(clib_function) || function.symbol == nullptr ||
                   function.hash == 0 || function.checksum == 0 || function.address == nullptr ||
                   function.entry == nullptr || !is_complete(*function.result);
        for (std::uint64_t j = 0; j < function.parameter_count; ++j) {
            missing += !is_complete(function.parameters[j]);
        }
    }
    missing += module.live == nullptr || module.forget_callbacks == nullptr;
}

}  // namespace

TEST_CASE("the table is complete before any static initialiser has run") { CHECK(missing == 0); }
