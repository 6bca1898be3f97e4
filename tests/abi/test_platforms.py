# SPDX-License-Identifier: MIT
"""The headers and the shim compile for systems that the tests do not run on: with the compiler of the
package ziglang, which has the headers of each. Nothing is linked, so no library has to be built."""

import importlib.util
import pathlib
import unittest

import toolchain

WARNINGS = ("-Wall", "-Wextra", "-Werror")
# What Zig itself passes to its libc++.
LIBCXX = ("-D_LIBCPP_ABI_VERSION=1", "-D_LIBCPP_ABI_NAMESPACE=__1",
          "-D_LIBCPP_HAS_NO_VENDOR_AVAILABILITY_ANNOTATIONS", "-D_LIBCPP_PSTL_CPU_BACKEND_SERIAL",
          "-D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_NONE")
TARGETS = {
    "arm64-apple-macos11": ("any-macos-any",),
    "x86_64-apple-macos11": ("any-macos-any",),
    "x86_64-w64-windows-gnu": ("any-windows-any",),
}


def zig():
    """The folder of the package, or None."""
    found = importlib.util.find_spec("ziglang")
    folders = [pathlib.Path(found.origin).parent] if found is not None and found.origin else []
    folders.append(toolchain.ROOT / "build-python/packages/ziglang")
    return next((folder for folder in folders if (folder / "zig").is_file()), None)


class Platforms(unittest.TestCase):
    def test_each_compiles(self):
        folder = zig()
        if folder is None:
            self.skipTest("there is no package ziglang")

        def compile_for(target):
            systems = [folder / "lib" / name for name in (
                "libcxx/include", "libcxxabi/include", "include",
                *(f"libc/include/{name}" for name in TARGETS[target]))]
            return toolchain.run(
                folder / "zig", "clang", "-fsyntax-only", "-std=c++20", f"--target={target}",
                "-nostdinc", "-nostdinc++", *(part for each in systems for part in ("-isystem", each)),
                *LIBCXX, *WARNINGS, f"-I{toolchain.INCLUDE}", "-DCLIB_BUILDING",
                toolchain.SHIM / "clib.cpp")

        for target, done in zip(TARGETS, toolchain.jobs.map(compile_for, TARGETS)):
            with self.subTest(target):
                self.assertEqual((done.returncode, done.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()
