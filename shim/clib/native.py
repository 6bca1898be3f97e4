# SPDX-License-Identifier: MIT
"""Native functions and types of CPython, made of a library's thunks:

    PyMethodDef    -> clib_function.python_call     a function or method
    PyType_Slot    -> clib_function.python_slot     what is special about a type
    clib_function.python -> a fallback and a raise function of this module
    clib_python.exceptions -> the built-in exceptions that thunks raise themselves

The structs that CPython keeps are bytes here. They live for ever, as the functions may.
"""

from __future__ import annotations

import sys

from . import ending, ledger
from .classes import add_overrides, attribute_name, build_class, complete, extras_of, iterating
from .description import Value
from .foreign import (
    Int, Pointer, PythonObject, Size, UInt64, address_of, call, function_at, is_main_interpreter,
    object_at, set_pair, set_pointer,
)
from .layout import (
    CONSTANT, CONSTRUCTOR, DESTRUCTOR, FUNCTION, IS_CPYTHON, METHOD, OVERRIDE, PIN, PROPERTY,
    PYTHON_MEMBERS, SETTER, SLOTS_BY_NAME, SLOTS_BY_ROLE, TRAVERSE, UNPIN, Struct,
)
from .kinds import kind_of
from .ledger import note
from .objects import Object, Pinned
from .signature import native_literal, parameter_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .binding import Binding
    from .description import Function, Type
    from .reader import PythonTable

# Structs of CPython, as its stable ABI fixes them.
_METHOD_DEF = Struct("PPiP")  # PyMethodDef: name, function, flags, doc
_GETSET_DEF = Struct("PPPPP")  # PyGetSetDef: name, getter, setter, doc, closure
_MEMBER_DEF = Struct("PiqiP")  # PyMemberDef: name, type, offset, flags, doc
_TYPE_SLOT = Struct("iP")  # PyType_Slot: slot, function
_TYPE_SPEC = Struct("PiiIP")  # PyType_Spec: name, basicsize, itemsize, flags, slots

METH_FASTCALL_KEYWORDS, METH_NOARGS = 0x80 | 0x02, 0x04
T_ULONGLONG, T_PYSSIZET, READONLY = 18, 19, 1
TPFLAGS = 1 << 18 | 1 << 10  # Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE
SLOTS = {"bf_getbuffer": 1, "bf_releasebuffer": 2, "sq_length": 45, "tp_alloc": 47,
         "tp_clear": 51, "tp_dealloc": 52, "tp_doc": 56, "tp_init": 60, "tp_iter": 62, "tp_iternext": 63,
         "tp_methods": 64, "tp_traverse": 71, "tp_members": 72, "tp_getset": 73}

# Attributes of a class that are not for another one.
_OF_ONE_CLASS = {"__module__", "__doc__", "__dict__", "__weakref__", "__slots__", "__qualname__",
                 "__annotations__", "__init__", "__init_subclass__", "__del__", "__buffer__",
                 "__static_attributes__", "__firstlineno__"}


class NotNative(Exception):
    """Why a library is used through ctypes."""


class NeverNative(NotNative):
    """The same, where there is nothing that anybody could do about it."""


def check_python() -> None:
    """Raises NotNative if this Python can have no native functions."""
    if not IS_CPYTHON:
        import platform
        raise NeverNative(f"{platform.python_implementation()} is not CPython")
    if "free-threading build" in sys.version:
        raise NeverNative("this is a free-threaded build, whose objects have another layout")
    if not is_main_interpreter():
        raise NeverNative("this is a sub-interpreter, and only the main interpreter of a process has "
                          "native functions")


class _Fallback:
    """What a thunk calls for what it does not do itself. Most programs need few of these functions, so
    each is made when it is called first."""

    __slots__ = ("_native", "_functions")

    def __init__(self, native: Native, functions: list[Function]) -> None:
        self._native = native
        self._functions = functions

    def __call__(self, /, *_: object, **__: object) -> None:
        """Makes the function, which the thunk then calls itself, and drops from a traceback."""
        self._native.bind(self._functions)


class _Raise:
    """What a thunk calls when the function of C++ has failed."""

    __slots__ = ("_native", "_function")

    def __init__(self, native: Native, function: Function) -> None:
        self._native = native
        self._function = function

    def __call__(self, status: int, sentence: str, error_number: int, exception: int,
                 receiver: object, details: str) -> None:
        function = self._function
        if function.role != DESTRUCTOR or receiver is not None:
            from .failures import failure, is_plain
            binding = self._native._binding
            failed = failure(function, binding.classes, binding.exceptions, status,
                             sentence + details, error_number, exception, receiver)
            if is_plain(status) and not exception and not details and function.role != DESTRUCTOR:
                self._native.raise_itself(function, status, type(failed))
            raise failed
        if exception:  # nobody can catch it
            from .raised import report, take
            error = take(exception)
            if error is not None:
                report(error, function.class_type.name)


class _Tell:
    """What the library calls with the exception of a callable, if it has exceptions of its own."""

    def __init__(self, binding: Binding) -> None:
        self._binding = binding
        self._tell: Any = None

    def __call__(self, error: BaseException, traceback: Any, source: object) -> int:
        if traceback is not None:
            error = error.with_traceback(traceback)
        if self._tell is None:
            from .exceptions import teller
            self._tell = teller(self._binding)
            _ = self._binding.calls  # which forgets what C++ has caught
        number: int = self._tell(error, source)
        return number


def _checked_result(function: Callable[..., object] | None, result: object) -> int:
    from .callbacks import checked_result
    return checked_result(function, result)


def _value_of(text: str, types: Mapping[str, Type]) -> Value:
    """A kind as a library writes it: 25(13) is a list of text, 18:shape an object of this symbol."""
    import re
    stack: list[list[Value]] = [[]]
    for number, symbol, mark, count in re.findall(r"(\d+)(?::([\w]+))?|([(),])|\*(\d+)", text):
        if number:
            stack[-1].append(Value("", int(number), type=types.get(symbol), parts=[]))
        elif count:
            stack[-1][-1].count = int(count)
        elif mark == "(":
            stack.append(stack[-1][-1].parts)
        elif mark == ")":
            stack.pop()
    return stack[0][0]


def _converted(number: int, is_argument: bool, value: object) -> object:
    """What C gets of an argument, or None if it is of no usual type; what Python gets of a value."""
    kind = kind_of(number)
    assert kind is not None, f"there is no kind {number}"
    if not is_argument:
        return kind.to_python(value)
    try:
        return kind.from_argument(value)
    except Exception:  # the way through ctypes says why
        return None
    except BaseException as error:  # of a signal handler
        from .raised import raise_later
        raise_later(error)
        return None


class Native:
    """The native functions and types of one library. Raises NotNative."""

    def __init__(self, binding: Binding, table: PythonTable | None) -> None:
        if table is None:
            raise NeverNative("the library has no native functions")
        if not table.exceptions:
            raise NotNative("the library was made with an older clib, before its native functions "
                            "were finished")
        self._binding = binding
        self._kept: list[object] = []
        self._types: dict[str, Any] = {}
        self._root: Any = None  # of the classes that another one has several of as its bases
        self._values: dict[str, Value] = {}  # what callables return, by the text of its kind
        self._bound: dict[int, Any] = {}  # once, though two threads may call one at once
        call(address_of("Py_IncRef"), None, (PythonObject, self._kept))  # also while Python ends
        self._offset = object.__basicsize__
        self._at = function_at(address_of("PyBytes_AsString"), False, Pointer, PythonObject)
        addresses = [address_of(name) for name in table.names]
        if 0 in addresses:
            raise NotNative(f"this Python has no {table.names[addresses.index(0)]}")
        count = len(addresses)
        if call(table.bind, Int, (Pointer, self._keep(Struct(f"{count}P").pack(*addresses))),
                (Size, count), (Size, self._offset)) != 0:
            raise NotNative("another copy of the package clib in this process has set the library "
                            "up; let all import the same copy")
        ending.before.append(function_at(table.unbind, False, None))
        self._kept += _checked_result, _converted
        call(table.check_results, None, (PythonObject, _checked_result))
        convert = self._convert
        self._tell = _Tell(binding) if binding.exceptions and binding.table.exception_raised else None
        keep_error = self._keep_error
        self._kept += convert, keep_error, self._tell
        life = self._keep(bytes(1))  # its address is no other interpreter's
        call(table.set_callables, None, (PythonObject, convert), (PythonObject, keep_error),
             (Pointer, life))
        forget = function_at(binding.table.forget_callbacks, True, None, Pointer)
        ending.after.append(lambda: forget(life))
        call(table.set_converter, None, (PythonObject, _converted))
        if self._tell is not None:
            call(table.tell_exceptions, None, (PythonObject, self._tell))
        self._trace, self._plain = table.trace, table.exceptions
        self._object_of = function_at(table.object_of, False, Pointer, UInt64)
        self._put_handle = function_at(table.put_handle, False, Int, PythonObject, UInt64)
        self._take_handle = function_at(table.take_handle, False, UInt64, PythonObject)
        self._new_function = function_at(address_of("PyCFunction_NewEx"), False, PythonObject,
                                         Pointer, Pointer, PythonObject)
        self._new_type = function_at(address_of("PyType_FromSpecWithBases"), False, PythonObject,
                                     Pointer, PythonObject)

    def raise_itself(self, function: Function, status: int, kind: type[BaseException]) -> None:
        """Has the thunk of a function raise a failure that is a sentence and no more."""
        names = f"{function.symbol}: \0{function.full_name}: "
        set_pointer(function.python + 16, self._text(names))
        set_pointer(self._plain + 8 * -status, id(kind))

    def _keep_error(self, kind: type[BaseException], error: object, traceback: object,
                    function: object) -> int:
        from .callbacks import keep_native
        _ = self._binding.calls  # which forgets what C++ has caught
        return keep_native(kind, error, traceback, function, self._tell)

    def _convert(self, function: object, result: object, kind: str) -> object:
        from .callbacks import converted
        value = self._values.get(kind)
        if value is None:
            types = {each.symbol: each for each in self._binding.description.types}
            value = self._values[kind] = _value_of(kind, types)
        return converted(function, result, value, self._binding.classes)

    def trace(self, is_traced: bool) -> None:
        """Whether the fallbacks make all objects."""
        call(self._trace, None, (Int, is_traced))

    def _keep(self, data: bytes) -> int:
        """The address of bytes that live for ever."""
        self._kept.append(data)
        address: int = self._at(data)
        return address

    def _text(self, text: str) -> int:
        return self._keep(text.encode())

    def _doc(self, function: Function, name: str, receiver: str, doc: str) -> int:
        """A docstring, with the signature in the form that inspect finds in it."""
        return self._text(f"{name}({parameter_list(function, receiver, None, native_literal)})\n--\n\n"
                          f"{doc}")

    def _method(self, overloads: list[Function], name: str) -> bytes:
        function = overloads[0]
        doc = self._doc(function, name, "$self", function.full_doc) if len(overloads) == 1 else \
            self._overloads_doc(overloads)
        return _METHOD_DEF.pack(self._text(name), function.python_call, METH_FASTCALL_KEYWORDS, doc)

    def _overloads_doc(self, overloads: list[Function]) -> int:
        from .overloads import overloads_doc
        return self._text(overloads_doc(overloads))

    def function(self, overloads: list[Function]) -> Any:
        """A function of the module, or one of a type that takes no object."""
        definition = self._keep(self._method(overloads, overloads[0].python_name))
        owner, library = overloads[0].owner, self._binding.description.name
        return self._new_function(definition, None,
                                  owner.module_name(library) if owner else library)

    def _spec(self, of_type: Type, extras: type | None) -> int:
        slots: list[tuple[str, int]] = []
        names = {each.name for each in self._binding.functions_of(of_type)}
        methods, properties = [], []
        setters: dict[str, int] = {}
        doc = of_type.doc
        doc_at = 0
        for overloads in self._binding.overloads_of(of_type):
            function = overloads[0]
            slot = SLOTS_BY_NAME.get(function.name) if function.role == METHOD else \
                SLOTS_BY_ROLE.get(function.role)
            if slot is not None:
                slots.append((slot, function.python_slot))
            if function.role == CONSTRUCTOR:
                if function.python_call:
                    slots.append(("tp_alloc", function.python_call))
                doc_at = self._doc(function, of_type.own_name, "", _joined(doc, function.full_doc)) if len(overloads) == 1 else \
                    self._constructors_doc(overloads, doc)
            elif function.role == TRAVERSE:
                slots.append(("tp_clear", function.python_call))
            elif function.role == SETTER:
                setters[function.name] = function.python_slot
            elif function.role == DESTRUCTOR and function.python_call:
                methods += self._closing_methods(function, names)
            elif function.role == PROPERTY:
                properties.append(_GETSET_DEF.pack(
                    self._text(function.python_name), function.python_slot,
                    setters.get(function.name, 0),
                    self._text(function.doc) if function.doc else 0, 0))
            elif function.role == METHOD and slot is None:
                methods.append(self._method(overloads, attribute_name(function, extras)))
        slots += [
            ("tp_doc", doc_at or self._text(doc)),
            ("tp_methods", self._keep(b"".join(methods) + bytes(_METHOD_DEF.size))),
            ("tp_getset", self._keep(b"".join(properties) + bytes(_GETSET_DEF.size))),
            ("tp_members", self._keep(self._head_members()))]
        if ("tp_iternext" in [slot for slot, _ in slots]):
            slots.append(("tp_iter", address_of("PyObject_SelfIter")))
        filled = b"".join([_TYPE_SLOT.pack(SLOTS[slot], address) for slot, address in slots])
        return self._keep(_TYPE_SPEC.pack(
            self._text(f"{self._binding.description.name}.{of_type.name}"), self._offset + 24, 0,
            TPFLAGS, self._keep(filled + bytes(_TYPE_SLOT.size))))

    def _head_members(self) -> bytes:
        return (
            _MEMBER_DEF.pack(self._text("_handle"), T_ULONGLONG, self._offset, 0, 0) +
            _MEMBER_DEF.pack(self._text("_slot"), T_ULONGLONG, self._offset + 16, READONLY, 0) +
            _MEMBER_DEF.pack(self._text("__weaklistoffset__"), T_PYSSIZET, self._offset + 8,
                             READONLY, 0) + bytes(_MEMBER_DEF.size))

    def _constructors_doc(self, overloads: list[Function], doc: str) -> int:
        from .overloads import overloads_doc
        return self._text(_joined(doc, overloads_doc(overloads)))

    def _closing_methods(self, function: Function, others: set[str]) -> list[bytes]:
        """The same that Object has in Python: to close an object costs no more than to let it go."""
        close = function.python_call
        return [
            _METHOD_DEF.pack(self._text(name), address, flags, self._text(doc))
            for name, address, flags, doc in (
                ("close", close, METH_FASTCALL_KEYWORDS,
                 f"close($self)\n--\n\n{Object.close.__doc__}"),
                ("_close", close, METH_FASTCALL_KEYWORDS, ""),
                ("__exit__", close, METH_FASTCALL_KEYWORDS, "__exit__($self, *_)\n--\n\n"),
                ("__enter__", address_of("PyObject_SelfIter"), METH_NOARGS,
                 "__enter__($self)\n--\n\n")) if name == "close" or name not in others]

    def build_class(self, of_type: Type) -> Any:
        bases, attributes = build_class(self._binding, of_type)
        extras = extras_of(self._binding.description, of_type)
        listed = bases[:len(of_type.bases)]
        bases = bases[len(listed):]
        built = self._new_type(self._spec(of_type, extras), listed or (self._root_of(of_type),))
        # Copied and not inherited: objects of a class that is derived from one in Python would be
        # larger, slower and known to the garbage collector, which has no business with them.
        built.__module__ = attributes["__module__"]
        built.__name__ = of_type.own_name  # that Python's own sentences have it as of any other class
        built.__qualname__ = of_type.qualified_name
        native = set(vars(built))
        has_destructor = any([function.role == DESTRUCTOR
                              for function in self._binding.functions_of(of_type)])
        copied: dict[str, Any] = {}
        for base in reversed((*bases[:-1], *bases[-1].__mro__[:-1]) if bases else ()):
            copied.update(vars(base))
        copied.update(attributes)
        if not listed:
            copied.update(self._identity())
        if "view" in copied:
            copied["view"] = _view
        if "__init__" not in native:
            built.__init__ = Object.__init__
        for name, attribute in copied.items():
            if name not in native and name not in _OF_ONE_CLASS:
                setattr(built, name, attribute)
        # A class that is derived from this one may call it; the native type frees the object.
        built.__del__ = object.__init__ if has_destructor else _leave
        if sys.version_info < (3, 10) or "_set_overrides" in native:
            for function, *others in self._binding.overloads_of(of_type):
                if function.role == CONSTRUCTOR and not others:
                    built.__signature__ = _Signature(built, function)
        if "_class_of" in attributes:
            _refuse_two_bases(built)
        self._kept.append(built)
        self._types[of_type.name] = built
        made = built
        if of_type.has_dynamic_attributes:  # Python gives a derived class a dict, and collects it
            made = type(of_type.own_name, (built,), {
                "__module__": built.__module__, "__qualname__": of_type.qualified_name,
                "__doc__": built.__doc__})
            self._kept.append(made)
        set_pair(of_type.python, id(built), 0)
        set_pointer(of_type.python + 16, id(made))
        return made

    def _root_of(self, of_type: Type) -> Any:
        """What a class without bases is derived from. CPython allows several bases only of types whose
        objects are laid out as those of one of them."""
        if not any([of_type in each.roots and len(set(each.roots)) > 1
                    for each in self._binding.description.types]):
            return object
        if self._root is None:
            members = self._head_members()
            slots = _TYPE_SLOT.pack(SLOTS["tp_members"], self._keep(members))
            self._root = self._new_type(self._keep(_TYPE_SPEC.pack(
                self._text(f"{self._binding.description.name}._Object"), self._offset + 24, 0,
                TPFLAGS, self._keep(slots + bytes(_TYPE_SLOT.size)))), (object,))
            _refuse_two_bases(self._root)
        return self._root

    def _identity(self) -> dict[str, object]:
        """What a native object does with its handle. The slot of a handle knows its object. Each step
        is one call of C, in which Python does not change to another thread."""
        object_of, put_handle, take_handle = self._object_of, self._put_handle, self._take_handle

        def adopt_new(cls: type[Object], handle: int) -> object:
            own = cls._class_of(handle)
            new_object: Any = own.__new__(own)
            put_handle(new_object, handle)
            if ledger.ledgers:
                note(new_object)
            return new_object

        def adopt(cls: type[Object], handle: int) -> object:
            known = object_of(handle)
            return object_at(known) if known else adopt_new(cls, handle)

        def take(self: Object) -> int:
            handle: int = take_handle(self)
            return handle

        def put(self: Object, handle: int) -> bool:
            return bool(put_handle(self, handle))

        def is_known(cls: type[Object], handle: int) -> bool:
            return bool(object_of(handle))

        def was_made(self: Any) -> bool:
            return bool(self._handle or self._slot)

        return {"_was_made": was_made, "_adopt": classmethod(adopt), "_adopt_new": classmethod(adopt_new), "_take": take,
                "_put": put, "_is_known": classmethod(is_known)}

    def set_members(self, of_type: Type) -> None:
        """Passes the members of an enum."""
        members: Any = of_type.members_by_number
        pairs = sorted([((number + (1 << 63)) % (1 << 64) - (1 << 63), id(member))
                        for number, member in members.items()])
        numbers, objects = zip(*pairs)
        count = len(pairs)
        self._kept.append(members)
        set_pair(of_type.python, id(members.built), self._keep(PYTHON_MEMBERS.struct.pack(
            count, self._keep(Struct(f"{count}q").pack(*numbers)),
            self._keep(Struct(f"{count}P").pack(*objects)))))

    def add_functions(self, of_type: Type) -> None:
        """Adds to a class what the native type does not have."""
        built = self._types[of_type.name]
        extras = extras_of(self._binding.description, of_type)
        for overloads in self._binding.overloads_of(of_type):
            self.connect(overloads)
            function = overloads[0]
            if function.role in (DESTRUCTOR, SETTER, PIN, UNPIN, TRAVERSE):
                continue
            name = attribute_name(function, extras)
            if function.role in (FUNCTION, OVERRIDE):
                setattr(built, name, self.function(overloads))
            elif function.role == CONSTANT:
                setattr(built, name, self.function(overloads)())
            elif name.startswith("__") and name not in ("__init__", "__next__", "__len__"):
                # Now for the operator of that name, too.
                setattr(built, name, iterating(function, vars(built)[name]))
        complete(built)
        add_overrides(self._binding, of_type, built)

    def connect(self, overloads: list[Function]) -> None:
        """Says what the thunks of one name call for what they do not do themselves."""
        fallback = _Fallback(self, overloads)
        self._kept.append(fallback)
        for function in overloads:
            raising = _Raise(self, function)
            self._kept.append(raising)
            set_pair(function.python, id(fallback), id(raising))

    def bind(self, overloads: list[Function]) -> Any:
        """The function through ctypes, which takes the place of the fallback."""
        function = overloads[0]
        bound = self._binding.calls.bind_all(overloads)
        if function.role == SETTER:
            bound = _setter(function, bound)
        bound = self._bound.setdefault(id(function), bound)
        self._kept.append(bound)
        set_pointer(function.python, id(bound))
        return bound


def _refuse_two_bases(owner: Any) -> None:
    """Refuses a class of Python's that has two bases of C++, which no class of C++ has together.
    CPython itself does so where those have no base together."""
    def __init_subclass__(cls: Any, /, **named: Any) -> None:
        super(owner, cls).__init_subclass__(**named)
        made = [each for each in cls.__mro__ if "_entries" in vars(each)]
        if any([not issubclass(made[0], each) for each in made]):
            raise TypeError("multiple bases have instance lay-out conflict")

    owner.__init_subclass__ = classmethod(__init_subclass__)


def _joined(*docs: str) -> str:
    return "\n\n".join(filter(None, docs))


def _setter(function: Function, bound: Callable[..., object]) -> Callable[..., object]:
    """The fallback of a setter, which has no value if the attribute is to be deleted."""
    def setter(self: Object, *value: object) -> object:
        if not value:
            raise AttributeError(f"{function.full_name} cannot be deleted; assign a value")
        return bound(self, *value)
    return setter


def _view(self: Any) -> memoryview:
    return memoryview(self)


_view.__name__, _view.__qualname__, _view.__doc__ = "view", "Pinned.view", Pinned.view.__doc__


def _leave(self: Object) -> None:
    """Of a type without a destructor: from then on, nobody has its handle."""
    self._take()


class _Signature:
    """A constructor's, made when it is asked for. Python 3.9 drops what stands in the docstring of a
    native type, and none looks there where __init__() is one in Python (overrides.py). A class that is
    derived from it may have another constructor."""

    def __init__(self, owner: type, constructor: Function) -> None:
        self._owner = owner
        self._constructor = constructor

    def __get__(self, _: object, owner: type) -> Any:
        if owner is not self._owner:
            raise AttributeError("__signature__")
        import inspect
        return inspect.Signature([
            inspect.Parameter(
                value.python_name, inspect.Parameter.KEYWORD_ONLY if value.is_keyword_only else
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=value.default if value.is_optional else inspect.Parameter.empty)
            for value in self._constructor.named_parameters])
