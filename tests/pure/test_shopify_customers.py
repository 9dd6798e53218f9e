"""Customers both ways: names, addresses one by one, companies; currencies without two decimals."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, seed_demo
from gateway_ng.lib.endpoint import Op, Record
from gateway_ng.lib.errors import GatewayError
from gateway_ng.lib.mapping import compile_mapping, effective, parse
from gateway_ng.tests.contract.shopify_harness import Wire
from gateway_ng.tests.pure.shopify_fakes import TOKEN, connect

MAPPINGS = Path(__file__).parents[2] / "mappings/shopify"


class Out:
    def __init__(self, **settings):
        self.shop = Shop(FakeClock(), Settings(access_token=TOKEN).updated(settings))
        seed_demo(self.shop)
        self.wire = Wire(self.shop)
        self.endpoint = connect(self.wire, self.shop.clock)
        customers = self.shop.store.tables["Customer"].values()
        self.customer = next(c for c in customers if len(c["addresses"]) == 2)

    def fields(self, id_=None):
        (record,) = self.endpoint.fetch("customer", [id_ or self.customer["id"]])
        return record.fields

    def write(self, values, children=None, action="update"):
        id_ = self.customer["id"] if action == "update" else None
        op = Op("k", action, id_, values, {}, {"addresses": children or {}})
        (result,) = self.endpoint.write("customer", [op])
        assert result.error is None, result.error
        return result


@pytest.fixture
def out():
    return Out()


NEW = {"name": "Ada King Lovelace", "address1": "5 Road", "city": "Austin", "countryCode": "US"}


def test_the_default_address_is_changed_where_it_is_and_keeps_the_rest(out):
    before = out.fields()["defaultAddress"]
    out.write({"defaultAddress.address1": "5 New Road", "defaultAddress.zip": "10115"})
    after = out.fields()["defaultAddress"]
    assert after == {**before, "address1": "5 New Road", "zip": "10115"}


def test_a_customer_without_an_address_gets_a_default_one(out):
    out.customer["addresses"] = []
    out.write({"defaultAddress": {"address1": "5 Road", "countryCode": "US"}})
    assert out.fields()["defaultAddress"]["address1"] == "5 Road"


def test_an_address_is_added_and_its_name_split_at_the_last_space(out):
    result = out.write({"addresses": {"77": NEW}})
    made = next(
        a for a in out.fields()["addresses"] if a["id"] == result.children["addresses"]["77"]
    )
    assert (made["firstName"], made["lastName"]) == ("Ada King", "Lovelace")
    assert len(out.fields()["addresses"]) == 3


def test_an_address_whose_answer_was_lost_is_not_added_twice(out):
    out.wire.lost = True
    with pytest.raises(GatewayError):
        out.write({"addresses": {"77": NEW}})
    result = out.write({"addresses": {"77": NEW}})
    assert result.children["addresses"]["77"]
    assert len(out.fields()["addresses"]) == 3


def test_bound_addresses_are_changed_or_go_one_by_one(out):
    first, second = (a["id"] for a in out.fields()["addresses"])
    tied = {"a": first, "b": second}
    out.write({"addresses": {"a": {"city": "Dallas"}, "b": None}}, tied)
    (left,) = out.fields()["addresses"]
    assert (left["id"], left["city"]) == (first, "Dallas")


def test_what_says_the_same_is_not_sent(out):
    held = out.fields()["defaultAddress"]
    out.write({"defaultAddress": {"address1": held["address1"], "name": held["name"]}})
    assert "AddressUpdate" not in out.wire.operations


def test_a_new_customer_s_addresses_are_tied_to_their_elements(out):
    values = {
        "email": "new@example.com",
        "defaultAddress": {"address1": "1 Main", "countryCode": "US"},
        "addresses": {"77": NEW, "78": {**NEW, "city": "Dallas"}},
    }
    result = out.write(values, action="create")
    fields = out.fields(result.id)
    assert fields["defaultAddress"]["address1"] == "1 Main"
    by_id = {a["id"]: a["city"] for a in fields["addresses"]}
    tied = result.children["addresses"]
    assert (by_id[tied["77"]], by_id[tied["78"]]) == ("Austin", "Dallas")


def test_a_consent_is_said_of_customers_that_are_there_and_of_new_ones(out):
    assert out.fields()["emailConsent"] == "NOT_SUBSCRIBED"
    out.write({"emailConsent": "SUBSCRIBED", "note": "Agreed"})
    assert (out.customer["consent"], out.customer["note"]) == ("SUBSCRIBED", "Agreed")
    result = out.write(
        {"email": "new@example.com", "emailConsent": "UNSUBSCRIBED"}, action="create"
    )
    assert out.fields(result.id)["emailConsent"] == "UNSUBSCRIBED"
    nothing = out.write({"email": "none@example.com", "emailConsent": None}, action="create")
    assert out.fields(nothing.id)["emailConsent"] == "NOT_SUBSCRIBED"


def test_a_consent_that_only_the_shop_itself_says_is_refused_by_name(out):
    op = Op("1", "update", out.customer["id"], {"emailConsent": "NOT_SUBSCRIBED"})
    (result,) = out.endpoint.write("customer", [op])
    assert (result.error.field, result.error.value) == ("emailConsent", "NOT_SUBSCRIBED")


@pytest.mark.parametrize(
    ("said", "held", "expected"),
    [
        ("unsubscribed", "SUBSCRIBED", "UNSUBSCRIBED"),
        ("subscribed", "UNSUBSCRIBED", "SUBSCRIBED"),
        (None, "SUBSCRIBED", "SUBSCRIBED"),
        (None, "PENDING", "PENDING"),
        ("unsubscribed", "REDACTED", "REDACTED"),
    ],
)
def test_what_odoo_does_not_know_of_a_consent_takes_none_away(said, held, expected):
    assert (
        exported({"name": "Ada", "email_consent": said}, {"emailConsent": held})["emailConsent"]
        == expected
    )


def test_companies_are_asked_for_only_with_their_own_scope():
    company = {"id": "gid://shopify/Company/1", "name": "Example Trading", "externalId": "ET"}
    contact = {"id": "gid://shopify/CompanyContact/1", "isMainContact": True, "title": "Buyer"}
    scopes = (*Settings().scopes, "read_companies")
    for given, expected in ((Settings().scopes, None), (scopes, [True])):
        out = Out(scopes=given)
        out.customer["companies"] = [{**contact, "company": company}]
        told = out.fields().get("companies")
        assert (told and [each["isMainContact"] for each in told]) == expected
    assert told[0]["name"] == "Example Trading"


# -- the shipped export --------------------------------------------------------------------------


def exported(values, now=None):
    document = parse((MAPPINGS / "customer.export.json").read_text(encoding="utf-8"))
    mapping = compile_mapping(effective([("shipped", document)]))
    base = {
        "email": "ada@example.com",
        "phone": None,
        "street": None,
        "street2": None,
        "city": None,
        "zip": None,
        "country_code": None,
        "state_code": None,
        "company_name": None,
        "email_consent": None,
    }
    there = {} if now is None else {"@": now}
    return mapping.transform(Record("7", {**base, **values, **there}))


@pytest.mark.parametrize(
    ("name", "first", "last", "expected"),
    [
        ("Mary Ann van der Berg", "Mary Ann", "van der Berg", ("Mary Ann", "van der Berg")),
        ("Mary Ann Smith", "Mary Ann", "van der Berg", ("Mary Ann", "Smith")),
        ("Cher", None, "Cher", (None, "Cher")),
        ("Madonna", "Cher", None, ("Madonna", None)),
        ("ada@example.com", None, None, (None, None)),
    ],
)
def test_the_shop_s_split_of_a_name_stays_as_long_as_the_name_does(name, first, last, expected):
    now = {"firstName": first, "lastName": last, "displayName": "ada@example.com", "phone": None}
    values = exported({"name": name}, now)
    assert (values["firstName"], values["lastName"]) == expected


def test_a_customer_who_is_not_there_yet_is_named_by_what_odoo_says():
    values = exported({"name": "Ada King Lovelace", "phone": "+49 30 1"})
    assert (values["firstName"], values["lastName"]) == ("Ada King", "Lovelace")
    assert values["phone"] == "+49301"


@pytest.mark.parametrize(
    ("phone", "held", "expected"),
    [
        ("+49 30 123-456", None, "+4930123456"),
        ("030 123456", "+4930123456", "+4930123456"),
        (None, "+4930123456", None),
        (None, "", ""),
    ],
)
def test_a_phone_without_its_country_code_leaves_the_shop_s(phone, held, expected):
    now = {"firstName": "A", "lastName": "B", "displayName": "A B", "phone": held}
    assert exported({"name": "A B", "phone": phone}, now)["phone"] == expected


# -- currencies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "given", "kept"),
    [
        ("JPY", "1000.5", "1001"),
        ("KWD", "1.2345", "1.235"),
        ("EUR", "19.995", "20.00"),
    ],
)
def test_amounts_are_rounded_as_the_shop_s_currency_is(currency, given, kept):
    out = Out(currency=currency)
    (page, *_) = out.endpoint.pages("price")
    id_ = page.records[0].id
    foretold = out.endpoint.canonical("price", {"price": Decimal(given)})["price"]
    assert str(foretold) == kept
    (result,) = out.endpoint.write("price", [Op("k", "update", id_, {"price": Decimal(given)})])
    assert result.error is None
    (record,) = out.endpoint.fetch("price", [id_])
    assert record.fields["price"] == foretold


def test_orders_in_a_currency_without_decimals_add_up():
    out = Out(currency="JPY", taxes_included=True)
    for page in out.endpoint.pages("order"):
        for order in page.records:
            lines, rest = order.fields["lines"], order.fields["shippingLines"]
            total = sum(
                line["unitPrice"]["amount"] * line["quantity"] - line["discount"]["amount"]
                for line in lines
            ) + sum(part["price"]["amount"] for part in rest)
            assert total == order.fields["totalPrice"]["amount"]
            assert total == total.to_integral_value()
