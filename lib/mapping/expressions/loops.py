"""Comprehensions: the only loops there are, each turn paid for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from .budget import ExpressionFailed, Frame, items, spend
from .functions import iterate, length
from .operators import put
from .scope import Run, Scope
from .source import refuse, size


class Loops(Scope):
    """Compiles comprehensions."""

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> Run:
        return self._comprehension(node, node.elt, None)

    _generatorexp = _listcomp

    def _dictcomp(self, node: ast.DictComp) -> Run:
        return self._comprehension(node, node.value, node.key)

    def _comprehension(
        self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp, value: ast.expr, key: Any
    ) -> Run:
        if len(node.generators) > 2:
            raise refuse(node, "a comprehension has at most two «for»")
        outer = dict(self.scope)
        loops = [self._loop(generator) for generator in node.generators]
        made = self.node(value)
        name = self.node(key) if key is not None else None
        cost = size(value) + (size(key) if key is not None else 0)
        self.scope = outer
        if name is None:
            return _list_comprehension(loops, made, cost)
        return _dict_comprehension(loops, name, made, cost)

    def _loop(self, node: ast.comprehension) -> Callable[[Frame, Run], None]:
        if node.is_async:
            raise refuse(node.target, "async is not allowed")
        source = self.node(node.iter)
        assign = self._target(node.target)
        tests = [self.node(test) for test in node.ifs]
        cost = 1 + sum(map(size, node.ifs))

        def run(frame: Frame, body: Run) -> None:
            for item in iterate(frame, source(frame)):
                spend(frame, cost)
                assign(frame, item)
                if all(test(frame) for test in tests):
                    body(frame)

        return run

    def _target(self, node: ast.expr) -> Callable[[Frame, Any], None]:
        if isinstance(node, ast.Name):
            slot = self._bind(node.id)
            return lambda frame, value: frame.__setitem__(slot, value)
        if not isinstance(node, ast.Tuple) or not all(isinstance(e, ast.Name) for e in node.elts):
            raise refuse(node, "a comprehension goes over names, like «for name, value in …»")
        slots = [self._bind(element.id) for element in node.elts if isinstance(element, ast.Name)]

        def assign(frame: Frame, value: Any) -> None:
            if length(frame, value) != len(slots):
                raise ExpressionFailed(f"each element should have {len(slots)} parts")
            for slot, item in zip(slots, value, strict=True):
                frame[slot] = item

        return assign


def _list_comprehension(loops: list[Any], made: Run, cost: int) -> Run:
    def run(frame: Frame) -> list[Any]:
        result: list[Any] = []

        def body(frame: Frame) -> None:
            spend(frame, cost)
            result.append(made(frame))

        _turn(frame, loops, body)
        items(frame, len(result))
        return result

    return run


def _dict_comprehension(loops: list[Any], name: Run, made: Run, cost: int) -> Run:
    def run(frame: Frame) -> dict[Any, Any]:
        result: dict[Any, Any] = {}

        def body(frame: Frame) -> None:
            spend(frame, cost)
            put(frame, result, name(frame), made(frame))

        _turn(frame, loops, body)
        return result

    return run


def _turn(frame: Frame, loops: list[Any], body: Run) -> None:
    outer, *inner = loops
    outer(frame, body if not inner else lambda frame: _turn(frame, inner, body))
