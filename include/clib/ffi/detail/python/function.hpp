// What makes a library's functions real built-in functions of CPython, and its handles native
// objects, without a Python header and without an undefined Python symbol: clib.py passes in the
// addresses of the functions that stand in python_api, all of Python's stable ABI, and makes
// built-in functions and types of the thunks here.
//
// A thunk takes the arguments that nearly every caller passes. For any other, and for whatever
// needs Python to be done well, it calls the function that clib.py uses where there is no CPython;
// so both ways behave the same because they are the same.
//
// Everything here runs with the interpreter's lock held, in the one interpreter that set it up;
// only a function that may block runs without.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/describe/description.hpp>
#include <clib/ffi/detail/python/api.hpp>
#include <clib/ffi/detail/python/argument.hpp>
#include <clib/ffi/detail/python/memory.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The index of the type's function with this role or name, or the number of all.
template <class List, class Owner>
constexpr std::size_t index_of_function(clib_role role, std::string_view name) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        std::size_t found = sizeof...(I);
        const auto look = [&]<std::size_t Index>() {
            using described = function_description<List, Index>;
            if (std::is_same_v<typename described::owner, Owner> && described::role == role &&
                described::listed.name == name) {
                found = Index;
            }
        };
        (look.template operator()<I>(), ...);
        return found;
    }
    (std::make_index_sequence<listed_in<List>::function_count>());
}

template <class List, std::size_t Index>
class python_function {
    using described = function_description<List, Index>;
    using result = typename described::result_type;
    using owner = typename described::owner;
    static constexpr auto function = described::listed_type::function;
    static constexpr std::size_t count = described::parameter_types::size - described::object_count;
    static constexpr std::size_t required = [] {
        std::size_t number = count;
        for (const clib_value& value : described::parameters) {
            if ((value.flags & CLIB_VALUE_DEFAULT) != 0) { --number; }
        }
        return number;
    }();
    static constexpr bool may_block = described::listed.may_block;

    template <class... V>
    static constexpr bool all_native(list<V...>) {
        return (python_argument<List, V>::is_native && ...);
    }
    template <class... V>
    static constexpr bool any_callback(list<V...>) {
        return ((V::kind == CLIB_KIND_CALLBACK) || ...);
    }
    template <class... V>
    static list<std::conditional_t<V::kind == CLIB_KIND_BYTES, lent<V>, V>...> lend(list<V...>);

    using usual = typename described::parameter_types;
    using lending = decltype(lend(usual{}));
    static constexpr bool lends_memory = !std::is_same_v<usual, lending>;
    static constexpr bool calls_back = any_callback(usual{});
    static constexpr bool makes_object = result::kind == CLIB_KIND_HANDLE;
    /// Whether a callable has to live longer than the call; clib.py sees to that.
    static constexpr bool calls_back_later = [] {
        bool is_later = false;
        for (const clib_value& value : described::parameters) {
            is_later = is_later || (value.flags & CLIB_VALUE_CALLED_ONCE) != 0;
        }
        return is_later;
    }();
    // An object whose making has called back and failed is clib.py's to free.
    static constexpr bool is_native = all_native(usual{}) &&
                                      python_result<List, result>::is_native &&
                                      !(calls_back && makes_object) && !calls_back_later;

    /// Whether Python lets negative numbers count from the end; clib.py does that.
    static constexpr bool is_index = [] {
        constexpr std::string_view name = described::listed.name;
        return described::role == CLIB_ROLE_METHOD && count > 0 &&
               (name == "__getitem__" || name == "__setitem__" || name == "__delitem__") &&
               described::parameters[1].kind == CLIB_KIND_INT64;
    }();

public:
    inline static constinit clib_python_function state{};

    /// METH_FASTCALL | METH_KEYWORDS.
    static python_object* call(python_object* self, python_object* const* given,
                               std::ptrdiff_t size, python_object* names) noexcept {
        python_object* const receiver = takes_self ? self : nullptr;
        if constexpr (is_native && described::role != CLIB_ROLE_CONSTRUCTOR) {
            if (names == nullptr && !(makes_object && python.is_traced)) {
                // With a number that is known, there is less to remember around the call.
                const std::ptrdiff_t known =
                    required == count ? static_cast<std::ptrdiff_t>(count) : size;
                if (size == known) {
                    python_object* made = nullptr;
                    if (call_native<usual>(receiver, given, known, made)) { return made; }
                    return call_unusual(receiver, given, known);
                }
            }
        }
        return call_fallback(state, receiver, given, size, names);
    }

    /// tp_init.
    static int init(python_object* self, python_object* given, python_object* names) noexcept {
        if constexpr (is_native) {
            if (names == nullptr && !python.is_traced && head_of(self).handle == 0) {
                std::array<python_object*, count + 1> items{};
                const std::ptrdiff_t size =
                    given == python.empty_tuple ? 0 : python.tuple_size(given);
                if (size <= static_cast<std::ptrdiff_t>(count)) {
                    for (std::ptrdiff_t i = 0; i < size; ++i) {
                        items[static_cast<std::size_t>(i)] = python.tuple_get_item(given, i);
                    }
                    std::uint64_t made = 0;
                    if (construct(self, items.data(), size, made)) {
                        if (made == 0) { return -1; }
                        if (head_of(self).handle == 0) [[likely]] {
                            set_handle(self, made);
                        } else {
                            destroy_made(made);
                        }
                        return 0;
                    }
                }
            }
        }
        return init_fallback(state, self, given, names);
    }

    /// getter.
    static python_object* get(python_object* self, void*) noexcept {
        return call(self, nullptr, 0, nullptr);
    }

    /// tp_iternext.
    static python_object* next(python_object* self) noexcept {
        return call(self, nullptr, 0, nullptr);
    }

    /// sq_length.
    static std::ptrdiff_t length(python_object* self) noexcept {
        if constexpr (is_native && result::kind == CLIB_KIND_INT64 && count == 0) {
            use_place_of(self);
            const std::int64_t size = invoke(std::tuple{handle_of<owner>(self)});
            if (size >= 0) { return static_cast<std::ptrdiff_t>(size); }
            raise(size, self);
        }
        return -1;
    }

    /// tp_dealloc.
    static void dealloc(python_object* self) noexcept {
        python.clear_weak_references(self);
        auto* const object = reinterpret_cast<owner*>(std::exchange(head_of(self).handle, 0));
        if (object != nullptr) {
            use_place_of(self);
            if (python.error_occurred() == nullptr) [[likely]] {
                destroy(object);
            } else {
                destroy_during_error(object);
            }
        }
        python_memory<List, owner>::free(self);
    }

    /// bf_getbuffer.
    static int get_buffer(python_object* self, void* view, int flags) noexcept {
        constexpr std::size_t none = listed_in<List>::function_count;
        constexpr std::size_t length_index =
            index_of_function<List, owner>(CLIB_ROLE_METHOD, "__len__");
        constexpr std::size_t unpin_index =
            index_of_function<List, owner>(CLIB_ROLE_UNPIN, "unpin");
        auto& filled = *static_cast<python_buffer*>(view);
        filled.owner = nullptr;  // as long as it fails
        if constexpr (length_index != none && unpin_index != none) {
            auto* const object = handle_of<owner>(self);
            use_place_of(self);
            const auto* const address = invoke(std::tuple{object});
            if (address == nullptr) {
                raise(failed_pointer_status(), self);
                return -1;
            }
            constexpr bool is_readonly = (result::flags & CLIB_VALUE_CONST) != 0;
            const std::ptrdiff_t size = python_function<List, length_index>::length(self);
            if (size >= 0 && python.fill_buffer(&filled, self, const_cast<char*>(address), size,
                                                is_readonly ? 1 : 0, flags) == 0) {
                filled.internal = object;
                return 0;
            }
            python_function<List, unpin_index>::unpin(object);
        }
        return -1;
    }

    /// bf_releasebuffer. The view has the handle, since the object has none while it is closed.
    static void release_buffer(python_object*, void* view) noexcept {
        unpin(static_cast<owner*>(static_cast<python_buffer*>(view)->internal));
    }
    static void unpin(owner* object) noexcept { static_cast<void>(invoke(std::tuple{object})); }

    static void destroy(owner* object) noexcept {
        const auto status = static_cast<std::int64_t>(invoke(std::tuple{object}));
        if (status < 0) { call_fallback(state, nullptr, nullptr, 0, nullptr); }
    }

private:
    // The destructor may call back.
    [[gnu::cold, gnu::noinline]] static void destroy_during_error(owner* object) noexcept {
        const python_error_scope error;
        destroy(object);
    }
    static void use_place_of(python_object* self) noexcept {
        slot_hint.store(head_of(self).slot, std::memory_order_relaxed);
    }
    template <class Arguments>
    static auto invoke(const Arguments& arguments) noexcept {
        if constexpr (may_block) {
            const native_call_pause pause;
            const python_unlocked unlocked;
            return std::apply(function, arguments);
        } else {
            const native_call call;
            return std::apply(function, arguments);
        }
    }

    /// With arguments that are not the usual ones.
    static python_object* call_unusual(python_object* self, python_object* const* given,
                                       std::ptrdiff_t size) noexcept {
        if constexpr (lends_memory) {
            return call_lending(self, given, size);
        } else {
            return call_fallback(state, self, given, size, nullptr);
        }
    }
    [[gnu::noinline]] static python_object* call_lending(python_object* self,
                                                         python_object* const* given,
                                                         std::ptrdiff_t size) noexcept {
        python_object* made = nullptr;
        return call_native<lending>(self, given, size, made)
                   ? made
                   : call_fallback(state, self, given, size, nullptr);
    }

    /// Returns: Whether the arguments were such ones, and the call is made.
    template <class Parameters>
    static bool call_native(python_object* self, python_object* const* given, std::ptrdiff_t size,
                            python_object*& made) noexcept {
        return with_arguments<Parameters>(
            self, given, size, [&](const auto& arguments, [[maybe_unused]] auto&... taken) {
                if constexpr (without_failure_value<decltype(invoke(arguments))>) {
                    last_failure.code = status::ok;
                }
                if constexpr (takes_self) { use_place_of(self); }
                const auto returned = invoke(arguments);
                if constexpr (calls_back) {
                    if ((raise_error_of(taken) || ...)) { return; }
                }
                const std::int64_t failure = python_result<List, result>::failure(returned);
                made = failure < 0 ? raise(failure, self)
                                   : python_result<List, result>::make(returned);
            });
    }
    static bool construct(python_object* self, python_object* const* given, std::ptrdiff_t size,
                          std::uint64_t& made) noexcept {
        return with_arguments<lending>(nullptr, given, size, [&](const auto& arguments, auto&...) {
            made = reinterpret_cast<std::uint64_t>(invoke(arguments));
            if (made == 0) { raise(failed_pointer_status(), self); }
        });
    }

    /// Of an object that another thread has made as well, while the constructor let it.
    [[gnu::cold, gnu::noinline]] static void destroy_made(
        [[maybe_unused]] std::uint64_t made) noexcept {
        constexpr std::size_t index = index_of_function<List, owner>(CLIB_ROLE_DESTRUCTOR, "close");
        if constexpr (index != listed_in<List>::function_count) {
            python_function<List, index>::destroy(reinterpret_cast<owner*>(made));
        }
    }

    template <class Parameters, class Use>
    static bool with_arguments(python_object* self, python_object* const* given,
                               std::ptrdiff_t size, const Use& use) noexcept {
        if (size < static_cast<std::ptrdiff_t>(required) ||
            size > static_cast<std::ptrdiff_t>(count)) {
            return false;
        }
        return take_all(Parameters{}, std::make_index_sequence<described::parameter_types::size>(),
                        self, given, static_cast<std::size_t>(size), use);
    }
    template <class... V, std::size_t... I, class Use>
    static bool take_all(list<V...>, std::index_sequence<I...>, python_object* self,
                         python_object* const* given, std::size_t size, const Use& use) noexcept {
        std::tuple<python_argument<List, V>...> arguments;
        [[maybe_unused]] const auto take = [&]<std::size_t At>(auto& argument) {
            if constexpr (At < described::object_count) {
                argument.value = handle_of<owner>(self);
                return true;
            } else {
                constexpr std::size_t position = At - described::object_count;
                return position < size ? argument.take(given[position])
                                       : argument.take_default(described::parameters[At]);
            }
        };
        if (!(take.template operator()<I>(std::get<I>(arguments)) && ...)) { return false; }
        if constexpr (is_index) {
            if (0 > std::get<1>(arguments).value) { return false; }
        }
        use(std::tuple_cat(std::get<I>(arguments).in_c()...), std::get<I>(arguments)...);
        return true;
    }

    /// Returns: Whether it was a callback that has raised an exception, which is raised again.
    static bool raise_error_of([[maybe_unused]] auto& argument) noexcept {
        if constexpr (requires { argument.raise_error(); }) {
            return argument.raise_error();
        } else {
            return false;
        }
    }

    static python_object* raise(std::int64_t code, python_object* self) noexcept {
        return raise_failure(state, code, self);
    }
    static constexpr bool takes_self =
        described::role == CLIB_ROLE_METHOD || described::role == CLIB_ROLE_PROPERTY;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
