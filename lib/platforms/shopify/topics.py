"""The topics of webhooks, and how each body names its records. Bodies are REST resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...endpoint import Matter
from .scalars import gid

Fields = Mapping[str, Any]
#: Body → the ids it is about; none where it does not say.
Ids = Callable[[Fields], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a topic is about. `needs` are keys that its body has and others have not, `lacks` keys
    that only others have: headers are not signed, so a body of another topic must not pass for
    this one."""

    entity: str
    ids: Ids
    deleted: bool = False
    matter: Matter = "changed"
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    of_all: bool = False  # it names nobody: the whole shop is meant
    subscribes: bool = True  # else the app's own settings at Shopify do


def _own(kind: str) -> Ids:
    def ids(fields: Fields) -> Sequence[str]:
        known = fields.get("admin_graphql_api_id")
        if isinstance(known, str) and known.startswith("gid://"):
            return [known]
        return [gid(kind, fields["id"])] if fields.get("id") is not None else []

    return ids


def _order(fields: Fields) -> Sequence[str]:
    """The order that a refund, fulfillment, transaction, return or edit belongs to."""
    inner = fields.get("order_edit") or fields.get("order")
    if isinstance(inner, Mapping):
        id_ = inner.get("order_id") or inner.get("id")
    else:
        id_ = fields.get("order_id")
    return [gid("Order", id_)] if isinstance(id_, int) else []


def _level(fields: Fields) -> Sequence[str]:
    """A level has no gid in the body: «item gid|location gid», which `fetch` understands."""
    item, location = fields.get("inventory_item_id"), fields.get("location_id")
    if item is None or location is None:
        return []
    return [f"{gid('InventoryItem', item)}|{gid('Location', location)}"]


def _variants(fields: Fields) -> Sequence[str]:
    """All variants of a product; `variants` holds the first hundred only."""
    told = fields.get("variant_gids") or fields.get("variants")
    rows = [row for row in told if isinstance(row, Mapping)] if isinstance(told, list) else []
    own = _own("ProductVariant")
    return [id_ for row in rows for id_ in own(row)]


def _person(fields: Fields) -> Sequence[str]:
    customer = fields.get("customer")
    id_ = customer.get("id") if isinstance(customer, Mapping) else None
    return [gid("Customer", id_)] if id_ is not None else []


def _orders(name: str) -> Ids:
    """The orders of the person that a privacy request is about, those without an account too."""

    def ids(fields: Fields) -> Sequence[str]:
        told = fields.get(name)
        return (
            [gid("Order", one) for one in told if isinstance(one, int)]
            if isinstance(told, list)
            else []
        )

    return ids


def _nobody(_fields: Fields) -> Sequence[str]:
    return ()


_COLLECTION, _PRODUCT = _own("Collection"), _own("Product")
_CUSTOMER, _ORDER = _own("Customer"), _own("Order")
_PRIVACY = ("shop_domain",)
_ASKED, _ERASED = ("data_request", "orders_requested"), ("orders_to_redact",)
_NAMED = ("customer", *_ASKED, *_ERASED)

#: A topic may be about records of several entities.
TOPICS: Mapping[str, tuple[Topic, ...]] = {
    "collections/create": (Topic("category", _COLLECTION),),
    "collections/update": (Topic("category", _COLLECTION),),
    "collections/delete": (Topic("category", _COLLECTION, deleted=True),),
    **{
        name: (
            Topic("product", _PRODUCT),
            Topic("variant", _variants),
            Topic("price", _variants),
        )
        for name in ("products/create", "products/update")
    },
    "products/delete": (Topic("product", _PRODUCT, deleted=True),),
    "customers/create": (Topic("customer", _CUSTOMER),),
    "customers/update": (Topic("customer", _CUSTOMER),),
    "customers/delete": (Topic("customer", _CUSTOMER, deleted=True),),
    "orders/create": (Topic("order", _ORDER),),
    "orders/updated": (Topic("order", _ORDER),),
    "orders/delete": (Topic("order", _ORDER, deleted=True),),
    "orders/edited": (Topic("order", _order),),
    "refunds/create": (Topic("order", _order),),
    "fulfillments/create": (Topic("order", _order),),
    "fulfillments/update": (Topic("order", _order),),
    "order_transactions/create": (Topic("order", _order),),
    "inventory_levels/connect": (Topic("stock", _level),),
    "inventory_levels/update": (Topic("stock", _level),),
    "inventory_levels/disconnect": (Topic("stock", _level, deleted=True),),
    "app/uninstalled": (
        Topic("", _nobody, matter="disconnected", needs=("myshopify_domain",), of_all=True),
    ),
    "customers/redact": (
        Topic("customer", _person, matter="forget", needs=_PRIVACY, lacks=_ASKED, subscribes=False),
        Topic(
            "order",
            _orders("orders_to_redact"),
            matter="forget",
            needs=_PRIVACY,
            lacks=_ASKED,
            subscribes=False,
        ),
    ),
    "customers/data_request": (
        Topic(
            "customer", _person, matter="disclose", needs=_PRIVACY, lacks=_ERASED, subscribes=False
        ),
        Topic(
            "order",
            _orders("orders_requested"),
            matter="disclose",
            needs=_PRIVACY,
            lacks=_ERASED,
            subscribes=False,
        ),
    ),
    "shop/redact": (
        Topic(
            "customer",
            _nobody,
            matter="forget",
            needs=_PRIVACY,
            lacks=_NAMED,
            of_all=True,
            subscribes=False,
        ),
    ),
}
#: Those that the client subscribes to; the privacy topics are set in the app itself.
SUBSCRIBED = [name for name, topics in TOPICS.items() if topics[0].subscribes]


def named(header: str) -> str:
    """The topic's name, whichever way it is written: `PRODUCTS_UPDATE`, `products/update`."""
    lower = header.strip().lower()
    return _BY_ENUM.get(lower, lower)


_BY_ENUM = {name.replace("/", "_"): name for name in TOPICS}
