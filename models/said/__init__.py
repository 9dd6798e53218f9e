"""What the engine says, in a user's language.

Errors, remedies and notes are made below the models and kept as they were made, in English. Each
kind of sentence is a pattern here; what a sentence fills into it is taken over as it is, but for
parts that are sentences themselves.
"""

import re
from functools import lru_cache

from ..wording import entity_label, field_label, told_of
from .calls import CALLS
from .mapping import MAPPING
from .odoo import ODOO
from .orders import ORDERS
from .shops import SHOPS
from .sync import SYNC

SAID = (*MAPPING, *SYNC, *CALLS, *ODOO, *ORDERS, *SHOPS)
#: What fills these is said by the engine, too.
SPOKEN = frozenset(
    ("after", "before", "error", "kind", "said", "taxes", "text", "wanted", "what", "why")
)
#: What fills these is a name of a field, as code has it.
NAMED = frozenset(("field", "group", "key"))
ENTITIES = frozenset(("entity", "owner"))
#: Longer texts are not looked into: no sentence is that long, and patterns take their time.
LENGTH = 4000

_HOLE = re.compile(r"%\((\w+)\)s")
_PLACE = re.compile(r"^(?P<text>.*) \(value: (?P<value>.*)\)$", re.DOTALL)


def said(env, text):
    """`text` in the user's language; None where it is none of the sentences known."""
    if len(text) > LENGTH:
        return None
    bare = text.removesuffix(".")
    found = _found(bare)
    if found is None:
        return _with_value(env, bare) or _in_parts(env, text)
    index, parts = found
    told = env._(SAID[index])
    if parts:
        told %= {name: _part(env, name, part) for name, part in parts}
    return told.removesuffix(".") + text[len(bare) :] if text != bare else told


def _with_value(env, text):
    place = _PLACE.match(text)
    told = said(env, place["text"]) if place else None
    return told and env._("%(text)s (value: %(value)s)", text=told, value=place["value"])


def _in_parts(env, text):
    """An error with its remedy or its place, and several sentences of one note; None where none of
    it is known."""
    head, remedy, rest = text.partition("\nRemedy: ")
    if remedy:
        texts = {"text": said(env, head) or head, "remedy": said(env, rest) or rest}
        return env._("%(text)s\nWhat to do: %(remedy)s", **texts)
    parts = text.split("; ")
    told = [said(env, part) for part in parts] if len(parts) > 1 else []
    if any(told):
        return "; ".join(one or part for one, part in zip(told, parts, strict=True))
    place, colon, rest = text.partition(": ")
    about = said(env, rest) if colon else None
    return about and told_of(env, place, about)


def _part(env, name, part):
    if name in SPOKEN:
        return said(env, part) or part
    if name in ENTITIES:
        return entity_label(env, part)
    if name in NAMED:
        words = part.strip()
        return part.replace(words, field_label(env, words)) if words else part
    return part


@lru_cache(maxsize=4096)
def _found(text):
    """(index of the sentence, what fills it) of a text without its full stop."""
    if text in _plain():
        return _plain()[text], ()
    for pattern, index in _patterns():
        if match := pattern.fullmatch(text):
            return index, tuple(match.groupdict().items())
    return None


@lru_cache(maxsize=1)
def _plain():
    sources = (term._source for term in SAID)
    return {one.removesuffix("."): i for i, one in enumerate(sources) if not _HOLE.search(one)}


@lru_cache(maxsize=1)
def _patterns():
    """[(pattern, index)], those with the most words of their own first."""
    sources = [(term._source.removesuffix("."), i) for i, term in enumerate(SAID)]
    filled = [(one, i) for one, i in sources if _HOLE.search(one)]
    filled.sort(key=lambda pair: -len(_HOLE.sub("", pair[0])))
    return [(re.compile(_regex(one), re.DOTALL), i) for one, i in filled]


def _regex(source):
    words = _HOLE.split(source)
    return "".join(
        f"(?P<{part}>.*?)" if i % 2 else re.escape(part.replace("%%", "%"))
        for i, part in enumerate(words)
    )
