# SPDX-License-Identifier: MIT
"""A real library, pugixml, as its author would open it (xml.cpp), and all that a user wishes of it."""

import copy
import gc
import os
import pathlib
import tempfile
import unittest

from binding import BindingTest, clib, collect

pugi = clib.load(os.environ["XML_LIBRARY"])
Document, Node = pugi.Document, pugi.Node

SHOP = ('<?xml version="1.0"?><shop open="true"><item id="1" price="2.5">tea &amp; milk</item>'
        '<item id="2" price="10">caf\u00e9</item><empty/></shop>')


def root(text="<a/>"):
    return Document(text).root


class Xml(BindingTest):
    def setUp(self):
        super().setUp()
        self.document = Document(SHOP)
        self.shop = self.document.root
        self.addCleanup(self.forget)

    def forget(self):
        del self.document, self.shop
        collect()

    def test_constructors(self):
        self.assertEqual((self.shop.name, Document(SHOP.encode()).root.name), ("shop", "shop"))
        self.assertIsNone(Document().root)
        self.assertEqual(pugi.DEFAULT_FLAGS, 116)
        self.assertEqual(type("Derived", (Document,), {})("<a/>").root.name, "a")
        self.assertEqual(copy.copy(self.document).root.name, "shop")

    def test_exceptions(self):
        with self.assertRaises(pugi.ParseError) as caught:
            Document("<a><b></a>")
        self.assertEqual(caught.exception.offset, 8)
        self.assertTrue(issubclass(pugi.ParseError, ValueError))
        self.assertRaises(pugi.XPathError, self.shop.select, "item[")

    def test_enums(self):
        self.assertIs(self.shop.type, pugi.NodeType.element)
        self.assertIs(root().append("", type=pugi.NodeType.comment).type, pugi.NodeType.comment)

    def test_properties(self):
        node = root("<a>x</a>")
        node.name, node.text = "b", "y<"
        self.assertEqual((node.name, node.text), ("b", "y<"))
        self.assertIsNone(self.shop.parent)
        self.assertEqual(self.shop.child("item").parent.name, "shop")
        self.assertEqual([root(f"<a>{text}</a>").as_int for text in ("-7", "8")], [-7, 8])
        self.assertEqual(root(f"<a>{(1 << 64) - 1}</a>").as_uint, (1 << 64) - 1)
        self.assertEqual(root("<a>-2.5</a>").as_float, -2.5)

    def test_sequences(self):
        names = ["item", "item", "empty"]
        self.assertEqual([each.name for each in self.shop.children()], names)
        self.assertEqual([each.name for each in self.shop], names)
        self.assertEqual(len([0 for _ in self.shop for _ in self.shop]), 9)
        self.assertEqual(len(self.shop), 3)
        self.assertTrue(root())

    def test_attributes(self):
        item = self.shop.child("item")
        self.assertEqual(item.attributes, {"id": "1", "price": "2.5"})
        self.assertEqual((item["id"], item.get("id"), item.get("no"), item.get("no", "none")),
                         ("1", "1", None, "none"))
        self.assertTrue("open" in self.shop and "shut" not in self.shop)
        self.assertRaises(KeyError, lambda: self.shop["no"])
        node = root()
        node["x"] = "y"
        self.assertEqual(node["x"], "y")
        del node["x"]
        self.assertEqual(node.attributes, {})
        with self.assertRaises(KeyError):
            del node["x"]
        node.set_attributes({"p": "1", "q": "2"})
        self.assertEqual(node.attributes, {"p": "1", "q": "2"})

    def test_overloads(self):
        node = root()
        for name, value in {"i": 5, "f": 0.5, "b": True, "s": "t"}.items():
            node.set(name, value)
        self.assertEqual(node.attributes, {"i": "5", "f": "0.5", "b": "true", "s": "t"})

    def test_children(self):
        self.assertIsNone(self.shop.child("no"))
        self.assertEqual(self.shop.child("empty").name, "empty")
        node = root()
        node.append("b", "hi")
        self.assertEqual(node.children()[0].text, "hi")
        self.assertTrue(node.remove(node.child("b")))
        self.assertEqual(len(node), 0)
        node.append_all(["x", "y"])
        self.assertEqual([each.name for each in node], ["x", "y"])
        self.assertRaises(TypeError, self.shop.child, 5)

    def test_xpath(self):
        self.assertEqual([each["id"] for each in self.shop.select("item[@price>3]")], ["2"])
        self.assertEqual(self.shop.evaluate("sum(item/@price)"), 12.5)
        self.assertEqual(self.shop.evaluate("string(item[2])"), "caf\u00e9")
        self.assertIs(self.shop.evaluate("item/@id = '2'"), True)
        self.assertEqual([each.name for each in self.shop.evaluate("*")], ["item", "item", "empty"])
        self.assertEqual(self.shop.child("empty").path(), "/shop/empty")

    def test_comparison(self):
        first, same = self.shop.child("item"), self.shop.child("item")
        self.assertTrue(first == same and self.shop != first)
        self.assertEqual(len({first, same}), 1)
        self.assertIs(self.shop == 5, False)

    def test_callbacks(self):
        seen = []
        self.shop.walk(lambda node, depth: seen.append((node.name, depth)))
        self.assertEqual(seen[:2], [("item", 0), ("", 1)])
        self.assertRaises(ZeroDivisionError, self.shop.walk, lambda node, depth: 1 / 0)
        self.assertEqual(self.shop.find(lambda node: node.name == "empty").name, "empty")
        self.assertIsNone(self.shop.find(lambda node: False))

    def test_keywords(self):
        document = Document("<a>\u00e9</a>")
        self.assertNotIn("<?xml", document.to_string(declaration=False))
        self.assertIn("<?xml", document.to_string(declaration=True))
        self.assertRaises(TypeError, document.to_string, "", False)
        self.assertEqual(document.to_bytes().count(b"\xc3\xa9"), 1)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "x.xml")
            file.write_text("<q/>")
            self.assertEqual([Document.load(each).root.name for each in (file, str(file))],
                             ["q", "q"])
            self.assertRaises(OSError, Document.load, file / "none")

    def test_classes(self):
        self.assertIsInstance(self.document, Node)
        self.assertEqual(self.document.children()[0].name, "shop")
        self.assertEqual(repr(self.shop), "<Node shop>")
        self.assertIn("child", Node.child.__doc__)

    def test_a_node_keeps_its_document(self):
        node = root(SHOP).child("item")
        gc.collect()
        others = [Document(SHOP) for _ in range(10)]
        self.assertEqual((node["price"], len(others)), ("2.5", 10))


if __name__ == "__main__":
    unittest.main()
