"""What every part of the compiler shares: the slots of the frame, and the dispatch on nodes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from .budget import Frame
from .source import refuse

Run = Callable[[Frame], Any]


_WORDS = {
    "NamedExpr": "an assignment (:=) is",
    "Lambda": "a lambda inside a lambda (other than key=) is",
    "Await": "await is",
    "Yield": "yield is",
    "YieldFrom": "yield is",
    "SetComp": "a set is",
    "Set": "a set is (but after «in»)",
    "Starred": "* is",
}


class Scope:
    """The names in reach and their slots; `slots` is how large the frame is."""

    def __init__(self) -> None:
        self.slots = 1
        self.scope: dict[str, int] = {}

    def node(self, node: ast.AST) -> Run:
        found = getattr(self, f"_{type(node).__name__.lower()}", None)
        if found is None:
            raise refuse(
                node, f"{_WORDS.get(type(node).__name__, type(node).__name__)} not allowed"
            )
        return found(node)  # type: ignore[no-any-return]

    def _bind(self, name: str) -> int:
        self.scope[name] = self.slots
        self.slots += 1
        return self.slots - 1
