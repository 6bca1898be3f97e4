# SPDX-License-Identifier: MIT
"""The commands of python3 -m clib."""
