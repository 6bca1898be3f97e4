# SPDX-License-Identifier: MIT
"""The binding: every described function, called with every kind of wrong argument. No process may
crash, and each call ends with a documented exception. Each class, and the rest of a library, has a
Python of its own for it."""

import ctypes
import faulthandler
import operator
import random
import sys
import unittest

import wrong_values
import inside
from binding import CLIB_LIBRARY, BindingTest, clib, collect, kinds, own
from wrong_values import DOCUMENTED, Hostile, Unmade, hostile_values, right_value

LIBRARIES = {"kinds": kinds, "clib": own}
ROUNDS = 150


def described(library, owner):
    """The functions of a class, or with "" those of the module, as they are described."""
    return [each for each in LIBRARIES[library]._binding.description.functions
            if (each.owner.name if each.owner else "") == owner and
            each.role not in (inside.DESTRUCTOR, inside.PIN, inside.UNPIN, inside.SUPPORT)]


class HandlesFirst(unittest.TestCase):
    """clib.h promises it of each of its functions: a handle is looked at before anything else."""

    FREED, MADE_UP = None, 0x1234

    def test_a_wrong_handle_is_refused_whatever_else_is_wrong(self):
        binding = own._binding
        last_status = ctypes.CDLL(CLIB_LIBRARY).clib_last_status
        last_status.restype = ctypes.c_int64
        functions = [each for each in binding.description.functions
                     if each.parameters and each.parameters[0].kind == inside.HANDLE]
        self.assertGreater(len(functions), 20)
        for function in functions:
            call = ctypes.CDLL(CLIB_LIBRARY)[function.symbol]
            call.restype = ctypes.c_int64
            types = [each for value in function.parameters[1:] for each in
                     inside.kind(value.kind).c_parameters(value, binding.classes)]
            is_free = function.role == inside.DESTRUCTOR  # to which NULL is nothing
            for handle in (self.MADE_UP,) if is_free else (self.FREED, self.MADE_UP):
                for number in (-1, 256, 2**62, 2**64 - 1):
                    arguments = [None if each is ctypes.c_void_p else each(number)
                                 for each in types]
                    with self.subTest(function.symbol, handle=handle, number=number):
                        # Something else fails before, so that no old status is read.
                        self.assertEqual(other_failure(), -3)
                        result = call(ctypes.c_void_p(handle), *arguments)
                        self.assertIn(result, (0, -4))  # NULL, or the status
                        self.assertEqual(last_status(), -4)


def other_failure():
    """Fails, and returns the status."""
    call = ctypes.CDLL(CLIB_LIBRARY).clib_add_one
    call.restype, call.argtypes = ctypes.c_int64, (ctypes.c_void_p, ctypes.c_size_t)
    return call(None, 1)


def callable_of(library, function):
    """What a caller calls, without an object, and whether it takes one."""
    module = LIBRARIES[library]
    if function.owner is None:
        return getattr(module, function.python_name)
    owner = getattr(module, function.owner.name)
    if function.role == inside.CONSTRUCTOR:
        return owner
    member = getattr(owner, function.python_name)
    if function.role == inside.PROPERTY:
        return getattr(member, "fget", lambda receiver: member.__get__(receiver))
    return member


def is_integer(given):
    try:
        operator.index(given)
    except Exception:
        return False
    return True


class Attack:
    def __init__(self, library, function):
        self.library = library
        self.function = function
        self.callable = callable_of(library, function)
        self.calls = 0
        self.is_written_in_python = function.owner is not None and \
            function.owner.symbol == "clib_char_buffer" and \
            function.python_name in vars(inside.own.CharBufferExtras)

    def receiver(self):
        return [wrong_values.of_class(self.function.owner.name)] if self.function.takes_object \
            else []

    def right(self):
        return [right_value(value) for value in self.function.named_parameters]

    def call(self, *arguments, **named):
        """What was raised, or None."""
        self.calls += 1
        try:
            self.callable(*arguments, **named)
        except (*DOCUMENTED, Hostile, ReferenceError) as error:  # the last of a dead proxy
            return error
        except AttributeError as error:
            if self.function.name == "__getattr__":
                return error
            # A class that raises AttributeError for what a buffer or number has is no such thing.
            raise AssertionError(f"{self.function.full_name}{arguments}: {error!r}") from error
        return None

    def expect(self, error, *arguments, **named):
        raised = self.call(*arguments, **named)
        assert type(raised) is error, \
            f"{self.function.full_name}{arguments}{named}: {raised!r} and not {error.__name__}"
        return raised

    def run(self):
        self.wrong_numbers()
        self.wrong_receivers()
        is_operator = self.function.name in inside.calls.OPERATORS
        for index, value in enumerate(self.function.named_parameters):
            for error, wrong in wrong_values.wrong_values(value):
                arguments = self.right()
                arguments[index] = wrong
                if is_operator and error is TypeError:
                    receiver = self.receiver()[0]
                    assert self.callable(receiver, *arguments) is NotImplemented
                    continue
                if self.is_written_in_python:  # it does more than its description says
                    self.call(*self.receiver(), *arguments)
                    continue
                raised = str(self.expect(error, *self.receiver(), *arguments))
                assert self.function.full_name in raised and value.python_name in raised, raised
            for hostile in hostile_values():
                if value.kind == inside.ADDRESS and is_integer(hostile):
                    continue  # what lies there is the caller's word
                arguments = self.right()
                arguments[index] = hostile
                self.call(*self.receiver(), *arguments)
        self.at_random()

    def wrong_numbers(self):
        if self.function.role == inside.PROPERTY:
            return  # nobody calls it
        right = self.right()
        values = self.function.named_parameters
        self.expect(TypeError, *self.receiver(), *right, 1)
        self.expect(TypeError, *self.receiver(), *right, unknown=1)
        required = [value for value in values if not value.is_optional]
        if required:
            self.expect(TypeError, *self.receiver(), *right[:len(required) - 1])
        if values:
            self.expect(TypeError, *self.receiver(), *right, **{values[0].python_name: right[0]})
        if self.function.takes_object:
            self.expect(TypeError)

    def wrong_receivers(self):
        if not self.function.takes_object or self.is_written_in_python:
            return
        name = self.function.owner.name
        other = clib.Counter() if name != "Counter" else kinds.Countdown()
        nothing = [] if self.function.role == inside.PROPERTY else [None]
        for wrong in (*nothing, 5, "a", object(), other, kinds.Point(), hostile_values):
            raised = str(self.expect(TypeError, wrong, *self.right()))
            assert f"{self.function.full_name}: self must be {name}" in raised or \
                ("descriptor '" in raised and f"'{name}'" in raised) or \
                (self.function.role == inside.PROPERTY and "__get__" in raised), raised
        self.expect(ValueError, wrong_values.closed(wrong_values.of_class(name)), *self.right())
        if name == "Box":
            self.expect(ValueError, Unmade(), *self.right())

    def at_random(self):
        values = self.function.named_parameters
        if not values:
            return
        chosen = random.Random(self.function.full_name)
        for _ in range(ROUNDS):
            arguments = []
            for value in values:
                wrong = [each for _, each in wrong_values.wrong_values(value)]
                if value.kind != inside.ADDRESS:
                    wrong.append(chosen.choice(hostile_values()))
                arguments.append(chosen.choice([right_value(value), *wrong]))
            self.call(*self.receiver(), *arguments)


def attack(library, owner):
    """Runs in a process of its own."""
    faulthandler.enable()
    sys.unraisablehook = lambda _: None  # a hostile deleter may raise when nobody can catch it
    calls = 0
    for function in described(library, owner):
        print(function.full_name, flush=True)
        one = Attack(library, function)
        one.run()
        calls += one.calls
    del one
    collect()
    left = clib.live()
    left.pop("kinds.Eternal", None)
    print(f"left: {left}, calls: {calls}")


class WrongArguments(BindingTest):
    def attacked(self, library, owner):
        printed = self.in_child(f"import test_wrong_arguments\n"
                                f"test_wrong_arguments.attack({library!r}, {owner!r})")
        *names, last = printed.splitlines()
        self.assertEqual(names, [each.full_name for each in described(library, owner)])
        self.assertRegex(last, r"^left: \{\}, calls: \d+$")


def add_tests():
    for name, library in LIBRARIES.items():
        owners = [each.name for each in library._binding.description.types
                  if each.kind == inside.HANDLE_TYPE and described(name, each.name)]
        for owner in [*owners, ""]:
            def test(self, arguments=(name, owner)):
                self.attacked(*arguments)

            setattr(WrongArguments, f"test_{name}_{owner or 'functions'}", test)


add_tests()

if __name__ == "__main__":
    unittest.main()
