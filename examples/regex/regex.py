# SPDX-License-Identifier: MIT
"""Google's RE2 from Python, with nothing declared: libregex.so says itself what is in it. Every
answer is compared with that of Python's re, about the source of Python's own library.

    python3 regex.py [path of libregex.so]
"""

import os
import pathlib
import re
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "shim"))

import clib


def source_of_python():
    folder = pathlib.Path(os.__file__).parent
    files = sorted(folder.glob("*.py"))
    print(f"Asked about {len(files)} files of {folder}.\n")
    text = "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)
    # Not ASCII alone, and not without the byte at which a C string ends.
    return text + "\n# naïve('日本') and a NUL \0 in between" * 1000


class Comparison:
    """Asks both, prints a line with the answer and the times, and counts the answers that differ."""

    def __init__(self):
        self.different = 0
        print(f"{'':40}{'answer':>10}{'RE2, ms':>10}{'re, ms':>10}")

    def ask(self, question, ask_re2, ask_re):
        (answer, re2_ms), (expected, re_ms) = self.timed(ask_re2), self.timed(ask_re)
        shown = answer if isinstance(answer, int) else len(answer)
        is_same = answer == expected
        self.different += not is_same
        print(f"{question:40}{shown:10,}{re2_ms:10.1f}{re_ms:10.1f}{'' if is_same else '  differ'}")

    @staticmethod
    def timed(ask):
        start = time.perf_counter()
        answer = ask()
        return answer, (time.perf_counter() - start) * 1000


def in_two_threads(ask):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answers)


def main(path):
    regex = clib.load(path)
    text = source_of_python()
    data = text.encode()  # once; a str would be encoded for each question
    lines = text.split("\n")[::10]
    compare = Comparison()

    def both(pattern):
        return regex.Pattern(pattern), re.compile(pattern, re.ASCII)  # \w is ASCII to RE2

    def count(with_re):
        return sum(1 for _ in with_re.finditer(text))

    for pattern in (r"def \w+\(", r"[A-Z]\w+Error\b", r"\d+\.\d+", r"(?m)^ *#.*$", r"lambda|yield",
                    r"na.ve\(.日本|\x00", r"\w+"):
        with_re2, with_re = both(pattern)
        compare.ask(f"count {pattern}", lambda: with_re2.count(data), lambda: count(with_re))
    compare.ask("   the same in two threads", lambda: in_two_threads(lambda: with_re2.count(data)),
                lambda: in_two_threads(lambda: count(with_re)))

    with_re2, with_re = both(r"(\w+)\(['\"](.+?)['\"]\)")
    end = text[-1_000_000:]
    compare.ask("replace_all, length of the result", lambda: with_re2.replace_all(end, r"\2: \1"),
                lambda: with_re.sub(r"\2: \1", end))
    compare.ask("search each line, the groups",
                lambda: [list(found) for found in map(with_re2.search, lines) if found],
                lambda: [[found[0], *found.groups()] for found in map(with_re.search, lines) if found])

    kinds = [r"^ *(def|class) \w+", r"^ *#", r"\bself\.", r"\breturn\b", r"[^ -~]", r"\x00"]
    compiled = [re.compile(kind) for kind in kinds]

    def found_by_the_set():
        found = []
        with regex.PatternSet("\n".join(kinds)) as pattern_set:
            for line in lines:
                pattern_set.each(line, found.append)
        return sorted(found)

    compare.ask(f"a set of {len(kinds)} patterns, on each line", found_by_the_set,
                lambda: sorted(number for line in lines for number, kind in enumerate(compiled)
                               if kind.search(line)))

    with_re2, with_re = both(r"(x+x+)+y")
    bait = "x" * 21
    compare.ask("search (x+x+)+y in 21 times x", lambda: list(with_re2.search(bait)),
                lambda: with_re.findall(bait))

    print()
    for wrong in (r"(\w+", r"(\w)\1", "[z-a]"):
        try:
            regex.Pattern(wrong)
        except ValueError as error:
            print(f"{wrong:8} {type(error).__name__}: {error}")
    print(f"\n{compare.different or 'No'} answers differ.")
    return compare.different


if __name__ == "__main__":
    default = ROOT / "build/examples/regex/libregex.so"
    sys.exit(1 if main(sys.argv[1] if len(sys.argv) > 1 else default) else 0)
