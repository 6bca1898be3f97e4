# SPDX-License-Identifier: MIT
"""The calls of the ctypes tutorial, step by step and in its order, each followed by the same step
with clib. First the tutorial's own functions (libclib1.so), then clib's C ABI (libclib.so); both
are loaded with bare ctypes.

    python3 tutorial.py [FOLDER ...]    where the libraries are, if not beside this script or built
"""

import ctypes
import pathlib
import sys


def find(name):
    """The absolute path of a library, so that the script can be called from any folder."""
    here = pathlib.Path(__file__).resolve().parent
    build = here.parents[1] / "build"
    folders = sys.argv[1:] or [here, build / "examples/tutorial", build / "shim"]
    for folder in folders:
        path = pathlib.Path(folder).resolve() / name
        if path.exists():
            return str(path)
    sys.exit(f"{name} is not in {', '.join(map(str, folders))}; build it with examples/run.")


def say(text=""):
    # Flushed, because C prints on the same terminal and does not know of Python's buffer.
    print(text, flush=True)


def step(title, look_at):
    say(f"\n=== {title}\nLook at: {look_at}")


def tutorial():
    say("\n--- the tutorial's functions")


def with_clib():
    say("\n--- clib")


def declare(function, result, *arguments):
    function.restype, function.argtypes = result, arguments


step("1. Load a library",
     "each is found beside the script or in the build folder, and loaded by its path.")

tutorial()
libc = ctypes.CDLL(find("libclib1.so"))
say("libclib1.so is loaded")

with_clib()
clib = ctypes.CDLL(find("libclib.so"))
clib.clib_version.restype = ctypes.c_char_p
clib.clib_last_error.restype = ctypes.c_char_p
say(f"libclib.so is loaded, version {clib.clib_version().decode()}")


step("2. Count",
     "the tutorial has one counter for everybody, clib one for whoever asks.")

tutorial()
say(f"simple_function: {libc.simple_function()}, {libc.simple_function()}")

with_clib()
declare(clib.clib_counter_new, ctypes.c_void_p)
declare(clib.clib_counter_next, ctypes.c_int64, ctypes.c_void_p)
declare(clib.clib_counter_free, ctypes.c_int64, ctypes.c_void_p)
mine, yours = clib.clib_counter_new(), clib.clib_counter_new()
say(f"my counter:   {clib.clib_counter_next(mine)}, {clib.clib_counter_next(mine)}")
say(f"your counter: {clib.clib_counter_next(yours)}")
clib.clib_counter_free(mine)
clib.clib_counter_free(yours)


step("3. Pass an immutable string",
     "C changes a copy, which is lost. Declared types stop the mistake.")

original_string = "starting string"
tutorial()
say(f"Before: {original_string}")
libc.add_one_to_string(original_string)  # runs, and changes something else
say(f"After:  {original_string}")

with_clib()
declare(clib.clib_add_one, ctypes.c_int64, ctypes.POINTER(ctypes.c_char), ctypes.c_size_t)
try:
    clib.clib_add_one(original_string, len(original_string))
except ctypes.ArgumentError:
    say("refused before the call: a str is not memory that C may write to")


step("4. Pass a mutable buffer",
     "every letter moves up by one, in your memory or in a buffer of clib's.")

tutorial()
mutable_string = ctypes.create_string_buffer(original_string.encode())
say(f"Before: {mutable_string.value}")
libc.add_one_to_string(mutable_string)
say(f"After:  {mutable_string.value}")

with_clib()
mutable_string = ctypes.create_string_buffer(original_string.encode())
changed = clib.clib_add_one(mutable_string, len(original_string))
say(f"your memory:   {mutable_string.value}, {changed} bytes changed")

declare(clib.clib_char_buffer_new, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)
declare(clib.clib_char_buffer_append, ctypes.c_int64,
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)
declare(clib.clib_char_buffer_add_one, ctypes.c_int64, ctypes.c_void_p)
declare(clib.clib_char_buffer_read, ctypes.c_int64,
        ctypes.c_void_p, ctypes.c_int64, ctypes.POINTER(ctypes.c_char), ctypes.c_size_t)
declare(clib.clib_char_buffer_free, ctypes.c_int64, ctypes.c_void_p)
buffer = clib.clib_char_buffer_new(b"starting", 8)
clib.clib_char_buffer_append(buffer, b" string", 7)
clib.clib_char_buffer_add_one(buffer)
copy = ctypes.create_string_buffer(64)
size = clib.clib_char_buffer_read(buffer, 0, copy, len(copy))
say(f"clib's buffer: {copy[:size]}")
clib.clib_char_buffer_free(buffer)


step("5. Declare signatures",
     "an undeclared pointer is cut to 32 bits. clib notices, and says so.")

tutorial()
alloc_func = libc.alloc_C_string
alloc_func.restype = ctypes.POINTER(ctypes.c_char)
free_func = libc.free_C_string
free_func.argtypes = [ctypes.POINTER(ctypes.c_char), ]
say("alloc_C_string returns, and free_C_string takes, a POINTER(c_char)")

with_clib()
string_new, string_free = clib.clib_c_string_new, clib.clib_c_string_free
declare(string_new, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)
phrase = b"I was written in C++"
string = string_new(phrase, len(phrase))
say(f"undeclared, clib_c_string_free gives {string_free(string)}:")
say(f"  {clib.clib_last_error().decode()}")
declare(string_free, ctypes.c_int64, ctypes.c_void_p)
declare(clib.clib_c_string_pin, ctypes.c_void_p, ctypes.c_void_p)
declare(clib.clib_c_string_unpin, ctypes.c_int64, ctypes.c_void_p)
say("declared, it takes all 64 bits: see the next steps")


step("6. Read memory that C has allocated",
     "Python reads the bytes in place. While clib lends them, nobody can free them.")

tutorial()
c_string_address = alloc_func()
bytes_in_python = ctypes.c_char_p.from_buffer(c_string_address)
say(f"Bytes in Python {bytes_in_python.value}")

with_clib()
address = clib.clib_c_string_pin(string)
say(f"Bytes in Python {ctypes.string_at(address)}")
say(f"freeing it now gives {string_free(string)}:")
say(f"  {clib.clib_last_error().decode()}")
clib.clib_c_string_unpin(string)


step("7. Free it, in the language that allocated it",
     "twice would be a crash in the tutorial's C; here it is a sentence.")

tutorial()
free_func(c_string_address)
free_func(c_string_address)

with_clib()
say(f"freeing it gives {string_free(string)}")
say(f"once more gives {string_free(string)}:")
say(f"  {clib.clib_last_error().decode()}")
