"""The index of routes, which differ by version, and the system's status."""

from __future__ import annotations

from typing import Any

from .settings import Settings

#: Route → the version that brought it.
ROUTES: dict[str, tuple[int, ...]] = {
    "products": (),
    "products/(?P<id>[\\d]+)": (),
    "products/batch": (),
    "products/(?P<product_id>[\\d]+)/variations": (),
    "products/(?P<product_id>[\\d]+)/variations/(?P<id>[\\d]+)": (),
    "products/(?P<product_id>[\\d]+)/variations/batch": (),
    "products/categories": (),
    "products/categories/(?P<id>[\\d]+)": (),
    "products/categories/batch": (),
    "products/tags": (),
    "products/tags/(?P<id>[\\d]+)": (),
    "products/tags/batch": (),
    "products/attributes": (),
    "products/brands": (9, 6),
    "customers": (),
    "customers/(?P<id>[\\d]+)": (),
    "customers/batch": (),
    "orders": (),
    "orders/(?P<id>[\\d]+)": (),
    "orders/batch": (),
    "orders/(?P<order_id>[\\d]+)/notes": (),
    "orders/(?P<order_id>[\\d]+)/refunds": (),
    "refunds": (9, 0),
    "variations": (10, 3),
    "taxes": (),
    "webhooks": (),
    "webhooks/(?P<id>[\\d]+)": (),
    "webhooks/batch": (),
    "system_status": (),
}


def index(settings: Settings) -> dict[str, Any]:
    routes = {"/wc/v3": {"namespace": "wc/v3", "methods": ["GET"]}}
    for route, version in ROUTES.items():
        if settings.since(*version) if version else True:
            routes[f"/wc/v3/{route}"] = {"namespace": "wc/v3", "methods": ["GET", "POST"]}
    up = [{"href": f"{settings.url}/wp-json/"}]
    return {"namespace": "wc/v3", "routes": routes, "_links": {"up": up}}


def system_status(settings: Settings) -> dict[str, Any]:
    return {
        "environment": {
            "home_url": settings.url,
            "site_url": settings.url,
            "version": settings.version,
            "wp_version": settings.wordpress,
            "php_version": "8.2.36",
        },
        "settings": {
            "currency": settings.currency,
            "taxonomies": {},
            "HPOS_enabled": settings.own_order_tables,
        },
    }
