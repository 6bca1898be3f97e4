# SPDX-License-Identifier: MIT
"""Finds and opens the file of a library, and says in one sentence why that cannot be done."""

from __future__ import annotations

import os
import sys

from .description import Damaged
from .foreign import Pointer, address_in, base_of, call, open_library
from .layout import IS_CPYTHON, Struct
from .reader import Memory, OldFormat, Reader, Segment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Union

    PathLike = Union[str, os.PathLike[str]]


_LIBRARY = "CLIB_LIBRARY"  # where libclib.so is, if not beside this package or installed


def environment(name: str) -> str | None:
    """A variable of the environment. Python -I and -E obey none."""
    return None if sys.flags.ignore_environment else os.environ.get(name)


def find_own() -> str:
    """Where libclib.so is: where the environment says, in this package or beside it, or where it is
    installed with it. Raises FileNotFoundError."""
    named = environment(_LIBRARY)
    if named:
        if not os.path.isfile(named):
            raise FileNotFoundError(2, f"{_LIBRARY} names {named}, where there is no file; name "
                                    "the path of libclib.so", named)
        return named
    names = {"win32": ["clib.dll", "libclib.dll"], "darwin": ["libclib.dylib"]}.get(
        sys.platform, ["libclib.so", "libclib.so.0"])
    source = globals().get("__file__")
    if source is None:
        raise FileNotFoundError(2, f"this clib has no folder, beside which {names[0]} could be; "
                                f"name its path in {_LIBRARY}", names[0])
    package = os.path.dirname(os.path.realpath(source))
    for folder in _folders(package):
        for name in reversed(names):  # in a wheel, libclib.so is a linker's script
            file = os.path.join(folder, name)
            if os.path.isfile(file):
                if os.name == "posix" and os.stat(folder).st_mode & 0o002:
                    raise FileNotFoundError(
                        2, f"{file} may be anyone's, because everybody may write to that folder; "
                        f"move it, or name its path in {_LIBRARY}", file)
                return file
    while not os.path.isdir(os.path.dirname(package)):
        package = os.path.dirname(package)  # it is an archive, or in one
    raise FileNotFoundError(
        2, f"there is no {names[0]} beside {package} nor where it is installed; put it there, or "
        f"name its path in {_LIBRARY}", names[0])


def _folders(package: str) -> Iterator[str]:
    """Where the library may be: in the package, beside it or the archive that it is in, and in the
    library folders of the prefix, if the package is installed in one."""
    yield package
    yield os.path.join(package, "lib")
    folder = os.path.dirname(package)
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    yield folder
    prefix = prefix_of(package)
    if not prefix:
        return
    lib = os.path.join(prefix, "lib")
    if os.path.isdir(lib):
        yield lib
        yield from sorted([os.path.join(lib, each) for each in os.listdir(lib)
                           if "-linux-" in each])
    yield os.path.join(prefix, "lib64")


def prefix_of(package: str) -> str:
    """The prefix that the package is installed in; empty if it is not installed."""
    folder = os.path.dirname(package)
    if os.path.basename(folder) not in ("site-packages", "dist-packages"):
        return ""
    while os.path.basename(folder).lower() not in ("lib", "lib64"):
        if os.path.dirname(folder) == folder:
            return ""
        folder = os.path.dirname(folder)
    return os.path.dirname(folder)


def existing(path: PathLike) -> str:
    """The absolute path of a file."""
    file = os.path.abspath(os.fspath(path))
    if os.path.isdir(file):
        raise IsADirectoryError(21, f"{file} is a folder; pass the path of a file in it", file)
    if not os.path.isfile(file):
        raise FileNotFoundError(2, f"there is no file {file}; build it, or pass the path where it is",
                                file)
    return file


# What the system has loaded: by the path, by which it knows it, and by the device and inode.
_loaded: dict[object, tuple[int, int, int, int]] = {}


def identity(file: str) -> tuple[int, int, int, int]:
    """Device, inode, time and size of a file. Raises ImportError if it is not what this process has
    loaded from there: the system would go on with that."""
    status = os.stat(file)
    now = status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
    if _loaded.get(file, now) != now or _loaded.get(now[:2], now) != now:
        raise ImportError(f"{file} has changed since this process loaded it; start Python anew, or "
                          "load a copy of it that has another name")
    return now


def damaged(file: str, damage: Damaged) -> ImportError:
    return ImportError(f"{file} has a description that cannot be used: {damage}; build it anew")


def open_file(file: str) -> Reader:
    """Loads a library, for ever, and reads its description."""
    segments = segments_of(file)
    now = identity(file)
    try:
        library = open_library(file)
        _loaded[file] = _loaded[now[:2]] = now
    except OSError as error:
        raise OSError(_why_not_loaded(file, str(error))) from None
    describe = address_in(library, "clib_describe")
    if describe == 0:
        raise ImportError(f"{file} is a library, but does not describe itself: it has no "
                          "clib_describe(); list its functions with CLIB_MODULE")
    base = base_of(describe) if segments and IS_CPYTHON else 0
    memory = Memory(_moved(segments, base, describe) if base else ())
    try:
        return Reader(call(describe, Pointer) or 0, memory)
    except OldFormat:
        raise ImportError(f"{file} was built with clib 0.1; build it anew with this clib") from None
    except Damaged as damage:
        raise damaged(file, damage) from None


def exported(file: str, symbols: Iterable[str]) -> set[str]:
    """Those of the symbols that C code can be linked with: the library, which was opened before, has
    them, and not only one that it needs."""
    library = open_library(file)
    base = base_of(address_in(library, "clib_describe"))
    addresses = {symbol: address_in(library, symbol) for symbol in symbols}
    return {symbol for symbol, address in addresses.items() if address and base_of(address) == base}


_HEADER = Struct("<32xQ14xHH")  # of a 64-bit ELF file: its segments' place, their size and number
_SEGMENT = Struct("<IIQQQQQ")  # kind, rights, place in the file, address, -, size in it, in memory
LOADED, _READ_ONLY_AFTER_RELOCATION = 1, 0x6474E552


def segments_of(file: str) -> list[tuple[int, int, int, int, int]]:
    """The segments of an ELF file: kind, rights, place in it, address, size. An empty list if it is none of this
    machine's. Raises OSError if its end is missing: the system would load it, and the process
    crash."""
    with open(file, "rb", buffering=0) as opened:
        begin = opened.read(4096)
        if len(begin) < 64 or not begin.startswith(b"\x7fELF\x02\x01"):  # 64 bits, little-endian
            return []
        start, size, count = _HEADER.unpack_from(begin)
        length = os.fstat(opened.fileno()).st_size
        end = start + size * count
        found = []
        if end <= length and size >= _SEGMENT.size:
            if end > len(begin):
                opened.seek(start)
                begin, start = opened.read(size * count), 0
            for i in range(count):
                kind, rights, place, address, _, in_file, in_memory = _SEGMENT.unpack_from(
                    begin, start + i * size)
                found.append((kind, rights, place, address, in_memory))
                if kind == LOADED:
                    end = max(end, place + in_file)
        if end > length:
            raise OSError(f"{file} is cut off: its end is missing; copy or build it anew")
        return found


def _moved(segments: list[tuple[int, int, int, int, int]], base: int, known: int) -> list[Segment]:
    """The segments where the library lies in memory, if that is so of an address in it."""
    moved = []
    read_only = max([base + address + size for kind, _, _, address, size in segments
                     if kind == _READ_ONLY_AFTER_RELOCATION], default=0)
    first = min([address for kind, _, _, address, _ in segments if kind == LOADED], default=0)
    for kind, rights, _, address, size in segments:
        if kind != LOADED:
            continue
        start = base - (first & -4096) + address
        end = start + size
        names = ("r" if rights & 4 else "") + ("x" if rights & 1 else "")
        if rights & 2:
            middle = min(max(start, read_only), end)
            moved += [Segment(start, middle, names), Segment(middle, end, names + "w")]
        else:
            moved.append(Segment(start, end, names))
    is_right = any(each.start <= known < each.end and "x" in each.rights for each in moved)
    return moved if is_right else []


def _why_not_loaded(file: str, reason: str) -> str:
    """One sentence of what the system says."""
    reason = reason.removeprefix(f"Cannot load library {file}: ")  # as PyPy says it first
    missing, found, _ = reason.partition(": cannot open shared object file")
    if found and os.path.basename(missing) and missing != file:
        return (f"{file} needs {missing}, which is not found; install it, or name its folder in "
                "LD_LIBRARY_PATH")
    if "invalid ELF header" in reason or "file too short" in reason or "wrong ELF class" in reason:
        return f"{file} is no shared library for this machine; pass one that is"
    return f"{file} cannot be loaded: {reason.removeprefix(file + ': ')}; build it anew"
