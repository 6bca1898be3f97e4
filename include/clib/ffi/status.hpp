// SPDX-License-Identifier: MIT
// What a C function made with the toolkit returns when it fails: a negative number, fixed for ever.
// A new code takes the next number; none is changed or used again.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

enum class status : std::int64_t {
    ok = 0,
    unknown = -1,       ///< An exception that none of the others stands for.
    no_memory = -2,     ///< std::bad_alloc.
    invalid = -3,       ///< An argument with a value it cannot have: std::invalid_argument.
    handle = -4,        ///< Not a handle, or not a live one, or not of this type.
    out_of_range = -5,  ///< No such index: std::out_of_range.
    overflow = -6,      ///< A number past the end of its range: std::overflow_error.
    length = -7,        ///< More bytes than a memory can hold: std::length_error.
    busy = -8,          ///< Lent, or in use where it cannot be waited for.
    system = -9,        ///< The operating system refused: std::system_error.
    callback = -10,     ///< A function of the caller's failed.

    // The built-in exceptions of Python that none of the above arrives as. What no name here says
    // is above: BufferError is busy, IndexError out_of_range, MemoryError no_memory, OverflowError
    // overflow, ValueError invalid; OSError and each class derived from it is a std::system_error.
    stop_iteration = -11,  ///< The end of an iteration: class stop_iteration.
    key_error = -12,
    attribute_error = -13,
    type_error = -14,
    lookup_error = -15,
    arithmetic_error = -16,
    zero_division_error = -17,
    floating_point_error = -18,
    assertion_error = -19,
    eof_error = -20,
    import_error = -21,
    module_not_found_error = -22,
    name_error = -23,
    unbound_local_error = -24,
    not_implemented_error = -25,
    recursion_error = -26,
    reference_error = -27,
    runtime_error = -28,
    stop_async_iteration = -29,
    syntax_error = -30,
    indentation_error = -31,
    tab_error = -32,
    system_error = -33,
    unicode_error = -34,
    python_finalization_error = -35,
    exception = -36,
    keyboard_interrupt = -37,
    system_exit = -38,
    generator_exit = -39,
    base_exception = -40,
    warning = -41,
    user_warning = -42,
    deprecation_warning = -43,
    pending_deprecation_warning = -44,
    syntax_warning = -45,
    runtime_warning = -46,
    future_warning = -47,
    import_warning = -48,
    unicode_warning = -49,
    bytes_warning = -50,
    resource_warning = -51,
    encoding_warning = -52,
};

/// Returns: The code's name in C, for example "CLIB_E_BUSY"; "CLIB_E_UNKNOWN" for any other number.
constexpr const char* name_of(status code) noexcept {
    constexpr const char* names[] = {
        "CLIB_OK",
        "CLIB_E_UNKNOWN",
        "CLIB_E_NO_MEMORY",
        "CLIB_E_INVALID",
        "CLIB_E_HANDLE",
        "CLIB_E_OUT_OF_RANGE",
        "CLIB_E_OVERFLOW",
        "CLIB_E_LENGTH",
        "CLIB_E_BUSY",
        "CLIB_E_SYSTEM",
        "CLIB_E_CALLBACK",
        "CLIB_E_STOP_ITERATION",
        "CLIB_E_KEY_ERROR",
        "CLIB_E_ATTRIBUTE_ERROR",
        "CLIB_E_TYPE_ERROR",
        "CLIB_E_LOOKUP_ERROR",
        "CLIB_E_ARITHMETIC_ERROR",
        "CLIB_E_ZERO_DIVISION_ERROR",
        "CLIB_E_FLOATING_POINT_ERROR",
        "CLIB_E_ASSERTION_ERROR",
        "CLIB_E_EOF_ERROR",
        "CLIB_E_IMPORT_ERROR",
        "CLIB_E_MODULE_NOT_FOUND_ERROR",
        "CLIB_E_NAME_ERROR",
        "CLIB_E_UNBOUND_LOCAL_ERROR",
        "CLIB_E_NOT_IMPLEMENTED_ERROR",
        "CLIB_E_RECURSION_ERROR",
        "CLIB_E_REFERENCE_ERROR",
        "CLIB_E_RUNTIME_ERROR",
        "CLIB_E_STOP_ASYNC_ITERATION",
        "CLIB_E_SYNTAX_ERROR",
        "CLIB_E_INDENTATION_ERROR",
        "CLIB_E_TAB_ERROR",
        "CLIB_E_SYSTEM_ERROR",
        "CLIB_E_UNICODE_ERROR",
        "CLIB_E_PYTHON_FINALIZATION_ERROR",
        "CLIB_E_EXCEPTION",
        "CLIB_E_KEYBOARD_INTERRUPT",
        "CLIB_E_SYSTEM_EXIT",
        "CLIB_E_GENERATOR_EXIT",
        "CLIB_E_BASE_EXCEPTION",
        "CLIB_E_WARNING",
        "CLIB_E_USER_WARNING",
        "CLIB_E_DEPRECATION_WARNING",
        "CLIB_E_PENDING_DEPRECATION_WARNING",
        "CLIB_E_SYNTAX_WARNING",
        "CLIB_E_RUNTIME_WARNING",
        "CLIB_E_FUTURE_WARNING",
        "CLIB_E_IMPORT_WARNING",
        "CLIB_E_UNICODE_WARNING",
        "CLIB_E_BYTES_WARNING",
        "CLIB_E_RESOURCE_WARNING",
        "CLIB_E_ENCODING_WARNING",
    };
    const auto number = static_cast<std::int64_t>(code);
    return number <= 0 && number > -std::ssize(names) ? names[-number] : "CLIB_E_UNKNOWN";
}

namespace detail {

/// What the std::error_code of an error is about.
class status_category final : public std::error_category {
public:
    constexpr status_category() noexcept = default;
    const char* name() const noexcept override { return "clib::ffi::status"; }
    std::string message(int code) const override { return name_of(status{code}); }
};

/// Never destroyed, since an atexit handler may fail too.
union status_category_storage {
    constexpr status_category_storage() noexcept : category{} {}
    ~status_category_storage() {}  // NOLINT(modernize-use-equals-default)
    status_category category;
};
inline constinit status_category_storage status_categories;

constexpr int error_value(status code) noexcept {
    const auto number = static_cast<std::int64_t>(code);
    return std::in_range<int>(number) ? static_cast<int>(number) : std::numeric_limits<int>::min();
}

}  // namespace detail

/// The exception that arrives at the caller with a status of its thrower's choosing, which may be a
/// number of its own below -1000. A status that is no failure arrives as status::unknown.
///
/// It is a std::system_error, because that is one type in all libraries of a process: with libc++,
/// two libraries that hide their symbols have each an `error` of their own, and neither catches the
/// other's. So the code crosses as a std::error_code, also that of a class derived from this one.
class error : public std::system_error {
public:
    error(status code, const char* sentence)
        : std::system_error{detail::error_value(failure_of(code)),
                            detail::status_categories.category},
          code_{failure_of(code)},
          sentence_{sentence} {}
    error(status code, const std::string& sentence) : error{code, sentence.c_str()} {}
    status code() const noexcept { return code_; }
    const char* what() const noexcept override { return sentence_.what(); }

private:
    static constexpr status failure_of(status code) noexcept {
        return code < status::ok ? code : status::unknown;
    }

    status code_;
    std::runtime_error sentence_;  // which is copied without an exception
};

/// Ends an iteration: what a listed `__next__` throws when there is nothing more.
class stop_iteration : public error {
public:
    stop_iteration() : stop_iteration{"there is nothing more"} {}
    explicit stop_iteration(const char* sentence) : error{status::stop_iteration, sentence} {}
    explicit stop_iteration(const std::string& sentence) : stop_iteration{sentence.c_str()} {}
};

/// A part of a sentence: text, or an integer.
struct sentence_part {
    // NOLINTNEXTLINE(google-explicit-constructor)
    sentence_part(const char* words) noexcept : text{words} {}
    template <std::integral T>
    sentence_part(T value) noexcept  // NOLINT(google-explicit-constructor)
        : number{static_cast<std::int64_t>(value)} {}

    const char* text = nullptr;
    std::int64_t number = 0;
};

/// Throws: error(code) with the sentence that the parts make, for example
/// fail(status::invalid, {"count is ", count, "; pass 1 or more"}). It is cut at 1023 bytes.
[[noreturn, gnu::cold, gnu::noinline]] inline void fail(
    status code, std::initializer_list<sentence_part> parts) {
    char sentence[1024];
    char* end = sentence;
    char* const last = sentence + sizeof sentence - 1;
    for (const sentence_part& part : parts) {
        if (part.text == nullptr) {
            end = std::to_chars(end, last, part.number).ptr;
            continue;
        }
        for (const char* c = part.text; *c != '\0' && end != last; ++c) { *end++ = *c; }
    }
    *end = '\0';
    throw error{code, sentence};
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
