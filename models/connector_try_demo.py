import functools

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ..lib.clock import SystemClock
from ..lib.demoshop import Settings, Shop, ShopTransport, seed_demo

#: Every shop there is to try is asked as Shopify is.
PLATFORM = "shopify"


class GatewayConnection(models.Model):
    """A connection to a demo shop: its calls are answered in this process."""

    _inherit = "gateway.connection"

    demo_shop = fields.Char(groups=NO_ACCESS, copy=False, help="Key of the demo shop.")
    demo_warehouses = fields.Json(
        groups=NO_ACCESS, copy=False, help="Ids of the warehouses that were made for it."
    )


class GatewayConnector(models.Model):
    """Trying Gateway without a shop: a demo shop in this database, its locations mapped."""

    _inherit = "gateway.connector"

    is_demo = fields.Boolean(
        string="Demo shop",
        compute="_compute_is_demo",
        search="_search_is_demo",
        compute_sudo=True,
        help="Its shop is part of this database and answers as Shopify does.",
    )

    @api.depends("connection_ids")
    def _compute_is_demo(self):
        for connector in self:
            connector.is_demo = bool(connector.connection_ids.demo_shop)

    def _search_is_demo(self, operator, value):
        if operator != "in":
            return NotImplemented
        demos = self.env["gateway.connection"].sudo().search([("demo_shop", "!=", False)])
        return [("id", "in" if True in value else "not in", demos.connector_id.ids)]

    def _transport(self):
        key = self.sudo().connection_ids.demo_shop
        if not key:
            return super()._transport()
        shops, clock = self.env["gateway.demo.shop"], self._clock()
        return ShopTransport(lambda: shops._opened(key, clock))

    # -- trying it

    @api.model
    def action_try_demo(self):
        """The company's demo shop; where there is none it is made, connected and synced at once."""
        self.check_access("create")
        demo = self._demo_of(self.env.company)
        if not demo:
            demo = self._make_demo()
            demo.run_sync()
        return demo._form_action()

    @api.model
    def action_offer_demo(self):
        """The company's demo shop; where there is none it is said what one would bring."""
        demo = self._demo_of(self.env.company)
        if demo:
            return demo._form_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try it with a demo shop"),
            "res_model": "gateway.try.demo",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _shared_with_demo(self, company):
        """(variants of the company that a demo shop would share, for all are seeded with the same
        SKUs; connectors that sync some of them)."""
        variants = self.env["product.product"].with_context(active_test=False).sudo()
        shared = variants.search(
            [("default_code", "in", _skus()), ("company_id", "in", (False, company.id))]
        )
        bindings = self.env["gateway.binding"].sudo()
        bound = bindings.search_fetch(
            [("entity", "=", "variant"), ("res_id", "in", shared.ids), ("state", "=", "bound")],
            ["connector_id"],
        )
        return shared, bound.connector_id.filtered(lambda one: one.company_id == company)

    def _demo_of(self, company):
        return self.search([("is_demo", "=", True), ("company_id", "=", company.id)], limit=1)

    def _form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _make_demo(self):
        """A checked connector to a new demo shop, each of its locations mapped."""
        key = self.env["gateway.demo.shop"]._open_new(self._clock())
        values = {"name": self._demo_name(), "platform": PLATFORM, "create_taxes": True}
        connector = self.create(values)
        connection = connector.sudo().connection_ids
        connection.demo_shop = key
        connector.setup_step = "done"
        shop = Settings()
        connection.set_values({"shop": shop.domain, "access_token": shop.access_token})
        health = connector.check_connection()
        if connector.state != "ready":
            raise UserError(
                self.env._(
                    "The demo shop can't be synced as %(user)s: %(problems)s",
                    user=connector.user_id.name,
                    problems=" ".join(health["problems"]),
                )
            )
        connector._place_demo(health["locations"])
        return connector

    def _demo_name(self):
        name, number = self.env._("Demo shop"), 1
        taken = set(
            self.with_context(active_test=False)
            .sudo()
            .search([("company_id", "=", self.env.company.id)])
            .mapped("name")
        )
        while name in taken:
            number += 1
            name = self.env._("Demo shop %s", number)
        return name

    def _place_demo(self, locations):
        """The shop's first location is the connector's warehouse, each other one a new warehouse:
        orders are reserved and sent by warehouses, so the stock of each has to be one's."""
        rows = self.sudo().location_ids.sorted("remote_id")
        rows[:1].location_id = self.warehouse_id.lot_stock_id
        made = self.env["stock.warehouse"].sudo()
        for row in rows[1:]:
            name = locations.get(row.remote_id) or self.name
            warehouse = made._make_quiet(self.company_id, name)
            row.location_id = warehouse.lot_stock_id
            made |= warehouse
        self.sudo().connection_ids.demo_warehouses = made.ids


@functools.cache
def _skus():
    """Of every demo shop: they are seeded alike."""
    shop = Shop(SystemClock())
    seed_demo(shop)
    return tuple(item["sku"] for item in shop.store.tables["InventoryItem"].values())
