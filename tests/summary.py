"""Counts the cases in Meson's test logs: summary.py testlog.json ...

Prints what failed and what was skipped, and last "PASSED FAILED SKIPPED" as three numbers. A test
whose cases all passed but which failed as a whole (a leak found at its end, a crash after its last
case, a time-out) counts as one failed case more.
"""

import json
import re
import sys

CASE = re.compile(r"^(not ok|ok)\b[ \d]*-? ?(.*?)(?: # (SKIP|TODO)\b ?(.*))?$", re.IGNORECASE)
SKIPPED_WHOLE = re.compile(r"^1\.\.0 # SKIP ?(.*)$", re.IGNORECASE)


def cases(log):
    """Yields (verdict, name) for each case of one test."""
    failed = False
    for line in log.get("stdout", "").splitlines():
        case = CASE.match(line)
        if case is None:
            whole = SKIPPED_WHOLE.match(line)
            if whole:
                yield "skipped", whole[1]
            continue
        verdict, name, directive, reason = case.groups()
        if verdict == "ok" and directive and directive.upper() == "SKIP":
            yield "skipped", f"{name}: {reason}"
        elif verdict == "ok":
            yield "passed", name
        else:
            failed = True
            yield "failed", name
    if not failed and log["result"] not in ("OK", "SKIP"):
        yield "failed", f"as a whole: {log['result']}, return code {log['returncode']}"


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for log in map(json.loads, lines):
                for verdict, name in cases(log):
                    counts[verdict] += 1
                    if verdict != "passed":
                        print(f"{verdict}: {log['name']}: {name}")
    print(*counts.values())


if __name__ == "__main__":
    main(sys.argv[1:])
