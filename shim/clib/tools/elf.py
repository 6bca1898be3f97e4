# SPDX-License-Identifier: MIT
"""What a library needs of the system that it runs on, and the name that wheels have for that."""

from __future__ import annotations

import os
import struct
import sys

from ..library import LOADED, segments_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_DYNAMIC = 2  # the segment with the list of what follows
_NEEDED, _TEXT, _VERSIONS, _VERSION_COUNT = 1, 5, 0x6FFFFFFE, 0x6FFFFFFF

_MACHINES = {3: "i686", 21: "ppc64le", 22: "s390x", 62: "x86_64", 183: "aarch64", 243: "riscv64",
             258: "loongarch64"}

# What every Linux with this glibc has besides, from the manylinux policies: the newest versions of
# libstdc++'s and libgcc's symbols, by the minor version of glibc.
_OF_GLIBC = {
    "GLIBCXX": {17: (3, 4, 19), 24: (3, 4, 22), 27: (3, 4, 24), 31: (3, 4, 28), 34: (3, 4, 29),
                35: (3, 4, 30), 39: (3, 4, 33)},
    "CXXABI": {17: (1, 3, 7), 24: (1, 3, 10), 27: (1, 3, 11), 31: (1, 3, 12), 34: (1, 3, 13),
               39: (1, 3, 15)},
    "GCC": {17: (4, 8, 0), 27: (7, 0, 0), 35: (12, 0, 0), 39: (14, 0, 0)},
}
_EVERYWHERE = ("ld-linux", "libatomic.so.1", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6",
               "libpthread.so.0", "librt.so.1", "libstdc++.so.6", "libutil.so.1")


def platform_tag(file: str) -> tuple[str, str]:
    """The tag of a wheel with this library, and one sentence if it is for systems like this alone."""
    import sysconfig
    plain = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    with open(file, "rb") as opened:
        data = opened.read()
    if sys.platform != "linux" or not segments_of(file):
        return plain, ""
    machine = _MACHINES.get(int.from_bytes(data[18:20], "little"))
    if machine is None:
        return plain, ""
    needed, versions = _needs(data, segments_of(file))
    foreign = sorted(each for each in needed if not each.startswith(_EVERYWHERE))
    if foreign:
        return f"linux_{machine}", (
            f"{os.path.basename(file)} needs {', '.join(foreign)}, which not every Linux has, so "
            "the wheel is for machines like this one; link that statically, or let auditwheel "
            "repair the wheel")
    minor = 17
    for version in versions:
        library, _, number = version.partition("_")
        if version == "GLIBC_ABI_DT_RELR":
            minor = max(minor, 36)
        elif number[:1].isdigit():
            minor = max(minor, _glibc(library, tuple(map(int, number.split(".")))))
    return f"manylinux_2_{minor}_{machine}", ""


def _glibc(library: str, number: tuple[int, ...]) -> int:
    """The minor version of the first glibc that this version of a library's symbols came with."""
    if library == "GLIBC":
        return number[1]
    known = _OF_GLIBC.get(library, {})
    return min([minor for minor, newest in known.items() if number <= newest],
               default=max(known, default=17) + 1)


def _needs(data: bytes, segments: list[tuple[int, int, int, int, int]]) -> tuple[list[str], list[str]]:
    """The libraries that an ELF file of 64 bits needs, and the versions of their symbols."""
    def place(address: int) -> int:
        return next(at + address - start for kind, _, at, start, size in segments
                    if kind == LOADED and start <= address < start + size)

    def text(at: int) -> str:
        return data[at:data.index(b"\0", at)].decode()

    def pairs() -> Iterator[tuple[int, int]]:
        for kind, _, at, _, size in segments:
            if kind == _DYNAMIC:
                for key, value in struct.iter_unpack("<QQ", data[at:at + size // 16 * 16]):
                    yield key, value

    entries = dict(pairs())
    texts = place(entries[_TEXT])
    needed = [text(texts + value) for key, value in pairs() if key == _NEEDED]
    versions = []
    at = place(entries[_VERSIONS]) if _VERSIONS in entries else 0
    for _ in range(entries.get(_VERSION_COUNT, 0)):
        _, count, _, first, following = struct.unpack_from("<HHIII", data, at)
        one = at + first
        for _ in range(count):
            _, _, _, name, step = struct.unpack_from("<IHHII", data, one)
            versions.append(text(texts + name))
            one += step
        at += following
    return needed, versions
