"""What WordPress does to texts: tags stripped, names encoded, slugs made, amounts cleaned."""

from __future__ import annotations

import html
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

_TAG = re.compile(r"<[A-Za-z/!][^>]*>")


def stripped(value: Any) -> str:
    return _TAG.sub("", str(value if value is not None else "")).strip()


def encoded(text: str) -> str:
    """As names come out: «R&D» is `R&amp;D`."""
    return html.escape(text, quote=False)


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.strip().lower())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", kept).strip("-") or "item"


def free_slug(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def decimal_text(value: Any) -> str:
    """What is no digit, sign or dot is dropped: «12,50» is 1250, «abc» nothing."""
    text = re.sub(r"[^0-9.\-]", "", str(value if value is not None else ""))
    try:
        Decimal(text)
    except InvalidOperation:
        return ""
    return text


def paragraphs(text: str) -> str:
    """Long texts as a page shows them; what has tags of its own is left as it is."""
    if not text:
        return ""
    return text if text.lstrip().startswith("<") else f"<p>{text}</p>\n"
