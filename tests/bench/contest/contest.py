# SPDX-License-Identifier: MIT
"""Sets clib beside other ways into Python around one C++ core (core.hpp), and prints a table of
ratios to a hand-written extension module, in GitHub Markdown.

    contest.py [--short] [--plot FILE.svg] <built contestants> <libclib.so> <folder of the package clib>

All run in this process and take turns, round by round; a time is the best of many rounds. The call
stands many times in the body of its loop, so that the loop does not count, and each contestant has
a loop of its own, because the interpreter adapts a call to what it has called there before.
"""

import argparse
import dataclasses
import gc
import importlib.machinery
import importlib.util
import io
import itertools
import os
import pathlib
import platform
import re
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
import typing

SWEEPS = 5  # over all the work, because the machine may be slow for seconds on end
ROUNDS = 40  # a sweep
FEWEST_ROUNDS, SECONDS_A_WORK = 4, 0.6  # where a round takes long
SECONDS_A_LOOP = 0.0005  # short, so that some loops are not interrupted
CALLS_A_LOOP = 20
LOADS = 15

BASELINE, CLIB, CLIB_CTYPES, CTYPES = "extension", "clib", "clib over ctypes", "ctypes"
BY_NAME = "extension with keywords"

NOTES = {
    "a": "An object lives until Python frees it, so that a call on it checks nothing, and only "
         "the interpreter's lock keeps two threads apart.",
    "b": "Objects and sizes are not checked, nor is memory that C returns; a C++ exception ends "
         "the process, and one of Python's in a callback is printed and lost.",
    "c": "Integers are cut to 64 bits unchecked, and memory to write to is made by ctypes before, "
         "where the others are given a bytearray.",
}


@dataclasses.dataclass
class Contestant:
    name: str
    notes: str
    load: typing.Callable  # of the folder, what has a function or class for each work
    version: typing.Callable  # of what was loaded, the version of what made it
    package: str  # what to install to build it; of Debian, unless it says otherwise


@dataclasses.dataclass
class Work:
    title: str
    name: str
    arguments: tuple = ()


def identity(number):
    return number


INTEGER = 123_456_789
TEXT = "starting string"
WORKS = [
    Work("no argument", "answer"),
    Work("one integer", "half", (INTEGER,)),
    Work("two integers", "midpoint", (1000, INTEGER)),
    Work("`str` of 15 in", "ends_of_text", (TEXT,)),
    Work("64 `bytes` in", "ends_of_bytes", (bytes(range(64)),)),
    Work("64 bytes changed in place", "add_one", (bytearray(64),)),
    Work("owned C string out as `str`", "written"),
    Work("object made and freed", "Counter"),
    Work("the same in a `with` statement, where there is one", "closed"),
    Work("method of an object", "next"),
    Work("1 MiB of text in and out", "echo", ("x" * (1 << 20),)),
    Work("100 calls back from C++", "total", (100, identity)),
]
SHORT = ("answer", "ends_of_text", "next", "written")
SHORT_CONTESTANTS = (BASELINE, CLIB, CLIB_CTYPES, CTYPES)

# What clib is to reach: of a work, the largest ratio to another contestant.
TARGETS = [
    ("answer", BASELINE, 1.1),
    ("half", BASELINE, 1.1),
    ("ends_of_text", BASELINE, 1.1),
    ("next", BASELINE, 1.25),
    ("Counter", BASELINE, 1.25),
    ("closed", BASELINE, 2.5),
    ("written", CTYPES, 0.1),
]
LOAD_TARGET = 10  # ms


# --- The contestants ------------------------------------------------------------------------------

class LeftOut(Exception):
    """Why a contestant does not take part."""


def extension_module(folder, name):
    path = folder / f"{name}{sysconfig.get_config_var('EXT_SUFFIX')}"
    if not path.exists():
        raise LeftOut("it is not built for this Python")
    loader = importlib.machinery.ExtensionFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def with_clib(folder, native):
    import clib
    module = clib.load(folder / "libcontest_clib.so", native=native)
    if module.__native__ != native:
        raise LeftOut(module.__why_not_native__)
    return module


def with_ctypes(folder):
    import with_ctypes
    return with_ctypes.Contestant(folder / "libcontest_plain.so")


def with_cffi_abi(folder):
    import with_cffi
    return with_cffi.abi_mode(folder / "libcontest_plain.so")


def with_cffi_api(folder):
    import with_cffi
    return with_cffi.api_mode(extension_module(folder, "contest_cffi"))


def of_python(_):
    return platform.python_version()


def of_clib(module):
    return module.__version__


def of_cffi(_):
    import cffi
    return cffi.__version__


def of_itself(module):
    return module.version


CONTESTANTS = [
    Contestant(BASELINE, "a", lambda folder: extension_module(folder, "contest_extension"),
               of_python, "python3-dev"),
    Contestant(BY_NAME, "a", lambda folder: extension_module(folder, "contest_extension").by_name,
               of_python, "python3-dev"),
    Contestant(CLIB, "", lambda folder: with_clib(folder, True), of_clib, ""),
    Contestant(CLIB_CTYPES, "", lambda folder: with_clib(folder, False), of_clib, ""),
    Contestant(CTYPES, "bc", with_ctypes, of_python, ""),
    Contestant("cffi, ABI mode", "b", with_cffi_abi, of_cffi, "python3-cffi"),
    Contestant("cffi, API mode", "b", with_cffi_api, of_cffi, "python3-cffi and python3-dev"),
    Contestant("nanobind", "a", lambda folder: extension_module(folder, "contest_nanobind"),
               of_itself, "nanobind with tests/python-packages, and python3-dev"),
    Contestant("pybind11", "a", lambda folder: extension_module(folder, "contest_pybind11"),
               of_itself, "pybind11-dev and python3-dev"),
    Contestant("Cython", "a", lambda folder: extension_module(folder, "contest_cython"),
               of_itself, "cython3 and python3-dev"),
]


def load_contestants(folder, names):
    """Those of the names that can take part, loaded, by their names; says which cannot."""
    loaded = {}
    for contestant in CONTESTANTS:
        if contestant.name not in names:
            continue
        try:
            loaded[contestant.name] = contestant.load(folder)
        except (LeftOut, ImportError, OSError) as reason:
            cure = f"; install {contestant.package} and set up the build anew"
            print(f"{contestant.name} is left out: {reason}{cure if contestant.package else ''}")
    return loaded


# --- Are they right? ------------------------------------------------------------------------------

def memory_for(contestant, data):
    """Memory that the contestant can write to."""
    import ctypes
    import with_ctypes
    if isinstance(contestant, with_ctypes.Contestant):
        return ctypes.create_string_buffer(bytes(data), len(data))
    return bytearray(data)


def after_add_one(contestant, data):
    memory = memory_for(contestant, data)
    return contestant.add_one(memory), bytes(memory)


def after_counting(contestant):
    first, second = contestant.Counter(), contestant.Counter()
    return first.next(), first.next(), second.next(), first.next()


def ends(data):
    return len(data) * 65536 + data[0] * 256 + data[-1] if data else 0


def results(contestant):
    """Of every function, on usual inputs and at the ends: what is called, what comes, and what has
    to come."""
    yield "answer()", contestant.answer(), 7_500_000
    largest = (1 << 63) - 1
    for number in (0, 1, 2, 255, 256, INTEGER, 1 << 30, 1 << 31, 1 << 60, largest):
        yield f"half({number})", contestant.half(number), number // 2
        yield f"midpoint(0, {number})", contestant.midpoint(0, number), number // 2
        yield (f"midpoint({number}, {largest})", contestant.midpoint(number, largest),
               (number + largest) // 2)
    for text in ("", "x", TEXT, "h\xe9", "\u20ac\U0001f600", "x" * 100_000):
        yield f"ends_of_text({text[:20]!r})", contestant.ends_of_text(text), ends(text.encode())
        yield f"echo({text[:20]!r})", contestant.echo(text), text
    for data in (b"", b"\0", b"\xff" * 3, bytes(range(256)), bytes(100_000)):
        yield f"ends_of_bytes({data[:20]!r})", contestant.ends_of_bytes(data), ends(data)
        yield (f"add_one({data[:20]!r})", after_add_one(contestant, data),
               (None, bytes((byte + 1) % 256 for byte in data)))
    yield "written()", contestant.written(), "I was written in C"
    yield "two counters", after_counting(contestant), (1, 2, 1, 3)
    for count in (0, 1, 100):
        yield f"total({count})", contestant.total(count, identity), count * (count - 1) // 2


def check(loaded):
    for name, contestant in loaded.items():
        for called, came, expected in results(contestant):
            if came != expected:
                sys.exit(f"{name}: {called} is {came!r}, and has to be {expected!r}")


# --- How fast are they? ---------------------------------------------------------------------------

def call_loop(contestant, work):
    """A function that makes the work's call `count` times CALLS_A_LOOP times."""
    if work.name == "next":
        called, arguments, call = contestant.Counter(), (), "called.next()"
    elif work.name == "closed":  # of the others, an object can only be let go
        called, arguments = contestant.Counter, ()
        call = "with called(): pass" if hasattr(called, "__exit__") else "called()"
    else:
        called = getattr(contestant, work.name)
        arguments = tuple(memory_for(contestant, each) if isinstance(each, bytearray) else each
                          for each in work.arguments)
        call = f"called({', '.join('ab'[:len(arguments)])})"
    body = "\n        ".join([call] * CALLS_A_LOOP)
    scope = {}
    exec(f"def loop(count, called, a=None, b=None):\n    for _ in count:\n        {body}", scope)
    return lambda count: scope["loop"](itertools.repeat(None, count), called, *arguments)


def seconds(loop, count):
    begin = time.perf_counter()
    loop(count)
    return (time.perf_counter() - begin) / (count * CALLS_A_LOOP)


class Race:
    """The contestants at one work, and the best time of each so far."""

    def __init__(self, loaded, work):
        self.start({name: call_loop(contestant, work) for name, contestant in loaded.items()})

    def start(self, loops):
        self.loops = loops
        self.best = dict.fromkeys(loops, float("inf"))
        self.counts = {}
        for name, loop in self.loops.items():
            loop(2)  # the first calls are slower
            self.counts[name] = max(1, round(SECONDS_A_LOOP / (seconds(loop, 2) * CALLS_A_LOOP)))

    def run(self):
        end = time.monotonic() + SECONDS_A_WORK
        for done in range(ROUNDS):
            if done >= FEWEST_ROUNDS and time.monotonic() > end:
                break
            for name, loop in self.loops.items():
                self.best[name] = min(self.best[name], seconds(loop, self.counts[name]))


def measure(loaded, works):
    """The best time of each contestant in ns, by the name of the work."""
    races = {work.name: Race(loaded, work) for work in works}
    gc.collect()
    gc.disable()
    for _ in range(SWEEPS):
        for race in races.values():
            race.run()
    gc.enable()
    return {work: {name: 1e9 * best for name, best in race.best.items()}
            for work, race in races.items()}


def load_time(library):
    """The best time in ms of clib.load() in a process that has not loaded anything yet."""
    program = ("import sys, time; sys.path[:] = sys.argv[2:]; import clib; "
               "begin = time.perf_counter(); clib.load(sys.argv[1]); "
               "print(time.perf_counter() - begin)")
    with tempfile.TemporaryDirectory() as folder:  # of the bytecode, which the first process writes
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
        return 1e3 * min(
            float(subprocess.run([sys.executable, "-c", program, library, *sys.path], text=True,
                                 check=True, stdout=subprocess.PIPE, env=environment).stdout)
            for _ in range(LOADS))


# --- What is shown --------------------------------------------------------------------------------

def row(*cells):
    print("| " + " | ".join(cells) + " |")


def duration(nanoseconds):
    return f"{nanoseconds:.0f} ns" if nanoseconds < 10_000 else f"{nanoseconds / 1000:.0f} us"


def print_table(loaded, times):
    shown = [contestant for contestant in CONTESTANTS if contestant.name in loaded]
    print()
    row("work", *(f"{contestant.name} {contestant.version(loaded[contestant.name])}" +
                  "".join(f" ({note})" for note in contestant.notes) for contestant in shown))
    row("---", *("--:" for _ in shown))
    for work in WORKS:
        own = times[work.name]
        row(work.title, duration(own[BASELINE]),
            *(f"{own[each.name] / own[BASELINE]:.2f}" for each in shown[1:]))
    print(f"\nTimes of a hand-written extension, and ratios to them, on CPython "
          f"{platform.python_version()}. Only clib's functions and the extension's with keywords "
          "take arguments by name too. Where less is checked than by clib:\n")
    for letter, note in NOTES.items():
        print(f"- ({letter}) {note}")


def print_targets(times, milliseconds):
    def verdict(met):
        return "met" if met else "MISSED"

    titles = {work.name: work.title for work in WORKS}
    print()
    row("clib", "measured against", "ratio", "target")
    row("---", "---", "--:", "---")
    for name, other, limit in TARGETS:
        if other in times[name] and CLIB in times[name]:
            ratio = times[name][CLIB] / times[name][other]
            row(titles[name], other, f"{ratio:.3f}", f"at most {limit}: {verdict(ratio <= limit)}")
    row("`clib.load` of `libclib.so`, in a new process", "", f"{milliseconds:.1f} ms",
        f"under {LOAD_TARGET} ms: {verdict(milliseconds < LOAD_TARGET)}")


def print_short(loaded, times):
    """Five lines for a terminal."""
    width = max(len(work.title) for work in WORKS)
    print(f"{'ns a call':{width}}  {'  '.join(loaded)}")
    for work in WORKS:
        if work.name in SHORT:
            cells = (f"{times[work.name][name]:{len(name)}.0f}" for name in loaded)
            print(f"{work.title.replace('`', ''):{width}}  {'  '.join(cells)}")


# Text has 4.5 times the contrast of white or more, and marks three times.
INK = "#24292f"
PAPER = "white"
TITLE = ("For each kind of work, a row of dots: the time of a call with each binding, as a ratio to an "
         "extension module that is written by hand. tests/bench/README.md has the numbers.")
MARKS = {
    BY_NAME: ("#8a8a8a", "X"), CLIB: ("#e0502a", "D"),
    CLIB_CTYPES: ("#a8701a", "d"), CTYPES: ("#3f88c5", "o"),
    "cffi, ABI mode": ("#8f6fd6", "v"), "cffi, API mode": ("#b85fb0", "^"),
    "nanobind": ("#2f6f4f", "P"), "pybind11": ("#23998c", "s"), "Cython": ("#6b8423", "p"),
}


def plot(times, file):
    """Writes what print_table() says as dots, a line a work."""
    try:
        import matplotlib
    except ImportError:
        sys.exit("--plot needs matplotlib; install python3-matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "contest"  # the same file for the same numbers
    from matplotlib import pyplot, ticker

    figure, axes = pyplot.subplots(figsize=(5.5, 7))
    places = range(len(WORKS), 0, -1)
    for name, (colour, marker) in MARKS.items():
        if name in times[WORKS[0].name]:
            ratios = [times[work.name][name] / times[work.name][BASELINE] for work in WORKS]
            axes.plot(ratios, places, marker, color=colour, label=name,
                      markersize=9 if name == CLIB else 7, zorder=3 if name == CLIB else 2)
    axes.axvline(1, color=INK, linewidth=1.5)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.set_yticks(places, [textwrap.fill(work.title.replace("`", ""), 22) for work in WORKS])
    axes.set_xlabel("time of a call, hand-written extension = 1\n(less is better)", color=INK)
    axes.tick_params(colors=INK, length=0)
    axes.grid(color=INK, alpha=0.3, linewidth=0.6)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.3, 1), ncol=2, frameon=False, labelcolor=INK)
    drawn = io.StringIO()
    figure.savefig(drawn, facecolor=PAPER, bbox_inches="tight",
                   metadata={"Date": None, "Rights": "SPDX-License-Identifier: MIT"})
    # For who hears the page.
    text = re.sub(r"(<svg [^>]*)>", rf'\1 role="img" aria-labelledby="title">\n <title id="title">{TITLE}'
                  "</title>", drawn.getvalue(), count=1)
    pathlib.Path(file).write_text(text, encoding="utf-8")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    arguments.add_argument("--short", action="store_true", help="five lines, in ns")
    arguments.add_argument("--plot", metavar="FILE.svg", help="draw the ratios too")
    arguments.add_argument("folder", type=pathlib.Path, help="where the contestants were built")
    arguments.add_argument("library", help="libclib.so")
    arguments.add_argument("binding", help="the folder of the package clib")
    given = arguments.parse_args()
    sys.path.insert(0, given.binding)

    loaded = load_contestants(given.folder.resolve(), SHORT_CONTESTANTS if given.short else
                              [each.name for each in CONTESTANTS])
    check(loaded)
    if not given.short and BASELINE not in loaded:
        sys.exit("without the hand-written extension there is nothing to measure against")
    times = measure(loaded, [each for each in WORKS if not given.short or each.name in SHORT])
    if given.short:
        print_short(loaded, times)
        return
    print_table(loaded, times)
    print_targets(times, load_time(given.library))
    if given.plot:
        plot(times, given.plot)


if __name__ == "__main__":
    main()
