"""Every public method that this module adds to any model, for each role and each company.

Public ones are called by any client, whatever button there is: the table is held to the registry,
so that a new one is declared here or named `_…`.
"""

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from .access_case import DIALOGS, NO_EFFECT, Acts, public_methods
from .shop_case import ROLES

#: model → {method: the least role that may call it}
LEAST = {
    "gateway.binding": {"why": "viewer", "action_open_record": "viewer"},
    "gateway.change": {"action_open_record": "viewer"},
    "gateway.conflict": {
        "action_make_rule": "viewer",
        "action_open_record": "viewer",
        "action_take_odoo": "operator",
        "action_take_remote": "operator",
    },
    "gateway.conflict.rule": {"as_rules": "viewer"},
    "gateway.connection": {"set_values": "manager"},
    "gateway.connector": {
        "accept_system": "manager",
        "action_check_connection": "operator",
        "action_compare": "operator",
        "action_count": "operator",
        "action_flows_chosen": "manager",
        "action_go": "manager",
        "action_go_on_here": "manager",
        "action_keep_paused": "manager",
        "action_look_for_deletes": "operator",
        "action_offer_demo": "viewer",
        "action_open_setup_plan": "viewer",
        "action_pause": "manager",
        "action_plan": "operator",
        "action_remove_demo": "manager",
        "action_reset_demo": "manager",
        "action_resume": "manager",
        "action_review": "manager",
        "action_reviewed": "manager",
        "action_rotate_webhook_token": "manager",
        "action_setup_again": "manager",
        "action_sync": "operator",
        "action_trial": "manager",
        "action_try_demo": "manager",
        "check_connection": "operator",
        "run_sync": "operator",
    },
    "gateway.count": {
        "action_open_cancelled_apart": "viewer",
        "action_open_odoo_only": "viewer",
        "action_open_remote_gone": "viewer",
        "action_open_remote_only": "viewer",
    },
    "gateway.dashboard": {"action_open_synced": "viewer", "get_data": "viewer"},
    "gateway.dead.letter": {
        "action_ask_assign": "operator",
        "action_ask_discard": "operator",
        "action_discard": "operator",
        "action_edit": "operator",
        "action_open_record": "viewer",
        "action_propose_tax_rule": "viewer",
        "action_reopen": "operator",
        "action_retry": "operator",
        "action_retry_as_then": "operator",
        "action_retry_cause": "operator",
    },
    "gateway.dead.letter.assign": {"action_assign": "operator"},
    "gateway.dead.letter.discard": {"action_discard": "operator"},
    "gateway.dead.letter.edit": {"action_apply": "operator"},
    "gateway.demo.left": {"action_open": "manager"},
    "gateway.event": {"action_done": "operator"},
    "gateway.go.live": {"action_go": "manager"},
    "gateway.go.live.line": {"action_open": "manager"},
    "gateway.health.key": {"action_make": "manager"},
    "gateway.mapping": {
        "editor_below": "viewer",
        "editor_carry": "manager",
        "editor_check": "viewer",
        "editor_choices": "viewer",
        "editor_load": "viewer",
        "editor_preview": "manager",
        "editor_save": "manager",
        "editor_set_field": "viewer",
        "editor_take_back": "manager",
    },
    "gateway.mapping.revision": {"action_restore": "manager", "compare": "manager"},
    "gateway.person": {"action_export": "manager", "action_forget": "manager"},
    "gateway.run": {
        "action_cancel": "operator",
        "action_let_go": "manager",
        "action_open_decided": "viewer",
        "action_open_moved": "viewer",
        "action_open_outcome": "viewer",
        "action_open_plan_changes": "viewer",
        "action_plan_apply": "operator",
        "action_plan_approve": "manager",
        "action_plan_discard": "operator",
        "action_plan_everything": "operator",
        "action_resume": "operator",
        "action_sync_everything": "operator",
        "action_undo": "manager",
    },
    "gateway.try.demo": {"action_open_shared": "manager", "action_try_demo": "manager"},
}
#: Methods that tell nothing and change nothing whoever calls them, and why.
WHY_SO = "opens a view of a record that its caller may read, which asks «why», for viewers"
OF_OTHERS = "of no record: the models that have it from this one are declared themselves"
HARMLESS = {
    ("gateway.synced", "action_gateway_why"): OF_OTHERS,
    ("gateway.traced", "action_open_record"): OF_OTHERS,
    ("product.category", "action_gateway_why"): WHY_SO,
    ("product.product", "action_gateway_why"): WHY_SO,
    ("product.template", "action_gateway_why"): WHY_SO,
    ("res.partner", "action_gateway_why"): WHY_SO,
    ("sale.order", "action_gateway_why"): WHY_SO,
    ("gateway.event", "action_privacy"): "opens the dialog «gateway.person», for managers",
    ("res.partner", "action_gateway_person"): "opens the dialog «gateway.person», for managers",
}
#: Called on another company's record they answer with nothing but the ids that they were given.
ECHOES = {
    ("gateway.dead.letter", "action_ask_assign"),
    ("gateway.dead.letter", "action_ask_discard"),
    ("gateway.dead.letter", "action_edit"),
}
#: Lists of their own user's, in which what is another company's does not stand.
LEAVE_OUT = {
    ("gateway.dead.letter.assign", "action_assign"),
    ("gateway.dead.letter.discard", "action_discard"),
}
#: Made by the module alone, for the user who asked: another company's are another user's.
OF_OTHER_USERS = ("gateway.demo.left", "gateway.go.live.line")
#: What they do for who may is seen in `test_try_demo`: it needs a connection of its own.
ELSEWHERE = {
    ("gateway.connector", "action_try_demo"),
    ("gateway.try.demo", "action_try_demo"),
}
#: Of no record: they are about the companies of whoever calls.
OF_NO_RECORD = {
    ("gateway.connector", "action_offer_demo"),
    ("gateway.connector", "action_try_demo"),
    ("gateway.dashboard", "action_open_synced"),
    ("gateway.dashboard", "get_data"),
    ("gateway.health.key", "action_make"),
    ("gateway.mapping", "editor_choices"),
    ("gateway.mapping", "editor_set_field"),
}


@tagged("post_install", "-at_install")
class TestMethods(Acts):
    def setUp(self):
        super().setUp()
        for records in (self.ours, self.others):
            connector = records["gateway.connector"]
            connector.setup_step = "done"
            values = {"name": "Buyer", "company_id": connector.company_id.id}
            records["res.partner"] = self.env["res.partner"].create(values)

    def test_every_public_method_is_declared(self):
        declared = {(model, name) for model, names in LEAST.items() for name in names}
        self.assertFalse(declared & set(HARMLESS))
        self.assertEqual(sorted(declared | set(HARMLESS)), sorted(public_methods(self.env)))

    def test_each_method_is_for_its_role_and_those_above(self):
        for model, names in LEAST.items():
            for name, least in names.items():
                allowed = ROLES[ROLES.index(least) :]
                for role, user in self.people.items():
                    with self.subTest(model=model, method=name, role=role):
                        act = self.call(model, name, user, self.ours)
                        if role in allowed and (model, name) in ELSEWHERE:
                            continue
                        if role in allowed:
                            self.assertNotEqual(AccessError, self.error_of(act))
                        else:
                            self.assertEqual(AccessError, self.error_of(act))

    def test_no_method_works_on_another_companys_records(self):
        for model, names in LEAST.items():
            for name in names:
                if (model, name) in ECHOES | OF_NO_RECORD:
                    continue
                for role, user in self.people.items():
                    for is_known in {False, names[name] != "viewer"}:
                        with self.subTest(model=model, method=name, role=role, known=is_known):
                            act = self.call(model, name, user, self.others, is_known)
                            self.assertEqual(AccessError, self.error_of(act))

    def call(self, model, name, user, records, is_known=False):
        """The call as a client makes it, of the record among `records`. `is_known`: they were read
        in its transaction by somebody who may, so that no field is asked for any more."""

        def act():
            record = records.get(model, self.env[model])
            if model in DIALOGS:
                of_another = records is self.others and model in OF_OTHER_USERS
                record = self.dialog_of(model, self.foreigner if of_another else user, records)
            arguments = self.arguments(model, name, records)
            self.env.flush_all()
            self.env.invalidate_all()
            if is_known:
                record.sudo().read()
                records["gateway.connector"].read()
            get_public_method(record, name)(record.with_user(user), *arguments)
            if records is self.others and (model, name) in LEAVE_OUT:
                self.assertEqual("open", records["gateway.dead.letter"].state)
                self.assertFalse(records["gateway.dead.letter"].user_id)
                raise AccessError(NO_EFFECT)

        return act

    def arguments(self, model, name, records):
        connector = records["gateway.connector"]
        flow = (connector.id, "product", "import", "connector")
        known = {
            ("gateway.binding", "why"): ("res.partner", records["res.partner"].id),
            ("gateway.connection", "set_values"): ({"base_url": "https://example.com"},),
            ("gateway.mapping.revision", "compare"): ("{}",),
            ("gateway.mapping", "editor_set_field"): (*flow, "{}", ["name"], ""),
            ("gateway.mapping", "editor_load"): flow,
            ("gateway.mapping", "editor_carry"): flow,
            ("gateway.mapping", "editor_take_back"): flow,
            ("gateway.mapping", "editor_below"): (*flow, "{}"),
            ("gateway.mapping", "editor_check"): (*flow, "{}"),
            ("gateway.mapping", "editor_preview"): (*flow, "{}"),
            ("gateway.mapping", "editor_save"): (*flow, "{}", "note"),
        }
        return known.get((model, name), ())
