"""Lists of images: the names that two sides have for the same ones stand at the same places.

A pair of a base is (the source's list, the target's list). What stands behind the shorter of the
two is the longer side's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from .images import is_same

Names = Sequence[str]
#: (the source's name, the target's) of each image that is settled and that the target still has.
Tied = Sequence[tuple[str, str]]


def tied(pair: tuple[Names, Names], said: Names, held: Names) -> Tied:
    """What a pair of a base ties, by the names that the sides have for it now."""
    there, out = list(held), []
    for source, target in zip(*pair, strict=False):
        now = _same(target, there)
        if now is not None:
            there.remove(now)
            out.append((_same(source, said) or source, now))
    return out


def translated(said: Names, ties: Tied, other: Callable[[str], str]) -> list[str]:
    """`said` of the source by the target's names where they are settled, else by `other`'s."""
    known: dict[str, list[str]] = defaultdict(list)
    for source, target in ties:
        known[source].append(target)
    return [known[name].pop(0) if known.get(name) else other(name) for name in said]


def arranged(wanted: Names, held: Names, ties: Tied) -> list[str]:
    """What the target is to show: what is `wanted` in this order, and behind it what it `held` and
    nobody settled."""
    return [*wanted, *_without(held, [*wanted, *_settled(ties)])]


def removed(wanted: Names, held: Names, ties: Tied) -> list[str]:
    """Of what the target `held`, the settled ones that are not `wanted` any more."""
    own = _without(held, _settled(ties))
    return _without(held, [*wanted, *own])


def as_now(before: Names, now: Names) -> Names:
    """`now` where it is the same list whose images got their versions meanwhile, else `before`."""
    alike = len(before) == len(now) and all(map(is_same, before, now))
    return now if alike else before


def arrived(sent: Names, held: Names, now: Names) -> bool:
    """Whether `now` is what came of a list that was `sent` to a target that `held` another: the
    names that it knew, and new ones of its own at the places of the contents."""
    return len(sent) == len(now) and all(
        is_same(one, name) or (one not in held and name not in held)
        for one, name in zip(sent, now, strict=True)
    )


def _same(name: str, names: Names) -> str | None:
    return name if name in names else next((one for one in names if is_same(name, one)), None)


def _settled(ties: Tied) -> list[str]:
    return [target for _source, target in ties]


def _without(names: Names, others: Names) -> list[str]:
    left, out = Counter(others), []
    for name in names:
        if left[name] > 0:
            left[name] -= 1
        else:
            out.append(name)
    return out
