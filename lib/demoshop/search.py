"""Shopify's search syntax: text → tree of terms. What a term means is in criteria.py, matching.py.

Terms are `field:value`, `field:>=value`, `"a phrase"` and words; AND is a space; OR, NOT, `-` and
brackets as usual. https://shopify.dev/docs/api/usage/search-syntax
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

TOKEN = re.compile(
    r"""\s*(?:
        (?P<bracket>[()]) |
        (?P<minus>-(?=[\w("'])) |
        (?P<field>[A-Za-z_][\w.]*):(?P<op><=|>=|<|>)?
            (?P<value>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s()]*) |
        (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s()]+)
    )""",
    re.X,
)


@dataclass(frozen=True, slots=True)
class Term:
    """`field` is empty for a bare word; `op` is one of = < <= > >=."""

    field: str
    op: str
    value: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    parts: tuple[Node, ...]


Node: TypeAlias = "Term | Not | All | Any_"


def parse(query: str) -> Node:
    """The tree; an empty query is `All(())`, which everything fulfils."""
    reader = _Reader(query)
    parts = [reader.any_of()]
    while reader.here is not None:  # a stray closing bracket
        reader.step()
        parts.append(reader.any_of())
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def prune(node: Node, keep: Callable[[Term], bool]) -> Node | None:
    """The tree without the terms that `keep` refuses; None when nothing is left of it."""
    if isinstance(node, Term):
        return node if keep(node) else None
    if isinstance(node, Not):
        part = prune(node.part, keep)
        return None if part is None else Not(part)
    parts = tuple(left for part in node.parts if (left := prune(part, keep)) is not None)
    if not parts and node.parts:
        return None
    return All(parts) if isinstance(node, All) else Any_(parts)


class _Reader:
    def __init__(self, query: str) -> None:
        self.tokens = [match for match in TOKEN.finditer(query) if match[0].strip()]
        self.place = 0

    @property
    def here(self) -> re.Match[str] | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def step(self) -> None:
        self.place += 1

    def word(self, word: str) -> bool:
        if self.here is not None and self.here["text"] == word:
            self.step()
            return True
        return False

    def any_of(self) -> Node:
        parts = [self.all_of()]
        while self.word("OR"):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def all_of(self) -> Node:
        parts: list[Node] = []
        while self.here is not None and self.here["text"] != "OR" and self.here["bracket"] != ")":
            if not self.word("AND"):
                parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Node:
        token = self.here
        if token is None:  # a `-` or NOT at the very end
            return All(())
        self.step()
        if token["minus"] or token["text"] == "NOT":
            return Not(self.one())
        if token["bracket"] == "(":
            inside = self.any_of()
            if self.here is not None:
                self.step()
            return inside
        if token["field"]:
            value, quoted = _plain(token["value"])
            return Term(token["field"].lower(), token["op"] or "=", value, quoted)
        value, quoted = _plain(token["text"] or "")
        return Term("", "=", value, quoted)


def _plain(value: str) -> tuple[str, bool]:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", value[1:-1]), True
    return value, False
