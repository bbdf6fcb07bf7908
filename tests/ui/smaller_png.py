"""Makes a picture of a screen smaller: at most 256 colours, each pixel one byte.

In: a PNG as Chromium writes it (8 bits, RGB or RGBA, not interlaced). Out: one a third as large.
Does not know: what is on it. Colours that are rare become the nearest frequent one.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST = 256
Colour = tuple[int, int, int]


def smaller(picture: bytes) -> bytes:
    """Return the picture with a palette; raises `ValueError` when it is no such PNG."""
    width, height, channels, packed = _read(picture)
    rows = _unfiltered(zlib.decompress(packed), width * channels, height, channels)
    pixels = [_colours(row, channels) for row in rows]
    often = Counter(colour for row in pixels for colour in row)
    palette = [colour for colour, _ in often.most_common(_MOST)]
    places = {colour: place for place, colour in enumerate(palette)}
    for colour in often:
        if colour not in places:
            places[colour] = _nearest(colour, palette)
    lines = b"".join(b"\0" + bytes(places[colour] for colour in row) for row in pixels)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(bytes(colour) for colour in palette)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _read(picture: bytes) -> tuple[int, int, int, bytes]:
    if not picture.startswith(_SIGNATURE):
        raise ValueError("expected a PNG")
    at, packed, head = len(_SIGNATURE), b"", b""
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        kind, content = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        head = content if kind == b"IHDR" else head
        packed += content if kind == b"IDAT" else b""
        at += length + 12
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if depth != 8 or colour not in (2, 6) or interlaced:
        raise ValueError("expected 8 bits, RGB or RGBA, not interlaced")
    return width, height, 3 if colour == 2 else 4, packed


def _unfiltered(raw: bytes, stride: int, height: int, step: int) -> list[bytearray]:
    """Undo the filter of each row (PNG specification, section 9)."""
    rows: list[bytearray] = []
    above = bytearray(stride)
    for number in range(height):
        at = number * (stride + 1)
        kind, row = raw[at], bytearray(raw[at + 1 : at + 1 + stride])
        if kind == 1:
            for n in range(step, stride):
                row[n] = (row[n] + row[n - step]) & 255
        elif kind == 2:
            row = bytearray((a + b) & 255 for a, b in zip(row, above, strict=True))
        elif kind == 3:
            for n in range(stride):
                left = row[n - step] if n >= step else 0
                row[n] = (row[n] + (left + above[n]) // 2) & 255
        elif kind == 4:
            for n in range(stride):
                left, corner = (row[n - step], above[n - step]) if n >= step else (0, 0)
                row[n] = (row[n] + _paeth(left, above[n], corner)) & 255
        rows.append(row)
        above = row
    return rows


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda each: abs(guess - each))


def _colours(row: bytearray, channels: int) -> list[Colour]:
    return list(zip(row[0::channels], row[1::channels], row[2::channels], strict=True))


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    red, green, blue = colour
    return min(
        range(len(palette)),
        key=lambda n: (
            (palette[n][0] - red) ** 2 + (palette[n][1] - green) ** 2 + (palette[n][2] - blue) ** 2
        ),
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return b"".join(
        (
            struct.pack(">I", len(content)),
            kind,
            content,
            struct.pack(">I", zlib.crc32(kind + content)),
        )
    )
