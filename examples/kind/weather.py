# SPDX-License-Identifier: MIT
"""Calls C++ functions whose types are the author's own: run it with the path of the library."""

import sys

import clib

weather = clib.load(sys.argv[1])

print(f"20 degrees and 1.5 more: {weather.warmer(20.0, 1.5)}")
print(f"On average in Svalbard: {weather.average('Svalbard')}")
print(f"Next to it: {weather.neighbour('Svalbard')}")
try:
    weather.warmer(-300.0)
except ValueError as error:
    print(error)
