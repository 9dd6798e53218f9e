"""Every cell of the table of edits: state of the order × edit at the shop → what is there after.

What is expected stands here by itself, as what the database holds; the table of the code is only
asked whether a cell is missing.
"""

from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.endpoint import Op
from odoo.addons.gateway_ng.models.endpoint.order_edits import TABLE

from .endpoint_orders import HOME, EndpointCase
from .test_order_refunds import refund

_D = Decimal
_PARIS = {"name": "Ada", "street": "2 Rue", "city": "Paris", "country_code": "FR"}
STATES = (
    "quotation",
    "confirmed",
    "locked",
    "part delivered",
    "delivered",
    "invoiced",
    "cancelled",
)
#: Edit at the shop → values of the update, given the test case.
EDITS = {
    "quantity up": lambda self: {"lines": {"line0": {"quantity": _D(5)}}, "total": _D(70)},
    "quantity down": lambda self: {"lines": {"line0": {"quantity": _D(1)}}, "total": _D(30)},
    "line added": lambda self: {"lines": {"line9": self.line(2)}, "total": _D(70)},
    "line removed": lambda self: {"lines": {"line0": None}, "total": _D(20)},
    "line terms": lambda self: {"lines": {"line0": {"unit_price": _D(8)}}, "total": _D(52)},
    "product": lambda self: {"lines": {"line0": {"product_id": str(self.products[2].id)}}},
    "address": lambda self: {"shipping_address": _PARIS},
    "header": lambda self: {"warehouse": str(self.second.lot_stock_id.id)},
    "cancel": lambda self: {"cancelled": True},
    "refund": lambda self: {"refunds": [refund("10", ("line0", 1, "10", "0", True))]},
    "reopen": lambda self: {"cancelled": False},
}
#: The order of each cell has two lines: 4 × Sock 0 and 2 × Sock 1, at 10.00 each.
#: Edit → state → what is different after it; a state that is not named is left as it was. «told»
#: is the number of activities.
LEFT = {"told": 1}
UP = {"quantity": [5, 2], "total": 70}
ADDED = {"quantity": [4, 2, 1], "products": [0, 1, 2], "total": 70}
SHOWS = {"total": 52}
GONE = {"quantity": [0, 2], "total": 20}
EXPECTED = {
    "quantity up": {
        "quotation": UP,
        "confirmed": {**UP, "open": [5, 2]},
        "part delivered": {**UP, "open": [2, 2]},
        "delivered": {**UP, "open": [1]},
        "invoiced": {**UP, "open": [5, 2]},
        "locked": LEFT,
    },
    "quantity down": {
        "quotation": {"quantity": [1, 2], "total": 30},
        "confirmed": {"quantity": [1, 2], "total": 30, "open": [1, 2]},
        "part delivered": LEFT,
        "delivered": LEFT,
        "invoiced": LEFT,
        "locked": LEFT,
    },
    "line added": {
        "quotation": ADDED,
        "confirmed": {**ADDED, "open": [4, 2, 1]},
        "part delivered": {**ADDED, "open": [1, 2, 1]},
        "delivered": {**ADDED, "open": [1]},
        "invoiced": {**ADDED, "open": [4, 2, 1]},
        "locked": LEFT,
    },
    "line removed": {
        "quotation": {"quantity": [2], "products": [1], "total": 20},
        "confirmed": {**GONE, "open": [2]},
        "part delivered": LEFT,
        "delivered": LEFT,
        "invoiced": LEFT,
        "locked": LEFT,
    },
    "line terms": {
        "quotation": SHOWS,
        "confirmed": SHOWS,
        "part delivered": SHOWS,
        "delivered": SHOWS,
        "invoiced": LEFT,
        "locked": LEFT,
    },
    "product": {
        "quotation": {"products": [2, 1]},
        "confirmed": LEFT,
        "part delivered": LEFT,
        "delivered": LEFT,
        "invoiced": LEFT,
        "locked": LEFT,
    },
    "address": {
        "quotation": {"city": "Paris"},
        "confirmed": {"city": "Paris", "sent to": ["Paris"]},
        "part delivered": {"city": "Paris", "sent to": ["Paris", "Springfield"]},
        "delivered": LEFT,
        "invoiced": LEFT,
        "locked": LEFT,
    },
    "header": {
        "quotation": {"warehouse": "second"},
        "confirmed": LEFT,
        "part delivered": LEFT,
        "delivered": LEFT,
        "invoiced": LEFT,
        "locked": LEFT,
    },
    "cancel": {
        "quotation": {"state": "cancel"},
        "confirmed": {"state": "cancel", "open": [], "sent to": []},
        "part delivered": LEFT,
        "delivered": LEFT,
        "invoiced": LEFT,
        "locked": LEFT,
    },
    "refund": {
        "quotation": {"quantity": [3, 2], "total": 50},
        "confirmed": {"quantity": [3, 2], "total": 50, "open": [3, 2]},
        "part delivered": {"quantity": [3, 2], "total": 50, "open": [2]},
        "delivered": {"returns": [1], **LEFT},
        "invoiced": {"quantity": [3, 2], "total": 50, "open": [3, 2], "credits": [10]},
        "locked": LEFT,
    },
    "reopen": {"cancelled": LEFT},
}


@tagged("post_install", "-at_install")
class TestOrderEdits(EndpointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products.invoice_policy = "order"
        cls.user.group_ids += cls.env.ref("account.group_account_invoice")
        cls.boss = cls.env.ref("base.user_admin")
        cls.connector.order_user_id = cls.boss
        cls.second = cls.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})

    def order_in(self, state):
        """An order of the shop in that state of Odoo; (order, result of its creation)."""
        self.connector.order_confirm = state not in ("quotation",)
        order, result = self.new_order(
            self.line(0, quantity=4), self.line(1, quantity=2), shipping_address=HOME
        )
        if state == "locked":
            order.action_lock()
        elif state == "part delivered":
            self.send(order, [3])
        elif state == "delivered":
            self.send(order, [4, 2])
        elif state == "invoiced":
            order._create_invoices().action_post()
        elif state == "cancelled":
            order._action_cancel()
        return order, result

    def send(self, order, quantities):
        moves = order.picking_ids.move_ids
        for move, quantity in zip(moves, quantities, strict=False):
            move.write({"quantity": quantity, "picked": True})
        order.picking_ids._action_done()

    def edit(self, result, values):
        (after,) = self.write("order", Op("k", "update", result.id, values, {}, result.children))
        self.assertIsNone(after.error, after.error and str(after.error))
        return after

    def seen(self, order):
        """What the database holds of the order, in the words of `EXPECTED`."""
        order.invalidate_recordset()
        going = order.picking_ids.filtered(lambda one: one.picking_type_code == "outgoing")
        coming = order.picking_ids - going
        moves = going.move_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        places = {product: place for place, product in enumerate(self.products)}
        lines = order.order_line
        return {
            "state": order.state,
            "quantity": lines.mapped("product_uom_qty"),
            "products": [places[line.product_id] for line in lines],
            "total": order.amount_total,
            "city": order.partner_shipping_id.city,
            "sent to": sorted(
                {one.partner_id.city for one in going if one.state != "cancel"}
            ),
            "warehouse": "second" if order.warehouse_id == self.second else "first",
            "open": [
                number
                for line in lines
                if (number := sum((moves & line.move_ids).mapped("product_uom_qty")))
            ],
            "returns": coming.move_ids.mapped("product_uom_qty"),
            "credits": [
                move.amount_total
                for move in order.invoice_ids
                if (move.move_type, move.state) == ("out_refund", "draft")
            ],
            "told": len(order.activity_ids),
        }  # fmt: skip

    def check_cells(self, kind):
        for state in STATES:
            if kind == "reopen" and state != "cancelled":
                continue
            with self.subTest(state=state):
                order, result = self.order_in(state)
                before = self.seen(order)
                values = EDITS[kind](self)
                after = self.edit(result, values)
                expected = EXPECTED[kind].get(state, {})
                self.assertEqual({**before, **expected}, self.seen(order))
                self.check_told(kind, order, after, expected)
                self.edit(result, values if kind == "refund" else {})
                self.assertEqual({**before, **expected}, self.seen(order), "once")

    def check_told(self, kind, order, after, expected):
        """What is not carried out is never silent."""
        if expected.get("told"):
            self.assertEqual(self.boss, order.activity_ids.user_id)
            self.assertIn("left to", after.note)
        elif not expected and kind != "cancel":
            self.assertIn("cancelled", after.note)

    def test_a_line_that_a_person_took_off_is_settled_or_left_to_a_person(self):
        order, result = self.order_in("quotation")
        order.order_line[0].unlink()
        for _again in range(2):
            after = self.edit(result, {"lines": {"line0": {"quantity": _D(3)}}, "total": _D(50)})
            self.assertIn("quantity 3 of «line0», which was taken off the order here", after.note)
            self.assertEqual((1, [2.0]), (len(order.activity_ids), self.seen(order)["quantity"]))
        after = self.edit(result, {"lines": {"line0": None}, "total": _D(20)})
        self.assertFalse(after.note, "both sides took it off")
        after = self.edit(result, {"lines": {"line0": None, "line1": {"quantity": _D(1)}}})
        self.assertEqual([1.0], self.seen(order)["quantity"], "the other one is carried out")

    def test_lines_that_change_while_the_shops_total_stays_come_to_the_same_total(self):
        order, result = self.order_in("quotation")

        def edit(lines):
            op = Op("k", "update", result.id, {"lines": lines}, {}, result.children)
            (after,) = self.endpoint("total").write("order", [op])
            return str(after.error or "")

        self.assertEqual("", edit({f"line{n}": {"quantity": _D(3)} for n in (0, 1)}))
        self.assertEqual([3.0, 3.0], self.seen(order)["quantity"], "4 and 2 made 60, too")
        self.assertIn("the shop says 60.00", edit({"line0": {"quantity": _D(4)}}))
        self.assertEqual([3.0, 3.0], self.seen(order)["quantity"])

    def test_an_edit_of_many_lines_costs_no_query_a_line(self):
        counts = []
        for number in (4, 40):
            _order, result = self.new_order(
                *[self.line(0) for _ in range(number)], client_order_ref=f"#{number}"
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.edit(result, {"lines": {f"line{n}": {"name": "Named"} for n in range(number)}})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 5, counts)

    def test_every_cell_of_the_table_is_expected_here(self):
        cells = {(state, kind) for state, kinds in TABLE.items() for kind in kinds}
        kinds = set(EDITS) - {"reopen"}
        ours = {(state, kind) for state in STATES for kind in kinds} | {("cancelled", "reopen")}
        self.assertEqual(cells, ours)
        self.assertEqual(set(EDITS), set(EXPECTED))

    def test_quantity_up(self):
        self.check_cells("quantity up")

    def test_quantity_down(self):
        self.check_cells("quantity down")

    def test_line_added(self):
        self.check_cells("line added")

    def test_line_removed(self):
        self.check_cells("line removed")

    def test_line_terms(self):
        self.check_cells("line terms")

    def test_product(self):
        self.check_cells("product")

    def test_address(self):
        self.check_cells("address")

    def test_header(self):
        self.check_cells("header")

    def test_cancel(self):
        self.check_cells("cancel")

    def test_refund(self):
        self.check_cells("refund")

    def test_reopen(self):
        self.check_cells("reopen")
