// SPDX-License-Identifier: MIT
// The entry of each function for bindings: it fills the caller's outcome record (describe.h).
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/binding_call.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/interrupt.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/handle/lock_request.hpp>
#include <clib/ffi/detail/handle/locked_call.hpp>
#include <clib/ffi/detail/handles.hpp>
#include <clib/ffi/detail/outcome.hpp>
#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/last_error.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Effects: The outcome gets the text, and owns it until its release.
/// Throws: std::bad_alloc; the outcome is as before then.
inline void own_text(clib_outcome& outcome, std::string&& text) {
    if (text.size() < sizeof outcome.room) {
        std::memcpy(outcome.room, text.c_str(), text.size() + 1);
        outcome.data = outcome.room;
        outcome.length = text.size();
        return;
    }
    auto* const owner = new std::string{std::move(text)};
    outcome.data = owner->c_str();
    outcome.length = owner->size();
    outcome.owner = owner;
    outcome.release = [](void* string) { delete static_cast<std::string*>(string); };
}

class outcome_receiver final : public text_receiver {
public:
    explicit outcome_receiver(clib_outcome& outcome) noexcept : outcome_{outcome} {}
    void receive(std::string_view text) override { own_text(outcome_, std::string{text}); }
    void receive(std::string&& text) override { own_text(outcome_, std::move(text)); }
    clib_outcome& outcome() const noexcept { return outcome_; }

private:
    clib_outcome& outcome_;
};

inline void clear(clib_outcome& outcome) noexcept {
    outcome.error_number = 0;
    outcome.status = 0;
    outcome.exception = 0;
    outcome.data = nullptr;
    outcome.length = 0;
    outcome.release = nullptr;
    outcome.owner = nullptr;
}

/// Effects: Copies this thread's failure.
[[gnu::cold, gnu::noinline]] inline void fill_failure(clib_outcome& outcome) noexcept {
    if (outcome.release != nullptr) { outcome.release(outcome.owner); }
    clear(outcome);
    const failure& failed = last_failure;
    outcome.status = static_cast<std::int64_t>(failed.code);
    outcome.error_number = failed.error_number;
    outcome.exception = failed.exception;
    try {
        std::string text{failed.sentence};
        text.append(last_details.data, last_details.size);
        own_text(outcome, std::move(text));
    } catch (...) {
        static constexpr std::string_view sentence = "there is not enough memory for the reason";
        outcome.data = sentence.data();
        outcome.length = sentence.size();
    }
}

/// What an entry returns for a failure.
template <class R>
R failure_hint() noexcept {
    if constexpr (std::is_floating_point_v<R>) {
        return std::numeric_limits<R>::quiet_NaN();
    } else if constexpr (std::is_integral_v<R> && !std::is_same_v<R, bool>) {
        return static_cast<R>(-1);
    } else {
        return R{};
    }
}

/// One call by a binding. Not inline: every listed function has an entry.
class entry_scope {
public:
    /// `is_text` tells whether the function returns text or bytes.
    [[gnu::noinline]] entry_scope(clib_outcome* outcome, const char* symbol, bool may_block,
                                  bool is_text) noexcept
        : symbol_{symbol},
          receiver_{*outcome},
          lock_{!may_block && (outcome->flags & CLIB_CALL_UNLOCKED) == 0},
          unlocked_{may_block || (outcome->flags & CLIB_CALL_UNLOCKED) != 0},
          call_{{symbol, is_text ? &receiver_ : nullptr}} {
        clear(*outcome);
        // A binding that has not passed any lock has none.
        if (holds_interpreter_lock && release_lock.load(std::memory_order_relaxed) != nullptr) {
            announcement_.emplace(symbol);
        }
    }
    [[gnu::noinline]] ~entry_scope() {}  // NOLINT(modernize-use-equals-default): not inline
    entry_scope(const entry_scope&) = delete;
    entry_scope& operator=(const entry_scope&) = delete;

    const failure_watch& watch() const noexcept { return watch_; }

    /// Effects: The outcome is this thread's failure. Returns: Its status.
    [[gnu::cold, gnu::noinline]] std::int64_t fail() noexcept {
        fill_failure(receiver_.outcome());
        return receiver_.outcome().status;
    }

    /// Effects: The outcome gets a text that the receiver has not got: that of a function without
    /// call(), or with one of another name. Returns: The status.
    [[gnu::noinline]] std::int64_t take(const char* text, bool is_bytes) noexcept {
        if (text == received_text) { return 0; }
        const status code = ffi::call(
            [&] { own_text(receiver_.outcome(), std::string{returned_text(text, is_bytes)}); },
            symbol_);
        return code < status::ok ? fail() : 0;
    }

private:
    const char* symbol_;
    outcome_receiver receiver_;
    interpreter_lock_scope lock_;
    std::optional<locked_call> announcement_;
    unlocked_call_scope unlocked_;
    binding_call_scope call_;
    failure_watch watch_;
};

/// Kinds are those of the parameters. For MayWait see may_wait_for_threads.
template <auto Function, bool MayBlock, class ResultKind, class Symbol, class Kinds,
          bool MayWait = false>
struct entry_point;

template <class R, class... P, R (*Function)(P...) noexcept, bool MayBlock, class ResultKind,
          class Symbol, class Kinds, bool MayWait>
struct entry_point<Function, MayBlock, ResultKind, Symbol, Kinds, MayWait> {
    static constexpr const char* symbol = Symbol::value;
    static constexpr result_form form = kind<ResultKind>::form;
    static constexpr bool is_bytes = form == result_form::bytes;
    static constexpr bool is_text =
        form == result_form::text || is_bytes || form == result_form::items;
    static constexpr bool is_status = form != result_form::value;
    using result = std::conditional_t<is_status, std::int64_t, R>;

    [[gnu::cold]] static result call(clib_outcome* outcome, P... arguments) noexcept {
        entry_scope scope{outcome, symbol, MayBlock, is_text};
        std::optional<interpreter_lock_pause> pause;
        if constexpr (MayWait) {
            if (do_threads_call_back.load(std::memory_order_seq_cst)) { pause.emplace(); }
        }
        const joint_call<Kinds> objects{false, arguments...};
        if constexpr (std::is_void_v<R>) {
            Function(arguments...);
            return scope.watch().has_failed() ? scope.fail() : 0;
        } else {
            const R value = Function(arguments...);
            if (scope.watch().template has_result_failed<kind<ResultKind>>(value)) [[unlikely]] {
                scope.watch().complete(value, symbol);
                const std::int64_t code = scope.fail();
                if constexpr (is_status) { return code; }
                return failure_hint<result>();
            }
            if constexpr (is_text) {
                const std::int64_t code =
                    scope.take(reinterpret_cast<const char*>(value), is_bytes);
                if constexpr (requires { kind<ResultKind>::release(nullptr); }) {
                    if (code == 0) { outcome->release = kind<ResultKind>::release; }
                }
                return code;
            } else if constexpr (is_status) {
                return 0;
            } else {
                if constexpr (kind<ResultKind>::is_handle) {
                    outcome->owner = const_cast<void*>(static_cast<const void*>(value));
                    if (std::exchange(kept_result.handle, nullptr) != nullptr) {
                        outcome->release = &receive_handle;
                    }
                }
                if constexpr (requires { kind<ResultKind>::release_result; }) {
                    outcome->owner = value;
                    outcome->release = kind<ResultKind>::release_result;
                }
                return value;
            }
        }
    }
};

struct no_scope {
    no_scope() noexcept {}  // NOLINT(modernize-use-equals-default): no unused variable
};

[[gnu::cold, gnu::noinline]] inline void refuse_loan(clib_outcome& outcome,
                                                     const char* symbol) noexcept {
    clear(outcome);
    last_failure.record(status::busy, symbol, too_many_loans);
    fill_failure(outcome);
}

/// The entry of a pin, which counts the loan.
template <class Entry, class Address, class Handle>
struct pin_entry {
    static Address call(clib_outcome* outcome, Handle handle) noexcept {
        loan<no_scope> loan{handle};
        if (loan.is_refused()) {
            refuse_loan(*outcome, Entry::symbol);
            return nullptr;
        }
        const Address address = Entry::call(outcome, handle);
        if (address != nullptr) { loan.keep(); }
        return address;
    }
};

/// The entry of an unpin.
template <class Entry, class Handle>
struct unpin_entry {
    static typename Entry::result call(clib_outcome* outcome, Handle handle) noexcept {
        const typename Entry::result result = Entry::call(outcome, handle);
        if (outcome->status >= 0) { give_back(handle); }
        return result;
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
