# SPDX-License-Identifier: MIT
"""The binding: each failure of C++ as the exception that a Python programmer expects."""

import collections.abc
import errno
import math
import unittest

import inside
from binding import BindingTest, clib, kinds

FUNCTIONS = [getattr(kinds, name) for name in (
    "fail", "fail_status", "fail_double", "fail_bool", "fail_text", "fail_bytes", "fail_structure",
    "fail_object")]
SENTENCE = "the reason; what to do"
EXCEPTIONS = {
    "logic_error": RuntimeError, "invalid_argument": ValueError, "domain_error": RuntimeError,
    "length_error": OverflowError, "out_of_range": IndexError, "runtime_error": RuntimeError,
    "range_error": RuntimeError, "overflow_error": OverflowError, "underflow_error": RuntimeError,
    "busy": BufferError}


class Errors(BindingTest):
    def test_each_standard_exception_has_its_own(self):
        for function in FUNCTIONS:
            for way, error in EXCEPTIONS.items():
                with self.subTest(function.__name__, way=way):
                    raised = self.assert_raises(error, [], function, way)
                    self.assertEqual(str(raised), f"{function.__name__}: {SENTENCE}")

    def test_a_failure_is_the_same_each_time(self):
        """The first one of a function may take another way than those after it."""
        for way in (*EXCEPTIONS, "own", "system_error", "nested", "not_an_exception"):
            said = set()
            for _ in range(3):
                try:
                    raise KeyError
                except KeyError as outer:
                    try:
                        kinds.fail(way)
                    except Exception as raised:
                        self.assertIs(raised.__context__, outer)
                        said.add((type(raised), str(raised), len(raised.args),
                                  repr(raised.__cause__)))
            self.assertEqual(len(said), 1, way)

    def test_memory(self):
        for function in FUNCTIONS:
            for way in ("bad_alloc", "bad_array_new_length"):
                self.assert_raises(MemoryError, [function.__name__, "not enough memory"],
                                   function, way)

    def test_what_the_system_refused_has_its_number(self):
        for function in FUNCTIONS:
            raised = self.assert_raises(FileNotFoundError, [function.__name__, "f"],
                                        function, "system_error")
            self.assertEqual(raised.errno, errno.ENOENT)

    def test_a_file_that_is_missing_is_named(self):
        for function in FUNCTIONS:
            raised = self.assert_raises(FileNotFoundError, [function.__name__], function, "file")
            self.assertEqual((raised.errno, raised.filename, raised.filename2),
                             (errno.ENOENT, "/there/is/no\udcff/at all", None))
            raised = self.assert_raises(FileNotFoundError, [function.__name__], function,
                                        "two files")
            self.assertEqual((raised.filename, raised.filename2), ("/there/is/no", "/such/file"))
            raised = self.assert_raises(FileNotFoundError, [], function, "system_error")
            self.assertEqual((raised.filename, raised.filename2), (None, None))

    def test_the_reasons_of_a_reason_are_in_the_sentence(self):
        for function in FUNCTIONS:
            raised = self.assert_raises(OverflowError, [], function, "nested")
            self.assertEqual(str(raised), f"{function.__name__}: the last; because: the second; "
                                          "because: the first reason")

    def test_a_code_of_the_authors_own(self):
        for function in FUNCTIONS:
            raised = self.assert_raises(clib.Error, [function.__name__, SENTENCE], function, "own")
            self.assertEqual(raised.code, -1234)
            self.assertIsInstance(raised, RuntimeError)

    def test_each_built_in_exception_of_python(self):
        for number, error in inside.errors.EXCEPTIONS.items():
            for function in FUNCTIONS if number in (-11, -12) else FUNCTIONS[:1]:
                with self.subTest(function.__name__, error=error.__name__), \
                        self.assertRaises(error) as caught:
                    function(f"status {number}")
                self.assertIs(type(caught.exception), error)
                self.assertEqual(caught.exception.args[-1], f"{function.__name__}: {SENTENCE}")

    def test_a_key_that_is_missing_is_no_failure_of_get(self):
        with kinds.Shelf() as shelf:
            self.assertEqual((shelf["one"], shelf.one), (1, 1))
            self.assertRaises(KeyError, lambda: shelf["two"])
            self.assertEqual(collections.abc.Mapping.get(shelf, "one"), 1)
            self.assertEqual(collections.abc.Mapping.get(shelf, "two", 2), 2)
            self.assertFalse(collections.abc.Mapping.__contains__(shelf, "two"))

    def test_an_attribute_that_is_missing_has_a_default(self):
        with kinds.Shelf() as shelf:
            self.assertTrue(hasattr(shelf, "one"))
            self.assertFalse(hasattr(shelf, "two"))
            self.assertEqual(getattr(shelf, "two", 2), 2)
            self.assert_raises(AttributeError, ["Shelf.__getattr__: there is no such name"],
                               getattr, shelf, "two")

    def test_an_iteration_ends_only_where_its_author_says(self):
        for text, error in (("1\n2\n99999999999\n4", IndexError), ("1\n2\nx\n4", ValueError)):
            found = []
            with kinds.Rows(text) as rows:
                raised = self.assert_raises(error, ["Rows.__next__: sto"], found.extend, rows)
            self.assertIs(type(raised), error)
        self.assertEqual([*kinds.Rows("1\n-2\n4")], [1, -2, 4])

    def test_what_is_no_exception(self):
        for function in FUNCTIONS:
            self.assert_raises(RuntimeError, [function.__name__, "not a std::exception"],
                               function, "not_an_exception")

    def test_success_after_a_failure(self):
        results = [1, None, math.nan, False, "", b"", kinds.Point(0, 0)]
        for function, expected in zip(FUNCTIONS, results):
            self.assertRaises(ValueError, function, "invalid_argument")
            result = function("")
            self.assertTrue(result == expected or result != result, function.__name__)
        with kinds.fail_object("") as made:
            self.assertEqual(str(made), "not failed")

    def test_a_method_is_named_as_in_python(self):
        raised = self.assert_raises(ValueError, [], kinds.Box, "")
        self.assertEqual(str(raised), "Box: name is empty; pass a name")
        with kinds.Box("ab") as box:
            raised = self.assert_raises(IndexError, [], box.__getitem__, 5)
            self.assertEqual(str(raised),
                             "Box.__getitem__: index is 5; pass one from 0 to 1")


if __name__ == "__main__":
    unittest.main()
