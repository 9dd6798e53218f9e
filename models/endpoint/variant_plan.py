"""What a product's values ask for: options, variants, prices. Checked before any write."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product as cartesian
from math import prod

from ...lib.errors import Refused
from ...lib.extras import additive
from .options import combination, plain_options
from .pricing import not_additive

#: Odoo's own limit for variants made at once; above it they are made on demand.
MOST_VARIANTS = 1000


@dataclass(slots=True)
class Element:
    """One variant as given: `options` is None where they are not among the values."""

    key: str | None
    options: dict | None
    values: dict
    price: Decimal | None


@dataclass(slots=True)
class Plan:
    """One product to create. `extras` are by (option, value); `fixed` are prices by element."""

    op: object
    options: dict
    elements: list
    list_price: Decimal | None = None
    extras: dict = field(default_factory=dict)
    fixed: list = field(default_factory=list)

    @property
    def mode(self):
        """All combinations: Odoo makes variants by itself; else only those that the shop has."""
        return "always" if self._covers_everything() else "dynamic"

    def _covers_everything(self):
        return len(self.elements) == prod(len(values) for values in self.options.values())


def elements_of(values):
    """[`Element`] of the nested list «variants»; those to be removed are left out."""
    return [
        Element(
            key,
            combination(fields["options"]) if "options" in fields else None,
            {n: v for n, v in fields.items() if n not in ("id", "options", "price")},
            fields.get("price"),
        )
        for key, fields in (values.get("variants") or {}).items()
        if fields is not None
    ]


def plan_create(op, may_fix_prices):
    """The `Plan` of a create; raises Refused where the values can't be a product."""
    elements = elements_of(op.values)
    options = plain_options(op.values.get("options"))
    for element in elements:
        element.options = element.options or {}
        for name, value in element.options.items():
            if value not in options.setdefault(name, []):
                options[name].append(value)
    name = op.values.get("name") or ""
    _refuse_incomplete(name, elements, options)
    if not elements:
        elements = _every_combination(options)
    refuse_doubles(name, elements)
    plan = Plan(op, options, elements)
    _plan_prices(plan, name, may_fix_prices)
    return plan


def refuse_doubles(name, elements):
    """No two variants of a product have the same options, SKU or barcode."""
    combinations = [
        " / ".join(e.options.values()) or "(no options)" for e in elements if e.options is not None
    ]
    _refuse_repeated(name, "options", combinations)
    for column, word in (("default_code", "SKU"), ("barcode", "barcode")):
        _refuse_repeated(name, word, [e.values[column] for e in elements if e.values.get(column)])


def _refuse_repeated(name, word, values):
    repeated = [value for value, times in Counter(values).items() if times > 1]
    if repeated:
        raise Refused(
            f"Several variants of «{name}» have the same {word}: {', '.join(sorted(repeated))}",
            field="variants",
            value=repeated[0],
            remedy=f"Give each variant its own {word} in the shop, then retry.",
        )


def _refuse_incomplete(name, elements, options):
    for element in elements:
        missing = [option for option in options if not element.options.get(option)]
        if missing:
            raise Refused(
                f"A variant of «{name}» has no value for {', '.join(missing)}",
                field="variants.options",
                value=element.key,
                remedy="Give it a value for each option in the shop, then retry.",
            )


def _every_combination(options):
    if not options or prod(len(values) for values in options.values()) > MOST_VARIANTS:
        return []
    return [
        Element(None, dict(zip(options, values, strict=True)), {}, None)
        for values in cartesian(*options.values())
    ]


def _plan_prices(plan, name, may_fix_prices):
    """The lowest variant price is the list price; what is above it goes to the option values."""
    priced = [e for e in plan.elements if e.price is not None]
    if not priced:
        return
    lowest = min(range(len(priced)), key=lambda n: priced[n].price)
    plan.list_price = priced[lowest].price
    found = additive([(tuple(e.options.items()), e.price) for e in priced], lowest)
    if found:
        plan.extras = found[1]
    elif may_fix_prices:
        plan.fixed = [e for e in priced if e.price != plan.list_price]
    else:
        told = [(" / ".join(e.options.values()), e.price) for e in priced]
        raise not_additive(name, told)
