// SPDX-License-Identifier: MIT
// The table of describe.h for one module: constants that are in the library's file when it is
// loaded, so that nothing has to run for it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/describe/checksum.hpp>
#include <clib/ffi/detail/describe/exception_info.hpp>
#include <clib/ffi/detail/describe/function_info.hpp>
#include <clib/ffi/detail/describe/name_table.hpp>
#include <clib/ffi/detail/describe/overloads.hpp>
#include <clib/ffi/detail/describe/type_info.hpp>
#include <clib/ffi/detail/entry.hpp>
#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/interrupt.hpp>
#include <clib/ffi/detail/handle/native_interpreter.hpp>
#include <clib/ffi/detail/handle/turn.hpp>
#include <clib/ffi/detail/python/function.hpp>
#include <clib/ffi/detail/python/overloads.hpp>
#include <clib/ffi/detail/traversal.hpp>
#include <clib/ffi/interrupted.hpp>
#include <clib/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

// --- The functions that every library has -------------------------------------------------------

inline void callback_failed(std::uint64_t exception) noexcept { callback_exception = exception; }

/// A wait for an object runs the handlers of signals too.
inline void bind_signals(int (*check)(), int (*ensure)(), void (*release)(int),
                         void (*fetch)(void**, void**, void**),
                         void (*restore)(void*, void*, void*),
                         int (*add_pending_call)(int (*)(void*), void*),
                         void (*refer)(void*)) noexcept {
    set_signal_check(check, ensure, release, fetch, restore, add_pending_call, refer);
    signal_handlers.store(&interrupted, std::memory_order_release);
}

[[gnu::cold]] inline int bind_python(const void* const* addresses, std::size_t count,
                                     std::size_t head_offset) noexcept {
    if (count != python_names.size() || python.is_bound) { return -1; }
    if (python.none != nullptr) { forget_binding_objects(); }
    std::memcpy(static_cast<void*>(&python), addresses, count * sizeof(void*));
    python.head_offset = head_offset;
    python.is_bound = true;
    ++python.life;
    python.is_traced = false;
    python.ending_thread.store(nullptr, std::memory_order_relaxed);
    set_native_interpreter(python.PyGILState_Ensure.address(), python.PyGILState_Release.address());
    python.empty_tuple = python.PyTuple_New(0);
    if (python.empty_tuple == nullptr) { python.PyErr_Clear(); }
    return 0;
}
[[gnu::cold]] inline void unbind_python() noexcept {
    python.is_bound = false;
    python.ending_thread.store(this_thread(), std::memory_order_relaxed);
    forget_native_interpreter();
}
inline void trace_python(int is_traced) noexcept { python.is_traced = is_traced != 0; }
inline void tell_exceptions_to(void* callable) noexcept {
    python.tell_exception = static_cast<python_object*>(callable);
}
inline void check_results_in_python(void* callable) noexcept {
    python.check_result = static_cast<python_object*>(callable);
}

inline void set_python_callables(void* convert, void* keep, void (*release)(void*)) noexcept {
    callables = {static_cast<python_object*>(convert), static_cast<python_object*>(keep), release};
}
inline void set_python_converter(void* callable) noexcept {
    python.convert = static_cast<python_object*>(callable);
}

inline void* python_object_of(std::uint64_t handle) noexcept {
    const slot_head* const slot = find_slot(reinterpret_cast<const void*>(handle));
    return slot != nullptr && slot->handle_of_state() == handle ? slot->binding_object() : nullptr;
}
inline int put_python_handle(void* object, std::uint64_t handle) noexcept {
    return put_handle(static_cast<python_object*>(object), reinterpret_cast<const void*>(handle))
               ? 1
               : 0;
}
inline std::uint64_t take_python_handle(void* object) noexcept {
    return reinterpret_cast<std::uint64_t>(take_handle(static_cast<python_object*>(object)));
}

inline const char* symbol_of_object(const void* handle) noexcept {
    const slot_head* const slot = find_slot(handle);
    return slot != nullptr && slot->kind->listed != nullptr ? slot->kind->type_symbol : nullptr;
}

inline constexpr clib_python python_binding{
    .size = sizeof(clib_python),
    .name_count = python_names.size(),
    .names = python_names.data(),
    .bind = &bind_python,
    .trace = &trace_python,
    .check_results = &check_results_in_python,
    .object_of = &python_object_of,
    .put_handle = &put_python_handle,
    .take_handle = &take_python_handle,
    .unbind = &unbind_python,
    .set_callables = &set_python_callables,
    .set_converter = &set_python_converter,
    .tell_exceptions = &tell_exceptions_to,
    .exceptions = plain_exceptions.data(),
};

// --- The addresses of one function ---------------------------------------------------------------

using any_function = void (*)();

template <class Module, std::size_t Index>
constexpr auto find_entry() {
    using info = function_info<Module, Index>;
    using plain = entry_point<info::c::pointer, info::data.may_block, typename info::result_type,
                              typename info::symbol, typename info::parameter_types,
                              may_wait_for_threads<Module, Index>>;
    using owner = typename info::owner;
    if constexpr (info::role == CLIB_ROLE_PIN) {
        return std::type_identity<pin_entry<plain, typename info::c::result, owner*>>{};
    } else if constexpr (info::role == CLIB_ROLE_UNPIN) {
        return std::type_identity<unpin_entry<plain, owner*>>{};
    } else {
        return std::type_identity<plain>{};
    }
}
template <class Module, std::size_t Index>
using entry_of = typename decltype(find_entry<Module, Index>())::type;

template <class Module, std::size_t Index>
using traversal_of =
    python_traversal<typename catalogue<Module>::classes,
                     typename function_info<Module, Index>::owner,
                     std::remove_const_t<decltype(function_entry_at<Module, Index>::function)>>;

/// The slot of a native type that a function fills, as a pointer of its own type.
template <class Module, std::size_t Index>
constexpr auto python_slot() {
    using native = native_function<Module, Index>;
    using info = function_info<Module, Index>;
    constexpr const char* name = info::data.name;
    if constexpr (info::role == CLIB_ROLE_CONSTRUCTOR) {
        if constexpr (overloads<Module>::template is_overloaded<Index>) {
            return &native_overloads<Module, overloads<Module>::places[Index].first>::init;
        } else {
            return &native::init;
        }
    } else if constexpr (info::role == CLIB_ROLE_DESTRUCTOR) {
        return &native::dealloc;
    } else if constexpr (info::role == CLIB_ROLE_PROPERTY) {
        return &native::get;
    } else if constexpr (info::role == CLIB_ROLE_SETTER) {
        return &native::set;
    } else if constexpr (info::role == CLIB_ROLE_PIN) {
        return &native::get_buffer;
    } else if constexpr (info::role == CLIB_ROLE_UNPIN) {
        return &native::release_buffer;
    } else if constexpr (info::role == CLIB_ROLE_TRAVERSE) {
        return &traversal_of<Module, Index>::traverse;
    } else if constexpr (info::role == CLIB_ROLE_METHOD && is_same_name(name, "__len__")) {
        return &native::length;
    } else if constexpr (info::role == CLIB_ROLE_METHOD && is_same_name(name, "__next__")) {
        return &native::next;
    } else {
        return any_function{nullptr};
    }
}

/// The thunk of a function that Python finds by its name, close() of a destructor; of a
/// constructor, tp_alloc of its type.
template <class Module, std::size_t Index>
constexpr auto python_call() {
    using info = function_info<Module, Index>;
    if constexpr (info::role == CLIB_ROLE_FUNCTION || info::role == CLIB_ROLE_METHOD ||
                  info::role == CLIB_ROLE_CONSTANT || info::role == CLIB_ROLE_OVERRIDE) {
        if constexpr (overloads<Module>::template is_overloaded<Index>) {
            return &native_overloads<Module, overloads<Module>::places[Index].first>::call;
        } else {
            return &native_function<Module, Index>::call;
        }
    } else if constexpr (info::role == CLIB_ROLE_TRAVERSE) {
        return &traversal_of<Module, Index>::clear;
    } else if constexpr (info::role == CLIB_ROLE_DESTRUCTOR) {
        return &native_function<Module, Index>::close;
    } else if constexpr (info::role == CLIB_ROLE_CONSTRUCTOR) {
        return &python_memory<typename info::owner>::allocate;
    } else {
        return any_function{nullptr};
    }
}

// Kept in constexpr variables, because GCC does not always evaluate a call in the initialiser of
// the table at compile time.
template <class Module, std::size_t Index>
inline constexpr auto python_call_of = python_call<Module, Index>();
template <class Module, std::size_t Index>
inline constexpr auto python_slot_of = python_slot<Module, Index>();

// clang-format off
template <class Module, std::size_t... I>
const clib_function function_table<Module, std::index_sequence<I...>>::functions[sizeof...(I)] = {{
    .size = function_info<Module, I>::record.size,
    .role = function_info<Module, I>::record.role,
    .flags = function_info<Module, I>::record.flags,
    .checksum = function_info<Module, I>::record.checksum,
    .hash = function_info<Module, I>::record.hash,
    .symbol = function_info<Module, I>::record.symbol,
    .name = function_info<Module, I>::record.name,
    .doc = function_info<Module, I>::record.doc,
    .owner = function_info<Module, I>::record.owner,
    .result = function_info<Module, I>::record.result,
    .parameters = function_info<Module, I>::record.parameters,
    .parameter_count = function_info<Module, I>::record.parameter_count,
    .address = reinterpret_cast<any_function>(function_info<Module, I>::c::pointer),
    .entry = reinterpret_cast<any_function>(&entry_of<Module, I>::call),
    .python_call = reinterpret_cast<any_function>(python_call_of<Module, I>),
    .python_slot = reinterpret_cast<any_function>(python_slot_of<Module, I>),
    .python = &native_function<Module, I>::state,
    .parameter_docs = function_info<Module, I>::record.parameter_docs,
}...};
// clang-format on

// --- The module ----------------------------------------------------------------------------------

template <class Module>
struct module_info {
    using list = catalogue<Module>;
    using exceptions = exception_table<Module>;
    using indices = function_indices<Module>;

    static constexpr auto records = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array{&function_info<Module, I>::record...};
    }
    (indices{});
    static constexpr auto hashes = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array{overload_hash<Module, I>()...};
    }
    (indices{});

    static constexpr std::uint32_t checksum() {
        crc32 sum;
        sum.text(list::module.name).text(list::module.version).text(list::module.doc);
        sum.number(list::type_count).number(list::function_count);
        for (std::size_t i = 0; i < list::type_count; ++i) {
            sum.number(type_records<Module>[i].checksum);
        }
        for (const clib_function* each : records) { sum.number(each->checksum); }
        for (std::size_t i = 0; i < exceptions::count; ++i) {
            sum.number(exceptions::all[i].checksum);
        }
        return sum.value();
    }

    /// Whether each name stands for one thing. Overloads share theirs.
    static constexpr bool names_differ() {
        struct owned_name {
            std::size_t owner;  // the place of its type; after all of them: none
            clib_role role;     // a setter, or an override, has the name of another function
            bool is_overload;
            std::string_view name;
        };
        constexpr std::size_t count = list::function_count + list::type_count;
        std::array<owned_name, count + exceptions::count> names{};
        for (std::size_t i = 0; i < list::function_count; ++i) {
            const clib_role role = list::data.functions[i].role;
            names[i] = {
                list::owners[i],
                role == CLIB_ROLE_SETTER || role == CLIB_ROLE_OVERRIDE ? role : CLIB_ROLE_FUNCTION,
                overloads<Module>::places[i].before > 0, list::data.functions[i].name};
        }
        for (std::size_t i = 0; i < list::type_count; ++i) {
            names[list::function_count + i] = {list::scopes[i], CLIB_ROLE_FUNCTION, false,
                                               list::data.types[i].name};
        }
        for (std::size_t i = 0; i < exceptions::count; ++i) {
            names[count + i] = {list::type_count, CLIB_ROLE_FUNCTION, false,
                                exceptions::all[i].name};
        }
        name_table<names.size()> seen;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const owned_name& one = names[i];
            if (one.is_overload) { continue; }
            const auto is_equal = [&](std::size_t j) {
                return names[j].owner == one.owner && names[j].role == one.role &&
                       names[j].name == one.name;
            };
            const std::uint64_t hash = fnv1a{}.number(one.owner).text(one.name.data()).value();
            if (seen.add(i, hash, is_equal) != names.size()) { return false; }
        }
        return true;
    }
    static_assert(names_differ(),
                  "two functions, types or exceptions of one name: give each its own");

    /// Whether no overload is as good as one before it.
    static constexpr bool overloads_differ() {
        for (std::size_t i = 0; i < hashes.size(); ++i) {
            for (std::size_t j = overloads<Module>::places[i].first; j < i;
                 j = overloads<Module>::places[j].next) {
                if (hashes[i] == hashes[j]) { return false; }
            }
        }
        return true;
    }
    static_assert(!names_differ() || overloads_differ(),
                  "two functions of one name take the same: give each its own name");

    /// Whether no other function has the C name of an overload, add_2 for example.
    static constexpr bool symbols_differ() {
        name_table<list::function_count> seen;
        for (std::size_t i = 0; i < list::function_count; ++i) {
            const std::string_view symbol = records[i]->symbol;
            const std::size_t other =
                seen.add(i, fnv1a{}.text(symbol.data()).value(),
                         [&](std::size_t j) { return symbol == records[j]->symbol; });
            if (other != list::function_count && (overloads<Module>::places[i].before > 0 ||
                                                  overloads<Module>::places[other].before > 0)) {
                return false;
            }
        }
        return true;
    }
    static_assert(!names_differ() || symbols_differ(),
                  "a function is named as the second of another name is in C, which is NAME_2: "
                  "give it another name");

    static constexpr clib_module table{
        .size = sizeof(clib_module),
        .magic = CLIB_DESCRIPTION_MAGIC,
        .format = CLIB_DESCRIPTION_FORMAT,
        .checksum = checksum(),
        .name = list::module.name,
        .version = list::module.version,
        .toolkit = CLIB_VERSION_STRING,
        .doc = list::module.doc,
        .types = type_table<Module>::types,
        .type_count = list::type_count,
        .functions = function_table<Module>::functions,
        .function_count = list::function_count,
        .live = &live_of_type,
        .callback_failed = &callback_failed,
        .set_interpreter_lock = &set_interpreter_lock,
        .forget_callbacks = &forget_callbacks,
        .python = &python_binding,
        .set_signal_check = &bind_signals,
        .raise_later = &raise_later,
        .set_exception_forgetting = &set_exception_forgetting,
        .symbol_of = &symbol_of_object,
        .exceptions = exception_records<Module>::items.data(),
        .exception_count = exceptions::count,
        .exception_raised = exceptions::raised(),
    };
};

/// The table of a module; none, of a listing that is not right. Faults of functions come first, for
/// those of types may follow from them.
template <class Module, std::size_t... T, std::size_t... E, std::size_t... F>
constexpr const clib_module* find_table(std::index_sequence<T...>, std::index_sequence<E...>,
                                        std::index_sequence<F...>) noexcept {
    if constexpr (any_of({verdict<function_rules<Module, F>>::is_wrong...})) {
        [[maybe_unused]] const bool refused[]{verdict_on<function_rules<Module, F>>::is_right...};
    } else if constexpr (any_of({verdict<type_rules<Module, T>>::is_wrong..., false})) {
        [[maybe_unused]] const bool refused[]{verdict_on<type_rules<Module, T>>::is_right...};
    } else if constexpr (any_of({verdict<exception_rules<Module, E>>::is_wrong..., false})) {
        [[maybe_unused]] const bool refused[]{verdict_on<exception_rules<Module, E>>::is_right...};
    } else {
        return &module_info<Module>::table;
    }
    return nullptr;
}
template <class Module>
constexpr const clib_module* table_of() noexcept {
    if constexpr (has_listing<Module>) {
        return find_table<Module>(type_indices<Module>{}, exception_indices<Module>{},
                                  function_indices<Module>{});
    }
    return nullptr;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
