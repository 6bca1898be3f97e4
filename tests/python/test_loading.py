"""The binding: what load() and the command say of files that are no library, libraries that are not
whole, and libraries that have changed; and what is alive."""

import contextlib
import io
import json
import os
import pathlib
import shutil
import struct
import tempfile
import unittest
from unittest import mock

from binding import CLIB_LIBRARY, KINDS_LIBRARY, BindingTest, clib, kinds


class LoadingTest(BindingTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def changed_library(self, name, old, new):
        data = pathlib.Path(CLIB_LIBRARY).read_bytes()
        self.assertIn(old, data)
        return self.file(name, data.replace(old, new))

    def copy_of_kinds(self):
        return shutil.copy(KINDS_LIBRARY, self.folder / "libcopy.so")


class Loading(LoadingTest):
    def test_the_same_file_is_the_same_module(self):
        link = self.folder / "link.so"
        link.symlink_to(KINDS_LIBRARY)
        with mock.patch.object(clib, "_open", side_effect=AssertionError("opened again")):
            self.assertIs(clib.load(KINDS_LIBRARY), kinds)
            self.assertIs(clib.load(link), kinds)

    def test_a_native_library_makes_a_function_when_it_needs_it_and_once(self):
        if not kinds.__native__:
            self.skipTest(kinds.__why_not_native__)
        made = []

        def bind(binder, function, really_bind=clib._Binder.bind):
            made.append(function.name)
            return really_bind(binder, function)

        with mock.patch.object(clib._Binder, "bind", bind):
            module = clib.load(self.copy_of_kinds())
            self.assertEqual(module.defaults(5), "5 7 0.500000 true none empty")
            self.assertEqual(made, [])
            for _ in range(2):
                self.assertEqual(module.defaults(small=5), "5 7 0.500000 true none empty")
            self.assertEqual(made, ["defaults"])

    def test_what_is_no_library(self):
        missing = self.folder / "missing.so"
        for path in (missing, self.folder):
            self.assert_raises(FileNotFoundError, [f"there is no file {path}", "build it"],
                               clib.load, path)
            self.assert_raises(FileNotFoundError, [f"there is no file {path}"], clib.describe, path)
            self.assert_raises(FileNotFoundError, [f"there is no file {path}"],
                               clib.load, KINDS_LIBRARY, against=path)
        text = self.file("text.so", b"text")
        self.assert_raises(OSError, [f"{text} is no shared library for this machine"],
                           clib.load, text)

    def test_what_is_damaged(self):
        magic = struct.pack("=II", 0x42494C43, 1)
        for old, new, reason in (
                (magic, magic[::-1], "it does not begin as one"),
                (magic, magic[:4] + b"\2\0\0\0", "it is of format 2, and this clib.py reads 1"),
                (b"\0CharBuffer\0", b"\0CharBuffet\0", "does not have the checksum"),
                (b"\0CharBuffer\0", b"\0CharBuffe\xff\0", "a text in it is not UTF-8")):
            with self.subTest(reason):
                path = self.changed_library(f"lib{hash(new)}.so", old, new)
                for use in (clib.load, clib.describe):
                    self.assert_raises(ImportError, [str(path), reason, "build it anew"], use, path)

    def test_what_needs_a_newer_clib_is_left_out(self):
        read = clib._Reader._read

        def read_newer(reader):
            description = read(reader)
            of_module = {each.name: each for each in description.functions_of(None)}
            of_module["fail"].flags |= 1 << 20
            of_module["fail_text"].result.kind = 99
            box = next(each for each in description.types if each.name == "Box")
            for function in description.functions_of(box):
                if function.name == "add":
                    function.parameters[1].flags |= 1 << 20
                if function.name == "__len__":
                    function.role = 99
            token = next(each for each in description.types if each.name == "Token")
            token.flags = 1
            return description

        with mock.patch.object(clib._Reader, "_read", read_newer):
            newer = clib.load(self.copy_of_kinds())
        for name in ("fail", "fail_text"):
            self.assert_raises(AttributeError, [f"kinds.{name} needs a newer clib.py"],
                               getattr, newer, name)
        self.assertFalse(hasattr(newer, "Token") or hasattr(newer, "token_of"))
        with newer.Box("abc") as box:
            self.assertFalse(hasattr(box, "add") or hasattr(box, "__len__"))
            self.assertEqual((str(box), box.name, box[0]), ("abc", "abc", "a"))
        self.assertRaises(ValueError, newer.fail_status, "invalid_argument")


class Changes(LoadingTest):
    def saved(self, change=lambda saved: None):
        saved = clib.describe(KINDS_LIBRARY)
        change(saved)
        return self.file("saved.json", json.dumps(saved).encode())

    def test_nothing_has_changed(self):
        for against in (self.saved(), KINDS_LIBRARY):
            self.assertIs(clib.load(KINDS_LIBRARY, against=against), kinds)
            self.assertEqual(self.check(against)[0], 0)

    def test_a_changed_function_is_refused_by_name(self):
        def change(saved):
            saved["functions"][0]["hash"] += 1

        saved = self.saved(change)
        name = kinds._binder.description.functions[0].full_name
        self.assert_raises(ImportError, [name, "has changed from"],
                           clib.load, KINDS_LIBRARY, against=saved)
        status, printed = self.check(saved)
        self.assertEqual(status, 1)
        self.assertIn(f"{name} has changed from", printed)

    def test_what_is_no_description(self):
        for data in (b"{", b"{}", b'{"clib_description": 2}'):
            path = self.file("saved.json", data)
            self.assert_raises(ValueError, [f"{path} is no description"],
                               clib.load, KINDS_LIBRARY, against=path)

    def check(self, against):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = clib.main(["check", KINDS_LIBRARY, "--against", os.fspath(against)])
        return status, printed.getvalue()


class Alive(LoadingTest):
    def test_each_library_counts(self):
        with kinds.Box("a"):
            other = clib.load(KINDS_LIBRARY, native=False)
            with other.Box("b"):
                self.assertEqual(clib.live()["kinds.Box"], 2)
            copy = clib.load(self.copy_of_kinds())
            with copy.Box("c"):
                self.assertEqual(clib.live()["kinds.Box"], 2)
        self.assertNotIn("kinds.Box", clib.live())

    def test_the_name_of_a_table_is_not_that_of_its_type(self):
        with kinds.make_seal():
            self.assertEqual(clib.live()["kinds.Seal"], 1)

    def test_a_leak_is_named_with_its_line(self):
        made = []
        with self.assertRaises(clib.LeakError) as raised, clib.no_leaks():
            kinds.Box("a").close()
            made.append(kinds.Box("b"))
        (name, file, _), = raised.exception.leaks
        self.assertEqual((name, os.path.basename(file)), ("kinds.Box", "test_loading.py"))
        made.pop().close()

    def test_a_leak_of_a_library_that_was_loaded_inside(self):
        made = []
        with self.assertRaises(clib.LeakError) as raised, clib.no_leaks():
            copy = clib.load(self.copy_of_kinds())
            made += [copy.Box("a"), copy.token_of(1)]
        self.assertEqual([leak[0] for leak in raised.exception.leaks], ["kinds.Box", "kinds.Token"])
        for each in made:
            each.close()


if __name__ == "__main__":
    unittest.main()
