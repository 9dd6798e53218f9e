"""Every model × role × company × verb: nobody of one company does anything to another's records.

What is expected of the own company's is the matrix; here each refusal stands beside the same act
by somebody who may, so that none is refused for another reason.
"""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .access_case import DIALOGS, MATRIX, NAMED, NO_EFFECT, OPERATIONS, Acts

READABLE = tuple(model for model, allowed in MATRIX.items() if allowed[0])
#: What a new record says may be refused by what it says, before it is asked whose it is.
REFUSALS = (AccessError, ValidationError)


@tagged("post_install", "-at_install")
class TestVerbs(Acts):
    def test_each_verb_of_the_matrix_is_for_the_own_company_alone(self):
        for model in READABLE:
            for verb, roles in zip(OPERATIONS, MATRIX[model], strict=True):
                act = self.act_of(verb, self.others[model], self.foreigner)
                with self.subTest("its own company's", model=model, verb=verb):
                    self.assertEqual("manager" in roles.split(), self.error_of(act) is None)
                for role, user in self.people.items():
                    with self.subTest("another's", model=model, verb=verb, role=role):
                        error = self.error_of(self.act_of(verb, self.others[model], user))
                        self.assertIn(error, REFUSALS if verb == "create" else REFUSALS[:1])

    def test_a_dialog_is_its_own_users_alone(self):
        """What it holds may be a whole payload, or all that is known of a person."""
        manager = self.people["manager"]
        for model, allowed in DIALOGS.items():
            mine = self.dialog_of(model, manager, self.ours)
            another = self.dialog_of(model, self.foreigner, self.others)
            for verb, roles in zip(OPERATIONS[:2], allowed[:2], strict=True):
                with self.subTest("one's own", model=model, verb=verb):
                    error = self.error_of(self.act_of(verb, mine, manager))
                    self.assertEqual("manager" in roles.split(), error is None)
                for role, user in self.people.items():
                    with self.subTest("another's", model=model, verb=verb, role=role):
                        act = self.act_of(verb, another, user)
                        self.assertEqual(AccessError, self.error_of(act))

    def test_no_record_is_taken_to_another_company(self):
        """By any of its relations, on a form or not, whatever it says of its company."""
        tried = 0
        for model in (one for one in READABLE if "manager" in MATRIX[one][1]):
            for name, there in self.ways_there(model):
                for way, act in self.ways_of(model, name, there).items():
                    tried += 1
                    with self.subTest(way, model=model, field=name):
                        self.assert_stays(act, name, there)
        self.assertGreater(tried, 50)

    def ways_of(self, model, name, there):
        """{how: what gives a record of ours, or a new one, this relation}"""
        manager, ours = self.people["manager"], self.ours[model]
        own = {"company_id": self.env.company.id}
        by_default = {f"default_{column}": value for column, value in own.items()}
        anew = {**self.values_of(ours, manager), name: there.id}

        def write(**more):
            if model not in NAMED and there != self.other:
                self.others[model].unlink()  # the same may be there already
            ours.with_user(manager).write({name: there.id, **more})
            return ours

        def create(context=None, **more):
            if model not in NAMED:
                (ours | self.others[model]).unlink()
            created = self.env[model].with_user(manager).with_context(**context or {})
            return created.create({**anew, **more})

        ways = {"written": write, "created": create}
        if name != "company_id" and "company_id" in ours._fields:
            ways["written, pretending"] = lambda: write(**own)
            ways["created, pretending"] = lambda: create(**own)
            ways["created, by default"] = lambda: create(by_default)
        return ways

    def assert_stays(self, act, name, there):
        """Refused, or to no effect."""

        def to_no_effect():
            record = act().sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertNotEqual(there, record[name])
            raise UserError(NO_EFFECT)

        self.assertIsNotNone(self.error_of(to_no_effect))

    def ways_there(self, model):
        """(many2one field, another company's record for it)"""
        there = {**self.others, "res.company": self.other}
        for name, field in self.env[model]._fields.items():
            if field.type == "many2one" and field.comodel_name in there and field.store:
                yield name, there[field.comodel_name]

    def test_no_list_of_a_record_reaches_another_companys(self):
        manager, tried = self.people["manager"], 0
        for model in (one for one in READABLE if "manager" in MATRIX[one][1]):
            ours = self.ours[model].with_user(manager)
            for name, there in self.lists_there(model):
                for command in (
                    Command.link(there.id),
                    Command.set([*self.ours[model][name].ids, there.id]),
                    Command.update(there.id, self.some_values(there)),
                    Command.delete(there.id),
                ):
                    tried += 1
                    with self.subTest(model=model, field=name, command=command[0]):
                        self.assert_out_of_reach(ours, name, there, command)
        self.assertGreater(tried, 20)

    def lists_there(self, model):
        for name, field in self.env[model]._fields.items():
            if field.type in ("one2many", "many2many") and field.comodel_name in self.others:
                yield name, self.others[field.comodel_name]

    def some_values(self, record):
        """What would change it."""
        names = ("name", "note", "pattern", "active", "entity", "url")
        return {next((name for name in names if name in record._fields), "company_id"): False}

    def assert_out_of_reach(self, ours, name, there, command):
        """Refused, or to no effect on the other company's record."""
        before = self.stored(there)

        def act():
            ours.write({name: [command]})
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(before, self.stored(there))
            raise UserError(NO_EFFECT)

        self.assertIsNotNone(self.error_of(act))

    def stored(self, record):
        self.env.cr.execute(
            SQL("SELECT * FROM %s WHERE id = %s", SQL.identifier(record._table), record.id)
        )
        return self.env.cr.dictfetchall()
