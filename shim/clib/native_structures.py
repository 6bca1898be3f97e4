# SPDX-License-Identifier: MIT
"""Structures as native types of CPython, made of a library's functions (clib_python_structure)."""

from __future__ import annotations

from .foreign import Char, Pointer, PythonObject, address_of, bytes_at, function_at, set_pair
from .kinds import of
from .layout import PYTHON_STRUCTURE, Struct
from .structures import Structure, attributes_of, field_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .binding import Binding
    from .description import Type

SLOTS = {"bf_getbuffer": 1, "tp_dealloc": 52, "tp_doc": 56, "tp_init": 60, "tp_new": 65,
         "tp_richcompare": 67, "tp_members": 72, "tp_getset": 73}
_MEMBER_DEF, _GETSET_DEF = Struct("PiqiP"), Struct("PPPPP")
_TYPE_SLOT, _TYPE_SPEC = Struct("iP"), Struct("PiiIP")
_T_ULONGLONG, _T_PYSSIZET, _READONLY = 18, 19, 1
_TPFLAGS = 1 << 18 | 1 << 10  # Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE
_kept: list[object] = []  # the types live for ever


class NativeStructure(Structure):
    """What a native type has of this module: its attributes are copied."""

    __slots__ = ()
    _argument = "{}._as_c()"
    _result = "result.__copy__()"
    _address: int  # of its bytes
    _binding: Binding
    _plain: Any = None

    @classmethod
    def _c_type(cls) -> Any:
        """What ctypes passes."""
        if cls._plain is None:
            from .plain_structures import c_type_of
            cls._binding.classes[cls._type.name]._plain = c_type_of(cls._binding, cls._type)
        return cls._plain

    _c_form = _c_type

    def _as_c(self) -> Any:
        """Itself as ctypes passes it, in place."""
        passed = self._c_type().from_address(self._address)
        passed.kept = self
        return passed

    @classmethod
    def _of_bytes(cls, data: bytes) -> Any:
        new: Any = cls.__new__(cls)
        memory: Any = (Char * len(data)).from_address(new._address)
        memory[:] = data
        return new

    def _do(self, first: Any, second: Any) -> object:
        """What the library does not do itself: comparing with another type; setting the member in a
        place, or deleting it; setting those for which __init__() got arguments."""
        if first is None:
            return NotImplemented
        if type(first) is not int:
            self._initialise(first, second or {})
            return None
        member, binding = self._type.members[first], self._binding
        where = f"{self._type.name}: {member.python_name}"
        if not second:
            raise AttributeError(f"{where} cannot be deleted; assign a value")
        class_type = None if member.type is None else binding.classes[member.type.name]
        setattr(self._as_c(), field_name(member),
                of(member).to_member(second[0], member, where, class_type))
        return None


def build_structure(binding: Binding, of_type: Type) -> Any:
    """The class of a structure."""
    at = function_at(address_of("PyBytes_AsString"), False, Pointer, PythonObject)

    def keep(data: bytes) -> int:
        _kept.append(data)
        address: int = at(data)
        return address

    attributes = attributes_of(binding, of_type)
    names = attributes["_names"]
    (_, _, _, byte_size, make, free, init, compare, get_buffer, members, _, _) = \
        PYTHON_STRUCTURE.struct.unpack(bytes_at(of_type.python, PYTHON_STRUCTURE.size))
    offset = object.__basicsize__
    functions = Struct("PP").iter_unpack(bytes_at(members, 16 * len(names)))
    properties = b"".join([_GETSET_DEF.pack(keep(name.encode()), get, put, 0, 0)
                           for name, (get, put) in zip(names, functions)])
    heads = b"".join([_MEMBER_DEF.pack(keep(name), kind, offset + place, _READONLY, 0)
                      for name, kind, place in ((b"_address", _T_ULONGLONG, 0),
                                                (b"__weaklistoffset__", _T_PYSSIZET, 8))])
    slots = b"".join([_TYPE_SLOT.pack(SLOTS[name], function) for name, function in (
        ("tp_new", make), ("tp_dealloc", free), ("tp_init", init), ("tp_richcompare", compare),
        ("bf_getbuffer", get_buffer), ("tp_doc", keep(of_type.doc.encode())),
        ("tp_members", keep(heads + bytes(_MEMBER_DEF.size))),
        ("tp_getset", keep(properties + bytes(_GETSET_DEF.size))))])
    spec = _TYPE_SPEC.pack(keep(f"{attributes['__module__']}.{of_type.own_name}".encode()),
                           offset + byte_size, 0, _TPFLAGS, keep(slots + bytes(_TYPE_SLOT.size)))
    new_type = function_at(address_of("PyType_FromSpecWithBases"), False, PythonObject, Pointer,
                           PythonObject)
    built = new_type(keep(spec), (object,))
    own = {**vars(Structure), **vars(NativeStructure), **attributes, "_binding": binding}
    for name, attribute in own.items():
        if name not in ("__slots__", "__annotations__", "__firstlineno__", "__static_attributes__",
                        "__dict__", "__weakref__", *names):
            setattr(built, name, attribute)
    built.__name__ = of_type.own_name  # that Python's own sentences have it as of any other class
    _kept.extend((built, names))
    set_pair(of_type.python, id(built), 0)
    set_pair(of_type.python + PYTHON_STRUCTURE.size - 16,
             keep(Struct(f"{len(names)}P").pack(*map(id, names))),
             keep(built._dtype_of().format.encode()))
    return built

