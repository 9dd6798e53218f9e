"""Refusals of a request as a whole. Refusals of values are `userErrors` in a mutation's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ShopError(Exception):
    """Becomes one entry of the answer's `errors`; `code` is Shopify's `extensions.code`."""

    def __init__(self, message: str, code: str, **extensions: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extensions: dict[str, Any] = {"code": code, **extensions}

    def entry(self, path: Sequence[str | int] = ()) -> dict[str, Any]:
        made: dict[str, Any] = {"message": self.message, "extensions": self.extensions}
        return made | {"path": list(path)} if path else made


class OtherVersion(Exception):
    """A shop was kept by another version, in whose records this one would not find its fields."""


class NotInDemo(ShopError):
    """The official schema has it, the demo shop has not: said aloud, never answered with null."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The demo shop has not got {what}.", "NOT_IN_DEMO_SHOP")


class AccessDenied(ShopError):
    """A scope is missing; `needed` is Shopify's text about it."""

    def __init__(self, name: str, needed: str) -> None:
        super().__init__(
            f"Access denied for {name} field. Required access: {needed}",
            "ACCESS_DENIED",
            documentation="https://shopify.dev/api/usage/access-scopes",
            requiredAccess=needed,
        )
        self.needed = needed


def bad_request(message: str) -> ShopError:
    return ShopError(message, "BAD_REQUEST")


def user_error(field: Sequence[str | int] | None, message: str, code: str) -> dict[str, Any]:
    """One entry of `userErrors`; `field` is the path of the argument at fault."""
    path = None if field is None else [str(step) for step in field]
    return {"field": path, "message": message, "code": code}
