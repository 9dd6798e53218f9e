"""The published JSON Schema of mapping documents, and its errors in words a person can act on."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from ..errors import MappingError
from .problem import closest, kind_of, nearest

_FILE = Path(__file__).with_name("mapping.schema.json")


@functools.lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded


@functools.lru_cache(maxsize=1)
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(_schema())


def document_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12), a copy of one's own."""
    return copy.deepcopy(_schema())


def check_document(document: Any, provenance: Mapping[str, str] | None = None) -> None:
    """Raise one MappingError that lists everything in which `document` breaks the schema."""
    found = sorted(_validator().iter_errors(document), key=lambda error: list(map(str, error.path)))
    meant = _meant(found)
    causes = [error for error in found if not _wanted(error) & meant.get(tuple(error.path), set())]
    said = [_said(error, provenance or {}) for error in causes]
    problems = [one for at, one in enumerate(said) if one not in said[:at]]
    if problems:
        raise mapping_error(problems)


def _meant(errors: Iterable[Any]) -> dict[tuple[Any, ...], set[str]]:
    """Place → the options that misspelt ones there were meant to be."""
    return {
        tuple(error.path): {
            closest(key, error.schema["properties"])
            for key in error.instance
            if key not in error.schema["properties"]
        }
        for error in errors
        if error.validator == "additionalProperties" and error.schema.get("properties")
    }


def _wanted(error: Any) -> set[str]:
    """The options for want of which a place is wrong: where one is misspelt, that is the cause."""
    if error.validator == "required":
        return {name for name in error.validator_value if name not in error.instance}
    if error.validator in ("oneOf", "anyOf"):
        return {name for choice in error.validator_value for name in choice.get("required", ())}
    return set()


def mapping_error(problems: list[dict[str, str]]) -> MappingError:
    """One error of problems with the keys at (JSON pointer), message and remedy."""
    lines = [f"{one['at'] or '/'}: {one['message']}" for one in problems]
    count = "" if len(lines) == 1 else f"{len(lines)} problems: "
    remedies = dict.fromkeys(one["remedy"] for one in problems if one["remedy"])
    return MappingError(
        f"the mapping document is wrong; {count}{'; '.join(lines)}",
        rule="mapping document",
        remedy="; ".join(remedies) or "mend the document there",
        details={"problems": problems},
    )


def pointer(parts: Iterable[Any]) -> str:
    """The JSON pointer (RFC 6901) of a path of keys and positions."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _said(error: Any, provenance: Mapping[str, str]) -> dict[str, str]:
    message, remedy = _words(error)
    path = [str(part) for part in error.absolute_path]
    around = (".".join(path[:end]) for end in range(len(path), 0, -1))
    layer = next((provenance[one] for one in around if one in provenance), None)
    if layer:
        message = f"{message} (layer {layer})"
    return {"at": pointer(error.absolute_path), "message": message, "remedy": remedy}


def _words(error: Any) -> tuple[str, str]:
    rule, wanted, value = error.validator, error.validator_value, error.instance
    if rule == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = [key for key in value if key not in known]
        hints = [nearest(key, known) for key in extra]
        remedy = " ".join(hint for hint in hints if hint) or f"use: {', '.join(known)}"
        return f"there is no option «{'», «'.join(extra)}»", remedy
    if rule == "required":
        missing = [key for key in wanted if key not in value]
        return f"«{'», «'.join(missing)}» is missing", f"add «{'», «'.join(missing)}»"
    if rule == "type":
        names = wanted if isinstance(wanted, str) else " or ".join(wanted)
        return f"this is {kind_of(value)}, not {names}", f"write {names}"
    if rule in ("enum", "const"):
        allowed = [str(one) for one in wanted] if rule == "enum" else [str(wanted)]
        hint = nearest(str(value), allowed) or f"use one of: {', '.join(allowed)}"
        return f"«{value}» is not allowed here", hint
    if rule in ("oneOf", "anyOf") and error.schema.get("$comment"):
        return error.schema["$comment"], "see docs/mapping.md"
    if rule == "pattern":
        return f"«{value}» is not written as it should be", error.schema.get("$comment", "")
    if rule in ("minItems", "minProperties", "minLength"):
        return "this is empty", "give at least one"
    return str(error.message)[:200], "see docs/mapping.md"
