"""What goes on between the two sides: a connector, runs, and what people edit meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.error import URLError

from ...odoo_server import Session
from .cluster import Cluster
from .servers import DemoShop, Odoo

#: Of so many products, one is edited in each of five ways.
EVERY = 20
#: What is minutes elsewhere, so that the dead are found while the script is young.
LEASE_SECONDS = 15
DISPATCH_SECONDS = 5
TRIES = 6
#: The shop's budget of query costs is not what is tried here.
UNTHROTTLED = {"bucket": 100_000_000, "restore_rate": 10_000_000}
FAULTS = {"failure_rate": 0.01, "lost_answer_rate": 0.02, "latency": 0.02}
CALM = {"failure_rate": 0.0, "lost_answer_rate": 0.0, "latency": 0.0}
OPEN = ("queued", "running")


class Scene:
    """A connector between an Odoo and a shop. Its methods speak as a person who is logged in."""

    def __init__(self, odoo: Odoo, shop: DemoShop, cluster: Cluster, database: str) -> None:
        self.odoo, self.shop, self.cluster, self.database = odoo, shop, cluster, database
        self.connector = 0
        self._session: Session | None = None
        self._woken = 0.0
        #: (what, key) → the value that somebody typed last.
        self.edits: dict[tuple[str, str], str] = {}
        #: How often a person had to press Resume.
        self.resumed = 0

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method; again where a worker found that its connection to PostgreSQL had died.
        Asked only while nobody is killed, so what was refused was not done."""
        for left in reversed(range(TRIES)):
            try:
                self._session = self._session or Session(self.odoo.url, self.database)
                return self._session.call(model, method, *args, **kwargs)
            except URLError:
                if not left:
                    raise
                time.sleep(1)
                self.odoo.supervise()
        return None

    def connect(self, products: int, orders: int, seed: int) -> None:
        """Fill the shop and connect it, each of its locations to a warehouse."""
        self.shop.call("PUT", "settings", {**UNTHROTTLED, "fault_seed": seed})
        # Two variants a product; customers for half of the orders' buyers.
        wanted = {"products": products, "variants_per_product": 2, "orders": orders}
        self.shop.call("POST", "bulk", {**wanted, "customers": max(orders // 2, 1)})
        self.call(
            "ir.config_parameter", "set_param", "gateway_ng.lease_seconds", f"{LEASE_SECONDS}"
        )
        values = {"name": "Crash", "platform": "shopify", "create_taxes": True, "batch_size": 50}
        self.connector = self.call("gateway.connector", "create", [values])[0]
        self._quieten()
        connections = self.call(
            "gateway.connection", "search", [["connector_id", "=", self.connector]]
        )
        secrets = {"shop": "demo.myshopify.com", "access_token": "demo-token"}
        self.call(
            "gateway.connection", "set_values", connections, {**secrets, "base_url": self.shop.url}
        )
        health = self.call("gateway.connector", "check_connection", [self.connector])
        self._place(sorted(health["locations"]))
        health = self.call("gateway.connector", "check_connection", [self.connector])
        if not health["ok"]:
            raise RuntimeError(f"the shop can't be synced: {health['problems']}")
        self.shop.call("PUT", "settings", FAULTS)

    def _quieten(self) -> None:
        """Odoo's other scheduled actions are not what is tried here."""
        own = [["name", "ilike", "Gateway:"]]
        others = self.call("ir.cron", "search", ["!", *own])
        self.call("ir.cron", "write", others, {"active": False})

    def _place(self, locations: Sequence[str]) -> None:
        stocks = self.call("stock.warehouse", "search_read", [], ["lot_stock_id"])
        for position in range(len(stocks), len(locations)):
            values = {"name": f"Warehouse {position}", "code": f"GW{position}"}
            made = self.call("stock.warehouse", "create", [values])
            stocks += self.call("stock.warehouse", "read", made, ["lot_stock_id"])
        bindings = self.call(
            "gateway.binding",
            "search_read",
            [["connector_id", "=", self.connector], ["entity", "=", "location"]],
            ["remote_id"],
        )
        rows = {binding["remote_id"]: binding["id"] for binding in bindings}
        for location, stock in zip(locations, stocks, strict=False):
            place = {"location_id": stock["lot_stock_id"][0]}
            self.call("gateway.binding", "write", [rows[location]], place)

    # -- runs

    def start(self, direction: str, full: bool = False) -> int:
        """A run of everything, queued; `full` whatever the watermarks say."""
        self.call("gateway.connector", "run_sync", [self.connector], direction=direction, full=full)
        return int(self.query("SELECT max(id) FROM gateway_run")[0][0])

    def state(self, run: int) -> str:
        return str(self.query("SELECT state FROM gateway_run WHERE id = %s", run)[0][0])

    def rest(self, run: int, patience: float, tell: Callable[[str], None]) -> None:
        """Wait for the run's end, and that of all jobs. One that stopped and said why is resumed,
        as a person would."""
        end = time.monotonic() + patience
        while (state := self.state(run)) in (*OPEN, "failed") or self._waiting_jobs():
            if state == "failed":
                self.resume(run, tell)
            if time.monotonic() > end:
                raise RuntimeError(f"run {run} is still {state} after {patience:.0f} s")
            self.odoo.supervise()
            self.wake_dispatcher()
            time.sleep(0.5)

    def wake_dispatcher(self) -> None:
        """Have the cron look after the runs now, as it does by itself once a minute."""
        if time.monotonic() - self._woken < DISPATCH_SECONDS:
            return
        self._woken = time.monotonic()
        self.query(
            "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT res_id, now() AT TIME ZONE 'UTC'"
            " FROM ir_model_data WHERE module = 'gateway_ng' AND name = 'cron_dispatch'"
            " RETURNING id"
        )
        self.cluster.query("postgres", "SELECT pg_notify('cron_trigger', %s)", [self.database])

    def is_at_work(self) -> bool:
        """Whether a job is begun and a process of Odoo's is within a transaction."""
        return bool(
            self.query(
                "SELECT 1 FROM queue_job, pg_stat_activity one WHERE queue_job.state = 'started'"
                " AND one.datname = current_database() AND one.application_name LIKE 'odoo-%%'"
                " AND one.state != 'idle' LIMIT 1"
            )
        )

    def _waiting_jobs(self) -> bool:
        open_jobs = "SELECT 1 FROM queue_job WHERE state NOT IN ('done', 'failed', 'cancelled')"
        return bool(self.query(f"{open_jobs} LIMIT 1"))

    def resume(self, run: int, tell: Callable[[str], None]) -> None:
        self.resumed += 1
        tell(f"resumed: {self.query('SELECT error FROM gateway_run WHERE id = %s', run)[0][0]}")
        self.call("gateway.run", "action_resume", [run])

    def query(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.cluster.query(self.database, text, values)

    # -- people

    def edit(self, turn: int, products: int, orders: int) -> None:
        """People edit both sides, never the same field of one record; the shop sells."""
        self._edit_shop(turn, products, orders)
        self._edit_odoo(turn, products)

    def _edit_shop(self, turn: int, products: int, orders: int) -> None:
        def edit(action: str, **values: Any) -> None:
            self.shop.call("POST", "edit", {"action": action, **values})

        for place in range(0, products, EVERY):
            title = f"Shop title {turn} of {place:06d}"
            edit("title", product=f"bulk-product-{place:06d}", title=title)
            self.edits["title", f"BULK-{place:06d}-0"] = title
        for place in range(1, products, EVERY):
            for size in (0, 1):  # the variants of a product share its price
                sku, price = f"BULK-{place:06d}-{size}", f"{100 + turn}.{place % 100:02d}"
                edit("price", sku=sku, price=price)
                self.edits["price", sku] = price
        for place in range(2, min(products, max(orders // EVERY, 1) + 2)):
            edit("sell", sku=f"BULK-{place:06d}-0")

    def _edit_odoo(self, turn: int, products: int) -> None:
        known = self._templates(products)
        for place in range(3, products, EVERY):
            title = f"Odoo title {turn} of {place:06d}"
            self.call("product.template", "write", [known[place]], {"name": title})
            self.edits["title", f"BULK-{place:06d}-0"] = title
        priced, price = range(4, products, EVERY), f"{200 + turn}.50"
        self.call(
            "product.template",
            "write",
            [known[one] for one in priced],
            {"list_price": float(price)},
        )
        self.edits.update({("price", f"BULK-{place:06d}-0"): price for place in priced})
        street = f"{turn} Odoo Road"
        people = self.call(
            "res.partner", "search", [["email", "like", "bulk-customer%0@example.org"]]
        )
        self.call("res.partner", "write", people, {"street": street})
        for person in self.call("res.partner", "read", people, ["email"]):
            self.edits["street", person["email"]] = street
        self._add_products(turn, max(products // EVERY, 1))

    def _add_products(self, turn: int, count: int) -> None:
        new = [
            {
                "name": f"Odoo product {turn}-{place:04d}",
                "default_code": f"ODOO-{turn}-{place:04d}",
                "list_price": 10 + place,
                "type": "consu",
                "is_storable": True,
            }
            for place in range(count)
        ]
        self.call("product.template", "create", new)
        for values in new:
            self.edits["title", str(values["default_code"])] = str(values["name"])

    def _templates(self, products: int) -> dict[int, int]:
        """A product's number in the shop → its template."""
        rows = self.query(
            "SELECT split_part(default_code, '-', 2)::int, product_tmpl_id FROM product_product"
            " WHERE default_code LIKE 'BULK-%%-0'"
        )
        return dict(rows)
