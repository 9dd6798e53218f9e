"""What becomes of an edit at the shop, by the state its order is in here: the table, and no more.

Edits are found and carried out in `order_plan.py`.
"""

#: Odoo follows by itself.
UPDATE = "update"
#: Odoo follows as far as nothing of the line has left; a person does the rest.
UNSENT = "unsent"
#: A counter-document: what has left comes back by a return transfer, what has not leaves the order.
RETURN = "return"
#: A counter-document: a draft credit note, and a return transfer for what comes back.
CREDIT = "credit"
#: Nothing is written; a person is told what to do.
ACTIVITY = "activity"
#: Of no consequence any more: the changelog says so, nobody has to do anything.
NOTED = "noted"

QUOTATION = "quotation"
CONFIRMED = "confirmed"
LOCKED = "locked"
PART = "part delivered"
DELIVERED = "delivered"
INVOICED = "invoiced"
CANCELLED = "cancelled"

#: state of the order → kind of edit → what becomes of it.
TABLE = {
    QUOTATION: {
        "quantity up": UPDATE,
        "quantity down": UPDATE,
        "line added": UPDATE,
        "line removed": UPDATE,
        "line terms": UPDATE,
        "product": UPDATE,
        "address": UPDATE,
        "header": UPDATE,
        "cancel": UPDATE,
        "refund": UPDATE,
    },
    CONFIRMED: {
        "quantity up": UPDATE,
        "quantity down": UPDATE,
        "line added": UPDATE,
        "line removed": UPDATE,
        "line terms": UPDATE,
        "product": ACTIVITY,
        "address": UPDATE,
        "header": ACTIVITY,
        "cancel": UPDATE,
        "refund": UPDATE,
    },
    LOCKED: {
        "quantity up": ACTIVITY,
        "quantity down": ACTIVITY,
        "line added": ACTIVITY,
        "line removed": ACTIVITY,
        "line terms": ACTIVITY,
        "product": ACTIVITY,
        "address": ACTIVITY,
        "header": ACTIVITY,
        "cancel": ACTIVITY,
        "refund": ACTIVITY,
    },
    PART: {
        "quantity up": UPDATE,
        "quantity down": UNSENT,
        "line added": UPDATE,
        "line removed": UNSENT,
        "line terms": UPDATE,
        "product": ACTIVITY,
        "address": UPDATE,
        "header": ACTIVITY,
        "cancel": ACTIVITY,
        "refund": RETURN,
    },
    DELIVERED: {
        "quantity up": UPDATE,
        "quantity down": ACTIVITY,
        "line added": UPDATE,
        "line removed": ACTIVITY,
        "line terms": UPDATE,
        "product": ACTIVITY,
        "address": ACTIVITY,
        "header": ACTIVITY,
        "cancel": ACTIVITY,
        "refund": RETURN,
    },
    INVOICED: {
        "quantity up": UPDATE,
        "quantity down": ACTIVITY,
        "line added": UPDATE,
        "line removed": ACTIVITY,
        "line terms": ACTIVITY,
        "product": ACTIVITY,
        "address": ACTIVITY,
        "header": ACTIVITY,
        "cancel": ACTIVITY,
        "refund": CREDIT,
    },
    CANCELLED: {
        "quantity up": NOTED,
        "quantity down": NOTED,
        "line added": NOTED,
        "line removed": NOTED,
        "line terms": NOTED,
        "product": NOTED,
        "address": NOTED,
        "header": NOTED,
        "cancel": UPDATE,
        "refund": NOTED,
        "reopen": ACTIVITY,
    },
}

#: Why Odoo can't follow by itself.
REASONS = {
    QUOTATION: "it is a quotation",
    CONFIRMED: "it is confirmed",
    LOCKED: "it is locked",
    PART: "some of its goods have been delivered",
    DELIVERED: "its goods have been delivered",
    INVOICED: "it has been invoiced",
    CANCELLED: "it is cancelled here",
}

#: What a person does about it.
REMEDIES = {
    "quantity up": "Raise the quantity of the line, or enter an order for what is more.",
    "quantity down": "Take the goods back by a return of the delivery, or credit them by a credit "
    "note of the invoice.",
    "line added": "Add the line, or enter an order for it.",
    "line removed": "Take the goods back by a return of the delivery, or credit the line by a "
    "credit note of the invoice.",
    "line gone": "Add the line again where it is to be sent, or take it off at the shop too.",
    "line terms": "Change price, discount and taxes of the line, or settle the difference by a "
    "credit note or a further invoice.",
    "product": "Set the quantity of the line to 0 and add the other product.",
    "address": "Tell whoever sends or bills it; change the address where it still matters.",
    "header": "Make the same change by hand where it still matters.",
    "cancel": "Take the goods back, credit the invoice, then cancel the order.",
    "refund": "Give the money back in Odoo too: a credit note of the invoice, or a lower order.",
    "reopen": "Set it to quotation and confirm it, if it is to be delivered.",
}


def state_of(row):
    """The state of the sales order `row`, as the table names it; the furthest one counts."""
    if row.state == "cancel":
        return CANCELLED
    if row.state in ("draft", "sent"):
        return QUOTATION
    if any(invoice.state != "cancel" for invoice in row.sudo().invoice_ids):
        return INVOICED
    if row.locked:
        return LOCKED
    goods = row.order_line.filtered(lambda line: line.product_id.type == "consu")
    sent = goods.filtered(lambda line: line.qty_delivered > 0)
    if not sent:
        return CONFIRMED
    open_ = goods.filtered(lambda line: line.qty_delivered < line.product_uom_qty)
    return PART if open_ else DELIVERED


def verdict(row, state, kind):
    """What becomes of an edit; what is locked besides takes no update of its lines."""
    found = TABLE[state].get(kind, ACTIVITY)
    return ACTIVITY if row.locked and found in (UPDATE, UNSENT) else found
