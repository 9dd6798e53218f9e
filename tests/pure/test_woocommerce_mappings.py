"""What the shipped mappings make of WooCommerce's records; whole syncs are tried inside Odoo."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from gateway_ng.lib.endpoint import Record
from gateway_ng.lib.mapping import Ref, compile_mapping, effective, link, parse
from gateway_ng.lib.platforms.woocommerce.shapes_order import Around, order
from gateway_ng.lib.values import loads
from gateway_ng.tests.pure.woocommerce_fakes import connect, make_shop

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests" / "recorded" / "woocommerce"


def mapping(name: str, platform: str = "woocommerce") -> Any:
    path = ROOT / "mappings" / platform / f"{name}.json"
    return compile_mapping(effective([("shipped", parse(path.read_text(encoding="utf-8")))]))


def recorded(name: str) -> Any:
    told = loads((RECORDED / f"{name}.json").read_bytes())
    return told[0] if isinstance(told, list) else told


def mapped_order(name: str, **around: Any) -> dict[str, Any]:
    fields = order(recorded(name), Around(**around))
    return mapping("order.import").transform(Record(fields["id"], fields))


def mapped(entity: str, shop: Any, id_: Any) -> dict[str, Any]:
    (found,) = connect(shop).fetch(entity, [str(id_)])
    return mapping(f"{entity}.import").transform(found)


def person(shop: Any, **data: Any) -> dict[str, Any]:
    row = shop.make("customer", email="ana@example.com", password="x", **data)
    return mapped("customer", shop, row["id"])


def test_a_guests_order_names_its_guest_and_its_address():
    values = mapped_order("order-guest")
    assert values["partner_id"] is None
    assert values["guest"] == {"name": "Guest No54", "email": "guest54@example.org", "phone": "1"}
    assert values["billing_address"]["street"] == "1 guest st"
    assert values["billing_address"]["country_code"] == "FR"


def test_a_customers_order_has_no_guest():
    values = mapped_order("order-with-refund")
    assert values["guest"] is None
    assert values["partner_id"] == Ref("customer", None, "5")
    assert values["payment_state"] == "partially refunded"
    assert values["fulfillment_state"] == "fulfilled"


@pytest.mark.parametrize("status", ["pending", "failed", "checkout-draft"])
def test_an_order_that_was_not_placed_is_left_out(status):
    fields = order({**recorded("order-guest"), "status": status}, Around())
    assert mapping("order.import").filtered_by(fields) == "Only placed orders"


def test_an_empty_address_is_none():
    shop = make_shop()
    row = shop.make("order", status="processing", billing={"email": "a@example.com"})
    values = mapped("order", shop, row["id"])
    assert (values["billing_address"], values["shipping_address"]) == (None, None)
    assert values["guest"]["name"] == "a@example.com"


def test_a_customers_name_is_the_best_there_is():
    assert person(make_shop(), first_name="Ana", last_name="Martin")["name"] == "Ana Martin"
    assert person(make_shop(), billing={"first_name": "Ana", "last_name": "B"})["name"] == "Ana B"
    assert person(make_shop(), billing={"company": "ACME"})["name"] == "ACME"
    assert person(make_shop())["name"] == "ana@example.com"


@pytest.mark.parametrize(
    ("country", "state", "code"), [("DE", "DE-BE", "BE"), ("US", "NY", "NY"), ("FR", "", None)]
)
def test_a_state_is_told_by_its_code_however_the_shop_writes_it(country, state, code):
    billing = {"country": country, "state": state, "address_1": "x"}
    assert person(make_shop(), billing=billing)["state_code"] == code


def test_a_shipping_address_is_a_contact_only_where_it_is_another():
    address = {"first_name": "Ana", "address_1": "1 rue", "city": "Paris", "country": "FR"}
    same = person(make_shop(), billing=address, shipping=address)
    other = person(make_shop(), billing=address, shipping={**address, "city": "Lyon"})
    assert same["addresses"] == {}
    ((key, found),) = other["addresses"].items()
    assert key.endswith(":shipping") and found["city"] == "Lyon" and found["type"] == "delivery"


def test_the_shops_staff_are_no_customers():
    shop = make_shop()
    row = shop.make("customer", email="boss@example.com", password="x")
    row["role"] = "shop_manager"
    (found,) = connect(shop).fetch("customer", [str(row["id"])])
    assert mapping("customer.import").filtered_by(found.fields) == "No staff of the shop"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"manage_stock": True}, ("consu", True, True)),
        ({}, ("consu", False, True)),
        ({"virtual": True, "manage_stock": True}, ("service", False, True)),
        ({"status": "draft"}, ("consu", False, False)),
        ({"status": "private"}, ("consu", False, True)),
    ],
)
def test_what_a_product_becomes_follows_from_how_it_is_sold(data, expected):
    shop = make_shop()
    row = shop.make("product", name="Mug", sku="M", **data)
    values = mapped("product", shop, row["id"])
    assert (values["type"], values["is_storable"], values["active"]) == expected


@pytest.mark.parametrize(
    ("barcode", "written"), [("4006381333931", "4006381333931"), ("ABC-1", ""), (None, "")]
)
def test_only_a_barcode_that_the_shop_takes_is_written(barcode, written):
    fields = {"id": "1", "default_code": "M", "barcode": barcode, "weight": None}
    values = mapping("variant.export").transform(Record("1", fields))
    assert values["global_unique_id"] == written


def test_what_has_no_price_is_not_given_away():
    export = mapping("price.export")
    assert export.filtered_by({"id": "1", "price": D("0.00")}) == "With a price"
    assert export.filtered_by({"id": "1", "price": D("7.50")}) is None
    values = export.transform(Record("1", {"id": "1", "price": D("7.505")}))
    assert values["regular_price"] == D("7.51")


def test_a_quantity_is_what_is_free_less_what_is_sold_and_not_known():
    document = mapping("stock.export")

    def pushed(free: int, known: int, committed: int | None, leaving: int = 0) -> int:
        fields = {"id": "1", "product_id": "1", "location_id": "2", "free": free, "known": known}
        fields["leaving"] = leaving
        if committed is not None:
            fields["@"] = {"committed": committed}
        return document.transform(Record("1", fields))["quantity"]

    assert pushed(10, 0, None) == 10
    assert pushed(10, 0, 3) == 7
    assert pushed(10, 3, 3) == 10
    assert pushed(10, 5, 3) == 10
    assert pushed(10, 3, 3, leaving=2) == 8


@pytest.mark.parametrize("platform", ["shopify", "woocommerce"])
def test_what_is_sold_of_a_kit_is_not_offered_as_its_parts_nor_the_other_way_round(platform):
    document = mapping("stock.export", platform)
    desks = {"left": D(9), "per": D(2), "takes": [["desk", D(1)], ["kit", D(2)]]}
    lamps = {"left": D(7), "per": D("0.333333333333"), "takes": [["kit", D("0.333333333333")]]}

    def pushed(pools, **committed):
        fields = {"id": "1", "product_id": "1", "location_id": "2", "free": D(4), "known": D(0)}
        fields |= {"leaving": D(0), "pools": pools, "beside": {"desk": D(1), "kit": D(0)}}
        beside = {level: {"committed": units} for level, units in committed.items()}
        fields["@"] = {"committed": 1, "beside": beside}
        values = document.transform(Record("1", fields))
        return values["available" if platform == "shopify" else "quantity"]

    assert pushed([]) == 3, "nothing is shared"
    assert pushed([desks, lamps]) == 4
    assert pushed([desks, lamps], desk=1) == 4, "Odoo knows of it"
    assert pushed([desks, lamps], desk=3) == 3
    assert pushed([desks, lamps], desk=3, kit=2) == 1
    assert pushed([{**desks, "per": D(1)}], desk=3, kit=2) == 3
    assert pushed([{**lamps, "left": D(1)}]) == 3, "three thirds"


def test_fees_are_charges_beside_shipping():
    values = mapped_order("order-guest")
    assert [one["name"] for one in values["shipping"].values()] == ["Flat rate"]
    (charge,) = values["charges"].values()
    assert (charge["kind"], charge["name"], charge["amount"]) == ("fee", "Handling", D("2.50"))
    assert charge["taxes"] == [
        {"name": "TVA 20%", "rate": D("0.2"), "amount": D("0.50"), "country": "FR"}
    ]


def test_an_order_that_was_paid_has_one_payment():
    values = mapped_order("order-with-refund")
    (payment,) = values["payments"]
    assert (payment["id"], payment["gateway"], payment["amount"]) == ("TX17", "bacs", D("230.71"))
    assert payment["date"] == datetime(2026, 11, 21, 23, 29, 23, tzinfo=timezone.utc)
    assert values["payment_method"] == "bacs"
    assert mapped_order("order-guest")["payments"] == []


def test_a_refund_has_its_lines_and_what_stands_on_none():
    values = mapped_order("order-with-refund", refunds=[recorded("refund")])
    (back,) = values["refunds"]
    assert back == {
        "id": "198",
        "date": datetime(2026, 8, 28, 21, 6, 37, tzinfo=timezone.utc),
        "note": "partial 4",
        "amount": D("58.79"),
        "taxes_included": False,
        "lines": [
            {
                "line": "91",
                "quantity": D(1),
                "amount": D("54.00"),
                "tax": D("4.79"),
                "restocked": False,
            }
        ],
        "shipping": {"amount": D(0), "tax": D(0)},
        "adjustment": D("0.00"),
    }
    row = {**recorded("order-with-refund"), "prices_include_tax": True}
    fields = order(row, Around(refunds=[recorded("refund")]))
    told = mapping("order.import").transform(Record(fields["id"], fields))["refunds"][0]
    assert (told["taxes_included"], told["lines"][0]["amount"]) == (True, D("58.79"))
    (other,) = mapped_order("order-guest", refunds=[recorded("refund-amount-only")])["refunds"]
    assert (other["lines"], other["adjustment"]) == ([], D("3.00"))


def test_the_customers_note_is_told_and_none_is_null():
    assert mapped_order("order-with-everything")["note"] == "Leave at “door” & ring"
    assert mapped_order("order-guest")["note"] is None


# Prices.


def test_a_sale_is_a_price_with_its_dates_and_none_without_a_price():
    shop = make_shop()
    begins = datetime(2026, 3, 1, tzinfo=timezone.utc)
    dates = {"date_on_sale_from_gmt": "2026-03-01T00:00:00", "date_on_sale_to_gmt": None}
    sold = shop.make("product", name="Mug", regular_price="5", sale_price="4", **dates)
    assert mapped("price", shop, sold["id"]) == {
        "price": D(5),
        "sale_price": D(4),
        "sale_from": begins,
        "sale_to": None,
    }
    left = shop.make("product", name="Cup", regular_price="5", **dates)
    values = mapped("price", shop, left["id"])
    assert (values["sale_price"], values["sale_from"], values["sale_to"]) == (None, None, None)


def test_a_sale_is_decided_with_its_dates_and_apart_from_the_regular_price():
    links = link(mapping("price.import"), mapping("price.export"))
    sale = links.group("import", "sale_price")
    assert links.fields("import", sale) == {"sale_price", "sale_from", "sale_to"}
    assert links.fields("export", sale) == {
        "sale_price",
        "date_on_sale_from",
        "date_on_sale_to",
    }
    assert links.group("import", "price") == links.group("export", "regular_price") != sale


def test_without_a_price_list_for_sales_the_shops_stay_as_they_are():
    told = mapping("price.export").transform(Record("1", {"id": "1", "price": D(5)}))
    assert told == {"regular_price": D(5)}
