"""Orders of Odoo on their way to a WooCommerce shop and what comes back of them, through the
pipeline and the shipped mappings."""

from __future__ import annotations

import copy
from collections import Counter
from decimal import Decimal as D
from pathlib import Path

import pytest

from gateway_ng.lib.clock import FakeClock
from gateway_ng.lib.endpoint import Op, Page, Record
from gateway_ng.lib.errors import GatewayError
from gateway_ng.lib.mapping import compile_mapping, effective, link, parse
from gateway_ng.lib.memory_store import MemoryStore
from gateway_ng.lib.store import Binding
from gateway_ng.lib.sync import Flow, settle_page
from gateway_ng.tests.contract.memory import MemoryEndpoint, entity
from gateway_ng.tests.pure.woocommerce_fakes import SimulatorTransport, connect, make_shop
from gateway_ng.tests.simulators.woocommerce import customers, orders

MAPPINGS = Path(__file__).parents[2] / "mappings/woocommerce"
VAT = {"name": "TVA 20%", "rate": D("0.2"), "amount": None}
HOME = {
    "name": "Ada King Lovelace",
    "company": None,
    "street": "1 rue d'Été",
    "street2": None,
    "city": "Paris",
    "zip": "75002",
    "country_code": "FR",
    "state_code": None,
    "phone": "+33 1",
}


def mapping(direction):
    document = parse((MAPPINGS / f"order.{direction}.json").read_text(encoding="utf-8"))
    return compile_mapping(effective([("shipped", document)]))


def sold(id_, variant, price, quantity="1", **more):
    return {
        "id": id_,
        "product_id": variant,
        "name": f"Line {id_}",
        "quantity": D(quantity),
        "unit_price": D(price),
        "discount_amount": D(0),
        "taxes": [VAT],
        **more,
    }


def freight(price, **more):
    amounts = {"price": D(price), "discount_amount": D(0)}
    return {"id": "90", "name": "Courier", **amounts, "taxes": [VAT], **more}


class Orders:
    """A shop with two products and a customer, all bound, and the sales orders of a memory Odoo."""

    def __init__(self, **settings):
        self.clock = FakeClock()
        self.shop = make_shop(self.clock, **settings)
        self.wire = SimulatorTransport(self.shop)
        self.endpoint = connect(self.shop, self.wire)
        self.mug, self.pen = (
            self.shop.make("product", name=sku, sku=sku, regular_price="10", manage_stock=True)
            for sku in ("MUG", "PEN")
        )
        self.person = self.shop.make("customer", email="ada@example.com", password="x")
        self.odoo = MemoryEndpoint(
            entity("order", "sale.order", natural_keys=("client_order_ref",)),
            clock=self.clock,
            prefix="o",
            transactional=True,
            lists=("lines", "shipping", "charges"),
        )
        self.store = MemoryStore()
        self.store.intend(
            [
                Binding("variant", str(self.mug["id"]), "11"),
                Binding("variant", str(self.pen["id"]), "12"),
                Binding("customer", str(self.person["id"]), "5"),
            ]
        )
        self.errors = []

    def make(self, **values):
        """The id of a confirmed sales order of two mugs."""
        fields = {
            "client_order_ref": None,
            "date_order": self.clock.now(),
            "partner_id": "5",
            "partner_invoice_id": {"id": "5", "email": "ada@example.com"},
            "billing_address": HOME,
            "shipping_address": {**HOME, "city": "Lyon"},
            "currency": "EUR",
            "taxes_included": False,
            "cancelled": False,
            "delivery_status": None,
            "fulfillment_state": None,
            "payment_state": None,
            "payment_method": None,
            "payments": None,
            "refunds": [],
            "note": None,
            "total": None,
            "lines": [sold("1", "11", "10.00", "2")],
            "shipping": [],
            "charges": [],
            **values,
        }
        return self.odoo.put("order", fields)

    def run(self, direction="export"):
        """Outcomes of one run in one direction, and how many requests wrote to the shop."""
        before = self.shop.writes
        into, out = mapping("import"), mapping("export")
        ends = {"export": (self.odoo, self.endpoint), "import": (self.endpoint, self.odoo)}
        source, target = ends[direction]
        used, back = (out, into) if direction == "export" else (into, out)
        flow = Flow(
            entity="order",
            direction=direction,
            mapping=used,
            back=back,
            source=source,
            target=target,
            store=self.store,
            links=link(into, out),
            clock=self.clock,
        )
        if direction == "export":
            rows = [Record(row["id"], row, self.clock.now()) for row in self.odoo.all("order")]
            pages = [Page(rows, None, None)]
        else:
            pages = list(self.endpoint.pages("order"))
        counts = Counter()
        for page in pages:
            counts.update(settle_page(flow, page))
        self.store.commit()
        self.errors = [trace.error for _, _, trace in self.store.traces if trace.error]
        self.store.traces.clear()
        return +counts, self.shop.writes - before

    def both(self):
        """Runs both ways until the shop's news are taken in; whether a further one writes."""
        found = [self.run("import"), self.run("export")]
        assert self.errors == []
        return found

    def row(self):
        (row,) = self.shop.store.rows("orders")
        return row

    def fields(self):
        (record,) = self.endpoint.fetch("order", [str(self.row()["id"])])
        return record.fields


@pytest.fixture
def world():
    return Orders()


def test_an_order_made_in_odoo_is_created_with_lines_shipping_fees_taxes_and_addresses(world):
    off = sold("3", "12", "-2.00", name="Regulars' discount")
    engraving = {
        "id": "80",
        "kind": "fee",
        "name": "Engraving & box",
        "amount": D("3.00"),
        "discount_amount": D(1),
        "taxes": [VAT],
    }
    world.make(
        lines=[
            sold("1", "11", "10.00", "2", discount_amount=D("1.50")),
            sold("2", "12", "4.05"),
            off,
        ],
        shipping=[freight("5.90", discount_amount=D("0.90"))],
        charges=[engraving],
    )
    assert world.run()[0] == Counter(created=1), world.errors
    told = world.fields()
    assert [
        (one["variant"], one["name"], one["quantity"], one["unit_price"], one["discount"])
        for one in told["lines"]
    ] == [
        (str(world.mug["id"]), "Line 1", 2, D("10.00"), D("1.50")),
        (str(world.pen["id"]), "Line 2", 1, D("4.05"), D(0)),
    ]
    assert [(one["name"], one["price"]) for one in told["shipping_lines"]] == [
        ("Courier", D("5.00"))
    ]
    assert [(one["name"], one["price"]) for one in told["fee_lines"]] == [
        ("Engraving & box", D("2.00")),
        ("Regulars' discount", D("-2.00")),
    ]
    net = D("18.50") + D("4.05") + D("5.00")
    assert told["total"] == net + D("3.70") + D("0.81") + D("1.00")
    assert (told["customer"], told["status"]) == (str(world.person["id"]), "on-hold")
    assert (
        told["billing"]["first_name"] == "Ada" and told["billing"]["last_name"] == "King Lovelace"
    )
    assert told["billing"]["email"] == "ada@example.com"
    assert (told["shipping"]["city"], told["shipping"]["country"]) == ("Lyon", "FR")


def test_prices_with_their_taxes_come_to_the_same_total_in_a_shop_of_such_prices():
    world = Orders(prices_include_tax=True)
    lines = [sold("1", "11", "9.99"), sold("2", "12", "12.00", "3", discount_amount=D("3.60"))]
    world.make(taxes_included=True, lines=lines, shipping=[freight("7.08")])
    world.run()
    told = world.fields()
    assert told["total"] == D("9.99") + D("32.40") + D("7.08")
    assert [(one["unit_price"], one["discount"]) for one in told["lines"]] == [
        (D("9.99"), 0),
        (D("12.00"), D("3.60")),
    ]
    assert told["shipping_lines"][0]["price"] == D("7.08")


def test_a_contact_that_is_no_customer_of_the_shop_orders_as_a_guest(world):
    world.make(partner_id="77", shipping_address=None)
    assert world.run()[0] == Counter(created=1), world.errors
    assert world.fields()["customer"] is None
    assert world.fields()["billing"]["email"] == "ada@example.com"


def test_an_order_of_goods_that_the_shop_does_not_have_waits_and_says_so(world):
    world.make(lines=[sold("1", "99", "10.00")])
    counts, writes = world.run()
    assert (counts, writes) == (Counter(dead=1), 0)
    assert "99" in str(world.errors[0]) and world.errors[0].field == "lines.1.variant"


@pytest.mark.parametrize("partner", ["5", "77"])
def test_an_order_whose_answer_was_lost_is_found_by_its_key_and_not_made_twice(world, partner):
    world.make(partner_id=partner)
    world.wire.lost = 1
    with pytest.raises(GatewayError):
        world.run()
    world.store.rollback()
    assert len(world.shop.store.rows("orders")) == 1
    assert world.run()[0] == Counter(created=1)
    assert len(world.shop.store.rows("orders")) == 1
    world.both()
    assert world.both() == [(Counter(unchanged=1), 0)] * 2


def test_an_order_that_was_made_comes_back_without_a_change_of_its_lines(world):
    id_ = world.make(shipping=[freight("5.90")])
    world.run()
    before = copy.deepcopy(world.odoo.get("order", id_))
    world.both()
    after = world.odoo.get("order", id_)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed <= {
        "client_order_ref",
        "payment_state",
        "payments",
        "total",
        "lines",
        "shipping",
    }
    assert (after["payment_state"], after["total"]) == ("pending", D("31.08"))
    assert [tax["amount"] for tax in after["lines"][0].pop("taxes")] == [D("4.00")]
    assert before["lines"][0].pop("taxes") and after["lines"] == before["lines"]


def test_once_settled_neither_direction_writes(world):
    world.make(shipping=[freight("5.90")])
    world.run()
    world.both()
    writes, seen = world.shop.writes, list(world.odoo.all("order"))
    assert world.both() == [(Counter(unchanged=1), 0)] * 2
    assert (world.shop.writes, list(world.odoo.all("order"))) == (writes, seen)


def imported(world, **data):
    """An order of the shop, taken in."""
    row = world.shop.make(
        "order",
        customer_id=world.person["id"],
        status="processing",
        billing={"first_name": "Ada", "country": "FR", "address_1": "1 rue", "city": "Paris"},
        line_items=[{"product_id": world.mug["id"], "quantity": 2}],
        **data,
    )
    assert world.run("import")[0] == Counter(created=1), world.errors
    (order,) = world.odoo.all("order")
    gone = {"partner_invoice_id": None, "delivery_status": None}
    world.odoo.edit("order", order["id"], **gone)
    return row, order["id"]


def test_nothing_of_an_order_of_the_shop_is_sent_back(world):
    imported(world)
    assert world.run() == (Counter(unchanged=1), 0)
    assert world.both() == [(Counter(unchanged=1), 0)] * 2


@pytest.mark.parametrize("status", ["completed", "cancelled", "refunded", "on-hold"])
def test_a_state_of_the_shop_is_not_sent_back(world, status):
    row, _id = imported(world)
    orders.update(world.shop, row, {"status": status})
    world.clock.advance(60)
    world.both()
    assert world.run() == (Counter(unchanged=1), 0)
    assert row["status"] == status


@pytest.mark.parametrize(
    ("edit", "status"),
    [({"delivery_status": "full"}, "completed"), ({"cancelled": True}, "cancelled")],
)
def test_what_became_of_an_order_in_odoo_is_told_the_shop_once(world, edit, status):
    row, id_ = imported(world)
    world.run()
    world.odoo.edit("order", id_, **edit)
    assert world.run() == (Counter(updated=1), 1)
    assert row["status"] == status
    assert world.run() == (Counter(unchanged=1), 0)
    world.both()
    assert world.both() == [(Counter(unchanged=1), 0)] * 2


@pytest.mark.parametrize("sent", ["pending", "started", "partial", None])
def test_an_order_of_which_something_is_left_to_send_is_not_completed(world, sent):
    row, id_ = imported(world)
    world.run()
    world.odoo.edit("order", id_, delivery_status=sent)
    assert world.run() == (Counter(unchanged=1), 0)
    assert row["status"] == "processing"


def test_an_order_that_was_delivered_before_it_was_made_in_the_shop_is_made_completed(world):
    world.make(delivery_status="full")
    world.run()
    assert world.fields()["status"] == "completed"


def test_a_delivery_on_account_is_no_payment_though_the_shop_calls_it_paid(world):
    id_ = world.make()
    world.run()
    world.odoo.edit("order", id_, delivery_status="full")
    world.run()
    assert world.row()["paid"] is not None
    world.both()
    held = world.odoo.get("order", id_)
    assert (held["payment_state"], held["payments"]) == ("pending", [])
    world.clock.advance(60)
    orders.update(world.shop, world.row(), {"payment_method": "stripe"})
    world.both()
    assert world.odoo.get("order", id_)["payment_state"] == "paid"


def states(world, status, **values):
    """The result of an update of an order that is `status` in the shop."""
    row = world.shop.make("order", line_items=[{"product_id": world.mug["id"]}], status=status)
    before = world.shop.writes
    (result,) = world.endpoint.write("order", [Op("k", "update", str(row["id"]), values)])
    return result, row, world.shop.writes - before


def test_an_order_that_the_shop_has_completed_is_not_cancelled(world):
    result, row, writes = states(world, "completed", cancelled=True)
    assert result.error.field == "cancelled" and "refund" in result.error.remedy
    assert (row["status"], writes) == ("completed", 0)


def test_an_order_that_the_shop_has_cancelled_is_not_completed(world):
    result, row, writes = states(world, "cancelled", completed=True)
    assert result.error.field == "completed" and "cancelled in the shop" in str(result.error)
    assert (row["status"], writes) == ("cancelled", 0)


@pytest.mark.parametrize("values", [{"completed": True}, {"cancelled": True}, {"completed": False}])
def test_a_refunded_order_stays_so(world, values):
    result, row, writes = states(world, "refunded", **values)
    assert (result.error, row["status"], writes) == (None, "refunded", 0)


def test_states_of_many_orders_are_asked_for_and_told_in_two_requests(world):
    ids = [str(world.shop.make("order", status="processing")["id"]) for _ in range(20)]
    world.wire.sent.clear()
    ops = [Op(f"k{id_}", "update", id_, {"completed": True}) for id_ in ids]
    assert all(result.error is None for result in world.endpoint.write("order", ops))
    assert len(world.wire.sent) == 2


def test_an_order_that_is_gone_says_so(world):
    (result,) = world.endpoint.write("order", [Op("k", "update", "9999", {"cancelled": True})])
    assert "no longer in the shop" in str(result.error)


def test_an_account_of_the_shop_is_named_by_its_binding_whatever_its_e_mail(world):
    customers.update(world.shop, world.person, {"email": "new@example.com"})
    world.make()
    world.run()
    assert world.fields()["customer"] == str(world.person["id"])


def test_an_order_is_gone_when_it_is_in_the_trash_and_not_when_the_list_leaves_it_out():
    orders = Orders()
    trashed, kept, odd = (str(orders.shop.make("order", status="processing")["id"]) for _ in "123")
    rows = orders.shop.store.tables["orders"]
    rows[int(trashed)]["status"], rows[int(odd)]["status"] = "trash", "checkout-draft"
    ids = [trashed, kept, odd, "99999"]
    assert list(orders.endpoint.ids("order")) == [kept]
    assert orders.endpoint.unseen("order", [trashed, odd, "99999"]) == [odd, "99999"]
    assert list(orders.endpoint.unseen("product", ids)) == []
