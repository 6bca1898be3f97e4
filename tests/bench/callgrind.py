# SPDX-License-Identifier: MIT
"""Counts instructions, which, unlike time, are the same in every run."""

import pathlib
import re
import tempfile

import toolchain

SOURCE = pathlib.Path(__file__).with_name("instructions.cpp")


def instructions(compiler):
    """The instructions of one round of each operation in instructions.cpp, its loop included, by
    its name and the length of its text. The program is built as a user would: with -O2."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = folder / "instructions"
        toolchain.succeed(*compiler, *toolchain.CXX20, "-O2", SOURCE, "-o", program)
        functions = re.findall(r"^COUNTED (\w+)", SOURCE.read_text(), re.MULTILINE)
        calls = toolchain.succeed(
            "valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={folder / 'counts'}",
            "--toggle-collect=counted_*", *(f"--dump-after={function}" for function in functions),
            program,
            environment={"LD_BIND_NOW": "1"}).splitlines()
        counted = {}
        for number, call in enumerate(calls, 1):
            dump = (folder / f"counts.{number}").read_text()
            operation, length, rounds = call.split()
            assert f"--dump-after=counted_{operation}" in dump, call
            total = int(re.search(r"^totals: (\d+)$", dump, re.MULTILINE)[1])
            counted[operation, int(length)] = total / int(rounds)
        return counted
