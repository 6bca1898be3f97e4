// SPDX-License-Identifier: MIT
// Handles: a pointer to a listed type. A result is a new object, which is the caller's to free, or
// one that Python has already.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/kind.hpp>

#include <cstdint>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for a pointer to a listed type.
template <class Handle>
struct object;
/// Stands for a parameter of C++ that points to an object, or to none.
template <class T>
struct object_pointer;
}  // namespace kinds

template <class Handle>
struct kind<kinds::object<Handle>> : basic_kind<CLIB_KIND_HANDLE, Handle*> {
    static constexpr std::uint32_t flags = detail::const_flag<Handle>;
    using class_type = std::remove_const_t<Handle>;
    using c_result = Handle*;
    /// Of a listed class alone: who declares a handle type has its own table.
    static detail::held_object<Handle> from_c(Handle* handle, const char* parameter) {
        return {handle, parameter};
    }
    static constexpr bool is_handle = true;
    static constexpr bool is_result = true;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* instance) noexcept {
            python_object* const expected = detail::python_type<class_type>();
            if (!is_exactly(instance, expected) &&
                python.PyType_IsSubtype(instance->type, expected) == 0) {
                return false;
            }
            value_ = detail::handle_of<Handle>(instance);
            return value_ != nullptr;
        }
        bool read_default(const clib_value&) noexcept { return read_none(); }
        bool read_none() noexcept {
            value_ = nullptr;
            return true;
        }
        void set(Handle* handle) noexcept { value_ = handle; }
        std::tuple<Handle*> c_values() const noexcept { return {value_}; }

    private:
        Handle* value_;
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(Handle* handle) noexcept {
        return detail::python_memory<class_type>::object_of(handle);
    }
};

template <class T>
struct kind<kinds::object_pointer<T>> : kind<kinds::object<T>> {
    static detail::held_pointer<T> from_c(T* handle, const char* parameter) {
        return {handle, parameter};
    }
};

namespace detail {
template <class K>
inline constexpr bool is_object_pointer = false;
template <class T>
inline constexpr bool is_object_pointer<kinds::object_pointer<T>> = true;
}  // namespace detail

template <class Catalogue, class T, class... Rest>
    requires(Catalogue::template is_handle<std::remove_const_t<T>>)
struct parameter_match<Catalogue, T*, Rest...> {
    using type = kinds::object<T>;
};
template <class Catalogue, class T>
    requires(Catalogue::template is_handle<T>)
struct result_match<Catalogue, T*> {
    using type = kinds::object<T>;
};

template <class Catalogue, class T>
    requires(Catalogue::template is_class<std::remove_const_t<T>>)
struct cpp_parameter_match<Catalogue, T> {
    using type = kinds::object<T>;
};
template <class Catalogue, class T>
    requires(Catalogue::template is_class<std::remove_const_t<T>>)
struct cpp_parameter_match<Catalogue, T*> {
    using type = kinds::object_pointer<T>;
};
template <class Catalogue, class T>
    requires(Catalogue::template is_class<T>)
struct cpp_result_match<Catalogue, T> {
    using type = kinds::object<T>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
