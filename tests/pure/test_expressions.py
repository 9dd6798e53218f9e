"""What lambdas give, and what they say when they can't."""

from datetime import datetime, timezone
from decimal import Decimal
from types import MappingProxyType

import pytest

from gateway_ng.lib.mapping.expressions import (
    ExpressionFailed,
    ExpressionRefused,
    compile_expression,
)

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

RESULTS = [
    ("lambda f, l: f'{f} {l}'.strip()", ("Ada", "King"), "Ada King"),
    ("lambda f, l: f'{f} {l}'.strip()", (None, "Doe"), "None Doe"),
    ("lambda a: a.get('city','') if a else ''", ({"city": "Paris"},), "Paris"),
    ("lambda a: a.get('city','') if a else ''", (None,), ""),
    ("lambda a: a.get('city')", (MappingProxyType({"city": "Rome"}),), "Rome"),
    ("lambda s: s == 'ACTIVE'", ("ACTIVE",), True),
    ("lambda s: s in {'a', 'b'}", ("a",), True),
    ("lambda s: s not in ['a']", ("a",), False),
    ("lambda s: 'b' in s", ("abc",), True),
    ("lambda a: a is None", (None,), True),
    ("lambda a, b: a or b or 'none'", ("", None), "none"),
    ("lambda a, b: a and b", (1, 2), 2),
    ("lambda a: 1 < a <= 3", (3,), True),
    ("lambda a: a + 1", (Decimal("0.1"),), Decimal("1.1")),
    ("lambda a: a / 4", (1,), Decimal("0.25")),
    ("lambda a: 1.1 + a", (2,), Decimal("3.1")),
    ("lambda a: a // 3 + a % 3 - a ** 2", (7,), 2 + 1 - 49),
    ("lambda a: -a", (Decimal("1.50"),), Decimal("-1.50")),
    ("lambda a: round(a, 2)", (Decimal("1.005"),), Decimal("1.01")),
    ("lambda a: round(a)", (Decimal("2.5"),), 3),
    ("lambda a: float(a) * 2", ("1.50",), Decimal("3.00")),
    ("lambda a: int(a) + int(2.9)", (" 3 ",), 5),
    ("lambda a: str(a)", (Decimal("1E+3"),), "1000"),
    ("lambda a: f'{a:>8.2f}|{a!r}'", (Decimal("1.5"),), "    1.50|1.5"),
    ("lambda t: f'{t:%Y-%m}'", (MOMENT,), "2026-01"),
    ("lambda t: t.year * 100 + t.month", (MOMENT,), 202601),
    ("lambda t: t.date().isoformat()", (MOMENT,), "2026-01-02"),
    ("lambda x: [y * 2 for y in x if y > 1]", ([1, 2, 3],), [4, 6]),
    ("lambda x: [a + b for a in x for b in x]", (["1", "2"],), ["11", "12", "21", "22"]),
    ("lambda x: {k.lower(): v for k, v in x.items()}", ({"A": 1},), {"a": 1}),
    ("lambda x: ', '.join(t.strip() for t in x.split(',') if t)", ("a, b,",), "a, b"),
    (
        "lambda x: sum(l['q'] * Decimal(l['p']) for l in x)",
        ([{"q": 2, "p": "1.1"}],),
        Decimal("2.2"),
    ),
    (
        "lambda x: sorted(x, key=lambda l: l['p'], reverse=True)[0]",
        ([{"p": 1}, {"p": 3}],),
        {"p": 3},
    ),
    ("lambda x: max(x, key=lambda l: len(l))", (["a", "abc"],), "abc"),
    ("lambda x: max(x, default=0)", ([],), 0),
    ("lambda x: x[0]['a'][-1]", ([{"a": [1, 2]}],), 2),
    ("lambda x: x[:2] + x[-1:]", ("abcdef",), "abf"),
    ("lambda x: [i for i, _ in enumerate(x)]", (["a", "b"],), [0, 1]),
    ("lambda a, b: dict(zip(a, b))", (["x"], [1]), {"x": 1}),
    ("lambda x: any(x) and all(x)", ([1, 0],), False),
    ("lambda x: list(reversed(range(3)))", (0,), [2, 1, 0]),
    ("lambda x: x.replace('.', '').zfill(6)", ("1.5",), "000015"),
    ("lambda x: x.rsplit(' ', 1)", ("a b c",), ["a b", "c"]),
    ("lambda x: x.startswith(('a', 'b'))", ("bc",), True),
    ("lambda: 'fixed'", (), "fixed"),
    ("lambda list: list", ([1],), [1]),
]


@pytest.mark.parametrize(("text", "values", "expected"), RESULTS, ids=[one[0] for one in RESULTS])
def test_a_lambda_gives_what_it_says(text, values, expected):
    result = compile_expression(text)(*values)
    assert result == expected
    assert type(result) is type(expected)


FAILURES = [
    ("lambda a: a['x']", ({"y": 1},), "the object has no key 'x'"),
    ("lambda a, k: a[k]", ({"y": 1}, "hunter2"), "the object has no such key"),
    ("lambda a: a.get('x')", (None,), "null has no method get"),
    ("lambda a: a + 1", ("x",), "text and a whole number can't be added"),
    ("lambda a: a + 1", (None,), "a number was expected, not null"),
    ("lambda a: a[3]", ([],), "no such element"),
    ("lambda a: int(a)", ("hunter2",), "can't be converted"),
    ("lambda a: 1 / a", (0,), "division by zero"),
    ("lambda a: Decimal(a)", ("hunter2",), "not a number"),
    ("lambda a: 1 // a", (0,), "division by zero"),
    ("lambda a: sorted(a)", ([1, "hunter2"],), "unlike types can't be ordered"),
    ("lambda a: f'{a}'", (["hunter2"],), "a list can't be put into text"),
    ("lambda a: a.strip(1)", ("hunter2",), "strip takes text"),
    ("lambda a: [x for x, y in a]", ([1],), "has no length"),
    ("lambda a: a", (1.5,), "float is not plain data"),
]


@pytest.mark.parametrize(("text", "values", "said"), FAILURES, ids=[one[0] for one in FAILURES])
def test_a_failing_lambda_tells_types_and_never_values(text, values, said):
    with pytest.raises(ExpressionFailed, match=said) as caught:
        compile_expression(text)(*values)
    assert "hunter2" not in str(caught.value)


def test_a_refusal_tells_line_and_column():
    with pytest.raises(ExpressionRefused) as caught:
        compile_expression("lambda a: (\n  a.strip() +\n  open(a))")
    assert (caught.value.line, caught.value.column) == (3, 3)
    assert "open is not allowed" in str(caught.value)


def test_a_syntax_error_tells_its_column():
    with pytest.raises(ExpressionRefused, match="not a valid expression") as caught:
        compile_expression("lambda a: 'x")
    assert (caught.value.line, caught.value.column) == (1, 11)


def test_a_lambda_can_be_called_again_and_by_others():
    count = compile_expression("lambda x: sum(1 for _ in x)")
    assert [count([1] * n) for n in (3, 0, 2)] == [3, 0, 2]


def test_a_name_of_an_argument_hides_a_builtin():
    with pytest.raises(ExpressionRefused, match="only builtins and methods can be called"):
        compile_expression("lambda len: len('a')")
