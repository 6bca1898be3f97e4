// The way into each function that a binding takes, beside the function itself: it keeps the rules
// of clib_function::entry in describe.h.
#pragma once

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>

#include <cstring>
#include <string_view>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Stands for last_text in the place of a result. No text in UTF-8 has such a byte.
inline constexpr char see_last_text[] = "\xFF";

/// Returns: `text`, or see_last_text if it cannot be copied as it is: because it has embedded NULs,
/// because it is so long that it is to be freed after that, or because it is see_last_text itself.
inline const char* short_text(const char* text) noexcept {
    if (text == nullptr) { return nullptr; }
    if (text != last_text.data()) {
        if (std::strcmp(text, see_last_text) != 0) { return text; }
        try {
            keep_text(std::string_view{text});
        } catch (...) { return text; }
        return see_last_text;
    }
    const bool is_short = !last_text.is_large() && std::strlen(text) == last_text.size() &&
                          static_cast<unsigned char>(*text) != 0xFF;
    return is_short ? text : see_last_text;
}

template <auto Function, bool MayBlock, bool ReturnsText>
struct entry_point;

template <class R, class... P, R (*Function)(P...) noexcept, bool MayBlock, bool ReturnsText>
struct entry_point<Function, MayBlock, ReturnsText> {
    static R call(P... arguments) noexcept {
        const interpreter_lock_scope lock{!MayBlock};
        if constexpr (without_failure_value<R>) { last_failure.code = status::ok; }
        if constexpr (ReturnsText) {
            return short_text(Function(arguments...));
        } else {
            return Function(arguments...);
        }
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
