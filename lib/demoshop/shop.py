"""One stateful shop that answers GraphQL as Shopify does, in process or over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import format_datetime
from threading import RLock
from typing import Any

from ..clock import Clock, SystemClock
from . import execution, uploads
from .cost import Bucket
from .counters import Counters
from .errors import OtherVersion, ShopError
from .faults import Fault, Faults, TransportFault
from .official import VERSION, with_implied
from .request import Request
from .settings import Settings
from .store import Store
from .tokens import JSON, REFUSED, Answer, Tokens

THROTTLED = ShopError(
    "Throttled", "THROTTLED", documentation="https://shopify.dev/api/usage/rate-limits"
)


#: Of what `dump` gives. Raised with every new shape of a record: what was kept can't be read by it.
FORMAT = 2
FILE = re.compile(r"/_bulk/(\d+)\.jsonl")
RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class Shop:
    """State is plain JSON (`dump`, `load`); time and waiting come from `clock`.

    Threads may call it at the same time; they take turns.
    """

    def __init__(self, clock: Clock | None = None, settings: Settings | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.settings = settings or Settings()
        self.lock = RLock()
        self.address = f"https://{self.settings.domain}"  # a server says its own
        self.reset()

    def reset(self) -> None:
        """An empty shop; the settings stay."""
        with self.lock:
            self.store = Store(self.clock)
            self.tokens = Tokens()
            self.counters = Counters()
            self.faults = Faults(self.settings.fault_seed)
            self.bucket = Bucket(self.clock, self.settings.bucket, self.settings.restore_rate)
            self.keys: dict[str, dict[str, Any]] = {}
            self.repeated: set[str] = set()
            self.files: dict[int, bytes] = {}

    def configure(self, values: Mapping[str, Any]) -> Settings:
        """Change settings. Raises ValueError naming what is unknown or out of range."""
        with self.lock:
            self.settings = self.settings.updated(values)
            self.bucket.resize(self.settings.bucket, self.settings.restore_rate)
            if "fault_seed" in values:
                self.faults = Faults(self.settings.fault_seed)
            return self.settings

    def token(self, body: Mapping[str, Any]) -> Answer:
        """The client credentials grant: {client_id, client_secret, grant_type} → (status, headers,
        body)."""
        with self.lock:
            self.counters.tokens += 1
            return self.tokens.grant(body, self.settings, self.clock.now().timestamp())

    def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        token: str | None = None,
        operation: str | None = None,
    ) -> Answer:
        """Answer one GraphQL request: (HTTP status, headers, body).

        Raises TransportFault where a fault closes the connection without an answer.
        """
        with self.lock:
            self.counters.requests += 1
            fault = self.faults.draw(self.settings)
            latency = self.settings.latency
        if latency:
            self.clock.sleep(latency)
        with self.lock:
            if fault:
                self.counters.faults[fault] += 1
            status, headers, body = self._execute(query, variables or {}, token, operation, fault)
            return status, headers | {"X-Shopify-API-Version": VERSION, "Date": self.date()}, body

    def file(self, path: str, wanted: str = "") -> tuple[int, dict[str, str], bytes]:
        """An image, or a bulk operation's file, or the range of it that is `wanted`
        (`bytes=0-99`)."""
        if path.startswith(uploads.KEPT):
            with self.lock:
                self.counters.downloads += 1
                return uploads.sent(self.store, path)
        found = FILE.fullmatch(path)
        with self.lock:
            body = self.files.get(int(found[1])) if found else None
        if body is None:
            return 404, {}, b""
        span = RANGE.fullmatch(wanted)
        if not span:
            return 200, {"Content-Type": "application/jsonl"}, body
        first, last = int(span[1]), min(int(span[2]), len(body) - 1)
        if first > last:
            return 416, {"Content-Range": f"bytes */{len(body)}"}, b""
        told = {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
        return 206, told | {"Content-Type": "application/jsonl"}, body[first : last + 1]

    def upload(
        self, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """A file for one of the places that were given out (`stagedUploadsCreate`)."""
        with self.lock:
            self.counters.uploads += 1
            self.store.changed()
            return uploads.upload(self.store, path, headers, body)

    def date(self) -> str:
        """The shop's clock as an HTTP date."""
        return format_datetime(self.clock.now(), usegmt=True)

    def _execute(
        self,
        query: str,
        variables: Mapping[str, Any],
        token: str | None,
        operation: str | None,
        fault: Fault | None,
    ) -> Answer:
        if fault == "closed":
            raise TransportFault(executed=False)
        if fault in ("500", "502", "503"):
            return _plain(int(fault))
        scopes = self.tokens.scopes(token, self.settings, self.clock.now().timestamp())
        if scopes is None:
            return 401, dict(JSON), {"errors": REFUSED}
        if fault == "throttled":
            return self._answer([THROTTLED.entry()], requested=0.0, actual=None)
        answer = self._carry_out(query, variables, operation, scopes)
        if fault == "lost-closed":
            raise TransportFault(executed=True)
        return _plain(502) if fault == "lost-502" else answer

    def _carry_out(
        self, query: str, variables: Mapping[str, Any], operation: str | None, scopes: list[str]
    ) -> Answer:
        request = Request(
            self.store,
            self.settings,
            with_implied(scopes),
            self.faults,
            self.repeated,
            self.keys,
            files=self.files,
            address=self.address,
        )
        try:
            planned = execution.plan(query, variables, operation, request)
        except ShopError as error:
            return self._answer([error.entry()])
        if planned.denied:
            return self._answer(request.errors)
        rule = self.settings.connection_cost
        requested = planned.price.requested(rule)
        if requested > self.settings.max_query_cost:
            return self._answer([_too_dear(requested, self.settings.max_query_cost)], requested)
        if not self.bucket.take(requested):
            return self._answer([THROTTLED.entry()], requested)
        data = execution.run(planned, request)
        actual = min(planned.price.actual(rule), requested)
        self.bucket.give_back(requested - actual)
        self._count(planned.is_mutation, request)
        return self._answer(request.errors, requested, actual, data, request.warnings)

    def _count(self, is_mutation: bool, request: Request) -> None:
        self.counters.queries += not is_mutation
        self.counters.writes += request.writes
        self.counters.mutations.update(request.mutations)
        self.counters.warnings.update(
            f"{found['path'][0]}: {warning['field']}"
            for found in request.warnings
            for warning in found["warnings"]
        )

    def _answer(
        self,
        errors: list[dict[str, Any]],
        requested: float = 0.0,
        actual: float | None = None,
        data: dict[str, Any] | None = None,
        warnings: list[dict[str, Any]] | None = None,
    ) -> Answer:
        body: dict[str, Any] = {}
        if data is not None:
            body["data"] = data
        if errors:
            body["errors"] = errors
        extensions: dict[str, Any] = {"cost": self.bucket.report(requested, actual)}
        if warnings:
            extensions["search"] = warnings
        return 200, dict(JSON), body | {"extensions": extensions}

    def dump(self) -> dict[str, Any]:
        """The whole state as plain JSON."""
        with self.lock:
            self.bucket.refill()
            return {
                "format": FORMAT,
                "settings": self.settings.to_json(),
                "store": self.store.dump(),
                "tokens": json.loads(json.dumps(self.tokens.issued)),
                "keys": json.loads(json.dumps(self.keys)),
                "faults": self.faults.state(),
                "repeated": sorted(self.repeated),
                "available": self.bucket.available,
            }

    @classmethod
    def load(cls, state: Mapping[str, Any], clock: Clock | None = None) -> Shop:
        """The shop that was dumped; counters begin at zero. Raises OtherVersion."""
        if state.get("format") != FORMAT:
            raise OtherVersion(
                "this demo shop was kept by another version of Gateway NG: begin anew"
            )
        shop = cls(clock, Settings().updated(state["settings"]))
        shop.store.restore(state["store"])
        shop.tokens.issued = json.loads(json.dumps(state["tokens"]))
        shop.keys = json.loads(json.dumps(state["keys"]))
        shop.faults.restore(state["faults"])
        shop.repeated = set(state["repeated"])
        shop.bucket.available = state["available"]
        return shop


def _plain(status: int) -> Answer:
    message = "Internal Server Error" if status == 500 else "Unavailable"
    return status, dict(JSON), {"errors": message}


def _too_dear(requested: float, largest: int) -> dict[str, Any]:
    error = ShopError(
        f"Query cost is {round(requested)}, which exceeds the single query max cost limit "
        f"({largest}).",
        "MAX_COST_EXCEEDED",
        cost=round(requested),
        maxCost=largest,
        documentation="https://shopify.dev/api/usage/rate-limits",
    )
    return error.entry()
