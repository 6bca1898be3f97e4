// SPDX-License-Identifier: MIT
#include <clib/ffi.hpp>

#include <map>
#include <string>

class word_count {
public:
    int add(const std::string& word) { return ++counts_[word]; }

private:
    std::map<std::string, int> counts_;
};

extern "C" CLIB_EXPORT int64_t words_answer() noexcept {
    return clib::ffi::call([] { return 42; });
}

CLIB_MODULE(words, "1.0", "Counts words.",
    type<word_count>("WordCount").constructor<>().method<&word_count::add>("add", "word"),
    function<&words_answer>("answer"));
