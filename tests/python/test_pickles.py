# SPDX-License-Identifier: MIT
"""Objects that are pickled and copied, by two functions or by their copy constructor."""

import copy
import multiprocessing
import os
import pickle
import sys
import unittest

from binding import BindingTest, clib, collect

ranges = clib.load(os.environ["RANGES_LIBRARY"])


class Named(ranges.Name):
    """Derived in Python, with an attribute of its own."""


class Counted(ranges.Numbers):
    pass


def filled(made, *numbers):
    for number in numbers:
        made.add(number)
    return made


def text_of(name):  # in another process
    return f"{type(name).__name__} {name.text}"


class Pickles(BindingTest):
    def test_an_object_is_made_again_of_its_state(self):
        numbers = filled(ranges.Numbers(), 1, -2**62)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(numbers, protocol))
            self.assertIs(type(again), ranges.Numbers)
            self.assertEqual([*again], [1, -2**62])
        again.add(3)
        self.assertEqual([*numbers], [1, -2**62])

    def test_objects_in_a_list_are_the_same_again(self):
        name = ranges.Name("x")
        one, two = pickle.loads(pickle.dumps([name, name]))
        self.assertIs(one, two)
        self.assertEqual(one.text, "x")

    def test_a_derived_class_and_its_attributes(self):
        name = Named("y")
        name.note = [1]
        for again in (pickle.loads(pickle.dumps(name)), copy.copy(name), copy.deepcopy(name)):
            self.assertIs(type(again), Named)
            self.assertIsNot(again, name)
            self.assertEqual((again.text, again.note), ("y", [1]))
            again.close()

    def test_a_process_that_has_not_loaded_the_library(self):
        data = pickle.dumps([ranges.Name("z"), ranges.Size(1, 2.5)])
        printed = self.in_child(f"import pickle\nname, size = pickle.loads({data!r})\n"
                                "print(type(name).__name__, name.text, size)\n")
        self.assertEqual(printed, "Name z Size(width=1, height=2.5)\n")

    def test_a_process_that_multiprocessing_spawns(self):
        main = sys.modules["__main__"]  # which the process would run
        file = main.__dict__.pop("__file__", None)
        spec, main.__spec__ = main.__spec__, None
        try:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                self.assertEqual(pool.map(text_of, [ranges.Name("a"), Named("b")]),
                                 ["Name a", "Named b"])
        finally:
            main.__spec__ = spec
            if file is not None:
                main.__file__ = file

    def test_a_state_that_the_class_refuses(self):
        data = pickle.dumps(ranges.Name("abc"), 2).replace(b"X\3\0\0\0abc", b"X\0\0\0\0")
        self.assert_raises(ValueError, ["Name._from_state", "is empty"], pickle.loads, data)

    def test_a_closed_object(self):
        name = ranges.Name("x")
        name.close()
        self.assert_raises(ValueError, ["closed"], pickle.dumps, name)

    def test_one_that_is_not_listed_so(self):
        self.assert_raises(TypeError, ["ranges.Words cannot be pickled or copied"], pickle.dumps,
                           ranges.Words())


class Copies(BindingTest):
    def test_copies_are_apart(self):
        numbers = filled(ranges.Numbers(), 1)
        for copied in (copy.copy(numbers), copy.deepcopy(numbers), copy.deepcopy([numbers])[0]):
            copied.add(2)
            self.assertEqual(([*copied], [*numbers]), ([1, 2], [1]))
        self.assertEqual(ranges.Numbers.__copy__.__doc__, "Another object with the same numbers.")

    def test_a_derived_class(self):
        numbers = filled(Counted(), 1)
        numbers.note = "n"
        for copied in (copy.copy(numbers), copy.deepcopy(numbers)):
            self.assertIs(type(copied), Counted)
            self.assertEqual(([*copied], copied.note), ([1], "n"))
        del copied
        collect()
        self.assertEqual(clib.live()["ranges.Numbers"], 1)


if __name__ == "__main__":
    unittest.main()
