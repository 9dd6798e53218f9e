"""How the options of a product's variants became others: which were renamed, added, dropped.

Pure: two sides' options of the same variants in, what happened between them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Option name → value, of one variant.
Options = Mapping[str, str]
#: Variant's key → its options.
ByVariant = Mapping[str, Options]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened. `renamed`: old name → new one. `values`: (old name, old value) → the one value
    that all variants which had it took; values that went several ways are not in it."""

    renamed: Mapping[str, str]
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    values: Mapping[tuple[str, str], str]

    def followed(self, options: Options) -> dict[str, str]:
        """What options of a variant become of which nothing was said: it takes the new names with
        the others, and values by themselves only where their option was renamed."""
        return {
            self.renamed.get(name, name): self.values.get((name, value), value)
            if name in self.renamed
            else value
            for name, value in options.items()
            if name not in self.dropped
        }


def compare(held: ByVariant, wanted: ByVariant) -> Change:
    """What makes `wanted` of `held`, by the variants that are in both.

    An option is renamed where each variant has under the new name what it had under the old one;
    where one is left on each side, also where values became others one for one.
    """
    both = [key for key in wanted if key in held]
    gone = [name for name in _names(held, both) if not any(name in wanted[k] for k in both)]
    new = [name for name in _names(wanted, both) if not any(name in held[k] for k in both)]
    renamed: dict[str, str] = {}
    for old in gone:
        same = (n for n in new if n not in renamed.values())
        found = next((n for n in same if _equal(held, wanted, both, old, n)), None)
        if found is not None:
            renamed[old] = found
    rest = [n for n in gone if n not in renamed], [n for n in new if n not in renamed.values()]
    if len(rest[0]) == len(rest[1]) == 1 and _one_for_one(held, wanted, both, *rest[0], *rest[1]):
        renamed[rest[0][0]] = rest[1][0]
    return Change(
        renamed=renamed,
        added=tuple(n for n in new if n not in renamed.values()),
        dropped=tuple(n for n in gone if n not in renamed),
        values=_values(held, wanted, both, renamed),
    )


def _names(given: ByVariant, keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for key in keys for name in given[key]))


def _pairs(
    held: ByVariant, wanted: ByVariant, keys: Iterable[str], old: str, new: str
) -> list[tuple[str | None, str | None]]:
    return [(held[key].get(old), wanted[key].get(new)) for key in keys]


def _equal(held: ByVariant, wanted: ByVariant, keys: Iterable[str], old: str, new: str) -> bool:
    return all(before == now for before, now in _pairs(held, wanted, keys, old, new))


def _one_for_one(
    held: ByVariant, wanted: ByVariant, keys: Iterable[str], old: str, new: str
) -> bool:
    pairs = set(_pairs(held, wanted, keys, old, new))
    before, now = {one for one, _ in pairs}, {one for _, one in pairs}
    return len(pairs) == len(before) == len(now) and None not in before | now


def _values(
    held: ByVariant, wanted: ByVariant, keys: Iterable[str], renamed: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], set[str]] = {}
    for key in keys:
        for name, value in held[key].items():
            now = wanted[key].get(renamed.get(name, name))
            if now is not None:
                found.setdefault((name, value), set()).add(now)
    return {old: now.pop() for old, now in found.items() if len(now) == 1}
