# SPDX-License-Identifier: MIT
"""Measures calls from Python through the package clib beside the same calls declared by hand with ctypes, as
the tutorial does it, and prints one table of ratios in GitHub Markdown.

    binding.py <libclib.so> <folder of the package clib>

Contestants take turns in one process; each time is the best of many rounds. "Checked by hand" is a
class or function in Python that does what clib always does: it raises for a failed call, refuses
integers that ctypes would cut, and takes the caller's own memory; "bare" does nothing of it, as the
tutorial.
"""

import ctypes
import sys
import time

ROUNDS = 60
SECONDS_A_ROUND = 0.004
TEXT = "starting string"
TARGET = 1.1


def declared(library, name, result, *arguments):
    function = library[name]
    function.restype, function.argtypes = result, arguments
    return function


class HandWritten:
    """The bare functions, and what a careful programmer makes of them."""

    def __init__(self, path):
        library = ctypes.CDLL(path)
        number, pointer, size = ctypes.c_int64, ctypes.c_void_p, ctypes.c_size_t
        text = ctypes.c_char_p
        self.last_error = declared(library, "clib_last_error", text)
        self.at_least = declared(library, "clib_version_at_least", number, number, number, number)
        self.counter_new = declared(library, "clib_counter_new", pointer)
        self.counter_next = declared(library, "clib_counter_next", number, pointer)
        self.counter_free = declared(library, "clib_counter_free", number, pointer)
        self.buffer_new = declared(library, "clib_char_buffer_new", pointer, text, size)
        self.buffer_assign = declared(
            library, "clib_char_buffer_assign", number, pointer, text, size)
        self.add_one = declared(library, "clib_add_one", number, pointer, size)
        libc = ctypes.CDLL(None)
        self.strdup = declared(libc, "strdup", pointer, text)
        self.free = declared(libc, "free", None, pointer)

    def checked(self, result):
        if result is None or result < 0:
            raise ValueError(self.last_error().decode())
        return result


def cases(by_hand, clib):
    """Of each case its title, and of each contestant what is called."""
    handle = by_hand.counter_new()
    buffer = by_hand.buffer_new(b"", 0)
    memory = ctypes.create_string_buffer(64)

    class Counter:
        def __init__(self):
            self.handle = handle

        def next(self):
            result = by_hand.counter_next(self.handle)
            if result < 0:
                raise ValueError(by_hand.last_error().decode())
            return result

        def assign(self, text):
            data = text.encode()
            result = by_hand.buffer_assign(buffer, data, len(data))
            if result < 0:
                raise ValueError(by_hand.last_error().decode())

    least, greatest = -(1 << 63), (1 << 63) - 1

    def checked_at_least(major, minor, patch):
        if not (least <= major <= greatest and least <= minor <= greatest and
                least <= patch <= greatest):
            raise OverflowError("a number is too large")
        result = by_hand.at_least(major, minor, patch)
        if result < 0:
            raise ValueError(by_hand.last_error().decode())
        return result

    def checked_add_one(writable):
        memory = ctypes.c_char.from_buffer(writable)
        result = by_hand.add_one(ctypes.byref(memory), len(writable))
        if result < 0:
            raise ValueError(by_hand.last_error().decode())
        return result

    def assign_bare():
        data = TEXT.encode()
        by_hand.buffer_assign(buffer, data, len(data))

    def owned_text():  # as the tutorial does it: the pointer is kept, read, and freed
        pointer = by_hand.strdup(b"I was written in C")
        text = ctypes.cast(pointer, ctypes.c_char_p).value.decode()
        by_hand.free(pointer)
        return text

    def made_and_freed():
        by_hand.counter_free(by_hand.counter_new())

    class OwnedCounter:
        def __init__(self):
            self.handle = by_hand.checked(by_hand.counter_new())

        def close(self):
            handle, self.handle = self.handle, None
            if handle is not None:
                by_hand.checked(by_hand.counter_free(handle))

        __del__ = close

    hand = Counter()
    own_counter, own_buffer = clib.Counter(), clib.CharBuffer()
    own_string, writable = clib.CString("I was written in C"), bytearray(64)
    at_least, add_one = clib.version_at_least, clib.add_one
    return {
        "call with three integers": {
            "bare": lambda: by_hand.at_least(0, 1, 0),
            "checked by hand": lambda: checked_at_least(0, 1, 0),
            "clib": lambda: at_least(0, 1, 0)},
        "method without arguments": {
            "bare": lambda: by_hand.counter_next(handle),
            "checked by hand": lambda: hand.next(),
            "clib": lambda: next(own_counter)},
        "`str` of 15 in": {
            "bare": assign_bare,
            "checked by hand": lambda: hand.assign(TEXT),
            "clib": lambda: own_buffer.assign(TEXT)},
        "64 bytes in place": {
            "bare": lambda: by_hand.add_one(memory, 64),
            "checked by hand": lambda: checked_add_one(writable),
            "clib": lambda: add_one(writable)},
        "owned C string out as `str`": {
            "bare": owned_text,
            "clib": lambda: str(own_string)},
        "object made and freed": {
            "bare": made_and_freed,
            "checked by hand": lambda: OwnedCounter().close(),
            "clib": lambda: clib.Counter().close()},
    }


def seconds(call, count):
    repeat = range(count)
    begin = time.perf_counter()
    for _ in repeat:
        call()
    return (time.perf_counter() - begin) / count


def measure(contestants):
    """The best time of each, in ns, less that of an empty loop."""
    everything = {**contestants, None: lambda: None}
    count = max(1, int(SECONDS_A_ROUND / max(seconds(call, 100) for call in everything.values())))
    best = dict.fromkeys(everything, float("inf"))
    for _ in range(ROUNDS):
        for name, call in everything.items():
            best[name] = min(best[name], seconds(call, count))
    return {name: (best[name] - best[None]) * 1e9 for name in contestants}


def main(path, folder):
    sys.path.insert(0, folder)
    import clib as binding

    clib = binding.load(path, native=False)
    print("| from Python, with `ctypes` | clib | bare | ratio | checked by hand | ratio |")
    print("| --- | --: | --: | --: | --: | --: |")
    missed = []
    for title, contestants in cases(HandWritten(path), clib).items():
        times = measure(contestants)
        cells = [f"{times['clib']:.0f} ns"]
        for other in ("bare", "checked by hand"):
            ratio = times["clib"] / times[other] if other in times else None
            cells += ["", ""] if ratio is None else [f"{times[other]:.0f} ns", f"{ratio:.2f}"]
        rival = times.get("checked by hand", times.get("bare"))
        if times["clib"] > TARGET * rival:
            missed.append(title)
        print(f"| {title} | {' | '.join(cells)} |")
    print(f"\nAt most {TARGET} times what does the same work by hand: "
          f"{'missed by ' + ', '.join(missed) if missed else 'met'}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
