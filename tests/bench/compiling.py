# SPDX-License-Identifier: MIT
"""What compiling a binding costs: processor time and memory for 10, 100 and 1000 functions, in
classes of 25 methods each, as clib, nanobind and pybind11 have them. Prints GitHub Markdown.

    compiling.py [greatest number of functions] [C++ compiler ...]

nanobind's and pybind11's headers are those of the Python that runs this; what is not there is left
out. nanobind's own code, which is compiled once for all bindings, is not counted.
"""

import importlib
import os
import pathlib
import resource
import subprocess
import sys
import sysconfig
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = f"-I{sysconfig.get_paths()['include']}"
IN_A_CLASS = 25

# A method of each of five signatures; {} is its number.
METHODS = (
    "long add{}(int a, double b) {{ return n + a + long(b) + {}; }}",
    "std::string name{}(const std::string& text) const {{ return text + std::to_string(n + {}); }}",
    "bool is{}(long a) const {{ return n == a + {}; }}",
    "void set{}(double a) {{ n = long(a) + {}; }}",
    "double half{}() const {{ return double(n) / 2 + {}; }}")
NAMES = ("add", "name", "is", "set", "half")
PARAMETERS = (("a", "b"), ("text",), ("a",), ("a",), ())


def quoted(text):
    return f'"{text}"'


def library(count):
    lines = ["#include <string>"]
    for first in range(0, count, IN_A_CLASS):
        lines.append(f"struct thing{first} {{\n    long n = 0;")
        lines += [METHODS[i % 5].format(i, i) for i in range(first, min(count, first + IN_A_CLASS))]
        lines.append("};")
    return lines


def classes(count):
    for first in range(0, count, IN_A_CLASS):
        numbers = range(first, min(count, first + IN_A_CLASS))
        yield first, [(f"&thing{first}::{NAMES[i % 5]}{i}", quoted(f"{NAMES[i % 5]}{i}"),
                       [quoted(each) for each in PARAMETERS[i % 5]]) for i in numbers]


def with_clib(count):
    lines = ["#include <clib/ffi.hpp>", *library(count), 'CLIB_MODULE(many, "1.0", "Many."']
    for first, methods in classes(count):
        lines.append(f', type<thing{first}>("Thing{first}").constructor<>()')
        lines += [f"    .method<{function}>({', '.join([name, *names])})"
                  for function, name, names in methods]
    return [*lines, ");"]


def with_defs(head, module, namespace):
    def binding(count):
        lines = [*head, *library(count), module]
        for first, methods in classes(count):
            lines.append(f'    {namespace}::class_<thing{first}>(m, "Thing{first}")'
                         f".def({namespace}::init<>())")
            for function, name, names in methods:
                arguments = [f"{namespace}::arg({each})" for each in names]
                lines.append(f"    .def({', '.join([name, function, *arguments])})")
            lines.append("    ;")
        return [*lines, "}"]
    return binding


def include_of(module):
    """The folder of a peer's headers and its version; None if it is not there."""
    try:
        peer = importlib.import_module(module)
    except ImportError:
        return None
    folder = peer.include_dir() if hasattr(peer, "include_dir") else peer.get_include()
    return folder, peer.__version__


def contestants():
    yield "clib", [f"-I{HERE.parents[1] / 'include'}"], with_clib
    nanobind = include_of("nanobind")
    if nanobind:
        yield f"nanobind {nanobind[1]}", [f"-I{nanobind[0]}", PYTHON], with_defs(
            ["#include <nanobind/nanobind.h>", "#include <nanobind/stl/string.h>"],
            "NB_MODULE(many, m) {", "nanobind")
    pybind11 = include_of("pybind11")
    if pybind11:
        yield f"pybind11 {pybind11[1]}", [f"-I{pybind11[0]}", PYTHON], with_defs(
            ["#include <pybind11/pybind11.h>"], "PYBIND11_MODULE(many, m) {", "pybind11")


def cost(compiler, arguments, source):
    """Seconds of processor time, and megabytes of the largest process."""
    command = [*compiler, "-std=c++20", "-O2", "-fPIC", "-fvisibility=hidden", *arguments,
               "-c", source, "-o", os.devnull]
    child = os.fork()
    if child == 0:
        code = subprocess.run(command).returncode
        os._exit(code)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(map(str, command))} has failed")
    # The grandchild's usage is the child's, who has waited for it.
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(greatest=1000, *compiler):
    compiler = compiler or ("g++",)
    counts = [count for count in (10, 100, 1000) if count <= int(greatest)]
    print("| functions | " + " | ".join(f"{count}" for count in counts) + " |")
    print("| --- |" + " --: |" * len(counts))
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments, binding in contestants():
            cells = []
            for count in counts:
                source = pathlib.Path(folder) / "many.cpp"
                source.write_text("\n".join(binding(count)) + "\n", encoding="utf-8")
                seconds, megabytes = cost(compiler, arguments, source)
                cells.append(f"{seconds:.1f} s, {megabytes:.0f} MB")
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
