"""What tests of products, variants and prices share: a stand-in connector, records, old dates."""

from contextlib import contextmanager
from decimal import Decimal
from types import SimpleNamespace

from odoo import fields
from odoo.tests import TransactionCase
from odoo.tools import SQL

from odoo.addons.gateway_ng.lib.endpoint import Op
from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint

LONG_AGO = fields.Datetime.to_datetime("2020-01-01")
SINCE = fields.Datetime.to_datetime("2021-01-01")

#: Whose dates tell that a product, variant or price changed.
TABLES = (
    "product_template",
    "product_product",
    "product_category",
    "product_tag",
    "product_attribute",
    "product_attribute_value",
    "product_template_attribute_line",
    "product_template_attribute_value",
    "product_pricelist",
    "product_pricelist_item",
    "uom_uom",
    "ir_attachment",
)

SHIRT = {
    "name": "Shirt",
    "options": [{"name": "Size", "values": ["S", "M"]}, {"name": "Color", "values": ["Red"]}],
    "variants": {
        "r1": {
            "options": {"Size": "S", "Color": "Red"},
            "default_code": "SH-S",
            "barcode": "5901234100018",
            "weight": Decimal("0.2"),
            "price": Decimal("10.00"),
        },
        "r2": {
            "options": {"Size": "M", "Color": "Red"},
            "default_code": "SH-M",
            "barcode": "5901234100025",
            "weight": Decimal("0.25"),
            "price": Decimal("12.50"),
        },
    },
}
READS = ("name", "list_price", "sku", "barcode", "options", "variants")


class ProductsCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connector = SimpleNamespace(
            id=4711,
            company_id=cls.env.company,
            pricelist_id=cls.env["product.pricelist"],
            sale_pricelist_id=cls.env["product.pricelist"],
            stock_authority="odoo",
        )

    def side(self, entity="product", reads=READS):
        return OdooEndpoint(self.env, self.connector, {entity: reads})

    # pylint: disable-next=method-required-super
    def write(self, entity, *ops, reads=READS):
        return list(self.side(entity, reads).write(entity, ops))

    def done(self, result):
        """The result, or the test fails with its error."""
        if result.error:
            raise result.error
        return result

    def created(self, *values):
        """Templates of these products, and the answers."""
        results = self.write("product", *(create(v, str(n)) for n, v in enumerate(values)))
        ids = [int(self.done(result).id) for result in results]
        return self.env["product.template"].browse(ids), results

    def refused(self, result):
        self.assertIsNotNone(result.error)
        self.assertTrue(result.error.remedy)
        return str(result.error)

    def fetch(self, entity, id_, reads=READS):
        (record,) = self.side(entity, reads).fetch(entity, [str(id_)])
        return record.fields

    def prices(self, template):
        """SKU → price of a template's variants, as the connector reads them."""
        found = self.fetch("product", template.id)["variants"]
        return {element["default_code"]: element["price"] for element in found}

    def use_pricelist(self):
        self.connector.pricelist_id = self.env["product.pricelist"].create({"name": "Shop"})
        self.addCleanup(setattr, self.connector, "pricelist_id", self.env["product.pricelist"])
        return self.connector.pricelist_id

    # -- what changed

    def age(self):
        """All records are old; what is written from now on is dated with this transaction."""
        self.env.flush_all()
        for table in TABLES:
            self.env.cr.execute(
                SQL("UPDATE %s SET write_date = %s", SQL.identifier(table), LONG_AGO)
            )
        self.env.invalidate_all()

    def changed(self, entity, reads):
        return [
            id_ for _t, id_ in self.side(entity, reads).entity(entity).changed(SINCE, None, 9999)
        ]

    @contextmanager
    def found(self, entity, record, *reads):
        """What is done inside makes `record` be found by a connector that reads `reads`."""
        self.age()
        self.assertNotIn(record.id, self.changed(entity, reads))
        yield
        self.assertIn(record.id, self.changed(entity, reads))


def create(values, key="new"):
    return Op(key, "create", None, values)


def update(id_, values, children=None, key="change"):
    return Op(key, "update", str(id_), values, {}, children or {})


def renamed(values, name, code):
    """The same product with its own name, SKUs and barcodes."""
    variants = {
        f"{code}-{key}": {
            **fields,
            "default_code": f"{code}-{fields['default_code']}",
            "barcode": f"{code}{fields['barcode']}",
        }
        for key, fields in values["variants"].items()
    }
    return {**values, "name": name, "variants": variants}
