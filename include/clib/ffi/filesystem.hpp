// SPDX-License-Identifier: MIT
// Include this in one file of a library that throws std::filesystem::filesystem_error: the paths of
// the error then arrive with it, in Python as `filename` and `filename2`. It is a header of its own
// because `<filesystem>` takes long to compile.
#pragma once

#include <clib/ffi/detail/failure_report.hpp>

#include <filesystem>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Effects: Adds the paths: their bytes, or UTF-8 where paths are of wide characters. An empty one,
/// and one for which there is no memory, is left out.
inline void add_paths([[maybe_unused]] const std::system_error& exception,
                      [[maybe_unused]] failure_report& report) noexcept {
#ifdef __cpp_rtti
    const auto* const about = dynamic_cast<const std::filesystem::filesystem_error*>(&exception);
    if (about == nullptr) { return; }
    for (const auto* const path : {&about->path1(), &about->path2()}) {
        if (path->empty()) { continue; }
        try {
            const std::u8string text = path->u8string();
            report.add_part('m', {reinterpret_cast<const char*>(text.data()), text.size()});
        } catch (const std::bad_alloc&) {}
    }
#endif
}

inline const bool adds_paths = [] {
    exception_paths.store(&add_paths, std::memory_order_release);
    return true;
}();

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
