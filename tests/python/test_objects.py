# SPDX-License-Identifier: MIT
"""The binding: objects of C++ as objects of Python, each freed exactly once."""

import copy
import dataclasses
import gc
import inspect
import os
import pickle
import re
import sys
import unittest
import weakref
from unittest import mock

from binding import IS_CPYTHON, BindingTest, clib, collect, kinds, only_where

Box = kinds.Box


class OwnBox(kinds.Box):
    """Has attributes, as an object of a native type has not."""


class Reduced(Box):
    def __reduce__(self):
        return Reduced, (str(self),)


class Stated(Box):
    def __getstate__(self):
        return {"text": str(self)}

    def __setstate__(self, state):
        self.__init__(state["text"])


class Objects(BindingTest):
    def test_an_object_has_nothing_of_those_before_it(self):
        for kind in (Box, OwnBox):
            for size in (1, 3):
                freed = [kind("gone") for _ in range(size)]
                references = [weakref.ref(each) for each in freed]
                del freed
                collect()
                for reference in references:
                    made = kind.__new__(kind)
                    self.assertIsNone(reference())
                    self.assertEqual(weakref.getweakrefcount(made), 0)
                    self.assertRaises(ValueError, str, made)
                    made.__init__("new")
                    self.assertEqual(str(made), "new")
        del made
        collect()
        self.assertEqual(Box.live(), 0)

    def test_special_names_are_what_they_stand_for(self):
        with Box("hello") as box:
            self.assertEqual((len(box), str(box), box.name, box[0], box[-1]),
                             (5, "hello", "hello", "h", "o"))
            self.assertTrue("ell" in box and "x" not in box)
            box[0] = "j"
            box[-1] = b"y"
            del box[1]
            self.assertEqual(str(box), "jlly")
            self.assertEqual(list(box), list("jlly"))

    def test_an_index_counts_from_either_end_and_ends_there(self):
        class Index:
            def __index__(self):
                return -4

        with Box("abc") as box:
            self.assertEqual([box[i] for i in range(-3, 3)], list("abcabc"))
            for index in (3, -4, 2**63 - 1, -2**63, Index()):
                words = [f"index is {getattr(index, '__index__')()}; pass one from 0 to 2"]
                self.assert_raises(IndexError, words, box.__getitem__, index)
                self.assert_raises(IndexError, words, box.__setitem__, index, "x")
                self.assert_raises(IndexError, words, box.__delitem__, index)
            self.assert_raises(OverflowError, ["index"], box.__getitem__, 2**63)
            self.assert_raises(TypeError, ["Box.__getitem__", "index must be int", "slice"],
                               box.__getitem__, slice(1))
            self.assertRaises(IndexError, box.__setitem__, Index(), "x")
            self.assertEqual(str(box), "abc")

    def test_what_cannot_be_compared_is_not_equal(self):
        with Box("a") as one, Box("a") as same, Box("b") as other:
            self.assertTrue(one == same and one != other)
            for thing in (None, 5, "a", object(), kinds.Point()):
                self.assertFalse(one == thing)
                self.assertFalse(thing == one)
                self.assertTrue(one != thing)
            self.assertIn(one, [None, 5, same])
        self.assertRaises(TypeError, hash, one)

    def test_an_iteration_ends(self):
        with kinds.Countdown() as countdown:
            self.assertIs(iter(countdown), countdown)
            self.assertEqual(list(countdown), [3, 2, 1])
            self.assertRaises(StopIteration, next, countdown)
            self.assertEqual(next(countdown, "end"), "end")
        with kinds.Countdown(start=2) as countdown:
            self.assertEqual([*countdown], [2, 1])

    def test_a_property_is_read_only(self):
        with Box("a") as box:
            self.assertRaises(AttributeError, setattr, box, "name", "b")
        self.assertEqual(Box.name.__doc__, "The whole name.")

    def test_a_function_of_a_type_takes_no_object(self):
        with Box("a") as box, Box.copy(box) as copied, box.copy(from_=copied) as again:
            self.assertEqual((str(copied), str(again), Box.live()), ("a", "a", 3))
            self.assertIs(type(copied), Box)

    def test_an_object_is_an_argument(self):
        with Box("a") as box, Box("bc") as other:
            self.assertEqual(box.add(other), 3)
            self.assertEqual(box.add(), 10)
            self.assertEqual(box.add(None), 17)
            for given in (5, "a", kinds.Point(), Box):
                self.assert_raises(TypeError, ["Box.add: other must be Box", type(given).__name__],
                                   box.add, given)
            self.assert_raises(TypeError, ["Box.copy: from_ must be Box, not None"], Box.copy, None)

    def test_an_object_used_twice_in_one_call_is_no_deadlock(self):
        with Box("a") as box:
            self.assertEqual((box.add(box), box.add(box), box.name), (2, 4, "aaaa"))

    def test_a_method_of_another_object(self):
        with kinds.Countdown() as countdown:
            self.assert_raises(TypeError, ["Box", "Countdown"], Box.__len__, countdown)
            self.assert_raises(TypeError, ["Box", "int"], Box.add, 5)

    def test_a_type_without_a_constructor(self):
        self.assert_raises(TypeError, ["Token cannot be made by calling it"], kinds.Token)
        with kinds.token_of(7) as token:
            self.assertEqual(token.value, 7)
        with kinds.make_seal() as seal:
            self.assertFalse(seal.closed)

    def test_a_type_without_a_destructor(self):
        eternal = kinds.the_eternal()
        self._before = clib.live(), self._before[1]  # it stays
        eternal.close()
        self.assertTrue(eternal.closed)
        self.assertEqual(kinds.the_eternal().value, 42)

    def test_repr_says_what_it_is(self):
        box = Box("a")
        self.assertRegex(repr(box), r"<kinds\.Box at 0x[0-9a-f]+>")
        box.close()
        self.assertEqual(repr(box), "<kinds.Box, closed>")


class Freed(BindingTest):
    def test_close(self):
        box = Box("a")
        self.assertFalse(box.closed)
        box.close()
        self.assertTrue(box.closed)
        self.assertEqual(Box.live(), 0)
        box.close()

    def test_with(self):
        with self.assertRaises(ZeroDivisionError), Box("a") as box:
            self.assertEqual(Box.live(), 1)
            raise ZeroDivisionError
        self.assertTrue(box.closed)

    def test_a_closed_object_says_so(self):
        box = Box("a")
        box.close()
        for use in (lambda: len(box), lambda: box.name, lambda: box.add(), lambda: str(box),
                    lambda: box[0], lambda: box[-1], lambda: "a" in box, lambda: box == box,
                    lambda: box.each(print)):
            self.assert_raises(ValueError, ["closed", "Box"], use)
        self.assert_raises(ValueError, ["Box.copy: from_ is a closed Box"], Box.copy, box)

    def test_when_nothing_refers_to_it(self):
        box = Box("a")
        del box
        collect()
        self.assertEqual(Box.live(), 0)

    def test_in_a_cycle(self):
        box = OwnBox("a")
        box.itself = [box]
        watched = weakref.ref(box)
        del box
        collect()
        self.assertIsNone(watched())
        self.assertEqual(Box.live(), 0)

    def test_an_exception_in_the_constructor(self):
        class Failing(Box):
            def __init__(self):
                super().__init__("a")
                raise ZeroDivisionError

        self.assertRaises(ZeroDivisionError, Failing)
        self.assertRaises(ValueError, Box, "")
        self.assertRaises(TypeError, Box)
        collect()
        self.assertEqual(Box.live(), 0)

    def test_a_subclass_that_does_not_call_its_base(self):
        class Lazy(Box):
            def __init__(self):
                pass

        lazy = Lazy()
        self.assertTrue(lazy.closed)
        self.assert_raises(ValueError, ["Box.__init__() was not called", "super().__init__()",
                                        "Lazy"], len, lazy)
        lazy.close()
        self.assertEqual(repr(lazy), "<kinds.Lazy, closed>")
        self.assertRaises(ValueError, lambda: Box.__new__(Box).name)

        @dataclasses.dataclass
        class Named(Box):
            given: str

        self.assert_raises(ValueError, ["Box.__init__() was not called"], lambda: Named("a").name)
        self.assert_raises(ValueError, ["Box.__init__() was not called"], Box("a").add, Named("a"))

    def test_what_answers_every_attribute_is_no_argument(self):
        class Anything:
            def __getattr__(self, name):
                return Anything()

        calls = [Box("a").add, kinds.length, kinds.fail, kinds.opposite, kinds.measure,
                 Box.__len__, Box.name.__get__]
        numbers = [kinds.half, kinds.sum, lambda wrong: Box("a")[wrong],
                   lambda wrong: kinds.call(lambda value: value, wrong)]
        for wrong in (mock.Mock(), mock.Mock(spec=Box), Anything(), mock.MagicMock(),
                      mock.MagicMock(spec=Box)):
            is_number = hasattr(type(wrong), "__index__")
            for call in calls + numbers * (not is_number):
                with self.subTest(wrong=type(wrong), call=str(call)):
                    self.assertRaises((TypeError, ValueError), call, wrong)

    def test_a_subclass_may_be_pickled_in_its_own_way(self):
        for given in (Reduced("abc"), Stated("abc")):
            for made in (pickle.loads(pickle.dumps(given)), copy.copy(given)):
                self.assertIsNot(made, given)
                self.assertEqual((type(made), str(made)), (type(given), "abc"))
        self.assertRaises(TypeError, pickle.dumps, OwnBox("abc"))

    def test_functions_and_classes_are_pickled_by_their_name(self):
        """As those of any module that can be imported."""
        sys.modules["kinds"] = kinds
        self.addCleanup(sys.modules.pop, "kinds")
        for each in (kinds.half, Box, kinds.Point):
            self.assertIs(pickle.loads(pickle.dumps(each)), each)

    def test_two_bases_of_cpp(self):
        self.assert_raises(TypeError, ["multiple bases have instance lay-out conflict"], type,
                           "Both", (Box, kinds.Memory), {})
        Box2 = type("Box2", (Box,), {})
        self.assertEqual(len(type("Box3", (Box2, Box), {})("abc")), 3)

    def test_a_constructor_that_is_called_again(self):
        box = Box("a")
        box.__init__("bcd")
        self.assertEqual((len(box), Box.live()), (3, 1))
        self.assertRaises(ValueError, box.__init__, "")
        self.assertEqual((len(box), Box.live()), (3, 1))

    def test_a_pinned_object_that_is_made_again(self):
        memory = kinds.Memory(4)
        with memory.view():
            self.assertRaises(BufferError, memory.__init__, 5)
            self.assertEqual(len(memory), 4)
            self.assertEqual(clib.live(), {**self._before[0], "kinds.Memory": 1})

    def test_resurrection(self):
        saved = []

        class Phoenix(Box):
            def __del__(self):
                saved.append(self)

        phoenix = Phoenix("a")
        del phoenix
        collect()
        self.assertEqual(len(saved[0]), 1)
        saved.pop().close()

    def test_a_result_that_nobody_wanted(self):
        kinds.token_of(1)
        collect()
        self.assertEqual(clib.live(), self._before[0])

    @only_where(IS_CPYTHON, "PyPy does not count references")
    def test_at_once_where_references_are_counted(self):
        gc.disable()
        self.addCleanup(gc.enable)
        kinds.token_of(1)
        self.assertEqual(clib.live(), self._before[0])

    def test_it_cannot_be_pickled_or_copied(self):
        with Box("a") as box:
            for use in (pickle.dumps, copy.copy, copy.deepcopy):
                self.assert_raises(TypeError, ["kinds.Box cannot be pickled or copied"], use, box)

    def test_it_can_be_watched(self):
        with OwnBox("a") as box:
            self.assertIs(weakref.ref(box)(), box)
            box.note = "mine"
            self.assertEqual(box.note, "mine")

    def test_a_handle_that_is_made_up_is_an_error(self):
        box = Box("a")
        handle, box._handle = box._handle, 12345
        self.assert_raises(ValueError, ["Box.__len__"], len, box)
        box._handle = handle
        box.close()
        box._handle = handle
        self.assert_raises(ValueError, ["Box.__len__", "freed"], len, box)
        box._handle = 0


class AtTheEnd(BindingTest):
    """Each script ends with objects alive; the process has to end well and say nothing."""

    def test_objects_that_are_global(self):
        self.in_child("box = kinds.Box('a'); memory = kinds.Memory(3); view = memory.view()\n"
                      "buffer = clib.CharBuffer('x'); string = clib.CString('x')\n"
                      "counter = clib.Counter(); lines = buffer.view(); text = string.view()")

    def test_objects_in_cycles(self):
        self.in_child("class Own(kinds.Box): pass\n"
                      "box = Own('a'); box.itself = box; del box\n"
                      "class Node: pass\n"
                      "node = Node(); node.node = node; node.bell = kinds.Bell(lambda v: node)\n"
                      "node.view = kinds.Memory(3).view()")

    def test_objects_in_modules_and_builtins(self):
        self.in_child("import builtins, os\n"
                      "builtins.kept = kinds.Bell(print); os.kept = clib.Counter()\n"
                      "sys.kept = [kinds.Memory(2).view()]")

    def test_objects_in_threads(self):
        self.in_child("import threading, time\n"
                      "local = threading.local(); local.box = kinds.Box('a')\n"
                      "def work():\n"
                      "    local.box = kinds.Box('b'); box = kinds.Box('c')\n"
                      "    while True: box.add(None); time.sleep(0.001)\n"
                      "threading.Thread(target=work, daemon=True).start()\n"
                      "time.sleep(0.05)")

    def test_functions_that_c_keeps(self):
        self.in_child("kinds.keep_until_exit(lambda value: None)\n"
                      "kept = kinds.Bell(lambda value: value)\n"
                      "text = ctypes.create_string_buffer(b'text')\n"
                      "string = clib.CString.adopt(ctypes.addressof(text), lambda text: None)")

    def test_a_deleter_is_called_even_then(self):
        printed = self.in_child(
            "text = ctypes.create_string_buffer(b'text')\n"
            "free = eval('lambda text: write(1, b\"freed\")', {'write': os.write})\n"
            "string = clib.CString.adopt(ctypes.addressof(text), free)")
        if IS_CPYTHON:  # PyPy does not free what is alive at the end
            self.assertEqual(printed, "freed")

    def test_objects_that_atexit_handlers_use(self):
        self.assertEqual(self.in_child(
            "import atexit\n"
            "box = kinds.Box('a'); bell = kinds.Bell(lambda value: value + 1)\n"
            "atexit.register(lambda: print(len(box), bell.ring(1)))"), "1 2\n")

    def test_an_exception_that_nobody_catches(self):
        self.assertEqual(self.in_child("box = kinds.Box('a')\nraise SystemExit(3)", 3), "")

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_after_a_fork_both_have_theirs(self):
        printed = self.in_child(
            "box = kinds.Box('a'); buffer = clib.CharBuffer(b'abc')\n"
            "child = os.fork()\n"
            "box.add(box.copy(box)); buffer.append('d'); buffer.close()\n"
            "assert len(box) == 2 and kinds.Box.live() >= 1\n"
            "del box\n"
            "if child == 0:\n"
            "    print('child', flush=True)\n"
            "else:\n"
            "    print('parent', os.waitpid(child, 0)[1])\n")
        self.assertEqual(printed, "child\nparent 0\n")


class Looks(BindingTest):
    def test_the_constructor_has_a_signature(self):
        start = inspect.signature(kinds.Countdown).parameters["start"]
        self.assertEqual((start.name, start.default), ("start", 3))
        self.assertEqual(kinds.Countdown.__init__.__qualname__, "Countdown.__init__")

    def test_help(self):
        printed = self.in_child("import pydoc\nprint(pydoc.render_doc(kinds))")
        plain = re.sub(".\b", "", printed)  # as on a typewriter, bold is typed twice
        for words in ("Everything that a description can say.", "class Box", "The whole name.",
                      "make_line(from_"):
            self.assertIn(words, plain)

    def test_what_is_not_there(self):
        self.assert_raises(AttributeError, [kinds.__file__, "no 'nowhere'", "describe"],
                           getattr, kinds, "nowhere")
        self.assert_raises(AttributeError, ["nowhere"], getattr, Box, "nowhere")
        self.assertRaises(AttributeError, getattr, clib, "nowhere")

    def test_the_version_of_python_is_one_that_is_promised(self):
        self.assertGreaterEqual(sys.version_info, (3, 9))


if __name__ == "__main__":
    unittest.main()
