"""Taking a person's records out of what is staged, and personal words out of free text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from .endpoint import Page, Record
from .values import stage, unstage

#: Stands where a text named a person.
FORGOTTEN = "[forgotten]"
#: Shorter words are found in texts that have nothing to do with the person.
SHORTEST = 5
#: What our own texts say of everybody.
OURS = ("the shop", "a customer", "all customers", "all of this shop", "the customer", "this shop")


def without(
    text: str, ids: Collection[str], words: Iterable[str] = (), is_open: bool = False
) -> tuple[str, list[str]]:
    """A staged page (`{"records": [[id, fields, updated], …], …}`) without the records of these
    ids and those that have one of `words` in them; and the ids that are gone from it.

    Of an open page, whose records are still to be settled, one that only has a word in it keeps
    its id: it is somebody else's, and is to be read anew."""
    content = unstage(text)
    sought = [word.casefold() for word in words]

    def tells(row: list[Any]) -> bool:
        return row[0] not in ids and bool(sought) and _has(row[1], sought)

    gone = [row[0] for row in content["records"] if row[0] in ids or (not is_open and tells(row))]
    left = [row for row in content["records"] if row[0] not in set(gone)]
    kept = [[row[0], {}, row[2]] if tells(row) else row for row in left]
    return (stage({**content, "records": kept}) if kept != content["records"] else text), gone


def emptied(page: Page, ids: Collection[str]) -> Page:
    """The page with nothing said of the records of these ids but that they are there."""
    if not ids:
        return page
    records = [Record(r.id, {}, r.updated) if r.id in ids else r for r in page.records]
    return replace(page, records=records)


def telling(words: Iterable[str | None], ours: Iterable[str | None] = ()) -> list[str]:
    """Those of a person's words that are the person's alone in any text: an e-mail, a phone number,
    a name or a street of several words. Not one that is one of `ours` (names of the company, the
    connector), nor one that our own sentences have: those texts are about us."""
    plain = dict.fromkeys(" ".join(word.split()) for word in words if word)
    about_us = {" ".join(name.split()).casefold() for name in (*OURS, *ours) if name}
    return [
        word
        for word in plain
        if len(word) >= SHORTEST and _is_own(word) and word.casefold() not in about_us
    ]


def _is_own(word: str) -> bool:
    return " " in word or "@" in word or sum(letter.isdigit() for letter in word) >= 6


def _has(value: Any, words: list[str]) -> bool:
    if isinstance(value, Mapping):
        return any(_has(item, words) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_has(item, words) for item in value)
    return isinstance(value, str) and any(word in value.casefold() for word in words)
