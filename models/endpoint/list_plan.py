"""How prices that are asked for come true in a price list: by the plan of sales, whose items they
are too, in other words."""

from dataclasses import replace

from ...lib.errors import Refused
from .sale_plan import SalePlan
from .sales import Sale


class ListPlan(SalePlan):
    """Items in force alone are spoken of; those to come stay."""

    def _refusal(self, variant, item, wanted):
        return Refused(
            f"The price of «{variant.display_name}» in the price list "
            f"«{self.sales.pricelist.name}» can't be taken away: the item «{item.display_name}» "
            f"({item.price}) would give it another one, and is left as it is",
            field="prices.price",
            remedy="Change or remove that item in Odoo, or give the variant a price in the shop, "
            "then retry.",
        )


def asked_price(fields, told):
    """The price of an element as an item with the dates of the one in force; None for no price."""
    price = fields and fields["price"]
    if price is None:
        return None
    return replace(told, price=price) if told else Sale(price)
