# SPDX-License-Identifier: MIT
"""Writes wheels: the archives that pip installs."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import zipfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the same files make the same wheel


class Wheel:
    """A wheel that is being written: `with Wheel(...) as wheel: wheel.add(...)`."""

    def __init__(self, folder: str, name: str, version: str, platform: str,
                 metadata: list[str]) -> None:
        """`metadata`: the lines of METADATA below the name and the version."""
        stem = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}"
        self.name = f"{stem}-py3-none-{platform}.whl"
        self.path = os.path.join(folder, self.name)
        self._info = f"{stem}.dist-info"
        self._records: list[str] = []
        self._archive = zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED)
        self._metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata]
        self._tag = f"py3-none-{platform}"

    def __enter__(self) -> Wheel:
        return self

    def __exit__(self, error_type: object, *_: Any) -> None:
        if error_type is None:
            self.add_info("METADATA", "\n".join(self._metadata) + "\n")
            self.add_info("WHEEL", "Wheel-Version: 1.0\nGenerator: clib\n"
                          f"Root-Is-Purelib: false\nTag: {self._tag}\n")
            self._records.append(f"{self._info}/RECORD,,")
            self._write(f"{self._info}/RECORD", ("\n".join(self._records) + "\n").encode(), False)
        self._archive.close()
        if error_type is not None:
            os.unlink(self.path)

    def add(self, name: str, data: str | bytes, is_executable: bool = False) -> None:
        """Adds a file, by its name in the folder where packages are installed."""
        data = data.encode() if isinstance(data, str) else data
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self._records.append(f"{name},sha256={digest},{len(data)}")
        self._write(name, data, is_executable)

    def add_info(self, name: str, data: str | bytes) -> None:
        """Adds a file about the distribution, such as a licence."""
        self.add(f"{self._info}/{name}", data)

    def _write(self, name: str, data: bytes, is_executable: bool) -> None:
        entry = zipfile.ZipInfo(name, _NO_DATE)
        entry.external_attr = (0o100755 if is_executable else 0o100644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._archive.writestr(entry, data)
