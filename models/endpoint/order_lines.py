"""Order lines: from the shop's prices, discounts and taxes to Odoo's."""

from decimal import Decimal

from odoo.fields import Command

from ...lib.errors import Refused
from .order_back import rest
from .order_elements import MONEY
from .order_fields import CHARGES, QUANTITIES
from .order_line_read import written
from .order_money import fit, is_on_cents, needs_amounts, net_of
from .order_taxes import amount_of, charged, rate_of


class Lines:
    """Turns lines into ORM values for one company: its taxes, its rounding, and the product of
    each kind of line (`product_for`: kind → record)."""

    def __init__(self, env, company, taxes, product_for):
        self.company = company
        self.taxes = taxes
        self.product_for = product_for
        self.per_line = company.tax_calculation_rounding_method == "round_per_line"
        self.digits = env["decimal.precision"].precision_get("Discount")

    def values(self, line, terms, sent_before):
        """ORM values of a whole line that arrives. `sent_before`: what the shop has fulfilled of it
        had left when the level was opened, and moves no stock."""
        values = self.info_values(line)
        values.update(self.product_values(line))
        if sent_before:
            values["gateway_fulfilled_qty"] = float(line.get("fulfilled_quantity") or 0)
        values.update(self.money_values(line, terms))
        return values

    def info_values(self, line):
        """ORM values of what a line says besides product and money; only what is given."""
        values = {QUANTITIES[n]: float(line[n] or 0) for n in QUANTITIES if n in line}
        if line.get("name"):
            values["name"] = line["name"]
        return values

    def product_values(self, line):
        """The product of a whole line, and what marks its kind."""
        kind = line.get("kind")
        if kind is None:
            return {"product_id": self._variant(line)}
        values = {"product_id": self.product_for(kind).id}
        if kind == "shipping":
            values["is_delivery"] = True
        elif kind in CHARGES:
            values["gateway_charge"] = kind
        return values

    def _variant(self, line):
        if line.get("product_id"):
            return int(line["product_id"])
        stand_in = self.product_for("deleted")
        if stand_in:
            return stand_in.id
        title, sku = line.get("name") or "without a title", line.get("sku") or "—"
        raise Refused(
            f"the line «{title}» (SKU {sku}) has no variant: it is deleted at the shop or never "
            "was one",
            field="lines.product_id",
            remedy="Name a product for such lines on the connector («Product for deleted ones»), "
            "or enter the order by hand; then retry.",
        )

    def money_values(self, line, terms, back=None):
        """Quantity, price, discount, taxes, and the shop's own figures to read back.

        `back`: what refunds took off it; the rest is written, the shop's figures are read back.
        """
        line = {**line, **{name: _decimal(line.get(name)) for name in MONEY[:-1]}}
        left = line
        if back:
            left = rest(_with_decimals(line), back, terms.currency.decimal_places)
        if left is None:
            raise Refused(
                f"more was given back of «{line.get('name')}» than is on the line",
                field="refunds",
                remedy="Change the line and credit the refund by hand, then retry.",
            )
        rows = self.taxes.resolve(charged(left.get("taxes")), terms)
        values = self._priced(left, rows, terms)
        values["gateway_money"] = {
            "unit_price": str(line["unit_price"]),
            "discount_amount": str(line["discount_amount"]),
            "taxes": [_plain(tax) for tax in line.get("taxes") or ()],
            "written": written(values, [row.id for row in rows]),
        }
        if back:
            values["gateway_money"]["back"] = {
                "quantity": str(back.quantity),
                "amount": str(back.amount),
                "tax": None if back.tax is None else str(back.tax),
            }
        return values

    def _priced(self, line, rows, terms):
        """What Odoo computes a line's amounts from; `rows`: the taxes it is charged."""
        quantity, unit, off = (line[name] for name in MONEY[:-1])
        places = terms.currency.decimal_places
        price = fit(quantity, unit, off, places, self.digits, not self.per_line)
        values = {
            "product_uom_qty": float(quantity),
            "price_unit": float(price.unit),
            "discount": float(price.discount),
            "tax_ids": [Command.set([row.id for row in rows])],
        }
        net = net_of(quantity, unit, off)
        taxes = charged(line.get("taxes"))
        values["extra_tax_data"] = self._amounts(net, taxes, rows, terms, values)
        return values

    def rest_values(self, row, line, terms, back):
        """What is left on the order line `row` after `back`; its taxes stay its own."""
        self.taxes.know(row.tax_ids, line["taxes"], terms)
        return self.money_values(line, terms, back)

    def invoice_values(self, row, piece, terms):
        """`piece`, given back of the order line `row`, as values of an invoice line."""
        self.taxes.know(row.tax_ids, piece["taxes"], terms)
        rows = self.taxes.resolve(charged(piece["taxes"]), terms)
        values = self._priced(piece, rows, terms)
        quantity = values.pop("product_uom_qty")
        return {**values, "quantity": quantity}

    def _amounts(self, net, taxes, rows, terms, values):
        """The shop's tax amounts in the form the tax engine takes, where Odoo would round another
        way. Odoo itself drops them as soon as price, discount or quantity are edited."""
        amounts = [amount_of(tax) for tax in taxes]
        places, included = terms.currency.decimal_places, terms.included
        if not taxes or any(a is None or not is_on_cents(a, places) for a in amounts):
            return False
        pairs = [(rate_of(row), amount) for row, amount in zip(rows, amounts, strict=True)]
        if not is_on_cents(net, places) or not needs_amounts(
            net, pairs, included, places, self.per_line
        ):
            return False
        base = float(net - sum(amounts) if included else net)
        return {
            "manual_total_excluded_currency": base,
            "manual_tax_amounts": {
                str(row.id): {"tax_amount_currency": float(amount), "base_amount_currency": base}
                for row, amount in zip(rows, amounts, strict=True)
            },
            "currency_id": terms.currency.id,
            "price_unit": values["price_unit"],
            "discount": values["discount"],
            "quantity": values["product_uom_qty"],
        }


def _with_decimals(line):
    return {**line, "taxes": [{**tax, "amount": amount_of(tax)} for tax in line.get("taxes") or ()]}


def _plain(tax):
    return {name: str(v) if isinstance(v, Decimal) else v for name, v in tax.items()}


def _decimal(value):
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))
