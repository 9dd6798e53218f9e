"""What a sale is: lines, discounts, taxes, shipping, buyer. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .money import rounded
from .store import Rec

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tax:
    title: str
    rate: Decimal
    amount: Decimal | None = None  # where it is told, not worked out


@dataclass(frozen=True, slots=True)
class Discount:
    """`percentage` or `amount`, on the whole order or on one line. With a `code` the buyer typed
    it in, else the merchant or a rule gave it."""

    title: str
    percentage: Decimal | None = None
    amount: Decimal = ZERO
    code: str | None = None

    def off(self, price: Decimal, currency: str) -> Decimal:
        if self.percentage is not None:
            return rounded(price * self.percentage / 100, currency)
        return min(price, self.amount)

    def application(self, index: int, whole: bool) -> Rec:
        value: Rec = (
            {"__typename": "MoneyV2", "amount": format(self.amount, "f")}
            if self.percentage is None
            else {"__typename": "PricingPercentageValue", "percentage": float(self.percentage)}
        )
        kind = "DiscountCodeApplication" if self.code else "ManualDiscountApplication"
        return {
            "__typename": kind,
            "index": index,
            "allocationMethod": "ACROSS" if whole else "EACH",
            "targetSelection": "ALL" if whole else "EXPLICIT",
            "targetType": "LINE_ITEM",
            "title": self.title,
            "description": self.title,
            "code": self.code,
            "value": value,
        }


@dataclass(frozen=True, slots=True)
class Sold:
    """One line: a variant, or just a title where the shop has none (`variant` None)."""

    quantity: int
    price: Decimal
    variant: int | None = None
    title: str = ""
    sku: str | None = None
    taxable: bool = True
    requires_shipping: bool = True
    discount: Discount | None = None
    taxes: tuple[Tax, ...] | None = None  # where they differ from the order's
    gift_card: bool = False
    is_tip: bool = False
    duties: tuple[tuple[str, Decimal], ...] = ()  # (harmonised code, amount for all units)

    @property
    def is_goods(self) -> bool:
        """Whether discounts on the whole order reach it."""
        return not (self.is_tip or self.gift_card)


@dataclass(frozen=True, slots=True)
class Payment:
    """One movement of money at checkout; without an amount, what the others leave. Gift cards have
    the gateway `gift_card`."""

    amount: Decimal | None
    gateway: str = "bogus"
    kind: str = "SALE"
    status: str = "SUCCESS"


Shipping = tuple[str, str, Decimal] | tuple[str, str, Decimal, tuple[Tax, ...]]


@dataclass(frozen=True, slots=True)
class Sale:
    """What makes an order. `shipping` is (title, code, price), and its taxes where they differ."""

    lines: Sequence[Sold]
    currency: str
    taxes: Sequence[Tax] = ()
    taxes_included: bool = False
    shipping: Sequence[Shipping] = ()
    discount: Discount | None = None
    customer: int | None = None
    email: str | None = None
    phone: str | None = None
    billing: Rec | None = None
    delivery: Rec | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    paid: bool = True
    #: How it is paid; None: at once and in one sum where `paid`, else not yet.
    payments: Sequence[Payment] | None = None
    fees: Sequence[tuple[str, Decimal]] = ()
    duties_included: bool = False
    extra: Rec = field(default_factory=dict)

    def paid_by(self, total: Decimal) -> list[Payment]:
        """The payments, each with its amount."""
        given = self.payments
        if given is None:
            given = [Payment(None)] if self.paid and total else []
        rest = total - sum((payment.amount or ZERO for payment in given), ZERO)
        return [p if p.amount is not None else replace(p, amount=rest) for p in given]
