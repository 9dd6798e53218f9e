"""Values as the engine compares and keeps them: one frozen, JSON-safe form a value.

Freezing makes two values that mean the same equal: `Decimal("10.00")` and `Decimal("10")`, one
moment in two time zones. Absent is not a value: an absent field is not in the mapping at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timezone
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Any

#: Stands in a base for «never settled»: unequal to every frozen value.
UNSETTLED: dict[str, str] = {"$": "unsettled"}


def is_unsettled(value: Any) -> bool:
    """Whether a base's value says «never settled», with or without what was sent meanwhile."""
    return isinstance(value, Mapping) and value.get("$") == UNSETTLED["$"]


#: Types of values that hold no others. Quick to tell; what is not of them may hold some.
PLAIN = frozenset({str, int, bool, float, Decimal, date, datetime, type(None)})

#: Digits before or behind the point that a number is written out with.
DIGITS = 300
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def freeze(value: Any) -> Any:
    """`value` in JSON-safe form: equal values give equal results, unequal ones unequal results.

    Decimals become plain decimal strings without trailing zeros (beyond 300 digits with an
    exponent), datetimes ISO 8601 in UTC, sets
    sorted lists. Floats are refused: money and measures are Decimal.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError(f"naive datetime {value!r}: times are aware UTC")
        return value.astimezone(timezone.utc).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): freeze(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [freeze(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted((freeze(item) for item in value), key=repr)
    raise TypeError(f"{type(value).__name__} {value!r} can't be compared; use Decimal, str, int …")


def _decimal_text(value: Decimal) -> str:
    if not value:
        return "0"
    if value.is_finite() and abs(value.adjusted()) > DIGITS:
        return str(value.normalize(_EXACT))  # written out, «1E+999999999» takes all memory
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_empty(value: Any) -> bool:
    """Whether a frozen value says nothing: null, empty text, empty list. False and 0 say much."""
    return value is None or value in ("", [])


def storable(text: str) -> str:
    """`text` with NULs and halves of surrogate pairs escaped, which no database keeps; any other
    text is given back as it is."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "backslashreplace").decode()
    return text.replace("\0", "\\0")


def digest(value: Any) -> str:
    """A short stable hash of a JSON-like value (128 bits, hexadecimal)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def project(fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The part of a record's fields under `names` (first steps of paths); absent stays absent."""
    return {name: fields[name] for name in names if name in fields}


def stage(value: Any) -> str:
    """JSON text that `unstage` gives back unchanged: Decimals and times keep their types.

    ASCII only: a shop may send half a surrogate pair, which no database and no file takes.
    """
    return json.dumps(value, separators=(",", ":"), default=_tagged)


def unstage(text: str) -> Any:
    return json.loads(text, object_hook=_untagged)


def loads(text: str | bytes) -> Any:
    """Parse JSON with every non-integer number as Decimal: no amount passes through a float.

    Raises ValueError for what is no JSON, is nested deeper than the parser goes, or has a number
    that no Decimal is.
    """
    try:
        return json.loads(text, parse_float=Decimal)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    except ArithmeticError:
        raise ValueError("the JSON has a number with too large an exponent") from None


def _tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    return _plain(value)


def _untagged(item: dict[str, Any]) -> Any:
    if len(item) != 1:
        return item
    ((tag, text),) = item.items()
    if tag not in _TAGS or not isinstance(text, str):
        return item
    try:
        return _TAGS[tag](text)
    except (ValueError, ArithmeticError):
        return item  # a payload that only looks like one of our tags


_TAGS: Mapping[str, Callable[[str], Any]] = {
    "$decimal": Decimal,
    "$time": datetime.fromisoformat,
    "$date": date.fromisoformat,
}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
