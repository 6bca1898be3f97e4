# SPDX-License-Identifier: MIT
"""load(), and what is alive."""

from __future__ import annotations

import os
import sys

from . import ledger
from .binding import Binding
from .description import Damaged
from .errors import LeakError
from .kinds import check, is_known_function, is_known_type
from .layout import CONSTANT, ENUM_TYPE, FUNCTION, HANDLE_TYPE, MODULE_TYPE, STRUCT_TYPE
from .library import damaged, environment, existing, find_own, identity, open_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import RLock
    from types import ModuleType
    from typing import Any

    from .description import Function
    from .ledger import Ledger
    from .library import PathLike
    from .native import Native
    from .reader import Reader
else:
    from _thread import RLock
    ModuleType = type(sys)


class Library(ModuleType):
    """A loaded library: its functions and classes, and `__version__`."""

    __version__: str
    __native__: bool
    __all__: list[str]
    __why_not_native__: str
    _binding: Binding
    _native: Native | None
    _package = ""  # the module that load_package() was first called for

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        description = self._binding.description
        unknown = [each.python_name for each in description.functions_of(None)
                   if not is_known_function(each)]
        unknown += [each.name for each in description.types if not is_known_type(each)]
        if name in unknown:
            raise AttributeError(f"{self.__name__}.{name} needs a newer clib than this one")
        raise AttributeError(f"{self.__file__} has no '{name}'; see what there is with "
                             f"help({self.__name__}), or with python3 -m clib describe")


loaded: dict[tuple[int, int, bool], Library] = {}
_loading = RLock()


def load(path: PathLike, *, against: PathLike | None = None, native: bool = True) -> Library:
    """The module of a library that describes itself.

    Where that can be, its functions are built-in functions and its objects native; `native=False`,
    or CLIB_NATIVE=0 in the environment, calls it through ctypes as everywhere else, with the same
    results. The module's `__native__` says which it is, and `__why_not_native__` why. If it could be
    native in this Python, and is not, that is a RuntimeWarning.

    `against` is a description that was saved with `python3 -m clib describe --json`, or an older
    library: functions that have changed since are refused by name.

    Raises FileNotFoundError, OSError if the library cannot be loaded, ImportError if it is not made
    with clib, is damaged, has changed since `against`, or was built anew since this process loaded
    it, and ValueError if `against` is no description.
    """
    file = existing(path)
    native = native and environment("CLIB_NATIVE") != "0"
    with _loading:
        device, inode, *_ = identity(file)
        key = device, inode, native
        module = loaded.get(key)
        if module is None:
            module = loaded[key] = bind(file, open_file(file), native)
            if ledger.ledgers:
                _trace()
    if against is not None:
        from .compare import incompatible_changes
        from .saved import read
        changes = incompatible_changes(read(against), module._binding.description)
        if changes:
            raise ImportError(f"{file} is not what {os.fspath(against)} says: {', '.join(changes)}; "
                              "use the older library, or save the description of this one")
    return module


def bind(file: str, reader: Reader, native: bool) -> Library:
    """The module for a library that was opened."""
    binding = Binding(file, reader)
    description = binding.description
    module = Library(description.name, description.doc or None)
    module.__file__ = file
    module.__version__ = description.version
    module.__why_not_native__ = "it was not asked for"
    module._binding = binding
    module._native = None
    module.__dict__.update(
        (each.__name__, each) for each in binding.exceptions.values())
    try:
        if native:
            _bind_natively(module, reader)
        if module._native is None:
            check(description)
            _bind_through_ctypes(module)
    except Damaged as damage:
        raise damaged(file, damage) from None
    module.__native__ = module._native is not None
    module.__dict__["__all__"] = [name for name in module.__dict__ if not name.startswith("_")]
    return module


def _bind_natively(module: Library, reader: Reader) -> None:
    from .native import Native, NeverNative, NotNative, check_python
    binding = module._binding
    try:
        check_python()
        native = Native(binding, reader.python_table(binding.functions))
    except NotNative as reason:
        module.__why_not_native__ = str(reason)
        if not isinstance(reason, NeverNative):
            _warn(f"{binding.path} is used through ctypes, which takes longer: {reason}; pass "
                  "native=False if that is right")
        return
    module._native = native
    module.__why_not_native__ = ""
    of_handles = _build_classes(module, native)
    for of_type in of_handles:
        native.add_functions(of_type)

    def bound(overloads: list[Function]) -> Any:
        native.connect(overloads)
        return native.function(overloads)

    _fill(module, bound)


def _fill(module: Library, bound: Callable[[list[Function]], Any]) -> None:
    """Puts functions and classes into the module, and into those that are in it."""
    binding = module._binding
    for owner in (None, *[each for each in binding.description.types if each.kind == MODULE_TYPE]):
        attributes = vars(module if owner is None else binding.classes[owner.name])
        for overloads in binding.overloads_of(owner):
            first = overloads[0]
            if first.role in (FUNCTION, CONSTANT):
                function = bound(overloads)
                attributes[first.python_name] = function() if first.role == CONSTANT else function
    for each in binding.description.types:
        if each.name in binding.classes:
            outer: Any = module if each.scope is None else binding.classes.get(each.scope.name)
            if outer is not None:
                setattr(outer, each.own_name, binding.classes[each.name])


def _warn(sentence: str) -> None:
    """Warns at the line that called this package."""
    import warnings
    frame = ledger.caller()
    warnings.warn_explicit(
        sentence, RuntimeWarning, frame.f_code.co_filename, frame.f_lineno,
        registry=frame.f_globals.setdefault("__warningregistry__", {}))


def _bind_through_ctypes(module: Library) -> None:
    from .classes import add_functions
    binding = module._binding
    of_handles = _build_classes(module, None)
    for of_type in of_handles:
        add_functions(binding, of_type)
    _fill(module, binding.calls.bind_all)


def _build_classes(module: Library, native: Native | None) -> list[Any]:
    """Makes the classes of all types that are known. Returns: The types of handles."""
    binding = module._binding
    of_handles = []
    for of_type in binding.description.types:
        if not is_known_type(of_type):
            continue
        if of_type.kind == MODULE_TYPE:
            binding.classes[of_type.name] = ModuleType(
                of_type.module_name(binding.description.name), of_type.doc or None)
            continue
        if of_type.kind == STRUCT_TYPE:
            if of_type.name in binding.classes:
                continue
            if native is not None and of_type.python:
                from .native_structures import build_structure
            else:
                from .plain_structures import build_structure
            binding.classes[of_type.name] = build_structure(binding, of_type)
            continue
        if of_type.kind == ENUM_TYPE:
            from .kinds.enumeration import enum_class
            binding.classes[of_type.name] = enum_class(
                of_type, of_type.module_name(binding.description.name))
            if native is not None:
                native.set_members(of_type)
            continue
        of_handles.append(of_type)
        if native is not None:
            binding.classes[of_type.name] = native.build_class(of_type)
        else:
            from .classes import build_plain_class
            binding.classes[of_type.name] = build_plain_class(binding, of_type)
    return of_handles


def own_class(name: str, is_import: bool) -> Any:
    """A class of libclib.so. Where there is none, clib has no such attribute: AttributeError, as
    hasattr() expects. `from clib import` would drop its sentence: it gets ImportError."""
    try:
        return getattr(load(find_own()), name)
    except (OSError, ImportError) as error:
        sentence = f"clib.{name} is not here: {getattr(error, 'strerror', None) or error}"
    raise (ImportError if is_import else AttributeError)(sentence)


def live() -> dict[str, int]:
    """How many objects of each class are alive in this process, whoever made them; classes with none
    are left out."""
    alive: dict[str, int] = {}
    # One that is bound in both ways is one library.
    for module in {key[:2]: module for key, module in list(loaded.items())}.values():
        binding = module._binding
        for of_type in binding.description.types:
            count = binding.live(of_type.symbol) if of_type.kind == HANDLE_TYPE else 0
            if count:
                name = f"{module.__name__}.{of_type.name}"
                alive[name] = alive.get(name, 0) + count
    return alive


def _trace() -> None:
    """Has every object written into the ledgers, if there are any."""
    for module in list(loaded.values()):
        if module._native is not None:
            module._native.trace(bool(ledger.ledgers))


class no_leaks:  # noqa: N801 - used as a statement
    """`with clib.no_leaks():` raises LeakError if objects made inside, by any thread, are not freed
    at its end."""

    def __enter__(self) -> no_leaks:
        self._ledger: Ledger = []
        with _loading:
            ledger.ledgers = (*ledger.ledgers, self._ledger)
            _trace()
        return self

    def __exit__(self, error_type: object, *_: object) -> None:
        with _loading:
            ledger.ledgers = tuple([each for each in ledger.ledgers if each is not self._ledger])
            _trace()
        if error_type is None and self._leaks():
            import gc
            gc.collect()  # what only a cycle keeps is no leak
            leaks = self._leaks()
            if leaks:
                raise LeakError(leaks)

    def _leaks(self) -> list[tuple[str, str, int]]:
        # One that was made again, by another call of its __init__(), was made there.
        made = {id(each[0]): each for each in self._ledger}  # there is one such weakref an object
        alive = ((reference(), file, line) for reference, file, line in made.values())
        return [(each._full_name(), file, line) for each, file, line in alive
                if each is not None and not each.closed]
