// SPDX-License-Identifier: MIT
// A callable of Python as a function object, natively: it has a reference to the callable, and may
// be called, copied and destroyed in any thread.
#pragma once

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/element.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/interrupt.hpp>
#include <clib/ffi/detail/handle/lock_request.hpp>
#include <clib/ffi/detail/python_call.hpp>
#include <clib/ffi/detail/python_callable.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/python.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Tells a callable of a native call from a function of C. Nobody calls it.
inline void release_native_function(void*) noexcept {}

/// What a library calls of the package for a callable that C++ may keep (clib_python).
struct callable_functions {
    python_object* convert;    ///< convert(callable, result, kind): the result in its usual type.
    python_object* keep;       ///< keep(type, value, traceback, callable): a number.
    release_function release;  ///< Ends with the interpreter (forget_callbacks()).
};
inline constinit callable_functions callables{};

/// A reference to a callable. Its interpreter may have ended.
class shared_callable {
public:
    explicit shared_callable(python_object* function) noexcept
        : function_{new_reference(function)}, release_{callables.release} {}
    ~shared_callable() {
        if (is_native_caller()) {
            const native_kept_call counted;
            const native_callback_scope scope;
            if (!has_ended()) { drop(); }
            return;
        }
        const kept_call counted;
        const callback_scope scope;
        const lock_request request{scope.had_lock()};
        if (has_ended() || request.blocking_call() != nullptr) { return; }
        const trampoline_scope trampoline;
        const python_locked lock;
        drop();
    }
    shared_callable(const shared_callable&) = delete;
    shared_callable& operator=(const shared_callable&) = delete;

    python_object* get() const noexcept { return function_; }
    /// Returns: What it returns, or NULL with an exception set. Owns the arguments.
    template <std::same_as<python_object*>... Object>
    python_object* call(Object... arguments) const noexcept {
        return call_python(function_, arguments...);
    }
    bool has_ended() const noexcept {
        const void* const ending = python.ending_thread.load(std::memory_order_relaxed);
        return detail::has_ended(release_) || (ending != nullptr && ending != this_thread());
    }

private:
    void drop() const noexcept {
        python_object* type = nullptr;
        python_object* value = nullptr;
        python_object* traceback = nullptr;
        python.PyErr_Fetch(&type, &value, &traceback);
        python.Py_DecRef(function_);
        python.PyErr_Restore(type, value, traceback);
    }

    python_object* function_;
    release_function release_;
};

/// A reference to a function that calls the method of its own name of its first argument; so the
/// method is called itself.
class shared_method : public shared_callable {
public:
    explicit shared_method(python_object* function)
        : shared_callable{function}, name_{python.PyObject_GetAttrString(function, "__name__")} {
        if (name_ == nullptr) {
            python.PyErr_Clear();
            fail(status::type_error, {"a function that stands for a method has its name"});
        }
        python.Py_DecRef(name_);
    }
    template <std::same_as<python_object*>... Object>
    python_object* call(Object... arguments) const noexcept {
        python_object* objects[] = {nullptr, arguments...};
        python_object* const result =
            (... && (arguments != nullptr))
                ? python.PyObject_VectorcallMethod(name_, objects + 1,
                                                   sizeof...(arguments) | has_place_before, nullptr)
                : nullptr;
        (..., python.Py_DecRef(arguments));
        return result;
    }

private:
    python_object* name_;  // the function's
};

/// Effects: The package keeps the exception that has just been raised. Returns: Its number.
[[gnu::cold, gnu::noinline]] inline std::uint64_t keep_python_error(
    python_object* function) noexcept {
    python_object* parts[3] = {};
    python.PyErr_Fetch(&parts[0], &parts[1], &parts[2]);
    for (python_object*& part : parts) {
        if (part == nullptr) { part = new_reference(python.none); }
    }
    const owned_object number{
        call_python_rarely(callables.keep, parts[0], parts[1], parts[2], new_reference(function))};
    if (number.get() == nullptr) {
        python.PyErr_Clear();
        return native_exception;
    }
    return python.PyLong_AsUnsignedLongLong(number.get());
}

/// Adds what the package needs to know of a kind: 25(13) is a list of text.
template <class K>
void add_kind_text(std::string& text) {
    text += std::to_string(kind<K>::number);
    if constexpr (!std::is_void_v<typename kind<K>::class_type>) {
        text.append(1, ':').append(type_symbol<typename kind<K>::class_type>.data());
    }
    if constexpr (kind<K>::parts::size > 0) {
        [&]<class... Part>(type_list<Part...>) {
            text += '(';
            ((add_kind_text<Part>(text), text += ','), ...);
            text.back() = ')';
        }(typename kind<K>::parts{});
    }
    if constexpr (kind<K>::count > 0) { text += '*' + std::to_string(kind<K>::count); }
}

/// Returns: What the package makes of an unusual result: a new reference, or NULL with an
/// exception set.
template <class K>
[[gnu::cold, gnu::noinline]] python_object* converted_result(python_object* function,
                                                             python_object* result) {
    std::string text;
    add_kind_text<K>(text);
    return call_python_rarely(callables.convert, new_reference(function), new_reference(result),
                              text_to_python(text));
}

/// Passes an argument to a callable: what is lent is so until this ends.
template <class Element>
struct passing {
    template <class Value>
    static python_object* to_python(Value&& value) {
        return Element::to_python(std::forward<Value>(value));
    }
};
template <class Element>
    requires requires { typename Element::lending; }
struct passing<Element> : Element::lending {};

/// Calls a callable, which a Callee refers to, as a C++ function.
template <class Callee, class R, class ResultKind, class Arguments, class... Parts>
class python_function;
template <class Callee, class R, class ResultKind, class... A, class... Parts>
class python_function<Callee, R, ResultKind, type_list<A...>, Parts...> {
    template <class Part, class T>
    using part = element<Part, std::remove_cvref_t<T>>;
    static constexpr bool is_result_native = [] {
        if constexpr (std::is_void_v<R>) {
            return true;
        } else {
            return element<ResultKind, R>::is_argument_native;
        }
    }();
    using value = std::conditional_t<std::is_void_v<R>, bool, R>;

public:
    static constexpr bool is_native = is_result_native && (part<Parts, A>::is_result_native && ...);

    explicit python_function(python_object* function)
        : function_{std::make_shared<const Callee>(function)} {}

    /// Returns: The same, which names `parameter` where it fails.
    python_function for_parameter(const char* parameter) && noexcept {
        parameter_ = parameter;
        return std::move(*this);
    }

    /// Returns: The callable, if nobody else refers to it by the same reference; else NULL.
    python_object* callable() const noexcept {
        return function_.use_count() == 1 ? function_->get() : nullptr;
    }

    R operator()(A... arguments) const {
        std::optional<value> result;
        if (is_native_caller()) [[likely]] {
            call_natively(result, arguments...);
        } else {
            call_elsewhere(result, arguments...);
        }
        if constexpr (!std::is_void_v<R>) { return std::move(*result); }
    }

private:
    /// For a thread that has the lock.
    void call_natively(std::optional<value>& result,
                       std::add_lvalue_reference_t<A>... arguments) const {
        const native_kept_call counted;
        require_interpreter();
        std::uint64_t exception = 0;
        {
            const native_callback_scope scope;
            try {
                exception = run(result, arguments...);
            } catch (...) { refuse_thrown(parameter_); }
        }
        if (exception != 0) [[unlikely]] {
            const callback_failure_scope failure;
            fail_callback(parameter_, exception);
        }
    }
    [[gnu::cold, gnu::noinline]] void call_elsewhere(
        std::optional<value>& result, std::add_lvalue_reference_t<A>... arguments) const {
        const kept_call counted;
        require_interpreter();
        call_back(parameter_, [&] {
            const trampoline_scope scope;
            const python_locked lock;
            callback_exception = run(result, arguments...);
        });
    }
    void require_interpreter() const {
        if (function_->has_ended()) [[unlikely]] {
            fail(status::callback,
                 {parameter_, " belongs to an interpreter that has ended; replace it before that"});
        }
    }
    /// Returns: The number of what it has raised, or 0.
    std::uint64_t run(std::optional<value>& result,
                      std::add_lvalue_reference_t<A>... arguments) const {
        std::tuple<passing<part<Parts, A>>...> passed;  // ends after the call
        const owned_object returned{std::apply(
            [&](auto&... each) {
                return function_->call(each.to_python(std::forward<A>(arguments))...);
            },
            passed)};
        return returned.get() != nullptr && take(returned.get(), result)
                   ? 0
                   : keep_python_error(function_->get());
    }
    /// Returns: Whether it is a result; if not, an exception is set.
    bool take([[maybe_unused]] python_object* returned, std::optional<value>& result) const {
        if constexpr (!std::is_void_v<R>) {
            const auto read = [&](python_object* object) {
                try {
                    return element<ResultKind, R>::template from_python<true>(
                        object,
                        [&](auto&& each) { result.emplace(std::forward<decltype(each)>(each)); });
                } catch (...) { return false; }
            };
            if (read(returned)) { return true; }
            const owned_object usual{converted_result<ResultKind>(function_->get(), returned)};
            if (usual.get() == nullptr) { return false; }
            if (!read(usual.get())) {
                fail(status::type_error, {"the result is of a type that it cannot have"});
            }
        }
        return true;
    }

    const char* parameter_ = "";
    std::shared_ptr<const Callee> function_;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
