# SPDX-License-Identifier: MIT
"""The tutorial's calls on libclib1.so print what the tutorial's document prints, and what is
undefined there does no harm here."""

import ctypes
import os
import random
import re
import threading
import unittest

import child

LIBRARY = os.environ["CLIB1_LIBRARY"]
LOAD = "import ctypes, os; libc = ctypes.CDLL(os.environ['CLIB1_LIBRARY'])\n"
DECLARE = """
libc.alloc_C_string.restype = ctypes.c_void_p
libc.free_C_string.argtypes = [ctypes.c_void_p]
libc.free_C_string.restype = None
"""

# The same calls as in the tutorial, in its order. Python flushes its lines here, so that they come in
# order if C does so too.
TUTORIAL = LOAD + """
import sys
sys.stdout.reconfigure(line_buffering=True)

assert [libc.simple_function() for _ in range(3)] == [1, 2, 3]

print("Calling C function which tries to modify Python string")
original_string = "starting string"
print("Before:", original_string)
libc.add_one_to_string(original_string)
print("After: ", original_string)

print("Calling C function with mutable buffer this time")
mutable_string = ctypes.create_string_buffer(str.encode(original_string))
print("Before:", mutable_string.value)
libc.add_one_to_string(mutable_string)
print("After: ", mutable_string.value)

alloc_func = libc.alloc_C_string
alloc_func.restype = ctypes.POINTER(ctypes.c_char)
print("Allocating and freeing memory in C")
c_string_address = alloc_func()
phrase = ctypes.c_char_p.from_buffer(c_string_address)
print("Bytes in Python {0}".format(phrase.value))

free_func = libc.free_C_string
free_func.argtypes = [ctypes.POINTER(ctypes.c_char), ]
free_func(c_string_address)
"""

PRINTED = """\
Calling C function which tries to modify Python string
Before: starting string
After:  starting string
Calling C function with mutable buffer this time
Before: b'starting string'
After:  b'tubsujoh!tusjoh'
Allocating and freeing memory in C
C just allocated ADDRESS:  I was written in C
Bytes in Python b'I was written in C'
About to free ADDRESS:  I was written in C
"""


def tutorials_loop(text):
    """for (i = 0; i < strlen(input); i++) input[i]++, on the bytes before a terminator."""
    changed = bytearray(text + b"\0")
    i = 0
    while i < changed.index(0):
        changed[i] = (changed[i] + 1) & 0xFF
        i += 1
    return bytes(changed)


class Tutorial(unittest.TestCase):
    def test_prints_what_the_document_prints(self):
        ran = child.run(TUTORIAL)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))

        addresses = re.findall(r"0x([0-9a-f]+)\((-?\d+)\)", ran.stdout)
        self.assertEqual(len(addresses), 2)
        self.assertEqual(addresses[0], addresses[1])
        self.assertEqual(int(addresses[0][0], 16), int(addresses[0][1]))
        masked = re.sub(r"0x[0-9a-f]+\(-?\d+\)", "ADDRESS", ran.stdout)
        self.assertEqual(masked, PRINTED)


class Misuse(unittest.TestCase):
    def check(self, script, stdout, stderr):
        ran = child.run(LOAD + DECLARE + script)
        masked = re.sub(r"0x[0-9a-f]+\(-?\d+\)", "ADDRESS", ran.stdout)
        self.assertEqual((ran.returncode, masked, ran.stderr), (0, stdout, stderr))

    NOT_LIVE = ("free_C_string: ptr is no live string of alloc_C_string: it was freed already, or "
                "came from elsewhere; pass each string once\n")
    ONE_ROUND = ("C just allocated ADDRESS:  I was written in C\n"
                 "About to free ADDRESS:  I was written in C\n")

    def test_freeing_null(self):
        self.check("libc.free_C_string(None)",
                   "", "free_C_string: ptr is NULL; pass its address\n")

    def test_freeing_twice(self):
        self.check("""
string = libc.alloc_C_string()
libc.free_C_string(string)
libc.free_C_string(string)
libc.free_C_string(libc.alloc_C_string())
""", self.ONE_ROUND * 2, self.NOT_LIVE)

    def test_freeing_a_strangers_pointer(self):
        self.check("""
mine = ctypes.create_string_buffer(b"mine")
string = libc.alloc_C_string()
libc.free_C_string(ctypes.addressof(mine))
libc.free_C_string(string + 1)
libc.free_C_string(0xDEADBEEF)
assert mine.raw == b"mine\\0"
assert ctypes.string_at(string) == b"I was written in C"
libc.free_C_string(string)
""", self.ONE_ROUND, self.NOT_LIVE * 3)

    def test_freeing_a_pointer_cut_by_a_forgotten_restype(self):
        self.check("""
undeclared = ctypes.CDLL(os.environ["CLIB1_LIBRARY"]).alloc_C_string
libc.free_C_string(undeclared() & 0xFFFF | 1)
""", "C just allocated ADDRESS:  I was written in C\n", self.NOT_LIVE)

    def test_adding_one_to_null(self):
        self.check("libc.add_one_to_string(None)", "", "")

    def test_adding_one_to_an_empty_string(self):
        self.check("""
empty = ctypes.create_string_buffer(b"\\0stays")
libc.add_one_to_string(empty)
assert empty.raw == b"\\0stays\\0"
""", "", "")

    def test_freeing_at_exit(self):
        self.check("""
import atexit
string = libc.alloc_C_string()
atexit.register(libc.free_C_string, string)
""", self.ONE_ROUND, "")

    def test_freeing_in_a_finalizer_at_exit(self):
        self.check("""
class Owner:
    def __init__(self):
        self.string, self.free = libc.alloc_C_string(), libc.free_C_string
    def __del__(self):
        self.free(self.string)
owner = Owner()
""", self.ONE_ROUND, "")

    def test_counting_past_the_last_int(self):
        ran = child.run("""
import ctypes, os
libc = ctypes.CDLL(os.environ["CLIB1_NEAR_ITS_END"])
print([libc.simple_function() for _ in range(4)])
""")
        self.assertEqual(ran.returncode, 0)
        self.assertEqual(ran.stdout, f"[{2**31 - 2}, {2**31 - 1}, -6, -6]\n")
        self.assertEqual(ran.stderr, 2 * (
            "simple_function: the counter has too few numbers left before its end at 2147483647; "
            "reset it, or count in a wider type\n"))


class FromManyThreads(unittest.TestCase):
    def test_allocating_and_freeing(self):
        ran = child.run(LOAD + DECLARE + """
import threading

def work():
    for _ in range(200):
        libc.free_C_string(libc.alloc_C_string())

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""")
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        lines = ran.stdout.splitlines()
        self.assertEqual(len([line for line in lines if line.startswith("C just alloc")]), 800)
        self.assertEqual(len([line for line in lines if line.startswith("About to fr")]), 800)

    def test_counting(self):
        libc = ctypes.CDLL(LIBRARY)
        drawn = [[] for _ in range(4)]
        threads = [threading.Thread(
            target=lambda mine=mine: mine.extend(libc.simple_function() for _ in range(5000)))
            for mine in drawn]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set().union(*drawn)), 20000)


class AddOneToString(unittest.TestCase):
    def setUp(self):
        self.add_one = ctypes.CDLL(LIBRARY).add_one_to_string
        self.add_one.argtypes, self.add_one.restype = [ctypes.c_char_p], None

    def check(self, text):
        """`text` may hold NULs: the first one ends it, and what follows is left alone."""
        string, nul, rest = text.partition(b"\0")
        memory = ctypes.create_string_buffer(text)
        self.add_one(memory)
        self.assertEqual(memory.raw, tutorials_loop(string) + (rest + b"\0" if nul else b""))

    def test_each_byte(self):
        for byte in range(256):
            with self.subTest(byte=byte):
                self.check(bytes([65, byte, 66]))

    def test_random_bytes(self):
        choose = random.Random(1)
        for round in range(2000):
            with self.subTest(round=round):
                self.check(bytes(choose.choices(range(256), k=choose.randrange(400))))

    def test_random_text_without_ends_of_every_length(self):
        choose = random.Random(2)
        for length in [*range(0, 200), *range(1000, 1100)]:
            with self.subTest(length=length):
                self.check(bytes(choose.choices(range(1, 255), k=length)))

    def test_ends_around_the_sizes_of_blocks_and_pieces(self):
        # The plain loop is quadratic, so long texts are compared with what it comes to.
        for multiple in (64, 128, 4096, 8192, 12288):
            for length in range(multiple - 2, multiple + 3):
                for end in (b"\0", b"\xff"):
                    with self.subTest(length=length, end=end):
                        memory = ctypes.create_string_buffer(b"a" * length + end + b"tail")
                        self.add_one(memory)
                        self.assertEqual(memory.raw, b"b" * length + b"\0tail\0")

    def test_64_mib_in_linear_time(self):
        size = 64 << 20  # the tutorial's loop would take days
        memory = ctypes.create_string_buffer(b"a" * size)
        self.add_one(memory)
        self.assertEqual(memory.raw, b"b" * size + b"\0")


if __name__ == "__main__":
    unittest.main()
