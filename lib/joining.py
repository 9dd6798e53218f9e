"""Pages of a reader joined, or cut, into pages worth a unit of work of their own.

A shop decides how much it gives at a time (by the cost of a query, say); how much is settled in one
transaction is the target's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .endpoint import Page, Record, Token
from .errors import GatewayError

#: Elements of the records' longest lists (variants, lines) that weigh as much as a page full of
#: plain records: a transaction with a few products of 2,000 variants is long enough.
ELEMENTS = 4
#: Seconds that the first part of a page waits for others.
PATIENCE = 15.0


def joined(
    pages: Iterable[Page], size: int, now: Callable[[], float] | None = None
) -> Iterator[Page]:
    """`pages` of one read, joined until another part like the last would pass `size` records, or
    their lists have four times as many elements, or the read ends, or by `now` (seconds) its parts
    are as old as `PATIENCE`: what is not staged is lost with the worker, and a slow shop would
    never be read to its end.

    A joined page has the token and the watermark of its last part, so a read goes on after what is
    staged and never inside it. What was read before an error is given before the error is raised:
    a shop that answers now and then is still read to its end. A page with deletes is not joined
    with what comes after it, which may tell that a record is back.
    """
    held: Page | None = None
    since = 0.0
    steps = iter(pages)
    while True:
        try:
            page = next(steps, None)
        except GatewayError:
            if held is not None:
                yield held
            raise
        if page is None:
            break
        if held is None and now is not None:
            since = now()
        held = page if held is None else _join(held, page)
        is_old = now is not None and now() - since >= PATIENCE
        if held.token is None or held.deleted or is_old or _is_full(held, len(page.records), size):
            yield held
            held = None
    if held is not None:
        yield held


def _is_full(page: Page, part: int, size: int) -> bool:
    if len(page.records) + part > size:
        return True
    return sum(map(_longest_list, page.records)) >= size * ELEMENTS


def _longest_list(record: Record) -> int:
    lists = [len(value) for value in record.fields.values() if isinstance(value, list)]
    return max(lists, default=0)


def cut(pages: Iterable[Page], size: int) -> Iterator[Page]:
    """`pages` in parts of at most `size` records.

    Only the last part of a page has its token and watermark; the others have the token of the page
    before, so that a read that goes on after them reads the whole page again. On the first page
    that is the empty token: from the beginning.
    """
    before = Token("")
    for page in pages:
        rest = page.records
        while len(rest) > size:
            yield Page(rest[:size], before, None)
            rest = rest[size:]
        yield Page(rest, page.token, page.watermark, page.deleted)
        before = page.token or before


def _join(first: Page, second: Page) -> Page:
    return Page(
        [*first.records, *second.records],
        second.token,
        second.watermark or first.watermark,
        second.deleted,
    )
