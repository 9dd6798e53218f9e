"""The methods of lambdas, by the exact type of the value they are called on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from .budget import ExpressionFailed, Frame, items, kind, spend, text, walk
from .formats import check_time
from .functions import character_cost, iterate
from .operators import look

Method = Callable[..., Any]


def _simple(name: str, growth: int = 1) -> Method:
    """A method of text without arguments whose result is at most `growth` times as long."""
    call = getattr(str, name)

    def run(frame: Frame, value: str) -> Any:
        text(frame, len(value) * growth)
        return call(value)

    return run


def _scan(name: str) -> Method:
    """A method of text with text arguments, linear or at worst their product."""
    call = getattr(str, name)

    def run(frame: Frame, value: str, *args: Any) -> Any:
        factor = 1
        for arg in args:
            if type(arg) is str:
                factor = max(factor, len(arg))
            elif arg is not None:
                raise ExpressionFailed(f"{name} takes text, not {kind(arg)}")
        character_cost(frame, value, min(factor, len(value) + 1))
        return call(value, *args)

    return run


def _affix(name: str) -> Method:
    """startswith and endswith: a text, or several."""
    call = getattr(str, name)

    def run(frame: Frame, value: str, affix: Any) -> bool:
        affixes = (affix,) if type(affix) is str else tuple(iterate(frame, affix))
        if any(type(one) is not str for one in affixes):
            raise ExpressionFailed(f"{name} takes text")
        for one in affixes:
            spend(frame, min(len(one), len(value)) >> 4)
            if call(value, one):
                return True
        return False

    return run


def _split(name: str) -> Method:
    call = getattr(str, name)

    def run(frame: Frame, value: str, separator: Any = None, most: Any = -1) -> list[str]:
        if separator is not None and type(separator) is not str:
            raise ExpressionFailed(f"{name} takes text, not {kind(separator)}")
        if type(most) is not int:
            raise ExpressionFailed(f"{name} takes a whole number, not {kind(most)}")
        factor = 1 if separator is None or name == "split" else len(separator)
        character_cost(frame, value, min(factor, len(value) + 1))
        if most != 0:
            spend(frame, len(value) >> 2 if most < 0 else min(most, len(value) >> 2))
        return call(value, separator, most)  # type: ignore[no-any-return]

    return run


def _lines(frame: Frame, value: str) -> list[str]:
    spend(frame, len(value) >> 2)
    return value.splitlines()


def _pad(name: str) -> Method:
    call = getattr(str, name)

    def run(frame: Frame, value: str, width: Any, *fill: Any) -> str:
        if type(width) is not int:
            raise ExpressionFailed(f"{name} takes a whole number, not {kind(width)}")
        text(frame, max(width, len(value)))
        return call(value, width, *fill)  # type: ignore[no-any-return]

    return run


def _join(frame: Frame, value: str, parts: Any) -> str:
    elements = iterate(frame, parts)
    if any(type(element) is not str for element in elements):
        raise ExpressionFailed("join takes a list of texts; make each one text with str(…)")
    text(frame, sum(map(len, elements)) + len(value) * max(len(elements) - 1, 0))
    return value.join(elements)


def _replace(frame: Frame, value: str, old: Any, new: Any, most: Any = -1) -> str:
    if type(old) is not str or type(new) is not str or type(most) is not int:
        raise ExpressionFailed("replace takes two texts")
    text(frame, len(value))
    found = value.count(old) if most < 0 else min(value.count(old), most)
    text(frame, len(value) + found * max(len(new) - len(old), 0))
    return value.replace(old, new, most)


def _get(frame: Frame, value: Any, name: Any, default: Any = None) -> Any:
    return value.get(look(frame, value, name), default)


def _keys(frame: Frame, value: Any) -> list[Any]:
    items(frame, len(value))
    return list(value)


def _values(frame: Frame, value: Any) -> list[Any]:
    items(frame, len(value))
    return list(value.values())


def _pairs(frame: Frame, value: Any) -> list[Any]:
    items(frame, len(value))
    return list(value.items())


def _search(name: str) -> Method:
    """index and count of lists: every element may be compared."""

    def run(frame: Frame, value: Any, wanted: Any) -> int:
        walk(frame, value)
        walk(frame, wanted)
        return getattr(value, name)(wanted)  # type: ignore[no-any-return]

    return run


def _iso(frame: Frame, value: date) -> str:
    return value.isoformat()


def _strftime(frame: Frame, value: date, spec: Any) -> str:
    if type(spec) is not str:
        raise ExpressionFailed(f"strftime takes text, not {kind(spec)}")
    return value.strftime(check_time(spec))


def _date(frame: Frame, value: datetime) -> date:
    return value.date()


_GROWTH = {"lower": 3, "upper": 3, "title": 3, "capitalize": 3, "casefold": 3}
_STRIPS = ("strip", "lstrip", "rstrip")
_SEARCHES = (
    "partition", "rpartition", "find", "index", "count", "removeprefix", "removesuffix",
)  # fmt: skip
_TESTS = ("isalnum", "isalpha", "isdigit", "isspace", "isupper", "islower")
_TEXT: dict[str, Method] = {
    **{name: _simple(name, growth) for name, growth in _GROWTH.items()},
    **{name: _simple(name) for name in _TESTS},
    **{name: _scan(name) for name in (*_STRIPS, *_SEARCHES)},
    **{name: _affix(name) for name in ("startswith", "endswith")},
    **{name: _split(name) for name in ("split", "rsplit")},
    **{name: _pad(name) for name in ("zfill", "ljust", "rjust", "center")},
    "splitlines": _lines,
    "join": _join,
    "replace": _replace,
}
_OBJECT: dict[str, Method] = {"get": _get, "keys": _keys, "values": _values, "items": _pairs}
_LIST: dict[str, Method] = {"index": _search("index"), "count": _search("count")}
_DATE: dict[str, Method] = {"isoformat": _iso, "strftime": _strftime}

METHODS: dict[type, dict[str, Method]] = {
    str: _TEXT,
    dict: _OBJECT,
    MappingProxyType: _OBJECT,
    list: _LIST,
    tuple: _LIST,
    date: _DATE,
    datetime: {**_DATE, "date": _date},
}
#: Name → fewest and most arguments; the same for every type that has the name.
ARGUMENTS: dict[str, tuple[int, int]] = {
    **{name: (0, 0) for table in METHODS.values() for name in table},
    **dict.fromkeys(_STRIPS, (0, 1)),
    **dict.fromkeys(_SEARCHES, (1, 1)),
    **dict.fromkeys(("startswith", "endswith", "join", "strftime", "zfill"), (1, 1)),
    **dict.fromkeys(("split", "rsplit"), (0, 2)),
    **dict.fromkeys(("ljust", "rjust", "center", "get"), (1, 2)),
    "replace": (2, 3),
}
#: Parts of dates and times that are read without a call.
PARTS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("year", "month", "day"), (date, datetime)),
    **dict.fromkeys(("hour", "minute", "second"), (datetime,)),
}


def method(frame: Frame, value: Any, name: str, args: list[Any]) -> Any:
    """Call `value.name(*args)` if that type of value has it."""
    found = METHODS.get(type(value), {}).get(name)
    if found is None:
        raise ExpressionFailed(f"{kind(value)} has no method {name}")
    return found(frame, value, *args)


def part_of(value: Any, name: str) -> Any:
    """`value.name` for the parts of dates and times."""
    if type(value) not in PARTS[name]:
        raise ExpressionFailed(f"{kind(value)} has no {name}")
    return getattr(value, name)
