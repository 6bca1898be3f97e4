# SPDX-License-Identifier: MIT
"""Virtual functions of C++ that Python overrides (overrides.cpp)."""

import inspect
import os
import subprocess
import sys
import unittest
import weakref

from binding import SHIM, BindingTest, clib, collect

zoo = clib.load(os.environ["OVERRIDES_LIBRARY"])


class Cat(zoo.Animal):
    def __init__(self, name="cat"):
        super().__init__(name)
        self.lives = 3

    def sound(self):
        return "meow" * self.lives

    def describe(self, times, mark="!"):
        return "<" + super().describe(times, mark) + ">"


class Puppy(zoo.Dog):
    def legs(self):
        return 5


def food(name):
    made = zoo.Food()
    made.name = name
    return made


class Keeper(zoo.Keeper):
    def __init__(self):
        super().__init__()
        self.food = food("corn")

    @property
    def size(self):
        return 1.5

    def motto(self):
        return "eat" + "!" * 3

    def lunch(self):
        return self.food

    def dinner(self):
        return self.food


class Properties(BindingTest):
    def test_cpp_reads_the_property_in_python(self):
        self.assertEqual(zoo.size_of(Keeper()), 1.5)

    def test_what_cpp_has(self):
        keeper = zoo.Keeper()
        self.assertEqual(keeper.title, "keeper")
        with self.assertRaisesRegex(NotImplementedError, "size"):
            zoo.size_of(keeper)

    def test_super_and_an_exception(self):
        class Loud(Keeper):
            @property
            def title(self):
                return super().title.upper()

            @property
            def size(self):
                raise KeyError("size")

        self.assertTrue(zoo.all_of(Loud()).startswith("KEEPER "))
        with self.assertRaises(KeyError):
            zoo.size_of(Loud())


class References(BindingTest):
    def test_they_lead_to_what_python_has(self):
        keeper = Keeper()
        self.assertEqual(zoo.all_of(keeper), "keeper eat!!! corn corn hay")
        self.assertEqual(keeper.food.amount, 4)

    def test_what_nobody_else_keeps(self):
        class Generous(Keeper):
            def lunch(self):
                return food("rice")

            def snack(self):
                return food("nut")

            def dinner(self):
                return None

        self.assertEqual(zoo.all_of(Generous()), "keeper eat!!! rice none nut")

    def test_none_is_no_reference(self):
        class Empty(Keeper):
            def lunch(self):
                return None

        with self.assertRaisesRegex(TypeError, "None"):
            zoo.all_of(Empty())

    def test_an_object_does_not_keep_itself(self):
        class Proud(Keeper):
            def other(self):
                return self

        proud = Proud()
        self.assertEqual(zoo.size_of_other(proud), 1.5)
        seen = weakref.ref(proud)
        del proud
        collect()
        self.assertIsNone(seen())

    def test_they_are_freed(self):
        keeper = Keeper()
        zoo.all_of(keeper)
        seen = weakref.ref(keeper.food)
        del keeper
        collect()
        self.assertIsNone(seen())


class Calls(BindingTest):
    def test_cpp_calls_the_method_in_python(self):
        cat = Cat()
        self.assertEqual(zoo.sound_of(cat), "meowmeowmeow")
        cat.lives = 1
        self.assertEqual(zoo.sound_of(cat), "meow")

    def test_a_function_of_cpp_calls_another_one(self):
        cat = Cat("tom")
        cat.lives = 1
        self.assertEqual(zoo.Animal.describe(cat, 2), "tom: meow! meow!")
        self.assertEqual(zoo.describe(cat, 2), "<tom: meow? meow?>")

    def test_super_is_what_cpp_does(self):
        cat = Cat()
        cat.lives = 1
        self.assertEqual(cat.describe(1), "<cat: meow!>")

        class Loud(Cat):
            def sound(self):
                return super().sound().upper()

            def rename(self, name):
                super().rename(name + "!")

        loud = Loud()
        self.assertEqual(zoo.sound_of(loud), "MEOWMEOWMEOW")
        loud.rename("x")
        self.assertEqual(loud.name, "x!")

    def test_values_of_any_kind(self):
        class Pig(Cat):
            def sizes(self):
                return [*super().sizes(), 9]

            def favourite(self, least):
                found = super().favourite(least)
                found.name += "?"
                return found

            def friend_of(self, other):
                return super().friend_of(other) or self

        pig, cat, food = Pig(), Cat(), zoo.Food()
        food.name = "corn"
        self.assertEqual(zoo.sizes_of(pig), [1, 2.5, 9])
        found = zoo.favourite_of(pig, food)
        self.assertEqual((found.name, found.amount), ("corn!?", 2))
        self.assertIs(zoo.friend_of(pig, cat), cat)
        self.assertIs(zoo.friend_of(pig, None), pig)
        self.assertIs(zoo.friend_of(cat, pig), pig)

    def test_what_is_not_overridden(self):
        self.assertEqual(zoo.repeat(zoo.Dog(), 2), 8)
        self.assertEqual(zoo.sound_of(Puppy()), "woof")
        self.assertEqual(zoo.sound_of(zoo.make_dog()), "woof")

    def test_a_class_that_is_derived_in_cpp(self):
        puppy = Puppy()
        self.assertEqual(zoo.repeat(puppy, 3), 15)
        self.assertEqual(zoo.Dog.legs(puppy), 4)

    def test_another_method_of_the_same_class_later(self):
        class Fish(zoo.Animal):
            def sound(self):
                return "."

        fish = Fish("fish")
        self.assertEqual(zoo.sound_of(fish), ".")
        Fish.sound = lambda self: "blub"
        self.assertEqual(zoo.sound_of(fish), "blub")

    def test_a_pure_virtual_function(self):
        class Silent(zoo.Animal):
            pass

        for of_class in (Silent, zoo.Animal):
            self.assert_raises(NotImplementedError, ["sound_of: ", "sound() is not defined"],
                               zoo.sound_of, of_class("it"))
            self.assert_raises(NotImplementedError, ["Animal.sound: ", "sound() is not defined"],
                               of_class("it").sound)

    def test_signature(self):
        self.assertEqual(list(inspect.signature(zoo.Animal).parameters), ["name"])
        self.assertEqual(zoo.Animal(name="x").name, "x")
        self.assertRaises(TypeError, zoo.Animal, 1)


class Failures(BindingTest):
    def test_an_exception_goes_through_cpp(self):
        class Bad(zoo.Animal):
            def sound(self):
                raise error

        error = KeyError("no")
        with self.assertRaises(KeyError) as caught:
            zoo.sound_of(Bad("bad"))
        self.assertIs(caught.exception, error)
        self.assertEqual(zoo.caught(Bad("bad")), "caught")
        error.__traceback__ = caught.exception.__traceback__ = None

    def test_a_wrong_result(self):
        class Wrong(zoo.Animal):
            def sound(self):
                return 3

        class Wide(zoo.Dog):
            def legs(self):
                return 2**70

        self.assert_raises(TypeError, ["Animal.sound: the result must be str", "not int"],
                           zoo.sound_of, Wrong("x"))
        self.assert_raises(OverflowError, ["Dog.legs: the result"], zoo.repeat, Wide(), 1)

    def test_wrong_parameters(self):
        class Wrong(zoo.Animal):
            def sound(self, more):
                return ""

        self.assertRaisesRegex(TypeError, "more", zoo.sound_of, Wrong("x"))

    def test_what_no_object_takes(self):
        self.assertRaises(IndexError, zoo.Animal._set_overrides, Cat(), 10**6, 0)
        self.assertRaises(ValueError, zoo.Dog._set_overrides, Puppy(), 0, 1 << 60)
        self.assertRaises(TypeError, zoo.Animal._set_overrides, zoo.make_dog(), 0, 0)


class Threads(BindingTest):
    def test_a_thread_of_cpp(self):
        self.assertEqual(zoo.sound_in_thread(Cat()), "meowmeowmeow")

    def test_a_thread_while_the_object_is_in_use(self):
        class Busy(Cat):
            def sound(self):
                return self.name + super().describe(0)

        self.assertEqual(zoo.sound_in_thread(Busy("b")), "b<b:>")


class Owners(BindingTest):
    def test_cpp_owns_the_object(self):
        cage, cat = zoo.Cage(), Cat("tom")
        cat.lives = 1
        cage.own(cat)
        self.assertFalse(cat.closed)
        self.assertIs(cage.owned, cat)
        self.assertEqual(cat.describe(1), "<tom: meow!>")
        seen = weakref.ref(cat)
        del cat
        collect()
        self.assertEqual((cage.sounds(), cage.owned.lives, zoo.Animal.alive()), ("meow;", 1, 1))
        cage.clear()
        collect()
        self.assertEqual((seen(), zoo.Animal.alive()), (None, 0))

    def test_cpp_destroys_what_python_has(self):
        cage, cat = zoo.Cage(), Cat()
        cage.own(cat)
        cage.clear()
        self.assertEqual((zoo.Animal.alive(), cat.closed, cat.lives), (0, True, 3))
        self.assertRaisesRegex(ValueError, "closed", lambda: cat.name)
        self.assertRaisesRegex(ValueError, "closed", zoo.sound_of, cat)

    def test_python_closes_what_cpp_owns(self):
        cage, cat = zoo.Cage(), Cat()
        cage.own(cat)
        cat.close()
        self.assertEqual(zoo.Animal.alive(), 1)
        self.assertRaises(NotImplementedError, cage.sounds)

    def test_cpp_gives_it_back(self):
        cage = zoo.Cage()
        cage.own(Cat("back"))
        collect()
        cat = cage.give()
        self.assertEqual((type(cat), cat.lives, cat.name), (Cat, 3, "back"))
        collect()
        self.assertEqual(zoo.sound_of(cat), "meowmeowmeow")
        cage.own(cat)
        self.assertIs(cage.give(), cat)
        del cat
        collect()
        self.assertEqual(zoo.Animal.alive(), 0)

    def test_cpp_shares_it(self):
        cage = zoo.Cage()
        cage.share(Cat())
        cage.share(cage.shared(0))
        collect()
        self.assertEqual(cage.sounds(), "meowmeowmeow;meowmeowmeow;")
        cage.shared(0).lives = 1
        self.assertEqual(cage.sounds(), "meow;meow;")
        self.assertIs(cage.shared(0), cage.shared(1))
        self.assertRaisesRegex(BufferError, "C\\+\\+ shares it", cage.own, cage.shared(0))
        cage.clear()
        collect()
        self.assertEqual(zoo.Animal.alive(), 0)

    def test_python_closes_what_cpp_shares(self):
        cage, cat = zoo.Cage(), Cat()
        cage.share(cat)
        cat.close()
        self.assertRaises(NotImplementedError, cage.sounds)
        self.assertEqual(zoo.Animal.alive(), 1)
        cage.clear()
        self.assertEqual(zoo.Animal.alive(), 0)

    def test_a_circle_of_methods(self):
        """What a class overrides refers to no object, so C++ keeps none of them alive."""
        def make():
            class Own(zoo.Animal):
                def sound(self):
                    return str(len(seen))

            seen = [Own("own")]
            self.assertEqual(zoo.sound_of(seen[0]), "1")

        make()
        collect()
        self.assertEqual(zoo.Animal.alive(), 0)


class Tools(BindingTest):
    def test_a_stub_has_what_users_call(self):
        stub = subprocess.run([sys.executable, "-m", "clib", "stub", zoo.__file__], check=True,
                              stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": str(SHIM)}).stdout
        self.assertIn("def describe(self, times: int, mark: str", stub)
        self.assertNotIn("override", stub)


class TheEnd(BindingTest):
    def test_cpp_has_objects_when_python_has_ended(self):
        self.assertEqual(self.in_child("""
zoo = clib.load(os.environ["OVERRIDES_LIBRARY"])
class Cat(zoo.Animal):
    def sound(self):
        return "meow"
zoo.last_cage().own(Cat("a"))
zoo.last_cage().share(Cat("b"))
print(zoo.last_cage().sounds())
"""), "meow;meow;\nthe end\n")


if __name__ == "__main__":
    unittest.main()
