// SPDX-License-Identifier: MIT
// Google's RE2 for every language: patterns, the groups of a match, and sets of patterns that are
// looked for in one pass. regex.py uses it from Python.
#include <clib/ffi.hpp>

#include <re2/re2.h>
#include <re2/set.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace ffi = clib::ffi;

struct pattern : RE2 {
    explicit pattern(std::string_view text) : RE2{text, RE2::Quiet} {
        if (!ok()) { throw std::invalid_argument{RE2::error()}; }
    }
};

// What C sees is a regex*, regex_match* or regex_set*. RE2 lets many threads match at once.
struct regex;
struct regex_match;
struct regex_set;
static constinit ffi::handle_table<pattern, regex, ffi::access::concurrent> patterns{"regex"};
static constinit ffi::handle_table<std::vector<std::string>, regex_match> matches{"regex_match"};
static constinit ffi::handle_table<RE2::Set, regex_set, ffi::access::concurrent> sets{"regex_set"};

extern "C" {
CLIB_EXPORT regex* regex_new(const char* text, size_t size) noexcept {
    return ffi::call([&] { return patterns.emplace(ffi::bytes(text, size, "pattern")); });
}
CLIB_EXPORT regex_match* regex_search(regex* self, const char* text, size_t size) noexcept {
    return ffi::call([&] {
        const auto pattern = patterns.at(self);
        const int count = pattern->NumberOfCapturingGroups() + 1;
        std::vector<re2::StringPiece> groups(static_cast<size_t>(count));
        const bool found = pattern->Match(ffi::bytes(text, size, "text"), 0, size, RE2::UNANCHORED,
                                          groups.data(), count);
        return matches.emplace(groups.begin(), found ? groups.end() : groups.begin());
    });
}
CLIB_EXPORT int64_t regex_count(regex* self, const char* text, size_t size) noexcept {
    return ffi::call([&] {
        const auto pattern = patterns.at(self);
        const auto all = ffi::bytes(text, size, "text");
        int64_t count = 0;
        re2::StringPiece found;
        for (size_t at = 0; pattern->Match(all, at, size, RE2::UNANCHORED, &found, 1); ++count) {
            at = static_cast<size_t>(found.end() - all.data()) + (found.empty() ? 1 : 0);
            while (at < size && (all[at] & 0xC0) == 0x80) { ++at; }  // not inside a character
        }
        return count;
    });
}
CLIB_EXPORT const char* regex_replace_all(regex* self, const char* text, size_t text_size,
                                          const char* rewrite, size_t rewrite_size) noexcept {
    return ffi::call([&] {
        const auto pattern = patterns.at(self);
        const auto with = ffi::bytes(rewrite, rewrite_size, "rewrite");
        std::string result{ffi::bytes(text, text_size, "text")};
        std::string reason;
        if (!pattern->CheckRewriteString(with, &reason)) { throw std::invalid_argument{reason}; }
        RE2::GlobalReplace(&result, *pattern, with);
        return result;
    });
}
CLIB_EXPORT ffi::status regex_free(regex* self) noexcept { return patterns.free(self); }
CLIB_EXPORT int64_t regex_match_size(regex_match* self) noexcept {
    return ffi::call([&] { return matches.at(self)->size(); });
}
CLIB_EXPORT const char* regex_match_group(regex_match* self, int64_t index) noexcept {
    return ffi::call([&] { return ffi::element(*matches.at(self), index); });
}
CLIB_EXPORT ffi::status regex_match_free(regex_match* self) noexcept { return matches.free(self); }
CLIB_EXPORT regex_set* regex_set_new(const char* text, size_t size) noexcept {
    return ffi::call([&] {
        RE2::Set set{RE2::Quiet, RE2::UNANCHORED};
        std::istringstream lines{std::string{ffi::bytes(text, size, "patterns")}};
        for (std::string line, reason; std::getline(lines, line);) {
            if (set.Add(line, &reason) < 0) { throw std::invalid_argument{reason}; }
        }
        if (!set.Compile()) { throw std::bad_alloc{}; }
        return sets.emplace(std::move(set));
    });
}
CLIB_EXPORT int64_t regex_set_each(regex_set* self, const char* text, size_t size,
                                   void (*found)(int64_t, void*), void* context) noexcept {
    return ffi::call([&] {
        std::vector<int> indices;
        RE2::Set::ErrorInfo info{};
        sets.at(self)->Match(ffi::bytes(text, size, "text"), &indices, &info);
        if (info.kind == RE2::Set::kOutOfMemory) { throw std::bad_alloc{}; }
        for (const int index : indices) { ffi::call_back("found", found, index, context); }
        return indices.size();
    });
}
CLIB_EXPORT ffi::status regex_set_free(regex_set* self) noexcept { return sets.free(self); }
}

CLIB_MODULE(regex, "1.0", "Regular expressions by RE2, in time linear to the text.",
    type<regex>("Pattern").constructor<&regex_new>("pattern").destructor<&regex_free>()
        .method<&regex_search>("search", "text").doc("The first match; empty, and false, if none.")
        .method<&regex_count>("count", "text").doc("How many matches there are.").may_block()
        .method<&regex_replace_all>("replace_all", "text", "rewrite").may_block(),
    type<regex_match>("Match", "What matches, then each group.").destructor<&regex_match_free>()
        .method<&regex_match_size>("__len__").method<&regex_match_group>("__getitem__", "index"),
    type<regex_set>("PatternSet", "Patterns, one a line, that are looked for in one pass.")
        .constructor<&regex_set_new>("patterns").destructor<&regex_set_free>()
        .method<&regex_set_each>("each", "text", "found").may_block());
