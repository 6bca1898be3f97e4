// SPDX-License-Identifier: MIT
// What a listing has to keep to. These rules come before everything else: they look for the first
// fault of each function and type, as a value, and where there is one, the compiler says its
// sentence (fault.hpp), and nothing of the module is compiled that could follow it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/c_function.hpp>
#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/layout.hpp>
#include <clib/ffi/detail/fault.hpp>
#include <clib/ffi/detail/handles.hpp>
#include <clib/ffi/kinds.hpp>
#include <clib/ffi/status.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A fault, and where it is.
struct found_fault {
    static constexpr std::size_t whole = static_cast<std::size_t>(-1);

    fault reason = fault::none;
    std::size_t part = whole;  ///< The place of the parameter or member that is listed.
    std::size_t kind = whole;  ///< That of the parameter in C++; after the last: the result.

    constexpr explicit operator bool() const { return reason != fault::none; }
};

// --- Names ---------------------------------------------------------------------------------------

constexpr bool is_identifier(const char* name) {
    if (*name == '\0' || (*name >= '0' && *name <= '9')) { return false; }
    for (const char* c = name; *c != '\0'; ++c) {
        const bool is_letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_';
        if (!is_letter && !(*c >= '0' && *c <= '9')) { return false; }
    }
    return true;
}

/// The first of some members, or parameters, whose name is none, or that of one before it.
template <class Named>
constexpr found_fault fault_of_names(const Named* all, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (!is_identifier(all[i].name)) { return {fault::name, i}; }
        for (std::size_t j = 0; j < i; ++j) {
            if (is_same_name(all[i].name, all[j].name)) { return {fault::same_names, i}; }
        }
    }
    return {};
}

/// "Type.function: parameter", of what stands at a place of the listing.
template <class Module>
struct name_writer {
    using list = catalogue<Module>;

    char* to = nullptr;  // nothing is written, if it is NULL
    std::size_t size = 0;

    constexpr void add(const char* text) {
        for (; *text != '\0'; ++text, ++size) {
            if (to != nullptr) { to[size] = *text; }
        }
    }
    constexpr void add_scope(std::size_t type) {
        if (type == list::type_count) { return; }
        add_scope(list::scopes[type]);
        add(list::data.types[type].name);
        add(".");
    }
    constexpr void add_part(const char* name) {
        add(": ");
        add(name);
    }
};
template <class Writer, std::size_t Part>
constexpr auto written_name() {
    constexpr std::size_t size = [] {
        Writer counter;
        counter.put(Part);
        return counter.size;
    }();
    listed_name<size + 1> name{};
    Writer writer{{name.text}};
    writer.put(Part);
    return name;
}

struct accepted {
    static constexpr bool is_right = true;
};
/// What Rules have found: nothing, or what the compiler is to say.
template <class Rules, bool IsWrong = static_cast<bool>(Rules::found)>
struct verdict {
    static constexpr bool is_wrong = false;
    using type = accepted;
};
template <class Rules>
struct verdict<Rules, true> {
    static constexpr bool is_wrong = true;
    using type =
        refused<written_name<typename Rules::writer, Rules::found.part>(), Rules::cpp,
                typename Rules::template type_in_cpp<Rules::found.kind>, Rules::found.reason>;
};
template <class Rules>
using verdict_on = typename verdict<Rules>::type;

// --- Functions -----------------------------------------------------------------------------------

/// Whether a function of the role takes an object of its type first.
constexpr bool takes_object(clib_role role) {
    return role == CLIB_ROLE_METHOD || role == CLIB_ROLE_DESTRUCTOR || role == CLIB_ROLE_PROPERTY ||
           role == CLIB_ROLE_SETTER || role == CLIB_ROLE_PIN || role == CLIB_ROLE_UNPIN ||
           role == CLIB_ROLE_TRAVERSE;
}

/// Whether the kind is that of a handle of the class.
template <class Owner, class K>
inline constexpr bool is_handle_of =
    kind<K>::is_handle&& std::is_same_v<typename kind<K>::class_type, Owner>;
template <class Owner, class Kinds>
inline constexpr bool begins_with_object = false;
template <class Owner, class First, class... Rest>
inline constexpr bool begins_with_object<Owner, type_list<First, Rest...>> =
    is_handle_of<Owner, First>;

/// What is wrong with what the listing says of a parameter of this kind.
template <class K>
constexpr fault fault_of_parameter_info(const parameter_info& parameter, bool is_address) {
    using type = default_value::type;
    const bool is_nullable = (parameter.flags & CLIB_VALUE_NULLABLE) != 0;
    const auto says = [&](std::uint32_t flag) { return (parameter.flags & flag) != 0; };
    if (is_nullable && parameter.has_value()) { return fault::none_with_default; }
    if (parameter.value.what != type::none && !kind<K>::accepts(parameter.value)) {
        return fault::wrong_default;
    }
    if (is_nullable && !kind<K>::accepts({.what = type::null})) { return fault::none_for_a_value; }
    if (says(CLIB_VALUE_CALLED_ONCE) && !kind<K>::is_callback) { return fault::called_once; }
    if (says(CLIB_VALUE_CONVERTIBLE) &&
        (kind<K>::number != CLIB_KIND_ARRAY || (kind<K>::flags & CLIB_VALUE_CONST) == 0)) {
        return fault::convertible;
    }
    return kind<K>::is_address && !is_address ? fault::address_without_name : fault::none;
}

/// These functions for each of some kinds, and one more, because there may be none.
template <class Kinds>
inline constexpr std::nullptr_t parameter_checks = nullptr;
template <class... K>
inline constexpr fault (*parameter_checks<type_list<K...>>[sizeof...(K) + 1])(const parameter_info&,
                                                                              bool){
    &fault_of_parameter_info<K>..., nullptr};

/// What is wrong with the order of parameters.
constexpr found_fault fault_of_order(const parameter_info* all, std::size_t count) {
    bool seen_default = false;
    bool seen_keyword_only = false;
    for (std::size_t i = 0; i < count; ++i) {
        if ((all[i].flags & CLIB_VALUE_KEYWORD_ONLY) != 0) {
            seen_keyword_only = true;
            continue;
        }
        if (seen_keyword_only) { return {fault::keyword_only_first, i}; }
        const bool has_default = (all[i].flags & CLIB_VALUE_DEFAULT) != 0;
        if (seen_default && !has_default) { return {fault::default_first, i}; }
        seen_default = has_default;
    }
    return {};
}

/// The faults of some kinds, and one more, because there may be none.
template <class Kinds>
inline constexpr std::nullptr_t faults_of = nullptr;
template <class... K>
inline constexpr fault faults_of<type_list<K...>>[sizeof...(K) + 1] { fault_of<K>..., fault::none };

/// Whether a function returns a reference to what nobody has.
template <class Signature, class Kinds, class Result>
constexpr bool returns_foreign_reference() {
    if constexpr (!Signature::is_c && kind<Result>::is_handle) {
        using cpp = typename Signature::cpp_result;
        return (std::is_reference_v<cpp> || std::is_pointer_v<cpp>)&&handle_count(Kinds{}) == 0;
    }
    return false;
}

/// What the rules ask of a function, besides what its listing says.
struct function_facts {
    clib_role role;
    fault reason;        // of the whole
    fault result;        // of the result
    const fault* kinds;  // of each parameter, as many as parameter_count
    std::size_t parameter_count;
    std::size_t name_count;
    const bool* are_addresses;                            // of each that is named
    fault (*const* checks)(const parameter_info&, bool);  // of each parameter
    bool begins_with_object;
    bool makes_object;
    bool returns_length;
    bool returns_status;
    bool returns_foreign_reference;
};

/// The first fault of a function's role.
constexpr fault fault_of_role(const function_facts& facts, const function_data& data) {
    const std::size_t objects = takes_object(facts.role) ? 1 : 0;
    const auto is = [&](clib_role role) { return facts.role == role; };
    if (objects > 0 && !facts.begins_with_object) { return fault::no_object; }
    if (is(CLIB_ROLE_SETTER) && facts.parameter_count != 2) { return fault::setter; }
    if (facts.parameter_count - objects != facts.name_count) { return fault::number_of_names; }
    if (is(CLIB_ROLE_METHOD) && is_same_name(data.name, "__len__") &&
        (facts.parameter_count != 1 || !facts.returns_length)) {
        return fault::length;
    }
    if (is(CLIB_ROLE_CONSTRUCTOR) && !facts.makes_object) { return fault::constructor; }
    if ((is(CLIB_ROLE_DESTRUCTOR) || is(CLIB_ROLE_UNPIN)) && !facts.returns_status) {
        return fault::destructor;
    }
    if (!data.is_borrowed && facts.returns_foreign_reference) { return fault::foreign_reference; }
    return data.is_implicit && !is(CLIB_ROLE_CONSTRUCTOR) ? fault::implicit : fault::none;
}

/// The first fault of a function.
constexpr found_fault find_fault(const function_facts& facts, const function_data& data,
                                 const parameter_info* listed) {
    const std::size_t objects = takes_object(facts.role) ? 1 : 0;
    if (facts.reason != fault::none) { return {facts.reason}; }
    if (!is_identifier(data.name)) { return {fault::name}; }
    for (std::size_t i = 0; i < facts.parameter_count; ++i) {
        if (facts.kinds[i] != fault::none) { return {facts.kinds[i], i - objects, i}; }
    }
    if (facts.result != fault::none) {
        return {facts.result, found_fault::whole, facts.parameter_count};
    }
    if (const fault role = fault_of_role(facts, data); role != fault::none) { return {role}; }
    std::size_t required = 0;
    for (std::size_t i = 0; i < facts.name_count; ++i) {
        const fault wrong = facts.checks[i + objects](listed[i], facts.are_addresses[i]);
        if (wrong != fault::none) { return {wrong, i}; }
        if (objects > 0 && is_same_name(listed[i].name, "self")) { return {fault::same_names, i}; }
        required += (listed[i].flags & CLIB_VALUE_DEFAULT) == 0 ? 1 : 0;
    }
    if (data.is_implicit && required != 1) { return {fault::implicit}; }
    if (const auto names = fault_of_names(listed, facts.name_count)) { return names; }
    return fault_of_order(listed, facts.name_count);
}

/// The kind of a parameter, of the result behind them, or void.
template <std::size_t Place, class Kinds, class Result>
struct kind_at {
    using type = void;
};
template <std::size_t Place, class... K, class Result>
    requires(Place <= sizeof...(K))
struct kind_at<Place, type_list<K...>, Result> : type_at<Place, type_list<K..., Result>> {};

template <class Module, std::size_t Index>
class function_rules {
    using entry_type = function_entry_at<Module, Index>;
    using owner = typename entry_type::owner;
    using signature = listed_signature<Module, Index>;
    using kinds = typename known_kinds<typename signature::found_kinds>::type;
    using result = typename known_kind<typename signature::found_result>::type;
    static constexpr const function_data& data = function_data_at<Module, Index>;
    static constexpr const parameter_info* listed =
        catalogue<Module>::data.parameters + data.first_parameter;

public:
    struct writer : name_writer<Module> {
        constexpr void put(std::size_t parameter) {
            this->add_scope(catalogue<Module>::owners[Index]);
            this->add(data.name);
            if (parameter < data.parameter_count) { this->add_part(listed[parameter].name); }
        }
    };
    static constexpr auto cpp = entry_type::function;
    static constexpr found_fault found = find_fault(
        {.role = entry_type::role,
         .reason = signature::reason,
         .result = fault_of<typename signature::found_result>,
         .kinds = faults_of<typename signature::found_kinds>,
         .parameter_count = kinds::size,
         .name_count = entry_type::name_count,
         .are_addresses = entry_type::are_addresses,
         .checks = parameter_checks<kinds>,
         .begins_with_object = begins_with_object<owner, kinds>,
         .makes_object = is_handle_of<owner, result>,
         .returns_length = std::is_integral_v<result> && !std::is_same_v<result, bool>,
         .returns_status = std::is_same_v<result, std::int64_t> || std::is_same_v<result, status>,
         .returns_foreign_reference = returns_foreign_reference<signature, kinds, result>()},
        data, listed);
    /// The type that has no kind.
    template <std::size_t Place>
    using type_in_cpp =
        typename unknown_type<typename kind_at<Place, typename signature::found_kinds,
                                               typename signature::found_result>::type>::type;
};

// --- Types ---------------------------------------------------------------------------------------

template <class Module, std::size_t Index>
class type_rules {
    using list = catalogue<Module>;
    using classes = typename list::classes;
    using entry_type = typename type_at<Index, typename list::content::types>::type;
    static constexpr const type_data& data = list::data.types[Index];
    static constexpr const member_data* listed = list::data.members + data.first_member;

    /// Whether the type has a constructor that an author has written, and no destructor.
    static constexpr bool keeps_objects() {
        bool has_constructor = false;
        for (std::size_t i = 0; i < list::function_count; ++i) {
            if (list::owners[i] != Index) { continue; }
            if (list::data.functions[i].role == CLIB_ROLE_DESTRUCTOR) { return false; }
            has_constructor =
                has_constructor || list::data.functions[i].role == CLIB_ROLE_CONSTRUCTOR;
        }
        return has_constructor;
    }
    template <class Handle, bool IsClass, class... Base>
    static constexpr fault fault_of_entry(type_entry<Handle, IsClass, type_list<Base...>>) {
        if (!IsClass && keeps_objects()) { return fault::no_destructor; }
        return ((IsClass && classes::template is_class<Base> &&
                 classes::template index_of<Base> < Index) &&
                ...)
                   ? fault::none
                   : fault::base_not_listed;
    }
    template <class Scope>
    static constexpr fault fault_of_entry(module_entry<Scope>) {
        return fault::none;
    }
    template <class Scope, class Entry>
    static constexpr fault fault_of_entry(scoped_entry<Scope, Entry>) {
        if (!classes::template is_listed<Scope>) {
            return std::is_enum_v<typename Entry::type> ? fault::enum_scope_not_listed
                                                        : fault::scope_not_listed;
        }
        return fault_of_entry(Entry{});
    }

    template <class Member>
    static constexpr bool can_be_member() {
        using match = typename parameter_match<classes, Member>::type;
        if constexpr (has_kind<match>) { return kind<match>::is_member; }
        return false;
    }
    template <class Member>
    static constexpr fault fault_of_member() {
        if (!can_be_member<Member>()) { return fault::member_of_a_structure; }
        return std::is_class_v<Member> && classes::template index_of<Member> >= Index
                   ? fault::member_before_its_structure
                   : fault::none;
    }
    template <class Structure, auto... Members>
    static constexpr fault fault_of_entry(structure_entry<Structure, Members...>) {
        const fault all[]{fault_of_member<type_of_member<Members>>()...,
                          fault_of_layout<Structure, Members...>()};
        for (const fault each : all) {
            if (each != fault::none) { return each; }
        }
        return fault::none;
    }
    template <class E, bool IsFlags, auto... Members>
    static constexpr fault fault_of_entry(enumeration_entry<E, IsFlags, Members...>) {
        return sizeof...(Members) > 0 ? fault::none : fault::enum_without_members;
    }

    /// Python's module enum keeps some names for itself.
    static constexpr bool is_member_name(const char* name) {
        return *name != '_' && !is_same_name(name, "mro");
    }
    static constexpr found_fault find() {
        if (!is_identifier(data.name)) { return {fault::name}; }
        if (classes::template index_of<typename entry_type::type> != Index) {
            return {fault::listed_twice};
        }
        if (const fault in_entry = fault_of_entry(entry_type{}); in_entry != fault::none) {
            return {in_entry};
        }
        if (const auto names = fault_of_names(listed, data.member_count)) { return names; }
        for (std::size_t i = 0; i < data.member_count; ++i) {
            if (std::is_enum_v<typename entry_type::type> && !is_member_name(listed[i].name)) {
                return {fault::enum_member_name, i};
            }
        }
        return {};
    }

public:
    struct writer : name_writer<Module> {
        constexpr void put(std::size_t member) {
            this->add_scope(list::scopes[Index]);
            this->add(data.name);
            if (member < data.member_count) { this->add_part(listed[member].name); }
        }
    };
    static constexpr std::nullptr_t cpp = nullptr;
    static constexpr found_fault found = find();
    template <std::size_t>
    using type_in_cpp = typename entry_type::type;
};

/// The names of an exception.
template <class Module, std::size_t Index>
class exception_rules {
    static constexpr const exception_data& data = catalogue<Module>::data.exceptions[Index];
    static constexpr const member_data* listed =
        catalogue<Module>::data.members + data.first_member;

    static constexpr found_fault find() {
        if (Index >= 499) { return {fault::number_of_exceptions}; }
        if (!is_identifier(data.name)) { return {fault::name}; }
        return fault_of_names(listed, data.member_count);
    }

public:
    struct writer : name_writer<Module> {
        constexpr void put(std::size_t member) {
            this->add(data.name);
            if (member < data.member_count) { this->add_part(listed[member].name); }
        }
    };
    static constexpr std::nullptr_t cpp = nullptr;
    static constexpr found_fault found = find();
    template <std::size_t>
    using type_in_cpp = void;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
