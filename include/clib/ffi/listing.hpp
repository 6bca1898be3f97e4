// SPDX-License-Identifier: MIT
// What is written inside CLIB_MODULE: types, structures and functions, each with the names that it
// has in other languages. Everything here happens at compile time.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/comparison.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/range_iterator.hpp>
#include <clib/ffi/parameter.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// One function of a listing. Owner is the handle's type, or void.
template <auto Function, clib_role Role, class Owner, class... Names>
struct function_entry {
    static constexpr auto function = Function;
    static constexpr clib_role role = Role;
    using owner = Owner;
    using names = std::tuple<Names...>;

    const char* name;
    const char* doc = "";
    bool may_block = false;
    bool is_borrowed = false;
    std::array<listing::parameter, sizeof...(Names)> parameters;
    bool is_implicit = false;
};

/// A listing to which functions are added; what describes one follows it.
template <class... Functions>
struct function_list {
    std::tuple<Functions...> functions;

    template <class Function>
    constexpr function_list<Functions..., Function> with(const Function& function) const {
        return {std::tuple_cat(functions, std::tuple{function})};
    }
    constexpr auto& last() { return std::get<sizeof...(Functions) - 1>(functions); }
};

template <auto Function, clib_role Role, class Owner, class... Names>
constexpr auto make_entry(const char* name, const Names&... names) {
    require_identifier(name);
    return function_entry<Function, Role, Owner, Names...>{
        name, "", false, false, {listing::parameter(names)...}};
}

/// Says in the list of a type's functions, as the first, what its base is.
template <class Base>
struct base_entry {
    static constexpr clib_role role = CLIB_ROLE_SUPPORT;
};

template <auto Member>
struct member_entry {
    const char* name;
};

/// A member of an enum.
struct enumerator_entry {
    const char* name;
    const char* doc;
};

/// Python's module enum keeps some names for itself.
constexpr void require_member_name(const char* name) {
    require_identifier(name);
    const std::string_view text{name};
    if (text.starts_with('_') || text == "mro") {
        refuse_listing("the name of an enum's member begins with a letter, and is not mro");
    }
}

}  // namespace detail

namespace listing {

template <class T>
concept parameter_name = std::convertible_to<T, parameter>;

/// A type whose objects C sees as Handle*. Handle is only declared.
template <class Handle, class... Functions>
class type_listing {
public:
    constexpr type_listing(const char* name, const char* doc,
                           detail::function_list<Functions...> functions, std::uint32_t flags = 0)
        : name_{name}, doc_{doc}, functions_{functions}, flags_{flags} {}

    /// The class is derived from another listed one, whose functions it has too. To be said first.
    template <class Base>
    constexpr auto base() const {
        static_assert(sizeof...(Functions) == 0,
                      "say base<>() once, before the functions of the class");
        static_assert(std::is_convertible_v<Handle*, Base*> && !std::is_same_v<Handle, Base>,
                      "the class is not publicly derived from this base");
        static_assert(access_of<Handle> == access_of<Base>,
                      "a class and its base have the same access_of<>");
        return with_functions(functions_.with(detail::base_entry<Base>{}));
    }

    /// Makes an object: Handle* f(...).
    template <auto Function, parameter_name... Names>
    constexpr auto constructor(const Names&... names) const {
        return with<Function, CLIB_ROLE_CONSTRUCTOR>("__init__", names...);
    }
    /// Makes an object of the class from arguments of the types A.
    template <class... A, parameter_name... Names>
    constexpr auto constructor(const Names&... names) const {
        return with<&detail::construct<Handle, A...>, CLIB_ROLE_CONSTRUCTOR>("__init__", names...);
    }
    /// Frees the object: int64_t f(Handle*). A listed class has one without this.
    template <auto Function>
    constexpr auto destructor() const {
        return with<Function, CLIB_ROLE_DESTRUCTOR>("close");
    }
    /// A function that takes the object first. Several of one name are overloads: the first is
    /// called whose arguments fit. Python's special names, "__len__" for example, make it what they
    /// stand for.
    template <auto Function, parameter_name... Names>
    constexpr auto method(const char* name, const Names&... names) const {
        return with<Function, CLIB_ROLE_METHOD>(name, names...);
    }
    /// A function that takes nothing but the object, read as an attribute.
    template <auto Function>
    constexpr auto property(const char* name) const {
        return with<Function, CLIB_ROLE_PROPERTY>(name);
    }
    /// A property that can be set: Set takes the object and the value.
    template <auto Get, auto Set>
    constexpr auto property(const char* name) const {
        return with<Set, CLIB_ROLE_SETTER>(name, "value")
            .template with<Get, CLIB_ROLE_PROPERTY>(name);
    }
    /// A data member as a property; of a listed class, a part of the object. It can be set unless
    /// it is const, or cannot be copied.
    template <auto Member>
    constexpr auto member(const char* name) const {
        using type = std::remove_reference_t<decltype(std::declval<Handle&>().*Member)>;
        if constexpr (std::is_const_v<type> || !std::is_copy_constructible_v<type> ||
                      !std::is_move_assignable_v<type>) {
            return property<Member>(name);
        } else {
            return property<Member, &detail::assign<Member, Handle>>(name);
        }
    }
    /// A value of the type itself that never changes; of a lambda, what it returns.
    template <auto Constant>
    constexpr auto constant(const char* name) const {
        return with<&detail::constant_value<Constant>, CLIB_ROLE_CONSTANT>(name);
    }
    /// A function of the type that takes no object; one that makes an object, for example.
    template <auto Function, parameter_name... Names>
    constexpr auto function(const char* name, const Names&... names) const {
        return with<Function, CLIB_ROLE_FUNCTION>(name, names...);
    }
    /// The object is iterated over from begin() to end(). The iterator is of a class of this name,
    /// and has a copy of the elements that there were when it began.
    constexpr auto iterable(const char* name) const {
        return with<nullptr, detail::iterator_mark>(name)
            .template with<&detail::iterate<Handle>, CLIB_ROLE_METHOD>("__iter__");
    }
    /// Objects pickle, and are copied so: State returns what a const T is to be made of again, of
    /// any kind that a function takes and returns, and Make returns the T that it makes of that.
    template <auto State, auto Make>
    constexpr auto pickle() const {
        return with<State, CLIB_ROLE_METHOD>("_state").template with<Make, CLIB_ROLE_FUNCTION>(
            "_from_state", "state");
    }
    /// copy.copy() and copy.deepcopy() call the copy constructor.
    constexpr auto copyable() const {
        return with<&detail::copy_of<Handle>, CLIB_ROLE_METHOD>("__copy__");
    }
    /// The object's bytes, as many as its method "__len__" says, lent and given back.
    template <auto Pin, auto Unpin>
    constexpr auto buffer() const {
        return with<Pin, CLIB_ROLE_PIN>("pin").template with<Unpin, CLIB_ROLE_UNPIN>("unpin");
    }

    /// What the class compares by: __eq__ by its ==, and __lt__, __le__, __gt__ and __ge__ by its
    /// <.
    constexpr auto comparable() const {
        static_assert(detail::has_equal<Handle> || detail::has_less<Handle>,
                      "a comparable class has a const operator== or operator<");
        if constexpr (detail::has_equal<Handle> && detail::has_less<Handle>) {
            return with_equal().with_less();
        } else if constexpr (detail::has_equal<Handle>) {
            return with_equal();
        } else {
            return with_less();
        }
    }
    /// __hash__, by std::hash of the class. What is compared equal has to have one hash.
    constexpr auto hashable() const {
        static_assert(
            requires(const Handle& object) { std::hash<Handle>{}(object); },
            "a hashable class has a std::hash; specialise it, or list a method \"__hash__\"");
        return with<&detail::hash_of<Handle>, CLIB_ROLE_METHOD>("__hash__");
    }
    /// Its objects have attributes of one's own: in Python, x.note = "mine" is kept by x.
    constexpr auto dynamic_attributes() const {
        auto copy = *this;
        copy.flags_ |= CLIB_TYPE_DYNAMIC_ATTRIBUTES;
        return copy;
    }

    /// What the function before it does, in at most 200,000 bytes.
    constexpr auto doc(const char* line) const {
        auto copy = *this;
        copy.functions_.last().doc = line;
        return copy;
    }
    /// The function before it may take long, or wait: other threads of the interpreter go on. One
    /// that waits for a thread which calls back has to be such a function, or that callback fails.
    constexpr auto may_block() const {
        auto copy = *this;
        copy.functions_.last().may_block = true;
        return copy;
    }

    /// What the function before it returns by reference or pointer is no part of its arguments, and
    /// outlives all who use it: an object that is never destroyed, for example.
    constexpr auto borrowed() const {
        auto copy = *this;
        copy.functions_.last().is_borrowed = true;
        return copy;
    }
    /// The constructor before it also makes an object of an argument where a function only
    /// reads one: for a parameter that is a const T&, a const T* or a T.
    constexpr auto implicit() const {
        auto copy = *this;
        copy.functions_.last().is_implicit = true;
        return copy;
    }

    template <auto Function, clib_role Role, class... Names>
    constexpr auto with(const char* name, const Names&... names) const {
        auto more = functions_.with(detail::make_entry<Function, Role, Handle>(name, names...));
        return with_functions(more);
    }

    const char* name_;
    const char* doc_;
    detail::function_list<Functions...> functions_;
    std::uint32_t flags_;

    constexpr auto with_equal() const {
        return with<&detail::is_equal<Handle>, CLIB_ROLE_METHOD>("__eq__", "other");
    }
    constexpr auto with_less() const {
        return with<&detail::is_less<Handle>, CLIB_ROLE_METHOD>("__lt__", "other")
            .template with<&detail::is_at_most<Handle>, CLIB_ROLE_METHOD>("__le__", "other")
            .template with<&detail::is_greater<Handle>, CLIB_ROLE_METHOD>("__gt__", "other")
            .template with<&detail::is_at_least<Handle>, CLIB_ROLE_METHOD>("__ge__", "other");
    }

private:
    template <class... All>
    constexpr auto with_functions(const detail::function_list<All...>& all) const {
        return type_listing<Handle, All...>{name_, doc_, all, flags_};
    }
};

template <class Handle>
constexpr auto type(const char* name, const char* doc = "") {
    detail::require_identifier(name);
    return type_listing<Handle>{name, doc, {}};
}

/// A structure of numbers, bools and structures, each named in the order in which they stand.
template <class Structure, auto... Members>
struct structure_listing {
    const char* name_;
    const char* doc_;
    std::tuple<detail::member_entry<Members>...> members_;

    template <auto Member>
    constexpr auto member(const char* name) const {
        detail::require_identifier(name);
        return structure_listing<Structure, Members..., Member>{
            name_, doc_, std::tuple_cat(members_, std::tuple{detail::member_entry<Member>{name}})};
    }
};

template <class Structure>
constexpr auto structure(const char* name, const char* doc = "") {
    detail::require_identifier(name);
    return structure_listing<Structure>{name, doc, {}};
}

/// An enum, with those of its members that others may use. Owner is the listed type that it
/// belongs to, or void.
template <class E, class Owner, bool IsFlags, auto... Members>
struct enumeration_listing {
    static_assert(std::is_enum_v<E>, "enumeration<> lists an enum");
    static constexpr bool is_flags = IsFlags;
    static constexpr bool has(E value) { return ((value == Members) || ...); }

    const char* name_;
    const char* doc_;
    std::array<detail::enumerator_entry, sizeof...(Members)> members_;

    template <E Member>
    constexpr auto value(const char* name, const char* doc = "") const {
        detail::require_member_name(name);
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return enumeration_listing<E, Owner, IsFlags, Members..., Member>{
                name_, doc_, {{members_[I]..., {name, doc}}}};
        }
        (std::make_index_sequence<sizeof...(Members)>());
    }
    /// Its members are combined with | and &.
    constexpr auto flags() const {
        return enumeration_listing<E, Owner, true, Members...>{name_, doc_, members_};
    }
    /// It belongs to a listed type: Type.Name in Python.
    template <class Type>
    constexpr auto of() const {
        return enumeration_listing<E, Type, IsFlags, Members...>{name_, doc_, members_};
    }
};

template <class E>
constexpr auto enumeration(const char* name, const char* doc = "") {
    detail::require_identifier(name);
    return enumeration_listing<E, void, false>{name, doc, {}};
}

/// A function of the module.
template <class Entry>
struct function_listing {
    Entry entry_;

    constexpr auto doc(const char* line) const {
        auto copy = *this;
        copy.entry_.doc = line;
        return copy;
    }
    constexpr auto may_block() const {
        auto copy = *this;
        copy.entry_.may_block = true;
        return copy;
    }
    constexpr auto borrowed() const {
        auto copy = *this;
        copy.entry_.is_borrowed = true;
        return copy;
    }
};

template <auto Function, parameter_name... Names>
constexpr auto function(const char* name, const Names&... names) {
    const auto entry = detail::make_entry<Function, CLIB_ROLE_FUNCTION, void>(name, names...);
    return function_listing<std::remove_const_t<decltype(entry)>>{entry};
}

/// A value that never changes; of a lambda, what it returns.
template <auto Constant>
constexpr auto constant(const char* name) {
    const auto entry =
        detail::make_entry<&detail::constant_value<Constant>, CLIB_ROLE_CONSTANT, void>(name);
    return function_listing<std::remove_const_t<decltype(entry)>>{entry};
}

/// What is inside a type, or inside a submodule, for which Scope is a class of its own.
template <class Scope, bool IsModule, class... Entries>
struct scope_listing {
    const char* name_;
    const char* doc_;
    std::tuple<Entries...> entries_;
};

/// Types that are attributes of another listed type: Outer.Inner.
template <class Outer, class... Entries>
constexpr auto inside(const Entries&... entries) {
    return scope_listing<Outer, false, Entries...>{"", "", {entries...}};
}

/// A module in the module: words.text.
template <class Scope = decltype([] {}), class... Entries>
constexpr auto submodule(const char* name, const Entries&... entries) {
    detail::require_identifier(name);
    return scope_listing<Scope, true, Entries...>{name, "", {entries...}};
}
template <class Scope = decltype([] {}), class... Entries>
constexpr auto submodule(const char* name, const char* doc, const Entries&... entries) {
    detail::require_identifier(name);
    return scope_listing<Scope, true, Entries...>{name, doc, {entries...}};
}

template <class... Entries>
struct module_listing {
    const char* name;
    const char* version;
    const char* doc;
    std::tuple<Entries...> entries;

    /// What CLIB_MODULE itself exports.
    template <auto Error, auto Status, auto Size>
    constexpr auto support() const {
        return with(support_function<Error>("last_error"), support_function<Status>("last_status"),
                    support_function<Size>("last_size"));
    }

private:
    template <auto Function>
    static constexpr auto support_function(const char* function_name) {
        const auto entry = detail::make_entry<Function, CLIB_ROLE_SUPPORT, void>(function_name);
        return function_listing<std::remove_const_t<decltype(entry)>>{entry};
    }
    template <class... More>
    constexpr auto with(const More&... more) const {
        return module_listing<Entries..., More...>{name, version, doc,
                                                   std::tuple_cat(entries, std::tuple{more...})};
    }
};

template <class... Entries>
constexpr auto module(const char* name, const char* version, const Entries&... entries) {
    return module_listing<Entries...>{name, version, "", {entries...}};
}
template <class... Entries>
constexpr auto module(const char* name, const char* version, const char* doc,
                      const Entries&... entries) {
    return module_listing<Entries...>{name, version, doc, {entries...}};
}

}  // namespace listing
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
