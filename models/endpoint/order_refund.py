"""One refund on its way: what the shop gave back, and what becomes of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...lib.errors import Refused
from ...lib.values import freeze
from ..wording import short_id
from .order_back import Back, back_of
from .order_edits import REMEDIES


@dataclass(slots=True)
class Refund:
    """One refund on its way. `left` are (what, what to do) for a person, `said` what was done."""

    row: Any
    op: Any
    given: dict[str, Any]
    lines: list[tuple[Any, Back, dict[str, Any]]] = field(default_factory=list)
    returns: list[tuple[Any, Decimal, str | None]] = field(default_factory=list)
    reduced: Decimal = Decimal(0)
    outcome: str = "nothing"
    left: list[tuple[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    move: Any = None
    pickings: Any = None
    came_by: Any = None

    @property
    def adjustment(self):
        return Decimal(str(self.given.get("adjustment") or 0))

    @property
    def title(self):
        currency = self.row.currency_id.name
        number = short_id(str(self.given["id"]))
        return f"refund {number} of {plain(self.given.get('amount') or 0)} {currency}"

    def unexplained(self, included):
        """What its amount holds besides its parts."""
        if self.given.get("amount") is None:
            return Decimal(0)
        given = [*(self.given.get("lines") or ()), self.given.get("shipping") or {}]
        parts = sum((back_of(one).total(included) for one in given), self.adjustment)
        return Decimal(str(self.given["amount"])) - parts

    @property
    def is_known(self):
        """Whether a credit note of Odoo stands for it: nothing is to be carried out."""
        return self.move is not None

    def leave(self, what, remedy=REMEDIES["refund"]):
        self.left.append((f"{self.title}: {what}", remedy))


def check_refunds(op):
    for given in op.values.get("refunds") or ():
        lines = given.get("lines") or ()
        if not given.get("id") or any(not line.get("line") for line in lines):
            raise Refused(
                "a refund without an id, or with a line that names none, can't be carried out once",
                field="refunds",
                value=freeze(given.get("id")),
                remedy="Let the mapping give «id» of each refund and «line» of each of its lines.",
            )


def plain(number):
    return freeze(Decimal(str(number)))
