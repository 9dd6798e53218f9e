"""Odoo's first cost of new products, asked for in bulk during a sync."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.gateway_ng.models.guarded import BySync


@tagged("post_install", "-at_install")
class TestProductCosts(TransactionCase):
    def products(self, count):
        return self.env["product.product"].create(
            [{"name": f"P{place}", "is_storable": True} for place in range(count)]
        )

    def receive(self, product, quantity):
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()
        return move

    def test_a_sync_finds_the_same_remaining_moves_as_odoo(self):
        products = self.products(3)
        move = self.receive(products[1], 5)
        odoo = products._get_remaining_moves()
        sync = products.with_context(gateway_sync=BySync)._get_remaining_moves()
        self.assertEqual(odoo, {products[1]: {move: 5}})
        self.assertEqual(sync, odoo)

    def test_products_that_never_moved_cost_no_query_each(self):
        def queries(count):
            products = self.products(count).with_context(gateway_sync=BySync)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(products._get_remaining_moves(), {})
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(2), queries(20))
