"""What the engine says, in a user's language.

Errors, remedies and notes are made below the models and kept as they were made, in English. Each
kind of sentence is a pattern here; what a sentence fills into it is taken over as it is, but for
parts that are sentences themselves.
"""

import re
from functools import lru_cache

from ..wording import entity_label, field_label, told_of
from .calls import CALLS
from .checks import CHECKS
from .mapping import MAPPING
from .odoo import ODOO
from .orders import ORDERS
from .shopify import SHOPIFY
from .shops import SHOPS
from .sync import SYNC
from .woocommerce import WOOCOMMERCE

SAID = (
    *(*MAPPING, *SYNC, *CALLS, *CHECKS, *ODOO, *ORDERS),
    *(*SHOPS, *SHOPIFY, *WOOCOMMERCE),
)
#: What fills these is said by the engine, too.
SPOKEN = frozenset(
    ("after", "before", "error", "kind", "said", "taxes", "text", "wanted", "what", "why")
)
#: What fills these is a name of a field, as code has it.
NAMED = frozenset(("field", "group", "key"))
ENTITIES = frozenset(("entity", "owner"))
#: Longer texts are not looked into, nor sentences that stand deeper within others.
LENGTH, DEPTH = 4000, 6

_HOLE = re.compile(r"%\((\w+)\)s")
_VALUE = " (value: "


def said(env, text, depth=DEPTH):
    """`text` in the user's language; None where it is none of the sentences known, or one that says
    more than `depth` others within each other."""
    if len(text) > LENGTH or not depth:
        return None
    bare = text.removesuffix(".")
    found = _found(bare)
    if found is None:
        return _with_value(env, bare, depth - 1) or _in_parts(env, text, depth - 1)
    index, parts = found
    told = env._(SAID[index])
    if parts:
        told %= {name: _part(env, name, part, depth - 1) for name, part in parts}
    return told.removesuffix(".") + text[len(bare) :] if text != bare else told


def _with_value(env, text, depth):
    head, mark, value = text.rpartition(_VALUE)
    told = said(env, head, depth) if mark and text.endswith(")") else None
    return told and env._("%(text)s (value: %(value)s)", text=told, value=value[:-1])


def _in_parts(env, text, depth):
    """An error with its remedy or its place, and several sentences of one note; None where none of
    it is known."""
    head, remedy, rest = text.partition("\nRemedy: ")
    if remedy:
        texts = {
            "text": said(env, head, depth) or head,
            "remedy": said(env, rest, depth) or rest,
        }
        return env._("%(text)s\nWhat to do: %(remedy)s", **texts)
    parts = text.split("; ")
    told = [said(env, part, depth) for part in parts] if len(parts) > 1 else []
    if any(told):
        return "; ".join(one or part for one, part in zip(told, parts, strict=True))
    place, colon, rest = text.partition(": ")
    about = said(env, rest, depth) if colon else None
    return about and told_of(env, place, about)


def _part(env, name, part, depth):
    if name in SPOKEN:
        return said(env, part, depth) or part
    if name in ENTITIES:
        return entity_label(env, part)
    if name in NAMED:
        words = part.strip()
        return part.replace(words, field_label(env, words)) if words else part
    return part


def _found(text):
    """(index of the sentence, what fills it) of a text without its full stop. Not kept: what fills
    it may be somebody's name."""
    if text in _plain():
        return _plain()[text], ()
    for names, words, index in _patterns():
        parts = _between(words, text)
        if parts is not None:
            return index, tuple(zip(names, parts, strict=True))
    return None


@lru_cache(maxsize=1)
def _plain():
    sources = (term._source for term in SAID)
    return {one.removesuffix("."): i for i, one in enumerate(sources) if not _HOLE.search(one)}


@lru_cache(maxsize=1)
def _patterns():
    """[(names of the holes, words around them, index)], those with the most words first."""
    sources = [(_HOLE.split(term._source.removesuffix(".")), i) for i, term in enumerate(SAID)]
    filled = [
        (tuple(parts[1::2]), tuple(word.replace("%%", "%") for word in parts[::2]), i)
        for parts, i in sources
        if len(parts) > 1
    ]
    return sorted(filled, key=lambda one: -sum(map(len, one[1])))


def _between(words, text):
    """What stands between `words` in `text`, which begins with the first and ends with the last;
    None where it does not. Each is taken where it comes first: a text of a shop may say anything,
    and is gone through once."""
    first, *middle, last = words
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return None
    parts = []
    for word in middle:
        place = text.find(word, at, end)
        if place < 0:
            return None
        parts.append(text[at:place])
        at = place + len(word)
    return [*parts, text[at:end]]
