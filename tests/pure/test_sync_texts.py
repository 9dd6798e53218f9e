"""The type `texts` through the pipeline: each text is compared for itself."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_ng.lib.merge import Rule
from gateway_ng.lib.plan.flow import over
from gateway_ng.lib.sync.reconcile import reconcile
from gateway_ng.tests.contract.world import PRODUCT_IN, PRODUCT_OUT, World
from gateway_ng.tests.pure.test_sync_lost_answer import lose_the_answer

WORDS = {"MAPTO": "terms", "type": "texts", "null_yields": True}
OUT = {**PRODUCT_OUT, "record": {**PRODUCT_OUT["record"], "words": WORDS}}


class Pair:
    """One product on both sides; its texts go out and do not come in."""

    def __init__(self, odoo: Any, shop: Any, *rules: Rule) -> None:
        self.world = World(PRODUCT_IN, OUT, rules=rules)
        self.odoo_id = self.world.odoo.put("product", {"name": "Tee", "code": "T", "terms": odoo})
        shown = {"title": "Tee", "sku": "T", "status": "active", "words": shop}
        self.shop_id = self.world.shop.put("product", shown)
        self.world.both()

    def odoo(self, **terms: str) -> None:
        self.world.odoo.edit("product", self.odoo_id, terms=terms or None)

    def shop(self, **words: str) -> None:
        self.world.shop.edit("product", self.shop_id, words=words or None)

    def shown(self) -> Any:
        return self.world.shop.get("product", self.shop_id)["words"]

    def conflicts(self) -> list[Any]:
        return [one for _e, _d, trace in self.world.store.traces for one in trace.conflicts]

    def settled(self) -> None:
        self.world.both()
        assert self.world.writes() == []


def test_where_both_meet_what_the_target_has_stays_and_what_it_lacks_is_filled() -> None:
    pair = Pair({"size": "Taille", "red": "Rouge"}, {"red": "Rouge vif", "blue": "Bleu"})
    assert pair.shown() == {"size": "Taille", "red": "Rouge vif", "blue": "Bleu"}
    assert pair.conflicts() == []
    pair.settled()


def test_a_source_that_has_none_takes_nobody_s_away() -> None:
    pair = Pair(None, {"size": "Taille"})
    assert pair.shown() == {"size": "Taille"} and pair.world.writes() == []


def test_only_the_text_that_changed_is_written_and_one_that_is_gone_is_taken_away() -> None:
    pair = Pair({"size": "Taille", "red": "Rouge"}, {"red": "Rouge vif", "blue": "Bleu"})
    pair.odoo(size="Grandeur", red="Rouge")
    pair.settled()
    assert pair.shown() == {"size": "Grandeur", "red": "Rouge vif", "blue": "Bleu"}
    pair.odoo(red="Rouge")
    pair.settled()
    assert pair.shown() == {"red": "Rouge vif", "blue": "Bleu"}
    pair.odoo(red="Rouge clair")
    pair.settled()
    assert pair.shown() == {"red": "Rouge clair", "blue": "Bleu"}
    assert pair.conflicts() == []


def test_texts_that_changed_on_both_sides_are_no_conflict_where_they_are_others() -> None:
    pair = Pair({"size": "Taille", "red": "Rouge"}, None)
    pair.odoo(size="Grandeur", red="Rouge")
    pair.shop(size="Taille", red="Rouge vif", blue="Bleu")
    pair.settled()
    assert pair.shown() == {"size": "Grandeur", "red": "Rouge vif", "blue": "Bleu"}
    assert pair.conflicts() == []


@pytest.mark.parametrize(("winner", "shown"), [("odoo", "Pourpre"), ("remote", "Rouge vif")])
def test_one_text_that_changed_on_both_sides_is_decided_by_the_rules(
    winner: Any, shown: str
) -> None:
    pair = Pair({"red": "Rouge"}, {"blue": "Bleu"}, Rule("*", winner))
    pair.odoo(red="Pourpre")
    pair.shop(red="Rouge vif", blue="Bleu")
    pair.settled()
    assert pair.shown() == {"red": shown, "blue": "Bleu"}
    assert len(pair.conflicts()) == 1


def test_an_edit_of_the_target_alone_stays_unless_the_source_owns_it() -> None:
    for rules, shown in (((), "Rouge vif"), ((Rule("*", "odoo", restore=True),), "Rouge")):
        pair = Pair({"red": "Rouge"}, None, *rules)
        pair.shop(red="Rouge vif")
        pair.world.odoo.edit("product", pair.odoo_id, price=7)
        pair.settled()
        assert pair.shown() == {"red": shown}


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("again", [{"red": "Pourpre"}, {"red": "Rouge"}, {"red": "Rose"}, {}])
def test_a_write_whose_answer_was_lost_is_what_the_source_says_by_now(
    arrives: bool, again: dict[str, str]
) -> None:
    pair = Pair({"red": "Rouge", "green": "Vert"}, {"green": "Vert clair"}, Rule("*", "odoo"))
    pair.odoo(red="Pourpre", green="Vert")
    lose_the_answer(pair.world, arrives)
    pair.odoo(green="Vert", **again)
    pair.settled()
    assert pair.shown() == {"green": "Vert clair", **again}


@pytest.mark.parametrize("arrives", [True, False])
def test_a_first_meeting_whose_answer_was_lost_is_what_the_source_says_by_now(
    arrives: bool,
) -> None:
    world = World(PRODUCT_IN, OUT)
    id_ = world.odoo.put("product", {"name": "Tee", "code": "T", "terms": {"red": "Rouge"}})
    words = {"blue": "Bleu"}
    shop_id = world.shop.put("product", {"title": "Tee", "sku": "T", "words": words})
    lose_the_answer(world, arrives)
    world.odoo.edit("product", id_, terms={"red": "Rose"})
    world.both()
    assert world.shop.get("product", shop_id)["words"] == {"red": "Rose", "blue": "Bleu"}
    assert world.writes() == []


def test_a_plan_tells_what_is_filled_and_its_apply_does_it() -> None:
    pair = Pair({"red": "Rouge"}, {"blue": "Bleu"})
    pair.odoo(red="Rose")
    plan = pair.world.plan(over=over)
    assert plan.trace(pair.odoo_id).fields["words"][1] == {"red": "Rose", "blue": "Bleu"}
    pair.world.apply(plan)
    assert pair.shown() == {"red": "Rose", "blue": "Bleu"}


def test_a_comparison_tells_no_difference_of_what_only_the_target_has() -> None:
    pair = Pair({"red": "Rouge"}, {"blue": "Bleu"})
    record = list(pair.world.odoo.fetch("product", [pair.odoo_id]))
    assert reconcile(pair.world.flow("export"), record) == {"unchanged": 1}
    pair.shop(red="Rose", blue="Bleu")
    assert reconcile(pair.world.flow("export"), record) == {"unchanged": 1}, "it stays for good"
    trace = pair.world.trace(pair.odoo_id)
    why = "left apart: changed in the shop, and this field is carried from Odoo only"
    assert trace.reasons["words"] == why
    fields = trace.fields
    assert fields["words"] == ({"red": "Rose", "blue": "Bleu"}, {"red": "Rouge", "blue": "Bleu"})
