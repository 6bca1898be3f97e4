# SPDX-License-Identifier: MIT
"""conan create examples/packaging/conan, from any folder: the headers, libclib.so, the CMake package
and the Python package of this tree."""

import os
import re

from conan import ConanFile
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout
from conan.tools.meson import Meson, MesonToolchain


class Clib(ConanFile):
    name = "clib"
    description = "Makes the border between C++ and other languages safe and fast"
    license = "MIT"
    topics = "ffi", "binding", "python"
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False]}
    default_options = {"shared": True}

    _python = "lib/python3/site-packages"  # from where it finds libclib.so

    @property
    def _tree(self):
        return os.path.join(self.recipe_folder, "../../..")

    def set_version(self):
        header = load(self, os.path.join(self._tree, "include/clib/version.hpp"))
        self.version = re.search(r'CLIB_VERSION_STRING "([\d.]+)"', header)[1]

    def export_sources(self):
        for pattern in ("include/*", "shim/*", "meson.build", "meson_options.txt", "LICENSE", "README.md"):
            copy(self, pattern, self._tree, self.export_sources_folder, excludes="*__pycache__*")

    def layout(self):
        basic_layout(self)

    def generate(self):
        toolchain = MesonToolchain(self)
        toolchain.project_options["tests"] = "disabled"
        toolchain.project_options["examples"] = "disabled"
        toolchain.project_options["python.purelibdir"] = self._python
        toolchain.generate()

    def build(self):
        meson = Meson(self)
        meson.configure()
        meson.build()

    def package(self):
        Meson(self).install()

    def package_info(self):
        # clib-config.cmake of the package itself says everything, to CMake as to others.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/clib"]
        self.cpp_info.libs = ["clib"]
        self.cpp_info.system_libs = ["pthread"]
        self.buildenv_info.prepend_path("PYTHONPATH", os.path.join(self.package_folder, self._python))
