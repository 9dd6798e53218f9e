"""What products' options and their values are called: «Size», «Size/Large». Each is a resource with
translations of its own, in Shopify; a product without options has none.
Source: ProductOption, ProductOptionValue in the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .connection import Connection
from .documents import OPTION_NAMES
from .writes.variant_input import NO_OPTIONS

#: What a resource's text is called, and the field of a product that has those of all of them.
KEY = "name"
FIELD = "optionTexts"


def option_names(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Product → resource → what it is called, of those of the products that there are."""
    found = connection.nodes(OPTION_NAMES, ids, {})
    return {str(node["id"]): dict(_names(node.get("options") or ())) for node in found}


def _names(options: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    held = {str(one["name"]): [str(v["name"]) for v in one["optionValues"]] for one in options}
    if held == {name: [value] for name, value in NO_OPTIONS.items()}:
        return
    for option in options:
        yield str(option["id"]), str(option["name"])
        for value in option["optionValues"]:
            yield str(value["id"]), f"{option['name']}/{value['name']}"
