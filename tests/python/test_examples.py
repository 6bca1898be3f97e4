"""The examples print what they should, to the letter (but for addresses)."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

import child

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


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
libclib.so is loaded, version 0.1.0

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


if __name__ == "__main__":
    unittest.main()
