"""What a GraphQL document is to the client: a name, a fixed text, and whether it writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_cache: dict[tuple[str, int], Document] = {}


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    text: str
    writes: bool = False

    @property
    def nests(self) -> bool:
        """Whether it takes the size of nested pages."""
        return "$nested: Int!" in self.text

    @property
    def sizes(self) -> bool:
        """Whether it takes how many of the ids to give."""
        return "$first: Int!, $ids:" in self.text

    def told(self, flags: Mapping[str, Any]) -> dict[str, Any]:
        """Those of `flags` that it declares; Shopify is not to be sent others."""
        return {name: flag for name, flag in flags.items() if f"${name}:" in self.text}


@dataclass(frozen=True, slots=True)
class Repeated:
    """One field that a document holds n times; `#` in `variables` and `body` is the number.

    The body's alias is `m#`, so the answers stand under m0, m1, … `shared` are variables that all
    of them use; `around` is what stands before and behind them.
    """

    name: str
    variables: str
    body: str
    shared: str = ""
    fragments: Sequence[str] = field(default_factory=tuple)
    writes: bool = True
    around: tuple[str, str] = ("", "")

    def of(self, count: int) -> Document:
        """The document with `count` such fields."""
        key = (self.name, count)
        if key not in _cache:
            _cache[key] = Document(self.name, self._text(count), self.writes)
        return _cache[key]

    def _text(self, count: int) -> str:
        numbers = [str(i) for i in range(count)]
        declared = ", ".join(
            filter(None, [*(self.variables.replace("#", n) for n in numbers), self.shared])
        )
        bodies = "\n".join(self.body.replace("#", n) for n in numbers).join(self.around)
        kind = "mutation" if self.writes else "query"
        return f"{kind} {self.name}({declared}) {{\n{bodies}\n}}\n" + "".join(self.fragments)
