"""Languages of the shop and translations as they are read."""

from __future__ import annotations

from typing import Any

from .. import translations
from ..fields import Args, field, stored
from ..ids import split
from ..paging import Page, list_page
from ..request import Request
from ..store import Rec

stored("ShopLocale", "locale name primary published")
stored("TranslatableContent", "key value digest locale type")
stored("Translation", "key value locale outdated updatedAt")


@field("QueryRoot", "shopLocales")
def shop_locales(_source: Any, args: Args, request: Request) -> list[Rec]:
    """The first one is the shop's own; in the demo shop all are published."""
    return [
        {
            "locale": locale,
            "name": translations.NAMES.get(locale, locale),
            "primary": place == 0,
            "published": True,
        }
        for place, locale in enumerate(request.settings.locales)
    ]


def resource_of(request: Request, id_: str) -> tuple[str, Rec] | None:
    """(kind, record) of what can be translated; None for anything else."""
    parts = split(id_)
    if parts is None or parts[0] not in translations.KEYS:
        return None
    record = translations.find(request.store, parts[0], id_, parts[1])
    return (parts[0], record) if record is not None else None


@field("QueryRoot", "translatableResource")
def translatable_resource(_source: Any, args: Args, request: Request) -> Rec | None:
    return _resource(request, args["resourceId"])


@field("QueryRoot", "translatableResourcesByIds")
def translatable_resources(_source: Any, args: Args, request: Request) -> Page:
    found = (_resource(request, id_) for id_ in args["resourceIds"])
    return list_page([one for one in found if one is not None], args)


def _resource(request: Request, id_: str) -> Rec | None:
    found = resource_of(request, id_)
    return {"id": id_, "kind": found[0], "record": found[1]} if found else None


@field("TranslatableResource", "resourceId")
def resource_id(source: Rec, _args: Args, _request: Request) -> str:
    return str(source["id"])


@field("TranslatableResource", "translatableContent")
def translatable_content(source: Rec, _args: Args, request: Request) -> list[Rec]:
    own = request.settings.locales[0]
    return list(translations.content(source["record"], source["kind"], own))


@field("TranslatableResource", "translations")
def translations_of(source: Rec, args: Args, _request: Request) -> list[Rec]:
    found = translations.translated(source["record"], source["kind"], args["locale"])
    if args.get("outdated") is None:
        return found
    return [one for one in found if one["outdated"] == args["outdated"]]
