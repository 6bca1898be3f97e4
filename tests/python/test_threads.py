# SPDX-License-Identifier: MIT
"""The binding: views of memory that C++ owns, and threads of Python."""

import copy
import pickle
import sys
import threading
import time
import unittest

from binding import HAS_BUFFERS, IS_CPYTHON, BindingTest, clib, collect, kinds, only_where

PATIENCE = 30  # seconds after which a deadlock is one


class Views(BindingTest):
    """On PyPy a view that was released holds the bytes until it is collected."""

    def test_the_bytes_are_seen_in_place(self):
        memory = kinds.Memory(4)
        view = memory.view()
        self.assertEqual((len(view), view.format, view.readonly), (4, "B", False))
        view[1] = 65
        view[2:] = b"BC"
        self.assertEqual(bytes(memory.view()), b"\0ABC")

    @only_where(IS_CPYTHON, "PyPy does not count references")
    def test_a_with_statement_gives_them_back(self):
        with kinds.Memory(4) as memory:
            with memory.view() as view:
                view[0] = 65
            memory.resize(5)

    def test_an_empty_one(self):
        for empty in (kinds.Memory(0), clib.CharBuffer(), clib.CString("")):
            view = empty.view()
            self.assertEqual((len(view), bytes(view)), (0, b""))

    def test_what_would_move_the_bytes_is_refused_meanwhile(self):
        memory, buffer = kinds.Memory(4), clib.CharBuffer("abcd")
        view, other, third = memory.view(), memory.view(), buffer.view()
        for function in (lambda: memory.resize(8), memory.close, lambda: buffer.append("x"),
                         lambda: buffer.insert(0, "x"), lambda: buffer.resize(2), buffer.clear,
                         lambda: buffer.assign(""), buffer.close, lambda: buffer.erase(0, 1)):
            self.assert_raises(BufferError, ["a memoryview of its bytes exists; release() it"],
                               function)
        self.assertFalse(memory.closed or buffer.closed)
        view.release()
        third.release()
        collect()
        self.assertRaises(BufferError, memory.resize, 8)
        other.release()
        collect()
        memory.resize(8)
        memory.close()
        buffer.close()

    def test_a_view_keeps_its_object_alive(self):
        view = kinds.Memory(3).view()
        collect()
        view[0] = 7
        self.assertEqual(view.tolist(), [7, 0, 0])
        part = view[1:]
        del view
        collect()
        self.assertEqual(part.tolist(), [0, 0])
        self.assertEqual(clib.live(), {**self._before[0], "kinds.Memory": 1})

    def test_an_object_and_its_views_in_one_cycle(self):
        class Holding(kinds.Memory):  # a native object has no attributes but its own
            pass

        for _ in range(20):
            memory = Holding(3)
            memory.views = [memory.view(), memory.view()]
            del memory
        collect()
        self.assertEqual(clib.live(), self._before[0])

    def test_a_string_cannot_be_written_to(self):
        with clib.CString("abc") as string:
            with string.view() as view:
                self.assertTrue(view.readonly)
                self.assertRaises(TypeError, view.__setitem__, 0, 65)
                self.assertEqual(bytes(view), b"abc")
            del view
            collect()

    def test_of_a_closed_object(self):
        memory = kinds.Memory(3)
        memory.close()
        self.assert_raises(ValueError, ["closed"], memory.view)

    def test_a_view_is_a_buffer_like_any_other(self):
        with kinds.Memory(3) as memory:
            with memory.view() as view:
                view[:] = b"abc"
                kinds.upper(view)
            self.assertEqual(kinds.echo(memory), b"ABC")
            kinds.reverse_uint8(memory)
            self.assertEqual(kinds.echo(memory), b"CBA")
            collect()
            memory.resize(1)

    @only_where(HAS_BUFFERS, "before Python 3.12 ctypes has no buffers but view()")
    def test_the_object_itself_is_a_buffer(self):
        with kinds.Memory(3) as memory:
            with memoryview(memory) as view:
                view[0] = 65
                self.assertRaises(BufferError, memory.resize, 9)
            self.assertEqual(bytes(memory), b"A\0\0")
            memory.resize(9)
            self.assertEqual(bytearray(memory), b"A" + bytes(8))
        with clib.CString("abc") as string:
            self.assertTrue(memoryview(string).readonly)
            self.assertRaises(TypeError, kinds.upper, string)
            collect()


def run(*functions):
    """Runs them at the same time, and raises what one of them raised."""
    raised = []

    def guarded(function):
        try:
            function()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(each,), daemon=True) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        if thread.is_alive():
            raise AssertionError("a deadlock")
    if raised:
        raise raised[0]


class Threads(BindingTest):
    def test_a_function_that_may_block_lets_others_run(self):
        progress = []
        ended = threading.Event()

        def count():
            while not ended.is_set():
                progress.append(time.perf_counter())
                time.sleep(0.001)

        def block():
            begin = time.perf_counter()
            kinds.sleep(300)
            end = time.perf_counter()
            ended.set()
            during = [each for each in progress if begin < each < end]
            self.assertGreater(len(during), 20)

        run(count, block)

    @only_where(IS_CPYTHON, "PyPy does not count references")
    def test_a_callable_may_end_with_a_call_that_waits(self):
        """Its __del__() runs in the middle of the call that lets go of it."""
        for last in ("del bell", "bell.replace(lambda value: 0)"):
            printed = self.in_child(f"""
import threading

box, is_used = kinds.Box("abc"), threading.Event()


def use_for_long(*_):
    is_used.set()
    threading.Event().wait(0.1)


class Ending:
    def __call__(self, value):
        return value

    def __del__(self):
        print(box.each(lambda *_: None))


bell = kinds.Bell(Ending())
thread = threading.Thread(target=lambda: box.each(use_for_long))
thread.start()
is_used.wait()
{last}
thread.join()
""")
            self.assertEqual(printed, "3\n")

    @only_where(IS_CPYTHON, "PyPy lets others run in every call")
    def test_a_short_function_keeps_the_lock(self):
        progress = []
        ended = threading.Event()
        started = threading.Event()

        def count():
            progress.append(time.perf_counter())
            started.set()
            while not ended.is_set():
                progress.append(time.perf_counter())
            progress.append(time.perf_counter())

        def hold():
            started.wait()
            kinds.sleep_shortly(100)
            ended.set()

        run(count, hold)
        pauses = [after - before for before, after in zip(progress, progress[1:])]
        self.assertGreater(max(pauses), 0.09)

    def test_an_object_in_use_by_a_call_that_calls_back(self):
        box = kinds.Box("abcdefgh")
        in_use = threading.Event()
        sizes = []

        def each():
            def called(letter):
                in_use.set()
                time.sleep(0.01)

            self.assertEqual(box.each(called), 8)

        def use():
            in_use.wait(PATIENCE)
            sizes.append(len(box))  # waits for the object, and must not hold the lock meanwhile

        run(each, use, use, use)
        self.assertEqual(sizes, [8, 8, 8])

    def test_an_object_is_refused_to_the_callback_itself(self):
        with kinds.Box("abc") as box:
            self.assert_raises(BufferError, ["in use by this very call"],
                               box.each, lambda letter: len(box))

    def test_each_number_is_handed_out_once(self):
        counter = clib.Counter()
        drawn = [[] for _ in range(4)]
        run(*(lambda own=own: own.extend(next(counter) for _ in range(5000)) for own in drawn))
        self.assertEqual(sorted(sum(drawn, [])), list(range(1, 20001)))

    def test_one_buffer_in_many_threads(self):
        buffer = clib.CharBuffer()
        run(*(lambda: [buffer.append("ab") for _ in range(1000)] for _ in range(4)))
        self.assertEqual(bytes(buffer), b"ab" * 4000)

    def test_one_object_is_closed_by_many(self):
        for _ in range(200):
            box = kinds.Box("a")
            run(box.close, box.close)
        self.assertEqual(kinds.Box.live(), 0)

    @only_where(IS_CPYTHON and sys.version_info >= (3, 10),
                "elsewhere another thread may run between any two steps")
    def test_one_object_is_made_by_many(self):
        box = kinds.Box("a")
        run(*(lambda: [box.__init__("b") for _ in range(3000)] for _ in range(4)))
        self.assertEqual((str(box), kinds.Box.live()), ("b", 1))
        for _ in range(200):
            countdown = kinds.Countdown.__new__(kinds.Countdown)
            run(*[countdown.__init__] * 3)  # which let others run
            self.assertEqual(list(countdown), [3, 2, 1])
        self.assertEqual(clib.live()["kinds.Countdown"], 1)

    def test_an_object_is_closed_while_another_thread_uses_it(self):
        box = kinds.Box("abcdefgh")
        in_use = threading.Event()

        def each():
            box.each(lambda letter: in_use.set())

        def close():
            in_use.wait(PATIENCE)
            box.close()

        run(each, close)
        collect()
        self.assertEqual(kinds.Box.live(), 0)

    def test_errors_are_each_threads_own(self):
        def fail(way, error):
            for _ in range(500):
                self.assertRaises(error, kinds.fail_text, way)

        run(lambda: fail("invalid_argument", ValueError), lambda: fail("out_of_range", IndexError),
            lambda: fail("busy", BufferError))

    def test_texts_are_each_threads_own(self):
        def repeat(text):
            for _ in range(300):
                self.assertEqual(kinds.as_text(text), text)

        run(lambda: repeat("a" * 10), lambda: repeat("b\0" * 50), lambda: repeat("c" * 100_000))

    def test_a_library_is_loaded_once_by_many(self):
        loaded = []
        run(*(lambda: loaded.append(clib.load(kinds.__file__)) for _ in range(8)))
        self.assertEqual({id(each) for each in loaded}, {id(kinds)})


class Copies(BindingTest):
    def test_copies_of_clibs_own(self):
        for made in (clib.CharBuffer("abc"), clib.CString("abc")):
            for copied in (copy.copy(made), copy.deepcopy(made)):
                self.assertEqual(copied, made)
                self.assertIsNot(copied, made)
            self.assert_raises(TypeError, ["cannot be pickled"], pickle.dumps, made)
        self.assert_raises(TypeError, ["clib.Counter cannot be pickled or copied"],
                           copy.copy, clib.Counter())


if __name__ == "__main__":
    unittest.main()
