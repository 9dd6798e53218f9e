"""F-strings, with formats that are written out and therefore checked at save."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from .budget import ExpressionFailed, Frame, text
from .formats import as_text, formatter, represent
from .scope import Run, Scope
from .source import refuse


class Strings(Scope):
    """Compiles f-strings."""

    def _joinedstr(self, node: ast.JoinedStr) -> Run:
        parts = [self._piece(value) for value in node.values]

        def run(frame: Frame) -> str:
            pieces = [piece(frame) for piece in parts]
            text(frame, sum(map(len, pieces)))
            return "".join(pieces)

        return run

    def _piece(self, node: ast.expr) -> Run:
        if not isinstance(node, ast.FormattedValue):
            return self.node(node)
        value = self.node(node.value)
        shown = _shown(value, node.conversion)
        if node.format_spec is None:
            return shown
        layout = self._layout(node.format_spec)
        if node.conversion == -1:
            return lambda frame: layout(value(frame))
        return lambda frame: layout(shown(frame))

    def _layout(self, spec: ast.expr) -> Callable[[Any], str]:
        parts = spec.values if isinstance(spec, ast.JoinedStr) else [spec]
        if not all(isinstance(part, ast.Constant) for part in parts):
            raise refuse(spec, "the format of an f-string has to be written out")
        try:
            return formatter("".join(str(part.value) for part in parts))  # type: ignore[attr-defined]
        except ExpressionFailed as error:
            raise refuse(spec, f"format: {error}") from None


def _shown(value: Run, conversion: int) -> Run:
    """The text of `value`: quoted for !r and !a."""
    if conversion in (114, 97):
        return lambda frame: represent(frame, value(frame))
    return lambda frame: as_text(value(frame))
