// SPDX-License-Identifier: MIT
// What gdb is asked about, where stop() is called.
#include <clib.h>
#include <clib/clib.hpp>
#include <clib/ffi/detail/handle/handle.hpp>

#include <cstdio>

static volatile int stops = 0;
[[gnu::noinline]] static void stop() { stops = 1; }

int main() {
    const clib::char_buffer words{"so it goes"};
    const clib::char_buffer none;
    const clib::char_buffer with_nul{std::string_view{"a\0b", 3}};
    const clib::c_string text = clib::c_string::copy("text of C");
    const clib::c_string nothing;
    clib::counter counter;
    for (int i = 0; i < 7; ++i) { static_cast<void>(counter.next()); }
    clib_counter* const handle = clib_counter_new();
    // Every bit of a handle's parts, in a way that tells them apart.
    clib_counter* const greatest = reinterpret_cast<clib_counter*>(0xA5FF'FFF3'E000'0001);
    const auto bits = clib::ffi::detail::handle_bits::of(greatest);
    clib_counter* const address = reinterpret_cast<clib_counter*>(&counter);
    std::FILE* const file = stdout;
    stop();
    return handle == address || file == nullptr || handle == greatest || bits.owner == 0 ||
           words.size() + none.size() + with_nul.size() == 0 || text.get() == nothing.get();
}
