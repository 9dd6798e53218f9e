"""graphql-core's errors in the words and codes that Shopify's server uses."""

from __future__ import annotations

import re
from typing import Any

from graphql import GraphQLError

FIELD = re.compile(r"Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'")
ARGUMENT = re.compile(r"Unknown argument '(?P<arg>\w+)' on field '(?P<type>\w+)\.(?P<field>\w+)'")
VARIABLE = re.compile(r"Variable '\$(?P<name>\w+)'")


def as_shopify(error: GraphQLError) -> dict[str, Any]:
    """One entry of `errors`."""
    message, extensions = _words(error.message)
    entry: dict[str, Any] = {"message": message}
    if error.locations:
        entry["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return entry | {"extensions": extensions}


def _words(message: str) -> tuple[str, dict[str, Any]]:
    if found := FIELD.match(message):
        names = {"typeName": found["type"], "fieldName": found["field"]}
        text = f"Field '{found['field']}' doesn't exist on type '{found['type']}'"
        return text, {"code": "undefinedField", **names}
    if found := ARGUMENT.match(message):
        text = f"Field '{found['field']}' doesn't accept argument '{found['arg']}'"
        names = {"name": found["field"], "typeName": "Field", "argumentName": found["arg"]}
        return text, {"code": "argumentNotAccepted", **names}
    if message.startswith("Syntax Error"):
        return message, {"code": "PARSE_ERROR"}
    if VARIABLE.match(message):
        return message, {"code": "INVALID_VARIABLE"}
    return message, {"code": "INVALID_DOCUMENT"}
