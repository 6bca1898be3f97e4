# SPDX-License-Identifier: MIT
"""std::mdspan, where the standard library has it."""

import array
import os
import unittest

from binding import IS_CPYTHON, BindingTest, clib, only_where

try:
    import numpy
    numpy.zeros(1)
except ImportError:
    numpy = None

spans = clib.load(os.environ["SPANS_LIBRARY"])
TABLE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def weighted(rows):
    return sum(value * (i * 10 + j + 1) for i, row in enumerate(rows) for j, value in enumerate(row))


def table():
    flat = array.array("d", [each for row in TABLE for each in row])
    return memoryview(flat).cast("B").cast("d", (2, 3))


class Spans(BindingTest):
    def test_in_c_order(self):
        for take in (spans.weighted, spans.weighted_strided):
            self.assertEqual(take(table()), weighted(TABLE))
        self.assert_raises(ValueError, ["weighted_left: values", "Fortran order", "asfortranarray"],
                           spans.weighted_left, table())

    def test_in_place(self):
        values = array.array("f", [1, 2, 3, 4])
        spans.scale(values, 2.0)
        self.assertEqual(values.tolist(), [2, 4, 6, 8])
        if IS_CPYTHON:
            spans.scale(memoryview(values)[1::2], 10.0)
            self.assertEqual(values.tolist(), [2, 40, 6, 80])
            self.assert_raises(ValueError, ["scale: values", "not above 0"], spans.scale,
                               memoryview(values)[::-1], 1.0)
        self.assert_raises(TypeError, ["scale: values must be an array of float32"], spans.scale,
                           table(), 1.0)

    def test_fixed_lengths(self):
        square = memoryview(array.array("d", [1, 2, 3, 4])).cast("B").cast("d", (2, 2))
        self.assertEqual(spans.trace(square), 5)
        self.assert_raises(ValueError, ["trace: values has a length of 3 in dimension 1", "2 there"],
                           spans.trace, table())

    def test_empty(self):
        scaled = array.array("f")
        spans.scale(scaled, 2.0)
        self.assertEqual(scaled.tolist(), [])

    @only_where(numpy is not None, "needs numpy")
    def test_numpy(self):
        values = numpy.array(TABLE)
        for order in "CF":
            ordered = numpy.array(values, order=order)
            self.assertEqual(spans.weighted_strided(ordered), weighted(TABLE))
            self.assertEqual((spans.weighted if order == "C" else spans.weighted_left)(ordered),
                             weighted(TABLE))
        self.assertEqual(spans.weighted_strided(values[:, ::2]), weighted(values[:, ::2].tolist()))
        self.assertEqual(spans.weighted_left(values[:1, :1]), 1)
        for empty in (numpy.zeros((0, 3)), numpy.zeros((2, 0))):
            self.assertEqual([spans.weighted(empty), spans.weighted_left(empty),
                              spans.weighted_strided(empty)], [0, 0, 0])
        self.assert_raises(ValueError, ["not above 0"], spans.weighted_strided,
                           numpy.broadcast_to(numpy.ones(3), (2, 3)))
        points = numpy.zeros(2, spans.Point)
        spans.move(points, 1.5)
        self.assertEqual(points["x"].tolist(), [1.5, 1.5])


if __name__ == "__main__":
    unittest.main()
