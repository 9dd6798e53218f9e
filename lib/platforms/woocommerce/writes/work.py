"""Which ops WooCommerce's client takes, and how their values are nested."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ....endpoint import Op
from ....errors import Refused
from ...work import Nesting, Work, rounds
from ...work import begin as begin_all

__all__ = ["Work", "begin", "rounds"]

_NESTING = Nesting(
    frozenset({"variants", "lines", "shipping_lines", "fee_lines", "coupon_lines", "refunds"}),
    frozenset({"options", "dimensions"}),
)


def begin(
    ops: Sequence[Op], entity: str, writable: Collection[str], actions: Collection[str]
) -> list[Work]:
    """Work for `ops`; an op that is not among `actions`, or has a field that can't be written, is
    refused at once."""
    works = begin_all(ops, _NESTING, writable, "WooCommerce")
    for work in works:
        action = work.op.action
        if action not in actions:
            work.fail(
                Refused(
                    f"WooCommerce's client can't {action} a {entity}.",
                    remedy="Take it out of the export, or do it in the shop.",
                )
            )
        elif action != "create" and not work.op.id:
            work.fail(Refused(f"To {action} needs an id.", remedy="Report it: a defect."))
    return works
