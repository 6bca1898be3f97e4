# SPDX-License-Identifier: MIT
"""The binding: what a signal handler raises during a call arrives at its caller."""

import copy
import ctypes
import os
import random
import signal
import sys
import threading
import time
import unittest
import unittest.mock
import weakref

import inside
from binding import IS_CPYTHON, BindingTest, clib, collect, kinds, only_where, own

sig = clib.load(os.environ["SIGNALS_LIBRARY"])

LONG = 20000  # milliseconds; no test waits as long

# CPython 3.9 may run a handler between the end of a function's last `try` and its return.
PRINTS_SOME = sys.version_info < (3, 10) and IS_CPYTHON and not sig.__native__


class Stop(BaseException):
    """What the handler of a signal raises here."""


class SignalTest(BindingTest):
    def setUp(self):
        super().setUp()
        self.handled = 0
        self.error = Stop
        self.after_that = 0
        before = signal.signal(signal.SIGALRM, self.handle)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)

    def handle(self, *_):
        self.handled += 1
        if self.error is not None:
            raise self.error("from the handler")

    def stopped(self, call, *arguments, seconds=0.05):
        """The exception of the handler, which the call must end with, and soon."""
        begin = time.monotonic()
        printed = []
        with unittest.mock.patch("sys.unraisablehook", lambda error: printed.append(error.exc_type)), \
                self.assertRaises(Stop) as caught:
            signal.setitimer(signal.ITIMER_REAL, seconds, 3)
            call(*arguments)
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.assertLess(time.monotonic() - begin, 10)
        if PRINTS_SOME:
            self.handled -= len(printed)
            del printed[:]
        self.assertEqual((self.handled, printed), (1, []))
        self.assertEqual(str(caught.exception), "from the handler")
        self.handled = 0
        return caught.exception


class Asking(SignalTest):
    """clib::ffi::interrupted()"""

    def test_a_call_that_fails_then(self):
        for wait in (sig.wait, sig.wait_blocking):
            self.stopped(wait, LONG)
            self.stopped(lambda: wait(milliseconds=LONG))

    def test_a_call_that_returns_then(self):
        for give_up in (sig.give_up, sig.give_up_blocking):
            def call():
                give_up(LONG)
                for _ in range(100):  # no later than Python's next steps
                    pass

            self.stopped(call)

    def test_ctrl_c(self):
        for wait in (sig.wait, sig.wait_blocking):
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            self.assertRaises(KeyboardInterrupt, wait, LONG)

    def test_a_handler_that_raises_nothing(self):
        self.error = None
        for wait in (sig.wait, sig.wait_blocking):
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            wait(50)
        self.assertEqual(self.handled, 2)

    def test_no_signal(self):
        self.assertEqual((sig.ask(), sig.ask_blocking()), (False, False))
        self.assertGreater(sig.give_up(5), 0)

    def test_a_thread_of_cpp_is_not_asked(self):
        for ask in (sig.ask_in_thread, sig.ask_in_thread_blocking):
            results = []

            def call():
                results.append(ask(100))
                time.sleep(1)

            with self.subTest(ask=ask):
                signal.setitimer(signal.ITIMER_REAL, 0.01)
                self.assertRaises(Stop, call)
                self.assertIn(results, ([], [False]))

    def test_another_thread_of_python_is_not_asked(self):
        results = []
        thread = threading.Thread(target=lambda: results.extend(
            [sig.ask_blocking() or sig.give_up_blocking(100) == 0 or sig.ask()]))
        thread.start()

        def call():
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            time.sleep(5)

        self.assertRaises(Stop, call)
        thread.join()
        self.assertEqual(results, [False])

    def test_a_callback_asks(self):
        asked = []

        def function(_):
            asked.append(0)
            sig.wait(LONG)
            return 0

        self.stopped(sig.numbers, LONG, function)
        self.assertEqual(len(asked), 1)

    def test_nothing_is_left_behind(self):
        reference = weakref.ref(self.stopped(sig.wait, LONG))
        collect()
        self.assertIsNone(reference())


class Callbacks(SignalTest):
    """A handler that runs in a callback, at any of its steps."""

    def each(self, call):
        calls = 0

        def function(*_):
            nonlocal calls
            calls += 1
            return 0

        call(1, function)  # which is bound then
        for _ in range(15):
            self.stopped(call, LONG, function, seconds=0.003)
        self.assertGreater(calls, 0)

    def test_with_numbers(self):
        self.each(sig.numbers)

    def test_with_arrays(self):
        self.each(sig.arrays)

    def test_with_structures(self):
        self.each(sig.structures)

    def test_that_are_kept(self):
        self.each(sig.kept)


class Objects(SignalTest):
    """A handler that raises at any step loses no object: nothing is left in BindingTest."""

    def interrupted_often(self, call, then=lambda: None):
        """Makes a call again and again, with one signal somewhere in it."""
        call()  # it is bound then
        begin = time.perf_counter()
        for _ in range(10):
            call()
        longest = (time.perf_counter() - begin) / 10 * 1.5 + 1e-5
        interrupts = 0
        end = time.monotonic() + 0.1
        while time.monotonic() < end or interrupts < 5:
            try:
                signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, longest))
                call()
                time.sleep(1)
            except Stop:
                interrupts += 1
            then()
        collect()

    def test_made(self):
        self.interrupted_often(lambda: kinds.Box("a"))
        self.interrupted_often(lambda: kinds.Box(name="a"))

    def test_returned(self):
        self.interrupted_often(lambda: kinds.Box.copy(from_=kinds.Box("a")))
        self.interrupted_often(lambda: kinds.token_of(1))

    def test_closed(self):
        def close():
            clib.CharBuffer("x").close()

        def leave():
            with clib.CharBuffer("x"):
                pass

        self.interrupted_often(close)
        self.interrupted_often(leave)

    def test_with_a_callback(self):
        self.interrupted_often(lambda: kinds.Bell(lambda value: value))
        with kinds.Bell(lambda value: value) as bell:  # C++ has the old function or the new one
            self.interrupted_often(lambda: bell.replace(lambda value: value),
                                   lambda: self.assertEqual(bell.ring(5), 5))

    def test_copied(self):
        self.interrupted_often(lambda: copy.copy(clib.CharBuffer("x")))

    def test_lent(self):
        def lend():
            buffer = clib.CharBuffer("x")
            buffer.view().release()

        self.interrupted_often(lend)


class Finalizers(BindingTest):
    def test_a_class_of_ones_own_need_not_call_the_finalizer_of_the_object(self):
        finalized = []

        class Without(clib.CharBuffer):
            def __del__(self):
                finalized.append(bytes(self))

        class With(clib.CharBuffer):
            def __del__(self):
                finalized.append(bytes(self))
                super().__del__()

        class Mixin:
            def __del__(self):
                finalized.append(b"mixed in")

        class Mixed(Mixin, clib.CharBuffer):
            pass

        class Both(Without):
            def __del__(self):
                super().__del__()

        for made in (Without, With, Mixed, Both):
            made("x")
            collect()
            self.assertEqual(clib.live(), {}, made)
        self.assertEqual(finalized, [b"x", b"x", b"mixed in", b"x"])

    def test_a_refused_close_is_not_seen(self):
        buffer = clib.CharBuffer("x")
        view = buffer.view()
        seen, is_over = [], []

        def use():
            while not is_over:
                seen.append(buffer.closed)
                buffer.at(0)

        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        self.addCleanup(sys.setswitchinterval, interval)
        thread = threading.Thread(target=use)
        thread.start()
        try:
            for _ in range(1000 if IS_CPYTHON else 10):
                self.assertRaises(BufferError, buffer.close)
        finally:
            is_over.append(True)
            thread.join()
        self.assertNotIn(True, seen)
        view.release()
        del view
        collect()
        buffer.close()
        self.assertTrue(buffer.closed)

    def test_two_threads_close_an_object_and_make_it_anew(self):
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        self.addCleanup(sys.setswitchinterval, interval)
        for _ in range(20):
            buffer = clib.CharBuffer("x")
            threads = [threading.Thread(target=each) for each in (
                lambda: [buffer.close() for _ in range(100)],
                lambda: [buffer.close() for _ in range(100)],
                lambda: [buffer.__init__("y") for _ in range(100)])]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            buffer.close()
            self.assertEqual(clib.live(), {})

    def test_close_takes_no_arguments(self):
        buffer = clib.CharBuffer("x")
        self.assertRaises(TypeError, buffer.close, 1)
        self.assertRaises(TypeError, buffer.close, now=True)
        self.assertFalse(buffer.closed)
        self.assertIs(buffer.__enter__(), buffer)
        self.assertIsNone(buffer.__exit__(None, None, None))
        self.assertTrue(buffer.closed)
        self.assertIsNone(buffer.close())

    @only_where(own.__native__, "a __del__ in Python cannot run there at all")
    def test_an_object_freed_near_the_end_of_the_stack_leaves_no_error(self):
        """A deallocation that fails inside leaves no exception to an innocent call."""
        text = ctypes.create_string_buffer(b"x")

        def deleter(_):
            raise ValueError("from the deleter")

        def deep(n):
            if n:
                return deep(n - 1)
            kept.clear()  # frees the string here
            return abs(-1)

        before = sys.unraisablehook
        sys.unraisablehook = lambda _: None
        self.addCleanup(setattr, sys, "unraisablehook", before)
        limit = sys.getrecursionlimit()
        for n in range(limit - 80, limit):
            kept = [clib.CString.adopt(ctypes.addressof(text), deleter)]
            try:
                self.assertEqual(deep(n), 1)
            except RecursionError:
                pass
            kept.clear()
        inside.callbacks.callbacks.clear()  # Python could not call these deleters


if __name__ == "__main__":
    unittest.main()
