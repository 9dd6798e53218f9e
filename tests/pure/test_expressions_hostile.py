"""Escapes are refused at save, bombs are bounded at run time: each by its name."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_ng.lib.mapping.expressions import (
    BudgetExceeded,
    ExpressionFailed,
    ExpressionRefused,
    compile_expression,
)
from gateway_ng.lib.mapping.expressions.budget import RESULT, STEPS, weigh

ESCAPES = {
    "class of a value": "lambda a: a.__class__",
    "class of a literal": "lambda a: ().__class__.__bases__[0].__subclasses__()",
    "class by full-width letters": "lambda a: a.__ｃlass__",
    "private attribute": "lambda a: a._secret",
    "globals of a function": "lambda a: (lambda: 0).__globals__",
    "import": "lambda a: __import__('os')",
    "eval": "lambda a: eval(a)",
    "exec": "lambda a: exec(a)",
    "compile": "lambda a: compile(a, '', 'eval')",
    "open": "lambda a: open('/etc/passwd')",
    "getattr": "lambda a: getattr(a, 'x')",
    "setattr": "lambda a: setattr(a, 'x', 1)",
    "vars": "lambda a: vars(a)",
    "type": "lambda a: type(a)",
    "globals": "lambda a: globals()",
    "locals": "lambda a: locals()",
    "dunder builtins": "lambda a: __builtins__['eval']",
    "breakpoint": "lambda a: breakpoint()",
    "input": "lambda a: input()",
    "print": "lambda a: print(a)",
    "format": "lambda a: '{0.__class__}'.format(a)",
    "format_map": "lambda a: '{x}'.format_map(a)",
    "percent": "lambda a: '%1000000000d' % a",
    "encode": "lambda a: a.encode()",
    "translate": "lambda a: a.translate({})",
    "mutating a list": "lambda a: a.append(1)",
    "mutating an object": "lambda a: a.update({'x': 1})",
    "popping an object": "lambda a: a.pop('x')",
    "walrus": "lambda a: (b := a)",
    "lambda in a lambda": "lambda a: (lambda b: b)(a)",
    "self application": "lambda a: (lambda f: f(f))(lambda f: f(f))",
    "a builtin as a value": "lambda a: [str][0](a)",
    "a method as a value": "lambda a: a.strip",
    "a builtin as key": "lambda a: sorted(a, key=len)",
    "starred call": "lambda a: max(*a)",
    "keyword spread": "lambda a: dict(**a)",
    "unknown keyword": "lambda a: sum(a, begin=1)",
    "keyword of a method": "lambda a: a.split(maxsplit=1)",
    "default argument": "lambda a=[1]: a",
    "star arguments": "lambda *a: a",
    "keyword-only argument": "lambda a, *, b: a",
    "default in a key": "lambda a: sorted(a, key=lambda x=1: x)",
    "set": "lambda a: {1, 2}",
    "set comprehension": "lambda a: {x for x in a}",
    "yield": "lambda a: (yield a)",
    "await": "lambda a: await a",
    "async comprehension": "lambda a: [x async for x in a]",
    "three loops": "lambda a: [1 for x in a for y in a for z in a]",
    "assigning in a loop": "lambda a: [0 for a[0] in [1]]",
    "bytes": "lambda a: b'x'",
    "ellipsis": "lambda a: ...",
    "complex": "lambda a: 1j",
    "infinity by literal": "lambda a: 1e999",
    "matrix product": "lambda a: a @ a",
    "shift": "lambda a: 1 << 10**9",
    "bit operators": "lambda a: a | a",
    "dynamic format": "lambda a: f'{a:{a}}'",
    "wide format": "lambda a: f'{a:1000000000}'",
    "precise format": "lambda a: f'{a:.1000000000f}'",
    "time format with a width": "lambda a: f'{a:%1000000000d}'",
    "spread in an object": "lambda a: {**a}",
    "spread in a list": "lambda a: [*a]",
    "is with a value": "lambda a: a is 'x'",
    "two statements": "lambda a: a; import os",
    "a statement": "import os",
    "no lambda": "__import__('os')",
    "an unknown name": "lambda a: os",
    "a huge literal": "lambda a: " + "9" * 1000,
    "a long text": "lambda a: " + " + ".join(["a"] * 1000),
    "many nodes": "lambda a: [" + "a," * 500 + "]",
    "deep parentheses": "lambda a: " + "(" * 500 + "a" + ")" * 500,
    "deep signs": "lambda a: " + "-" * 900 + "1",
    "deep brackets": "lambda a: " + "[" * 60 + "]" * 60,
    "a null byte": "lambda a: 'a\x00b'\x00",
}


@pytest.mark.parametrize("name", ESCAPES)
def test_an_escape_is_refused_when_it_is_saved(name):
    with pytest.raises(ExpressionRefused):
        compile_expression(ESCAPES[name])


LONG = "a" * 300_000
WIDE = list(range(100_000))
NESTED = "[[[a] * 1000] * 1000]"
BOMBS = {
    "text times": ("lambda a: 'a' * 10**9", 0),
    "text times, turned": ("lambda a: 10**9 * 'a'", 0),
    "list times": ("lambda a: [0] * 10**9", 0),
    "tuple times": ("lambda a: (0,) * 10**9", 0),
    "power": ("lambda a: 10**10**10", 0),
    "power of a payload": ("lambda a: 9**a", 10**9),
    "power of a decimal": ("lambda a: a**a", Decimal("1E+200")),
    "squares of squares": ("lambda a: ((((a*a)*(a*a))*((a*a)*(a*a)))**9)**9", 10**30),
    "decimal exponent": ("lambda a: int(a)", Decimal("1E+999999")),
    "decimal exponent as text": ("lambda a: f'{a:f}'", Decimal("1E+999999")),
    "decimal from text": ("lambda a: Decimal('1E+999999')", 0),
    "huge payload number": ("lambda a: a * a", 10**5000),
    "huge payload number as text": ("lambda a: str(a)", 10**5000),
    "long payload decimal": ("lambda a: a * a", Decimal("1." + "3" * 5000)),
    "digits as text": ("lambda a: int(a)", "9" * 5000),
    "range": ("lambda a: range(10**12)", 0),
    "range in a loop": ("lambda a: [x for x in range(10**6)]", 0),
    "loops in loops": ("lambda a: [[y for y in range(9999)] for x in range(9999)]", 0),
    "two loops": ("lambda a: [1 for x in a for y in a]", WIDE),
    "nested lists": (f"lambda a: {NESTED} * 1000", 0),
    "comparing nested lists": (f"lambda a: {NESTED} * 9 == {NESTED} * 9", 0),
    "looking in nested lists": (f"lambda a: [1] in {NESTED} * 9", 0),
    "counting in nested lists": (f"lambda a: ({NESTED} * 9).count([1])", 0),
    "sorting nested lists": (f"lambda a: sorted({NESTED} * 9)", 0),
    "greatest of nested lists": (f"lambda a: max({NESTED} * 9)", 0),
    "nested lists as key": (f"lambda a: {{({NESTED},): 1}}", 0),
    "doubling by loops": ("lambda a: [[a, a] for a in [[a, a] for a in [a] * 9999] * 9]", LONG),
    "concatenation": ("lambda a: a + a + a + a", LONG),
    "list concatenation": ("lambda a: a + a", WIDE),
    "join": ("lambda a: ''.join([a] * 1000)", LONG),
    "join by a long separator": ("lambda a: a.join(['x'] * 1000)", LONG),
    "replace": ("lambda a: a.replace('a', a)", LONG),
    "replace nothing": ("lambda a: a.replace('', a)", LONG),
    "ljust": ("lambda a: a.ljust(10**9)", "a"),
    "rjust": ("lambda a: a.rjust(10**9)", "a"),
    "center": ("lambda a: a.center(10**9)", "a"),
    "zfill": ("lambda a: a.zfill(10**9)", "a"),
    "upper that grows": ("lambda a: [a.upper() for x in range(99)]", "ΐ" * 300_000),
    "split into letters": ("lambda a: [a.split('a') for x in range(9)]", LONG),
    "lines": ("lambda a: [a.splitlines() for x in range(9)]", "\n" * 300_000),
    "strip by many letters": ("lambda a: a.strip('b' * 5000 + 'a')", LONG),
    "searching from the right": ("lambda a: a.rpartition('a' * 100 + 'b')", LONG),
    "copies in a loop": ("lambda a: [a + 'b' for x in range(1000)]", LONG),
    "copies in a key": ("lambda a: sorted(range(1000), key=lambda x: a + 'b')", LONG),
    "f-string of copies": ("lambda a: f'{a}{a}{a}{a}'", LONG),
    "f-strings in a loop": ("lambda a: [f'{a}!' for x in range(1000)]", LONG),
    "colliding keys": ("lambda a: {x * (2**61 - 1): 0 for x in range(9999)}", 0),
    "colliding pairs": ("lambda a: dict([(x * (2**61 - 1), 0) for x in range(9999)])", 0),
    "looking up colliding keys": (
        "lambda a: [d.get(0) for d in [{x * (2**61 - 1): 0 for x in range(999)}] for y in a]",
        WIDE,
    ),
    "fractional powers": ("lambda a: [Decimal(x) ** a for x in range(9999)]", Decimal("0.123")),
    "sum": ("lambda a: [sum(a) for x in a]", WIDE),
    "slices": ("lambda a: [a[::-1] for x in range(99)]", LONG),
    "a payload passed through": ("lambda a: a", "a" * (RESULT + 1)),
    "a payload list passed through": ("lambda a: [a, a]", [["x" * 100] * 9000]),
    "a payload number passed through": ("lambda a: a", 1 << 10**8),
    "zipping": ("lambda a: zip(a, a, a) + zip(a, a, a)", WIDE),
    "values of nested objects": (
        "lambda a: [a.values() for x in range(9)]",
        dict.fromkeys(WIDE, 1),
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_bounded_at_run_time(name):
    text, payload = BOMBS[name]
    with pytest.raises(ExpressionFailed):
        compile_expression(text)(payload)


def test_a_tuple_of_lists_can_not_be_a_key():
    with pytest.raises(ExpressionFailed, match="can't be the key"):
        compile_expression("lambda a: {(a, a): 1}")(1)


def test_a_lambda_can_not_change_the_payload():
    payload = {"tags": ["b", "a"], "price": Decimal(1)}
    compile_expression("lambda a: sorted(a['tags']) + [a['price']]")(payload)
    assert payload == {"tags": ["b", "a"], "price": Decimal(1)}


def test_the_budget_is_counted_anew_for_every_call():
    half = compile_expression("lambda n: len([x for x in range(n)])")
    assert half(STEPS // 8) == STEPS // 8
    assert half(STEPS // 8) == STEPS // 8
    with pytest.raises(BudgetExceeded):
        half(STEPS // 4)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=2000),
    st.decimals(allow_nan=False, allow_infinity=False),
)  # fmt: skip
PAYLOADS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=200) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=30,
)
PIECES = st.sampled_from(
    [
        "a", "b", "'x'", "1", "2.5", "[a]", "(a, b)", "{'k': a}", "range(300)", "f'{a}{b}'",
        "[a for c in b]", "str(a)", "list(a)", "sum(a)", "max(a, b)", "a.get('k')", "len(a)",
    ]
)  # fmt: skip
OPERATORS = ["+", "*", "-", "**", "==", "in", "<", "or", "and"]
EXPRESSIONS = st.recursive(
    PIECES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        inner.map(lambda p: f"[{p} for a in range(50)]"),
        inner.map(lambda p: f"[c for c in {p}]"),
        inner.map(lambda p: f"sorted({p})"),
        inner.map(lambda p: f"{p} * 999"),
        inner.map(lambda p: f"''.join({p})"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]}.replace({p[1]}, {p[0]})"),
        st.tuples(inner, inner).map(lambda p: f"dict(zip({p[0]}, {p[1]}))"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(text=EXPRESSIONS, a=PAYLOADS, b=PAYLOADS)
def test_no_result_exceeds_the_budget_whatever_the_payload(text, a, b):
    try:
        result = compile_expression(f"lambda a, b: {text}")(a, b)
    except (ExpressionFailed, ExpressionRefused):
        return
    assert weigh(result) <= RESULT


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet="lambda:()[]{}'\"abc_.,+*= 019\\\n", max_size=60))
def test_any_text_is_compiled_or_refused(text):
    try:
        compile_expression(f"lambda a: {text}")
    except ExpressionRefused as refusal:
        assert refusal.line >= 1
        assert refusal.column >= 0
