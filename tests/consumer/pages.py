# SPDX-License-Identifier: MIT
"""The pages of the documents: their blocks of code, headings and links."""

import pathlib
import re
import sys
import textwrap
from typing import NamedTuple, Optional

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "shim/reference"))

from reference import anchor_of, every_page  # noqa: E402, F401

_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```\n", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


class Block(NamedTuple):
    page: str
    line: int
    language: str
    code: str
    printed: Optional[str]  # the block of text that follows, if that is what this one prints


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page):
    """The blocks of code of a page, from top to bottom."""
    text = text_of(page)
    found = list(_BLOCK.finditer(text))
    made = []
    for i, match in enumerate(found):
        after = found[i + 1] if i + 1 < len(found) else None
        between = text[match.end():after.start()].strip() if after else ""
        printed = after[3] if after and after[2] == "text" and between == "prints" else None
        made.append(Block(page, text.count("\n", 0, match.start()) + 1, match[2],
                          textwrap.dedent(match[3]), printed))
    return made


def block(page, language, words):
    """The one block of a page in this language that has these words."""
    found = [each for each in blocks(page) if each.language == language and words in each.code]
    if len(found) != 1:
        raise AssertionError(f"{page} has {len(found)} {language} blocks with {words!r}")
    return found[0]


def _without_code(page):
    return _BLOCK.sub("", text_of(page))


def anchors(page):
    """What a link to a heading of a page may say."""
    made = [anchor_of(heading) for heading in
            re.findall(r"^#+ +(.*?) *$", _without_code(page), re.MULTILINE)]
    if len(set(made)) != len(made):
        raise AssertionError(f"{page} has two headings of one name")
    return made


def links(page):
    """The targets of a page's links and pictures."""
    return _LINK.findall(_without_code(page))
