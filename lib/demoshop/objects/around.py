"""Money, counts, pages, the shop itself and the app installation: small types without a table."""

from __future__ import annotations

from typing import Any

from ..fields import Args, field, stored
from ..ids import gid, number
from ..money import as_decimal_scalar
from ..official import VERSION
from ..request import Request
from ..store import Rec

stored("PageInfo", "hasNextPage hasPreviousPage startCursor endCursor")
stored("Count", "count precision")
stored("AccessScope", "handle description")
stored("Domain", "host url sslEnabled")
stored("Job", "id done")
stored("Weight", "value unit")
stored("Attribute", "key value")
stored("ApiVersion", "handle displayName supported")
stored("SEO", "title description")
stored("ShopPlan", "shopifyPlus partnerDevelopment publicDisplayName")
stored("Metafield", "id namespace key value type createdAt updatedAt")
stored("PricingPercentageValue", "percentage")

#: Any of these types may be asked for its numeric id.
LEGACY = (
    "Product",
    "ProductVariant",
    "Order",
    "Customer",
    "InventoryItem",
    "Location",
    "Collection",
    "Fulfillment",
    "Refund",
    "WebhookSubscription",
    "Metafield",
)


def _legacy(source: Rec, _args: Args, _request: Request) -> str:
    return str(number(source["id"]))


for _kind in LEGACY:
    field(_kind, "legacyResourceId")(_legacy)


# An amount is kept as text in the shop's currency, or as a record of both (`money.presented`);
# MoneyBag and MoneyV2 are views of it.
@field("MoneyBag", "shopMoney")
def shop_money(source: Any, _args: Args, _request: Request) -> Any:
    return source["shop"] if isinstance(source, dict) else source


@field("MoneyBag", "presentmentMoney")
def presentment_money(source: Any, _args: Args, _request: Request) -> Any:
    if not isinstance(source, dict):
        return source
    return {"amount": source["presentment"], "currencyCode": source["currency"]}


@field("MoneyV2", "amount")
def amount(source: Any, _args: Args, _request: Request) -> str:
    return as_decimal_scalar(source["amount"] if isinstance(source, dict) else source)


@field("MoneyV2", "currencyCode")
def currency(source: Any, _args: Args, request: Request) -> str:
    own = source.get("currencyCode") if isinstance(source, dict) else None
    return str(own or request.settings.currency)


stored(
    "Shop",
    "id name email contactEmail myshopifyDomain currencyCode ianaTimezone taxesIncluded weightUnit "
    "taxShipping primaryDomain url createdAt updatedAt setupRequired enabledPresentmentCurrencies "
    "orderNumberFormatPrefix orderNumberFormatSuffix plan shopOwnerName unitSystem",
)


@field("QueryRoot", "shop")
def shop(_source: Any, _args: Args, request: Request) -> Rec:
    settings = request.settings
    url = f"https://{settings.domain}"
    return {
        "id": gid("Shop", request.store.shop_number),
        "name": settings.name,
        "email": "owner@example.com",
        "contactEmail": "shop@example.com",
        "shopOwnerName": "Demo Owner",
        "myshopifyDomain": settings.domain,
        "currencyCode": settings.currency,
        "enabledPresentmentCurrencies": [settings.currency],
        "ianaTimezone": settings.timezone,
        "taxesIncluded": settings.taxes_included,
        "taxShipping": True,
        "weightUnit": settings.weight_unit,
        "unitSystem": "METRIC_SYSTEM",
        "primaryDomain": {"host": settings.domain, "url": url, "sslEnabled": True},
        "url": url,
        "setupRequired": False,
        "orderNumberFormatPrefix": "#",
        "orderNumberFormatSuffix": "",
        "plan": {
            "shopifyPlus": False,
            "partnerDevelopment": True,
            "publicDisplayName": "Development",
        },
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
    }


@field("Shop", "entitlements")
def entitlements(_source: Rec, _args: Args, request: Request) -> Rec:
    return {"b2b": {"enabled": request.settings.b2b}}


stored("EntitlementsType", "b2b")
stored("B2BType", "enabled")


@field("QueryRoot", "currentAppInstallation")
def installation(_source: Any, _args: Args, _request: Request) -> Rec:
    return {"id": "gid://shopify/AppInstallation/1"}


stored("AppInstallation", "id")


@field("AppInstallation", "accessScopes")
def scopes(_source: Any, _args: Args, request: Request) -> list[Rec]:
    return [{"handle": name, "description": name} for name in sorted(request.scopes)]


@field("QueryRoot", "publicApiVersions")
def versions(_source: Any, _args: Args, _request: Request) -> list[Rec]:
    return [{"handle": VERSION, "displayName": f"{VERSION} (Latest)", "supported": True}]
