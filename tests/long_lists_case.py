"""Rows by the hundred thousand, for tests of what lists cost."""

from odoo.tests import new_test_user
from odoo.tools import SQL

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
#: Nobody has a hundred thousand shops, nor writes so many rules and keys; of the others a connector
#: has one of a kind.
FEW = {"gateway.workspace", "gateway.connector", "gateway.schedule", "gateway.mapping"}
FEW |= {"gateway.watermark", "gateway.conflict.rule", "gateway.tax.rule", "gateway.health.key"}


class LongListsCase(DemoShopCase):
    """A shop that is synced, and somebody who sees every column of every list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = new_test_user(cls.env, "long_lists", groups=GROUPS)
        for model, values in cls.first_rows().items():
            cls.env[model].create(values)
        workspace = cls.connector.workspace_id
        workspace.member_ids = cls.viewer
        cls.owners = {one._name: one for one in (workspace, cls.connector, cls.first_run)}
        # Checks of foreign keys go on as they were planned when the tables they look into were
        # small: over what earlier tests of this session have rolled back, row by row.
        cls.env.cr.execute("DISCARD PLANS")
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
                "run_id": cls.first_run.id,
            },
            "gateway.order.workflow": {"connector_id": cls.connector.id},
            "gateway.subscription": {
                "connector_id": cls.connector.id,
                "remote_id": "1",
                "topic": "products/update",
                "url": "https://odoo.example/gateway",
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
        """The newest row many times more."""
        row = cls.env[model].search(cls.row_of(model), limit=1, order="id desc")
        if not row:
            raise AssertionError(f"{model} has no row to multiply: give it one in `first_rows`")
        cls.insert_like(row, PAGE + 20 if model in FEW else MANY, spreads=True)
        cls.multiply_relations(row)
        cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(row._table)))
        cls.env.invalidate_all()

    @classmethod
    def insert_like(cls, row, count, spreads):
        """Copies of a row as it is but for its id, what must be unlike in each row, and, where it
        `spreads`, the connector, workspace and run that it names."""
        cls.env.flush_all()
        table, unlike = SQL.identifier(row._table), cls.unlike(row)
        last = row.search([], order="id desc", limit=1).id
        names = [one.name for one in row._fields.values() if one.store and one.column_type]
        names.remove("id")
        values = []
        for name in names:
            column = SQL.identifier(name)
            if spreads and row._fields[name].comodel_name in NAMED and row[name]:
                column = cls.spread(row._fields[name].comodel_name, row[name]) or column
            elif name in unlike:
                number = row._fields[name].type == "integer"
                column = SQL("%s + 10 + i" if number else "concat(%s, '-', i)", column)
            values.append(column)
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(%s, %s) AS i WHERE id = %s",
                table,
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(values),
                table,
                last + 1,
                last + count,
                row.id,
            )
        )
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
        texts = {name for (name,) in rows if row._fields[name].type in ("char", "integer")}
        return texts - {"id", "odoo_id"}  # which is one of its own only while the shop has none

    @classmethod
    def spread(cls, model, own):
        """Another row of `model` for each i: a hundred of them, or nothing while there are none."""
        others = cls.env[model].search([("id", ">", own.id)], limit=PAGE + 20, order="id")
        return SQL("(%s::int[])[1 + i %% %s]", others.ids, len(others)) if others else None
