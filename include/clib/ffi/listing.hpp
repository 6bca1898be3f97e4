// SPDX-License-Identifier: MIT
// What is written inside CLIB_MODULE: types, structures and functions, each with the names that it
// has in other languages. Everything here happens at compile time.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/comparison.hpp>
#include <clib/ffi/detail/describe/listing_content.hpp>
#include <clib/ffi/detail/describe/returned_function.hpp>
#include <clib/ffi/detail/lent_array.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/range_iterator.hpp>
#include <clib/ffi/parameter.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

template <class T, auto... Member>
struct traversal;  // traversal.hpp

// overridable.hpp
template <class T, class Between>
struct add_overrides;
template <class T, class Between>
struct overridable_class;
template <class T, class Between, class... A>
struct overridable_constructor;
template <auto Member, class T, class Function>
struct overridable_function;

/// The class that Python's objects of a listed one are of, or void. overridable<>() is said first.
template <class... Functions>
struct between_of {
    using type = void;
};
template <class Adder>
struct between_in {
    using type = void;
};
template <class T, class Between>
struct between_in<const add_overrides<T, Between>> {
    using type = Between;
};
template <auto Function, clib_role Role, class T, bool... AreAddresses, class... Rest>
struct between_of<function_entry<Function, Role, T, AreAddresses...>, Rest...>
    : between_in<const decltype(Function)> {};

}  // namespace detail

namespace listing {

/// A text, or a parameter. Said by what costs the compiler little, for each function asks it.
template <class T>
concept parameter_name = std::is_array_v<T> ||
                         (std::is_pointer_v<T> && !std::is_function_v<std::remove_pointer_t<T>>) ||
                         std::is_base_of_v<parameter, T>;

/// A type whose objects C sees as Handle*. Handle is only declared. Bases is a type_list.
template <class Handle, class Bases, bool IsIterable, detail::listing_size Size, class... Functions>
class type_listing {
public:
    /// The class is derived from another listed one, or from several, whose functions it has too.
    /// To be said first.
    template <class... Others>
    constexpr auto base() const {
        static_assert(sizeof...(Functions) == 0 && Bases::size == 0,
                      "say base<>() once, with all bases, before the functions of the class");
        static_assert(
            ((std::is_convertible_v<Handle*, Others*> && !std::is_same_v<Handle, Others>)&&...),
            "the class is not publicly derived from this base");
        static_assert(((access_of<Handle> == access_of<Others>)&&...),
                      "a class and its base have the same access_of<>");
        return type_listing<Handle, type_list<Others...>, IsIterable, Size, Functions...>{
            type_, iterator_, data_};
    }

    /// Makes an object: Handle* f(...).
    template <auto Function, parameter_name... Names>
    constexpr auto constructor(const Names&... names) const {
        return with<Function, CLIB_ROLE_CONSTRUCTOR>("__init__", names...);
    }
    /// Makes an object of the class from arguments of the types A.
    template <class... A, parameter_name... Names>
    constexpr auto constructor(const Names&... names) const {
        using between = typename detail::between_of<Functions...>::type;
        if constexpr (!std::is_void_v<between>) {
            return with<&detail::overridable_constructor<Handle, between, A...>::make,
                        CLIB_ROLE_CONSTRUCTOR>("__init__", names...);
        } else if constexpr (detail::require_constructible<Handle, A...>()) {
            return with<&detail::construct<Handle, A...>, CLIB_ROLE_CONSTRUCTOR>("__init__",
                                                                                 names...);
        } else {
            return *this;
        }
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
    /// Does not compile: what is listed is the template's argument.
    template <class Function, class... Names>
        requires(!parameter_name<Function>)
    constexpr auto method(const char*, const Function&, const Names&...) const {
        static_assert(detail::never<Function>,
                      "the function stands before the names: write .method<&T::f>(\"f\", ...)");
        return *this;
    }
    /// A function that takes nothing but the object, read as an attribute.
    template <auto Function>
    constexpr auto property(const char* name) const {
        return with<Function, CLIB_ROLE_PROPERTY>(name);
    }
    /// Python overrides virtual functions of the class: objects that it makes are of class Between,
    /// which is derived from clib::ffi::overridable<T> (overridable.hpp). To be said before all
    /// functions.
    template <class Between>
    constexpr auto overridable() const {
        static_assert(sizeof...(Functions) == 0,
                      "say overridable<>() once, before the functions of the class");
        return with<detail::add_overrides<Handle, Between>{}, CLIB_ROLE_FUNCTION>("_add_overrides",
                                                                                  "tell")
            .template with<&detail::overridable_class<Handle, Between>::set_half, CLIB_ROLE_METHOD>(
                "_set_overrides", "table", "overridden");
    }
    /// A method that Python may override: a virtual function, which Between calls.
    template <auto Function, parameter_name... Names>
    constexpr auto overridable(const char* name, const Names&... names) const {
        using virtual_function = detail::overridable_function<Function, Handle, decltype(Function)>;
        return with<&virtual_function::add, CLIB_ROLE_OVERRIDE>(name, "table", "function")
            .template with<&virtual_function::run_own, CLIB_ROLE_METHOD>(name, names...);
    }
    /// A property that Python may override: a virtual function that takes nothing, which Between
    /// calls.
    template <auto Function>
    constexpr auto overridable_property(const char* name) const {
        using virtual_function = detail::overridable_function<Function, Handle, decltype(Function)>;
        return with<&virtual_function::add, CLIB_ROLE_OVERRIDE>(name, "table", "function")
            .template with<&virtual_function::run_own, CLIB_ROLE_PROPERTY>(name);
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
    /// Numbers that an object has, as a property: View returns an array_view, a std::span or a
    /// reference to a container of the object's own, or is such a member. Python sees the memory
    /// itself. As long as it does, the object is lent: close(), and what asks for movable(), fails
    /// with BUSY.
    template <auto View>
    constexpr auto array(const char* name) const {
        return with<&detail::lent_view<Handle, View>, CLIB_ROLE_PROPERTY>(name);
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
        return type_listing<Handle, Bases, true, Size, Functions...>{type_, name, data_}
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
        } else if constexpr (detail::has_less<Handle>) {
            return with_less();
        } else {
            return *this;
        }
    }
    /// __hash__, by std::hash of the class. What is compared equal has to have one hash.
    constexpr auto hashable() const {
        constexpr bool has_hash = requires(const Handle& object) { std::hash<Handle>{}(object); };
        static_assert(has_hash,
                      "a hashable class has a std::hash; specialise it, or list a method "
                      "\"__hash__\"");
        if constexpr (has_hash) {
            return with<&detail::hash_of<Handle>, CLIB_ROLE_METHOD>("__hash__");
        } else {
            return *this;
        }
    }
    /// Its objects have attributes of one's own: in Python, x.note = "mine" is kept by x.
    constexpr auto dynamic_attributes() const {
        auto copy = *this;
        copy.type_.flags |= CLIB_TYPE_DYNAMIC_ATTRIBUTES;
        return copy;
    }

    /// What the object holds of Python, for its garbage collector: a std::function, a
    /// clib::ffi::object, a std::shared_ptr to an object whose functions Python overrides, or a
    /// container of such. Each is a data member, or a function that returns a reference to one. A
    /// circle through it is collected then, on CPython. Its objects have attributes of one's own,
    /// too.
    template <auto... Held>
    constexpr auto traverse() const {
        return with<detail::traversal<Handle, Held...>{}, CLIB_ROLE_TRAVERSE>("_clear")
            .dynamic_attributes();
    }

    /// What the function before it does, in at most 200,000 bytes.
    constexpr auto doc(const char* line) const {
        auto copy = *this;
        copy.last().doc = line;
        return copy;
    }
    /// The function before it may take long, or wait: other threads of the interpreter go on. One
    /// that waits for a thread which calls back has to be such a function, or that callback fails.
    constexpr auto may_block() const {
        auto copy = *this;
        copy.last().may_block = true;
        return copy;
    }

    /// What the function before it returns by reference or pointer is no part of its arguments, and
    /// outlives all who use it: an object that is never destroyed, for example.
    constexpr auto borrowed() const {
        auto copy = *this;
        copy.last().is_borrowed = true;
        return copy;
    }
    /// The constructor before it also makes an object of an argument where a function only
    /// reads one: for a parameter that is a const T&, a const T* or a T.
    constexpr auto implicit() const {
        auto copy = *this;
        copy.last().is_implicit = true;
        return copy;
    }

    /// What the module gets of it: the functions, the type, and the iterator's.
    constexpr auto content() const {
        constexpr bool is_class =
            detail::complete_class<Handle> && (... && (Functions::role != CLIB_ROLE_DESTRUCTOR));
        constexpr detail::listing_size one_type{.types = 1};
        detail::listing_content<type_list<>, type_list<detail::type_entry<Handle, is_class, Bases>>,
                                type_list<>, type_list<>, one_type>
            type;
        type.data.types[0] = type_;
        const detail::listing_content<type_list<Functions...>, type_list<>, type_list<>,
                                      type_list<>, Size>
            functions{data_};
        if constexpr (IsIterable) {
            using iterator = detail::range_iterator<Handle>;
            const auto of_iterator =
                type_listing<iterator, type_list<>, false, detail::listing_size{}>{
                    {iterator_}, "", {}}
                    .template method<&iterator::next>("__next__")
                    .template method<&iterator::rest>("__length_hint__");
            return detail::concatenated(functions, destructors<is_class>(), type,
                                        of_iterator.content());
        } else {
            return detail::concatenated(functions, destructors<is_class>(), type);
        }
    }

    template <auto Function, clib_role Role, class... Names>
    constexpr auto with(const char* name, const Names&... names) const {
        constexpr auto listed = detail::listed_function<Function, Handle>();
        const auto function = detail::make_function<listed, Role, Handle>(name, names...);
        constexpr detail::listing_size more = Size + function.size;
        type_listing<Handle, Bases, IsIterable, more, Functions...,
                     detail::function_entry<listed, Role, Handle,
                                            std::is_same_v<Names, listing::address>...>>
            all{type_, iterator_, {}};
        detail::listing_size at;
        all.data_.append(at, data_);
        all.data_.append(at, function.data);
        return all;
    }

    detail::type_data type_;
    const char* iterator_;  // the name of its class
    detail::listing_data<Size> data_;

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
    constexpr detail::function_data& last() { return data_.functions[Size.functions - 1]; }
    /// A class of C++, and no handle type of an author's own, who then lists what frees a handle.
    template <bool IsClass>
    static constexpr auto destructors() {
        if constexpr (IsClass) {
            return detail::make_function<&detail::destroy<Handle>, CLIB_ROLE_DESTRUCTOR, Handle>(
                "close");
        } else {
            return detail::concatenated();
        }
    }
};

template <class Handle>
constexpr auto type(const char* name, const char* doc = "") {
    return type_listing<Handle, type_list<>, false, detail::listing_size{}>{{name, doc}, "", {}};
}

/// A structure of numbers, bools and structures, each named in the order in which they stand.
template <class Structure, auto... Members>
struct structure_listing {
    detail::type_data type_;
    std::array<detail::member_data, sizeof...(Members)> members_;

    template <auto Member>
    constexpr auto member(const char* name) const {
        return structure_listing<Structure, Members..., Member>{
            type_, detail::with_member(members_, {name})};
    }
    constexpr auto content() const {
        return detail::content_with_members<detail::structure_entry<Structure, Members...>>(
            type_, members_);
    }
};

template <class Structure>
constexpr auto structure(const char* name, const char* doc = "") {
    return structure_listing<Structure>{{name, doc}, {}};
}

/// An enum, with those of its members that others may use. Owner is the listed type that it
/// belongs to, or void.
template <class E, class Owner, bool IsFlags, auto... Members>
struct enumeration_listing {
    static_assert(std::is_enum_v<E>, "enumeration<> lists an enum");

    detail::type_data type_;
    std::array<detail::member_data, sizeof...(Members)> members_;

    template <auto Member>
    constexpr auto value(const char* name, const char* doc = "") const {
        constexpr bool is_member = std::is_same_v<std::remove_const_t<decltype(Member)>, E>;
        static_assert(is_member, "value<>() names a member of the enum that is listed");
        if constexpr (!is_member) {
            return *this;
        } else {
            return enumeration_listing<E, Owner, IsFlags, Members..., Member>{
                type_, detail::with_member(members_, {name, doc})};
        }
    }
    /// Its members are combined with | and &.
    constexpr auto flags() const {
        return enumeration_listing<E, Owner, true, Members...>{type_, members_};
    }
    /// It belongs to a listed type: Type.Name in Python.
    template <class Type>
    constexpr auto of() const {
        return enumeration_listing<E, Type, IsFlags, Members...>{type_, members_};
    }
    constexpr auto content() const {
        using entry = detail::enumeration_entry<E, IsFlags, Members...>;
        return detail::content_with_members<
            std::conditional_t<std::is_void_v<Owner>, entry, detail::scoped_entry<Owner, entry>>>(
            type_, members_);
    }
};

template <class E>
constexpr auto enumeration(const char* name, const char* doc = "") {
    return enumeration_listing<E, void, false>{{name, doc}, {}};
}

/// A function of the module.
template <class Content>
struct function_listing {
    Content content_;

    constexpr auto doc(const char* line) const {
        auto copy = *this;
        copy.content_.data.functions[0].doc = line;
        return copy;
    }
    constexpr auto may_block() const {
        auto copy = *this;
        copy.content_.data.functions[0].may_block = true;
        return copy;
    }
    constexpr auto borrowed() const {
        auto copy = *this;
        copy.content_.data.functions[0].is_borrowed = true;
        return copy;
    }
    constexpr const Content& content() const { return content_; }
};

template <auto Function, parameter_name... Names>
constexpr auto function(const char* name, const Names&... names) {
    constexpr auto listed = detail::listed_function<Function, void>();
    const auto content = detail::make_function<listed, CLIB_ROLE_FUNCTION, void>(name, names...);
    return function_listing<std::remove_const_t<decltype(content)>>{content};
}

/// Does not compile: what is listed is the template's argument.
template <class Function, class... Names>
    requires(!parameter_name<Function>)
constexpr auto function(const char*, const Function&, const Names&...) {
    static_assert(detail::never<Function>,
                  "the function stands before the names: write function<&f>(\"f\", ...)");
    return detail::concatenated();
}

/// A value that never changes; of a lambda, what it returns.
template <auto Constant>
constexpr auto constant(const char* name) {
    const auto content =
        detail::make_function<&detail::constant_value<Constant>, CLIB_ROLE_CONSTANT, void>(name);
    return function_listing<std::remove_const_t<decltype(content)>>{content};
}

/// Types that are attributes of another listed type: Outer.Inner.
template <class Outer, class... Entries>
constexpr auto inside(const Entries&... entries) {
    return detail::in_scope<Outer>(detail::concatenated(entries.content()...));
}

/// A module in the module: words.text.
template <class Scope = decltype([] {}), class... Entries>
constexpr auto submodule(const char* name, const char* doc, const Entries&... entries) {
    return detail::concatenated(
        detail::content_with_members<detail::module_entry<Scope>, 0>({name, doc}, {}),
        detail::in_scope<Scope>(detail::concatenated(entries.content()...)));
}
template <class Scope = decltype([] {}), class... Entries>
constexpr auto submodule(const char* name, const Entries&... entries) {
    return submodule<Scope>(name, "", entries...);
}

template <class Content>
struct module_listing {
    const char* name;
    const char* version;
    const char* doc;
    Content content;
};

/// The listing with what CLIB_MODULE itself exports.
template <auto Error, auto Status, auto Size, class Content>
constexpr auto with_support(const module_listing<Content>& module) {
    const auto all = detail::concatenated(
        module.content, detail::make_function<Error, CLIB_ROLE_SUPPORT, void>("last_error"),
        detail::make_function<Status, CLIB_ROLE_SUPPORT, void>("last_status"),
        detail::make_function<Size, CLIB_ROLE_SUPPORT, void>("last_size"));
    return module_listing<std::remove_const_t<decltype(all)>>{module.name, module.version,
                                                              module.doc, all};
}

/// The class of the functions of one signature that are returned.
template <std::size_t I, class R, class... A>
constexpr auto function_class(std::type_identity<R(A...)>) {
    using function = detail::returned_function<R(A...)>;
    return [&]<std::size_t... J>(std::index_sequence<J...>) {
        return type<function>(detail::function_class_name<I>.data(), "A function of C++.")
            .template method<&function::operator()>("__call__", detail::argument_name<J>.data()...)
            .content();
    }
    (std::index_sequence_for<A...>{});
}
/// A listing with the classes of the functions that its functions return.
template <class Content>
constexpr auto with_returned_functions(const Content& content) {
    using signatures = decltype(detail::returned_signatures(typename Content::functions{}));
    if constexpr (signatures::size == 0) {
        return content;
    } else {
        return [&]<class... S, std::size_t... I>(type_list<S...>, std::index_sequence<I...>) {
            return detail::concatenated(content, function_class<I>(std::type_identity<S>{})...);
        }(signatures{}, std::make_index_sequence<signatures::size>{});
    }
}

template <class... Entries>
constexpr auto module(const char* name, const char* version, const char* doc,
                      const Entries&... entries) {
    const auto all = with_returned_functions(detail::concatenated(entries.content()...));
    return module_listing<std::remove_const_t<decltype(all)>>{name, version, doc, all};
}
template <class... Entries>
constexpr auto module(const char* name, const char* version, const Entries&... entries) {
    return module(name, version, "", entries...);
}

}  // namespace listing
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
