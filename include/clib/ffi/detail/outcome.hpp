// SPDX-License-Identifier: MIT
// Whether a call has failed, told from what it returned and from what its thread has recorded since
// it began. Nothing may run in between but the function itself.
#pragma once

#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/last_error.hpp>
#include <clib/ffi/status.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Begins before the call.
class failure_watch {
public:
    failure_watch() noexcept : count_{failure_count.load(std::memory_order_relaxed)} {}

    /// Whether the function failed that has returned this value. An int64_t that is not negative
    /// and a pointer that is not NULL are never failures; a status that is negative, and a NULL,
    /// always are.
    template <class R>
    bool has_failed(const R& value) const noexcept {
        if constexpr (std::is_same_v<R, std::int64_t>) {
            return value < 0 && failed_after(count_);
        } else if constexpr (std::is_same_v<R, status>) {
            return value < status::ok;
        } else if constexpr (std::is_pointer_v<R>) {
            return value == nullptr;
        } else {
            return failed_since(count_);
        }
    }
    bool has_failed() const noexcept { return failed_since(count_); }  ///< Of a void function.
    /// The same of a result of kind<K>, which may be NULL.
    template <class Kind, class R>
    bool has_result_failed(const R& value) const noexcept {
        if constexpr (Kind::is_nullable) {
            return value == nullptr && failed_since(count_);
        } else {
            return has_failed(value);
        }
    }

    /// Effects: Records a failure of a function that has not done so itself. `value` is what it
    /// returned.
    template <class R>
    void complete([[maybe_unused]] const R& value, const char* symbol) const noexcept {
        if constexpr (std::is_same_v<R, status>) {
            explain(value, symbol, "it failed and gave no reason");
        } else if constexpr (std::is_pointer_v<R>) {
            explain(status::unknown, symbol, "it returned NULL and gave no reason");
        }
    }

private:
    [[gnu::cold, gnu::noinline]] void explain(status code, const char* symbol,
                                              const char* reason) const noexcept {
        if (!failed_after(count_)) { last_failure.record(code, symbol, reason); }
    }

    std::uint64_t count_;
};

/// The text of a function that did not pass it to a receiver: one without call(), or with a call()
/// of another name. Throws: error, if these are bytes and nothing tells how many.
inline std::string_view returned_text(const char* text, bool is_bytes) {
    if (text == last_text.data()) { return {text, last_text.size()}; }
    if (is_bytes) {
        fail(status::unknown, {"it returned bytes that it did not make in call(), so nobody knows "
                               "how many they are"});
    }
    return text;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
