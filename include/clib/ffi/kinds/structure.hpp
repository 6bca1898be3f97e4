// SPDX-License-Identifier: MIT
// Listed structures: by value, by pointer, and in a row.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/detail/array_argument.hpp>
#include <clib/ffi/detail/fault.hpp>
#include <clib/ffi/detail/python_structure.hpp>
#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stand for a listed structure T, a T*, and a const T* with the number of them. Python is its
/// detail::python_structure, or void if only C passes it.
template <class T, class Python = void>
struct structure;
template <class T, class Python = void>
struct structure_pointer;
template <class T, class Python = void>
struct structure_row;
}  // namespace kinds

namespace detail {

/// What holds a structure of Python during a call.
template <class Python>
class structure_argument {
public:
    static constexpr bool is_native = true;
    bool read(python_object* object) noexcept {
        object_ = object;
        return Python::is_one(object);
    }
    static bool read_default(const clib_value&) noexcept { return false; }

protected:
    python_object* object_ = nullptr;
};

}  // namespace detail

template <class T>
struct kind<kinds::structure<T>> : basic_kind<CLIB_KIND_STRUCT, T> {
    using c_result = T;
    static T from_c(T value, const char*) noexcept { return value; }
    using class_type = T;
    static constexpr bool is_member = true;
    static constexpr bool is_result = true;
    static constexpr bool is_callback_argument = true;
};
template <class T, class Python>
struct kind<kinds::structure<T, Python>> : kind<kinds::structure<T>> {
    using python_type = Python;
    class argument : public detail::structure_argument<Python> {
    public:
        std::tuple<T> c_values() const noexcept { return {Python::value_in(this->object_)}; }
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(const T& value) noexcept { return Python::object_of(value); }
};

template <class T>
struct kind<kinds::structure_pointer<T>> : basic_kind<CLIB_KIND_STRUCT_POINTER, T*> {
    static constexpr std::uint32_t flags = detail::const_flag<T>;
    using class_type = std::remove_const_t<T>;
    static constexpr bool is_callback_argument = std::is_const_v<T>;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }
};
template <class T, class Python>
struct kind<kinds::structure_pointer<T, Python>> : kind<kinds::structure_pointer<T>> {
    class argument : public detail::structure_argument<Python> {
    public:
        bool read_default(const clib_value&) noexcept { return read_none(); }
        bool read_none() noexcept {
            this->object_ = nullptr;
            return true;
        }
        std::tuple<T*> c_values() const noexcept {
            return {this->object_ != nullptr ? &Python::value_in(this->object_) : nullptr};
        }
    };
    static constexpr bool converts_to_python = std::is_const_v<T>;
    static python_object* to_python(const T* value) noexcept {
        return value != nullptr ? Python::object_of(*value) : new_reference(python.none);
    }
};

template <class T>
struct kind<kinds::structure_row<T>> : basic_kind<CLIB_KIND_SEQUENCE, const T*, std::size_t> {
    static constexpr std::uint32_t flags = CLIB_VALUE_CONST;
    static constexpr std::uint32_t element = CLIB_KIND_STRUCT;
    using class_type = T;
};

template <class T, class Python>
struct kind<kinds::structure_row<T, Python>> : kind<kinds::structure_row<T>> {
    /// A list or a tuple of them, which is copied, or an array in place.
    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            const bool is_list = is_exactly(object, python.list_type);
            if (is_list || is_exactly(object, python.tuple_type)) {
                return copy(object,
                            is_list ? python.PyList_Size(object) : python.PyTuple_Size(object),
                            is_list ? python.PyList_GetItem : python.PyTuple_GetItem);
            }
            constexpr const detail::array_need& need =
                detail::need_of<const T, 1, contiguous, &Python::record>;
            if (!buffer_.read(object, need, nullptr)) { return false; }
            size_ = buffer_.count(sizeof(T));
            data_ = static_cast<const T*>(buffer_.data());
            return true;
        }
        static bool read_default(const clib_value&) noexcept { return false; }
        std::tuple<const T*, std::size_t> c_values() const noexcept {
            return {size_ > 0 ? data_ : nullptr, size_};
        }

    private:
        template <class GetItem>
        bool copy(python_object* object, std::ptrdiff_t count, GetItem get_item) noexcept {
            size_ = static_cast<std::size_t>(count);
            copies_.reset(new (std::nothrow) T[size_ + 1]);
            if (copies_ == nullptr) { return false; }
            for (std::ptrdiff_t i = 0; i < count; ++i) {
                python_object* const each = get_item(object, i);
                if (!Python::is_one(each)) { return false; }
                copies_[static_cast<std::size_t>(i)] = Python::value_in(each);
            }
            data_ = copies_.get();
            return true;
        }

        detail::held_buffer buffer_;
        std::unique_ptr<T[]> copies_;
        const T* data_ = nullptr;
        std::size_t size_ = 0;
    };
};

namespace detail {
/// What a listed structure is in Python.
template <class Catalogue, class T>
using python_structure_of =
    typename Catalogue::template entry_of<std::remove_const_t<T>>::template python<Catalogue>;
}  // namespace detail

template <class Catalogue, class T, class... Rest>
    requires(Catalogue::template is_structure<T>)
struct parameter_match<Catalogue, T, Rest...> {
    using type = kinds::structure<T, detail::python_structure_of<Catalogue, T>>;
};
template <class Catalogue, class T, class... Rest>
    requires(Catalogue::template is_structure<std::remove_const_t<T>>)
struct parameter_match<Catalogue, T*, Rest...> {
    using type = kinds::structure_pointer<T, detail::python_structure_of<Catalogue, T>>;
};
template <class Catalogue, class T, class... Rest>
    requires(Catalogue::template is_structure<std::remove_const_t<T>>)
struct parameter_match<Catalogue, T*, std::size_t, Rest...> {
    using type = std::conditional_t<
        std::is_const_v<T>,
        kinds::structure_row<std::remove_const_t<T>, detail::python_structure_of<Catalogue, T>>,
        detail::no_kind<detail::fault::structures_to_write, T*>>;
};
template <class Catalogue, class T>
    requires(Catalogue::template is_structure<T>)
struct result_match<Catalogue, T> {
    using type = kinds::structure<T, detail::python_structure_of<Catalogue, T>>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
