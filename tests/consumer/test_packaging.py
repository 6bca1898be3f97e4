# SPDX-License-Identifier: MIT
"""What examples/packaging says makes packages, and they work: Debian's, which lintian accepts,
Conan's, vcpkg's, and a Meson wrap of an archive."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["CLIB_ROOT"])
VERSION = os.environ["CLIB_VERSION"]
PACKAGING = ROOT / "examples/packaging"
HERE = pathlib.Path(__file__).resolve().parent
CLEAN = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "LD_PRELOAD")}


class Packaging(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def need(self, *programs):
        missing = [each for each in programs if shutil.which(each) is None]
        if missing:
            self.skipTest(f"{' and '.join(missing)} cannot be found")

    def run_in(self, folder, *command, **environment):
        ran = subprocess.run([*map(str, command)], cwd=folder, env={**CLEAN, **environment}, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=500)
        self.assertEqual(ran.returncode, 0, f"{command}:\n{ran.stdout[-5000:]}")
        return ran.stdout

    def archive(self, path):
        """What a release is, without the tests."""
        def chosen(entry):
            return None if "__pycache__" in entry.name else entry

        with tarfile.open(path, "w:gz") as made:
            for each in ("include", "shim", "meson.build", "meson_options.txt", "LICENSE", "README.md"):
                made.add(ROOT / each, f"clib-{VERSION}/{each}", filter=chosen)
        return path

    def assert_python_loads_it(self, packages):
        self.assertEqual(self.run_in(
            self.folder, sys.executable, "-c", "import clib; print(next(clib.Counter()))",
            PYTHONPATH=str(packages)), "1\n")

    def test_debian(self):
        self.need("dpkg-buildpackage", "dh", "dh_python3", "lintian", "meson")
        tree = self.folder / f"clib-{VERSION}"
        shutil.unpack_archive(self.archive(self.folder / f"clib_{VERSION}.orig.tar.gz"), self.folder)
        shutil.copytree(PACKAGING / "debian", tree / "debian")
        self.run_in(tree, "dpkg-buildpackage", "--no-sign", DEB_BUILD_OPTIONS="parallel=1")
        changes, = self.folder.glob("*.changes")
        # Who uploads it names the bug in which it was asked for.
        self.run_in(self.folder, "lintian", "--allow-root", "--fail-on", "error,warning",
                    "--suppress-tags", "initial-upload-closes-no-bugs", changes)
        for each in self.folder.glob("*.deb"):
            self.run_in(self.folder, "dpkg-deb", "-x", each, "root")
        root = self.folder / "root/usr"
        self.assertTrue((root / "include/clib/clib.hpp").exists())
        self.assert_python_loads_it(root / "lib/python3/dist-packages")

    def test_conan(self):
        self.need("conan", "meson")
        # Conan does not know what compiler a program named cc is.
        home = {"CONAN_HOME": str(self.folder / "conan"), "CC": "gcc", "CXX": "g++"}
        self.run_in(self.folder, "conan", "profile", "detect", **home)
        made = self.run_in(self.folder, "conan", "create", PACKAGING / "conan", "--no-remote",
                           "--settings", "compiler.cppstd=20", **home)
        package = pathlib.Path(re.findall(r"^Package folder (.*)$", made, re.MULTILINE)[0])
        self.assertTrue((package / "lib/cmake/clib/clib-config.cmake").exists())
        self.assert_python_loads_it(package / "lib/python3/site-packages")

    def test_vcpkg(self):
        """With vcpkg.cmake in the place of vcpkg, which cannot be installed from a package."""
        self.need("cmake", "meson")
        port = PACKAGING / "vcpkg/clib"
        about = json.loads((port / "vcpkg.json").read_text(encoding="utf-8"))
        self.assertEqual(about["version"], VERSION)
        package = self.folder / "package"
        self.run_in(self.folder, "cmake", f"-DPORT={port}/portfile.cmake",
                    f"-DCURRENT_BUILDTREES_DIR={self.folder}", f"-DCURRENT_PACKAGES_DIR={package}",
                    "-P", HERE / "vcpkg.cmake")
        self.assertTrue((package / "share/clib/LICENSE").exists())
        self.run_in(self.folder, "cmake", HERE / "shim", "-B", "consumer",
                    f"-DCMAKE_PREFIX_PATH={package}")
        self.run_in(self.folder, "cmake", "--build", "consumer")
        self.assert_python_loads_it(package / "lib/python3/site-packages")

    def test_wrap(self):
        self.need("meson")
        consumer = self.folder / "consumer"
        shutil.copytree(HERE / "headers", consumer, ignore=shutil.ignore_patterns("clib", "build*"))
        files = consumer / "subprojects/packagefiles"
        files.mkdir()
        archive = self.archive(files / f"clib-{VERSION}.tar.gz")
        wrap = (PACKAGING / "clib.wrap").read_text(encoding="utf-8")
        self.assertIn(f"directory = clib-{VERSION}\n", wrap)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        (consumer / "subprojects/clib.wrap").write_text(
            re.sub(r"(?<=source_hash = )0{64}", digest, wrap), encoding="utf-8")
        self.run_in(consumer, "meson", "setup", "build", "--force-fallback-for=clib")
        self.run_in(consumer, "ninja", "-C", "build", "-j1")
