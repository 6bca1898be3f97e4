# SPDX-License-Identifier: MIT
"""An install of clib, moved to another place, and the sources of clib as a subproject. Each is used
by the programs in headers/ (C++) and shim/ (C99), and the library in module/, which are built as their
user would build them.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import sys
import tempfile
import textwrap
import unittest

import pages
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
        """A fresh copy of one of the projects here, all by itself."""
        project = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(HERE / name, project, dirs_exist_ok=True)
        return project

    def check_module(self, build, python_path):
        """The library in module/ is compiled and linked as it should be, and has stub and header."""
        toolchain.require("readelf", "nm")
        library = build / "libwords.so"
        dynamic = toolchain.succeed("readelf", "-d", library)
        self.assertIn("SYMBOLIC", dynamic)
        self.assertIn("NODELETE", dynamic)
        self.assertEqual(
            set(toolchain.succeed("nm", "-D", "--defined-only", "--format=just-symbols",
                                  library).split()),
            {"clib_describe", "words_answer", "words_last_error", "words_last_size",
             "words_last_status"})
        self.assertIn("def add(self, word: ", (build / "words.pyi").read_text(encoding="utf-8"))
        self.assertIn("words_answer(void)", (build / "words.h").read_text(encoding="utf-8"))
        output = toolchain.succeed(
            sys.executable, "-c", "import clib, sys; words = clib.load(sys.argv[1]);"
            "print(words.WordCount().add('so'), words.answer())", library,
            environment={"PYTHONPATH": str(python_path)})
        self.assertEqual(output, "1 42\n")
        return dynamic


class Installed(Consumer):
    options = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        build, cls.first_prefix, cls.prefix = (
            cls.folder / name for name in ("build", "first_prefix", "prefix"))
        toolchain.succeed(
            "meson", "setup", build, toolchain.ROOT, f"--prefix={cls.first_prefix}",
            "--buildtype=plain", "-Dtests=disabled", "-Dexamples=disabled", *cls.options)
        cls.install_log = toolchain.succeed("meson", "install", "-C", build)
        shutil.rmtree(build)
        cls.first_prefix.rename(cls.prefix)
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
        self.assertEqual(self.pkg_config("--libs", "--cflags-only-other", "clib"),
                         ["-pthread", "-pthread"])

    def test_headers_with_cmake(self):
        self.assertEqual(self.run_with_cmake(self.project("headers")), HEADERS_OUTPUT)

    def test_version_of_the_cmake_package(self):
        major, minor, patch = map(int, VERSION.split("."))
        version_file, = self.prefix.rglob("clib-config-version.cmake")
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

    @property
    def package(self):
        package, = (path.parent for path in self.prefix.rglob("__init__.py")
                    if path.parent.name == "clib")
        return package

    def test_module_with_pkg_config(self):
        project = self.project("module")
        library = project / "libwords.so"
        for source in ("headers/main.cpp", "shim/main.c"):
            shutil.copy(HERE / source, project)
        for line in pages.block("shim/INSTALL.md", "sh", "pkg-config").code.splitlines():
            toolchain.succeed("sh", "-c", line, cwd=project, environment=self.environment)
        self.assertEqual(toolchain.succeed(project / "app"), HEADERS_OUTPUT)
        for command, name in (("stub", "words.pyi"), ("header", "words.h")):
            toolchain.succeed(
                sys.executable, "-m", "clib", command, library, "-o", project / name,
                environment={"PYTHONPATH": str(self.package.parent)})
        self.check_module(project, self.package.parent)

    def test_module_with_cmake(self):
        project = self.project("module")
        with open(project / "CMakeLists.txt", "a", encoding="utf-8") as lists:
            lists.write("clib_add_module(alone STATIC_RUNTIME NO_STUB NO_HEADER words.cpp)\n"
                        "set_target_properties(alone PROPERTIES UNITY_BUILD OFF)\n")
        configured = self.configure_with_cmake(project)
        self.assertEqual(configured.returncode, 0, configured.stdout)
        toolchain.succeed("cmake", "--build", project / "build", environment={"PYTHONPATH": ""})
        dynamic = self.check_module(project / "build", self.package.parent)
        self.assertIn("libstdc++.so", dynamic)
        alone = project / "build" / "libalone.so"
        self.assertNotIn("libstdc++.so", toolchain.succeed("readelf", "-d", alone))
        symbols = "nm", "-D", "--defined-only", "--format=just-symbols"
        self.assertEqual(toolchain.succeed(*symbols, alone),
                         toolchain.succeed(*symbols, project / "build" / "libwords.so"))
        self.assertFalse((project / "build" / "alone.pyi").exists())

    def test_module_with_meson(self):
        project = self.project("module")
        shutil.rmtree(project / "subprojects")
        toolchain.succeed("meson", "setup", project / "build", project,
                          environment=self.environment)
        toolchain.succeed("meson", "compile", "-C", project / "build")
        self.check_module(project / "build", self.package.parent)

    def test_components_of_the_cmake_package(self):
        project = self.project("headers")
        lists = project / "CMakeLists.txt"
        text = lists.read_text(encoding="utf-8")
        for components, message in (("headers module shim", ""),
                                    ("spoon", "this clib has no component 'spoon'")):
            lists.write_text(text.replace("REQUIRED", f"REQUIRED COMPONENTS {components}"),
                             encoding="utf-8")
            configured = self.configure_with_cmake(project)
            self.assertEqual(configured.returncode == 0, not message, configured.stdout)
            self.assertIn(message, re.sub(r"\s+", " ", configured.stdout))

    def test_where_things_are(self):
        for place, file in (("include", "clib/clib.hpp"), ("cmake", "clib-config.cmake"),
                            ("pkgconfig", "clib.pc")):
            printed = toolchain.succeed(
                sys.executable, "-m", "clib", f"--{place}dir",
                environment={"PYTHONPATH": str(self.package.parent)})
            folder = pathlib.Path(printed.strip().split(os.pathsep)[0])
            self.assertTrue((folder / file).is_file(), printed)
            self.assertTrue(folder.is_relative_to(self.prefix.resolve()))

    def test_licence_and_guides(self):
        documents = self.prefix / "share/doc/clib"
        self.assertIn("MIT License", (documents / "LICENSE").read_text(encoding="utf-8"))
        for name in pages.every_page():
            self.assertEqual((documents / name).read_bytes(), (toolchain.ROOT / name).read_bytes())

    def test_the_install_says_what_to_do_for_python(self):
        self.assertEqual(re.findall(r"PYTHONPATH=(\S+)", self.install_log),
                         [str(self.package.parent).replace(str(self.prefix), str(self.first_prefix))])

    def test_the_prefixes_of_debians_python(self):
        python = "/usr/bin/python3"
        if not os.path.exists("/usr/lib/python3/dist-packages"):
            self.skipTest("this is no Debian")
        version = toolchain.succeed(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        for prefix, folder in (("/usr", "lib/python3/dist-packages"),
                               ("/usr/local", f"lib/python{version.strip()}/dist-packages")):
            self.assertEqual(
                toolchain.succeed(python, toolchain.SHIM / "python_folder.py", prefix).splitlines(),
                [folder, "True"])

    def test_python(self):
        module = self.package / "__init__.py"
        output = toolchain.succeed(
            sys.executable, "-c", "import clib; print(clib.CString('found'), clib.__file__)",
            cwd=self.folder, environment={"PYTHONPATH": str(module.parents[1]), "CLIB_LIBRARY": ""})
        self.assertEqual(output, f"found {module}\n")


class InstalledWithoutShim(Installed):
    options = ("-Dshim=disabled",)

    def test_nothing_of_the_shim_is_installed(self):
        installed = {path.name for path in self.prefix.rglob("*")}
        self.assertIn("counter.hpp", installed)
        shim = {name for name in installed
                if name in ("clib.h", "__init__.py", "py.typed") or ".so" in name}
        self.assertEqual(shim, set())
        self.assertNotEqual(
            toolchain.run("pkg-config", "clib-shim", environment=self.environment).returncode, 0)

    def test_cmake_finds_no_shim(self):
        configured = self.configure_with_cmake(self.project("shim"))
        self.assertNotEqual(configured.returncode, 0)
        self.assertIn("clib::shim", configured.stdout)


class InstalledInAnEnvironment(Consumer):
    """The prefix is a virtual environment, and the library for linkers is a static one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prefix = cls.folder / "environment"
        build = cls.folder / "build"
        toolchain.succeed(sys.executable, "-m", "venv", "--without-pip", cls.prefix)
        toolchain.succeed(
            "meson", "setup", build, toolchain.ROOT, f"--prefix={cls.prefix}", "--buildtype=plain",
            "-Ddefault_library=static", "-Dtests=disabled", "-Dexamples=disabled")
        cls.install_log = toolchain.succeed("meson", "install", "-C", build)

    def test_its_python_finds_clib(self):
        self.assertNotIn("PYTHONPATH", self.install_log)
        printed = toolchain.succeed(
            self.prefix / "bin/python3", "-c", "import clib; print(clib.CString('found'))",
            cwd=self.folder, environment={"PYTHONPATH": "", "CLIB_LIBRARY": ""})
        self.assertEqual(printed, "found\n")

    def test_a_program_needs_no_library(self):
        project = self.project("shim")
        toolchain.succeed("cmake", "-G", "Ninja", "-B", project / "build", project,
                          environment={"CMAKE_PREFIX_PATH": str(self.prefix)})
        toolchain.succeed("cmake", "--build", project / "build")
        program = project / "build/consumer"
        self.assertEqual(toolchain.succeed(program), SHIM_OUTPUT)
        self.assertNotIn("libclib", toolchain.succeed("readelf", "-d", program))


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
        self.assertFalse(list(build.rglob(f"libclib.so.{VERSION}")),
                         "the shim is built, and nobody asks for it")
        self.assertEqual(self.introspect(build, "installed"), {})
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

    def test_module(self):
        build = self.build("module")
        self.check_module(build, toolchain.SHIM)
        self.assertFalse(list(build.rglob(f"libclib.so.{VERSION}")),
                         "the shim is built, and nobody asks for it")

    def test_module_with_cmake(self):
        """As FetchContent brings clib's sources."""
        project = self.project("module")
        lists = project / "CMakeLists.txt"
        lists.write_text(lists.read_text(encoding="utf-8").replace(
            "find_package(clib 0.2 REQUIRED)\n", textwrap.dedent(f"""\
                include(FetchContent)
                FetchContent_Declare(clib SOURCE_DIR {toolchain.ROOT} SOURCE_SUBDIR shim/cmake)
                FetchContent_MakeAvailable(clib)
                """)), encoding="utf-8")
        lists.write_text(lists.read_text(encoding="utf-8") + textwrap.dedent(f"""\
                enable_language(C)
                add_executable(consumer EXCLUDE_FROM_ALL {HERE}/shim/main.c)
                target_link_libraries(consumer PRIVATE clib::shim)
                """), encoding="utf-8")
        toolchain.succeed("cmake", "-G", "Ninja", "-B", project / "build", project)
        toolchain.succeed("cmake", "--build", project / "build")
        self.check_module(project / "build", toolchain.SHIM)
        self.assertFalse(list(project.rglob("libclib.so")),
                         "the shim is built, and nobody asks for it")
        toolchain.succeed("cmake", "--build", project / "build", "--target", "consumer")
        self.assertEqual(toolchain.succeed(project / "build/consumer"), SHIM_OUTPUT)


del Installed  # it is the base of the two that follow it, and no test by itself
