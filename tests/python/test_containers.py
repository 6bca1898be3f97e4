# SPDX-License-Identifier: MIT
"""Values that hold others (containers.cpp): each way from Python to C++ and back."""

import array
import collections
import math
import os
import random
import sys
import unittest

from binding import BindingTest, clib, collect, inside, only_where

box = clib.load(os.environ["CONTAINERS_LIBRARY"])

RANDOM = random.Random(1)


class Containers(BindingTest):
    def same(self, function, *values):
        """Each value comes back equal, and of the same types."""
        for value in values:
            with self.subTest(value=repr(value)[:99]):
                found = function(value)
                self.assertEqual((type(found), found), (type(value), value))
                if isinstance(value, (list, tuple)):
                    self.assertEqual(repr(found), repr(value))  # and no 1 for True

    def refused(self, function, value, error, sentence):
        with self.subTest(value=repr(value)), self.assertRaises(error) as caught:
            function(value)
        self.assertEqual(str(caught.exception), sentence)

    def test_lists(self):
        self.same(box.doubles, [], [1.0], [0.5, -2.0, math.inf] * 100)
        self.same(box.floats, [0.5, -2.0, math.inf])
        self.same(box.bools, [True, False, True])
        self.same(box.texts, ["", "ü€𝄞", "a\0b", "x" * 1000])
        self.same(box.naturals, [0, 1 << 63, (1 << 64) - 1])
        self.same(box.bytes, [-128, 127])
        self.same(box.deque, [1, 2])
        self.same(box.linked, [1, 2])
        self.same(box.three, [1, 2, 3])
        self.same(box.doubles_blocking, [1.5])

    def test_what_a_list_is_made_of(self):
        for values in ((1, 2.5), range(3), {1: 2}, iter([1.0]), array.array("d", [0.5]),
                       collections.deque([1]), memoryview(b"ab")):
            expected = [float(each) for each in values] if not hasattr(values, "__next__") else [1.0]
            self.assertEqual(box.doubles(values), expected)
        self.assertEqual(box.texts([b"a", "b"]), ["a", "b"])

    def test_wrong_lists(self):
        self.refused(box.doubles, 1, TypeError, "doubles: value must be a list, not int")
        self.refused(box.doubles, "1", TypeError, "doubles: value must be a list, not str")
        self.refused(box.doubles, None, TypeError, "doubles: value must be a list, not None")
        self.refused(box.doubles, [1.0, "a"], TypeError,
                     "doubles: value[1] must be float, not str")
        self.refused(box.bytes, [0, 128], OverflowError,
                     "bytes: value[1] must be from -128 to 127, not 128")
        self.refused(box.bools, [1], TypeError, "bools: value[0] must be bool, not int")
        self.refused(box.three, [1, 2], ValueError, "three: value must have 3 values, not 2")
        self.refused(box.three, (1, 2, 3, 4), ValueError, "three: value must have 3 values, not 4")
        self.refused(box.floats, [1e300], OverflowError,
                     "floats: value[0] is 1e+300, larger than a float can be")

    def test_sets(self):
        self.same(box.set, set(), {"a", "ü"})
        self.same(box.hashed_set, {-1, 5, 1 << 62})
        self.assertEqual(box.set(frozenset("a")), {"a"})
        self.assertEqual(box.set({"a": 1}.keys()), {"a"})
        self.refused(box.set, ["a"], TypeError, "set: value must be a set, not list")
        self.refused(box.hashed_set, {"a"}, TypeError,
                     "hashed_set: a value of value must be int, not str")

    def test_dicts(self):
        self.same(box.dict, {}, {"a": 1, "b": -1})
        self.same(box.hashed_dict, {1: True})
        self.assertEqual(box.dict(collections.OrderedDict(b=1, a=2)), {"a": 2, "b": 1})
        self.assertEqual(box.dict(collections.ChainMap({"a": 2})), {"a": 2})
        self.refused(box.dict, [("a", 1)], TypeError, "dict: value must be a dict, not list")
        self.refused(box.dict, {"a": "b"}, TypeError, "dict: value['a'] must be int, not str")
        self.refused(box.dict, {1: 1}, TypeError,
                     "dict: a key of value must be str, bytes or a readable buffer, not int")

    def test_tuples(self):
        self.same(box.pair, (1, "a"), (-1, ""))
        self.same(box.triple, (True, 0.5, "a"))
        self.same(box.empty, ())
        self.assertEqual(box.pair([1, "a"]), (1, "a"))
        self.refused(box.pair, (1,), ValueError, "pair: value must be a tuple of 2, not of 1")
        self.refused(box.pair, "ab", TypeError, "pair: value must be a tuple of 2, not str")
        self.refused(box.pair, ("1", "a"), TypeError, "pair: value[0] must be int, not str")

    def test_optionals(self):
        self.same(box.optional, None, "", "a")
        self.assertIsNone(box.optional())
        self.assertEqual(box.optional(value="a"), "a")
        self.assertEqual((box.sum([1.0, 2.0]), box.sum([1.0], 2.0), box.sum([1], start=None)),
                         (3, 3, 1))
        self.refused(box.optional, 1, TypeError,
                     "optional: value must be str, bytes or a readable buffer, not int")

    @only_where(box.__native__, "elsewhere every value is converted in Python")
    def test_integers_become_floats_natively(self):
        calls = []

        def converted(call, *arguments):
            sys.setprofile(lambda frame, event, argument: event == "call" and calls.append(frame))
            try:
                return call(*arguments)
            finally:
                sys.setprofile(None)

        self.assertEqual(repr(converted(box.doubles, [1, 2.5, 3])), "[1.0, 2.5, 3.0]")
        self.assertEqual(repr(converted(box.floats, (7,))), "[7.0]")
        self.assertEqual(repr(converted(box.numbers, [1, 2])), "[1.0, 2.0]")
        self.assertEqual(repr(converted(box.triple, (True, 2, "a"))), "(True, 2.0, 'a')")
        self.assertEqual(calls, [])

    def test_integers_that_no_float_has_are_refused(self):
        self.refused(box.doubles, [1 << 2000], OverflowError,
                     "doubles: value[0] is larger than a double can be")
        with self.assertRaisesRegex(OverflowError, r"value\[0\] .*larger than a float can be"):
            box.floats([1 << 200])

    def test_variants(self):
        self.same(box.variant, None, "a", 1, 1 << 62, 0.5)
        self.same(box.numbers, 1.0, True, [1.0, 2.0])
        # No alternative is of their type, so the first that they can be converted to is taken.
        self.assertEqual(repr(box.variant(1 << 70)), repr(float(1 << 70)))
        self.assertEqual(repr(box.numbers(1)), "1.0")
        self.assertEqual(box.numbers((1,)), [1.0])
        self.assertEqual([repr(box.either(each)) for each in ([1], [1.0], (1,), [1, 1.0], [])],
                         ["[1]", "[1.0]", "[1]", "[1.0, 1.0]", "[]"])  # what its values are decides
        self.refused(box.variant, [], TypeError,
                     "variant: value must be None or str or ReadableBuffer or int or float, not list")

    def test_values_in_values(self):
        self.same(box.deep, {}, {"a": [None, (1, 0.5)], "": []})
        self.refused(box.deep, {"a": [None, (1, "x")]}, TypeError,
                     "deep: value['a'][1][1] must be float, not str")

    def test_structures(self):
        places = box.places([box.Place(1, 2), box.Place(x=3, y=4)])
        self.assertEqual([(each.x, each.y) for each in places], [(1, 2), (3, 4)])
        self.refused(box.places, [1], TypeError, "places: value[0] must be Place, not int")

    def test_objects_are_copied(self):
        shapes = [box.Shape("a"), box.Shape("b")]
        self.assertEqual(box.names(shapes), ["a", "b"])
        copies = box.shapes(shapes)
        self.assertEqual(([each.name for each in copies], copies[0] is shapes[0]),
                         (["a", "b"], False))
        self.assertEqual((box.maybe_shape(shapes[0]).name, box.maybe_shape(None)), ("a", None))
        mixed = box.mixed({"one": shapes[1], "two": 2})
        self.assertEqual((mixed["one"].name, mixed["two"]), ("b", 2))
        self.assertEqual([each.name for each in box.two_shapes((shapes[0], shapes[1]))], ["a", "b"])
        shapes[0].close()
        self.refused(box.shapes, shapes, ValueError,
                     "shapes: value[0] is a closed Shape; pass a live one")
        del copies, shapes, mixed
        collect()
        self.assertEqual(box.alive(), 0)

    def test_members_and_properties(self):
        archive = box.Archive()
        archive.add("a", [1, 2])
        archive.add(values=(), key="b")
        self.assertEqual(archive.entries, {"a": [1.0, 2.0], "b": []})
        self.assertEqual((archive.find("a"), archive.find("c")), ([1.0, 2.0], None))
        archive.labels = ["x", "y"]
        self.assertEqual(archive.labels, ["x", "y"])
        with self.assertRaisesRegex(TypeError, r"Archive.labels: value\[0\] must be str, bytes"):
            archive.labels = [1]
        self.assertEqual(archive.labels, ["x", "y"])

    def test_failures(self):
        self.assertEqual(box.failing(5), [5])
        self.refused(box.failing, 1, ValueError, "failing: how is 1; pass another one")
        with self.assertRaises(MemoryError):
            box.failing(2)

    def test_many(self):
        self.assertEqual(box.up_to(100_000), list(range(100_000)))
        values = [RANDOM.uniform(-1e9, 1e9) for _ in range(10_000)]
        self.assertEqual(box.doubles(values), values)
        texts = {str(each): each for each in range(10_000)}
        self.assertEqual(box.dict(texts), texts)


class Descriptions(unittest.TestCase):
    def test_parts(self):
        """In Python, and in what is saved as JSON."""
        for description in (inside.saved.read(os.environ["CONTAINERS_LIBRARY"]),):
            functions = {each.name: each for each in description.functions}
            deep = functions["deep"].result
            self.assertEqual(deep.kind, inside.DICT)
            key, values = deep.parts
            self.assertEqual((key.kind, values.kind), (inside.TEXT, inside.LIST))
            optional, = values.parts
            pair, = optional.parts
            self.assertEqual((optional.kind, pair.kind), (inside.OPTIONAL, inside.TUPLE))
            self.assertEqual([each.kind for each in pair.parts], [inside.INT64, inside.DOUBLE])
            three, = functions["three"].parameters
            self.assertEqual((three.count, len(three.parts)), (3, 1))
            self.assertEqual(inside.saved.saved_form(description), inside.saved.saved_form(
                inside.saved._read_form(inside.saved.saved_form(description))))


if __name__ == "__main__":
    unittest.main()
