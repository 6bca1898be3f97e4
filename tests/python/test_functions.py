# SPDX-License-Identifier: MIT
"""std::function with any kinds of arguments and any result (functions.cpp)."""

import os
import threading
import traceback
import unittest
import unittest.mock
import weakref

import child
from binding import BindingTest, PRELUDE, clib, collect, inside

LIBRARY = os.environ["FUNCTIONS_LIBRARY"]
fun = clib.load(LIBRARY)


class Error(Exception):
    pass


class Functions(BindingTest):
    def refused(self, error, sentence, function, *arguments):
        with self.assertRaises(error) as caught:
            function(*arguments)
        self.assertEqual(str(caught.exception), sentence)

    def test_numbers(self):
        for apply in (fun.apply, fun.apply_blocking):
            self.assertEqual(apply(lambda x: x * 2, 1.5), 3.0)
            self.assertEqual(repr(apply(lambda x: 3, 1)), "3.0")
            self.assertEqual(apply(abs, -2), 2)

    def test_texts(self):
        self.assertEqual(fun.map_texts(["a", "ü\0"], str.upper), ["A", "Ü\0"])
        self.assertEqual(fun.map_texts(function=lambda text: text.encode(), texts=["a"]), ["a"])

    def test_containers(self):
        found = []

        def function(*arguments):
            found.extend(arguments)
            return {"a": (1, 2)}

        self.assertEqual(fun.collect(function), {"a": [1, 2]})
        self.assertEqual(found, [5, [0.5, 1.0], True])
        self.refused(TypeError, "Functions.test_containers.<locals>.<lambda>: the result['a'][0] "
                     "must be int, not str", fun.collect, lambda *_: {"a": ["x"]})

    def test_objects(self):
        self.assertEqual(fun.sum_of_points(lambda point, place: fun.Point(point.x + place)), 6)
        kept = []
        fun.sum_of_points(lambda point, _: kept.append(point) or point)
        self.assertEqual([each.closed for each in kept], [True] * 3)  # lent to each call
        kept.clear()
        self.refused(TypeError, "Functions.test_objects.<locals>.<lambda>: the result must be Point, "
                     "not int", fun.sum_of_points, lambda *_: 1)
        collect()
        self.assertEqual(fun.alive(), 0)

    def test_no_function(self):
        self.assertEqual((fun.is_empty(), fun.is_empty(None), fun.is_empty(print)),
                         (True, True, False))
        self.refused(TypeError, "apply: function must be callable, not None", fun.apply, None, 1)
        self.refused(TypeError, "apply: function must be callable, not int", fun.apply, 1, 1)

    def test_wrong_results(self):
        self.refused(TypeError, "Functions.test_wrong_results.<locals>.<lambda>: the result must be "
                     "float, not str", fun.apply, lambda _: "a", 1)
        self.refused(TypeError, "Functions.test_wrong_results.<locals>.<lambda>: the result must be "
                     "float, not None", fun.apply, lambda _: None, 1)
        self.assertEqual(fun.times(2, lambda: "anything"), 2)

    def test_exceptions(self):
        def function(*_):
            raise Error("from here")

        for call in (lambda: fun.apply(function, 1), lambda: fun.apply_blocking(function, 1),
                     lambda: fun.times(5, function), lambda: fun.collect(function)):
            try:
                call()
            except Error as error:
                self.assertEqual(str(error), "from here")
                frames = traceback.extract_tb(error.__traceback__)
                self.assertEqual(frames[-1].name, "function")
            else:
                self.fail("it was not raised")
        with self.assertRaises(TypeError):
            fun.apply(lambda: 1, 1)

    def test_it_ends_at_the_first_exception(self):
        calls = []

        def function():
            calls.append(0)
            if len(calls) == 3:
                raise Error

        self.assertRaises(Error, fun.times, 10, function)
        self.assertEqual(len(calls), 3)

    def test_calls_in_calls(self):
        self.assertEqual(fun.apply(lambda x: fun.apply(lambda y: y + 1, x) + 1, 1), 3)

    def test_what_is_kept(self):
        events = fun.Events()
        heard = []

        class Listener:
            def __call__(self, text):
                heard.append(text)

        listener = Listener()
        reference = weakref.ref(listener)
        events.listen(listener)
        events.listen(heard.append)
        del listener
        events.send("a")
        events.send_from_thread("b")
        self.assertEqual(heard, ["a"] * 2 + ["b"] * 2)
        events.clear()
        collect()
        self.assertIsNone(reference())
        events.listen(Listener())
        events.close()
        self.assertEqual(inside.callbacks.callbacks, {})

    def test_what_is_kept_raises(self):
        def fail(text):
            raise Error(text)

        events = fun.Events()
        events.listen(fail)
        with self.assertRaisesRegex(Error, "^a$"):
            events.send("a")
        printed = []  # in a thread of C++, nobody else can be told
        with unittest.mock.patch("sys.unraisablehook",
                                 lambda error: printed.append(str(error.exc_value))):
            with self.assertRaisesRegex(RuntimeError, "send_from_thread: listener has failed"):
                events.send_from_thread("b")
        self.assertEqual(printed, ["b"])

    def test_many_threads(self):
        sums = []

        def work():
            sums.append(sum(fun.apply_blocking(lambda x: x + 1, each) for each in range(100)))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(sums, [sum(range(1, 101))] * 4)

    def test_one_is_kept_until_the_end(self):
        script = PRELUDE + f"""
fun = clib.load({LIBRARY!r})
fun.keep(lambda: print("called"))
fun.call_kept()
"""
        self.assertEqual(child.run(script).stdout, "called\n")


class Lent(BindingTest):
    def test_the_object_itself(self):
        self.assertEqual(fun.change(1.0, lambda point: point.move(point.x + 4)), 5)
        point = fun.Point(2.0)
        seen = []
        fun.pass_on(point, seen.append)
        self.assertIs(seen[0], point)
        self.assertFalse(point.closed)

    def test_it_is_closed_after_the_call(self):
        seen = []
        fun.change(1.0, seen.append)
        self.assertTrue(seen[0].closed)
        self.assertRaisesRegex(ValueError, "closed", lambda: seen[0].x)
        self.assertRaises(ZeroDivisionError, fun.change, 1.0, lambda point: 1 // 0)

    def test_of_const_and_null(self):
        def look(point, other):
            self.assertRaisesRegex(TypeError, "C\\+\\+ calls const", point.move, 7.0)
            return point.x if other is None else point.x + other.x

        self.assertEqual((fun.look(2.0, look), fun.look(-1.0, look)), (4, -1))

    def test_what_cannot_be_copied(self):
        ends = []

        def show(line):
            ends.append(line.end)
            return line.end.x

        self.assertEqual(fun.show_line(show), 4)
        self.assertRaises(ValueError, lambda: ends[0].x)

    def test_what_is_in_use(self):
        line = fun.Line(3.0)
        seen = []

        def use(same, end):
            seen.append(same is line)
            end.move(5.0)
            seen.append(same.end.x)

        line.each(use)
        self.assertEqual((seen, line.end.x), ([True, 5.0], 5.0))
        line.each(lambda same, _: seen.append(line.end.x))
        self.assertEqual(seen[2:], [5.0])

    def test_nobody_keeps_it(self):
        for keep in (fun.share, fun.swallow):
            with self.assertRaisesRegex(BufferError, "lent to this call alone"):
                fun.change(1.0, keep)

    def test_a_caller_that_closes_it(self):
        self.assertEqual(fun.change(1.0, lambda point: point.close()), 1)


class Returned(BindingTest):
    """Functions that C++ returns."""

    def test_they_are_called(self):
        double = fun.scaler(2.0)
        self.assertTrue(callable(double))
        self.assertEqual(double(1.5), 3.0)
        self.assertEqual(fun.inner.scaler(3.0)(1), 3.0)
        self.assertIs(type(fun.inner.scaler(3.0)), type(double))
        self.assertEqual(fun.repeater()("a", 2), ["a", "a"])
        self.assertIsNone(fun.nothing())

    def test_they_are_dropped(self):
        self.assertEqual(fun.tokens(), 0)
        functions = [fun.scaler(1.0) for _ in range(3)]
        self.assertEqual(fun.tokens(), 3)
        with functions.pop() as one:
            self.assertEqual(one(1.0), 1.0)
        self.assertEqual(fun.tokens(), 2)
        del functions, one
        collect()
        self.assertEqual(fun.tokens(), 0)

    def test_wrong_arguments_and_exceptions(self):
        with self.assertRaisesRegex(TypeError, "argument_1 must be float, not str"):
            fun.scaler(1.0)("x")
        with self.assertRaises(TypeError):
            fun.scaler(1.0)()
        with self.assertRaisesRegex(ValueError, "count is negative"):
            fun.repeater()("a", -1)

    def test_as_arguments_and_values(self):
        self.assertEqual(fun.apply(fun.scaler(4.0), 2.0), 8.0)
        rule = fun.Rule()
        self.assertIsNone(rule.apply)
        rule.apply = fun.scaler(5.0)
        self.assertEqual(rule.apply(2.0) + rule.same(1.0), 15.0)
        self.assertEqual(rule.mover(1.0)(fun.Point(2.0)).x, 3.0)

    def test_what_python_gave_comes_back(self):
        rule = fun.Rule()
        rule.apply = lambda value: 1 / value
        again = rule.apply
        rule.close()
        self.assertEqual(again(4.0), 0.25)
        with self.assertRaises(ZeroDivisionError):
            again(0.0)

    def test_one_calls_itself_through_python(self):
        rule = fun.Rule()
        rule.apply = lambda value: value if value < 1 else again(value - 1)
        again = rule.apply
        self.assertEqual(again(3.5), 0.5)
        rule.close()
        again.close()


if __name__ == "__main__":
    unittest.main()
