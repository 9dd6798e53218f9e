"""What tests of access share: the declared matrix, a record of every model, two companies."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import get_public_method
from odoo.tests import new_test_user

from .shop_case import ShopCase

#: Every gateway model: who may read, write, create, unlink («» nobody).
MATRIX = {
    "gateway.workspace": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.connector": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.connection": ("manager", "manager", "manager", "manager"),
    "gateway.connection.entry": ("manager", "manager", "manager", "manager"),
    "gateway.mapping": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.mapping.revision": ("manager", "", "", ""),
    "gateway.mapping.version": ("viewer operator manager", "", "", ""),
    "gateway.language": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.conflict.rule": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.conflict": ("viewer operator manager", "", "", ""),
    "gateway.binding": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.watermark": ("viewer operator manager", "", "", "manager"),
    "gateway.run": ("viewer operator manager", "", "", ""),
    "gateway.flow": ("viewer operator manager", "", "", ""),
    "gateway.page": ("viewer operator manager", "", "", ""),
    "gateway.change": ("viewer operator manager", "", "", ""),
    "gateway.count": ("viewer operator manager", "", "", ""),
    "gateway.dead.letter": ("viewer operator manager", "", "", ""),
    "gateway.event": ("viewer operator manager", "", "", "manager"),
    "gateway.order.workflow": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.refund": ("viewer operator manager", "", "", ""),
    "gateway.tax.rule": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.schedule": ("viewer operator manager", "manager", "manager", "manager"),
    "gateway.demo.shop": ("", "", "", ""),
    "gateway.limit": ("", "", "", ""),
    "gateway.subscription": ("viewer operator manager", "", "", ""),
    "gateway.health.key": ("manager", "manager", "", "manager"),
    "gateway.plan.binding": ("", "", "", ""),
    "gateway.plan.intent": ("", "", "", ""),
    "gateway.plan.record": ("", "", "", ""),
}
#: Every dialog, the same way: of its own user's alone.
OPERATOR, MANAGER = "operator manager", "manager"
DIALOGS = {
    "gateway.dead.letter.assign": (OPERATOR, OPERATOR, OPERATOR, ""),
    "gateway.dead.letter.discard": (OPERATOR, OPERATOR, OPERATOR, ""),
    "gateway.dead.letter.edit": (OPERATOR, OPERATOR, OPERATOR, ""),
    "gateway.demo.left": (MANAGER, "", "", ""),
    "gateway.go.live": (MANAGER, MANAGER, "", ""),
    "gateway.go.live.line": (MANAGER, "", "", ""),
    "gateway.person": (MANAGER, MANAGER, MANAGER, ""),
    "gateway.try.demo": (MANAGER, MANAGER, MANAGER, ""),
}
OPERATIONS = ("read", "write", "create", "unlink")
#: What a test takes back that was not refused, and did nothing.
NO_EFFECT = "to no effect"
#: Made along with something that stays: another of them has another name.
NAMED = ("gateway.workspace", "gateway.connector")


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

        mapping = make("mapping", platform="shopify", document="{}", **what, **company)
        return {
            "gateway.workspace": connector.workspace_id,
            "gateway.connector": connector,
            "gateway.connection": connector.connection_ids,
            "gateway.connection.entry": connector.connection_ids.entry_ids[:1],
            "gateway.mapping": mapping,
            "gateway.mapping.revision": mapping.revision_ids,
            "gateway.count": make("count", entity="product", counted="2026-01-01 00:00:00"),
            "gateway.mapping.version": version,
            "gateway.conflict.rule": make("conflict.rule", pattern="*"),
            "gateway.language": make("language", code="fr", name="French"),
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
            "gateway.event": make("event", event_key="e1", topic="t", entity="customer"),
            "gateway.order.workflow": make("order.workflow"),
            "gateway.refund": make(
                "refund",
                order_id=self.sales_order(connector).id,
                remote_id="1",
                outcome="nothing",
                **company,
            ),
            "gateway.tax.rule": make("tax.rule", tax_id=self.sales_tax(connector).id, **company),
            "gateway.schedule": connector.schedule_ids[:1],
            "gateway.subscription": make(
                "subscription", topic="t", url="https://example.com", remote_id="1"
            ),
            "gateway.health.key": self.env["gateway.health.key"].create(
                {"digest": connector.name, **company}
            ),
        }

    def sales_order(self, connector):
        partner = self.env["res.partner"].create({"name": "Buyer"})
        return self.env["sale.order"].create(
            {"partner_id": partner.id, "company_id": connector.company_id.id}
        )

    def sales_tax(self, connector):
        company = connector.company_id
        group = self.env["account.tax.group"].create({"name": "Tax", "company_id": company.id})
        return self.env["account.tax"].create(
            {
                "name": "Rule tax",
                "amount": 5,
                "company_id": company.id,
                "tax_group_id": group.id,
                "country_id": self.env.ref("base.us").id,
            }
        )

    def assert_visible(self, records, user, expected):
        for model, record in records.items():
            with self.subTest(model=model, user=user.login):
                mine = self.env[model].with_user(user)
                found = mine.search([("id", "in", record.ids)])
                self.assertEqual(bool(found), expected)
                if not expected:
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])


class TwoCompanies(WithRecords):
    """A connector of each company, and a manager of the other one."""

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
        values = {"name": "Their main", "company_id": self.other.id}
        workspace = env["gateway.workspace"].create(values)
        return {"workspace_id": workspace.id, "warehouse_id": False}


class Acts(TwoCompanies):
    def setUp(self):
        super().setUp()
        self.ours = self.plain(self.records_of(self.connector))
        self.others = self.plain(self.records_of(self.theirs))
        self.env.flush_all()

    def plain(self, records):
        """The records without what the context of their making says of companies."""
        return {model: self.env[model].browse(record.ids) for model, record in records.items()}

    def error_of(self, act):
        """The class of what `act` raises, None where it does what it does; nothing of it stays."""
        self.env.invalidate_all()
        with self.env.cr.savepoint() as kept:
            try:
                act()
                self.env.flush_all()
                error = None
            except (UserError, AccessError) as caught:
                error = type(caught)
            kept.rollback()
        self.env.invalidate_all()
        return error

    def values_of(self, record, user):
        """What `user` would say to make another record like it."""
        columns = {
            name: field
            for name, field in record._fields.items()
            if field.store
            and name not in MAGIC_COLUMNS
            and not (field.compute or field.groups or field.readonly)
            and field.type not in ("one2many", "many2many")
        }
        values = record._convert_to_write({name: record[name] for name in columns})
        if record._name in NAMED:
            values["name"] = f"Another {record.name}"
        if "user_id" in values:
            values["user_id"] = user.id
        return values

    def dialog_of(self, model, user, records):
        """A dialog of the user's about these records."""
        letter, connector = records["gateway.dead.letter"], records["gateway.connector"]
        letters = {"letter_ids": [Command.link(letter.id)]}
        values = {
            "gateway.dead.letter.assign": {**letters, "user_id": user.id},
            "gateway.dead.letter.discard": {**letters, "reason": "so"},
            "gateway.dead.letter.edit": {"letter_id": letter.id, "text": "{}"},
            "gateway.demo.left": {"name": "Contacts", "model": "res.partner", "record_ids": []},
            "gateway.go.live": {"connector_id": connector.id},
            "gateway.go.live.line": {"text": "so"},
            "gateway.person": {"event_id": records["gateway.event"].id},
            "gateway.try.demo": {"company_id": connector.company_id.id},
        }[model]
        if model == "gateway.go.live.line":
            values["dialog_id"] = self.dialog_of("gateway.go.live", user, records).id
        return self.env[model].browse(self.env[model].with_user(user).sudo().create(values).id)

    def act_of(self, verb, record, user):
        own = record.with_user(user)
        if verb == "read":
            return lambda: own.read(["display_name"])
        if verb == "unlink":
            return lambda: self.free(record).with_user(user).unlink()
        values = self.values_of(record, user)
        if verb == "write":
            name = "name" if "name" in values else next(iter(values), "display_name")
            return lambda: own.write({name: values.get(name)})

        return lambda: self.create_in_place_of(record, values, user)

    def free(self, record):
        """One that nothing hangs on."""
        if record._name not in NAMED:
            return record
        return record.create({**self.values_of(record, self.robot), "name": "Free"})

    def create_in_place_of(self, record, values, user, **context):
        """Where there can be only one."""
        if record._name not in NAMED:
            record.unlink()
        return self.env[record._name].with_user(user).with_context(**context).create(values)


def public_methods(env):
    """(model, method) that clients can call and this module brings along: what it only extends is
    Odoo's, and asked for by the verbs."""
    found = set()
    for model in env.registry:
        classes = env.registry[model].__mro__
        ours = [one for one in classes if one.__module__.startswith("odoo.addons.gateway_ng.")]
        others = [one for one in classes if one not in ours and not is_registry_class(one)]
        for name in {name for one in ours for name in vars(one)}:
            if not any(name in vars(other) for other in others) and is_callable(env[model], name):
                found.add((model, name))
    return found


def is_registry_class(cls):
    return cls.__module__.startswith("odoo.api") or getattr(cls, "pool", None) is not None


def is_callable(model, name):
    try:
        return bool(get_public_method(model, name))
    except (AccessError, AttributeError):
        return False
