"""Writes translations of products that are there: only what differs from what the shop has.

A translation is of one wording of the original, so digests are read once the originals are written.
Registering one again does no harm, and neither does removing what is gone.
Source: translationsRegister, translationsRemove in the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....errors import GatewayError, Refused
from ..documents import TRANSLATIONS_REGISTER, TRANSLATIONS_REMOVE, Repeated
from ..translations import KEYS, Translated, Translations
from .batches import Batches
from .user_errors import refusal, user_errors
from .work import Work

#: Of one resource in one call.
_MOST = 100

Call = tuple[Work, dict[str, Any]]


class TranslationWriter:
    def __init__(self, translations: Translations, batches: Batches) -> None:
        self._translations = translations
        self._batches = batches

    def take(self, works: Sequence[Work]) -> None:
        """Move what is in other languages from the values to `Work.translations`."""
        for work in works:
            seo = work.values.get("seo")
            nested = seo if isinstance(seo, dict) else {}
            for values, under in ((work.values, ""), (nested, "seo.")):
                for name in texts_of(values):
                    self._take(work, f"{under}{name}", values.pop(name))
            if seo == {}:
                del work.values["seo"]

    def _take(self, work: Work, name: str, value: Any) -> None:
        field, _, locale = name.partition("@")
        if field not in KEYS:
            work.fail(
                Refused(
                    f"Shopify has no translations of {field} here.",
                    field=name,
                    remedy="Take «translated» off the field in the mapping.",
                )
            )
        elif locale in self._translations.carried():
            # An original that is written anew leaves its translations outdated, not gone: whoever
            # edits it in Odoo takes those of its sentences away without meaning to.
            if value or field not in work.values:
                work.translations[locale, KEYS[field]] = value or None
        elif value:
            work.note = f"The shop has no language {locale}: «{name}» was not written."

    def write(self, works: Sequence[Work]) -> None:
        """The translations of the works that went through."""
        going = [work for work in works if work.going and work.id and work.translations]
        if not going:
            return
        found = self._translations.read([str(work.id) for work in going])
        there = {one.id: one for one in found}
        for work in going:
            if work.id not in there:
                work.fail(Refused("The shop shows no translations of it.", remedy="Run again."))
        going = [work for work in going if work.going]
        sets = [call for work in going for call in _registered(work, there[str(work.id)])]
        self._send(TRANSLATIONS_REGISTER, [call for call in sets if call[0].going])
        gone = [call for work in going for call in _removed(work, there[str(work.id)])]
        self._send(TRANSLATIONS_REMOVE, [call for call in gone if call[0].going])

    def _send(self, document: Repeated, calls: Sequence[Call]) -> None:
        outcomes = self._batches.run(document, [call for _, call in calls], repeatable=True)
        for (work, call), outcome in zip(calls, outcomes, strict=True):
            if isinstance(outcome, GatewayError):
                work.fail(outcome)
            elif errors := user_errors(outcome):
                work.fail(_named(refusal(errors), errors[0].index("translations"), call))


def _registered(work: Work, there: Translated) -> list[Call]:
    given = []
    for (locale, key), text in work.translations.items():
        if text is None or there.texts.get((locale, key)) == text:
            continue
        if key not in there.digests:
            work.fail(_nothing_to_translate(locale, key, text))
            return []
        given.append(
            {
                "locale": locale,
                "key": key,
                "value": text,
                "translatableContentDigest": there.digests[key],
            }
        )
    return [
        (work, {"id": work.id, "given": given[start : start + _MOST]})
        for start in range(0, len(given), _MOST)
    ]


def _removed(work: Work, there: Translated) -> list[Call]:
    """One call a language: keys and languages are taken away crosswise."""
    gone: dict[str, list[str]] = {}
    for (locale, key), text in work.translations.items():
        if text is None and there.texts.get((locale, key)) is not None:
            gone.setdefault(locale, []).append(key)
    return [
        (work, {"id": work.id, "keys": keys, "locales": [locale]}) for locale, keys in gone.items()
    ]


def _named(error: GatewayError, place: int | None, call: Mapping[str, Any]) -> GatewayError:
    """The refusal, at the text that it is about."""
    given = call.get("given") or ()
    if place is not None and place < len(given):
        one = given[place]
        error.field, error.value = f"{_name_of(one['key'])}@{one['locale']}", one["value"]
    return error


def _name_of(key: str) -> str:
    return next(name for name, held in KEYS.items() if held == key)


def _nothing_to_translate(locale: str, key: str, text: str) -> Refused:
    name = _name_of(key)
    return Refused(
        f"The shop translates no text that is empty in its own language: {name}.",
        field=f"{name}@{locale}",
        value=text,
        remedy="Write it in the connector's language too, or take the translation away.",
    )


def texts_of(values: Mapping[str, Any]) -> list[str]:
    """The names among `values` that are of another language."""
    return [name for name in values if "@" in name]
