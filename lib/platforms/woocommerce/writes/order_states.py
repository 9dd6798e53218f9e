"""What becomes of an order: completed and cancelled, as far as the shop's state allows it.

`cancelled` and `completed` are true or not said: no order is opened again from here.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....errors import GatewayError, Refused
from ..failures import Gone
from ..listing import Listing
from ..orders import ORDERS
from ..scalars import is_id
from ..shapes_order import CANCELLED, COMPLETED
from .checks import flag
from .work import Work

_REFUNDED = "refunded"


def name_states(works: Sequence[Work], listing: Listing) -> None:
    """Put `status` in place of `cancelled` and `completed` where the shop's state is another.

    The states of all orders are asked for in one request a hundred; an order that can't become what
    it is to be fails.
    """
    wanted = [(work, state) for work in works if (state := _wanted(work)) is not None]
    ids = [str(work.id) for work, _ in wanted if work.op.action == "update" and is_id(str(work.id))]
    query = {"status": "any", "_fields": "id,status"}
    now = {str(row["id"]): str(row["status"]) for row in listing.included(ORDERS, ids, query)}
    for work, state in wanted:
        try:
            if work.op.action == "create" or _is_open(now.get(str(work.id)), state):
                work.values["status"] = state
        except GatewayError as error:
            work.fail(error)


def _wanted(work: Work) -> str | None:
    """The state that the op asks for; a cancelled order is not completed any more."""
    found = None
    for name, state in (("completed", COMPLETED), ("cancelled", CANCELLED)):
        try:
            if flag(name, work.values.pop(name, False)):
                found = state
        except GatewayError as error:
            work.fail(error)
    return found


def _is_open(now: str | None, wanted: str) -> bool:
    """Whether an order that is `now` has still to become what is wanted."""
    if now is None:
        raise Gone("The order is no longer in the shop.", remedy="Restore it there.")
    if now in (wanted, _REFUNDED):
        return False
    if now == COMPLETED:
        raise Refused(
            "The shop has completed the order: it can't be cancelled any more.",
            field="cancelled",
            remedy="Take the goods back and refund the order in the shop.",
        )
    if now == CANCELLED:
        raise Refused(
            "The order is cancelled in the shop: it can't be completed.",
            field="completed",
            remedy="Settle with the customer, then set the order's state in the shop.",
        )
    return True
