# SPDX-License-Identifier: MIT
"""What a listing may say of functions and types (listing.cpp)."""

import array
import enum
import inspect
import json
import os
import pathlib
import pickle
import sys
import tempfile
import types
import unittest
import weakref
from unittest import mock

from binding import BindingTest, clib, collect
from clib.saved import read, saved_form
from clib.tools.header import header_text
from clib.tools.stub import stub_text
from clib.tools.text import description_text

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

    def test_what_containers_hold_tells_them_apart(self):
        for argument, expected in (
                ([1.0, 2.0], "doubles 2"), ([1, 2], "ints 2"), ([1, 2.5], "doubles 2"),
                ({"a": 1}, "dict 1"), ("a", "text a"), (None, "text none"), ((1, True), "pair 1"),
                ((1, 2), "ints 2"), ([], "doubles 0"), (range(3), "doubles 3")):
            self.assertEqual(shelf.all_of(argument), expected, argument)
        self.assertRaises(TypeError, shelf.all_of, {"a": "b"})

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


class Names(BindingTest):
    """Python's special names, and what stands for several of them."""

    def test_slices(self):
        bag = shelf.Bag.of(6)
        self.assertEqual([*bag[1:4]], [1, 2, 3])
        self.assertEqual([*bag[::-2]], [5, 3, 1])
        self.assertEqual((bag[2], bag["2"]), (2, 1))
        self.assert_raises(TypeError, ["Bag.__getitem__ takes", "(which: slice)", "not (slice)"],
                           lambda: bag[::0])
        self.assert_raises(ValueError, ["places: which has the step 0"], shelf.places,
                           slice(None, None, 0), 3)
        self.assert_raises(TypeError, ["places: which must be slice, not int"], shelf.places, 1, 3)
        self.assertRaises(TypeError, shelf.places, slice("a"), 3)
        self.assertRaises(TypeError, shelf.places, None, 3)

    def test_slices_mean_what_they_mean_in_python(self):
        bounds = (None, 0, 3, 4, -1, -4, -9, 2**70)
        for length in (0, 4):
            for start in bounds:
                for stop in bounds:
                    for step in (None, 2, -1, -3, 2**70, -2**70):
                        each = slice(start, stop, step)
                        self.assertEqual([*map(int, shelf.places(each, length).split())],
                                         [*range(length)[each]], (each, length))

    def test_in_place_gives_the_same_object(self):
        bag = same = shelf.Bag(1)
        bag += 2
        self.assertIs(bag, same)
        self.assertEqual([*bag], [1, 2])
        self.assertIn(2, bag)
        self.assertNotIn(3, bag)

    def test_comparable_and_hashable(self):
        one, other, more = shelf.Version(1, 2), shelf.Version(1, 2), shelf.Version(1, 3)
        self.assertTrue(one == other and one != more and one < more and one <= other)
        self.assertTrue(more > one and more >= one and not one > other)
        self.assertFalse(one == "1.2")
        self.assertRaises(TypeError, lambda: one < 3)
        self.assertEqual(hash(one), hash(other))
        self.assertEqual(len({one, other, more}), 2)
        self.assertEqual([each.major for each in sorted([more, one])], [1, 1])
        low, high = shelf.Priority(1), shelf.Priority(2)
        self.assertTrue(low < high and high > low and low <= low and high >= low)
        self.assertIs(max(low, high), high)
        self.assertFalse(low == shelf.Priority(1))

    def test_enter_and_exit_of_the_author(self):
        door = shelf.text.Door()
        with door as entered:
            self.assertIs(entered, door)
            self.assertTrue(door.is_open)
        self.assertFalse(door.is_open)
        self.assertFalse(door.closed)
        with self.assertRaises(KeyError), door:
            raise KeyError("x")
        self.assertFalse(door.is_open)
        self.assertIsNone(door.__exit__(None, None, None))

    def test_call_and_format(self):
        door = shelf.text.Door()
        self.assertEqual((door(3, 4), door(a=3, b=5)), (12, 15))
        self.assertEqual(f"{door:wood}", "door as wood")


class Attributes(BindingTest):
    def test_of_ones_own(self):
        version = shelf.Version(1, 2)
        version.note = "mine"
        version.major = 4
        self.assertEqual((version.note, version.major), ("mine", 4))
        self.assertEqual(vars(version)["note"], "mine")
        del version.note
        self.assertFalse(hasattr(version, "note"))
        copied = version.copy()
        self.assertIs(type(copied), shelf.Version)
        copied.note = [copied]
        self.assertEqual(shelf.Version.__module__, "shelf")
        self.assertEqual(repr(shelf.Version), "<class 'shelf.Version'>")

    def test_a_cycle_through_them_is_collected(self):
        version = shelf.Version(1, 2)
        version.me = version
        gone = weakref.ref(version)
        del version
        collect()
        self.assertIsNone(gone())

    def test_other_objects_have_none(self):
        with shelf.Bag() as bag:
            self.assertRaises(AttributeError, setattr, bag, "note", 1)
            self.assertRaises(AttributeError, setattr, bag, "add", 1)

        class Mine(shelf.Bag):
            pass

        mine = Mine()
        mine.note = 1
        self.assertEqual(mine.note, 1)

    def test_weak_references(self):
        for make in (shelf.Bag, lambda: shelf.Version(1, 2)):
            made, gone = make(), []
            reference = weakref.ref(made, gone.append)
            self.assertIs(reference(), made)
            del made
            collect()
            self.assertEqual((reference(), gone), (None, [reference]))

    def test_derived_in_python(self):
        class Mine(shelf.Version):
            def __init__(self, note):
                super().__init__(1, 2)
                self.note = note

        mine = Mine("a")
        self.assertEqual((mine.note, mine == shelf.Version(1, 2)), ("a", True))
        self.assertIs(type(mine.copy()), shelf.Version)


class Conversions(BindingTest):
    """Implicit constructors."""

    def setUp(self):
        collect()
        self.before = shelf.labels_alive()

    def tearDown(self):
        collect()
        self.assertEqual(shelf.labels_alive(), self.before)

    def test_what_a_constructor_takes_is_passed(self):
        self.assertEqual(shelf.labels(shelf.Label("a")), "a, none")
        self.assertEqual(shelf.labels(3, "b"), "number 3, b")
        self.assertEqual(shelf.labels(shelf.Version(7, 1), other=None), "version 7, none")
        self.assertEqual(shelf.copied("c"), "c")
        self.assertEqual(shelf.copied(bytearray(b"d")), "d")
        self.assertEqual(shelf.as_label(4).text, "number 4")

    def test_what_none_takes_is_refused(self):
        self.assert_raises(TypeError, ["labels: one must be Label, not float"], shelf.labels, 1.5)
        self.assert_raises(TypeError, ["labels: one must be Label, not None"], shelf.labels, None)
        self.assert_raises(TypeError, ["labels: other must be Label, not list"], shelf.labels, 1, [])
        self.assert_raises(ValueError, ["Label: number is negative"], shelf.labels, -1)

    def test_what_is_changed_is_not_made(self):
        self.assert_raises(TypeError, ["change: label must be Label, not str"], shelf.change, "a")
        label = shelf.Label("a", 2)
        shelf.change(label)
        self.assertEqual(label.text, "changed")

    def test_the_stub_says_so(self):
        stub = stub_text(read(shelf.__file__))
        self.assertIn("def copied(label: Label | int | str | ReadableBuffer | Version) -> str: ...",
                      stub)
        self.assertIn("def change(label: Label) -> None: ...", stub)


class Scopes(BindingTest):
    """Submodules, and types inside others."""

    def test_a_type_inside_another(self):
        letter = shelf.Label.Letter(1)
        self.assertEqual((letter.of("abc"), letter.place), ("b", 1))
        self.assertEqual((shelf.Label.Letter.__name__, shelf.Label.Letter.__qualname__,
                          shelf.Label.Letter.__module__), ("Letter", "Label.Letter", "shelf"))
        self.assertFalse(hasattr(shelf, "Letter"))
        self.assert_raises(TypeError, ["Label.Letter: place must be int"], shelf.Label.Letter, "a")
        corner = shelf.Label.Corner(1, 2)
        self.assertEqual(shelf.other.shown(corner).y, 2)
        self.assertEqual(shelf.Label.Corner.__qualname__, "Label.Corner")

    def test_a_submodule(self):
        self.assertEqual((shelf.text.shown("a"), shelf.text.shown(5), shelf.text.SEVEN),
                         ("text of a", "number 5", 7))
        self.assertEqual((shelf.text.__name__, shelf.text.__doc__),
                         ("shelf.text", "What is about text."))
        self.assertEqual((shelf.text.Door.__module__, shelf.text.Door.__qualname__),
                         ("shelf.text", "Door"))
        self.assertEqual((shelf.text.shown.__module__, shelf.text.shown.__qualname__),
                         ("shelf.text", "shown"))
        with shelf.text.Door() as door:
            self.assertTrue(shelf.text.deep.is_open(door))
        self.assertIsInstance(shelf.text, types.ModuleType)
        self.assertFalse(hasattr(shelf, "Door") or hasattr(shelf, "shown"))
        self.assert_raises(TypeError, ["text.deep.is_open: door must be Door, not int"],
                           shelf.text.deep.is_open, 5)

    def test_names_in_c(self):
        symbols = {each["symbol"] for each in clib.describe(shelf.__file__)["functions"]}
        self.assertLessEqual({"shelf_text_shown", "shelf_text_shown_2", "shelf_Label_Letter_of",
                              "shelf_text_deep_is_open", "shelf_text_Door___call__"}, symbols)

    def test_pickled_by_name(self):
        with mock.patch.dict(sys.modules, {"shelf": shelf, "shelf.text": shelf.text}):
            for each in (shelf.Label.Letter, shelf.Label.Corner, shelf.text.Door, shelf.text.shown,
                         shelf.kind_of, shelf.Version):
                self.assertIs(pickle.loads(pickle.dumps(each)), each)

    def test_a_saved_description_has_them(self):
        description = read(shelf.__file__)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "shelf.json"
            path.write_text(json.dumps(saved_form(description)), encoding="utf-8")
            for shown in (stub_text, description_text):
                self.assertEqual(shown(read(path)).splitlines()[1:],
                                 shown(description).splitlines()[1:])
            clib.load(shelf.__file__, against=path)
        self.assertIn("    class Letter:", stub_text(description))
        self.assertIn("    class deep:", stub_text(description))
        self.assertIn("module text.deep", description_text(description))


class Parameters(BindingTest):
    def test_keyword_only(self):
        self.assertEqual(shelf.line("a"), "a..")
        self.assertEqual(shelf.line("a", width=4), "a...")
        self.assertEqual(shelf.line("a", is_left=False, fill="-", width=5), "----a")
        self.assertEqual(shelf.line(text="a", fill="-"), "a--")
        self.assertEqual(shelf.line(fill=b"-", text=bytearray(b"a")), "a--")
        self.assertRaises(TypeError, shelf.line, "a", 4)
        self.assertRaises(TypeError, shelf.line, "a", depth=4)
        self.assertRaises(TypeError, shelf.line, "a", text="a")
        self.assertRaises(TypeError, shelf.line, width=4)
        self.assert_raises(TypeError, ["line: width must be int, not str"], shelf.line, "a",
                           width="4")

    def test_keyword_only_without_a_default(self):
        self.assertEqual(shelf.weighted(from_=1, type=2), 12)
        self.assertEqual(shelf.weighted(1.5, type=2), 3.5)
        self.assertEqual(shelf.weighted(from_=1.5, type=2), 3.5)
        self.assertEqual(shelf.weighted(1, type=2), 3.0)
        self.assert_raises(TypeError, ["weighted takes (*, from_: int, type: int) or "
                                       "(from_: float, *, type: int), not (int, int)"],
                           shelf.weighted, 1, 2)

    def test_names_cost_no_way_through_python(self):
        if shelf.__native__:
            before = dict(shelf._native._bound)
            shelf.line("a", width=4, fill=" ")
            shelf.size_of(None, other=None)
            shelf.kind_of(2.0)
            shelf.Bag(1, 2).add(1.0)
            self.assertEqual(shelf._native._bound, before)

    def test_signature(self):
        self.assertEqual(str(inspect.signature(shelf.line)).replace("'", '"').split(" ->")[0],
                         '(text, *, width=3, fill=".", is_left=True)' if shelf.__native__ else
                         '(text: "str | ReadableBuffer", *, width: "int" = 3, '
                         'fill: "str | ReadableBuffer" = ".", is_left: "bool" = True)')

    def test_docs_of_parameters(self):
        self.assertEqual(shelf.line.__doc__, "A line.\n\ntext: What is shown.\n"
                         "width: How wide it is, in bytes.\nLonger text is not cut.")

    def test_none_where_it_may_be(self):
        one = shelf.Bag(1, 2)
        self.assertEqual((one.sum_with(None), one.sum_with(shelf.Bag(4)), one.sum_with(one)),
                         (3, 7, 6))
        self.assertEqual((shelf.size_of(None), shelf.size_of(one), shelf.size_of(None, other=one),
                          shelf.size_of(one, other=None)), (100, 103, 3, 104))
        self.assertRaises(TypeError, one.sum_with)
        self.assertRaises(TypeError, shelf.size_of)
        self.assertIs(shelf.same(one), one)
        self.assert_raises(TypeError, ["same: one must be Bag, not None"], shelf.same, None)
        self.assert_raises(TypeError, ["sum_with: other must be Bag, not str"], one.sum_with, "")
        closed = shelf.Bag()
        closed.close()
        self.assert_raises(ValueError, ["sum_with: other is a closed Bag"], one.sum_with, closed)

    def test_the_text_types_are_results(self):
        for text in ("", "é so", "x" * 300):
            self.assertEqual(shelf.c_string(text), text)
            self.assertEqual(shelf.char_buffer(text), text)
        self.assertEqual(shelf.char_buffer("a\0b"), "a\0b")
        self.assertEqual(shelf.char_buffers(), ["so", ""])

    def test_tools(self):
        description = read(shelf.__file__)
        shown = {"stub": stub_text(description), "describe": description_text(description),
                 "header": header_text(description)}
        self.assertIn("def line(text: str | ReadableBuffer, *, width: int = 3, ", shown["stub"])
        self.assertIn("def size_of(one: Bag | None, *, other: Bag | None = None) -> int: ...",
                      shown["stub"])
        self.assertIn("    @typing.overload\n    def add(self, other: Bag) -> Bag:", shown["stub"])
        self.assertIn("How wide it is, in bytes.", shown["stub"])
        self.assertIn("How wide it is, in bytes.", shown["describe"])
        self.assertIn("shelf_Bag_add_3", shown["describe"])
        self.assertIn("shelf_Bag_add_3", shown["header"])


if __name__ == "__main__":
    unittest.main()
