# SPDX-License-Identifier: MIT
"""`python3 -m clib new` makes a project; here all that its README says is done with it, in a virtual
environment with clib's wheel. What needs a package of Python's index is skipped where that is not."""

import re
import shutil
import subprocess
import sys
import unittest

import pages
import toolchain
from packages import PackagesTest

NAME = "words"

# How setuptools packs it.
SETUP = pages.block("shim/README.md", "python", "from setuptools").code


class New(PackagesTest):
    def project(self, *packages):
        """A new project in an environment of its own: the environment's Python, what installs there,
        the project's folder, and what runs a command in it."""
        own, pip = self.environment(sys.executable, *packages)
        pip("install", self.clib_wheel)
        folder = own.parents[1] / "project"
        toolchain.succeed(own, "-m", "clib", "new", NAME, "-o", folder,
                          environment=self.active(own))

        def run(*command):
            return toolchain.succeed(*command, cwd=folder, environment=self.active(own))

        return own, pip, folder, run

    def check_stub(self, folder):
        self.assertEqual((folder / f"src/{NAME}/__init__.pyi").read_text(encoding="utf-8"),
                         next((folder / "build").rglob(f"{NAME}.pyi")).read_text(encoding="utf-8"))

    def test_with_cmake(self):
        """The commands of README.md."""
        toolchain.require("cmake", "ctest")
        install, *commands = pages.block("README.md", "sh", "clib new").code.splitlines()
        self.assertEqual(install, "pip install ./shim")
        own, pip = self.environment(sys.executable)
        pip("install", self.clib_wheel)
        folder = own.parents[1] / NAME
        self.assertIn("100% tests passed", toolchain.succeed(
            "sh", "-e", "-c", "\n".join(commands), cwd=folder.parent,
            environment={**self.active(own), "CMAKE_GENERATOR": "Ninja"}))
        self.check_stub(folder)
        wheel = toolchain.succeed(
            own, "-m", "clib", "wheel", f"build/{NAME}/lib{NAME}.so", cwd=folder,
            environment=self.active(own)).strip()
        self.check_wheel(own, pip, folder, wheel)

    def test_with_meson(self):
        toolchain.require("pkg-config")
        own, _, folder, run = self.project()
        run("sh", "-c", "PKG_CONFIG_PATH=$(python3 -m clib --pkgconfigdir) meson setup build "
            "-Dbuildtype=debug")
        run("meson", "compile", "-C", "build")
        self.assertRegex(run("meson", "test", "-C", "build"), r"Ok: +1\b")
        self.check_stub(folder)
        installed = folder / "installed"
        run("meson", "install", "-C", "build", "--destdir", installed)
        package, = installed.rglob(f"lib{NAME}.so")
        self.assertEqual({each.name for each in package.parent.iterdir()},
                         {"__init__.py", "__init__.pyi", "py.typed", package.name})

    def check_wheel(self, own, pip, folder, wheel):
        """It is for every Python; when it is installed, the tests of the project pass."""
        self.assertRegex(wheel, rf"{NAME}-1\.0-py3-none-\w*linux_\w+\.whl$")
        pip("install", "--no-deps", folder / wheel)
        self.run_tests(own, folder)

    def run_tests(self, own, folder):
        """From another folder, so that what is installed is tested."""
        toolchain.succeed(own, "-m", "unittest", "discover", "-s", folder / "tests",
                          cwd=self.folder, environment=self.active(own))

    def build(self, pip, own, folder):
        """The wheel that pip makes of the project."""
        pip("wheel", "--no-build-isolation", "--no-deps", "-w", folder / "dist", folder,
            environment=self.active(own))
        wheel, = (folder / "dist").iterdir()
        return f"dist/{wheel.name}"

    def test_scikit_build_core(self):
        own, pip, folder, _ = self.project("scikit_build_core")
        wheel = self.build(pip, own, folder)
        names = {each.partition("/")[2] for each in
                 subprocess.run([sys.executable, "-m", "zipfile", "-l", folder / wheel], text=True,
                                stdout=subprocess.PIPE, check=True).stdout.split()
                 if each.startswith(f"{NAME}/")}
        self.assertEqual(names, {"__init__.py", "__init__.pyi", "py.typed", f"lib{NAME}.so"})
        self.check_wheel(own, pip, folder, wheel)

    def test_an_editable_install_with_scikit_build_core(self):
        own, pip, folder, _ = self.project("scikit_build_core")
        pip("install", "--no-build-isolation", "--no-deps", "-e", folder,
            environment=self.active(own))
        self.run_tests(own, folder)
        self.edit(own, folder)

    def edit(self, own, folder):
        with open(folder / f"src/{NAME}/__init__.py", "a", encoding="utf-8") as opened:
            opened.write("\nEDITED = True\n")
        self.assertEqual(toolchain.succeed(
            own, "-c", f"import {NAME}; print({NAME}.EDITED)", cwd=self.folder,
            environment=self.active(own)), "True\n")

    def use_meson_python(self, own, folder):
        project = folder / "pyproject.toml"
        text = project.read_text(encoding="utf-8")
        text = re.sub(r"scikit-build-core[^\"]*", "meson-python", text)
        text = text.replace("scikit_build_core.build", "mesonpy").partition("[tool.")[0]
        project.write_text(text, encoding="utf-8")
        places = toolchain.succeed(own, "-m", "clib", "--pkgconfigdir",
                                   environment=self.active(own)).strip()
        return {**self.active(own), "PKG_CONFIG_PATH": places}

    def test_meson_python(self):
        toolchain.require("pkg-config")
        own, pip, folder, run = self.project("mesonpy", "wheel")
        environment = self.use_meson_python(own, folder)
        pip("wheel", "--no-build-isolation", "--no-deps", "-w", folder / "dist", folder,
            environment=environment)
        wheel, = (folder / "dist").iterdir()
        # meson-python believes it to be for one Python only.
        run(own, "-m", "wheel", "tags", "--python-tag", "py3", "--abi-tag", "none", "--remove", wheel)
        wheel, = (folder / "dist").iterdir()
        self.check_wheel(own, pip, folder, f"dist/{wheel.name}")

    def test_an_editable_install_with_meson_python(self):
        toolchain.require("pkg-config")
        own, pip, folder, _ = self.project("mesonpy")
        environment = self.use_meson_python(own, folder)
        pip("install", "--no-build-isolation", "--no-deps", "-e", folder, environment=environment)
        self.run_tests(own, folder)
        self.edit(own, folder)

    def test_setuptools(self):
        """Which packs what CMake has built."""
        own, pip, folder, run = self.project("setuptools.command.bdist_wheel")
        run("cmake", "-G", "Ninja", "-B", "build")
        run("cmake", "--build", "build")
        shutil.copy(folder / f"build/{NAME}/lib{NAME}.so", folder / f"src/{NAME}")
        (folder / "pyproject.toml").unlink()
        (folder / "setup.py").write_text(SETUP, encoding="utf-8")
        self.check_wheel(own, pip, folder, self.build(pip, own, folder))

    def test_what_is_no_name(self):
        for name, sentence in (("class", "'class' is no name"), ("int", "'int' is no name"),
                               ("Words", "lower-case letters"), ("json", "no word of"),
                               ("a-b", "'a-b' is no name"), ("clib", "'clib' is no name")):
            done = toolchain.run(sys.executable, "-m", "clib", "new", name, cwd=self.folder,
                                 environment={"PYTHONPATH": str(toolchain.SHIM)})
            self.assertEqual(done.returncode, 2, name)
            self.assertIn(sentence, done.stdout)
            self.assertFalse((self.folder / name).exists())
        (self.folder / "there").mkdir()
        done = toolchain.run(sys.executable, "-m", "clib", "new", "there", cwd=self.folder,
                             environment={"PYTHONPATH": str(toolchain.SHIM)})
        self.assertIn("there is there already; take another name", done.stdout)


if __name__ == "__main__":
    unittest.main()
