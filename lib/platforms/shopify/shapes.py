"""Nodes of an answer → the flat fields of a record, except orders.

Fields that the answer lacks (denied, not asked for) are absent in the record too. Lists that came
with a connection are plain lists; whoever calls has completed them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ...tags import tag_set
from .scalars import kilograms, moment, number

Node = Mapping[str, Any]
Fields = dict[str, Any]


def copied(node: Node, names: Iterable[str], convert: Callable[[Any], Any] | None = None) -> Fields:
    """Those of `names` that the node has."""
    if convert is None:
        return {name: node[name] for name in names if name in node}
    return {name: convert(node[name]) for name in names if name in node}


def nodes(connection: Any) -> list[Node]:
    """The nodes of a connection, or of a plain list; null ones are left out."""
    items = connection.get("nodes") if isinstance(connection, Mapping) else connection
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def id_of(node: Any) -> Any:
    """The id of a node that stands in another one; None where there is none."""
    return node.get("id") if isinstance(node, Mapping) else None


def category(node: Node) -> Fields:
    return {
        **copied(node, ("id", "legacyResourceId", "title", "handle", "descriptionHtml")),
        **copied(node, ("sortOrder", "seo")),
        **copied(node, ("updatedAt",), moment),
    }


_PRODUCT = (
    "id",
    "legacyResourceId",
    "title",
    "handle",
    "descriptionHtml",
    "vendor",
    "productType",
    "status",
    "seo",
)


def product(node: Node) -> Fields:
    """A product with its `options`, `variants` (as `variant`), the ids of its `collections`, its
    `images` in order with the name of the first one (`image`) and those of the others that no
    variant shows (`furtherImages`), and its `metafields` by namespace and key."""
    fields = {**copied(node, _PRODUCT), **copied(node, ("createdAt", "updatedAt"), moment)}
    if "tags" in node:
        fields["tags"] = tag_set(node["tags"] or ())
    if "options" in node:
        fields["options"] = [
            copied(option, ("id", "name", "position", "values"))
            for option in nodes(node["options"])
        ]
    if "variants" in node:
        fields["variants"] = [variant(item) for item in nodes(node["variants"])]
    if "collections" in node:
        fields["collections"] = [item.get("id") for item in nodes(node["collections"])]
    if "media" in node:
        fields.update(_with_first(images(node["media"])))
    if "media" in node and "variants" in node:
        of_variants = {item.get("imageId") for item in fields["variants"]}
        fields["furtherImages"] = [
            one["key"] for one in fields["images"][1:] if one.get("id") not in of_variants
        ]
    if "metafields" in node:
        fields["metafields"] = metafields(node["metafields"])
    return fields


def images(media: Any) -> list[Fields]:
    """The images among the media, in order, `position` among all of these from 1. `key` names the
    image and its version, `name` is the file's; one that the shop has not taken in yet has no
    `url`, nor has one that `failed`."""
    found: list[Fields] = []
    for position, item in enumerate(nodes(media), 1):
        if item.get("__typename", "MediaImage") != "MediaImage":
            continue
        image = item["image"] if isinstance(item.get("image"), Mapping) else {}
        url = image.get("url")
        found.append(
            {
                **copied(item, ("id", "alt", "mimeType")),
                "key": image_key(item.get("id"), url),
                "url": url,
                "name": _file_name(url),
                "failed": item.get("status") == "FAILED",
                "width": image.get("width"),
                "height": image.get("height"),
                "position": position,
            }
        )
    return found


def image_key(id_: Any, url: Any) -> str:
    """`id@version`: the address says when the file was changed last, `?v=1700000000`. Without an
    address there is no version yet."""
    if not url:
        return f"{id_}@"
    version = parse_qs(urlsplit(str(url)).query).get("v", [_file_name(url)])
    return f"{id_}@{version[0]}"


def _file_name(url: Any) -> str | None:
    return str(url).partition("?")[0].rpartition("/")[2] if url else None


def _with_first(found: list[Fields]) -> Fields:
    return {"images": found, "image": found[0]["key"] if found else None}


def metafields(held: Any) -> Fields:
    """namespace → key → value, as text whatever its type. A value with references holds ids."""
    found: dict[str, Fields] = {}
    for item in nodes(held):
        space = found.setdefault(str(item.get("namespace")), {})
        space[str(item.get("key"))] = item.get("value")
    return dict(found)


def variant(node: Node) -> Fields:
    """A variant: prices as Decimal, `options` as name → value, `inventoryItem` with kilograms."""
    fields = {
        **copied(
            node, ("id", "legacyResourceId", "title", "sku", "barcode", "position", "taxable")
        ),
        **copied(node, ("price", "compareAtPrice"), number),
        **copied(node, ("createdAt", "updatedAt"), moment),
        **copied(node, ("product",)),
    }
    if "selectedOptions" in node:
        fields["options"] = {o.get("name"): o.get("value") for o in nodes(node["selectedOptions"])}
    if isinstance(node.get("inventoryItem"), Mapping):
        fields["inventoryItem"] = _item(node["inventoryItem"])
    if "media" in node:
        fields["imageId"] = id_of(next(iter(nodes(node["media"])), None))
    return fields


def own_variant(node: Node) -> Fields:
    """A variant by itself, with its image (`image`, `images`); in a product that one tells it."""
    fields = variant(node)
    if fields.pop("imageId", "") != "":
        fields.update(_with_first(images(node["media"])))
    return fields


def _item(node: Node) -> Fields:
    fields = copied(node, ("id", "tracked", "requiresShipping"))
    if "unitCost" in node:
        cost = node["unitCost"]
        fields["unitCost"] = number(cost.get("amount")) if isinstance(cost, Mapping) else None
    if "measurement" in node:
        measurement = node["measurement"]
        weight = measurement.get("weight") if isinstance(measurement, Mapping) else None
        fields["weight"] = kilograms(weight)
    return fields


def price(node: Node) -> Fields:
    return {
        **copied(node, ("id", "sku", "product")),
        **copied(node, ("price", "compareAtPrice"), number),
        **copied(node, ("updatedAt",), moment),
    }


def market_price(node: Node) -> Fields:
    """Of a variant, without its prices in the lists (`price_lists.PriceLists.filled`)."""
    return copied(node, ("id", "sku", "product"))


_CUSTOMER = (
    "id",
    "legacyResourceId",
    "firstName",
    "lastName",
    "displayName",
    "note",
    "tags",
    "taxExempt",
    "state",
    "locale",
)


def customer(node: Node) -> Fields:
    """A customer; `email` and `phone` are flat, addresses plain with `countryCode`."""
    fields = {**copied(node, _CUSTOMER), **copied(node, ("createdAt", "updatedAt"), moment)}
    for name, source, inner in (
        ("email", "defaultEmailAddress", "emailAddress"),
        ("emailConsent", "defaultEmailAddress", "marketingState"),
        ("phone", "defaultPhoneNumber", "phoneNumber"),
    ):
        if source in node:
            held = node[source]
            fields[name] = held.get(inner) if isinstance(held, Mapping) else None
    if "defaultAddress" in node:
        fields["defaultAddress"] = address(node["defaultAddress"])
    if "addressesV2" in node:
        fields["addresses"] = [address(item) for item in nodes(node["addressesV2"])]
    if "companyContactProfiles" in node:
        fields["companies"] = [
            {
                **copied(item, ("isMainContact", "title")),
                **copied(item.get("company") or {}, ("id", "name", "externalId")),
            }
            for item in nodes(node["companyContactProfiles"])
        ]
    return fields


_ADDRESS = (
    "id",
    "firstName",
    "lastName",
    "name",
    "company",
    "address1",
    "address2",
    "zip",
    "city",
    "province",
    "provinceCode",
    "country",
    "phone",
)


def address(node: Any) -> Any:
    if not isinstance(node, Mapping):
        return None
    fields = copied(node, _ADDRESS)
    if "countryCodeV2" in node:
        fields["countryCode"] = node["countryCodeV2"]
    return fields


def level(node: Node, item: Node | None = None) -> Fields:
    """One inventory level: `item`, `variant` and `location` are gids, quantities by their names.

    `updatedAt` is the latest of the level's, its quantities' and its item's own.
    """
    item = item or node.get("item") or {}
    variants = nodes(item.get("variants"))
    location = node.get("location")
    fields: Fields = {
        **copied(node, ("id",)),
        "item": item.get("id"),
        "variant": variants[0].get("id") if variants else None,
        "location": location.get("id") if isinstance(location, Mapping) else None,
        **copied(item, ("sku", "tracked")),
    }
    times = [moment(node.get("updatedAt")), moment(item.get("updatedAt"))]
    for quantity in nodes(node.get("quantities")):
        fields[str(quantity.get("name"))] = quantity.get("quantity")
        times.append(moment(quantity.get("updatedAt")))
    known = [time for time in times if hasattr(time, "tzinfo")]
    fields["updatedAt"] = max(known) if known else None
    return fields
