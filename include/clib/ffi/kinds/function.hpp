// SPDX-License-Identifier: MIT
// std::function: a function of the caller's with any kinds of parameters and any result, which C++
// may keep. In C it is a function that gets one TUPLE of arguments and passes its result on:
//
//     std::function<R(A...)>          call(arguments, take, receiver, context)
//         | --- items of A... ------------------>  |
//         | <------------- take(receiver, R) ----  |
//         | <------------- 0, or a failure ------  |
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/detail/element.hpp>
#include <clib/ffi/detail/item.hpp>
#include <clib/ffi/detail/python_function.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/lent_object.hpp>
#include <clib/ffi/kinds/status.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// The result of a function of the caller's, from an item.
template <class Kind, class R>
class result_receiver {
public:
    static void take(void* receiver, const clib_item* item) noexcept {
        auto& self = *static_cast<result_receiver*>(receiver);
        try {
            self.value_.emplace(element<Kind, R>::read(*item, item_path{"the result"}));
        } catch (...) { self.error_ = std::current_exception(); }
    }
    R value(const char* parameter) {
        if (error_ != nullptr) { std::rethrow_exception(error_); }
        if (!value_.has_value()) {
            fail(status::callback, {parameter, " passed no result on; call take() once"});
        }
        return std::move(*value_);
    }

private:
    std::optional<R> value_;
    std::exception_ptr error_;
};
template <class Kind>
class result_receiver<Kind, void> {
public:
    static void take(void*, const clib_item*) noexcept {}
    void value(const char*) const noexcept {}
};

/// Calls a function of the caller's by its address.
template <class R, class ResultKind, class Arguments, class... Parts>
class foreign_function;
template <class R, class ResultKind, class... A, class... Parts>
class foreign_function<R, ResultKind, type_list<A...>, Parts...> {
    using function = kept_callback<std::int64_t, const clib_item*, clib_take_result, void*>;
    template <class Part, class T>
    using part = element<Part, std::remove_cvref_t<T>>;

public:
    foreign_function(const char* parameter, typename function::function_type call, void* context,
                     void (*release)(void*))
        : parameter_{parameter},
          function_{std::make_shared<function>(parameter, call, context, release)} {}

    R operator()(A... arguments) const {
        item_block block;
        std::size_t at = block.add_items(sizeof...(A));
        block.set_items(0, CLIB_KIND_TUPLE, at, sizeof...(A));
        ((part<Parts, A>::write(block, at, std::forward<A>(arguments)), at += sizeof(clib_item)),
         ...);
        const std::string items = std::move(block).finish();
        const auto* const tuple = reinterpret_cast<const clib_item*>(items.data());
        const handle_release scope{tuple};
        result_receiver<ResultKind, R> receiver;
        (*function_)(tuple, &receiver.take, &receiver);
        return receiver.value(parameter_);
    }

private:
    /// Frees the objects behind the handles that the function has not taken.
    class handle_release {
    public:
        explicit handle_release(const clib_item* tuple) noexcept : tuple_{tuple} {
            [[maybe_unused]] std::size_t i = 0;
            (permit<part<Parts, A>>(i++), ...);
        }
        ~handle_release() {
            [[maybe_unused]] std::size_t i = 0;
            (release_item<part<Parts, A>>(tuple_->value.items[i++]), ...);
        }
        handle_release(const handle_release&) = delete;
        handle_release& operator=(const handle_release&) = delete;

    private:
        template <class Element>
        void permit([[maybe_unused]] std::size_t i) noexcept {
            if constexpr (requires { typename Element::lending; }) {
                permissions_[i].begin(tuple_->value.items[i].value.handle);
            }
        }

        const clib_item* tuple_;
        std::array<use_permission, sizeof...(A)> permissions_;
    };

    const char* parameter_;
    std::shared_ptr<function> function_;
};

/// The kind of a std::function<R(A...)> whose result and arguments are of these kinds. Callee is
/// what native calls know a callable by.
template <class Callee, class Signature, class ResultKind, class... Parts>
struct function_kind;
template <class Callee, class R, class... A, class ResultKind, class... Parts>
struct function_kind<Callee, R(A...), ResultKind, Parts...>
    : basic_kind<CLIB_KIND_FUNCTION, clib_function_call, void*, void (*)(void*)> {
    using parts = type_list<ResultKind, Parts...>;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }

    using native_function = python_function<Callee, R, ResultKind, type_list<A...>, Parts...>;

    /// An empty one, if `call` is NULL.
    static std::function<R(A...)> from_c(clib_function_call call, void* context,
                                         void (*release)(void*), const char* parameter) {
        if (release == &release_native_function) {
            auto* const callable = static_cast<native_function*>(context);
            if (callable == nullptr) { return {}; }
            return std::move(*callable).for_parameter(parameter);
        }
        if (call == nullptr) { return {}; }
        return foreign_function<R, ResultKind, type_list<A...>, Parts...>{parameter, call, context,
                                                                          release};
    }

    class argument {
    public:
        static constexpr bool is_native = native_function::is_native;
        bool read(python_object* object) noexcept {
            if (python.PyCallable_Check(object) == 0) { return false; }
            try {
                function_.emplace(object);
            } catch (...) { return false; }
            return true;
        }
        static bool read_default(const clib_value&) noexcept { return true; }
        std::tuple<clib_function_call, void*, void (*)(void*)> c_values() noexcept {
            return {nullptr, function_.has_value() ? &*function_ : nullptr,
                    &release_native_function};
        }

    private:
        std::optional<native_function> function_;
    };
};

/// The kind of what a function of the caller's gets: an object by reference or pointer is lent.
template <class Catalogue, class A>
struct function_argument {
    using type = part_result<Catalogue, std::remove_cvref_t<A>>;
};
template <class Catalogue, class A>
    requires(lends_object<Catalogue, A>)
struct function_argument<Catalogue, A> {
    using type = kinds::lent_object<lent_class<A>, derived_classes<Catalogue, lent_class<A>>>;
};
template <class Catalogue, class A>
using argument_part = typename function_argument<Catalogue, A>::type;
/// Whether a function that has an A cannot change what it does not own.
template <class Catalogue, class A>
concept passes_value = lends_object<Catalogue, A> || !std::is_lvalue_reference_v<A> ||
                       std::is_const_v<std::remove_reference_t<A>>;
template <class Catalogue, class R>
struct function_result {
    using type = part_parameter<Catalogue, R>;
};
template <class Catalogue>
struct function_result<Catalogue, void> {
    using type = void;
};

}  // namespace detail

namespace kinds {
/// Stands for a std::function<R(A...)>, whose result and arguments are of these kinds.
template <class Signature, class ResultKind, class... Parts>
struct function;
}  // namespace kinds

template <class Signature, class ResultKind, class... Parts>
struct kind<kinds::function<Signature, ResultKind, Parts...>>
    : detail::function_kind<detail::shared_callable, Signature, ResultKind, Parts...> {};

template <class Catalogue, class R, class... A>
    requires((detail::passes_value<Catalogue, A> && ...) &&
             (detail::part_kind<typename detail::function_result<Catalogue, R>::type> && ... &&
              detail::part_kind<detail::argument_part<Catalogue, A>>))
struct cpp_parameter_match<Catalogue, std::function<R(A...)>> {
    using type = kinds::function<R(A...), typename detail::function_result<Catalogue, R>::type,
                                 detail::argument_part<Catalogue, A>...>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
