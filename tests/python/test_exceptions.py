# SPDX-License-Identifier: MIT
"""Exceptions of a library's own: thrown in C++, raised in Python, and across both."""

import copy
import os
import pickle
import unittest

from binding import BindingTest, clib, collect

config = clib.load(os.environ["EXCEPTIONS_LIBRARY"])


class Thrown(BindingTest):
    """From C++ to Python."""

    def thrown(self, way, error):
        return self.assert_raises(error, [], config.parse, way)

    def test_an_exception_is_its_class_with_its_own_sentence(self):
        for call in (config.parse, config.Reader().read):
            raised = self.assert_raises(config.ConfigError, [], call, "config")
            self.assertEqual((str(raised), raised.args), ("no such file", ("no such file",)))
        collect()

    def test_the_bases_are_those_of_cpp_and_those_that_are_listed(self):
        self.assertEqual(config.ConfigError.__mro__[1:3][-1], RuntimeError)
        self.assertTrue(issubclass(config.ParseError, config.ConfigError))
        self.assertTrue(issubclass(config.ParseError, ValueError))
        self.assertTrue(issubclass(config.LimitError, IndexError))
        self.assertTrue(issubclass(config.MissingKey, KeyError))
        self.assertTrue(issubclass(config.Failure, OSError))
        self.assertTrue(issubclass(config.SealedError, clib.Error))

    def test_a_class_has_its_names_and_its_doc(self):
        self.assertEqual(
            (config.ConfigError.__name__, config.ConfigError.__module__, config.ConfigError.__doc__),
            ("ConfigError", "config", "Something is wrong with a configuration."))
        self.assertIn("ParseError", config.__all__)
        self.assertIsNone(config.ParseError.__doc__)

    def test_members_arrive(self):
        raised = self.thrown("parse", config.ParseError)
        self.assertEqual((str(raised), raised.offset, raised.text),
                         ("a comma is missing", 2**63, "[1 2]"))
        raised = self.thrown("limit", config.LimitError)
        self.assertEqual((raised.limit, raised.step, raised.is_hard, raised.code),
                         (0.1, 0.5, True, -128))
        self.assertIs(type(raised.is_hard), bool)
        self.assertEqual(self.thrown("infinite", config.LimitError).limit, float("-inf"))
        self.assertEqual(self.thrown("sealed", config.SealedError).number, 7)

    def test_text_with_a_nul_arrives_whole(self):
        raised = self.thrown("nul", config.ParseError)
        self.assertEqual((str(raised), raised.text), ("has\nlines", "a\0b\0"))

    def test_a_long_sentence_arrives_whole(self):
        self.assertEqual(str(self.thrown("long", config.ParseError)), 3000 * "x")

    def test_what_is_no_std_exception(self):
        raised = self.thrown("failure", config.Failure)
        self.assertEqual((str(raised), raised.code), ("the disk is full", 28))

    def test_a_key_error_has_the_key(self):
        self.assertEqual(self.thrown("key", config.MissingKey).args, ("name",))

    def test_the_code_of_an_error_of_clib(self):
        self.assertEqual(self.thrown("sealed", config.SealedError).code, -506)

    def test_a_translator_throws_another_one(self):
        raised = self.thrown("foreign", KeyError)
        self.assertEqual(raised.args, ("parse: colour",))
        self.assertIn("not a std::exception", str(self.thrown("endless", RuntimeError)))

    def test_the_others_are_as_before(self):
        self.assertEqual(str(self.thrown("runtime", RuntimeError)), "parse: another one")
        self.assertEqual(str(self.thrown("busy", BufferError)), "parse: in use")
        self.assertEqual(self.thrown("file", FileNotFoundError).filename, "/no/such/file")
        self.thrown("number", RuntimeError)

    def test_the_cause_of_an_exception_is_its_cause_in_python(self):
        raised = self.thrown("nested parse", config.ConfigError)
        self.assertEqual(str(raised), "cannot read the configuration")
        self.assertIs(type(raised.__cause__), config.ParseError)
        self.assertEqual((raised.__cause__.offset, raised.__cause__.text), (2**63, "[1 2]"))
        raised = self.thrown("nested nested file", config.ConfigError)
        self.assertIs(type(raised.__cause__), config.ConfigError)
        self.assertEqual(raised.__cause__.__cause__.filename, "/no/such/file")
        self.assertEqual(raised.__cause__.__cause__.errno, 2)
        raised = self.thrown("plain limit", ValueError)
        self.assertEqual(str(raised), "parse: the value; because: too large")
        self.assertEqual(raised.__cause__.limit, 0.1)
        self.assertIs(type(self.thrown("nested foreign", config.ConfigError).__cause__), KeyError)
        self.assertIsNone(self.thrown("config", config.ConfigError).__cause__)


class Raised(BindingTest):
    """From Python to C++."""

    def caught(self, error):
        def visit(number):
            raise error

        config.visit_and_catch(visit)
        return config.last_caught()

    def test_an_exception_of_python_is_that_of_cpp(self):
        self.assertEqual(self.caught(config.ParseError("no", offset=2**40, text="a b")),
                         "parse no 1099511627776 a b")
        self.assertEqual(
            self.caught(config.LimitError("far", limit=-2.5, step=0.25, is_hard=True, code=-7)),
            "limit far -2.500000 0.250000 hard -7")
        self.assertEqual(self.caught(config.ConfigError("all")), "config all")
        self.assertEqual(self.caught(config.MissingKey("name")), "key name")
        self.assertEqual(self.caught(config.Failure("full", code=3)), "failure full 3")

    def test_in_a_std_function(self):
        def fail(error):
            def function(text):
                raise error
            return function

        self.assertEqual(config.call_and_catch(lambda text: 0.5), "0.500000")
        self.assertEqual(config.call_and_catch(fail(config.ParseError("no", offset=3))),
                         "parse no 3")
        for error in (config.ConfigError("y"), LookupError("z")):
            with self.assertRaises(type(error)) as caught:
                config.call_and_catch(fail(error))
            self.assertIs(caught.exception, error)
            error.__traceback__ = None

    def test_members_that_are_not_set_are_zero(self):
        self.assertEqual(self.caught(config.ParseError("é\0")), "parse é\0".split("\0")[0] + " 0 ")

    def test_a_class_derived_in_python_is_its_base(self):
        class Mine(config.ParseError):
            pass

        self.assertEqual(self.caught(Mine("x", offset=1)), "parse x 1 ")

    def test_what_cpp_cannot_make_is_a_failure_of_the_callable(self):
        self.assertIn("other visit has failed", self.caught(config.SealedError("x")))

    def test_an_exception_that_is_not_the_librarys_arrives_though_cpp_has_caught_it(self):
        self.assertRaises(LookupError, self.caught, LookupError("x"))

    def test_uncaught_the_same_exception_arrives(self):
        for error in (config.ParseError("x", offset=1), config.LimitError("y"), ValueError("z"),
                      config.SealedError("v")):
            def visit(number):
                raise error

            with self.assertRaises(type(error)) as caught:
                config.visit(visit)
            self.assertIs(caught.exception, error)
            error.__traceback__ = None

    def test_the_exception_is_the_cause_of_what_wraps_it(self):
        def visit(number):
            raise config.ParseError("x", offset=1)

        raised = self.assert_raises(config.ConfigError, ["the visit"], config.visit_and_wrap, visit)
        self.assertIs(type(raised.__cause__), config.ParseError)
        self.assertEqual(raised.__cause__.offset, 1)

    def test_what_cpp_has_caught_is_gone(self):
        self.caught(config.ParseError("x"))
        self.assertEqual(config.visit_and_catch(lambda number: 3), 3)
        self.assertEqual(config.last_caught(), "")


class InPython(BindingTest):
    """The classes themselves."""

    def test_members_are_checked(self):
        self.assert_raises(TypeError, ["ParseError.offset must be int, not str"],
                           config.ParseError, "x", offset="1")
        self.assert_raises(OverflowError, ["ParseError.offset must be from 0"],
                           config.ParseError, "x", offset=-1)
        self.assert_raises(TypeError, ["ParseError.text must be str, not int"],
                           config.ParseError, "x", text=1)
        self.assert_raises(TypeError, ["LimitError.is_hard must be bool"],
                           config.LimitError, "x", is_hard=1)
        self.assert_raises(TypeError, ["no member 'place'", "offset, text"],
                           config.ParseError, "x", place=1)
        error = config.ParseError()
        self.assertEqual((error.args, error.offset, error.text), ((), 0, ""))
        error.offset = 3
        self.assertEqual(error.offset, 3)

    def test_exceptions_pickle_and_are_copied(self):
        errors = [config.ParseError("x", offset=5, text="t"), config.MissingKey("k"),
                  config.Failure("f", code=2), config.SealedError("s", number=3),
                  clib.Error("own", -1234)]
        errors[0].note = ["one"]
        for error in errors:
            for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
                self.assertIs(type(again), type(error))
                self.assertEqual((again.args, vars(again)), (error.args, vars(error)))

    def test_a_process_that_has_not_loaded_the_library_reads_a_pickle(self):
        data = pickle.dumps(config.ParseError("x", offset=5))
        printed = self.in_child(f"import pickle\nerror = pickle.loads({data!r})\n"
                                "print(type(error).__name__, error, error.offset)\n")
        self.assertEqual(printed, "ParseError x 5\n")


if __name__ == "__main__":
    unittest.main()
