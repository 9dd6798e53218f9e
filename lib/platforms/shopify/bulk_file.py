"""The file of a bulk operation, streamed: a piece at a time, a record at a time, never as a whole.

JSONL: each line an object, elements of lists after the object they belong to, by `__parentId`.
Source: shopify.dev/docs/api/usage/bulk-operations/queries
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import RetryLater
from ...http import HttpSession
from ...values import loads

#: Bytes asked for at once; a line may be longer.
PIECE = 2 * 1024 * 1024
#: Bytes of the longest line: one record without its lists.
LINE = 16 * 1024 * 1024

#: Lists inside elements of a list.
_INNER: Mapping[str, tuple[str, ...]] = {"variants": ("media",)}

Row = Mapping[str, Any]


class BrokenFile(Exception):
    """The file is not what Shopify documents; the read falls back to pages."""


def rows(http: HttpSession, url: str, offset: int, piece: int = PIECE) -> Iterator[tuple[int, Row]]:
    """(byte at which it begins, object) of each line from `offset` on, which begins a line."""
    held, at = bytearray(), offset
    for part in _pieces(http, url, offset, piece):
        held += part
        start = 0
        while (end := held.find(b"\n", start)) >= 0:
            if end > start:
                yield at + start, _row(bytes(held[start:end]))
            start = end + 1
        at += start
        del held[:start]
        if len(held) > LINE:
            raise BrokenFile(f"a line is longer than {LINE:,} bytes")
    if held.strip():
        yield at, _row(bytes(held))


def _pieces(http: HttpSession, url: str, offset: int, piece: int) -> Iterator[bytes]:
    """The file's bytes from `offset` on; the address is signed, so no credential goes with it."""
    while True:
        asked = f"bytes={offset}-{offset + piece - 1}"
        headers = {"range": asked, "accept-encoding": "identity"}
        answer = http.request("GET", url, headers=headers, repeatable=True)
        if answer.status == 200:  # no ranges here: it came as a whole
            yield answer.body[offset:]
            return
        if not answer.body:
            raise RetryLater("Shopify gave an empty piece of a bulk operation's file.")
        yield answer.body
        offset += len(answer.body)
        if offset >= _total(answer.header("content-range")):
            return


def _total(text: str) -> int:
    total = text.rpartition("/")[2]
    if not total.isdigit():
        raise BrokenFile(f"its length is not told: {text!r}")
    return int(total)


def _row(line: bytes) -> Row:
    try:
        row = loads(line)
    except ValueError as error:
        raise BrokenFile("a line is no JSON") from error
    if not isinstance(row, Mapping):
        raise BrokenFile("a line is no object")
    return row


def nodes_of(
    lines: Iterator[tuple[int, Row]], lists: Mapping[str, str]
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """(byte at which it begins, its lines, node) of each record, its lists as of a connection.
    `lists` says by an element's type to which list it belongs."""
    begun, size, node = 0, 0, dict[str, Any]()
    near: dict[str, dict[str, Any]] = {}  # the record and its elements, by id
    for at, row in lines:
        if "__parentId" not in row:
            if node:
                yield begun, size, node
            begun, size = at, 1
            node = {**row, **{name: {"nodes": []} for name in lists.values()}}
            near = {str(row.get("id")): node}
            continue
        name = lists.get(str(row.get("__typename")), "")
        parent = near.get(str(row["__parentId"]))
        if parent is None or name not in parent:
            raise BrokenFile(f"an element of {row['__parentId']} does not follow it")
        element = {**row, **{inner: {"nodes": []} for inner in _INNER.get(name, ())}}
        size += 1
        parent[name]["nodes"].append(element)
        near[str(row.get("id"))] = element
    if node:
        yield begun, size, node
