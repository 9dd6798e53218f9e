"""Tags as a set. No list of tags has an order of its own: shops sort them as they like."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def tag_key(name: str) -> str:
    """What two spellings of one tag have in common: letters' case plays no part."""
    return name.strip().lower()


def tag_set(names: Iterable[Any], clean: Callable[[str], str] = str.strip) -> list[str]:
    """`names` trimmed, without blanks, each once as first spelled, in the one order in which all
    sides tell them. `clean`: what else a shop does to a name."""
    once: dict[str, str] = {}
    for name in names:
        text = clean(str(name)).strip()
        if text:
            once.setdefault(tag_key(text), text)
    return [once[key] for key in sorted(once)]
