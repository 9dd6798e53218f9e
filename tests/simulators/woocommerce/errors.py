"""What WordPress answers when it refuses."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """`data` is `{status, …}`, but for a few that give the bare status."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.data: Any = {"status": status, **data}

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "data": self.data}


class BareStatus(ApiError):
    """An over-refund: `"data": 500`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.data = status


def no_route() -> ApiError:
    return ApiError(404, "rest_no_route", "No route was found matching the URL and request method.")


def invalid_param(name: str, why: str) -> ApiError:
    return ApiError(
        400,
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        params={name: why},
        details={name: {"code": "rest_invalid_type", "message": why, "data": None}},
    )


def no_trash(kind: str) -> ApiError:
    return ApiError(501, "woocommerce_rest_trash_not_supported", f"{kind} do not support trashing.")
