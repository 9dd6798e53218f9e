"""Fetching files from addresses that a shop gave (images, attachments), without trusting them.

No credentials, only http(s), a cap on size, type and time, and no address inside our own network:
each name is resolved here, every answer is checked, and the connection goes to the very address
that was checked (so a second DNS answer can't redirect it). Each redirect is checked the same way.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from ..clock import Clock, SystemClock
from ..errors import GatewayError, Refused, RetryLater
from .message import Response, Timeout
from .pinned import open_pinned
from .session import check_address

Resolve = Callable[[str, int], Sequence[str]]


class Open(Protocol):
    """One GET of `url` at the already checked `address`; reads at most `limit` + 1 bytes."""

    def __call__(
        self, url: SplitResult, address: str, timeout: Timeout, limit: int
    ) -> Response: ...


@dataclass(frozen=True, slots=True)
class PublicFile:
    url: str  # where it came from, after redirects
    type: str  # media type, lower case, without parameters
    body: bytes


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What a file may be: size in bytes, prefixes of media types, seconds and redirects in all."""

    max_bytes: int = 20 * 1024 * 1024
    types: tuple[str, ...] = ("image/",)
    seconds: float = 30.0
    redirects: int = 3


def fetch_public(
    url: str,
    limits: FileLimits | None = None,
    *,
    allow_private: bool = False,
    clock: Clock | None = None,
    resolve: Resolve | None = None,
    opener: Open | None = None,
) -> PublicFile:
    """The file at `url`. Raises `Refused` for what is not allowed, `RetryLater` for a failure."""
    limits = limits or FileLimits()
    clock = clock or SystemClock()
    end = clock.monotonic() + limits.seconds
    for _ in range(limits.redirects + 1):
        left = end - clock.monotonic()
        if left <= 0:
            raise RetryLater(f"The file took longer than {limits.seconds:g} s.", value=url)
        parts = _split(url)
        address = _checked_address(parts, allow_private, resolve or _resolve)
        timeout = Timeout(min(5.0, left), min(10.0, left), left)
        response = (opener or open_pinned)(parts, address, timeout, limits.max_bytes)
        if response.status not in (301, 302, 303, 307, 308):
            return _file(url, response, limits)
        target = urljoin(url, response.header("location"))
        if parts.scheme == "https" and urlsplit(target).scheme == "http":
            raise _refused(url, "it redirects from https to http")
        url = target
    raise _refused(url, f"more than {limits.redirects} redirects")


def check_public(url: str, resolve: Resolve | None = None) -> None:
    """Raise `Refused` for an address inside our own network, `RetryLater` for an unknown name.

    For who fetches by another session: over https, whose certificate is for the name that was
    checked, and without redirects.
    """
    _checked_address(_split(url), False, resolve or _resolve)


def _split(url: str) -> SplitResult:
    """The parts of the address, its name as the DNS spells it, so that who checks it and who
    connects read the same."""
    try:
        check_address(url)
        parts = urlsplit(url)
        name = _name(parts.hostname or "")
        port = "" if parts.port is None else f":{parts.port}"
    except (GatewayError, ValueError) as error:
        raise _refused(url, "not an http or https address without credentials") from error
    return parts._replace(netloc=f"{name}{port}", fragment="")


def _name(host: str) -> str:
    """Raises ValueError for what is no name and no address."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    name = host.removesuffix(".").encode("idna").decode("ascii").lower()
    if not _NAME.fullmatch(name):
        raise ValueError(f"{host!r} is no name of a host")
    return name


_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


def _checked_address(parts: SplitResult, allow_private: bool, resolve: Resolve) -> str:
    host = parts.hostname or ""
    try:
        answers = resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
    except OSError as error:
        raise RetryLater(f"The name {host} is not known to the DNS.", value=host) from error
    if not answers:
        raise RetryLater(f"The name {host} is not known to the DNS.", value=host)
    for answer in answers:
        if not allow_private and not _is_public(answer):
            raise _refused(parts.geturl(), "the address lies inside a private network")
    return answers[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None:
            return False
        if inner is not None:
            address = inner
        elif address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    if any(address in network for network in _CLOSED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


#: Global by their numbers, and answered inside a network: protocol assignments with a cloud's
#: metadata, relays of 6to4, and another cloud's host.
_CLOSED = [
    ipaddress.IPv4Network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
]
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _file(url: str, response: Response, limits: FileLimits) -> PublicFile:
    if response.status >= 500 or response.status in (408, 429):
        raise RetryLater(f"The file's server answered with status {response.status}.", value=url)
    if response.status != 200:
        raise _refused(url, f"the server answered with status {response.status}")
    if response.header("content-encoding").strip().lower() not in ("", "identity"):
        raise _refused(url, "the server sent it packed, though it was asked not to")
    if len(response.body) > limits.max_bytes:
        raise _refused(url, f"the file is larger than {limits.max_bytes:,} bytes")
    kind = response.header("content-type").partition(";")[0].strip().lower()
    if not kind.startswith(limits.types):
        raise _refused(url, f"the file is {kind or 'of no stated type'}, not {limits.types}")
    return PublicFile(url, kind, response.body)


def _refused(url: str, why: str) -> Refused:
    return Refused(
        f"The file is not fetched: {why}.",
        value=url,
        remedy="Put the file on a public https address, or allow private ones in the settings.",
    )


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]
