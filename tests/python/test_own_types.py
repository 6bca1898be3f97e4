# SPDX-License-Identifier: MIT
"""What a Python programmer expects of Counter, CharBuffer, CString and a class of any library: each
does what a class of Python's own does there; and no_leaks() names what was left."""

import array
import collections.abc
import contextlib
import copy
import ctypes
import inspect
import io
import itertools
import operator
import os
import pickle
import pydoc
import re
import struct
import sys
import threading
import unittest
import weakref

import child
import inside
from binding import (
    HAS_BUFFERS, KINDS_LIBRARY, SHIM, BindingTest, clib, collect, kinds, only_where, own,
)

FILE = sys._getframe().f_code.co_filename

MAKERS = {"Counter": clib.Counter, "CharBuffer": lambda: clib.CharBuffer("abc"),
          "CString": lambda: clib.CString("abc"), "Box": lambda: kinds.Box("abc"),
          "Memory": lambda: kinds.Memory(3)}


def this_line():
    return sys._getframe(1).f_lineno


class Named(clib.CharBuffer):
    kind = "named"

    def __init__(self, name, data=b""):
        super().__init__(data)
        self.name = name

    def __len__(self):
        return super().__len__()

    def shout(self):
        return bytes(self).upper()


class Greeting(clib.CString):
    def __init__(self, *, name):
        super().__init__(f"hello {name}")
        self.names = [name]


class Steps(clib.Counter):
    def __init__(self, step):
        super().__init__()
        self.step = step

    def __next__(self):
        return self.step * super().__next__()


class AsASequence(BindingTest):
    def test_slices(self):
        with clib.CharBuffer("starting string") as buffer:
            self.assertEqual(buffer[:8], b"starting")
            self.assertEqual((buffer[-6:], buffer[::-1][:6]), (b"string", b"gnirts"))
            self.assertEqual((buffer[100:], buffer[5:2]), (b"", b""))
            buffer[:8] = b"another"
            buffer[-6:] = [0x74, 0x65, 0x78, 0x74]
            buffer[::4] = b"ANHT"[:len(range(0, len(buffer), 4))]
            self.assertEqual(bytes(buffer), b"AnotNer Hext")
            del buffer[::2]
            self.assertEqual(buffer, b"nte et")
            del buffer[-3:], buffer[0]
            self.assertEqual(buffer, b"te")

    def test_an_index_is_what_python_takes_for_one(self):
        class Last:
            def __index__(self):
                return -1

        with clib.CharBuffer("abc") as buffer:
            self.assertEqual((buffer[Last()], buffer[True]), (ord("c"), ord("b")))
            buffer[Last()] = ord("C")
            buffer.insert(Last(), "-")
            del buffer[Last()]
            self.assertEqual(buffer, b"ab-")
            for index in (3, -4, 2**64, -2**64):
                words = ["CharBuffer: index is", "pass one from -3 to 2"] if index != 3 else ["3"]
                self.assert_raises(IndexError, words, operator.getitem, buffer, index)
                self.assert_raises(IndexError, ["index is"], operator.setitem, buffer, index, 0)
                self.assert_raises(IndexError, ["index is"], operator.delitem, buffer, index)
            for index in ("0", 0.0, None, b"0"):
                words = ["an index must be int or a slice, not " + type(index).__name__]
                self.assert_raises(TypeError, words, operator.getitem, buffer, index)
                self.assert_raises(TypeError, words, operator.setitem, buffer, index, 0)
                self.assert_raises(TypeError, words, operator.delitem, buffer, index)

    def test_a_byte_is_one(self):
        with clib.CharBuffer("a") as buffer:
            for byte in (-1, 256, 2**80):
                self.assert_raises(ValueError, ["byte"], operator.setitem, buffer, 0, byte)
            for byte in ("a", b"a", 1.0, None):
                self.assert_raises(TypeError, ["byte"], operator.setitem, buffer, 0, byte)
            for data in ("a", 5, True, 1.5, None, object()):
                self.assertRaises(TypeError, operator.setitem, buffer, slice(None), data)
            self.assertEqual(buffer, b"a")

    def test_iteration(self):
        with clib.CharBuffer("abc") as buffer:
            self.assertEqual(list(buffer), [97, 98, 99])
            self.assertEqual([*reversed(buffer)], [99, 98, 97])
            first, *rest = buffer
            self.assertEqual((first, rest, max(buffer), sum(buffer)), (97, [98, 99], 99, 294))
            self.assertEqual([*zip(buffer, buffer)], [(97, 97), (98, 98), (99, 99)])
        with clib.CString("abc") as string:
            self.assertRaises(TypeError, iter, string)
        with clib.Counter() as counter:
            self.assertIs(iter(counter), counter)
            self.assertEqual([*zip("ab", counter)], [("a", 1), ("b", 2)])
            self.assertEqual([*itertools.islice(counter, 3)], [3, 4, 5])
            self.assertTrue(7 in counter)
            self.assertEqual(counter.value, 7)

    def test_contains(self):
        with clib.CharBuffer("abc") as buffer, clib.CharBuffer("bc") as part:
            self.assertTrue(97 in buffer and b"bc" in buffer and part in buffer and b"" in buffer)
            self.assertTrue(bytearray(b"ab") in buffer and memoryview(b"c") in buffer)
            self.assertFalse(0 in buffer or b"cb" in buffer or buffer in part)
            self.assertRaises(TypeError, operator.contains, buffer, "a")
            self.assertRaises(ValueError, operator.contains, buffer, 256)

    def test_truth(self):
        with clib.CharBuffer() as buffer, clib.CString("") as string, clib.Counter() as counter:
            self.assertEqual((bool(buffer), bool(string), bool(counter)), (False, False, True))
            buffer.append(b"\0")
            self.assertTrue(buffer)

    def test_operators(self):
        with clib.CharBuffer("a") as buffer:
            same = buffer
            same += b"b"
            same += bytearray(b"c")
            same += "d"
            same += same
            self.assertIs(same, buffer)
            self.assertEqual(buffer, b"abcdabcd")
            for use in (operator.add, operator.mul, operator.sub, operator.imul, operator.mod):
                self.assertRaises(TypeError, use, buffer, 2)
            self.assertRaises(TypeError, operator.iadd, buffer, 2)

    def test_abstract_base_classes(self):
        abc = collections.abc
        expected = {"Counter": (abc.Iterator, abc.Iterable, abc.Hashable),
                    "CharBuffer": (abc.Collection, abc.Iterable, abc.Sized, abc.Container),
                    "CString": (abc.Sized, abc.Hashable),
                    "Box": (abc.Sized, abc.Container), "Memory": (abc.Sized, abc.Hashable)}
        every = {each for each in expected.values() for each in each}
        for name, classes in expected.items():
            with MAKERS[name]() as made:
                self.assertEqual({each for each in every if isinstance(made, each)}, {*classes})
                self.assertNotIsInstance(made, abc.Sequence)


class AsAValue(BindingTest):
    def test_a_buffer_is_compared_as_bytes(self):
        with clib.CharBuffer("b") as buffer, clib.CharBuffer("b") as same:
            for equal in (b"b", bytearray(b"b"), memoryview(b"b"), array.array("B", b"b"), same,
                          buffer):
                self.assertTrue(buffer == equal and equal == buffer)
                self.assertTrue(buffer <= equal and buffer >= equal)
                self.assertFalse(buffer != equal or buffer < equal or buffer > equal)
            for less, greater in ((b"a", b"ba"), (bytearray(), bytearray(b"\xff"))):
                self.assertTrue(less < buffer < greater and greater > buffer > less)
                self.assertTrue(less <= buffer <= greater and less != buffer != greater)
            for other in ("b", 98, None, [98], object()):
                self.assertFalse(buffer == other or other == buffer)
                self.assertTrue(buffer != other)
                for comparison in (operator.lt, operator.le, operator.gt, operator.ge):
                    self.assertRaises(TypeError, comparison, buffer, other)
            self.assertEqual(sorted([buffer, b"c", b"a"]), [b"a", buffer, b"c"])

    def test_a_string_is_compared_as_str(self):
        with clib.CString("b") as string, clib.CString("b") as same, clib.CString("ä") as other:
            for equal in ("b", same, string):
                self.assertTrue(string == equal and equal == string and string <= equal)
                self.assertFalse(string != equal or string < equal or string > equal)
                self.assertEqual(hash(string), hash(equal))
            self.assertTrue(string < other and "a" < string < "c" and other > string)
            for unlike in (b"b", 98, None, object()):
                self.assertFalse(string == unlike or unlike == string)
                self.assertRaises(TypeError, operator.lt, string, unlike)
            self.assertEqual({string: 1}["b"], 1)
            self.assertEqual(len({string, same, other, "b", "ä"}), 2)
            self.assertEqual([*map(str, sorted([other, string, same]))], ["b", "b", "ä"])

    def test_objects_of_the_other_way_are_equal_too(self):
        other = clib.load(own.__file__, native=not own.__native__)
        with other.CharBuffer("abc") as theirs, clib.CharBuffer("abc") as ours:
            self.assertTrue(ours == theirs and theirs == ours and theirs in ours)
        with other.CString("abc") as theirs, clib.CString("abc") as ours:
            self.assertTrue(ours == theirs and hash(ours) == hash(theirs))

    def test_a_counter_is_equal_to_itself_alone(self):
        with clib.Counter() as one, clib.Counter() as other:
            self.assertTrue(one == one and one != other)
            self.assertEqual(len({one, other, one}), 2)
            self.assertRaises(TypeError, operator.lt, one, other)

    def test_what_can_change_has_no_hash(self):
        with clib.CharBuffer("a") as buffer, kinds.Box("a") as box:
            self.assert_raises(TypeError, ["unhashable type: 'CharBuffer'"], hash, buffer)
            self.assert_raises(TypeError, ["unhashable type: 'Box'"], hash, box)

    def test_copies(self):
        for name, text in (("CharBuffer", "abc"), ("CString", "abc")):
            for copied in (copy.copy, copy.deepcopy):
                with MAKERS[name]() as made, copied(made) as other:
                    self.assertIs(type(other), type(made))
                    self.assertTrue(other == made and other is not made)
                    self.assertEqual(bytes(other), text.encode())
        for name in ("Counter", "Box", "Memory"):
            with MAKERS[name]() as made:
                self.assert_raises(TypeError, [name, "cannot be pickled or copied"],
                                   copy.copy, made)

    def test_a_copy_of_a_derived_class_has_its_attributes(self):
        with Named("one", "abc") as named, copy.copy(named) as copied:
            named.append("d")
            self.assertEqual((type(copied), copied.name, bytes(copied)), (Named, "one", b"abc"))
        with Greeting(name="you") as greeting, copy.copy(greeting) as copied, \
                copy.deepcopy(greeting) as deep:
            self.assertIs(copied.names, greeting.names)
            self.assertEqual((deep.names, str(deep)), (["you"], "hello you"))
            self.assertIsNot(deep.names, greeting.names)

    def test_pickle_is_refused(self):
        for name, make in MAKERS.items():
            with make() as made:
                for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                    self.assert_raises(TypeError, [f"{name} cannot be pickled", "make it again"],
                                       pickle.dumps, made, protocol)

    def test_bytes(self):
        for name in ("CharBuffer", "CString"):
            with MAKERS[name]() as made:
                self.assertEqual((bytes(made), len(made)), (b"abc", 3))
                self.assertEqual(int.from_bytes(bytes(made), "big"), 0x616263)
        with clib.CharBuffer(b"\0\xff") as buffer:
            self.assertEqual((bytearray(buffer), list(buffer)), (bytearray(b"\0\xff"), [0, 255]))
            self.assertRaises(UnicodeDecodeError, buffer.decode)
            self.assertEqual(buffer.decode("latin-1"), "\0ÿ")
            self.assertEqual(buffer.decode(errors="replace", encoding="ascii"), "\0\ufffd")

    def test_memoryview(self):
        look = memoryview if HAS_BUFFERS else operator.methodcaller("view")
        with clib.CharBuffer("abc") as buffer:
            with look(buffer) as view:
                view[0] = ord("A")
                self.assertEqual((view.tobytes(), view.format, view.readonly, view.nbytes),
                                 (b"Abc", "B", False, 3))
                for change in (lambda: buffer.append("d"), buffer.clear, buffer.close,
                               lambda: buffer.__delitem__(0), lambda: buffer.__init__("x")):
                    self.assertRaises(BufferError, change)
                buffer[:2] = b"xy"
                buffer[::2] = b"12"
                buffer[::-1] = bytes(buffer)
                self.assertEqual(view, b"2y1")
            collect()  # PyPy ends a view then, and not before
            buffer.append("d")
            self.assertEqual(bytes(buffer), b"2y1d")
        with clib.CString("abc") as string, look(string) as view:
            self.assertTrue(view.readonly)
            self.assertRaises(TypeError, operator.setitem, view, 0, 65)
            del string
            collect()
            self.assertEqual(view, b"abc")

    @only_where(HAS_BUFFERS, "before Python 3.12 this way has no buffers but view()")
    def test_a_view_that_is_refused_pins_nothing(self):
        with clib.CString("abc") as string:
            self.assertRaises(TypeError, struct.pack_into, "b", string, 0, 65)
            self.assertRaises(TypeError, io.BytesIO(b"xyz").readinto, string)
            self.assertEqual(string, "abc")

    def test_a_view_can_end_while_another_thread_closes(self):
        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        sys.setswitchinterval(1e-6)

        def close(buffer, ended):
            while not buffer.closed and not ended.is_set():
                with contextlib.suppress(BufferError):
                    buffer.close()

        for look in (operator.methodcaller("view"), *([memoryview] if HAS_BUFFERS else [])):
            for _ in range(20):
                buffer, ended = clib.CharBuffer("abc"), threading.Event()
                view = look(buffer)
                closing = threading.Thread(target=close, args=[buffer, ended])
                closing.start()
                view.release()
                del view
                closing.join(10)
                ended.set()
                closing.join()
                self.assertTrue(buffer.closed, "it stays pinned")

    def test_text(self):
        buffer, string, counter = (MAKERS[name]() for name in ("CharBuffer", "CString", "Counter"))
        self.assertEqual((repr(buffer), str(buffer)), ("CharBuffer(b'abc')",) * 2)
        self.assertEqual((repr(string), str(string)), ("CString('abc')", "abc"))
        self.assertEqual((repr(counter), str(counter)), ("<clib.Counter value=0>",) * 2)
        self.assertEqual(f"{string}, {string!r}, {buffer}, {counter}",
                         "abc, CString('abc'), CharBuffer(b'abc'), <clib.Counter value=0>")
        self.assertEqual("%s %r" % (string, buffer), "abc CharBuffer(b'abc')")
        self.assertEqual(eval(repr(buffer), vars(own)), buffer)
        for each in (buffer, string, counter):
            self.assertRaises(TypeError, format, each, ">9")
            each.close()
            self.assertEqual(repr(each), f"<clib.{type(each).__name__}, closed>")


class AsAClass(BindingTest):
    def test_help(self):
        for name, words in {
                "Counter": ["class Counter", "Hands out 1, 2, 3", "reserve(self, ",
                            "Takes count consecutive numbers", "Makes 1 the next number again"],
                "CharBuffer": ["class CharBuffer", "Mutable, growable bytes.", "erase(self, ",
                               "Removes count bytes", "append(self, data", "its own, too",
                               "decode(self, encoding", "view(", "close("],
                "CString": ["class CString", "One owner of a NUL-terminated string.", "adopt(text"]
                }.items():
            plain = re.sub(".\b", "", pydoc.render_doc(getattr(clib, name)))
            for each in words:
                self.assertIn(each, plain)

    def test_signatures(self):
        def names(function):
            return [*inspect.signature(function).parameters]

        self.assertEqual(names(clib.CharBuffer), ["data"])
        self.assertEqual(inspect.signature(clib.CharBuffer).parameters["data"].default, "")
        self.assertEqual((names(clib.CString), names(clib.Counter)), (["data"], []))
        self.assertEqual(names(clib.CharBuffer.erase), ["self", "index", "count"])
        self.assertEqual(names(clib.CharBuffer.append), ["self", "data"])
        self.assertEqual(names(clib.CString.adopt), ["text", "deleter"])
        self.assertEqual((names(Named), names(Greeting)), (["name", "data"], ["name"]))
        with clib.CharBuffer() as buffer:
            self.assertEqual(names(buffer.erase), ["index", "count"])

    def test_names(self):
        for each in (clib.Counter, clib.CharBuffer, clib.CString):
            self.assertEqual((each.__module__, each.__qualname__), ("clib", each.__name__))
            self.assertEqual(repr(each), f"<class 'clib.{each.__name__}'>")
        for method in ("append", "erase", "decode", "__getitem__", "__eq__"):
            found = getattr(clib.CharBuffer, method)
            self.assertEqual(found.__qualname__, f"CharBuffer.{method}")
        with clib.CharBuffer() as buffer:
            self.assert_raises(TypeError, ["append() missing 1 required"], buffer.append)

    def test_keyword_arguments(self):
        with clib.CharBuffer(data="abcdef") as buffer:
            buffer.erase(count=2, index=1)
            buffer.insert(index=0, data="-")
            buffer.resize(size=4)
            self.assertEqual(bytes(buffer), b"-ade")
            self.assert_raises(TypeError, ["erase()", "'size'"], buffer.erase, size=1)
            self.assert_raises(TypeError, ["erase()", "'count'"], buffer.erase, 0)
        with clib.CString(data="abc") as string, clib.Counter() as counter:
            self.assertEqual((str(string), counter.reserve(count=3)), ("abc", 1))
        self.assertRaises(TypeError, clib.CString, text="abc")
        self.assertRaises(TypeError, clib.Counter, 5)

    def test_what_is_not_there_cannot_be_set(self):
        with clib.CharBuffer() as buffer, clib.Counter() as counter:
            for made, name in ((buffer, "closed"), (counter, "value")):
                self.assertRaises(AttributeError, setattr, made, name, 1)
                self.assertRaises(AttributeError, delattr, made, name)
            self.assert_raises(AttributeError, ["'CharBuffer' object has no attribute 'pop'"],
                               getattr, buffer, "pop")

    def test_derived_classes(self):
        with Named("one", b"abc") as named:
            self.assertIsInstance(named, clib.CharBuffer)
            self.assertEqual((named.name, named.kind, len(named), named.shout(), named[0]),
                             ("one", "named", 3, b"ABC", 97))
            self.assertTrue(named == b"abc" and clib.CharBuffer.__len__(named) == 3)
            self.assertEqual(kinds.echo(named.view()), b"abc")
        with Steps(10) as steps:
            self.assertEqual([*itertools.islice(steps, 3)], [10, 20, 30])
            self.assertEqual((steps.value, isinstance(steps, collections.abc.Iterator)), (3, True))
        with Greeting(name="you") as greeting:
            self.assertEqual((str(greeting), greeting.names), ("hello you", ["you"]))
            self.assertTrue(greeting == "hello you" and hash(greeting) == hash("hello you"))

    def test_classes_derived_further_and_from_more_than_one(self):
        class Loud:
            def shout(self):
                return super().shout() + b"!"

        class Twice(Loud, Named):
            __slots__ = ("times",)

            def __init__(self):
                super().__init__("twice", "abc")
                self.times = 2

        with Twice() as twice:
            self.assertEqual((twice.shout(), twice.times, twice.name), (b"ABC!", 2, "twice"))
        self.assertEqual(repr(twice), "<clib.Twice, closed>")

    def test_weak_references(self):
        for make in MAKERS.values():
            seen = []
            made = make()
            reference = weakref.ref(made, seen.append)
            self.assertIs(reference(), made)
            made.close()
            self.assertIs(reference(), made)
            del made
            collect()
            self.assertEqual((reference(), seen), (None, [reference]))
        by_name = weakref.WeakValueDictionary(counter=clib.Counter())
        counters = weakref.WeakSet([clib.Counter()])
        collect()
        self.assertEqual((len(by_name), len(counters)), (0, 0))


class Freed(BindingTest):
    def test_close_twice(self):
        for make in MAKERS.values():
            made = make()
            made.close()
            made.close()
            self.assertTrue(made.closed)

    def test_with(self):
        for make in MAKERS.values():
            with make() as made, made as same:
                self.assertIs(same, made)
                self.assertFalse(made.closed)
            self.assertTrue(made.closed)
            with made:  # as a file does not, but close() can be called again
                self.assertTrue(made.closed)

    def test_with_raises_what_is_raised_inside(self):
        with self.assertRaises(ZeroDivisionError), clib.CharBuffer() as buffer:
            raise ZeroDivisionError
        self.assertTrue(buffer.closed)

    def test_use_after_close(self):
        buffer, string, counter = clib.CharBuffer(), clib.CString("abc"), clib.Counter()
        for made in (buffer, string, counter):
            made.close()
        for use in (len, bytes, list, bool, lambda it: it[0], lambda it: it[:], lambda it: it == it,
                    lambda it: it < b"", lambda it: 0 in it, lambda it: it.append("a"), copy.copy,
                    lambda it: it.__iadd__(b""), lambda it: it.view(), lambda it: it.decode()):
            self.assert_raises(ValueError, ["this CharBuffer is closed"], use, buffer)
        for use in (len, bytes, str, hash, copy.copy, lambda it: it == "", lambda it: it.view()):
            self.assert_raises(ValueError, ["this CString is closed"], use, string)
        for use in (next, list, lambda it: it.value, lambda it: it.reset()):
            self.assert_raises(ValueError, ["this Counter is closed"], use, counter)
        self.assert_raises(ValueError, ["closed"], kinds.echo, buffer)

    def test_cycles(self):
        made = [Named("one"), Greeting(name="you"), Steps(2)]
        for each in made:
            each.all = made
        watched = [weakref.ref(each) for each in made]
        del made, each
        collect()
        self.assertEqual([reference() for reference in watched], [None] * 3)
        self.assertEqual(clib.live(), self._before[0])

    def test_an_exception_in_the_constructor(self):
        class Failing(clib.CharBuffer):
            def __init__(self, when):
                if when == "before":
                    raise ZeroDivisionError
                super().__init__("abc")
                raise ZeroDivisionError

        for when in ("before", "after"):
            self.assertRaises(ZeroDivisionError, Failing, when)
        for error, make, given in (
                (TypeError, clib.CharBuffer, 5), (TypeError, clib.CharBuffer, None),
                (UnicodeEncodeError, clib.CharBuffer, "\ud800"), (ValueError, clib.CString, "a\0b"),
                (TypeError, clib.CString, None), (TypeError, clib.CString, 5)):
            self.assertRaises(error, make, given)
        self.assertRaises(TypeError, clib.CString)
        collect()
        self.assertEqual(clib.live(), self._before[0])

    def test_live_counts_each_class(self):
        before = clib.live()
        made = [make() for make in MAKERS.values()] + [clib.CString("another"), Named("one")]
        expected = {"clib.Counter": 1, "clib.CharBuffer": 2, "clib.CString": 2, "kinds.Box": 1,
                    "kinds.Memory": 1}
        self.assertEqual(clib.live(), {**before, **expected})
        self.assertEqual((clib.CString.live(), clib.CharBuffer.live()), (2, 2))
        for each in made:
            each.close()
        self.assertEqual((clib.live(), clib.Counter.live()), (before, 0))

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_after_a_fork_both_have_theirs(self):
        self.assertEqual(self.in_child(
            "counter = clib.Counter(); next(counter)\n"
            "buffer = clib.CharBuffer('abc'); string = clib.CString('abc')\n"
            "child = os.fork()\n"
            "buffer.append('d' if child else 'e'); next(counter)\n"
            "assert bytes(buffer) == (b'abcd' if child else b'abce') and counter.value == 2\n"
            "with clib.no_leaks(): clib.CString('x').close()\n"
            "string.close(); del buffer; gc.collect()\n"
            "assert clib.CString.live() == 0\n"
            "if child:\n"
            "    assert os.waitpid(child, 0)[1] == 0\n"
            "    print('both')\n"), "both\n")

    def test_at_the_end_of_the_process(self):
        for script in (
                "buffer = clib.CharBuffer('x'); string = clib.CString('x'); c = clib.Counter()",
                "view = clib.CharBuffer('x').view(); text = clib.CString('x').view()",
                "class Own(clib.CharBuffer): pass\nown = Own(); own.itself = own; del own",
                "import builtins\nbuiltins.kept = [clib.Counter(), clib.CharBuffer().view()]",
                "counter = clib.Counter(); numbers = zip(counter, counter); next(numbers)",
                "import weakref\nbuffer = clib.CharBuffer()\n"
                "watch = weakref.finalize(buffer, lambda: None)",
                "import atexit\nbuffer = clib.CharBuffer('x')\natexit.register(buffer.close)",
                "class Own(clib.Counter):\n    def __del__(self): next(self); self.close()\n"
                "own = Own()",
                "clib.no_leaks().__enter__(); buffer = clib.CharBuffer('x')",
                "import threading, time\ncounter = clib.Counter()\n"
                "def work():\n    for _ in counter: clib.CharBuffer('x').append('y')\n"
                "threading.Thread(target=work, daemon=True).start()\n"
                "time.sleep(0.05)"):
            with self.subTest(script):
                self.in_child(script)


class NoLeaks(BindingTest):
    def leaks_of(self, work, *given):
        """The leaks that no_leaks() finds in a call. What the call returns is alive then."""
        with self.assertRaises(clib.LeakError) as caught, clib.no_leaks():
            kept = work(*given)
        for each in kept if isinstance(kept, (list, tuple)) else [kept]:
            each.close()
        error = caught.exception
        self.assertTrue(str(error).startswith(f"{len(error.leaks)} made inside no_leaks() and not "
                                              "freed; close() each, or use it in a with"), error)
        for name, file, line in error.leaks:
            self.assertIn(f"\n  {name} made at {file}:{line}", str(error))
        return error.leaks

    def test_it_is_silent_when_all_is_freed(self):
        before = kinds.Box("before")
        with clib.no_leaks():
            with clib.CharBuffer("abc") as buffer, buffer.view():
                pass
            counter = clib.Counter()
            counter.close()
            clib.CString("nobody wanted it")
            named = Named("in a cycle")
            named.itself = named
            del named
            before.add(None)
            del buffer
            collect()
        before.close()

    def test_each_class_with_its_line(self):
        def work():
            made = [clib.Counter()]
            made.append(clib.CharBuffer("abc"))
            made.append(clib.CString(data="abc"))
            clib.CString("freed").close()
            made.append(kinds.Box("abc"))
            made.append(kinds.Countdown())
            return made, this_line()

        def flat():
            made, self.last = work()
            return made

        leaks = self.leaks_of(flat)
        lines = [self.last - 6, self.last - 5, self.last - 4, self.last - 2, self.last - 1]
        names = ["clib.Counter", "clib.CharBuffer", "clib.CString", "kinds.Box", "kinds.Countdown"]
        self.assertEqual(leaks, [(name, FILE, line) for name, line in zip(names, lines)])

    def test_functions_that_return_objects(self):
        with kinds.Box("a") as box, clib.CharBuffer("abc") as buffer, Named("one") as named:
            text = ctypes.create_string_buffer(b"text")
            makers = (lambda: kinds.token_of(1), lambda: kinds.make_seal(), lambda: box.copy(box),
                      lambda: kinds.Box.copy(from_=box), lambda: kinds.fail_object(""),
                      lambda: kinds.call_and_make(lambda: None), lambda: copy.copy(buffer),
                      lambda: clib.CString.adopt(ctypes.addressof(text), lambda text: None),
                      lambda: copy.deepcopy(named))
            for make in makers:
                with self.subTest(line=make.__code__.co_firstlineno):
                    [(name, file, line)] = self.leaks_of(make)
                    self.assertEqual((file, line), (FILE, make.__code__.co_firstlineno))
                    self.assertIn(name, ("kinds.Token", "kinds.Seal", "kinds.Box", "clib.CString",
                                         "clib.CharBuffer", "clib.Named"))

    def test_derived_classes(self):
        class Plain(clib.Counter):
            pass

        def make():
            return Plain()

        self.assertEqual(self.leaks_of(make),
                         [("clib.Plain", FILE, make.__code__.co_firstlineno + 1)])
        constructor = Named.__init__.__code__.co_firstlineno
        self.assertEqual(self.leaks_of(Named, "one"), [("clib.Named", FILE, constructor + 1)])

    def test_an_object_made_in_a_callback(self):
        made = []
        line = this_line() + 1
        leaks = self.leaks_of(lambda: kinds.call_void(lambda: made.append(kinds.Box("a"))) or made)
        self.assertEqual(leaks, [("kinds.Box", FILE, line)])

    def test_an_object_that_is_made_again(self):
        def work():
            made = clib.CharBuffer("abc")
            made.__init__("def")
            return made

        self.assertEqual(self.leaks_of(work),
                         [("clib.CharBuffer", FILE, work.__code__.co_firstlineno + 2)])
        closed = clib.CharBuffer()
        closed.close()
        line = this_line() + 1
        leaks = self.leaks_of(lambda: closed.__init__() or closed)
        self.assertEqual(leaks, [("clib.CharBuffer", FILE, line)])

    def test_it_lets_the_exceptions_of_the_block_pass(self):
        with self.assertRaises(ZeroDivisionError), clib.no_leaks():
            counter = clib.Counter()
            raise ZeroDivisionError
        counter.close()
        self.assertEqual(inside.ledger.ledgers, ())

    def test_nested(self):
        with clib.no_leaks():
            with clib.Counter():
                with clib.no_leaks():
                    pass
        with self.assertRaises(clib.LeakError) as outer, clib.no_leaks():
            first, line = clib.Counter(), this_line()
            with self.assertRaises(clib.LeakError) as inner, clib.no_leaks():
                second, other = clib.Counter(), this_line()
        self.assertEqual(inner.exception.leaks, [("clib.Counter", FILE, other)])
        self.assertEqual(outer.exception.leaks,
                         [("clib.Counter", FILE, line), ("clib.Counter", FILE, other)])
        first.close()
        second.close()

    def test_one_that_is_used_again(self):
        block = clib.no_leaks()
        with self.assertRaises(clib.LeakError), block:
            counter = clib.Counter()
        counter.close()
        with block:
            clib.Counter().close()

    def test_a_library_that_is_loaded_inside(self):
        for native in ("True", "False"):
            ended = child.run(
                f"import sys; sys.path.insert(0, {str(SHIM)!r})\n"
                "import clib\n"
                "try:\n"
                "    with clib.no_leaks():\n"
                f"        kinds = clib.load({KINDS_LIBRARY!r}, native={native})\n"
                "        box, counter = kinds.Box('a'), clib.Counter()\n"
                "except clib.LeakError as error:\n"
                "    print(error.leaks)\n")
            self.assertEqual((ended.stdout, ended.stderr), (
                "[('kinds.Box', '<string>', 6), ('clib.Counter', '<string>', 6)]\n", ""))

    def test_threads(self):
        def work(made):
            clib.CString("freed").close()
            made.append(kinds.Box("a"))

        def all_of_them():
            made = []
            running = [threading.Thread(target=work, args=[made]) for _ in range(4)]
            for thread in running:
                thread.start()
            for thread in running:
                thread.join()
            return made

        expected = ("kinds.Box", FILE, work.__code__.co_firstlineno + 2)
        self.assertEqual(self.leaks_of(all_of_them), [expected] * 4)

    def test_blocks_in_other_threads_end_no_other(self):
        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        sys.setswitchinterval(1e-6)
        ended = threading.Event()

        def work():
            while not ended.is_set():
                with contextlib.suppress(clib.LeakError), clib.no_leaks():
                    pass

        running = [threading.Thread(target=work) for _ in range(3)]
        for thread in running:
            thread.start()
        try:
            for _ in range(60):
                with self.assertRaises(clib.LeakError), clib.no_leaks():
                    counter = clib.Counter()
                counter.close()
        finally:
            ended.set()
            for thread in running:
                thread.join()
        self.assertEqual(inside.ledger.ledgers, ())

    def test_it_keeps_nothing_alive(self):
        with clib.no_leaks():
            reference = weakref.ref(clib.Counter())
            collect()
            self.assertIsNone(reference())


if __name__ == "__main__":
    unittest.main()
