# SPDX-License-Identifier: MIT
"""C++ classes that are listed as they are (classes.cpp)."""

import array
import copy
import os
import threading
import unittest

from binding import BindingTest, clib, collect

shop = clib.load(os.environ["CLASSES_LIBRARY"])


class Classes(BindingTest):
    def test_a_class_has_its_members(self):
        stock = shop.Stock("corner", 2)
        self.assertEqual(stock.add("bread"), 1)
        self.assertEqual(stock.add(article="bread", count=4), 5)
        self.assertEqual((len(stock), stock["bread"], stock["first"]), (2, 5, 2))
        self.assertTrue("bread" in stock)
        self.assertFalse("cake" in stock)
        self.assertEqual(stock.balance, 7)
        stock.add("debts", -20)
        self.assertEqual(stock.balance, -13)

    def test_what_a_base_has_is_a_member(self):
        stock = shop.Stock(name="corner")
        self.assertEqual(stock.name, "corner")
        stock.rename("Ecke ü")
        self.assertEqual((stock.name, stock.marked("*")), ("Ecke ü", "*Ecke ü*"))

    def test_a_data_member_is_read_and_set(self):
        stock = shop.Stock()
        self.assertEqual(stock.shelf, 7)
        stock.shelf = -4
        self.assertEqual(stock.shelf, -4)
        with self.assertRaisesRegex(OverflowError, "Stock.shelf: value must be from -32768"):
            stock.shelf = 1 << 15
        with self.assertRaisesRegex(TypeError, "Stock.shelf: value must be int, not str"):
            stock.shelf = "5"
        self.assertEqual(stock.shelf, -4)
        self.assertEqual(shop.Stock.shelf.__doc__, "Where it stands.")

    def test_a_property_is_set(self):
        stock = shop.Stock("old")
        stock.title = "new"
        self.assertEqual((stock.title, stock.name), ("new", "new"))
        with self.assertRaises(AttributeError):
            stock.name = "newer"
        with self.assertRaises(AttributeError):
            del stock.title
        stock.close()
        with self.assertRaisesRegex(ValueError, "Stock.title: this Stock is closed"):
            stock.title = "late"

    def test_constants(self):
        self.assertEqual((shop.LEAST, shop.OPEN, shop.VERSION, shop.HALF), (-3, True, "2.1", 0.5))
        self.assertEqual((shop.Stock.SHELVES, shop.Stock().SHELVES), (7, 7))

    def test_an_object_lives_once(self):
        before = shop.Stock.alive()
        stock = shop.Stock()
        other = shop.Stock.open("made by a function")
        self.assertEqual(shop.Stock.alive(), before + 2)
        self.assertEqual((other.name, other.balance), ("made by a function", 3))
        stock.close()
        self.assertEqual(shop.Stock.alive(), before + 1)
        self.assert_raises(ValueError, ["Stock.add", "closed"], stock.add, "x")
        del other
        collect()
        self.assertEqual(shop.Stock.alive(), before)

    def test_a_constructor_that_throws_makes_nothing(self):
        before = shop.Stock.alive()
        self.assert_raises(ValueError, ["Stock", "first is negative"], shop.Stock, "x", -1)
        self.assert_raises(TypeError, ["first must be int"], shop.Stock, "x", "y")
        self.assertEqual(shop.Stock.alive(), before)

    def test_a_reference_to_an_argument_is_that_object(self):
        one, other = shop.Stock("one", 1), shop.Stock("other", 5)
        same = one
        one += other
        self.assertIs(one, same)
        self.assertIs(one.take_all_of(other), one)
        self.assertIs(one.take_all_of(one), one)
        self.assertIs(other.larger(one), one)
        self.assertIs(one.larger(other), one)
        self.assertIs(shop.first_of(one, other), one)
        self.assertTrue(one == one)
        self.assertFalse(one == other)

    def test_a_reference_to_something_else_is_refused(self):
        self.assert_raises(ValueError, ["elsewhere", "return the object by value"],
                           shop.elsewhere, shop.Stock(), shop.Stock())

    def test_numbers_of_every_type(self):
        tally = shop.Tally()
        self.assertIs(tally.add(2**64 - 2), tally)
        self.assertEqual(tally.add(1).sum, 2**64 - 1)
        self.assertEqual(shop.minus(1, 5), -4)
        self.assertEqual(shop.low(-128), -128)
        self.assertEqual(shop.half(5), 2.5)
        self.assert_raises(OverflowError, ["low: number", "-128", "127"], shop.low, 128)
        self.assert_raises(OverflowError, ["Tally.add: number"], tally.add, -1)
        self.assert_raises(TypeError, ["repeat: times must be int"], shop.repeat, "a", 1.5)

    def test_values_that_are_moved_in(self):
        self.assertEqual(shop.repeat("ab\0", 3), "ab\0" * 3)
        self.assertEqual(shop.sum_twice(shop.TextList("ab"), shop.TextList("c")), 6)

    def test_a_text_that_is_none(self):
        self.assert_raises(RuntimeError, ["no_text", "return a text"], shop.no_text)

    def test_rows_of_numbers(self):
        self.assertEqual(shop.mean(array.array("d", [1, 2, 6])), 3)
        self.assertEqual((shop.mean([]), shop.mean([], 2.0)), (0.5, 2.0))
        numbers = array.array("d", [1, 2])
        shop.twice(numbers)
        self.assertEqual(numbers.tolist(), [2, 4])

    def test_structures(self):
        mirrored = shop.mirrored(shop.Point(1, 2))
        self.assertEqual((mirrored.x, mirrored.y), (2, 1))

    def test_an_index_counts_from_the_end(self):
        letters = shop.TextList("abc")
        self.assertEqual((letters[0], letters[-1], letters[-3]), ("a", "c", "a"))
        self.assertEqual(list(letters), ["a", "b", "c"])
        self.assertEqual(str(letters), "abc")
        for wrong in (3, -4):
            self.assertRaises(IndexError, lambda: letters[wrong])

    def test_another_object_is_refused(self):
        self.assert_raises(TypeError, ["other must be Stock, not Tally"],
                           shop.Stock().larger, shop.Tally())
        self.assert_raises(ValueError, ["closed"], shop.Stock.__len__, self.closed())

    @staticmethod
    def closed():
        stock = shop.Stock()
        stock.close()
        return stock

    def test_an_object_is_not_copied(self):
        self.assertRaises(TypeError, copy.copy, shop.Tally())

    def test_a_thread_safe_class_is_used_by_many_at_once(self):
        tally = shop.Tally()

        def work():
            for _ in range(300):
                tally.add(1)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(tally.sum, 1200)

    def test_two_objects_in_both_orders_in_two_threads(self):
        one, other = shop.Stock("one", 1), shop.Stock("other", 1)

        def work(left, right):
            for _ in range(300):
                left.take_all_of(right)
                left.larger(right)

        threads = [threading.Thread(target=work, args=each)
                   for each in ((one, other), (other, one), (one, one))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertFalse(any(thread.is_alive() for thread in threads))

    def test_derived_in_python(self):
        class Mine(shop.Stock):
            def add(self, article, count=1):
                return super().add(article.lower(), count)

        mine = Mine("mine")
        mine.add("BREAD")
        self.assertEqual(mine["bread"], 1)
        self.assertIs(mine.larger(shop.Stock()), mine)


if __name__ == "__main__":
    unittest.main()
