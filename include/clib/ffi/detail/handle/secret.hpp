// SPDX-License-Identifier: MIT
// The secret of a library in a process: one random number, from which the bits of its handles are
// made, so that a handle tells neither where the library is loaded nor what the next one will be.
//
// The system has 16 random bytes for each process from its beginning (Linux, AT_RANDOM), or gives
// out such bytes without waiting (macOS, the BSDs). Elsewhere the secret is made of addresses and
// the time, and only as hard to guess as these. A forked child has its parent's secret, and so its
// parent's handles. Two libraries in a process have different ones.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

#ifdef __linux__
// As <sys/auxv.h> has it, which also defines all macros of <elf.h>.
extern "C" unsigned long getauxval(unsigned long type) noexcept;
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The finaliser of MurmurHash3: every bit of the input changes half the bits of the output.
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCDULL;
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53ULL;
    return value ^ value >> 33;
}

/// Returns: 64 bits that nobody can know, as far as the system has such. No system call on Linux.
[[gnu::cold]] inline std::uint64_t random_bits() noexcept {
    std::uint64_t random[2] = {};
#if defined(__linux__)
    constexpr unsigned long at_random = 25;
    if (const unsigned long bytes = getauxval(at_random); bytes != 0) {
        std::memcpy(random, reinterpret_cast<const void*>(bytes), sizeof random);
    }
#elif defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__)
    arc4random_buf(random, sizeof random);
#endif
    if ((random[0] | random[1]) == 0) {
        std::timespec now{};
        std::timespec_get(&now, TIME_UTC);
        random[0] = reinterpret_cast<std::uintptr_t>(&random);
        random[1] =
            mix(static_cast<std::uint64_t>(now.tv_sec)) + static_cast<std::uint64_t>(now.tv_nsec);
    }
    // The C library guards stacks with the same bytes: a sum of two random numbers tells neither.
    return mix(random[0]) + random[1];
}

/// 0 until the library's first block of slots is made; then two odd numbers of 32 bits.
inline constinit std::atomic<std::uint64_t> secret{0};

/// Returns: The secret, which is not 0. Thread safety: whichever of several threads comes first
/// makes it.
[[gnu::cold, gnu::noinline]] inline std::uint64_t make_secret() noexcept {
    std::uint64_t seen = secret.load(std::memory_order_relaxed);
    if (seen != 0) { return seen; }
    constexpr std::uint64_t odd = 0x1'0000'0001;
    const std::uint64_t made =
        mix(random_bits() ^ mix(reinterpret_cast<std::uintptr_t>(&secret))) | odd;
    return secret.compare_exchange_strong(seen, made, std::memory_order_relaxed) ? made : seen;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
