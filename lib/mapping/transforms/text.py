"""Named transforms of text."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ..problem import Problem
from ..texts import TEXT_LENGTH
from .registry import Argument, register_transform

REFUSED = Problem("refused")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?")


def _replace(value: str, old: str, new: str) -> str:
    if len(value) + value.count(old) * max(len(new) - len(old), 0) > TEXT_LENGTH:
        message = f"the result would have more than {TEXT_LENGTH:,} characters"
        raise Problem(message, rule="replace", remedy="use a shorter «new»")
    return value.replace(old, new)


def _truncate(value: str, length: int) -> str:
    return value[:length]


def _digits_only(value: str) -> str:
    return "".join(letter for letter in value if letter in "0123456789")


def _normalize_email(value: str) -> str | None:
    """None for blanks: an empty address must never match another empty one."""
    return value.strip().lower() or None


def _slug(value: str) -> str:
    plain = unicodedata.normalize("NFKD", value).lower()
    letters = "".join("" if unicodedata.combining(one) else one for one in plain)
    return re.sub(r"[^\w]+|_+", "-", letters).strip("-")


def _remove_control(value: str) -> str:
    kept = (
        one for one in value if one in "\t\n\r" or unicodedata.category(one) not in ("Cc", "Cs")
    )
    return "".join(kept)


def _country_code(value: str) -> str | None:
    code = value.strip()
    if code and not _COUNTRY.fullmatch(code):
        remedy = "give two letters (ISO 3166), or a value table"
        raise Problem("not a country code", value=value, rule="country_code", remedy=remedy)
    return code.upper() or None


def _language_code(value: str) -> str | None:
    found = _LANGUAGE.fullmatch(value.strip())
    if value.strip() and not found:
        remedy = "give a code like fr or fr-FR"
        raise Problem("not a language code", value=value, rule="language_code", remedy=remedy)
    if not found:
        return None
    language, country = found.groups()
    return f"{language.lower()}_{country.upper()}" if country else language.lower()


def _split(value: str, separator: str) -> list[str]:
    return [part.strip() for part in value.split(separator) if part.strip()]


def _positive(value: Any) -> str | None:
    return None if 1 <= value <= TEXT_LENGTH else f"from 1 to {TEXT_LENGTH:,}"


def _not_empty(value: Any) -> str | None:
    return None if value else "it can't be empty"


register_transform(
    "uppercase", str.upper, help="All letters large.", takes=["text"],
    examples=[("Straße", "STRASSE"), (None, None), (12, REFUSED)],
)  # fmt: skip
register_transform(
    "lowercase", str.lower, help="All letters small.", takes=["text"], examples=[("AbC", "abc")]
)
register_transform(
    "title", str.title, help="Each word with a large first letter.", takes=["text"],
    examples=[("ada lovelace", "Ada Lovelace")],
)  # fmt: skip
register_transform(
    "strip", str.strip, help="Without blanks at both ends.", takes=["text"],
    examples=[("  a b ", "a b"), ("   ", "")],
)  # fmt: skip
register_transform(
    "replace", _replace, help="Every «old» becomes «new».", takes=["text"],
    arguments=[
        Argument("old", "text", "what to look for", check=_not_empty),
        Argument("new", "text", "what to put there", ""),
    ],
    examples=[("1.234,50", {"old": ".", "new": ""}, "1234,50")],
)  # fmt: skip
register_transform(
    "truncate", _truncate, help="At most so many characters; the rest is cut off.", takes=["text"],
    arguments=[Argument("length", "integer", "how many characters stay", check=_positive)],
    examples=[("abcdef", {"length": 3}, "abc"), ("ab", {"length": 3}, "ab")],
)  # fmt: skip
register_transform(
    "digits_only", _digits_only, help="The digits 0 to 9 alone.", takes=["text"],
    examples=[("+33 (0)1 23", "330123"), ("none", "")],
)  # fmt: skip
register_transform(
    "normalize_email", _normalize_email, takes=["text"],
    help="An e-mail address without blanks and in small letters; null when it is empty.",
    examples=[(" Ada@Example.COM ", "ada@example.com"), ("  ", None)],
)  # fmt: skip
register_transform(
    "slug", _slug, help="Text for an address: small letters and digits, joined by hyphens.",
    takes=["text"], examples=[("Crème Brûlée & Tea!", "creme-brulee-tea"), ("日本", "日本")],
)  # fmt: skip
register_transform(
    "remove_control", _remove_control, takes=["text"],
    help="Without control characters (NUL among them) and halves of surrogate pairs.",
    examples=[("a\x00b\x07\n", "ab\n"), ("\ud800x", "x")],
)  # fmt: skip
register_transform(
    "country_code", _country_code, takes=["text"],
    help="A country code of two large letters; null when it is empty.",
    examples=[(" fr ", "FR"), ("", None), ("France", REFUSED)],
)  # fmt: skip
register_transform(
    "language_code", _language_code, takes=["text"],
    help="A language code as Odoo writes it; null when it is empty.",
    examples=[("fr-fr", "fr_FR"), ("DE", "de"), ("", None), ("français", REFUSED)],
)  # fmt: skip
register_transform(
    "split", _split, takes=["text"],
    help="A list of the parts between separators, without blanks and without empty parts.",
    arguments=[Argument("separator", "text", "what is between the parts", ",", _not_empty)],
    examples=[("red, blue,,", ["red", "blue"]), ("a|b", {"separator": "|"}, ["a", "b"]), ("", [])],
)  # fmt: skip
