# SPDX-License-Identifier: MIT
"""python3 -m clib describe | stub | header | check: what they print is right to mypy, to compilers
and to a person, and what cannot be is one sentence."""

import ast
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest
from unittest import mock

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

import inside  # noqa: E402
import toolchain  # noqa: E402 - it is in the folder above
from binding import CLIB_LIBRARY, KINDS_LIBRARY, SHIM, clib  # noqa: E402
from clib.tools.header import header_text  # noqa: E402
from clib.tools.stub import stub_text  # noqa: E402
from clib.tools.text import description_text  # noqa: E402

CLIB_H = SHIM / "clib.h"
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only")
PLAIN = {"LD_PRELOAD": ""}  # a sanitizer's runtime is for Python, not for compilers and mypy


class ToolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_tool(self, *arguments, status=0):
        """What the command printed, or, if it is to fail, what it complained about."""
        done = subprocess.run(
            [sys.executable, "-m", "clib", *map(str, arguments)], cwd=self.folder, text=True,
            env={**os.environ, "PYTHONPATH": str(SHIM)}, timeout=100, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(done.stderr if status < 2 else done.stdout, "")
        return done.stderr if status == 2 else done.stdout

    def compile(self, header, *compilers):
        for compiler, language, standard in compilers:
            toolchain.require(compiler)
            toolchain.succeed(compiler, f"-std={standard}", *STRICT, f"-x{language}", "-",
                              input=header, environment=PLAIN)

    def saved(self, change, name="saved.json"):
        """A description of the library of kinds in which something is different."""
        saved = clib.describe(KINDS_LIBRARY)
        change({each["name"]: each for each in saved["types"] + saved["functions"]}, saved)
        path = self.folder / name
        path.write_text(json.dumps(saved), encoding="utf-8")
        return path


class Usage(ToolTest):
    def test_wrong_commands(self):
        for arguments in ([], ["nonsense"], ["describe"], ["check"],
                          ["stub", KINDS_LIBRARY, "more"], ["header", "--json", KINDS_LIBRARY]):
            with self.subTest(arguments):
                complaint = self.run_tool(*arguments, status=2)
                self.assertRegex(complaint, r"^usage: python3 -m clib .*\n(.*\n)*"
                                 r"python3 -m clib.*: error: .*\n$")

    def test_wrong_files(self):
        text = self.folder / "text.so"
        text.write_text("words\n", encoding="utf-8")
        broken = self.folder / "broken.json"
        broken.write_text("{", encoding="utf-8")
        for path, words in ((self.folder / "none.so", "there is no file"), (self.folder, "folder"),
                            (text, "no shared library"), (broken, "no description"),
                            (sys.executable, "")):
            for command in (["describe", path], ["describe", "--json", path], ["stub", path],
                            ["header", path], ["check", path, "--against", KINDS_LIBRARY],
                            ["check", KINDS_LIBRARY, "--against", path]):
                with self.subTest(command):
                    complaint = self.run_tool(*command, status=2)
                    self.assertRegex(complaint, r"^python3 -m clib: [^\n]*; [^\n]*\n$")
                    self.assertIn(str(path), complaint)
                    self.assertIn(words, complaint)

    def test_damaged_descriptions(self):
        """Any part of a saved description that is gone, or is something else, is one sentence or makes
        no difference: never a traceback, and a stub and a header are right."""
        whole = clib.describe(KINDS_LIBRARY)
        whole["functions"] = [each for each in whole["functions"] if each["name"] in (
            "defaults", "call", "keywords", "open")]

        def parts(form, path=()):
            for key in form if isinstance(form, dict) else range(min(len(form), 2)):
                yield (*path, key)
                if isinstance(form[key], (dict, list)):
                    yield from parts(form[key], (*path, key))

        refused = 0
        text = json.dumps(whole)
        for path in parts(whole):
            for wrong in (None, -1, 0.5, "*/", [[]], {"kind": 1}):
                damaged = json.loads(text)
                form = damaged
                for key in path[:-1]:
                    form = form[key]
                form[path[-1]] = wrong
                with self.subTest(path=path, wrong=wrong):
                    try:
                        description = inside.saved._read_saved("x", json.dumps(damaged).encode())
                    except ValueError as error:
                        self.assertRegex(str(error), "^x is no description; save one with")
                        refused += 1
                        continue
                    header_text(description)
                    description_text(description)
                    ast.parse(stub_text(description))
        self.assertGreater(refused, 500)

    def test_descriptions_without_end(self):
        def inner(named, _):
            named["Line"]["members"][0].update(kind=inside.STRUCT, type=named["Line"]["symbol"])

        endless = self.folder / "endless.json"
        endless.write_text('{"clib_description": 2, "types": ' + "[" * 100000, encoding="utf-8")
        for path in (self.saved(inner), endless):
            self.assertIn("is no description", self.run_tool("header", path, status=2))

    NASTY = ("*/ int x; /*", "/*/", "*\\\n/", "??/", "*??/\n/", '"""', "'''", "\\", "end\\", 'end"',
             "\0", "\r#error", "\n#error\n", "\u202e\u2066", "\u2028", "\ud800", "\x1b[2J", "\\u",
             "\\N{", "{}", "%s", "//", "é", "\t", "\x85")

    def test_nasty_texts(self):
        """Of docs and versions, nothing comes to stand outside of comments and strings."""
        def code_of(text):
            def change(named, saved):
                for each in (saved, *saved["types"], *saved["functions"]):
                    each["doc"] = text
                saved["version"] = saved["toolkit"] = text
                named["defaults"]["parameters"][4]["default"] = text

            path = self.saved(change)
            description = inside.saved.read(path)
            header = header_text(description)
            self.assertTrue(header.replace("\n", "").isprintable())
            self.assertTrue(description_text(description).replace("\n", "").isprintable())
            tree = ast.parse(stub_text(description).encode())
            docs = [ast.get_docstring(each, clean=False) for each in ast.walk(tree)
                    if isinstance(each, (ast.ClassDef, ast.Module))]
            self.assertEqual(set(docs), {text})
            return path, re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)

        _, plain = code_of("x")
        for nasty in (*self.NASTY, "\n".join(self.NASTY)):
            with self.subTest(nasty):
                path, code = code_of(nasty)
                self.assertEqual(code, plain)
        self.compile(self.run_tool("header", path), ("gcc", "c", "c11"), ("g++", "c++", "c++20"))

    def test_output_of_another_encoding(self):
        path = self.saved(lambda named, saved: saved.update(doc="\xe9\u20ac"))
        with mock.patch.dict(os.environ, PYTHONIOENCODING="ascii"):
            for command in ("describe", "stub", "header"):
                self.assertIn("\\xe9\\u20ac", self.run_tool(command, path))

    def test_help(self):
        for command in ("describe", "stub", "header", "check"):
            self.assertIn(command, self.run_tool("--help"))
            self.assertIn("LIBRARY", self.run_tool(command, "--help"))
            self.assertIn("whose constructors run", self.run_tool(command, "--help"))


class Describe(ToolTest):
    def test_each_function_is_there_with_its_signature(self):
        for library in (CLIB_LIBRARY, KINDS_LIBRARY):
            printed = self.run_tool("describe", library)
            described = clib.describe(library)
            self.assertTrue(printed.startswith(f"{described['name']} {described['version']} "))
            for function in described["functions"]:
                self.assertRegex(printed, rf"\W{function['symbol']}\(.*\);\n")
                self.assertIn(function["doc"], printed)
            for each in described["types"]:
                self.assertRegex(printed, rf"(?m)^(class|structure) {each['name']}(:|$)")

    def test_what_it_says(self):
        printed = self.run_tool("describe", CLIB_LIBRARY)
        for line in ("class Counter: Hands out 1, 2, 3 ..., each number exactly once.",
                     "    Counter() -> Counter",
                     "    reserve(count: int) -> int",
                     "        Takes count consecutive numbers in one step and returns the first.",
                     "        int64_t clib_counter_reserve(clib_counter* self, int64_t count);",
                     "    value -> int (property)",
                     "    CharBuffer(data: str | ReadableBuffer = '') -> CharBuffer",
                     "    version_at_least(major: int, minor: int, patch: int) -> int"):
            self.assertIn(f"\n{line}\n", printed)
        printed = self.run_tool("describe", KINDS_LIBRARY)
        for line in ("    width: float, double at 16",
                     "    sleep(milliseconds: int) -> None (may block)",
                     "    opposite(value: bool) -> bool",
                     "    keywords(from_: int, lambda_: int, len: int, str: str | bytes, "
                     "result: int) -> str"):
            self.assertIn(f"\n{line}\n", printed)

    def test_json_says_all(self):
        saved = self.folder / "saved.json"
        saved.write_text(self.run_tool("describe", "--json", KINDS_LIBRARY), encoding="utf-8")
        # JSON has no NaN and no infinity, which are defaults there.
        read = json.loads(saved.read_bytes(), parse_constant=self.fail)
        self.assertEqual(read, clib.describe(KINDS_LIBRARY))
        self.assertEqual(clib.describe(saved), read)
        for command in ("describe", "stub", "header"):
            self.assertEqual(self.run_tool(command, saved), self.run_tool(command, KINDS_LIBRARY))

    def test_what_a_newer_clib_knows_is_left_out(self):
        def change(named, _):
            named["half"]["parameters"][0]["kind"] = 77
            named["measure"]["flags"] = 64
            named["Every"]["members"][0]["kind"] = 77

        saved = self.saved(change)
        printed = self.run_tool("describe", saved)
        self.assertIn("half, which needs a newer clib than this one\n", printed)
        self.assertNotIn("half(", printed)
        header = self.run_tool("header", saved)
        self.assertIn("/* kinds_measure() needs a newer clib than this one */\n", header)
        stub = self.run_tool("stub", saved)
        self.assertNotRegex(stub, r"(?m)^(def (half|measure|same)\(|class Every)")
        self.assertIn("\ndef opposite(", stub)
        toolchain.require("gcc")
        toolchain.succeed("gcc", "-std=c11", *STRICT, "-xc", "-", input=header,
                          environment=PLAIN)


class Check(ToolTest):
    def check(self, against, status):
        return self.run_tool("check", KINDS_LIBRARY, "--against", against, status=status)

    def assert_changed(self, line, change):
        self.assertEqual(self.check(self.saved(change), 1), line + "\n")

    def test_the_same(self):
        for against in (KINDS_LIBRARY, self.saved(lambda *_: None)):
            self.assertEqual(self.check(against, 0),
                             f"{KINDS_LIBRARY} offers all that {against} does\n")

    def test_additions(self):
        def remove(named, saved):
            saved["functions"].remove(named["half"])
            saved["functions"] = [each for each in saved["functions"] if each["name"] != "add"]
            saved["types"].remove(named["Every"])
            saved["functions"].remove(named["same"])

        self.check(self.saved(remove), 0)

    def test_functions(self):
        def other_type(named, _):
            named["half"]["hash"] ^= 1
            named["half"]["result"]["kind"] = inside.INT64

        def gone(named, saved):
            saved["functions"].append({**named["half"], "name": "third", "symbol": "kinds_third"})

        def renamed(named, _):
            named["half"]["name"] = "halve"

        self.assert_changed("half has changed from int64_t kinds_half(double value) to "
                            "double kinds_half(double value)", other_type)
        self.assert_changed("third is gone", gone)
        self.assert_changed("halve, a function, is now half, a function", renamed)

    def test_structures(self):
        def change(named, _):
            named["Line"]["hash"] ^= 1

        self.assert_changed("the structure Line has another layout", change)

    def test_all_changes(self):
        def change(named, _):
            named["Line"]["hash"] ^= 1
            named["half"]["hash"] ^= 1
            named["measure"]["hash"] ^= 1

        lines = self.check(self.saved(change), 1).splitlines()
        self.assertEqual([re.match(r"the structure \w+|\w+", line)[0] for line in lines],
                         ["the structure Line", "half", "measure"])

    def test_other_library(self):
        printed = self.run_tool("check", KINDS_LIBRARY, "--against", CLIB_LIBRARY, status=1)
        self.assertIn("Counter is gone\n", printed)


class Exports(ToolTest):
    """C code can be linked with what a header declares."""

    SOURCE = """
        #include <clib/ffi/module.hpp>
        extern "C" CLIB_EXPORT std::int64_t words_answer() noexcept { return 42; }
        extern "C" CLIB_EXPORT std::int64_t word_hidden() noexcept { return 1; }
        std::int64_t plain() noexcept { return 2; }
        namespace own { std::int64_t toupper(std::int64_t a) noexcept { return a; } }
        template <int I> std::int64_t times(std::int64_t a) noexcept { return I * a; }
        CLIB_MODULE(words, "1.0", function<&words_answer>("answer"),
                    function<&word_hidden>("hidden"), function<&plain>("plain"),
                    function<&own::toupper>("toupper", "a"), function<&times<3>>("times", "a"));
        """
    HIDDEN = ["word_hidden", "plain", "toupper", "times"]

    def build(self, exports):
        library = self.folder / "libwords.so"
        (self.folder / "words.map").write_text(f"{{ global: {exports} clib_describe; local: *; }};")
        toolchain.require("g++")
        toolchain.succeed("g++", *toolchain.CXX20, "-O0", "-shared", "-fPIC", "-fvisibility=hidden",
                          "-Wl,--version-script=words.map", "-x", "c++", "-", "-o", library,
                          input=self.SOURCE, cwd=self.folder, environment=PLAIN)
        return library

    def test_all_that_is_declared_can_be_linked(self):
        library = self.build("words_*;")
        header = self.run_tool("header", library)
        declared = re.findall(r"(\w+)\(", re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL))
        self.assertEqual(sorted(declared), ["clib_describe", "words_answer", "words_last_error",
                                            "words_last_size", "words_last_status"])
        for symbol in self.HIDDEN:
            self.assertIn(f"/* {symbol}() has no symbol; call its entry in the table */", header)
        calls = "".join(f"(void){each}();" for each in declared)
        (self.folder / "words.h").write_text(header)
        toolchain.succeed("gcc", "-I.", "-x", "c", "-", "-x", "none", library, "-o", "program",
                          input=f'#include "words.h"\nint main(void) {{ {calls} return 0; }}',
                          cwd=self.folder, environment=PLAIN)

    def test_check(self):
        hidden = self.run_tool("check", self.build("words_*;"), status=1).splitlines()
        self.assertEqual([each.split("(")[0] for each in hidden], self.HIDDEN)
        self.assertEqual(hidden[0], "word_hidden() is listed, but C finds no symbol of that name in "
                         'the library; make it an extern "C" function with CLIB_EXPORT, and name it '
                         "in the version script")
        self.assertEqual(self.run_tool("check", KINDS_LIBRARY),
                         f"C finds all that {KINDS_LIBRARY} lists\n")

    def test_symbol_that_is_gone(self):
        library = self.build("words_*; word_*;")
        saved = self.folder / "saved.json"
        saved.write_text(self.run_tool("describe", "--json", library))
        self.run_tool("check", library, "--against", saved)
        self.assertEqual(
            self.run_tool("check", self.build("words_*;"), "--against", saved, status=1),
            "hidden has no symbol for C any more, which was word_hidden\n")


class Header(ToolTest):
    def test_compiles(self):
        for library in (CLIB_LIBRARY, KINDS_LIBRARY):
            self.compile(self.run_tool("header", library), ("gcc", "c", "c11"),
                         ("g++", "c++", "c++11"), ("g++", "c++", "c++20"), ("clang", "c", "c11"),
                         ("clang++", "c++", "c++20"))

    def test_declares_what_clib_h_declares(self):
        """The compiler compares each declaration with the other of that name."""
        header = self.run_tool("header", CLIB_LIBRARY)
        own = CLIB_H.read_text(encoding="utf-8")
        self.compile(f"{own}\n#undef CLIB_H\n{header}", ("gcc", "c", "c11"), ("clang", "c", "c11"))
        self.assertEqual(self.declared(header), self.declared(own))

    @staticmethod
    def declared(header):
        code = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
        return sorted(re.findall(r"\b(clib_\w+)\((?!\*)", re.sub(r"(?m)^#.*", "", code)))

    def test_names_that_c_or_cpp_keeps_for_itself(self):
        def change(named, _):
            for parameter, name in zip(named["keywords"]["parameters"],
                                       ("int", "class", "bool", "register", "self")):
                parameter["name"] = name
            named["nothing"]["parameters"][0]["name"] = "true"
            named["call"]["parameters"][0]["name"] = "new"
            named["echo"]["parameters"][0]["name"] = "default"
            named["Line"]["members"][0]["name"] = "this"

        header = self.run_tool("header", self.saved(change))
        self.assertIn("kinds_keywords(int64_t int_, int64_t class_, int64_t bool_, "
                      "const char* register_, int64_t self);", header)
        self.compile(header, ("gcc", "c", "c11"), ("g++", "c++", "c++20"))

    def test_names_of_the_parts_of_a_parameter(self):
        def change(named, _):
            names = "data_size", "data", "function_context", "data_size_", "function"
            for parameter, name in zip(named["nothing"]["parameters"], names):
                parameter["name"] = name

        header = self.run_tool("header", self.saved(change))
        self.assertIn("size_t data_size__,", header)
        self.assertIn("void* function_context_)", header)
        self.compile(header, ("gcc", "c", "c11"), ("g++", "c++", "c++20"))

    def test_comments(self):
        def change(named, saved):
            saved["doc"] = "/* */ a /*/ b"
            named["half"]["doc"] = "ends */ and /* begins"

        header = self.run_tool("header", self.saved(change))
        self.compile(header, ("gcc", "c", "c11"), ("g++", "c++", "c++20"))


GOOD = '''
import array

import kinds
import own


def add(value: int) -> int:
    return value + 1


def many(i8: int, i16: int, i32: int, i64: int, u8: int, u16: int, u32: int, u64: int, f: float,
         d: float, truth: bool) -> int | None:
    return None


def sequences(data: bytes, numbers: "array.array[float]", none: "array.array[int]") -> int:
    return len(data) + len(numbers) + len(none)


counter: own.Counter = own.Counter()
first: int = next(counter)
total: int = counter.reserve(count=10) + counter.value
for number in counter:
    if number > 20:
        break
with own.CharBuffer(b"starting string") as buffer:
    length: int = len(buffer)
    for byte in buffer:
        total += byte
    buffer.append("more")
    buffer += b"and more"
    buffer.insert(0, data=bytearray(b"x"))
    part: bytes = buffer[1:3]
    one: int = buffer[0]
    buffer[0] = 65
    del buffer[1:2]
    copy: bytes = bytes(buffer)
    truth: bool = b"x" in buffer and buffer == b"text"
    with buffer.view() as view:
        total += view[0]
    text: str = buffer.decode("utf-8", errors="replace")
string = own.CString("text")
text = str(string) + repr(string)
memory = bytearray(8)
length = string.read(memory) + own.add_one(memory) + hash(string)
text = own.version()

point = kinds.Point(1, y=2)
point.x = point.y + 1
line: kinds.Line = kinds.make_line(from_=point, to=kinds.Point())
ratio: float = kinds.measure(line) + line.width + kinds.half(3)
kinds.move(point, 1, 2)
point = kinds.sum([point, kinds.Point(x=1)])
point = kinds.sum(iter((point,)))
every = kinds.same(kinds.Every(i8=1, f=0.5, objects=True))
with kinds.Box("letters") as box:
    for letter in box:
        text += letter.upper()
    text = box[0] + box.name
    letters: list[str] = list(box) + [each for each in reversed(box)]
    box[0] = b"L"
    del box[1]
    truth = "L" in box and box == box and box != "L"
    length = len(box) + box.add() + box.add(None) + box.add(other=kinds.Box("b"))
    length = box.each(lambda letter: len(letter)) + box.each(lambda letter: None)
    twin: kinds.Box = kinds.Box.copy(from_=box)
    length = kinds.Box.live()
    truth = twin.closed
    twin.close()
for number in kinds.Countdown():
    total += number
for number in kinds.Countdown(start=2):
    total += number
with kinds.token_of(5) as token:
    total += token.value
total += kinds.the_eternal().value
bell = kinds.Bell(add)
bell.replace(function=lambda value: value * 2)
total += bell.ring(3)
with kinds.Memory(8) as lent, lent.view() as seen:
    total += len(lent) + len(seen)
text = kinds.list_int16([1, 2]) + kinds.list_int16(array.array("h", [1]))
text = kinds.list_float((0.5, 1))
numbers = array.array("d", [1, 2])
kinds.reverse_double(numbers)
kinds.upper(memory)
text = kinds.repeat(2, "a") + kinds.repeat(text=b"a", count=2) + kinds.int8(-1) + kinds.double(1)
data: bytes = kinds.echo(b"data") + kinds.echo(data="data") + kinds.echo(memoryview(b"data"))
text = kinds.defaults() + kinds.defaults(1, large=2, text=b"text", data=memory, truth=False)
text = kinds.nothing() + kinds.nothing(None, None) + kinds.nothing(
    text="text", data=b"data", object=twin if not twin.closed else None, point=point,
    function=lambda: 1)
text = kinds.keywords(1, lambda_=2, len=3, str="", result=4)
total += kinds.call(add, 1) + kinds.call(value=1, function=lambda value: None)
total += kinds.call_numbers(many) + kinds.call_sequences(sequences)
kinds.call_void(lambda: print(end=""))
truth = kinds.opposite(value=True)
kinds.sleep(0)
text = kinds.__version__ + own.__version__
'''

WRONG = '''
from collections.abc import Hashable

import kinds
import own

kinds.Nothing  # wrong
kinds.half("1")  # wrong
kinds.half()  # wrong
kinds.half(1, 2)  # wrong
kinds.half(number=1)  # wrong
kinds.int8(1.5)  # wrong
kinds.int8(None)  # wrong
number: int = kinds.int8(1)  # wrong
kinds.opposite(1)  # wrong
kinds.length(5)  # wrong
kinds.echo(5)  # wrong
kinds.echo(None)  # wrong
kinds.upper("text")  # wrong
kinds.reverse_int8([1, 2])  # wrong
kinds.list_int8(["a"])  # wrong
kinds.list_int8("text")  # wrong
kinds.list_double([None])  # wrong
kinds.by_address("text")  # wrong
kinds.defaults(data=5)  # wrong
kinds.nothing(object="box")  # wrong
kinds.nothing(function=5)  # wrong
kinds.call(lambda: 1, 1)  # wrong
kinds.call(lambda value: "text", 1)  # wrong
kinds.call(len, 1)  # wrong
kinds.call(None, 1)  # wrong
kinds.make_line(kinds.Point(), None)  # wrong
kinds.make_line(kinds.Point(), (1, 2))  # wrong
kinds.sum([1, 2])  # wrong
kinds.sum(kinds.Point())  # wrong
kinds.Point(1, 2, 3)  # wrong
kinds.Point(z=1)  # wrong
kinds.Point("1")  # wrong
kinds.Point().x = 0.5  # wrong
kinds.Point().z  # wrong
hashable: Hashable = kinds.Point()  # wrong
kinds.Box()  # wrong
box = kinds.Box("letters")
box.title  # wrong
box.name = "other"  # wrong
box["index"]  # wrong
box[0] = 5  # wrong
box.add("text")  # wrong
5 in box  # wrong
hashable = box  # wrong
for letter in box:
    letter + 1  # wrong
kinds.Box.copy(5)  # wrong
next(box)  # wrong
for number in kinds.Countdown():
    number.upper()  # wrong
for each in kinds.token_of(5):  # wrong
    pass
kinds.token_of(5).value = 3  # wrong
kinds.Bell(lambda: None)  # wrong
kinds.Memory(8).view().upper()  # wrong
len(kinds.token_of(5))  # wrong
kinds.fail_status("").upper()  # wrong
own.Counter(1)  # wrong
own.Counter().value = 5  # wrong
next(own.Counter()).upper()  # wrong
own.CharBuffer(5)  # wrong
own.CharBuffer().append(5)  # wrong
own.CharBuffer().at("0")  # wrong
hashable = own.CharBuffer()  # wrong
for byte in own.CharBuffer("text"):
    byte.upper()  # wrong
own.CString()  # wrong
own.CString.adopt("text", print)  # wrong
own.add_one("text")  # wrong: no buffer; of bytes no checker says that they cannot be written to
'''

LOADER = """
import os
import sys

import clib

sys.modules[__name__] = clib.load(os.environ["{}"])
"""


class Stub(ToolTest):
    def setUp(self):
        super().setUp()
        for name, variable in (("kinds", "KINDS_LIBRARY"), ("own", "CLIB_LIBRARY")):
            stub = self.run_tool("stub", os.environ[variable])
            self.write(f"{name}.pyi", stub)
            self.write(f"{name}.py", LOADER.format(variable))

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def mypy(self, *files):
        toolchain.require("mypy")
        return toolchain.run("mypy", "--strict", "--hide-error-context", "--no-error-summary",
                             "--cache-dir", self.folder / "cache", *files, cwd=self.folder,
                             environment=PLAIN)

    def test_stubs_and_a_program_that_is_right(self):
        self.write("good.py", GOOD)
        done = self.mypy("kinds.pyi", "own.pyi", "good.py")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_that_program_runs(self):
        self.write("good.py", "from __future__ import annotations\n" + GOOD)
        for native in ("0", "1"):
            toolchain.succeed(
                sys.executable, "good.py", cwd=self.folder,
                environment={"PYTHONPATH": str(SHIM), "CLIB_NATIVE": native})

    def test_each_wrong_use_is_found(self):
        self.write("wrong.py", WRONG)
        done = self.mypy("wrong.py")
        found = {int(number) for number in re.findall(r"(?m)^wrong\.py:(\d+): error:", done.stdout)}
        lines = WRONG.splitlines()
        expected = {number for number, line in enumerate(lines, 1) if "# wrong" in line}
        self.assertEqual([lines[number - 1] for number in sorted(expected - found)], [],
                         "not found")
        self.assertEqual([lines[number - 1] for number in sorted(found - expected)], [],
                         done.stdout)
        self.assertEqual(set(re.findall(r"(?m)^([^:]+):\d+: error:", done.stdout)), {"wrong.py"})

    def test_has_all_that_there_is(self):
        """Each attribute that the stub names exists, and none is missing in it."""
        for name, library in (("kinds", KINDS_LIBRARY), ("own", CLIB_LIBRARY)):
            stub = (self.folder / f"{name}.pyi").read_text(encoding="utf-8")
            module = clib.load(library)
            declared = set(re.findall(r"(?m)^(?:def|class) (\w+)", stub))
            self.assertEqual(declared, set(module.__all__))
            for class_name, body in re.findall(r"(?m)^class (\w+):\n((?: .*\n)+)", stub):
                made = getattr(module, class_name)
                members = set(re.findall(r"(?m)^    (?:def )?(\w+)[(:]", body))
                public = {each for each in dir(made) if each[0] != "_" and each.isidentifier()}
                self.assertEqual({each for each in members if not each.startswith("_")}, public,
                                 class_name)
                for member in members - {"__iter__", "__buffer__", "__hash__"}:
                    self.assertTrue(hasattr(made, member), f"{class_name}.{member}")

    def test_defaults_that_have_no_literal(self):
        def change(named, _):
            named["defaults"]["parameters"][2]["default"] = float("inf")

        self.write("infinite.pyi", self.run_tool("stub", self.saved(change)))
        done = self.mypy("infinite.pyi")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_docs(self):
        stub = (self.folder / "kinds.pyi").read_text(encoding="utf-8")
        self.assertIn(textwrap.indent('"A dashed line, \\"from\\" to \'to\'."\n', "    "), stub)


if __name__ == "__main__":
    unittest.main()
