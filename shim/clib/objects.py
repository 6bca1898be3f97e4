# SPDX-License-Identifier: MIT
"""Objects of C++ in Python."""

from __future__ import annotations

from . import ledger
from .errors import E_BUSY
from .ledger import note
from .layout import DESTRUCTOR, IS_CPYTHON, PIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, NoReturn, Protocol, TypeVar

    Self = TypeVar("Self", bound="Object")

    class Outcome(Protocol):
        """What a failed call came to (clib.outcome)."""

        status: int

    class Entries(Protocol):
        """The functions of a class that its objects themselves call. Each of the first three takes a
        handle, and returns the outcome of a failure, which is the caller's to finish."""

        def free(self, handle: int) -> Outcome | None: ...
        def unpin(self, handle: int) -> Outcome | None: ...

        def pin(self, handle: int) -> int | Outcome:
            """Returns the address of the bytes, or the outcome of a failure."""

        def failure(self, role: int, outcome: Outcome, receiver: object) -> BaseException:
            """The exception for a failure of the function with this role. Finishes the outcome."""

        def report(self, outcome: Outcome, name: str) -> None:
            """Reports what a callback has raised that nobody can catch. Finishes the outcome."""


def is_a(argument: object, *classes: type) -> bool:
    """Whether it really is one, and does not only say so with __class__, as a mock does."""
    return issubclass(type(argument), classes)


class Object:
    """An object of C++, by its handle. It is freed once: by close(), at the end of a with statement,
    or when nothing refers to it any more."""

    _handle = 0  # of no object; each has its own
    _outlives_a_view = False  # whether a collection tried to free it before a view of it
    _entries: ClassVar[Entries]
    # Of a class that functions return: its objects by their handles, so that one that Python has
    # comes back as the same object.
    _objects: ClassVar[Any] = None
    _module_name = ""

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} cannot be made by calling it; look for a function "
                        "that returns one")

    @classmethod
    def _adopt(cls, handle: int) -> Any:
        """The object for a handle that C++ returns."""
        if cls._objects is not None:
            known = cls._objects.get(handle)
            if known is not None and known._handle == handle:
                return known
        return cls._adopt_new(handle)

    @classmethod
    def _adopt_new(cls, handle: int) -> Any:
        """A new object for a handle that no other object has."""
        new_object = cls.__new__(cls)
        new_object._handle = handle
        if cls._objects is not None:
            cls._objects[handle] = new_object
        if ledger.ledgers:
            note(new_object)
        return new_object

    def close(self) -> None:
        """Frees the object now. Does nothing if that is done already."""
        handle = self._take()
        if handle:
            failed = self._entries.free(handle)
            if failed is not None:
                self._close_failed(handle, failed)

    def _close_failed(self, handle: int, failed: Outcome) -> None:
        if failed.status == E_BUSY and not IS_CPYTHON:
            import gc
            for _ in range(3):  # PyPy ends a view, and what keeps it, only when it collects
                gc.collect()
            again = self._entries.free(handle)
            if again is None:
                return
            failed = again
        if failed.status == E_BUSY:
            self._put(handle)
        raise self._entries.failure(DESTRUCTOR, failed, None)

    def _take(self) -> int:
        """The handle, which the object does not have from then on. In one step: of two threads, one
        gets it."""
        handle: int = self.__dict__.pop("_handle", 0)
        if handle and self._objects is not None:
            self._objects.pop(handle, None)
        return handle

    def _put(self, handle: int) -> bool:
        """Gives the object a handle, unless it has one. In one step, as _take() is."""
        if self.__dict__.setdefault("_handle", handle) is not handle:
            return False
        if self._objects is not None:
            self._objects[handle] = self
        return True

    @property
    def closed(self) -> bool:
        """Whether the object was freed."""
        return not self._handle

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        handle = self._handle
        if handle:
            failed = self._entries.free(handle)
            if failed is not None:
                if failed.status == E_BUSY:
                    self._outlives_a_view = True
                self._entries.report(failed, type(self).__name__)

    def __reduce_ex__(self, _: object) -> NoReturn:
        what = "pickled" if hasattr(self, "__copy__") else "pickled or copied"
        raise TypeError(f"{self._full_name()} cannot be {what}: the object lives in this process; "
                        "pass what is needed to make it again")

    @classmethod
    def _full_name(cls) -> str:
        return f"{cls._module_name}.{cls.__name__}" if cls._module_name else cls.__name__

    def __repr__(self) -> str:
        if self.closed:
            return f"<{self._full_name()}, closed>"
        return f"<{self._full_name()} at {self._handle:#x}>"


def initialise(new_object: Object, handle: int) -> None:
    """Gives an object the handle that its constructor returned."""
    while not new_object._put(handle):  # __init__() was called again, or by another thread too
        try:
            Object.close(new_object)
        except BaseException:
            failed = new_object._entries.free(handle)
            if failed is not None:
                new_object._entries.report(failed, type(new_object).__name__)
            raise
    if ledger.ledgers:
        note(new_object)


class View:
    """Keeps an object pinned while a memoryview of its bytes exists."""

    def __init__(self, owner: Pinned) -> None:
        self._owner = owner  # lives as long as its view
        self._handle = owner._handle  # which the owner lacks while close() tries to free it

    def __del__(self) -> None:
        failed = self._owner._entries.unpin(self._handle)
        if failed is not None:
            self._owner._entries.report(failed, type(self._owner).__name__)
        if self._owner._outlives_a_view:
            self._owner.__del__()


def _view_of_memory(address: int, size: int, owner: object) -> memoryview:
    """The bytes at an address. The owner lives as long as this view and those made of it."""
    if IS_CPYTHON:
        import ctypes
        memory: Any = (ctypes.c_ubyte * size).from_address(address)
        memory._owner = owner
        return memoryview(memory).cast("B")
    # PyPy's views keep the memory of such an array but not the array. What its cffi makes, they keep.
    cffi: Any = __import__("_cffi_backend")
    pointer = cffi.cast(cffi.new_pointer_type(cffi.new_primitive_type("unsigned char")), address)
    return memoryview(cffi.buffer(cffi.gcp(pointer, lambda _, owner=owner: None), size))


class Pinned(Object):
    """An object whose bytes can be seen in place."""

    _is_readonly: bool

    def __len__(self) -> int:
        raise NotImplementedError

    def view(self) -> memoryview:
        """The bytes in place, not a copy. While a view exists, what would move or free the bytes
        raises BufferError; release() it, or use it in a with statement."""
        address = self._entries.pin(self._handle)
        if not isinstance(address, int):
            raise self._entries.failure(PIN, address, self)
        pin = View(self)
        view = _view_of_memory(address, len(self), pin)
        return view.toreadonly() if self._is_readonly else view

    @property
    def __array_interface__(self) -> dict[str, object]:
        """The bytes in place for numpy, where an object of Python cannot be a buffer. The array keeps
        the view."""
        view = self.view()
        return {"version": 3, "typestr": "|u1", "shape": (len(view),), "data": view}

    def __buffer__(self, flags: int) -> memoryview:
        if flags & 1 and self._is_readonly:  # PyBUF_WRITABLE
            raise BufferError(f"{self._full_name()} cannot be written to; make a CharBuffer of it")
        return self.view()
