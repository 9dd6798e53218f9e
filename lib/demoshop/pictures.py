"""Small PNG images made in code, and how the shop encodes anew what it is given."""

from __future__ import annotations

import struct
import zlib

_START = b"\x89PNG\r\n\x1a\n"
_END = b"IEND"

Color = tuple[int, int, int]


def png(color: Color, size: int = 16) -> bytes:
    """A square of one color with a lighter diagonal."""
    light = tuple(min(255, part + 64) for part in color)
    rows = b"".join(
        b"\0" + b"".join(bytes(light if x == y else color) for x in range(size))
        for y in range(size)
    )
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return _START + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(_END, b"")


def encoded_anew(content: bytes) -> bytes:
    """The same image in other bytes, as a shop keeps it; what is no PNG stays."""
    end = content.rfind(_END)
    if not content.startswith(_START) or end < 4:
        return content
    return content[: end - 4] + _chunk(b"tEXt", b"Software\0demo shop") + content[end - 4 :]


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
