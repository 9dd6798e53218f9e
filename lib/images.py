"""What an image is to the engine: content with a hash, and the names that sides have for it.

Odoo names an image by the hash of its content, a shop by an id and a version, `id@version`. Until
the shop has taken an upload in, the version is empty.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from .endpoint import Record
from .errors import GatewayError, Refused

#: Bytes of one image.
MOST_BYTES = 20 * 1024 * 1024

_HASH = re.compile(r"[0-9a-f]{40}")
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
)
_SUFFIXES = ("png", "jpg", "jpeg", "gif", "webp")


@dataclass(frozen=True, slots=True)
class Image:
    """An image's content. For a target that takes addresses: where anybody may fetch it, or why it
    is not sent (`unsent`)."""

    content: bytes
    type: str  # media type, as the content says
    name: str  # a file's name, with the suffix of the type
    address: str = ""
    unsent: str = ""


@runtime_checkable
class Imaging(Protocol):
    """An endpoint that gives the contents of its images. Optional."""

    def images(
        self, entity: str, wanted: Mapping[str, Record]
    ) -> Iterator[tuple[str, Image | GatewayError | None]]:
        """The content, or why there is none (None: not yet), of each image that is `wanted` (the
        side's own name for it → the record that names it), one after the other: who has enough
        stops asking."""
        ...


@runtime_checkable
class Addressing(Protocol):
    """An endpoint that gives addresses at which anybody may fetch its images. Optional."""

    def addresses(
        self, entity: str, wanted: Mapping[str, Record]
    ) -> Iterator[tuple[str, Image | GatewayError | None]]:
        """As `images`, each without its content."""
        ...


def image_of(content: bytes, called: str, limit: int = MOST_BYTES) -> Image:
    """The image of this content; `called` is what its file is to be named after.

    Raises Refused for what is too large, or no PNG, JPEG, GIF or WebP by its first bytes, whatever
    a server said of it.
    """
    if len(content) > limit:
        raise Refused(
            f"the image {called} is larger than {limit:,} bytes",
            remedy="Make it smaller, then retry.",
        )
    kind = _kind(content)
    if kind is None:
        raise Refused(
            f"{called} is no PNG, JPEG, GIF or WebP image",
            remedy="Replace it by an image of one of these kinds, then retry.",
        )
    return Image(content, kind[0], file_name(called, kind[0]))


def file_name(called: str, kind: str) -> str:
    """A file's name for an image of this media type: «Red mug» → red-mug.png."""
    before, _, end = called.rpartition(".")
    stem = before if end.lower() in _SUFFIXES else called
    plain = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-").lower()
    known = {of: suffix for _start, of, suffix in _KINDS}
    suffix = known.get(kind, kind.rpartition("/")[2] or "png")
    return f"{plain[:80] or 'image'}.{suffix}"


def _kind(content: bytes) -> tuple[str, str] | None:
    for start, kind, suffix in _KINDS:
        if content.startswith(start):
            return kind, suffix
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", "webp"
    return None


def hash_of(content: bytes) -> str:
    """As Odoo hashes what it keeps (SHA-1): it tells contents apart and protects nothing."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def is_hash(name: Any) -> bool:
    """Whether an image's name is the hash of its content."""
    return isinstance(name, str) and _HASH.fullmatch(name) is not None


def is_same(before: Any, now: Any) -> bool:
    """Whether two names of one side mean the same content: one without a version is what it was
    when it has got one."""
    if before == now:
        return True
    waited = isinstance(before, str) and before.endswith("@") and isinstance(now, str)
    return waited and now.startswith(before)
