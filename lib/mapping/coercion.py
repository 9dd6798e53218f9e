"""The published coercion table: which values of a source fit which type, and as what.

`TYPES` is the one registry; its sentences and examples are docs/mapping.md and the tests. Null
stays null for every type, absent stays absent, and empty text is text: only char, text and html
take it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from .numbers import as_boolean, as_decimal, as_integer
from .problem import Problem, kind_of
from .texts import as_char, as_key, as_text
from .times import as_date, as_datetime
from .trees import as_json, as_list, as_options, as_texts

Coerce = Callable[[Any], Any]
#: Stands in examples for «refused».
REFUSED = Problem("refused")


@dataclass(frozen=True, slots=True)
class Type:
    """One type of the language. `examples` are pairs (as the source gives it, as written)."""

    name: str
    python: Any
    help: str
    accepts: str
    refuses: str
    coerce: Coerce
    examples: Sequence[tuple[Any, Any]]


_UTC = timezone.utc
_AMOUNTS = (
    (12, Decimal(12)),
    (Decimal("19.90"), Decimal("19.90")),
    ("19.90", Decimal("19.90")),
    ("", REFUSED),
    ("19,90", REFUSED),
    (True, REFUSED),
    (1.5, REFUSED),
    (Decimal("NaN"), REFUSED),
)
_AMOUNT_IN = "numbers; text like -12.50"
_AMOUNT_OUT = "empty text, a decimal comma, true/false, binary floats, NaN and Infinity"
_TEXT_OUT = "text with a NUL character or half a surrogate pair, true/false, times, lists, objects"
_LONG = (("<p>a</p>", "<p>a</p>"), ("", ""), ("a\x00b", REFUSED), (12, "12"), (True, REFUSED))
_MOMENT = datetime(2026, 1, 2, 2, 4, 5, tzinfo=_UTC)
_PARIS = timezone(timedelta(hours=1))


def _type(name: str, python: Any, coerce: Coerce, *told: Any) -> Type:
    help_, accepts, refuses, examples = told
    return Type(name, python, help_, accepts, refuses, coerce, examples)


def _amount(name: str, help_: str) -> Type:
    return _type(name, Decimal, as_decimal, help_, _AMOUNT_IN, _AMOUNT_OUT, _AMOUNTS)


TYPES: dict[str, Type] = {
    one.name: one
    for one in (
        _type(
            "char", str, as_char, "one line of text, at most 65,536 characters",
            "text as it is (empty too); numbers as their digits", _TEXT_OUT,
            (
                ("Ünï 🧦", "Ünï 🧦"), ("", ""), (632910392, "632910392"),
                (Decimal("19.90"), "19.90"), (True, REFUSED), (["a"], REFUSED), ("a\x00b", REFUSED),
            ),
        ),
        _type(
            "text", str, as_text, "text of several lines, at most 1,000,000 characters",
            "as char", _TEXT_OUT, _LONG,
        ),
        _type(
            "html", str, as_text, "formatted text, as long as text; the target cleans it",
            "as char", _TEXT_OUT, _LONG,
        ),
        _type(
            "integer", int, as_integer, "a whole number of at most 64 bits",
            "whole numbers; decimals without a fraction; text of digits",
            "empty text, fractions, true/false, binary floats",
            (
                (12, 12), ("12", 12), (" -3 ", -3), (Decimal("12.00"), 12),
                (Decimal("1.5"), REFUSED), ("12.0", REFUSED), ("", REFUSED), (True, REFUSED),
                (2**63, REFUSED),
            ),
        ),
        _amount("decimal", "an exact number: quantities, weights"),
        _amount("float", "the same as decimal; binary floats are never used"),
        _amount("monetary", "an exact amount of money; the target rounds it by its currency"),
        _type(
            "boolean", bool, as_boolean, "true or false", "true/false; the texts true and false",
            "numbers, every other text",
            ((True, True), ("false", False), (1, REFUSED), ("yes", REFUSED), ("", REFUSED)),
        ),
        _type(
            "date", date, as_date, "a day", "dates; text like 2026-01-31", "times, empty text",
            (
                ("2026-01-31", date(2026, 1, 31)), (date(2026, 1, 31), date(2026, 1, 31)),
                (_MOMENT, REFUSED), ("31/01/2026", REFUSED), ("", REFUSED),
            ),
        ),
        _type(
            "datetime", datetime, as_datetime, "a moment, kept in UTC",
            "times with a zone; text in ISO 8601 with a zone",
            "times without a zone, dates, empty text",
            (
                ("2026-01-02T03:04:05+01:00", _MOMENT), ("2026-01-02T02:04:05Z", _MOMENT),
                (datetime(2026, 1, 2, 3, 4, 5, tzinfo=_PARIS), _MOMENT),
                ("2026-01-02T03:04:05", REFUSED), ("2026-01-02", REFUSED), ("", REFUSED),
            ),
        ),
        _type(
            "selection", str, as_key, "one of a fixed list of words",
            "text that is not empty; whole numbers as their digits", "empty text, all else",
            (("sale", "sale"), (3, "3"), ("", REFUSED), (False, REFUSED)),
        ),
        _type(
            "reference", str, as_key, "another record, by its id or by a key; see «reference»",
            "text that is not empty; whole numbers as their digits", "empty text, all else",
            (("gid://shop/Customer/7", "gid://shop/Customer/7"), (7, "7"), ("", REFUSED)),
        ),
        _type(
            "image", str, as_key, "an image, by the name that the source has for it; its content "
            "goes with it",
            "text that is not empty; whole numbers as their digits", "empty text, all else",
            (("7@1700000000", "7@1700000000"), ("", REFUSED), (False, REFUSED)),
        ),
        _type(
            "images", list, as_list, "images in order, each by the name that the source has for it",
            "lists whose elements fit char", "text, null elements, lists in lists, objects",
            ((["7@1", "8@1"], ["7@1", "8@1"]), ([], []), ("7@1", REFUSED), ([None], REFUSED)),
        ),
        _type(
            "list", list, as_list, "a list of texts (tags), or of elements; see «list»",
            "lists whose elements fit char", "text, null elements, lists in lists, objects",
            ((["a", "b"], ["a", "b"]), ([1], ["1"]), ([], []), ("a,b", REFUSED), ([None], REFUSED)),
        ),
        _type(
            "options", object, as_options,
            "a product's options in order, each with its values; compared by their order alone",
            "lists of objects with name and values; what else these have is left out",
            "all else",
            (
                (
                    [{"id": 7, "name": "Size", "values": ["S", "M"]}],
                    [{"name": "Size", "values": ["S", "M"]}],
                ),
                ([], []), (["Size"], REFUSED), ("Size", REFUSED),
            ),
        ),
        _type(
            "texts", dict, as_texts,
            "texts by their names, each compared for itself; what the source has no text for stays "
            "as it is at the target",
            "objects whose values fit char; null and empty ones are left out",
            "all else",
            (
                ({"Size": "Taille", "Size/Red": ""}, {"Size": "Taille"}), ({}, {}),
                ({"Size": ["Taille"]}, REFUSED), (["Taille"], REFUSED), ("Taille", REFUSED),
            ),
        ),
        _type(
            "json", object, as_json, "any JSON value, kept as it is",
            "text, numbers, true/false, times, lists and objects of these",
            "NUL characters, binary floats, NaN, more than 1,000,000 characters and elements, "
            "50 levels",
            (
                ({"a": [1, Decimal("1.5")]}, {"a": [1, Decimal("1.5")]}),
                ({"a": ["b\x00"]}, REFUSED), (1.5, REFUSED),
            ),
        ),
    )
}  # fmt: skip


def check_example(of: Type, given: Any, wanted: Any) -> str | None:
    """What is wrong with one example of the table, or None: the tests' and the docs' one judge."""
    try:
        result = of.coerce(given)
    except Problem as problem:
        return None if wanted is REFUSED else f"{of.name}: {given!r} is refused: {problem}"
    if wanted is REFUSED or type(result) is not type(wanted) or result != wanted:
        return f"{of.name}: {given!r} gives {result!r} ({kind_of(result)}), not {wanted!r}"
    return None
