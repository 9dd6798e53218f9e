"""Translations of products: which languages are carried, and reading them beside the records.

A text in another language is the field «title@fr». A language that has none for it gives null; one
that the shop has not got, or that scopes hide, is absent.
Those of options and values stand in one field, «optionTexts@fr».
Source: translatableResourcesByIds, shopLocales in the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...endpoint import Record
from .client import Client
from .connection import Connection
from .documents import SHOP_LOCALES, TRANSLATIONS
from .option_names import FIELD, KEY, option_names
from .scopes import Scopes

Texts = Mapping[tuple[str, str], str | None]

#: Field of a product → what Shopify calls its text.
KEYS: Mapping[str, str] = {
    "title": "title",
    "descriptionHtml": "body_html",
    "seo.title": "meta_title",
    "seo.description": "meta_description",
}
LOCALE_SCOPES = "read_locales|read_markets_home"
READ_SCOPE = "read_translations"
_NEEDS: Mapping[str, tuple[str, ...]] = {
    LOCALE_SCOPES: ("translations of products",),
    READ_SCOPE: ("translations of products",),
    "write_translations": ("writing translations of products",),
}


def languages(client: Client, scopes: Scopes) -> dict[str, str]:
    """Code → name of the shop's languages, its own left out; none where scopes hide them."""
    if not scopes.allow(LOCALE_SCOPES):
        return {}
    found = client.send(SHOP_LOCALES, {}).data.get("shopLocales") or ()
    return {str(one["locale"]): str(one.get("name")) for one in found if not one.get("primary")}


@dataclass(frozen=True, slots=True)
class Translated:
    """`digests`: key → the wording of the original, of what can be translated; `texts`: (language,
    key) → translation, whether or not it is of that wording."""

    id: str
    digests: Mapping[str, str]
    texts: Texts


class Translations:
    """`locales` are the shop's languages that the connector carries; none: nothing is asked."""

    def __init__(
        self, client: Client, connection: Connection, scopes: Scopes, locales: Sequence[str]
    ) -> None:
        self._client = client
        self._connection = connection
        self._scopes = scopes
        self._locales = tuple(dict.fromkeys(locales))
        self._carried: tuple[str, ...] | None = None

    def needs(self) -> Mapping[str, tuple[str, ...]]:
        """Scope → what it is for."""
        return _NEEDS if self._locales else {}

    def carried(self) -> tuple[str, ...]:
        """Those of the languages that the shop has and shows; asked once."""
        if self._carried is None:
            self._carried = ()
            if self._locales and self._scopes.allow(READ_SCOPE):
                there = languages(self._client, self._scopes)
                self._carried = tuple(locale for locale in self._locales if locale in there)
        return self._carried

    def beside(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records with their translations: a few requests for all of them."""
        if not records or not self.carried():
            return records
        ids = [record.id for record in records]
        names = self.option_names(ids)
        parts = [id_ for held in names.values() for id_ in held]
        there = {one.id: one for one in self.read([*ids, *parts])}
        out = []
        for record in records:
            fields = record.fields
            if record.id in there:
                fields = self._with(fields, there[record.id].texts)
            if record.id in names:
                fields = {**fields, **self._of_options(names[record.id], there)}
            out.append(replace(record, fields=fields))
        return out

    def option_names(self, ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """As `option_names`, of these products."""
        return option_names(self._connection, ids)

    def read(self, ids: Sequence[str]) -> Iterator[Translated]:
        """What there is of each of these, in the languages that are carried."""
        locales = self.carried()
        flags = {f"locale{place}": locale for place, locale in enumerate(locales)}
        for node in self._connection.nodes(TRANSLATIONS.of(len(locales)), ids, flags):
            content = node.get("translatableContent") or ()
            yield Translated(
                str(node["id"]),
                {str(one["key"]): str(one["digest"]) for one in content if one.get("digest")},
                {
                    (locale, str(one["key"])): one.get("value") or None
                    for place, locale in enumerate(locales)
                    for one in node.get(f"m{place}") or ()
                },
            )

    def _of_options(
        self, names: Mapping[str, str], there: Mapping[str, Translated]
    ) -> dict[str, Any]:
        """«optionTexts@fr»: {"Size": "Taille"}, and null where there is none."""
        found: dict[str, dict[str, str]] = {locale: {} for locale in self.carried()}
        for id_, name in names.items():
            texts = there[id_].texts if id_ in there else {}
            for locale, told in found.items():
                text = texts.get((locale, KEY))
                if text:
                    told[name] = text
        return {f"{FIELD}@{locale}": told or None for locale, told in found.items()}

    def _with(self, fields: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
        out = dict(fields)
        for name, key in KEYS.items():
            told = {f"@{locale}": texts.get((locale, key)) for locale in self.carried()}
            first, _, rest = name.partition(".")
            if rest:
                out[first] = {**(out.get(first) or {}), **{rest + at: t for at, t in told.items()}}
            else:
                out.update({first + at: text for at, text in told.items()})
        return out
