"""Who may do what: the matrix of roles, companies, workspaces, buttons, and what a mapping reaches."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .shop_case import ROLES, ShopCase

#: Every gateway model: who may read, write, create, unlink («» nobody).
MATRIX = {
    "gateway.workspace": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.connector": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.connection": ("manager", "manager", "manager", "manager"),
    "gateway.connection.entry": ("manager", "manager", "manager", "manager"),
    "gateway.mapping": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.mapping.version": ("viewer operator manager", "", "", ""),
    "gateway.conflict.rule": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.conflict": ("viewer operator manager", "", "", ""),
    "gateway.binding": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.watermark": ("viewer operator manager", "", "", "manager"),
    "gateway.run": ("viewer operator manager", "", "", ""),
    "gateway.flow": ("viewer operator manager", "", "", ""),
    "gateway.page": ("viewer operator manager", "", "", ""),
    "gateway.change": ("viewer operator manager", "", "", ""),
    "gateway.dead.letter": ("viewer operator manager", "", "", ""),
    "gateway.event": ("viewer operator manager", "", "", "manager"),
}
OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestMatrix(ShopCase):
    def test_every_gateway_model_is_in_the_matrix(self):
        models = self.env["ir.model"].search([("model", "=like", "gateway.%")])
        self.assertEqual(sorted(MATRIX), sorted(models.mapped("model")))

    def test_each_role_may_do_what_the_matrix_says_and_no_more(self):
        for model, allowed in MATRIX.items():
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


class WithRecords(ShopCase):
    """One record of each gateway model, for a connector."""

    def records_of(self, connector):
        own = {"connector_id": connector.id}
        company = {"company_id": connector.company_id.id}
        what = {"entity": "product", "direction": "import"}
        source = {"source_id": "gid://shopify/Product/1"}
        run = self.env["gateway.run"]._start(connector, [("product", "import")], False)
        page = self.env["gateway.page"].create(
            {"flow_id": run.flow_ids.id, "run_id": run.id, "number": 0, **own, **company}
        )
        version = connector._flow_mappings("product", "import")[0]

        def make(model, **values):
            return self.env[f"gateway.{model}"].create({**own, **values})

        return {
            "gateway.workspace": connector.workspace_id,
            "gateway.connector": connector,
            "gateway.connection": connector.connection_ids,
            "gateway.connection.entry": connector.connection_ids.entry_ids[:1],
            "gateway.mapping": make(
                "mapping", platform="shopify", document="{}", **what, **company
            ),
            "gateway.mapping.version": version,
            "gateway.conflict.rule": make("conflict.rule", pattern="*"),
            "gateway.conflict": make(
                "conflict", field_group="g", field_names="name", **what, **source
            ),
            "gateway.binding": make(
                "binding", entity="product", remote_id="gid://shopify/Product/1"
            ),
            "gateway.watermark": make("watermark", time="2026-01-01T00:00:00+00:00", **what),
            "gateway.run": run,
            "gateway.flow": run.flow_ids,
            "gateway.page": page,
            "gateway.change": make(
                "change", run_id=run.id, outcome="created", **what, **source, **company
            ),
            "gateway.dead.letter": make("dead.letter", **what, **source, **company),
            "gateway.event": make("event", event_key="e1", topic="t", entity="product"),
        }

    def assert_visible(self, records, user, expected):
        for model, record in records.items():
            with self.subTest(model=model, user=user.login):
                mine = self.env[model].with_user(user)
                found = mine.search([("id", "in", record.ids)])
                self.assertEqual(bool(found), expected)
                if not expected:
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])


@tagged("post_install", "-at_install")
class TestCompanies(WithRecords):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.robot.company_ids |= cls.other
        cls.foreigner = new_test_user(
            cls.env,
            "gateway_foreigner",
            groups="base.group_user,gateway_ng.group_manager",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )

    def setUp(self):
        super().setUp()
        env = self.env(context={"allowed_company_ids": self.other.ids})
        self.theirs = self.connect("Theirs", company_id=self.other.id, **self.place(env))

    def place(self, env):
        workspace = env["gateway.workspace"].create({"name": "Main", "company_id": self.other.id})
        return {"workspace_id": workspace.id, "warehouse_id": False}

    def test_the_matrix_has_a_record_of_every_model(self):
        self.assertEqual(sorted(MATRIX), sorted(self.records_of(self.connector)))

    def test_nobody_sees_another_companys_records(self):
        ours, theirs = self.records_of(self.connector), self.records_of(self.theirs)
        self.env.flush_all()
        self.assert_visible(ours, self.people["manager"], True)
        self.assert_visible(theirs, self.foreigner, True)
        self.assert_visible(theirs, self.people["manager"], False)
        self.assert_visible(ours, self.foreigner, False)

    def test_no_button_works_on_another_companys_records(self):
        records = self.records_of(self.theirs)
        buttons = {
            "gateway.connector": ("run_sync", "check_connection", "action_sync", "action_pause"),
            "gateway.run": ("action_cancel", "action_resume"),
            "gateway.dead.letter": ("action_retry", "action_discard"),
            "gateway.conflict": ("action_take_odoo", "action_take_remote"),
        }
        for model, names in buttons.items():
            record = records[model].with_user(self.people["manager"])
            for name in names:
                with self.subTest(model=model, button=name), self.assertRaises(AccessError):
                    getattr(record, name)()
        self.assertEqual(records["gateway.dead.letter"].state, "open")
        self.assertEqual(records["gateway.conflict"].state, "open")

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
        self.own = {
            model: record
            for model, record in self.records.items()
            if model != "gateway.mapping.version"  # a document by its hash, no tenant's record
        }

    def test_a_workspace_without_members_is_everybodys(self):
        self.env.flush_all()
        self.assert_visible(self.own, self.people["manager"], True)
        self.assert_visible(self.own, self.member, True)

    def test_a_workspace_with_members_is_theirs_alone_with_all_that_belongs_to_it(self):
        self.connector.workspace_id.member_ids = self.member
        self.env.flush_all()
        self.assert_visible(self.own, self.member, True)
        self.assert_visible(self.own, self.people["manager"], False)
