"""A record's payload as a person edits it, and back to the types it had."""

from __future__ import annotations

import json
from typing import Any

from .redact import Redactor


def shown(value: Any, redactor: Redactor) -> Any:
    """`value` as plain JSON: decimals and times as text, secrets masked."""
    return redactor.value(json.loads(json.dumps(value, default=str)))


def restored(edited: Any, seen: Any, original: Any) -> Any:
    """What was edited, with the original's own value wherever the person left what was `seen`.

    So decimals and times keep their types, and what was masked its value. Lists are compared
    element by element from their beginning.
    """
    if edited == seen and type(edited) is type(seen):
        return original
    if isinstance(edited, dict) and isinstance(seen, dict) and isinstance(original, dict):
        return {
            name: restored(value, seen[name], original[name]) if name in seen else value
            for name, value in edited.items()
        }
    if isinstance(edited, list) and isinstance(seen, list) and isinstance(original, list):
        pairs = [restored(*three) for three in zip(edited, seen, original, strict=False)]
        return [*pairs, *edited[len(pairs) :]]
    return edited
