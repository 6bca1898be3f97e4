// SPDX-License-Identifier: MIT
// Virtual functions that Python overrides. A class between says which, and calls them:
//
//     struct py_shape : clib::ffi::overridable<shape> {
//         using overridable::overridable;
//         double area() const override { return call<&shape::area>(); }
//         std::string name() const override {
//             return call_or<&shape::name>([&] { return shape::name(); });
//         }
//     };
//
//     type<shape>("Shape").overridable<py_shape>().constructor<double>("size")
//         .overridable<&shape::area>("area").overridable<&shape::name>("name")
//
// Each object that Python makes is a py_shape. One of a class that is derived in Python is told
// which functions that class has; then
//
//     C++: shape.area() --> py_shape::area() --> call() --> the method in Python
//     Python: super().area() --> run_own() --> shape.area() --> py_shape::area() --> shape::area()
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/access.hpp>
#include <clib/ffi/detail/object_pointer.hpp>
#include <clib/ffi/detail/other_half.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/kinds/function.hpp>
#include <clib/ffi/kinds/number.hpp>
#include <clib/ffi/kinds/object.hpp>
#include <clib/ffi/kinds/passed_object.hpp>
#include <clib/ffi/object.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

template <class T>
class [[gnu::visibility("default")]] overridable;

namespace detail {

/// An object, for its own half in Python: `self`.
template <class T>
struct overriding_self {
    T* handle;
    const slot_head* slot;  // of the handle
};
template <class T>
struct new_overridable;
/// A method of that half.
template <class Signature>
struct override_function : std::function<Signature> {
    override_function(std::function<Signature> method)  // NOLINT(google-explicit-constructor)
        : std::function<Signature>{std::move(method)} {}
};

}  // namespace detail

namespace kinds {
/// Stand for these two.
template <class T>
struct overriding_self;
template <class Signature, class ResultKind, class... Parts>
struct override_function;
}  // namespace kinds

template <class T>
struct kind<kinds::overriding_self<T>> : basic_kind<CLIB_KIND_HANDLE, T*> {
    using class_type = T;
    static constexpr bool is_result = true;
};
template <class Catalogue, class T>
struct cpp_result_match<Catalogue, detail::overriding_self<T>> {
    using type = kinds::overriding_self<T>;
};

template <class Catalogue, class T>
struct cpp_result_match<Catalogue, detail::new_overridable<T>>
    : cpp_result_match<Catalogue, std::unique_ptr<T>> {};

template <class Signature, class ResultKind, class... Parts>
struct kind<kinds::override_function<Signature, ResultKind, Parts...>>
    : detail::function_kind<detail::shared_method, Signature, ResultKind, Parts...> {};
template <class Catalogue, class R, class... A>
struct cpp_parameter_match<Catalogue, detail::override_function<R(A...)>> {
    using type =
        kinds::override_function<R(A...), typename detail::function_result<Catalogue, R>::type,
                                 detail::argument_part<Catalogue, A>...>;
};

namespace detail {

template <class T>
struct element<kinds::overriding_self<T>, overriding_self<T>> {
    static constexpr bool is_result_native = true;
    static void write(item_block& block, std::size_t place, overriding_self<T> self) {
        block.set_handle(place, self.handle);
    }
    static python_object* to_python(overriding_self<T> self) noexcept {
        auto* const object = static_cast<python_object*>(self.slot->binding_object());
        return new_reference(object != nullptr ? object : python.none);
    }
};

/// A function that Python has for one virtual function of a class.
struct override_entry {
    explicit override_entry(const void* function) noexcept : key{function} {}
    virtual ~override_entry() = default;
    override_entry(const override_entry&) = delete;
    override_entry& operator=(const override_entry&) = delete;
    const void* key;
};
template <class Signature>
struct typed_override final : override_entry {
    typed_override(const void* function, std::function<Signature> with)
        : override_entry{function}, call{std::move(with)} {}
    std::function<Signature> call;
};
template <auto Member>
inline constexpr char override_key = 0;

/// The object, if any, of which this thread is about to run a virtual function as C++ has it.
inline constinit thread_local const void* running_own = nullptr;

/// What the half in Python is told.
enum class half_event : std::int64_t {
    kept = 0,      ///< C++ owns or shares the object.
    gone = 1,      ///< C++ has destroyed it.
    returned = 2,  ///< It is Python's again, which a call is about to return to it.
};

/// What one interpreter has for a class: one function for each that may be overridden, which calls
/// the method of its object.
struct override_table {
    std::function<object(const void* handle, const slot_head*, half_event)>
        tell;                                              ///< Returns the half.
    std::vector<std::unique_ptr<override_entry>> entries;  ///< At most 64.
};

/// Those of all interpreters that there were. Thread safety: full.
template <class T>
class override_tables {
public:
    /// Returns: The number of a new one.
    static std::int64_t add(std::shared_ptr<override_table> table) {
        const std::lock_guard lock{mutex};
        all.push_back(std::move(table));
        return static_cast<std::int64_t>(all.size() - 1);
    }
    static std::shared_ptr<override_table> at(std::int64_t number) {
        const std::lock_guard lock{mutex};
        return all.at(static_cast<std::size_t>(number));
    }

private:
    inline static std::mutex mutex;
    inline static std::vector<std::shared_ptr<override_table>> all;
};

/// The half in Python, for C++.
class overriding_half final : public other_half {
public:
    /// Nothing overrides a function of the object.
    overriding_half() noexcept = default;
    ~overriding_half() {
        if (!keeping_ || !is_there()) { return; }
        try {
            static_cast<void>(table_->tell(handle_, slot_, half_event::gone));
            slot_head* const slot = find_slot(handle_);
            if (slot != nullptr) { close_object(slot, handle_, *slot->kind, "self", true); }
        } catch (...) { return; }  // nobody is there to be told
    }

    /// `overridden` has a bit for each entry of the table.
    void set(const void* handle, const slot_head& slot, std::shared_ptr<const override_table> table,
             std::uint64_t overridden) noexcept {
        handle_ = handle;
        slot_ = &slot;
        table_ = std::move(table);
        overridden_ = overridden;
    }
    /// Returns: What overrides the function, or NULL.
    const override_entry* find(const void* key) const noexcept {
        for (std::size_t i = 0; overridden_ >> i != 0; ++i) {
            const override_entry& each = *table_->entries[i];
            if (each.key == key) {
                return (overridden_ >> i & 1) != 0 && is_there() ? &each : nullptr;
            }
        }
        return nullptr;
    }
    template <class T>
    overriding_self<T> self() const noexcept {
        return {as_handle<T>(handle_), slot_};
    }

    std::shared_ptr<void> share() override {
        object half = table_->tell(handle_, slot_, half_event::kept);
        if (detail::keep(handle_) != entry::granted) {
            fail(status::busy, {"self is shared by too many; free some of them"});
        }
        return {this, half_keeper{handle_, std::move(half)}};
    }
    void keep() override { keeping_ = table_->tell(handle_, slot_, half_event::kept); }
    void leave() noexcept override {
        try {
            static_cast<void>(table_->tell(handle_, slot_, half_event::returned));
            keeping_ = {};
        } catch (...) { return; }  // it lives as long as this does, then
    }

private:
    /// Whether Python has not closed the object, and has not ended.
    bool is_there() const noexcept {
        return slot_->is_at(handle_) && slot_->state.is_open() && !slot_->is_abandoned();
    }

    const void* handle_ = nullptr;
    const slot_head* slot_ = nullptr;  // of the handle, as long as it is live
    std::shared_ptr<const override_table> table_;
    std::uint64_t overridden_ = 0;
    object keeping_;
};

/// The objects whose functions Python overrides. C++ calls those from any thread, at any time, and
/// in the middle of another one of the object: so no call waits for another.
template <class T>
inline constinit handle_table<owned_pointer<T>, T, access::concurrent> overridable_table{
    type_symbol<T>.data(), &kind_in_table<T, owned_pointer<T>>};

/// A new one, which has no handle yet.
template <class T>
struct new_overridable {
    std::unique_ptr<T> object;

    T* take_handle() {
        const object_key key{object.get(), &python_class<T>, nullptr};
        return as_handle<T>(register_object<owned_pointer<T>>(key, [&]() -> const void* {
            const void* const handle = overridable_table<T>.emplace(std::move(object));
            revoke(*find_slot(handle), handle);
            return handle;
        }));
    }
};

/// What references that virtual functions have returned lead to: of each function, the last.
/// Thread safety: full; a thread that calls a function again ends what another one looks at.
class kept_results {
public:
    inline static std::mutex mutex;

    void keep(const void* function, std::shared_ptr<const void> result) {
        const std::lock_guard lock{mutex};
        for (auto& [key, last] : all_) {
            if (key == function) { return result.swap(last); }
        }
        all_.emplace_back(function, std::move(result));
    }

private:
    std::vector<std::pair<const void*, std::shared_ptr<const void>>> all_;
};

/// A result R of a virtual function as Python returns it: a value, or what shares an object. Of a
/// reference or pointer, the last one is kept by the object whose function it is.
template <class R>
struct override_result {
    static constexpr bool is_possible = !std::is_reference_v<R> && !std::is_pointer_v<R>;
    using value = std::conditional_t<is_possible, R, void>;
};
/// A reference to const is one to a copy.
template <class V>
    requires(std::is_copy_constructible_v<V>)
struct override_result<const V&> {
    static constexpr bool is_possible = true;
    using value = V;
    static const V& as_result(const V& kept) { return kept; }
};
template <>
struct override_result<const char*> {
    static constexpr bool is_possible = true;
    using value = std::string;
    static const char* as_result(const std::string& kept) { return kept.c_str(); }
};
/// Any other is one to the object of Python.
template <class V>
    requires(std::is_class_v<V>)
struct override_result<V*> {
    static constexpr bool is_possible = true;
    using value = std::shared_ptr<std::remove_const_t<V>>;
    static V* as_result(const value& kept) { return kept.get(); }
};
template <class V>
    requires(std::is_class_v<V> && !(std::is_const_v<V> && std::is_copy_constructible_v<V>))
struct override_result<V&> : override_result<V*> {
    static V& as_result(const std::shared_ptr<std::remove_const_t<V>>& kept) {
        if (kept == nullptr) {
            fail(status::type_error, {"the result is None, and not an object"});
        }
        return *kept;
    }
};

/// What each overridable<T> has, whatever T is. A copy of an object has no half in Python. An
/// author's class is as visible as this, which has no member of a hidden type.
class [[gnu::visibility("default")]] overridable_head {
public:
    overridable_head() noexcept = default;
    overridable_head(const overridable_head&) noexcept {}
    overridable_head& operator=(const overridable_head&) noexcept { return *this; }
    virtual ~overridable_head() {
        delete half();
        delete static_cast<kept_results*>(results_);
    }

    /// Returns: NULL if no class in Python is derived from that of the object.
    [[gnu::visibility("hidden")]] overriding_half* half() const noexcept {
        return static_cast<overriding_half*>(half_);
    }
    [[gnu::visibility("hidden")]] overriding_half& add_half() {
        if (half_ == nullptr) { half_ = new overriding_half; }
        return *half();
    }

    [[gnu::visibility("hidden")]] kept_results& results() const {
        const std::lock_guard lock{kept_results::mutex};
        if (results_ == nullptr) { results_ = new kept_results; }
        return *static_cast<kept_results*>(results_);
    }

private:
    void* half_ = nullptr;
    mutable void* results_ = nullptr;
};

template <class T, class Between>
struct overridable_class {
    static_assert(std::is_base_of_v<ffi::overridable<T>, Between>,
                  "overridable<> names a class that is derived from clib::ffi::overridable<T>, T "
                  "being the class that is listed");
    static_assert(std::has_virtual_destructor_v<T>,
                  "a class whose functions Python overrides has a virtual destructor");

    /// Tells an object which of its functions its class overrides.
    static void set_half(T& self, std::int64_t table, std::uint64_t overridden) {
        auto* const head = dynamic_cast<overridable_head*>(std::addressof(self));
        const void* const handle =
            object_registry::get().find({std::addressof(self), &python_class<T>, nullptr});
        slot_head* const slot = find_slot(handle);
        owned_pointer<T>* const pointer = slot != nullptr ? owned_in<T>(*slot) : nullptr;
        if (head == nullptr || pointer == nullptr) {
            fail(status::type_error, {"self was made by C++, and nothing overrides its functions"});
        }
        std::shared_ptr<const override_table> known = override_tables<T>::at(table);
        if (known->entries.size() < 64 && overridden >> known->entries.size() != 0) {
            fail(status::invalid, {"overridden has a bit that stands for no function"});
        }
        overriding_half& half = head->add_half();
        half.set(handle, *slot, std::move(known), overridden);
        pointer->set_half(&half);
    }
};

template <class T, class Between>
struct add_overrides {
    /// Returns: The number of a new table. `tell` returns the half of an object that it tells.
    std::int64_t operator()(std::function<object(overriding_self<T>, std::int64_t)> tell) const {
        auto table = std::make_shared<override_table>();
        table->tell = [tell = std::move(tell)](const void* handle, const slot_head* slot,
                                               half_event event) {
            return tell({as_handle<T>(handle), slot}, static_cast<std::int64_t>(event));
        };
        return override_tables<T>::add(std::move(table));
    }
};

/// The constructor of a class whose functions Python overrides.
template <class T, class Between, class... A>
struct overridable_constructor {
    static_assert(!std::is_abstract_v<Between>,
                  "the class that is between has to override each pure virtual function");
    static_assert(std::is_abstract_v<Between> || std::is_constructible_v<Between, A...>,
                  "the class has no constructor for arguments of these types; write `using "
                  "overridable::overridable;` in the class that is between");

    static new_overridable<T> make(A... arguments) {
        return {std::make_unique<Between>(std::forward<A>(arguments)...)};
    }
};

/// What is listed of one virtual function.
template <auto Member, class T, class Function>
struct overridable_function {
    static_assert(never<Function>, "overridable<> lists a virtual member function: write &T::name");
    static std::int64_t add(std::int64_t, std::int64_t);
    static void run_own(T&);
};
template <auto Member, class T, class Self, class R, class... A>
struct overridable_parts {
    static_assert(
        override_result<R>::is_possible,
        "a virtual function that Python overrides returns a value, a std::shared_ptr or a "
        "std::unique_ptr, a reference or pointer to an object, or one to const: what any "
        "other reference or pointer leads to would be gone");
    static_assert(std::is_polymorphic_v<T>, "the class has no virtual functions");
    using value = typename override_result<R>::value;
    using signature = value(overriding_self<T>, A...);

    static R run_own(Self& self, A... arguments) {
        struct scope {
            const void* outer;
            ~scope() { running_own = outer; }
        };
        const scope ends{
            std::exchange(running_own, dynamic_cast<const void*>(std::addressof(self)))};
        return (self.*Member)(std::forward<A>(arguments)...);
    }
    /// Returns: The bit that stands for it.
    static std::uint64_t add(std::int64_t table, override_function<signature> function) {
        auto& entries = override_tables<T>::at(table)->entries;
        if (entries.size() == 64) {
            fail(status::length, {"a class has at most 64 functions that Python overrides"});
        }
        entries.push_back(std::make_unique<typed_override<signature>>(
            &override_key<Member>, static_cast<std::function<signature>&&>(function)));
        return std::uint64_t{1} << (entries.size() - 1);
    }
};
template <auto Member, class T, class C, class R, class... A, bool IsNoexcept>
struct overridable_function<Member, T, R (C::*)(A...) noexcept(IsNoexcept)>
    : overridable_parts<Member, T, T, R, A...> {
    using result = R;
};
template <auto Member, class T, class C, class R, class... A, bool IsNoexcept>
struct overridable_function<Member, T, R (C::*)(A...) const noexcept(IsNoexcept)>
    : overridable_parts<Member, T, const T, R, A...> {
    using result = R;
};

template <auto Member>
[[noreturn, gnu::cold, gnu::noinline]] void refuse_pure_virtual() {
    const char* const name = function_symbol<Member>.data();
    fail(status::not_implemented_error,
         {name, "() is not defined; define it in the class of the object"});
}

}  // namespace detail

/// A class between T and what Python derives from it: the author's is derived from this, and
/// overrides the virtual functions of T, each by a call() or call_or().
template <class T>
class [[gnu::visibility("default")]] overridable : public T, public detail::overridable_head {
    template <auto Member>
    using result = typename detail::overridable_function<Member, T, decltype(Member)>::result;

public:
    using T::T;
    overridable() = default;

protected:
    /// Calls what Python has for the virtual function. Throws: what that raises;
    /// error(status::not_implemented_error) if it has none.
    template <auto Member, class... A>
    decltype(auto) call(A && ... arguments) const {
        const auto* const found = find<Member>();
        if (found == nullptr) [[unlikely]] { detail::refuse_pure_virtual<Member>(); }
        return result_of<Member>(*found, std::forward<A>(arguments)...);
    }
    /// The same; if Python has none, `own` is called without arguments: what T itself does.
    template <auto Member, class Own, class... A>
    auto call_or(const Own& own, A&&... arguments) const->result<Member> {
        static_assert(!std::is_reference_v<result<Member>> || std::is_reference_v<decltype(own())>,
                      "the function returns a reference, and so has its lambda to: write [&]() -> "
                      "decltype(auto) { ... }");
        const auto* const found = find<Member>();
        if (found == nullptr) { return static_cast<result<Member>>(own()); }
        return result_of<Member>(*found, std::forward<A>(arguments)...);
    }

private:
    /// Whether a reference or pointer leads to this object, which does not keep itself.
    template <class V>
    bool is_this([[maybe_unused]] V * object) const {
        if constexpr (std::is_polymorphic_v<V>) {
            return dynamic_cast<const void*>(object) == dynamic_cast<const void*>(this);
        }
        return false;
    }
    template <class V>
    bool is_this(V & object) const {
        return is_this(std::addressof(object));
    }
    template <auto Member, class Found, class... A>
    auto result_of(const Found& found, A&&... arguments) const->result<Member> {
        using as_returned = detail::override_result<result<Member>>;
        if constexpr (std::is_same_v<typename as_returned::value, result<Member>>) {
            return found.call(half()->template self<T>(), std::forward<A>(arguments)...);
        } else {
            auto last = std::make_shared<typename as_returned::value>(
                found.call(half()->template self<T>(), std::forward<A>(arguments)...));
            auto&& kept = as_returned::as_result(*last);
            if (!is_this(kept)) { results().keep(&detail::override_key<Member>, last); }
            return static_cast<result<Member>>(kept);
        }
    }
    template <auto Member>
    const auto* find() const {
        using function = detail::typed_override<
            typename detail::overridable_function<Member, T, decltype(Member)>::signature>;
        const function* found = nullptr;
        if (half() == nullptr) { return found; }
        if (detail::running_own == dynamic_cast<const void*>(this)) {
            detail::running_own = nullptr;
            return found;
        }
        return static_cast<const function*>(half()->find(&detail::override_key<Member>));
    }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
