"""translationsRegister and translationsRemove: all of one call or none.

When a translation changes, the `updatedAt` of what it belongs to stays: nothing says that it moves.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import translations
from ..errors import user_error
from ..fields import Args, mutation
from ..objects.translations import resource_of
from ..request import Request
from ..store import Rec

MOST = 100


@mutation("translationsRegister", "translations", "userErrors")
def register(args: Args, request: Request) -> Rec:
    found = resource_of(request, args["resourceId"])
    if found is None:
        return {"translations": None, "userErrors": [_gone(args)]}
    kind, record = found
    errors = list(_errors(args["translations"], kind, record, request))
    if errors:
        return {"translations": None, "userErrors": errors}
    made = []
    for one in args["translations"]:
        held = {(t["locale"], t["key"]): t for t in record.get("translations", ())}
        was = held.get((one["locale"], one["key"]))
        made.append(
            translations.keep(
                record, kind, one["locale"], one["key"], one["value"], request.store.now()
            )
        )
        if was is None or was["value"] != one["value"] or was["digest"] != made[-1]["digest"]:
            request.store.changed()
    return {"translations": made, "userErrors": []}


@mutation("translationsRemove", "translations", "userErrors")
def remove(args: Args, request: Request) -> Rec:
    found = resource_of(request, args["resourceId"])
    if found is None:
        return {"translations": None, "userErrors": [_gone(args)]}
    _kind, record = found
    rest = translations.without(record, args["locales"], args["translationKeys"])
    gone = [{**one, "outdated": False} for one in record.get("translations", ()) if one not in rest]
    if gone:
        record["translations"] = rest
        request.store.changed()
    return {"translations": gone, "userErrors": []}


def _gone(args: Args) -> Rec:
    text = f"Resource {args['resourceId']} does not exist"
    return user_error(["resourceId"], text, "RESOURCE_NOT_FOUND")


def _errors(given: list[Rec], kind: str, record: Rec, request: Request) -> Iterator[Rec]:
    if len(given) > MOST:
        text = f"Too many translation keys for the resource (maximum is {MOST})"
        yield user_error(["translations"], text, "TOO_MANY_KEYS_FOR_RESOURCE")
        return
    for place, one in enumerate(given):
        for name, text, code in _wrong(one, kind, record, request):
            yield user_error(["translations", str(place), name], text, code)


def _wrong(one: Rec, kind: str, record: Rec, request: Request) -> Iterator[tuple[str, str, str]]:
    own, *others = request.settings.locales
    if one["locale"] == own:
        yield "locale", "Locale cannot be the shop's primary locale", "INVALID_LOCALE_FOR_SHOP"
    elif one["locale"] not in others:
        text = "Locale is not a valid locale for the shop"
        yield "locale", text, "INVALID_LOCALE_FOR_SHOP"
    if one["key"] not in translations.KEYS[kind]:
        text = f"Key {one['key']} is not a valid translatable field"
        yield "key", text, "INVALID_KEY_FOR_MODEL"
        return
    if not one["value"].strip():
        yield "value", "Value can't be blank", "BLANK"
    digest = translations.digest_of(translations.original(record, kind, one["key"]))
    if digest != one["translatableContentDigest"]:
        text = "Translatable content hash is invalid"
        yield "translatableContentDigest", text, "INVALID_TRANSLATABLE_CONTENT"
