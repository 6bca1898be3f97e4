# SPDX-License-Identifier: MIT
"""Circles through what C++ holds of Python (cycles.cpp)."""

import gc
import os
import unittest
import weakref

from binding import BindingTest, clib, collect

loops = clib.load(os.environ["CYCLES_LIBRARY"])


class Cycles(BindingTest):
    """Natively they are collected. Through ctypes, where C++ knows a callable by a number, close()
    opens them."""

    def assert_collected(self, make):
        made = make()
        seen = weakref.ref(made)
        collect()
        self.assertIs(seen(), made)
        del made
        collect()
        if loops.__native__:
            self.assertIsNone(seen())
        else:
            self.assertIsNotNone(seen())
            seen().close()
            collect()
            self.assertIsNone(seen())

    def test_a_callable(self):
        def make():
            button = loops.Button()
            button.on_click(lambda text: button.click)
            button.on_click(print)
            button.click("")
            return button

        self.assert_collected(make)

    def test_a_callable_in_an_optional_and_in_a_dict(self):
        def make():
            button = loops.Button()
            button.set_size(lambda: id(button))
            button.set_named("a", lambda: button.click)
            return button

        self.assert_collected(make)

    def test_an_object(self):
        def make():
            button = loops.Button()
            button.set_tag([button])
            return button

        self.assert_collected(make)

    def test_an_object_with_overridden_functions(self):
        class Heavy(loops.Part):
            def weight(self):
                return 10

        def make():
            machine, part = loops.Machine(), Heavy()
            part.machine = machine
            machine.add(part)
            machine.add(part)
            machine.add(loops.Part())
            self.assertEqual(machine.weight(), 21)
            return machine

        self.assert_collected(make)

    def test_a_class_that_is_derived_in_python(self):
        class Mine(loops.Button):
            def __init__(self):
                super().__init__()
                self.on_click(self.clicked)

            def clicked(self, text):
                self.text = text

        mine = Mine()
        mine.click("x")
        self.assertEqual(mine.text, "x")
        mine.close()
        del mine
        self.assert_collected(Mine)

    def test_a_collection_during_a_call(self):
        button = loops.Button()
        seen = []
        button.on_click(lambda text: seen.append(gc.collect()))
        for _ in range(3):
            button.click("")
        self.assertEqual(len(seen), 3)

    def test_what_is_alive_is_kept(self):
        button, seen = loops.Button(), []
        button.on_click(seen.append)
        other = weakref.ref(button)
        button.set_tag(button)
        collect()
        button.click("still")
        self.assertEqual((seen, other()), (["still"], button))
        button.set_tag(None)


if __name__ == "__main__":
    unittest.main()
