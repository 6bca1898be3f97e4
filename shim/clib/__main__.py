# SPDX-License-Identifier: MIT
"""python3 -m clib."""

import sys

from .tools.command import main

sys.exit(main())
