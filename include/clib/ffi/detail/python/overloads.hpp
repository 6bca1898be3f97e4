// SPDX-License-Identifier: MIT
// The native function of several that are listed under one name. It calls the first whose arguments
// have their usual types, as native_function has it. The package finds out about everything else:
// names, conversions, and kinds that are not native.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/overloads.hpp>
#include <clib/ffi/detail/python/fallback.hpp>
#include <clib/ffi/detail/python/function.hpp>
#include <clib/ffi/python.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// First is the index of the first one; the fallback of that one is asked.
template <class Module, std::size_t First>
class native_overloads {
    using first = native_function<Module, First>;
    static constexpr auto& places = overloads<Module>::places;
    static constexpr std::size_t none = overloads<Module>::count;

    /// Returns: Whether one of them was called: Index, or one after it. `use` calls an overload.
    template <std::size_t Index, class Use>
    static bool call_from(std::ptrdiff_t size, const Use& use) noexcept {
        using native = native_function<Module, Index>;
        if (native::takes(size)) {
            if constexpr (!native::tells_by_arguments) {
                return false;
            } else {
                if (use.template operator()<native>()) { return true; }
            }
        }
        if constexpr (places[Index].next != none) {
            return call_from<places[Index].next>(size, use);
        }
        return false;
    }
    template <std::size_t Index>
    static constexpr std::size_t most_from() {
        std::size_t count = native_function<Module, Index>::parameter_count;
        if constexpr (places[Index].next != none) {
            count = std::max(count, most_from<places[Index].next>());
        }
        return count;
    }
    static constexpr std::size_t most = most_from<First>();

public:
    /// METH_FASTCALL | METH_KEYWORDS.
    static python_object* call(python_object* self, python_object* const* arguments,
                               std::ptrdiff_t size, python_object* names) noexcept {
        if (names == nullptr && !python.is_traced) {
            python_object* object = nullptr;
            const auto use = [&]<class Native>() {
                return Native::call_if_usual(self, arguments, size, object);
            };
            if (call_from<First>(size, use)) { return object; }
        }
        return call_fallback(first::state, first::takes_object_first ? self : nullptr, arguments,
                             size, names);
    }

    /// tp_init.
    static int init(python_object* self, python_object* arguments, python_object* names) noexcept {
        if (names == nullptr && !python.is_traced && head_of(self).handle == 0) {
            std::array<python_object*, most + 1> items{};
            const std::ptrdiff_t size =
                arguments == python.empty_tuple ? 0 : python.PyTuple_Size(arguments);
            if (size <= static_cast<std::ptrdiff_t>(most)) {
                for (std::ptrdiff_t i = 0; i < size; ++i) {
                    items[static_cast<std::size_t>(i)] = python.PyTuple_GetItem(arguments, i);
                }
                int status = 0;
                const auto use = [&]<class Native>() {
                    return Native::init_if_usual(self, items.data(), size, status);
                };
                if (call_from<First>(size, use)) { return status; }
            }
        }
        return init_fallback(first::state, self, arguments, names);
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
