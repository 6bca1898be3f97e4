# SPDX-License-Identifier: MIT
"""Runs the unittest modules in the given files and reports in TAP, one line a test.

    tap.py test_something.py ...
"""

import importlib.util
import pathlib
import sys
import unittest


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = 0

    def report(self, verdict, test, directive="", details=""):
        self.count += 1
        print(f"{verdict} {self.count} - {str(test).replace('#', ' ')}{directive}")
        for line in details.splitlines():
            print(f"# {line}")
        sys.stdout.flush()

    def addSuccess(self, test):
        self.report("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report("not ok", test, details=self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.report("not ok", test, details=self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.report("not ok", subtest, details=(self.failures + self.errors)[-1][1])

    def addSkip(self, test, reason):
        self.report("ok", test, directive=f" # SKIP {reason}")


def load(path):
    path = pathlib.Path(path).resolve()
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except unittest.SkipTest as skip:
        reason = str(skip)

        def whole_module():
            raise unittest.SkipTest(reason)

        return unittest.FunctionTestCase(whole_module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def main(paths):
    result = TapResult()
    unittest.TestSuite(load(path) for path in paths).run(result)
    print(f"1..{result.count}")
    return 0 if result.wasSuccessful() and result.count > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
