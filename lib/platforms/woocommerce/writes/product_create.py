"""Creates products with their variations.

A create that is repeated finds its first try: what it made bears the op's key in its meta data, and
is found by SKU, the only thing of a product that the shop looks up in a list. A product with
variations is made as a draft under a SKU of its own making, gets its variations, and only then its
status and its real SKU: so a half-made one is found again, and no customer sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....errors import GatewayError, Refused
from ....values import digest
from ..client import Row
from ..failures import Gone
from ..families import PRODUCTS, Families, below
from ..scalars import id_text, variant_id
from ..search import Finder
from ..shapes import MARKER, key_of
from ..shapes_product import Family, variant
from .attributes import Attributes, of_variation
from .batches import Batches
from .product_input import Values, marked, product_body, variant_body
from .work import Work

_NO_SKU = Refused(
    "A new product needs a SKU, of its own or of a variant: without one it could not be found "
    "again after a lost answer.",
    field="sku",
    remedy="Give it a SKU at the source, or leave it out by a filter.",
)


class Creation:
    """One batch of new products."""

    def __init__(
        self,
        batches: Batches,
        finder: Finder,
        families: Families,
        attributes: Attributes,
        unit: str,
    ) -> None:
        self._batches = batches
        self._finder = finder
        self._families = families
        self._attributes = attributes
        self._unit = unit

    def run(self, works: Sequence[Work]) -> None:
        plans = [plan for work in works if (plan := self._planned(work)) is not None]
        self._adopt(plans)
        self._make([plan for plan in plans if plan.work.going and plan.product is None])
        for plan in plans:
            if plan.work.going and plan.elements:
                self._add_variations(plan)
        self._publish([plan for plan in plans if plan.work.going and plan.elements])
        for plan in plans:
            if plan.work.going:
                plan.conclude()

    def _planned(self, work: Work) -> Plan | None:
        try:
            return Plan(work, self._unit)
        except GatewayError as error:
            work.fail(error)
            return None

    def _adopt(self, plans: Sequence[Plan]) -> None:
        """Take over what an earlier try of the same op made; refuse SKUs that others have."""
        wanted: dict[str, Plan] = {}
        for plan in plans:
            wanted.update({sku.casefold(): plan for sku in plan.skus})
        found = list(self._finder.by_sku(list(wanted))) if wanted else []
        # Products first: they tell whose their variations are.
        for row in sorted(found, key=lambda row: row.get("type") == "variation"):
            met = wanted.get(str(row.get("sku") or "").casefold())
            if met is not None:
                met.meet(row)
        resumed = {p.product: p for p in plans if p.work.going and p.elements and p.product}
        for family in self._families.fetch(sorted(id_ for id_ in resumed if id_)):
            resumed[family.product["id"]].take_over(family, self._unit)

    def _make(self, plans: Sequence[Plan]) -> None:
        bodies = []
        for plan in plans:
            if plan.elements:
                used = [element.get("options") or {} for element in plan.elements.values()]
                plan.attributes = (
                    self._attributes.bodies([], plan.work.values.get("options"), used) or []
                )
            bodies.append(plan.first_body())
        for plan, outcome in zip(plans, self._batches.create(PRODUCTS, bodies), strict=True):
            if isinstance(outcome, GatewayError):
                plan.work.fail(outcome)
            else:
                plan.product = outcome["id"]
                plan.attributes = list(outcome.get("attributes") or plan.attributes)
                plan.is_new = True

    def _add_variations(self, plan: Plan) -> None:
        """Those that are not there yet; if one is refused, the draft is taken away again."""
        missing = [key for key in plan.elements if key not in plan.made]
        bodies = [plan.variation_body(key) for key in missing]
        outcomes = self._batches.create(below(str(plan.product)), bodies)
        for key, outcome in zip(missing, outcomes, strict=True):
            if isinstance(outcome, GatewayError):
                plan.work.fail(outcome)
            else:
                plan.made[key] = outcome["id"]
        if not plan.work.going and plan.is_new and plan.product is not None:
            self._batches.delete(PRODUCTS, [plan.product])

    def _publish(self, plans: Sequence[Plan]) -> None:
        bodies = [{"id": plan.product, **plan.last_body()} for plan in plans]
        for plan, outcome in zip(plans, self._batches.update(PRODUCTS, bodies), strict=True):
            if isinstance(outcome, GatewayError):
                plan.work.fail(outcome)


class Plan:
    """One product to make. `elements` are its variations, none for a simple product. Raises Refused
    for values that the shop does not take."""

    def __init__(self, work: Work, unit: str) -> None:
        self.work = work
        self.product: int | None = None
        self.made: dict[str, int] = {}  # element key → variation
        self.attributes: list[Any] = []
        self.is_new = False
        values = dict(work.values)
        given = {k: v for k, v in (values.pop("variants", None) or {}).items() if v is not None}
        with_options = {k: v for k, v in given.items() if v.get("options")}
        self._only = next(iter(given), None) if not with_options else None
        if given and not with_options and len(given) > 1:
            raise Refused(
                "Several variants have no options that tell them apart.", field="variants.options"
            )
        self.elements: dict[str, Values] = given if with_options else {}
        if self._only is not None:
            values.update(given[self._only])
        self._body = product_body(values, unit)
        self._parts = {key: variant_body(v, unit) for key, v in self.elements.items()}
        if "tag_ids" in work.values:
            self._body["tags"] = [{"id": id_} for id_ in work.values["tag_ids"]]
        own = str(self._body.get("sku") or "").strip()
        parts = [str(part.get("sku") or "").strip() for part in self._parts.values()]
        # The mapping's SKU may be that of a variant, by which a product is found.
        self._sku = "" if own in parts else own
        self.skus = [sku for sku in (self._sku, *parts) if sku]
        # The same for every try of a product with these SKUs, even if the op's key was lost.
        self.marker = f"{MARKER}{digest(sorted(sku.casefold() for sku in self.skus))[:16]}"
        if not self.skus:
            raise _NO_SKU
        if len({sku.casefold() for sku in self.skus}) < len(self.skus):
            raise Refused("Two variants have the same SKU.", field="variants.sku")
        if self.elements:
            self.skus.append(self.marker)

    def meet(self, row: Row) -> None:
        """A product or variation has one of our SKUs: it is ours, or in the way."""
        if not self._is_ours(row):
            id_ = id_text(row.get("parent_id")) or id_text(row["id"])
            self.work.fail(
                Refused(
                    f"Product {id_} of the shop has this SKU.",
                    field="sku",
                    value=row.get("sku"),
                    remedy="Match products by sku in the mapping, or give this one another SKU.",
                )
            )
        else:
            self.product = row["parent_id"] if row.get("type") == "variation" else row["id"]

    def _is_ours(self, row: Row) -> bool:
        """Made under our key, or under our marker and not finished, or a variation of that one."""
        half_made = self.product is not None and row.get("parent_id") == self.product
        return key_of(row) == self.work.op.key or row.get("sku") == self.marker or half_made

    def take_over(self, family: Family, unit: str) -> None:
        """The variations that an earlier try made, known by their options."""
        self.attributes = list(family.product.get("attributes") or ())
        there = {
            frozenset(variant(family, row, unit)["options"].items()): row["id"]
            for row in family.variations
        }
        for key, values in self.elements.items():
            id_ = there.get(frozenset((values.get("options") or {}).items()))
            if id_ is not None:
                self.made[key] = id_

    def first_body(self) -> dict[str, Any]:
        body = marked(self._body, self.work.op.key)
        if not self.elements:
            return {**body, "sku": self._sku}
        own = {"type": "variable", "attributes": self.attributes}
        return {**body, **own, "status": "draft", "sku": self.marker}

    def variation_body(self, key: str) -> dict[str, Any]:
        options = self.elements[key].get("options") or {}
        part = marked(self._parts[key], self.work.op.key)
        return {**part, "attributes": of_variation(options, self.attributes)}

    def last_body(self) -> dict[str, Any]:
        return {"status": self._body.get("status", "publish"), "sku": self._sku}

    def conclude(self) -> None:
        """The work's id and those of its elements."""
        if self.product is None:
            self.work.fail(Gone("WooCommerce answered without the product.", remedy="Run again."))
            return
        self.work.id = str(self.product)
        children = {k: str(variant_id(self.product, id_)) for k, id_ in self.made.items()}
        if self._only is not None:
            children = {self._only: str(self.product)}
        if children:
            self.work.children["variants"] = children
