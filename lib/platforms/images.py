"""Images of a shop: their addresses as its records tell them, and their contents.

A shop's address is not trusted: it is fetched without credentials, and only from a public host or
from the very origin that the connection was given, which a manager entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..clock import Clock
from ..endpoint import Record
from ..errors import GatewayError, Refused, RetryLater
from ..http import HttpSession, fetch_public
from ..http.public import FileLimits
from ..images import MOST_BYTES, Image, image_of

#: Why images are not written; why there is no first one a letter tells.
WITHOUT_FIRST = "further images come behind the product's image, and wait until it has one"

_LIMITS = FileLimits(max_bytes=MOST_BYTES, seconds=20.0)


class ImageReader:
    """`base_url` is the connection's own address."""

    def __init__(self, http: HttpSession, base_url: str, clock: Clock) -> None:
        self._http = http
        self._own = _origin(base_url)
        self._clock = clock

    def read(
        self, wanted: Mapping[str, Record]
    ) -> Iterator[tuple[str, Image | GatewayError | None]]:
        """(name, content) of each image, told by the record that names it, in its `images` or its
        `image`: mappings with `key`, `url` or `src`, and perhaps `failed`. None: the shop has not
        taken it in yet."""
        for name, record in wanted.items():
            told = [one for one in _told(record) if one.get("key") == name]
            yield name, self._one(name, told[0] if told else {})

    def _one(self, name: str, told: Mapping[str, Any]) -> Image | GatewayError | None:
        url = told.get("url") or told.get("src")
        if not url:
            return _failed(name) if told.get("failed") or not told else None
        called = str(told.get("name") or name)
        try:
            return image_of(self._content(str(url)), called)
        except RetryLater as error:
            return RetryLater(
                f"the image {called} can't be had for now: {error.message}",
                value=_bare(str(url)),
                remedy="Nothing to do: it is tried again at the next run.",
            )
        except GatewayError as error:
            return Refused(
                f"the image {called} can't be taken: {error.message}",
                value=_bare(str(url)),
                remedy=error.remedy or "Look at the image in the shop, then retry.",
            )

    def _content(self, url: str) -> bytes:
        if _origin(url) == self._own:
            headers = {"accept": "image/*", "accept-encoding": "identity"}
            return self._http.request("GET", url, headers=headers, repeatable=True).body
        return fetch_public(url, _LIMITS, clock=self._clock).body


def _told(record: Record) -> list[Mapping[str, Any]]:
    held = [*(record.fields.get("images") or ()), record.fields.get("image")]
    return [one for one in held if isinstance(one, Mapping)]


def _failed(name: str) -> Refused:
    return Refused(
        f"the shop has no file of the image {name}",
        value=name,
        remedy="Upload it to the shop again, or remove it there.",
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        return parts.scheme, parts.hostname or "", parts.port or usual
    except ValueError:
        return "", "", None


def _bare(url: str) -> str:
    """The address without its query, which may be signed."""
    return url.partition("?")[0]
