"""Who may do what: roles, companies, workspaces, buttons, and how far a mapping reaches."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.gateway_ng.lib.endpoint import Op
from odoo.addons.gateway_ng.models.endpoint import OdooEndpoint
from odoo.addons.gateway_ng.models.endpoint.columns import is_forbidden
from odoo.addons.gateway_ng.models.endpoint.entity import ENTITIES

from .access_case import DIALOGS, MATRIX, OPERATIONS, TwoCompanies, WithRecords
from .shop_case import INTEGRATION_GROUPS, ROLES, ShopCase


@tagged("post_install", "-at_install")
class TestMatrix(ShopCase):
    def test_every_gateway_model_is_in_the_matrix(self):
        models = self.env["ir.model"].search([("model", "=like", "gateway.%")])
        kept = [name for name in models.mapped("model") if not self.env[name]._abstract]
        self.assertEqual(sorted([*MATRIX, *DIALOGS]), sorted(kept))

    def test_each_role_may_do_what_the_matrix_says_and_no_more(self):
        for model, allowed in {**MATRIX, **DIALOGS}.items():
            for operation, roles in zip(OPERATIONS, allowed, strict=True):
                for name, user in self.people.items():
                    expected = name in roles.split()
                    actual = self.env[model].with_user(user).has_access(operation)
                    with self.subTest(model=model, operation=operation, role=name):
                        self.assertEqual(expected, actual)

    def test_the_roles_contain_each_other(self):
        for lower, higher in zip(ROLES, ROLES[1:], strict=False):
            self.assertTrue(self.people[higher].has_group(f"gateway_ng.group_{lower}"))
            self.assertFalse(self.people[lower].has_group(f"gateway_ng.group_{higher}"))

    def test_history_is_not_rewritten_by_anybody_through_the_orm(self):
        run = self.env["gateway.run"].sudo()._start(self.connector, [("category", "import")], False)
        letter = self.letter()
        for record in (run, run.flow_ids, letter):
            for user in self.people.values():
                with self.assertRaises(AccessError), self.cr.savepoint():
                    record.with_user(user).write({"state": "done"})
                with self.assertRaises(AccessError), self.cr.savepoint():
                    record.with_user(user).unlink()

    def letter(self, connector=None):
        connector = connector or self.connector
        return self.env["gateway.dead.letter"].create(
            {
                "connector_id": connector.id,
                "company_id": connector.company_id.id,
                "entity": "product",
                "direction": "import",
                "source_id": "gid://shopify/Product/404",
            }
        )


@tagged("post_install", "-at_install")
class TestCompanies(TwoCompanies):
    def test_the_matrix_has_a_record_of_every_model(self):
        readable = [model for model, allowed in MATRIX.items() if allowed[0]]
        self.assertEqual(sorted(readable), sorted(self.records_of(self.connector)))

    def test_nobody_sees_another_companys_records(self):
        ours, theirs = self.records_of(self.connector), self.records_of(self.theirs)
        self.env.flush_all()
        self.assert_visible(ours, self.people["manager"], True)
        self.assert_visible(theirs, self.foreigner, True)
        self.assert_visible(theirs, self.people["manager"], False)
        self.assert_visible(ours, self.foreigner, False)

    def test_no_dialog_shows_a_letter_of_another_company(self):
        letter = self.records_of(self.theirs)["gateway.dead.letter"]
        letter.write({"payload": '{"email": "hidden@example.com"}', "error": "hidden"})
        dialogs = self.env["gateway.dead.letter.edit"].with_user(self.people["operator"])
        dialog = dialogs.create({"letter_id": letter.id, "text": "{}"})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            dialog.read(["original_text", "what_happened"])
        for user in self.people.values():
            self.env.invalidate_all()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                dialogs.with_user(user).with_context(active_ids=letter.ids).default_get(["text"])

    def test_a_connector_of_a_company_its_user_does_not_belong_to_is_refused(self):
        stranger = new_test_user(self.env, "gateway_stranger", groups="base.group_user")
        with self.assertRaisesRegex(ValidationError, "does not belong to Other"):
            self.theirs.user_id = stranger


@tagged("post_install", "-at_install")
class TestWorkspaces(WithRecords):
    def setUp(self):
        super().setUp()
        self.member = new_test_user(
            self.env, "gateway_member", groups="base.group_user,gateway_ng.group_manager"
        )
        self.records = self.records_of(self.connector)
        # A monitoring key is its company's.
        self.records.pop("gateway.health.key")

    def test_a_workspace_without_members_is_everybodys(self):
        self.env.flush_all()
        self.assert_visible(self.records, self.people["manager"], True)
        self.assert_visible(self.records, self.member, True)

    def test_a_workspace_with_members_is_theirs_alone_with_all_that_belongs_to_it(self):
        self.connector.workspace_id.member_ids = self.member
        self.env.flush_all()
        self.assert_visible(self.records, self.member, True)
        self.assert_visible(self.records, self.people["manager"], False)

    def test_a_company_s_mapping_is_changed_only_by_who_sees_all_it_holds_for(self):
        def layer(user, document='{"description": "x"}'):
            values = {"platform": "shopify", "entity": "product", "direction": "export"}
            mappings = self.env["gateway.mapping"].with_user(user)
            return mappings.create({**values, "layer": "company", "document": document})

        manager = self.people["manager"]
        self.connector.workspace_id.member_ids = self.member
        with self.assertRaisesRegex(AccessError, "no member of"), self.cr.savepoint():
            layer(manager)
        ours = layer(self.member).with_user(manager)
        for change in (
            lambda: ours.write({"document": "{}"}),
            lambda: ours.write({"active": False}),
            ours.unlink,
        ):
            with self.assertRaisesRegex(AccessError, "no member of"), self.cr.savepoint():
                change()
        self.connector.workspace_id.member_ids |= manager
        ours.write({"document": "{}"})
        ours.unlink()


@tagged("post_install", "-at_install")
class TestButtons(WithRecords):
    #: button → the roles that may press it
    BUTTONS = (
        ("gateway.connector", "check_connection", "operator manager"),
        ("gateway.connector", "action_check_connection", "operator manager"),
        ("gateway.connector", "run_sync", "operator manager"),
        ("gateway.connector", "action_sync", "operator manager"),
        ("gateway.connector", "action_look_for_deletes", "operator manager"),
        ("gateway.connector", "action_pause", "manager"),
        ("gateway.connector", "action_resume", "manager"),
        ("gateway.connector", "action_go_on_here", "manager"),
        ("gateway.connector", "action_keep_paused", "manager"),
        ("gateway.connector", "action_rotate_webhook_token", "manager"),
        ("gateway.event", "action_done", "operator manager"),
        ("gateway.health.key", "action_make", "manager"),
        ("gateway.run", "action_cancel", "operator manager"),
        ("gateway.run", "action_resume", "operator manager"),
        ("gateway.dead.letter", "action_retry", "operator manager"),
        ("gateway.dead.letter", "action_discard", "operator manager"),
        ("gateway.conflict", "action_take_odoo", "operator manager"),
        ("gateway.conflict", "action_take_remote", "operator manager"),
    )

    def test_each_button_works_for_its_roles_and_is_refused_to_the_others(self):
        self.connector.setup_step = "done"
        records = self.records_of(self.connector)
        for model, name, roles in self.BUTTONS:
            for role, user in self.people.items():
                with self.subTest(model=model, button=name, role=role):
                    button = getattr(records[model].with_user(user), name)
                    with self.env.cr.savepoint() as kept:
                        if role in roles.split():
                            button()
                        else:
                            with self.assertRaises(AccessError):
                                button()
                        kept.rollback()
                    self.env.invalidate_all()

    def test_a_viewer_is_told_which_role_to_ask_for(self):
        connector = self.connector.with_user(self.people["viewer"])
        with self.assertRaisesRegex(AccessError, "the role Operator"):
            connector.run_sync(["category"])

    def test_a_connector_set_up_by_a_manager_works(self):
        manager = self.people["manager"]
        made = (
            self.env["gateway.connector"]
            .with_user(manager)
            .create({"name": "Managed", "platform": "shopify"})
        )
        self.assertEqual(made.user_id, manager)
        made.connection_ids.set_values({"access_token": "t", "base_url": self.server.url})
        self.assertEqual(made.connection_ids.entry_ids.mapped("connection_id"), made.connection_ids)


@tagged("post_install", "-at_install")
class TestIntegrationUser(ShopCase):
    def test_a_sync_started_by_an_operator_writes_as_the_integration_user(self):
        self.add_product("Mug", "MUG-1")
        operator = self.people["operator"]
        self.assertFalse(self.env["product.template"].with_user(operator).has_access("create"))
        connector = self.connector.with_user(operator)
        run = connector.run_sync(["product"], "import", wait=True)
        self.assertEqual(run.env.user, operator)
        self.assertEqual((run.state, run.count_created), ("done", 1))
        product = self.env["product.template"].search([("name", "=", "Mug")])
        self.assertEqual(product.create_uid, self.robot)

    def test_what_the_integration_user_may_not_write_is_a_dead_letter_naming_the_right(self):
        self.add_product("Mug", "MUG-1")
        weak = new_test_user(self.env, "gateway_weak", groups="base.group_user")
        self.connector.user_id = weak
        run = self.connector.with_user(self.people["manager"]).run_sync(
            ["product"], "import", wait=True
        )
        self.assertEqual((run.state, run.count_dead, run.count_created), ("partial", 1, 0))
        letter = self.letters()
        self.assertIn("product.product", letter.error)
        self.assertIn("Products/Create", letter.error)
        self.assertIn("integration user", letter.remedy)
        self.assertFalse(self.env["product.template"].search([("name", "=", "Mug")]))
        self.connector.user_id = self.robot
        letter.action_retry()
        self.assertEqual(letter.state, "resolved")
        self.assertTrue(self.env["product.template"].search([("name", "=", "Mug")]))

    def test_a_check_names_the_rights_the_integration_user_lacks(self):
        self.connector.user_id = new_test_user(self.env, "gateway_weak", groups="base.group_user")
        health = self.connector.check_connection()
        self.assertFalse(health["ok"])
        said = " ".join(health["problems"])
        for right in ("Sales Order (create)", "Sales Order (write)", "Product (create)"):
            self.assertIn(right, said)
        self.assertIn("may not create taxes", said)

    def test_a_check_says_that_taxes_could_not_be_created_and_goes_on(self):
        self.robot.group_ids -= self.env.ref("account.group_account_manager")
        health = self.connector.check_connection()
        self.assertTrue(health["ok"])
        self.assertIn("may not create taxes", " ".join(health["problems"]))
        self.connector.create_taxes = False
        self.assertEqual(self.connector.check_connection()["problems"], [])

    def test_a_check_asks_only_for_rights_that_the_mapped_flows_use(self):
        self.robot.group_ids -= self.env.ref("product.group_product_manager")
        self.assertIn("Product (create)", str(self.connector.check_connection()["problems"]))
        flows = [("order", "import"), ("product", "export")]
        model = self.env.registry["gateway.connector"]
        with patch.object(model, "_flows_to_run", lambda *_args: flows):
            self.assertEqual(self.connector.check_connection()["problems"], [])

    def test_records_the_integration_user_may_not_see_are_not_exported(self):
        mine = self.env["product.template"].create({"name": "Open", "default_code": "OPEN"})
        hidden = self.env["product.template"].create({"name": "Hidden", "default_code": "HID"})
        self.env["ir.rule"].create(
            {
                "name": "not hidden",
                "model_id": self.env["ir.model"]._get_id("product.template"),
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        run = self.connector.run_sync(["product"], "export", wait=True)
        seen = run.change_ids.mapped("source_id")
        self.assertIn(str(mine.id), seen)
        self.assertNotIn(str(hidden.id), seen)

    def test_nobody_works_as_odoobot(self):
        with self.assertRaisesRegex(ValidationError, "above all access rights"):
            self.connector.user_id = self.env.ref("base.user_root")
        self.assertEqual(self.env["gateway.connector"].new({}).user_id.id, 2)

    def test_a_manager_cannot_borrow_the_rights_of_somebody_stronger(self):
        manager = self.people["manager"]
        connector = self.connector.with_user(manager)
        with self.assertRaisesRegex(ValidationError, "may do more than you"):
            connector.user_id = self.env.ref("base.user_admin")
        connector.user_id = manager

    def test_who_manages_users_may_name_anyone(self):
        chief = new_test_user(
            self.env,
            "gateway_chief",
            groups="base.group_user,base.group_erp_manager,gateway_ng.group_manager",
        )
        self.connector.with_user(chief).user_id = new_test_user(
            self.env, "gateway_strong", groups=INTEGRATION_GROUPS
        )


@tagged("post_install", "-at_install")
class TestForbidden(ShopCase):
    """How far a mapping reaches, whoever writes it and whatever the integration user may do."""

    def refused(self, entity, direction="import", user="manager", **document):
        mappings = self.env["gateway.mapping"].with_user(self.people[user])
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            mappings.create(
                {
                    "platform": "shopify",
                    "entity": entity,
                    "direction": direction,
                    "connector_id": self.connector.id,
                    "document": json.dumps(document),
                }
            )
        return str(caught.exception)

    def test_no_field_that_may_be_written_leads_to_a_forbidden_model(self):
        admin = self.env.ref("base.user_admin")
        side = OdooEndpoint(self.env(user=admin), self.connector.sudo(), {})
        seen = 0
        for name, info in side.entities().items():
            columns = self.env[ENTITIES[name].model]._fields
            for field in info.fields.values():
                column = columns.get(field.name)
                if column is None or not column.relational or field.name in ENTITIES[name].virtual:
                    continue
                if is_forbidden(column.comodel_name):
                    seen += 1
                    self.assertFalse(field.writable or field.readable, (name, field.name))
                if column.comodel_name == "res.company":
                    self.assertFalse(field.writable, (name, field.name))
        self.assertGreater(seen, 20)

    def test_the_forbidden_ones_are_forbidden_with_their_families(self):
        for model in (
            "res.users",
            "res.users.apikeys",
            "res.groups",
            "ir.cron",
            "ir.config_parameter",
            "ir.actions.server",
            "ir.attachment",
            "res.partner.bank",
            "base.automation",
            "mail.message",
            "queue.job",
            "gateway.connection",
        ):
            self.assertTrue(is_forbidden(model), model)
        for model in ("res.partner", "res.country", "product.template", "irrigation.pump"):
            self.assertFalse(is_forbidden(model), model)

    def test_a_relation_to_users_groups_or_banks_is_refused_by_name(self):
        field = {"MAPTO": "id", "type": "list"}
        for name, model in (("user_ids", "res.users"), ("bank_ids", "res.partner.bank")):
            text = self.refused("customer", record={name: field})
            self.assertIn(f"«{name}» of res.partner is not open to mappings", text)
            self.assertIn(f"It leads to {model}", text)
            self.assertIn(f"/record/{name}", text)

    def test_the_company_of_a_record_is_not_a_mappings_business(self):
        field = {"MAPVALUE": 1, "type": "reference", "reference": {"entity": "customer"}}
        text = self.refused("customer", record={"company_id": field})
        self.assertIn("«company_id» of res.partner may not be written", text)

    def test_another_model_is_refused(self):
        for model in ("res.users", "ir.cron", "ir.config_parameter", "res.groups"):
            text = self.refused("customer", model=model)
            self.assertIn(f"«{model}» is not this entity; it is «res.partner»", text)

    def test_reading_through_a_relation_to_users_is_refused_too(self):
        field = {"MAPTO": "user_id.login", "type": "char"}
        text = self.refused(
            "product", "export", record={"vendor": {**field, "MAPTO": "create_uid.login"}}
        )
        self.assertIn("«create_uid» of product.template is not open to mappings", text)
        self.assertIn("/record/vendor", text)

    def test_identifiers_and_dates_of_the_database_are_refused(self):
        for name in ("id", "create_uid", "write_date"):
            text = self.refused("customer", record={name: {"MAPTO": "id", "type": "integer"}})
            self.assertIn(f"«{name}» of res.partner", text)

    def test_what_reaches_the_endpoint_all_the_same_is_refused_there(self):
        side = self.connector._odoo_endpoint({"customer": {"name"}})
        (result,) = side.write(
            "customer", [Op("1", "create", None, {"name": "Eve", "company_id": "1"})]
        )
        self.assertIn("«company_id» of res.partner may not be written", str(result.error))
        partner = self.env["res.partner"].create({"name": "Ada"})
        (result,) = side.write(
            "customer", [Op("1", "update", str(partner.id), {"user_ids": ["1", "2"]})]
        )
        self.assertIn("«user_ids»", str(result.error))

    def test_forbidden_relations_are_absent_for_a_mapping_that_was_saved_before(self):
        side = self.connector._odoo_endpoint(
            {"customer": {"name", "user_ids", "create_uid.login", "parent_id.user_ids"}}
        )
        partner = self.env["res.partner"].create({"name": "Ada"})
        (record,) = side.fetch("customer", [str(partner.id)])
        self.assertEqual({"id": str(partner.id), "name": "Ada", "parent_id": None}, record.fields)
        side = self.connector._odoo_endpoint(
            {"product": {"variants.barcode", "variants.create_uid", "variants.message_ids"}}
        )
        mug = self.env["product.template"].create({"name": "Mug"})
        (record,) = side.fetch("product", [str(mug.id)])
        (variant,) = record.fields["variants"]
        self.assertEqual({"id", "barcode"}, set(variant))

    def test_a_mapping_editor_reaches_nothing_the_integration_user_may_not(self):
        """Fields with groups the user has not got are unknown to its mappings."""
        weak = new_test_user(self.env, "gateway_weak", groups="base.group_user")
        self.connector.user_id = weak
        text = self.refused("customer", record={"credit_limit": {"MAPVALUE": 1, "type": "decimal"}})
        self.assertIn("has no field «credit_limit» for mappings", text)
        self.connector.user_id = self.robot
        self.override("customer", record={"credit_limit": {"MAPVALUE": 1, "type": "decimal"}})

    def test_viewers_and_operators_save_no_mapping(self):
        for role in ("viewer", "operator", "employee"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env["gateway.mapping"].with_user(self.people[role]).create(
                    {
                        "platform": "shopify",
                        "entity": "product",
                        "direction": "import",
                        "connector_id": self.connector.id,
                        "document": "{}",
                    }
                )
