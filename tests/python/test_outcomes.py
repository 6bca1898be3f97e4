# SPDX-License-Identifier: MIT
"""The binding: what a call came to belongs to its caller, whatever runs before it is read."""

import gc
import os
import random
import signal
import struct
import sys
import threading
import time
import unittest

from binding import IS_CPYTHON, BindingTest, clib, collect, only_where

out = clib.load(os.environ["OUTCOMES_LIBRARY"])

SECONDS = float(os.environ.get("CLIB_RANDOM_SECONDS", "3"))
ERRORS = {1: ValueError, 2: IndexError, 3: OSError, 5: clib.Error}


class Marked(Exception):
    """What a callable raises; it has to arrive itself."""


def as_float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


class Calls:
    """Random calls, each of which knows what has to come of it."""

    def __init__(self, seed, depth=0):
        self.random = random.Random(seed)
        self.depth = depth
        self.made = 0

    def number(self, bits, signed):
        least, greatest = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        return self.random.choice([least, greatest, 0, 1, self.random.randint(least, greatest)])

    def text(self):
        size, letter = self.random.choice([0, 1, 20, 70, 5000, 70000]), self.random.randint(65, 90)
        name = self.random.choice(["text", "slow_text"])
        assert getattr(out, name)(size, letter) == chr(letter) * size
        assert getattr(out, name)(size=size, letter=letter) == chr(letter) * size

    def bytes(self):
        size, byte = self.random.choice([0, 1, 20, 70, 5000, 70000]), self.random.randint(0, 255)
        assert out.bytes(size, byte) == bytes([byte]) * size

    def integer(self):
        bits, signed = self.random.choice([8, 16, 32, 64]), self.random.random() < 0.5
        value = self.number(bits, signed)
        assert getattr(out, f"{'' if signed else 'u'}int{bits}")(value) == value
        value = self.number(64, True)
        assert out.slow_int64(value) == value

    def compare(self):
        left, right = self.random.randint(0, 2), self.random.randint(0, 2)
        assert out.compare(left, right) == (left > right) - (left < right)

    def real(self):
        value = self.random.choice([0.0, -1.5, float("inf"), self.random.random()])
        assert out.float64(value) == value
        assert out.float32(as_float32(value)) == as_float32(value)
        assert str(out.float64(float("nan"))) == "nan"

    def truth(self):
        value = self.random.random() < 0.5
        assert out.boolean(value) is value
        assert out.is_fine(0) is True
        assert out.is_fine(self.random.choice(list(ERRORS))) is False

    def structure(self):
        first, second = self.number(64, True), self.random.choice([0.0, 2.5])
        returned = out.pair(first, second)
        assert (returned.first, returned.second) == (first, second)
        returned = out.pair(0, 0.0)
        assert (returned.first, returned.second) == (0, 0.0)

    def nothing(self):
        assert out.nothing(0, 1) is None
        assert out.status(0, 1) is None

    def failure(self):
        code, tag = self.random.choice(list(ERRORS)), self.random.randint(0, 1 << 30)
        function, arguments, tag = self.random.choice([
            (out.int64, (tag, code), tag), (out.int32, (tag, code), tag),
            (out.uint64, (tag, code), 7), (out.float32, (0.5, code), 7),
            (out.float64, (0.5, code), 7), (out.boolean, (True, code), 7),
            (out.pair, (tag, 0.5, code), tag), (out.nothing, (code, tag), tag),
            (out.status, (code, tag), tag)])
        try:
            function(*arguments)
        except Exception as error:
            assert isinstance(error, ERRORS[code]) and not isinstance(error, Marked), error
            assert f"tag {tag}." in str(error), (str(error), tag)
            assert code != 3 or error.errno == 1 + tag % 100, (error.errno, tag)
            assert code != 5 or error.code == -1005, error
        else:
            raise AssertionError(f"{function} has not failed")

    def wrong_size(self):
        try:
            out.text(-1, 65)
        except ValueError as error:
            assert str(error).startswith("text: size is -1"), error
        else:
            raise AssertionError("text(-1) has not failed")

    def callback(self):
        raised = self.random.choice([None, Marked(), Marked()])

        def visit(_):
            self.inner()
            if raised is not None:
                raise raised
            return 0

        for function, arguments in ((out.any, (2, visit)), (out.origin, (visit,)),
                                    (out.visit, (visit,))):
            try:
                result = function(*arguments)
            except Marked as error:
                assert error is raised
            else:
                assert raised is None, "the exception is lost"
                assert result in (False, None) or result.first == 0

    def kept_callback(self):
        raised = self.random.choice([None, Marked(), Marked()])

        def function(value):
            self.inner()
            if raised is not None:
                raise raised
            return value

        with out.Hook(function) as hook:
            value = self.random.randint(0, 1 << 40)
            try:
                assert hook.call(value) == value and raised is None
            except Marked as error:
                assert error is raised

    def box(self):
        number, by = self.random.randint(-1000, 1000), self.random.randint(-5, 5)
        box = same = out.Box(number)
        box += by
        assert box is same and box.number == number + by
        assert box.itself() is box
        assert (box + box).number == 2 * (number + by)
        assert box == box

    def inner(self):
        """Calls in the middle of another one, which they do not change."""
        if self.depth < 2:
            inner = Calls(self.random.random(), self.depth + 1)
            for _ in range(self.random.randint(0, 2)):
                inner.one()

    KINDS = [text, bytes, integer, compare, real, truth, structure, nothing, failure, failure,
             wrong_size, callback, kept_callback, box]

    def one(self):
        self.random.choice(self.KINDS)(self)
        self.made += 1


class Errors(list):
    """What went wrong where nobody can catch it."""

    def run(self, call):
        try:
            call()
        except BaseException as error:
            self.append(error)


class Interleaved(BindingTest):
    """Calls run in finalizers, signal handlers, callbacks and threads, at random."""

    def setUp(self):
        super().setUp()
        self.errors = Errors()
        seed = int(os.environ.get("CLIB_RANDOM_SEED", random.randrange(1 << 32)))
        self.calls = Calls(seed)
        self.addCleanup(lambda: self.assertEqual(
            self.errors, [], f"with CLIB_RANDOM_SEED={seed}"))
        threshold = gc.get_threshold() if IS_CPYTHON else None
        if IS_CPYTHON:
            gc.set_threshold(7)
            self.addCleanup(gc.set_threshold, *threshold)

    def run_calls(self, seconds=SECONDS):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.errors:
            for _ in range(20):
                self.calls.one()
                self.make_garbage()
        self.assertGreater(self.calls.made, 50)

    def make_garbage(self):
        """An object in a cycle, which makes calls when it is collected."""
        errors, inner = self.errors, Calls(self.calls.random.random(), 1)

        class Garbage:
            def __init__(self):
                self.me = self

            def __del__(self):
                errors.run(inner.one)

        Garbage()

    def test_finalizers(self):
        self.run_calls()

    @only_where(hasattr(signal, "setitimer"), "this system has no such timer")
    def test_signal_handlers(self):
        inner = Calls(self.calls.random.random(), 1)

        is_over = []

        def handler(*_):
            self.errors.run(inner.one)
            if not is_over:  # not before the calls: slow ones would nest for ever
                signal.setitimer(signal.ITIMER_REAL, 0.0007)

        before = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)
        self.addCleanup(is_over.append, True)
        signal.setitimer(signal.ITIMER_REAL, 0.0007)
        self.run_calls()
        is_over.append(True)
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.assertGreater(inner.made, 2)

    def test_threads(self):
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        self.addCleanup(sys.setswitchinterval, interval)
        stop = threading.Event()

        def work(calls):
            while not stop.is_set() and not self.errors:
                self.errors.run(calls.one)

        threads = [threading.Thread(target=work, args=(Calls(self.calls.random.random(), 1),))
                   for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            self.run_calls()
        finally:
            stop.set()
            for thread in threads:
                thread.join()


class Handled(BindingTest):
    """A failure that was handled is none."""

    def test_a_handled_failure_in_a_callback(self):
        def visit(_):
            self.assertRaises(IndexError, out.int64, 1, 2)
            return 0

        self.assertIs(out.any(3, visit), False)
        self.assertEqual(out.origin(visit).first, 0)
        self.assertIsNone(out.visit(visit))

    def test_a_handled_failure_in_cpp(self):
        self.assertIs(out.is_fine(2), False)

    def test_an_older_failure(self):
        self.assertRaises(IndexError, out.int64, 1, 2)
        self.assertEqual(out.compare(1, 2), -1)
        self.assertEqual(out.uint32(0), 0)
        self.assertIs(out.boolean(False), False)


class Objects(BindingTest):
    def test_the_same_object_comes_back(self):
        box = same = out.Box(1)
        box += 4
        self.assertIs(box, same)
        self.assertEqual(same.number, 5)
        self.assertIs(box.itself(), box)
        other = out.Box(9)
        self.assertIs(box.larger(other), other)
        self.assertIs(other.larger(box), other)
        self.assertIs(box.larger(other=other), other)
        by_name = out.Box(number=3)
        self.assertIs(by_name.itself(), by_name)
        by_name.__init__(number=4)
        self.assertIs(by_name.itself(), by_name)
        del same, other
        collect()
        self.assertEqual(box.number, 5)

    def test_an_object_of_a_derived_class_comes_back(self):
        class Derived(out.Box):
            pass

        box = Derived(3)
        box.mine = "mine"
        self.assertIs(box.itself(), box)
        self.assertEqual(box.itself().mine, "mine")

    def test_one_object_twice_in_a_call(self):
        box = out.Box(4)
        self.assertEqual((box + box).number, 8)
        self.assertTrue(box == box)
        self.assertFalse(box != box)
        box.swap(box)
        box.swap_blocking(box)
        self.assertEqual(box.number, 4)

    def test_two_objects_in_both_orders_in_two_threads(self):
        for swap in (out.Box.swap, out.Box.swap_blocking):
            one, two = out.Box(1), out.Box(2)

            def work(left, right, swap=swap):
                for _ in range(3000):
                    swap(left, right)

            threads = [threading.Thread(target=work, args=each) for each in ((one, two), (two, one))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
                self.assertFalse(thread.is_alive(), "they wait for each other")
            self.assertEqual({one.number, two.number}, {1, 2})

    def test_an_object_is_not_used_in_a_callback_of_its_own(self):
        box = out.Box(1)
        self.assert_raises(BufferError, ["in use by this very call"],
                           box.tell, lambda _: box.number)
        self.assertEqual(box.number, 1)


class Lent(BindingTest):
    """A pin that counts nothing: the table counts what is lent."""

    def test_a_lent_object_is_not_freed(self):
        box = out.Box(1)
        view = box.view()
        view[0] = 65
        self.assert_raises(BufferError, ["a memoryview of its bytes exists; release() it"],
                           box.close)
        self.assertEqual((box.closed, view[0]), (False, 65))
        self.assert_raises(BufferError, ["a memoryview of its bytes exists"], box.resize, 100)
        view.release()
        del view
        collect()
        box.resize(100)
        self.assertEqual(len(box), 100)
        box.close()

    def test_a_with_statement_does_not_free_it(self):
        with self.assertRaises(BufferError):
            with out.Box(1) as box:
                view = box.view()
        self.assertEqual(bytes(view), bytes(8))
        view.release()
        del view
        collect()
        box.close()

    def test_many_views(self):
        box = out.Box(1)
        views = [box.view() for _ in range(1000)]
        while views:
            self.assertRaises(BufferError, box.close)
            views.pop().release()
            if not IS_CPYTHON:
                collect()
            if len(views) > 3:
                del views[3:]
                collect()
        box.close()


if __name__ == "__main__":
    unittest.main()
