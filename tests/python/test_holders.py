# SPDX-License-Identifier: MIT
"""Objects that count their references themselves (holders.cpp)."""

import os
import unittest

from binding import BindingTest, clib, collect

trees = clib.load(os.environ["HOLDERS_LIBRARY"])


class Holders(BindingTest):
    def test_an_object_is_shared(self):
        root, child = trees.Node("root"), trees.Node("child")
        self.assertEqual((child.name, child.references), ("child", 1))
        root.add(child)
        root.add(child)
        self.assertEqual(child.references, 3)
        self.assertIs(root.child(0), child)
        self.assertIs(root.child(1), child)
        del child
        collect()
        self.assertEqual((root.child(0).name, root.child(0).references, trees.Node.alive()),
                         ("child", 3, 2))
        root.clear()
        collect()
        self.assertEqual(trees.Node.alive(), 1)

    def test_cpp_keeps_what_python_closes(self):
        root, child = trees.Node("root"), trees.Node("child")
        root.add(child)
        child.close()
        self.assertEqual((trees.Node.alive(), root.child(0).name), (2, "child"))

    def test_none(self):
        root = trees.Node("root")
        root.add(None)
        self.assertIsNone(root.child(0))
        self.assertIsNone(trees.first([]))

    def test_a_derived_class(self):
        root, leaf = trees.Node("root"), trees.Leaf()
        root.add(leaf)
        self.assertIs(root.child(0), leaf)
        del leaf
        collect()
        self.assertIs(type(root.child(0)), trees.Leaf)

    def test_in_containers(self):
        root, child = trees.Node("root"), trees.Leaf()
        root.add(child)
        root.add(root.child(0))
        self.assertEqual([each is child for each in root.children], [True, True])
        self.assertIs(trees.first([root, child]), root)

    def test_what_is_held_otherwise(self):
        root = trees.Node("root")
        with self.assertRaisesRegex(BufferError, "child cannot be shared so: it was made without"):
            root.add(trees.Node.unheld("x"))


if __name__ == "__main__":
    unittest.main()
