# SPDX-License-Identifier: MIT
"""The wheel of clib and the wheels of a library of one's own, installed by pip in fresh virtual
environments of each Python in PYTHONS, and used there. No package index is asked."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import toolchain
from packages import PackagesTest

HERE = pathlib.Path(__file__).resolve().parent
PYTHONS = os.environ.get("PYTHONS", sys.executable).split(":")
VERSION = re.search(r'CLIB_VERSION_STRING "(.*)"', (toolchain.INCLUDE / "clib/version.hpp").read_text(
    encoding="utf-8"))[1]
CXX = (*shlex.split(os.environ.get("CXX", "c++")), "-std=c++20")
CC = shlex.split(os.environ.get("CC", "cc"))

USE = """
import json, pickle, sys
import {module} as words
with words.WordCount() as count:
    times = [count.add(word) for word in "so it goes so".split()]
print(json.dumps([times, words.answer(), words.__native__, words.__version__,
                  pickle.loads(pickle.dumps(words.WordCount)) is words.WordCount,
                  words.WordCount.__module__, "clib" in sys.modules]))
"""


class Wheels(PackagesTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library = cls.folder / "libwords.so"
        toolchain.succeed(
            *CXX, "-O1", "-shared", "-fPIC", "-fvisibility=hidden", f"-I{toolchain.INCLUDE}",
            HERE / "module/words.cpp", "-o", cls.library, "-Wl,-Bsymbolic",
            f"-Wl,--version-script={toolchain.SHIM}/module.map")

    def wheel(self, *options):
        """The path of a wheel of the library, made in an empty folder."""
        here = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (here / "LICENSE").write_text("free", encoding="utf-8")
        (here / "README.md").write_text("# Words", encoding="utf-8")
        printed = toolchain.succeed(sys.executable, "-m", "clib", "wheel", self.library, *options,
                                    cwd=here, environment={"PYTHONPATH": str(toolchain.SHIM)})
        self.assertTrue(printed.startswith("dist/"))
        return here / printed.strip()

    def outside(self, python, *arguments):
        """What a Python prints that knows nothing of the sources here."""
        return toolchain.succeed(python, *arguments, cwd=self.folder, environment={
            "PYTHONPATH": "", "CLIB_LIBRARY": "", "PYTHONDONTWRITEBYTECODE": "1"})

    def check(self, python, module, is_private):
        used = json.loads(self.outside(python, "-c", USE.format(module=module)))
        says = self.outside(python, "-c", "import sys; print(sys.implementation.name, "
                            "'free-threading' in sys.version)")
        self.assertEqual(used, [[1, 1, 1, 2], 42, says == "cpython False\n", "1.0", True, module,
                                not is_private])

    def test_on_every_python(self):
        wheels = self.clib_wheel, self.wheel()
        private = self.wheel("--with-clib", "--module", "acme.words", "--name", "acme-words")
        for python in PYTHONS:
            with self.subTest(python):
                own, pip = self.environment(python)
                pip("install", private)
                self.check(own, "acme.words", is_private=True)
                pip("install", *wheels)
                self.check(own, "words", is_private=False)
                self.assertEqual(self.outside(own, "-c", "import clib; print(clib.CString('own'))"),
                                 "own\n")

    def test_what_is_in_it(self):
        wheel = self.wheel()
        with zipfile.ZipFile(wheel) as archive:
            files = {name: archive.read(name).decode(errors="replace")
                     for name in archive.namelist()}
        info = "words-1.0.dist-info/"
        self.assertEqual(set(files), {
            "words/__init__.py", "words/__init__.pyi", "words/py.typed", "words/libwords.so",
            f"{info}METADATA", f"{info}WHEEL", f"{info}RECORD", f"{info}licenses/LICENSE"})
        self.assertIn("class WordCount:", files["words/__init__.pyi"])
        self.assertIn(f"\nRequires-Dist: clib-ffi>={VERSION}\n", files[f"{info}METADATA"])
        self.assertIn("\nSummary: Counts words.\n", files[f"{info}METADATA"])
        self.assertTrue(files[f"{info}METADATA"].endswith("\n\n# Words\n"))
        self.assertEqual(files[f"{info}licenses/LICENSE"], "free")
        self.assertIn(f"Tag: {wheel.stem[len('words-1.0-'):]}\n", files[f"{info}WHEEL"])

    def test_the_same_library_makes_the_same_wheel(self):
        self.assertEqual(self.wheel().read_bytes(), self.wheel().read_bytes())

    def test_its_tag(self):
        """auditwheel agrees with it."""
        toolchain.require("auditwheel", "patchelf")
        for wheel in (self.clib_wheel, self.wheel(), self.wheel("--with-clib")):
            tag = wheel.stem.rpartition("-")[2]
            self.assertRegex(tag, r"^manylinux_2_\d+_\w+$")
            said = " ".join(toolchain.succeed("auditwheel", "show", wheel).split())
            self.assertIn(f'is consistent with the following platform tag: "{tag}"', said)

    def test_a_library_that_needs_another_one(self):
        toolchain.require("readelf")
        other, needs = self.folder / "libother.so", self.folder / "libneeds.so"
        toolchain.succeed(*CC, "-shared", "-x", "c", "-", "-o", other, input="int other;")
        toolchain.succeed(
            *CXX, "-shared", "-fPIC", "-fvisibility=hidden", f"-I{toolchain.INCLUDE}",
            HERE / "module/words.cpp", "-Wl,--no-as-needed", other, "-o", needs,
            f"-Wl,-rpath,{self.folder}")
        said = toolchain.succeed(sys.executable, "-m", "clib", "wheel", needs, "-o",
                                 self.folder / "needy",
                                 environment={"PYTHONPATH": str(toolchain.SHIM)})
        self.assertRegex(said, r"words-1\.0-py3-none-linux_\w+\.whl\n")
        self.assertIn("libneeds.so needs", said)
        self.assertIn("not every Linux has", said)

    def test_what_pip_would_refuse(self):
        saved = json.loads(toolchain.succeed(
            sys.executable, "-m", "clib", "describe", "--json", self.library,
            environment={"PYTHONPATH": str(toolchain.SHIM)}))
        saved["version"] = "new"
        odd = self.folder / "odd.json"
        odd.write_text(json.dumps(saved), encoding="utf-8")
        for arguments, sentence in (
                ([odd], "pip knows no version 'new'; give CLIB_MODULE one such as 1.0"),
                ([self.library, "--module", "a-b"], "'a-b' cannot be imported; --module is a name")):
            done = toolchain.run(sys.executable, "-m", "clib", "wheel", *arguments, cwd=self.folder,
                                 environment={"PYTHONPATH": str(toolchain.SHIM)})
            self.assertEqual(done.returncode, 2)
            self.assertIn(sentence, done.stdout)

    def test_build_systems_use_an_installed_wheel(self):
        toolchain.require("cmake", "pkg-config")
        own, pip = self.environment(PYTHONS[0])
        pip("install", self.clib_wheel)
        cmake, pkg_config = (self.outside(own, "-m", "clib", f"--{place}dir").strip()
                             for place in ("cmake", "pkgconfig"))
        self.assertIn("libclib.so", os.listdir(pathlib.Path(cmake).parents[1]))
        self.assertEqual(self.outside(own, "-m", "clib", "--version"), f"{VERSION}\n")
        for project in ("module", "shim"):
            build = self.folder / f"cmake_{project}"
            toolchain.succeed("cmake", "-G", "Ninja", f"-Dclib_DIR={cmake}", "-S", HERE / project,
                              "-B", build)
            toolchain.succeed("cmake", "--build", build, environment={"PYTHONPATH": ""})
        self.assertIn("class WordCount",
                      (self.folder / "cmake_module/words.pyi").read_text(encoding="utf-8"))
        printed = [toolchain.succeed(self.folder / "cmake_shim/consumer")]
        flags = toolchain.succeed("pkg-config", "--cflags", "--libs", "clib-shim",
                                  environment={"PKG_CONFIG_PATH": pkg_config}).split()
        program = self.folder / "consumer"
        toolchain.succeed(*CC, HERE / "shim/main.c", *flags, "-o", program)
        printed.append(toolchain.succeed(program, environment={
            "LD_LIBRARY_PATH": str(pathlib.Path(cmake).parents[1])}))
        self.assertEqual(printed, [f"clib {VERSION} 1\n"] * 2)

    def test_sources_for_an_index(self):
        """What would be uploaded beside the wheel builds it by itself."""
        toolchain.succeed(sys.executable, "-c", "import build_backend, sys\n"
                          "build_backend.build_sdist(sys.argv[1])", self.folder,
                          cwd=toolchain.SHIM)
        archive, = self.folder.glob("clib_ffi-*.tar.gz")
        shutil.unpack_archive(archive, self.folder / "sources")
        sources, = (self.folder / "sources").iterdir()
        self.assertIn('backend-path = ["shim"]',
                      (sources / "pyproject.toml").read_text(encoding="utf-8"))
        done = subprocess.run(
            [sys.executable, "-c", "import sys; sys.path.insert(0, 'shim'); import build_backend\n"
             "print(build_backend.get_requires_for_build_wheel(), build_backend.ROOT)"],
            cwd=sources, text=True, stdout=subprocess.PIPE, check=True)
        self.assertEqual(done.stdout, f"[] {sources}\n")
        toolchain.succeed("meson", "setup", self.folder / "from_sources", sources,
                          "-Dexamples=disabled", "-Dtests=disabled")


if __name__ == "__main__":
    unittest.main()
