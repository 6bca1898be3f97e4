// Turns a module's listing into the descriptions of its types and functions, at compile time.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/checksum.hpp>
#include <clib/ffi/detail/describe/layout.hpp>
#include <clib/ffi/detail/describe/signature.hpp>
#include <clib/ffi/listing.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

// --- What is listed, flattened -------------------------------------------------------------------

template <class Handle, class... Functions>
constexpr auto functions_in(const listing::type_listing<Handle, Functions...>& listed) {
    return listed.functions_.functions;
}
template <class Structure, auto... Members>
constexpr auto functions_in(const listing::structure_listing<Structure, Members...>&) {
    return std::tuple{};
}
template <class Listed>
constexpr auto functions_in(const listing::function_listing<Listed>& listed) {
    return std::tuple{listed.listed_};
}

template <class Handle, class... Functions>
constexpr auto types_in(const listing::type_listing<Handle, Functions...>& listed) {
    return std::tuple{listing::type_listing<Handle>{listed.name_, listed.doc_, {}}};
}
template <class Structure, auto... Members>
constexpr auto types_in(const listing::structure_listing<Structure, Members...>& listed) {
    return std::tuple{listed};
}
template <class Listed>
constexpr auto types_in(const listing::function_listing<Listed>&) {
    return std::tuple{};
}

/// The class that a listed type is about.
template <class Listed>
struct class_of;
template <class Handle>
struct class_of<listing::type_listing<Handle>> {
    using type = Handle;
    static constexpr bool is_structure = false;
};
template <class Structure, auto... Members>
struct class_of<listing::structure_listing<Structure, Members...>> {
    using type = Structure;
    static constexpr bool is_structure = true;
};

template <class Types>
struct described;
template <class... Listed>
struct described<std::tuple<Listed...>> {
    template <class T>
    static constexpr bool is_handle = ((std::is_same_v<typename class_of<Listed>::type, T> &&
                                        !class_of<Listed>::is_structure) ||
                                       ...);
    template <class T>
    static constexpr bool is_structure = ((std::is_same_v<typename class_of<Listed>::type, T> &&
                                           class_of<Listed>::is_structure) ||
                                          ...);
    template <class T>
    static constexpr std::size_t index_of() {
        std::size_t index = 0;
        static_cast<void>(
            ((std::is_same_v<typename class_of<Listed>::type, T> || (++index, false)) || ...));
        return index;
    }
};

// --- The listing as types ------------------------------------------------------------------------

template <class List>
struct listed_in {
    static constexpr auto module = List::define();
    static constexpr auto functions =
        std::apply([](const auto&... entry) { return std::tuple_cat(functions_in(entry)...); },
                   module.entries);
    static constexpr auto types = std::apply(
        [](const auto&... entry) { return std::tuple_cat(types_in(entry)...); }, module.entries);

    using function_tuple = std::remove_const_t<decltype(functions)>;
    using type_tuple = std::remove_const_t<decltype(types)>;
    using described_types = described<type_tuple>;
    static constexpr std::size_t function_count = std::tuple_size_v<function_tuple>;
    static constexpr std::size_t type_count = std::tuple_size_v<type_tuple>;
};

/// The class that clib.py made for a handle type.
template <class List, class Handle>
inline constinit clib_python_type python_class{};

/// The module's types. Their addresses are taken before they are described.
template <class List, class Indices = std::make_index_sequence<listed_in<List>::type_count>>
struct type_table;
template <class List, std::size_t... I>
struct type_table<List, std::index_sequence<I...>> {
    static const clib_type types[sizeof...(I) + 1];  // one more: there may be none
};

template <class List, class... V>
constexpr void add_signatures(fnv1a& sum, list<V...>);

/// The C form of one value; what only the listing knows is added by the caller.
template <class List, class Value>
constexpr clib_value plain_value(const char* name);

/// Adds all of a value but its type, which the hash of its signature covers.
constexpr void add_plain(crc32& sum, const clib_value& value) {
    sum.number(value.kind).number(value.element).number(value.flags).text(value.name);
    sum.number(value.offset);
    // Not compared with NULL: with -fsanitize=undefined, g++ 12 takes that for no constant.
    if ((value.flags & (CLIB_VALUE_DEFAULT | CLIB_VALUE_NULLABLE)) == CLIB_VALUE_DEFAULT) {
        const bool is_text = value.kind == CLIB_KIND_TEXT || value.kind == CLIB_KIND_BYTES;
        sum.number(static_cast<std::uint64_t>(value.default_value->integer));
        sum.number(std::bit_cast<std::uint64_t>(value.default_value->number));
        sum.text(is_text ? value.default_value->text : "");
    }
}

/// Returns: What a reader computes of the parts of a function that are constants.
constexpr std::uint32_t checksum_of(const clib_function& function) {
    crc32 sum;
    sum.number(function.role).number(function.flags).number(function.hash);
    sum.text(function.symbol).text(function.name).text(function.doc);
    add_plain(sum, *function.result);
    sum.number(function.parameter_count);
    for (std::size_t i = 0; i < function.parameter_count; ++i) {
        add_plain(sum, function.parameters[i]);
    }
    return sum.value();
}

/// The signature of a callback.
template <class List, class Callback>
struct callback_description {
    using signature = callback_type<typename listed_in<List>::described_types, Callback>;

    template <class... V>
    static constexpr auto values(list<V...>) {
        return std::array<clib_value, sizeof...(V) + 1>{plain_value<List, V>("")...};
    }
    static constexpr auto parameters = values(typename signature::parameters{});
    static constexpr clib_value result = plain_value<List, typename signature::result>("");
    static constexpr clib_function function = [] {
        clib_function plain{};
        plain.size = sizeof(clib_function);
        plain.role = CLIB_ROLE_FUNCTION;
        plain.symbol = plain.name = plain.doc = "";
        plain.result = &result;
        plain.parameters = parameters.data();
        plain.parameter_count = parameters.size() - 1;
        plain.checksum = checksum_of(plain);
        return plain;
    }();
};

template <class List, class Value>
constexpr clib_value plain_value(const char* name) {
    clib_value plain{};
    plain.size = sizeof(clib_value);
    plain.kind = Value::kind;
    plain.element = Value::element;
    plain.flags = Value::flags;
    plain.name = name;
    if constexpr (!std::is_void_v<typename Value::class_type>) {
        using types = typename listed_in<List>::described_types;
        plain.type =
            &type_table<List>::types[types::template index_of<typename Value::class_type>()];
    }
    if constexpr (!std::is_void_v<typename Value::callback_type>) {
        plain.callback = &callback_description<List, typename Value::callback_type>::function;
    }
    return plain;
}

/// A value without a name, which results of one type share.
template <class List, class Value>
inline constexpr clib_value shared_value = plain_value<List, Value>("");

/// The hash of a structure's layout; 0 for a handle.
template <class List, class T>
struct layout_hash;

/// Adds what a change of which changes the signature.
template <class List, class Value>
constexpr void add_signature(fnv1a& sum) {
    sum.number(Value::kind).number(Value::element).number(Value::flags & CLIB_VALUE_CONST);
    using type = typename Value::class_type;
    if constexpr (!std::is_void_v<type>) {
        sum.text(type_symbol<type>.data()).number(layout_hash<List, type>::value);
    }
    using callback = typename Value::callback_type;
    if constexpr (!std::is_void_v<callback>) {
        using signature = typename callback_description<List, callback>::signature;
        add_signature<List, typename signature::result>(sum);
        add_signatures<List>(sum, typename signature::parameters{});
    }
}
template <class List, class... V>
constexpr void add_signatures(fnv1a& sum, list<V...>) {
    sum.number(sizeof...(V));
    (add_signature<List, V>(sum), ...);
}

template <std::size_t Size>
constexpr void require_different_names(const std::array<clib_value, Size>& values) {
    for (std::size_t i = 0; i < Size; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (std::string_view{values[i].name} == values[j].name) {
                refuse_listing("two parameters of one function, or two members, have one name");
            }
        }
    }
}

// --- Types ---------------------------------------------------------------------------------------

template <class List, auto Member>
using member_value = typename decltype(take_first<typename listed_in<List>::described_types,
                                                  type_of_member<Member>, void, void>())::type;

template <class List, class Listed>
struct type_description;

template <class List, class Handle>
struct type_description<List, listing::type_listing<Handle>> {
    static constexpr std::uint64_t hash = 0;

    static constexpr void add_layout(clib_type& type) {
        type.kind = CLIB_TYPE_HANDLE;
        type.python = &python_class<List, Handle>;
    }
};

template <class List, class Structure, auto... Members>
struct type_description<List, listing::structure_listing<Structure, Members...>> {
    static constexpr std::size_t index =
        listed_in<List>::described_types::template index_of<Structure>();
    static constexpr auto offsets = member_offsets<Structure, Members...>();

    template <class T>
    static constexpr bool can_be_member() {
        return number<T> || std::is_same_v<T, bool> ||
               listed_in<List>::described_types::template is_structure<T>;
    }

    template <class T>
    static constexpr bool is_listed_before() {
        return !std::is_class_v<T> ||
               listed_in<List>::described_types::template index_of<T>() < index;
    }

    template <std::size_t... I>
    static constexpr auto describe_members(std::index_sequence<I...>) {
        require_plain_structure<Structure, Members...>();
        static_assert(
            (can_be_member<type_of_member<Members>>() && ...),
            "a member of a structure is a number of fixed width, a bool, or a structure that the "
            "module describes");
        static_assert((is_listed_before<type_of_member<Members>>() && ...),
                      "list a structure after those that are members of it");
        const auto& listed = std::get<index>(listed_in<List>::types).members_;
        std::array<clib_value, sizeof...(I)> described{
            plain_value<List, member_value<List, Members>>(std::get<I>(listed).name)...};
        ((described[I].offset = offsets[I]), ...);
        require_different_names(described);
        return described;
    }
    static constexpr auto members =
        describe_members(std::make_index_sequence<sizeof...(Members)>());

    static constexpr std::uint64_t hash = [] {
        fnv1a sum;
        sum.number(sizeof(Structure)).number(alignof(Structure));
        for (const clib_value& member : members) { sum.text(member.name).number(member.offset); }
        (add_signature<List, member_value<List, Members>>(sum), ...);
        return sum.value();
    }();

    static constexpr void add_layout(clib_type& type) {
        type.kind = CLIB_TYPE_STRUCT;
        type.byte_size = sizeof(Structure);
        type.alignment = alignof(Structure);
        type.members = members.data();
        type.member_count = members.size();
    }
};

template <class List, class T>
struct layout_hash {
    static constexpr std::uint64_t value = type_description<
        List, std::tuple_element_t<listed_in<List>::described_types::template index_of<T>(),
                                   typename listed_in<List>::type_tuple>>::hash;
};

template <class List, class Listed>
constexpr clib_type describe_type(const Listed& listed) {
    using about = type_description<List, Listed>;
    clib_type type{};
    type.size = sizeof(clib_type);
    type.symbol = type_symbol<typename class_of<Listed>::type>.data();
    type.name = listed.name_;
    type.doc = listed.doc_;
    type.hash = about::hash;
    about::add_layout(type);
    crc32 sum;
    sum.number(type.kind).number(type.flags).number(type.hash).text(type.symbol);
    sum.text(type.name).text(type.doc).number(type.byte_size).number(type.alignment);
    sum.number(type.member_count);
    for (std::size_t i = 0; i < type.member_count; ++i) { add_plain(sum, type.members[i]); }
    type.checksum = sum.value();
    return type;
}

template <class List, std::size_t... I>
const clib_type type_table<List, std::index_sequence<I...>>::types[sizeof...(I) + 1] = {
    describe_type<List>(std::get<I>(listed_in<List>::types))..., clib_type{}};

// --- Functions -----------------------------------------------------------------------------------

/// Whether a function of the role takes an object of its type first.
constexpr bool takes_object(clib_role role) {
    return role == CLIB_ROLE_METHOD || role == CLIB_ROLE_DESTRUCTOR || role == CLIB_ROLE_PROPERTY ||
           role == CLIB_ROLE_PIN || role == CLIB_ROLE_UNPIN;
}

constexpr bool is_integer(std::uint32_t kind) {
    return kind >= CLIB_KIND_INT8 && kind <= CLIB_KIND_UINT64;
}

/// Whether the integer is one of the kind's.
constexpr bool fits(std::uint32_t kind, std::int64_t integer) {
    const bool is_signed = kind <= CLIB_KIND_INT64;
    const int width = 8 << (is_signed ? kind - CLIB_KIND_INT8 : kind - CLIB_KIND_UINT8);
    if (!is_signed && integer < 0) { return false; }
    if (width == 64) { return true; }
    const std::int64_t end = std::int64_t{1} << (is_signed ? width - 1 : width);
    return integer < end && integer >= (is_signed ? -end : 0);
}

/// Adds to a value what the listing says of the parameter of that name.
constexpr clib_value with_listed(clib_value value, const listing::parameter& listed) {
    using type = listing::parameter::default_type;
    value.name = listed.name;
    value.flags |= listed.flags;
    const std::uint32_t kind = value.kind;
    const bool is_text = kind == CLIB_KIND_TEXT || kind == CLIB_KIND_BYTES;
    const bool is_callback = kind == CLIB_KIND_CALLBACK || kind == CLIB_KIND_KEPT_CALLBACK;
    const bool fitting =
        listed.type == type::none ||
        (listed.type == type::integer && is_integer(kind) && fits(kind, listed.integer)) ||
        (listed.type == type::integer && kind == CLIB_KIND_STATUS) ||
        (listed.type == type::number && (kind == CLIB_KIND_DOUBLE || kind == CLIB_KIND_FLOAT)) ||
        (listed.type == type::boolean && kind == CLIB_KIND_BOOL) ||
        (listed.type == type::text && is_text) ||
        (listed.type == type::null &&
         (is_text || is_callback || kind == CLIB_KIND_HANDLE || kind == CLIB_KIND_STRUCT_POINTER ||
          kind == CLIB_KIND_ADDRESS));
    if (!fitting) { refuse_listing("a default is a value that its parameter can have"); }
    if ((value.flags & CLIB_VALUE_CALLED_ONCE) != 0 && kind != CLIB_KIND_CALLBACK) {
        refuse_listing("called_once() is said of a callback");
    }
    return value;
}

template <std::size_t Size>
constexpr void require_defaults_last(const std::array<clib_value, Size>& values) {
    bool seen = false;
    for (const clib_value& value : values) {
        const bool has_default = (value.flags & CLIB_VALUE_DEFAULT) != 0;
        if (seen && !has_default) {
            refuse_listing("a parameter without a default follows one that has a default");
        }
        seen = has_default;
    }
}

template <class List, std::size_t Index>
struct function_description {
    using listed_type = std::tuple_element_t<Index, typename listed_in<List>::function_tuple>;
    using types = typename listed_in<List>::described_types;
    using type = function_type<std::remove_const_t<decltype(listed_type::function)>>;
    using owner = typename listed_type::owner;
    static constexpr clib_role role = listed_type::role;
    static constexpr const listed_type& listed = std::get<Index>(listed_in<List>::functions);

    using result_type =
        decltype(result_value<types, typename type::result, role == CLIB_ROLE_PIN>());
    using parameter_types = typename values_of<types, typename type::parameters>::type;
    static constexpr std::size_t object_count = takes_object(role) ? 1 : 0;

    template <class First, class... Rest>
    static constexpr bool is_object(list<First, Rest...>) {
        return First::kind == CLIB_KIND_HANDLE && std::is_same_v<typename First::class_type, owner>;
    }
    static constexpr bool is_object(list<>) { return false; }

    static constexpr void require_rules() {
        static_assert(!takes_object(role) || is_object(parameter_types{}),
                      "a method, a destructor and a property take their object, a pointer to the "
                      "type, first; list a function that does not with function<>");
        static_assert(
            parameter_types::size - object_count == std::tuple_size_v<typename listed_type::names>,
            "a wrong number of names: each parameter has one, a pointer with its size and "
            "a function with its context have one together, and the object has none");
        static_assert(role != CLIB_ROLE_CONSTRUCTOR ||
                          (result_type::kind == CLIB_KIND_HANDLE &&
                           std::is_same_v<typename result_type::class_type, owner>),
                      "a constructor returns a pointer to its type");
        static_assert((role != CLIB_ROLE_DESTRUCTOR && role != CLIB_ROLE_UNPIN) ||
                          result_type::kind == CLIB_KIND_INT64 ||
                          result_type::kind == CLIB_KIND_STATUS,
                      "a destructor and an unpin return int64_t or clib::ffi::status");
    }

    template <std::size_t I>
    static constexpr clib_default default_of{sizeof(clib_default), 0, listed.parameters[I].integer,
                                             listed.parameters[I].number,
                                             listed.parameters[I].text};

    template <class Value, std::size_t I>
    static constexpr clib_value describe_parameter() {
        const clib_value object = plain_value<List, Value>("self");
        if constexpr (I < object_count) {
            return object;
        } else {
            using name = std::tuple_element_t<I - object_count, typename listed_type::names>;
            static_assert(
                Value::kind != CLIB_KIND_ADDRESS || std::is_same_v<name, listing::address>,
                "a char* has a size_t after it, the room that it points to; if it is an "
                "address of somebody else's, name it address{\"...\"}");
            clib_value named = with_listed(object, listed.parameters[I - object_count]);
            if (listed.parameters[I - object_count].has_value()) {
                named.default_value = &default_of<I - object_count>;
            }
            return named;
        }
    }
    template <class... V, std::size_t... I>
    static constexpr auto describe_parameters(list<V...>, std::index_sequence<I...>) {
        std::array<clib_value, sizeof...(V)> described{describe_parameter<V, I>()...};
        require_different_names(described);
        require_defaults_last(described);
        return described;
    }

    static constexpr auto parameters = [] {
        require_rules();
        return describe_parameters(parameter_types{},
                                   std::make_index_sequence<parameter_types::size>());
    }();
    static constexpr const clib_value& result = shared_value<List, result_type>;

    /// All but the addresses, which are no constants that C++ could compute with.
    static constexpr clib_function plain = [] {
        clib_function function{};
        function.size = sizeof(clib_function);
        function.role = role;
        function.flags = listed.may_block ? CLIB_FUNCTION_MAY_BLOCK : 0;
        function.symbol = function_symbol<listed_type::function>.data();
        function.name = listed.name;
        function.doc = listed.doc;
        if constexpr (!std::is_void_v<owner>) {
            function.owner = &type_table<List>::types[types::template index_of<owner>()];
        }
        function.result = &result;
        function.parameters = parameters.data();
        function.parameter_count = parameters.size();

        fnv1a signature;
        signature.text(function.symbol);
        add_signature<List, result_type>(signature);
        add_signatures<List>(signature, parameter_types{});
        function.hash = signature.value();

        function.checksum = checksum_of(function);
        return function;
    }();
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
