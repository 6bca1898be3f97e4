// SPDX-License-Identifier: MIT
// The record of a listed function, made at compile time.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/c_function.hpp>
#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/checksum.hpp>
#include <clib/ffi/detail/describe/overloads.hpp>
#include <clib/ffi/detail/describe/rules.hpp>
#include <clib/ffi/detail/describe/type_info.hpp>
#include <clib/ffi/detail/describe/value_info.hpp>
#include <clib/ffi/detail/signature.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Adds to a value what the listing says of the parameter.
constexpr void add_listing(clib_value& value, const parameter_info& parameter) {
    value.name = parameter.name;
    value.flags |= parameter.flags;
}

template <class Module, std::size_t Index>
struct function_info {
    using entry_type = function_entry_at<Module, Index>;
    using c = c_function<Module, Index>;
    using symbol = typename c::symbol;
    using owner = typename entry_type::owner;
    static constexpr clib_role role = entry_type::role;
    static constexpr const function_data& data = function_data_at<Module, Index>;
    static constexpr const std::span<const parameter_info>& listed = parameters_at<Module, Index>;

    using result_type = typename c::result_type;
    using parameter_types = typename c::kinds;
    static constexpr std::size_t object_count = takes_object(role) ? 1 : 0;

    template <std::size_t I>
    static constexpr clib_default default_of{sizeof(clib_default), 0, listed[I].value.integer,
                                             listed[I].value.number, listed[I].value.text};

    template <class K, std::size_t I>
    static constexpr clib_value make_parameter() {
        clib_value value = make_value<Module, K>("self");
        if constexpr (I >= object_count) {
            constexpr std::size_t place = I - object_count;
            add_listing(value, listed[place]);
            if (listed[place].has_value()) { value.default_value = &default_of<place>; }
        }
        return value;
    }
    template <class... K, std::size_t... I>
    static constexpr auto make_parameters(type_list<K...>, std::index_sequence<I...>) {
        std::array<clib_value, sizeof...(K)> values{make_parameter<K, I>()...};
        return values;
    }

    static constexpr auto parameters = [] {
        return make_parameters(parameter_types{},
                               std::make_index_sequence<parameter_types::size>());
    }();
    static constexpr const clib_value& result = result_value<Module, result_type>;

    static constexpr bool has_parameter_docs = [] {
        bool has_docs = false;
        for (const parameter_info& each : listed) {
            has_docs = has_docs || *each.explanation != '\0';
        }
        return has_docs;
    }();
    static constexpr auto parameter_docs = [] {
        std::array<const char*, has_parameter_docs ? parameter_types::size : 0> docs{};
        if constexpr (has_parameter_docs) {
            for (std::size_t i = 0; i < docs.size(); ++i) {
                docs[i] = i < object_count ? "" : listed[i - object_count].explanation;
            }
        }
        return docs;
    }();

    /// All but the addresses, with which C++ cannot compute.
    static constexpr clib_function record = [] {
        clib_function function{};
        function.size = sizeof(clib_function);
        function.role = role;
        if (data.may_block) { function.flags |= CLIB_FUNCTION_MAY_BLOCK; }
        if (!c::is_exported) { function.flags |= CLIB_FUNCTION_NOT_EXPORTED; }
        if (data.is_implicit) { function.flags |= CLIB_FUNCTION_IMPLICIT; }
        function.symbol = symbol::value;
        function.name = data.name;
        function.doc = data.doc;
        if constexpr (!std::is_void_v<owner>) {
            function.owner = &type_table<Module>::types[catalogue<Module>::owners[Index]];
        }
        function.result = &result;
        function.parameters = parameters.data();
        function.parameter_count = parameters.size();

        fnv1a signature;
        signature.text(function.symbol);
        add_signature<Module, result_type>(signature);
        add_signatures<Module>(signature, parameter_types{});
        function.hash = signature.value();

        if constexpr (has_parameter_docs) { function.parameter_docs = parameter_docs.data(); }

        crc32 sum = sum_of(function);
        for (const char* const doc : parameter_docs) { sum.text(doc); }
        function.checksum = sum.value();
        return function;
    }();

    /// Whether C++ keeps a callable that it may call from a thread of its own.
    static constexpr bool keeps_callback = [] {
        bool keeps = false;
        for (const clib_value& value : parameters) {
            keeps = keeps || (value.kind == CLIB_KIND_KEPT_CALLBACK &&
                              (value.flags & CLIB_VALUE_CALLED_ONCE) == 0);
        }
        return keeps;
    }();
    /// Whether it may end something that runs: it takes its object only, and returns nothing.
    static constexpr bool may_end_threads =
        role == CLIB_ROLE_DESTRUCTOR || (role == CLIB_ROLE_METHOD && parameter_types::size == 1 &&
                                         kind<result_type>::form == result_form::status);
};

/// All records, with the addresses.
template <class Module, class Indices = function_indices<Module>>
struct function_table;
template <class Module, std::size_t... I>
struct function_table<Module, std::index_sequence<I...>> {
    // Compilers turn such an array into constants, though the language has no word for it.
    static const clib_function functions[sizeof...(I)];  // table.hpp
};

/// What distinguishes a function from others of its name: what it takes.
template <class Module, std::size_t Index>
constexpr std::uint64_t overload_hash() {
    if constexpr (overloads<Module>::template is_overloaded<Index>) {
        fnv1a sum;
        add_signatures<Module>(sum, typename function_info<Module, Index>::parameter_types{});
        return sum.value();
    }
    return 0;
}

template <class Module, class Indices>
inline constexpr bool any_keeps_callback = false;
template <class Module, std::size_t... I>
inline constexpr bool any_keeps_callback<Module, std::index_sequence<I...>> =
    any_of({function_info<Module, I>::keeps_callback...});

/// Whether a function that does not say that it may block may wait all the same for threads that
/// call back (locked_call.hpp).
template <class Module, std::size_t Index>
inline constexpr bool may_wait_for_threads =
    !function_info<Module, Index>::data.may_block &&
    function_info<Module, Index>::may_end_threads &&
    any_keeps_callback<Module, std::make_index_sequence<catalogue<Module>::function_count>>;

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
