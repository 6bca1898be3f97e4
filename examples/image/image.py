# SPDX-License-Identifier: MIT
"""Filters pictures in C++, and looks at them in Python, with numpy if it is there: run it with the
path of the library and the folder for before.png and after.png."""

import pathlib
import struct
import sys
import zlib

import clib

try:
    import numpy
except ImportError:
    numpy = None


def write_png(path, pixels):
    """Writes a buffer of rows of bytes as a grey picture."""
    rows, columns = pixels.shape
    flat = pixels.tobytes()
    lines = b"".join(b"\0" + flat[i * columns:(i + 1) * columns] for i in range(rows))

    def chunk(name, data):
        return (struct.pack(">I", len(data)) + name + data +
                struct.pack(">I", zlib.crc32(name + data)))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" +
                     chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


image = clib.load(sys.argv[1])
folder = pathlib.Path(sys.argv[2])

picture = image.Picture(240, 320)
picture.draw()
pixels = picture.pixels
print(f"C++ drew {pixels.shape[1]} x {pixels.shape[0]} pixels of {pixels.dtype}")
write_png(folder / "before.png", pixels.view())

steepness = image.edges(image.blurred(pixels, radius=2))
print(f"edges: an array of {steepness.dtype}, shape {steepness.shape}")
image.highlight(pixels, steepness, 120.0)
write_png(folder / "after.png", pixels.view())
print(f"pixels that are white now: {pixels.view().tobytes().count(255)}")

try:
    picture.close()
except BufferError:
    print("the picture cannot be closed while somebody looks at it")

if numpy is not None:
    seen = numpy.asarray(pixels)  # the same memory
    seen[:10] = 128
    assert pixels[0, 0] == 128
    # Upside down, every second pixel: C++ reads a view of numpy's as it is.
    part = seen[::-1, ::2]
    small = numpy.asarray(image.blurred(part, radius=0))
    assert (small == part).all()
    image.highlight(part, numpy.full(part.shape, 1, "float32"), 0.0)
    assert (seen[:, ::2] == 255).all() and (seen[:10, 1::2] == 128).all()
try:
    image.edges(steepness)
except TypeError as error:
    print(error)
