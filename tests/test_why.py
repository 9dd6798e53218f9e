"""Why is it so? What is told of one record's sync, from its own form."""

import re
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop.server import Handler

from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestWhy(ShopCase):
    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG-1")
        self.check_and_map()
        self.first = self.sync("product")
        self.product = self.env["product.template"].search([("name", "=", "Mug")])

    def why(self, record=None, role="viewer"):
        record = record or self.product
        self.env.flush_all()
        self.env.invalidate_all()
        user = self.people[role]
        return self.env["gateway.binding"].with_user(user).why(record._name, record.id)

    def rename(self, title):
        (product,) = self.shop.store.tables["Product"].values()
        product.update(title=title, updatedAt=self.shop.store.now())
        self.shop.store.changed()

    def field(self, label, told=None):
        (connector,) = (told or self.why())["connectors"]
        return [row for row in self.rows(connector) if row["field"] == label]

    def rows(self, connector):
        return [row for group in connector["groups"] for row in group["fields"]]

    def test_the_last_change_of_a_field_says_when_from_where_why_by_which_mapping_and_run(self):
        self.rename("Cup")
        second = self.sync("product")
        (row,) = self.field("Name")
        self.assertEqual(("Mug", "Cup"), (row["old"], row["new"]))
        self.assertEqual(("import", "the shop"), (row["direction"], row["origin"]))
        self.assertEqual("changed in the shop alone", row["why"])
        self.assertEqual(second.id, row["run"]["id"])
        version = self.env["gateway.mapping.version"].browse(row["version"]["id"])
        self.assertEqual(second.flow_ids.mapping_version_id, version)

    def test_fields_that_never_changed_since_are_of_the_creation(self):
        (row,) = self.field("Name")
        self.assertEqual("the record was created from the shop", row["why"])
        self.assertEqual(self.first.id, row["run"]["id"])

    def test_a_product_tells_of_its_variants_and_a_variant_of_its_product(self):
        self.sync("variant")
        variant = self.product.product_variant_ids
        for record in (self.product, variant):
            (connector,) = self.why(record)["connectors"]
            entities = {binding["entity"] for binding in connector["bindings"]}
            self.assertLessEqual({"Product", "Variant"}, entities, record)

    def test_options_are_told_by_name_and_variants_by_sku_in_groups_of_their_own(self):
        self.add_product("Shirt", "SHI-S", "SHI-M", sizes=["S", "M"])
        self.sync("product")
        shirt = self.env["product.template"].search([("name", "=", "Shirt")])
        (connector,) = self.why(shirt)["connectors"]
        told = {
            (group["entity"], group["record"], row["field"]): row["new"]
            for group in connector["groups"]
            for row in group["fields"]
        }
        self.assertEqual("Size: S, M", told["Product", "Shirt", "Options"])
        self.assertEqual("S", told["Variants", "SHI-S", "Options"])
        self.assertFalse([name for name in told if "10" in name[1]], told)

    def test_a_dry_run_changed_nothing(self):
        self.rename("Cup")
        self.sync("product", dry_run=True)
        (row,) = self.field("Name")
        self.assertEqual("Mug", row["new"])

    def test_an_export_says_it_came_from_odoo(self):
        self.product.name = "Beaker"
        self.sync("product", direction="export")
        (row,) = self.field("Name")
        told = row["direction"], row["origin"], row["new"]
        self.assertEqual(("export", "Odoo", "Beaker"), told, "one row, whatever the shop calls it")
        self.assertEqual([], self.field("Title"))

    def test_an_edit_that_is_not_sent_yet_is_told_with_when_it_goes_out(self):
        (connector,) = self.why()["connectors"]
        self.assertEqual([], connector["unsent"])
        self.product.name = "Beaker"
        (connector,) = self.why()["connectors"]
        (group,) = connector["unsent"]
        self.assertEqual(("Product", "[MUG-1] Beaker"), (group["entity"], group["record"]))
        edit = {"field": "Name", "before": "Mug", "now": "Beaker", "note": ""}
        self.assertEqual([edit], group["fields"])
        self.assertIn("press «Sync now»", connector["when"])
        line = self.connector.schedule_ids.filtered(
            lambda line: (line.entity, line.direction) == ("product", "export")
        )
        self.connector.setup_step = "done"  # before that no schedule starts anything
        line.cron = "0 3 * * *"
        (connector,) = self.why()["connectors"]
        self.assertRegex(connector["when"], "^They go out with the next sync: .+3:00:00.AM")
        self.connector.state = "paused"
        self.assertIn("paused", self.why()["connectors"][0]["when"])
        self.connector.state = "ready"
        self.sync("product", direction="export")
        self.assertEqual([], self.why()["connectors"][0]["unsent"])

    def test_an_edit_that_waits_for_a_decision_or_is_the_shop_s_does_not_go_out(self):
        rules = self.env["gateway.conflict.rule"]
        values = {"connector_id": self.connector.id, "pattern": "product.template.name"}
        rule = rules.create({**values, "winner": "remote", "restore": True})
        self.product.name = "Beaker"
        told = self.why()["connectors"][0]
        (row,) = told["unsent"][0]["fields"]
        self.assertIn("takes it back", row["note"])
        self.assertEqual("", told["when"])
        rule.write({"winner": "ask", "restore": False})
        self.rename("Cup")
        self.sync("product")
        told = self.why()["connectors"][0]
        (row,) = told["unsent"][0]["fields"]
        self.assertEqual(("It waits for a decision.", ""), (row["note"], told["when"]))
        self.assertEqual(["gateway.conflict"], [one["model"] for one in told["waits"]])

    def test_what_a_changed_mapping_makes_of_a_record_is_not_told_as_an_edit_that_goes_out(self):
        self.override(
            "product",
            "export",
            record={"title": {"MAPTO": ["name", "lambda name: name + ' new'"], "type": "char"}},
        )
        (connector,) = self.why()["connectors"]
        (row,) = connector["unsent"][0]["fields"]
        self.assertIn("The mapping was changed since the last sync", row["note"])
        self.assertEqual("", connector["when"])

    def test_an_edit_of_a_flow_that_is_off_is_none_that_goes_out(self):
        self.product.name = "Beaker"
        self.connector.schedule_ids.filtered(lambda line: line.direction == "export").is_on = False
        self.assertEqual([], self.why()["connectors"][0]["unsent"])

    def decide(self, take):
        """Both sides edit the name, an operator decides, and both directions are synced."""
        self.env["gateway.conflict.rule"].create(
            {
                "connector_id": self.connector.id,
                "pattern": "product.template.name",
                "winner": "ask",
            }
        )
        self.product.name = "Beaker"
        self.rename("Cup")
        self.sync("product", direction="both")
        (conflict,) = self.env["gateway.conflict"].search([("state", "=", "open")])
        getattr(conflict.with_user(self.people["operator"]), take)()
        self.sync("product", direction="both")

    def change(self, row):
        return self.env["gateway.change"].browse(row["id"])

    def test_what_a_person_decided_for_odoo_says_who_when_and_which_side(self):
        self.decide("action_take_odoo")
        (row,) = self.field("Name")
        self.assertEqual(("export", "Beaker"), (row["direction"], row["new"]))
        person = re.escape(self.people["operator"].name)
        self.assertRegex(row["why"], f"^Odoo won: {person} decided so, on .*20")
        self.assertIn(row["why"], self.change(row).details)
        self.product.name = "Bowl"
        self.sync("product", direction="export")
        (row,) = self.field("Name")
        self.assertEqual("changed in Odoo alone", row["why"])
        self.assertIn(row["why"], self.change(row).details)

    def test_what_a_person_decided_for_the_shop_says_who_when_and_which_side(self):
        self.decide("action_take_remote")
        (row,) = self.field("Name")
        self.assertEqual(("import", "Cup"), (row["direction"], row["new"]))
        person = re.escape(self.people["operator"].name)
        self.assertRegex(row["why"], f"^The shop won: {person} decided so, on .*20")

    def test_no_shop_is_called_for_it(self):
        self.product.name = "Beaker"
        with patch.object(Handler, "_answer", side_effect=AssertionError("it was called")):
            self.assertTrue(self.why()["connectors"][0]["unsent"])

    def test_what_waits_for_somebody_is_told_where_the_record_is(self):
        self.env["gateway.dead.letter"].create(
            {
                "connector_id": self.connector.id,
                "company_id": self.connector.company_id.id,
                "entity": "product",
                "direction": "export",
                "source_id": str(self.product.id),
                "cause": "refused",
                "error": "the shop is on fire",
            }
        )
        (waiting,) = self.why()["connectors"][0]["waits"]
        self.assertEqual("Could not be applied: The shop is on fire.", waiting["text"])

    def test_a_record_that_no_shop_has_says_so(self):
        other = self.env["product.template"].create({"name": "Mine"})
        self.assertEqual([], self.why(other)["connectors"])
        self.assertEqual(0, other.gateway_binding_count)
        self.assertEqual(1, self.product.gateway_binding_count)

    def test_without_a_role_there_is_neither_button_nor_answer(self):
        for model, employee_sees in (("product.template", False), ("sale.order", False)):
            for role, sees in (("employee", employee_sees), ("viewer", True)):
                user = self.people[role]
                user.group_ids += self.env.ref("sales_team.group_sale_salesman")
                arch = self.env[model].with_user(user).get_view(False, "form")["arch"]
                self.assertEqual(sees, "action_gateway_why" in arch, (model, role))
        with self.assertRaises(AccessError):
            self.why(role="employee")

    def test_a_long_history_costs_no_more_queries(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.why()
            return self.env.cr.sql_log_count - before

        queries()
        short = queries()
        for title in ("A", "B", "C", "D"):
            self.rename(title)
            self.sync("product")
        self.assertLessEqual(queries(), short + 1)
