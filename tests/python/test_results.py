# SPDX-License-Identifier: MIT
"""Results: every number, also those that a failed call returns; memory that is to be released; an
object that Python has already; and exceptions on their way."""

import ctypes
import math
import signal
import sys
import tempfile
import unittest

import inside
from binding import BindingTest, clib, collect, kinds, only_where
from tables import Table, value

KINDS = {name: getattr(inside, name.upper()) for name in (
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double",
    "bool")}


class Interrupted(BindingTest):
    @only_where(hasattr(signal, "setitimer"), "there are no such signals")
    def test_an_interrupt_loses_no_record(self):
        """An exception of a signal handler may come between a call and its reading."""
        class Interrupt(Exception):
            pass

        def handler(*_):
            raise Interrupt

        before = signal.signal(signal.SIGALRM, handler)
        interrupts = 0
        try:
            for _ in range(50):
                try:
                    signal.setitimer(signal.ITIMER_REAL, 0.0003)
                    while True:
                        kinds.as_text("a" * 100)
                except Interrupt:
                    interrupts += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        self.assertEqual(interrupts, 50)
        self.assertEqual(kinds.as_text("whole"), "whole")


class Results(BindingTest):
    """Entries of a table that a test has made: through ctypes, as bindings in other languages do."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.table = Table(folder.name)

    def load(self):
        return clib.load(self.table.describe())

    def test_every_number_is_a_result(self):
        """Also what a failure would return: the status decides."""
        for name, kind in KINDS.items():
            self.table.add(f"same_{name}", value(kind),
                           [value(kind, "value"), value(inside.BOOL, "fails")])
        module = self.load()
        for name, kind in KINDS.items():
            same = getattr(module, f"same_{name}")
            if kind in inside.INTEGERS:
                least, greatest = inside.range_of(kind)
                results = [0, 1, least, greatest, max(least, -1), max(least, -3), max(least, -4)]
                hint = -1 if least else greatest
            elif kind == inside.BOOL:
                results, hint = [True, False], False
            else:
                results, hint = [0.0, -1.5, math.inf], math.nan
            for result in results:
                self.assertEqual(same(result, False), result, name)
            raised = self.assert_raises(ValueError, [], same, hint, True)
            self.assertEqual(str(raised), "same: it fails; do not ask")
        for name in ("float", "double"):
            self.assertTrue(math.isnan(getattr(module, f"same_{name}")(math.nan, False)))

    def test_memory_is_released_once(self):
        for name, kind in (("text", inside.TEXT), ("bytes", inside.BYTES)):
            self.table.add("lend", value(kind), name=name)
        module = self.load()
        releases = ctypes.c_int64.in_dll(self.table.library, "releases")
        self.assertEqual(module.bytes(), b"lent\xff")
        self.assertEqual(releases.value, 1)
        self.assertEqual(module.text().encode(errors="surrogateescape"), b"lent\xff")
        self.assertEqual(releases.value, 2)

        from clib.outcome import Outcome
        record = Outcome()
        self.table.library.lend(ctypes.byref(record))
        del record  # nobody has read it
        collect()
        self.assertEqual(releases.value, 3)

    def test_an_object_that_python_has_comes_back(self):
        thing = self.table.add_type("Thing")
        self_value = value(inside.HANDLE, "self", type=thing)
        result = value(inside.HANDLE, type=thing)
        self.table.add("thing_new", result, role=inside.CONSTRUCTOR, owner=thing)
        self.table.add("thing_free", value(), [self_value], role=inside.DESTRUCTOR, owner=thing,
                       name="close")
        self.table.add("thing_same", result, [self_value], role=inside.METHOD, owner=thing,
                       name="same")
        self.table.add("thing_same", result, [self_value, value(name="other")],
                       role=inside.METHOD, owner=thing, name="__iadd__")
        module = self.load()
        with module.Thing() as one:
            self.assertIs(one.same(), one)
            same = one
            same += 4
            self.assertIs(same, one)
        self.assertTrue(one.closed)
        del one, same
        collect()
        self.assertEqual(len(module.Thing._objects), 0)


class Raised(BindingTest):
    """Exceptions on their way through C++."""

    def test_one_that_no_call_brings_back_is_reported_in_the_end(self):
        reports = []
        before, sys.unraisablehook = sys.unraisablehook, lambda each: reports.append(each.exc_value)
        try:
            for number in range(inside.raised.LIMIT + 3):
                inside.raised.keep(KeyError(number), None)
            self.assertEqual([error.args[0] for error in reports], [0, 1, 2])
        finally:
            sys.unraisablehook = before
            inside.raised._exceptions.clear()


if __name__ == "__main__":
    unittest.main()
