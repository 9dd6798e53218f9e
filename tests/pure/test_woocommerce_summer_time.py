"""Watermarks on the two days of a change to and from summer time, at a site with a time zone.

`date_modified` is what the site's clock showed: on the one day an hour of it comes twice, on the
other an hour never does. `date_modified_gmt` goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import Watermark
from gateway_ng.tests.pure.woocommerce_fakes import connect, make_shop
from gateway_ng.tests.simulators.woocommerce.times import pair

ZONE = "Europe/Berlin"
#: In UTC: 02:59:59 is followed by 02:00 again, and 01:59:59 by 03:00.
BACK = datetime(2026, 10, 25, 1, tzinfo=timezone.utc)
AHEAD = datetime(2026, 3, 29, 1, tzinfo=timezone.utc)
DAYS = pytest.mark.parametrize("change", [BACK, AHEAD], ids=["back", "ahead"])
ENTITIES = pytest.mark.parametrize("entity", ["product", "variant", "order", "customer"])


def shop_around(change, entity):
    """A shop in which one record was modified each half hour, three hours around the change."""
    shop = make_shop(FakeClock(change - timedelta(hours=3)), utc_offset=ZONE)
    sold = shop.make("product", name="Mug", sku="MUG", regular_price="5")["id"]
    modified = {}
    for number in range(13):
        moment = change + timedelta(minutes=30 * (number - 6))
        shop.clock.advance((moment - shop.clock.now()).total_seconds())
        modified[MAKE[entity](shop, number, sold)] = moment
    shop.clock.advance(1800)
    return shop, modified


def _product(shop, number, _sold):
    made = shop.make("product", name=f"Cup {number}", sku=f"C{number}", regular_price="5")
    return str(made["id"])


def _order(shop, _number, sold):
    made = shop.make("order", line_items=[{"product_id": sold, "quantity": 1}])
    return str(made["id"])


def _customer(shop, number, _sold):
    made = shop.make("customer", email=f"c{number}@example.com", password="x")  # noqa: S106
    return str(made["id"])


#: A variant is told with its product, under that one's id where it is the only one.
MAKE = {"product": _product, "variant": _product, "order": _order, "customer": _customer}


@DAYS
def test_the_sites_clock_shows_an_hour_twice_or_leaves_one_out(change):
    """What is proved below is not made up."""
    _shop, modified = shop_around(change, "product")
    shown = [pair("at", moment, ZONE)["at"] for moment in modified.values()]
    assert len(set(shown)) == len(shown) - (2 if change == BACK else 0)
    if change == AHEAD:
        assert not [text for text in shown if "T02:" in text]


@DAYS
@ENTITIES
def test_each_watermark_around_the_change_finds_just_what_came_after_it(change, entity):
    shop, modified = shop_around(change, entity)
    for mark in modified.values():
        pages = connect(shop).pages(entity, Watermark(mark))
        found = {record.id.partition("/")[0] for page in pages for record in page.records}
        wanted = {id_ for id_, moment in modified.items() if moment >= mark}
        assert wanted == found & set(modified), mark


@DAYS
def test_the_watermark_of_a_read_is_the_moment_and_not_what_the_sites_clock_showed(change):
    shop, modified = shop_around(change, "product")
    (*_pages, last) = connect(shop).pages("product", None)
    assert last.watermark.time == max(modified.values())
    assert [record.fields["date_modified"] for record in last.records[-3:]] == sorted(
        modified.values()
    )[-3:]
