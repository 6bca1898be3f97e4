# SPDX-License-Identifier: MIT
"""Prints every Python besides this one that the binding is tested with: each CPython from 3.9 on
that is on the PATH by its version or that pyenv has, Debian's debug build, and PyPy. One a line: its
name and its path."""

import glob
import os
import shutil
import subprocess
import sys

SAYS = ("import sys, sysconfig; print(sys.implementation.name, '%d.%d' % sys.version_info[:2], "
        "'debug' if hasattr(sys, 'gettotalrefcount') else '', sys.version_info >= (3, 9))")


def candidates():
    home = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    yield from sorted(glob.glob(os.path.join(home, "versions", "*", "bin", "python3")))
    for name in [*(f"python3.{minor}" for minor in range(9, 20)), "python3-dbg", "pypy3"]:
        path = shutil.which(name)
        if path is not None:
            yield path


def main():
    seen = {f"cpython {sys.version_info[0]}.{sys.version_info[1]}"}
    for path in candidates():
        done = subprocess.run([path, "-c", SAYS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True)
        if done.returncode == 0 and done.stdout.endswith("True\n"):
            name = " ".join(done.stdout.split()[:-1])
            if name not in seen:
                seen.add(name)
                print(f"{name}:{path}")


if __name__ == "__main__":
    main()
