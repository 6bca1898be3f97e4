# SPDX-License-Identifier: MIT
"""The compilers that tests call themselves, and what they all need to do so."""

import concurrent.futures
import functools
import os
import pathlib
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = ROOT / "include"
SHIM = ROOT / "shim"

# Each compiler with each standard library. CLIB_TEST_CXX names the only one to try: what takes long
# with each compiler is a test with g++, and one of the suite every_compiler with each other.
CXX = {
    "g++": ("g++",),
    "clang++": ("clang++",),
    "clang++ with libc++": ("clang++", "-stdlib=libc++"),
}
if "CLIB_TEST_CXX" in os.environ:
    CXX = {os.environ["CLIB_TEST_CXX"]: CXX[os.environ["CLIB_TEST_CXX"]]}
CXX20 = ("-std=c++20", f"-I{INCLUDE}")
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow")
STRICT = (*WARNINGS, "-Werror")

# For what a test class starts ahead of its tests: two jobs at a time.
jobs = concurrent.futures.ThreadPoolExecutor(2)


def run(*command, environment=None, **options):
    """Runs a command with untranslated messages. Both outputs are in the result's stdout."""
    return subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, "LC_ALL": "C", **(environment or {})}, **options)


def succeed(*command, **options):
    """Runs a command that must succeed. Returns its output."""
    done = run(*command, **options)
    if done.returncode != 0:
        line = " ".join(str(part) for part in command)
        raise AssertionError(f"exit status {done.returncode} of {line}\n{done.stdout}")
    return done.stdout


def require(*tools):
    """Skips the test unless all the tools are installed."""
    for tool in tools:
        if shutil.which(tool) is None:
            raise unittest.SkipTest(f"there is no {tool}")


@functools.lru_cache(maxsize=None)
def is_usable(compiler):
    """Whether the compiler and its standard library are installed."""
    includes = ("-x", "c++", "-fsyntax-only", "-include", "cstddef", os.devnull)
    return shutil.which(compiler[0]) is not None and run(*compiler, *includes).returncode == 0


def require_cxx(compiler):
    """Skips the test unless the compiler and its standard library are installed."""
    if not is_usable(compiler):
        raise unittest.SkipTest(f"there is no {' '.join(compiler)}")
