# SPDX-License-Identifier: MIT
"""Arrays of structures, of numbers of 16 bits, and of every dtype, order and stride beside numpy."""

import array
import gc
import itertools
import os
import random
import struct
import sys
import unittest
import weakref

from binding import IS_CPYTHON, BindingTest, clib, collect, only_where

try:
    import numpy
    numpy.zeros(1)
except ImportError:
    numpy = None

# Whether numpy says by DLPack whether it may write.
HAS_DLPACK_1 = numpy is not None and tuple(map(int, numpy.__version__.split(".")[:2])) >= (2, 1)

elements = clib.load(os.environ["ELEMENTS_LIBRARY"])
Point, Sample = elements.Point, elements.Sample


class Structures(BindingTest):
    def test_out(self):
        made = elements.line(3)
        self.assertIsInstance(made, clib.Array)
        self.assertEqual((made.shape, made.strides, made.itemsize, made.dtype),
                         ((3,), (16,), 16, "Point"))
        self.assertEqual(made.tolist(), [Point(0, 1), Point(1, 1), Point(2, 1)])
        self.assertEqual(list(made), made.tolist())
        self.assertIn(Point(2, 1), made)
        made[-1] = Point(5, 6)
        self.assertEqual(made[2], Point(5, 6))
        made[0].x = 7  # of a copy
        self.assertEqual(made[0], Point(0, 1))
        for wrong in (1, Sample(), (1, 2), None):
            self.assert_raises(TypeError, ["element must be Point", type(wrong).__name__],
                               made.__setitem__, 0, wrong)

    def test_back_in(self):
        self.assertEqual(elements.sum(elements.line(3)), 33)
        cloud = elements.Cloud(2)
        points = cloud.points
        points[1] = Point(3, 4)
        self.assertEqual(elements.sum(cloud.points), 34)
        self.assert_raises(BufferError, ["close: "], cloud.close)
        del points
        collect()
        cloud.close()

    def test_of_constants(self):
        made = elements.samples()
        self.assertEqual((made.shape, made.readonly), ((1, 2), True))
        self.assertEqual(made[0, 1], Sample(-1, -2, -3, False, Point(-4, -5), -6))
        self.assertEqual(elements.total(made), 0)
        self.assert_raises(TypeError, ["read-only"], made.__setitem__, (0, 0), Sample())

    def test_in_a_tuple(self):
        made, count = elements.line_and_length(2)
        self.assertEqual((made[1], count), (Point(1, 1), 2))

    def test_lists_are_copied_where_that_may_be(self):
        self.assertEqual(elements.sum_of_any([Point(1, 2), Point(3, 4)]), 46)
        self.assertEqual(elements.sum_of_any([]), 0)
        self.assert_raises(TypeError, ["points[1] must be Point, not int"], elements.sum_of_any,
                           [Point(), 3])
        self.assert_raises(TypeError, ["sum: points must be an array of Point, as numpy.zeros(3, Point)",
                                       "not list"], elements.sum, [Point()])

    def test_other_elements_are_refused(self):
        for wrong in (array.array("d", [1, 2]), b"a" * 32, elements.samples()):
            self.assert_raises(TypeError, ["sum: points must be an array of Point, not of"],
                               elements.sum, wrong)

    def test_dlpack_has_no_structures(self):
        if IS_CPYTHON:
            self.assert_raises(BufferError, ["no structures", "asarray"], elements.line(1).__dlpack__)

    def test_the_array_is_freed(self):
        made = elements.line(3)
        seen = weakref.ref(made)
        element = made[0]
        del made
        collect()
        self.assertIsNone(seen())
        self.assertEqual(element, Point(0, 1))

    @only_where(numpy is not None, "needs numpy")
    def test_dtype(self):
        self.assertEqual(Point.dtype, numpy.dtype([("x", "f8"), ("y", "f8")]))
        self.assertEqual(Sample.dtype, numpy.dtype(
            [("id", "i1"), ("count", "i4"), ("when", "i8"), ("is_good", "?"),
             ("where", numpy.dtype([("x", "f8"), ("y", "f8")], align=True)), ("weight", "f4")],
            align=True))
        self.assertEqual(numpy.zeros(2, Point).dtype, Point.dtype)

    @only_where(numpy is not None, "needs numpy")
    def test_numpy_shares_them(self):
        made = elements.line(3)
        seen = numpy.asarray(made)
        self.assertEqual(seen.dtype, Point.dtype)
        seen["x"][1] = 50
        self.assertEqual(made[1], Point(50, 1))
        both = numpy.asarray(elements.samples())
        self.assertEqual(both.dtype, Sample.dtype)
        self.assertEqual(both["where"]["y"].tolist(), [[5, -5]])
        self.assertFalse(both.flags.writeable)

    @only_where(numpy is not None, "needs numpy")
    def test_numpy_in_place(self):
        points = numpy.zeros((3, 4), Point)
        elements.move(points, 1.5)
        self.assertEqual(points["x"].sum(), 18)
        elements.move(points[::-2, ::3], 1.0)
        self.assertEqual(points["x"].tolist(), [[2.5, 1.5, 1.5, 2.5], [1.5] * 4, [2.5, 1.5, 1.5, 2.5]])
        elements.move(points.T, -1.0)
        self.assertEqual(points["x"][1].tolist(), [0.5] * 4)
        self.assertEqual(elements.sum(points[0]), 10 * points["x"][0].sum())
        self.assert_raises(BufferError, ["sum: points must lie in one piece", "ascontiguousarray"],
                           elements.sum, points[0, ::2])
        self.assertEqual(elements.sum_of_any(points[0, ::2]), 20)
        points.flags.writeable = False
        self.assert_raises(TypeError, ["move: points must be writable"], elements.move, points, 1.0)

    def test_a_row_of_c_and_a_span(self):
        made = elements.line(3)
        self.assertEqual(elements.sum_of_row(made), 3)
        self.assertEqual(elements.sum_of_row([Point(1, 2), Point(3, 4)]), 4)
        self.assertEqual(elements.sum_of_row((Point(5, 0),)), 5)
        self.assertEqual(elements.sum_of_row(iter([Point(5, 0)])), 5)
        self.assertEqual((elements.sum_of_row([]), elements.sum_of_row(())), (0, 0))
        self.assert_raises(TypeError, ["points[1] must be Point, not int"], elements.sum_of_row,
                           [Point(), 1])
        elements.swap_all(made)
        self.assertEqual(made.tolist(), [Point(1, 0), Point(1, 1), Point(1, 2)])
        self.assert_raises(TypeError, ["swap_all: points must be an array of Point"],
                           elements.swap_all, [Point()])
        if numpy is not None:
            self.assertEqual(elements.sum_of_row(numpy.ones(4, Point)), 4)
            self.assertRaises(TypeError, elements.sum_of_row, numpy.ones(4))

    @only_where(numpy is not None, "needs numpy")
    def test_numpy_of_another_layout(self):
        for wrong in ([("a", "f8"), ("b", "f8")], [("y", "f8"), ("x", "f8")], [("x", "f8")],
                      [("x", "f4"), ("y", "f8")], [("x", ">f8"), ("y", "f8")], [("x", "i8"), ("y", "f8")],
                      [("x", "f8"), ("y", "f8"), ("z", "f8")], [("x", "f8", 2)]):
            self.assert_raises(TypeError, ["sum: points must be an array of Point, not of"],
                               elements.sum, numpy.zeros(2, wrong))
        # The same by other words, and packed.
        same = {"names": ["y", "x"], "formats": ["f8", "f8"], "offsets": [8, 0], "itemsize": 16}
        self.assertEqual(elements.sum(numpy.ones(2, [("x", "d"), ("y", "d")])), 22)
        self.assertEqual(numpy.zeros(1, same).dtype.itemsize, 16)
        whole = numpy.zeros(2, Sample)
        whole["count"], whole["when"] = 3, 4
        self.assertEqual(elements.total(whole), 14)
        packed = numpy.zeros(2, [(name, Sample.dtype[name]) for name in Sample.dtype.names])
        self.assert_raises(TypeError, ["total: samples must be an array of Sample"], elements.total,
                           packed)

    def test_formats(self):
        from clib.formats import fields_of
        for text, found in (
                ("T{d:x:d:y:}", [("x", 0, "d"), ("y", 8, "d")]),
                ("T{<d:x:<d:y:}", [("x", 0, "d"), ("y", 8, "d")]),
                ("T{b:a:xxxi:b:}", [("a", 0, "b"), ("b", 4, "i")]),
                ("T{b:a:3xi:b:}", [("a", 0, "b"), ("b", 4, "i")]),
                ("T{b:a:i:b:}", [("a", 0, "b"), ("b", 4, "i")]),
                ("T{=b:a:i:b:}", [("a", 0, "b"), ("b", 1, "i")]),
                ("T{T{d:x:}:p:?:q:}", [("p.x", 0, "d"), ("q", 8, "?")]),
                (f"T{{{'l' if struct.calcsize('l') == 8 else 'q'}:a:}}", [("a", 0, "q")]),
                ("T{2d:x:}", None), ("T{d:x:", None), ("T{d:x}", None), ("d", None), ("T{>d:x:}", None),
                ("T{Zd:x:}", None), ("", None), ("}", None)):
            self.assertEqual(fields_of(text), found, text)


class Float16(BindingTest):
    def setUp(self):
        super().setUp()
        if not elements.HAS_FLOAT16:
            self.assertFalse(hasattr(elements, "halve"))
            self.skipTest("this library's compiler has no numbers of 16 bits")

    def test_out(self):
        made = elements.counted(4)
        self.assertEqual((made.dtype, made.itemsize), ("float16", 2))
        self.assertEqual(made.tolist(), [0.0, 1.0, 2.0, 3.0])
        made[1] = 1.5
        self.assertEqual(made[1], 1.5)
        self.assert_raises(OverflowError, ["float16"], made.__setitem__, 0, 1e6)
        elements.halve(made)
        self.assertEqual(made.tolist(), [0, 0.75, 1, 1.5])

    def test_by_itself(self):
        self.assertEqual(elements.half_of(3.0), 1.5)
        self.assertEqual(elements.half_of(0.1), struct.unpack("e", struct.pack("e", 0.1))[0] / 2)
        self.assertEqual(elements.half_of(float("inf")), float("inf"))
        self.assert_raises(OverflowError, ["half_of", "65504"], elements.half_of, 1e6)

    @only_where(numpy is not None, "needs numpy")
    def test_numpy(self):
        values = numpy.array([1, 2.5, -4], "float16")
        elements.halve(values)
        self.assertEqual(values.tolist(), [0.5, 1.25, -2])
        shared = numpy.asarray(elements.counted(3))
        self.assertEqual((shared.dtype.name, shared.tolist()), ("float16", [0, 1, 2]))
        self.assert_raises(TypeError, ["halve: numbers must be an array of float16, not of float32"],
                           elements.halve, numpy.zeros(2, "float32"))
        if IS_CPYTHON:
            self.assertEqual(numpy.from_dlpack(elements.counted(3)).dtype.name, "float16")
        self.assert_raises(TypeError, ["as numpy.zeros(3, 'float16') makes one"], elements.halve, [1.0])


class Exporter:
    """What has __dlpack__() and no buffer, in the new way or in the old one."""

    def __init__(self, of, is_old=False, device=1):
        self.of, self.is_old, self.device, self.calls = of, is_old, device, []

    def __dlpack_device__(self):
        return self.device, 0

    def __dlpack__(self, **named):
        self.calls.append(named)
        if self.device != 1:
            raise BufferError("this is elsewhere")
        if self.is_old and named:
            raise TypeError("__dlpack__() got an unexpected keyword argument")
        if self.is_old or not HAS_DLPACK_1:
            named = {}
        return self.of.__dlpack__(**named)


@only_where(IS_CPYTHON and numpy is not None, "needs numpy")
class DLPack(BindingTest):
    def test_every_dtype(self):
        for name in DTYPES:
            values = numpy.arange(6).reshape(2, 3).astype(name)
            weigh = getattr(elements, f"weighted_{name}")
            for is_old in (False, True):
                for each in (values, values.T, values[::-1, ::2]):
                    self.assertEqual(weigh(Exporter(each, is_old)), weigh(each), name)

    def test_it_is_asked_once(self):
        new = Exporter(numpy.ones(3))
        self.assertEqual(elements.weighted_row_float64(new), 6)
        self.assertEqual(new.calls, [{"max_version": (1, 0)}])

    def test_in_place(self):
        points = numpy.ones(3, "float64")
        self.assertEqual(elements.copied_float64(Exporter(points)).tolist(), [1, 1, 1])
        if elements.HAS_FLOAT16:
            halves = numpy.ones(3, "float16")
            elements.halve(Exporter(halves))
            self.assertEqual(halves.tolist(), [0.5] * 3)
            halves.flags.writeable = False
            if HAS_DLPACK_1:
                self.assert_raises(TypeError, ["halve: numbers must be writable"], elements.halve,
                                   Exporter(halves))

    def test_what_is_refused(self):
        row = elements.weighted_row_float64
        self.assert_raises(BufferError, ["memory of a device, CUDA"], row,
                           Exporter(numpy.ones(3), device=2))
        self.assert_raises(TypeError, ["must be an array of float64, not of float32"], row,
                           Exporter(numpy.ones(3, "float32")))
        self.assert_raises(BufferError, ["one piece in C order"], row, Exporter(numpy.ones(6)[::2]))

        class Wrong:
            def __dlpack_device__(self):
                return 1, 0

            def __dlpack__(self, **_):
                return "capsule"

        self.assert_raises(TypeError, ["Wrong.__dlpack__() returned something else"], row, Wrong())

    def test_the_exporter_s_error_is_told(self):
        class Failing(Exporter):
            def __dlpack__(self, **_):
                raise BufferError("not today")

        self.assert_raises(BufferError, ["cannot be passed (not today)"],
                           elements.weighted_row_float64, Failing(None))

    def test_what_it_keeps_is_freed(self):
        values = numpy.ones(3)
        before = sys.getrefcount(values)
        for _ in range(10):
            elements.weighted_row_float64(Exporter(values))
        gc.collect()
        self.assertEqual(sys.getrefcount(values), before)


DTYPES = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
          "complex64", "complex128"]
if elements.HAS_FLOAT16:
    DTYPES.append("float16")


@only_where(numpy is not None, "needs numpy")
class BesideNumpy(BindingTest):
    """Arrays of random dtype, shape, order and strides."""

    CASES = 400

    def setUp(self):
        super().setUp()
        self.chosen = random.Random(20261128)

    def values(self, name):
        """An array of this dtype, and how it was made."""
        chosen = self.chosen
        shape = [chosen.choice((0, 1, 1, 2, 3, 4)) for _ in range(chosen.randrange(5))]
        count = 1
        for each in shape:
            count *= each
        numbers = [chosen.randrange(100) for _ in range(count)]
        base = numpy.array(numbers, "int64").reshape(shape)
        base = (base % 2).astype("bool") if name == "bool" else base.astype(name)
        if name.startswith("complex"):
            base = base + 1j * base[..., ::-1] if shape else base * (1 + 1j)
            base = base.astype(name)
        made = numpy.array(base, order=chosen.choice("CF"))
        for axis in range(made.ndim):
            step = chosen.choice((1, 1, 1, -1, 2, -2, 3))
            made = made[(slice(None),) * axis + (slice(None, None, step),)]
        if made.ndim > 1 and chosen.random() < 0.3:
            made = made.transpose(chosen.sample(range(made.ndim), made.ndim))
        if made.ndim and chosen.random() < 0.1:
            made = numpy.broadcast_to(made, (2, *made.shape))
        if chosen.random() < 0.2:
            made = made.copy()
            made.flags.writeable = False
        return made

    @staticmethod
    def weighted(values):
        flat = numpy.ascontiguousarray(values).ravel().astype("complex128")
        places = numpy.arange(1, flat.size + 1)
        return float(((flat.real - 2 * flat.imag) * places).sum())

    def test_in(self):
        for _ in range(self.CASES):
            name = self.chosen.choice([*DTYPES, "bool"])
            values = self.values(name)
            what = f"{name} {values.shape} {values.strides} {values.flags.writeable}"
            self.assertEqual(getattr(elements, f"weighted_{name}")(values), self.weighted(values), what)
            row = getattr(elements, f"weighted_row_{name}")
            if values.flags.c_contiguous:
                self.assertEqual(row(values), self.weighted(values), what)
            else:
                self.assert_raises(BufferError, ["one piece in C order"], row, values)

    def test_out(self):
        for _ in range(self.CASES // 4):
            name = self.chosen.choice(DTYPES)
            values = numpy.ascontiguousarray(self.values(name))
            made = getattr(elements, f"copied_{name}")(values)
            seen = numpy.asarray(made)
            self.assertEqual((seen.dtype.name, seen.shape), (name, values.shape))
            self.assertTrue((seen == values).all())
            self.assertEqual(made.tolist(), values.tolist())
            self.assertEqual(made.nbytes, values.nbytes)
            if values.size > 0:
                self.assertEqual(made.strides, values.copy("C").strides)

    def test_other_dtypes_and_bytes_swapped(self):
        for name, other in itertools.product([*DTYPES, "bool"], repeat=2):
            values = numpy.ones(3, other)
            take = getattr(elements, f"weighted_{name}")
            if name == other:
                self.assertEqual(take(values), take(values.copy()))
            else:
                self.assert_raises(TypeError, [f"must be an array of {name}, not of {other}"], take,
                                   values)
        for name in DTYPES:
            if numpy.dtype(name).itemsize > 1:
                swapped = numpy.ones(3, numpy.dtype(name).newbyteorder())
                self.assert_raises(TypeError, [f"must be an array of {name}, not of"],
                                   getattr(elements, f"weighted_{name}"), swapped)

    def test_alignment(self):
        odd = numpy.frombuffer(bytearray(33), "uint8")[1:].view("float64")
        self.assert_raises(BufferError, ["odd address"], elements.weighted_float64, odd)

    def test_without_dimensions(self):
        self.assertEqual(elements.weighted_float64(numpy.float64(3)), 3)
        self.assertEqual(elements.weighted_int32(numpy.array(7, "int32")), 7)
        self.assertEqual(numpy.asarray(elements.copied_int32(numpy.array(7, "int32"))).shape, ())


if __name__ == "__main__":
    unittest.main()
