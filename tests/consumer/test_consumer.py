# SPDX-License-Identifier: MIT
"""An install of clib, moved to another place, and the sources of clib as a subproject. Each is used
by the programs in headers/ (C++) and shim/ (C99), which are built as their user would build them.
"""

import json
import os
import pathlib
import shlex
import shutil
import sys
import tempfile
import unittest

import toolchain

HERE = pathlib.Path(__file__).resolve().parent
VERSION = os.environ["CLIB_VERSION"]
CXX = (*shlex.split(os.environ.get("CXX", "c++")), "-std=c++20")
CC = (*shlex.split(os.environ.get("CC", "cc")), "-std=c99", "-pedantic")

# What clib compiles its own sources with, and nobody else's.
OWN_FLAGS = {
    "-Wconversion", "-Wshadow", "-Wundef", "-Wnon-virtual-dtor", "-DCLIB_BUILDING",
    "-fvisibility=hidden"}

# What each program prints.
HEADERS_OUTPUT = "starting 1\n"
SHIM_OUTPUT = f"clib {VERSION} 1\n"


class Consumer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        toolchain.require("meson", "ninja", "cmake", "pkg-config")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def project(self, name):
        """A fresh copy of one of the two projects here, all by itself."""
        project = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(HERE / name, project, dirs_exist_ok=True)
        return project


class Installed(Consumer):
    options = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        build, first_prefix, cls.prefix = (
            cls.folder / name for name in ("build", "first_prefix", "prefix"))
        toolchain.succeed(
            "meson", "setup", build, toolchain.ROOT, f"--prefix={first_prefix}",
            "--buildtype=plain", "-Dtests=disabled", "-Dexamples=disabled", *cls.options)
        toolchain.succeed("meson", "install", "-C", build)
        shutil.rmtree(build)
        first_prefix.rename(cls.prefix)
        cls.environment = {
            "PKG_CONFIG_PATH": ":".join({str(path.parent) for path in cls.prefix.rglob("*.pc")}),
            "CMAKE_PREFIX_PATH": str(cls.prefix),
        }

    def pkg_config(self, *arguments):
        return toolchain.succeed("pkg-config", *arguments, environment=self.environment).split()

    def run_with_pkg_config(self, project, *compiler_and_source, package):
        program = project / "consumer"
        flags = self.pkg_config("--cflags", "--libs", package)
        toolchain.succeed(*compiler_and_source, *flags, "-o", program, cwd=project)
        libraries = self.pkg_config("--variable=libdir", package)
        return toolchain.succeed(program, environment={"LD_LIBRARY_PATH": ":".join(libraries)})

    def configure_with_cmake(self, project):
        return toolchain.run(
            "cmake", "-G", "Ninja", "-B", project / "build", project, environment=self.environment)

    def run_with_cmake(self, project):
        configured = self.configure_with_cmake(project)
        self.assertEqual(configured.returncode, 0, configured.stdout)
        toolchain.succeed("cmake", "--build", project / "build")
        return toolchain.succeed(project / "build" / "consumer")

    def test_headers_with_pkg_config(self):
        output = self.run_with_pkg_config(self.project("headers"), *CXX, "main.cpp", package="clib")
        self.assertEqual(output, HEADERS_OUTPUT)
        self.assertEqual(self.pkg_config("--modversion", "clib"), [VERSION])
        self.assertEqual(self.pkg_config("--libs", "--cflags-only-other", "clib"), [])

    def test_headers_with_cmake(self):
        self.assertEqual(self.run_with_cmake(self.project("headers")), HEADERS_OUTPUT)

    def is_symbolic(self, library):
        return "SYMBOLIC" in toolchain.succeed("readelf", "-d", library)

    def test_a_library_of_ones_own_uses_its_own_functions(self):
        toolchain.require("readelf")
        project = self.project("headers")
        (project / "own.cpp").write_text("#include <clib/ffi/export.hpp>\n"
                                         "CLIB_EXPORT int own() { return 1; }\n", encoding="utf-8")
        library = project / "libown.so"
        toolchain.succeed(*CXX, "own.cpp", *self.pkg_config("--cflags", "clib"),
                          *self.pkg_config("--variable=library_flags", "clib"), "-o", library,
                          cwd=project)
        self.assertTrue(self.is_symbolic(library))
        with open(project / "CMakeLists.txt", "a", encoding="utf-8") as lists:
            lists.write("add_library(own SHARED own.cpp)\n"
                        "target_link_libraries(own PRIVATE clib::clib)\n")
        self.run_with_cmake(project)
        self.assertTrue(self.is_symbolic(project / "build" / "libown.so"))
        self.assertFalse(self.is_symbolic(project / "build" / "consumer"))

    def test_version_of_the_cmake_package(self):
        major, minor, patch = map(int, VERSION.split("."))
        version_file, = self.prefix.rglob("clibConfigVersion.cmake")
        script = self.folder / "version.cmake"
        script.write_text(
            "cmake_minimum_required(VERSION 3.16)\n"
            f"include({version_file})\n"
            "message(${PACKAGE_VERSION}=${PACKAGE_VERSION_COMPATIBLE})\n")
        for wanted, suits in (
                (VERSION, "TRUE"), (f"{major}.{minor}", "TRUE"),
                (f"{major}.{minor}.{patch + 1}", "FALSE"), (f"{major}.{minor + 1}", "FALSE"),
                (f"{major + 1}.0", "FALSE")):
            output = toolchain.succeed(
                "cmake", f"-DPACKAGE_FIND_VERSION={wanted}",
                f"-DPACKAGE_FIND_VERSION_MAJOR={wanted.split('.')[0]}", "-P", script)
            self.assertEqual(output.strip(), f"{VERSION}={suits}", wanted)


class InstalledWithShim(Installed):
    def test_shim_with_pkg_config(self):
        output = self.run_with_pkg_config(self.project("shim"), *CC, "main.c", package="clib-shim")
        self.assertEqual(output, SHIM_OUTPUT)
        self.assertEqual(self.pkg_config("--modversion", "clib-shim"), [VERSION])

    def test_shim_with_cmake(self):
        self.assertEqual(self.run_with_cmake(self.project("shim")), SHIM_OUTPUT)


    def test_python(self):
        module, = (path for path in self.prefix.rglob("__init__.py") if path.parent.name == "clib")
        output = toolchain.succeed(
            sys.executable, "-c", "import clib; print(clib.CString('found'), clib.__file__)",
            cwd=self.folder, environment={"PYTHONPATH": str(module.parents[1]), "CLIB_LIBRARY": ""})
        self.assertEqual(output, f"found {module}\n")


class InstalledWithoutShim(Installed):
    options = ("-Dshim=disabled",)

    def test_nothing_of_the_shim_is_installed(self):
        installed = {path.name for path in self.prefix.rglob("*")}
        self.assertIn("counter.hpp", installed)
        shim = {name for name in installed if name in ("clib.h", "__init__.py", "py.typed") or ".so" in name}
        self.assertEqual(shim, set())
        self.assertNotEqual(
            toolchain.run("pkg-config", "clib-shim", environment=self.environment).returncode, 0)

    def test_cmake_finds_no_shim(self):
        configured = self.configure_with_cmake(self.project("shim"))
        self.assertNotEqual(configured.returncode, 0)
        self.assertIn("clib::shim", configured.stdout)


class Subproject(Consumer):
    def build(self, name, *options):
        """Builds the project with the sources of clib in subprojects/clib."""
        project = self.project(name)
        (project / "subprojects" / "clib").symlink_to(toolchain.ROOT)
        build = project / "build"
        toolchain.succeed("meson", "setup", build, project, "--wrap-mode=forcefallback",
                          *options)
        toolchain.succeed("meson", "compile", "-C", build)
        return build

    def introspect(self, build, what):
        return json.loads(toolchain.succeed("meson", "introspect", f"--{what}", build))

    def target_names(self, build):
        return {target["name"] for target in self.introspect(build, "targets")}

    def flags(self, build, source):
        """The compiler arguments of clib's own that this source file is compiled with."""
        commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
        command, = (each["command"] for each in commands if each["file"].endswith(f"/{source}"))
        return OWN_FLAGS & set(command.split())

    def test_headers(self):
        build = self.build("headers")
        self.assertEqual(toolchain.succeed(build / "consumer"), HEADERS_OUTPUT)
        self.assertEqual(self.target_names(build), {"consumer"})
        self.assertEqual(self.flags(build, "main.cpp"), set(), "a flag of clib's reaches its user")

    def test_shim(self):
        build = self.build("shim")
        self.assertEqual(toolchain.succeed(build / "consumer"), SHIM_OUTPUT)
        self.assertEqual(
            self.target_names(build), {"consumer", "clib"}, "tests and examples are off")
        self.assertEqual(self.flags(build, "clib.cpp"), OWN_FLAGS)
        self.assertEqual(self.flags(build, "main.c"), set(), "a flag of clib's reaches its user")
        installed = {pathlib.Path(path).name for path in self.introspect(build, "installed")}
        self.assertIn("libclib.so", installed, "what needs the library installs it")
        self.assertEqual({name for name in installed if not name.startswith("libclib.so")}, set())


    def test_static_shim(self):
        """The program has what it needs of it in itself; Python's library is there, too."""
        build = self.build("shim", "-Ddefault_library=static")
        os.remove(build / "subprojects" / "clib" / "shim" / f"libclib.so.{VERSION}")
        self.assertEqual(toolchain.succeed(build / "consumer"), SHIM_OUTPUT)
        installed = {pathlib.Path(path).name for path in self.introspect(build, "installed")}
        self.assertLessEqual({"libclib.so", "libclib.a"}, installed)


del Installed  # it is the base of the two that follow it, and no test by itself
