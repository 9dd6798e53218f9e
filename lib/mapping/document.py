"""The text of a mapping document → a dict with exact numbers; and its content hash."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from ..errors import MappingError
from ..values import DIGITS, digest

LENGTH = 1_000_000
#: A Decimal on its way into JSON text: NUL, which no document holds, and its digits.
_NUMBER = re.compile(r'"\\u0000([-+0-9.E]+)"')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)


class _Duplicate(ValueError):
    pass


def parse(text: str) -> dict[str, Any]:
    """The document of JSON `text`, every number with a fraction as Decimal.

    Raises MappingError with line and column for what is no JSON, for a key that comes twice in one
    object, for NaN and Infinity, and when the document is not an object.
    """
    if len(text) > LENGTH:
        raise MappingError(f"the document has more than {LENGTH:,} characters", rule="json")
    try:
        document = json.loads(
            text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        raise _wrong(error.msg, error.lineno, error.colno) from None
    except _Duplicate as error:
        raise _wrong(f"the key «{error}» comes twice", *_second(text)) from None
    except RecursionError:
        raise _wrong("it is nested too deeply", 1, 1) from None
    except ArithmeticError:
        raise _wrong("a number has too large an exponent", 1, 1) from None
    except ValueError as error:
        raise _wrong(str(error), 1, 1) from None
    if not isinstance(document, dict):
        raise _wrong("the document is not an object: it starts with {", 1, 1)
    return document


def version_of(document: dict[str, Any]) -> str:
    """The content hash: equal for documents that mean the same, whatever their keys' order."""
    return digest(_tagged(document))


def to_text(document: dict[str, Any]) -> str:
    """The document as indented JSON; `parse` gives back an equal one, exact numbers included."""
    return _NUMBER.sub(r"\1", json.dumps(document, ensure_ascii=False, indent=2, default=_marked))


def _marked(value: Any) -> str:
    if isinstance(value, Decimal):
        # Written out, «1E+999999999» takes all memory.
        return f"\0{value}" if abs(value.adjusted()) > DIGITS else f"\0{value:f}"
    raise TypeError(f"{type(value).__name__} can't stand in a mapping document")


def _wrong(message: str, line: int, column: int) -> MappingError:
    return MappingError(
        f"not valid JSON at line {line}, column {column}: {message}",
        rule="json",
        remedy="mend the text there",
        details={"line": line, "column": column, "problem": f"not valid JSON: {message}"},
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _Duplicate(key)
        result[key] = value
    return result


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is not a number of JSON")


def _second(text: str) -> tuple[int, int]:
    """Line and column of the first key that its object has already."""
    seen: list[set[str] | None] = []
    before = ""
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            seen.append(set() if mark == "{" else None)
        elif mark in "}]":
            seen.pop()
        elif mark[0] == '"' and before in ("{", ",") and seen[-1] is not None:
            key = json.loads(mark)
            if key in seen[-1]:
                start = token.start()
                return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
            seen[-1].add(key)
        before = mark
    return 1, 1


def _tagged(value: Any) -> Any:
    """Decimals marked, so that the number 1.0 and the text "1.0" give two versions."""
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, dict):
        return {key: _tagged(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tagged(item) for item in value]
    return value
