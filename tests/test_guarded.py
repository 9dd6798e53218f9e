"""What a sync keeps on Odoo's own records and goes by: nobody else writes it, by no way."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

#: Whoever may write all of these records, and sees the gateway.
GROUPS = (
    "base.group_user,base.group_partner_manager,sales_team.group_sale_manager,"
    "stock.group_stock_manager,account.group_account_manager,gateway_ng.group_viewer"
)
MODELS = (
    "sale.order",
    "sale.order.line",
    "stock.picking",
    "stock.move",
    "account.move",
    "res.partner",
)
#: Chosen by people, and computed.
FREE = {"gateway_connector_id"}
SAMPLES = {
    "boolean": True,
    "char": "paid",
    "text": "said",
    "float": 3.0,
    "monetary": 3.0,
    "json": {"a": 1},
    "one2many": [Command.clear()],
}
#: How somebody would call the sync from outside.
PRETENDING = (True, "BySync", 1, {"by": "sync"})


@tagged("post_install", "-at_install")
class TestGuarded(TransactionCase):
    def setUp(self):
        super().setUp()
        person = new_test_user(self.env, "seller", groups=GROUPS)
        self.partner = self.env["res.partner"].create({"name": "Ada"})
        product = self.env["product.product"].create({"name": "Mug", "type": "consu"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2}),
                    Command.create(
                        {
                            "product_id": product.id,
                            "gateway_charge": "fee",
                            "gateway_fulfilled_qty": 1,
                        }
                    ),
                ],
            }
        )
        order.action_confirm()
        invoice = self.env["account.move"].create({"move_type": "out_invoice"})
        picking = order.picking_ids
        moves = picking.move_ids[0]
        records = (order, order.order_line[0], picking, moves, invoice, self.partner)
        self.records = {one._name: one.with_user(person) for one in records}
        self.order = self.records["sale.order"]

    def guarded(self, model):
        """(field, a value) of all that is kept there."""
        for name, field in self.env[model]._fields.items():
            if name.startswith("gateway_") and name not in FREE and not field.compute:
                yield name, self.sample(field)

    def sample(self, field):
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.type == "many2one":
            return self.env["gateway.connector"].search([], limit=1).id or 1
        return SAMPLES[field.type]

    def test_nobody_writes_what_a_sync_goes_by(self):
        found = set()
        for model in MODELS:
            record = self.records[model]
            for name, value in self.guarded(model):
                found.add(name)
                for context in ({}, *({"gateway_sync": one} for one in PRETENDING)):
                    with self.subTest(name, context=context), self.assertRaises(AccessError):
                        record.with_context(**context).write({name: value})
        self.assertLessEqual({"gateway_fulfilled_qty", "gateway_by_shop", "gateway_guest"}, found)
        line = self.records["sale.order.line"]
        with self.assertRaisesRegex(AccessError, "Fulfilled at the Shop"):
            self.order.write(
                {"order_line": [Command.update(line.id, {"gateway_fulfilled_qty": 2})]}
            )

    def test_nor_creates_it_not_by_a_default_either(self):
        line = {"order_id": self.order.id, "product_id": self.records["sale.order.line"].product_id}
        line["product_id"] = line["product_id"].id
        given = {
            "sale.order": ({"partner_id": self.partner.id}, "gateway_payment_state", "paid"),
            "sale.order.line": (line, "gateway_fulfilled_qty", 5),
            "res.partner": ({"name": "Guest"}, "gateway_guest", True),
            "account.move": ({"move_type": "out_invoice"}, "gateway_by_sync", True),
        }
        for model, (values, name, value) in given.items():
            records = self.records[model].browse()
            with self.subTest(model), self.assertRaises(AccessError):
                records.create({**values, name: value})
            with self.subTest(model, by="default"), self.assertRaises(AccessError):
                records.with_context(**{f"default_{name}": value}).create(values)
            self.assertTrue(records.create(values))
        with self.assertRaises(AccessError):
            self.order.copy({"gateway_payment_state": "paid"})

    def test_no_context_that_a_client_can_send_makes_anybody_a_sync(self):
        account = self.env["account.analytic.account"].create(
            {"name": "Mugs", "plan_id": self.env["account.analytic.plan"].create({"name": "P"}).id}
        )
        model = self.env["account.analytic.distribution.model"]
        known = {"partner_id": self.partner.id, "company_id": self.env.company.id}
        model.create({**known, "analytic_distribution": {str(account.id): 100}})
        keys = ("gateway_sync", "gateway_tried", "gateway_no_distribution")
        for said in PRETENDING:
            with self.subTest(said):
                context = dict.fromkeys(keys, said)
                order = self.order.copy({"date_order": "2020-01-01 00:00:00"})
                order.with_context(**context).action_confirm()
                self.assertGreater(order.date_order.year, 2020)
                number = self.env["ir.sequence"].with_context(**context)
                self.assertRegex(number.next_by_code("sale.order"), r"^S\d+$")
                self.assertTrue(model.with_context(**context)._get_distribution(known))

    def test_people_go_on_working_with_what_has_it(self):
        copied = self.order.copy()
        self.assertEqual([False, "fee"], copied.order_line.mapped("gateway_charge"))
        self.assertFalse(any(copied.order_line.mapped("gateway_fulfilled_qty")))
        connector = self.env["gateway.connector"].create({"name": "Shop", "platform": "shopify"})
        copied.gateway_connector_id = connector
        picking = self.records["stock.picking"]
        self.records["stock.picking"].sudo().gateway_by_shop = True
        picking.move_ids[:1].write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertTrue(self.order.picking_ids - picking)
        returned = self.env["stock.return.picking"].with_user(picking.env.user)
        wizard = returned.create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.sudo().gateway_by_shop = True
        self.env["stock.move"].browse(back.move_ids.ids).product_uom_qty = 2
        back.move_ids.write({"quantity": 1, "picked": True})
        back.with_context(skip_backorder=True).button_validate()
        rest = back.backorder_ids
        self.assertEqual([True], rest.mapped("gateway_by_shop"), "the rest is the shop's, too")

    def test_a_guest_is_merged_by_whoever_may_merge(self):
        guest = self.env["res.partner"].create({"name": "Ada", "gateway_guest": True})
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(self.order.env.user)
        kept = self.records["res.partner"]
        merge._merge([kept.id, guest.id], kept, extra_checks=False)
        self.assertFalse(self.partner.gateway_guest)
