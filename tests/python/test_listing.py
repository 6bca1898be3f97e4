# SPDX-License-Identifier: MIT
"""What a listing may say of functions and types (listing.cpp)."""

import array
import enum
import os
import unittest

from binding import BindingTest, clib

shelf = clib.load(os.environ["LISTING_LIBRARY"])


class Number:
    def __index__(self):
        return 7

    def __float__(self):
        return 7.5


class Overloads(BindingTest):
    def test_the_first_whose_arguments_need_no_conversion_is_called(self):
        for argument, expected in (
                (1, "int 1"), (1.5, "double 1.500000"), (True, "bool true"), ("x", "text x"),
                (b"y", "text y"), (array.array("d", [1, 2]), "numbers 2")):
            self.assertEqual(shelf.kind_of(argument), expected)

    def test_else_the_first_that_can_convert_them(self):
        class Colour(enum.IntEnum):
            RED = 4

        for argument, expected in (
                (Number(), "int 7"), (Colour.RED, "int 4"), (2**40, "double 1099511627776.000000"),
                (bytearray(b"z"), "text z"), ([1, 2.5], "numbers 2")):
            self.assertEqual(shelf.kind_of(argument), expected)

    def test_a_range_tells_them_apart(self):
        self.assertEqual([shelf.width(each) for each in (127, 128, -129)],
                         ["127 of 8", "128 of 64", "-129 of 64"])

    def test_names_tell_them_apart(self):
        self.assertEqual(shelf.kind_of(text="x"), "text x")
        self.assertEqual(shelf.kind_of(truth=False), "bool false")
        self.assertEqual(shelf.kind_of(number=2.0), "double 2.000000")
        self.assertEqual(shelf.kind_of(numbers=[]), "numbers 0")

    def test_none_that_fits(self):
        self.assert_raises(
            TypeError, ["kind_of takes (number: int) or (number: float) or", "not (None)"],
            shelf.kind_of, None)
        self.assert_raises(TypeError, ["not (nope=str)"], shelf.kind_of, nope="x")
        self.assert_raises(TypeError, ["width takes", "not (int 9223372036854775808)"],
                           shelf.width, 2**63)
        self.assert_raises(TypeError, ["Bag takes () or (first: int) or", "not (int, int, int)"],
                           shelf.Bag, 1, 2, 3)
        self.assert_raises(TypeError, ["not ()"], shelf.kind_of)

    def test_constructors(self):
        self.assertEqual([len(shelf.Bag()), len(shelf.Bag(5)), len(shelf.Bag(5, 6)),
                          len(shelf.Bag("abc")), len(shelf.Bag(first=1, second=2)),
                          len(shelf.Bag(text="ab"))], [0, 1, 2, 3, 2, 2])

    def test_methods(self):
        bag = shelf.Bag(1)
        self.assertEqual(bag.add(2), 2)
        self.assertIs(bag.add(bag), bag)
        self.assertEqual((bag.add(2.0), bag.add(3.0, 2), bag.add(number=1.0, times=3)), (2, 6, 3))
        self.assertEqual(len(bag), 10)
        closed = shelf.Bag()
        closed.close()
        self.assert_raises(TypeError, ["Bag.add takes (number: int) or", "not (a closed Bag)"],
                           bag.add, closed)
        self.assertRaises(TypeError, shelf.Bag.add)
        self.assertRaises(TypeError, shelf.Bag.add, 5, 5)

    def test_one_that_fails_is_the_last_one(self):
        self.assert_raises(ValueError, ["Bag.add: number is negative"], shelf.Bag().add, -1)
        self.assert_raises(ValueError, ["Bag.add"], shelf.Bag().add, number=-1.0)

    def test_an_exception_of_an_argument_arrives(self):
        class Bad:
            def __index__(self):
                raise LookupError("mine")

        self.assertRaisesRegex(LookupError, "mine", shelf.width, Bad())

    def test_operators(self):
        bag = shelf.Bag(7, 8)
        self.assertEqual((bag[0], bag[-1], bag["8"]), (7, 8, 1))
        self.assertTrue(bag == shelf.Bag(7, 8))
        self.assertTrue(bag == 2)
        self.assertFalse(bag == "7")
        self.assertFalse(bag == 3)
        self.assertRaises(IndexError, lambda: bag[2])

    def test_functions_of_a_type(self):
        self.assertEqual((len(shelf.Bag.of(3)), len(shelf.Bag.of("ab"))), (3, 2))

    def test_derived_in_python(self):
        class Mine(shelf.Bag):
            def add(self, *arguments):
                return super().add(*arguments)

        mine = Mine("ab")
        self.assertEqual((mine.add(1), mine.add(1.0)), (3, 1.0))

    def test_docs_have_each(self):
        for part in ("add(number: int) -> int\n    Adds a number.",
                     "add(other: Bag) -> Bag\n    Adds all of another bag.",
                     "add(number: float, times: int = 1) -> float"):
            self.assertIn(part, shelf.Bag.add.__doc__)

    def test_c_names(self):
        symbols = {each["symbol"] for each in clib.describe(shelf.__file__)["functions"]}
        self.assertLessEqual({"shelf_width", "shelf_width_2", "shelf_Bag_add_3",
                              "shelf_Bag_new", "shelf_Bag_new_4"}, symbols)


if __name__ == "__main__":
    unittest.main()
