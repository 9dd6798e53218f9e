"""A sale as fields of a price, and back: with its dates, or as the pair of a price and the one it
is compared at. Pure; money is Decimal, times are aware."""

from dataclasses import dataclass, replace
from decimal import Decimal

from ...lib.errors import Refused
from .sales import Sale

#: The price before the sale, in force or not at all.
WAS = "compare_at_price"
SALE = ("sale_price", "sale_from", "sale_to")


@dataclass(frozen=True, slots=True)
class Asked:
    """`regular` None: it stays. `told` is the sale as it is, `sale` as it is wanted."""

    regular: Decimal | None
    told: Sale | None = None
    sale: Sale | None = None
    speaks_of_sale: bool = False


def fields_of_sale(sale, regular, is_pair, now):
    """What a variant says of its sale (None: it has none)."""
    forced = sale if sale and sale.has_begun(now) else None
    out = dict(zip(SALE, _parts(sale), strict=True))
    out[WAS] = regular if forced else None
    if is_pair and forced:
        out["price"] = forced.price
    return out


def canonical_sale(values, now):
    """`values` as they come back: what is no sale has neither price nor dates."""
    price, was, sold = (values.get(name) for name in ("price", WAS, "sale_price"))
    ends = values.get("sale_to")
    out = dict(values)
    if was is not None and price is not None and was <= price:
        out[WAS] = None
    is_none = sold is None or (price is not None and sold >= price) or (ends and ends < now)
    if "sale_price" in values and is_none:
        out.update({name: None for name in SALE if name in values})
    return out


def asked_of(values, regular, told, is_pair, now):
    """What `values` want of a variant with this regular price and this sale.

    Raises Refused for a sale that is told in both ways."""
    if is_pair:
        return _of_pair(values, regular, told if told and told.has_begun(now) else None)
    return _of_dates(values, regular, told, now)


def _of_pair(values, regular, told):
    """Shops with this pair know no dates: those of a sale that stays in force stay."""
    if any(name in values for name in SALE):
        raise Refused(
            f"the sale is carried as {WAS}, and can't be written as sale_price too",
            field="sale_price",
            cause="mapping",
            remedy=f"Take sale_price and its dates, or {WAS}, out of the import mapping.",
        )
    price = values.get("price")
    if price is None:
        price = told.price if told else regular
    was = values.get(WAS, regular if told else None)
    if was is not None and was > price:
        return Asked(was, told, replace(told, price=price) if told else Sale(price), True)
    return Asked(price, told, None, True)


def _of_dates(values, regular, told, now):
    price = values.get("price")
    if not any(name in values for name in SALE):
        return Asked(price)
    wanted = [values.get(name, held) for name, held in zip(SALE, _parts(told), strict=True)]
    sale = Sale(*wanted) if wanted[0] is not None else None
    if sale and (sale.is_over(now) or sale.price >= (regular if price is None else price)):
        sale = None
    if sale and told and sale.begins is None and told.has_begun(now):
        sale = replace(sale, begins=told.begins)  # shops forget when a sale began, once it has
    return Asked(price, told, sale, True)


def _parts(sale):
    return (sale.price, sale.begins, sale.ends) if sale else (None,) * 3
