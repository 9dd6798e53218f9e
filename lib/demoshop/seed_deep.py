"""Orders with all that can happen to one: tips, duties, gift cards, refunds, edits, returns,
another currency. Behind the setting `deep_orders`: the demo's fifty orders stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from .editing import commit_edit
from .fulfilling import fulfill
from .ids import number
from .money import presented
from .refunding import Back, cancel, refund
from .returning import close_return, open_return
from .sale import Discount, Payment, Sale, Sold
from .seed_orders import ONE_RATE, SHIPPING, TWO_RATES
from .selling import place
from .shop import Shop
from .store import Rec, Store, stamp

After = Callable[[Store, Rec, str], object]
RATE = Decimal("0.92")


def seed_deep_orders(shop: Shop, end: datetime) -> list[Rec]:
    """One order of each sort in CASES, an hour apart before `end`. Levels are left alone."""
    store, made = shop.store, []
    location = next(iter(store.tables["Location"]))
    for hours, (name, (change, after)) in enumerate(CASES.items()):
        at = end - timedelta(hours=len(CASES) - hours)
        sale = change(_plain(shop, name))
        order = place(store, sale, location, stamp(at))
        after(store, order, stamp(at + timedelta(minutes=20)))
        made.append(order)
    return made


def _plain(shop: Shop, name: str) -> Sale:
    """Two lines, one rate, paid at once."""
    store = shop.store
    variants = list(store.tables["ProductVariant"])[:2]
    buyer = next(iter(store.tables["Customer"].values()))
    home = {**buyer["addresses"][0], "id": store.new_gid("MailingAddress")}
    return Sale(
        lines=[_sold(store, key, 2) for key in variants],
        currency=shop.settings.currency,
        taxes=ONE_RATE,
        taxes_included=shop.settings.taxes_included,
        shipping=[SHIPPING[0]],
        customer=number(buyer["id"]),
        email=buyer["email"],
        billing=home,
        delivery=home,
        tags=(f"case {name}",),
    )


def _sold(store: Store, variant: int, quantity: int) -> Sold:
    return Sold(quantity, Decimal(store.get("ProductVariant", variant)["price"]), variant)


# -- how it was sold -----------------------------------------------------------------------------


def _same(sale: Sale) -> Sale:
    return sale


def _tip(sale: Sale) -> Sale:
    tip = Sold(1, Decimal("3.50"), title="Tip", taxable=False, requires_shipping=False, is_tip=True)
    return replace(sale, lines=[*sale.lines, tip])


def _duties(sale: Sale) -> Sale:
    first = replace(sale.lines[0], duties=(("610910", Decimal("4.20")),))
    return replace(sale, lines=[first, *sale.lines[1:]], fees=[("Import fee", Decimal("1.15"))])


def _gift_card_sold(sale: Sale) -> Sale:
    card = Sold(
        1, Decimal(25), title="Gift card", taxable=False, requires_shipping=False, gift_card=True
    )
    return replace(sale, lines=[*sale.lines, card])


def _gift_card_redeemed(sale: Sale) -> Sale:
    return replace(sale, payments=[Payment(Decimal(20), "gift_card"), Payment(None)])


def _authorised(sale: Sale) -> Sale:
    return replace(sale, payments=[Payment(Decimal(50), kind="AUTHORIZATION")])


def _failed_first(sale: Sale) -> Sale:
    return replace(sale, payments=[Payment(Decimal(50), status="FAILURE")])


def _free(sale: Sale) -> Sale:
    whole = Discount("Influencer", percentage=Decimal(100), code="FREE")
    return replace(sale, discount=whole, shipping=[])


def _three_ways(sale: Sale) -> Sale:
    lines = [
        replace(sale.lines[0], discount=Discount("Second choice", percentage=Decimal(15))),
        *sale.lines[1:],
        replace(sale.lines[1], quantity=1),
    ]
    whole = Discount("Welcome", amount=Decimal(10), code="WELCOME")
    return replace(sale, lines=lines, discount=whole, taxes=TWO_RATES)


def _many(sale: Sale) -> Sale:
    return replace(sale, lines=[replace(sale.lines[0], quantity=1) for _ in range(30)])


def _company(sale: Sale) -> Sale:
    company = {"id": "gid://shopify/Company/1", "name": "Example Trading", "externalId": "ET"}
    location = {"id": "gid://shopify/CompanyLocation/1", "name": "Austin", "externalId": None}
    contact = {"id": "gid://shopify/CompanyContact/1"}
    extra = {"company": {"company": company, "location": location, "contact": contact}}
    return replace(sale, extra=extra)


# -- what happened then --------------------------------------------------------------------------


def _nothing(_store: Store, _order: Rec, _at: str) -> None:
    return None


def _refund_one(store: Store, order: Rec, at: str) -> None:
    back = [Back(order["lineItems"][0], 1, "CANCEL", next(iter(store.tables["Location"])))]
    refund(store, order, back, note="Damaged", when=at, stock=False)


def _refund_all(store: Store, order: Rec, at: str) -> None:
    backs = [Back(line, line["quantity"], "CANCEL") for line in order["lineItems"]]
    refund(store, order, backs, shipping=SHIPPING[0][2], when=at, stock=False)


def _refund_shipping(store: Store, order: Rec, at: str) -> None:
    refund(store, order, shipping=Decimal(2), note="Late", when=at, stock=False)


def _refund_amount(store: Store, order: Rec, at: str) -> None:
    refund(store, order, money=Decimal("7.50"), note="Goodwill", when=at, stock=False)


def _edit(store: Store, order: Rec, at: str) -> None:
    """One line is taken off, one unit of another too, a third added."""
    first, second = order["lineItems"][:2]
    extra = _sold(store, list(store.tables["ProductVariant"])[3], 1)
    stay = {first["id"]: 0, second["id"]: 1}
    commit_edit(store, order, stay, [extra], at, stock=False)


def _ship(store: Store, order: Rec, at: str) -> Rec:
    made = store.get("FulfillmentOrder", order["fulfillmentOrders"][0])
    first = made["lineItems"][0]
    tracking = [{"company": "UPS", "number": "1Z0001", "url": "https://ups.example/1Z0001"}]
    return fulfill(store, made, {first["id"]: 2}, tracking, at, stock=False)


def _return(store: Store, order: Rec, at: str) -> None:
    sent = _ship(store, order, at)
    line = {
        "fulfillmentLineItemId": sent["lineItems"][0]["id"],
        "quantity": 1,
        "returnReasonDefinitionId": "gid://shopify/ReturnReasonDefinition/2",
        "returnReasonNote": "Too small",
    }
    open_return(store, order, [line], at)


def _returned(store: Store, order: Rec, at: str) -> None:
    _return(store, order, at)
    made = store.get("Return", order["returns"][0])
    back = Back(order["lineItems"][0], 1, "RETURN", next(iter(store.tables["Location"])))
    close_return(store, order, made, refund(store, order, [back], when=at, stock=False), at)


def _cancel(store: Store, order: Rec, at: str) -> None:
    cancel(store, order, "FRAUD", at, restock=True, stock=False)


def _in_euro(_store: Store, order: Rec, _at: str) -> None:
    order.update(presented(order, RATE, "EUR"), presentmentCurrencyCode="EUR")


def _product_gone(_store: Store, order: Rec, _at: str) -> None:
    order["lineItems"][0].update(product=None, variant=None)


Case = tuple[Callable[[Sale], Sale], After]
CASES: dict[str, Case] = {
    "tip": (_tip, _nothing),
    "duties": (_duties, _nothing),
    "gift card sold": (_gift_card_sold, _nothing),
    "gift card redeemed": (_gift_card_redeemed, _nothing),
    "authorised": (_authorised, _nothing),
    "failed payment": (_failed_first, _nothing),
    "free": (_free, _nothing),
    "three discounts": (_three_ways, _nothing),
    "many lines": (_many, _nothing),
    "company": (_company, _nothing),
    "line refunded": (_same, _refund_one),
    "all refunded": (_same, _refund_all),
    "shipping refunded": (_same, _refund_shipping),
    "amount refunded": (_same, _refund_amount),
    "edited": (_same, _edit),
    "partly sent": (_same, _ship),
    "return open": (_same, _return),
    "returned": (_same, _returned),
    "cancelled": (_same, _cancel),
    "in euro": (_same, _in_euro),
    "product gone": (_same, _product_gone),
}


def deep_orders(shop: Shop) -> Sequence[tuple[str, Rec]]:
    """(case, order) of the deep orders that a shop has."""
    found = []
    for order in shop.store.tables["Order"].values():
        case = next((tag[5:] for tag in order["tags"] if tag.startswith("case ")), None)
        if case is not None:
            found.append((case, order))
    return found
