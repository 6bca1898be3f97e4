// SPDX-License-Identifier: MIT
// Bytes of C++ functions: std::span<const std::byte> to read, and std::vector<std::byte>.
#pragma once

#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/text.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stand for a std::span<const std::byte>, and for a std::vector<std::byte>.
struct byte_span;
struct byte_vector;
}  // namespace kinds

template <>
struct kind<kinds::byte_span> : kind<std::string_view> {
    static std::span<const std::byte> from_c(const char* data, std::size_t size,
                                             const char* parameter) {
        return std::as_bytes(std::span{bytes(data, size, parameter)});
    }
};

template <>
struct kind<kinds::byte_vector> : kind<std::string_view> {
    static std::vector<std::byte> from_c(const char* data, std::size_t size,
                                         const char* parameter) {
        const std::span<const std::byte> all =
            kind<kinds::byte_span>::from_c(data, size, parameter);
        return {all.begin(), all.end()};
    }
    static std::string to_body(const std::vector<std::byte>& all) {
        return {reinterpret_cast<const char*>(all.data()), all.size()};
    }
};

template <class Catalogue>
struct cpp_parameter_match<Catalogue, std::span<const std::byte>> {
    using type = kinds::byte_span;
};
template <class Catalogue>
struct cpp_parameter_match<Catalogue, std::vector<std::byte>> {
    using type = kinds::byte_vector;
};
template <class Catalogue>
struct cpp_result_match<Catalogue, std::vector<std::byte>> {
    using type = kinds::byte_vector;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
