// SPDX-License-Identifier: MIT
// What all native functions do with a call that does not go straight to C++. It is one piece of
// code, for each listed function would pay for its own in compile time and size.
//
//     call(arguments by position) --> read and called
//       |-- by name --> place_and_call(): each argument to its parameter's place, and call() again
//       '-- not to be read, or not to be placed --> call_fallback()
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/rules.hpp>
#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/detail/python/fallback.hpp>
#include <clib/ffi/python.hpp>

#include <cstddef>
#include <cstring>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The size of a call whose arguments are the items of argument_places.
inline constexpr std::ptrdiff_t placed_size = -1;
/// What such a call returns if it cannot be made so.
inline constinit python_object unread_arguments{};

/// METH_FASTCALL | METH_KEYWORDS.
using call_function = python_object*(python_object* self, python_object* const* arguments,
                                     std::ptrdiff_t size, python_object* names) noexcept;
/// Makes an object, if the arguments can be read. `result` is what tp_init returns.
using init_function = bool(python_object* self, python_object* const* arguments,
                           std::ptrdiff_t size, int& result) noexcept;

/// The arguments of a call, each in the place of its parameter, NULL if it is left out.
class argument_places {
public:
    explicit argument_places(const clib_function& function) noexcept {
        const std::size_t objects = takes_object(static_cast<clib_role>(function.role)) ? 1 : 0;
        parameters_ = function.parameters + objects;
        count_ = function.parameter_count - objects;
    }
    python_object* const* items() const noexcept { return items_; }

    /// For a vectorcall. `names` is NULL or the tuple of the last arguments' names.
    /// Returns: Whether each parameter that needs an argument has one, and none has two.
    bool put(python_object* const* arguments, std::ptrdiff_t size, python_object* names) noexcept {
        if (!begin(size)) { return false; }
        for (std::ptrdiff_t i = 0; i < size; ++i) { items_[i] = arguments[i]; }
        const std::ptrdiff_t named = names != nullptr ? python.PyTuple_Size(names) : 0;
        for (std::ptrdiff_t i = 0; i < named; ++i) {
            if (!put_named(python.PyTuple_GetItem(names, i), arguments[size + i])) { return false; }
        }
        return are_complete(static_cast<std::size_t>(size));
    }
    /// For tp_init. `names` is NULL or a dict.
    bool put(python_object* tuple, python_object* names) noexcept {
        const std::ptrdiff_t size = tuple == python.empty_tuple ? 0 : python.PyTuple_Size(tuple);
        if (!begin(size)) { return false; }
        for (std::ptrdiff_t i = 0; i < size; ++i) { items_[i] = python.PyTuple_GetItem(tuple, i); }
        std::ptrdiff_t place = 0;
        python_object* name = nullptr;
        python_object* argument = nullptr;
        while (names != nullptr && python.PyDict_Next(names, &place, &name, &argument) != 0) {
            if (!put_named(name, argument)) { return false; }
        }
        return are_complete(static_cast<std::size_t>(size));
    }

private:
    static constexpr std::size_t most = 64;  // parameters; the package takes more

    /// Returns: Whether so many arguments may be passed without a name.
    bool begin(std::ptrdiff_t size) noexcept {
        const auto first = static_cast<std::size_t>(size);
        if (count_ > most || first > count_) { return false; }
        for (std::size_t i = first; i < count_; ++i) { items_[i] = nullptr; }
        return first == 0 || (parameters_[first - 1].flags & CLIB_VALUE_KEYWORD_ONLY) == 0;
    }
    bool put_named(python_object* name, python_object* argument) noexcept {
        const char* const text = python.PyUnicode_AsUTF8AndSize(name, nullptr);
        if (text == nullptr) {
            python.PyErr_Clear();
            return false;
        }
        std::size_t place = 0;
        while (place < count_ && std::strcmp(parameters_[place].name, text) != 0) { ++place; }
        if (place == count_ || items_[place] != nullptr) { return false; }
        items_[place] = argument;
        return true;
    }
    bool are_complete(std::size_t first) const noexcept {
        for (std::size_t i = first; i < count_; ++i) {
            if (items_[i] == nullptr && (parameters_[i].flags & CLIB_VALUE_DEFAULT) == 0) {
                return false;
            }
        }
        return true;
    }

    const clib_value* parameters_;
    std::size_t count_;
    python_object* items_[most];  // NOLINT(modernize-avoid-c-arrays): most of it stays unused
};

/// A call that the function does not take as it is. Returns: What call() does.
[[gnu::cold, gnu::noinline]] inline python_object* place_and_call(const clib_function& function,
                                                                  python_object* self,
                                                                  python_object* const* arguments,
                                                                  std::ptrdiff_t size,
                                                                  python_object* names) noexcept {
    if (size == placed_size) { return &unread_arguments; }
    if (names != nullptr) {
        argument_places places{function};
        if (places.put(arguments, size, names)) {
            const auto call = reinterpret_cast<call_function*>(function.python_call);
            python_object* const result = call(self, places.items(), placed_size, nullptr);
            if (result != &unread_arguments) { return result; }
        }
    }
    const bool takes_self = takes_object(static_cast<clib_role>(function.role));
    return call_fallback(*function.python, takes_self ? self : nullptr, arguments, size, names);
}

/// tp_init of a class with one constructor. `init` is NULL if it is not native.
[[gnu::noinline]] inline int place_and_init(const clib_function& function, init_function* init,
                                            python_object* self, python_object* arguments,
                                            python_object* names) noexcept {
    if (init != nullptr && !python.is_traced && head_of(self).handle == 0) {
        argument_places places{function};
        int result = 0;
        if (places.put(arguments, names) && init(self, places.items(), placed_size, result)) {
            return result;
        }
    }
    return init_fallback(*function.python, self, arguments, names);
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
