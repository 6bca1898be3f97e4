# SPDX-License-Identifier: MIT
"""Iteration over listed classes that are ranges of C++."""

import gc
import itertools
import os
import unittest

from binding import BindingTest, clib, collect

ranges = clib.load(os.environ["RANGES_LIBRARY"])


def filled(made, *elements):
    for each in elements:
        made.add(each)
    return made


class Ranges(BindingTest):
    def test_elements_of_every_kind(self):
        self.assertEqual([*filled(ranges.Numbers(), 1, -2, 2**62)], [1, -2, 2**62])
        truths = [*filled(ranges.Truths(), True, False)]
        self.assertEqual(truths, [True, False])
        self.assertIs(truths[0], True)
        self.assertEqual([*filled(ranges.Words(), "", "a\0b", "é")], ["é", "a\0b", ""])
        self.assertEqual([*ranges.Numbers()], [])

    def test_pairs(self):
        counts = ranges.Counts()
        counts.set("b", 2.5)
        counts.set("a", 1.0)
        self.assertEqual(dict(counts), {"a": 1.0, "b": 2.5})

    def test_objects(self):
        points = [*filled(ranges.Path(), 1.5, 2.5)]
        self.assertEqual([each.x for each in points], [1.5, 2.5])
        self.assertIs(type(points[0]), ranges.Point)

    def test_an_exception_of_begin(self):
        self.assert_raises(OverflowError, ["Path.__iter__: it is too long"], iter,
                           filled(ranges.Path(), 1, 2, 3, 4))

    def test_the_object_may_be_gone(self):
        iterator = iter(filled(ranges.Numbers(), 1, 2))
        collect()
        self.assertEqual([*iterator], [1, 2])
        with filled(ranges.Words(), "a") as words:
            iterator = iter(words)
        self.assertEqual([*iterator], ["a"])

    def test_what_is_added_is_in_the_next_iteration(self):
        numbers = filled(ranges.Numbers(), 1, 2, 3)
        found = []
        for number in numbers:
            found.append(number)
            numbers.add(number + 10)
        self.assertEqual(found, [1, 2, 3])
        self.assertEqual([*numbers], [1, 2, 3, 11, 12, 13])

    def test_the_iterator_is_one_of_python(self):
        iterator = iter(filled(ranges.Numbers(), 1, 2, 3))
        self.assertIs(type(iterator), ranges.NumbersIterator)
        self.assertIs(iter(iterator), iterator)
        self.assertEqual((next(iterator), iterator.__length_hint__()), (1, 2))
        self.assertEqual([*itertools.islice(iterator, 2)], [2, 3])
        for _ in range(2):
            self.assertRaises(StopIteration, next, iterator)
            self.assertRaises(StopIteration, iterator.__next__)
            self.assertEqual(next(iterator, 7), 7)
        self.assertEqual(ranges.Numbers.__iter__.__doc__, "The numbers.")

    def test_an_iterator_that_is_closed(self):
        iterator = iter(ranges.Numbers())
        iterator.close()
        self.assert_raises(ValueError, ["closed"], next, iterator)

    def test_memory(self):
        numbers = filled(ranges.Numbers(), *range(100))
        self.assertEqual(sum(sum(numbers) for _ in range(50)), 50 * 4950)
        gc.collect()
        self.assertEqual(clib.live()["ranges.Numbers"], 1)


if __name__ == "__main__":
    unittest.main()
