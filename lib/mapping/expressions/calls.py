"""Calls of builtins and methods, by names that are known when the lambda is saved."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from .budget import Frame, spend
from .functions import BUILTINS
from .methods import ARGUMENTS, PARTS, method, part_of
from .scope import Run, Scope
from .source import names, refuse, size


class Calls(Scope):
    """Compiles calls, the `key=` functions in them, and the parts of dates."""

    def _attribute(self, node: ast.Attribute) -> Run:
        value, name = self.node(node.value), node.attr  # first: its fault comes first in the text
        _check_attribute(node, PARTS, "has to be called, or is not allowed")
        return lambda frame: part_of(value(frame), name)

    def _call(self, node: ast.Call) -> Run:
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise refuse(argument, "* is not allowed in a call")
        if any(keyword.arg is None for keyword in node.keywords):
            raise refuse(node, "** is not allowed in a call")
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func)
        if isinstance(node.func, ast.Name) and node.func.id not in self.scope:
            return self._builtin(node, node.func.id)
        raise refuse(node.func, "only builtins and methods can be called")

    def _method(self, node: ast.Call, func: ast.Attribute) -> Run:
        value, name = self.node(func.value), func.attr  # first: its fault comes first in the text
        _check_attribute(func, ARGUMENTS, "is not an allowed method")
        if node.keywords:
            raise refuse(node, f"{name} takes no named arguments")
        _count(node, name, *ARGUMENTS[name])
        args = [self.node(argument) for argument in node.args]
        return lambda frame: method(frame, value(frame), name, [arg(frame) for arg in args])

    def _builtin(self, node: ast.Call, name: str) -> Run:
        found = BUILTINS.get(name)
        if found is None:
            raise refuse(node, f"{name} is not allowed; there are: {', '.join(BUILTINS)}")
        _count(node, name, found.least, found.most)
        for keyword in node.keywords:
            if keyword.arg not in found.keywords:
                raise refuse(node, f"{name} takes no argument named {keyword.arg}")
        args = [self.node(argument) for argument in node.args]
        call = found.run
        if not node.keywords:
            return lambda frame: call(frame, *[arg(frame) for arg in args])
        named = [(str(keyword.arg), self._keyword(keyword)) for keyword in node.keywords]
        return lambda frame: call(
            frame, *[arg(frame) for arg in args], **{key: value(frame) for key, value in named}
        )

    def _keyword(self, keyword: ast.keyword) -> Run:
        if keyword.arg != "key":
            return self.node(keyword.value)
        if not isinstance(keyword.value, ast.Lambda) or len(names(keyword.value)) != 1:
            raise refuse(keyword.value, "key takes a lambda with one argument")
        return self._key_function(keyword.value)

    def _key_function(self, node: ast.Lambda) -> Run:
        if node.args.defaults or node.args.kwonlyargs or node.args.vararg or node.args.kwarg:
            raise refuse(node, "key takes a lambda with one plain argument")
        outer = dict(self.scope)
        slot = self._bind(names(node)[0])
        body, cost = self.node(node.body), size(node.body)
        self.scope = outer

        def run(frame: Frame) -> Callable[[Any], Any]:
            def key(value: Any) -> Any:
                spend(frame, cost)
                frame[slot] = value
                return body(frame)

            return key

        return run


def _check_attribute(node: ast.Attribute, allowed: Any, otherwise: str) -> None:
    if node.attr.startswith("_"):
        raise refuse(node, f"the attribute {node.attr} starts with _ and is not allowed")
    if node.attr not in allowed:
        raise refuse(node, f"{node.attr} {otherwise}")


def _count(node: ast.Call, name: str, least: int, most: int) -> None:
    if not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise refuse(node, f"{name} takes {wanted} arguments, not {len(node.args)}")
