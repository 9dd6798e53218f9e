"""The contract that every side of a connector fulfils: Odoo itself, and one client a platform.

What an implementation may do, and what it may not, is said at each method and proved by the
shared contract suite (`tests/contract/`). The pipeline (`lib.sync`) branches on declared
capabilities, never on names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NewType, Protocol, runtime_checkable

from .errors import GatewayError

if TYPE_CHECKING:
    from .images import Image

Order = Literal["by_time", "unordered"]
Action = Literal["create", "update", "delete"]

#: Where to go on *in this read*; opaque text made and understood by the endpoint alone. It survives
#: a crash and a new process; it is not a watermark.
Token = NewType("Token", str)

#: What an entity can do beyond being read.
Capability = Literal["create", "update", "delete", "compare_and_set", "idempotency_key"]


@dataclass(frozen=True, slots=True, order=True)
class Watermark:
    """Up to which (time, id) everything is settled. `time` is aware UTC."""

    time: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One item as one side gives it.

    `fields` is JSON-like: str, int, bool, None, Decimal, aware datetime, lists and mappings of
    these; no floats. A key that is missing is *absent* (hidden by a scope, not asked for): it is
    neither compared nor written. None is *null*.
    """

    id: str
    fields: Mapping[str, Any]
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One read step.

    `token` resumes the read after this page, None on the last one. `watermark` is how far the
    entity is settled once this page *and all before it* are settled: for `by_time` entities the
    last (time, id) of the page, for `unordered` ones None on every page but the last, which carries
    the read's start. `deleted` are ids that are known to be gone (tombstones).
    """

    records: Sequence[Record]
    token: Token | None
    watermark: Watermark | None
    deleted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of an entity: `name` is a dotted path, `type` a mapping type (docs/mapping.md).

    `translated`: it may be had in other languages, as «name@language», by the side's own code of
    the language. Null there: no translation, and what is shown instead is no statement.
    """

    name: str
    type: str
    readable: bool = True
    writable: bool = False
    required: bool = False  # on create
    sample: str = ""
    help: str = ""
    translated: bool = False


@dataclass(frozen=True, slots=True)
class EntityInfo:
    """What one entity of an endpoint is: names, order of reads, what may be done to it."""

    name: str  # the word of the vocabulary: product, variant, customer, …
    model: str  # the name mappings use: res.partner, shopify_customer
    fields: Mapping[str, FieldInfo]
    natural_keys: Sequence[str] = ()  # fields that `find` can look up
    order: Order = "by_time"
    capabilities: frozenset[Capability] = frozenset()
    page_size: int = 250
    #: Entities whose creation shares structures (attributes, trees) are applied a page at a time.
    parallel: bool = True
    #: `ids` names every record that exists, so a bound one that it does not name was deleted.
    lists_all: bool = False
    #: Some changes move none of its times, so a watermark shows them not: a read of all does.
    blind_dates: bool = False
    #: Whether one that was bound and is gone may be created again, where the rules say so.
    remade: bool = True
    #: Not every system of the platform has it: `Health.offered` tells which do.
    optional: bool = False
    #: Names that references may look up with `find(name, key, values)`, besides entities.
    lookups: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Op:
    """One write: `values` are the fields to set, only those (an update leaves the rest alone).

    `key` is the idempotency key, the same for every try of one intent. `expect` are the values the
    decision was made on: where the entity has `compare_and_set` a mismatch is refused with `Moved`.
    Nested lists in `values` are mappings element key → fields; the element's id on the target
    stands in `children[list][element key]` where it is bound. An element whose fields are None is
    removed. A delete is by the entity's verb (archived, the trash), unless it is `for_good`.
    `images`: the source's name of an image, as it stands in `values` → its content. `replaced`:
    field → the target's name of the image that was settled there before; what else the target shows
    is somebody's own. A list of images is named whole, by the target's own names where it has them;
    `removed`: field → those of its names that were settled there and are to go. What is in neither
    stays behind the others.
    """

    key: str
    action: Action
    id: str | None
    values: Mapping[str, Any]
    expect: Mapping[str, Any] = field(default_factory=dict)
    children: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    for_good: bool = False
    images: Mapping[str, Image] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    removed: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one `Op`: an `error`, or the target's `id` and, where it came for free, the
    `record` as the target now holds it (else the pipeline fetches it). `children` are the ids of
    nested elements, as in `Op`. `note` is a sentence for the changelog on what became of the write
    besides what was asked: a counter-document, an edit that is left to a person. `warning`: it is
    written, and what was to follow from it failed; it gets a dead letter and keeps its outcome.
    `left`: fields that were not written though the rest was; the warning or the note says why.
    `stage`: what the warning is about, the workflow or an image."""

    id: str | None = None
    record: Record | None = None
    children: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    error: GatewayError | None = None
    note: str = ""
    warning: GatewayError | None = None
    left: Sequence[str] = ()
    stage: str = "workflow"


@dataclass(frozen=True, slots=True)
class Health:
    """What `check` found. `missing` names scopes or rights and `hidden` the fields that are absent
    for want of them; `problems` are sentences with their remedy, empty when all is well."""

    ok: bool
    version: str = ""
    account: str = ""  # whose system this is, as a person would recognise it
    system: str = ""  # its permanent id, by whatever address or app; "" where it can't be told
    problems: Sequence[str] = ()
    missing: Sequence[str] = ()
    hidden: Sequence[str] = ()
    granted: Sequence[str] = ()  # the scopes or rights that the credentials hold, as far as told
    currency: str = ""  # code of what its prices are in
    time_zone: str = ""  # as the IANA names it
    offered: Sequence[str] = ()  # those of the entities that are optional which there are
    clock_skew: float = 0.0  # seconds the remote clock is ahead of ours
    locations: Mapping[str, str] = field(default_factory=dict)  # id → name, for the location map
    #: id → `name` and `currency`, for the map of price lists.
    price_lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Code → name of the languages into which texts are translated there, its own left out.
    languages: Mapping[str, str] = field(default_factory=dict)
    #: When the credentials end, where the platform says so and a person has to renew them.
    credentials_end: datetime | None = None


#: What an event is about: records that may have changed; people who want to be forgotten or to see
#: what is kept of them (no `ids`: everybody of this shop); the access that was taken back.
Matter = Literal["changed", "forget", "disclose", "disconnected"]


@dataclass(frozen=True, slots=True)
class Event:
    """A verified webhook: which records of which entity may have changed, or what is asked."""

    id: str  # unique at the sender; a second delivery has the same
    entity: str
    ids: Sequence[str]
    topic: str
    deleted: bool = False
    occurred: datetime | None = None
    matter: Matter = "changed"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One topic that is told to one address. `repaired`: it was missing, switched off or would not
    have told all until this call, so what happened meanwhile may never be told."""

    id: str
    topic: str
    url: str
    active: bool = True
    repaired: bool = False


@runtime_checkable
class Endpoint(Protocol):
    """One side of a connector.

    A page may come twice, none may be missed; a record may come twice, none may be missed. Methods
    raise `StopRun` when going on makes no sense and `RetryLater` when their own retries (at most
    15 s in all) are used up. They never raise for one record of a batch: that is a `Result.error`.
    """

    #: True when writes belong to the caller's database transaction: commit and rollback are its.
    transactional: bool

    def check(self) -> Health:
        """Try the credentials and say what they allow. Raises StopRun when refused."""
        ...

    def entities(self) -> Mapping[str, EntityInfo]:
        """Entity name → what it is. No I/O."""
        ...

    def pages(
        self, entity: str, since: Watermark | None = None, token: Token | None = None
    ) -> Iterator[Page]:
        """Read everything changed at or after `since` (all, when None), from `token` on.

        `by_time`: ascending (time, id). A read that finds nothing gives one empty last page.
        """
        ...

    def fetch(self, entity: str, ids: Sequence[str]) -> Iterator[Record]:
        """The current state of these records, batched, in any order; those gone are left out."""
        ...

    def find(self, name: str, key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(value, id) of every record of entity or lookup `name` whose `key` is one of `values`.

        Batched; a value may give several pairs (ambiguous) or none. Comparison is the platform's
        own notion of equality for that key (e-mail: case-insensitive); `value` is as asked.
        """
        ...

    def ids(self, entity: str) -> Iterator[str]:
        """Every id there is, for deletes and reconciling."""
        ...

    def canonical(self, entity: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """`values` as this side would give them back once stored: rounding, HTML cleaning, case.

        Pure. What is not known to be changed is returned as it is.
        """
        ...

    def write(self, entity: str, ops: Sequence[Op]) -> Iterator[Result]:
        """Carry out `ops`; exactly one Result each, in order. A refused op leaves the others be."""
        ...

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        """Verify a webhook's signature on the raw body (constant time) and say what it tells.

        Raises `Refused` when the signature is missing or wrong.
        """
        ...

    def subscribe(self, url: str) -> list[Subscription]:
        """Create what is missing, repair what is switched off, and list the subscriptions."""
        ...

    def unsubscribe(self, url: str) -> int:
        """Remove every subscription that tells `url`, and say how many there were; those of other
        addresses stay. Removing what is gone already is no error."""
        ...


@runtime_checkable
class Hiding(Protocol):
    """An endpoint that does not show all there is to whoever reads. Optional."""

    def unseen(self, entity: str, ids: Sequence[str]) -> Sequence[str]:
        """Of `ids`, which `fetch` leaves out, those that are there or may be; batched."""
        ...


def not_shown(side: Endpoint, entity: str, ids: Sequence[str]) -> Sequence[str]:
    """Those of `ids` that `side` does not show and that nobody may take for gone."""
    return side.unseen(entity, ids) if ids and isinstance(side, Hiding) else ()


#: What an endpoint is asked for besides entities: how many of its orders are cancelled.
CANCELLED_ORDERS = "order.cancelled"


@runtime_checkable
class Counting(Protocol):
    """An endpoint that can tell how many records it has without reading them. Optional."""

    def counts(self, entities: Sequence[str]) -> Mapping[str, int]:
        """Entity → exactly how many there are, archived and cancelled ones included; asked for
        `CANCELLED_ORDERS`, how many of the orders are cancelled.

        What the platform can't count, or does not let us, is left out. A request or two an entity.
        """
        ...
