# SPDX-License-Identifier: MIT
"""A wheel of a library: `import words`, on every Python, after `pip install`."""

from __future__ import annotations

import os
import re
import sys

from .. import __version__
from ..saved import read
from .archive import Wheel
from .elf import platform_tag
from .places import PACKAGE, licence_file
from .stub import stub_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..description import Description

DISTRIBUTION = "clib-ffi"  # the name of this package on a package index
_VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?")
_LICENCES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING")
_NOT_SHIPPED = ("include", "lib", "share", "tools", "__pycache__")

PACKAGE_SOURCE = "import clib as _clib\n\n_clib.load_package(__name__)\n"
_PRIVATE_SOURCE = "from . import _clib\n\n_clib.load_package(__name__)\n"


def build_wheel(library: str, folder: str, *, name: str = "", module: str = "", licence: str = "",
                with_clib: bool = False) -> tuple[str, str]:
    """Writes the wheel into a folder. Returns its path, and a sentence if it is for few machines.

    `name`: of the distribution, `module`: what is imported; without them, the name of the library.
    `with_clib`: with a private copy of this package, or else it depends on that.
    """
    description = read(library)
    module = module or description.name
    if not all(part.isidentifier() for part in module.split(".")):
        raise ValueError(f"'{module}' cannot be imported; --module is a name such as words or "
                         "acme.words")
    if not _VERSION.fullmatch(description.version):
        raise ValueError(f"pip knows no version '{description.version}'; give CLIB_MODULE one such "
                         "as 1.0")
    platform, note = platform_tag(library)
    metadata = list(_metadata(description, with_clib))
    os.makedirs(folder, exist_ok=True)
    with Wheel(folder, name or module, description.version, platform, metadata) as wheel:
        inside = module.replace(".", "/")
        wheel.add(f"{inside}/__init__.py", _PRIVATE_SOURCE if with_clib else PACKAGE_SOURCE)
        wheel.add(f"{inside}/__init__.pyi", stub_text(description))
        wheel.add(f"{inside}/py.typed", "")
        wheel.add(f"{inside}/{library_name(module.rpartition('.')[2])}", _bytes(library), True)
        found = licence or next(filter(os.path.isfile, _LICENCES), "")
        if found:
            wheel.add_info(f"licenses/{os.path.basename(found)}", _bytes(found))
        if with_clib:
            for file in _own_files():
                wheel.add(f"{inside}/_clib/{file}", _bytes(os.path.join(PACKAGE, file)))
            wheel.add_info("licenses/clib/LICENSE", _bytes(licence_file()))
    return wheel.path, note


def library_name(name: str) -> str:
    """The file of a library that load_package() looks for."""
    return {"win32": f"{name}.dll", "darwin": f"lib{name}.dylib"}.get(sys.platform, f"lib{name}.so")


def _metadata(description: Description, with_clib: bool) -> Iterator[str]:
    if description.doc:
        yield f"Summary: {description.doc.splitlines()[0]}"
    yield "Requires-Python: >=3.9"
    if not with_clib:
        yield f"Requires-Dist: {DISTRIBUTION}>={__version__}"
    if os.path.isfile("README.md"):
        yield "Description-Content-Type: text/markdown"
        yield ""
        yield _bytes("README.md").decode()


def _own_files() -> Iterator[str]:
    """What of this package a program needs."""
    for folder, folders, files in os.walk(PACKAGE):
        folders[:] = sorted(set(folders) - set(_NOT_SHIPPED))
        for file in sorted(files):
            if file.endswith(".py") and file != "__main__.py":
                yield os.path.relpath(os.path.join(folder, file), PACKAGE).replace(os.sep, "/")


def _bytes(file: str) -> bytes:
    with open(file, "rb") as opened:
        return opened.read()
