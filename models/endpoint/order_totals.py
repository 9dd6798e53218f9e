"""Whether Odoo's total is the shop's to the cent, and where they part when it is not."""

from decimal import Decimal

from ...lib.errors import Refused
from .columns import to_decimal
from .order_elements import all_lines
from .order_money import net_of, rounded
from .order_taxes import amount_of


def sold_total(row):
    """The total of what was sold, to the currency's digits: refunds do not make it less."""
    here = to_decimal(row.amount_total) + to_decimal(row.gateway_refunded_total)
    return rounded(here, row.currency_id.decimal_places)


def check_total(row, values, whole, wanted=None):
    """Raises Refused unless the order `row` has the shop's total (`values`, as the mapping gave).

    `whole`: `values` are all there is of the order, not just what changed. `wanted`: the total
    where the shop's did not change.
    """
    wanted = values.get("total", wanted)
    if wanted is None:
        return
    places = row.currency_id.decimal_places
    held, wanted = sold_total(row), Decimal(str(wanted))
    if held == wanted:
        return
    raise Refused(
        f"the totals differ: the shop says {wanted} {row.currency_id.name}, Odoo computes {held} "
        f"({held - wanted:+}). {_explanation(row, values, places, whole)}",
        field="total",
        value=wanted,
        remedy="Compare the lines named; usual causes are a product, tax or charge that the "
        "mapping does not carry. Mend the mapping or the tax, then retry.",
        details={"shop": str(wanted), "odoo": str(held)},
    )


def _explanation(row, values, places, whole):
    parts = []
    total_tax = values.get("total_tax")
    if total_tax is not None:
        tax = rounded(to_decimal(row.amount_tax), places)
        if tax != Decimal(str(total_tax)):
            parts.append(f"Taxes: shop {total_tax}, Odoo {tax}.")
    if not whole:
        return " ".join(parts)
    differing = list(_differing_lines(row, values, places))
    parts += differing
    if not differing:
        parts.append(
            "Every line agrees: the shop's total holds something that is on none of its lines "
            f"(rounding: {row.company_id.tax_calculation_rounding_method})."
        )
    return " ".join(parts)


def _differing_lines(row, values, places):
    included = bool(values.get("taxes_included"))
    for line, held in zip(all_lines(values), row.order_line, strict=False):
        shop_net, shop_tax = _said(line, included)
        odoo_net = rounded(to_decimal(held.price_subtotal), places)
        odoo_tax = rounded(to_decimal(held.price_tax), places)
        if (shop_net, shop_tax) != (odoo_net, odoo_tax):
            yield (
                f"Line «{held.name}»: shop {shop_net} + tax {shop_tax}, "
                f"Odoo {odoo_net} + tax {odoo_tax}."
            )


def _said(line, included):
    """(net without tax, tax) of a line as the shop says."""

    def number(name):
        return Decimal(str(line.get(name) or 0))

    net = net_of(number("quantity"), number("unit_price"), number("discount_amount"))
    tax = sum((amount_of(one) or Decimal(0) for one in line.get("taxes") or ()), Decimal(0))
    return (net - tax if included else net), tax
