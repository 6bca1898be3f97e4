# SPDX-License-Identifier: MIT
"""The binding: what a signal handler raises during a call arrives at its caller."""

import os
import signal
import threading
import time
import unittest

from binding import BindingTest, clib, collect

sig = clib.load(os.environ["SIGNALS_LIBRARY"])

LONG = 20000  # milliseconds; no test waits as long


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
        with self.assertRaises(Stop) as caught:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            call(*arguments)
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual(self.handled, 1)
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
        import sys
        import weakref
        if hasattr(sys, "getrefcount"):
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


if __name__ == "__main__":
    unittest.main()
