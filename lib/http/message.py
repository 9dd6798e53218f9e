"""What goes over the wire and what is told about it: requests, responses, attempts, failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Protocol


class Timeout(NamedTuple):
    """Seconds for connecting, between two packets of the answer, and for the whole answer."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 60.0


@dataclass(frozen=True, slots=True)
class Response:
    """One answer as it came; header names are lower case, the body is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")

    def date(self) -> datetime | None:
        """The server's clock (`Date`), aware UTC; None where it is missing or broken."""
        return http_date(self.header("date"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A response with its parsed JSON body (numbers with a fraction are Decimal)."""

    value: Any
    response: Response


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of one call, for the run's log; redacted. `wait` is what follows before the next."""

    method: str
    url: str
    status: int | None
    seconds: float
    outcome: str = ""
    wait: float = 0.0


Trace = Callable[[Attempt], None]


class TransportError(Exception):
    """No answer. `sent` says whether the request may have reached the other side."""

    def __init__(self, message: str, *, sent: bool, permanent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.permanent = permanent  # a wrong certificate or address does not heal by itself


class Transport(Protocol):
    """The wire. It follows no redirect, and raises `TransportError` where there is no answer."""

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: Timeout,
    ) -> Response: ...


class Limiter(Protocol):
    """Asked before each request; waits as long as the platform's rate limit needs."""

    def acquire(self) -> None: ...


def http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment
