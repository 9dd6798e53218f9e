"""Options that became others at the source: what a product's attributes are then, before its
variations take their values.

A rename makes it another attribute of this product: the shop's global attributes are those of all
its products. One that no variation needs any more stays on the product, where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import Refused
from ....options import Change, compare
from ..client import Row
from ..scalars import variant_id
from ..shapes_product import Family, variant
from .attributes import Attributes, body_of

Options = Mapping[str, str]


def held_options(family: Family, product: int, unit: str) -> dict[str, dict[str, str]]:
    """Variant's id → its options in the shop."""
    return {
        str(variant_id(product, row["id"])): dict(variant(family, row, unit)["options"])
        for row in family.variations
    }


def moved(
    held: Mapping[str, Options],
    said: Mapping[str, Options],
    current: Sequence[Row],
    attributes: Attributes,
) -> list[dict[str, Any]] | None:
    """The product's attributes, None where they stay. Raises Refused where a variation would be
    left for any value, or be the same as another."""
    change = compare(held, said)
    if change.renamed or change.added or change.dropped:
        _refuse(change, held, said)
    elif all(value == old for (_name, old), value in change.values.items()):
        return None
    bodies = [body_of(item) for item in current if isinstance(item, Mapping)]
    made = [_made(body, change, held, said, attributes) for body in bodies]
    return None if made == bodies else _merged(made)


def _refuse(change: Change, held: Mapping[str, Options], said: Mapping[str, Options]) -> None:
    name = [*change.renamed, *change.added, *change.dropped][0]
    silent = sorted(set(held) - set(said))
    if silent:
        raise Refused(
            f"The option {name} was changed in Odoo, and the product has variations in the shop "
            "that Odoo does not know or says nothing of: they would be for any value.",
            field="variants.options",
            value=silent[0],
            remedy="Sync those variations first, or make the change in the shop, then retry.",
        )
    told = [frozenset(options.items()) for options in said.values()]
    if change.dropped and (len(set(told)) < len(told) or not all(told)):
        raise Refused(
            f"Without the option {change.dropped[0]} the product's variations in the shop would "
            "not be told apart.",
            field="variants.options",
            value=change.dropped[0],
            remedy="Delete the variations that are not sold any more in the shop, then retry.",
        )


def _made(
    body: dict[str, Any],
    change: Change,
    held: Mapping[str, Options],
    said: Mapping[str, Options],
    attributes: Attributes,
) -> dict[str, Any]:
    name = body["name"]
    if not body["variation"]:
        return body
    if name in change.dropped:
        return {**body, "variation": False}
    staying = {options.get(name) for key, options in held.items() if key not in said}
    staying |= {options.get(name) for options in said.values()}
    new = [
        value if value in staying else change.values.get((name, value), value)
        for value in body["options"]
    ]
    made = {**body, "options": list(dict.fromkeys(new))}
    if name not in change.renamed:
        return made
    made = {key: value for key, value in made.items() if key != "id"}
    id_ = attributes.global_id(change.renamed[name])
    made["name"] = change.renamed[name]
    return made if id_ is None else {"id": id_, **made}


def _merged(bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """No name twice: the product may have shown the new one already."""
    found: dict[str, dict[str, Any]] = {}
    for body in bodies:
        there = found.setdefault(body["name"], body)
        if there is not body:
            there["options"] = list(dict.fromkeys([*there["options"], *body["options"]]))
            there["variation"] = there["variation"] or body["variation"]
    return list(found.values())
