// The table of describe.h for one module: constants that are in the library's file when it is
// loaded, so that nothing has to run for it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/describe/description.hpp>
#include <clib/ffi/detail/entry.hpp>
#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/native_interpreter.hpp>
#include <clib/ffi/detail/python/function.hpp>
#include <clib/ffi/detail/python/memory.hpp>
#include <clib/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <tuple>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

// --- The functions that every library has -------------------------------------------------------

inline const char* last_error() noexcept { return last_failure.sentence; }
inline std::int64_t last_status() noexcept { return static_cast<std::int64_t>(last_failure.code); }
inline std::int64_t last_errno() noexcept { return last_failure.system_errno; }
inline const std::uint8_t* last_text_bytes(std::size_t* size) noexcept {
    *size = last_text.size();
    return reinterpret_cast<const std::uint8_t*>(last_text.data());
}
inline void forget_text() noexcept { last_text.forget(); }
inline void callback_failed() noexcept { callback_has_failed = true; }

inline int bind_python(const void* const* addresses, std::size_t count,
                       std::size_t head_offset) noexcept {
    if (count != python_names.size() || python.none != nullptr) { return -1; }
    std::memcpy(static_cast<void*>(&python), addresses, count * sizeof(void*));
    python.head_offset = head_offset;
    set_native_interpreter(python.ensure_lock, python.release_lock);
    python.empty_tuple = python.tuple_new(0);
    if (python.empty_tuple == nullptr) { python.error_clear(); }
    return 0;
}
inline void trace_python(int is_traced) noexcept { python.is_traced = is_traced != 0; }

inline void check_results_in_python(void* callable) noexcept {
    python.check_result = static_cast<python_object*>(callable);
}

inline constexpr clib_python python_binding{
    .size = sizeof(clib_python),
    .name_count = python_names.size(),
    .names = python_names.data(),
    .bind = &bind_python,
    .trace = &trace_python,
    .check_results = &check_results_in_python,
};

template <class List, std::size_t Index>
using entry_of =
    entry_point<function_description<List, Index>::listed_type::function,
                function_description<List, Index>::listed.may_block,
                function_description<List, Index>::result_type::kind == CLIB_KIND_TEXT &&
                    function_description<List, Index>::role != CLIB_ROLE_SUPPORT>;

using any_function = void (*)();

/// The slot of a native type that a function fills, as a pointer of its own type.
template <class List, std::size_t Index>
constexpr auto python_slot() {
    using thunks = python_function<List, Index>;
    using described = function_description<List, Index>;
    constexpr std::string_view name = described::listed.name;
    if constexpr (described::role == CLIB_ROLE_CONSTRUCTOR) {
        return &thunks::init;
    } else if constexpr (described::role == CLIB_ROLE_DESTRUCTOR) {
        return &thunks::dealloc;
    } else if constexpr (described::role == CLIB_ROLE_PROPERTY) {
        return &thunks::get;
    } else if constexpr (described::role == CLIB_ROLE_PIN) {
        return &thunks::get_buffer;
    } else if constexpr (described::role == CLIB_ROLE_UNPIN) {
        return &thunks::release_buffer;
    } else if constexpr (described::role == CLIB_ROLE_METHOD && name == "__len__") {
        return &thunks::length;
    } else if constexpr (described::role == CLIB_ROLE_METHOD && name == "__next__") {
        return &thunks::next;
    } else {
        return any_function{nullptr};
    }
}

/// The thunk of a function that Python finds by its name; of a constructor, tp_alloc of its type.
template <class List, std::size_t Index>
constexpr auto python_call() {
    constexpr clib_role role = function_description<List, Index>::role;
    if constexpr (role == CLIB_ROLE_FUNCTION || role == CLIB_ROLE_METHOD) {
        return &python_function<List, Index>::call;
    } else if constexpr (role == CLIB_ROLE_CONSTRUCTOR) {
        using owner = typename function_description<List, Index>::owner;
        return &python_memory<List, owner>::allocate;
    } else {
        return any_function{nullptr};
    }
}

// As variables: a call in a table is not always made by the compiler.
template <class List, std::size_t Index>
inline constexpr auto python_call_of = python_call<List, Index>();
template <class List, std::size_t Index>
inline constexpr auto python_slot_of = python_slot<List, Index>();

template <class List, class Indices>
struct function_table;
template <class List, std::size_t... I>
struct function_table<List, std::index_sequence<I...>> {
    // Compilers turn such an array into constants, though the language has no word for it.
    static const clib_function functions[sizeof...(I)];
};
// clang-format off
template <class List, std::size_t... I>
const clib_function function_table<List, std::index_sequence<I...>>::functions[sizeof...(I)] = {{
    .size = function_description<List, I>::plain.size,
    .role = function_description<List, I>::plain.role,
    .flags = function_description<List, I>::plain.flags,
    .checksum = function_description<List, I>::plain.checksum,
    .hash = function_description<List, I>::plain.hash,
    .symbol = function_description<List, I>::plain.symbol,
    .name = function_description<List, I>::plain.name,
    .doc = function_description<List, I>::plain.doc,
    .owner = function_description<List, I>::plain.owner,
    .result = function_description<List, I>::plain.result,
    .parameters = function_description<List, I>::plain.parameters,
    .parameter_count = function_description<List, I>::plain.parameter_count,
    .address = reinterpret_cast<any_function>(function_description<List, I>::listed_type::function),
    .entry = reinterpret_cast<any_function>(&entry_of<List, I>::call),
    .python_call = reinterpret_cast<any_function>(python_call_of<List, I>),
    .python_slot = reinterpret_cast<any_function>(python_slot_of<List, I>),
    .python = &python_function<List, I>::state,
}...};
// clang-format on

// --- The module ----------------------------------------------------------------------------------

template <class List>
struct description {
    using listed = listed_in<List>;

    using indices = std::make_index_sequence<listed::function_count>;
    using type_indices = std::make_index_sequence<listed::type_count>;

    template <std::size_t... I, std::size_t... J>
    static constexpr std::uint32_t checksum(std::index_sequence<I...>, std::index_sequence<J...>) {
        crc32 sum;
        sum.text(listed::module.name).text(listed::module.version).text(listed::module.doc);
        sum.number(sizeof...(J)).number(sizeof...(I));
        (sum.number(describe_type<List>(std::get<J>(listed::types)).checksum), ...);
        (sum.number(function_description<List, I>::plain.checksum), ...);
        return sum.value();
    }

    template <std::size_t... I, std::size_t... J>
    static constexpr bool names_differ(std::index_sequence<I...>, std::index_sequence<J...>) {
        struct owned_name {
            std::size_t owner;  // the place of its type; after all of them: none
            std::string_view name;
        };
        const std::array<owned_name, sizeof...(I) + sizeof...(J)> names{
            owned_name{listed::described_types::template index_of<
                           typename function_description<List, I>::owner>(),
                       function_description<List, I>::plain.name}...,
            owned_name{listed::type_count, std::get<J>(listed::types).name_}...};
        for (std::size_t i = 0; i < names.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (names[i].owner == names[j].owner && names[i].name == names[j].name) {
                    return false;
                }
            }
        }
        return true;
    }
    static_assert(names_differ(indices{}, type_indices{}),
                  "two functions or types of one name: give each its own");

    static constexpr clib_module table{
        .size = sizeof(clib_module),
        .magic = CLIB_DESCRIPTION_MAGIC,
        .format = CLIB_DESCRIPTION_FORMAT,
        .checksum = checksum(indices{}, type_indices{}),
        .name = listed::module.name,
        .version = listed::module.version,
        .toolkit = CLIB_VERSION_STRING,
        .doc = listed::module.doc,
        .types = type_table<List>::types,
        .type_count = listed::type_count,
        .functions = function_table<List, indices>::functions,
        .function_count = listed::function_count,
        .last_error = &last_error,
        .last_status = &last_status,
        .last_errno = &last_errno,
        .last_text = &last_text_bytes,
        .forget_text = &forget_text,
        .live = &live_of_type,
        .callback_failed = &callback_failed,
        .set_interpreter_lock = &set_interpreter_lock,
        .forget_callbacks = &forget_callbacks,
        .python = &python_binding,
    };
};
}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
