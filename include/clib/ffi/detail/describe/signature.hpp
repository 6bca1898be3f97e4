// What the type of a C function says about its parameters and result: the rules of the table in
// describe.h, and a sentence for each type that they cannot express.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/status.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <class... T>
struct list {
    static constexpr std::size_t size = sizeof...(T);
};

template <class Front, class List>
struct prepend;
template <class Front, class... T>
struct prepend<Front, list<T...>> {
    using type = list<Front, T...>;
};

/// One value of a signature. Class is the handle or structure it is about, Callback the pointer
/// type of the function it is.
template <std::uint32_t Kind, std::uint32_t Flags = 0, std::uint32_t Element = CLIB_KIND_NONE,
          class Class = void, class Callback = void>
struct value {
    static constexpr std::uint32_t kind = Kind;
    static constexpr std::uint32_t flags = Flags;
    static constexpr std::uint32_t element = Element;
    using class_type = Class;
    using callback_type = Callback;
};

/// A value that is made of the first `Count` parameters.
template <class Value, std::size_t Count>
struct taken {
    using type = Value;
    static constexpr std::size_t count = Count;
};

/// Returns: The kind of a number of fixed width, else CLIB_KIND_NONE. Neither `char` is one, nor
/// `long long`, nor `long` where it is not int64_t.
template <class T>
constexpr std::uint32_t number_kind() {
    if constexpr (std::is_same_v<T, std::int8_t>) { return CLIB_KIND_INT8; }
    if constexpr (std::is_same_v<T, std::int16_t>) { return CLIB_KIND_INT16; }
    if constexpr (std::is_same_v<T, std::int32_t>) { return CLIB_KIND_INT32; }
    if constexpr (std::is_same_v<T, std::int64_t>) { return CLIB_KIND_INT64; }
    if constexpr (std::is_same_v<T, std::uint8_t>) { return CLIB_KIND_UINT8; }
    if constexpr (std::is_same_v<T, std::uint16_t>) { return CLIB_KIND_UINT16; }
    if constexpr (std::is_same_v<T, std::uint32_t>) { return CLIB_KIND_UINT32; }
    if constexpr (std::is_same_v<T, std::uint64_t> || std::is_same_v<T, std::size_t>) {
        return CLIB_KIND_UINT64;
    }
    if constexpr (std::is_same_v<T, float>) { return CLIB_KIND_FLOAT; }
    if constexpr (std::is_same_v<T, double>) { return CLIB_KIND_DOUBLE; }
    return CLIB_KIND_NONE;
}

template <class T>
concept number = (number_kind<T>() != CLIB_KIND_NONE);

template <class T>
concept pointer_to_class = std::is_pointer_v<T> && std::is_class_v<std::remove_pointer_t<T>>;

template <class T>
concept pointer_to_function = std::is_pointer_v<T> && std::is_function_v<std::remove_pointer_t<T>>;

template <class T>
inline constexpr std::uint32_t const_flag =
    std::is_const_v<std::remove_pointer_t<T>> ? CLIB_VALUE_CONST : 0;

template <class T>
inline constexpr bool is_release =
    std::is_same_v<T, void (*)(void*)> || std::is_same_v<T, void (*)(void*) noexcept>;

template <class>
inline constexpr bool never = false;

/// Described says which classes the module describes, as handles and as structures.
template <class Described, class P, class Next, class AfterNext>
constexpr auto take_first() {
    constexpr bool is_sized = std::is_same_v<Next, std::size_t>;
    using pointee = std::remove_const_t<std::remove_pointer_t<P>>;
    if constexpr (number<P>) {
        return taken<value<number_kind<P>()>, 1>{};
    } else if constexpr (std::is_same_v<P, bool>) {
        return taken<value<CLIB_KIND_BOOL>, 1>{};
    } else if constexpr (std::is_same_v<P, status>) {
        return taken<value<CLIB_KIND_STATUS>, 1>{};
    } else if constexpr (std::is_same_v<P, const char*> && is_sized) {
        return taken<value<CLIB_KIND_BYTES, CLIB_VALUE_CONST>, 2>{};
    } else if constexpr (std::is_same_v<P, char*> && is_sized) {
        return taken<value<CLIB_KIND_WRITABLE>, 2>{};
    } else if constexpr (std::is_same_v<P, const char*>) {
        return taken<value<CLIB_KIND_TEXT, CLIB_VALUE_CONST>, 1>{};
    } else if constexpr (std::is_same_v<P, char*>) {
        return taken<value<CLIB_KIND_ADDRESS>, 1>{};
    } else if constexpr (pointer_to_function<P>) {
        static_assert(std::is_same_v<Next, void*>,
                      "a function pointer is followed by the void* context that it is called with");
        if constexpr (is_release<AfterNext>) {
            return taken<value<CLIB_KIND_KEPT_CALLBACK, 0, 0, void, P>, 3>{};
        } else {
            return taken<value<CLIB_KIND_CALLBACK, 0, 0, void, P>, 2>{};
        }
    } else if constexpr (std::is_pointer_v<P> && number<pointee>) {
        static_assert(is_sized, "a pointer to numbers is followed by a size_t, the number of them");
        constexpr auto kind = const_flag<P> != 0 ? CLIB_KIND_SEQUENCE : CLIB_KIND_WRITABLE_SEQUENCE;
        return taken<value<kind, const_flag<P>, number_kind<pointee>()>, 2>{};
    } else if constexpr (pointer_to_class<P> && Described::template is_handle<pointee>) {
        return taken<value<CLIB_KIND_HANDLE, const_flag<P>, 0, pointee>, 1>{};
    } else if constexpr (pointer_to_class<P> && Described::template is_structure<pointee>) {
        if constexpr (is_sized) {
            static_assert(const_flag<P> != 0,
                          "structures in a row can be read only; pass a pointer to const");
            return taken<value<CLIB_KIND_SEQUENCE, const_flag<P>, CLIB_KIND_STRUCT, pointee>, 2>{};
        } else {
            return taken<value<CLIB_KIND_STRUCT_POINTER, const_flag<P>, 0, pointee>, 1>{};
        }
    } else if constexpr (pointer_to_class<P>) {
        static_assert(
            never<P>,
            "a pointer to a type that the module does not describe; list it with type<> or "
            "structure<>, or pass text as const char* and size_t");
    } else if constexpr (std::is_class_v<P> && Described::template is_structure<P>) {
        return taken<value<CLIB_KIND_STRUCT, 0, 0, P>, 1>{};
    } else if constexpr (std::is_class_v<P>) {
        static_assert(
            never<P>,
            "a C++ type cannot be passed to C; pass a handle, a structure that the module "
            "describes, or text as const char* and size_t");
    } else if constexpr (std::is_reference_v<P>) {
        static_assert(never<P>, "a reference cannot be passed to C; pass a pointer");
    } else if constexpr (std::is_integral_v<P> || std::is_floating_point_v<P>) {
        static_assert(
            never<P>,
            "the size or sign of this type varies between machines; use int64_t or another "
            "fixed-width integer, double or bool");
    } else if constexpr (std::is_enum_v<P>) {
        static_assert(never<P>, "an enumeration means nothing to C; pass int64_t");
    } else {
        static_assert(never<P>,
                      "void* and pointers to pointers say nothing about what they point to; use a "
                      "handle, or a pointer with its size");
    }
}

template <std::size_t Index, class... T>
struct nth {
    using type = void;  // past the end
};
template <class First, class... Rest>
struct nth<0, First, Rest...> {
    using type = First;
};
template <std::size_t Index, class First, class... Rest>
    requires(Index > 0)
struct nth<Index, First, Rest...> : nth<Index - 1, Rest...> {};

template <std::size_t Count, class... T>
struct without_first;
template <class... T>
struct without_first<0, T...> {
    using type = list<T...>;
};
template <std::size_t Count, class First, class... Rest>
    requires(Count > 0)
struct without_first<Count, First, Rest...> : without_first<Count - 1, Rest...> {};

/// The values that a list of C parameters is.
template <class Described, class Parameters>
struct values_of;
template <class Described>
struct values_of<Described, list<>> {
    using type = list<>;
};
template <class Described, class First, class... Rest>
struct values_of<Described, list<First, Rest...>> {
    using taken = decltype(take_first<Described, First, typename nth<0, Rest...>::type,
                                      typename nth<1, Rest...>::type>());
    using rest = typename values_of<Described,
                                    typename without_first<taken::count - 1, Rest...>::type>::type;
    using type = typename prepend<typename taken::type, rest>::type;
};

/// The value that a function of C++ returns to C. `Lends` tells whether it is a pin.
template <class Described, class R, bool Lends>
constexpr auto result_value() {
    using pointee = std::remove_pointer_t<R>;
    if constexpr (Lends) {
        static_assert(std::is_same_v<R, char*> || std::is_same_v<R, const char*>,
                      "a pin returns the address of its object's bytes, a char*");
        return value<CLIB_KIND_ADDRESS, const_flag<R>>{};
    } else if constexpr (std::is_same_v<R, std::int64_t>) {
        return value<CLIB_KIND_INT64>{};
    } else if constexpr (std::is_same_v<R, status>) {
        return value<CLIB_KIND_STATUS>{};
    } else if constexpr (std::is_same_v<R, bool>) {
        return value<CLIB_KIND_BOOL>{};
    } else if constexpr (std::is_same_v<R, double>) {
        return value<CLIB_KIND_DOUBLE>{};
    } else if constexpr (std::is_same_v<R, const char*>) {
        return value<CLIB_KIND_TEXT, CLIB_VALUE_CONST>{};
    } else if constexpr (std::is_same_v<R, const std::uint8_t*>) {
        return value<CLIB_KIND_BYTES, CLIB_VALUE_CONST>{};
    } else if constexpr (pointer_to_class<R> && Described::template is_handle<pointee>) {
        return value<CLIB_KIND_HANDLE, 0, 0, pointee>{};
    } else if constexpr (std::is_class_v<R> && Described::template is_structure<R>) {
        return value<CLIB_KIND_STRUCT, 0, 0, R>{};
    } else if constexpr (std::is_void_v<R>) {
        static_assert(never<R>,
                      "a function without a result cannot say that it has failed; return "
                      "clib::ffi::status");
    } else if constexpr (std::is_integral_v<R>) {
        static_assert(never<R>,
                      "an integer result is int64_t, where a negative number stands for a failure");
    } else if constexpr (std::is_class_v<R>) {
        static_assert(never<R>,
                      "a C++ type cannot be returned to C; return a handle, a structure that the "
                      "module describes, or text as const char*");
    } else {
        static_assert(never<R>,
                      "a result is int64_t, clib::ffi::status, bool, double, const char* for text, "
                      "const uint8_t* for bytes, a new handle, or a structure");
    }
}

/// The values of a function that C++ is given. They travel the other way.
template <class Described, class Function>
struct callback_type {
    static_assert(never<Function>, "a callback is a function pointer");
};
template <class Described, class R, class... P>
struct callback_type<Described, R (*)(P...)> {
    static_assert(std::is_same_v<R, void> || std::is_same_v<R, std::int64_t>,
                  "a callback returns int64_t, where a negative number says that it has failed, or "
                  "nothing");
    static_assert(std::is_same_v<typename nth<sizeof...(P) - 1, P...>::type, void*>,
                  "the last parameter of a callback is its void* context");

    template <std::size_t... I>
    static list<typename nth<I, P...>::type...> all_but_last(std::index_sequence<I...>);

    using parameters =
        typename values_of<Described, decltype(all_but_last(
                                          std::make_index_sequence<sizeof...(P) - 1>()))>::type;
    using result =
        std::conditional_t<std::is_void_v<R>, value<CLIB_KIND_NONE>, value<CLIB_KIND_INT64>>;

    template <class Value>
    static constexpr bool can_be_passed() {
        switch (Value::kind) {
            case CLIB_KIND_HANDLE:
            case CLIB_KIND_WRITABLE:
            case CLIB_KIND_WRITABLE_SEQUENCE:
            case CLIB_KIND_CALLBACK:
            case CLIB_KIND_KEPT_CALLBACK:
                return false;
            case CLIB_KIND_STRUCT_POINTER:
                return Value::flags == CLIB_VALUE_CONST;
            default:
                return Value::element != CLIB_KIND_STRUCT;
        }
    }
    template <class... V>
    static constexpr bool can_all_be_passed(list<V...>) {
        return (can_be_passed<V>() && ...);
    }
    static_assert(can_all_be_passed(parameters{}),
                  "a callback gets numbers, text, numbers in a row to read, and structures");
};
template <class Described, class R, class... P>
struct callback_type<Described, R (*)(P...) noexcept> : callback_type<Described, R (*)(P...)> {};

template <class Function>
struct function_type {
    static_assert(never<Function>, "only a function can be listed: write &its_name");
};
template <class R, class... P>
struct function_type<R (*)(P...)> {
    static_assert(never<R>,
                  "a function that C calls must be noexcept; declare it so, and put its body into "
                  "clib::ffi::call()");
};
template <class R, class... P>
struct function_type<R (*)(P...) noexcept> {
    using result = R;
    using parameters = list<P...>;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
