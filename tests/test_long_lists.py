from lxml import etree

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, safe_eval

from .demo_shop_case import DemoShopCase

MANY = 100_000
PAGE = 80
#: Somebody who sees every column of every list.
GROUPS = (
    "base.group_user,gateway_ng.group_manager,base.group_multi_company,stock.group_stock_user,"
    "sales_team.group_sale_salesman,account.group_account_invoice"
)
#: Other lists name these: their rows come first, and those of the others are spread over them.
NAMED = ("gateway.workspace", "gateway.connector", "gateway.run")
#: Nobody has a hundred thousand shops, and of these a connector has one of a kind.
FEW = {"gateway.workspace", "gateway.connector", "gateway.schedule", "gateway.mapping"}
FEW |= {"gateway.watermark"}
#: What the widget of a column asks for besides the column.
ASKED_BY_WIDGET = {
    "list_activity": (
        "activity_exception_decoration",
        "activity_exception_icon",
        "activity_state",
        "activity_summary",
        "activity_type_icon",
        "activity_type_id",
    )
}


@tagged("post_install", "-at_install")
class TestLongLists(DemoShopCase):
    """Each list of the menus as people see it, with many rows: no query a row, and not many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = new_test_user(cls.env, "long_lists", groups=GROUPS)
        for model, values in cls.first_rows().items():
            cls.env[model].create(values)
        cls.connector.workspace_id.member_ids = cls.viewer
        for model in NAMED:
            cls.multiply(model)

    @classmethod
    def first_rows(cls):
        """A row for each list that the sync of the shop leaves without one."""
        company = cls.connector.company_id
        flow = {"entity": "product", "direction": "import"}
        source = {"connector_id": cls.connector.id, **flow, "source_id": "gid://shopify/Product/1"}
        conflict = {"target_id": "1", "field_group": "name", "field_names": "name"}
        tax = cls.env["account.tax"].search([("company_id", "=", company.id)], limit=1)
        mapping = {"platform": "shopify", **flow, "connector_id": cls.connector.id}
        return {
            "gateway.dead.letter": {
                **source,
                "cause": "mapping",
                "error": "Broken",
                "company_id": company.id,
            },
            "gateway.conflict": {**source, **conflict},
            "gateway.event": {
                "connector_id": cls.connector.id,
                "entity": "product",
                "event_key": "e",
                "topic": "products/update",
            },
            "gateway.conflict.rule": {"connector_id": cls.connector.id, "pattern": "product.*"},
            "gateway.health.key": {"digest": "0"},
            "gateway.mapping": {**mapping, "document": "{}"},
            "gateway.refund": {
                "connector_id": cls.connector.id,
                "company_id": company.id,
                "order_id": cls.env["sale.order"].search([], limit=1).id,
                "remote_id": "1",
                "outcome": "nothing",
            },
            "gateway.tax.rule": {"name_pattern": "*", "tax_id": tax.id},
        }

    # -- many rows

    @classmethod
    def multiply(cls, model):
        """The newest row many times more, as it is but for its id, what must be unlike in each row,
        and the connector, workspace and run that it names."""
        row = cls.env[model].search(cls.row_of(model), limit=1, order="id desc")
        if not row:
            raise AssertionError(f"{model} has no row to multiply: give it one in `first_rows`")
        cls.env.flush_all()
        table, unlike = SQL.identifier(row._table), cls.unlike(row)
        names = [one.name for one in row._fields.values() if one.store and one.column_type]
        names.remove("id")
        values = []
        for name in names:
            column = SQL.identifier(name)
            if row._fields[name].comodel_name in NAMED and row[name]:
                column = cls.spread(row._fields[name].comodel_name, row[name]) or column
            elif name in unlike:
                number = row._fields[name].type == "integer"
                column = SQL("%s + 10 + i" if number else "concat(%s, '-', i)", column)
            values.append(column)
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) AS i WHERE id = %s",
                table,
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(values),
                table,
                PAGE + 20 if model in FEW else MANY,
                row.id,
            )
        )
        cls.multiply_relations(row)
        cls.env.cr.execute(SQL("ANALYZE %s", table))
        cls.env.invalidate_all()

    @classmethod
    def multiply_relations(cls, row):
        """Each copy is related to what the row is."""
        for field in row._fields.values():
            if field.type != "many2many" or not field.store:
                continue
            own, other = SQL.identifier(field.column1), SQL.identifier(field.column2)
            cls.env.cr.execute(
                SQL(
                    "INSERT INTO %(rel)s (%(own)s, %(other)s) SELECT copy.id, rel.%(other)s"
                    " FROM %(rel)s AS rel, %(table)s AS copy"
                    " WHERE rel.%(own)s = %(id)s AND copy.id > %(id)s",
                    rel=SQL.identifier(field.relation),
                    own=own,
                    other=other,
                    table=SQL.identifier(row._table),
                    id=row.id,
                )
            )

    @staticmethod
    def row_of(model):
        return [("entity", "=", "product")] if model == "gateway.binding" else []

    @classmethod
    def unlike(cls, row):
        """Columns of its unique indexes that hold a text or a number of its own."""
        rows = cls.env.execute_query(
            SQL(
                "SELECT DISTINCT a.attname FROM pg_index i JOIN pg_attribute a"
                " ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
                " WHERE i.indisunique AND i.indrelid = %s::regclass",
                row._table,
            )
        )
        return {name for (name,) in rows if row._fields[name].type in ("char", "integer")} - {"id"}

    @classmethod
    def spread(cls, model, own):
        """Another row of `model` for each i: a hundred of them, or nothing while there are none."""
        others = cls.env[model].search([("id", ">", own.id)], limit=PAGE + 20, order="id")
        return SQL("(%s::int[])[1 + i %% %s]", others.ids, len(others)) if others else None

    # -- what a list asks

    def lists(self):
        """Every window action of the gateway's menus that has a list."""
        menu = self.env.ref("gateway_ng.menu_gateway")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", menu.id)])
        actions = [one.action for one in menus if one.action]
        windows = [one for one in actions if one._name == "ir.actions.act_window"]
        return [one for one in windows if "list" in one.view_mode.split(",")]

    def opened(self, action):
        """(the rows, what is asked of each, options) as its menu opens the list."""
        rows = self.env[action.res_model].with_user(self.viewer)
        views = {kind: view for view, kind in action.views}
        arch = etree.fromstring(rows.get_view(views["list"], "list")["arch"])
        search = rows.get_view(action.search_view_id.id, "search")["arch"]
        given = {"uid": self.viewer.id, "active_id": False}
        context = safe_eval.safe_eval(action.context or "{}", given)
        domain = safe_eval.safe_eval(action.domain or "[]", given)
        for one in etree.fromstring(search).iter("filter"):
            if context.get(f"search_default_{one.get('name')}"):
                domain += safe_eval.safe_eval(one.get("domain") or "[]", given)
        asked = {}
        for column in arch.iterchildren("field"):
            names = (column.get("name"), *ASKED_BY_WIDGET.get(column.get("widget"), ()))
            asked |= {name: self.asked(rows._fields[name]) for name in names}
        return rows, asked, {"domain": domain, "order": arch.get("default_order")}

    @staticmethod
    def asked(field):
        """Of a related record its name."""
        return {"fields": {"display_name": {}}} if field.relational else {}

    def cost(self, rows, asked, options, limit):
        """Queries of one page of the list, which has to be full."""
        self.env.invalidate_all()
        rows.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = rows.web_search_read(specification=asked, limit=limit, count_limit=10001, **options)
        self.assertEqual(limit, len(found["records"]))
        return self.env.cr.sql_log_count - before

    def test_a_list_with_100000_rows_costs_no_query_a_row(self):
        for action in self.lists():
            model = action.res_model
            with self.subTest(model):
                if model not in NAMED:
                    self.multiply(model)
                opened = self.opened(action)
                self.cost(*opened, limit=PAGE)
                few = self.cost(*opened, limit=PAGE // 4)
                many = self.cost(*opened, limit=PAGE)
                self.assertEqual(few, many)
                self.assertLess(many, 25)

    def test_the_lists_are_those_of_the_menus(self):
        models = {action.res_model for action in self.lists()}
        self.assertLessEqual({*NAMED, "gateway.change", "gateway.tax.rule"}, models)
