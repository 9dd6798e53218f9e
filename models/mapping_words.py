"""What a mapping does with a field, as `explain` says it, in the user's language."""

import re

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Sentences of `lib/mapping/explain.py`; what fills them is taken over as it is written.
PHRASES = (
    _lt("required"),
    _lt("on create only"),
    _lt("in each language of the connector's map"),
    _lt("where there is such a field"),
    _lt("each side keeps its own at the first meeting"),
    _lt("null yields at the first meeting"),
    _lt("null leaves what is there"),
    _lt("by a value table"),
    _lt("others are removed"),
    _lt("others stay"),
    _lt("and in none but these"),
    _lt("fixed value %(value)s"),
    _lt("then %(value)s"),
    _lt("if empty %(value)s"),
    _lt("the %(value)s by its binding"),
    _lt("the %(value)s by its %(key)s"),
    _lt("one element for each shared %(key)s"),
    _lt("one element for each %(key)s"),
)


def _pattern(text):
    parts = re.split(r"%\((\w+)\)s", text)
    made = [f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
    return re.compile("".join(made), re.DOTALL)


_PATTERNS = [(_pattern(phrase._source), phrase) for phrase in PHRASES]


def explained(env, says):
    """The phrases of a line of `explain`. One that is none of those known stays as it is."""
    return "; ".join(_told(env, phrase) for phrase in says.split("; "))


def _told(env, text):
    for pattern, phrase in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            told = env._(phrase)
            return told % found.groupdict() if found.groupdict() else told
    return text
