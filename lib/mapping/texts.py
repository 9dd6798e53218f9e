"""Values as text: char, text and html, and the text that names a record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .problem import Problem, kind_of

CHAR_LENGTH = 65_536
TEXT_LENGTH = 1_000_000


def as_char(value: Any) -> str:
    return _bounded(value, CHAR_LENGTH, "char")


def as_text(value: Any) -> str:
    return _bounded(value, TEXT_LENGTH, "text")


def as_key(value: Any) -> str:
    """The id or key of a record: text that is not empty, or a whole number."""
    if type(value) is not str and type(value) is not int:
        message = f"{kind_of(value)} does not name a record or choice"
        raise Problem(message, value=value, rule="reference", remedy="map a text or a whole number")
    text = _bounded(value, CHAR_LENGTH, "reference")
    if not text.strip():
        remedy = "use the transform empty_to_null if empty means none"
        raise Problem("empty text names no record or choice", value=value, remedy=remedy)
    return text


def _bounded(value: Any, limit: int, rule: str) -> str:
    text = value if type(value) is str else _digits(value, rule)
    if len(text) > limit:
        raise Problem(
            f"the text has {len(text):,} characters, at most {limit:,} are allowed",
            rule=rule,
            remedy="use the transform truncate, or shorten it in the source",
        )
    check_storable(text, rule)
    return text


def check_storable(text: str, rule: str) -> None:
    """Refuse what no database keeps: NUL characters and halves of surrogate pairs."""
    if "\x00" in text:
        remedy = "use the transform remove_control, or mend it in the source"
        raise Problem("the text has a NUL character", value=text, rule=rule, remedy=remedy)
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError:
        remedy = "use the transform remove_control, or mend it in the source"
        message = "the text has half a surrogate pair, which can't be stored"
        raise Problem(message, rule=rule, remedy=remedy) from None


def _digits(value: Any, rule: str) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 1024:
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= 300:
        return format(value, "f")
    remedy = "use the transform to_str" if not isinstance(value, (list, tuple)) else "use join"
    raise Problem(f"{kind_of(value)} is not text", value=value, rule=rule, remedy=remedy)
