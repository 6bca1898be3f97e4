// SPDX-License-Identifier: MIT
// CLIB_MODULE: what a library opens to other languages.
#pragma once

// First, so that what the compiler says of a listing begins here.
#include <clib/ffi/detail/fault.hpp>

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/rules.hpp>
#include <clib/ffi/detail/table.hpp>
#include <clib/ffi/exceptions.hpp>
#include <clib/ffi/export.hpp>
#include <clib/ffi/listing.hpp>

/// Lists once what a library opens to other languages; the signatures come from the
/// functions themselves. In one .cpp of the library, after the extern "C" functions:
///
///     CLIB_MODULE(tok, "1.0", "Counts tokens.",
///         type<tok>("Tokenizer", "A trained model.")
///             .constructor<&tok_new>("model")
///             .method<&tok_count>("count", "text").doc("How many tokens a text has.").may_block()
///             .destructor<&tok_free>(),
///         function<&tok_models>("models").doc("The names of all models, one a line."));
///
/// It exports clib_describe(), which bindings read, and for callers without one tok_last_error(),
/// tok_last_status() and tok_last_size(), the length of the last text that the thread was returned.
/// The words of a listing (type, structure, enumeration, inside, submodule, function, constant,
/// exception, exception_translator, parameter, address, python) mean clib's inside it, also where
/// the author has types of these names: `type<struct function>("Function")`. A library has one
/// module. What the table of describe.h cannot express does not compile.
#define CLIB_MODULE(name, version, ...)                                                 \
    extern "C" {                                                                        \
    CLIB_EXPORT const char* name##_last_error() noexcept {                              \
        return ::clib::ffi::last_failure.sentence;                                      \
    }                                                                                   \
    CLIB_EXPORT ::clib::ffi::status name##_last_status() noexcept {                     \
        return ::clib::ffi::last_failure.code;                                          \
    }                                                                                   \
    CLIB_EXPORT std::int64_t name##_last_size() noexcept {                              \
        return static_cast<std::int64_t>(::clib::ffi::detail::last_text.size());        \
    }                                                                                   \
    }                                                                                   \
    namespace {                                                                         \
    namespace name##_module_words {                                                     \
        using ::clib::ffi::listing::address;                                            \
        using ::clib::ffi::listing::constant;                                           \
        using ::clib::ffi::listing::enumeration;                                        \
        using ::clib::ffi::listing::exception;                                          \
        using ::clib::ffi::listing::exception_translator;                               \
        using ::clib::ffi::listing::function;                                           \
        using ::clib::ffi::listing::inside;                                             \
        using ::clib::ffi::listing::parameter;                                          \
        using ::clib::ffi::listing::structure;                                          \
        using ::clib::ffi::listing::submodule;                                          \
        using ::clib::ffi::listing::type;                                               \
        namespace python = ::clib::ffi::listing::python;                                \
        constexpr auto listing =                                                        \
            ::clib::ffi::listing::with_support<&name##_last_error, &name##_last_status, \
                                               &name##_last_size>(                      \
                ::clib::ffi::listing::module(#name, version, __VA_ARGS__));             \
    }                                                                                   \
    struct name##_module_list {                                                         \
        static constexpr const auto& listing = name##_module_words::listing;            \
    };                                                                                  \
    [[maybe_unused]] const bool name##_has_exceptions =                                 \
        ::clib::ffi::detail::install_exceptions<name##_module_list>();                  \
    }                                                                                   \
    extern "C" CLIB_EXPORT const clib_module* clib_describe() noexcept {                \
        using list = name##_module_list;                                                \
        return ::clib::ffi::detail::table_of<list>();                                   \
    }                                                                                   \
    static_assert(true, "so that CLIB_MODULE(...) ends with a semicolon")
