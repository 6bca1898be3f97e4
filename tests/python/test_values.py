# SPDX-License-Identifier: MIT
"""The binding: what goes in as an argument and what comes out as a result, exactly or not at all."""

import array
import ctypes
import decimal
import fractions
import importlib.util
import inspect
import math
import mmap
import os
import unittest

import inside
from binding import (
    HAS_ADDRESS_SANITIZER, IS_CPYTHON, IS_DEBIANS, BindingTest, clib, collect, kinds, only_where, own,
)

INTEGERS = {f"{sign}int{width}": ((0, 2**width - 1) if sign else (-2**(width - 1),
                                                                 2**(width - 1) - 1))
            for sign in ("", "u") for width in (8, 16, 32, 64)}
CODES = {"int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B", "uint16": "H",
         "uint32": "I", "uint64": "Q", "float": "f", "double": "d"}


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Integers(BindingTest):
    def test_the_whole_range_arrives(self):
        for name, (least, greatest) in INTEGERS.items():
            for number in (least, least + 1, 0, 1, greatest - 1, greatest):
                with self.subTest(name, number=number):
                    self.assertEqual(getattr(kinds, name)(number), str(number))

    def test_a_number_out_of_range_is_refused(self):
        for name, (least, greatest) in INTEGERS.items():
            for number in (least - 1, greatest + 1, -2**64, 2**64, 2**200, -10**400):
                with self.subTest(name, number=number):
                    self.assert_raises(OverflowError, [name, "value", str(least), str(greatest)],
                                       getattr(kinds, name), number)

    def test_what_stands_for_an_integer_is_one(self):
        self.assertEqual(kinds.int8(True), "1")
        self.assertEqual(kinds.int8(Index(-7)), "-7")
        self.assert_raises(OverflowError, ["int8", "128"], kinds.int8, Index(128))

    def test_what_is_no_integer_is_refused(self):
        for given in (1.0, "1", b"1", None, [1], 1j, decimal.Decimal(1), fractions.Fraction(1),
                      object(), int, math.nan):
            for name in INTEGERS:
                with self.subTest(name, given=given):
                    given_name = "None" if given is None else type(given).__name__
                    self.assert_raises(TypeError, [name, "value must be int", given_name],
                                       getattr(kinds, name), given)

    def test_what_an_index_raises_reaches_the_caller(self):
        class Hostile:
            def __index__(self):
                raise ZeroDivisionError

        self.assert_raises(ZeroDivisionError, [], kinds.int64, Hostile())

    def test_a_status_is_an_integer(self):
        self.assertEqual(kinds.code(-9), 9)
        self.assert_raises(OverflowError, ["code"], kinds.code, 2**63)
        self.assert_raises(TypeError, ["code", "int", "str"], kinds.code, "CLIB_E_BUSY")


class Fractions(BindingTest):
    def test_a_double_arrives_exactly(self):
        for number in (0.0, -0.0, 0.1, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, 3, True,
                       2**53, fractions.Fraction(1, 4)):
            with self.subTest(number=number):
                self.assertEqual(kinds.half(number), float(number) / 2)
        self.assertEqual(math.copysign(1, kinds.half(-0.0)), -1)

    def test_nan_is_a_result_like_any_other(self):
        self.assertTrue(math.isnan(kinds.half(math.nan)))
        self.assertTrue(math.isnan(kinds.fail_double("")))

    def test_a_number_that_is_too_large_is_refused(self):
        self.assert_raises(OverflowError, ["half", "value"], kinds.half, 10**400)
        self.assert_raises(OverflowError, ["float", "value", "1e+39"], kinds.float, 1e39)
        self.assertEqual(kinds.float(math.inf), "inf")

    def test_what_is_no_number_is_refused(self):
        for given in ("1", b"1", bytearray(b"1"), None, [1.0], 1j, object()):
            for name in ("half", "float", "double"):
                with self.subTest(name, given=given):
                    given_name = "None" if given is None else type(given).__name__
                    self.assert_raises(TypeError, [name, "value must be float", given_name],
                                       getattr(kinds, name), given)

    def test_a_bool_is_a_bool(self):
        self.assertIs(kinds.opposite(True), False)
        self.assertIs(kinds.opposite(False), True)
        for given in (0, 1, None, "", 0.0, []):
            with self.subTest(given=given):
                self.assert_raises(TypeError, ["opposite", "value must be bool"],
                                   kinds.opposite, given)


class Text(BindingTest):
    def test_terminated_text_is_str_or_bytes(self):
        self.assertEqual(kinds.length("äb"), 3)
        self.assertEqual(kinds.length(b"\xff"), 1)
        self.assertEqual(kinds.length(""), 0)

    def test_an_embedded_nul_is_refused_where_c_would_cut(self):
        for given in ("a\0b", b"a\0b", "\0", b"\0"):
            self.assert_raises(ValueError, ["length", "text", "NUL"], kinds.length, given)

    def test_what_is_no_text_is_refused(self):
        for given in (None, 1, bytearray(b"a"), memoryview(b"a"), ["a"], object()):
            with self.subTest(given=given):
                self.assert_raises(TypeError, ["length", "text must be str or bytes"],
                                   kinds.length, given)

    def test_a_lone_surrogate_is_refused(self):
        for text in ("\ud800", "a\udbff", "\udc7f", "\udd00", "\udc80\ud800"):
            for call, where in ((kinds.length, "length: text"), (kinds.echo, "echo: data")):
                self.assert_raises(UnicodeEncodeError, [f"{where} has a lone surrogate"], call, text)

    def test_text_that_is_no_utf_8_goes_both_ways(self):
        for data in (b"\xff", b"caf\xe9.txt", b"\x80\xc3", bytes(range(1, 256))):
            text = data.decode(errors="surrogateescape")
            with self.subTest(data=data):
                self.assertEqual(kinds.as_text(text), text)
                self.assertEqual(kinds.echo(text), data)
                self.assertEqual(kinds.length(text), len(data))
                self.assertEqual(kinds.repeat(1, text), text)
                self.assertEqual(kinds.as_text(os.fsdecode(data)), os.fsdecode(data))

    def test_a_result_keeps_its_nuls_and_its_length(self):
        for text in ("", "a", "a\0b", "\0", "a\0", "ä€😀", "\0" * 100):
            with self.subTest(text=text):
                self.assertEqual(kinds.as_text(text), text)

    def test_a_result_that_is_no_utf_8_loses_nothing(self):
        for data in (b"\xff", b"a\xffb", b"\xff\0", b"\xc3", b"\x80" * 1000):
            with self.subTest(data=data):
                self.assertEqual(kinds.as_text(data).encode(errors="surrogateescape"), data)

    def test_a_constant_need_not_be_made_on_the_fly(self):
        self.assertEqual(kinds.constant(), "always the same")
        self.assertEqual(kinds.marker().encode(errors="surrogateescape"), b"\xff")
        self.assertEqual(kinds.static_text(True), "lives for ever")
        with self.assertRaisesRegex(ValueError, "^static_text: good is false$"):
            kinds.static_text(False)

    def test_a_result_is_the_callers_own(self):
        first = kinds.as_text("first")
        self.assertEqual((kinds.as_text("second"), first), ("second", "first"))

    @only_where(not HAS_ADDRESS_SANITIZER, "it keeps what is freed")
    def test_a_hundred_mebibytes_are_returned_and_not_kept(self):
        with open("/proc/self/statm", encoding="ascii") as statm:
            before = int(statm.read().split()[1]) * mmap.PAGESIZE
        text = kinds.repeat(25 << 20, "abcd")
        self.assertEqual((len(text), text[:8], text[-4:]), (100 << 20, "abcdabcd", "abcd"))
        del text
        collect()
        with open("/proc/self/statm", encoding="ascii") as statm:
            resident = int(statm.read().split()[1]) * mmap.PAGESIZE
        self.assertLess(resident - before, 50 << 20)

    def test_an_address_is_a_number(self):
        memory = ctypes.create_string_buffer(b"over there")
        self.assertEqual(kinds.by_address(ctypes.addressof(memory)), "over there")
        self.assert_raises(ValueError, ["by_address", "text is 0"], kinds.by_address, 0)
        self.assert_raises(OverflowError, ["by_address", "text"], kinds.by_address, -1)
        for given in (None, b"text", memory, 1.5):
            self.assert_raises(TypeError, ["by_address", "text must be int"],
                               kinds.by_address, given)


class Bytes(BindingTest):
    def test_every_readable_buffer_is_read(self):
        text = b"a\0b\xff"
        for given in (text, bytearray(text), memoryview(text), memoryview(bytearray(text)),
                      array.array("B", text), ctypes.create_string_buffer(text, 4),
                      own.CharBuffer(text)):
            with self.subTest(type(given)):
                self.assertEqual(kinds.echo(given), text)
        self.assertEqual(kinds.echo("ä\0"), b"\xc3\xa4\0")
        self.assertEqual(kinds.echo(array.array("h", [1, -1])), array.array("h", [1, -1]).tobytes())

    def test_no_bytes_are_bytes_too(self):
        for given in (b"", "", bytearray(), memoryview(b""), array.array("d"), own.CharBuffer()):
            self.assertEqual(kinds.echo(given), b"")

    def test_a_part_of_a_buffer_is_just_that(self):
        self.assertEqual(kinds.echo(memoryview(b"abcdef")[2:4]), b"cd")
        self.assertEqual(kinds.echo(memoryview(bytearray(b"abcdef"))[2:4]), b"cd")

    def test_what_does_not_lie_in_one_piece_is_refused(self):
        for given in (memoryview(b"abcd")[::2], memoryview(bytearray(b"abcd"))[::-1]):
            self.assert_raises(BufferError, ["echo", "data", "one piece"], kinds.echo, given)
        self.assert_raises(BufferError, ["upper", "data", "one piece"],
                           kinds.upper, memoryview(bytearray(b"abcd"))[::2])

    def test_what_has_no_bytes_is_refused(self):
        for given in (None, 1, 1.5, ["a"], object(), bytes):
            with self.subTest(given=given):
                self.assert_raises(TypeError, ["echo", "data must be str, bytes or a readable"],
                                   kinds.echo, given)

    def test_the_memory_is_read_in_place(self):
        given = bytearray(b"abc")
        address = ctypes.addressof(ctypes.c_char.from_buffer(given))
        self.assertEqual(kinds.address(given), address)
        self.assertEqual(kinds.address(memoryview(given)[1:]), address + 1)

    def test_a_class_that_lies_about_its_length_is_not_believed(self):
        class Long(bytes):
            def __len__(self):
                return 1 << 40

            def __bytes__(self):
                return b"another"

        class Text(str):
            def encode(self, *_):
                return 12345

        self.assertEqual(kinds.echo(Long(b"ab")), b"ab")
        self.assertEqual(kinds.length(Long(b"ab")), 2)
        self.assertEqual(kinds.echo(Text("ab")), b"ab")
        self.assertEqual(kinds.length(Text("ab")), 2)

    def test_a_class_that_lies_about_itself_is_not_believed(self):
        class Liar:
            _as_parameter_ = 1  # an address that ctypes would take

            def __init__(self, claimed):
                self.claimed = claimed

            @property
            def __class__(self):
                return self.claimed

            def __len__(self):
                return 100

        for function, claimed in ((kinds.echo, bytes), (kinds.echo, str), (kinds.upper, bytearray),
                                  (kinds.length, bytes), (kinds.length, str),
                                  (kinds.measure, kinds.Line), (kinds.Box.copy, kinds.Box)):
            with self.subTest(function.__name__, claimed=claimed), \
                    self.assertRaises((TypeError, AttributeError)):
                function(Liar(claimed))

    def test_bytes_that_nobody_can_count_are_an_error(self):
        self.assert_raises(RuntimeError, ["did not make in call()"], kinds.foreign_bytes)


class Writing(BindingTest):
    def test_the_callers_memory_is_written(self):
        for given in (bytearray(b"abc"), array.array("b", b"abc"), own.CharBuffer(b"abc"),
                      ctypes.create_string_buffer(b"abc", 3), memoryview(bytearray(b"abc"))):
            with self.subTest(type(given)):
                self.assertIsNone(kinds.upper(given))
                self.assertEqual(bytes(given), b"ABC")

    def test_what_cannot_be_changed_is_never_written(self):
        for given in (b"abc", memoryview(b"abc"), memoryview(bytearray(b"abc")).toreadonly(),
                      own.CString(b"abc")):
            with self.subTest(type(given)):
                self.assert_raises(TypeError, ["upper", "data must be writable",
                                               type(given).__name__], kinds.upper, given)
                self.assertEqual(bytes(given), b"abc")
        for given in ("abc", None, 3, ["a"]):
            self.assert_raises(TypeError, ["upper", "data must be a writable buffer"],
                               kinds.upper, given)

    def test_nothing_beyond_a_part_is_written(self):
        whole = bytearray(b"abcdef")
        kinds.upper(memoryview(whole)[2:4])
        self.assertEqual(whole, b"abCDef")
        kinds.upper(bytearray())

    def test_one_byte_that_the_interpreter_shares_stays_as_it_is(self):
        self.assertRaises(TypeError, own.add_one, b"a")
        self.assertEqual(bytes([97]), b"a")

    def test_the_buffer_is_let_go_of_afterwards(self):
        given = bytearray(b"abc")
        kinds.upper(given)
        kinds.echo(given)
        kinds.upper(memoryview(given))
        given.append(0)  # BufferError if it were still in use


class Sequences(BindingTest):
    def test_a_buffer_and_a_list_say_the_same(self):
        for name, code in CODES.items():
            numbers = [1, 2, 100]
            expected = getattr(kinds, f"list_{name}")(numbers)
            self.assertEqual([float(each) for each in expected.split(",")], numbers)
            for given in (array.array(code, numbers), tuple(numbers), iter(numbers),
                          memoryview(array.array(code, numbers)),
                          memoryview(array.array(code, numbers)).toreadonly(),
                          (inside.kind(inside.INT8 + list(CODES).index(name)).ctype * 3)(*numbers)):
                with self.subTest(name, given=given):
                    self.assertEqual(getattr(kinds, f"list_{name}")(given), expected)

    def test_the_ends_of_the_range_arrive(self):
        for name, ends in INTEGERS.items():
            function = getattr(kinds, f"list_{name}")
            self.assertEqual(function(list(ends)), "{},{}".format(*ends))
            self.assertEqual(function(array.array(CODES[name], ends)), "{},{}".format(*ends))
            self.assert_raises(OverflowError, [f"list_{name}", "values[]"],
                               function, [0, ends[1] + 1])

    def test_an_empty_one_is_one(self):
        for name, code in CODES.items():
            for given in ([], array.array(code), iter(())):
                self.assertEqual(getattr(kinds, f"list_{name}")(given), "")
            getattr(kinds, f"reverse_{name}")(array.array(code))

    def test_numbers_of_another_type_are_refused(self):
        for name, code in CODES.items():
            for other, other_code in CODES.items():
                is_float = code in "fd" or other_code in "fd"
                if array.array(code).itemsize != array.array(other_code).itemsize or \
                        (is_float and code != other_code) or code.isupper() != other_code.isupper():
                    with self.subTest(name, other=other):
                        for function in (f"list_{name}", f"reverse_{name}"):
                            self.assert_raises(
                                TypeError, [function, f"a buffer of {CNAMES[name]}"],
                                getattr(kinds, function), array.array(other_code, [1]))

    def test_wrong_elements_are_refused(self):
        for given in (["1"], [None], [1.5], [b"a"], [[1]]):
            self.assert_raises(TypeError, ["list_int32", "values[] must be int"],
                               kinds.list_int32, given)
        self.assert_raises(TypeError, ["list_double", "values[] must be float"],
                           kinds.list_double, ["1"])
        for given in (None, 5, "123", object()):
            self.assert_raises(TypeError, ["list_int32", "values must be"], kinds.list_int32, given)

    def test_in_place(self):
        for name, code in CODES.items():
            given = array.array(code, [1, 2, 3])
            getattr(kinds, f"reverse_{name}")(given)
            self.assertEqual(given.tolist(), [3, 2, 1])
            getattr(kinds, f"reverse_{name}")(memoryview(given)[1:])
            self.assertEqual(given.tolist(), [3, 1, 2])

    def test_only_what_can_be_written_to_is_changed_in_place(self):
        self.assert_raises(TypeError, ["reverse_uint8", "writable", "bytes"],
                           kinds.reverse_uint8, b"abc")
        self.assert_raises(TypeError, ["reverse_int32", "writable"], kinds.reverse_int32,
                           memoryview(array.array("i", [1, 2])).toreadonly())
        for given in ([1, 2], None, 3, "ab", iter([1])):
            self.assert_raises(TypeError, ["reverse_int32", "values must be a writable buffer of "
                                           "int32_t"], kinds.reverse_int32, given)

    def test_what_does_not_lie_in_one_piece_is_refused(self):
        every_other = memoryview(array.array("i", range(6)))[::2]
        self.assert_raises(BufferError, ["one piece"], kinds.list_int32, every_other)
        self.assert_raises(BufferError, ["one piece"], kinds.reverse_int32, every_other)

    def test_what_has_not_one_dimension_is_refused(self):
        flat = memoryview(array.array("d", range(6))).cast("B")
        for shape in ((2, 3), (1, 6), (1, 2, 3)):
            given = flat.cast("d", shape)
            for function in (kinds.list_double, kinds.reverse_double):
                self.assert_raises(
                    TypeError, [f"{function.__name__}: values must have one dimension, not "
                                f"{len(shape)}"], function, given)
        self.assertEqual(flat.cast("d").tolist(), [0, 1, 2, 3, 4, 5])

    def test_what_is_not_aligned_is_copied_to_be_read_and_refused_to_be_written(self):
        for name, code in CODES.items():
            numbers = array.array(code, [1, 2, 3])
            for offset in range(1, numbers.itemsize):
                memory = bytearray(offset) + bytearray(numbers.tobytes())
                given = memoryview(memory)[offset:].cast(code)
                self.assertEqual(getattr(kinds, f"list_{name}")(given),
                                 getattr(kinds, f"list_{name}")(numbers))
                self.assert_raises(BufferError, [f"reverse_{name}: values lies at an odd address"],
                                   getattr(kinds, f"reverse_{name}"), given)
                self.assertEqual(given.tolist(), [1, 2, 3])

    def test_what_an_iteration_raises_reaches_the_caller(self):
        def numbers():
            yield 1
            raise ZeroDivisionError

        self.assert_raises(ZeroDivisionError, [], kinds.list_int32, numbers())


CNAMES = {name: name if name in ("float", "double") else f"{name}_t" for name in CODES}


class Numpy(BindingTest):
    def setUp(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("it needs python3-numpy")
        self.numpy = numpy
        super().setUp()

    @only_where(IS_DEBIANS or IS_CPYTHON and importlib.util.find_spec("numpy"),
                "the others have no packages")
    def test_arrays_of_the_type_are_taken_in_place(self):
        for name in CODES:
            given = self.numpy.array([1, 2, 3], "float64" if name == "double" else
                                     "float32" if name == "float" else name)
            getattr(kinds, f"reverse_{name}")(given)
            self.assertEqual(given.tolist(), [3, 2, 1])
        self.assert_raises(TypeError, ["int32_t"], kinds.list_int32, self.numpy.zeros(3))
        self.assert_raises(BufferError, ["one piece"], kinds.list_double,
                           self.numpy.zeros(6)[::2])
        self.assertEqual(kinds.int8(self.numpy.int64(5)), "5")
        for given in (self.numpy.ones((2, 2)), self.numpy.asfortranarray(self.numpy.ones((2, 3))),
                      self.numpy.array(4.0)):
            self.assertRaises((TypeError, BufferError), kinds.list_double, given)
            self.assertRaises((TypeError, BufferError), kinds.reverse_double, given)
        raw = b"\0" + self.numpy.arange(3.0).tobytes()
        self.assertEqual(kinds.list_double(self.numpy.frombuffer(raw, offset=1)),
                         kinds.list_double([0.0, 1.0, 2.0]))

    @only_where(IS_DEBIANS or IS_CPYTHON and importlib.util.find_spec("numpy"),
                "the others have no packages")
    def test_an_array_shows_the_bytes_of_an_object_in_place(self):
        with own.CharBuffer(bytes(range(5))) as buffer:
            seen = self.numpy.asarray(buffer)
            self.assertEqual((seen.dtype, seen.shape, seen.tolist()), ("uint8", (5,), [*range(5)]))
            seen[0] = 200
            self.assertEqual(buffer[0], 200)
            self.assertRaises(BufferError, buffer.append, "x")
            self.assertRaises(BufferError, buffer.close)
            part = seen[1:]
            del seen
            self.assertRaises(BufferError, buffer.append, "x")
            del part
            buffer.append("x")
            self.assertEqual(self.numpy.array(buffer).tolist(), [200, 1, 2, 3, 4, ord("x")])
        with own.CString("abc") as string:
            seen = self.numpy.asarray(string)
            self.assertEqual((seen.tolist(), seen.flags.writeable), ([97, 98, 99], False))
            del seen
        self.assertRaises(ValueError, self.numpy.asarray, buffer)


class Parameters(BindingTest):
    def test_defaults(self):
        self.assertEqual(kinds.defaults(), "-1 7 0.500000 true none empty")
        self.assertEqual(kinds.defaults(5, truth=False, data=b"x"), "5 7 0.500000 false none x")
        self.assertEqual(str(inspect.signature(kinds.defaults)).split(" -> ")[0].count("="), 6)

    def test_defaults_that_are_not_finite(self):
        self.assertTrue(kinds.endless())
        defaults = [each.default for each in inspect.signature(kinds.endless).parameters.values()]
        self.assertEqual(str(defaults), "[inf, -inf, nan]")

    def test_none_where_the_description_says_so(self):
        self.assertEqual(kinds.nothing(), "")
        self.assertEqual(kinds.nothing(None, None, None, None, None), "")
        with kinds.Box("b") as box:
            self.assertEqual(kinds.nothing("t", "d", box, kinds.Point(5, 6), lambda: 3),
                             "text data b 5 3")
            self.assertEqual(kinds.nothing(object=box), "b ")
        self.assert_raises(ValueError, ["nothing", "object is a closed Box"],
                           kinds.nothing, object=box)

    def test_keywords_get_an_underscore(self):
        self.assertEqual(kinds.keywords(from_=1, lambda_=2, len=3, str="s", result=9), "15s")
        self.assertEqual(kinds.keywords(1, 2, 3, b"s", 9), "15s")
        self.assert_raises(TypeError, ["keywords", "str must be"], kinds.keywords, 1, 2, 3, 4, 5)

    def test_the_number_of_arguments_is_checked_as_by_any_function(self):
        for arguments, named in (((), {}), ((1, 2), {}), ((1,), {"value": 1}), ((), {"other": 1})):
            with self.assertRaises(TypeError) as caught:
                kinds.int8(*arguments, **named)
            self.assertIn("int8()", str(caught.exception))

    def test_a_function_looks_hand_written(self):
        function = kinds.make_line
        self.assertEqual((function.__name__, function.__qualname__, function.__module__),
                         ("make_line", "make_line", "kinds"))
        self.assertEqual(function.__doc__, "A dashed line, \"from\" to 'to'.")
        self.assertEqual(list(inspect.signature(function).parameters), ["from_", "to"])
        self.assertEqual(kinds.Box.add.__qualname__, "Box.add")
        self.assertEqual(inspect.signature(kinds.Box.add).parameters["other"].default, None)
        name = inspect.signature(kinds.Box).parameters["name"]
        if not kinds.__native__:  # the docstring, where native functions have theirs, has no types
            self.assertEqual(name.annotation, "str | ReadableBuffer")
        self.assertEqual(kinds.Box.__doc__, "A name that is a sequence of letters.")
        self.assertEqual((kinds.__version__, kinds.__name__), ("2.5", "kinds"))
        self.assertIn("make_line", kinds.__all__)


if __name__ == "__main__":
    unittest.main()
