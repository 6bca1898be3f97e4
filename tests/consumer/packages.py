# SPDX-License-Identifier: MIT
"""What the tests of wheels share: the wheel of clib, and fresh virtual environments."""

import importlib.util
import os
import pathlib
import sys
import tempfile
import unittest

import toolchain


class PackagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        toolchain.require("meson", "ninja")
        if toolchain.run(sys.executable, "-m", "pip", "--version").returncode:
            raise unittest.SkipTest("there is no pip")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name).resolve()
        toolchain.succeed(sys.executable, "-c", "import build_backend, sys\n"
                          "build_backend.build_wheel(sys.argv[1])", cls.folder,
                          cwd=toolchain.SHIM)
        cls.clib_wheel, = cls.folder.glob("clib_ffi-*.whl")

    def environment(self, python, *packages):
        """A fresh virtual environment, with the packages of this Python that are named by what is
        imported, and what installs there. Skips the test if such a package is not here."""
        environment = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        toolchain.succeed(python, "-m", "venv", "--without-pip", environment)
        own = environment / "bin/python3"
        has_pip = not toolchain.run(python, "-m", "pip", "--version").returncode
        folders = set()
        for package in packages:
            try:
                found = importlib.util.find_spec(package)
            except ModuleNotFoundError:
                found = None
            if found is None:
                self.skipTest(f"this Python has no {package}, which tests/python-packages installs")
            first = importlib.util.find_spec(package.partition(".")[0])
            folders.add(str(pathlib.Path(first.origin).parents[1]))
        if folders:
            site = next(environment.glob("lib/*/site-packages"))
            (site / "packages.pth").write_text("\n".join(folders), encoding="utf-8")

        def pip(command, *arguments, **options):
            return toolchain.succeed(
                python if has_pip else sys.executable, "-m", "pip", "--python", own,
                "--disable-pip-version-check", command, "--no-index", *arguments, **options)

        return own, pip

    @staticmethod
    def active(python):
        """The variables of the environment, as when a virtual environment is activated."""
        return {"PYTHONPATH": "", "CLIB_LIBRARY": "", "PYTHONDONTWRITEBYTECODE": "1",
                "CMAKE_BUILD_TYPE": "Debug", "SKBUILD_CMAKE_BUILD_TYPE": "Debug",  # for a short time
                "VIRTUAL_ENV": str(python.parents[1]),
                "PATH": f"{python.parent}:{os.environ['PATH']}"}
