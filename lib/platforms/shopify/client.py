"""Sends GraphQL documents: token, cost budget, retries, and errors sorted into what to do next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...clock import Clock
from ...errors import GatewayError, RetryLater, StopRun, Throttled
from ...http import Answer, Budget, HttpSession
from .auth import Auth
from .documents import Document
from .failures import GraphQLError, failure, parse_errors
from .throttle import Bucket

API_VERSION = "2026-10"

#: Assumed cost of a document that was not sent yet.
_UNKNOWN_COST = 50.0
#: No query may cost more, on any plan: a dearer one is refused and nothing is charged for it.
_DEAREST = 1000.0


@dataclass(frozen=True, slots=True)
class Reply:
    """The data of an answer. Fields that were denied are cut out of it and named in `hidden`;
    `failed` holds the error of each alias of a mutation that failed as a whole."""

    data: Mapping[str, Any]
    cost: float | None = None
    hidden: frozenset[str] = frozenset()
    failed: Mapping[str, GatewayError] = field(default_factory=dict)
    version: str = ""
    date: datetime | None = None


class Client:
    """One app at one shop."""

    def __init__(self, http: HttpSession, base_url: str, auth: Auth, clock: Clock) -> None:
        self._http = http
        self.base_url = base_url
        self._url = f"{base_url}/admin/api/{API_VERSION}/graphql.json"
        self._auth = auth
        self._clock = clock
        self._bucket = Bucket(clock)
        #: Seconds the shop's clock is ahead of ours by its last answer; None before the first one.
        self.skew: float | None = None
        #: The shop's currency, from the first answer that told it.
        self.currency = ""
        self._costs: dict[str, tuple[int, float]] = {}  # name → weight and cost of the last one

    def send(
        self,
        document: Document,
        variables: Mapping[str, Any],
        *,
        repeatable: bool | None = None,
        weight: int = 1,
    ) -> Reply:
        """Send one document. Queries are repeatable; mutations only where the caller says so.

        `weight` is how many records or writes it asks for, for the estimate of its cost. Raises
        `TooCostly`, `StaleCursor`, `Refused` for what the shop refuses, `StopRun` for credentials
        and scopes, `RetryLater`/`Throttled` when the budget of retries is used up.
        """
        budget = self._http.budget()
        again = not document.writes if repeatable is None else repeatable
        while True:
            self._await_points(self._estimate(document, weight), budget)
            answer = self._post(document, variables, again, budget)
            reply = self._read(document, answer, weight)
            if isinstance(reply, Reply):
                return reply
            self._pause(reply, again, budget)

    def _post(
        self, document: Document, variables: Mapping[str, Any], again: bool, budget: Budget
    ) -> Answer:
        body = {"query": document.text, "variables": variables, "operationName": document.name}
        renewed = False
        while True:
            token = self._auth.token(budget)
            try:
                return self._http.json(
                    "POST",
                    self._url,
                    headers={"x-shopify-access-token": token},
                    json=body,
                    repeatable=again,
                    budget=budget,
                )
            except StopRun as error:
                if error.details.get("status") != 401 or renewed or not self._auth.renew():
                    raise _explained(error) from error
                renewed = True

    def _read(self, document: Document, answer: Answer, weight: int) -> Reply | RetryLater:
        """The reply, or what to wait for; other failures are raised."""
        body, date = answer.value, answer.response.date()
        if date is not None:
            self.skew = (date - self._clock.now()).total_seconds()
        if not isinstance(body, Mapping):
            return _malformed(document, "a JSON object was expected")
        cost = self._learn(document, body, weight)
        errors = parse_errors(body.get("errors"), self._http.redactor)
        if any(error.code == "THROTTLED" for error in errors):
            return self._throttled(document, cost)
        data = body.get("data")
        if errors and not _usable(data, document):
            found = failure(document.name, errors)
            if isinstance(found, RetryLater):
                return found
            raise found
        if not isinstance(data, Mapping):
            return _malformed(document, "it holds no data")
        return self._reply(document, data, errors, cost, answer)

    def _reply(
        self,
        document: Document,
        data: Mapping[str, Any],
        errors: list[GraphQLError],
        cost: float | None,
        answer: Answer,
    ) -> Reply:
        hidden, failed = set(), {}
        rest = []
        for error in errors:
            if error.code == "ACCESS_DENIED" and len(error.path) > 1 and _cut(data, error.path):
                hidden.add(".".join(step for step in error.path if isinstance(step, str)))
            elif document.writes and error.path:
                failed[str(error.path[0])] = failure(document.name, [error])
            else:
                rest.append(error)
        if rest:
            raise failure(document.name, rest)
        shop = data.get("shop")
        if isinstance(shop, Mapping) and shop.get("currencyCode"):
            self.currency = str(shop["currencyCode"])
        if document.writes:
            self._redact(data)
        version = answer.response.header("x-shopify-api-version")
        date = answer.response.date()
        return Reply(data, cost, frozenset(hidden), failed, version, date)

    def _redact(self, data: Mapping[str, Any]) -> None:
        """What the shop says of our values may repeat them."""
        for payload in data.values():
            if isinstance(payload, dict) and "userErrors" in payload:
                payload["userErrors"] = self._http.redactor.value(payload["userErrors"])

    # -- cost ----------------------------------------------------------------------------------

    def _estimate(self, document: Document, weight: int) -> float:
        weight_then, cost = self._costs.get(document.name, (weight, _UNKNOWN_COST))
        # Costs grow slower than what is asked for; too low a guess is put right by the shop.
        return min(cost * math.sqrt(max(1.0, weight / weight_then)), _DEAREST)

    def _await_points(self, cost: float, budget: Budget) -> None:
        seconds = self._bucket.seconds_until(cost)
        if seconds > 0:
            wait = budget.wait(seconds)
            if wait is None:
                raise _throttled("The shop's cost budget is used up.", seconds)
            self._clock.sleep(wait)
        self._bucket.spend(cost)

    def _learn(self, document: Document, body: Mapping[str, Any], weight: int) -> float | None:
        extensions = body.get("extensions")
        cost = extensions.get("cost") if isinstance(extensions, Mapping) else None
        self._bucket.learn(cost)
        asked = cost.get("requestedQueryCost") if isinstance(cost, Mapping) else None
        try:
            number = float(asked) if asked is not None else None
        except (TypeError, ValueError):
            return None
        if number is not None:
            self._costs[document.name] = (max(weight, 1), number)
        return number

    def _throttled(self, document: Document, cost: float | None) -> Throttled:
        seconds = self._bucket.seconds_until(cost or _UNKNOWN_COST) or 1.0
        return _throttled(f"Shopify throttles {document.name}.", seconds)

    def _pause(self, error: RetryLater, again: bool, budget: Budget) -> None:
        hint = error.seconds if isinstance(error, Throttled) else None
        wait = budget.wait(hint) if again or not error.sent else None
        if wait is None:
            error.seconds = budget.next(hint)
            raise error
        self._clock.sleep(wait)


def _usable(data: Any, document: Document) -> bool:
    """Whether anything of the data can be used beside errors. A query without its root can't."""
    if not isinstance(data, Mapping):
        return False
    if document.writes:
        return True
    return any(value is not None for value in data.values())


def _cut(data: Any, path: tuple[str | int, ...]) -> bool:
    """Remove the field at `path`, which was denied: it is absent, not empty. False if not there."""
    for step in path[:-1]:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return False
    name = path[-1]
    if isinstance(data, dict) and name in data:
        del data[name]
        return True
    return False


def _malformed(document: Document, why: str) -> RetryLater:
    return RetryLater(
        f"The answer to {document.name} is not what Shopify documents: {why}.",
        sent=True,
        remedy="Nothing to do at first: it is tried again. If it stays, check the shop's address.",
    )


def _throttled(message: str, seconds: float) -> Throttled:
    return Throttled(
        message,
        seconds=seconds,
        remedy="Nothing to do: it goes on when the shop's cost budget is refilled.",
    )


def _explained(error: StopRun) -> StopRun:
    """The same refusal, with a remedy that fits Shopify."""
    remedies = {
        401: "Enter a valid access token (or client ID and secret) of an app that is installed in "
        "this shop.",
        402: "The shop is frozen: its owner must settle the bill with Shopify.",
        403: "Check that the app is still installed and may use the Admin API.",
        404: "Check the shop address (like example.myshopify.com).",
        423: "The shop is locked by Shopify: its owner must contact Shopify support.",
    }
    error.remedy = remedies.get(error.details.get("status", 0), error.remedy)
    return error
