# SPDX-License-Identifier: MIT
"""Values that a parameter must not be given, made from its description: those that are wrong for its
kind, each with the exception that it has to raise, and hostile ones that may raise anything of
their own but must do no harm."""

import array
import ctypes
import functools
import types
import unittest.mock
import weakref

import inside
from binding import clib, kinds

DOCUMENTED = (TypeError, ValueError, OverflowError, IndexError, KeyError, BufferError, MemoryError,
              RuntimeError, StopIteration)


class Hostile(Exception):
    pass


@functools.lru_cache(maxsize=None)
def hostile_class(*names, base=object):
    """Its instances raise Hostile from each of these methods."""
    def method(*_):
        raise Hostile

    return type("Raising" + "".join(names), (base,), dict.fromkeys(names, method))


class Lying:
    """Says that it is something else, and that it is long; as an argument ctypes would take it for an
    address."""

    _as_parameter_ = 1

    def __init__(self, claimed):
        self._claimed = claimed

    @property
    def __class__(self):
        return self._claimed

    def __len__(self):
        return 1 << 40


class LongBytes(bytes):
    def __len__(self):
        return 1 << 40


class LongArray(bytearray):
    def __len__(self):
        return 1 << 40


class OddText(str):
    def encode(self, *_):
        return 1 << 40


class OddInt(int):
    __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True


def released():
    view = memoryview(b"abc")
    view.release()
    return view


def raising():
    yield 1
    raise Hostile


SPECIAL = ("__index__", "__int__", "__float__", "__len__", "__iter__", "__getitem__", "__bool__",
           "__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__call__", "__buffer__", "__bytes__",
           "__str__", "__getattribute__")


MOCKS = (unittest.mock.MagicMock(), unittest.mock.Mock(spec=bytes),
         unittest.mock.MagicMock(spec=str))


def hostile_values():
    """New ones for each call: some of them are used up."""
    claimed = (int, str, bytes, bytearray, list, kinds.Box, kinds.Point, clib.CharBuffer)
    text = ctypes.create_string_buffer(b"text")
    dead = weakref.proxy(kinds.Point())
    return [
        *(hostile_class(name)() for name in SPECIAL), hostile_class(*SPECIAL[:-1])(),
        *(hostile_class("__len__", "__getitem__", "__iter__", base=base)()
          for base in (str, bytes, bytearray, list)),
        *(Lying(each) for each in claimed), LongBytes(b"ab"), LongArray(b"ab"), OddText("ab"),
        *MOCKS,
        released(), raising(), dead, types, int, len, lambda: 0, lambda *_: "text",
        lambda *_: -1, lambda *_: 1 << 70, Hostile, Hostile(), NotImplemented, ..., slice(1),
        ctypes.byref(text), ctypes.cast(text, ctypes.c_void_p), ctypes.pointer(ctypes.c_int(5)),
        ctypes.c_char_p(b"text"), ctypes.POINTER(kinds.Point._c_type())(), ctypes.c_void_p(), {}, set(), (),
        range(3), "ä" * 1000, b"\xff" * 1000, float("nan"), float("-inf"), True]


class Unmade(kinds.Box):
    def __init__(self):
        pass


def closed(made):
    made.close()
    return made


def of_class(name):
    """A live object, of the library that has such a class."""
    makers = {"Box": lambda: kinds.Box("box"), "Countdown": kinds.Countdown,
              "Rows": kinds.Rows, "Shelf": kinds.Shelf,
              "Token": lambda: kinds.token_of(1), "Seal": kinds.make_seal,
              "Eternal": kinds.the_eternal, "Bell": lambda: kinds.Bell(lambda value: 0),
              "Memory": lambda: kinds.Memory(3), "Counter": clib.Counter,
              "CharBuffer": lambda: clib.CharBuffer("abc"), "CString": lambda: clib.CString("abc")}
    return makers[name]()


class NeverFreed:
    text = ctypes.create_string_buffer(b"text")


def right_value(value):
    """One that the function takes, and does no harm with."""
    kind = value.kind
    if kind in inside.INTEGERS or kind == inside.STATUS:
        return 1
    if kind in (inside.SEQUENCE, inside.WRITABLE_SEQUENCE):
        if value.element == inside.STRUCT:
            return [getattr(kinds, value.type.name)()]
        return array.array(inside.kind(value.element).code, [1, 2])
    if kind in (inside.STRUCT, inside.STRUCT_POINTER):
        return getattr(kinds, value.type.name)()
    if kind == inside.HANDLE:
        return of_class(value.type.name)
    if kind in (inside.CALLBACK, inside.KEPT_CALLBACK):
        return lambda *_: 0
    return {inside.FLOAT: 0.5, inside.DOUBLE: 0.5, inside.BOOL: True, inside.TEXT: "a",
            inside.BYTES: b"abc", inside.WRITABLE: bytearray(b"abc"),
            inside.ADDRESS: ctypes.addressof(NeverFreed.text)}[kind]


def wrong_values(value):
    """(exception, value) of each that has to be refused before C++ sees it."""
    kind = value.kind
    nothing = [] if value.flags & inside.NULLABLE else [None]
    apart = memoryview(bytearray(8))[::2]
    if kind in inside.INTEGERS or kind == inside.STATUS:
        least, greatest = inside.range_of(kind)
        out = [least - 1, greatest + 1, -1 << 100, 1 << 100]
        return _pairs(TypeError, [None, 1.5, "1", b"1", [], {}, object(), 1j, int, len]) + \
            _pairs(OverflowError, out)
    if kind in (inside.FLOAT, inside.DOUBLE):
        return _pairs(TypeError, [None, "1", b"1", bytearray(b"1"), [], object(), 1j, float]) + \
            _pairs(OverflowError, [10**400, -10**400])
    if kind == inside.BOOL:
        return _pairs(TypeError, [None, 0, 1, 1.0, "True", [], object()])
    if kind == inside.TEXT:
        return _pairs(TypeError, [*nothing, 5, 1.5, bytearray(b"a"), memoryview(b"a"), ["a"], str]) + \
            _pairs(ValueError, ["a\0b", b"\0"]) + _pairs(UnicodeEncodeError, ["\ud800"])
    if kind == inside.BYTES:
        return _pairs(TypeError, [*nothing, 5, 1.5, ["a"], object(), raising(), bytes]) + \
            _pairs(BufferError, [apart]) + _pairs(UnicodeEncodeError, ["\ud800"])
    if kind == inside.WRITABLE:
        return _pairs(TypeError, [*nothing, 5, "abc", b"abc", [1], memoryview(b"abc"), object(),
                                  LongBytes(b"ab"), clib.CString("abc")]) + \
            _pairs(BufferError, [apart])
    if kind == inside.SEQUENCE and value.element == inside.STRUCT:
        return _pairs(TypeError, [None, 5, "ab", b"ab", [1], [None], kinds.Point(), object()])
    if kind in (inside.SEQUENCE, inside.WRITABLE_SEQUENCE):
        return _wrong_sequences(value)
    if kind == inside.HANDLE:
        other = clib.Counter() if value.type.name != "Counter" else kinds.Countdown()
        return _pairs(TypeError, [*nothing, 5, "a", object(), other, kinds.Point()]) + \
            _pairs(ValueError, [closed(of_class(value.type.name))])
    if kind in (inside.STRUCT, inside.STRUCT_POINTER):
        other = kinds.Every() if value.type.name != "Every" else kinds.Line()
        return _pairs(TypeError, [*nothing, 5, (1, 2), b"a" * 64, other, object(),
                                  ctypes.POINTER(getattr(kinds, value.type.name)._c_type())()])
    if kind in (inside.CALLBACK, inside.KEPT_CALLBACK):
        return _pairs(TypeError, [*nothing, 5, "print", [], object(), kinds.Point()])
    return _pairs(TypeError, [None, "a", b"a", 1.5, NeverFreed.text, object()]) + \
        _pairs(ValueError, [0, False]) + _pairs(OverflowError, [-1, 1 << 64])


def _wrong_sequences(value):
    code = inside.kind(value.element).code
    other = array.array("d" if code != "d" else "f", [1, 2])
    wrong = [None, 5, "123", object(), other, kinds.Point()]
    if value.kind == inside.WRITABLE_SEQUENCE:
        wrong += [[1, 2], raising(), memoryview(array.array(code, [1])).toreadonly()]
        overflowing = []
    else:
        wrong += [[None], ["1"], [1, [2]]]
        overflowing = [[1 << 100]] if code not in "fd" else [[10**400]]
    return _pairs(TypeError, wrong) + _pairs(OverflowError, overflowing) + \
        _pairs(BufferError, [memoryview(array.array(code, range(4)))[::2]])


def _pairs(error, values):
    return [(error, each) for each in values]
