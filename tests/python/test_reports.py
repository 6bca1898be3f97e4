# SPDX-License-Identifier: MIT
"""What people have reported of other tools, rebuilt: one test a report, named after what goes wrong
there. tests/README.md has the table. reports.cpp is the C++ side."""

import array
import ctypes
import functools
import gc
import os
import shutil
import subprocess
import threading
import unittest
import weakref

from binding import CLIB_LIBRARY, IS_CPYTHON, BindingTest, clib, collect, only_where
import inside

REPORTS_LIBRARY = os.environ["REPORTS_LIBRARY"]
rep = clib.load(REPORTS_LIBRARY)

NO_LIVE_NODE = ("self", "rep_node", "do not use a handle after its free")
PRELUDE = f"rep = clib.load({REPORTS_LIBRARY!r})\n"


class Ownership(BindingTest):
    """Who frees an object, and how often."""

    def test_python_keeps_an_object_that_cpp_has_freed(self):
        """xcfem/xc#136, Boost.Python: a node that the model has removed is in a list; using it is a
        segmentation fault."""
        nodes = [rep.Node(number) for number in range(4)]
        rep.remove(nodes[2])
        self.assertEqual([node.id for node in nodes if node is not nodes[2]], [0, 1, 3])
        self.assert_raises(ValueError, NO_LIVE_NODE, lambda: nodes[2].id)
        self.assert_raises(ValueError, ("node", "live"), rep.remove, nodes[2])

    def test_an_object_is_destroyed_twice(self):
        """swig/swig#1969, SWIG: C++ destroys an object by its own function, and the proxy again."""
        before = rep.destroyed()
        node = rep.Node(1)
        rep.remove(node)
        self.assertEqual(rep.destroyed(), before + 1)
        del node
        collect()
        self.assertEqual(rep.destroyed(), before + 1)

    def test_what_is_sent_is_freed_by_the_sender_and_by_the_collector(self):
        """zeromq/zproject#1172, cffi: the receiver destroys the message, and ffi.gc() again."""
        printed = self.in_child(PRELUDE + """
for number in range(100):
    message = rep.Message(f"message {number}")
    rep.send(message)
del message
collect()
print(rep.sent(), len(rep.Message("alive")))
""")
        self.assertEqual(printed.split(), ["message", "99", "5"])

    def test_with_and_the_collector_both_free(self):
        """ada-url/ada-python#5, cffi: with calls free, and ffi.gc() as well."""
        before = rep.destroyed()
        with rep.Node(1) as node:
            self.assertEqual(node.id, 1)
        node.close()
        del node
        collect()
        self.assertEqual(rep.destroyed(), before + 1)

    def test_a_handle_is_freed_twice(self):
        """elle-lisp/elle#347: the second ffi/free of a pointer ends the process in malloc."""
        library = ctypes.CDLL(REPORTS_LIBRARY)
        library.rep_node_new.restype = ctypes.c_void_p
        library.rep_node_free.argtypes = [ctypes.c_void_p]
        library.rep_node_free.restype = ctypes.c_int64
        handle = library.rep_node_new(1)
        self.assertEqual(library.rep_node_free(handle), 0)
        self.assertEqual(library.rep_node_free(handle), -4)

    def test_a_handle_loses_its_upper_half(self):
        """quodlibet/quodlibet#1022, ctypes: without a restype a pointer is cut to an int, and the
        next call crashes."""
        library = ctypes.CDLL(REPORTS_LIBRARY)
        library.rep_node_new.restype = ctypes.c_void_p
        library.rep_node_free.argtypes = [ctypes.c_void_p]
        handle = library.rep_node_new(1)
        self.addCleanup(library.rep_node_free, handle)
        cut = ctypes.c_int(handle & 0xFFFFFFFF).value
        self.assertEqual(library.rep_node_id(cut), -4)  # cut as well, but it is small
        self.assertEqual(library.rep_node_id(ctypes.c_void_p(handle)), 1)

    def test_an_object_in_a_circle_is_never_freed(self):
        """LuaJIT/LuaJIT#896: what an ffi.gc() finalizer refers to stays if it refers to the
        object."""
        class Owner:
            pass

        owner = Owner()
        owner.node, owner.itself = rep.Node(1), owner
        gone = weakref.ref(owner)
        before = rep.destroyed()
        del owner
        collect()
        self.assertIsNone(gone())
        self.assertEqual(rep.destroyed(), before + 1)

    @only_where(shutil.which("luajit") and "LD_PRELOAD" not in os.environ,
                "there is no LuaJIT, or it would run with a sanitizer")
    def test_what_is_freed_by_hand_is_freed_by_the_finalizer_again(self):
        """fffonion/lua-resty-openssl#178, LuaJIT: an object with an ffi.gc() is freed elsewhere."""
        script = """
local ffi = require("ffi")
ffi.cdef[[
typedef struct clib_counter clib_counter;
clib_counter* clib_counter_new(void);
int64_t clib_counter_next(clib_counter*);
int64_t clib_counter_free(clib_counter*);
int64_t clib_counter_live(void);
]]
local lib = ffi.load(arg[1])
local freed = {}
local counter = ffi.gc(lib.clib_counter_new(), function(c)
    freed[#freed + 1] = tonumber(lib.clib_counter_free(c))
end)
local kept = ffi.gc(lib.clib_counter_new(), lib.clib_counter_free)
lib.clib_counter_free(counter)
counter = nil
collectgarbage() collectgarbage()
print(freed[1], tonumber(lib.clib_counter_next(kept)), tonumber(lib.clib_counter_live()))
"""
        ended = subprocess.run(["luajit", "-", CLIB_LIBRARY], input=script, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, universal_newlines=True, timeout=60)
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertEqual(ended.stdout.split(), ["-4", "1", "1"])


class Insides(BindingTest):
    """What is inside an object, and outlives it."""

    def test_a_temporary_dies_before_what_is_read_of_it(self):
        """wlav/cppyy#267: get(make_pair()) reads a member of an object that is gone."""
        for number in range(200):
            text = f"a label that is long enough for the heap, {number}"
            self.assertEqual(rep.Label(text).text, text)

    def test_a_reference_into_a_vector_is_corrupt_after_an_append(self):
        """boostorg/python#299: vector_indexing_suite moves what a reference refers to."""
        store = rep.Store(b"abc")
        with store.view() as view:
            self.assert_raises(BufferError, ("memoryview", "release()"), store.append, 100)
            self.assertEqual(bytes(view), b"abc")
        collect()
        store.append(100)
        with store.view() as view:
            self.assertEqual(bytes(view), b"abcd")

    def test_the_first_call_returns_what_a_dead_vector_had(self):
        """wjakob/nanobind#371 and #488: an ndarray of a local vector is zeros at first."""
        for size in (1, 5, 200, 5000, 70_000, 5):
            self.assertEqual(rep.local(size), bytes(i % 256 for i in range(size)))

    def test_an_argument_is_collected_while_c_reads_it(self):
        """java-native-access/jna#664: the memory of a temporary is freed during the call."""
        for size in (10, 10_000, 1_000_000):
            self.assertEqual(rep.length("x" * size), size)
            self.assertEqual(rep.total(array.array("d", [0.5]) * size), size / 2)

    @only_where(IS_CPYTHON, "a bytearray of PyPy can always be resized")
    def test_a_bytearray_is_resized_under_c(self):
        """FDio/vpp#336, cffi: from_buffer() of a resized bytearray points to freed memory."""
        data = bytearray(b"abc")

        def resize():
            data.extend(b"d" * 100_000)

        self.assert_raises(BufferError, ("re-sized",), rep.sum_after, data, resize)
        self.assertEqual(rep.sum_after(data, lambda: None), sum(b"abc"))

    def test_a_bytearray_stays_locked_after_the_call(self):
        """pyca/pyopenssl#852, cffi: from_buffer() locks a bytearray until it is collected. clib did
        so where a callback had failed."""
        def fail():
            raise KeyError("mine")

        data = bytearray(b"abc")
        gc.disable()
        self.addCleanup(gc.enable)
        self.assertEqual(rep.bytes(data), b"abc")
        data.append(100)
        self.assertEqual(rep.sum_after(data, lambda: None), sum(b"abcd"))
        data.append(101)
        for _ in range(3):
            with self.assertRaises(KeyError):
                rep.sum_after(data, fail)
        data.append(102)
        self.assertEqual(rep.bytes(data), b"abcdef")


class Callbacks(BindingTest):
    def test_a_nested_function_is_gone_when_it_is_called(self):
        """JonathanSalwan/Triton#1035: a function that is defined in another crashes when called."""
        def set_up():
            seen = []

            def on_event(event):
                seen.append(event)
                return len(seen)

            return rep.Listener(on_event), seen

        listener, seen = set_up()
        collect()
        self.assertEqual([listener.fire(7), listener.fire(8)], [1, 2])
        self.assertEqual(seen, [7, 8])

    def test_a_callback_is_collected_after_hundreds_of_calls(self):
        """node-ffi/node-ffi#84, and TeaEngineering/libchronicle#33 with ctypes: nobody but C++ has
        the callback, and the collector frees it."""
        listener = rep.Listener(functools.partial(max, 1))
        for event in range(300):
            if event % 100 == 0:
                collect()
            self.assertEqual(listener.fire(event), max(1, event))

    def test_who_keeps_a_callback_is_never_destroyed(self):
        """pybind/pybind11#5466: the destructor of an object with a Python function does not run."""
        class Function:
            def __call__(self, event):
                return event

        function = Function()
        gone = weakref.ref(function)
        listener = rep.Listener(function)
        del function
        self.assertEqual(listener.fire(3), 3)
        del listener
        collect()
        self.assertIsNone(gone())

    def test_a_callback_is_unregistered_twice(self):
        """nodejs/node#64880: the second unrefCallback() of a collected callback is a crash."""
        listener = rep.Listener(lambda event: event)
        listener.close()
        collect()
        listener.close()
        self.assert_raises(ValueError, ("Listener", "closed"), listener.fire, 1)

    def test_a_callback_calls_c_and_the_next_call_has_wrong_values(self):
        """Koromix/rygel#15, koffi: after a call of C in the callback, the second one crashes."""
        letters = []

        def on_letter(letter):
            letters.append((letter, rep.letter(), rep.two_letters(lambda inner: inner)))
            return rep.letter()

        self.assertEqual(rep.two_letters(on_letter), 1001 * ord("c"))
        nested = 1000 * ord("a") + ord("b")
        self.assertEqual(letters, [(ord("a"), ord("c"), nested), (ord("b"), ord("c"), nested)])

    def test_a_callback_gets_the_value_where_the_address_should_be(self):
        """wlav/cppyy#321: a callback with a reference to an object reads a wild address."""
        seen = []
        self.assertEqual(rep.visit(lambda point: seen.append((point.x, point.y))), 0)
        self.assertEqual(seen, [(42.5, -1.0)])

    def test_an_exception_of_a_callback_ends_the_process(self):
        """wjakob/nanobind#890: it meets a noexcept function on its way."""
        class Mine(BaseException):
            pass

        error = Mine("mine")

        def fail(*_):
            raise error

        for call in (lambda: rep.visit(fail), lambda: rep.sum_after(b"abc", fail),
                     lambda: rep.two_letters(fail), lambda: rep.Listener(fail).fire(1)):
            with self.assertRaises(Mine) as caught:
                call()
            self.assertIs(caught.exception, error)

    def test_an_exception_of_a_callback_becomes_a_systemerror(self):
        """GUDHI/gudhi-devel#935, Cython: "returned a result with an exception set"."""
        def block(letter):
            try:
                raise ValueError(f"{letter} is blocked")
            except ValueError:
                if letter == ord("b"):
                    raise
            return 1

        self.assert_raises(ValueError, ("98 is blocked",), rep.two_letters, block)
        self.assertEqual(rep.two_letters(lambda letter: 1), 1001)

    def test_a_callback_returns_a_wrong_type(self):
        """wjakob/nanobind#587: a complex number is "std::bad_cast", without a name."""
        def wrong(*_):
            return 1 + 2j

        for call in (rep.visit, rep.two_letters):
            self.assert_raises(TypeError, ("wrong", "must be int", "(1+2j)"), call, wrong)

    def test_each_callback_leaks(self):
        """java-native-access/jna#1586: free_callback() leaves a reference for each argument."""
        before = len(inside.callbacks.callbacks)
        functions = [lambda letter: 1 for _ in range(50)]
        gone = [weakref.ref(function) for function in functions]
        for function in functions:
            rep.two_letters(function)
            rep.Listener(function).close()
        del functions, function
        collect()
        self.assertEqual([each() for each in gone], [None] * 50)
        self.assertEqual(len(inside.callbacks.callbacks), before)

    def test_the_last_reference_goes_in_a_thread_without_the_lock(self):
        """boostorg/python#11: shared_ptr_deleter gives a reference back without the lock."""
        class Function:
            def __call__(self, event):
                return event

        for _ in range(20):
            function = Function()
            gone = weakref.ref(function)
            listener = rep.Listener(function)
            del function
            rep.free_in_thread(listener)
            collect()
            self.assertIsNone(gone())
            self.assert_raises(ValueError, ("rep_listener",), listener.fire, 1)


class Values(BindingTest):
    def test_an_object_is_asked_for_the_handle_that_it_does_not_have(self):
        """swig/swig#3562: SWIG asks any object for `this`, and uses what it has freed."""
        asked = []

        class Computed:
            def __getattr__(self, name):
                asked.append(name)
                return rep.Node(5)

        self.assert_raises(TypeError, ("node", "Node", "Computed"), rep.remove, Computed())
        self.assertEqual([name for name in asked if not name.startswith("__")], [])

    def test_an_integer_that_is_too_large_arrives_as_another(self):
        """swig/swig#1036: SWIG_AsVal_int() takes 2**31 as -1."""
        for value in (2**31, -2**31 - 1, 2**63, -2**63 - 1, 2**64, 10**40):
            self.assert_raises(OverflowError, ("int32", "value", "2147483647"), rep.int32, value)
        self.assertEqual([rep.int32(value) for value in (2**31 - 1, -2**31)], [2**31 - 1, -2**31])

    def test_a_negative_number_arrives_as_a_large_one(self):
        """swig/swig#623: a BigInteger of -1 is 255 as an unsigned long long."""
        for value in (-1, -128, -2**63, 2**64):
            self.assert_raises(OverflowError, ("uint64", str(value)), rep.uint64, value)
        for value in (0, 127, 128, 255, 2**63 - 1, 2**63, 2**64 - 1):
            self.assertEqual(rep.uint64(value), value)

    def test_a_float_past_the_end_arrives_as_an_integer(self):
        """swig/swig#2494: float(2**63) is cast to a long that has no such number."""
        for value in (float(2**63), float(2**64), 1.0, float("inf"), float("nan")):
            self.assert_raises(TypeError, ("value", "int", "float"), rep.uint64, value)
            self.assert_raises(TypeError, ("value", "int", "float"), rep.int32, value)

    def test_the_largest_default_is_refused(self):
        """swig/swig#993: a default of -1U is an OverflowError, ~0U is not."""
        self.assertEqual(rep.limit(), 2**32 - 1)
        self.assertEqual(rep.limit(value=5), 5)

    def test_a_text_ends_at_its_first_nul(self):
        """java-native-access/jna#106 and #1077: getString() ends there, silently."""
        for text in ("a\0b", "\0", "\0\0a", "a\0"):
            self.assertEqual(rep.text(text), text)
            self.assertEqual(rep.bytes(text), text.encode())
            self.assert_raises(ValueError, ("text", "NUL"), rep.length, text)

    def test_an_empty_text_is_an_exception(self):
        """java-native-access/jna#1275: a buffer of no bytes cannot be allocated."""
        self.assertEqual((rep.text(""), rep.bytes(b""), rep.length(""), rep.bytes(bytearray())),
                         ("", b"", 0, b""))
        self.assertEqual(rep.Label("").text, "")
        self.assertEqual(rep.total(array.array("d")), 0)

    def test_the_reason_for_a_refused_value_is_lost(self):
        """wjakob/nanobind#1415: whatever a type caster says, the caller sees a TypeError."""
        self.assert_raises(OverflowError, ("int32", "value", "-2147483648 to 2147483647",
                                           "2147483648"), rep.int32, 2147483648)

    def test_arrays_are_freed_while_other_threads_run(self):
        """wjakob/nanobind#377: an ndarray is an argument of a function without the lock."""
        totals = []

        def work(number):
            for _ in range(100):
                totals.append(rep.total(array.array("d", [number]) * 50) == 50 * number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(totals), set(totals)), (400, {True}))


class Exceptions(BindingTest):
    def test_an_overflow_is_only_a_runtimeerror(self):
        """pybind/pybind11#1977: std::overflow_error has no exception of its own."""
        self.assert_raises(OverflowError, ("throw_", "too large"), rep.throw_, "overflow")
        self.assert_raises(ValueError, ("throw_", "wrong"), rep.throw_, "argument")

    def test_an_exception_is_made_without_the_lock(self):
        """apache/pulsar#513, Boost.Python: a function that has let go of the lock throws."""
        reasons = []

        def work():
            for _ in range(50):
                try:
                    rep.throw_("broker")
                except RuntimeError as error:
                    reasons.append(str(error))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(reasons), {"throw_: the broker is away; try again"})
        self.assertEqual(len(reasons), 200)


if __name__ == "__main__":
    unittest.main()
