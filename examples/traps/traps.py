# SPDX-License-Identifier: MIT
"""The traps of ctypes, each with bare ctypes on the C library, and then with clib.

    python3 traps.py [--markdown]

Each way runs in a Python of its own, which some of them crash. The table shows what it printed, the
exception that it raised, or the signal that ended it. Much of what bare ctypes does here is
undefined; the traps are chosen so that CPython with glibc does the same every time.

libclib.so is taken from build/, or from where CLIB_LIBRARY says.
"""

import argparse
import ctypes
import gc
import os
import pathlib
import resource
import signal
import subprocess
import sys
import textwrap
from itertools import zip_longest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = os.environ.setdefault("CLIB_LIBRARY", str(ROOT / "build/shim/libclib.so"))
sys.path.insert(0, str(ROOT / "shim"))

import clib  # noqa: E402 - it is found only now

libc = ctypes.CDLL(None)
libc.strdup.argtypes, libc.strdup.restype = [ctypes.c_char_p], ctypes.c_void_p
libc.realloc.argtypes, libc.realloc.restype = [ctypes.c_void_p, ctypes.c_size_t], ctypes.c_void_p
libc.free.argtypes, libc.free.restype = [ctypes.c_void_p], None


class Trap:
    """Its docstring is what the programmer did, its methods are the two ways to do it."""

    def bare(self):
        raise NotImplementedError

    def with_clib(self):
        raise NotImplementedError


class ForgottenRestype(Trap):
    """A forgotten `restype`: the address is cut to 32 bits"""

    def bare(self):
        memory = libc.malloc(1 << 24)  # an int, unless restype says more
        ctypes.memset(memory, 0, 1 << 24)

    def with_clib(self):
        with clib.CharBuffer() as memory:
            memory.resize(1 << 24)
            print(len(memory), "bytes, all of them", max(memory))


class LeakedResult(Trap):
    """A `c_char_p` as result: the text is copied, its address lost"""

    def bare(self):
        libc.strdup.restype = ctypes.c_char_p
        print(leak_of(lambda: libc.strdup(b"starting string" * 70)))

    def with_clib(self):
        print(leak_of(lambda: str(clib.CString("starting string" * 70))))


class BytesModified(Trap):
    """C writes into `bytes`, which cannot change"""

    def bare(self):
        libc.memset(b"starting string", ord("S"), 1)
        print("the constant reads", b"starting string")

    def with_clib(self):
        clib.load(LIBRARY).add_one(b"starting string")


class OneByteModified(Trap):
    """The same with one byte, an object that all of Python shares"""

    def bare(self):
        libc.memset(b"a", ord("b"), 1)
        print("bytes([97]) is", bytes([97]))

    def with_clib(self):
        clib.load(LIBRARY).add_one(b"a")


class DoubleFree(Trap):
    """Freed twice"""

    def bare(self):
        text = libc.strdup(b"starting string")
        libc.free(text)
        libc.free(text)

    def with_clib(self):
        text = clib.CString.adopt(libc.strdup(b"starting string"), libc.free)
        text.close()
        text.close()
        print("freed once;", clib.CString.live(), "strings are alive")


class ForeignFree(Trap):
    """Freed by a language that did not allocate it"""

    def bare(self):
        memory = ctypes.create_string_buffer(64)
        libc.free(ctypes.addressof(memory) + 32)  # malloc never returned that

    def with_clib(self):
        memory = ctypes.create_string_buffer(b"starting string")
        text = clib.CString.adopt(ctypes.addressof(memory), lambda _: print("given back to Python"))
        text.close()


class UseAfterFree(Trap):
    """Used after it was freed"""

    def bare(self):
        text = libc.strdup(b"starting string")
        libc.free(text)
        libc.strdup(b"somebody else's")  # gets the memory that is free now
        print("the text reads", ctypes.string_at(text))

    def with_clib(self):
        text = clib.CString("starting string")
        text.close()
        print("the text reads", str(text))


class NoneAsText(Trap):
    """`None` for a `char*`"""

    def bare(self):
        libc.strlen(None)

    def with_clib(self):
        clib.CString(None)


class IntegerCut(Trap):
    """An integer of more than 64 bits"""

    def bare(self):
        libc.llabs.argtypes, libc.llabs.restype = [ctypes.c_int64], ctypes.c_int64
        print("2**64 + 5 arrives as", libc.llabs(2**64 + 5))

    def with_clib(self):
        clib.Counter().reserve(2**64 + 5)


class EmbeddedNul(Trap):
    """Text with a NUL in it"""

    def bare(self):
        print("7 bytes arrive as", libc.strlen(b"one\0two"))

    def with_clib(self):
        clib.CString("one\0two")


class TooManyArguments(Trap):
    """Too many arguments"""

    def bare(self):
        libc.strlen.argtypes = [ctypes.c_char_p]
        print("strlen(b'text', 2) is", libc.strlen(b"text", 2))

    def with_clib(self):
        clib.load(LIBRARY).add_one(bytearray(b"text"), 2)


class WrongDeclaredType(Trap):
    """A declared type that is not that of the function"""

    def bare(self):
        libc.llabs.argtypes, libc.llabs.restype = [ctypes.c_int64], ctypes.c_int
        print("abs(-2**40) is", libc.llabs(-(2**40)))

    def with_clib(self):
        numbers = clib.Counter()
        numbers.reserve(2**40)
        print("after 2**40 comes", next(numbers))


class CallbackCollected(Trap):
    """A callback is collected while C still holds it"""

    def bare(self):
        handler = ctypes.CFUNCTYPE(None, ctypes.c_int)
        libc.signal(signal.SIGUSR1, handler(lambda _: print("it is called")))
        # Nothing in Python refers to that one any more, so the next takes its place.
        another = handler(lambda _: print("another function is called"))
        signal.raise_signal(signal.SIGUSR1)
        del another

    def with_clib(self):
        memory = ctypes.create_string_buffer(b"starting string")
        text = clib.CString.adopt(ctypes.addressof(memory), lambda _: print("it is called"))
        gc.collect()
        text.close()


class StrWithoutEncode(Trap):
    """A `str` that nobody has encoded"""

    def bare(self):
        print("15 characters arrive as", libc.strlen("starting string"))

    def with_clib(self):
        print("15 characters arrive as", len(clib.CString("starting string")))


class MovedUnderAView(Trap):
    """A buffer grows while a view of it is out"""

    def bare(self):
        memory = libc.strdup(b"starting string")
        view = (ctypes.c_char * 15).from_address(memory)
        libc.realloc(memory, 1 << 24)  # moves it
        libc.strdup(b"somebody else's")
        print("the view shows", view.raw)

    def with_clib(self):
        buffer = clib.CharBuffer("starting string")
        view = buffer.view()
        buffer.resize(1 << 24)
        print("the view shows", bytes(view))


def leak_of(call):
    """What 10,000 calls leave behind, after 20,000 that fill what is kept and used again."""
    in_use = []
    for _ in range(3):
        for _ in range(10_000):
            call()
        gc.collect()
        with open("/proc/self/smaps_rollup", encoding="ascii") as lines:
            in_use.append(next(int(line.split()[1]) for line in lines if line.startswith("Rss:")))
    kib = in_use[2] - in_use[1]
    if kib < 300:  # less a call than the 32 bytes that malloc takes for the smallest text
        return "10,000 calls leak nothing"
    return f"10,000 calls leak more than {kib // 1000 * 1000:,} KiB"


def run(name, way):
    """What a child does: one way into one trap."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        getattr(globals()[name](), way)()
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


def outcome(trap, way):
    environment = dict(os.environ)
    if way == "bare":  # with nothing that would change what malloc and free do
        for name in ("LD_PRELOAD", "MALLOC_PERTURB_", "PYTHONMALLOC"):
            environment.pop(name, None)
    try:
        child = subprocess.run([sys.executable, __file__, "--run", trap.__name__, way], text=True,
                               env=environment, capture_output=True, timeout=30)
    except subprocess.TimeoutExpired:
        return "does not end"
    if child.returncode > 0:
        raise RuntimeError(child.stderr)
    return child.stdout.strip() if child.returncode == 0 else signal.Signals(-child.returncode).name


def rows():
    for trap in Trap.__subclasses__():
        yield trap.__doc__, outcome(trap, "bare"), outcome(trap, "with_clib")


def print_markdown():
    print("| trap | bare `ctypes` | clib |")
    print("| --- | --- | --- |")
    for title, bare, with_clib in rows():
        print(f"| {title} | `{bare}` | `{with_clib}` |", flush=True)


def print_table():
    widths = (30, 28, 38)

    def show(*cells):
        wrapped = (textwrap.wrap(cell, width) for cell, width in zip(cells, widths))
        for line in zip_longest(*wrapped, fillvalue=""):
            print("  ".join(part.ljust(width) for part, width in zip(line, widths)).rstrip())
        print(flush=True)

    show("trap", "bare ctypes", "clib")
    for row in rows():
        show(*row)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--markdown", action="store_true", help="print the table of shim/MIGRATING.md")
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run(*given.run)
    elif not os.path.isfile(LIBRARY):
        sys.exit(f"there is no {LIBRARY}; build it with examples/run, or name it in CLIB_LIBRARY")
    elif given.markdown:
        print_markdown()
    else:
        print_table()


if __name__ == "__main__":
    main()
