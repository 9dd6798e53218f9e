"""Order lines as a mapping reads them: the shop's own figures as long as they hold, else Odoo's."""

from decimal import Decimal

from .columns import to_decimal
from .order_back import Back, back_of
from .order_fields import QUANTITIES
from .order_money import rounded


def line_fields(row):
    """The order line `row` as an element of `lines`."""
    fields = {
        "id": str(row.id),
        "product_id": str(row.product_id.id) if row.product_id else None,
        "name": row.name or None,
        "quantity": to_decimal(row.product_uom_qty) + back_held(row).quantity,
        **{name: to_decimal(row[column]) for name, column in QUANTITIES.items()},
    }
    return {**fields, **_money_fields(row)}


def shipping_fields(row):
    """The order line `row` as an element of `shipping`."""
    return _piece_fields(row, "price")


def charge_fields(row):
    """The order line `row` as an element of `charges`."""
    return {**_piece_fields(row, "amount"), "kind": row.gateway_charge}


def _piece_fields(row, price):
    money = _money_fields(row)
    return {
        "id": str(row.id),
        "name": row.name or None,
        price: money["unit_price"],
        "discount_amount": money["discount_amount"],
        "taxes": money["taxes"],
    }


def back_held(row):
    """What refunds have taken off the order line `row` so far."""
    held = (row.gateway_money or {}).get("back")
    return back_of(held) if held else Back()


def _money_fields(row):
    """The shop's own figures while the line is as it was written, else Odoo's."""
    money = row.gateway_money or {}
    if money and money["written"] == written(row, row.tax_ids.ids):
        return {
            "unit_price": Decimal(money["unit_price"]),
            "discount_amount": Decimal(money["discount_amount"]),
            "taxes": [_parsed(tax) for tax in money["taxes"]],
        }
    gross = to_decimal(row.price_unit) * to_decimal(row.product_uom_qty)
    kept = gross * (1 - to_decimal(row.discount) / 100)
    net = rounded(kept, row.currency_id.decimal_places)  # Odoo rounds what is left, not what is off
    return {
        "unit_price": to_decimal(row.price_unit),
        "discount_amount": gross - net if row.discount else Decimal(0),
        "taxes": _taxes_of(row),
    }


def _taxes_of(row):
    """The taxes of a line as Odoo charges them, each to the cent; what a group of taxes comes to is
    not known of it alone."""
    told = row.tax_ids.compute_all(
        row.price_unit * (1 - row.discount / 100),
        currency=row.currency_id,
        quantity=row.product_uom_qty,
        product=row.product_id,
        partner=row.order_id.partner_shipping_id,
    )
    amounts = {part["id"]: part["amount"] for part in told["taxes"]}
    places = (16, row.currency_id.decimal_places)
    return [
        {
            "name": tax.name,
            "rate": to_decimal(tax.amount) / 100,
            "amount": to_decimal(amounts[tax.id], places) if tax.id in amounts else None,
        }
        for tax in row.tax_ids
    ]


def written(values, tax_ids):
    """What identifies the line's money as written: an edit in Odoo changes one of these."""
    return [values["price_unit"], values["discount"], values["product_uom_qty"], sorted(tax_ids)]


def _parsed(tax):
    return {
        n: Decimal(v) if n in ("rate", "amount") and v is not None else v for n, v in tax.items()
    }
