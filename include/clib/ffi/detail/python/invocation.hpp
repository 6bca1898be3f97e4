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
#include <clib/ffi/detail/python/result.hpp>
#include <clib/ffi/kinds.hpp>
#include <clib/ffi/python.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
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

/// The argument of a kind that also takes memory which can be resized.
template <class K>
struct lending_argument_of {
    using type = typename kind<K>::argument;
    static constexpr bool lends = false;
};
template <class K>
    requires requires { typename kind<K>::lending_argument; }
struct lending_argument_of<K> {
    using type = typename kind<K>::lending_argument;
    static constexpr bool lends = true;
};

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
                                 info::entry.may_block>;

    static constexpr const char* symbol = info::record.symbol;
    static constexpr bool may_block = info::entry.may_block;
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
    static constexpr bool is_keyword_only = positional < count;
    /// Whether a call without names has to fail.
    static constexpr bool requires_names =
        number_of(CLIB_VALUE_KEYWORD_ONLY, CLIB_VALUE_DEFAULT) > 0;

    template <class... K>
    static std::tuple<typename kind<K>::argument...> usual_of(type_list<K...>);
    template <class... K>
    static std::tuple<typename lending_argument_of<K>::type...> lending_of(type_list<K...>);
    template <class... K>
    static constexpr bool any_lends(type_list<K...>) {
        return (lending_argument_of<K>::lends || ...);
    }
    template <class... K>
    static constexpr bool any_callback(type_list<K...>) {
        return (kind<K>::is_callback || ...);
    }
    template <class... A>
    static constexpr bool all_native(const std::tuple<A...>*) {
        return (A::is_native && ...);
    }

    using usual = decltype(usual_of(kinds{}));
    using lending = decltype(lending_of(kinds{}));
    static constexpr bool lends = any_lends(kinds{});
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
    static constexpr bool is_native = all_native(static_cast<const usual*>(nullptr)) &&
                                      result::is_native && !(calls_back && makes_object) &&
                                      !calls_back_later;

    /// Whether Python lets negative numbers count from the end; the package does that.
    static constexpr bool is_index = [] {
        constexpr std::string_view name = info::entry.name;
        return info::role == CLIB_ROLE_METHOD && count > 0 &&
               (name == "__getitem__" || name == "__setitem__" || name == "__delitem__") &&
               info::parameters[1].kind == CLIB_KIND_INT64;
    }();
    /// Whether it is an __exit__ that does not want to know what was raised.
    static constexpr bool drops_arguments = info::role == CLIB_ROLE_METHOD && count == 0 &&
                                            std::string_view{info::entry.name} == "__exit__";
    static constexpr bool takes_self = info::role == CLIB_ROLE_METHOD ||
                                       info::role == CLIB_ROLE_PROPERTY ||
                                       info::role == CLIB_ROLE_SETTER;

public:
    inline static constinit clib_python_function state{};

protected:
    static constexpr std::size_t none = catalogue<Module>::function_count;

    /// The index of the owner's function with this role and name, or none.
    static constexpr std::size_t index_of(clib_role role, std::string_view name) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            std::size_t index = none;
            static_cast<void>(
                ((std::is_same_v<typename function_info<Module, I>::owner, owner> &&
                  function_info<Module, I>::role == role &&
                  function_info<Module, I>::entry.name == name && (index = I, true)) ||
                 ...));
            return index;
        }
        (std::make_index_sequence<none>());
    }

    static void set_hint(python_object* self) noexcept {
        slot_hint.store(head_of(self).slot, std::memory_order_relaxed);
    }

    template <class Values>
    static auto invoke(const Values& values) noexcept {
        if constexpr (may_block) {
            const unlocked_call_scope call{true};
            return invoke_unlocked(values);
        } else if constexpr (may_wait_for_threads<Module, Index>) {
            const locked_call announcement{symbol};
            if (do_threads_call_back.load(std::memory_order_seq_cst)) [[unlikely]] {
                return invoke_waiting(values);
            }
            return invoke_locked(values);
        } else if constexpr (calls_back) {
            const locked_call announcement{symbol};
            return invoke_locked(values);
        } else {
            return invoke_locked(values);
        }
    }
    template <class Values>
    [[gnu::always_inline]] static auto invoke_locked(const Values& values) noexcept {
        const native_call call;
        const joint_call<kinds> objects{values, true};
        return std::apply(function, values);
    }
    template <class Values>
    [[gnu::always_inline]] static auto invoke_unlocked(const Values& values) noexcept {
        const native_call_pause pause;
        const python_unlocked unlocked;
        const joint_call<kinds> objects{values, false};
        return std::apply(function, values);
    }
    /// For a call that may wait for threads which call back.
    template <class Values>
    [[gnu::cold, gnu::noinline]] static auto invoke_waiting(const Values& values) noexcept {
        const locked_call_pause announcement{true};
        return invoke_unlocked(values);
    }

    template <class Arguments, class Use>
    static bool with_arguments(python_object* self, python_object* const* arguments,
                               std::ptrdiff_t size, const Use& use) noexcept {
        if (requires_names || size < static_cast<std::ptrdiff_t>(required) ||
            size > static_cast<std::ptrdiff_t>(positional)) {
            return false;
        }
        return read_all<Arguments, false>(std::make_index_sequence<kinds::size>(), self, arguments,
                                          static_cast<std::size_t>(size), use);
    }
    /// IsSparse: there is an item for each parameter, NULL if it is left out.
    template <class Arguments, bool IsSparse, std::size_t... I, class Use>
    static bool read_all(std::index_sequence<I...>, python_object* self,
                         python_object* const* arguments, std::size_t size,
                         const Use& use) noexcept {
        Arguments holders;
        [[maybe_unused]] const auto read = [&]<std::size_t At>(auto& holder) {
            if constexpr (At < info::object_count) {
                holder.set(handle_of<owner>(self));
                return true;
            } else {
                constexpr std::size_t place = At - info::object_count;
                const bool is_given = IsSparse ? arguments[place] != nullptr : place < size;
                if (!is_given) { return holder.read_default(info::parameters[At]); }
                if constexpr ((info::parameters[At].flags & CLIB_VALUE_NULLABLE) != 0 &&
                              requires { holder.read_none(); }) {
                    if (arguments[place] == python.none) { return holder.read_none(); }
                }
                return holder.read(arguments[place]);
            }
        };
        if (!(read.template operator()<I>(std::get<I>(holders)) && ...)) { return false; }
        if constexpr (is_index) {
            if (std::get<0>(std::get<1>(holders).c_values()) < 0) { return false; }
        }
        use(std::tuple_cat(std::get<I>(holders).c_values()...), std::get<I>(holders)...);
        return true;
    }

    /// Effects: An argument that the function has taken over is its giver's no more.
    static void finish([[maybe_unused]] auto& holder) noexcept {
        if constexpr (requires { holder.after_call(); }) { holder.after_call(); }
    }

    /// Returns: Whether this was a callback that has raised an exception, which is raised again.
    static bool raise_error_of([[maybe_unused]] auto& holder) noexcept {
        if constexpr (requires { holder.raise_error(); }) {
            return holder.raise_error();
        } else {
            return false;
        }
    }

    /// Effects: Raises what the function has failed with; at the end of an iteration nothing, which
    /// tp_iternext takes for the end.
    static python_object* raise(python_object* self) noexcept {
        if constexpr (info::role == CLIB_ROLE_METHOD &&
                      std::string_view{info::entry.name} == "__next__") {
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
