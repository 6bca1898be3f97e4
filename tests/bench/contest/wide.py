# SPDX-License-Identifier: MIT
"""Sets clib beside nanobind and pybind11 at what authors open besides functions of numbers and text
(wide.hpp), and prints a table of ratios to nanobind, in GitHub Markdown.

    wide.py <built contestants> <folder of the package clib>

It measures as contest.py does. Arrays are numpy's; without numpy those rows are left out.
"""

import dataclasses
import gc
import itertools
import pathlib
import platform
import sys
import typing

import contest

NANOBIND, CLIB, CLIB_CTYPES, PYBIND11 = "nanobind", "clib", "clib over ctypes", "pybind11"
SWEEPS = 5


@dataclasses.dataclass
class Work:
    title: str
    call: str  # an expression or statement of `m`, the contestant, and what prepare() returns
    prepare: typing.Callable = lambda m: None  # of a contestant: `a`
    expected: object = None
    needs_numpy: bool = False


def overriding(m):
    class Square(m.Shape):
        def area(self):
            return 6.25
    return Square()


def squares_of(m):
    return m.Point(0.0, 0.0), m.Point(3.0, 4.0)


def places_of(m):
    return m.Place(0.0, 0.0), m.Place(3.0, 4.0)


def array_of(m):
    import numpy
    return numpy.ones(1000)


def as_array(m):
    import numpy
    return numpy.asarray


def called(number):
    return number


TEXTS = ["word"] * 100
WORKS = [
    Work("list of 100 floats in", "f(a)", lambda m: (m.sum, [0.5] * 100), 50.0),
    Work("list of 100 ints in, as floats", "f(a)", lambda m: (m.sum, [1] * 100), 100.0),
    Work("list of 100 `str` in", "f(a)", lambda m: (m.letters, TEXTS), 400),
    Work("list of 100 ints out", "f(a)", lambda m: (m.squares, 100), [i * i for i in range(100)]),
    Work("dict of 100 out", "f(a)", lambda m: (m.table, 100), {f"key {i}": i for i in range(100)}),
    Work("optional in and out", "f(a)", lambda m: (m.root, 6.25), 2.5),
    Work("`None` in and out", "f(a)", lambda m: (m.root, None), None),
    Work("tuple out", "f()", lambda m: (m.three, None), (1, 2.5, "three")),
    Work("int for a float", "f(a)", lambda m: (m.half, 5), 2.5),
    Work("keyword argument", "f(a, limit=7)", lambda m: (m.limited, 9), 7),
    Work("default argument", "f(a)", lambda m: (m.limited, 9), 9),
    Work("enum in and out", "f(a)", lambda m: (m.next, m.Color.red)),
    Work("array of 1000 in", "f(a)", lambda m: (m.total, array_of(m)), 1000.0, True),
    Work("array of 1000 out", "a(f(1000))", lambda m: (m.zeros, as_array(m)), None, True),
    Work("object of two numbers made", "f(1.5, 2.5)", lambda m: (m.Point, None)),
    Work("member read", "f.x", lambda m: (m.Point(1.5, 2.5), None), 1.5),
    Work("member set", "f.x = 2.5", lambda m: (m.Point(1.5, 2.5), None)),
    Work("property read", "f.target", lambda m: (m.Thermostat(), None), 20.0),
    Work("property set", "f.target = 21.5", lambda m: (m.Thermostat(), None)),
    Work("two objects in", "f(*a)", lambda m: (m.distance, squares_of(m)), 5.0),
    Work("an object out", "f(*a)", lambda m: (m.middle, squares_of(m))),
    Work("structure made", "f(1.5, 2.5)", lambda m: (m.Place, None)),
    Work("structure made by name", "f(x=1.5, y=2.5)", lambda m: (m.Place, None)),
    Work("structure's member read", "f.x", lambda m: (m.Place(1.5, 2.5), None), 1.5),
    Work("structure's member set", "f.x = 2.5", lambda m: (m.Place(1.5, 2.5), None)),
    Work("structures compared", "f == a", lambda m: (m.Place(1.5, 2.5), m.Place(1.5, 2.5)), True),
    Work("structure shown", "repr(f)", lambda m: (m.Place(1.5, 2.5), None)),
    Work("two structures in", "f(*a)", lambda m: (m.separation, places_of(m)), 5.0),
    Work("a structure out", "f(*a)", lambda m: (m.between, places_of(m))),
    Work("list of 100 structures in", "f(a)", lambda m: (m.total_x, [m.Place(0.5, 1.0)] * 100), 50.0),
    Work("list of 100 structures out", "f(a)", lambda m: (m.places, 100)),
    Work("1000 numbers iterated over", "for _ in f: pass", lambda m: (m.Series(1000), None)),
    Work("overload, the first", "f(a)", lambda m: (m.size_of, 70), 7),
    Work("overload, the second", "f(a)", lambda m: (m.size_of, "seven"), 5),
    Work("virtual function overridden", "f(a)", lambda m: (m.area_of, overriding(m)), 6.25),
    Work("100 calls of a `std::function`", "f(a, 100)", lambda m: (m.each, called), 150.0),
    Work("exception", "try: f()\n        except ValueError: pass", lambda m: (m.fail, None)),
]


def load_contestants(folder):
    import clib
    loaded = {}
    for name, load in (
            (NANOBIND, lambda: contest.extension_module(folder, "wide_nanobind")),
            (CLIB, lambda: clib.load(folder / "libwide_clib.so")),
            (CLIB_CTYPES, lambda: clib.load(folder / "libwide_clib.so", native=False)),
            (PYBIND11, lambda: contest.extension_module(folder, "wide_pybind11"))):
        try:
            loaded[name] = load()
        except (contest.LeftOut, ImportError, OSError) as reason:
            print(f"{name} is left out: {reason}")
    return loaded


def check(loaded, works):
    for work in works:
        if work.expected is None or " = " in work.call:
            continue
        for name, module in loaded.items():
            f, a = work.prepare(module)
            came = eval(work.call, {"f": f, "a": a})
            if came != work.expected:
                sys.exit(f"{name}: {work.title}: {came!r} has to be {work.expected!r}")


def loop_of(module, work):
    f, a = work.prepare(module)
    body = "\n        ".join([work.call] * contest.CALLS_A_LOOP)
    scope = {}
    exec(f"def loop(count, f, a):\n    for _ in count:\n        {body}", scope)
    return lambda count: scope["loop"](itertools.repeat(None, count), f, a)


class Race(contest.Race):
    def __init__(self, loaded, work):
        self.start({name: loop_of(module, work) for name, module in loaded.items()})


def main(folder, binding):
    sys.path.insert(0, binding)
    loaded = load_contestants(pathlib.Path(folder).resolve())
    if NANOBIND not in loaded:
        sys.exit("without nanobind there is nothing to measure against")
    works = WORKS
    try:
        import numpy
    except ImportError:
        print("the rows of arrays are left out: there is no numpy")
        works = [work for work in WORKS if not work.needs_numpy]
    check(loaded, works)
    races = [Race(loaded, work) for work in works]
    gc.collect()
    gc.disable()
    for _ in range(SWEEPS):
        for race in races:
            race.run()
    gc.enable()

    versions = {name: getattr(module, "version", None) or module.__version__
                for name, module in loaded.items()}
    print()
    contest.row("work", *(f"{name} {versions[name]}" for name in loaded))
    contest.row("---", *("--:" for _ in loaded))
    for work, race in zip(works, races):
        own = {name: 1e9 * best for name, best in race.best.items()}
        contest.row(work.title, contest.duration(own[NANOBIND]),
                    *(f"{own[name] / own[NANOBIND]:.2f}" for name in loaded if name != NANOBIND))
    print(f"\nTimes of nanobind, and ratios to them, on CPython {platform.python_version()}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
