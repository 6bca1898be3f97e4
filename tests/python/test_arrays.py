# SPDX-License-Identifier: MIT
"""Arrays: those of Python in C++, to read and to change in place, and those of C++ in Python."""

import array
import copy
import ctypes
import gc
import os
import pickle
import random
import sys
import unittest
import weakref

from binding import HAS_BUFFERS, IS_CPYTHON, BindingTest, clib, collect, only_where

try:
    import numpy
    numpy.zeros(1)
except ImportError:
    numpy = None

# Whether numpy says by DLPack whether it may write.
HAS_DLPACK_1 = numpy is not None and tuple(map(int, numpy.__version__.split(".")[:2])) >= (2, 1)

arrays = clib.load(os.environ["ARRAYS_LIBRARY"])

CODES = {"int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B", "uint16": "H",
         "uint32": "I", "uint64": "Q", "float32": "f", "float64": "d"}


def doubles(*shape, start=0):
    """A writable view of numbers that count up, in C order."""
    count = 1
    for each in shape:
        count *= each
    flat = memoryview(array.array("d", range(start, start + count)))
    return flat.cast("B").cast("d", shape) if len(shape) > 1 else flat


class DLPack:
    """An array that has no buffer."""

    def __init__(self, of, device=(1, 0), is_old=False):
        self.of, self.device, self.is_old = of, device, is_old

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self, **named):
        if self.is_old and named:
            raise TypeError("__dlpack__() got an unexpected keyword argument")
        if self.device != (1, 0):
            raise BufferError("it is elsewhere")
        return self.of.__dlpack__(**named)


class In(BindingTest):
    def test_every_number(self):
        for name, code in CODES.items():
            values = array.array(code, [1, 2, 3, 100])
            self.assertEqual(getattr(arrays, f"sum_{name}")(values), 106)
            self.assertEqual(getattr(arrays, f"sum_{name}")(memoryview(values)[1:]), 105)
        self.assertEqual(arrays.sum_longlong(array.array("q", [1, -2])), -1)

    def test_what_has_a_buffer(self):
        self.assertEqual(arrays.sum_uint8(b"\1\2"), 3)
        self.assertEqual(arrays.sum_uint8(bytearray(b"\1\2\3")), 6)
        self.assertEqual(arrays.sum_float64((ctypes.c_double * 2)(1, 2)), 3)
        self.assertEqual(arrays.sum_int64((ctypes.c_int64 * 2)(1, 2)), 3)
        self.assertEqual(arrays.trues((ctypes.c_bool * 3)(True, False, True)), 2)
        self.assertEqual(arrays.sum_span(array.array("d", [1, 2])), 3)

    def test_dimensions(self):
        self.assertEqual(arrays.weighted_rows(doubles(2, 3)), sum(
            value * weight for value, weight in zip(range(6), (1, 2, 3, 8, 9, 10))))
        self.assertEqual(arrays.corner(doubles(2, 3, 4)), 15)
        self.assertEqual(arrays.form(doubles(2, 3, 4)), [2, 3, 4, 12, 4, 1, 24])
        self.assert_raises(TypeError, ["sum_float64: values", "one dimension", "not 2", "reshape"],
                           arrays.sum_float64, doubles(2, 3))
        self.assert_raises(TypeError, ["weighted_rows: values", "2 dimensions", "not 1"],
                           arrays.weighted_rows, doubles(3))

    def test_strides(self):
        for part in (doubles(10)[::2], doubles(10)[::-1], doubles(10)[8:1:-3]):
            self.assertEqual(arrays.mean_of_any(part), sum(part) / len(part))
            self.assertEqual(arrays.form(part)[0], len(part))
            if IS_CPYTHON:  # PyPy passes a copy
                self.assertEqual(arrays.form(part)[1] * 8, part.strides[0])
                self.assert_raises(BufferError, ["sum_float64: values", "one piece", "C order",
                                                 "ascontiguousarray"], arrays.sum_float64, part)

    def test_empty(self):
        for values in (array.array("d"), doubles(3)[:0], (ctypes.c_double * 0)()):
            self.assertEqual(arrays.sum_float64(values), 0)
            self.assertEqual(arrays.form(values)[::2], [0, 0])
            self.assertEqual(arrays.which(values), "double")
        self.assertEqual(arrays.which(array.array("q")), "int64")

    def test_in_place(self):
        values = array.array("d", [1, 2, 3])
        self.assertIsNone(arrays.scale(values, 2.0))
        self.assertEqual(list(values), [2, 4, 6])
        rows = doubles(2, 2)
        arrays.scale_strided(rows, 10.0)
        self.assertEqual(rows.tolist(), [[0, 10], [20, 30]])
        self.assert_raises(TypeError, ["scale: values", "writable"], arrays.scale,
                           memoryview(values).toreadonly(), 2.0)
        self.assert_raises(BufferError, ["scale: values", "piece"], arrays.scale, doubles(4)[::2], 2.0)
        self.assert_raises(TypeError, ["scale: values", "float64", "float32"], arrays.scale,
                           array.array("f", [1]), 2.0)
        self.assertEqual(list(values), [2, 4, 6])

    def test_no_copy(self):
        values = array.array("d", [1, 2])
        self.assertEqual(arrays.place_of(values), values.buffer_info()[0])
        if IS_CPYTHON:
            read_only = memoryview(bytes(values)).cast("d")
            self.assertEqual(arrays.place_of(read_only), arrays.place_of(read_only[:1]))

    def test_wrong_ones(self):
        for wrong in (None, 1, "text", [1.0], {}, object(), sys):
            self.assert_raises(TypeError, ["sum_float64: values must be an array of float64",
                                           type(wrong).__name__ if wrong is not None else "None"],
                               arrays.sum_float64, wrong)
        self.assert_raises(TypeError, ["sum_float64: values", "float64, not of float32", "asarray"],
                           arrays.sum_float64, array.array("f", [1]))
        self.assert_raises(TypeError, ["not of int8"], arrays.sum_uint8, array.array("b"))
        self.assert_raises(TypeError, ["complex128, as numpy.zeros"], arrays.sum_complex, [1j])

    def test_alignment(self):
        odd = memoryview(bytearray(33))[1:].cast("d")
        self.assert_raises(BufferError, ["sum_float64: values", "odd address", "float64"],
                           arrays.sum_float64, odd)
        self.assertEqual(arrays.mean_of_any(odd), 0)

    def test_swapped_bytes(self):
        other = ctypes.c_double.__ctype_be__ if sys.byteorder == "little" else \
            ctypes.c_double.__ctype_le__
        values = (other * 2)(1.5, 2.5)
        self.assert_raises(TypeError, ["sum_float64: values", "float64 with its bytes swapped"],
                           arrays.sum_float64, values)
        self.assertEqual(arrays.mean_of_any(values), 2)

    def test_it_is_kept_during_the_call(self):
        values = array.array("d", [1, 2, 3])

        def meanwhile():
            if IS_CPYTHON:  # PyPy locks no array
                with self.assertRaises(BufferError):
                    values.append(4)

        self.assertEqual(arrays.waiting(values, meanwhile), 2)
        values.append(4)
        self.assertEqual(arrays.mean_blocking(values), 2.5)
        values.append(5)

        def fail():
            raise LookupError("no")

        with self.assertRaises(LookupError):
            arrays.waiting(values, fail)
        values.append(6)

    def test_none(self):
        values = array.array("d", [1, 2])
        self.assertEqual(arrays.dot(values), 3)
        self.assertEqual(arrays.dot(values, None), 3)
        self.assertEqual(arrays.dot(values, weights=values), 5)
        self.assert_raises(TypeError, ["dot: weights"], arrays.dot, values, 1)
        self.assert_raises(TypeError, ["dot: values"], arrays.dot, None)

    def test_overloads(self):
        self.assertEqual(arrays.which(array.array("d")), "double")
        self.assertEqual(arrays.which(array.array("q", [1])), "int64")
        self.assertEqual(arrays.which(doubles(1, 1)), "rows")
        self.assert_raises(TypeError, ["which"], arrays.which, array.array("f"))

    def test_a_buffer_that_cannot_be_had(self):
        released = memoryview(b"12")
        released.release()
        self.assert_raises(TypeError, ["sum_uint8: values"], arrays.sum_uint8, released)

    @only_where(sys.version_info >= (3, 12), "before that no class in Python is a buffer")
    def test_what_a_signal_handler_raises_meanwhile(self):
        class Interrupted:
            calls = 0

            def __buffer__(self, flags):
                self.calls += 1
                if self.calls == 1:
                    raise KeyboardInterrupt
                return memoryview(array.array("d", [1]))

        for function in (arrays.sum_float64, arrays.sum_span):
            with self.assertRaises(KeyboardInterrupt):
                function(Interrupted())
                for _ in range(1000):
                    len([])


class Converted(BindingTest):
    def test_lists(self):
        self.assertEqual(arrays.mean_of_any([1, 2.5]), 1.75)
        self.assertEqual(arrays.mean_of_any(range(5)), 2)
        self.assertEqual(arrays.mean_of_any(each for each in (1, 2)), 1.5)
        self.assertEqual(arrays.mean_of_rows([[1, 2], (3, 4)]), 2.5)
        self.assertEqual(arrays.sum_complex_of_any([1, 2j]), 1 + 2j)
        self.assertEqual(arrays.trues_of_any([True, False, True]), 2)
        self.assert_raises(ValueError, ["different lengths"], arrays.mean_of_rows, [[1], [2, 3]])
        self.assert_raises(TypeError, ["2 dimensions, not 1"], arrays.mean_of_rows, [1, 2])
        self.assert_raises(TypeError, ["values[] must be float, not str"], arrays.mean_of_any, ["1"])
        self.assert_raises(TypeError, ["not str"], arrays.mean_of_any, "12")

    def test_other_numbers(self):
        self.assertEqual(arrays.mean_of_any(array.array("i", [1, 2])), 1.5)
        self.assertEqual(arrays.mean_of_any(array.array("f", [1, 2])[::-1]), 1.5)
        self.assertEqual(arrays.mean_of_any(memoryview(array.array("h", range(6)))[::2]), 2)
        self.assertEqual(arrays.total_of_any(array.array("q", [1, 2])), 3)
        self.assert_raises(OverflowError, ["total_of_any: values[]", str(2**40)],
                           arrays.total_of_any, array.array("q", [2**40]))
        self.assert_raises(TypeError, ["values[] must be int, not float"],
                           arrays.total_of_any, array.array("d", [1]))
        self.assert_raises(TypeError, ["one dimension, not 2"], arrays.mean_of_any, doubles(2, 2))


class Out(BindingTest):
    def test_every_number(self):
        for name, code in CODES.items():
            made = getattr(arrays, f"counted_{name}")(4)
            self.assertIsInstance(made, clib.Array)
            self.assertEqual((made.dtype, made.itemsize), (name, array.array(code).itemsize))
            self.assertEqual(made.tolist(), [0, 1, 2, 3])
            view = made.view()
            self.assertEqual((view.format.replace("l", "q").replace("L", "Q"), view.tolist()),
                             (code, [0, 1, 2, 3]))
            made[2] = 100
            self.assertEqual(view[2], 100)
            self.assertEqual(getattr(arrays, f"sum_{name}")(made.view()), 104)

    def test_form(self):
        made = arrays.table(2, 3)
        self.assertEqual((made.shape, made.strides, made.ndim, len(made), made.nbytes, made.readonly),
                         ((2, 3), (24, 8), 2, 2, 48, False))
        self.assertEqual(made.tolist(), [[0, 1, 2], [3, 4, 5]])
        self.assertEqual((made[0, 0], made[1, 2], made[-1, -3]), (0, 5, 3))
        self.assertIn("float64, shape (2, 3)", repr(made))
        self.assertIn(4.0, made)
        self.assertNotIn(7.0, made)
        self.assertEqual(list(arrays.counted_int8(3)), [0, 1, 2])
        for index in ((2, 0), (0, 3), (-3, 0)):
            self.assert_raises(IndexError, ["outside"], lambda index=index: made[index])
        self.assert_raises(TypeError, ["2 dimensions", "index has 1"], lambda: made[0])
        self.assert_raises(TypeError, ["int, not slice"], lambda: made[0, 1:])
        self.assert_raises(TypeError, ["2 dimensions"], lambda: iter(made))
        with self.assertRaises(TypeError):
            made[0, 0] = "text"
        with self.assertRaises(OverflowError):
            arrays.counted_int8(1)[0] = 128

    def test_complex_and_bool(self):
        roots = arrays.roots()
        self.assertEqual((roots.dtype, roots.tolist()), ("complex128", [1j, -1j]))
        roots[0] = 3
        self.assertEqual(roots[0], 3)
        checks = arrays.checks()
        self.assertEqual(checks.tolist(), [[False] * 3, [False, False, True]])
        checks[0, 0] = True
        self.assertIs(checks[0, 0], True)
        with self.assertRaises(TypeError):
            checks[0, 0] = 2

    def test_read_only(self):
        constants = arrays.constants()
        self.assertEqual((constants.tolist(), constants.readonly), ([2, 3, 5, 7], True))
        self.assertTrue(constants.view().readonly)
        with self.assertRaises(TypeError):
            constants[0] = 1

    def test_other_order(self):
        made = arrays.columns_first()
        self.assertEqual((made.strides, made.tolist()), ((8, 16), [[0, 2, 4], [1, 3, 5]]))
        self.assertEqual(arrays.owners(), 1)
        del made
        collect()
        self.assertEqual(arrays.owners(), 0)

    def test_any_rank(self):
        point = arrays.of_rank(0)
        self.assertEqual((point.shape, point.tolist(), point[()]), ((), 1.5, 1.5))
        with self.assertRaises(TypeError):
            len(point)
        self.assertEqual(arrays.of_rank(3).shape, (2, 2, 2))
        self.assert_raises(ValueError, ["at most 16 dimensions"], arrays.of_rank, 17)
        self.assert_raises(ValueError, ["3 elements", "4 in the shape"], arrays.wrong_shape)

    def test_empty(self):
        self.assertEqual(arrays.table(0, 3).tolist(), [])
        self.assertEqual(arrays.table(3, 0).tolist(), [[], [], []])
        self.assertEqual(arrays.counted_int8(0).view().tolist(), [])

    def test_it_lives_as_long_as_its_views(self):
        view = arrays.table(100, 100).view()
        collect()
        self.assertEqual(view[99, 99] if IS_CPYTHON else view.tolist()[99][99], 9999)
        made = arrays.table(1, 1)
        gone = weakref.ref(made)
        del made, view
        collect()
        self.assertIsNone(gone())

    def test_what_it_is_not(self):
        made = arrays.table(1, 2)
        for function in (copy.copy, copy.deepcopy, pickle.dumps):
            self.assert_raises(TypeError, ["cannot be pickled or copied"], function, made)
        self.assert_raises(TypeError, ["cannot be made by calling it"], clib.Array)
        self.assert_raises(TypeError, ["cannot be made by calling it"], type(made))
        empty = object.__new__(type(made))
        self.assert_raises(ValueError, ["no elements"], lambda: empty.shape)
        if IS_CPYTHON:
            with self.assertRaises((ValueError, TypeError)):
                memoryview(empty)
        self.assertNotIsInstance([1], clib.Array)

    def test_in_other_values(self):
        first, second = arrays.pair_of(2)
        self.assertEqual((first.tolist(), second.tolist()), ([0, 0], [[0, 0], [0, 0]]))
        several = arrays.several(3)
        self.assertEqual(([each[1, 2] for each in several], arrays.owners()), ([5] * 3, 3))
        last = several.pop()
        del several
        collect()
        self.assertEqual((last[1, 2], arrays.owners()), (5, 1))
        del last
        self.assertIsNone(arrays.perhaps(False))
        self.assertEqual(arrays.perhaps(True)[1, 2], 5)
        collect()
        self.assertEqual(arrays.owners(), 0)

    def test_without_the_lock(self):
        self.assertEqual(arrays.table_blocking(1, 2).tolist(), [[0, 1]])

    def test_it_goes_back(self):
        self.assertEqual(arrays.weighted_rows(arrays.table(2, 3)), arrays.weighted_rows(doubles(2, 3)))
        self.assertEqual(arrays.form(arrays.columns_first()), [2, 3, 1, 2, 6])
        self.assertEqual(arrays.sum_complex(arrays.roots()), 0)
        self.assertEqual(arrays.sum_span(arrays.counted_float64(4)), 6)
        image = arrays.Image(2, 3)
        image.pixels[1, 1] = 3.0
        arrays.scale_strided(image.pixels, 2.0)
        self.assertEqual(image.at(1, 1), 6)
        self.assert_raises(TypeError, ["scale_strided: values", "writable"], arrays.scale_strided,
                           image.shown, 1.0)
        self.assert_raises(TypeError, ["total_of_any: values[] must be int"], arrays.total_of_any,
                           arrays.counted_float64(2))
        self.assertEqual(arrays.total_of_any(arrays.counted_int8(4)), 6)

    @only_where(HAS_BUFFERS, "elsewhere an object of Python is no buffer, and view() makes one")
    def test_buffer(self):
        made = arrays.table(2, 3)
        self.assertEqual(memoryview(made).tolist(), made.tolist())
        self.assertEqual(arrays.weighted_rows(made), arrays.weighted_rows(doubles(2, 3)))
        self.assertEqual(bytes(arrays.counted_int8(3)), b"\0\1\2")
        with self.assertRaises(TypeError):
            (ctypes.c_int32 * 4).from_buffer(arrays.constants())


class Inside(BindingTest):
    def test_it_is_the_memory_of_the_object(self):
        image = arrays.Image(2, 3)
        pixels = image.pixels
        pixels[1, 2] = 5.0
        self.assertEqual((image.at(1, 2), image.shown[1, 2], image.pixels[1, 2]), (5, 5, 5))
        self.assertEqual((pixels.shape, image.row.shape, image.bytes.tolist()),
                         ((2, 3), (3,), [1, 2, 3]))
        self.assertEqual((pixels.readonly, image.shown.readonly, image.bytes.readonly),
                         (False, True, False))
        arrays.scale_strided(pixels.view(), 2.0)
        self.assertEqual(image.at(1, 2), 10)
        self.assertEqual(arrays.Image.pixels.__doc__, "All of them.")

    def test_it_keeps_the_object(self):
        image = arrays.Image(2, 3)
        pixels = image.pixels
        gone = weakref.ref(image)
        del image
        collect()
        self.assertEqual((gone() is None, arrays.images(), pixels[0, 0]), (False, 1, 0))
        view = pixels.view()
        del pixels
        collect()
        self.assertEqual((arrays.images(), view.shape), (1, (2, 3)))
        del view
        collect()
        self.assertEqual((gone(), arrays.images()), (None, 0))

    def test_it_pins_the_object(self):
        image = arrays.Image(2, 3)
        pixels = image.pixels
        self.assert_raises(BufferError, ["exists"], image.close)
        self.assertFalse(image.closed)
        view = pixels.view()
        del pixels
        collect()
        self.assert_raises(BufferError, ["exists"], image.close)
        del view
        collect()
        image.close()
        self.assertEqual(arrays.images(), 0)
        self.assert_raises(ValueError, ["Image.pixels", "closed"], lambda: image.pixels)

    def test_it_cannot_be_set(self):
        with self.assertRaises(AttributeError):
            arrays.Image(1, 1).pixels = 1


@only_where(numpy is not None, "numpy compares")
class Numpy(BindingTest):
    def test_random_arrays(self):
        """Every dtype, with random shapes, orders and strides: each element in its place."""
        chance = random.Random(7)
        weights = numpy.arange(100)[:, None] * 7 + numpy.arange(100) + 1
        for _ in range(300):
            name = chance.choice(list(CODES))
            base = numpy.arange(64).reshape(8, 8).astype(name)
            if chance.random() < 0.5:
                base = numpy.asfortranarray(base)
            steps = [slice(*chance.choice([(None,), (None, None, -1), (1, 7, 2), (6, None, -3),
                                           (2, 5), (3, 3), (4, 5)])) for _ in range(2)]
            part = base[steps[0], steps[1]]
            if chance.random() < 0.3:
                part = part.T
            rows, columns = part.shape
            expected = float((part.astype("float64") * weights[:rows, :columns]).sum())
            self.assertEqual(getattr(arrays, f"weighted_{name}")(part), expected, part)
            self.assertEqual(arrays.form(part.astype("float64", order="K"))[:2], [rows, columns])
            if part.flags.c_contiguous and name == "float64":
                self.assertEqual(arrays.weighted_rows(part), expected)

    def test_what_numpy_has(self):
        values = numpy.arange(24.).reshape(2, 3, 4)
        self.assertEqual(arrays.form(values.T), [4, 3, 2, 1, 4, 12, 24])
        self.assertEqual(arrays.form(values[::-1, ::2, 1]), [2, 2, -12, 8, 4])
        self.assertEqual(arrays.form(numpy.array(1.0)), [1])
        self.assertEqual(arrays.form(numpy.zeros((0, 3)))[:2], [0, 3])
        self.assertEqual(arrays.form(numpy.broadcast_to(numpy.ones(3), (4, 3))), [4, 3, 0, 1, 12])
        self.assertEqual(arrays.trues(numpy.array([True, False, True])[::-1]), 2)
        self.assertEqual(arrays.sum_complex(numpy.array([1, 2j, 3])[::2]), 4)
        self.assertEqual(arrays.place_of(values), values.ctypes.data)
        records = numpy.zeros(3, [("a", "f8"), ("b", "f8")])
        self.assertEqual(arrays.form(records["b"]), [3, 2, 3])
        packed = numpy.zeros(3, [("a", "f8"), ("b", "i4")])
        for wrong, error, word in (
                (packed["a"], BufferError, "odd address"), (packed, TypeError, "T{"),
                (values.astype("f2"), TypeError, "float16"),
                (values.astype(">f8"), TypeError, "float64 with its bytes swapped"),
                (numpy.zeros(2, "M8[s]"), BufferError, "form: values"),
                (numpy.zeros(2, object), TypeError, "format 'O'"),
                (numpy.zeros(2, "S4"), TypeError, "format '4s'"),
                (numpy.zeros((1,) * 17), TypeError, "at most 16 dimensions")):
            self.assert_raises(error, ["form: values", word], arrays.form, wrong)

    def test_in_place(self):
        values = numpy.arange(12.).reshape(3, 4)
        arrays.scale_strided(values[::-1, ::2].T, 10.0)
        self.assertEqual(values.tolist(), [[0, 1, 20, 3], [40, 5, 60, 7], [80, 9, 100, 11]])
        values.flags.writeable = False
        self.assert_raises(TypeError, ["writable"], arrays.scale_strided, values, 2.0)

    def test_converted(self):
        values = numpy.arange(6.).reshape(2, 3)
        for other in (values.astype("i8"), values.astype("f4"), values.astype(">f8"), values.T,
                      values.astype("f2"), values[:, ::2], values.tolist()):
            self.assertEqual(arrays.mean_of_rows(other), numpy.mean(other))
        self.assert_raises(TypeError, ["int, not float"], arrays.total_of_any, values[0])
        self.assert_raises(TypeError, ["float, not complex"], arrays.mean_of_any,
                           numpy.zeros(2, complex))
        self.assertEqual(arrays.sum_complex_of_any(values[0]), 3)

    def test_out(self):
        made = arrays.table(2, 3)
        seen = numpy.asarray(made)
        seen[1, 1] = 50
        self.assertEqual((made[1, 1], seen.dtype, seen.shape), (50, numpy.float64, (2, 3)))
        self.assertFalse(numpy.asarray(arrays.constants()).flags.writeable)
        columns = numpy.asarray(arrays.columns_first())
        self.assertEqual((columns.tolist(), columns.flags.f_contiguous, arrays.owners()),
                         ([[0, 2, 4], [1, 3, 5]], True, 1))
        del columns
        self.assertEqual(arrays.owners(), 0)
        self.assertEqual(numpy.asarray(arrays.roots()).tolist(), [1j, -1j])
        self.assertEqual(numpy.asarray(arrays.checks()).dtype, numpy.bool_)
        for shape in ((0, 3), (3, 0)):
            self.assertEqual(numpy.asarray(arrays.table(*shape)).shape, shape)
        self.assertEqual(numpy.asarray(arrays.of_rank(0)).shape, ())
        self.assertEqual(numpy.asarray(arrays.of_rank(16)).shape, (2,) * 16)
        for name in CODES:
            self.assertEqual(numpy.asarray(getattr(arrays, f"counted_{name}")(3)).dtype, name)
        image = arrays.Image(2, 2)
        numpy.asarray(image.pixels)[:] = 4
        self.assertEqual(image.at(1, 1), 4)

    def test_array_interface(self):
        class Old:
            pass

        made = arrays.columns_first()
        old = Old()
        old.__array_interface__ = made.__array_interface__
        self.assertEqual(numpy.asarray(old).tolist(), made.tolist())

    def test_dlpack_in(self):
        values = numpy.arange(6.).reshape(2, 3)
        for is_old in (False, True):
            self.assertEqual(arrays.form(DLPack(values.T, is_old=is_old)), [3, 2, 1, 3, 6])
            arrays.scale_strided(DLPack(values, is_old=is_old), 2.0)
        self.assertEqual(values[1, 2], 20)
        self.assertEqual(arrays.mean_of_any(DLPack(values[0, ::2])), 4)
        before = sys.getrefcount(values)
        for _ in range(100):
            arrays.form(DLPack(values))
        self.assertEqual(sys.getrefcount(values), before)
        self.assert_raises(BufferError, ["form: values", "CUDA"], arrays.form,
                           DLPack(values, (2, 0)))
        self.assert_raises(TypeError, ["one dimension, not 2"], arrays.sum_float64, DLPack(values))
        if HAS_DLPACK_1:
            values.flags.writeable = False
            self.assert_raises(TypeError, ["writable"], arrays.scale_strided, DLPack(values), 2.0)
        class NoCapsule(DLPack):
            def __dlpack__(self, **named):
                return 1

        self.assert_raises(TypeError, ["form: values", "capsule"], arrays.form, NoCapsule(None))

    def test_dlpack_out(self):
        made = arrays.columns_first()
        before = sys.getrefcount(made)
        taken = numpy.from_dlpack(made)
        self.assertEqual((taken[1, 2], taken.strides), (5, (8, 16)))
        made[1, 2] = 7
        self.assertEqual((taken[1, 2], taken.flags.writeable), (7, HAS_DLPACK_1))
        del taken
        unused = made.__dlpack__()
        del unused
        self.assertEqual(sys.getrefcount(made), before)
        self.assertEqual(made.__dlpack_device__(), (1, 0))
        if HAS_DLPACK_1:
            self.assertFalse(numpy.from_dlpack(arrays.constants()).flags.writeable)
        taken = numpy.from_dlpack(arrays.Image(2, 2).pixels)
        self.assertEqual((taken.tolist(), arrays.images()), ([[0, 0], [0, 0]], 1))
        del taken
        self.assertEqual(arrays.images(), 0)
        for wrong in ({"stream": 1}, {"dl_device": (2, 0)}, {"copy": True}):
            with self.assertRaises(BufferError):
                made.__dlpack__(**wrong)
        with self.assertRaises(BufferError):
            arrays.constants().__dlpack__()


class References(BindingTest):
    @only_where(IS_CPYTHON, "PyPy counts none")
    def test_they_stay_as_they_are(self):
        values, strided = array.array("d", [1, 2, 3, 4]), doubles(8)[::2]
        image = arrays.Image(2, 2)

        def all_of_them():
            arrays.sum_float64(values)
            arrays.form(strided)
            arrays.mean_of_any([1, 2])
            arrays.mean_of_any(strided)
            arrays.scale(values, 1.0)
            arrays.sum_span(values)
            arrays.which(values)
            for wrong in (strided, 3, array.array("f")):
                with self.assertRaises((TypeError, BufferError)):
                    arrays.sum_float64(wrong)
            made = arrays.table(2, 2)
            made.view()[0, 0]
            made[0, 0]
            made.tolist()
            arrays.roots().tolist()
            image.pixels[0, 0] = 1.0

        counted = (values, strided, image, type(image.pixels))

        def growth():
            gc.collect()
            before = sys.getallocatedblocks()
            for _ in range(200):
                all_of_them()
            gc.collect()
            return sys.getallocatedblocks() - before

        growth()
        before = [sys.getrefcount(each) for each in counted]
        # The interpreter itself takes some blocks now and then; a leak takes 200 each time.
        self.assertLess(min(growth() for _ in range(4)), 100)
        self.assertEqual([sys.getrefcount(each) for each in counted], before)


if __name__ == "__main__":
    unittest.main()
