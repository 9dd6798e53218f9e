"""Shopify: Admin GraphQL 2026-10."""

from __future__ import annotations

from ..platform import Credential, Platform, Setting
from .connect import connect
from .entities import ENTITIES

PLATFORM = Platform(
    name="shopify",
    label="Shopify",
    connect=connect,
    entities=tuple(ENTITIES),
    entity_infos=ENTITIES,
    credential_form=(
        Credential(
            "shop",
            "Shop address",
            help="The shop's permanent address, not its storefront's domain.",
            placeholder="example.myshopify.com",
        ),
        Credential(
            "access_token",
            "Admin API access token",
            secret=True,
            required=False,
            help="Of a custom app made before 2026. Leave empty for an app of the Dev Dashboard.",
            placeholder="shpat_…",
        ),
        Credential(
            "client_id",
            "Client ID",
            required=False,
            help="Dev Dashboard → the app → Settings. Access tokens are fetched with it.",
        ),
        Credential(
            "client_secret",
            "Client secret",
            secret=True,
            required=False,
            help="Dev Dashboard → the app → Settings. Also verifies webhooks.",
        ),
    ),
    one_of=(("access_token", "client_id"),),
    addresses=("base_url", "shop"),
    settings=(
        Setting(
            "base_url",
            "Address to call instead",
            help="Only for the demo shop that make demo starts, or your own proxy, with any "
            "….myshopify.com name as shop address; http is taken on this machine only.",
        ),
        Setting(
            "bulk_above",
            "Bulk operations from … records on",
            type="integer",
            default=5000,
            help="A full read of at least so many records goes by one of Shopify's bulk "
            "operations, which takes a few minutes to begin and none of the shop's cost budget. "
            "0: never.",
        ),
    ),
    mappings="shopify",
    docs="docs/platforms/shopify.md",
)
