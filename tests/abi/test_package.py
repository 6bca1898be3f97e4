"""The modules of the Python package import one way only, and each file that users copy names its
licence."""

import ast
import glob
import os
import pathlib
import re
import unittest

import toolchain

PACKAGE = toolchain.SHIM / "clib"

# Bottom first: a module imports those before it. shim/README.md has the same as a picture.
LAYERS = [
    "errors", "layout", "foreign", "pypy", "ccall", "ending", "description", "ledger", "outcome",
    "pickles", "objects", "raised", "failures", "items", "formats", "elements", "dlpack", "arrays", "kinds",
    "kinds.kind", "kinds.number", "kinds.integer", "kinds.buffer", "kinds.real", "kinds.text", "kinds.array", "kinds.*", "exceptions", "reader",
    "library", "signature", "callbacks", "source", "overloads", "calls", "binding", "own", "overrides",
    "classes",
    "structures", "plain_structures", "native_structures", "native", "declaration", "saved", "compare", "loading", "package", "__init__",
    "tools.*", "__main__"]


def name_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {name_of(path): path for path in PACKAGE.rglob("*.py")}


def layer(name):
    if name in LAYERS:
        return LAYERS.index(name)
    return LAYERS.index(name.split(".")[0] + ".*")


def is_for_types(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and \
        "IS_CPYTHON" not in ast.unparse(node.test)


def statements(node):
    """All nodes but those that only type checkers see."""
    for child in ast.iter_child_nodes(node):
        if is_for_types(child):
            for other in child.orelse:
                yield other
                yield from statements(other)
            continue
        yield child
        yield from statements(child)


def imports(name, path):
    """The modules of the package that a module imports, at its beginning or later."""
    is_package = path.name == "__init__.py"
    folder = name.split(".") if is_package and name != "__init__" else name.split(".")[:-1]
    for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        base = folder[:len(folder) - node.level + 1]
        if node.module:
            yield ".".join([*base, *node.module.split(".")])
        else:
            for alias in node.names:
                full = ".".join([*base, alias.name])
                yield full if full in MODULES else ".".join(base) or "__init__"


class Package(unittest.TestCase):
    def test_arrows_go_one_way(self):
        arrows = 0
        for name, path in MODULES.items():
            for imported in imports(name, path):
                arrows += 1
                self.assertIn(imported, MODULES, f"{name} imports {imported}")
                self.assertTrue(layer(imported) < layer(name) or
                                name.split(".")[0] == imported.split(".")[0] == "tools",
                                f"{name} imports {imported}, which is above it")
        self.assertGreater(arrows, 100)

    def test_each_module_has_its_layer(self):
        for name in MODULES:
            self.assertIsInstance(layer(name), int)
        for name in LAYERS:
            self.assertTrue(name.endswith(".*") or name in MODULES, name)

    def test_only_the_commands_import_the_tools(self):
        for name, path in MODULES.items():
            if name != "__main__" and not name.startswith("tools"):
                for imported in imports(name, path):
                    self.assertFalse(imported.startswith("tools"), f"{name} imports {imported}")

    def test_no_number_of_a_kind_stands_elsewhere(self):
        """Each module asks the kind; none compares numbers."""
        for name, path in MODULES.items():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Compare) and not name.startswith("kinds"):
                    compared = [node.left, *node.comparators]
                    about = [each for each in compared if isinstance(each, ast.Attribute) and
                             each.attr in ("kind", "element")]
                    self.assertFalse(about and any(isinstance(each, ast.Constant)
                                                   for each in compared),
                                     f"{name}:{node.lineno}")

    def test_older_pythons_get_one_sentence(self):
        """They read __init__.py before anything else, and Python 2.7 knows no annotations."""
        tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"),
                         feature_version=(3, 4))
        for node in ast.walk(tree):
            self.assertNotIsInstance(node, (ast.AnnAssign, ast.JoinedStr, ast.Starred))
            self.assertIsNone(getattr(node, "returns", None) or getattr(node, "annotation", None))
        home = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
        for path in glob.glob(os.path.join(home, "versions", "*", "bin", "python")):
            version = os.path.basename(path[:-len("/bin/python")]).split(".")[:2]
            if tuple(map(int, version)) < (3, 9):
                done = toolchain.run(path, "-B", "-c", "import clib", cwd=toolchain.SHIM)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(
                    done.stdout, r"^Traceback (.*\n)+ImportError: clib needs Python 3.9 or later, "
                    rf"and this is Python {'.'.join(version)}; use a newer one\n$")
                self.assertEqual(done.stdout.count("Traceback"), 1)

    def test_each_file_names_its_licence(self):
        for path in MODULES.values():
            first = path.read_text(encoding="utf-8").splitlines()[0]
            self.assertEqual(first, "# SPDX-License-Identifier: MIT", path)

    def test_its_version_is_that_of_the_headers(self):
        """It is written down again, because the package needs no headers."""
        header = (toolchain.INCLUDE / "clib/version.hpp").read_text(encoding="utf-8")
        own = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r'(?m)^__version__ = "(.*)"', own),
                         re.findall(r'CLIB_VERSION_STRING "(.*)"', header))

    def test_it_says_that_it_is_typed(self):
        self.assertTrue((PACKAGE / "py.typed").is_file())

    def test_types(self):
        toolchain.require("mypy")
        toolchain.succeed("mypy", "--strict", "--cache-dir=/dev/null", "-p", "clib",
                          cwd=pathlib.Path(toolchain.SHIM))


if __name__ == "__main__":
    unittest.main()
