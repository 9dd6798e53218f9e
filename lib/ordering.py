"""The order of a product's options and of their values, whatever they are called.

Options that come, go, or get another name come with the variants; here only the order counts. So it
is no other order where something was added behind the rest or taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def is_same(before: Any, now: Any) -> bool:
    """Whether `now` is `before` in the same order, options and the values of each.

    Both are `[{"name", "values"}]`. Something new stands behind what was there, or in the place of
    something that is gone: a renamed one stays where it was.
    """
    if not isinstance(before, (list, tuple)) or not isinstance(now, (list, tuple)):
        return bool(before == now)
    old, new = orders(before), orders(now)
    return _follows(list(old), list(new)) and all(
        _follows(old[name], new[name]) for name in old if name in new
    )


def orders(options: Iterable[Any]) -> dict[str, list[str]]:
    """Option name → its values, both in order."""
    found: dict[str, list[str]] = {}
    for option in options:
        if isinstance(option, Mapping):
            values = found.setdefault(str(option.get("name") or "").strip(), [])
            values += [str(value).strip() for value in option.get("values") or ()]
    return found


def arranged(held: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """`held` with those that are `wanted` as well in the order wanted, in the places these have;
    the others stay where they are."""
    there = set(held)
    known = [name for name in dict.fromkeys(wanted) if name in there]
    moving, rest = set(known), iter(known)
    return [next(rest) if name in moving else name for name in held]


def _follows(old: Sequence[str], new: Sequence[str]) -> bool:
    before, now = set(old), set(new)
    if [name for name in old if name in now] != [name for name in new if name in before]:
        return False
    return not before <= now or list(new[: len(old)]) == list(old)
