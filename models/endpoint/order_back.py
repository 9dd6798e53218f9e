"""What a refund gives back of a line: shares and rests, exact to the cent; no Odoo."""

from dataclasses import dataclass
from decimal import Decimal

from .order_money import net_of, rounded

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Back:
    """Given back of one line. `amount` is as the order's prices are, `tax` what went with it."""

    quantity: Decimal = _ZERO
    amount: Decimal = _ZERO
    tax: Decimal | None = _ZERO

    def __add__(self, other):
        tax = None if None in (self.tax, other.tax) else self.tax + other.tax
        return Back(self.quantity + other.quantity, self.amount + other.amount, tax)

    def __bool__(self):
        return bool(self.quantity or self.amount or self.tax)

    def total(self, included):
        """What it is with its tax."""
        return self.amount if included else self.amount + (self.tax or _ZERO)

    def part(self, quantity, places):
        """The share of `quantity` of it; the rest is `self` less that."""
        if quantity >= self.quantity:
            return self
        share = quantity / self.quantity
        tax = None if self.tax is None else rounded(self.tax * share, places)
        return Back(quantity, rounded(self.amount * share, places), tax)

    def less(self, other):
        tax = None if None in (self.tax, other.tax) else self.tax - other.tax
        return Back(self.quantity - other.quantity, self.amount - other.amount, tax)


def back_of(given):
    """A `refunds` line, shipping or the like, as Back."""
    tax = given.get("tax")
    return Back(
        _decimal(given.get("quantity")),
        _decimal(given.get("amount")),
        None if tax is None else _decimal(tax),
    )


def rest(line, back, places):
    """`line` (quantity, unit_price, discount_amount, taxes) without what was given back of it;
    None where the rest can't stand on a line, as money on no quantity can't."""
    quantity = line["quantity"] - back.quantity
    net = net_of(line["quantity"], line["unit_price"], line["discount_amount"]) - back.amount
    if quantity < 0 or (net and not quantity):
        return None
    return {
        **line,
        "quantity": quantity,
        "discount_amount": quantity * line["unit_price"] - net,
        "taxes": _less_tax(line["taxes"], back.tax, places),
    }


def returned(line, back, places):
    """What was given back as a line of its own: one piece where no quantity came back."""
    quantity = back.quantity or Decimal(1)
    unit = line["unit_price"] if back.quantity else back.amount
    kept = _less_tax(line["taxes"], back.tax, places)
    taxes = [
        {**tax, "amount": None if left["amount"] is None else tax["amount"] - left["amount"]}
        for tax, left in zip(line["taxes"], kept, strict=True)
    ]
    return {
        "quantity": quantity,
        "unit_price": unit,
        "discount_amount": quantity * unit - back.amount,
        "taxes": taxes,
    }


def _less_tax(taxes, off, places):
    """`taxes` with `off` taken off in proportion, the last one taking the cents that are left."""
    amounts = [tax.get("amount") for tax in taxes]
    if off is None or None in amounts:
        return [{**tax, "amount": None} for tax in taxes]
    whole, left, out = sum(amounts), off, []
    for place, tax in enumerate(taxes):
        last = place == len(taxes) - 1
        share = left if last else rounded(off * tax["amount"] / whole, places) if whole else _ZERO
        left -= share
        out.append({**tax, "amount": tax["amount"] - share})
    return out


def _decimal(value):
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))
