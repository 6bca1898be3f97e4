# SPDX-License-Identifier: MIT
"""The binding: callables of Python as functions of C, and what they raise."""

import array
import ctypes
import gc
import os
import pathlib
import sys
import threading
import time
import traceback
import unittest
import weakref

from binding import IS_CPYTHON, BindingTest, clib, collect, kinds, only_where


LONG_CHAIN = int(os.environ.get("CLIB_LONG_CHAIN", "3000"))
HERE = pathlib.Path(__file__).name


class Callable:
    """Can be watched, and remembers what it was called with."""

    def __init__(self, result=0):
        self.result = result
        self.calls = []

    def __call__(self, *arguments):
        self.calls.append(arguments)
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


def failing(*_):
    raise KeyError("from within")


class Unraisable:
    """Collects, inside a with statement, what would be printed as unraisable."""

    def __enter__(self):
        self._before, self.errors = sys.unraisablehook, []
        sys.unraisablehook = lambda given: self.errors.append(given.exc_value)
        return self.errors

    def __exit__(self, *_):
        sys.unraisablehook = self._before


class Arguments(BindingTest):
    def called_with(self, function, *arguments):
        called = Callable()
        function(called, *arguments)
        self.assertEqual(len(called.calls), 1)
        return called.calls[0]

    def test_numbers(self):
        self.assertEqual(
            self.called_with(kinds.call_numbers),
            (-2**7, -2**15, -2**31, -2**63, 2**8 - 1, 2**16 - 1, 2**32 - 1, 2**64 - 1, 0.5, 0.25,
             True))

    def test_text(self):
        self.assertEqual(self.called_with(kinds.call_texts, "a\0ä"), ("teät", None, "a\0ä"))
        self.assertEqual(self.called_with(kinds.call_texts, ""), ("teät", None, ""))

    def test_text_that_is_no_utf_8(self):
        _, _, text = self.called_with(kinds.call_texts, b"a\xff")
        self.assertEqual(text.encode(errors="surrogateescape"), b"a\xff")

    def test_sequences_are_copies(self):
        data, numbers, none = self.called_with(kinds.call_sequences)
        self.assertEqual(data, b"\x01\x00\xff")
        self.assertEqual(numbers, array.array("d", [0.5, -1]))
        self.assertEqual(none, array.array("h"))

    def test_structures_are_copies(self):
        point, line, none = self.called_with(kinds.call_structures)
        self.assertEqual(point, kinds.Point(5, 6))
        self.assertEqual(line, kinds.Line(kinds.Point(1, 2), kinds.Point(3, 4), 0.5))
        self.assertIsNone(none)
        line.width = 1
        self.assertEqual(self.called_with(kinds.call_structures)[1].width, 0.5)

    def test_none(self):
        self.assertEqual(self.called_with(kinds.call_void), ())


class Results(BindingTest):
    def test_an_integer_comes_back(self):
        for number in (0, 1, 2**63 - 1, True):
            self.assertEqual(kinds.call(lambda value, number=number: number, 0), number)
        self.assertEqual(kinds.call(lambda value: value * 2, -4 + 8), 8)
        self.assertEqual(kinds.call(lambda value: None, 5), 0)

    def test_what_is_no_result_is_refused(self):
        for result, error in ((-1, ValueError), (2**63, OverflowError), (1.5, TypeError),
                              ("1", TypeError), ([], TypeError)):
            with self.subTest(result=result):
                self.assert_raises(error, ["the result"], kinds.call, lambda value: result, 0)

    def test_the_sentence_says_what_was_returned(self):
        def listener(value):
            return ["a", value]

        self.assert_raises(TypeError, ["listener", "must be int or None", "returned ['a', 7]"],
                           kinds.call, listener, 7)
        self.assert_raises(TypeError, ["returned an object of str"], kinds.call,
                           lambda value: "x" * 99, 7)

    def test_a_function_without_a_result_may_return_anything(self):
        for result in (None, -1, "text", 2**100):
            self.assertIsNone(kinds.call_void(lambda: result))

    def test_what_cannot_be_called_is_refused(self):
        for given in (None, 5, "print", object()):
            self.assert_raises(TypeError, ["call: function must be callable"], kinds.call, given, 0)
            self.assert_raises(TypeError, ["Bell: function must be callable"], kinds.Bell, given)

    def test_the_wrong_number_of_parameters(self):
        self.assert_raises(TypeError, ["argument"], kinds.call, lambda: 0, 0)


class Exceptions(BindingTest):
    def test_one_reaches_the_caller_with_its_traceback(self):
        for call in (lambda: kinds.call(failing, 1), lambda: kinds.call_void(failing),
                     lambda: kinds.call_and_make(failing), lambda: kinds.Bell(failing).ring(1)):
            try:
                call()
            except KeyError as raised:
                frames = traceback.extract_tb(raised.__traceback__)
            self.assertEqual((frames[0].name, frames[-1].name),
                             ("test_one_reaches_the_caller_with_its_traceback", "failing"))

    def test_those_that_are_no_errors(self):
        for error in (KeyboardInterrupt, SystemExit, GeneratorExit):
            self.assert_raises(error, [], kinds.call, Callable(error()), 1)

    def test_the_first_one_ends_it(self):
        called = Callable(KeyError())
        self.assertRaises(KeyError, kinds.call_again, called, 10)
        self.assertEqual(len(called.calls), 1)

    def test_an_iteration_that_ends_ends_only_itself(self):
        self.assertRaises(StopIteration, kinds.call, Callable(StopIteration()), 1)

    def test_nested_calls(self):
        def deeper(value):
            return kinds.call(deeper, value - 1) + 1 if value else 0

        def fails_at_the_end(value):
            return kinds.call(fails_at_the_end, value - 1) if value else failing()

        self.assertEqual(kinds.call(deeper, 20), 20)
        self.assertRaises(KeyError, kinds.call, fails_at_the_end, 20)

    def test_one_that_is_caught_further_in_is_over(self):
        def catches(value):
            with self.assertRaises(KeyError):
                kinds.call(failing, value)
            with self.assertRaises(KeyError):
                bell.ring(1)
            return 5

        bell = kinds.Bell(failing)
        self.assertEqual(kinds.call(catches, 1), 5)

    def test_one_that_c_swallowed_does_not_come_later(self):
        with kinds.Bell(failing) as bell:
            self.assertEqual(bell.ring_quietly(1), 0)
            kinds.store(lambda value: 0)
            self.assert_raises(RuntimeError, ["after the call"], kinds.call_stored, 1)
        self.assert_raises(ValueError, ["reason"], kinds.fail, "invalid_argument")

    def test_one_that_c_swallowed_keeps_nothing_alive(self):
        def ring():
            local = Callable()
            with kinds.Bell(lambda value, local=local: 1 // 0) as bell:
                bell.ring_quietly(1)
            return weakref.ref(local)

        watched = ring()
        collect()
        self.assertIsNone(watched())

    def test_those_of_several_threads(self):
        class Mine(Exception):
            pass

        def fails(value):
            time.sleep(0.002)
            raise Mine(value)

        for _ in range(5):
            self.assertRaises(Mine, kinds.call_from_threads, fails, 4)
        collect()
        self.assertEqual([each for each in gc.get_objects() if type(each) is Mine], [])

    def test_another_failure_of_the_call_does_not_hide_it(self):
        self.assertRaises(KeyError, kinds.call_from_threads, failing, 3)

    def test_what_was_made_all_the_same_is_freed(self):
        self.assertRaises(KeyError, kinds.call_and_make, failing)
        collect()
        self.assertEqual(kinds.Box.live(), 0)

    def test_in_a_thread_of_cpp_it_is_reported(self):
        with kinds.Bell(failing) as bell, Unraisable() as errors:
            self.assertEqual(bell.ring_from_thread(1), 0)
        self.assertEqual([repr(error) for error in errors], ["KeyError('from within')"])

    def test_a_report_is_printed_with_the_callables_name(self):
        ended = self.in_child("def failing(value): raise KeyError\n"
                              "sys.stderr = sys.stdout\n"
                              "print(kinds.Bell(failing).ring_from_thread(1))")
        self.assertIn("KeyError", ended)
        self.assertIn("failing", ended)

    def test_a_deleter_that_fails(self):
        text = ctypes.create_string_buffer(b"text")
        string = clib.CString.adopt(ctypes.addressof(text), failing)
        self.assertRaises(KeyError, string.close)
        self.assertTrue(string.closed)

        def seemingly_pinned(_):
            raise BufferError

        string = clib.CString.adopt(ctypes.addressof(text), seemingly_pinned)
        self.assertRaises(BufferError, string.close)
        self.assertTrue(string.closed)
        with Unraisable() as errors:
            string = clib.CString.adopt(ctypes.addressof(text), failing)
            del string
            collect()
        self.assertEqual([type(error) for error in errors], [KeyError])


class Tracebacks(BindingTest):
    """The package is at most one frame in a traceback, and natively none."""

    def assert_one_frame(self, error, call):
        for _ in range(2):  # the first call makes the function
            try:
                call()
            except error as raised:
                frames = [pathlib.Path(each.filename).name
                          for each in traceback.extract_tb(raised.__traceback__)]
                self.assertIsNone(raised.__cause__)
                self.assertTrue(raised.__context__ is None or raised.__suppress_context__)
            self.assertLessEqual(len([each for each in frames if each != HERE]),
                                 0 if kinds.__native__ else 1, frames)
            self.assertEqual(frames[:2], [HERE, HERE])

    def test_of_a_failure_of_cpp(self):
        self.assert_one_frame(ValueError, lambda: kinds.fail("invalid_argument"))
        self.assert_one_frame(ValueError, lambda: kinds.fail(way="invalid_argument"))
        self.assert_one_frame(IndexError, lambda: clib.CharBuffer("a").at(99))

    def test_of_a_wrong_argument(self):
        self.assert_one_frame(TypeError, lambda: kinds.half("text"))
        self.assert_one_frame(TypeError, lambda: kinds.half(value="text"))
        self.assert_one_frame(TypeError, lambda: kinds.Box("a").add(5))
        self.assert_one_frame(TypeError, lambda: kinds.Box(5))

    def test_of_an_exception_in_a_callback(self):
        bell = kinds.Bell(failing)
        for call in (lambda: kinds.call(failing, 1), lambda: kinds.call_void(failing),
                     lambda: kinds.call_sequences(failing), lambda: kinds.call_and_make(failing),
                     lambda: bell.ring(1)):
            self.assert_one_frame(KeyError, call)


class Lifetime(BindingTest):
    """A callable lives exactly as long as C may call it."""

    def watched(self, result=0):
        called = Callable(result)
        return called, weakref.ref(called)

    def assert_gone(self, watched):
        collect()
        self.assertIsNone(watched())

    def test_for_one_call(self):
        called, watched = self.watched()
        kinds.call(called, 1)
        del called
        self.assert_gone(watched)

    def test_for_one_call_that_fails(self):
        called, watched = self.watched(KeyError())
        try:
            kinds.call(called, 1)
        except KeyError:
            pass
        del called
        self.assert_gone(watched)

    def test_until_it_is_released(self):
        called, watched = self.watched(5)
        bell = kinds.Bell(called)
        del called
        collect()
        self.assertEqual(bell.ring(7), 5)
        self.assertEqual(watched().calls, [(7,)])
        bell.close()
        self.assert_gone(watched)

    def test_until_it_is_replaced(self):
        called, watched = self.watched()
        with kinds.Bell(called) as bell:
            del called
            bell.replace(lambda value: value + 1)
            self.assert_gone(watched)
            self.assertEqual(bell.ring(1), 2)

    def test_a_chain_of_callables_that_keep_each_other(self):
        bell = kinds.Bell(lambda value: value)
        for _ in range(LONG_CHAIN if IS_CPYTHON else 5):  # PyPy frees one a collection
            bell = kinds.Bell(lambda value, inner=bell: inner)
        del bell
        collect()
        self.assertEqual(clib.live(), {})

    def test_it_may_be_replaced_while_it_is_called(self):
        with kinds.Bell(lambda value: bell.replace(lambda value: 9)) as bell:
            self.assertEqual((bell.ring(1), bell.ring(1)), (0, 9))

    def test_a_call_that_keeps_nothing_because_it_fails(self):
        called, watched = self.watched()
        memory = kinds.Bell(print)
        memory.close()
        self.assertRaises(ValueError, memory.replace, called)
        del called
        self.assert_gone(watched)

    def test_until_it_was_called_once(self):
        called, watched = self.watched(5)
        kinds.once(called)
        refused, watched_refused = self.watched()
        self.assertRaises(BufferError, kinds.once, refused)
        del called, refused
        self.assert_gone(watched_refused)
        self.assertIsNotNone(watched())
        self.assertEqual(kinds.call_once(3), 5)
        self.assert_gone(watched)

    def test_an_adopted_string_keeps_its_deleter(self):
        text = ctypes.create_string_buffer(b"text")
        called, watched = self.watched(None)
        string = clib.CString.adopt(text=ctypes.addressof(text), deleter=called)
        del called
        collect()
        calls = watched().calls
        self.assertEqual(str(string), "text")
        string.close()
        self.assertEqual(calls, [(ctypes.addressof(text),)])
        self.assert_gone(watched)

    def test_called_after_its_call(self):
        called, watched = self.watched()
        kinds.store(called)
        del called
        self.assert_gone(watched)
        self.assert_raises(RuntimeError, ["after the call that it was given for"],
                           kinds.call_stored, 1)

    def test_it_is_called_from_threads_of_cpp(self):
        threads = set()

        def called(value):
            threads.add(threading.get_ident())
            return value

        self.assertEqual(kinds.call_from_threads(called, 4), 6)
        self.assertNotIn(threading.get_ident(), threads)
        with kinds.Bell(called) as bell:
            self.assertEqual(bell.ring_from_thread(1), 1)

    @only_where(IS_CPYTHON, "PyPy does not count references")
    def test_nothing_is_left_of_ten_thousand(self):
        kinds.call(lambda value: 0, 1)
        gc.collect()
        before = len(gc.get_objects())
        for _ in range(10_000):
            kinds.call(lambda value: 0, 1)
            kinds.Bell(lambda value: 0).close()
        gc.collect()
        self.assertLess(len(gc.get_objects()) - before, 100)


if __name__ == "__main__":
    unittest.main()
