"""Companies that buy in a Shopify shop: what is told of them, and of whom nothing is asked."""

from __future__ import annotations

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.demoshop import Settings, Shop, edit, seed_companies, seed_demo
from gateway_ng.lib.demoshop.companies import add_company
from gateway_ng.lib.endpoint import Op
from gateway_ng.lib.errors import GatewayError
from gateway_ng.tests.pure.shopify_fakes import TOKEN, Script, ShopTransport, connect, data

ALL = (*Settings().scopes, "read_companies")
LEEDS = {"address1": "1 Works Road", "city": "Leeds", "countryCode": "GB", "zip": "LS1 4AP"}


class Trade:
    """A shop that sells to companies, and its endpoint."""

    def __init__(self, scopes=ALL, **settings):
        clock = FakeClock()
        self.shop = Shop(clock, Settings(access_token=TOKEN, scopes=scopes, **settings))
        seed_demo(self.shop)
        self.trading, self.works = seed_companies(self.shop)
        self.wire = ShopTransport(self.shop)
        self.endpoint = connect(self.wire, clock)

    def people(self):
        return self.shop.store.tables["Customer"].values()

    def read(self, entity="company", since=None):
        pages = self.endpoint.pages(entity, since)
        return {record.id: record.fields for page in pages for record in page.records}


def test_a_company_has_its_numbers_and_what_its_main_location_says():
    trade = Trade()
    found = trade.read()
    assert list(found) == [trade.trading["id"], trade.works["id"]]
    told = found[trade.trading["id"]]
    assert (told["name"], told["externalId"]) == ("Example Trading", "ET")
    assert (told["note"], told["taxRegistrationId"]) == ("Pays by invoice", "GB980780684")
    assert told["phone"] == "+441134960000"
    assert {name: told["address"][name] for name in LEEDS} == LEEDS
    assert told["mainLocation"] == told["locations"][0]


def test_locations_have_ids_of_their_own_and_the_address_that_goods_go_to():
    trade = Trade()
    leeds, york = trade.read()[trade.trading["id"]]["locations"]
    ids = [one["id"] for one in trade.trading["locations"]]
    assert [leeds["id"], york["id"]] == ids
    assert (york["name"], york["address"]["city"]) == ("York", "York")
    assert (york["address"]["name"], york["billingAddress"]) == ("Receiving", None)
    austin = trade.read()[trade.works["id"]]
    assert austin["address"]["provinceCode"] == "TX", "there is none for bills"
    assert austin["taxRegistrationId"] is None


def test_a_company_without_a_location_is_told_all_the_same():
    trade = Trade()
    made = add_company(trade.shop.store, "Nowhere")
    told = trade.read()[made["id"]]
    assert (told["locations"], told["mainLocation"], told["address"]) == ([], None, None)
    assert told["taxRegistrationId"] is None


def test_locations_beyond_the_first_page_come_too():
    trade = Trade()
    many = [{"name": f"No. {place}", "shipping": LEEDS} for place in range(25)]
    made = add_company(trade.shop.store, "Many", many)
    assert len(trade.read()[made["id"]]["locations"]) == 25
    assert "RestOfCompanyLocations" in trade.wire.operations


def test_an_edit_is_found_by_its_time():
    trade = Trade()
    *_, last = list(trade.endpoint.pages("company"))
    trade.shop.clock.advance(60)
    edit(trade.shop, "company", {"company": trade.works["id"], "set": {"name": "Sample Mill"}})
    trade.shop.clock.advance(60)
    found = trade.read(since=last.watermark)
    assert found[trade.works["id"]]["name"] == "Sample Mill"
    told = trade.wire.sent[-1]["variables"]["query"]
    assert told.startswith("updated_at:>=")


def test_a_company_is_found_by_its_external_id_and_counted():
    trade = Trade()
    asked = ["ET", "et", "nothing"]
    assert list(trade.endpoint.find("company", "externalId", asked)) == [
        ("ET", trade.trading["id"])
    ]
    assert trade.endpoint.counts(["company"]) == {"company": 2}
    assert list(trade.endpoint.ids("company")) == [trade.trading["id"], trade.works["id"]]


def test_a_customer_tells_the_companies_it_buys_for():
    trade = Trade()
    found = trade.read("customer")
    first, second, third = [found[one["id"]] for one in list(trade.people())[:3]]
    for fields in (first, second):
        assert [one["id"] for one in fields["companies"]] == [trade.trading["id"]]
    assert (first["companies"][0]["isMainContact"], third["companies"]) == (True, [])


# -- where there are none --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scopes", "b2b", "asked"),
    [
        (Settings().scopes, True, []),
        (Settings().scopes, False, []),
        (ALL, False, ["B2B"]),
    ],
    ids=["no scope", "neither", "no B2B"],
)
def test_where_there_are_no_companies_none_are_offered_and_no_read_suffers(scopes, b2b, asked):
    trade = Trade(scopes, b2b=b2b)
    health = trade.endpoint.check()
    assert (health.ok, health.problems, health.missing) == (True, [], [])
    assert health.offered == []
    assert trade.endpoint.counts(["company"]) == {}
    customers = trade.read("customer")
    assert len(customers) == 30
    assert not any("companies" in fields for fields in customers.values()), "absent, not empty"
    assert [name for name in trade.wire.operations if name in ("B2B", "Companies")] == asked
    assert "CompanyCount" not in trade.wire.operations


def test_a_shop_that_sells_to_companies_offers_them():
    trade = Trade()
    assert trade.endpoint.check().offered == ["company"]
    assert trade.endpoint.entities()["company"].optional
    assert not trade.endpoint.entities()["customer"].optional


def test_the_shop_is_asked_once_whether_it_sells_to_companies():
    trade = Trade()
    trade.endpoint.check()
    trade.read("customer")
    trade.read()
    assert trade.wire.operations.count("B2B") == 1


def test_a_token_that_can_not_tell_its_scopes_offers_none():
    refused = {"errors": [{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}]}
    endpoint = connect(Script(refused))
    assert not endpoint._scopes.offered()
    assert endpoint._scopes.flags("customer") == {"companies": False}


def test_a_shop_that_does_not_say_counts_as_one_without():
    held = data({"currentAppInstallation": {"accessScopes": [{"handle": "read_companies"}]}})
    denied = {"errors": [{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}]}
    for answer in (denied, data({"shop": None}), data({"shop": {"entitlements": {}}})):
        assert not connect(Script(held, answer))._scopes.offered()


def test_companies_are_not_written():
    trade = Trade()
    (result,) = trade.endpoint.write("company", [Op("k", "create", None, {"name": "New"})])
    assert isinstance(result.error, GatewayError)
