# SPDX-License-Identifier: MIT
"""Keeps the results of tests/run in a file, and adds them up at the end.

    summary.py tests RESULTS TITLE testlog.json...   the cases in Meson's test logs
    summary.py step RESULTS TITLE SECONDS STATUS     a build or a check; it is one case if it fails,
                                                     or if STATUS is "passed"
    summary.py close RESULTS TITLE...                prints what failed, the slowest tests, and last
                                                     "N passed, N failed[, N skipped]"

A test whose cases all passed but which failed as a whole (a leak found at its end, a crash after its
last case, a time-out) counts as one failed case more. A title that close names and that nothing was
recorded for is a failure too.
"""

import json
import os
import re
import sys

SLOWEST = 10
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


def append(results, record):
    """One write, because several parts of tests/run record at the same time."""
    file = os.open(results, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(file, json.dumps(record).encode() + b"\n")
    finally:
        os.close(file)


def record_tests(results, title, *paths):
    record = {"title": title, "passed": 0, "failed": [], "skipped": [], "tests": []}
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for log in map(json.loads, lines):
                log["name"] = log["name"].rpartition(" / ")[2]  # without project and suites
                record["tests"].append((log["duration"], log["name"]))
                for verdict, name in cases(log):
                    if verdict == "passed":
                        record["passed"] += 1
                    else:
                        record[verdict].append(f"{log['name']}: {name}")
    if not record["tests"]:
        record["failed"].append("no test ran")
    append(results, record)


def record_step(results, title, seconds, status):
    failed = [] if status in ("0", "passed") else [f"exit status {status}"]
    append(results, {"title": title, "passed": int(status == "passed"), "failed": failed,
                     "skipped": [], "tests": [], "seconds": float(seconds)})


def close(results, *titles):
    records = []
    if os.path.exists(results):
        with open(results, encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
    recorded = {record["title"] for record in records}
    failed = [f"{title}: it did not run" for title in titles if title not in recorded]
    skipped = []
    for record in records:
        failed += [f"{record['title']}: {name}" for name in record["failed"]]
        skipped += [f"{record['title']}: {name}" for name in record["skipped"]]
    tests = sorted(((seconds, f"{record['title']}: {name}") for record in records
                    for seconds, name in record["tests"]), reverse=True)

    steps = [(record["seconds"], record["title"]) for record in records if "seconds" in record]
    for heading, times in (("how long each step took", steps),
                           ("the slowest tests", tests[:SLOWEST])):
        if times:
            print(f"\n=== {heading} ===")
            for seconds, name in times:
                print(f"{seconds:7.1f} s  {name}")
    for heading, names in (("what was skipped", skipped), ("what failed", failed)):
        if names:
            print(f"\n=== {heading} ===")
            print("\n".join(names))

    passed = sum(record["passed"] for record in records)
    line = f"\n{passed} passed, {len(failed)} failed"
    print(line + (f", {len(skipped)} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    command, results, *rest = sys.argv[1:]
    action = {"tests": record_tests, "step": record_step, "close": close}[command]
    sys.exit(action(results, *rest))
