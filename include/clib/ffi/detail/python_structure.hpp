// SPDX-License-Identifier: MIT
// The native CPython object of a structure: its bytes, or a part of another one, which it keeps.
//
//     [ object.__basicsize__ bytes of Python's | structure_head | the bytes ]
//                                              ^ python.head_offset
//
// What is rare, and the reasons of what fails, are the package's (shim/clib/structures.py).
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/convert.hpp>
#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/python.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

struct structure_head {
    void* data;
    void* weak_references;
    python_object* owner;  ///< The object that the bytes are a part of, or NULL: they are its own.
};

inline structure_head& structure_of(python_object* object) noexcept {
    return *reinterpret_cast<structure_head*>(reinterpret_cast<char*>(object) + python.head_offset);
}

/// Returns: A new object whose bytes are not set, unless it is the first use of its memory, or NULL
/// with MemoryError raised.
[[gnu::always_inline]] inline python_object* allocate_structure(clib_python_structure& known,
                                                                python_object* type) noexcept {
    python_object* const object = allocate_object(known.base, type, 0);
    if (object != nullptr) [[likely]] { structure_of(object).data = &structure_of(object) + 1; }
    return object;
}

/// tp_dealloc.
inline void free_structure(clib_python_structure& known, python_object* self) noexcept {
    structure_head& head = structure_of(self);
    if (head.weak_references != nullptr) { python.PyObject_ClearWeakRefs(self); }
    if (head.owner != nullptr) { python.Py_DecRef(std::exchange(head.owner, nullptr)); }
    free_object(known.base, self);
}

/// Whether an object is of the class, or of one that is derived from it in Python.
inline bool is_structure(const clib_python_structure& known, python_object* object) noexcept {
    auto* const type = static_cast<python_object*>(known.base.type);
    return is_exactly(object, type) ||
           (type != nullptr && python.PyType_IsSubtype(object->type, type) != 0);
}

/// Passes some objects to the package. Each may be NULL, for None. Returns: What it returns, or
/// NULL with an exception raised.
[[gnu::cold, gnu::noinline]] inline python_object* ask_of_structure(
    python_object* self, python_object* first, python_object* second) noexcept {
    python_object* const arguments = python.PyTuple_New(3);
    if (arguments == nullptr) { return nullptr; }
    set_item(arguments, 0, self);
    set_item(arguments, 1, first != nullptr ? first : python.none);
    set_item(arguments, 2, second != nullptr ? second : python.none);
    return convert(CLIB_KIND_STRUCT, false, arguments);
}
/// Returns: 0, or -1 with an exception raised.
[[gnu::cold, gnu::noinline]] inline int set_in_python(python_object* self, python_object* first,
                                                      python_object* second) noexcept {
    python_object* const nothing = ask_of_structure(self, first, second);
    if (nothing == nullptr) { return -1; }
    python.Py_DecRef(nothing);
    return 0;
}
/// Sets the member in a place. `value` is NULL if it is to be deleted.
[[gnu::cold, gnu::noinline]] inline int set_in_python(python_object* self, std::size_t place,
                                                      python_object* value) noexcept {
    python_object* const number = python.PyLong_FromLongLong(static_cast<long long>(place));
    python_object* const values = python.PyTuple_New(value != nullptr ? 1 : 0);
    int result = -1;
    if (number != nullptr && values != nullptr) {
        if (value != nullptr) { set_item(values, 0, value); }
        result = set_in_python(self, number, values);
    }
    for (python_object* const each : {number, values}) {
        if (each != nullptr) { python.Py_DecRef(each); }
    }
    return result;
}

/// Puts the arguments of tp_init in the places of their members, NULL for those that have none.
/// `names` is a dict. Returns: Whether that can be.
inline bool place_members(const clib_python_structure& known, python_object** items,
                          std::size_t count, python_object* arguments,
                          python_object* names) noexcept {
    const std::ptrdiff_t size =
        arguments == python.empty_tuple ? 0 : python.PyTuple_Size(arguments);
    if (static_cast<std::size_t>(size) > count) { return false; }
    for (std::ptrdiff_t i = 0; i < size; ++i) { items[i] = python.PyTuple_GetItem(arguments, i); }
    std::ptrdiff_t at = 0;
    python_object* name = nullptr;
    python_object* argument = nullptr;
    while (python.PyDict_Next(names, &at, &name, &argument) != 0) {
        // Names in Python's source are the same objects; the package compares others.
        std::size_t place = 0;
        while (place < count && known.names[place] != name) { ++place; }
        if (place == count || items[place] != nullptr) { return false; }
        items[place] = argument;
    }
    return true;
}

/// bf_getbuffer: one item of the format that the package says.
inline int get_structure_buffer(const clib_python_structure& known, python_object* self, void* view,
                                std::size_t size, int flags) noexcept {
    constexpr int format = 0x4;  // PyBUF_FORMAT
    auto& buffer = *static_cast<python_buffer*>(view);
    const auto length = static_cast<std::ptrdiff_t>(size);
    if (python.PyBuffer_FillInfo(&buffer, self, structure_of(self).data, length, 0, flags) != 0) {
        return -1;
    }
    if ((flags & format) != 0) {
        buffer.format = const_cast<char*>(known.format);
        buffer.item_size = length;
        buffer.dimensions = 0;
        buffer.shape = buffer.strides = nullptr;
    }
    return 0;
}

/// A structure T in Python, whose members are of these kinds.
template <class T, class Kinds, auto... Members>
class python_structure;
template <class T, class... K, auto... Members>
class python_structure<T, type_list<K...>, Members...> {
    static constexpr std::size_t count = sizeof...(K);
    static_assert(alignof(T) <= alignof(structure_head));

public:
    /// Requires: The object is one. Its bytes may change while it is used.
    static T& value_in(python_object* object) noexcept {
        return *static_cast<T*>(structure_of(object).data);
    }
    static bool is_one(python_object* object) noexcept { return is_structure(record, object); }

    /// Returns: A new object, or NULL with an exception raised.
    static python_object* object_of(const T& value) noexcept {
        python_object* const object =
            allocate_structure(record, static_cast<python_object*>(record.base.type));
        if (object != nullptr) { std::memcpy(structure_of(object).data, &value, sizeof value); }
        return object;
    }
    /// The same for a part of another object, in place.
    static python_object* part_of(python_object* owner, T& part) noexcept {
        python_object* const object =
            allocate_structure(record, static_cast<python_object*>(record.base.type));
        if (object != nullptr) {
            structure_of(object).data = &part;
            structure_of(object).owner = new_reference(owner);
        }
        return object;
    }

    static bool are_equal(const T& left, const T& right) noexcept {
        return (is_equal<K>(left.*Members, right.*Members) && ...);
    }

private:
    static python_object* object_at(void* object) noexcept {
        return static_cast<python_object*>(object);
    }

    template <class Kind, class Value>
    static bool is_equal(const Value& left, const Value& right) noexcept {
        if constexpr (requires { typename kind<Kind>::python_type; }) {
            return kind<Kind>::python_type::are_equal(left, right);
        } else {
            return left == right;
        }
    }
    template <class Kind, class Value>
    static bool set_member(Value& member, python_object* value) noexcept {
        wide_argument_of<Kind> argument;
        if (!argument.read(value)) { return false; }
        member = std::get<0>(argument.c_values());
        return true;
    }

    static void* make(void* type, void*, void*) noexcept {
        python_object* const object = allocate_structure(record, object_at(type));
        if (object != nullptr) { std::memset(structure_of(object).data, 0, sizeof(T)); }
        return object;
    }
    static void free(void* self) noexcept { free_structure(record, object_at(self)); }
    static int init(void* self, void* arguments, void* names) noexcept {
        T& value = value_in(object_at(self));
        std::size_t place = 0;
        if (names == nullptr) [[likely]] {
            const auto size = static_cast<std::size_t>(python.PyTuple_Size(object_at(arguments)));
            const auto set = [&]<class Kind>(std::type_identity<Kind>, auto& member) {
                const std::size_t at = place++;
                return at >= size || set_member<Kind>(member, python.PyTuple_GetItem(
                                                                  object_at(arguments),
                                                                  static_cast<std::ptrdiff_t>(at)));
            };
            if (size <= count && (set(std::type_identity<K>{}, value.*Members) && ...)) {
                return 0;
            }
        } else {
            std::array<python_object*, count> items{};
            const auto set = [&]<class Kind>(std::type_identity<Kind>, auto& member) {
                python_object* const item = items[place++];
                return item == nullptr || set_member<Kind>(member, item);
            };
            if (place_members(record, items.data(), count, object_at(arguments),
                              object_at(names)) &&
                (set(std::type_identity<K>{}, value.*Members) && ...)) {
                return 0;
            }
        }
        return set_in_python(object_at(self), object_at(arguments), object_at(names));
    }
    static void* compare(void* left, void* right, int operation) noexcept {
        constexpr int equal = 2;  // Py_EQ
        constexpr int different = 3;
        if ((operation != equal && operation != different) ||
            object_at(left)->type != object_at(right)->type) {
            return ask_of_structure(object_at(left), nullptr, nullptr);  // NotImplemented
        }
        const bool result = are_equal(value_in(object_at(left)), value_in(object_at(right)));
        return new_reference(result == (operation == equal) ? python.true_object
                                                            : python.false_object);
    }
    static int get_buffer(void* self, void* view, int flags) noexcept {
        return get_structure_buffer(record, object_at(self), view, sizeof(T), flags);
    }

    template <class Kind, auto Member>
    static void* get(void* self, void*) noexcept {
        auto& member = value_in(object_at(self)).*Member;
        if constexpr (requires { typename kind<Kind>::python_type; }) {
            return kind<Kind>::python_type::part_of(object_at(self), member);
        } else {
            return kind<Kind>::to_python(member);
        }
    }
    template <class Kind, auto Member, std::size_t Place>
    static int set(void* self, void* value, void*) noexcept {
        if (value != nullptr &&
            set_member<Kind>(value_in(object_at(self)).*Member, object_at(value))) {
            return 0;
        }
        return set_in_python(object_at(self), Place, object_at(value));
    }
    template <std::size_t... I>
    static constexpr std::array<clib_python_member, count> make_members(std::index_sequence<I...>) {
        return {{{&get<K, Members>, &set<K, Members, I>}...}};
    }
    static constexpr auto members = make_members(std::make_index_sequence<count>());

public:
    inline static constinit clib_python_structure record{
        {},          sizeof(structure_head) + sizeof(T),
        &make,       &free,
        &init,       &compare,
        &get_buffer, members.data(),
        nullptr,     nullptr};
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
