# SPDX-License-Identifier: MIT
"""Where the headers and the files for build systems are: in this package, in the prefix that it is
installed in, or in clib's sources."""

from __future__ import annotations

import os

from ..library import prefix_of

PACKAGE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def include_folder() -> str:
    """The folder to name to a compiler."""
    return _first(["include"], os.path.join("clib", "version.hpp"), "the headers")


def cmake_folder() -> str:
    """The folder for CMake's clib_DIR."""
    return _first(_in_libraries("cmake/clib"), "clib-config.cmake", "the CMake package")


def pkg_config_folders() -> str:
    """The folders of clib.pc and clib-shim.pc, for PKG_CONFIG_PATH."""
    found = [_first(_in_libraries("pkgconfig"), "clib.pc", "pkg-config's files")]
    try:
        found.append(_first(_in_libraries("pkgconfig"), "clib-shim.pc", ""))
    except FileNotFoundError:
        pass  # it was built without the shim
    return os.pathsep.join(dict.fromkeys(found))


def licence_file() -> str:
    """The text of clib's licence."""
    documents = os.path.join("share", "doc", "clib")
    return os.path.join(_first([documents, ""], "LICENSE", "the licence"), "LICENSE")


def _in_libraries(folder: str) -> list[str]:
    own = os.path.join(prefix_of(PACKAGE) or PACKAGE, "lib")
    architectures = sorted([each for each in os.listdir(own) if "-linux-" in each]) \
        if os.path.isdir(own) else []
    return [*[os.path.join("lib", each, folder) for each in architectures],
            *[os.path.join(each, folder) for each in ("lib", "lib64", "share")]]


def _first(folders: list[str], has: str, what: str) -> str:
    sources = os.path.dirname(os.path.dirname(PACKAGE))
    for root in (PACKAGE, prefix_of(PACKAGE), sources):
        for folder in folders if root else ():
            path = os.path.join(root, folder)
            if os.path.isfile(os.path.join(path, has)):
                return path
    raise FileNotFoundError(2, f"{what}: not installed with {PACKAGE}; install clib with pip "
                            "or with meson install")


FOLDERS = {"include": include_folder, "cmake": cmake_folder, "pkgconfig": pkg_config_folders}
