"""An order in Odoo's own screens: the shop's words in the user's, and the shop's number."""

from odoo.tests import new_test_user, tagged

from .demo_shop_case import DemoShopCase


@tagged("post_install", "-at_install")
class TestOrderWords(DemoShopCase):
    def order(self, **values):
        partner = self.env["res.partner"].create({"name": "Ada"})
        return self.env["sale.order"].create({"partner_id": partner.id, **values})

    def test_what_the_shop_says_of_an_order_is_told_in_words_and_kept_as_it_is(self):
        order = self.order(
            gateway_payment_state="PARTIALLY_REFUNDED",
            gateway_fulfillment_state="UNFULFILLED",
            gateway_cancel_reason="INVENTORY",
        )
        told = order.gateway_payment_text, order.gateway_fulfillment_text
        self.assertEqual(("Partly refunded", "Not shipped"), told)
        self.assertEqual("Not in stock", order.gateway_cancel_text)
        self.assertEqual("PARTIALLY_REFUNDED", order.gateway_payment_state)
        order.gateway_payment_state = "partially refunded"
        self.assertEqual("Partly refunded", order.gateway_payment_text, "as WooCommerce has it")
        order.gateway_payment_state = "mine, by a mapping"
        self.assertEqual("mine, by a mapping", order.gateway_payment_text)
        self.env["res.lang"]._activate_lang("de_DE")
        order.gateway_payment_state = "PAID"
        self.assertEqual("Bezahlt", order.with_context(lang="de_DE").gateway_payment_text)
        self.assertFalse(self.order().gateway_payment_text)

    def test_an_order_of_a_shop_is_found_by_its_number_there(self):
        binding = self.env["gateway.binding"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "order")], limit=1
        )
        order = self.env["sale.order"].browse(binding.res_id)
        number = order.client_order_ref
        own = self.order(client_order_ref=number)
        seller = new_test_user(
            self.env, login="seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        orders = self.env["sale.order"].with_user(seller)
        self.assertEqual(number, orders.browse(order.id).gateway_order_number)
        self.assertFalse(orders.browse(own.id).gateway_order_number)
        self.assertEqual(order, orders.search([("gateway_order_number", "=", number)]))
        self.assertIn(order, orders.search([("gateway_order_number", "ilike", number)]))
        self.assertIn(own, orders.search([("gateway_order_number", "=", False)]))
        self.assertNotIn(order, orders.search([("gateway_order_number", "=", False)]))
        for other in (("!=", number), ("not ilike", number)):
            self.assertIn(own, orders.search([("gateway_order_number", *other)]), other)
            self.assertNotIn(order, orders.search([("gateway_order_number", *other)]))
        self.assertNotIn(own, orders.search([("gateway_order_number", "!=", False)]))

    def test_lists_of_orders_offer_the_shops_number_as_column_and_to_search_by(self):
        for view in ("sale.view_quotation_tree", "sale.view_order_tree"):
            arch = self.env["sale.order"].get_view(self.env.ref(view).id, "list")["arch"]
            self.assertIn('name="gateway_order_number"', arch)
        search = self.env.ref("sale.sale_order_view_search_inherit_quotation")
        arch = self.env["sale.order"].get_view(search.id, "search")["arch"]
        self.assertIn('name="gateway_order_number"', arch)
