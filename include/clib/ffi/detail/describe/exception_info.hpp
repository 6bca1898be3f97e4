// SPDX-License-Identifier: MIT
// The exceptions that a module lists: their records, and the way of one across the border.
//
//     throw parse_error --> call() --> report() --> a status, and details of text --> ParseError
//     throw parse_error <-- call_back() <-- throw_own() <-- details of text <-- raise ParseError
//
// A module that lists none has nothing of this but an empty table.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/checksum.hpp>
#include <clib/ffi/detail/describe/cpp_signature.hpp>
#include <clib/ffi/detail/describe/exception_member.hpp>
#include <clib/ffi/detail/describe/value_info.hpp>
#include <clib/ffi/detail/failure_report.hpp>
#include <clib/ffi/detail/handled_exception.hpp>
#include <clib/ffi/exceptions.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The exception of Python that a T is where it is not listed.
template <class T>
constexpr const char* usual_base() {
    if constexpr (std::is_base_of_v<error, T>) { return "Error"; }
    if constexpr (std::is_base_of_v<std::system_error, T>) { return "OSError"; }
    if constexpr (std::is_base_of_v<std::bad_alloc, T>) { return "MemoryError"; }
    if constexpr (std::is_base_of_v<std::invalid_argument, T>) { return "ValueError"; }
    if constexpr (std::is_base_of_v<std::out_of_range, T>) { return "IndexError"; }
    if constexpr (std::is_base_of_v<std::length_error, T>) { return "OverflowError"; }
    if constexpr (std::is_base_of_v<std::overflow_error, T>) { return "OverflowError"; }
    return std::is_base_of_v<std::exception, T> ? "RuntimeError" : "Exception";
}

template <class Entry>
struct exception_class;
template <class T, auto Text, auto... Members>
struct exception_class<exception_entry<T, Text, Members...>> {
    using type = T;
    static constexpr auto text = Text;
    static constexpr bool has_text = !std::is_null_pointer_v<decltype(Text)>;
    using members = exception_members<T, Members...>;
};

/// Thrown for an exception of Python, so that it is the same one if it goes on to Python.
template <class T>
struct raised_again : T, raised_exception {
    raised_again(T&& as_listed, const callback_error& as_raised)
        : T{std::move(as_listed)}, raised_exception{as_raised} {}
};

template <class Module>
class exception_table {
    using content = typename catalogue<Module>::content;
    using translators = typename content::translators;
    template <std::size_t I>
    using info = exception_class<typename type_at<I, typename content::exceptions>::type>;
    template <std::size_t I>
    static constexpr const exception_data& data = catalogue<Module>::data.exceptions[I];
    template <std::size_t I>
    using class_at = typename info<I>::type;

public:
    static constexpr std::size_t count = content::exceptions::size;

private:
    static constexpr std::size_t translator_count = translators::size;
    static constexpr std::size_t none = count;
    static constexpr std::int64_t status_of(std::size_t index) {
        return -501 - static_cast<std::int64_t>(index);
    }

    /// The place of the exception that the one at I is derived from, or none.
    template <std::size_t I>
    static constexpr std::size_t base_of = [] {
        std::size_t found = none;
        [&]<std::size_t... J>(std::index_sequence<J...>) {
            ((found = std::is_base_of_v<class_at<J>, class_at<I>> ? J : found), ...);
        }
        (std::make_index_sequence<I>());
        return found;
    }();
    template <std::size_t I>
    static constexpr bool is_after_its_bases = [] {
        return [&]<std::size_t... J>(std::index_sequence<J...>) {
            return (... && (J <= I || !std::is_base_of_v<class_at<J>, class_at<I>>));
        }
        (std::make_index_sequence<count>());
    }();

    template <std::size_t I>
    static constexpr clib_exception make_record() {
        static_assert(is_after_its_bases<I>, "list an exception after those it is derived from");
        clib_exception record{};
        record.size = sizeof record;
        record.status = status_of(I);
        record.name = data<I>.name;
        record.doc = data<I>.doc;
        record.builtin = data<I>.base;
        std::uint64_t base = none;
        if constexpr (base_of<I> != none) {
            base = base_of<I>;
        } else if (*data<I>.base == '\0') {
            record.builtin = usual_base<class_at<I>>();
        }
        record.members = member_values<I>.data();
        record.member_count = member_values<I>.size() - 1;
        crc32 sum;
        sum.number(static_cast<std::uint64_t>(record.status)).text(record.name).text(record.doc);
        sum.number(base).text(record.builtin).number(record.member_count);
        for (std::size_t i = 0; i < record.member_count; ++i) { add_value(sum, record.members[i]); }
        record.checksum = sum.value();
        return record;
    }
    template <std::size_t I>
    static constexpr auto member_values = info<I>::members::values(catalogue<Module>::data.members +
                                                                   data<I>.first_member);

public:
    /// The records, and one more. They have no bases yet.
    static constexpr auto all = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<clib_exception, count + 1>{make_record<I>()..., clib_exception{}};
    }
    (std::make_index_sequence<count>());
    static constexpr auto bases = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<std::size_t, count + 1>{base_of<I>..., none};
    }
    (std::make_index_sequence<count>());

private:
    // --- From C++ to other languages ------------------------------------------------------------

    template <std::size_t I>
    static void add_members(const class_at<I>& exception, failure_report& report) noexcept {
        if constexpr (base_of<I> != none) { add_members<base_of<I>>(exception, report); }
        info<I>::members::add_parts(exception, report);
    }
    template <std::size_t I>
    static void report_one(const class_at<I>& exception, failure_report& report) noexcept {
        constexpr auto code = static_cast<status>(status_of(I));
        std::string text;
        try {
            if constexpr (info<I>::has_text) {
                text = std::string_view{std::invoke(info<I>::text, exception)};
            } else if constexpr (std::is_base_of_v<std::exception, class_at<I>>) {
                text = reason_of(exception);
            } else {
                text = std::string{"it has thrown a "} + data<I>.name;
            }
        } catch (...) { text.clear(); }
        report.add(code, text.c_str());
        report.add_part('w', text);
        add_members<I>(exception, report);
        if constexpr (std::is_polymorphic_v<class_at<I>>) { report_cause_of(exception, report); }
    }

    /// Handlers around each other: the innermost, of what is listed last, is the first to be asked.
    template <std::size_t I>
    static void rethrow(failure_report& report) {
        if constexpr (I == count) {
            rethrow_to_translator<0>(report);
        } else {
            try {
                rethrow<I + 1>(report);
            } catch (const class_at<I>& exception) {
#ifdef __cpp_rtti
                if constexpr (std::is_base_of_v<class_at<I>, error> &&
                              !std::is_same_v<class_at<I>, error>) {
                    // Those of clib itself go on being what they are.
                    if (dynamic_cast<const error*>(&exception) != nullptr) { throw; }
                }
#endif
                report_one<I>(exception, report);
            }
        }
    }
    template <std::size_t I>
    static void rethrow_to_translator(failure_report& report) {
        if constexpr (I == translator_count) {
            // What a callable has raised goes on to its caller.
            try {
                throw;
            } catch (const raised_exception& raised) {
                const callback_error& failure = raised.error;
                report.add(failure.code(), reason_of(failure), 0, failure.take_exception());
            } catch (const callback_error& failure) {
                report.add(failure.code(), reason_of(failure), 0, failure.take_exception());
            }
        } else {
            constexpr auto function = type_at<I, translators>::type::function;
            using signature = cpp_signature<std::remove_const_t<decltype(function)>, void>;
            using parameter = typename first_of<typename signature::parameters>::type;
            try {
                rethrow_to_translator<I + 1>(report);
                // NOLINTNEXTLINE(misc-throw-by-value-catch-by-reference): it is a reference
            } catch (parameter exception) {
                if (report.is_translated) { throw; }
                translate(function, exception, report);
            }
        }
    }
    template <class Parameters>
    struct first_of {
        static_assert(never<Parameters>, "a translator takes one exception, by reference to const");
        using type = const std::exception&;
    };
    template <class P>
        requires std::is_const_v<std::remove_reference_t<P>> && std::is_lvalue_reference_v<P>
    struct first_of<type_list<P>> {
        using type = P;
    };

    template <class Function, class Exception>
    static void translate(const Function& function, const Exception& exception,
                          failure_report& report) noexcept {
        report.is_translated = true;
        try {
            std::invoke(function, exception);
            report.add(status::unknown, "its translator has thrown nothing");
        } catch (...) { report_current_exception(report); }
        report.is_translated = false;
    }

    template <std::size_t I>
    static bool report_exactly(const handled_exception& handled, failure_report& report) noexcept {
        const auto* const exception = handled.exactly<class_at<I>>();
        if (exception != nullptr) { report_one<I>(*exception, report); }
        return exception != nullptr;
    }
    /// Whether the usual exceptions are of a class that is listed.
    template <std::size_t... I>
    static constexpr bool has_usual(std::index_sequence<I...>) {
        return any_of({std::is_base_of_v<class_at<I>, error>...,
                       std::is_base_of_v<class_at<I>, std::invalid_argument>...,
                       std::is_base_of_v<class_at<I>, std::out_of_range>..., false});
    }
    /// The quick way, without throwing it again.
    template <std::size_t... I>
    static bool report_known(failure_report& report, std::index_sequence<I...> places) noexcept {
        const handled_exception handled;
        return (... || report_exactly<I>(handled, report)) ||
               (!has_usual(places) && report_usual_exception(handled, report));
    }

    static bool report(failure_report& report) {
        if constexpr (translator_count == 0) {
            if (report_known(report, std::make_index_sequence<count>())) { return true; }
        }
        try {
            rethrow<0>(report);
            return true;
        } catch (...) { return false; }
    }

    // --- From other languages to C++ ------------------------------------------------------------

    template <std::size_t I>
    static constexpr auto all_members() {
        if constexpr (base_of<I> != none) {
            return joined_members(all_members<base_of<I>>(), typename info<I>::members{});
        } else {
            return typename info<I>::members{};
        }
    }
    template <std::size_t I>
    static void throw_one(const callback_error& failure, exception_parts parts) {
        using type = class_at<I>;
        using members = decltype(all_members<I>());
        using maker = exception_maker<type, info<I>::text, members>;
        if constexpr (maker::can_make) {
            if constexpr (std::is_final_v<type>) {
                throw maker::make(parts);
            } else {
                throw raised_again<type>{maker::make(parts), failure};
            }
        }
    }
    static void throw_own(const callback_error& failure, const raised_details& details) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((details.status == status_of(I) ? throw_one<I>(failure, exception_parts{details.parts})
                                             : void()),
             ...);
        }
        (std::make_index_sequence<count>());
    }

    static void keep_raised(std::int64_t code, const char* details, std::uint64_t length) noexcept {
        try {
            delete std::exchange(callback_details, nullptr);
            callback_details =
                new raised_details{code, {details, static_cast<std::size_t>(length)}};
        } catch (...) { return; }  // there is no memory for it
    }

public:
    /// clib_module::exception_raised.
    static constexpr auto raised() {
        using pointer = void (*)(std::int64_t, const char*, std::uint64_t);
        if constexpr (count != 0) {
            return pointer{&keep_raised};
        } else {
            return pointer{nullptr};
        }
    }

    /// Effects: Every call() and call_back() of the library knows the exceptions from now on.
    static constexpr bool install() {
        if constexpr (count + translator_count != 0) {
            listed_exceptions.store(&report, std::memory_order_release);
        }
        if constexpr (count != 0) { throw_listed.store(&throw_own, std::memory_order_release); }
        return count != 0;
    }
};

/// Effects: As install(). Of a listing that does not compile, nothing. Returns: Whether there are
/// any.
template <class Module>
bool install_exceptions() {
    if constexpr (has_listing<Module>) { return exception_table<Module>::install(); }
    return false;
}

/// The records with their bases, as the table has them.
template <class Module>
struct exception_records {
    using table = exception_table<Module>;
    static const std::array<clib_exception, table::count + 1> items;
};
template <class Module>
const std::array<clib_exception, exception_table<Module>::count + 1>
    exception_records<Module>::items = [] {
        auto records = table::all;
        for (std::size_t i = 0; i < table::count; ++i) {
            if (table::bases[i] != table::count) { records[i].base = &items[table::bases[i]]; }
        }
        return records;
    }();

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
