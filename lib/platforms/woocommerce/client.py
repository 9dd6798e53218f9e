"""Sends requests to one shop's `wc/v3` routes and sorts what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ...clock import Clock
from ...errors import GatewayError, RetryLater, StopRun
from ...http import Answer, HttpSession, Response
from .failures import failure

Row = Mapping[str, Any]
Params = Mapping[str, Any]

#: Statuses whose body says what went wrong. A read of 500 is rather tried again.
_TOLD = frozenset({400, 401, 403, 404, 409, 410, 413, 501})
_TOLD_OF_WRITES = _TOLD | {500}


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of a list. `total` is what the shop says there is; past the end orders say 0."""

    rows: Sequence[Row]
    total: int | None


class Client:
    """One shop through one pair of keys. Paths are below `/wp-json/`, as «wc/v3/products»."""

    def __init__(self, http: HttpSession, base_url: str, clock: Clock) -> None:
        self._http = http
        self.address = base_url
        self._base = f"{base_url}/wp-json"
        self._clock = clock
        #: Seconds the shop's clock is ahead of ours by its last answer; None before the first one.
        self.skew: float | None = None

    def get(self, path: str, params: Params | None = None) -> Any:
        """The JSON of one resource."""
        return self._send("GET", path, params).value

    def list(self, path: str, params: Params) -> Rows:
        """One page of a list."""
        answer = self._send("GET", path, params)
        if not isinstance(answer.value, list):
            raise malformed(path, "a list was expected")
        rows = [row for row in answer.value if isinstance(row, Mapping)]
        return Rows(rows, _total(answer.response))

    def post(self, path: str, body: Any, *, repeatable: bool) -> Any:
        """Create, or carry out a batch. `repeatable`: a second arrival does no harm."""
        return self._send("POST", path, None, body, repeatable).value

    def put(self, path: str, body: Any) -> Any:
        return self._send("PUT", path, None, body, True).value

    def delete(self, path: str, params: Params | None = None) -> Any:
        return self._send("DELETE", path, params, None, True).value

    def _send(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: Any = None,
        repeatable: bool | None = None,
    ) -> Answer:
        query = f"?{urlencode(_flat(params))}" if params else ""
        try:
            answer = self._http.json(
                method,
                f"{self._base}/{path}{query}",
                json=body,
                repeatable=repeatable,
                accept=_TOLD if method == "GET" else _TOLD_OF_WRITES,
            )
        except StopRun as error:
            raise _explained(error) from error
        self._learn(answer.response)
        if answer.response.status >= 400:
            raise self._failure(method, path, answer)
        return answer

    def _failure(self, method: str, path: str, answer: Answer) -> GatewayError:
        told = self._http.redactor.value(answer.value)
        return failure(answer.response.status, told, f"{method} {path}")

    def _learn(self, response: Response) -> None:
        date = response.date()
        if date is not None:
            self.skew = (date - self._clock.now()).total_seconds()


def _flat(params: Params) -> dict[str, str]:
    """Parameters as text: lists joined by commas, true and false in words."""
    flat = {}
    for name, value in params.items():
        if isinstance(value, bool):
            flat[name] = "true" if value else "false"
        elif isinstance(value, (list, tuple)):
            flat[name] = ",".join(str(item) for item in value)
        else:
            flat[name] = str(value)
    return flat


def _total(response: Response) -> int | None:
    text = response.header("x-wp-total")
    return int(text) if text.isdigit() else None


def malformed(what: str, why: str) -> RetryLater:
    return RetryLater(
        f"The answer to {what} is not what WooCommerce documents: {why}.",
        sent=True,
        seconds=5.0,
        remedy="Nothing to do at first: it is tried again. If it stays, check the shop's address.",
    )


def _explained(error: StopRun) -> StopRun:
    """The same refusal, with a remedy that fits WordPress."""
    if error.details.get("status") == 404:
        error.remedy = (
            "Check the shop address, and choose any permalink structure but «Plain» in WordPress → "
            "Settings → Permalinks: keys are taken only below /wp-json/."
        )
    return error
