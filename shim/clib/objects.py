# SPDX-License-Identifier: MIT
"""Objects of C++ in Python."""

from __future__ import annotations

from _weakref import ref

from . import ledger
from .errors import E_BUSY, E_HANDLE, E_NO_MEMORY, E_UNKNOWN
from .ledger import note
from .layout import DESTRUCTOR, IS_CPYTHON, PIN
from .outcome import ObjectOutcome, Outcome, new_outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Protocol, TypeVar

    Self = TypeVar("Self", bound="Object")

    class Entries(Protocol):
        """The functions of a class that its objects themselves call."""

        def free(self, handle: int) -> Outcome | None:
            """Returns the outcome of a failure, which is the caller's to finish."""

        def unpin(self, outcome: Outcome, handle: int) -> object: ...

        def pin(self, outcome: Outcome, handle: int) -> int | None:
            """Returns the address of the bytes, or None after a failure."""

        def failure(self, role: int, outcome: Outcome, receiver: object) -> BaseException:
            """The exception for a failure of the function with this role. Finishes the outcome."""

        def report(self, outcome: Outcome, name: str) -> None:
            """Reports what a callback has raised that nobody can catch. Finishes the outcome."""

        def raise_later(self, error: BaseException) -> object:
            """Has the main thread raise an exception of a signal handler that came in a finalizer, when
            this finalizer has returned, and what it got here is freed."""


def is_a(argument: object, *classes: type) -> bool:
    """Whether it really is one, and does not only say so with __class__, as a mock does."""
    return issubclass(type(argument), classes)


def why_without_handle(without: Any, owner: type) -> str:
    """What is wrong with an object that has no handle."""
    if without._was_made():
        return f"this {owner.__name__} is closed; make a new one"
    return (f"{owner.__name__}.__init__() was not called; call super().__init__() in the "
            f"__init__() of {type(without).__name__}")


def _none() -> None:
    """As a weak reference to nothing."""


OWN_NAMES = ("_handle", "_has_had_handle", "_holder", "_outlives_a_view")  # no attributes of its user


def set_known_attribute(self: Object, name: str, value: object) -> None:
    """Sets an attribute that the class has: its objects have no others, as natively."""
    if name not in OWN_NAMES and not hasattr(getattr(type(self), name, None), "__set__"):
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
    object.__setattr__(self, name, value)


class Object:
    """An object of C++, by its handle. It is freed once: by close(), at the end of a with statement,
    or when nothing refers to it any more."""

    _handle = 0  # of no object; each has its own
    _has_had_handle = False
    _has_own_finalizer = False  # whether a derived class has its own __del__()
    _holder: Holder
    _outlives_a_view = False  # whether a collection tried to free it before a view of it
    _entries: ClassVar[Entries]
    # Of a class that functions return: weak references to its objects by their handles, so that one
    # that Python has comes back as the same object.
    _objects: ClassVar[Any] = None
    _outcomes: ClassVar[type[ObjectOutcome]]
    _module_name = ""

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} cannot be made by calling it; look for a function "
                        "that returns one")

    @classmethod
    def _adopt(cls, handle: int) -> Any:
        """The object for a handle that C++ returns."""
        if cls._objects is not None:
            known = cls._objects.get(handle, _none)()
            if known is not None and known._handle == handle:
                return known
        return cls._adopt_new(handle)

    @classmethod
    def _adopt_new(cls, handle: int) -> Any:
        """A new object for a handle that no other object has."""
        own = cls._class_of(handle)
        new_object = own.__new__(own)
        new_object._put(handle)
        if ledger.ledgers:
            note(new_object)
        return new_object

    @classmethod
    def _class_of(cls, handle: int) -> Any:
        """The class of the object with a handle: this one, or one that is derived from it."""
        return cls

    @classmethod
    def _outcome_class(cls) -> type[ObjectOutcome]:
        """The class of records for calls that return such an object."""
        if "_outcomes" not in vars(cls):
            cls._outcomes = type("Outcome", (ObjectOutcome,), {"_class": cls, "_pool": []})
        return cls._outcomes

    @classmethod
    def _is_known(cls, handle: int) -> bool:
        """Whether an object has this handle."""
        return cls._objects is not None and cls._objects.get(handle, _none)() is not None

    @classmethod
    def _drop(cls, handle: int) -> None:
        """Frees what C++ has returned, and no object has got."""
        if not cls._is_known(handle):
            failed = cls._entries.free(handle)
            if failed is not None:
                cls._entries.report(failed, cls.__name__)

    def close(self) -> None:
        """Frees the object now. Does nothing if that is done already."""
        handle = self._handle
        if handle:  # which the object has until it is freed, so that nobody sees it closed before
            failed = self._entries.free(handle)
            if failed is not None and failed.status == E_BUSY and not IS_CPYTHON:
                failed = self._free_after_a_view(handle, failed)
            if failed is None:
                self._forget(handle)
            elif failed.status == E_HANDLE:  # another thread has freed it
                failed.finish()
                self._forget(handle)
            else:
                if failed.status not in (E_BUSY, E_NO_MEMORY):
                    self._forget(handle)
                raise self._entries.failure(DESTRUCTOR, failed, None)

    _close = close

    def _free_after_a_view(self, handle: int, failed: Outcome) -> Outcome | None:
        """PyPy ends a view, and what keeps it, only when it collects."""
        import gc
        for _ in range(3):
            gc.collect()
        failed.finish()
        return self._entries.free(handle)

    def _forget(self, handle: int) -> None:
        """Takes a handle away that leads to nothing. If the object has got another one, it stays."""
        taken = self._take()
        if taken not in (0, handle) and not self._put(taken):
            self._drop(taken)

    def _take(self) -> int:
        """The handle, which the object does not have from then on. In one step: of two threads, one
        gets it."""
        self._has_had_handle = True
        handle: int = self.__dict__.pop("_handle", 0)
        if handle and self._objects is not None:
            self._objects.pop(handle, None)
        return handle

    def _initialise(self, handle: int) -> None:
        """Gives the object the handle that its constructor has returned."""
        while not self._put(handle):  # __init__() was called again, or by another thread too
            try:
                self._close()
            except BaseException:
                self._drop(handle)
                raise
        if ledger.ledgers:
            note(self)

    def _was_made(self) -> bool:
        """Whether its constructor, or another function of C++, has made it."""
        return self._has_had_handle or bool(self._handle)

    def _put(self, handle: int) -> bool:
        """Gives the object a handle, unless it has one. In one step, as _take() is."""
        holder = Holder(self._entries, handle) if self._has_own_finalizer else None
        if self.__dict__.setdefault("_handle", handle) is not handle:
            if holder is not None:
                holder.handle = 0
            return False
        if holder is not None:
            self._holder = holder
        if self._objects is not None:
            self._objects[handle] = ref(self)
        return True

    @property
    def closed(self) -> bool:
        """Whether the object was freed."""
        return not self._handle

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        made = [each for each in cls.__mro__ if "_entries" in vars(each)]
        if any([not issubclass(made[0], each) for each in made]):
            raise TypeError("multiple bases have instance lay-out conflict")  # as natively
        if "_entries" not in vars(cls) and vars(cls).get("__slots__", True) != () and \
                cls.__setattr__ is set_known_attribute:
            setattr(cls, "__setattr__", object.__setattr__)
        cls._has_own_finalizer = cls.__del__ is not Object.__del__

    def __del__(self) -> None:
        try:
            handle = self._handle
            if handle:
                if self._objects is not None:
                    self._objects.pop(handle, None)
                failed = self._entries.free(handle)
                if failed is not None:
                    if failed.status == E_BUSY:
                        self._outlives_a_view = True
                    self._entries.report(failed, type(self).__name__)
        except BaseException as error:  # mostly of a signal handler, which is to come later then
            if self._handle:
                self._entries.free(self._handle)  # twice is once
            _ = self._entries.raise_later(error)

    def __reduce_ex__(self, protocol: Any) -> Any:
        own: Any = type(self)
        if own.__reduce__ is not object.__reduce__:
            return self.__reduce__()
        if getattr(own, "__getstate__", None) is not getattr(object, "__getstate__", None):
            import copyreg
            state = own.__getstate__(self)
            if type(state) is dict:
                state = {name: value for name, value in state.items() if name not in OWN_NAMES}
            return copyreg.__newobj__, (own,), state  # type: ignore[attr-defined]
        if hasattr(own, "_from_state"):
            from .pickles import reduced_object
            kept = getattr(self, "__dict__", {})
            return reduced_object(self, {name: value for name, value in kept.items()
                                         if name not in OWN_NAMES})
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


class Holder:
    """Frees what an object has, after a finalizer of its own, which need not do so and may keep it."""

    def __init__(self, entries: Entries, handle: int) -> None:
        self._entries = entries
        self.handle = handle

    def __del__(self) -> None:
        try:
            failed = self._entries.free(self.handle)
            if failed is not None:
                self._entries.report(failed, "")
        except BaseException as error:  # mostly of a signal handler, which is to come later then
            self._entries.free(self.handle)
            _ = self._entries.raise_later(error)


class View:
    """Keeps an object pinned while a memoryview of its bytes exists."""

    outcome: Any = None

    def __init__(self, owner: Pinned) -> None:
        self._owner = owner  # lives as long as its view
        self._handle = owner._handle
        outcome, self._end = new_outcome(), new_outcome()
        outcome.status = self._end.status = E_UNKNOWN  # until it is pinned, and unpinned
        self.outcome = outcome

    def pin(self) -> int | None:
        """The address of the bytes; None after a failure, of which `outcome` says why."""
        return self._owner._entries.pin(self.outcome, self._handle)

    def __del__(self) -> None:
        try:
            self._finish()
        except BaseException as error:  # mostly of a signal handler, which is to come later then
            self._finish()
            _ = self._owner._entries.raise_later(error)

    def _finish(self) -> None:
        """Unpins the object. Goes on where it was, if it is called again."""
        if self.outcome is not None and self.outcome.status >= 0 > self._end.status:
            self._owner._entries.unpin(self._end, self._handle)
        if self._owner._outlives_a_view:
            Object.__del__(self._owner)
        for name in ("outcome", "_end"):  # for other calls
            record = self.__dict__.pop(name, None)
            if record is not None and record.status >= 0:
                record.finish()


def view_of_memory(address: int, size: int, owner: object) -> memoryview:
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
        pin = View(self)
        address = pin.pin()
        if address is None:
            failed, pin.outcome = pin.outcome, None
            raise self._entries.failure(PIN, failed, self)
        view = view_of_memory(address, len(self), pin)
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
