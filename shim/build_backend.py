# SPDX-License-Identifier: MIT
"""Builds the distribution clib-ffi for pip: what `meson install` installs, all of it inside of the
package. It is clib's own, because the build begins in the folder above that of pyproject.toml."""

import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

SHIM = pathlib.Path(__file__).resolve().parent
ROOT = SHIM.parent
sys.path.insert(0, str(SHIM))

import clib  # noqa: E402
from clib.tools.archive import Wheel  # noqa: E402
from clib.tools.elf import platform_tag  # noqa: E402

NAME = "clib-ffi"
METADATA = [
    "Summary: Opens C++ libraries to Python and every other language",
    "License: MIT",
    "License-File: LICENSE",
    "Requires-Python: >=3.9",
    "Classifier: Programming Language :: C++",
    "Classifier: Programming Language :: Python :: 3",
    "Classifier: Programming Language :: Python :: Implementation :: CPython",
    "Classifier: Programming Language :: Python :: Implementation :: PyPy",
    "Classifier: Typing :: Typed",
    "Description-Content-Type: text/markdown",
    "",
    (ROOT / "README.md").read_text(encoding="utf-8"),
]
# scikit-build-core adds these folders to those where CMake looks for packages.
ENTRY_POINTS = "[cmake.prefix]\nclib = clib\n"
SOURCES = ["LICENSE", "README.md", "meson.build", "meson_options.txt", "include", "shim"]


def get_requires_for_build_wheel(config_settings=None):
    """What this machine has not got yet."""
    return [requirement for command, requirement in (("meson", "meson>=1.0"), ("ninja", "ninja"))
            if not shutil.which(command)]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with tempfile.TemporaryDirectory() as folder:
        package = pathlib.Path(folder) / "clib"
        for command in (
                ["meson", "setup", f"{folder}/build", ROOT, f"--prefix={package}", "--libdir=lib",
                 "--includedir=include", "--datadir=share", "-Dpython.purelibdir=..",
                 "--buildtype=release", "-Dexamples=disabled", "-Dtests=disabled"],
                ["meson", "install", "-C", f"{folder}/build", "--strip"]):
            subprocess.run(command, check=True, stdout=sys.stderr)
        library = next((package / "lib").glob("*clib*"))
        with Wheel(wheel_directory, NAME, clib.__version__, platform_tag(str(library))[0],
                   METADATA) as wheel:
            for file in sorted(package.rglob("*")):
                data = _content(file)
                if data is not None:
                    wheel.add(file.relative_to(folder).as_posix(), data)
            wheel.add_info("entry_points.txt", ENTRY_POINTS)
            wheel.add_info("licenses/LICENSE", (ROOT / "LICENSE").read_bytes())
        return wheel.name


def _content(file):
    """What a file of the install is in the wheel, which has no links; None if it is not there."""
    if file.is_dir() or "__pycache__" in file.parts:
        return None
    links = sorted(each.name for each in file.parent.iterdir() if each.is_symlink())
    if file.is_symlink() and file.name == links[0]:
        return f"INPUT({links[-1]})\n"  # for linkers: libclib.so is that which programs load
    if not file.is_symlink() and links and file.resolve() == (file.parent / links[-1]).resolve():
        return None  # the longest name, which nothing asks for
    return file.read_bytes()


def build_sdist(sdist_directory, config_settings=None):
    """clib's sources, with this pyproject.toml at their top."""
    stem = f"{NAME.replace('-', '_')}-{clib.__version__}"
    with tempfile.TemporaryDirectory() as folder, \
            tarfile.open(os.path.join(sdist_directory, f"{stem}.tar.gz"), "w:gz") as archive:
        own = pathlib.Path(folder)
        project = (SHIM / "pyproject.toml").read_text(encoding="utf-8")
        (own / "pyproject.toml").write_text(
            project.replace('backend-path = ["."]', 'backend-path = ["shim"]'), encoding="utf-8")
        (own / "PKG-INFO").write_text("\n".join([
            "Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {clib.__version__}",
            *METADATA]), encoding="utf-8")
        for each in (own / "pyproject.toml", own / "PKG-INFO", *(ROOT / name for name in SOURCES)):
            archive.add(each, f"{stem}/{each.name}", filter=lambda entry: (
                None if "__pycache__" in entry.name else entry))
    return f"{stem}.tar.gz"
