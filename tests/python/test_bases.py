# SPDX-License-Identifier: MIT
"""A class with several listed bases (bases.cpp)."""

import os
import unittest
import weakref

from binding import BindingTest, clib, collect

fleet = clib.load(os.environ["BASES_LIBRARY"])


class Bases(BindingTest):
    def test_a_class_is_derived_from_each(self):
        self.assertEqual(fleet.Ship.__bases__, (fleet.Vehicle, fleet.Named))
        self.assertEqual([each.__name__ for each in fleet.Tanker.__mro__[:4]],
                         ["Tanker", "Ship", "Vehicle", "Named"])
        ship = fleet.Ship()
        self.assertIsInstance(ship, fleet.Named)
        self.assertIsInstance(ship, fleet.Vehicle)
        self.assertNotIsInstance(fleet.Named(), fleet.Vehicle)

    def test_what_each_base_has_is_inherited(self):
        for ship in (fleet.Ship(), fleet.Tanker()):
            ship.name = "Emma"
            ship.cargo += 2
            self.assertEqual((ship.speed, ship.name, ship.cargo), (12.5, "Emma", 3))
        self.assertEqual((fleet.Ship().what(), ship.what()), ("ship none", "tanker"))

    def test_it_is_passed_as_each_base(self):
        for ship in (fleet.Ship(), fleet.Tanker()):
            fleet.rename(ship, "Otto")
            self.assertEqual((fleet.speed_of(ship), fleet.name_of(ship)), (12.5, "Otto"))
        self.assertRaises(TypeError, fleet.speed_of, fleet.Named())
        self.assertRaises(TypeError, fleet.name_of, fleet.Vehicle(1.0))
        self.assertRaises(TypeError, fleet.Ship.what, fleet.Named())

    def test_what_is_returned_as_a_base(self):
        self.assertIs(type(fleet.make_named(True)), fleet.Tanker)
        self.assertIs(type(fleet.make_named(False)), fleet.Named)
        ship = fleet.Ship()
        fleet.keep(ship)
        self.assertIs(fleet.kept(), ship)
        fleet.keep(None)

    def test_derived_in_python(self):
        class Mine(fleet.Tanker):
            mark = "mine"

        mine = Mine()
        self.assertEqual((fleet.name_of(mine), mine.mark), ("none", "mine"))
        seen = weakref.ref(mine)
        mine.me = mine
        del mine
        collect()
        self.assertIsNone(seen())

    def test_two_bases_in_python(self):
        for bases in ((fleet.Vehicle, fleet.Named), (fleet.Named, fleet.Item),
                      (fleet.Tanker, fleet.Ball), (fleet.Red, fleet.Round)):
            self.assert_raises(TypeError, ["multiple bases have instance lay-out conflict"], type,
                               "Both", bases, {})

        class Both(fleet.Ship, fleet.Named):  # which is one of its bases
            pass

        self.assertEqual(fleet.name_of(Both()), "none")

    def test_a_virtual_base(self):
        ball = fleet.Ball()
        self.assertEqual((ball.number, fleet.number_of(ball)), (7, 7))
        ball.number = 9
        self.assertEqual(fleet.number_of(ball), 9)
        self.assertEqual(issubclass(fleet.Ball, fleet.Item), True)

    def test_description(self):
        types = {each["name"]: each["bases"] for each in clib.describe(fleet.__file__)["types"]}
        self.assertEqual((types["Ship"], types["Named"]), (["vehicle", "named"], []))


if __name__ == "__main__":
    unittest.main()
