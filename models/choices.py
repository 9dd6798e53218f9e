"""What choices of shops are called on screens: «Paid» for PAID. Odoo's own have their fields'
labels."""

import re

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Last steps of names of fields that have a choice of the shop's.
FIELDS = frozenset(
    (
        "cancel_reason",
        "display_financial_status",
        "display_fulfillment_status",
        "email_consent",
        "fulfillment_state",
        "kind",
        "payment_state",
        "status",
    )
)
#: Choice in lower case, with «_» for «-» and blanks → label.
LABELS = {
    "active": _lt("Active"),
    "archived": _lt("Archived"),
    "authorization": _lt("Authorization"),
    "authorized": _lt("Authorized"),
    "cancelled": _lt("Cancelled"),
    "capture": _lt("Capture"),
    "completed": _lt("Completed"),
    "customer": _lt("Customer"),
    "declined": _lt("Payment declined"),
    "draft": _lt("Draft"),
    "duty": _lt("Duty"),
    "expired": _lt("Expired"),
    "failed": _lt("Failed"),
    "failure": _lt("Failed"),
    "fee": _lt("Fee"),
    "fraud": _lt("Fraud"),
    "fulfilled": _lt("Shipped"),
    "in_progress": _lt("In progress"),
    "inventory": _lt("Not in stock"),
    "on_hold": _lt("On hold"),
    "open": _lt("Open"),
    "other": _lt("Other"),
    "paid": _lt("Paid"),
    "partially_fulfilled": _lt("Partly shipped"),
    "partially_paid": _lt("Partly paid"),
    "partially_refunded": _lt("Partly refunded"),
    "pending": _lt("Pending"),
    "private": _lt("Private"),
    "processing": _lt("In progress"),
    "publish": _lt("Published"),
    "refund": _lt("Refund"),
    "refunded": _lt("Refunded"),
    "restocked": _lt("Restocked"),
    "sale": _lt("Payment"),
    "scheduled": _lt("Scheduled"),
    "staff": _lt("Staff"),
    "subscribed": _lt("Subscribed"),
    "success": _lt("Successful"),
    "tip": _lt("Tip"),
    "trash": _lt("In the trash"),
    "unfulfilled": _lt("Not shipped"),
    "unsubscribed": _lt("Unsubscribed"),
    "void": _lt("Voided"),
    "voided": _lt("Voided"),
}
_CODE = re.compile(r"[A-Z]+(_[A-Z]+)*")


def choice_label(env, field, value):
    """The label of a choice, None where `field` (the last step of a name, in snake case) has no
    choices. One that is not known is told in words: SOME_THING → «Some thing»."""
    if field not in FIELDS:
        return None
    label = LABELS.get(re.sub("[- ]", "_", value.lower()))
    if label:
        return env._(label)
    return value.replace("_", " ").capitalize() if _CODE.fullmatch(value) else None
