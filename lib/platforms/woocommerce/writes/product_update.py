"""Updates products field by field, and their variations one by one: what the mapping does not know
is never touched. A product without variations takes the fields of its only variant itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import GONE_REMEDY, GatewayError, Refused
from ..client import Row
from ..failures import Gone
from ..families import PRODUCTS, below
from ..reads import Reader
from ..scalars import plain, split_id, variant_id
from ..shapes import image
from ..shapes_product import Family, variant
from .attributes import Attributes, in_order, of_variation
from .batches import Batches, Body, Outcome
from .option_moves import held_options, moved
from .product_input import Values, marked, product_body, variant_body
from .work import Work

_GONE = "The product is no longer in the shop, or in its trash."
_KEPT = (
    "The order of the values of {} stays: it is a global attribute, and the shop keeps one order "
    "of its values for all products."
)


class Update:
    """One batch of products that are there."""

    def __init__(self, batches: Batches, reader: Reader, attributes: Attributes, unit: str) -> None:
        self._batches = batches
        self._reader = reader
        self._attributes = attributes
        self._unit = unit

    def run(self, works: Sequence[Work]) -> None:
        ids = {int(w.id) for w in works if w.id and w.id.isdigit() and _needs_current(w)}
        current = self._reader.current(sorted(ids)) if ids else {}
        plans = [plan for work in works if (plan := self._planned(work, current)) is not None]
        sending = [plan for plan in plans if plan.body]
        outcomes = self._batches.update(
            PRODUCTS, [{"id": plan.product, **plan.body} for plan in sending]
        )
        for plan, outcome in zip(sending, outcomes, strict=True):
            plan.take(outcome)
        for plan in plans:
            if plan.work.going and plan.family is not None and plan.family.has_variations:
                self._variations(plan)

    def _planned(self, work: Work, current: Mapping[int, Family]) -> Plan | None:
        product = int(work.id) if work.id and work.id.isdigit() else 0
        family = current.get(product)
        try:
            if not product or (_needs_current(work) and family is None):
                raise Gone(_GONE, remedy=GONE_REMEDY)
            plan = Plan(work, product, family, self._unit)
            if family is not None and family.has_variations:
                plan.add_options(self._attributes)
            return plan
        except GatewayError as error:
            work.fail(error)
            return None

    def _variations(self, plan: Plan) -> None:
        path = below(plan.product)
        updates = plan.updates()
        plan.fail_first(self._batches.update(path, updates))
        new = plan.new()
        outcomes = self._batches.create(path, list(new.values()))
        for key, outcome in zip(new, outcomes, strict=True):
            if not isinstance(outcome, GatewayError):
                plan.bound[key] = str(variant_id(plan.product, outcome["id"]))
        plan.fail_first(outcomes)
        plan.fail_first(
            [o for o in self._batches.delete(path, plan.gone()) if not isinstance(o, Gone)]
        )
        plan.conclude()


class Plan:
    """What becomes of one product. `bound`: element key → variant's id."""

    def __init__(self, work: Work, product: int, family: Family | None, unit: str) -> None:
        self.work = work
        self.product = product
        self.family = family
        self._unit = unit
        self._elements: dict[str, Values | None] = dict(work.values.get("variants") or {})
        self.bound: dict[str, str] = dict(work.op.children.get("variants") or {})
        held = family.product.get("images") if family else ()
        values = {k: v for k, v in work.values.items() if k not in ("variants", "options")}
        if family is not None and not family.has_variations:
            values.update(self._only_variant())
        known = [told for told in map(image, held or ()) if told is not None]
        self.body: dict[str, Any] = product_body(values, unit, known)
        if "tag_ids" in work.values:
            self.body["tags"] = [{"id": id_} for id_ in work.values["tag_ids"]]
        self._attributes: Sequence[Row] = (family.product.get("attributes") or ()) if family else ()
        if family is not None and family.has_variations:
            self._match(family)

    def _only_variant(self) -> Values:
        """The fields of a simple product's variant; a product does not become variable by itself:
        its orders and its stock belong to the simple one."""
        given = {key: values for key, values in self._elements.items() if values is not None}
        if len(given) > 1 or any(values.get("options") for values in given.values()):
            raise Refused(
                "The product has no variations in the shop, and has variants now.",
                field="variants",
                remedy="Make it a variable product in the shop, then retry.",
            )
        for key, values in given.items():
            self.bound[key] = str(self.product)
            self.work.children["variants"] = self.bound
            return {name: value for name, value in values.items() if name != "options"}
        return {}

    def _match(self, family: Family) -> None:
        """Unbound elements whose options are there already are those variations (a lost answer)."""
        there = {
            _key_of(variant(family, row, self._unit)["options"]): row["id"]
            for row in family.variations
        }
        for key, values in self._unbound().items():
            id_ = variant_id(self.product, there.get(_key_of(values.get("options") or {})))
            if id_ is not None and "/" in id_ and id_ not in self.bound.values():
                self.bound[key] = id_

    def _unbound(self) -> dict[str, Values]:
        return {k: v for k, v in self._elements.items() if v is not None and k not in self.bound}

    def add_options(self, attributes: Attributes) -> None:
        used = [values.get("options") or {} for values in self._unbound().values()]
        if used and not all(used):
            raise Refused(
                "A new variant of a variable product needs its options.",
                field="variants.options",
                remedy="Map options of the variants.",
            )
        current = self._move_options(attributes)
        known = {str(plain(a.get("name"))) for a in current if a.get("variation")}
        new = sorted({name for options in used for name in options} - known)
        if known and new:
            raise Refused(
                f"The product has the options {', '.join(sorted(known))} in the shop, and {new[0]} "
                "is not one: its variations would be for any value of it.",
                field="variants.options",
                value=new[0],
                remedy="Add the option to the product and its variations in the shop, or take it "
                "out of the source.",
            )
        used += self._said().values()
        added = attributes.bodies(current, self.work.values.get("options"), used)
        if added is not None or current is not self._attributes:
            self.body["attributes"] = current = current if added is None else added
        ordered, kept = in_order(current, self.work.values.get("options"))
        if ordered is not None:
            self.body["attributes"] = ordered
        if kept:
            self.work.note = _KEPT.format(", ".join(kept))

    def _said(self) -> dict[str, Mapping[str, str]]:
        """Variant's id → the options that a variation which is there is given."""
        return {
            self.bound[key]: values["options"] or {}
            for key, values in self._elements.items()
            if values is not None and key in self.bound and "options" in values
        }

    def _move_options(self, attributes: Attributes) -> Sequence[Row]:
        """The product's attributes once options of its variations are others."""
        assert self.family is not None
        said = self._said()
        if not said:
            return self._attributes
        held = held_options(self.family, self.product, self._unit)
        made = moved(held, said, self._attributes, attributes)
        return self._attributes if made is None else made

    def take(self, outcome: Outcome) -> None:
        if isinstance(outcome, GatewayError):
            self.work.fail(outcome)
        elif outcome.get("attributes"):
            self._attributes = outcome["attributes"]

    def updates(self) -> list[Body]:
        bodies: list[Body] = []
        for key, values in self._elements.items():
            parts = split_id(self.bound.get(key, ""))
            if values is not None and parts is not None and parts[1] is not None:
                body = variant_body(values, self._unit)
                if values.get("options"):
                    body["attributes"] = of_variation(values["options"], self._attributes)
                if body:
                    bodies.append({"id": parts[1], **body})
        return bodies

    def new(self) -> dict[str, Body]:
        return {
            key: {
                **marked(variant_body(values, self._unit), self.work.op.key),
                "attributes": of_variation(values.get("options") or {}, self._attributes),
            }
            for key, values in self._unbound().items()
        }

    def gone(self) -> list[int]:
        """Elements whose fields are None: the mapping owns the list and the source lost them."""
        ids = []
        for key, values in self._elements.items():
            parts = split_id(self.bound.get(key, key))
            if values is None and parts is not None and parts[1] is not None:
                ids.append(parts[1])
                self.bound.pop(key, None)
        return ids

    def fail_first(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, GatewayError):
                self.work.fail(outcome)

    def conclude(self) -> None:
        if self._elements:
            self.work.children["variants"] = self.bound


def _needs_current(work: Work) -> bool:
    """Whether the change depends on what is there: variations, options, known images."""
    return bool({"variants", "options", "images"} & set(work.values))


def _key_of(options: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((str(name), str(value)) for name, value in options.items())
