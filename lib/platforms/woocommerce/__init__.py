"""WooCommerce: REST API wc/v3, WooCommerce 8.5 to 11."""

from __future__ import annotations

from ..platform import Choice, Credential, Platform, Setting
from .connect import connect
from .entities import ENTITIES

_PLACE = "WooCommerce → Settings → Advanced → REST API → Add key"

PLATFORM = Platform(
    name="woocommerce",
    label="WooCommerce",
    connect=connect,
    entities=tuple(ENTITIES),
    entity_infos=ENTITIES,
    credential_form=(
        Credential(
            "url",
            "Shop address",
            help="The address of the shop's home page. WordPress must have any permalink structure "
            "but Plain.",
            placeholder="https://shop.example.com",
        ),
        Credential(
            "consumer_key",
            "Consumer key",
            help=f"{_PLACE}, of a shop manager, with the permission Read/Write.",
            placeholder="ck_…",
        ),
        Credential(
            "consumer_secret",
            "Consumer secret",
            secret=True,
            help=f"{_PLACE}. It is shown once, beside the consumer key.",
            placeholder="cs_…",
        ),
    ),
    addresses=("url",),
    settings=(
        Setting(
            "auth",
            "Way of signing in",
            type="choice",
            default="auto",
            help="auto: basic over https, OAuth over http. query: for a server that drops the "
            "Authorization header.",
            choices=(
                Choice("auto", "Automatic"),
                Choice("basic", "Basic"),
                Choice("query", "Keys in the query"),
                Choice("oauth", "OAuth 1.0a"),
            ),
        ),
        Setting(
            "weight_unit",
            "Unit of weight",
            type="choice",
            default="kg",
            help="As in WooCommerce → Settings → Products: kg, g, lbs or oz.",
            choices=(
                Choice("kg", "kg"),
                Choice("g", "g"),
                Choice("lbs", "lbs"),
                Choice("oz", "oz"),
            ),
        ),
        Setting(
            "order_notes",
            "Read order notes",
            type="boolean",
            help="yes: notes come with each order, at one more call an order.",
        ),
        Setting(
            "allow_http",
            "Allow http",
            type="boolean",
            help="yes: a shop without https is called all the same. On this machine it always is.",
        ),
    ),
    mappings="woocommerce",
    docs="docs/platforms/woocommerce.md",
)
