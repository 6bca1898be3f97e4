# SPDX-License-Identifier: MIT
"""Native functions and types, and the same through ctypes, call by call: each has the same result
or the same exception, to the last word, and leaves its arguments and its object as the other does.

The arguments come from the description: of each parameter some that it takes, at its limits too,
and some that it does not take. Which of them meet is drawn, the same ones each time."""

import array
import ctypes
import itertools
import operator
import random
import re
import sys
import unittest

import inside
from binding import CLIB_LIBRARY, KINDS_LIBRARY, BindingTest, clib, collect
from wrong_values import NeverFreed, hostile_values

CASES = 250  # of each function, at most

# What would hold the process up, if it were called with the greatest number there is.
GREATEST = {"milliseconds": 1, "count": 3, "times": 3, "threads": 1, "size": 100}

LEFT_OUT = {
    "kinds_address": "its result is where the argument lies, and each way has its own",
    "kinds_keep_until_exit": "it keeps what it is given until the process ends",
    "kinds_store": "the other way finds what it has stored; test_stored() calls it",
    "kinds_call_stored": "see kinds_store",
    "kinds_once": "the other way finds what it keeps; test_once() calls it",
    "kinds_call_once": "see kinds_once",
    "kinds_box_live": "it counts the objects of both ways",
    "clib_counter_live": "it counts the objects of both ways",
    "clib_char_buffer_live": "it counts the objects of both ways",
    "clib_c_string_live": "it counts the objects of both ways"}

# CPython wraps what a native type does for len() and next(), and says in its own words that there
# are too many arguments; so these are compared as Python writes them.
WRAPPED = ("__len__", "__next__")

SYNTAX = {"__len__": len, "__str__": str, "__getitem__": operator.getitem, "__next__": next,
          "__setitem__": operator.setitem, "__delitem__": operator.delitem,
          "__contains__": operator.contains, "__eq__": operator.eq}


class Index:
    def __index__(self):
        return 1


class Text(str):
    pass


class Recorder:
    """A callable that writes down what it is given, and ends in one of the ways there are."""

    def __init__(self, end):
        self.end = end
        self.given = []

    def __call__(self, *given):
        self.given.append(repr(given))
        if isinstance(self.end, Exception):
            raise type(self.end)(*self.end.args)
        return self.end


class Way:
    """One of the two, with both libraries in it."""

    def __init__(self, native):
        self.libraries = {"kinds": clib.load(KINDS_LIBRARY, native=native),
                          "clib": clib.load(CLIB_LIBRARY, native=native)}
        self.kinds, self.clib = self.libraries.values()
        self.derived = {}

    def object(self, name):
        kinds = self.kinds
        makers = {"Box": lambda: kinds.Box("box"), "Token": lambda: kinds.token_of(7),
                  "Seal": kinds.make_seal, "Eternal": kinds.the_eternal,
                  "Bell": lambda: kinds.Bell(lambda value: value + 1),
                  "Memory": lambda: kinds.Memory(3),
                  "CharBuffer": lambda: self.clib.CharBuffer("abc"),
                  "CString": lambda: self.clib.CString("abc")}
        return makers[name]() if name in makers else self.class_of(name)()

    def class_of(self, name):
        return getattr(self.kinds, name, None) or getattr(self.clib, name)

    def closed(self, name):
        made = self.object(name)
        made.close()
        return made

    def unmade(self, name):
        """As of a derived class whose constructor does not call that of its base."""
        owner = self.class_of(name)
        derived = self.derived.setdefault(name, type("Derived", (owner,), {}))
        return derived.__new__(derived)


def always(value):
    return lambda way: value


def each_of(*values):
    return [always(value) for value in values]


def integers(value, least, greatest):
    limit = GREATEST.get(value.name, greatest)
    numbers = [0, 1, 2, limit, least, least - 1, greatest + 1, 2**70]
    harmless = [each for each in numbers if not limit < each <= greatest]
    return each_of(*dict.fromkeys(harmless), True, Index())


def sequences(value):
    if value.element == inside.STRUCT:
        name = value.type.name
        return [always([]), lambda way: [way.class_of(name)(1, 2), way.class_of(name)(3, 4)],
                lambda way: (way.class_of(name)(5, 6),)]
    code = inside.kind(value.element).code
    lists = [] if value.kind == inside.WRITABLE_SEQUENCE else each_of([], [1, 2], (3,), [Index()])
    return [lambda way: array.array(code, [1, 2, 3]), lambda way: array.array(code), *lists,
            lambda way: memoryview(array.array(code, [4, 5]))]


def structures(name):
    return [lambda way: way.class_of(name)(),
            lambda way: way.kinds.Line(from_=way.kinds.Point(1, 2), width=0.5, dashed=True)
            if name == "Line" else way.class_of(name)(1, 2)]


def right(value):
    """What makes an argument that the parameter takes, and such at its limits."""
    kind = value.kind
    nothing = [always(None)] if value.flags & inside.NULLABLE else []
    if kind in inside.INTEGERS or kind == inside.STATUS:
        return integers(value, *inside.range_of(kind))
    if kind in (inside.SEQUENCE, inside.WRITABLE_SEQUENCE):
        return sequences(value)
    if kind in (inside.STRUCT, inside.STRUCT_POINTER):
        return nothing + structures(value.type.name)
    if kind == inside.HANDLE:
        return [*nothing, lambda way: way.object(value.type.name)]
    if kind in (inside.CALLBACK, inside.KEPT_CALLBACK):
        ends = (None, 0, 5, -1, 2**63, "text", 1.5, True, ZeroDivisionError("mine"),
                StopIteration(4), clib.Error("own", -2000))
        return nothing + [lambda way, end=end: Recorder(end) for end in ends]
    if kind == inside.TEXT:
        return nothing + each_of("text", "", b"text", "ä€", b"\xff", Text("derived"),
                                 *(WAYS_TO_FAIL if value.name == "way" else ()))
    if kind == inside.BYTES:
        return nothing + [
            *each_of("text", "", b"NUL\0", "ä€", b"\xff", Text("derived"), b"x" * 70000),
            lambda way: bytearray(b"array"), lambda way: bytearray(),
            lambda way: memoryview(b"view"), lambda way: array.array("i", [1, 2]),
            lambda way: way.object("CString"), lambda way: way.object("CharBuffer").view()]
    if kind == inside.WRITABLE:
        return [lambda way: bytearray(b"array"), lambda way: bytearray(),
                lambda way: memoryview(bytearray(b"view")), lambda way: array.array("b", b"array"),
                lambda way: way.object("CharBuffer").view(),
                lambda way: ctypes.create_string_buffer(b"text", 4)]
    return {inside.FLOAT: each_of(0.5, 3, -1e300, float("nan"), float("inf"), -0.0, True),
            inside.DOUBLE: each_of(0.5, 3, -1e300, float("nan"), float("inf"), -0.0, True),
            inside.BOOL: each_of(True, False),
            inside.ADDRESS: each_of(ctypes.addressof(NeverFreed.text), 0, -1, 2**64)}[kind]


WAYS_TO_FAIL = (
    "logic_error", "invalid_argument", "domain_error", "length_error", "out_of_range",
    "runtime_error", "range_error", "overflow_error", "underflow_error", "bad_alloc",
    "bad_array_new_length", "system_error", "busy", "own", "not_an_exception")

NUMBERS = each_of(True, -1, 0, 2**31, 2**63 - 1, 2**63, -2**70)
OTHERS = [
    *each_of(None, 1.5, 1j, "text", "NUL\0inside", "\ud800", b"bytes", b"NUL\0", (), object, len),
    lambda way: bytearray(b"array"), lambda way: memoryview(b"read-only"),
    lambda way: memoryview(bytearray(8))[::2], lambda way: memoryview(bytearray(8)),
    lambda way: array.array("d", [1, 2]), lambda way: [1, 2], lambda way: ["a"], lambda way: {},
    lambda way: object(), lambda way: Recorder(0), lambda way: way.kinds.Point(1, 2),
    lambda way: way.kinds.Line(), lambda way: way.object("Box"), lambda way: way.closed("Box"),
    lambda way: way.unmade("Box"), lambda way: way.object("Countdown"),
    lambda way: way.object("CharBuffer"), lambda way: way.object("CString"),
    lambda way: way.closed("CharBuffer"), lambda way: way.closed("Bell"), lambda way: way.kinds.Box]
# Not those of ctypes: the bytes of a pointer are another address each time.
HOSTILE = [lambda way, at=at: hostile_values()[at] for at, value in enumerate(hostile_values())
           if type(value).__module__ not in ("ctypes", "_ctypes", "wrong_values") or
           not hasattr(type(value), "from_buffer")]


def is_integer(make):
    try:
        operator.index(make(None))
    except Exception:
        return False
    return True


HOSTILE_INTEGERS = {make for make in HOSTILE if is_integer(make)}


def wrong(value, chosen):
    """What may be wrong for the parameter, but harmless."""
    hostile = chosen.sample(HOSTILE, 12)
    if value.kind == inside.ADDRESS:  # what lies there is the caller's word
        return OTHERS + [make for make in hostile if make not in HOSTILE_INTEGERS]
    if value.name in GREATEST and value.kind in inside.INTEGERS:
        least, greatest = inside.range_of(value.kind)
        harmless = [make for make in NUMBERS
                    if not GREATEST[value.name] < make(None) <= greatest]
        return harmless + OTHERS + hostile
    return NUMBERS + OTHERS + hostile


def cases(function):
    """Lists of what makes the arguments of one call, and names for the last of them."""
    chosen = random.Random(function.symbol)
    values = function.named_parameters
    names = [value.python_name for value in values]
    taken = [right(value) for value in values]
    usual = [each[0] for each in taken]
    refused = [wrong(value, chosen) for value in values]
    found = [(usual, ()), (usual, names), (usual, names[len(names) // 2:]), (usual, ("nowhere",)),
             ([*usual, always(None)], ()), ([*usual, always(1)], names[:1]), ([], ())]
    found += [(usual[:size], ()) for size in range(len(usual))]
    for at, makers in enumerate(taken):
        for make in [*makers, *refused[at]]:
            found.append(([*usual[:at], make, *usual[at + 1:]], ()))
    everything = [one + other for one, other in zip(taken, refused)]
    if len(values) > 1:
        found += [(list(each), ()) for each in itertools.islice(itertools.product(*taken), 40)]
        while len(found) < CASES:
            found.append(([chosen.choice(chosen.choice([one, other]))
                           for one, other in zip(taken, everything)], ()))
    return found if len(found) <= CASES else found[:7] + chosen.sample(found[7:], CASES - 7)


def words(text):
    """Without what is another in each process or object, and the formats of structures, in which ctypes
    has names of its own."""
    return re.sub(r"0x[0-9a-f]+|id='\d+'|T\{[^']*\}", "...", text)


def state(thing):
    """What can be seen of an argument or a result."""
    kind = type(thing)
    if kind is Recorder:
        return thing.given
    if kind in (bytearray, array.array, memoryview):
        return attempt(bytes, thing)
    if issubclass(kind, ctypes.Array) and kind._type_ is ctypes.c_char:
        return thing.raw
    if hasattr(kind, "_of_bytes"):
        return repr(thing)
    if hasattr(kind, "_adopt"):
        return words(repr(thing)), [
            attempt(look, thing) for look in (len, str, seen_in_place, lambda each: each.value)]
    return None


def seen_in_place(made):
    with made.view() as view:
        return view.tobytes()


def attempt(function, /, *given, **named):
    """What comes of a call, in a form that can be compared."""
    try:
        result = function(*given, **named)
    except BaseException as error:
        return (type(error).__qualname__, words(str(error)), getattr(error, "code", None),
                getattr(error, "errno", None), [type(each) for each in error.args])
    seen = state(result)
    if result is not None and hasattr(type(result), "_adopt"):
        return type(result).__name__, seen, attempt(result.close)
    return type(result).__name__, seen or words(repr(result))


class Compared:
    """One function, called in both ways."""

    def __init__(self, ways, library, function):
        self.ways = ways
        self.library = library
        self.function = function
        self.calls = 0
        self.differences = []

    def outcomes(self, call):
        """In each way, and what nobody could catch besides."""
        both = []
        for way in self.ways:
            uncaught = []
            sys.unraisablehook = lambda raised, uncaught=uncaught: uncaught.append(
                (raised.exc_type, words(str(raised.exc_value))))
            try:
                outcome = call(way)
            finally:
                sys.unraisablehook = sys.__unraisablehook__
            both.append((outcome, uncaught))
        self.calls += 1
        return both

    def compare(self, makers, call, note=""):
        one, other = self.outcomes(call)
        if one != other:
            given = tuple(make(self.ways[0]) for make in makers)
            self.differences.append(f"{self.function.full_name}{given!r}{note}\n"
                                    f"    native: {one}\n    ctypes: {other}")

    def target(self, way):
        module, function = way.libraries[self.library], self.function
        if function.owner is None:
            return getattr(module, function.python_name)
        owner = getattr(module, function.owner.name)
        return owner if function.role == inside.CONSTRUCTOR else getattr(owner, function.python_name)

    def call(self, way, makers, names=(), receiver=None, syntax=None):
        function = self.function
        given = [make(way) for make in makers]
        positional = given[:len(given) - len(names)] if len(names) <= len(given) else []
        named = dict(zip(names, given[len(positional):]))
        if function.takes_object:
            made = (receiver or (lambda way: way.object(function.owner.name)))(way)
            if function.role == inside.PROPERTY:
                outcome = attempt(getattr, made, function.python_name)
            elif syntax is not None:
                outcome = attempt(syntax, made, *positional)
            else:
                outcome = attempt(getattr(made, function.python_name), *positional, **named)
            seen = state(made)
            made.close()
        else:
            outcome = attempt(self.target(way), *positional, **named)
            seen = None
        arguments = list(map(state, given))
        for each in given:
            if type(each) is memoryview:
                each.release()
        return outcome, seen, arguments

    def run(self):
        function = self.function
        syntax = SYNTAX.get(function.name)
        for makers, names in cases(function) if function.name not in WRAPPED else [([], ())] * 2:
            self.compare(makers, lambda way: self.call(way, makers, names), f", of names {names}")
            if syntax is not None and len(makers) == len(function.named_parameters) and not names:
                self.compare(makers, lambda way: self.call(way, makers, syntax=syntax),
                             f" with {syntax.__name__}")
        if function.takes_object:
            usual = [right(value)[0] for value in function.named_parameters]
            for kind in ("closed", "unmade"):
                def receiver(way, kind=kind):
                    return getattr(way, kind)(function.owner.name)

                self.compare(usual, lambda way: self.call(way, usual, receiver=receiver),
                             f" of one that is {kind}")
            if function.role == inside.METHOD and function.name not in WRAPPED:
                self.wrong_receivers(usual)

    def wrong_receivers(self, usual):
        """Python itself says of a native method that it is of another class, in its own words."""
        def call(way, receiver):
            given = [make(way) for make in usual]
            return attempt(self.target(way), receiver(way), *given)[0]

        for receiver in OTHERS:
            if type(receiver(self.ways[0])).__name__ not in (self.function.owner.name, "Derived"):
                self.compare([receiver, *usual], lambda way: call(way, receiver),
                             " of what is no such object")


class BothWays(BindingTest):
    def setUp(self):
        self.ways = [Way(native) for native in (True, False)]
        self.ways[0].kinds.the_eternal()  # from now on it is there
        super().setUp()
        native = self.ways[0].kinds
        if not native.__native__:
            self.skipTest(f"there is one way only: {native.__why_not_native__}")

    def compare_all(self, library):
        description = self.ways[0].libraries[library]._binding.description
        compared = 0
        for function in description.functions:
            if function.symbol in LEFT_OUT or function.role in (
                    inside.DESTRUCTOR, inside.PIN, inside.UNPIN, inside.SUPPORT):
                continue
            with self.subTest(function.full_name):
                one = Compared(self.ways, library, function)
                one.run()
                compared += one.calls
                self.assertFalse(one.differences, "\n".join(one.differences[:5]))
        collect()
        return compared

    def test_kinds(self):
        self.assertGreater(self.compare_all("kinds"), 5000)

    def test_clib(self):
        self.assertGreater(self.compare_all("clib"), 1000)

    def test_stored(self):
        """What is called after its call."""
        outcomes = []
        for way in self.ways:
            recorder = Recorder(0)
            outcomes.append([attempt(way.kinds.store, recorder), attempt(way.kinds.call_stored, 1),
                             recorder.given])
        self.assertEqual(*outcomes)
        self.assertEqual(outcomes[0][1][0], "RuntimeError")

    def test_once(self):
        """What is called once, and then let go of."""
        outcomes = []
        for way in self.ways:
            for end in (5, -1, ZeroDivisionError("mine")):
                recorder = Recorder(end)
                outcomes.append([
                    attempt(way.kinds.call_once, 1), attempt(way.kinds.once, recorder),
                    attempt(way.kinds.once, print), attempt(way.kinds.call_once, 2),
                    attempt(way.kinds.call_once, 3), recorder.given])
        self.assertEqual(outcomes[:3], outcomes[3:])
        self.assertEqual([each[3][0] for each in outcomes[:3]],
                         ["int", "ValueError", "ZeroDivisionError"])

    def test_what_is_left_out_is_there(self):
        described = {function.symbol for library in self.ways[0].libraries.values()
                     for function in library._binding.description.functions}
        self.assertLessEqual(LEFT_OUT.keys(), described)


if __name__ == "__main__":
    unittest.main()
