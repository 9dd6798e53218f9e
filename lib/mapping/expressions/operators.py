"""The operators of lambdas, each bounded before it computes; division is always decimal."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from .budget import (
    DIGITS,
    INT_BITS,
    MAPPINGS,
    SCALARS,
    SEQUENCES,
    BudgetExceeded,
    ExpressionFailed,
    Frame,
    items,
    kind,
    number,
    spend,
    text,
    walk,
)

Operator = Callable[[Frame, Any, Any], Any]

#: All decimal arithmetic: 28 digits, no NaN, no Infinity, whatever the thread's own context is.
CONTEXT = Context(
    prec=28, Emin=-DIGITS, Emax=DIGITS, traps=[InvalidOperation, DivisionByZero, Overflow]
)
#: Powers beyond this are never a price.
EXPONENT = 1000
#: Steps of a power that is calculated by logarithms.
POWER = 200


def add(frame: Frame, left: Any, right: Any) -> Any:
    if type(left) is str and type(right) is str:
        text(frame, len(left) + len(right))
        return left + right
    if type(left) in SEQUENCES and type(left) is type(right):
        items(frame, len(left) + len(right))
        return left + right
    if type(left) is str or type(right) is str:
        raise ExpressionFailed(f"{kind(left)} and {kind(right)} can't be added")
    return _arithmetic(left, right, operator.add, CONTEXT.add)


def subtract(frame: Frame, left: Any, right: Any) -> Any:
    return _arithmetic(left, right, operator.sub, CONTEXT.subtract)


def multiply(frame: Frame, left: Any, right: Any) -> Any:
    if type(right) is str or type(right) in SEQUENCES:
        left, right = right, left
    if type(left) is str or type(left) in SEQUENCES:
        if type(right) is not int:
            raise ExpressionFailed(f"{kind(left)} can't be multiplied by {kind(right)}")
        (text if type(left) is str else items)(frame, len(left) * max(right, 0))
        return left * right
    return _arithmetic(left, right, _product, CONTEXT.multiply)


def divide(frame: Frame, left: Any, right: Any) -> Any:
    return CONTEXT.divide(_decimal(left), _decimal(right))


def floor_divide(frame: Frame, left: Any, right: Any) -> Any:
    return _arithmetic(left, right, operator.floordiv, CONTEXT.divide_int)


def remainder(frame: Frame, left: Any, right: Any) -> Any:
    if type(left) is str:
        raise ExpressionFailed("% on text is not allowed; use an f-string")
    return _arithmetic(left, right, operator.mod, CONTEXT.remainder)


def power(frame: Frame, left: Any, right: Any) -> Any:
    base, exponent = number(left), number(right)
    if abs(exponent) > EXPONENT:
        raise BudgetExceeded(f"a power above {EXPONENT}")
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if base.bit_length() * exponent > INT_BITS:
            raise BudgetExceeded(f"a number of more than {DIGITS} digits")
        return base**exponent
    spend(frame, POWER)
    return CONTEXT.power(_decimal(base), _decimal(exponent))


def _product(left: int, right: int) -> int:
    if left.bit_length() + right.bit_length() > INT_BITS:
        raise BudgetExceeded(f"a number of more than {DIGITS} digits")
    return left * right


def _decimal(value: Any) -> Decimal:
    return Decimal(number(value))


def _arithmetic(
    left: Any,
    right: Any,
    whole: Callable[[int, int], int],
    exact: Callable[[Decimal, Decimal], Decimal],
) -> Any:
    left, right = number(left), number(right)
    if type(left) is Decimal or type(right) is Decimal:
        return exact(Decimal(left), Decimal(right))
    return whole(left, right)


def negative(frame: Frame, value: Any) -> Any:
    value = number(value)
    return value.copy_negate() if type(value) is Decimal else -value


def positive(frame: Frame, value: Any) -> Any:
    return number(value)


def _paid(frame: Frame, left: Any, right: Any) -> None:
    """Pay for comparing; numbers are checked where one is a decimal, whose digits have no end."""
    if type(left) in SCALARS and type(right) in SCALARS:
        if type(left) is str and type(right) is str:
            spend(frame, min(len(left), len(right)) >> 4)
        elif Decimal in (type(left), type(right)):
            for side in (left, right):
                if type(side) in (int, Decimal):
                    number(side)
        return
    walk(frame, left)
    walk(frame, right)


def _comparison(compare: Callable[[Any, Any], bool]) -> Operator:
    def run(frame: Frame, left: Any, right: Any) -> bool:
        _paid(frame, left, right)
        return compare(left, right)

    return run


def contains(frame: Frame, left: Any, right: Any) -> bool:
    """`left in right`."""
    if type(right) is str:
        if type(left) is not str:
            raise ExpressionFailed(f"{kind(left)} can't be looked for in text")
        text(frame, len(right))
        return left in right
    if type(right) in MAPPINGS:
        return look(frame, right, left) in right
    if type(right) in SEQUENCES:
        walk(frame, right)
        spend(frame, len(right))
        if type(left) is Decimal:
            number(left)
        elif type(left) not in SCALARS or type(left) is int:
            walk(frame, left)
        return left in right
    raise ExpressionFailed(f"nothing can be looked for in {kind(right)}")


def lacks(frame: Frame, left: Any, right: Any) -> bool:
    return not contains(frame, left, right)


def key(value: Any) -> Any:
    """`value` as the key of an object: plain scalars only, for hashing the rest is not bounded."""
    if type(value) not in SCALARS:
        raise ExpressionFailed(f"{kind(value)} can't be the key of an object")
    return number(value) if type(value) in (int, Decimal) else value


def look(frame: Frame, target: Any, name: Any) -> Any:
    """`name` as a key to look for in an object. Numbers can be chosen to collide, so looking for
    them costs more as the object grows; the hashes of texts can't be foreseen, and a text is
    compared with the one that is there."""
    spend(frame, len(name) >> 4 if type(name) is str else len(target) >> 3)
    return key(name)


def put(frame: Frame, target: dict[Any, Any], name: Any, value: Any) -> None:
    """Set a key, paid for."""
    spend(frame, 1)
    target[look(frame, target, name)] = value


def at(frame: Frame, value: Any, index: Any) -> Any:
    """`value[index]`."""
    if type(value) in MAPPINGS:
        return value[look(frame, value, index)]
    if type(value) in SEQUENCES or type(value) is str:
        if type(index) is not int:
            raise ExpressionFailed(f"{kind(value)} is indexed by whole numbers, not {kind(index)}")
        return value[index]
    raise ExpressionFailed(f"{kind(value)} has no elements")


def part(frame: Frame, value: Any, bounds: slice) -> Any:
    """`value[from:to:step]`."""
    if type(value) not in SEQUENCES and type(value) is not str:
        raise ExpressionFailed(f"{kind(value)} can't be cut")
    for bound in (bounds.start, bounds.stop, bounds.step):
        if bound is not None and type(bound) is not int:
            raise ExpressionFailed(f"a slice needs whole numbers, not {kind(bound)}")
    count = len(range(*bounds.indices(len(value))))
    (text if type(value) is str else items)(frame, count)
    return value[bounds]


BINARY: dict[str, Operator] = {
    "Add": add,
    "Sub": subtract,
    "Mult": multiply,
    "Div": divide,
    "FloorDiv": floor_divide,
    "Mod": remainder,
    "Pow": power,
}
COMPARE: dict[str, Operator] = {
    "Eq": _comparison(operator.eq),
    "NotEq": _comparison(operator.ne),
    "Lt": _comparison(operator.lt),
    "LtE": _comparison(operator.le),
    "Gt": _comparison(operator.gt),
    "GtE": _comparison(operator.ge),
    "In": contains,
    "NotIn": lacks,
}
