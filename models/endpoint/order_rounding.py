"""The rounding line: only where the connector allows it, and by no more than it allows."""

from decimal import Decimal

from .columns import to_decimal
from .order_totals import sold_total


def settle_rounding(rows, ops, limit, product_for):
    """Make up for the difference to the shop's total where it is within `limit` (0: never).

    One create for all orders; a rounding line that is there is changed, or taken off at nothing
    (a confirmed order keeps it, of nothing).
    What is beyond the limit is left to the check of totals.
    """
    if not limit:
        return
    new = []
    for row, op in zip(rows, ops, strict=True):
        gap = _gap(row, op.values.get("total"))
        if not gap:
            continue
        line = row.order_line.filtered(lambda one: one.gateway_charge == "rounding")[:1]
        amount = gap + to_decimal(line.price_unit)
        if abs(amount) > Decimal(repr(limit)):
            continue
        if line and not amount and row.state in ("draft", "sent"):
            line.unlink()
        elif line:
            line.price_unit = float(amount)
        else:
            new.append((row, amount))
    if new:
        _add(rows, new, product_for("rounding"))


def _gap(row, total):
    if total is None:
        return None
    return Decimal(str(total)) - sold_total(row)


def _add(rows, new, product):
    rows.env["sale.order.line"].create(
        [
            {
                "order_id": row.id,
                "sequence": max(row.order_line.mapped("sequence"), default=10) + 1,
                "product_id": product.id,
                "product_uom_qty": 1.0,
                "price_unit": float(amount),
                "discount": 0.0,
                "tax_ids": False,
                "gateway_charge": "rounding",
            }
            for row, amount in new
        ]
    )
