"""Options of products as WooCommerce keeps them: attributes of the product, global or its own.

A product's attributes are replaced as a list, and what is left out vanishes from its variations as
well: so what is there is always sent again, and only added to (renamed ones: `option_moves`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....ordering import arranged, orders
from ..client import Client, Row
from ..routes import API
from ..scalars import plain
from ..shapes import rows
from ..shapes_product import ANY

_PATH = f"{API}/products/attributes"
Options = Mapping[str, str]


class Attributes:
    """The shop's global attributes, asked once a write: a variation needs the id of those."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ids: dict[str, int] | None = None

    def bodies(
        self, held: Sequence[Row], given: Any, used: Sequence[Options]
    ) -> list[dict[str, Any]] | None:
        """The product's attributes with all values that `used` needs; None when they are there.

        `given` is the mapping's `options`, for their order; it adds no value that nothing uses.
        """
        wanted = _wanted(given, used)
        bodies = [body_of(item) for item in rows(list(held))]
        by_name = {str(body["name"]): body for body in bodies}
        changed = False
        for name, values in wanted.items():
            body = by_name.get(name)
            if body is None:
                body = self._new(name, len(bodies))
                bodies.append(body)
                changed = True
            missing = [value for value in values if value not in body["options"]]
            if missing or not body["variation"]:
                body["options"] = [*body["options"], *missing]
                body["variation"] = changed = True
        return bodies if changed else None

    def _new(self, name: str, position: int) -> dict[str, Any]:
        body = {
            "name": name,
            "position": position,
            "visible": True,
            "variation": True,
            "options": [],
        }
        id_ = self.global_id(name)
        return body if id_ is None else {"id": id_, **body}

    def global_id(self, name: str) -> int | None:
        """The shop's global attribute of this name."""
        return self._global().get(name)

    def _global(self) -> Mapping[str, int]:
        if self._ids is None:
            # This list is never cut into pages, and takes no order.
            found = rows(self._client.get(_PATH))
            self._ids = {str(plain(row.get("name"))): row["id"] for row in found}
        return self._ids


def of_variation(options: Options, attributes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A variation's `attributes`: by id where the product's is global, by name where it is its own;
    what is left out stands for all values."""
    ids = {str(plain(item.get("name"))): item.get("id") for item in attributes}
    return [
        {**({"id": ids[name]} if ids.get(name) else {"name": name}), "option": value}
        for name, value in options.items()
        if value != ANY
    ]


def in_order(held: Sequence[Row], given: Any) -> tuple[list[dict[str, Any]] | None, list[str]]:
    """The product's attributes in the order of `given`, None where they are; and those whose values
    stay in another one. A global attribute keeps one order of its values for all products."""
    wanted = orders(given or ())
    bodies = sorted((body_of(item) for item in rows(list(held))), key=lambda one: one["position"])
    telling = {body["name"]: body for body in bodies if body["variation"]}
    rest = iter(arranged(list(telling), list(wanted)))
    made = [telling[next(rest)] if body["variation"] else body for body in bodies]
    if made != bodies:
        made = [{**body, "position": place} for place, body in enumerate(made)]
    kept = []
    for place, body in enumerate(made):
        values = arranged(body["options"], wanted.get(body["name"], ()))
        if values != body["options"] and body["variation"]:
            if body.get("id"):
                kept.append(body["name"])
            else:
                made[place] = {**body, "options": values}
    return (None if made == bodies else made), kept


def _wanted(given: Any, used: Sequence[Options]) -> dict[str, list[str]]:
    needed: dict[str, dict[str, None]] = {}
    for options in used:
        for name, value in options.items():
            values = needed.setdefault(str(name), {})
            if value != ANY:
                values[str(value)] = None
    wanted: dict[str, list[str]] = {}
    for option in rows(list(given or ())):
        name = str(option.get("name"))
        if name in needed:
            told = [str(value) for value in option.get("values") or ()]
            wanted[name] = [value for value in told if value in needed[name]]
    for name, used_values in needed.items():
        held = wanted.setdefault(name, [])
        held += [value for value in used_values if value not in held]
    return wanted


def body_of(item: Row) -> dict[str, Any]:
    """An attribute of a product as it is sent again."""
    body = {
        "name": str(plain(item.get("name"))),
        "position": item.get("position") or 0,
        "visible": bool(item.get("visible")),
        "variation": bool(item.get("variation")),
        "options": [plain(option) for option in item.get("options") or ()],
    }
    return {"id": item["id"], **body} if item.get("id") else body
