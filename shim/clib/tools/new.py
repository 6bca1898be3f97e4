# SPDX-License-Identifier: MIT
"""A new project: a folder that builds, tests and packages a library."""

from __future__ import annotations

import keyword
import os
import sys

from ..declaration import NOT_IN_C

_TEMPLATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "project")

# The files of a project, and those that are not named as they are in the template.
_FILES = {
    "CMakeLists.txt": "", "meson.build": "", "pyproject.toml": "", "README.md": "",
    ".gitignore": "gitignore",
    ".github/workflows/test.yml": "ci.yml",
    "src/{name}/{name}.cpp": "src/module.cpp",
    "src/{name}/meson.build": "src/meson.build",
    "src/{name}/__init__.py": "src/__init__.py",
    "src/{name}/__init__.pyi": "src/__init__.pyi",
    "src/{name}/py.typed": "src/py.typed",
    "tests/test_{name}.py": "tests/test_module.py",
}


def make_project(name: str, folder: str = "") -> str:
    """Makes the project in a folder of its name, or in this one. Returns the folder's path.

    Raises ValueError for a name that cannot be one in C++ and Python, FileExistsError if there is
    such a folder."""
    others = {"clib", *NOT_IN_C, *keyword.kwlist, *getattr(sys, "stdlib_module_names", ())}
    if not name.isascii() or not name.isidentifier() or name != name.lower() or \
            name.startswith("_") or name in others:
        raise ValueError(f"'{name}' is no name for a library; take lower-case letters, digits and _, "
                         "such as words, and no word of C++, C or Python")
    folder = folder or name
    if os.path.lexists(folder):
        raise FileExistsError(17, f"{folder} is there already; take another name", folder)
    for file, source in _FILES.items():
        with open(os.path.join(_TEMPLATE, f"{source or file}.in"), encoding="utf-8") as opened:
            text = opened.read().replace("@name@", name)
        path = os.path.join(folder, file.format(name=name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    return folder
