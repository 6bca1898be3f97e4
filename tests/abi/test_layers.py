# SPDX-License-Identifier: MIT
"""The headers include one way: each only those of its own layer and of the layers below it.

LAYERS has them, lowest first. A folder stands for all of its headers, but for those that are named
by themselves; a public header, in ffi/ itself, always is. A header without a layer is a failure.
"""

import pathlib
import re
import unittest

import toolchain

CLIB = toolchain.INCLUDE / "clib"

LAYERS = {
    "types": [  # the three types: they know nothing of ffi/
        "add_one.hpp", "c_string.hpp", "char_buffer.hpp", "clib.hpp", "counter.hpp", "deleter.hpp",
        "fill.hpp", "fmt.hpp", "text.hpp", "version.hpp", "detail/",
    ],
    "status": [
        "ffi/argument.hpp", "ffi/array.hpp", "ffi/array_view.hpp", "ffi/describe.h", "ffi/export.hpp",
        "ffi/last_error.hpp", "ffi/lifetime.hpp", "ffi/python.hpp", "ffi/slice.hpp", "ffi/status.hpp",
        "ffi/detail/binding_call.hpp", "ffi/detail/failure_report.hpp",
        "ffi/detail/handled_exception.hpp", "ffi/detail/outcome.hpp",
        "ffi/detail/symbol.hpp", "ffi/detail/text_result.hpp", "ffi/detail/thread_end.hpp",
        "ffi/detail/values.hpp",
    ],
    "handle": [
        "ffi/access.hpp", "ffi/call.hpp", "ffi/callback.hpp", "ffi/filesystem.hpp",
        "ffi/handle_table.hpp", "ffi/interrupted.hpp", "ffi/lendable.hpp", "ffi/object.hpp",
        "ffi/detail/call_result.hpp", "ffi/detail/handle/",
    ],
    "kinds": [
        "ffi/kind.hpp", "ffi/kinds.hpp", "ffi/kinds/", "ffi/detail/array_argument.hpp",
        "ffi/detail/array_need.hpp", "ffi/detail/dlpack_argument.hpp",
        "ffi/detail/comparison.hpp", "ffi/detail/composite.hpp", "ffi/detail/convert.hpp",
        "ffi/detail/element.hpp", "ffi/detail/fault.hpp",
        "ffi/detail/handles.hpp", "ffi/detail/item.hpp", "ffi/detail/listed_class.hpp",
        "ffi/detail/lent_array.hpp", "ffi/detail/object_owner.hpp", "ffi/detail/object_pointer.hpp",
        "ffi/detail/object_registry.hpp", "ffi/detail/other_half.hpp", "ffi/overridable.hpp",
        "ffi/detail/python_array.hpp",
        "ffi/detail/python_call.hpp", "ffi/detail/python_callable.hpp",
        "ffi/detail/python_structure.hpp",
        "ffi/detail/python_function.hpp", "ffi/detail/range_iterator.hpp",
        "ffi/detail/signature.hpp", "ffi/detail/traversal.hpp", "ffi/detail/type_list.hpp",
    ],
    "describe": ["ffi/exceptions.hpp", "ffi/listing.hpp", "ffi/parameter.hpp", "ffi/detail/describe/"],
    "python": ["ffi/detail/python/"],
    "module": ["ffi.hpp", "ffi/module.hpp", "ffi/detail/entry.hpp", "ffi/detail/table.hpp"],
}
ORDER = list(LAYERS)
LAYER_OF = {name: layer for layer, names in LAYERS.items() for name in names}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
HEADERS = {path.relative_to(CLIB).as_posix(): path for path in CLIB.rglob("*.h*")}


def layer_of(header):
    """The layer of a header, by its own name or that of its folder; None if neither is here."""
    return LAYER_OF.get(header, LAYER_OF.get(f"{pathlib.PurePosixPath(header).parent}/"))


def includes(path):
    """What a file includes of clib's own."""
    names = INCLUDE.findall(path.read_text(encoding="utf-8"))
    return [name.removeprefix("clib/") for name in names
            if name.startswith("clib/") or (path.parent / name).exists()]


class Layers(unittest.TestCase):
    def test_every_header_has_a_layer(self):
        self.assertEqual([name for name in sorted(HEADERS) if layer_of(name) is None], [])

    def test_every_public_header_is_named(self):
        public = {name for name in HEADERS if re.fullmatch(r"(ffi/)?[^/]+", name)}
        self.assertEqual(public - set(LAYER_OF), set())

    def test_no_layer_knows_a_higher_one(self):
        wrong = [f"{header} ({layer_of(header)}) includes {included} ({layer_of(included)})"
                 for header, path in sorted(HEADERS.items()) if layer_of(header)
                 for included in includes(path) if layer_of(included)
                 and ORDER.index(layer_of(included)) > ORDER.index(layer_of(header))]
        self.assertEqual(wrong, [])

    def test_own_headers_are_included_by_their_whole_path(self):
        wrong = [f"{header} includes {included}" for header, path in sorted(HEADERS.items())
                 for included in includes(path) if included not in HEADERS]
        self.assertEqual(wrong, [], "a header that there is not, or one that is named from its folder")

    def test_each_word_of_a_listing_is_known_inside_one(self):
        """CLIB_MODULE names each, so that an author's own type of that name hides none."""
        listings = "".join(HEADERS[f"ffi/{name}.hpp"].read_text()
                           for name in ("listing", "exceptions"))
        words = set(re.findall(r"^constexpr auto (\w+)\(", listings, re.MULTILINE)) - {
            "module", "function_class", "with_returned_functions", "with_support"}
        words |= set(re.findall(r"^struct (\w+)", HEADERS["ffi/parameter.hpp"].read_text().partition(
            "namespace listing")[2], re.MULTILINE))
        self.assertLess({"type", "function", "parameter", "address"}, words)
        known = re.findall(r"using ::clib::ffi::listing::(\w+);", HEADERS["ffi/module.hpp"].read_text())
        self.assertEqual(sorted(known), sorted(words))

    def test_no_header_includes_itself(self):
        open_headers, closed, circles = [], set(), []

        def visit(header):
            if header in open_headers:
                circles.append([*open_headers[open_headers.index(header):], header])
            elif header not in closed and header in HEADERS:
                open_headers.append(header)
                for included in includes(HEADERS[header]):
                    visit(included)
                open_headers.pop()
                closed.add(header)

        for header in sorted(HEADERS):
            visit(header)
        self.assertEqual(circles, [])

    def test_the_toolkit_knows_nothing_of_the_shim(self):
        wrong = [f"{header} includes {name}" for header, path in sorted(HEADERS.items())
                 for name in INCLUDE.findall(path.read_text(encoding="utf-8"))
                 if pathlib.PurePosixPath(name).name == "clib.h" or "shim" in name]
        self.assertEqual(wrong, [])

    def test_users_include_public_headers_only(self):
        users = [*toolchain.SHIM.glob("*.[ch]*"), *(toolchain.ROOT / "examples").rglob("*.[ch]*")]
        self.assertGreater(len(users), 5)
        wrong = [f"{path} includes {name}" for path in sorted(users)
                 for name in INCLUDE.findall(path.read_text(encoding="utf-8"))
                 if name.startswith("clib/") and "/detail/" in name]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
