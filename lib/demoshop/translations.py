"""What of a product or collection can be translated, and its translations, kept inside it; and the
names of a product's options and of their values, with theirs inside the option or value.

A translation holds for one wording of the original: its digest. Once the original is changed the
translation is outdated, and stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from .store import Rec, Store

#: Key of the content → where the record has it, by kind.
_OWN: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "body_html": ("descriptionHtml",),
    "handle": ("handle",),
}
_SEO: dict[str, tuple[str, ...]] = {
    "meta_title": ("seo", "title"),
    "meta_description": ("seo", "description"),
}
KEYS: dict[str, dict[str, tuple[str, ...]]] = {
    "Product": _OWN | {"product_type": ("productType",)} | _SEO,
    "Collection": _OWN | _SEO,
    "ProductOption": {"name": ("name",)},
    "ProductOptionValue": {"name": ("name",)},
}
#: The names of languages that a demo shop may have.
NAMES = {"de": "German", "en": "English", "es": "Spanish", "fr": "French", "pt-BR": "Portuguese"}


def find(store: Store, kind: str, id_: str, key: int) -> Rec | None:
    """What is translated by its id, wherever it is kept."""
    if kind in store.tables:
        return store.tables[kind].get(key)
    owners = store.index("Product", "parts", lambda record: [one["id"] for one in parts(record)])
    held = store.many("Product", owners.get(id_.lower(), ()))
    return next((one for product in held for one in parts(product) if one["id"] == id_), None)


def parts(product: Rec) -> Iterator[Rec]:
    """The product's options and their values."""
    for option in product["options"]:
        yield option
        yield from option["optionValues"]


def original(record: Rec, kind: str, key: str) -> str:
    """The text in the shop's own language; empty where there is none."""
    value = record
    for step in KEYS[kind][key]:
        value = value.get(step) or {}
    return value if isinstance(value, str) else ""


def digest_of(text: str) -> str | None:
    """What tells one wording from another; None where there is nothing to translate."""
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def content(record: Rec, kind: str, locale: str) -> Iterator[Rec]:
    for key in KEYS[kind]:
        text = original(record, kind, key)
        yield {
            "key": key,
            "value": text,
            "digest": digest_of(text),
            "locale": locale,
            "type": "HTML" if key == "body_html" else "SINGLE_LINE_TEXT_FIELD",
        }


def translated(record: Rec, kind: str, locale: str) -> list[Rec]:
    """The translations into one language, each with whether it is outdated."""
    return [
        {**held, "outdated": held["digest"] != digest_of(original(record, kind, held["key"]))}
        for held in record.get("translations", ())
        if held["locale"] == locale
    ]


def keep(record: Rec, kind: str, locale: str, key: str, value: str, now: str) -> Rec:
    """Translate the present wording of `key`, in place of an earlier translation."""
    made = {
        "locale": locale,
        "key": key,
        "value": value,
        "digest": digest_of(original(record, kind, key)),
        "updatedAt": now,
    }
    record["translations"] = [*without(record, [locale], [key]), made]
    return made | {"outdated": False}


def without(record: Rec, locales: list[str], keys: list[str]) -> list[Rec]:
    return [
        held
        for held in record.get("translations", ())
        if held["locale"] not in locales or held["key"] not in keys
    ]
