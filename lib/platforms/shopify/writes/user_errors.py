"""`userErrors` of a mutation's payload, and the refusal a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....errors import GONE_REMEDY, GatewayError, Refused

#: Leading steps of an error's path that name the argument and not the record's field.
_ARGUMENTS = frozenset(
    {"input", "product", "productVariants", "option", "order", "fulfillment", "trackingInfoInput"}
)

_REMEDY: Mapping[str, str] = {
    "HANDLE_NOT_UNIQUE": "Give the product another handle, or match it by handle in the mapping.",
    "TAKEN": "Another record in the shop has this value: match by it in the mapping, or change it.",
    "VARIANT_ALREADY_EXISTS": "Two variants have the same option values: make them differ.",
    "PRODUCT_DOES_NOT_EXIST": GONE_REMEDY,
    "PRODUCT_VARIANT_DOES_NOT_EXIST": GONE_REMEDY,
    "VARIANTS_OVER_LIMIT": "A product takes 2,048 variants at most: split it.",
    "OPTIONS_OVER_LIMIT": "A product takes 3 options at most: split it.",
    "NON_MUTABLE_INVENTORY_ITEM": "A bundle's stock follows its parts: leave it out of the sync.",
    "INVALID_INVENTORY_ITEM": GONE_REMEDY,
    "NOT_TRACKED": "Switch on quantity tracking of the variant in the shop, or map "
    "inventoryItem.tracked.",
    "INVALID_LOCATION": "The location was deleted or closed: correct the connector's locations.",
}
#: Told by their words alone: mutations without codes, and one code for several causes.
_BY_WORDS = (("taken", "TAKEN"), ("not tracked", "NOT_TRACKED"))
_OTHERWISE = "Correct the value in the source record, or its mapping."


@dataclass(frozen=True, slots=True)
class UserError:
    message: str
    code: str
    path: tuple[str, ...]

    def index(self, name: str) -> int | None:
        """The position in the list `name` that the error is about."""
        if name in self.path[:-1]:
            step = self.path[self.path.index(name) + 1]
            return int(step) if step.isdigit() else None
        return None


def user_errors(payload: Any) -> list[UserError]:
    found = payload.get("userErrors") if isinstance(payload, Mapping) else None
    if not isinstance(found, list):
        return []
    return [_parse(entry) for entry in found if isinstance(entry, Mapping)]


def _parse(entry: Mapping[str, Any]) -> UserError:
    path = entry.get("field")
    steps = path if isinstance(path, list) else [path] if path else []
    return UserError(
        str(entry.get("message") or "no reason given"),
        str(entry.get("code") or ""),
        tuple(str(step) for step in steps),
    )


def refusal(errors: Sequence[UserError], values: Mapping[str, Any] | None = None) -> GatewayError:
    """One refusal for the errors of one op; field and value are those of the first."""
    first = errors[0]
    said = "; ".join(dict.fromkeys(error.message for error in errors))
    steps = list(first.path)
    while len(steps) > 1 and steps[0] in _ARGUMENTS:
        steps.pop(0)
    code = next((c for words, c in _BY_WORDS if words in said.lower()), first.code)
    return Refused(
        f"Shopify refused: {said}",
        field=".".join(steps) or None,
        value=_value(values, steps),
        rule=code or None,
        remedy=_REMEDY.get(code, _OTHERWISE),
        details={"codes": [error.code for error in errors if error.code]},
    )


def _value(values: Mapping[str, Any] | None, steps: Sequence[str]) -> Any:
    held: Any = values
    for step in steps:
        if isinstance(held, Mapping) and step in held:
            held = held[step]
        elif isinstance(held, Sequence) and not isinstance(held, str) and step.isdigit():
            held = held[int(step)] if int(step) < len(held) else None
        else:
            return None
    return held if not isinstance(held, (Mapping, list)) else None
