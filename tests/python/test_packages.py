# SPDX-License-Identifier: MIT
"""load_package(): a library that is imported as a module or a package of its author's."""

import copy
import importlib
import os
import pathlib
import pickle
import shutil
import sys
import tempfile
import unittest

from binding import BindingTest, clib

LIBRARY = os.environ["CLASSES_LIBRARY"]  # it calls itself shop
FILE = {"win32": "{}.dll", "darwin": "lib{}.dylib"}.get(sys.platform, "lib{}.so")
SOURCE = "import clib as _clib\n\n_clib.load_package(__name__)\n"


class Packages(BindingTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        sys.path.insert(0, folder.name)
        self.addCleanup(sys.path.remove, folder.name)
        before = set(sys.modules)
        self.addCleanup(lambda: [sys.modules.pop(each) for each in set(sys.modules) - before])

    def write(self, path, source=SOURCE, library=None):
        """A module, and the library beside it."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        importlib.invalidate_caches()
        if library:
            shutil.copyfile(LIBRARY, file.parent / FILE.format(library))

    def test_a_package(self):
        self.write("store/__init__.py", library="store")
        import store
        self.assertEqual(store.__doc__, "What a shop has.")
        self.assertEqual(store.__version__, "1.0")
        self.assertEqual(store.__file__, str(self.folder / "store/__init__.py"))
        self.assertIn(store.__native__, (True, False))
        self.assertIn("Stock", store.__all__)
        with store.Stock("cheese", 1) as stock:
            self.assertEqual(len(stock), 1)
            self.assertRegex(repr(stock), r"^<store\.Stock at ")
            self.assertIn("store.Stock", clib.live())
        with self.assertRaisesRegex(AttributeError, "has no 'Stork'; see .*help"):
            store.Stork

    def test_a_single_file(self):
        self.write("store.py", library="store")
        import store
        self.assertEqual(store.Point(x=1.0, y=2.0).y, 2.0)
        self.assertEqual(store.Point.__module__, "store")

    def test_another_name_of_the_file(self):
        self.write("store.py", SOURCE.replace("__name__)", f"__name__, {FILE.format('core')!r})"),
                   library="core")
        import store
        self.assertEqual(store.Stock.SHELVES, 7)

    def test_everything_belongs_to_the_module(self):
        self.write("acme/__init__.py", "")
        self.write("acme/store/__init__.py", library="store")
        import acme.store
        names = [each for each in acme.store.__all__ if hasattr(vars(acme.store)[each], "__module__")]
        self.assertTrue({"Stock", "Point"} <= set(names))
        for name in names:
            value = vars(acme.store)[name]
            self.assertEqual(value.__module__, "acme.store", name)
            self.assertIs(pickle.loads(pickle.dumps(value)), value)
            self.assertIs(copy.deepcopy(value), value)

    def test_what_the_module_defines_stays(self):
        self.write("store.py", f'"""A store."""\n{SOURCE}\n\nStock = 5\n', library="store")
        import store
        self.assertEqual((store.Stock, store.__doc__), (5, "A store."))

    def test_import_of_everything(self):
        self.write("store.py", library="store")
        names = {}
        exec("from store import *", names)
        self.assertIn("Stock", names)
        self.assertNotIn("_clib", names)

    def test_it_is_imported_again(self):
        self.write("store/__init__.py", library="store")
        import store
        before = store.Stock
        self.assertIs(importlib.reload(store), store)
        self.assertIs(store.Stock, before)
        del sys.modules["store"]
        self.assertIs(importlib.import_module("store").Stock, before)

    def test_two_packages_with_one_library(self):
        self.write("store/__init__.py", library="store")
        self.write("second.py", SOURCE.replace("__name__)", "__name__, 'store/' + "
                                               f"{FILE.format('store')!r})"))
        self.write("third/__init__.py", library="third")
        import second
        import store
        import third
        self.assertIs(second.Stock, store.Stock)
        self.assertEqual(store.Stock.__module__, "second")
        self.assertIs(pickle.loads(pickle.dumps(store.Stock)), store.Stock)
        self.assertIsNot(third.Stock, store.Stock)  # of its own file
        self.assertEqual(third.Stock.__module__, "third")
        with third.Stock("cheese", 1) as other, self.assertRaisesRegex(TypeError, r"\bStock\b"):
            with store.Stock("milk", 2) as stock:
                stock.larger(other)

    def test_a_path_in_two_parts(self):
        """As an editable install has it: the source in one folder, what is built in another."""
        self.write("store/__init__.py", "__path__.append(__path__[0] + '/../built')\n" + SOURCE)
        self.write("built/empty.py", "", library="store")
        import store
        self.assertEqual(store.Stock.SHELVES, 7)

    def test_the_library_is_missing(self):
        self.write("store/__init__.py")
        file = str(self.folder / "store" / FILE.format("store"))
        self.assert_raises(FileNotFoundError, [file, "build it"], importlib.import_module, "store")


if __name__ == "__main__":
    unittest.main()
