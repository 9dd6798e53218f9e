"""HTTP as the engine speaks it: one session with timeouts, retries, rate limit and redaction.

`session` holds the calls to a platform, `public` fetches files from addresses that a shop gave,
`transport` is the wire, `backoff` the one retry budget.
"""

from __future__ import annotations

from .backoff import Budget, RetryPolicy
from .line import Line
from .logged import hide_secrets
from .message import Answer, Attempt, Limiter, Response, Timeout, Trace, Transport, TransportError
from .public import PublicFile, check_public, fetch_public
from .rate import RateLimit
from .session import HttpSession
from .transport import RequestsTransport

hide_secrets()

__all__ = [
    "Answer",
    "Attempt",
    "Budget",
    "HttpSession",
    "Limiter",
    "Line",
    "PublicFile",
    "RateLimit",
    "RequestsTransport",
    "Response",
    "RetryPolicy",
    "Timeout",
    "Trace",
    "Transport",
    "TransportError",
    "check_public",
    "fetch_public",
]
