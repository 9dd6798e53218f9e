"""The fixed prices of variants in the price lists that a connector has mapped.

Shopify says nowhere when such a price was changed, and a price has no id: it is known by its list
and its variant. They are asked for by variants, some at a time in each list.
Source: shopify.dev/docs/api/admin-graphql/latest/objects/PriceList (`prices`, with the search
fields variant_id and product_id since 2024-01)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ...endpoint import Record
from ...errors import GatewayError, StopRun
from .client import Client
from .documents import LIST_PRICES, LISTED, PRICE_LISTS
from .paging import Paging
from .scalars import number, number_of
from .shapes import Node, id_of, nodes
from .writes.batches import Batches

#: (gid of a list, gid of a variant)
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """In the list's currency; `compared` is the price it is compared at."""

    amount: Decimal
    compared: Decimal | None = None


class PriceLists:
    """`currencies`: gid of each mapped list → the currency that its prices are to be in."""

    def __init__(self, batches: Batches, currencies: Mapping[str, str]) -> None:
        self._batches = batches
        self.currencies = currencies

    def fixed(self, variants: Sequence[str]) -> dict[Place, FixedPrice]:
        """The fixed prices of these variants in all mapped lists.

        Raises StopRun for a list that is gone or is in another currency."""
        asked = [
            (gid, variants[start : start + LISTED])
            for gid in self.currencies
            for start in range(0, len(variants), LISTED)
        ]
        calls = [{"list": gid, "query": _search(part)} for gid, part in asked]
        found: dict[Place, FixedPrice] = {}
        answers = self._batches.run(LIST_PRICES, calls, repeatable=True)
        for (gid, part), answer in zip(asked, answers, strict=True):
            if isinstance(answer, GatewayError):
                raise StopRun(
                    f"The prices of the price list {gid} can't be read: {answer.message}",
                    cause="refused",
                    remedy=answer.remedy,
                )
            self._check(gid, answer)
            priced = dict(_priced(answer))
            found.update({(gid, id_): priced[id_] for id_ in part if id_ in priced})
        return found

    def _check(self, gid: str, answer: Node) -> None:
        held, wanted = answer.get("currency"), self.currencies[gid]
        if held is None:
            raise StopRun(
                f"The price list {gid} is no longer in the shop.",
                cause="refused",
                remedy="Empty its line under «Price lists» of the connector.",
            )
        if held != wanted:
            raise StopRun(
                f"The price list {gid} is in {held} in the shop, and its price list in Odoo in "
                f"{wanted}: no price is carried between two currencies.",
                cause="refused",
                remedy="Choose a price list in the same currency under «Price lists» of the "
                "connector.",
            )

    def filled(self, records: Sequence[Record]) -> list[Record]:
        """The records of variants with their `prices`."""
        fixed = self.fixed([record.id for record in records])
        return [
            replace(record, fields={**record.fields, "prices": self.elements(record.id, fixed)})
            for record in records
        ]

    def elements(
        self, variant: str, fixed: Mapping[Place, FixedPrice | None]
    ) -> list[dict[str, Any]]:
        """One element for each mapped list, its price null where the variant has no fixed one."""
        held = ((gid, fixed.get((gid, variant))) for gid in self.currencies)
        return [
            {
                "id": gid,
                "list": gid,
                "currency": self.currencies[gid],
                "price": price and price.amount,
                "compareAtPrice": price and price.compared,
            }
            for gid, price in held
        ]


def _search(variants: Sequence[str]) -> str:
    return " OR ".join(f"variant_id:{number_of(gid)}" for gid in variants)


def _priced(answer: Node) -> Iterator[tuple[str, FixedPrice]]:
    for node in nodes(answer.get("prices")):
        price = price_of(node)
        if price is not None:
            yield str(id_of(node.get("variant"))), price


def price_of(node: Node) -> FixedPrice | None:
    """A `PriceListPrice`; None for one that the list's adjustment makes."""
    amount = _amount(node.get("price"))
    if amount is None or node.get("originType") != "FIXED":
        return None
    return FixedPrice(amount, _amount(node.get("compareAtPrice")))


def _amount(money: Any) -> Decimal | None:
    found = number(money.get("amount")) if isinstance(money, Mapping) else None
    return found if isinstance(found, Decimal) else None


def price_lists(client: Client) -> dict[str, dict[str, str]]:
    """gid → `name` and `currency` of every price list of the shop."""
    found: dict[str, dict[str, str]] = {}
    paging = Paging(PRICE_LISTS.name)
    after: str | None = None
    while True:
        page = client.send(PRICE_LISTS, {"after": after}).data.get("priceLists") or {}
        for node in nodes(page):
            told = {name: str(node.get(name)) for name in ("name", "currency")}
            found[str(node.get("id"))] = told
        info = page.get("pageInfo") or {}
        if not info.get("hasNextPage"):
            return found
        after = paging.on(info.get("endCursor"), after)
