// SPDX-License-Identifier: MIT
// One native call: reads the arguments, calls the C function with or without the interpreter's
// lock, and raises what it failed with.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/describe/function_info.hpp>
#include <clib/ffi/detail/handle/interrupt.hpp>
#include <clib/ffi/detail/handle/lock_request.hpp>
#include <clib/ffi/detail/handle/locked_call.hpp>
#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/detail/handles.hpp>
#include <clib/ffi/detail/python/fallback.hpp>
#include <clib/ffi/detail/python/placed_call.hpp>
#include <clib/ffi/detail/python/result.hpp>
#include <clib/ffi/detail/values.hpp>
#include <clib/ffi/kinds.hpp>
#include <clib/ffi/python.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Lets go of the interpreter's lock for its lifetime.
class python_unlocked {
public:
    python_unlocked() noexcept : state_{python.PyEval_SaveThread()} {}
    ~python_unlocked() { python.PyEval_RestoreThread(state_); }
    python_unlocked(const python_unlocked&) = delete;
    python_unlocked& operator=(const python_unlocked&) = delete;

private:
    void* state_;
};

template <class Argument>
void finish_one([[maybe_unused]] Argument& argument) noexcept {
    if constexpr (requires { argument.after_call(); }) { argument.after_call(); }
}
template <class Argument>
bool raise_error_of([[maybe_unused]] Argument& argument) noexcept {
    if constexpr (requires { argument.raise_error(); }) {
        return argument.raise_error();
    } else {
        return false;
    }
}

template <class Module, std::size_t Index>
class native_invocation {
protected:
    using info = function_info<Module, Index>;
    using kinds = typename info::parameter_types;
    using owner = typename info::owner;
    static constexpr auto function = info::c::native_pointer;
    template <class R, class... P>
    static R result_of(R (*)(P...) noexcept);
    using result = native_result<typename info::result_type, decltype(result_of(function)),
                                 info::data.may_block>;

    static constexpr const char* symbol = info::record.symbol;
    static constexpr bool may_block = info::data.may_block;
    static constexpr std::size_t count = kinds::size - info::object_count;
    /// How many of the parameters have a flag, or none of the flags of `without`.
    static constexpr std::size_t number_of(std::uint32_t flags, std::uint32_t without = 0) {
        std::size_t number = 0;
        for (std::size_t i = info::object_count; i < info::parameters.size(); ++i) {
            const std::uint32_t found = info::parameters[i].flags;
            if ((found & flags) == flags && (found & without) == 0) { ++number; }
        }
        return number;
    }
    static constexpr std::size_t required = number_of(0, CLIB_VALUE_DEFAULT);
    static constexpr std::size_t positional = number_of(0, CLIB_VALUE_KEYWORD_ONLY);
    static constexpr bool has_fixed_size = required == count && positional == count;
    /// Whether a call without names has to fail.
    static constexpr bool requires_names =
        number_of(CLIB_VALUE_KEYWORD_ONLY, CLIB_VALUE_DEFAULT) > 0;

    template <class... K>
    static values<typename kind<K>::argument...> usual_of(type_list<K...>);
    template <class... K>
    static values<wide_argument_of<K>...> wide_of(type_list<K...>);
    template <class... K>
    static constexpr bool any_callback(type_list<K...>) {
        return (kind<K>::is_callback || ...);
    }
    template <class... K>
    static constexpr bool all_native(type_list<K...>) {
        return (kind<K>::argument::is_native && ...);
    }

    using usual = decltype(usual_of(kinds{}));
    using wide = decltype(wide_of(kinds{}));
    /// What a call reads. If only the wide ones have something to give back, they come second.
    using first = std::conditional_t<std::is_trivially_destructible_v<usual> &&
                                         !std::is_trivially_destructible_v<wide>,
                                     usual, wide>;
    static constexpr bool calls_back = any_callback(kinds{});
    static constexpr bool makes_object = kind<typename info::result_type>::is_handle;
    /// Whether a callable has to live longer than the call; the package sees to that.
    static constexpr bool calls_back_later = [] {
        bool is_later = false;
        for (const clib_value& value : info::parameters) {
            is_later = is_later || (value.flags & CLIB_VALUE_CALLED_ONCE) != 0;
        }
        return is_later;
    }();
    // The package frees an object whose making has called back and failed.
    static constexpr bool is_native = all_native(kinds{}) && result::is_native &&
                                      !(calls_back && makes_object) && !calls_back_later;

    /// Whether Python lets negative numbers count from the end; the package does that.
    static constexpr bool is_index = [] {
        constexpr const char* name = info::data.name;
        return info::role == CLIB_ROLE_METHOD && count > 0 &&
               (is_same_name(name, "__getitem__") || is_same_name(name, "__setitem__") ||
                is_same_name(name, "__delitem__")) &&
               info::parameters[1].kind == CLIB_KIND_INT64;
    }();
    /// Whether it is an __exit__ that does not want to know what was raised.
    static constexpr bool drops_arguments =
        info::role == CLIB_ROLE_METHOD && count == 0 && is_same_name(info::data.name, "__exit__");
    static constexpr bool takes_self =
        info::role == CLIB_ROLE_METHOD || info::role == CLIB_ROLE_PROPERTY ||
        info::role == CLIB_ROLE_SETTER || info::role == CLIB_ROLE_TRAVERSE;

public:
    inline static constinit clib_python_function state{};

protected:
    static constexpr std::size_t none = catalogue<Module>::function_count;

    /// The index of the owner's function with this role and name, or none.
    static constexpr std::size_t index_of(clib_role role, const char* name) {
        using list = catalogue<Module>;
        for (std::size_t i = 0; i < none; ++i) {
            const function_data& data = list::data.functions[i];
            if (list::owners[i] == list::owners[Index] && data.role == role &&
                is_same_name(data.name, name)) {
                return i;
            }
        }
        return none;
    }

    static void set_hint(python_object* self) noexcept {
        slot_hint.store(head_of(self).slot, std::memory_order_relaxed);
    }

    template <class... C>
    static auto invoke(C... passed) noexcept {
        if constexpr (may_block) {
            const unlocked_call_scope call{true};
            return invoke_unlocked(passed...);
        } else if constexpr (may_wait_for_threads<Module, Index>) {
            const locked_call announcement{symbol};
            if (do_threads_call_back.load(std::memory_order_seq_cst)) [[unlikely]] {
                return invoke_waiting(passed...);
            }
            return invoke_locked(passed...);
        } else if constexpr (calls_back) {
            const locked_call announcement{symbol};
            return invoke_locked(passed...);
        } else {
            return invoke_locked(passed...);
        }
    }
    template <class... C>
    [[gnu::always_inline]] static auto invoke_locked(C... passed) noexcept {
        const native_call call;
        const joint_call<kinds> objects{true, passed...};
        return function(passed...);
    }
    template <class... C>
    [[gnu::always_inline]] static auto invoke_unlocked(C... passed) noexcept {
        const native_call_pause pause;
        const python_unlocked unlocked;
        const joint_call<kinds> objects{false, passed...};
        return function(passed...);
    }
    /// For a call that may wait for threads which call back.
    template <class... C>
    [[gnu::cold, gnu::noinline]] static auto invoke_waiting(C... passed) noexcept {
        const locked_call_pause announcement{true};
        return invoke_unlocked(passed...);
    }

    /// Where each C value comes from: the argument, and its place there.
    static constexpr auto offsets = value_offsets(kinds{});
    static constexpr std::size_t value_count = offsets[kinds::size];
    static constexpr std::size_t holder_of(std::size_t value) {
        std::size_t holder = 0;
        while (offsets[holder + 1] <= value) { ++holder; }
        return holder;
    }
    template <class Arguments, std::size_t... V>
    static auto invoke_with(Arguments& arguments, std::index_sequence<V...>) noexcept {
        return invoke(tuple_value<V - offsets[holder_of(V)]>(
            value_in<holder_of(V)>(arguments).c_values())...);
    }
    template <class Arguments>
    static auto invoke_with(Arguments& arguments) noexcept {
        return invoke_with(arguments, std::make_index_sequence<value_count>());
    }

    /// Whether Python has passed so many arguments as a call without names needs.
    static constexpr bool is_right_size(std::ptrdiff_t size) noexcept {
        return !requires_names && size >= static_cast<std::ptrdiff_t>(required) &&
               size <= static_cast<std::ptrdiff_t>(positional);
    }

    /// Whether a call of this size has what the function needs.
    static constexpr bool takes_all(std::ptrdiff_t size) noexcept {
        return is_right_size(size) || size == placed_size;
    }

    template <std::size_t At>
    static constexpr bool is_handle_at = kind<typename type_at<At, kinds>::type>::is_handle;
    template <std::size_t At>
    static constexpr bool is_first_handle = []<std::size_t... I>(std::index_sequence<I...>) {
        return !(... || is_handle_at<I>);
    }
    (std::make_index_sequence<At>());

    /// Reads an argument. One that is left out is NULL, or behind the last one.
    template <std::size_t At, class Argument>
    static bool read_one(Argument& argument, python_object* self, python_object* const* items,
                         std::size_t size) noexcept {
        if constexpr (At < info::object_count) {
            argument.set(handle_of<owner>(self));
            return true;
        } else {
            constexpr std::size_t place = At - info::object_count;
            constexpr std::uint32_t flags = info::parameters[At].flags;
            if constexpr ((flags & CLIB_VALUE_DEFAULT) != 0) {
                if (place >= size || items[place] == nullptr) {
                    return argument.read_default(info::parameters[At]);
                }
            }
            if constexpr ((flags & CLIB_VALUE_NULLABLE) != 0 &&
                          requires { argument.read_none(); }) {
                if (items[place] == python.none) { return argument.read_none(); }
            }
            if (!argument.read(items[place])) { return false; }
            if constexpr (is_handle_at<At>) {
                if (items[place] != python.none) {
                    (is_first_handle<At> ? slot_hint : argument_hint)
                        .store(head_of(items[place]).slot, std::memory_order_relaxed);
                }
            }
            return true;
        }
    }
    /// Requires: Each parameter without a default has an argument.
    /// Returns: Whether all arguments are of types that they can be read of.
    template <class... A, std::size_t... I>
    static bool read_all([[maybe_unused]] value_list<std::index_sequence<I...>, A...>& arguments,
                         [[maybe_unused]] python_object* self,
                         [[maybe_unused]] python_object* const* items,
                         [[maybe_unused]] std::ptrdiff_t size) noexcept {
        if (!(read_one<I>(value_in<I>(arguments), self, items, static_cast<std::size_t>(size)) &&
              ...)) {
            return false;
        }
        if constexpr (is_index) {
            if (tuple_value<0>(value_in<1>(arguments).c_values()) < 0) { return false; }
        }
        return true;
    }

    /// Effects: An argument that the function has taken over is its giver's no more.
    template <class... A, std::size_t... I>
    static void finish(value_list<std::index_sequence<I...>, A...>& arguments) noexcept {
        (finish_one(value_in<I>(arguments)), ...);
    }
    /// Returns: Whether a callback has raised an exception, which is raised again.
    template <class... A, std::size_t... I>
    static bool raise_errors(value_list<std::index_sequence<I...>, A...>& arguments) noexcept {
        return (raise_error_of(value_in<I>(arguments)) || ...);
    }

    /// Effects: Raises what the function has failed with; at the end of an iteration nothing, which
    /// tp_iternext takes for the end.
    static python_object* raise(python_object* self) noexcept {
        if constexpr (info::role == CLIB_ROLE_METHOD && is_same_name(info::data.name, "__next__")) {
            if (last_failure.code == status::stop_iteration) {
                static_cast<void>(interrupt::raise());
                return nullptr;
            }
        }
        return raise_failure(state, self);
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
