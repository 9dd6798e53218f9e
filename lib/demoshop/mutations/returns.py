"""Returns: opened for what was sent and is on the order still, and closed."""

from __future__ import annotations

from ..errors import NotInDemo, user_error
from ..fields import Args, mutation
from ..request import Request
from ..returning import REASONS, finish, open_return, returnable
from ..rules import Path
from ..store import Rec

#: Characters of a note.
_NOTE = 255


def _refused(path: Path, message: str, code: str = "INVALID") -> Rec:
    return {"return": None, "userErrors": [user_error(path, message, code)]}


@mutation("returnCreate", "return", "userErrors")
def return_create(args: Args, request: Request) -> Rec:
    given, store = args["returnInput"], request.store
    order = store.find("Order", given["orderId"])
    if order is None:
        return _refused(["returnInput", "orderId"], "Order does not exist", "NOT_FOUND")
    rows = given["returnLineItems"]
    for name in ("exchangeLineItems", "returnShippingFee"):
        if given.get(name):
            raise NotInDemo(f"ReturnInput.{name}")
    if not rows:
        return _refused(["returnLineItems"], "Return must include at least one line item.")
    left = returnable(store, order)
    for place, one in enumerate(rows):
        path: Path = ["returnInput", "returnLineItems", place]
        wrong = _wrong(one)
        if wrong:
            return _refused([*path, *wrong[:1]], wrong[1], wrong[2])
        if not left.take(one["fulfillmentLineItemId"], one["quantity"]):
            return _refused([*path, "quantity"], "Return line item has an invalid quantity.")
    return {"return": open_return(store, order, rows), "userErrors": []}


def _wrong(one: Args) -> tuple[str, str, str] | None:
    """Field, words and code of what Shopify says no to."""
    if one.get("restockingFee"):
        raise NotInDemo("ReturnLineItemInput.restockingFee")
    reason, note = one.get("returnReasonDefinitionId"), one.get("returnReasonNote") or ""
    if not reason and not one.get("returnReason"):
        text = "Either return reason or return reason definition must be provided"
        return "returnReasonDefinitionId", text, "NOT_FOUND"
    if reason and reason not in REASONS:
        return "returnReasonDefinitionId", "Return reason definition does not exist", "NOT_FOUND"
    if one.get("returnReason") == "OTHER" and not note:
        text = 'The note is required when the return reason is "Other"'
        return "returnReasonNote", text, "BLANK"
    if len(note) > _NOTE:
        return "returnReasonNote", "Note is too long (maximum is 255 characters)", "TOO_LONG"
    return None


@mutation("returnClose", "return", "userErrors")
def return_close(args: Args, request: Request) -> Rec:
    """Closed as it is: nothing is processed, restocked or given back by it."""
    made = request.store.find("Return", args["id"])
    if made is None:
        return _refused(["id"], "Return not found.", "NOT_FOUND")
    if made["status"] not in ("OPEN", "CLOSED"):
        return _refused(["id"], "Return status is invalid.", "INVALID_STATE")
    if made["status"] == "OPEN":
        finish(request.store, made)
    return {"return": made, "userErrors": []}
