"""Each line that protects the object table or the counter is needed: without it, the model fails."""

import concurrent.futures
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import mutations
import toolchain

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = toolchain.CXX["g++"]
EXPLORER = ("explorer.cpp", "fibers.cpp", "plain.cpp", "memory.cpp", "scenario.cpp")
BUILD = ("-std=c++20", "-O0",  # most fail at once
          "-w", f"-I{HERE}")


class MutationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        toolchain.require_cxx(COMPILER)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.objects = list(toolchain.jobs.map(cls.compile, EXPLORER))
        all_of_them = mutations.TABLE_MUTATIONS + mutations.COUNTER_MUTATIONS
        cls.found = {mutation.what: toolchain.jobs.submit(cls.look_for, number, mutation)
                     for number, mutation in enumerate(all_of_them)}
        cls.addClassCleanup(concurrent.futures.wait, cls.found.values())

    @classmethod
    def compile(cls, source, place=".", *, before=()):
        object_file = cls.folder / place / (source + ".o")
        toolchain.succeed(*COMPILER, *BUILD, *before, f"-I{toolchain.INCLUDE}", "-c",
                          HERE / source, "-o", object_file)
        return object_file

    @classmethod
    def look_for(cls, number, mutation):
        """What the model says, or None if it sees nothing."""
        original = (toolchain.INCLUDE / "clib" / mutation.header).read_text()
        if original.count(mutation.old) != 1:
            raise AssertionError(f"{mutation.header} has no such line any more, or several: "
                                 f"{mutation.old}")
        place = cls.folder / str(number)
        header = place / "clib" / mutation.header  # found before the one without the mutation
        header.parent.mkdir(parents=True)
        header.write_text(original.replace(mutation.old, mutation.new))
        program = place / "model"
        model = cls.compile(f"{mutation.model}_model.cpp", str(number), before=(f"-I{place}",))
        toolchain.succeed(*COMPILER, *cls.objects, model, "-o", program)
        for part in filter(None, (mutation.first, " ")):
            done = toolchain.run(program, "--until-failure", part, timeout=120)
            if done.returncode != 0:
                return done.stdout.strip() or f"exit status {done.returncode}"
        return None


def test_of(mutation):
    def test(self):
        found = self.found[mutation.what].result()
        self.assertIsNotNone(found, "the model sees nothing")
        print(f"# {found}")

    test.__name__ = test.__qualname__ = mutation.what
    return test


for number, each in enumerate(mutations.TABLE_MUTATIONS + mutations.COUNTER_MUTATIONS):
    setattr(MutationTest, f"test_{number:02}_{each.what}", test_of(each))


if __name__ == "__main__":
    unittest.main()
