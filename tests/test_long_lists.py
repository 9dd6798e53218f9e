from odoo.tests import tagged
from odoo.tools import SQL

from .demo_shop_case import DemoShopCase
from .shop_case import ROLES, new_test_user

MANY = 100_000
#: Model → (columns in which no two rows are alike, what its menu shows first).
LISTS = {
    "gateway.binding": (("remote_id", "odoo_id"), []),
    "gateway.dead.letter": (("source_id",), [("state", "=", "open")]),
    "gateway.conflict": (("source_id",), [("state", "=", "open")]),
    "gateway.event": (("event_key",), []),
    "gateway.page": (("number",), []),
    "gateway.run": ((), []),
}


@tagged("post_install", "-at_install")
class TestLongLists(DemoShopCase):
    """Each list as people see it, with a hundred thousand rows: no query a row, and not many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        role = f"base.group_user,gateway_ng.group_{ROLES[0]}"
        cls.viewer = new_test_user(cls.env, "long_lists", groups=role)
        common = {"connector_id": cls.connector.id, "entity": "product"}
        source = {**common, "direction": "import", "source_id": "gid://shopify/Product/1"}
        letter = {"cause": "mapping", "error": "Broken", "company_id": cls.connector.company_id.id}
        cls.env["gateway.dead.letter"].create({**source, **letter})
        conflict = {"target_id": "1", "field_group": "name", "field_names": "name"}
        cls.env["gateway.conflict"].create({**source, **conflict})
        cls.env["gateway.event"].create({**common, "event_key": "e", "topic": "products/update"})

    def multiply(self, model, unlike):
        """The newest row a hundred thousand times more, as it is but for its id and `unlike`."""
        table = self.env[model]._table
        row = self.env[model].search(self.row_of(model), limit=1, order="id desc")
        self.assertTrue(row, model)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            (table,),
        )
        columns = {name: kind for name, kind in self.env.cr.fetchall() if name != "id"}
        values = []
        for name, kind in columns.items():
            column = SQL.identifier(name)
            if name in unlike:
                number = SQL("i") if kind == "integer" else SQL("concat(%s, i)", column)
                column = SQL("%s + 10", number) if kind == "integer" else number
            values.append(column)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) AS i WHERE id = %s",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(values),
                SQL.identifier(table),
                MANY,
                row.id,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    @staticmethod
    def row_of(model):
        return [("entity", "=", "product")] if model == "gateway.binding" else []

    def asked(self, model):
        """What the list asks of each row."""
        fields = self.env[model].fields_get()
        arch = self.env[model].get_view(view_type="list")["models"][model]
        named = {"fields": {"display_name": {}}}
        return {
            name: named if fields[name]["type"] == "many2one" else {}
            for name in arch
            if name in fields and fields[name]["type"] not in ("one2many", "many2many")
        }

    def cost(self, model, domain, limit):
        """(queries, rows found) of one page of the list."""
        self.env.invalidate_all()
        rows = self.env[model].with_user(self.viewer)
        rows.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = rows.web_search_read(domain, self.asked(model), limit=limit, count_limit=10001)
        return self.env.cr.sql_log_count - before, len(found["records"])

    def test_a_list_with_100000_rows_costs_no_query_a_row(self):
        for model, (unlike, domain) in LISTS.items():
            with self.subTest(model):
                self.multiply(model, unlike)
                self.cost(model, domain, 80)
                few, _rows = self.cost(model, domain, 2)
                many, rows = self.cost(model, domain, 80)
                self.assertEqual(80, rows)
                self.assertEqual(few, many)
                self.assertLess(many, 30)
