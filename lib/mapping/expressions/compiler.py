"""The syntax tree of a lambda → nested closures over one frame. Nothing is ever given to `eval`.

Every node that is not named here is refused. A variable is a slot of the frame, slot 0 is what is
left of the budget; a lambda has no way to call itself, so straight-line code is bounded by its text
and only comprehensions and `key=` functions have to count their turns.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .budget import Frame
from .calls import Calls
from .functions import BUILTINS
from .loops import Loops
from .operators import BINARY, COMPARE, at, negative, part, positive, put
from .scope import Run
from .source import names, refuse
from .strings import Strings


class Compiler(Calls, Loops, Strings):
    """Compiles one lambda."""

    def function(self, node: ast.Lambda) -> Run:
        """The body of the lambda; its arguments take the slots from 1 on."""
        for name in names(node):
            self._bind(name)
        return self.node(node.body)

    def _constant(self, node: ast.Constant) -> Run:
        value: Any = node.value
        if isinstance(value, float):
            value = Decimal(repr(value))
            if not value.is_finite():
                raise refuse(node, "the number is too large")
        if value is not None and type(value) not in (str, int, bool, Decimal):
            raise refuse(node, f"a constant of type {type(value).__name__} is not allowed")
        return lambda frame: value

    def _name(self, node: ast.Name) -> Run:
        slot = self.scope.get(node.id)
        if slot is None:
            if node.id in BUILTINS:
                raise refuse(node, f"{node.id} can only be called, like {node.id}(…)")
            raise refuse(node, f"{node.id} is not one of the arguments")
        return lambda frame: frame[slot]

    def _ifexp(self, node: ast.IfExp) -> Run:
        test, yes, no = self.node(node.test), self.node(node.body), self.node(node.orelse)
        return lambda frame: yes(frame) if test(frame) else no(frame)

    def _boolop(self, node: ast.BoolOp) -> Run:
        first, *rest = [self.node(value) for value in node.values]
        wanted = isinstance(node.op, ast.Or)

        def run(frame: Frame) -> Any:
            value = first(frame)
            for other in rest:
                if bool(value) is wanted:
                    return value
                value = other(frame)
            return value

        return run

    def _unaryop(self, node: ast.UnaryOp) -> Run:
        value = self.node(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda frame: not value(frame)
        if isinstance(node.op, ast.Invert):
            raise refuse(node, "the operator ~ is not allowed")
        sign = negative if isinstance(node.op, ast.USub) else positive
        return lambda frame: sign(frame, value(frame))

    def _binop(self, node: ast.BinOp) -> Run:
        operate = BINARY.get(type(node.op).__name__)
        if operate is None:
            raise refuse(node, f"the operator {type(node.op).__name__} is not allowed")
        written = node.left.value if isinstance(node.left, ast.Constant) else None
        if isinstance(node.op, ast.Mod) and isinstance(written, str):
            raise refuse(node, "% on text is not allowed; use an f-string")
        left, right = self.node(node.left), self.node(node.right)
        return lambda frame: operate(frame, left(frame), right(frame))

    def _compare(self, node: ast.Compare) -> Run:
        steps = [self._step(op, side) for op, side in zip(node.ops, node.comparators, strict=True)]
        left = self.node(node.left)
        if len(steps) == 1:
            compare, right = steps[0]
            return lambda frame: compare(frame, left(frame), right(frame))

        def run(frame: Frame) -> Any:
            value = left(frame)
            for compare, right in steps:
                other = right(frame)
                if not compare(frame, value, other):
                    return False
                value = other
            return True

        return run

    def _step(self, op: ast.cmpop, side: ast.expr) -> tuple[Callable[..., bool], Run]:
        if isinstance(op, (ast.Is, ast.IsNot)):
            if not isinstance(side, ast.Constant) or side.value not in (None, True, False):
                raise refuse(side, "«is» compares with None, True and False only; use ==")
            wanted, same = side.value, isinstance(op, ast.Is)
            return (lambda frame, left, right: (left is wanted) is same), self.node(side)
        if isinstance(op, (ast.In, ast.NotIn)) and isinstance(side, ast.Set):
            return COMPARE[type(op).__name__], self._elements(side.elts, tuple)
        return COMPARE[type(op).__name__], self.node(side)

    def _elements(self, nodes: list[ast.expr], make: Callable[[list[Any]], Any]) -> Run:
        values = [self.node(node) for node in nodes]
        return lambda frame: make([value(frame) for value in values])

    def _list(self, node: ast.List) -> Run:
        return self._elements(node.elts, list)

    def _tuple(self, node: ast.Tuple) -> Run:
        return self._elements(node.elts, tuple)

    def _dict(self, node: ast.Dict) -> Run:
        if any(key is None for key in node.keys):
            raise refuse(node, "** is not allowed")
        pairs = [
            (self.node(key), self.node(value))
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        ]

        def run(frame: Frame) -> dict[Any, Any]:
            result: dict[Any, Any] = {}
            for key, value in pairs:
                put(frame, result, key(frame), value(frame))
            return result

        return run

    def _subscript(self, node: ast.Subscript) -> Run:
        value = self.node(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = [
                self.node(bound) if bound is not None else (lambda frame: None)
                for bound in (node.slice.lower, node.slice.upper, node.slice.step)
            ]
            return lambda frame: part(
                frame, value(frame), slice(*[bound(frame) for bound in bounds])
            )
        index = self.node(node.slice)
        return lambda frame: at(frame, value(frame), index(frame))
