"""The play over the demo shop, with trouble where the client really sends something."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from ..machine import PICKS, PLANS, Torture
from ..outside import Happening

WHAT = st.sampled_from(["title", "note", "price", "name", "product", "variant", "customer"])
TROUBLE = st.sampled_from(
    [
        "crash",
        "throttle",
        "error before",
        "error after",
        "lost answer",
        "half a batch",
        "access taken",
        "shop edit",
        "shop delete",
        "take over",
    ]
)


class DemoTorture(Torture):
    @rule(what=WHAT, pick=PICKS, trouble=TROUBLE, at=st.integers(1, 14), plan=PLANS)
    def send_into_trouble(self, what: str, pick: int, trouble: str, at: int, plan: Any) -> None:
        """Something is typed in Odoo, and sent while something happens."""
        if what == "product":
            self.create_product("odoo", pick)
        elif what == "variant":
            self.change_variants("odoo", pick, adds=True)
        elif what == "customer":
            self.create_customer("odoo", pick)
        else:
            self.edit("odoo", what, pick, 0)
        self.run("export", [Happening(at, trouble, pick), *plan], False, False)
