# SPDX-License-Identifier: MIT
"""What the compiler must refuse, and the words in which it does.

A case is one file in one of the folders here. As it stands it is the allowed use; with FORBIDDEN
defined it is the forbidden one, and its first line, "// refused: ...", holds words that the
compiler must then say. A new file is a new case.
"""

import pathlib
import tempfile
import unittest

import toolchain

HERE = pathlib.Path(__file__).resolve().parent
CASES = sorted(HERE.glob("*/*.cpp"))
COMPILERS = {name: toolchain.CXX[name] for name in ("g++", "clang++") if name in toolchain.CXX}
# Folders with mistakes in a listing: each is one error, in few lines with g++.
LISTINGS = {"arrays", "enumeration", "exceptions", "listed_class", "module", "scalars"}
LINES = 20  # of g++, with the lines of the case that it shows
ARGUMENTS = (*toolchain.CXX20, *toolchain.WARNINGS)


def words_of(case):
    mark, _, words = case.read_text(encoding="utf-8").partition("\n")[0].partition(": ")
    assert mark == "// refused" and words, f"{case} does not begin with // refused: words"
    return words


def allowed_and_forbidden(case):
    """The part of a case that both uses have: what stands before the first condition."""
    return case.read_text(encoding="utf-8").partition("\n#if")[0]


def complaint(case, *compiler):
    """What is wrong with how the compiler takes the case; "" if nothing is."""
    check = (*compiler, *ARGUMENTS, "-fsyntax-only")
    allowed = toolchain.run(*check, "-Werror", case)
    if allowed.returncode != 0:
        return f"the allowed use does not compile:\n{allowed.stdout}"
    forbidden = toolchain.run(*check, "-DFORBIDDEN", case)
    if forbidden.returncode == 0:
        return "the forbidden use compiles"
    if words_of(case) not in forbidden.stdout:
        return f"the compiler does not say: {words_of(case)}\n{forbidden.stdout}"
    if case.parent.name in LISTINGS and compiler == COMPILERS.get("g++"):
        if forbidden.stdout.count("error: ") != 1 or forbidden.stdout.count("\n") > LINES:
            return f"the compiler does not say that alone, or in many lines:\n{forbidden.stdout}"
    return ""


def precompile(folder, compiler):
    """Compiles the headers of all cases once. Returns the arguments that make use of it."""
    if compiler == toolchain.CXX.get("clang++"):
        return ()  # clang 14 crashes where it reads what it has made of them
    includes = {
        line for case in CASES for line in allowed_and_forbidden(case).splitlines()
        if line.startswith("#include")}
    header = pathlib.Path(tempfile.mkdtemp(dir=folder)) / "headers.hpp"
    header.write_text("".join(f"{line}\n" for line in sorted(includes)), encoding="utf-8")
    toolchain.succeed(*compiler, *ARGUMENTS, "-x", "c++-header", header, "-o", f"{header}.gch")
    return "-include", header


class Harness(unittest.TestCase):
    """The harness tells good cases from bad ones."""

    def complaint(self, text):
        compiler = next(iter(COMPILERS.values()))
        toolchain.require_cxx(compiler)
        with tempfile.TemporaryDirectory() as folder:
            case = pathlib.Path(folder) / "case.cpp"
            case.write_text(text, encoding="utf-8")
            return complaint(case, *compiler)

    def test_an_empty_file_is_not_refused(self):
        self.assertEqual(self.complaint("// refused: never\n"), "the forbidden use compiles")

    def test_nonsense_is_not_allowed(self):
        self.assertIn(
            "the allowed use does not compile", self.complaint("// refused: never\nnonsense\n"))

    def test_words_that_are_said_are_found(self):
        case = '// refused: so there\n#ifdef FORBIDDEN\n#error "so there"\n#endif\n'
        self.assertEqual(self.complaint(case), "")

    def test_words_that_are_not_said_are_missed(self):
        case = '// refused: never\n#ifdef FORBIDDEN\n#error "so there"\n#endif\n'
        self.assertIn("the compiler does not say: never", self.complaint(case))


class CompileFail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.complaints = {}
        for name, compiler in COMPILERS.items():
            if toolchain.is_usable(compiler):
                arguments = precompile(folder.name, compiler)
                for case in CASES:
                    cls.complaints[name, case] = toolchain.jobs.submit(
                        complaint, case, *compiler, *arguments)

    def test_there_are_cases(self):
        self.assertGreater(len(CASES), 80)


def add_tests():
    for name, compiler in COMPILERS.items():
        for case in CASES:
            def test(self, name=name, compiler=compiler, case=case):
                toolchain.require_cxx(compiler)
                found = self.complaints[name, case].result()
                if found:
                    self.fail(found)

            setattr(CompileFail, f"test_{case.parent.name}_{case.stem}_with_{name}", test)


add_tests()
