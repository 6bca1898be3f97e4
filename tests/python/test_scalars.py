# SPDX-License-Identifier: MIT
"""Values of one piece (scalars.cpp): enums, complex numbers, paths, times, numbers,
objects that pass through C++."""

import copy
import datetime
import enum
import inspect
import os
import pathlib
import pickle
import sys
import threading
import time
import unittest
import weakref

from binding import IS_CPYTHON, BindingTest, clib, collect, only_where

office = clib.load(os.environ["SCALARS_LIBRARY"])


class Enums(BindingTest):
    def test_an_enum_is_a_class_of_the_module_enum(self):
        self.assertTrue(issubclass(office.Order, enum.IntEnum))
        self.assertTrue(issubclass(office.Rights, enum.IntFlag))
        self.assertEqual([(each.name, int(each)) for each in office.Order],
                         [("up", 1), ("down", 2), ("none", -300)])
        self.assertEqual((office.Order.__doc__, office.Order.up.__doc__),
                         ("How things are sorted.", "The least first."))
        self.assertEqual((office.Order.__module__, office.Order.__qualname__), ("office", "Order"))
        self.assertIn("Order", office.__all__)

    def test_a_member_goes_in_and_comes_out_as_the_same_object(self):
        self.assertIs(office.reversed(office.Order.up), office.Order.down)
        self.assertIs(office.next_order(one=office.Order.down), office.Order.none)
        for each in office.Wide:
            self.assertIs(office.same(each), each)
        for each in office.Tiny:
            self.assertIs(office.same_tiny(each), each)
        self.assertEqual([int(each) for each in office.Wide], [0, (1 << 64) - 1, 7])
        self.assertEqual([int(each) for each in office.Tiny], [-128, 127])

    def test_two_names_of_one_number(self):
        self.assertIs(office.Plain.verde, office.Plain.green)
        self.assertIs(office.same_plain(office.Plain.verde), office.Plain.green)

    def test_a_default_is_a_member(self):
        self.assertIs(office.reversed(), office.Order.down)
        self.assertIs(office.Desk().state, office.Desk.State.open)
        default = inspect.signature(office.reversed).parameters["one"].default
        self.assertEqual(default, office.Order.up)

    def test_only_members_are_passed(self):
        self.assert_raises(TypeError, ["reversed: one must be a member of Order, not int; pass "
                                       "Order(1)"], office.reversed, 1)
        for wrong in (7, True, None, "up", 1.0, office.Plain.red, office.Rights.read):
            self.assert_raises(TypeError, ["one must be a member of Order, not",
                                           type(wrong).__name__.replace("NoneType", "None")],
                               office.reversed, wrong)
        self.assert_raises(TypeError, ["Desk.sorted: value must be a member of Order"],
                           setattr, office.Desk(), "sorted", 2)

    def test_a_result_that_is_no_member_is_an_error(self):
        self.assertIs(office.number_of(2), office.Order.down)
        for number in (7, 0, -1):
            self.assert_raises(ValueError, [f"number_of: the result is {number}, which is no member "
                                            "of order; list it"], office.number_of, number)

    def test_flags_are_combined(self):
        rights = office.Rights
        self.assertIs(office.both(rights.write), rights.read | rights.write)
        self.assertIs(office.both(rights.write, rights.write), rights.write)
        self.assertEqual(office.both(rights.read | rights.write, rights.run), rights(7))
        self.assertIs(type(office.both(rights(0), rights(64))), rights)
        self.assertEqual(office.both(rights(0), rights(64)), 64)
        self.assert_raises(TypeError, ["one must be a member of Rights, not int"], office.both, 3)

    def test_an_enum_of_a_class(self):
        state = office.Desk.State
        self.assertEqual(state.__qualname__, "Desk.State")
        self.assertFalse(hasattr(office, "State"))
        desk = office.Desk(state.closed)
        self.assertIs(desk.state, state.closed)
        desk.state = state.open
        self.assertIs(desk.state, state.open)
        desk.sorted = office.Order.none
        self.assertIs(desk.sorted, office.Order.none)
        self.assertIs(office.Desk.LATER, state.closed)
        self.assertIs(office.USUAL, office.Order.up)
        self.assert_raises(TypeError, ["must be a member of Desk.State, not int; pass "
                                       "Desk.State(1)"], office.Desk, 1)

    def test_a_callable_gets_members(self):
        got = []

        def take(one):
            got.append(one)
            return 2

        self.assertEqual(office.each_order(take), 4)
        self.assertEqual(list(map(id, got)), [id(office.Order.up), id(office.Order.none)])

    def test_pickling_and_copies(self):
        sys.modules["office"] = office
        self.addCleanup(sys.modules.pop, "office")
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            if protocol < 4:  # those before have no names with a point in them
                data = pickle.dumps([office.Order.none], protocol)
                self.assertIs(pickle.loads(data)[0], office.Order.none)
                continue
            for each in (office.Order.none, office.Desk.State.closed, office.Rights(5)):
                data = pickle.dumps([each], protocol)
                self.assertIs(pickle.loads(data)[0], each)
            self.assertIn(b"none", pickle.dumps(office.Order.none, protocol))
        for each in (office.Order.none, office.Rights.read):
            self.assertIs(copy.copy(each), each)
            self.assertIs(copy.deepcopy([each])[0], each)


class Overloads(BindingTest):
    def test_what_needs_no_conversion_is_chosen(self):
        for argument, chosen in ((1.5, "double"), (1j, "complex"), ("a", "text"),
                                 (datetime.timedelta(1), "duration"),
                                 (pathlib.Path("a"), "path"), (1, "duration")):
            self.assertEqual(office.chosen(argument), chosen, argument)


class Complex(BindingTest):
    def test_a_number_goes_in_and_comes_out(self):
        self.assertEqual(office.conjugate(1 + 2j), 1 - 2j)
        self.assertIs(type(office.conjugate(0j)), complex)
        self.assertEqual(office.half(z=3 - 4j), 1.5 - 2j)
        self.assertAlmostEqual(office.root(-4), 2j)  # libc++ rounds the real part
        self.assertEqual(repr(office.conjugate(complex(-0.0, float("inf")))), "(-0-infj)")
        self.assertNotEqual(office.conjugate(complex(float("nan"), 1)),
                            office.conjugate(complex(float("nan"), 1)))

    def test_other_numbers_are_passed_too(self):
        class Own:
            def __complex__(self):
                return 3j

        class Part(float):
            pass

        self.assertEqual([office.conjugate(each) for each in (2, 2.5, True, Part(7.5), Own())],
                         [2, 2.5, 1, 7.5, -3j])
        self.assertEqual(office.half(5), 2.5)

    def test_what_is_no_number_is_refused(self):
        for wrong in ("1", b"1", None, [1], object()):
            self.assert_raises(TypeError, ["conjugate: z must be complex, not"], office.conjugate,
                               wrong)
        self.assert_raises(OverflowError, ["half: z is", "larger than a float"], office.half, 1e39)
        self.assert_raises(OverflowError, ["half: z is"], office.half, 1e39j)
        self.assert_raises(OverflowError, ["conjugate: z is larger than a double"],
                           office.conjugate, 10 ** 400)
        self.assertEqual(office.half(complex("inf")), float("inf"))

    def test_defaults_and_failures(self):
        self.assertEqual(office.size_of(2.5), 3)
        self.assertEqual(office.size_of(3, 4j), 5)
        self.assert_raises(ValueError, ["z is 0"], office.size_of, 0)
        self.assert_raises(ValueError, ["number is 1"], office.root, 1)


class Paths(BindingTest):
    def test_what_names_a_file_goes_in_and_a_path_comes_out(self):
        class Own:
            def __fspath__(self):
                return b"/own"

        for folder in ("/a", b"/a", pathlib.Path("/a"), pathlib.PurePosixPath("/a")):
            found = office.below(folder, "b ü")
            self.assertEqual(found, pathlib.Path("/a/b ü"))
            self.assertIs(type(found), type(pathlib.Path()))
        self.assertEqual(office.below(Own()), pathlib.Path("/own/x"))
        self.assertEqual(office.bytes_of(), "a/b")

    def test_bytes_that_are_no_text_go_both_ways(self):
        folder = pathlib.Path(os.fsdecode(b"/\xff"))
        self.assertEqual(os.fsencode(office.below(folder)), b"/\xff/x")
        self.assertEqual(office.below(b"/\xff"), office.below(str(folder)))

    def test_what_is_no_path_is_refused(self):
        for wrong in (5, None, ["a"], object()):
            self.assert_raises(TypeError, ["below: folder must be str, bytes or os.PathLike, not"],
                               office.below, wrong)
        for wrong in ("a\0b", b"a\0b", pathlib.Path("a\0b")):
            self.assert_raises(ValueError, ["below: folder has a NUL in it"], office.below, wrong)

        class Failing:
            def __fspath__(self):
                raise KeyError("so it is")

        self.assert_raises(KeyError, ["so it is"], office.below, Failing())


class Times(BindingTest):
    def test_a_duration_goes_in_and_comes_out(self):
        second = datetime.timedelta(seconds=1)
        self.assertEqual(office.longer(second), second + datetime.timedelta(microseconds=1))
        self.assertEqual(office.longer(-5 * second), -5 * second + second.resolution)
        self.assertEqual(office.longer(), datetime.timedelta(milliseconds=1500, microseconds=1))
        self.assertIs(type(office.longer(second)), datetime.timedelta)
        self.assertEqual(office.whole(datetime.timedelta(days=-3)), datetime.timedelta(days=-3))
        self.assertEqual(office.inexact(), datetime.timedelta(milliseconds=250))
        self.assertEqual(office.since(second), second)
        self.assertEqual(office.far(-100), datetime.timedelta(hours=-100))

    def test_numbers_are_seconds(self):
        self.assertEqual(office.longer(2), datetime.timedelta(seconds=2, microseconds=1))
        self.assertEqual(office.longer(0.25), datetime.timedelta(microseconds=250001))
        self.assertEqual(office.whole(3.0), datetime.timedelta(seconds=3))

    def test_nanoseconds_are_rounded_down(self):
        self.assertEqual(office.longer(1.9e-6), datetime.timedelta(microseconds=2))
        self.assertEqual(office.longer(-1.1e-6), datetime.timedelta(microseconds=-1))

    def test_nothing_is_cut_off(self):
        self.assert_raises(ValueError, ["time is 1500000000 nanoseconds, and no whole number"],
                           office.whole, 1.5)
        self.assert_raises(OverflowError, ["time is 128000000000 nanoseconds, more than its type"],
                           office.narrow, 128)
        self.assertEqual(office.narrow(-128), datetime.timedelta(seconds=-128))
        self.assert_raises(OverflowError, ["the result is longer than", "292 years"], office.far,
                           10**8)
        self.assert_raises(OverflowError, ["the result is longer than"], office.endless)
        for long in (datetime.timedelta.max, 1e10, 10**300):
            self.assert_raises(OverflowError, ["longer: by is", "292 years"], office.longer, long)

    def test_what_is_no_duration_is_refused(self):
        for wrong in ("1", None, True, datetime.datetime.now(), 1j):
            self.assert_raises(TypeError, ["longer: by must be datetime.timedelta, or a number of "
                                           "seconds, not"], office.longer, wrong)
        for wrong in (float("nan"), float("inf")):
            self.assert_raises(ValueError, ["longer: by is"], office.longer, wrong)

    def test_a_point_in_time_is_in_utc(self):
        utc = datetime.timezone.utc
        start = datetime.datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=utc)
        later = office.later(start, 0.001)
        self.assertEqual(later, datetime.datetime(2024, 3, 1, 0, 0, 0, 999, tzinfo=utc))
        self.assertIs(later.tzinfo, utc)
        east = datetime.timezone(datetime.timedelta(hours=9))
        self.assertEqual(office.later(start.astimezone(east)), start)
        old = datetime.datetime(1700, 1, 2, tzinfo=utc)
        self.assertEqual((office.later(old), office.day(old)), (old, old))

    def test_a_time_without_a_zone_is_local(self):
        self.addCleanup(time.tzset)
        self.addCleanup(os.environ.__setitem__ if "TZ" in os.environ else os.environ.pop, "TZ",
                        os.environ.get("TZ"))
        os.environ["TZ"] = "XYZ-3"
        time.tzset()
        self.assertEqual(office.later(datetime.datetime(2024, 1, 1, 3)),
                         datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc))

    def test_what_is_no_point_in_time_is_refused(self):
        for wrong in (5, None, "now", datetime.timedelta(), datetime.date(2024, 1, 1)):
            self.assert_raises(TypeError, ["later: start must be datetime.datetime, not"],
                               office.later, wrong)
        utc = datetime.timezone.utc
        for far in (datetime.datetime(1600, 1, 1, tzinfo=utc),
                    datetime.datetime(2300, 1, 1, tzinfo=utc)):
            self.assert_raises(OverflowError, ["later: start is", "from 1678 to 2261"],
                               office.later, far)
        self.assert_raises(ValueError, ["one is", "no whole number"], office.day,
                           datetime.datetime(2024, 1, 1, 12, tzinfo=utc))


class Numbers(BindingTest):
    RANGES = {"int8": (-1 << 7, (1 << 7) - 1), "uint8": (0, (1 << 8) - 1),
              "int16": (-1 << 15, (1 << 15) - 1), "uint16": (0, (1 << 16) - 1),
              "int32": (-1 << 31, (1 << 31) - 1), "uint32": (0, (1 << 32) - 1),
              "int64": (-1 << 63, (1 << 63) - 1), "uint64": (0, (1 << 64) - 1),
              "long_": (-1 << 63, (1 << 63) - 1), "unsigned_long": (0, (1 << 64) - 1),
              "size": (0, (1 << 64) - 1)}

    def test_an_integer_has_its_whole_range_in_both_directions(self):
        for name, (least, greatest) in self.RANGES.items():
            function = getattr(office, name)
            for number in {least, least + 1, -1 if least else 0, 0, 1, greatest - 1, greatest}:
                with self.subTest(name, number=number):
                    self.assertEqual(function(number), number)
                    self.assertIs(type(function(number)), int)
            for number in (least - 1, greatest + 1, -1 << 64, 1 << 64, 1 << 200):
                self.assert_raises(OverflowError, [f"{name}: value must be from {least} to "
                                                   f"{greatest}"], function, number)

    def test_what_is_an_integer(self):
        class Own:
            def __index__(self):
                return 7

        for name in self.RANGES:
            function = getattr(office, name)
            self.assertEqual([function(each) for each in (Own(), True, office.Rights.write)],
                             [7, 1, 2])
            for wrong in (1.0, "1", None, 1j, [1]):
                self.assert_raises(TypeError, [f"{name}: value must be int, not"], function, wrong)

    def test_a_bool_is_no_number(self):
        self.assertEqual([office.truth(True), office.truth(False)], [True, False])
        for wrong in (0, 1, None, "", 1.0):
            self.assert_raises(TypeError, ["truth: value must be bool, not"], office.truth, wrong)

    def test_a_float(self):
        for number in (0.5, -0.0, 3, float("inf"), 2.0 ** -149, 3.4028234663852886e38):
            self.assertEqual(repr(office.single(number)), repr(float(number)))
        self.assertNotEqual(office.single(float("nan")), office.single(float("nan")))
        self.assertEqual(office.single(0.1), 0.10000000149011612)
        for large in (3.5e38, -1e39, 1e308):
            self.assert_raises(OverflowError, [f"single: value is {large!r}"], office.single, large)


class Thing:
    """It can be asked whether it lives."""


class Objects(BindingTest):
    def references_of(self, thing):
        return sys.getrefcount(thing) if IS_CPYTHON else 0

    def test_the_same_object_comes_back(self):
        for thing in (Thing(), 5, 1 << 80, "text", [], print, Thing, office, b"", 0.5, office.Order.up):
            self.assertIs(office.same_object(thing), thing)
        self.assertIsNone(office.same_object())
        self.assertIsNone(office.same_object(None))

    def test_it_lives_while_c_keeps_it(self):
        with office.Drawer() as drawer:
            thing = Thing()
            lives = weakref.ref(thing)
            drawer.put(thing)
            drawer.put(drawer[0])
            self.assertEqual((len(drawer), drawer.count(thing), drawer.count(Thing())), (2, 2, 0))
            del thing
            collect()
            self.assertIs(drawer.take(), lives())
            collect()
            self.assertIs(drawer[0], lives())
            self.assertIs(drawer.take(), lives())
            collect()
            self.assertIsNone(lives())
            self.assertEqual(drawer.count(None), 0)

    def test_it_is_freed_with_the_object_that_has_it(self):
        drawer, thing = office.Drawer(), Thing()
        lives = weakref.ref(thing)
        drawer.put(thing=thing)
        del thing, drawer
        collect()
        self.assertIsNone(lives())

    def test_nothing_is_left_of_many_calls(self):
        thing = Thing()
        before = self.references_of(thing)
        with office.Drawer() as drawer:
            for _ in range(100):
                office.same_object(thing)
                drawer.put(thing)
                drawer.take()
                self.assert_raises(ValueError, ["there is a thing"], office.refuse, thing)
                self.assert_raises(IndexError, ["the drawer is empty"], drawer.take)
        self.assertTrue(office.refuse(None))
        self.assertEqual(self.references_of(thing), before)
        collect()
        if not office.__native__:
            passed = sys.modules["clib.kinds.passed_object"].passed
            self.assertNotIn(thing, [each.object for each in passed.values()])

    def test_threads_copy_and_destroy_it(self):
        things = [Thing() for _ in range(3)]
        before = [self.references_of(each) for each in things]
        with office.Drawer() as drawer:
            for index in range(3):
                drawer.put(things[index])
            drawer.copy_in_threads(50)
            together = threading.Thread(target=drawer.copy_in_threads, args=(50,))
            together.start()
            for _ in range(50):
                self.assertIs(office.same_object(things[0]), things[0])
            together.join()
            lives = weakref.ref(things[2])
            self.assertEqual([self.references_of(each) for each in things],
                             [each + 1 if IS_CPYTHON else 0 for each in before])
            del things[2]
            collect()
            self.assertIsNotNone(lives())
            drawer.empty_in_thread()
            collect()
            self.assertIsNone(lives())

    def test_what_is_kept_for_ever(self):
        self.assertEqual(self.in_child(
            "office = clib.load(os.environ['SCALARS_LIBRARY'])\n"
            "class Thing: pass\n"
            "thing = Thing()\n"
            "office.kept_for_ever(thing)\n"
            "print(office.kept_for_ever(None) is thing)\n"), "True\n")

    @only_where(office.__native__, "elsewhere there is one way")
    def test_the_two_ways_do_not_mix(self):
        other = clib.load(os.environ["SCALARS_LIBRARY"], native=False)
        thing = Thing()
        before = self.references_of(thing)
        for here, there in ((office, other), (other, office)):
            here.kept_for_ever(thing)
            self.assert_raises(RuntimeError, ["load the library in one way"], there.kept_for_ever,
                               None)
            self.assertIs(here.kept_for_ever(None), thing)
            here.kept_for_ever(5)
            self.assertEqual(self.references_of(thing), before)


class Inside(BindingTest):
    """The same values in containers."""

    def test_enums(self):
        orders = [office.Order.none, office.Order.up]
        self.assertEqual(office.orders(orders), orders)
        self.assertIs(office.orders(orders)[0], office.Order.none)
        self.assert_raises(TypeError, ["orders: value[1] must be a member of Order, not int; pass "
                                       "Order(2)"], office.orders, [office.Order.up, 2])
        self.assertEqual([office.maybe(), office.maybe(office.Tiny.low)], [None, office.Tiny.low])

    def test_keys_and_complex_numbers(self):
        values = {office.Wide.greatest: [1j, 2.5], office.Wide.nothing: []}
        self.assertEqual(office.dict(values), values)
        self.assertIs(next(iter(office.dict({office.Wide.greatest: []}))), office.Wide.greatest)

    def test_paths(self):
        paths = [pathlib.Path("/a"), pathlib.Path(os.fsdecode(b"\xff"))]
        self.assertEqual(office.paths(paths), paths)
        self.assertEqual(office.paths(["x", b""]), [pathlib.Path("x"), pathlib.Path()])
        self.assert_raises(TypeError, ["paths: value[0] must be str, bytes or os.PathLike"],
                           office.paths, [5])

    def test_times(self):
        triple = (office.Rights.read | office.Rights.run, datetime.timedelta(milliseconds=-5),
                  datetime.datetime(1999, 12, 31, tzinfo=datetime.timezone.utc))
        self.assertEqual(office.triple(triple), triple)
        self.assert_raises(TypeError, ["triple: value[1] must be datetime.timedelta"],
                           office.triple, (triple[0], "x", triple[2]))

    def test_objects(self):
        things = [Thing(), None, 5, Thing()]
        lives = weakref.ref(things[0])
        for _ in range(3):
            self.assertEqual(list(map(id, office.things(things))), list(map(id, things)))
        things.clear()
        collect()
        self.assertIsNone(lives())

    def test_each_is_told_from_the_others(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        for value in (office.Order.down, 2j, datetime.timedelta(hours=1), now, pathlib.Path("a/b")):
            found = office.any_scalar(value)
            self.assertEqual((found, type(found)), (value, type(value)))
        thing = Thing()
        self.assertIs(office.any_scalar(thing), thing)

    def test_functions_get_and_return_them(self):
        thing, got = Thing(), []
        lives = weakref.ref(thing)

        def order_of(one, each):
            got.append((one, each))
            return office.Order.up

        self.assertIs(office.order_of(order_of, thing), office.Order.up)
        self.assertIs(got[0][0], office.Order.none)
        self.assertIs(got.pop()[1], thing)
        self.assertIs(office.thing_of(lambda time: [time, thing][time.microseconds == 5000]), thing)
        self.assertEqual(office.path_of(lambda z: f"{z.real}/{z.imag}"), pathlib.Path("1.0/2.0"))
        self.assert_raises(TypeError, [": the result must be a member of Order, not int"],
                           office.order_of, lambda one, each: 1, None)
        del thing
        collect()
        self.assertIsNone(lives())


if __name__ == "__main__":
    unittest.main()
