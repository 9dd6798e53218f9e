"""Each list of the menus as people see it, with many rows: no query a row, and not many."""

from lxml import etree

from odoo.tests import tagged
from odoo.tools import safe_eval

from .long_lists_case import NAMED, PAGE, LongListsCase

#: What the web client shows of a list within a form.
LINES = 40
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
class TestLongLists(LongListsCase):
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
        filters = self.filters(action)
        given = {"uid": self.viewer.id, "active_id": False}
        context = safe_eval.safe_eval(action.context or "{}", given)
        domain = safe_eval.safe_eval(action.domain or "[]", given)
        for one in filters:
            if context.get(f"search_default_{one.get('name')}"):
                domain += safe_eval.safe_eval(one.get("domain") or "[]", given)
        asked = {}
        for column in arch.iterchildren("field"):
            names = (column.get("name"), *ASKED_BY_WIDGET.get(column.get("widget"), ()))
            asked |= {name: self.asked(rows._fields[name]) for name in names}
        return rows, asked, {"domain": domain, "order": arch.get("default_order")}

    def filters(self, action):
        """What its search view offers."""
        rows = self.env[action.res_model].with_user(self.viewer)
        search = rows.get_view(action.search_view_id.id, "search")["arch"]
        return list(etree.fromstring(search).iter("filter"))

    def groupings(self, action):
        """What its list can be grouped by."""
        contexts = [safe_eval.safe_eval(one.get("context") or "{}") for one in self.filters(action)]
        return [one["group_by"] for one in contexts if "group_by" in one]

    @staticmethod
    def asked(field):
        """Of a related record its name."""
        return {"fields": {"display_name": {}}} if field.relational else {}

    def counted(self, rows, ask):
        """(the queries of asking that of `rows`, the answer)"""
        self.env.invalidate_all()
        rows.env.invalidate_all()
        before = self.env.cr.sql_log_count
        answer = ask()
        return self.env.cr.sql_log_count - before, answer

    def cost(self, rows, asked, options, limit):
        """Queries of one page of the list, which has to be full."""
        options = {**options, "limit": limit, "count_limit": 10001}
        options["specification"] = asked
        count, found = self.counted(rows, lambda: rows.web_search_read(**options))
        self.assertEqual(limit, len(found["records"]))
        return count

    def grouped(self, rows, asked, options, grouping, limit):
        """(queries of the list's groups, the groups), as the web client asks for them."""
        columns = rows.fields_get(list(asked), ["aggregator"])
        sums = [
            f"{name}:{one['aggregator']}" for name, one in columns.items() if one.get("aggregator")
        ]
        options = {**options, "limit": limit, "unfold_read_specification": asked}
        count, found = self.counted(
            rows, lambda: rows.web_read_group(groupby=[grouping], aggregates=sums, **options)
        )
        return count, found["groups"]

    def check_list(self, opened):
        self.cost(*opened, limit=PAGE)
        few = self.cost(*opened, limit=PAGE // 4)
        many = self.cost(*opened, limit=PAGE)
        self.assertEqual(few, many)
        self.assertLess(many, 25)

    def check_grouped(self, rows, asked, options, grouping):
        """Its groups, and one that is opened: the largest."""
        self.grouped(rows, asked, options, grouping, PAGE)
        few, one = self.grouped(rows, asked, options, grouping, 1)
        many, groups = self.grouped(rows, asked, options, grouping, PAGE)
        self.assertEqual(1, len(one))
        self.assertLessEqual(many, few)
        self.assertLess(many, 10)
        group = max(groups, key=lambda one: one["__count"])
        inside = {**options, "domain": [*options["domain"], *group["__extra_domain"]]}
        size = min(group["__count"], PAGE)
        self.assertLessEqual(
            self.cost(rows, asked, inside, size), self.cost(rows, asked, inside, 1)
        )

    def test_a_list_with_100000_rows_costs_no_query_a_row_nor_a_group(self):
        for action in self.lists():
            model = action.res_model
            if model not in NAMED:
                self.multiply(model)
            opened = self.opened(action)
            with self.subTest(model):
                self.check_list(opened)
            for grouping in self.groupings(action):
                with self.subTest(f"{model} by {grouping}"):
                    self.check_grouped(*opened, grouping)

    def lines_of_forms(self):
        """(model, field, what is asked of each line) of the lists within the forms of the menus."""
        for model in dict.fromkeys(action.res_model for action in self.lists()):
            rows = self.env[model].with_user(self.viewer)
            for node in etree.fromstring(rows.get_view(False, "form")["arch"]).iter("field"):
                columns = node.xpath("./list/field")
                if columns and not node.xpath("ancestor::field"):
                    lines = self.env[rows._fields[node.get("name")].comodel_name]
                    asked = {one.get("name"): one for one in columns}
                    asked = {name: self.asked(lines._fields[name]) for name in asked}
                    yield model, node.get("name"), asked

    def within(self, owner, name, asked, limit):
        """Queries of so many lines of the list in a form."""
        row, wanted = owner.with_user(self.viewer), {name: {"fields": asked, "limit": limit}}
        return self.counted(row, lambda: row.web_read(wanted))[0]

    def test_the_lists_of_forms_cost_no_query_a_line(self):
        for model, name, asked in self.lines_of_forms():
            owner = self.owners[model]
            if len(owner[name]) < 5 and owner._fields[name].store:
                self.insert_like(owner[name][:1], LINES, spreads=False)
            with self.subTest(f"{model}.{name}"):
                self.assertGreater(len(owner[name]), 2)

                self.within(owner, name, asked, LINES)
                few = self.within(owner, name, asked, 2)
                self.assertLessEqual(self.within(owner, name, asked, LINES), few)

    def test_the_groups_are_those_of_the_search_views(self):
        found = {(one.res_model, name) for one in self.lists() for name in self.groupings(one)}
        wanted = {("gateway.dead.letter", "cause"), ("gateway.change", "create_date:day")}
        self.assertLessEqual(wanted, found)
        self.assertGreater(len(found), 25)

    def test_the_lists_are_those_of_the_menus(self):
        models = {action.res_model for action in self.lists()}
        self.assertLessEqual({*NAMED, "gateway.change", "gateway.tax.rule"}, models)
