# SPDX-License-Identifier: MIT
"""The binding: plain structures of C as classes with checked attributes."""

import copy
import ctypes
import math
import pickle
import struct
import unittest
import weakref

from binding import IS_CPYTHON, BindingTest, collect, kinds, only_where

Point, Line, Every = kinds.Point, kinds.Line, kinds.Every
ENDS = {f"{'iu'[sign]}{width}": ((-2**(width - 1), 2**(width - 1) - 1), (0, 2**width - 1))[sign]
        for sign in (0, 1) for width in (8, 16, 32, 64)}


class Structures(BindingTest):
    def test_they_are_made_from_members_in_order_or_by_name(self):
        for point in (Point(1, 2), Point(y=2, x=1), Point(1, y=2)):
            self.assertEqual((point.x, point.y), (1, 2))
        self.assertEqual(Point(), Point(0, 0))
        self.assertEqual(repr(Line(Point(1, 2), width=0.5)),
                         "Line(from_=Point(x=1, y=2), to=Point(x=0, y=0), width=0.5, dashed=False)")

    def test_members_that_are_not_there(self):
        self.assert_raises(TypeError, ["Point has 2 members, but 3"], Point, 1, 2, 3)
        self.assert_raises(TypeError, ["Point has no member 'z'", "x, y"], Point, z=1)
        self.assert_raises(TypeError, ["Point was given x twice"], Point, 1, x=1)

    def test_every_member_is_exact(self):
        every = Every()
        for name, (least, greatest) in ENDS.items():
            for number in (least, greatest):
                setattr(every, name, number)
                self.assertEqual(getattr(every, name), number)
                self.assertEqual(getattr(kinds.same(every), name), number)
            for number in (least - 1, greatest + 1):
                self.assert_raises(OverflowError, [f"Every: {name}", str(number)],
                                   setattr, every, name, number)
            for given in (1.0, "1", None):
                self.assert_raises(TypeError, [f"Every: {name} must be int"],
                                   setattr, every, name, given)

    def test_members_of_other_kinds(self):
        every = kinds.same(Every(f=0.5, values=0.1, objects=True))
        self.assertEqual((every.f, every.values, every.objects), (0.5, 0.1, True))
        self.assert_raises(TypeError, ["Every: objects must be bool"], setattr, every, "objects", 1)
        self.assert_raises(TypeError, ["Every: f must be float"], setattr, every, "f", "1")
        self.assert_raises(OverflowError, ["Every: f"], setattr, every, "f", 1e300)

    def test_nested_ones_are_changed_in_place(self):
        line = Line(Point(1, 2), Point(3, 4))
        line.from_.x = 10
        self.assertEqual(line.from_, Point(10, 2))
        line.to = Point(5, 6)
        self.assertEqual(line.to, Point(5, 6))
        self.assert_raises(TypeError, ["Line: to must be Point", "tuple"], setattr, line, "to", (1, 2))

    def test_by_value_and_by_pointer(self):
        line = kinds.make_line(Point(1, 2), Point(4, 6))
        self.assertEqual(line, Line(Point(1, 2), Point(4, 6), 1.5, True))
        self.assertEqual(kinds.measure(line), 5)

    def test_a_pointer_that_is_not_const_is_written_through(self):
        point = Point(1, 2)
        kinds.move(point, 10, -5)
        self.assertEqual(point, Point(11, -3))
        line = Line(Point(1, 1))
        kinds.move(line.from_, 1, 1)
        self.assertEqual(line.from_, Point(2, 2))

    def test_in_a_row(self):
        points = [Point(1, 2), Point(3, 4), Point(-10, 0)]
        for given in (points, tuple(points), iter(points)):
            self.assertEqual(kinds.sum(given), Point(-6, 6))
        self.assertEqual(kinds.sum([]), Point())

    def test_a_wrong_one_in_a_row(self):
        for given, kind in ((5, "int"), ("ab", "str"), (Point(), "Point"), (None, "None")):
            self.assert_raises(TypeError, [f"sum: points must be a list of Point, not {kind}"],
                               kinds.sum, given)
        for given, words in (([Point(), 3], "[1] must be Point, not int"),
                             ([None], "[0] must be Point, not None"),
                             ([Line()], "[0] must be Point, not Line")):
            self.assert_raises(TypeError, [f"sum: points{words}"], kinds.sum, given)

    def test_nothing_else_stands_for_one(self):
        class Other(ctypes.Structure):
            _fields_ = [("x", ctypes.c_int32), ("y", ctypes.c_int32)]

        pointer = ctypes.POINTER(Point._c_type())
        for given in (None, (1, 2), Other(), Line(), ctypes.byref(Other()), pointer(), 0, Point):
            self.assert_raises(TypeError, ["make_line: from_ must be Point"],
                               kinds.make_line, given, Point())
            self.assert_raises(TypeError, ["make_line: to must be Point"],
                               kinds.make_line, Point(), given)
            self.assert_raises(TypeError, ["move: point must be Point"], kinds.move, given, 1, 1)

    @only_where(IS_CPYTHON, "PyPy's ctypes makes no subclass of a structure")
    def test_a_subclass_is_one(self):
        class Named(Point):
            pass

        self.assertEqual(kinds.make_line(Named(1, 2), Named(3, 4)).from_, Point(1, 2))

    def test_comparison(self):
        self.assertNotEqual(Point(1, 2), Point(1, 3))
        self.assertFalse(Point() == (0, 0))
        self.assertRaises(TypeError, hash, Point())
        self.assertFalse(math.nan == Every(values=math.nan).values)

    def test_attributes_are_the_members(self):
        self.assert_raises(AttributeError, ["'Point' object has no attribute 'z'"],
                           setattr, Point(), "z", 1)
        self.assert_raises(AttributeError, ["Point: x cannot be deleted"], delattr, Point(), "x")

    def test_a_part_keeps_the_whole(self):
        line = Line(Point(1, 2))
        part = line.from_
        whole = weakref.ref(line)
        del line
        collect()
        self.assertIsNotNone(whole())
        part.x = 7
        self.assertEqual(whole().from_, Point(7, 2))
        del part
        collect()
        self.assertIsNone(whole())

    @only_where(IS_CPYTHON, "PyPy's ctypes makes no subclass of a structure")
    def test_a_subclass_has_attributes_and_a_constructor_of_its_own(self):
        class Named(Point):
            def __init__(self, name):
                super().__init__(1, y=2)
                self.name = name

        named = Named("a")
        self.assertEqual((named.name, named.x, named.y), ("a", 1, 2))
        self.assertEqual(repr(named), "Named(x=1, y=2)")
        self.assertEqual(kinds.sum([named, Point(1, 1)]), Point(2, 3))
        kinds.move(named, 1, 1)
        self.assertEqual(named.x, 2)
        self.assertNotEqual(named, Point(2, 3))

    def test_the_bytes_are_a_buffer(self):
        point = Point(1, 2)
        self.assertEqual(bytes(point), struct.pack("=ii", 1, 2))
        with memoryview(point) as view:
            self.assertFalse(view.readonly)
            view.cast("B")[4] = 5
        self.assertEqual(point, Point(1, 5))

    def test_many_make_no_leak(self):
        # Objects that are freed are used again, and parts as well.
        lines = [Line(Point(i, i), Point(0, i)) for i in range(20)]
        self.assertEqual([line.from_.x for line in lines], list(range(20)))
        self.assertEqual([line.to.x for line in lines], [0] * 20)
        del lines
        self.assertEqual((Line(), Point()), (Line(Point(), Point(), 0.0, False), Point(0, 0)))

    def test_copies_are_apart(self):
        line = Line(Point(1, 2), Point(3, 4), 0.5, True)
        for copied in (copy.copy(line), copy.deepcopy(line)):
            self.assertEqual(copied, line)
            copied.from_.x = 100
            self.assertEqual(line.from_.x, 1)

    def test_they_are_pickled(self):
        line = Line(Point(1, 2), Point(3, 4), 0.5, True)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            self.assertEqual(pickle.loads(pickle.dumps(line, protocol)), line)

    def test_a_failure_returns_none(self):
        self.assertRaises(ValueError, kinds.fail_structure, "invalid_argument")


if __name__ == "__main__":
    unittest.main()
