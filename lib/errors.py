"""Errors sorted by what to do next, and the one table that sorts an HTTP status.

Text that comes from outside is redacted before it is put into an error (`lib.http`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

#: The causes a dead letter can have; each has one remedy text in the console.
Cause = Literal[
    "mapping",  # the mapping document, or a lambda in it, is wrong
    "validation",  # the source's value does not fit its declared type
    "reference",  # the record needs another that is not here yet
    "refused",  # the target said no to these values
    "ambiguous",  # identity keys match more than one record
    "undecided",  # a person has to say first what it is, such as a tax that has no rule
    "moved",  # compare-and-set failed: the target changed meanwhile
    "throttled",
    "connection",
    "credentials",
    "unknown",
]

#: What to do about a record that the shop has no longer; letters of it are known by its beginning.
GONE_BEGINS = "Nothing to do: the next look for deletes"
GONE_REMEDY = (
    f"{GONE_BEGINS} settles its binding. Sooner: press «Look for deletes now» on the connector."
)


class GatewayError(Exception):
    """A failure with its cause and, as far as known, record, field, value and remedy.

    `message` says what happened, `remedy` what a person can do about it. `str()` gives both with
    the place, the remedy in a line of its own: «customer gid://…/7, field email: …⏎Remedy: …».
    """

    cause: Cause = "unknown"

    def __init__(
        self,
        message: str,
        *,
        record: str | None = None,
        field: str | None = None,
        value: Any = None,
        rule: str | None = None,
        remedy: str | None = None,
        cause: Cause | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.record = record
        self.field = field
        self.value = value
        self.rule = rule
        self.remedy = remedy
        self.details = dict(details or {})
        if cause is not None:
            self.cause = cause

    def at(self, *, record: str | None = None, field: str | None = None) -> GatewayError:
        """The same error with its place filled in where it is not known yet."""
        self.record = self.record or record
        self.field = self.field or field
        return self

    def told(self) -> str:
        """What happened to which record and field, for a place that names the remedy itself."""
        place = ", ".join(filter(None, [self.record, self.field and f"field {self.field}"]))
        value = "" if self.value is None else f" (value: {_short(self.value)})"
        return f"{place}: {self.message}{value}" if place else f"{self.message}{value}"

    def __str__(self) -> str:
        text = self.told()
        return f"{sentence(text)}\nRemedy: {self.remedy}" if self.remedy else text


class SkipRecord(GatewayError):
    """This record can't be applied; the rest goes on. It becomes a dead letter."""


class MappingError(SkipRecord):
    """The mapping document is wrong: at save it is refused, at run time the record is dead."""

    cause: Cause = "mapping"


class ValidationError(SkipRecord):
    """A value does not fit its declared type, or a required one is missing."""

    cause: Cause = "validation"


class MissingReference(SkipRecord):
    """The record needs another one that has no binding and no match; retried when it arrives."""

    cause: Cause = "reference"


class Ambiguous(SkipRecord):
    """Identity keys match more than one record; a person decides, the engine never guesses."""

    cause: Cause = "ambiguous"


class Refused(SkipRecord):
    """The target refused these values (validation, user errors, constraints)."""

    cause: Cause = "refused"


class Undecided(SkipRecord):
    """A person has to say first what something is here; `details` hold what to propose."""

    cause: Cause = "undecided"


class Moved(SkipRecord):
    """Compare-and-set failed: the target's value is not the one the decision was made on."""

    cause: Cause = "moved"


class RetryLater(GatewayError):
    """Nothing is wrong with the record; try again after `seconds`.

    `sent` says whether the request may have reached the other side: then a create is looked up by
    its key before it is repeated (a lost answer).
    """

    cause: Cause = "connection"

    def __init__(
        self, message: str, *, seconds: float = 1.0, sent: bool = False, **place: Any
    ) -> None:
        super().__init__(message, **place)
        self.seconds = seconds
        self.sent = sent


class Throttled(RetryLater):
    cause: Cause = "throttled"


class StopRun(GatewayError):
    """Going on makes no sense (credentials, scopes, wrong address): stop and tell a person."""

    cause: Cause = "credentials"


#: What an HTTP status means: the error class to raise. Anything else from 400 on is `Refused`.
BY_STATUS: Mapping[int, type[GatewayError]] = {
    401: StopRun,
    402: StopRun,
    403: StopRun,
    404: StopRun,
    408: RetryLater,
    423: StopRun,
    425: RetryLater,
    429: Throttled,
    430: Throttled,
    500: RetryLater,
    502: RetryLater,
    503: RetryLater,
    504: RetryLater,
}


#: By what a shop lets these credentials in no more; 400 is OAuth's word for it where a token is
#: asked for (RFC 6749, 5.2). One that is frozen (402), locked (423) or elsewhere (404) took nothing
#: back.
_SHUT_OUT = frozenset({400, 401, 403})


def is_shut_out(error: GatewayError) -> bool:
    """Whether the shop has refused these credentials, rather than one call or everybody's."""
    return isinstance(error, StopRun) and error.details.get("status") in _SHUT_OUT


def class_for_status(status: int) -> type[GatewayError]:
    """The class of error for an HTTP status of 400 or more."""
    if status in BY_STATUS:
        return BY_STATUS[status]
    return RetryLater if status >= 500 else Refused


def sentence(text: str) -> str:
    """`text` with a full stop where it ends without a mark."""
    text = text.rstrip()
    return text if not text or text[-1] in ".!?…:;" else f"{text}."


def _short(value: Any, limit: int = 120) -> str:
    text = _plain(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _plain(value: Any) -> str:
    """A value in words a person reads: no braces, no names of classes, no signs that do not show
    (a database may not keep them)."""
    if isinstance(value, str):
        shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
        return f"'{''.join(shown)}'"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_plain(held)}" for name, held in value.items()) or "nothing"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(map(_plain, value)) or "nothing"
    return str(value)
