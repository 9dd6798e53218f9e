"""The `_links` of a resource; which methods it takes is told since WordPress 6.7."""

from __future__ import annotations

from typing import Any

from .settings import Settings

_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")


def links(
    settings: Settings, path: str, id_: Any, up: str = "", allow: tuple[str, ...] = _ALL
) -> dict[str, Any]:
    base = f"{settings.url}/wp-json/wc/v3"
    own: dict[str, Any] = {"href": f"{base}/{path}/{id_}"}
    if settings.since(9):
        own["targetHints"] = {"allow": list(allow)}
    found = {"self": [own], "collection": [{"href": f"{base}/{path}"}]}
    return {**found, "up": [{"href": f"{base}/{up}"}]} if up else found
