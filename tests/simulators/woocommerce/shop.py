"""The shop: takes requests, keeps state, and is what tests look at and edit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from . import media, orders, products, variations, webhooks
from .auth import Auth
from .errors import ApiError
from .faults import Faults
from .listing import only_fields
from .request import Request, Response
from .routes import Router
from .settings import Settings
from .store import Row, Store


class Clock(Protocol):
    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        """A shop by hand does not make its user wait."""


class LostAnswer(Exception):
    """The request was carried out, and its answer never came."""


class Shop:
    def __init__(self, clock: Clock | None = None, settings: Settings | None = None) -> None:
        self.clock = clock or SystemClock()
        self.settings = settings or Settings()
        self.store = Store()
        self.auth = Auth(self.settings)
        self.faults = Faults(self.settings)
        self.router = Router(self)
        self.queue: list[tuple[str, int]] = []
        self.requests: list[tuple[str, str]] = []  # method and route of each that came
        self.writes = 0
        self.downloads = 0
        self.web: Callable[[str], bytes | None] = media.somewhere  # what it gets at an address
        self.before: Callable[[Request], None] | None = None  # a test's hand in between
        self.default_category = self._first_category()

    def now(self) -> datetime:
        return self.clock.now()

    def _first_category(self) -> int:
        row: Row = {
            "name": "Uncategorized",
            "slug": "uncategorized",
            "parent": 0,
            "description": "",
            "display": "default",
            "image": None,
            "menu_order": 0,
        }
        self.store.skip("terms", 14)
        return int(self.store.add("categories", "terms", row)["id"])

    # -- requests ------------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """Raises `LostAnswer` where the settings say so."""
        if self.settings.latency:
            self.clock.sleep(self.settings.latency)
        refused = self.faults.before()
        if refused is not None:
            return refused
        response = self._answer(request)
        response.headers["Date"] = format_datetime(
            self.now().astimezone(timezone.utc).replace(microsecond=0), usegmt=True
        )
        if self.faults.loses():
            raise LostAnswer
        return response

    def _answer(self, request: Request) -> Response:
        headers = {"Content-Type": "application/json; charset=UTF-8"}
        file = media.content(self, urlsplit(request.url).path)
        if file is not None:
            self.downloads += 1
            return Response(200, {"Content-Type": "image/png"}, file)
        if not request.path:
            return Response(404, {"Content-Type": "text/html"}, b"<html>Not found</html>")
        try:
            if not self.router.is_open(request):
                self.auth.check(request, self.now())
            if self.before is not None:
                self.before(request)
            request.parse_body()
            self.requests.append((request.method, request.path))
            status, more, body = self.router.route(request)
            if request.method != "GET":
                self.writes += 1
        except ApiError as error:
            return Response(error.status, headers, error.body())
        body = only_fields(body, request.params.get("_fields", ""))
        return Response(status, {**headers, **more}, body)

    # -- what other parts ask ------------------------------------------------------------------

    def fire(self, topic: str, id_: int) -> None:
        webhooks.fire(self, topic, id_)

    def resource(self, kind: str, id_: int) -> dict[str, Any] | None:
        """A record as webhooks carry it."""
        from . import customers

        if kind == "order":
            row = self.store.get("orders", id_)
            return orders.shown(self, row) if row else None
        if kind == "customer":
            row = self.store.get("customers", id_)
            return customers.shown(self, row) if row else None
        row = self.store.get("products", id_) or self.store.get("variations", id_)
        return products.shown(self, row) if row else None

    def options_name(self, variation: Row) -> str:
        return ", ".join(item["option"] for item in variation["attributes"])

    def variation_name(self, variation: Row) -> str:
        parent = self.store.get("products", variation["parent"])
        name = parent["name"] if parent else ""
        return f"{name} - {self.options_name(variation)}"

    # -- a person at the shop ------------------------------------------------------------------

    def make(self, kind: str, **data: Any) -> Row:
        """A record that a person made: product, category, tag, customer or order."""
        return self.router.make(kind, data)

    def edit(self, kind: str, id_: int, **data: Any) -> Row:
        return self.router.edit(kind, id_, data)

    def vary(self, product: int, **data: Any) -> Row:
        """A new variation of a product."""
        return variations.create(self, self.store.tables["products"][product], data)

    def dump(self) -> Any:
        return self.store.dump()

    def restore(self, state: Any) -> None:
        self.store.restore(state)
        self.queue.clear()
        self.requests.clear()
        self.writes = self.downloads = 0
