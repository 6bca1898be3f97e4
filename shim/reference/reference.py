# SPDX-License-Identifier: MIT
"""Makes the documents as HTML: the pages, the reference of the headers, and that of the package.

    reference.py <folder to write to> <doxygen> <libclib.so>

Doxygen reads copies, in which comments are marked as it wants them, and links between pages as it
resolves them. What is said of the package comes from the package. A warning is an error.
"""

import inspect
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STYLE = HERE / "style.css"
PICTURE = "tests/bench/contest/contest.svg"
PACKAGE_PAGE = "package.md"
PAGE_FOLDERS = ("include", "shim", "examples", "tests")

_FENCED = re.compile(r"^ *```.*?^ *```\n", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_WORDS = "Requires|Effects|Returns|Throws|Thread safety"


def every_page():
    """The paths of all pages, from the root."""
    return sorted(["README.md"] + [
        os.path.relpath(os.path.join(where, name), ROOT)
        for folder in PAGE_FOLDERS for where, _, files in os.walk(ROOT / folder)
        for name in files if name.endswith(".md")])


def label(page, anchor=""):
    """What Doxygen calls a page, or a heading of it: of a heading, GitHub's word for it is in it."""
    name = re.sub(r"\W+", "_", os.path.splitext(page)[0]).lower()
    return f"{name}-{anchor}" if anchor else f"page_{name}"


def anchor_of(heading):
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def outside_of_code(text, change):
    """The text, with a function applied to all of it but the blocks of code."""
    parts, end = [], 0
    for fenced in _FENCED.finditer(text):
        parts += [change(text[end:fenced.start()]), fenced[0]]
        end = fenced.end()
    return "".join([*parts, change(text[end:])])


def page_for_doxygen(page, pages):
    """A page with labels that are the only ones of their name, and links to these."""
    def heading(match):
        marks, words = match[1], match[2]
        name = label(page) if marks == "#" else label(page, anchor_of(words))
        return f"{marks} {words} {{#{name}}}"

    def link(match):
        is_picture, words, target = match[1], match[2], match[3]
        if "://" in target:
            return match[0]
        path, _, anchor = target.partition("#")
        file = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        if is_picture:
            return f'<img src="{os.path.basename(path)}" alt="{words}">'
        if os.path.join(file, "README.md") in pages:
            file = os.path.join(file, "README.md")
        if file in pages:
            return f"[{words}](#{label(file, anchor)})"
        return words if "`" in words else f"`{os.path.relpath(ROOT / file, ROOT)}`"

    def change(text):
        # Between single ones Doxygen would take a quote for their end.
        text = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", _LINK.sub(link, text))
        return re.sub(r"(?m)^(#+) +(.*?) *$", heading, text)

    return outside_of_code((ROOT / page).read_text(encoding="utf-8"), change)


def header_for_doxygen(text, name):
    """A header whose comments Doxygen sees: that of the file, and in C those of what is declared."""
    if name.endswith(".h"):
        text = re.sub(r"^/\* SPDX[^\n]*?(?: \*/\n/\* | *\n \*\n \* )", lambda _: f"/** \\file {name}\n * ",
                      text)
        text = re.sub(r"(?m)^( *[^\s/*][^\n]*?)/\* (?!NOLINT)", r"\1/**< ", text)
        return re.sub(r"(?m)^( *)/\* (?!NOLINT)", r"\1/** ", text)
    text = text.replace("clib::inline v0", "clib")  # which it reads as a namespace v0
    head, pragma, rest = text.partition("#pragma once")
    lines = head.splitlines()[1:]
    head = "\n".join([f"/// \\file {name}", *[re.sub("^// ?", "/// ", line) for line in lines]])
    # A header that a comment names is no tag of HTML.
    head, rest = (re.sub(r"(?m)(?<=///)(.*?[ (])(<[\w/.]+>)", r"\1`\2`", part) for part in (head, rest))
    # Of std's templates it knows no specialisation.
    rest = re.sub(r"(?ms)^template <[^\n]*>\nstruct std::.*?^};$", r"/// \\cond\n\g<0>\n/// \\endcond", rest)
    return head + "\n" + pragma + re.sub(
        rf"(?m)^( *)/// ({_WORDS}): ", r"\1/// \\par \2\n\1/// ", rest)


def package_page():
    """What the package says of itself: everything public has a doc."""
    sys.path.insert(0, str(ROOT / "shim"))
    os.environ["CLIB_NATIVE"] = "0"  # whose functions know their types
    import clib

    def fenced(text, language="text"):
        return ["", f"```{language}", text.rstrip(), "```", ""] if text else []

    def of_function(prefix, name, function):
        doc = inspect.getdoc(function)
        if not doc:
            raise SystemExit(f"{prefix}{name} has no docstring")
        signature = str(inspect.signature(function)).replace("'", "")
        return [*fenced(f"{prefix}{name}{signature}", "python"), *fenced(doc)]

    lines = [f"# The Python package {{#{label(PACKAGE_PAGE)}}}", *fenced(inspect.getdoc(clib))]
    for name in clib.__all__:
        value = getattr(clib, name)
        lines.append(f"## {name} {{#{label(PACKAGE_PAGE, name)}}}")
        if not inspect.isclass(value):
            lines += of_function("clib.", name, value)
            continue
        lines += fenced(inspect.getdoc(value) or "")
        for member in dir(value):
            function = getattr(value, member)
            if member.startswith("_") or hasattr(Exception, member):
                continue
            if callable(function):
                lines += of_function(f"{name}.", member, function)
            else:
                lines += fenced(f"{name}.{member}") + fenced(inspect.getdoc(function) or "")
    printed = subprocess.run(
        [sys.executable, "-m", "clib", "--help"], check=True, text=True, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "shim"), "COLUMNS": "100"}).stdout
    return "\n".join([*lines, f"## Commands {{#{label(PACKAGE_PAGE, 'commands')}}}", *fenced(printed)])


def main(output, doxygen, library):
    os.environ["CLIB_LIBRARY"] = library
    output = pathlib.Path(output).resolve()
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    pages = every_page()
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder).resolve()

        def write(path, text):
            file = copy / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

        for page in pages:
            write(page, page_for_doxygen(page, pages))
        write(PACKAGE_PAGE, package_page())
        for header in [*ROOT.glob("include/clib/**/*.h*"), ROOT / "shim/clib.h"]:
            path = header.relative_to(ROOT)
            if "detail" not in path.parts:
                name = path.relative_to("shim" if path.parts[0] == "shim" else "include")
                write(path, header_for_doxygen(header.read_text(encoding="utf-8"), str(name)))
        shutil.copy(ROOT / PICTURE, output)
        settings = (HERE / "Doxyfile.in").read_text(encoding="utf-8")
        import clib
        for name, value in {"VERSION": clib.__version__, "OUTPUT": output, "ROOT": copy,
                            "STYLE": STYLE}.items():
            settings = settings.replace(f"@{name}@", str(value))
        done = subprocess.run([doxygen, "-"], input=settings, text=True, stderr=subprocess.PIPE)
        if done.returncode != 0 or done.stderr:
            sys.exit(done.stderr.replace(f"{copy}/", "") or f"{doxygen} failed")
    print(f"{output / 'index.html'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
