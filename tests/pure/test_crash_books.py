"""What `make crash` compares: each way in which two sides may differ is told, by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Shop, seed_bulk
from gateway_ng.tests.torture.real.books import compare, of_shop, undone
from gateway_ng.tests.torture.real.report import Found, markdown

SHOP = {"product": [("Lamp", None), ("Chair", None)]}
ALIKE = compare(SHOP, SHOP)


@pytest.mark.parametrize(
    ("shop", "odoo", "told"),
    [
        ([("A", 1), ("B", 2)], [("B", 2), ("A", 1)], {}),
        ([("A", 1), ("B", 2)], [("A", 1)], {"lost": ["B"]}),
        ([("A", 1)], [("A", 1), ("C", 3)], {"surplus": ["C"]}),
        ([("A", 1)], [("A", 1), ("A", 1)], {"doubled": ["A"]}),
        ([("A", 1), ("A", 1)], [("A", 1)], {"doubled": ["A"]}),
        ([("A", 1)], [("A", 2)], {"differing": ["A: 1 at the shop, 2 in Odoo"]}),
    ],
)
def test_what_is_lost_too_many_doubled_or_different_is_told(
    shop: list[Any], odoo: list[Any], told: dict[str, list[str]]
) -> None:
    (verdict,) = compare({"order": shop}, {"order": odoo})
    kinds = ("lost", "surplus", "doubled", "differing")
    assert {kind: getattr(verdict, kind) for kind in kinds if getattr(verdict, kind)} == told
    assert verdict.is_good is not bool(told)


def test_the_shops_book_holds_all_that_it_was_seeded_with() -> None:
    shop = Shop(FakeClock())
    seed_bulk(shop, products=4, variants_per_product=2, customers=2, orders=6)
    book = of_shop(shop.dump())
    assert {entity: len(entries) for entity, entries in book.items()} == {
        "product": 4,
        "variant": 8,
        "stock": 8,
        "customer": 2,
        "guest": 2,
        "order": 6,
    }
    assert dict(book["variant"])["BULK-000001-1"] == (
        "Bulk product 000001",
        "2100000010011",
        Decimal("11.01"),
    )
    assert dict(book["customer"]) == {
        "bulk-customer00000@example.org": ("Bulk Customer 00000", "1 Main Street"),
        "bulk-customer00001@example.org": ("Bulk Customer 00001", "2 Main Street"),
    }
    total, lines = dict(book["order"])["#1001"]
    assert lines == [
        ("BULK-000000-0", 1, Decimal("10.00")),
        ("BULK-000000-1", 2, Decimal("10.00")),
        ("BULK-000001-0", 3, Decimal("11.01")),
    ]
    assert total == Decimal("74.62")  # with shipping and taxes


def test_an_edit_that_does_not_stand_is_told() -> None:
    shop = Shop(FakeClock())
    seed_bulk(shop, products=1)
    edits = {("price", "BULK-000000-0"): "10.00", ("title", "BULK-000000-0"): "Mine"}
    assert undone(edits, of_shop(shop.dump())) == [
        "title of BULK-000000-0: Bulk product 000000 instead of Mine"
    ]


@pytest.mark.parametrize(
    ("wrong", "good"),
    [
        ({}, True),
        ({"broken": ["no page is open: 1 do not"]}, False),
        ({"undone": ["title of A"]}, False),
        ({"further": {"again": {"updated": 1}}}, False),
        ({"verdicts": compare(SHOP, {"product": []})}, False),
        ({"verdicts": []}, False),
    ],
)
def test_a_report_says_nothing_lost_only_where_all_of_it_holds(
    wrong: dict[str, Any], good: bool
) -> None:
    found = Found("make crash", {}, **{"verdicts": ALIKE, "further": {"again": {}}, **wrong})
    assert found.is_good is good
    assert ("**Nothing lost, nothing doubled.**" in markdown(found)) is good
