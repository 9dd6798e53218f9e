"""What every store does with bindings, whatever it keeps them in: the promises of `lib.store`."""

from __future__ import annotations

from typing import Any

_BASE = {"import": {"name": ("Mug", "Mug")}}


class StoreSuite:
    """Mixed into a test case that has `store` and `binding`, the class of bindings, and
    `decide_meanwhile(group, side, direction)`: a person decides on the binding of «gid://1»."""

    store: Any
    binding: Any

    def decide_meanwhile(self, group: str, side: str, direction: str) -> None:
        raise NotImplementedError

    def settle(self, *bindings: Any) -> None:
        self.store.settle("product", "import", bindings, ())

    def by_remote(self) -> Any:
        return self.store.bindings("product", "remote", ["gid://1"])["gid://1"]

    def test_a_gone_binding_does_not_hide_one_that_is_bound(self) -> None:
        first, second = (self.binding("product", f"gid://{n}", "11") for n in (1, 2))
        self.settle(first, second)
        assert self.store.bindings("product", "odoo", ["11"])["11"].remote_id == "gid://1"
        first.state = "gone"
        self.settle(first)
        assert self.store.bindings("product", "odoo", ["11"])["11"].remote_id == "gid://2"
        assert self.store.resolve("product", "odoo", ["11"]) == {"11": "gid://2"}
        assert self.by_remote().state == "gone"

    def test_all_bindings_of_a_record_that_are_not_gone_are_told(self) -> None:
        made = [self.binding("product", f"gid://{n}", "11") for n in (1, 2, 3)]
        made[2].state = "gone"
        self.settle(*made, self.binding("product", "gid://4", "12"))
        held = self.store.holders("product", "odoo", ["11", "13"])
        assert sorted(one.remote_id for one in held) == ["gid://1", "gid://2"]
        assert self.store.holders("product", "odoo", []) == []

    def test_a_new_binding_of_what_is_bound_keeps_its_base(self) -> None:
        self.settle(self.binding("product", "gid://1", "11", base=_BASE))
        self.settle(self.binding("product", "gid://1", "11"))
        assert self.by_remote().base == _BASE

    def test_what_a_person_decides_after_the_binding_was_read_is_kept(self) -> None:
        self.settle(self.binding("product", "gid://1", "11", decided={"price": "odoo"}))
        read = self.by_remote()
        self.decide_meanwhile("name", "remote", "import")
        del read.decided["price"]  # carried out
        read.base = _BASE
        self.settle(read)
        kept = self.by_remote()
        assert (kept.base, kept.pending, kept.decided) == (_BASE, "import", {"name": "remote"})

    def test_what_was_owed_already_is_owed_still_by_a_decision_made_meanwhile(self) -> None:
        self.settle(self.binding("product", "gid://1", "11", pending="import"))
        read = self.by_remote()
        self.decide_meanwhile("name", "remote", "import")
        read.pending = None
        self.settle(read)
        assert self.by_remote().pending == "import"

    def test_what_is_carried_out_is_owed_and_decided_no_more(self) -> None:
        decided = {"name": "remote"}
        self.settle(
            self.binding("product", "gid://1", "11", pending="import", decided=dict(decided))
        )
        read = self.by_remote()
        read.pending, read.decided = None, {}
        self.settle(read)
        kept = self.by_remote()
        assert (kept.pending, kept.decided) == (None, {})

    def test_an_intent_is_over_when_its_record_is_met_at_the_shop(self) -> None:
        self.store.intend([self.binding("product", None, "11", "creating", key="k")])
        self.settle(self.binding("product", "gid://1", "11", base=_BASE))
        found = self.store.bindings("product", "odoo", ["11"])["11"]
        assert (found.state, found.remote_id) == ("bound", "gid://1")
        self.settle(found)  # the same row: no intent is left beside it
        assert self.by_remote().handle == found.handle
