"""The mapping of one page is bounded, however many lambdas and records it has."""

from __future__ import annotations

import pytest

from gateway_ng.lib.errors import StopRun
from gateway_ng.lib.sync import lane
from gateway_ng.tests.contract.world import PRODUCT_IN, PRODUCT_OUT, World

SLOW = "lambda t: str(sum([sum([j for j in range(90)]) for i in range(90)]))"


def test_lambdas_that_are_slow_together_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    name = {"MAPTO": ["title", SLOW], "type": "char"}
    world = World({**PRODUCT_IN, "record": {**PRODUCT_IN["record"], "name": name}}, PRODUCT_OUT)
    for number in range(30):
        product = {"title": f"Mug {number}", "sku": f"M{number}", "price": 1, "status": "active"}
        world.shop.put("product", product)
    monkeypatch.setattr(lane, "MAPPED_SECONDS", 0.005)
    with pytest.raises(StopRun, match="the mapping of product takes more than") as stop:
        world.run("import")
    assert stop.value.cause == "mapping" and "lambdas" in (stop.value.remedy or "")
    monkeypatch.undo()
    assert world.run("import") == {"created": 30}


def test_what_is_made_with_the_targets_own_record_counts_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = f"lambda t, held: held and ({SLOW.removeprefix('lambda t: ')}) or t"
    title = {"MAPTO": ["name", "@.title?", slow], "type": "char"}
    out = {**PRODUCT_OUT, "record": {**PRODUCT_OUT["record"], "title": title}}
    world = World(PRODUCT_IN, out)
    for number in range(30):
        product = {"title": f"Mug {number}", "sku": f"M{number}", "price": 1, "status": "active"}
        world.shop.put("product", product)
    world.run("import")
    monkeypatch.setattr(lane, "MAPPED_SECONDS", 0.005)
    with pytest.raises(StopRun, match="the mapping of product takes more than"):
        world.run("export")
