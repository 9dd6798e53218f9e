"""Global ids: `gid://shopify/<Kind>/<number>`, with a query part on inventory levels."""

from __future__ import annotations

import re

GID = re.compile(r"gid://shopify/([A-Za-z]+)/(\d+)(?:\?.*)?")


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def split(text: str) -> tuple[str, int] | None:
    """(kind, number), or None when the text is no global id."""
    match = GID.fullmatch(text)
    return (match[1], int(match[2])) if match else None


def number(text: str) -> int:
    """The number in a global id of the store's own; it is known to be well formed."""
    return int(text.partition("?")[0].rpartition("/")[2])


def kind(text: str) -> str:
    return text.split("/", 4)[3]
