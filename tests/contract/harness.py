"""What the contract suite needs to know of a system to try its endpoint, and how it reads one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from gateway_ng.lib.endpoint import Endpoint, EntityInfo, Op, Page, Record, Result, Token, Watermark
from gateway_ng.lib.errors import RetryLater
from gateway_ng.lib.lens import dig

#: What a harness can do besides the least; a clause that needs more is left out, and counted.
Ability = Literal[
    "write",  # `values` and `bad` make values for `Op`
    "delete",  # an op can delete
    "amount",  # the entity has an amount of its own
    "tie",  # several rows of one moment
    "remove",  # rows can be deleted by a person
    "tombstones",  # pages tell what was deleted
    "hide",  # a scope can be taken away
    "throttle",
    "lose_answer",
    "repeat_last",  # the system can be made to give its last page again
    "twins",  # two rows can have one natural key
    "children",  # rows have elements with ids of their own
    "webhooks",
    "many",  # 10,000 rows take less than a few seconds
]


class Harness(Protocol):
    """One system with one entity under test; a new one is empty."""

    entity: str
    abilities: frozenset[Ability]
    page_size: int
    #: Writable fields: a text, an amount, and a natural key (by which rows are found).
    text: str
    amount: str
    key: str
    #: Fields that follow the text, or the moment of the last write.
    derived: frozenset[str]
    #: A nested list and its elements' text field, where there are children.
    nested: str
    element_text: str

    def open(self) -> Endpoint:
        """A new endpoint object on the same system, as a new process would make it."""
        ...

    def now(self) -> datetime: ...

    def advance(self, seconds: float) -> None: ...

    def add(self, count: int, *, tied: bool = False, **fields: Any) -> list[str]:
        """Rows that a person made, each at a moment of its own, or all at one."""
        ...

    def edit(self, id: str, **fields: Any) -> None: ...

    def remove(self, id: str) -> None: ...

    def rows(self) -> Sequence[str]:
        """The ids that really are there."""
        ...

    def values(self, name: str) -> dict[str, Any]:
        """Values for a create; `name` is its natural key."""
        ...

    def bad(self) -> dict[str, Any]:
        """Values for a create that the system refuses."""
        ...

    def element(self, name: str) -> dict[str, Any]:
        """Fields of a new element."""
        ...

    def hide(self) -> str:
        """Take away the scope of a field; its name."""
        ...

    def throttle(self, calls: int) -> None: ...

    def lose_answer(self) -> None:
        """The next create is carried out and its answer is lost."""
        ...

    def repeat_last(self) -> None: ...

    def webhook(self) -> tuple[Mapping[str, str], bytes, str]:
        """Headers and body of a right one, and the id it tells of."""
        ...


class ReadsForever(AssertionError):
    """A read did not end."""


@dataclass
class Read:
    """What one read gave."""

    pages: list[Page] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def ids(self) -> set[str]:
        return {record.id for record in self.records}

    @property
    def watermark(self) -> Watermark | None:
        marks = [page.watermark for page in self.pages if page.watermark is not None]
        return marks[-1] if marks else None

    def latest(self, id: str) -> Record:
        return [record for record in self.records if record.id == id][-1]


def info(harness: Harness, endpoint: Endpoint | None = None) -> EntityInfo:
    return (endpoint or harness.open()).entities()[harness.entity]


def steps(
    harness: Harness,
    endpoint: Endpoint,
    since: Watermark | None = None,
    token: Token | None = None,
    limit: int = 500,
) -> Iterator[Page]:
    """Page after page; where the endpoint says to come back later it is asked again, at the token
    of the last page, as the reader of a flow does."""
    given = waits = 0
    while True:
        try:
            for page in endpoint.pages(harness.entity, since, token):
                given += 1
                if given > limit:
                    raise ReadsForever(f"more than {limit} pages")
                token = page.token
                yield page
            return
        except RetryLater as error:
            waits += 1
            assert waits < 20, f"after 20 waits it still says: {error}"
            harness.advance(error.seconds)


def read(
    harness: Harness,
    since: Watermark | None = None,
    token: Token | None = None,
    limit: int = 500,
    endpoint: Endpoint | None = None,
) -> Read:
    return Read(list(steps(harness, endpoint or harness.open(), since, token, limit)))


def fetch(harness: Harness, ids: Sequence[str]) -> dict[str, Record]:
    return {record.id: record for record in harness.open().fetch(harness.entity, ids)}


def write(harness: Harness, *ops: Op) -> list[Result]:
    return list(harness.open().write(harness.entity, ops))


def create(harness: Harness, name: str, /, **more: Any) -> Op:
    return Op(f"key-{name}", "create", None, {**harness.values(name), **more})


def made(harness: Harness, name: str) -> str:
    """The id of a new record."""
    (result,) = write(harness, create(harness, name))
    assert result.error is None and result.id is not None, result.error
    return result.id


def value(record: Record, path: str) -> Any:
    return dig(record.fields, path)
