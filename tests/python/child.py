# SPDX-License-Identifier: MIT
"""Runs a script in a Python of its own, for what can only be seen from outside: an exit code, what
C prints, and what happens when the interpreter ends."""

import os
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent

# PYTHONUNBUFFERED would switch off C's buffer too, and hide that somebody forgot to flush it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def run(script):
    """The ended process, with returncode, stdout and stderr as text."""
    return subprocess.run([sys.executable, "-c", script], cwd=FOLDER, env=ENVIRONMENT, text=True,
                          timeout=100, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
