// SPDX-License-Identifier: MIT
// What an object of C++ refers to of Python, for Python's garbage collector: callables behind
// std::function, passed objects, and objects whose functions Python overrides. A reference that
// several have is left out, and so keeps what it refers to.
#pragma once

#include <clib/ffi/detail/handle/slot.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/other_half.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/function.hpp>
#include <clib/ffi/object.hpp>
#include <clib/ffi/python.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// visit(function) of each callable or object that a value of type V refers to.
template <class Catalogue, class V>
struct references_in {
    template <class Visit>
    static void each([[maybe_unused]] const V& value, [[maybe_unused]] const Visit& visit) {
        if constexpr (requires { value.begin() != value.end(); }) {
            for (const auto& each : value) {
                references_in<Catalogue, std::remove_cvref_t<decltype(each)>>::each(each, visit);
            }
        } else {
            static_assert(never<V>,
                          "traverse<> names what holds a std::function, a clib::ffi::object, a "
                          "std::shared_ptr, or a container of such");
        }
    }
};
template <class Catalogue, class R, class... A>
struct references_in<Catalogue, std::function<R(A...)>> {
    template <class Visit>
    static void each(const std::function<R(A...)>& function, const Visit& visit) {
        using match = typename cpp_parameter_match<Catalogue, std::function<R(A...)>>::type;
        const auto* const callable =
            function.template target<typename kind<match>::native_function>();
        if (callable != nullptr && callable->callable() != nullptr) { visit(callable->callable()); }
    }
};
template <class Catalogue>
struct references_in<Catalogue, object> {
    template <class Visit>
    static void each(const object& value, const Visit& visit) {
        if (python_object* const referred = native_object_of(value); referred != nullptr) {
            visit(referred);
        }
    }
};
template <class Catalogue, class T>
struct references_in<Catalogue, std::shared_ptr<T>> {
    template <class Visit>
    static void each(const std::shared_ptr<T>& value, const Visit& visit) {
        const auto* const keeper = std::get_deleter<half_keeper>(value);
        if (keeper != nullptr && value.use_count() == 1) {
            references_in<Catalogue, object>::each(keeper->half, visit);
        }
    }
};
template <class Catalogue, class V>
struct references_in<Catalogue, std::optional<V>> {
    template <class Visit>
    static void each(const std::optional<V>& value, const Visit& visit) {
        if (value.has_value()) { references_in<Catalogue, V>::each(*value, visit); }
    }
};
template <class Catalogue, class K, class V>
struct references_in<Catalogue, std::pair<K, V>> {
    template <class Visit>
    static void each(const std::pair<K, V>& value, const Visit& visit) {
        references_in<Catalogue, V>::each(value.second, visit);
    }
};

/// What is listed of the values of a class that refer to Python. Each Member is a data member, or
/// a function that takes a T& and returns a reference.
template <class T, auto... Member>
struct traversal {
    /// Effects: The object refers to nothing of them any more.
    void operator()(T& object) const {
        const auto dropped = take(object);  // what Python does then is done last
        static_cast<void>(dropped);
    }
    static auto take(T& object) {
        return std::tuple{std::exchange(std::invoke(Member, object), {})...};
    }
    template <class Catalogue, class Visit>
    static void each(T& object, const Visit& visit) {
        (references_in<Catalogue, std::remove_cvref_t<decltype(std::invoke(Member, object))>>::each(
             std::invoke(Member, object), visit),
         ...);
    }
};

/// An object of Python's, if nobody uses it: the garbage collector waits for nobody.
template <class T>
class idle_object {
public:
    /// Requires: The interpreter's lock.
    explicit idle_object(python_object* self) noexcept {
        const python_head& head = head_of(self);
        if (head.handle == 0 || head.slot == nullptr || head.slot == &slot_that_closes ||
            !head.slot->is_at(reinterpret_cast<const void*>(head.handle)) ||
            !head.slot->state.is_open() || !head.slot->state.is_reserved() ||
            !is_of_class<T>(*head.slot) ||
            !head.slot->state.enter_reserved(head.slot->kind->mode)) {
            return;
        }
        slot_ = head.slot;
    }
    ~idle_object() {
        if (slot_ != nullptr) { slot_->leave(); }
    }
    idle_object(const idle_object&) = delete;
    idle_object& operator=(const idle_object&) = delete;

    T* get() const noexcept {
        return slot_ != nullptr ? static_cast<T*>(slot_->kind->listed->object(*slot_)) : nullptr;
    }

private:
    slot_head* slot_ = nullptr;
};

/// tp_traverse and tp_clear.
template <class Catalogue, class T, class Traversal>
struct python_traversal {
    static int traverse(python_object* self, int (*visit)(python_object*, void*),
                        void* argument) noexcept {
        const idle_object<T> object{self};
        int stopped = 0;
        if (object.get() != nullptr) {
            Traversal::template each<Catalogue>(*object.get(), [&](python_object* each) {
                if (stopped == 0) { stopped = visit(each, argument); }
            });
        }
        return stopped;
    }
    static int clear(python_object* self) noexcept {
        using values = decltype(Traversal::take(std::declval<T&>()));
        std::optional<values> dropped;
        {
            const idle_object<T> object{self};
            if (object.get() != nullptr) { dropped.emplace(Traversal::take(*object.get())); }
        }
        return 0;
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
