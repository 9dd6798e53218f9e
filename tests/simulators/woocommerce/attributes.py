"""Attributes: global ones (taxonomies with terms) and a product's own."""

from __future__ import annotations

from typing import Any

from .store import Row
from .texts import encoded, slug, stripped


def take_attributes(shop: Any, row: Row, given: Any) -> None:
    """The list replaces what was there; an attribute that is left out goes from the variations."""
    kept = []
    for position, item in enumerate(given or ()):
        attribute = _global(shop, item)
        options = [stripped(option) for option in item.get("options") or ()]
        name = attribute["name"] if attribute else stripped(item.get("name"))
        if attribute:
            for option in options:
                term(shop, attribute["id"], option)
        kept.append(
            {
                "id": attribute["id"] if attribute else 0,
                "name": name,
                "slug": attribute["slug"] if attribute else slug(name),
                "position": item.get("position", position),
                "visible": bool(item.get("visible", False)),
                "variation": bool(item.get("variation", False)),
                "options": options,
            }
        )
    row["attributes"] = kept
    names = {item["name"] for item in kept}
    for variation in shop.store.rows("variations"):
        if variation["parent"] == row["id"]:
            variation["attributes"] = [a for a in variation["attributes"] if a["name"] in names]


def take_options(shop: Any, row: Row, parent: Row, given: Any) -> None:
    """A variation's attributes. One of a global attribute needs its id: by name it is dropped."""
    kept = []
    for item in given or ():
        known = next((a for a in parent["attributes"] if _is_it(a, item)), None)
        if known is None or (known["id"] and not item.get("id")):
            continue
        option = stripped(item.get("option"))
        if known["id"]:
            found = find_term(shop, known["id"], option)
            option = found["name"] if found else slug(option)
        if option:
            kept.append({"id": known["id"], "name": known["name"], "option": option})
    row["attributes"] = kept


def _is_it(attribute: Row, item: dict[str, Any]) -> bool:
    if item.get("id"):
        return bool(attribute["id"] == item["id"])
    return attribute["name"].casefold() == stripped(item.get("name")).casefold()


def _global(shop: Any, item: dict[str, Any]) -> Row | None:
    return shop.store.get("attributes", item["id"]) if item.get("id") else None


def find_term(shop: Any, attribute: int, name: str) -> Row | None:
    for row in shop.store.rows("terms"):
        if row["attribute"] == attribute and name.casefold() in (
            row["name"].casefold(),
            row["slug"],
        ):
            return row
    return None


def term(shop: Any, attribute: int, name: str) -> Row:
    """The term of this name, made where there is none."""
    found = find_term(shop, attribute, name)
    if found is not None:
        return found
    return shop.store.add(
        "terms", "terms", {"attribute": attribute, "name": name, "slug": slug(name)}
    )


def shown_attributes(shop: Any, row: Row) -> list[dict[str, Any]]:
    return [shown_attribute(shop, item, "parent" in row) for item in row["attributes"]]


def shown_attribute(shop: Any, item: Row, of_variation: bool) -> dict[str, Any]:
    name = encoded(item["name"])
    if of_variation:
        told = {"id": item["id"], "name": name}
        if shop.settings.since(8):
            known = shop.store.get("attributes", item["id"]) if item["id"] else None
            told["slug"] = known["slug"] if known else slug(item["name"])
        return {**told, "option": encoded(item["option"])}
    options = _in_order(shop, item)
    return {**item, "name": name, "options": [encoded(option) for option in options]}


def _in_order(shop: Any, item: Row) -> list[str]:
    """Those of a global attribute in the order of its terms, whatever a product was given."""
    if not item["id"]:
        return list(item["options"])
    terms = [row for row in shop.store.rows("terms") if row["attribute"] == item["id"]]
    terms.sort(key=lambda row: (row.get("menu_order", 0), row["id"]))
    places = {row["name"].casefold(): place for place, row in enumerate(terms)}
    return sorted(item["options"], key=lambda one: places.get(one.casefold(), len(places)))
