# SPDX-License-Identifier: MIT
"""python_folder.py PREFIX: prints where this Python looks for packages that are installed to PREFIX,
and `True`; or, if it looks nowhere there, where they would be, and `False`."""

import os
import sys
import sysconfig

prefix = os.path.normpath(sys.argv[1])
searched = [
    each for each in map(os.path.normpath, sys.path)
    if os.path.basename(each) in ("site-packages", "dist-packages") and
    each.startswith(os.path.join(prefix, ""))]
# /usr/local too is within /usr, and has a folder of its own.
searched.sort(key=lambda each: "local" in each[len(prefix):].split(os.sep))
scheme = "nt" if os.name == "nt" else "posix_prefix"
folder = searched[0] if searched else sysconfig.get_path("purelib", scheme, {"base": prefix})
print(os.path.relpath(folder, prefix))
print(bool(searched))

