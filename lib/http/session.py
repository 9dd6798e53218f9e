"""One session to one platform: sends, retries, sorts failures by what to do next.

Redirects are refused, always: the address is part of the configuration, and no redirect shall carry
credentials to another place. A request whose answer was lost is repeated only where the caller says
that a second arrival does no harm.
"""

from __future__ import annotations

import json as json_module
import math
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from ..clock import Clock
from ..errors import GatewayError, Refused, RetryLater, StopRun, Throttled, class_for_status
from ..redact import Redactor
from ..values import loads
from .backoff import Budget, RetryPolicy
from .line import policy_of
from .message import (
    Answer,
    Attempt,
    Limiter,
    Response,
    Timeout,
    Trace,
    Transport,
    TransportError,
    http_date,
)
from .said import said

#: Methods whose repetition does no harm by their definition (RFC 9110, 9.2.2).
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})

#: Seconds; whoever asks for a longer wait is asked again after a day.
_LONGEST = 86_400.0

#: Statuses that say the request was turned away before anything was done.
_NOT_DONE = frozenset({425, 429, 430})

_REMEDY: Mapping[type[GatewayError], str] = {
    StopRun: "Check the connection's address and credentials, and what they are allowed to do.",
    Throttled: "Nothing to do: it is tried again when the platform allows it.",
    RetryLater: "Nothing to do at first: it is tried again. If it stays, check the shop.",
    Refused: "Read what the other side says; correct the record or the mapping.",
}


class HttpSession:
    """Calls to one platform. `trace` gets each attempt, redacted."""

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        *,
        redactor: Redactor | None = None,
        policy: RetryPolicy | None = None,
        timeout: Timeout | None = None,
        limiter: Limiter | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.redactor = redactor or Redactor()
        self.clock = clock
        self._transport = transport
        self._policy = policy or policy_of(transport) or RetryPolicy()
        self._timeout = timeout or Timeout()
        self._limiter = limiter
        self._trace = trace

    def budget(self) -> Budget:
        """A fresh retry budget; pass one to several requests that belong to one call."""
        return Budget(self.clock, self._policy)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        repeatable: bool | None = None,
        budget: Budget | None = None,
    ) -> Response:
        """The answer with a status below 300; other statuses raise by `errors.BY_STATUS`.

        `repeatable` says that a second arrival of this request does no harm (it reads, sets values,
        or carries an idempotency key); by default so do the methods that HTTP defines so. Raises
        `RetryLater`/`Throttled` (with `sent`) when the budget is used up.
        """
        return self._call(method, url, headers, body, repeatable, budget, parse=False).response

    def json(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
        repeatable: bool | None = None,
        budget: Budget | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """As `request`, with a JSON body out (from `json`) and back; what is no JSON is retried.

        Statuses in `accept` are answers too where their body is JSON: for a platform that says in
        it what went wrong. What the body says is not redacted then.
        """
        sent = {"accept": "application/json", **(headers or {})}
        if json is not None:
            body = encode(json)
            sent["content-type"] = "application/json"
        return self._call(method, url, sent, body, repeatable, budget, parse=True, accept=accept)

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        repeatable: bool | None,
        budget: Budget | None,
        *,
        parse: bool,
        accept: Collection[int] = (),
    ) -> Answer:
        check_address(url)
        budget = budget or self.budget()
        again = method in _IDEMPOTENT if repeatable is None else repeatable
        while True:
            if self._limiter is not None:
                self._limiter.acquire()
            started = self.clock.monotonic()
            answer = self._try(method, url, headers or {}, body, parse, accept)
            seconds = self.clock.monotonic() - started
            if isinstance(answer, Answer):
                self._tell(method, url, answer.response.status, seconds, "")
                return answer
            self._pause(answer, method, url, seconds, budget, again)

    def _try(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        parse: bool,
        accept: Collection[int],
    ) -> Answer | GatewayError:
        place = f"{method} {self.redactor.url(url)}"
        try:
            response = self._transport.send(method, url, headers, body, self._timeout)
        except TransportError as error:
            return _no_answer(place, self.redactor.text(str(error)), error)
        if response.status >= 300:
            told = _json_of(response) if response.status in accept else None
            return self._refusal(place, response) if told is None else Answer(told, response)
        if not parse:
            return Answer(None, response)
        try:
            return Answer(loads(response.body), response)
        except ValueError:
            return RetryLater(
                f"{place} answered with status {response.status} but not with JSON"
                f"{self._told(response)}",
                sent=True,
                remedy=_REMEDY[RetryLater],
                details={"status": response.status, "answer": self._excerpt(response)},
            )

    def _refusal(self, place: str, response: Response) -> GatewayError:
        """The error for a status of 300 and more, sorted by what to do next."""
        status = response.status
        details: dict[str, Any] = {"status": status}
        if excerpt := self._excerpt(response):
            details["answer"] = excerpt
        if status < 400:
            target = self.redactor.url(response.header("location"))
            return StopRun(
                f"{place} redirects to {target or 'nowhere'}; redirects are not followed.",
                remedy="Enter the address where the shop's API really is.",
                details=details,
            )
        kind = class_for_status(status)
        message = f"{place} answered with status {status}{self._told(response)}"
        if not issubclass(kind, RetryLater):
            return kind(message, remedy=_REMEDY.get(kind), details=details)
        hint = retry_after(response, self.clock)
        details["hint"] = hint
        return kind(
            message,
            seconds=hint if hint is not None else 1.0,
            sent=status not in _NOT_DONE,
            remedy=_REMEDY.get(kind),
            details=details,
        )

    def _pause(
        self,
        error: GatewayError,
        method: str,
        url: str,
        seconds: float,
        budget: Budget,
        again: bool,
    ) -> None:
        """Wait for the next try, or raise what can't or must not be tried again now."""
        hint = error.details.get("hint")
        allowed = isinstance(error, RetryLater) and (again or not error.sent)
        wait = budget.wait(hint) if allowed else None
        outcome = error.message
        if answer := error.details.get("answer"):
            outcome = f"{outcome} [{answer}]"
        self._tell(method, url, error.details.get("status"), seconds, outcome, wait or 0.0)
        if wait is None:
            if isinstance(error, RetryLater):
                error.seconds = budget.next(hint)
            raise error
        self.clock.sleep(wait)

    def _tell(
        self,
        method: str,
        url: str,
        status: int | None,
        seconds: float,
        outcome: str,
        wait: float = 0.0,
    ) -> None:
        if self._trace is not None:
            self._trace(Attempt(method, self.redactor.url(url), status, seconds, outcome, wait))

    def _told(self, response: Response) -> str:
        """«: Not found»: the words of the body, redacted; empty where it has none."""
        words = said(self._body_text(response))
        return f": {words}" if words else ""

    def _body_text(self, response: Response) -> str:
        return self.redactor.text(response.body[:8192].decode("utf-8", "replace"))

    def _excerpt(self, response: Response, length: int = 300) -> str:
        """The beginning of the body, redacted, in one line; redaction comes before cutting."""
        text = " ".join(self._body_text(response).split())
        return text if len(text) <= length else f"{text[:length]}…"


def check_address(url: str) -> None:
    """Raise `StopRun` for what is not an http(s) address, or carries credentials in itself."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        clean = parts.username is None and parts.password is None
    except ValueError:
        good, clean = False, True
    if not good:
        raise StopRun(
            "The address is not an http or https address.",
            field="address",
            remedy="Enter it like https://shop.example.com.",
        )
    if not clean:
        raise StopRun(
            "The address holds a user name or password.",
            field="address",
            remedy="Enter credentials in their own fields.",
        )


def retry_after(response: Response, clock: Clock) -> float | None:
    """Seconds of `Retry-After` (a number or a date), a day at most; None where there is none."""
    text = response.header("retry-after").strip()
    try:
        seconds = float(text)
    except ValueError:
        moment = http_date(text) if text else None
        if moment is None:
            return None
        seconds = (moment - clock.now()).total_seconds()
    return min(max(seconds, 0.0), _LONGEST) if math.isfinite(seconds) else None


def encode(value: Any) -> bytes:
    """JSON of a request: Decimals as text (no amount passes through a float), times as ISO 8601."""
    return json_module.dumps(value, separators=(",", ":"), default=_plain).encode()


def _json_of(response: Response) -> Any:
    try:
        return loads(response.body)
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _no_answer(place: str, reason: str, error: TransportError) -> GatewayError:
    if error.permanent and not error.sent:
        return StopRun(
            f"{place}: {reason}", cause="connection", remedy="Check the connection's address."
        )
    if error.permanent:
        return Refused(
            f"{place}: {reason}", remedy="Ask for less at a time, or tell the developer."
        )
    return RetryLater(f"{place}: {reason}", sent=error.sent, remedy=_REMEDY[RetryLater])
