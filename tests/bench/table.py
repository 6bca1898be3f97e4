# SPDX-License-Identifier: MIT
"""Measures clib beside what it replaces, and prints one table of ratios in GitHub Markdown.

    table.py <times program> <libclib.so> <C++ compiler> [argument of the compiler ...]

All times come from one run, in which repetitions of all benchmarks alternate in random order; each
is the median of its repetitions. It is processor time, since other programs may be running, except
where two threads work at once.
"""

import collections
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

import callgrind
import toolchain

REPETITIONS = 31
SIZES = {16: "16 B", 64: "64 B", 1024: "1 KiB", 65536: "64 KiB", 1 << 20: "1 MiB", 64 << 20: "64 MiB"}

# What is timed: its name, its benchmark, what it is divided by, that one's benchmark, the sizes, and
# the largest ratio that meets the target, by size.
TIMES = [
    ("`counter::next`", "counter/next", "`fetch_add`", "counter/fetch_add", (), {}),
    ("`lease::next`, 2 threads", "counter_contended/lease", "`fetch_add`, 2 threads",
     "counter_contended/fetch_add", (), {}),
    ("`clib_counter_next`, handle checked", "counter/handle", "`fetch_add`", "counter/fetch_add", (),
     {}),
    ("`c_string::copy(const char*)` and free", "c_string/text", "`strdup` and `free`",
     "c_string/strdup", (18, 1024), {}),
    ("`c_string::copy(string_view)` and free", "c_string/view", "`strndup` and `free`",
     "c_string/strndup", (18, 1024), {}),
    ("`char_buffer`, byte by byte", "append_bytes/char_buffer", "`std::string`",
     "append_bytes/string", (64, 1024, 65536), {}),
    ("`char_buffer`, in pieces of 64 B", "append_pieces/char_buffer", "`std::string`",
     "append_pieces/string", (64, 1024, 65536), {}),
    ("`add_one(span)`", "add_one/length", "a plain loop", "add_one/plain",
     (16, 1024, 65536, 1 << 20, 64 << 20), {}),
    ("`add_one(span)`", "add_one/length", "reading and writing the memory", "add_one/memory",
     (1 << 20, 64 << 20), {}),
    ("`add_one(char*)`", "add_one/nul", "`add_one(span)`", "add_one/length",
     (16, 1024, 65536, 1 << 20, 64 << 20), {64 << 20: 1 / 0.9}),
    ("`add_one(char*)`", "add_one/nul", "the tutorial's loop", "add_one/tutorial",
     (16, 1024, 65536), {}),
]

# What is counted: its name and operation, what it is set against, and how many instructions more
# meet the target.
INSTRUCTIONS = [
    ("`counter::next`", "next", "`fetch_add`", "fetch_add", (0,), 2),
    ("`c_string::copy(const char*)` and free", "copy_text", "`strdup` and `free`", "strdup",
     (18, 1000), 0),
    ("`c_string::copy(string_view)` and free", "copy_view", "`strndup` and `free`", "strndup",
     (18, 1000), 0),
]

MAX_LIBRARY_SIZE = 100 * 1024
COMPILE_ROUNDS = 2


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def verdict(target, met):
    return f"{target}: {'met' if met else 'MISSED'}"


def duration(nanoseconds):
    for unit, size in (("ns", 1), ("us", 1e3), ("ms", 1e6)):
        if nanoseconds < 1000 * size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds / 1e9:.3g} s"


def number(value):
    return f"{value:.5f}" if value < 0.01 else f"{value:.2f}"


def measure_times(program):
    """The median time of each benchmark in nanoseconds, by name."""
    output = subprocess.run(
        [program, "--benchmark_format=json", f"--benchmark_repetitions={REPETITIONS}",
         "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.01"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    times = collections.defaultdict(list)
    for run in json.loads(output)["benchmarks"]:
        if run["run_type"] == "iteration":
            # Google Benchmark adds /iterations:1, /real_time and /threads:2 to the names we gave.
            name = re.sub("/(iterations|real_time|threads).*", "", run["run_name"])
            clock = "real_time" if "/real_time" in run["run_name"] else "cpu_time"
            times[name].append(run[clock])
    return {name: statistics.median(of_one) for name, of_one in times.items()}


def print_times(program):
    times = measure_times(program)
    for what, way, against, other, sizes, limits in TIMES:
        for size in sizes or (None,):
            suffix = "" if size is None else f"/{size}"
            ours, theirs = times[way + suffix], times[other + suffix]
            limit = limits.get(size)
            row(what + ("" if size is None else f", {SIZES.get(size, f'{size} B')}"),
                duration(ours), against, duration(theirs), number(ours / theirs),
                "" if limit is None else verdict(f"at most {limit:.2f}", ours <= limit * theirs))


def print_instructions(compiler):
    if shutil.which("valgrind") is None:
        print("valgrind is missing: no instructions are counted", file=sys.stderr)
        return
    counted = callgrind.instructions(compiler)
    loop = round(counted["nothing", 0])
    for what, operation, against, other, lengths, allowed in INSTRUCTIONS:
        for length in lengths:
            ours = round(counted[operation, length]) - loop
            theirs = round(counted[other, length]) - loop
            row(what + (f", {length} B" if length else ""), f"{ours} instructions", against,
                f"{theirs} instructions", number(ours / theirs),
                verdict(f"at most {allowed} more", ours <= theirs + allowed))


def print_library_size(library):
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "stripped.so"
        toolchain.succeed("strip", "-o", stripped, library)
        size = stripped.stat().st_size
    row("`libclib.so`, stripped", f"{size / 1024:.1f} KiB", "", "", "",
        verdict("under 100 KiB", size < MAX_LIBRARY_SIZE))


def standard_headers(header, seen):
    """The standard headers that a header of clib includes, by itself and through clib's others."""
    found = set()
    if header not in seen:
        seen.add(header)
        for name in re.findall(r"^#\s*include <([^>]+)>", header.read_text(), re.MULTILINE):
            if name.startswith("clib/"):
                found |= standard_headers(toolchain.INCLUDE / name, seen)
            else:
                found.add(name)
    return found


def time_compiling(compiler, text):
    """The processor time in nanoseconds of compiling a file that says `text`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*compiler, *toolchain.CXX20, "-O2", "-x", "c++", "-c", "-", "-o", os.devnull],
                   input=text, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e9 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def print_compile_times(compiler):
    clib = toolchain.INCLUDE / "clib"
    texts = {}
    for header in sorted([*clib.glob("*.hpp"), *clib.glob("ffi/*.hpp")]):
        name = header.relative_to(toolchain.INCLUDE)
        if header.name == "fmt.hpp":
            continue  # it is as long as that library
        # A header that is included for newer standard libraries only is no part of this one.
        alone = "".join(f"#if __has_include(<{standard}>)\n#include <{standard}>\n#endif\n"
                        for standard in sorted(standard_headers(header, set())))
        texts[f"`<{name}>`"] = f"#include <{name}>\n", alone
    shortest = {}
    for _ in range(COMPILE_ROUNDS):
        for name, pair in texts.items():
            for which, text in enumerate(pair):
                time = time_compiling(compiler, text)
                shortest[name, which] = min(time, shortest.get((name, which), time))
    for name in texts:
        ours, theirs = shortest[name, 0], shortest[name, 1]
        row(f"compiling {name}", duration(ours), "its standard headers", duration(theirs),
            number(ours / theirs), "")


def main(program, library, *compiler):
    print()
    row("what", "clib", "measured against", "takes", "ratio", "target")
    row("---", "--:", "---", "--:", "--:", "---")
    print_times(program)
    print_instructions(compiler)
    print_library_size(library)
    print_compile_times(compiler)


if __name__ == "__main__":
    main(*sys.argv[1:])
