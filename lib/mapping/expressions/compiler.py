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

from .budget import ExpressionFailed, Frame, items, spend, text
from .formats import as_text, formatter, represent
from .functions import BUILTINS, iterate, length
from .methods import ARGUMENTS, PARTS, method, part_of
from .operators import BINARY, COMPARE, at, negative, part, positive, put
from .source import names, refuse, size

Run = Callable[[Frame], Any]


class Compiler:
    """Compiles one lambda; `slots` is how large its frame is."""

    def __init__(self) -> None:
        self.slots = 1
        self.scope: dict[str, int] = {}

    def function(self, node: ast.Lambda) -> Run:
        """The body of the lambda; its arguments take the slots from 1 on."""
        for name in names(node):
            self._bind(name)
        return self.node(node.body)

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

    def _constant(self, node: ast.Constant) -> Run:
        value = node.value
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
        if isinstance(node.left, (ast.JoinedStr, ast.Constant)) and isinstance(node.op, ast.Mod):
            if isinstance(node.left, ast.JoinedStr) or isinstance(node.left.value, str):
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

    def _attribute(self, node: ast.Attribute) -> Run:
        _check_attribute(node, PARTS, "has to be called, or is not allowed")
        value, name = self.node(node.value), node.attr
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
        name = func.attr
        _check_attribute(func, ARGUMENTS, "is not an allowed method")
        if node.keywords:
            raise refuse(node, f"{name} takes no named arguments")
        _count(node, name, *ARGUMENTS[name])
        value = self.node(func.value)
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
        show: Callable[[Any], str] = represent if node.conversion in (114, 97) else as_text
        if node.format_spec is None:
            return lambda frame: show(value(frame))
        layout = self._layout(node.format_spec)
        if node.conversion == -1:
            return lambda frame: layout(value(frame))
        return lambda frame: layout(show(value(frame)))

    def _layout(self, spec: ast.expr) -> Callable[[Any], str]:
        parts = spec.values if isinstance(spec, ast.JoinedStr) else [spec]
        if not all(isinstance(part, ast.Constant) for part in parts):
            raise refuse(spec, "the format of an f-string has to be written out")
        try:
            return formatter("".join(str(part.value) for part in parts))  # type: ignore[attr-defined]
        except ExpressionFailed as error:
            raise refuse(spec, f"format: {error}") from None

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


def _check_attribute(node: ast.Attribute, allowed: Any, otherwise: str) -> None:
    if node.attr.startswith("_"):
        raise refuse(node, f"the attribute {node.attr} starts with _ and is not allowed")
    if node.attr not in allowed:
        raise refuse(node, f"{node.attr} {otherwise}")


def _count(node: ast.Call, name: str, least: int, most: int) -> None:
    if not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise refuse(node, f"{name} takes {wanted} arguments, not {len(node.args)}")


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
