# SPDX-License-Identifier: MIT
"""Each line that protects the object table or the counter is needed: without it, the model fails."""

import concurrent.futures
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import mutations
import toolchain

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = toolchain.CXX["g++"]
BUILD = ("-std=c++20", "-w", f"-I{HERE}", f"-I{toolchain.INCLUDE}")
QUICK_TO_RUN = ("-O2",)
# Most mutations fail at once. The header is precompiled.
QUICK_TO_BUILD = ("-O0", "-include", "standard.hpp")
EXPLORER = ("explorer.cpp", "fibers.cpp", "plain.cpp", "memory.cpp", "scenario.cpp")
# Of each model: the file with the code that a mutation changes, and the files that only call it.
# In a program the first comes first: of an inline function that both have, the linker takes its.
MODELS = {"table": ("table_program.cpp", "table_model.cpp"), "counter": ("counter_model.cpp",)}
MUTATIONS = mutations.TABLE_MUTATIONS + mutations.COUNTER_MUTATIONS


class MutationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        toolchain.require_cxx(COMPILER)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        toolchain.succeed(*COMPILER, *BUILD, QUICK_TO_BUILD[0], "-x", "c++-header",
                          HERE / "standard.hpp", "-o", cls.folder / "standard.hpp.gch")
        explorer = toolchain.jobs.map(lambda file: cls.compile(file, QUICK_TO_RUN), EXPLORER)
        rest = {model: [cls.compile(file, QUICK_TO_BUILD) for file in files[1:]]
                for model, files in MODELS.items()}
        explorer = list(explorer)
        cls.objects = {model: objects + explorer for model, objects in rest.items()}
        cls.found = {mutation.what: toolchain.jobs.submit(cls.look_for, number, mutation)
                     for number, mutation in enumerate(MUTATIONS)}
        cls.addClassCleanup(concurrent.futures.wait, cls.found.values())

    @classmethod
    def compile(cls, source, speed, place="."):
        """Returns: The object file, in a place whose headers are found before clib's."""
        object_file = cls.folder / place / (source + ".o")
        toolchain.succeed(*COMPILER, f"-I{cls.folder}", f"-I{cls.folder / place}", *BUILD, *speed,
                          "-c", HERE / source, "-o", object_file)
        return object_file

    @classmethod
    def look_for(cls, number, mutation):
        """What the model says, or None if it sees nothing."""
        original = (toolchain.INCLUDE / "clib" / mutation.header).read_text()
        if original.count(mutation.old) != 1:
            raise AssertionError(f"{mutation.header} has no such line any more, or several: "
                                 f"{mutation.old}")
        place = cls.folder / str(number)
        header = place / "clib" / mutation.header
        header.parent.mkdir(parents=True)
        header.write_text(original.replace(mutation.old, mutation.new))
        changed = cls.compile(MODELS[mutation.model][0], QUICK_TO_BUILD, str(number))
        program = place / "model"
        toolchain.succeed(*COMPILER, changed, *cls.objects[mutation.model], "-o", program)
        for part in filter(None, (mutation.first, " ")):  # each name has a space
            begin = time.monotonic()
            done = toolchain.run(program, "--until-failure", part, timeout=120)
            seconds = time.monotonic() - begin
            if done.returncode != 0:
                return (f"{done.stdout.strip() or f'exit status {done.returncode}'}"
                        f" ({seconds:.1f} s)")
        return None


def test_of(mutation):
    def test(self):
        found = self.found[mutation.what].result()
        self.assertIsNotNone(found, "the model sees nothing")
        print(f"# {found}")

    test.__name__ = test.__qualname__ = mutation.what
    return test


for number, each in enumerate(MUTATIONS):
    setattr(MutationTest, f"test_{number:02}_{each.what}", test_of(each))


if __name__ == "__main__":
    unittest.main()
