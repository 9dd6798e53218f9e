"""The text of a lambda → its syntax tree, within bounds that keep straight-line code cheap."""

from __future__ import annotations

import ast
import warnings

from .budget import INT_BITS, ExpressionRefused

#: Characters of a lambda, nodes of its tree, and how deep it nests.
SOURCE = 2_000
NODES = 400
DEPTH = 40


def refuse(node: ast.AST, message: str) -> ExpressionRefused:
    """The refusal of `node`, with its place."""
    return ExpressionRefused(
        message, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    )


def read(text: str) -> ast.Lambda:
    """Parse `text`. Raises ExpressionRefused where it is no lambda, or too large a one."""
    if len(text) > SOURCE:
        raise ExpressionRefused(f"a lambda has at most {SOURCE:,} characters")
    tree = _parse(text)
    if not isinstance(tree.body, ast.Lambda):
        raise refuse(tree.body, "a lambda was expected, like «lambda a: a.strip()»")
    _measure(tree.body)
    _parameters(tree.body)
    return tree.body


def size(node: ast.AST) -> int:
    """How many nodes are under `node`: the price of evaluating it once."""
    return sum(1 for _ in ast.walk(node))


def names(function: ast.Lambda) -> list[str]:
    return [argument.arg for argument in function.args.args]


def _parse(text: str) -> ast.Expression:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        raise ExpressionRefused(f"not a valid expression: {error.msg}", line, column) from None
    except (RecursionError, MemoryError, ValueError):
        raise ExpressionRefused(
            "the expression can't be read: too deep, or odd characters"
        ) from None


def _measure(function: ast.Lambda) -> None:
    level: list[ast.AST] = [function]
    count = depth = 0
    while level:
        depth += 1
        count += len(level)
        if depth > DEPTH or count > NODES:
            raise refuse(level[0], f"a lambda has at most {NODES} parts, {DEPTH} inside each other")
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    for node in ast.walk(function):
        whole = node.value if isinstance(node, ast.Constant) else None
        if isinstance(whole, int) and whole.bit_length() > INT_BITS:
            raise refuse(node, "the number is too large")


def _parameters(function: ast.Lambda) -> None:
    given = function.args
    if given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg or given.defaults:
        raise refuse(function, "a lambda takes plain arguments only: no defaults, no * or **")
    for argument in given.args:
        if argument.arg.startswith("_") and argument.arg.strip("_"):
            raise refuse(argument, "a name that starts with _ is not allowed")
