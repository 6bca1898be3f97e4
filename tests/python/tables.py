# SPDX-License-Identifier: MIT
"""Descriptions made in Python, as an older or newer clib, or a broken one, could have made them.
They are put into copies of the library of any_description.cpp."""

import ctypes
import itertools
import os
import shutil
import struct
import types as types_
import zlib

import inside

LIBRARY = os.environ["ANY_DESCRIPTION_LIBRARY"]

TEXTS = {"name", "symbol", "doc", "version", "toolkit"}


def number(number):
    return (number & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")


def text(text):
    return text.encode() + b"\0" if isinstance(text, str) else b""  # an address that leads nowhere


def value(kind=inside.INT64, name="", **members):
    return {"kind": kind, "element": 0, "flags": 0, "name": name, "offset": 0, **members}


def fields(layout):
    """The offset and size of each member of a struct, by its name."""
    codes = layout.struct.format
    ends = [struct.calcsize(codes[:i + 1]) for i in range(len(codes))]
    sizes = map(struct.calcsize, codes)
    return {name: (end - size, size) for name, end, size in zip(layout.names, ends, sizes)}


def from_on(layout, name):
    """How many bytes of a struct are this member and those after it."""
    return layout.size - fields(layout)[name][0]


def _sum(row):
    """The bytes of a value that a checksum is of; the tables have no defaults."""
    return (number(row["kind"]) + number(row["element"]) + number(row["flags"]) +
            text(row["name"]) + number(row["offset"]))


class Table:
    """One description, whose structs are longer than the package knows them, with something at their
    end that it must not read, or shorter, by so many bytes. What is not said, is as a library
    without types and functions has it."""

    def __init__(self, folder, longer=0, shorter=None, **module):
        path = os.path.join(folder, f"lib{next(_names)}.so")
        self.path = shutil.copyfile(LIBRARY, path)
        self.library = ctypes.CDLL(path)
        self.module = {
            "magic": inside.layout.MAGIC, "format": inside.layout.FORMAT, "name": "made", "version": "1",
            "toolkit": "9.9", "doc": "", "callback_failed": self.address("callback_failed"),
            **module}
        self._longer = longer
        self._shorter = shorter or {}
        self._kept = []
        self._functions = []
        self._checksums = []
        self._types = self.rows(inside.layout.TYPE_INFO, [{}] * 8)
        self._type_count = 0

    def address(self, symbol):
        return ctypes.cast(getattr(self.library, symbol), ctypes.c_void_p).value

    def rows(self, layout, rows):
        """The address of structs in a row."""
        size = self.size_of(layout)
        memory = ctypes.create_string_buffer(b"\xAB" * (size * len(rows)), size * len(rows) + 1)
        self._kept.append(memory)
        for place, row in enumerate(rows):
            self._write(layout, ctypes.addressof(memory) + place * size, row)
        return ctypes.addressof(memory)

    def size_of(self, layout):
        return layout.size + self._longer - self._shorter.get(layout, 0)

    def _write(self, layout, address, row):
        size = self.size_of(layout)
        numbers = {name: self._text(given) if name in TEXTS else given
                   for name, given in row.items()}
        filled = {**dict.fromkeys(layout.names, 0), "size": size, **numbers}
        data = layout.struct.pack(*filled.values())
        ctypes.memmove(address, data, min(size, len(data)))

    def _text(self, given):
        if isinstance(given, int):  # an address
            return given
        self._kept.append(ctypes.create_string_buffer(given.encode()))
        return ctypes.addressof(self._kept[-1])

    def next_type(self):
        """The address that the type has which is added next."""
        return self._types + self._type_count * self.size_of(inside.layout.TYPE_INFO)

    def add_type(self, name, kind=inside.HANDLE_TYPE, members=(), **changed):
        row = {"kind": kind, "flags": 0, "hash": 0, "symbol": f"made_{name.lower()}", "name": name,
               "doc": "", "byte_size": 0, "alignment": 0, "member_count": len(members), **changed}
        checksum = zlib.crc32(
            number(row["kind"]) + number(row["flags"]) + number(row["hash"]) + text(row["symbol"]) +
            text(row["name"]) + text(row["doc"]) + number(row["byte_size"]) +
            number(row["alignment"]) + number(row["member_count"]) + b"".join(map(_sum, members)))
        address = self.next_type()
        self._write(inside.layout.TYPE_INFO, address, {
            "members": self.rows(inside.layout.VALUE, members), "checksum": checksum, **row})
        self._checksums.insert(self._type_count, checksum)
        self._type_count += 1
        return address

    def function(self, symbol, result, parameters=(), **changed):
        """The row of a function; one that has no symbol, is the signature of a callback."""
        row = {"role": inside.FUNCTION, "flags": 0, "hash": 0, "symbol": symbol, "name": symbol,
               "doc": "", **changed}
        row["entry"] = changed.get("entry", self.address(symbol) if symbol else 0)
        row["checksum"] = changed.get("checksum", zlib.crc32(
            number(row["role"]) + number(row["flags"]) + number(row["hash"]) + text(row["symbol"]) +
            text(row["name"]) + text(row["doc"]) + _sum(result) + number(len(parameters)) +
            b"".join(map(_sum, parameters))))
        return {"result": self.rows(inside.layout.VALUE, [result]), "parameter_count": len(parameters),
                "parameters": self.rows(inside.layout.VALUE, parameters), **row}

    def add(self, symbol, result, parameters=(), **changed):
        self._functions.append(self.function(symbol, result, parameters, **changed))
        self._checksums.append(self._functions[-1]["checksum"])

    def describe(self):
        """Puts the description into the library. Returns the library's path."""
        row = self.module
        checksum = zlib.crc32(
            text(row["name"]) + text(row["version"]) + text(row["doc"]) + number(self._type_count) +
            number(len(self._functions)) + b"".join(map(number, self._checksums)))
        address = self.rows(inside.layout.MODULE, [{
            "types": self._types, "type_count": self._type_count,
            "functions": self.rows(inside.layout.FUNCTION_INFO, self._functions),
            "function_count": len(self._functions), "checksum": checksum, **row}])
        return self._put(address)

    def describe_as(self, path, python=None):
        """Puts a copy of the description of another library, one that was not loaded yet, into this
        one: its functions with this table's sizes. What is said of `python` is changed in the table
        of the native functions."""
        other = ctypes.CDLL(str(path))
        self._kept.append(other)
        other.clib_describe.restype = ctypes.c_void_p
        memory = inside.reader.Memory()

        def record(layout, address):
            return types_.SimpleNamespace(
                at=address, **dict(zip(layout.names, memory.record(layout, address))))

        def records(layout, address, count):
            return [record(layout, at) for at, _ in memory.records(layout, address, count)]

        module = record(inside.layout.MODULE, other.clib_describe())
        types = {0: 0}

        def row(layout, of, **changed):
            members = {name: getattr(of, name) for name in layout.names if name != "size"}
            return {**members, **changed}

        def copy(layout, address, **changed):
            if address == 0:
                return 0
            return self.rows(layout, [row(layout, record(layout, address), **changed)])

        def values(address, count):
            return self.rows(inside.layout.VALUE, [
                row(inside.layout.VALUE, each, type=types[each.type],
                    default_value=copy(inside.layout.DEFAULT_VALUE, each.default_value),
                    callback=callback(each.callback) if each.callback else 0)
                for each in records(inside.layout.VALUE, address, count)])

        def callback(address):
            return functions([record(inside.layout.FUNCTION_INFO, address)])

        def functions(records):
            return self.rows(inside.layout.FUNCTION_INFO, [
                row(inside.layout.FUNCTION_INFO, each, owner=types[each.owner],
                    result=values(each.result, 1),
                    parameters=values(each.parameters, each.parameter_count))
                for each in records])

        size = self.size_of(inside.layout.TYPE_INFO)
        first = self.rows(inside.layout.TYPE_INFO, [{}] * module.type_count)
        for place, each in enumerate(
                records(inside.layout.TYPE_INFO, module.types, module.type_count)):
            self._write(inside.layout.TYPE_INFO, first + place * size, row(
                inside.layout.TYPE_INFO, each, members=values(each.members, each.member_count)))
            types[each.at] = first + place * size
        return self._put(self.rows(inside.layout.MODULE, [row(
            inside.layout.MODULE, module, types=first, functions=functions(records(
                inside.layout.FUNCTION_INFO, module.functions, module.function_count)),
            python=copy(inside.layout.PYTHON, module.python, **(python or {})))]))

    def _put(self, address):
        ctypes.c_void_p.in_dll(self.library, "described").value = address
        _lasting.append(self)  # as what a library has in it does
        return self.path


_names = itertools.count()
_lasting = []
