// SPDX-License-Identifier: MIT
// Handles: a pointer to a listed type. A result is a new object, which is the caller's to free, or
// one that Python has already. C++ functions have objects of listed classes as T, T&, T*,
// std::unique_ptr<T> and std::shared_ptr<T>.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/object_owner.hpp>
#include <clib/ffi/kind.hpp>

#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for a pointer to a listed type, of which Derived, a type_list, are derived.
template <class Handle, class Derived = type_list<>>
struct object;
/// The same, where NULL may be passed and returned, and stands for no object.
template <class Handle, class Derived, template <class, class> class Argument>
struct nullable_object;
/// Stands for a parameter of C++ that is a pointer: NULL may be passed if the listing says so.
template <class Handle, class Derived>
struct object_pointer;
}  // namespace kinds

namespace detail {

template <class Handle>
class object_argument {
    using class_type = std::remove_const_t<Handle>;

public:
    static constexpr bool is_native = true;
    bool read(python_object* instance) noexcept {
        python_object* const expected = python_type<class_type>();
        if (!is_exactly(instance, expected) &&
            python.PyType_IsSubtype(instance->type, expected) == 0) {
            return false;
        }
        value_ = handle_of<Handle>(instance);
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

/// Takes None, too.
template <class Handle>
class nullable_argument : public object_argument<Handle> {
public:
    bool read(python_object* instance) noexcept {
        if (instance == python.none) {
            this->set(nullptr);
            return true;
        }
        return object_argument<Handle>::read(instance);
    }
};

/// An object that may be gone after the call.
template <class Handle>
class given_object_argument : public nullable_argument<Handle> {
public:
    bool read(python_object* instance) noexcept {
        object_ = instance;
        return nullable_argument<Handle>::read(instance);
    }
    void after_call() noexcept {
        const auto [handle] = this->c_values();
        if (handle != nullptr && find_slot(handle) == nullptr) { forget_handle(object_, handle); }
    }

private:
    python_object* object_ = nullptr;
};

}  // namespace detail

template <class Handle, class Derived>
struct kind<kinds::object<Handle, Derived>> : basic_kind<CLIB_KIND_HANDLE, Handle*> {
    static constexpr std::uint32_t flags = detail::const_flag<Handle>;
    using class_type = std::remove_const_t<Handle>;
    using derived = Derived;  ///< The listed classes that are derived from it.
    using c_result = Handle*;
    /// Of a listed class alone: who declares a handle type has its own table.
    static detail::held_object<Handle, Derived> from_c(Handle* handle, const char* parameter) {
        return {handle, parameter};
    }
    static constexpr bool is_handle = true;
    static constexpr bool is_result = true;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }

    using argument = detail::object_argument<Handle>;
    static constexpr bool converts_to_python = true;
    static python_object* to_python(Handle* handle) noexcept {
        if constexpr (Derived::size == 0) {
            return detail::python_memory<class_type>::object_of(handle);
        } else {
            return detail::derived_object_of(handle);
        }
    }
};

template <class Handle, class Derived, template <class, class> class Argument>
struct kind<kinds::nullable_object<Handle, Derived, Argument>>
    : kind<kinds::object<Handle, Derived>> {
    static constexpr std::uint32_t flags =
        detail::const_flag<Handle> | CLIB_VALUE_NULLABLE |
        (std::is_same_v<Argument<Handle, Derived>, detail::given_argument<Handle, Derived>>
             ? CLIB_VALUE_GIVEN
             : 0U);
    static Argument<Handle, Derived> from_c(Handle* handle, const char* parameter) {
        return {handle, parameter};
    }
    using argument =
        std::conditional_t<(flags & CLIB_VALUE_GIVEN) != 0, detail::given_object_argument<Handle>,
                           detail::nullable_argument<Handle>>;
    static constexpr bool is_nullable = true;
    static python_object* to_python(Handle* handle) noexcept {
        return handle == nullptr ? new_reference(python.none)
                                 : kind<kinds::object<Handle, Derived>>::to_python(handle);
    }
};

template <class Handle, class Derived>
struct kind<kinds::object_pointer<Handle, Derived>> : kind<kinds::object<Handle, Derived>> {
    static constexpr bool is_pointer = true;
    static detail::pointer_argument<Handle, Derived> from_c(Handle* handle, const char* parameter) {
        return {handle, parameter};
    }
};

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

namespace detail {

template <class Catalogue, class T>
concept class_of_catalogue = Catalogue::template is_class<std::remove_const_t<T>>;
template <class Catalogue, class T>
using derived_classes = typename Catalogue::template derived_of<std::remove_const_t<T>>;

}  // namespace detail

template <class Catalogue, class T>
    requires(detail::class_of_catalogue<Catalogue, T>)
struct cpp_parameter_match<Catalogue, T> {
    using type = kinds::object<T, detail::derived_classes<Catalogue, T>>;
};
template <class Catalogue, class T>
    requires(detail::class_of_catalogue<Catalogue, T>)
struct cpp_parameter_match<Catalogue, T*> {
    using type = kinds::object_pointer<T, detail::derived_classes<Catalogue, T>>;
};
template <class Catalogue, class T>
    requires(detail::class_of_catalogue<Catalogue, T>)
struct cpp_parameter_match<Catalogue, std::unique_ptr<T>> {
    using type =
        kinds::nullable_object<T, detail::derived_classes<Catalogue, T>, detail::given_argument>;
};
template <class Catalogue, class T>
    requires(detail::class_of_catalogue<Catalogue, T>)
struct cpp_parameter_match<Catalogue, std::shared_ptr<T>> {
    using type =
        kinds::nullable_object<T, detail::derived_classes<Catalogue, T>, detail::shared_argument>;
};

template <class Catalogue, class T>
    requires(detail::class_of_catalogue<Catalogue, T>)
struct cpp_result_match<Catalogue, T> {
    using type = kinds::object<T, detail::derived_classes<Catalogue, T>>;
};
template <class Catalogue, class T>
    requires(detail::class_of_catalogue<Catalogue, T>)
struct cpp_result_match<Catalogue, T*> {
    using type =
        kinds::nullable_object<std::remove_const_t<T>, detail::derived_classes<Catalogue, T>,
                               detail::pointer_argument>;
};
template <class Catalogue, class T, class Deleter>
    requires(detail::class_of_catalogue<Catalogue, T> && !std::is_const_v<T>)
struct cpp_result_match<Catalogue, std::unique_ptr<T, Deleter>> {
    using type =
        kinds::nullable_object<T, detail::derived_classes<Catalogue, T>, detail::pointer_argument>;
};
template <class Catalogue, class T>
    requires(detail::class_of_catalogue<Catalogue, T> && !std::is_const_v<T>)
struct cpp_result_match<Catalogue, std::shared_ptr<T>> {
    using type =
        kinds::nullable_object<T, detail::derived_classes<Catalogue, T>, detail::pointer_argument>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
