"""What the tests of customers, orders and stock share: integration user, connector, builders."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.gateway_ng.lib.endpoint import Op
from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint

#: As the database keeps times: naive UTC.
LONG_AGO = datetime(2020, 1, 1)  # noqa: DTZ001
PLACED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
#: Rights of the integration user: what README asks for, nothing more.
GROUPS = (
    "sales_team.group_sale_salesman_all_leads,stock.group_stock_user,base.group_partner_manager,"
    "product.group_product_manager"
)
HOME = {"name": "Ada", "street": "1 Main St", "city": "Springfield", "country_code": "US"}


class EndpointCase(TransactionCase):
    """An Odoo endpoint as a user who is no administrator, su off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, login="integration", groups=GROUPS)
        cls.company = cls.env.company
        cls.company.tax_calculation_rounding_method = "round_globally"
        cls.connector = cls._connector("Shop")
        cls.warehouse = cls.connector.warehouse_id
        cls.place = cls.warehouse.lot_stock_id
        cls.bind("location", "L1", cls.place)
        cls.products = cls.env["product.product"].create(
            [
                {"name": f"Sock {size}", "default_code": f"SOCK-{size}", "is_storable": True}
                for size in "SML"
            ]
        )
        cls.env["account.tax"].create(
            [
                {
                    "name": f"Shop tax {percent} {how}",
                    "amount": percent,
                    "type_tax_use": "sale",
                    "price_include_override": how,
                }
                for percent in (8.25, 7.25, 20)
                for how in ("tax_excluded", "tax_included")
            ]
        )

    @classmethod
    def _connector(cls, name):
        connectors = cls.env["gateway.connector"].with_context(tracking_disable=True)
        return connectors.create({"name": name, "platform": "shopify"})

    @classmethod
    def bind(cls, entity, remote, record, connector=None):
        return cls.env["gateway.binding"].create(
            {
                "connector_id": (connector or cls.connector).id,
                "entity": entity,
                "remote_id": remote,
                "odoo_id": str(record.id),
                "res_model": record._name,
                "res_id": record.id,
                "state": "bound",
            }
        )

    def endpoint(self, *reads, connector=None):
        """The endpoint, with the same reads for every entity."""
        names = ("customer", "order", "stock")
        env = self.env(user=self.user, su=False)
        return OdooEndpoint(env, connector or self.connector, dict.fromkeys(names, reads))

    # pylint: disable-next=method-required-super
    def write(self, entity, *ops, connector=None):
        return list(self.endpoint(connector=connector).write(entity, ops))

    def new(self, entity, **values):
        """Create one record; its Result, which must be no error."""
        (result,) = self.write(entity, Op("k", "create", None, values))
        self.assertIsNone(result.error, result.error and str(result.error))
        return result

    def refusal(self, entity, op):
        (result,) = self.write(entity, op)
        self.assertIsNotNone(result.error, "it was not refused")
        return str(result.error)

    def fetch(self, entity, id_, *reads):
        (record,) = self.endpoint(*reads).fetch(entity, [id_])
        return record.fields

    def backdate(self, *tables):
        """Every row as written long ago: what is written from here on is a change."""
        self.env.flush_all()
        for table in tables:
            self.env.cr.execute(f"UPDATE {table} SET write_date = %s", [LONG_AGO])
        self.env.invalidate_all()

    def changed(self, entity, *reads):
        """Ids of the records changed since they were backdated."""
        side = self.endpoint(*reads).entity(entity)
        since = LONG_AGO + timedelta(days=1)
        return {side.key_of(row) for _time, row in side.changed(since, None, 1000)}

    # -- orders

    def line(self, product=0, quantity=1, price="10.00", off="0", taxes=(), **more):
        """A line of the shop; `taxes`: (rate, amount) pairs."""
        return {
            "product_id": str(self.products[product].id),
            "name": f"Sock {product}",
            "quantity": Decimal(quantity),
            "unit_price": Decimal(price),
            "discount_amount": Decimal(off),
            "taxes": [
                {"name": "Sales tax", "rate": Decimal(rate), "amount": Decimal(amount)}
                for rate, amount in taxes
            ],
            "fulfilled_quantity": Decimal(0),
            "unfulfilled_quantity": Decimal(quantity),
            **more,
        }

    def order_values(self, *lines, **more):
        return {
            "client_order_ref": "#1001",
            "guest": {"name": "Ada", "email": "ada@example.com"},
            "date_order": PLACED,
            "currency": self.company.currency_id.name,
            "taxes_included": False,
            "lines": {f"line{number}": line for number, line in enumerate(lines)},
            **more,
        }

    def new_order(self, *lines, **more):
        result = self.new("order", **self.order_values(*lines, **more))
        return self.env["sale.order"].browse(int(result.id)), result

    def deliver(self, order):
        """Send all that the order's transfers hold, in stock or not."""
        for move in order.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        order.picking_ids.button_validate()
        self.assertEqual({"done"}, set(order.picking_ids.mapped("state")))
