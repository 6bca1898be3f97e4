// SPDX-License-Identifier: MIT
// Times each operation beside what it is measured against, in one run. table.py divides the times
// by one another; it knows the benchmarks by their names, <subject>/<way>[/<bytes>].
//
// Both ways of a subject do the same work on the same memory, keep the same results from being
// optimised away, and are compiled with the same flags.
#include <benchmark/benchmark.h>
#include <clib.h>

#include <atomic>
#include <clib/add_one.hpp>
#include <clib/c_string.hpp>
#include <clib/char_buffer.hpp>
#include <clib/counter.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using benchmark::State;

// ---- counter

void counter_next(State& state) {
    static clib::counter numbers;
    for (auto _ : state) { benchmark::DoNotOptimize(numbers.next()); }
}

void counter_lease(State& state) {
    static clib::counter numbers;
    clib::counter::lease lease{numbers};
    for (auto _ : state) { benchmark::DoNotOptimize(lease.next()); }
}

void counter_fetch_add(State& state) {
    alignas(64) static std::atomic<std::int64_t> number{0};
    for (auto _ : state) {
        benchmark::DoNotOptimize(number.fetch_add(1, std::memory_order_acq_rel) + 1);
    }
}

void counter_handle(State& state) {
    clib_counter* const numbers = clib_counter_new();
    for (auto _ : state) { benchmark::DoNotOptimize(clib_counter_next(numbers)); }
    clib_counter_free(numbers);
}

BENCHMARK(counter_next)->Name("counter/next");
BENCHMARK(counter_fetch_add)->Name("counter/fetch_add");
BENCHMARK(counter_handle)->Name("counter/handle");
BENCHMARK(counter_lease)->Name("counter_contended/lease")->Threads(2)->UseRealTime();
BENCHMARK(counter_fetch_add)->Name("counter_contended/fetch_add")->Threads(2)->UseRealTime();

// ---- c_string: copied, looked at and freed

template <class Copy>
void copy_and_free(State& state, Copy copy) {
    const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
    const char* from = text.c_str();
    for (auto _ : state) {
        benchmark::DoNotOptimize(from);
        copy(from, text.size());
    }
}

void copy_text(const char* from, std::size_t) {
    const auto copied = clib::c_string::copy(from);
    benchmark::DoNotOptimize(copied.get());
}

void copy_view(const char* from, std::size_t size) {
    const auto copied = clib::c_string::copy(std::string_view{from, size});
    benchmark::DoNotOptimize(copied.get());
}

void copy_strdup(const char* from, std::size_t) {
    char* const copied = strdup(from);
    benchmark::DoNotOptimize(copied);
    std::free(copied);
}

void copy_strndup(const char* from, std::size_t size) {
    char* const copied = strndup(from, size);
    benchmark::DoNotOptimize(copied);
    std::free(copied);
}

BENCHMARK_CAPTURE(copy_and_free, text, copy_text)->Name("c_string/text")->Arg(18)->Arg(1024);
BENCHMARK_CAPTURE(copy_and_free, view, copy_view)->Name("c_string/view")->Arg(18)->Arg(1024);
BENCHMARK_CAPTURE(copy_and_free, strdup, copy_strdup)->Name("c_string/strdup")->Arg(18)->Arg(1024);
BENCHMARK_CAPTURE(copy_and_free, strndup, copy_strndup)
    ->Name("c_string/strndup")
    ->Arg(18)
    ->Arg(1024);

// ---- char_buffer: filled from empty, and freed

template <class Text>
void append_bytes(State& state) {
    for (auto _ : state) {
        Text text;
        for (std::int64_t i = 0; i < state.range(0); ++i) { text += static_cast<char>(i); }
        benchmark::DoNotOptimize(text.data());
        benchmark::ClobberMemory();
    }
}

template <class Text>
void append_pieces(State& state) {
    const std::string source(64, 'x');
    std::string_view piece = source;
    for (auto _ : state) {
        Text text;
        benchmark::DoNotOptimize(piece);
        for (std::int64_t i = 0; i < state.range(0); i += 64) { text.append(piece); }
        benchmark::DoNotOptimize(text.data());
        benchmark::ClobberMemory();
    }
}

void of_sizes(benchmark::internal::Benchmark* filled) { filled->Arg(64)->Arg(1024)->Arg(65536); }

BENCHMARK(append_bytes<clib::char_buffer>)->Name("append_bytes/char_buffer")->Apply(of_sizes);
BENCHMARK(append_bytes<std::string>)->Name("append_bytes/string")->Apply(of_sizes);
BENCHMARK(append_pieces<clib::char_buffer>)->Name("append_pieces/char_buffer")->Apply(of_sizes);
BENCHMARK(append_pieces<std::string>)->Name("append_pieces/string")->Apply(of_sizes);

// ---- add_one

constexpr std::int64_t largest = std::int64_t{64} << 20;

/// Runs `pass(text, size)` on text without a byte 0xFF, on the same memory for every way. The text
/// is filled afresh, by every way alike, before the bytes get there.
template <class Pass>
void add_one(State& state, Pass pass) {
    static std::vector<char> memory(largest + 1);
    const auto size = static_cast<std::size_t>(state.range(0));
    char* const text = memory.data();
    const auto fill = [&] {
        std::memset(text, 1, size);
        text[size] = '\0';
    };
    fill();
    int passes = 0;
    for (auto _ : state) {
        if (++passes == 250) {
            passes = 0;
            fill();
        }
        pass(text, size);
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

void by_nul(char* text, std::size_t) { benchmark::DoNotOptimize(clib::add_one(text)); }

void by_length(char* text, std::size_t size) { clib::add_one(std::span{text, size}); }

void plain_loop(char* text, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) { ++text[i]; }
}

/// What the memory gives to a pass that reads and writes all of it, eight bytes at a time.
void memory_pass(char* text, std::size_t size) {
    constexpr std::uint64_t one_in_each = 0x0101010101010101;
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text + i, 8);
        bytes += one_in_each;
        std::memcpy(text + i, &bytes, 8);
    }
}

/// The tutorial's, which looks for the end again for each byte.
void tutorial_loop(char* text, std::size_t) {
    for (std::size_t i = 0; i < std::strlen(text); ++i) {
        ++text[i];
        benchmark::ClobberMemory();
    }
}

void of_lengths(benchmark::internal::Benchmark* passed) {
    passed->Arg(16)->Arg(1024)->Arg(65536)->Arg(1 << 20)->Arg(largest);
}

BENCHMARK_CAPTURE(add_one, by_nul, by_nul)->Name("add_one/nul")->Apply(of_lengths);
BENCHMARK_CAPTURE(add_one, by_length, by_length)->Name("add_one/length")->Apply(of_lengths);
BENCHMARK_CAPTURE(add_one, plain, plain_loop)->Name("add_one/plain")->Apply(of_lengths);
BENCHMARK_CAPTURE(add_one, memory, memory_pass)->Name("add_one/memory")->Arg(1 << 20)->Arg(largest);
BENCHMARK_CAPTURE(add_one, tutorial, tutorial_loop)->Name("add_one/tutorial")->Arg(16)->Arg(1024);
BENCHMARK_CAPTURE(add_one, tutorial, tutorial_loop)
    ->Name("add_one/tutorial")
    ->Arg(65536)
    ->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
