# SPDX-License-Identifier: MIT
"""Classes with bases, and objects that C++ owns, shares, gives away and returns parts of
(family.cpp)."""

import os
import threading
import unittest
import weakref

from binding import BindingTest, clib, collect

scene = clib.load(os.environ["FAMILY_LIBRARY"])


class Bases(BindingTest):
    def test_a_class_is_derived_from_its_base(self):
        self.assertTrue(issubclass(scene.Ring, scene.Circle))
        self.assertEqual([each.__name__ for each in scene.Ring.__mro__[:3]],
                         ["Ring", "Circle", "Shape"])
        self.assertIsInstance(scene.Ring(1.0), scene.Shape)
        self.assertNotIsInstance(scene.Square(1.0), scene.Circle)

    def test_what_a_base_has_is_inherited(self):
        ring = scene.Ring(2.0)
        self.assertEqual((ring.area, ring.radius, ring.name, len(ring)), (11, 2, "ring", 12))
        self.assertEqual(scene.Circle.alive(), 1)

    def test_a_function_of_a_base_returns_the_object_itself(self):
        circle = scene.Circle(1.0)
        self.assertIs(circle.rename("round"), circle)
        self.assertEqual(circle.name, "round")
        square = scene.Square(1.0)
        self.assertIs(square.rename("even"), square)

    def test_a_base_that_lies_elsewhere_in_the_object(self):
        square = scene.Square(3.0)
        self.assertEqual((square.area, square.name), (9, "square"))
        self.assertEqual(scene.both(square, scene.Ring(1.0)), 11)
        self.assertEqual(scene.both(square, square), 18)
        self.assertTrue(scene.same(square, square))

    def test_a_class_without_a_constructor(self):
        self.assert_raises(TypeError, ["Shape cannot be made by calling it"], scene.Shape)
        self.assert_raises(TypeError, ["Layer cannot be made by calling it"], scene.Layer)

    def test_another_class_is_refused(self):
        self.assert_raises(TypeError, ["one must be Shape", "not Canvas"],
                           scene.both, scene.Canvas(), scene.Ring(1.0))
        self.assertRaises(TypeError, scene.Ring.__len__, scene.Circle(1.0))
        with self.assertRaises(TypeError):
            scene.Circle.radius.__get__(scene.Square(1.0))

    def test_derived_in_python(self):
        class Mine(scene.Ring):
            def __init__(self):
                super().__init__(1.0)
                self.mark = "mine"

        mine = Mine()
        canvas = scene.Canvas()
        canvas.add(mine)
        self.assertEqual((mine.area, mine.mark), (2, "mine"))
        self.assertIs(canvas[0], mine)

    def test_what_is_returned_is_of_its_most_derived_listed_class(self):
        for what, of_class, area in (("circle", scene.Circle, 3), ("ring", scene.Ring, 2),
                                     ("square", scene.Square, 4), ("dotted", scene.Circle, 12)):
            made = scene.make(what)
            self.assertIs(type(made), of_class)
            self.assertEqual(made.area, area)
        ring = scene.Ring(1.0)
        self.assertIs(scene.as_circle(ring), ring)
        self.assertIsNone(scene.as_circle(scene.Square(1.0)))

    def test_closed(self):
        ring = scene.Ring(1.0)
        ring.close()
        self.assertEqual(scene.Shape.alive(), 0)
        with self.assertRaisesRegex(ValueError, "Shape.area: this Shape is closed"):
            ring.area
        self.assertRaisesRegex(ValueError, "closed", scene.both, ring, ring)


class Null(BindingTest):
    def test_none_for_null(self):
        self.assertIsNone(scene.make("nothing"))
        self.assertIsNone(scene.Canvas().largest)
        self.assertIsNone(scene.Canvas().background)
        self.assertIsNone(scene.Canvas().take_background())

    def test_null_for_none(self):
        ring = scene.Ring(1.0)
        self.assertTrue(scene.same(None, None))
        self.assertFalse(scene.same(ring, None))
        self.assertFalse(scene.same(None, other=ring))
        self.assertEqual((scene.name_of(None), scene.name_of(ring)), ("none", "ring"))
        self.assert_raises(TypeError, ["one must be Shape, not None"], scene.both, None, ring)

    def test_a_failure_is_none_of_it(self):
        self.assertRaises(IndexError, lambda: scene.Canvas().last)
        self.assertRaises(IndexError, lambda: scene.Canvas()[0])
        with self.assertRaisesRegex(IndexError, "there is no layer"):
            scene.Canvas().first_layer


class Shared(BindingTest):
    def test_the_same_object_comes_back(self):
        canvas, ring, square = scene.Canvas(), scene.Ring(1.0), scene.Square(3.0)
        for shape in (ring, square):
            canvas.add(shape)
        self.assertIs(canvas[0], ring)
        self.assertIs(canvas[1], square)
        self.assertIs(canvas.last, square)
        self.assertIs(canvas.largest, square)
        self.assertIs(canvas[-2], ring)

    def test_cpp_keeps_what_it_shares(self):
        canvas = scene.Canvas()
        canvas.add(scene.Ring(1.0))
        collect()
        self.assertEqual(scene.Shape.alive(), 1)
        ring = canvas[0]
        self.assertIs(type(ring), scene.Ring)
        self.assertIs(canvas[0], ring)
        canvas.clear()
        self.assertEqual((scene.Shape.alive(), ring.area), (1, 2))
        del ring
        collect()
        self.assertEqual(scene.Shape.alive(), 0)

    def test_python_keeps_what_it_shares(self):
        canvas, ring = scene.Canvas(), scene.Ring(1.0)
        canvas.add(ring)
        canvas.close()
        self.assertEqual((scene.Shape.alive(), ring.area), (1, 2))

    def test_closing_what_cpp_shares(self):
        canvas, ring = scene.Canvas(), scene.Ring(1.0)
        canvas.add(ring)
        with ring:
            pass
        self.assertTrue(ring.closed)
        self.assertRaises(ValueError, lambda: ring.area)
        again = canvas[0]
        self.assertIsNot(again, ring)
        self.assertEqual(again.area, 2)
        again.close()
        self.assertEqual(scene.Shape.alive(), 1)
        canvas.close()
        self.assertEqual(scene.Shape.alive(), 0)

    def test_what_cpp_made(self):
        canvas = scene.shared_canvas()
        self.assertIs(scene.shared_canvas(), canvas)
        canvas.add(scene.make("ring"))
        self.assertIs(canvas[0], canvas.last)
        del canvas
        collect()
        self.assertEqual(len(scene.shared_canvas()), 1)
        scene.shared_canvas().clear()

    def test_in_containers(self):
        canvas, ring, square = scene.Canvas(), scene.Ring(1.0), scene.Square(3.0)
        canvas.all = [ring, None, square]
        self.assertEqual(len(canvas), 3)
        first, none, last = canvas.all
        self.assertTrue(first is ring and none is None and last is square)
        with self.assertRaisesRegex(TypeError, r"value\[1\] must be Shape, not str"):
            canvas.all = [ring, "x"]
        each = scene.one_of_each()
        self.assertEqual({name: type(shape) for name, shape in each.items()},
                         {"ring": scene.Ring, "square": scene.Square, "nothing": type(None)})
        self.assertEqual(scene.Shape.alive(), 4)

    def test_shared_from_this(self):
        node = scene.Node.shared()
        self.assertIs(node.self(), node)
        self.assertEqual(node.owners, 1)
        own = scene.Node()
        scene.keep(own)
        self.assertEqual(own.owners, 1)
        scene.keep(own)  # which is shared once
        self.assertEqual(own.owners, 1)
        self.assertIs(own.self(), own)
        scene.keep(None)
        self.assertEqual(own.owners, 0)

    def test_in_several_threads(self):
        canvas = scene.Canvas()
        for _ in range(4):
            canvas.add(scene.Ring(1.0))
        wrong = []

        def work():
            for index in range(300):
                shape = canvas[index % 4]
                if shape.area != 2 or type(shape) is not scene.Ring:
                    wrong.append(index)
                canvas.add(shape)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((wrong, len(canvas)), ([], 1204))
        canvas.clear()
        collect()
        self.assertEqual(scene.Shape.alive(), 0)

    def test_more_than_can_be_counted(self):
        canvas, ring = scene.Canvas(), scene.Ring(1.0)
        for _ in range(65535):
            canvas.add(ring)
        self.assert_raises(BufferError, ["Canvas.add: shape is shared by too many"],
                           canvas.add, ring)
        canvas.clear()
        canvas.add(ring)


class Given(BindingTest):
    def test_what_is_given_away_is_closed_for_its_giver(self):
        canvas = scene.Canvas()
        with scene.make("ring") as ring:
            canvas.set_background(ring)
            self.assertTrue(ring.closed)
        self.assertRaisesRegex(ValueError, "closed", lambda: ring.area)
        self.assertEqual(scene.Shape.alive(), 1)
        self.assertEqual(canvas.background.area, 2)
        self.assertIs(type(canvas.background), scene.Ring)

    def test_what_python_made_is_moved(self):
        canvas, square = scene.Canvas(), scene.Square(3.0)
        canvas.background = square
        self.assertTrue(square.closed)
        self.assertEqual((canvas.background.area, scene.Shape.alive()), (9, 1))
        canvas.background = None
        self.assertIsNone(canvas.background)
        self.assertEqual(scene.Shape.alive(), 0)

    def test_through_a_call_that_may_block(self):
        canvas, square = scene.Canvas(), scene.Square(3.0)
        canvas.set_slowly(square)
        self.assertTrue(square.closed)

    def test_there_and_back(self):
        canvas, ring = scene.Canvas(), scene.make("ring")
        for _ in range(3):
            canvas.set_background(ring)
            ring = canvas.take_background()
            self.assertEqual(ring.area, 2)
        self.assertIsNone(canvas.background)
        self.assertEqual(scene.Shape.alive(), 1)

    def test_what_is_shared_is_not_given_away(self):
        canvas, ring = scene.Canvas(), scene.Ring(1.0)
        canvas.add(ring)
        for shared in (ring, canvas[0]):
            self.assert_raises(BufferError, ["background cannot be given away", "shares it"],
                               canvas.set_background, shared)
        self.assertEqual(ring.area, 2)
        made = scene.shared_canvas()
        made.add(scene.make("ring"))
        made.clear()

    def test_a_part_is_not_given_away(self):
        canvas = scene.Canvas()
        canvas.set_background(scene.make("ring"))
        self.assert_raises(BufferError, ["cannot be given away", "part of another object"],
                           canvas.set_background, canvas.background)

    def test_what_cannot_be_moved(self):
        statue = scene.Statue()
        self.assert_raises(ValueError, ["swallow: statue cannot be given away where it was made",
                                        "returns a std::unique_ptr"], scene.swallow, statue)
        self.assertFalse(statue.closed)
        cast = scene.Statue.cast()
        scene.swallow(cast)
        self.assertTrue(cast.closed)

    def test_something_else(self):
        canvas, ring = scene.Canvas(), scene.Ring(1.0)
        self.assert_raises(TypeError, ["background must be Shape", "Canvas"],
                           canvas.set_background, canvas)
        ring.close()
        self.assertRaisesRegex(ValueError, "closed", canvas.set_background, ring)


class Parts(BindingTest):
    def test_a_part_is_in_its_parent(self):
        canvas = scene.Canvas()
        canvas.layer("a").origin.x = 2.0
        canvas.layer("a").title = "first"
        self.assertEqual((canvas.layer("a").origin.x, canvas.layer("a").title), (2, "first"))
        point = scene.Point()
        point.y = 5.0
        canvas.layer("a").origin = point
        self.assertEqual((canvas.layer("a").origin.x, canvas.layer("a").origin.y), (0, 5))

    def test_the_same_part_is_the_same_object(self):
        canvas, other = scene.Canvas(), scene.Canvas()
        layer = canvas.layer("a")
        self.assertIs(canvas.layer("a"), layer)
        self.assertIs(layer.origin, canvas.layer("a").origin)
        self.assertIsNot(canvas.layer("b"), layer)
        self.assertIsNot(other.layer("a"), layer)

    def test_a_part_keeps_its_parent(self):
        canvas = scene.Canvas()
        canvas.add(scene.Ring(1.0))
        origin = canvas.layer("a").origin
        gone = weakref.ref(canvas)
        del canvas
        collect()
        self.assertIsNone(gone())
        origin.x = 3.0
        self.assertEqual((origin.x, scene.Shape.alive()), (3, 1))
        del origin
        collect()
        self.assertEqual(scene.Shape.alive(), 0)

    def test_a_parent_that_is_closed(self):
        with scene.Canvas() as canvas:
            canvas.add(scene.make("ring"))
            layer = canvas.layer("a")
        collect()
        self.assertTrue(canvas.closed)
        self.assertRaises(ValueError, canvas.clear)
        layer.title = "late"
        self.assertEqual((layer.title, scene.Shape.alive()), ("late", 1))
        layer.close()
        self.assertEqual(scene.Shape.alive(), 0)

    def test_a_part_of_something_const_is_not_changed(self):
        canvas = scene.Canvas()
        canvas.layer("a")
        collect()
        layer = canvas.first_layer
        self.assertEqual((layer.title, layer.origin.x, layer.corner.x), ("", 0, 0))
        with self.assertRaisesRegex(TypeError, "Layer.title: self cannot be changed"):
            layer.title = "x"
        with self.assertRaisesRegex(TypeError, "Point.x: self cannot be changed"):
            layer.origin.x = 1.0
        self.assertIs(canvas.layer("a"), layer)  # which is not const
        layer.title = "x"
        self.assertEqual(layer.title, "x")

    def test_what_outlives_its_users_is_borrowed(self):
        layer = scene.base_layer()
        self.assertIs(scene.base_layer(), layer)
        layer.title = "all"
        origin = layer.origin
        layer.close()
        self.assertEqual((scene.base_layer().title, origin.x), ("all", 0))

    def test_parent_and_part_in_several_threads(self):
        canvas = scene.Canvas()
        known = canvas.layer("a")

        def work():
            for _ in range(200):
                canvas.layer("a").origin.x += 1.0
                canvas.set_slowly(scene.Ring(1.0))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertFalse(any(thread.is_alive() for thread in threads))
        self.assertEqual(canvas.background.area, 2)
        self.assertIs(canvas.layer("a"), known)

    def test_one_thread_forgets_what_another_gets(self):
        canvas, wrong = scene.Canvas(), []

        def work():
            for _ in range(300):
                layer = canvas.slow_layer("a")
                try:
                    layer.title = "x"
                except ValueError as error:
                    wrong.append(error)
                del layer

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(wrong if scene.__native__ else [], [])


if __name__ == "__main__":
    unittest.main()
