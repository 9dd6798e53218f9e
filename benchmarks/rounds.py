"""First imports by the gateway and by the bare ORM, in turns: who begins changes each round."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from bare import Bare
from database import connector, counts, sync
from demo_shop import DemoShop
from measure import Results, Sample, timed

RATE = Decimal("0.0825")  # of the demo shop's bulk orders
#: What is measured; each has the gateway's samples and, under «bare », the ORM's.
SINGLE, SEVERAL = "product, 1 variant", "product, 4 variants"
PLAIN = "the same, bare without given defaults"
BY_USER = "the same, both by one user's rights"
QUOTATION, CONFIRMED = "order, 3 lines, quotation", "order, 3 lines, confirmed"
WARM = 10  # records that nobody times, before the first round

Turn = Callable[[int], tuple[Callable[[], Sample], Callable[[], Sample]]]


class Rounds:
    """One shop, one connector, one cursor for both."""

    def __init__(self, env: Any, shop: DemoShop) -> None:
        self.env = env
        self.shop = shop
        self.connector = connector(env, shop.url)
        self.bare = Bare(env)
        self.bare_plain = self.bare.plain()
        self.bare_by_user = self.bare.by(self.connector._integration_env().uid)
        self.remote = self.connector._remote_endpoint()
        self.results = Results()
        self._seen: set[str] = set()

    def run(self, rounds: int, singles: int, severals: int, orders: int) -> Results:
        """`rounds` of as many products with one variant, with four, and orders of each kind."""
        self.shop.add(products=WARM)
        self.shop.add(products=WARM, variants=4)
        self.shop.add(orders=WARM)
        self._records("product")
        self._records("order")
        sync(self.connector, "product", "order")
        self.bare.prepare_orders(RATE)
        self.env.cr.commit()
        plan: list[tuple[str, int, Turn]] = [
            (SINGLE, singles, self._single),
            (PLAIN, singles, self._single_plain),
            (BY_USER, singles, self._single_by_user),
            (SEVERAL, severals, self._several),
            (QUOTATION, orders, lambda count: self._orders(count, confirm=False)),
            (CONFIRMED, orders, lambda count: self._orders(count, confirm=True)),
        ]
        for number in range(-1, rounds):
            for name, count, turn in plan:
                ours, bare = turn(count if number >= 0 else WARM)
                pairs = [(name, ours), (f"bare {name}", bare)]
                for label, work in pairs if number % 2 else reversed(pairs):
                    sample = work()
                    if number >= 0:
                        self.results.add(label, sample)
        return self.results

    def _single(self, count: int) -> tuple[Callable[[], Sample], Callable[[], Sample]]:
        self.shop.add(products=count)
        fresh = self._records("product")
        return self._ours("product", count), self._bare(count, lambda: self.bare.single(fresh))

    def _single_plain(self, count: int) -> tuple[Callable[[], Sample], Callable[[], Sample]]:
        """One `create` with chatter off, as a script is usually written."""
        self.shop.add(products=count)
        fresh = self._records("product")
        return self._ours("product", count), self._bare(
            count, lambda: self.bare_plain.single(fresh)
        )

    def _single_by_user(self, count: int) -> tuple[Callable[[], Sample], Callable[[], Sample]]:
        """The gateway never has the superuser's rights; what they cost Odoo itself."""
        self.shop.add(products=count)
        fresh = self._records("product")
        work = self._bare(count, lambda: self.bare_by_user.single(fresh))
        return self._ours("product", count), work

    def _several(self, count: int) -> tuple[Callable[[], Sample], Callable[[], Sample]]:
        self.shop.add(products=count, variants=4)
        fresh = self._records("product")
        return self._ours("product", count), self._bare(count, lambda: self.bare.several(fresh))

    def _orders(
        self, count: int, *, confirm: bool
    ) -> tuple[Callable[[], Sample], Callable[[], Sample]]:
        self.shop.add(orders=count)
        fresh = self._records("order")
        self.connector.order_confirm = confirm
        known = self.env["product.product"].search_fetch(
            [("default_code", "in", [line["sku"] for order in fresh for line in order["lines"]])],
            ["default_code"],
        )
        variants = {one.default_code: one.id for one in known}
        self.env.cr.commit()
        return (
            self._ours("order", count),
            self._bare(count, lambda: self.bare.orders(fresh, variants, confirm)),
        )

    def _ours(self, entity: str, count: int) -> Callable[[], Sample]:
        def work() -> Sample:
            runs: list[Any] = []
            sample = timed(self.env.cr, count, lambda: runs.append(sync(self.connector, entity)))
            found = counts(runs[0])
            assert found["created"] == count, found
            return sample

        return work

    def _bare(self, count: int, create: Callable[[], None]) -> Callable[[], Sample]:
        def work() -> Sample:
            self.env.invalidate_all()
            return timed(self.env.cr, count, create)

        return work

    def _records(self, entity: str) -> list[dict[str, Any]]:
        """What the shop has that was not asked for before; read outside of the measurement."""
        pages = list(self.remote.pages(entity))
        fresh = [r for page in pages for r in page.records if r.id not in self._seen]
        self._seen.update(record.id for record in fresh)
        return [dict(record.fields) for record in fresh]
