// SPDX-License-Identifier: MIT
// A library whose functions take and return containers; tally.c calls it from C.
#include <clib/ffi.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

static std::map<std::string, std::vector<std::int64_t>> places(
    const std::vector<std::string>& words) {
    std::map<std::string, std::vector<std::int64_t>> all;
    for (std::size_t i = 0; i < words.size(); ++i) {
        all[words[i]].push_back(static_cast<std::int64_t>(i));
    }
    return all;
}

CLIB_MODULE(tally, "1.0", "Where words are.",
    function<&places>("places", "words").doc("Where each word is in a row of them."));
