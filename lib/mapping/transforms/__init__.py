"""Named transforms: what needs thought in a mapping has a name, a sentence, examples and a test."""

from __future__ import annotations

from . import html, lists, number, text, time
from .registry import (
    TRANSFORMS,
    Argument,
    Example,
    Transform,
    check_example,
    find_transform,
    register_transform,
)

__all__ = [
    "TRANSFORMS", "Argument", "Example", "Transform", "check_example", "find_transform", "html",
    "lists", "number", "register_transform", "text", "time",
]  # fmt: skip
