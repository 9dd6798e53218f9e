"""German and French: each term of the template is translated, and nothing in it is broken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import polib
import pytest

REPO = Path(__file__).resolve().parents[2]
LANGUAGES = ("de", "fr")
PLURALS = {"de": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}

#: Terms that are the same in German or French as in English.
SAME = {
    "de": {
        *("%(count)s × %(what)s", "%(hours)s h %(minutes)s min", "%(why)s %(remedy)s"),
        *("%s min", "%s s", "Partner", "%(name)s: %(text)s", "%(way)s, %(when)s: %(what)s"),
        "%(group)s: «%(name)s» %(field)s %(before)s → %(after)s",
        *("Barcode", "SKU", "Status"),
        *("Dashboard", "Details", "Dialog", "Domain", "Export", "Filter", "Gateway", "ID"),
        *("Import", "In Odoo", "Manager", "Name", "Plan", "Problem", "Revision", "Shop"),
        *("Shop → Odoo", "System", "Text", "Token", "Transfer", "Version", "Webhooks"),
    },
    "fr": {
        *("%(count)s × %(what)s", "%(hours)s h %(minutes)s min", "%(why)s %(remedy)s"),
        *("%s min", "%s s", ", version"),
        *("Base", "Cause", "Configuration", "Contact", "Direction", "Document", "Export"),
        *("Date", "Description", "Description (HTML)", "E-mail", "Image", "Options", "Parent"),
        *("Taxes", "Total"),
        *("Exports", "ID", "Import", "Imports", "Messages", "Note", "Page", "Pages", "Plan"),
        *("Plans", "Provenance", "Secrets", "Source", "Stock", "Type", "Version", "Webhooks"),
    },
}
#: What a program reads: cron, code, names of fields. It is the same in every language.
CODE = {
    *("*/15 * * * *", "ISO 8601, UTC", "JSON", "Odoo", "null", "record", "variants.0.price"),
    "lambda first, last: f'{first} {last}'.strip()",
}
#: Stand in «» like a button's name, but are an example to be translated freely, or a name on one of
#: Odoo's own screens, or a platform's.
EXAMPLES = {"natural key=value", "Track Inventory", "Plain"}

#: What a sync is called by one word, in each language.
OTHER_WORDS = {"de": r"\bSync\b", "fr": r"\b[Ss]ynch?(ro)?\b"}

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
READ_ALOUD = re.compile(r'\b(aria-label|title|alt)="[^"]*"')
LITERAL = re.compile(r"<code>(.*?)</code>", re.DOTALL)
NAMED = re.compile(r"«[\s\u00a0]*(.+?)[\s\u00a0]*»|<em>(.+?)</em>")
END = re.compile(r"[.:?!…]?[\s\u00a0]*$")
LOOSE = re.compile(r"(?<=\S) [;?!»](?!\w)|(?<=\S) :(?=\s|$)|« ")


@cache
def terms(name: str) -> dict[str, polib.POEntry]:
    return {entry.msgid: entry for entry in polib.pofile(str(REPO / "i18n" / name))}


def translated(language: str) -> list[tuple[str, str]]:
    rows = terms(f"{language}.po").items()
    return [(term, entry.msgstr) for term, entry in rows if entry.msgstr]


def differing(language: str, parts: Callable[[str], object]) -> list[tuple[str, str]]:
    return [pair for pair in translated(language) if parts(pair[0]) != parts(pair[1])]


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def tags(text: str) -> Counter[str]:
    return Counter(READ_ALOUD.sub(r"\1", tag) for tag in TAG.findall(text))


def literals(text: str) -> Counter[str]:
    return Counter(LITERAL.findall(text))


def spaces_around(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip(" \n"))], text[len(text.rstrip(" \n")) :]


def names(text: str) -> set[str]:
    return {" ".join((quoted or marked).split()) for quoted, marked in NAMED.findall(text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_term_is_translated_and_no_other_one_is_kept(language):
    found = terms(f"{language}.po")
    wanted = terms("gateway_ng.pot")
    assert [term for term in wanted if term not in found or not found[term].msgstr.strip()] == []
    assert [term for term in found if term not in wanted] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fuzzy_or_obsolete_and_plurals_are_the_languages(language):
    file = polib.pofile(str(REPO / "i18n" / f"{language}.po"))
    assert [entry.msgid for entry in file if entry.fuzzy or entry.obsolete] == []
    assert file.metadata["Language"] == language
    assert file.metadata["Plural-Forms"] == PLURALS[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("parts", [placeholders, tags, literals, spaces_around])
def test_what_a_program_reads_in_a_term_is_kept(language, parts):
    assert differing(language, parts) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_ends_as_in_english(language):
    assert differing(language, lambda text: END.search(text).group().strip(" \n\u00a0")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_markup_is_closed_in_the_order_in_which_it_was_opened(language):
    for _term, text in translated(language):
        if TAG.search(text):
            ElementTree.fromstring(f"<div>{text}</div>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_is_named_in_a_sentence_as_it_is_on_the_screen(language):
    found = dict(translated(language))
    wrong = []
    for term, text in found.items():
        for name in names(term) - EXAMPLES:
            said = found.get(name, name)
            if said not in names(text):
                wrong.append((term, said))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_words_that_both_languages_share_stay_as_in_english(language):
    assert {term for term, text in translated(language) if term == text} == CODE | SAME[language]


def test_french_signs_stand_behind_a_space_that_does_not_break():
    assert [text for _term, text in translated("fr") if LOOSE.search(TAG.sub("", text))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossarys_words_are_those_of_the_screens(language):
    column = 1 + LANGUAGES.index(language)
    lines = (REPO / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    words = {row[0].casefold(): row[column].casefold() for row in rows[2:]}
    shown = {
        term.casefold(): text.casefold() for term, text in translated(language) if term not in CODE
    }
    both = words.keys() & shown.keys()
    assert len(both) > 50
    assert {word: shown[word] for word in both if shown[word] != words[word]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sync_is_called_by_one_word(language: str) -> None:
    word = re.compile(OTHER_WORDS[language])
    assert [text for _term, text in translated(language) if word.search(text)] == []
