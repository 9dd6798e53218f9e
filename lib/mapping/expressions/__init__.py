"""Lambdas of mapping documents: functions of their arguments, compiled once, within a budget.

The people who write them must not own the server. The text is never given to Python's own `eval`:
a small interpreter knows the allowed syntax, builtins and methods, and checks sizes before anything
is produced.
"""

from __future__ import annotations

from decimal import DivisionByZero, InvalidOperation, Overflow
from typing import Any

from .budget import (
    RESULT,
    SCALARS,
    STEPS,
    BudgetExceeded,
    ExpressionFailed,
    ExpressionRefused,
    kind,
    weigh,
)
from .compiler import Compiler
from .functions import BUILTINS
from .methods import ARGUMENTS
from .source import names, read

__all__ = [
    "ARGUMENTS",
    "BUILTINS",
    "BudgetExceeded",
    "Expression",
    "ExpressionFailed",
    "ExpressionRefused",
    "compile_expression",
]


class Expression:
    """A compiled lambda. Calling it never changes it, so threads can share it."""

    __slots__ = ("_body", "_rest", "arity", "text")

    def __init__(self, text: str) -> None:
        tree = read(text)
        compiler = Compiler()
        self._body = compiler.function(tree)
        self.text = text
        self.arity = len(names(tree))
        self._rest = [None] * (compiler.slots - 1 - self.arity)

    def __call__(self, *values: Any) -> Any:
        """The result: plain data within the budget. Raises ExpressionFailed, which names types
        and never values, and its subclass BudgetExceeded."""
        try:
            result = self._body([STEPS, *values, *self._rest])
        except ExpressionFailed:
            raise
        except _EXPECTED as error:
            raise ExpressionFailed(self._said(error, values)) from None
        if type(result) not in SCALARS or type(result) in (str, int):
            weigh(result, RESULT)
        return result

    def _said(self, error: Exception, values: tuple[Any, ...]) -> str:
        text = _SENTENCES.get(type(error), type(error).__name__)
        if isinstance(error, KeyError) and repr(error.args[0]) in self.text:
            text = f"the object has no key {error.args[0]!r}"
        elif isinstance(error, TypeError) and "not supported between" in str(error):
            text = "values of unlike types can't be ordered"
        given = ", ".join(kind(value) for value in values)
        return f"{text}; the arguments were: {given}"


def compile_expression(text: str) -> Expression:
    """Compile the text of a lambda. Raises ExpressionRefused with line and column."""
    return Expression(text)


_EXPECTED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_SENTENCES: dict[type[Exception], str] = {
    KeyError: "the object has no such key",
    IndexError: "the list has no such element",
    ZeroDivisionError: "division by zero",
    DivisionByZero: "division by zero",
    InvalidOperation: "not a number, or one of too many digits",
    Overflow: "the number is too large",
    ValueError: "a value can't be converted",
    TypeError: "a value has the wrong type",
    RecursionError: "the value is nested too deeply",
}
