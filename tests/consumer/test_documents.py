# SPDX-License-Identifier: MIT
"""What `meson compile documents` makes: every page and header is there, and every link leads to
something."""

import html.parser
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import pages
from reference import label


class Links(html.parser.HTMLParser):
    """The targets and names of a file, and its text."""

    def __init__(self, file):
        super().__init__()
        self.targets, self.names, self.words = [], set(), []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.targets.append(value)
            elif name in ("id", "name"):
                self.names.add(value)

    def handle_data(self, data):
        self.words.append(data)


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.done = subprocess.run(
            [sys.executable, pages.ROOT / "shim/reference/reference.py", cls.folder,
             os.environ["DOXYGEN"], os.environ["CLIB_LIBRARY"]],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        cls.files = {file.name: Links(file) for file in cls.folder.glob("*.html")}

    def test_there_is_no_warning(self):
        self.assertEqual((self.done.returncode, self.done.stdout),
                         (0, f"{self.folder.resolve() / 'index.html'}\n"))

    def test_every_page_is_there(self):
        for page in [*pages.every_page(), "package.md"]:
            name = "index" if page == "README.md" else label(page)
            self.assertIn(f"{name}.html", self.files)

    def test_every_header_says_what_it_is_for(self):
        for header in pages.ROOT.glob("include/clib/**/*.h*"):
            if "detail" not in header.parts:
                name = header.name.replace("_", "__").replace(".", "_8")
                found = [file for each, file in self.files.items() if each.endswith(f"{name}.html")]
                self.assertTrue(found, header)
                self.assertTrue(any("Detailed Description" in file.words for file in found), header)

    def test_the_package_has_its_classes_with_their_types(self):
        text = "".join(self.files["page_package.html"].words)
        for part in ("CharBuffer.append(", "clib.load(path: PathLike", "wheel"):
            self.assertIn(part, text)

    def test_every_link_leads_somewhere(self):
        for name, file in self.files.items():
            for target in file.targets:
                path, _, anchor = target.partition("#")
                if "://" in path or path.startswith("javascript:") or "$relpath" in path:
                    continue
                path = urllib.parse.unquote(path) or name
                self.assertTrue((self.folder / path).is_file(), f"{name}: {target}")
                if anchor and path in self.files:
                    self.assertIn(urllib.parse.unquote(anchor), self.files[path].names,
                                  f"{name}: {target}")

    def test_no_path_of_this_machine(self):
        for file in self.folder.glob("*.html"):
            self.assertNotIn(str(pages.ROOT), file.read_text(encoding="utf-8"), file.name)


if __name__ == "__main__":
    unittest.main()
