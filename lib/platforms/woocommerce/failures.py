"""What WooCommerce's error bodies mean for the next step; the one place that sorts their codes.

A body is `{code, message, data}`; `data` is mostly `{status, …}`, sometimes only the status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import (
    GONE_REMEDY,
    GatewayError,
    Refused,
    RetryLater,
    StopRun,
    Throttled,
    class_for_status,
)

_KEYS = "WooCommerce → Settings → Advanced → REST API"
_SCHEME = (
    "Check that the consumer key exists ("
    + _KEYS
    + "). Over https a server that drops the Authorization header needs query as «Way of signing "
    "in»; over http only OAuth is taken."
)
#: Words of a message of status 401 → what to do about it.
_BY_WORDS: tuple[tuple[str, str], ...] = (
    ("consumer secret is invalid", f"Enter the consumer secret anew, or make a new key: {_KEYS}."),
    ("does not have write", f"Give the key read/write permission: {_KEYS}."),
    ("does not have read", f"Give the key read/write permission: {_KEYS}."),
    ("invalid timestamp", "Switch on time synchronisation (NTP) on both servers."),
    ("invalid signature", "Check that the shop address is the very one WooCommerce is called by."),
    ("nonce", "Nothing to do at first; if it stays, report it: each try has a nonce of its own."),
)
_REMEDY: Mapping[str, str] = {
    "product_invalid_sku": "Another product or variation has this SKU: match by it, or change it.",
    "woocommerce_rest_product_not_created": "Look for the SKU in the shop's trash: it keeps it.",
    "product_invalid_global_unique_id": "Another product has this GTIN: change one of them.",
    "registration-error-email-exists": "An account of the shop has this e-mail: match by it.",
    "woocommerce_product_image_upload_error": "Check that the image's address can be reached.",
    "woocommerce_rest_cannot_create_order_refund": "Look at the order's payment and refunds in the "
    "shop; give the money back there or by hand, then discard the letter.",
    "rest_invalid_param": "Correct the value in the source record, or its mapping.",
    "term_exists": "There is a category of this name below the same parent: match by path.",
}
_OTHERWISE = "Correct the value in the source record, or its mapping."
#: Ends of codes that say that the record is not there (any more).
_GONE = ("_invalid_id", "_already_trashed")


class Gone(Refused):
    """The record is not in the shop, or in its trash."""


def failure(status: int, body: Any, what: str) -> GatewayError:
    """The error for an answer of `status` ≥ 400 with JSON `body`; `what` names the request."""
    code, message = _code(body), _message(body)
    said = f"WooCommerce refused {what}: {message}"
    details = {"status": status, "code": code, **_data(body)}
    if status in (401, 403):
        return StopRun(said, remedy=_access_remedy(message), details=details)
    if code == "rest_no_route":
        return StopRun(
            f"{said} ({code})",
            remedy="Check that WooCommerce is installed and active, and the shop address.",
            details=details,
        )
    if status >= 500 and not _is_refusal(code):
        return RetryLater(said, sent=True, remedy="Nothing to do at first: it is tried again.")
    kind = class_for_status(status)
    if issubclass(kind, Throttled):
        return Throttled(said, seconds=5.0, remedy="Nothing to do: it is tried again.")
    return refusal(body, said, details)


def refusal(body: Any, said: str = "", details: Mapping[str, Any] | None = None) -> GatewayError:
    """The refusal of one record: of a request about it alone, or of its place in a batch."""
    code, message = _code(body), _message(body)
    kind = Gone if code.endswith(_GONE) else Refused
    remedy = _REMEDY.get(code, _OTHERWISE)
    if kind is Gone:
        remedy = GONE_REMEDY
    return kind(
        said or f"WooCommerce refused: {message}",
        field=_field(body, code),
        rule=code or None,
        remedy=remedy,
        details=details or {"code": code, **_data(body)},
    )


def _code(body: Any) -> str:
    return str(body.get("code") or "") if isinstance(body, Mapping) else ""


def _message(body: Any) -> str:
    said = body.get("message") if isinstance(body, Mapping) else None
    return " ".join(str(said or "no reason given").split())[:500]


def _data(body: Any) -> dict[str, Any]:
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping):
        return {}
    return {name: data[name] for name in ("resource_id", "params") if name in data}


def _field(body: Any, code: str) -> str | None:
    params = _data(body).get("params")
    if isinstance(params, Mapping) and params:
        return str(next(iter(params)))
    if "sku" in code:
        return "sku"
    return "email" if "email" in code else None


def _is_refusal(code: str) -> bool:
    """Whether WooCommerce itself said no, with a status that means a broken server elsewhere."""
    return code.startswith(("woocommerce_", "product_", "rest_"))


def _access_remedy(message: str) -> str:
    lower = message.lower()
    return next((remedy for words, remedy in _BY_WORDS if words in lower), _SCHEME)
