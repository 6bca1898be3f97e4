# SPDX-License-Identifier: MIT
"""The examples print what they should, to the letter (but for addresses)."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import traceback
import unittest

import child

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

sys.path.insert(0, str(ROOT / "shim"))

import clib


class Examples(unittest.TestCase):
    maxDiff = None

    def check(self, command, expected, environment=child.ENVIRONMENT):
        ran = subprocess.run(command, text=True, timeout=60, env=environment,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        masked = re.sub(r"0x[0-9a-f]+\(-?\d+\)", "ADDRESS", ran.stdout)
        self.assertEqual(masked, expected)
        self.assertEqual(ran.returncode, 0)

    def check_program(self, name, expected):
        program = os.environ.get("EXAMPLE_" + name.upper())
        if program is None:
            self.skipTest(f"{name} was not built: a library that it needs is missing")
        # Unlike Python, it is built with the sanitizers itself and may not leak.
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=1"
        environment = {**child.ENVIRONMENT, "ASAN_OPTIONS": options}
        environment.pop("LD_PRELOAD", None)
        self.check([program], expected, environment)

    def test_many_threads(self):
        self.check_program("many_threads", """\
counter: 8 threads drew 800000 numbers, all different, without a gap
leases : 8 threads drew 800000 numbers, all different, with gaps
""")

    def test_sqlite(self):
        self.check_program("sqlite", """\
done:   CREATE TABLE people (name TEXT)
done:   INSERT INTO people VALUES ('O''Neill')
failed: SELECT nmae FROM people
        no such column: nmae
SQLite holds 0 bytes at the end
""")

    def test_words_in_c(self):
        self.check_program("words", """\
buffer:  1:I 2:was 3:written 4:in 5:C.
refused: clib_char_buffer_clear: self is pinned: an address inside it is lent; unpin it first
string:  18 chars
deleter: gives back "I was written in C"
refused: clib_c_string_free: self is no live clib_c_string: it was freed already, or made up; \
do not use a handle after its free (CLIB_E_HANDLE)
""")

    def test_tally_in_c(self):
        self.check_program("tally", """\
goes: 2
it: 1
so: 0 3
tally_places: words is an item of kind 26; pass one of kind 25 (clib_kind in describe.h)
""")

    def test_smooth_in_c(self):
        self.check_program("smooth", """\
   0.00  15.00   0.00   0.00
  15.00  12.00  12.00   0.00
   0.00  15.00   0.00   0.00
twice of that:
   0.00   0.00   0.00   0.00
   0.00 120.00   0.00   0.00
   0.00   0.00   0.00   0.00
smooth_values: values has elements of another type; pass an array with the code and bits of the header
smooth_scale: values cannot be written to; pass a copy of it
""")

    def test_image(self):
        with tempfile.TemporaryDirectory() as folder:
            self.check([sys.executable, EXAMPLES / "image/image.py", os.environ["EXAMPLE_IMAGE"], folder],
                       """\
C++ drew 320 x 240 pixels of uint8
edges: an array of float32, shape (240, 320)
pixels that are white now: 1941
the picture cannot be closed while somebody looks at it
edges: picture must be an array of uint8, not of float32; pass a copy, as \
numpy.asarray(picture, 'uint8') makes it
""", {**child.ENVIRONMENT, "PYTHONPATH": str(ROOT / "shim")})
            before, after = [(pathlib.Path(folder) / name).read_bytes()
                             for name in ("before.png", "after.png")]
            self.assertTrue(before.startswith(b"\x89PNG") and after.startswith(b"\x89PNG"))
            self.assertNotEqual(before, after)

    def test_words_in_python(self):
        self.check([sys.executable, EXAMPLES / "python/words.py", os.environ["CLIB_LIBRARY"]], """\
buffer:  1:I 2:was 3:written 4:in 5:Python
refused: clib_char_buffer_at: index is 1000; pass one from 0 to 33
refused: clib_counter_next: self is no live clib_counter: it was freed already, or made up; \
do not use a handle after its free
""")

    def test_tutorial(self):
        folders = [os.path.dirname(os.environ[name]) for name in ("CLIB1_LIBRARY", "CLIB_LIBRARY")]
        self.check([sys.executable, EXAMPLES / "tutorial/tutorial.py", *folders], """\

=== 1. Load a library
Look at: each is found beside the script or in the build folder, and loaded by its path.

--- the tutorial's functions
libclib1.so is loaded

--- clib
libclib.so is loaded, version 0.2.0

=== 2. Count
Look at: the tutorial has one counter for everybody, clib one for whoever asks.

--- the tutorial's functions
simple_function: 1, 2

--- clib
my counter:   1, 2
your counter: 1

=== 3. Pass an immutable string
Look at: C changes a copy, which is lost. Declared types stop the mistake.

--- the tutorial's functions
Before: starting string
After:  starting string

--- clib
refused before the call: a str is not memory that C may write to

=== 4. Pass a mutable buffer
Look at: every letter moves up by one, in your memory or in a buffer of clib's.

--- the tutorial's functions
Before: b'starting string'
After:  b'tubsujoh!tusjoh'

--- clib
your memory:   b'tubsujoh!tusjoh', 15 bytes changed
clib's buffer: b'tubsujoh!tusjoh'

=== 5. Declare signatures
Look at: an undeclared pointer is cut to 32 bits. clib notices, and says so.

--- the tutorial's functions
alloc_C_string returns, and free_C_string takes, a POINTER(c_char)

--- clib
undeclared, clib_c_string_free gives -4:
  clib_c_string_free: self is not a handle of this library but cut short, made up, or another \
library's; declare pointer types for arguments and results, and pass a live clib_c_string
declared, it takes all 64 bits: see the next steps

=== 6. Read memory that C has allocated
Look at: Python reads the bytes in place. While clib lends them, nobody can free them.

--- the tutorial's functions
C just allocated ADDRESS:  I was written in C
Bytes in Python b'I was written in C'

--- clib
Bytes in Python b'I was written in C++'
freeing it now gives -8:
  clib_c_string_free: self is pinned: an address inside it is lent; unpin it first

=== 7. Free it, in the language that allocated it
Look at: twice would be a crash in the tutorial's C; here it is a sentence.

--- the tutorial's functions
About to free ADDRESS:  I was written in C
free_C_string: ptr is no live string of alloc_C_string: it was freed already, or came from \
elsewhere; pass each string once

--- clib
freeing it gives 0
once more gives -4:
  clib_c_string_free: self is no live clib_c_string: it was freed already, or made up; do not \
use a handle after its free
""")

    def test_tutorial_without_its_libraries(self):
        ran = subprocess.run([sys.executable, EXAMPLES / "tutorial/tutorial.py", EXAMPLES],
                             text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(ran.returncode, 1)
        self.assertEqual(ran.stderr, f"libclib1.so is not in {EXAMPLES}; "
                         "build it with examples/run.\n")


class Kind(unittest.TestCase):
    """examples/kind: C++ functions whose types have a kind of the author's."""

    def test_script(self):
        for native in ("1", "0"):
            ran = subprocess.run(
                [sys.executable, EXAMPLES / "kind/weather.py", os.environ["EXAMPLE_WEATHER"]],
                text=True, timeout=60, check=True, stdout=subprocess.PIPE,
                env={**child.ENVIRONMENT, "CLIB_NATIVE": native, "PYTHONPATH": str(ROOT / "shim")})
            self.assertEqual(ran.stdout, """\
20 degrees and 1.5 more: 21.5
On average in Svalbard: -6.7
Next to it: near Svalbard
warmer: it is colder than absolute zero; pass -273.15 or more
""")


class Regex(unittest.TestCase):
    """examples/regex: RE2 behind clib.load()."""

    @classmethod
    def setUpClass(cls):
        cls.library = os.environ.get("EXAMPLE_REGEX")
        if cls.library is None:
            raise unittest.SkipTest("regex was not built: RE2 is missing")
        cls.regex = clib.load(cls.library)

    def test_script(self):
        ran = subprocess.run([sys.executable, EXAMPLES / "regex/regex.py", self.library], text=True,
                             timeout=120, env=child.ENVIRONMENT, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        rows = re.findall(r"^(.{40}) *([\d,]+) +\d+\.\d +\d+\.\d$", ran.stdout, re.MULTILINE)
        answers = {question.strip(): int(answer.replace(",", "")) for question, answer in rows}
        self.assertEqual(len(answers), 12, ran.stdout)
        self.assertEqual(answers[r"count na.ve\(.日本|\x00"], 2000)
        self.assertEqual(answers["search (x+x+)+y in 21 times x"], 0)
        self.assertEqual([question for question, answer in answers.items() if answer == 0],
                         ["search (x+x+)+y in 21 times x"])
        self.assertTrue(ran.stdout.endswith("""

(\\w+     ValueError: Pattern: missing ): (\\w+
(\\w)\\1   ValueError: Pattern: invalid escape sequence: \\1
[z-a]    ValueError: Pattern: invalid character class range: z-a

No answers differ.
"""), ran.stdout)
        self.assertEqual(ran.returncode, 0)

    def test_script_fails_when_an_answer_differs(self):
        script = f"""if True:
            import sys
            sys.path.insert(0, {str(EXAMPLES / "regex")!r})
            import regex as example
            compare = example.Comparison()
            compare.ask("right", lambda: 1, lambda: 1)
            compare.ask("wrong", lambda: [1], lambda: [2])
            sys.exit(compare.different)"""
        ran = child.run(script)
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertRegex(ran.stdout, r"(?m)^right.*\d$")
        self.assertRegex(ran.stdout, r"(?m)^wrong.*differ$")

    def test_groups(self):
        pattern = self.regex.Pattern(r"(\w+)@(\w+)(!)?")
        found = pattern.search("from ada@engine to grace@navy")
        self.assertEqual(list(found), ["ada@engine", "ada", "engine", ""])
        self.assertEqual((len(found), found[0], found[-2]), (4, "ada@engine", "engine"))
        whole, user, host, _ = found
        self.assertEqual((whole, user, host), tuple(found)[:3])
        for index in (4, -5):
            with self.assertRaisesRegex(IndexError, "^Match.__getitem__: index is .* from 0 to 3$"):
                found[index]
        self.assertTrue(found)
        nothing = pattern.search("nobody")
        self.assertFalse(nothing)
        self.assertEqual(list(nothing), [])

    def test_count_is_that_of_re(self):
        texts = ["", "é", "aé日本x\0é", "axb", "é\0\0", "xx é xx", "\0"]
        for source in ("", "x*", "é?", "\0", ".", r"\bx", "^|$", "日|本"):
            pattern = self.regex.Pattern(source)
            for text in texts:
                with self.subTest(pattern=source, text=text):
                    self.assertEqual(pattern.count(text),
                                     len(re.findall(source, text, re.ASCII)))
                    self.assertEqual(pattern.count(text.encode()), pattern.count(text))

    def test_replace_all(self):
        pattern = self.regex.Pattern("(.)\0(.)")
        self.assertEqual(pattern.replace_all("é\0ü, a\0b", r"\2\1"), "üé, ba")
        self.assertEqual(pattern.replace_all("a\0b", "\0"), "\0")
        self.assertEqual(pattern.replace_all("none", "x"), "none")

    def test_wrong_patterns(self):
        for make, pattern, reason in (
                ("Pattern", "(a", r"missing \): \(a"),
                ("Pattern", "a**", r"bad repetition operator: \*\*"),
                ("Pattern", r"(\w)\1", r"invalid escape sequence: \\1"),
                ("Pattern", b"\xff", "invalid UTF-8"),
                ("PatternSet", "a\n(b\nc", r"missing \): \(b")):
            with self.assertRaisesRegex(ValueError, f"^{make}: {reason}$"):
                getattr(self.regex, make)(pattern)
        with self.assertRaisesRegex(ValueError, r"^Pattern.replace_all: Rewrite schema requests 9 "):
            self.regex.Pattern("a").replace_all("a", r"\9")

    def test_set(self):
        pattern_set = self.regex.PatternSet("a+\n\\d\n日本\n^b")
        found = []
        self.assertEqual(pattern_set.each("b日本\0aa", found.append), 3)
        self.assertEqual(sorted(found), [0, 2, 3])
        self.assertEqual(pattern_set.each("", found.append), 0)

    def test_a_set_too_large_for_re2(self):
        patterns = "\n".join(rf"\pL{{100}}.{{0,200}}{number}" for number in range(300))
        with self.assertRaises(MemoryError):
            self.regex.PatternSet(patterns)

    def test_what_a_callback_raises_arrives(self):
        def fail(index):
            called.append(index)
            raise LookupError(f"pattern {index}")

        called = []
        try:
            self.regex.PatternSet("a\nb").each("ab", fail)
            self.fail("nothing was raised")
        except LookupError as error:
            self.assertEqual(str(error), f"pattern {called[0]}")
            self.assertEqual(traceback.extract_tb(error.__traceback__)[-1].name, "fail")
        self.assertEqual(len(called), 1)  # C++ stopped

    def test_a_callback_may_close_the_set(self):
        pattern_set = self.regex.PatternSet("a\nb")
        found = []
        pattern_set.each("ab", lambda index: (found.append(index), pattern_set.close()))
        self.assertEqual(sorted(found), [0, 1])
        self.assertTrue(pattern_set.closed)

    def test_nothing_is_left(self):
        with clib.no_leaks():
            with self.regex.Pattern("(a)") as pattern, self.regex.PatternSet("a") as pattern_set:
                pattern.search("a").close()
                pattern_set.each("a", lambda index: None)


if "EXAMPLE_TALLY" not in os.environ:  # a build with a sanitizer, which makes no header: no test
    del Examples.test_tally_in_c, Examples.test_smooth_in_c
if os.environ.get("EXAMPLE_REGEX") == "":  # RE2 is of another C++ library than this build: no test
    del Regex


if __name__ == "__main__":
    unittest.main()
