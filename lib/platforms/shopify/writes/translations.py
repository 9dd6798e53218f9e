"""Writes translations of products that are there: only what differs from what the shop has.

A translation is of one wording of the original, so digests are read once the originals are written.
Registering one again does no harm, and neither does removing what is gone.
Source: translationsRegister, translationsRemove in the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....errors import GatewayError, Refused
from ..documents import TRANSLATIONS_REGISTER, TRANSLATIONS_REMOVE, Repeated
from ..option_names import FIELD, KEY
from ..translations import KEYS, Translated, Translations
from .batches import Batches
from .user_errors import refusal, user_errors
from .work import Work

#: Of one resource in one call.
_MOST = 100


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The `texts` that one resource is to have, by language and key; of an option or a value with
    what it is called: `option`."""

    work: Work
    id: str
    texts: Mapping[tuple[str, str], str | None]
    option: str = ""


Call = tuple[_Wanted, dict[str, Any]]


class TranslationWriter:
    def __init__(self, translations: Translations, batches: Batches) -> None:
        self._translations = translations
        self._batches = batches

    def take(self, works: Sequence[Work]) -> None:
        """Move what is in other languages from the values to the works' translations."""
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
        if field not in (*KEYS, FIELD):
            work.fail(
                Refused(
                    f"Shopify has no translations of {field} here.",
                    field=name,
                    remedy="Switch off «Carried in the connector's other languages too» for the "
                    "field in the mapping.",
                )
            )
        elif locale in self._translations.carried():
            # An original that is written anew leaves its translations outdated, not gone: whoever
            # edits it in Odoo takes those of its sentences away without meaning to.
            if field == FIELD:
                work.option_texts[locale] = value or {}
            elif value or field not in work.values:
                work.translations[locale, KEYS[field]] = value or None
        elif value:
            work.note = f"The shop has no language {locale}: «{name}» was not written."

    def write(self, works: Sequence[Work]) -> None:
        """The translations of the works that went through."""
        going = [work for work in works if work.going and work.id]
        of_products = [_Wanted(w, str(w.id), w.translations) for w in going if w.translations]
        wanted = [*of_products, *self._of_options([w for w in going if w.option_texts])]
        if not wanted:
            return
        found = self._translations.read([one.id for one in wanted])
        there = {one.id: one for one in found}
        for one in of_products:
            if one.id not in there:
                error = Refused("The shop shows no translations of it.", remedy="Run again.")
                one.work.fail(error)
        shown = [(one, there[one.id]) for one in wanted if one.id in there]
        sets = [call for one, now in shown if one.work.going for call in _registered(one, now)]
        self._send(TRANSLATIONS_REGISTER, [call for call in sets if call[0].work.going])
        gone = [call for one, now in shown if one.work.going for call in _removed(one, now)]
        self._send(TRANSLATIONS_REMOVE, gone)

    def _of_options(self, works: Sequence[Work]) -> Iterator[_Wanted]:
        """Of options and values that are called so by now. Taken away is only what was seen when it
        was decided: what has got another name since keeps its outdated translation."""
        names = self._translations.option_names([str(w.id) for w in works]) if works else {}
        for work in works:
            for id_, name in names.get(str(work.id), {}).items():
                texts = {
                    (locale, KEY): given.get(name)
                    for locale, given in work.option_texts.items()
                    if name in given or name in (work.op.expect.get(f"{FIELD}@{locale}") or {})
                }
                if texts:
                    yield _Wanted(work, id_, texts, name)

    def _send(self, document: Repeated, calls: Sequence[Call]) -> None:
        outcomes = self._batches.run(document, [call for _, call in calls], repeatable=True)
        for (wanted, call), outcome in zip(calls, outcomes, strict=True):
            if isinstance(outcome, GatewayError):
                wanted.work.fail(outcome)
            elif errors := user_errors(outcome):
                place = errors[0].index("translations")
                wanted.work.fail(_named(refusal(errors), place, call, wanted))


def _registered(wanted: _Wanted, there: Translated) -> list[Call]:
    given = []
    for (locale, key), text in wanted.texts.items():
        if text is None or there.texts.get((locale, key)) == text:
            continue
        if key not in there.digests:
            _say_nothing_to_translate(wanted, locale, key, text)
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
        (wanted, {"id": wanted.id, "given": given[start : start + _MOST]})
        for start in range(0, len(given), _MOST)
    ]


def _removed(wanted: _Wanted, there: Translated) -> list[Call]:
    """One call a language: keys and languages are taken away crosswise."""
    gone: dict[str, list[str]] = {}
    for (locale, key), text in wanted.texts.items():
        if text is None and there.texts.get((locale, key)) is not None:
            gone.setdefault(locale, []).append(key)
    return [
        (wanted, {"id": wanted.id, "keys": keys, "locales": [locale]})
        for locale, keys in gone.items()
    ]


def _named(
    error: GatewayError, place: int | None, call: Mapping[str, Any], wanted: _Wanted
) -> GatewayError:
    """The refusal, at the text that it is about."""
    given = call.get("given") or ()
    if place is not None and place < len(given):
        one = given[place]
        name = FIELD if wanted.option else _name_of(one["key"])
        error.field, error.value = f"{name}@{one['locale']}", one["value"]
    return error


def _name_of(key: str) -> str:
    return next(name for name, held in KEYS.items() if held == key)


def _say_nothing_to_translate(wanted: _Wanted, locale: str, key: str, text: str) -> None:
    """The names of an option may be kept elsewhere (a metafield): the rest of the product is none
    the worse for that."""
    if wanted.option:
        wanted.work.note = f"The shop has no translations of «{wanted.option}» on the product."
        return
    name = _name_of(key)
    wanted.work.fail(
        Refused(
            f"The shop translates no text that is empty in its own language: {name}.",
            field=f"{name}@{locale}",
            value=text,
            remedy="Write it in the connector's language too, or take the translation away.",
        )
    )


def texts_of(values: Mapping[str, Any]) -> list[str]:
    """The names among `values` that are of another language."""
    return [name for name in values if "@" in name]
