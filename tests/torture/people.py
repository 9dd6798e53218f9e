"""What people do on both sides; every value they type is new."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gateway_ng.lib.rules import Side as SideName
from gateway_ng.lib.store import Binding

from .sides import Side

if TYPE_CHECKING:
    from .world import World

#: Seconds within which the shop shows what was written there.
LAG = 240


class People:
    def __init__(self, world: World) -> None:
        self.world = world
        self.numbers = itertools.count(1)
        self.wire: list[tuple[str, str, bool]] = []  # webhooks on their way: entity, id, deleted

    # -- names

    def side(self, name: SideName) -> Side:
        return self.world.shop if name == "remote" else self.world.odoo

    def new(self, letter: str) -> str:
        return f"{letter}{next(self.numbers)}"

    def new_price(self) -> Decimal:
        return Decimal(1000 + next(self.numbers)) + Decimal("0.37")

    @staticmethod
    def some(ids: Sequence[str], pick: int) -> str | None:
        return sorted(ids)[pick % len(ids)] if ids else None

    def _did(self, name: SideName, entity: str, id: str, deleted: bool = False) -> None:
        """Committed at once in Odoo; told on the wire by the shop."""
        if name == "odoo":
            self.world.db.commit()
        else:
            self.wire.append((entity, id, deleted))

    def _names(self, name: SideName) -> tuple[str, str, str, str]:
        """(title, code, list, number of an element) as the side calls them."""
        if name == "remote":
            return "title", "handle", "variants", "sku"
        return "name", "code", "lines", "code"

    # -- creating

    def create_product(self, name: SideName, pick: int) -> None:
        side, (title, code, list_, number) = self.side(name), self._names(name)
        handle = f"M{pick % 4}"
        if any(row[code] == handle for row in side.all("product")):
            return
        elements = [
            {number: f"{handle}-{n}", "price": self.new_price()} for n in range(1 + pick // 4 % 2)
        ]
        fields = {title: self.new("T"), code: handle, list_: elements, "note": self.new("N")}
        id = side.put("product", fields)
        for field in (title, "note"):
            self._said(name, "product", id, field, fields[field])
        for element in side.get("product", id)[list_]:
            self._said(name, "product", id, "price", element["price"])
        self._did(name, "product", id)

    def create_customer(self, name: SideName) -> None:
        fields = {"name": self.new("C"), "email": f"{self.new('e')}@{name}.example"}
        id = self.side(name).put("customer", fields)
        self._said(name, "customer", id, "name", fields["name"])
        self._did(name, "customer", id)

    # -- editing

    def edit(self, name: SideName, what: str, pick: int, lag: int = 0) -> None:
        """Type a new title, note, price or name, which the shop shows only after `lag` seconds."""
        side = self.side(name)
        entity = "customer" if what == "name" else "product"
        id = self.some(list(side.rows[entity]), pick)
        if id is None:
            return
        if lag and name == "remote":
            side.stamp = self.world.true.now() - timedelta(seconds=lag % LAG)
        try:
            if what == "price":
                self._edit_price(name, id, pick)
            else:
                field = self._names(name)[0] if what == "title" else what
                letter = what[0]  # the shop gives it back in capitals
                value = self.new(letter.upper() if name == "remote" else letter)
                saw = side.get(entity, id).get(field)
                self.world.ledger.over(saw)
                side.edit(entity, id, **{field: value})
                self._said(name, entity, id, field, value, saw)
        finally:
            side.stamp = None
        self._did(name, entity, id)

    def _edit_price(self, name: SideName, id: str, pick: int) -> None:
        side, list_ = self.side(name), self._names(name)[2]
        elements = side.get("product", id)[list_]
        if elements:
            place, value = pick % len(elements), self.new_price()
            saw = elements[place]["price"]
            self.world.ledger.over(saw)
            side.edit_element("product", id, list_, place, price=value)
            self._said(name, "product", id, "price", value, saw)

    def add_variant(self, name: SideName, pick: int) -> None:
        side, (_title, code, list_, number) = self.side(name), self._names(name)
        id = self.some(list(side.rows["product"]), pick)
        if id is None:
            return
        row = side.get("product", id)
        sku = f"{row[code]}-{pick % 3}"
        if any(element[number] == sku for element in row[list_]):
            return
        element = {number: sku, "price": self.new_price()}
        side.add_element("product", id, list_, element)
        self._said(name, "product", id, "price", element["price"])
        self._did(name, "product", id)

    # -- deleting

    def drop_variant(self, name: SideName, pick: int) -> None:
        side, list_ = self.side(name), self._names(name)[2]
        id = self.some(list(side.rows["product"]), pick)
        elements = side.get("product", id)[list_] if id else []
        if id is None or len(elements) < 2:
            return
        may_go = elements[1:] if self.world.shop.keeps_first else elements
        gone = may_go[pick % len(may_go)]
        if gone["id"] in self.sold(name):
            return
        self.world.ledger.over(gone)
        side.drop_element("product", id, list_, gone["id"])
        self._did(name, "product", id)

    def delete(self, name: SideName, entity: str, pick: int) -> None:
        side = self.side(name)
        id = self.some(list(side.rows[entity]), pick)
        if entity not in self.world.shop.deletes:
            return
        if id is None or self._is_needed(name, entity, side.get(entity, id)):
            return
        self.world.ledger.over(side.get(entity, id))
        side.remove(entity, id)
        self._did(name, entity, id, deleted=True)

    def make_anew(self, pick: int) -> None:
        """A product of Odoo is deleted, and another one made under its code."""
        ids = list(self.world.odoo.rows["product"])
        id = self.some(ids, pick)
        code = self.world.odoo.get("product", id)["code"] if id else ""
        self.delete("odoo", "product", pick)
        if id is not None and id not in self.world.odoo.rows["product"]:
            self.create_product("odoo", int(code.removeprefix("M")))

    def _is_needed(self, name: SideName, entity: str, row: Mapping[str, Any]) -> bool:
        """Whether an order refers to it: nobody deletes that."""
        if entity == "customer" and self._is_merged(name, row["id"]):
            return True
        if entity == "customer":
            ids = {order["customer"] for order in self.world.shop.all("order")}
            return row["id"] in self.both_ways(name, "customer", ids)
        return any(element["id"] in self.sold(name) for element in row[self._names(name)[2]])

    def _is_merged(self, name: SideName, id: str) -> bool:
        merged = self.world.merged
        if name == "odoo":
            return id in merged
        return self.world.store.resolve("customer", "remote", [id]).get(id) in merged

    def sold(self, name: SideName) -> set[str]:
        """Variants of ordered goods, by this side's ids."""
        orders = self.world.shop.all("order")
        ids = {line["variant"] for order in orders for line in order["items"]}
        return self.both_ways(name, "variant", ids)

    def both_ways(self, name: SideName, entity: str, ids: set[str]) -> set[str]:
        if name == "remote":
            return ids
        return set(self.world.store.resolve(entity, "remote", sorted(ids)).values())

    # -- selling

    def sell(self, pick: int, among: Collection[str] | None = None) -> None:
        """Somebody buys one or two of what is offered (`among` these), of goods that Odoo has not
        just deleted."""
        shop = self.world.shop
        on_offer = [
            id
            for id, row in shop.rows["stock"].items()
            if row.fields["available"] > 0 and self._is_there(id)
            if among is None or id in among
        ]
        variant = self.some(on_offer, pick)
        customers = [id for id in shop.rows["customer"] if self._known("customer", id)]
        customer = self.some(customers, pick)
        if variant is None or customer is None:
            return
        quantity = min(1 + pick % 2, shop.get("stock", variant)["available"])
        self._did("remote", "order", shop.sell(self.new("O"), customer, variant, quantity))

    def _is_there(self, variant: str) -> bool:
        id = self.world.store.resolve("variant", "remote", [variant]).get(variant)
        return id is None or id in self.world.odoo.rows["stock"]

    def _known(self, entity: str, id: str) -> bool:
        other = self.world.store.resolve(entity, "remote", [id]).get(id)
        return other is None or other in self.world.odoo.rows[entity]

    def send(self, pick: int) -> None:
        """The shop sends an order that Odoo knows."""
        shop = self.world.shop
        orders = {row["id"] for row in shop.all("order") if not row["sent"]}
        known = self.world.store.resolve("order", "remote", sorted(orders))
        ids = [id for id, other in known.items() if other in self.world.odoo.rows["order"]]
        id = self.some(ids, pick)
        if id is not None:
            shop.send(id)
            self._did("remote", "order", id)

    def count(self, pick: int, hand: int) -> None:
        odoo = self.world.odoo
        id = self.some(list(odoo.rows["stock"]), pick)
        if id is not None:
            odoo.count(id, hand)
            self._did("odoo", "stock", id)

    def reserve(self, pick: int) -> None:
        odoo = self.world.odoo
        id = self.some(list(odoo.rows["stock"]), pick)
        if id is not None and odoo.get("stock", id)["free"] > 0:
            odoo.reserve(id, 1)
            self._did("odoo", "stock", id)

    # -- late writers of Odoo

    def begin(self, number: int) -> None:
        self.world.odoo.begin(number)

    def commit(self, number: int, pick: int) -> None:
        """A transaction that began long ago writes, dated by its start, and commits."""
        began = self.world.odoo.open.pop(number, None)
        if began is None:
            return
        self.world.odoo.stamp = began
        try:
            self.edit("odoo", ("title", "price", "name")[pick % 3], pick)
        finally:
            self.world.odoo.stamp = None

    # -- merging

    def merge(self, pick: int) -> None:
        """Two contacts of Odoo are one: the bindings of the other move to the one that stays."""
        world = self.world
        bound = [row for row in world.store.all("customer") if row.state == "bound"]
        # The oldest binding of a record is its primary one.
        ids = list(dict.fromkeys(str(row.odoo_id) for row in sorted(bound, key=_age)))
        lost = {row.odoo_id for row in bound if row.remote_id not in world.shop.rows["customer"]}
        ids = [id for id in ids if id in world.odoo.rows["customer"] and id not in lost]
        if len(ids) < 2:
            return
        stays, goes = ids[0], ids[1 + pick % (len(ids) - 1)]
        rows = [row for row in world.store.all("customer") if row.odoo_id == goes]
        for row in rows:
            row.odoo_id = stays
        world.store.settle("customer", "export", rows, ())
        world.ledger.over(world.odoo.get("customer", goes))
        del world.odoo.rows["customer"][goes]
        for order in world.odoo.all("order"):
            if order["partner"] == goes:
                world.odoo.edit("order", order["id"], partner=stays)
        world.merged.add(stays)
        world.db.commit()

    # -- while a worker waits

    def meanwhile(self, what: str, pick: int) -> None:
        if what == "sale":
            self.sell(pick)
        elif what == "shop delete":
            self.delete("remote", ("product", "customer")[pick % 2], pick)
        elif what == "odoo anew":
            self.make_anew(pick)
        elif what == "shop create":
            self.create_customer("remote")
        else:
            name: SideName = "remote" if what == "shop edit" else "odoo"
            self.edit(name, ("title", "price", "name")[pick % 3], pick)

    def _said(self, name: SideName, *what: Any) -> None:
        self.world.ledger.said(name, *what)


def _age(row: Binding) -> int:
    return int(row.handle)
