// SPDX-License-Identifier: MIT
// The native function of a listed one: a built-in function of CPython, or a slot of a native type.
//
// A thunk takes the arguments that nearly every caller passes. Everything else goes to the
// implementation in Python (fallback.hpp), so that both ways behave alike.
//
//     call(self, arguments, size, names)
//       |-- every argument has a type of its kind's --> wide_argument::read() --> invoke()
//       |-- by name ----------> place_and_call(), which calls again               |
//       '-- anything else ----> call_fallback()                                   |
//                                           kind<K>::to_python() or raise() <-----'
//
// Where only a wide_argument has something to give back, kind<K>::argument::read() comes first: it
// costs less. Of overloads, the first that can read all arguments by that is called.
//
// Everything here runs with the interpreter's lock held, in the one interpreter that set it up;
// only a function that may block runs without.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/function_info.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/detail/outcome.hpp>
#include <clib/ffi/detail/python/invocation.hpp>
#include <clib/ffi/detail/python/placed_call.hpp>
#include <clib/ffi/kinds.hpp>
#include <clib/ffi/python.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <class Module, std::size_t Index>
class native_function : public native_invocation<Module, Index> {
    using invocation = native_invocation<Module, Index>;
    using invocation::calls_back;
    using invocation::count;
    using invocation::drops_arguments;
    using invocation::function;
    using invocation::has_fixed_size;
    using invocation::index_of;
    using invocation::invoke;
    using invocation::is_native;
    using invocation::makes_object;
    using invocation::none;
    using invocation::raise;
    using invocation::set_hint;
    using invocation::symbol;
    using invocation::takes_self;
    using typename invocation::first;
    using typename invocation::info;
    using typename invocation::owner;
    using typename invocation::result;
    using typename invocation::usual;
    using typename invocation::wide;

public:
    using invocation::state;

    /// METH_FASTCALL | METH_KEYWORDS.
    static python_object* call(python_object* self, python_object* const* arguments,
                               std::ptrdiff_t size, python_object* names) noexcept {
        if constexpr (drops_arguments) {
            if (names == nullptr) { size = 0; }
        }
        if constexpr (is_native && info::role != CLIB_ROLE_CONSTRUCTOR) {
            if (names == nullptr && invocation::takes_all(size) &&
                !(makes_object && python.is_traced)) [[likely]] {
                // A known number need not be remembered around the call.
                const std::ptrdiff_t known =
                    has_fixed_size ? static_cast<std::ptrdiff_t>(count) : size;
                python_object* const receiver = takes_self ? self : nullptr;
                python_object* object = nullptr;
                if (call_native<first>(receiver, arguments, known, object)) { return object; }
                if constexpr (!std::is_same_v<first, wide>) {
                    if (call_second(receiver, arguments, known, object)) { return object; }
                }
                return place_and_call(function_table<Module>::functions[Index], self, arguments,
                                      known, nullptr);
            }
        }
        return place_and_call(function_table<Module>::functions[Index], self, arguments, size,
                              names);
    }

    /// tp_init.
    static int init(python_object* self, python_object* arguments, python_object* names) noexcept {
        init_function* make = nullptr;
        if constexpr (is_native) {
            make = &init_native<wide>;
            if (count == 0 && arguments == python.empty_tuple && names == nullptr &&
                !python.is_traced && head_of(self).handle == 0) {
                int result = 0;
                init_native<wide>(self, nullptr, 0, result);
                return result;
            }
        }
        return place_and_init(function_table<Module>::functions[Index], make, self, arguments,
                              names);
    }

    /// Whether arguments of their usual types show whether this overload is meant; the package
    /// tells otherwise.
    static constexpr bool tells_by_arguments = is_native;
    /// Whether it takes so many arguments.
    static constexpr bool takes(std::ptrdiff_t size) noexcept {
        return invocation::is_right_size(size);
    }
    /// Returns: Whether the arguments are of the usual types; the call is made then.
    static bool call_if_usual(python_object* self, python_object* const* arguments,
                              std::ptrdiff_t size, python_object*& object) noexcept {
        return call_native<usual>(takes_self ? self : nullptr, arguments, size, object);
    }
    /// The same for a constructor. `result` is what tp_init returns.
    static bool init_if_usual(python_object* self, python_object* const* arguments,
                              std::ptrdiff_t size, int& result) noexcept {
        return init_native<usual>(self, arguments, size, result);
    }
    static constexpr bool takes_object_first = takes_self;
    static constexpr std::size_t parameter_count = count;

    /// getter.
    static python_object* get(python_object* self, void*) noexcept {
        return call(self, nullptr, 0, nullptr);
    }

    /// setter. `value` is NULL if the attribute is to be deleted.
    static int set(python_object* self, python_object* value, void*) noexcept {
        python_object* const nothing = call(self, &value, value != nullptr ? 1 : 0, nullptr);
        if (nothing == nullptr) { return -1; }
        python.Py_DecRef(nothing);
        return 0;
    }

    /// tp_iternext.
    static python_object* next(python_object* self) noexcept {
        return call(self, nullptr, 0, nullptr);
    }

    /// sq_length.
    static std::ptrdiff_t length(python_object* self) noexcept {
        set_hint(self);
        const failure_watch watch;
        const auto size = invoke(handle_of<owner>(self));
        if (!watch.has_failed(size)) {
            if (size >= 0 && std::in_range<std::ptrdiff_t>(size)) [[likely]] {
                return static_cast<std::ptrdiff_t>(size);
            }
            last_failure.record(status::invalid, symbol, "a length is 0 or more");
        }
        raise(self);
        return -1;
    }

    /// close(), and __exit__(), which has three arguments.
    static python_object* close(python_object* self, python_object* const* arguments,
                                std::ptrdiff_t size, python_object* names) noexcept {
        if (names != nullptr || (size != 0 && size != 3)) {
            return call_fallback(state, self, arguments, size, names);
        }
        if (is_closed(self)) { return new_reference(python.none); }
        auto* const object = handle_of<owner>(self);
        set_hint(self);
        closing_object closing{self, object};
        const status code{invoke(object)};
        if (code == status::busy || code == status::no_memory) {
            closing.give_up();
            return raise(self);
        }
        closing.finish();
        // By its handle, somebody may have freed it before.
        const bool has_failed = code < status::ok && code != status::handle;
        return has_failed ? raise(self) : new_reference(python.none);
    }

    /// tp_dealloc.
    static void dealloc(python_object* self) noexcept {
        clear_weak_references(self);
        auto* const object = static_cast<owner*>(const_cast<void*>(take_handle(self)));
        if (object != nullptr) {
            set_hint(self);
            if (python.PyErr_Occurred() == nullptr) [[likely]] {
                destroy(object);
            } else {
                destroy_during_error(object);
            }
        }
        python_memory<owner>::free(self);
    }

    /// bf_getbuffer.
    static int get_buffer(python_object* self, void* view, int flags) noexcept {
        constexpr std::size_t length_index = index_of(CLIB_ROLE_METHOD, "__len__");
        constexpr std::size_t unpin_index = index_of(CLIB_ROLE_UNPIN, "unpin");
        auto& buffer = *static_cast<python_buffer*>(view);
        buffer.owner = nullptr;  // until it succeeds
        if constexpr (length_index != none && unpin_index != none) {
            auto* const object = handle_of<owner>(self);
            set_hint(self);
            loan<native_call> loan{object};
            if (loan.is_refused()) {
                last_failure.record(status::busy, symbol, too_many_loans);
                raise(self);
                return -1;
            }
            const failure_watch watch;
            const auto* const address = invoke(object);
            if (address == nullptr) {
                watch.complete(address, symbol);
                raise(self);
                return -1;
            }
            constexpr bool is_readonly = (info::result.flags & CLIB_VALUE_CONST) != 0;
            const std::ptrdiff_t size = native_function<Module, length_index>::length(self);
            if (size >= 0 && python.PyBuffer_FillInfo(&buffer, self, const_cast<char*>(address),
                                                      size, is_readonly ? 1 : 0, flags) == 0) {
                buffer.internal = object;
                loan.keep();
                return 0;
            }
            native_function<Module, unpin_index>::unpin(object);
        }
        return -1;
    }

    /// bf_releasebuffer. The view has the handle, since the object has none while it is closed.
    static void release_buffer(python_object*, void* view) noexcept {
        auto* const object = static_cast<owner*>(static_cast<python_buffer*>(view)->internal);
        unpin(object);
        const native_call call;
        give_back(object);
    }
    static void unpin(owner* object) noexcept { static_cast<void>(invoke(object)); }

    static void destroy(owner* object) noexcept {
        const status code{invoke(object)};
        if (code < status::ok) [[unlikely]] { report(); }
    }

private:
    /// Reports what the destructor has failed with, where nobody can catch it.
    [[gnu::cold, gnu::noinline]] static void report() noexcept {
        raise(nullptr);
        if (python.PyErr_Occurred() != nullptr) {  // there was not room enough on the stack
            python.PyErr_WriteUnraisable(python_type<owner>());
        }
    }
    // The destructor may call back.
    [[gnu::cold, gnu::noinline]] static void destroy_during_error(owner* object) noexcept {
        const python_error_scope error;
        destroy(object);
    }

    /// Returns: Whether each argument could be read, and the call is made.
    template <class Arguments>
    static bool call_native(python_object* self, python_object* const* items, std::ptrdiff_t size,
                            python_object*& object) noexcept {
        Arguments arguments;
        if (!invocation::read_all(arguments, self, items, size)) { return false; }
        object = call_with(arguments, self);
        return true;
    }
    /// For arguments of which something is given back after the call.
    [[gnu::cold, gnu::noinline]] static bool call_second(python_object* self,
                                                         python_object* const* items,
                                                         std::ptrdiff_t size,
                                                         python_object*& object) noexcept {
        return call_native<wide>(self, items, size, object);
    }
    template <class Arguments>
    static bool init_native(python_object* self, python_object* const* items, std::ptrdiff_t size,
                            int& result) noexcept {
        Arguments arguments;
        if (!invocation::read_all(arguments, nullptr, items, size)) { return false; }
        owner* const handle = construct(arguments, self);
        result = handle != nullptr ? put_handle(self, handle) : -1;
        return true;
    }
    template <class Arguments>
    static python_object* call_with(Arguments& arguments, python_object* self) noexcept {
        if constexpr (takes_self) { set_hint(self); }
        result returned{symbol, [&] { return invocation::invoke_with(arguments); }};
        invocation::finish(arguments);
        if constexpr (calls_back) {
            if (invocation::raise_errors(arguments)) { return nullptr; }
        }
        return returned.has_failed() ? raise(self) : returned.object();
    }
    /// Returns: The handle of a new object, or NULL with an exception raised.
    template <class Arguments>
    static owner* construct(Arguments& arguments, python_object* self) noexcept {
        const failure_watch watch;
        owner* const handle = invocation::invoke_with(arguments);
        if (handle == nullptr) {
            watch.complete(handle, symbol);
            raise(self);
        }
        return handle;
    }

    /// Returns: 0, as tp_init does.
    static int put_handle(python_object* self, owner* handle) noexcept {
        if (!detail::put_handle(self, handle)) [[unlikely]] { destroy_second(handle); }
        return 0;
    }
    /// For an object that another thread has made as well, while the constructor let it.
    [[gnu::cold, gnu::noinline]] static void destroy_second(
        [[maybe_unused]] owner* handle) noexcept {
        constexpr std::size_t index = index_of(CLIB_ROLE_DESTRUCTOR, "close");
        if constexpr (index != none) { native_function<Module, index>::destroy(handle); }
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
