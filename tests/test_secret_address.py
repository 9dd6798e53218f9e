"""Secrets are of use only at the address they were typed for: nobody reads them by moving it."""

from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.gateway_ng.lib.demoshop import Shop, serving
from odoo.addons.gateway_ng.models.connection import MASK

from .own_database import OwnDatabaseCase

SECRET = "demo-secret"


@tagged("post_install", "-at_install")
class TestSecretAddress(OwnDatabaseCase):
    """Each `with self.manager()` is a transaction of its own, as each click of a person is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.connector_id = cls.new_shop()
        with cls.environment() as env:
            groups = "base.group_user,gateway_ng.group_manager"
            cls.manager_id = new_test_user(env, "address_manager", groups=groups).id
            values = cls.connector(env).connection_ids._values()
            cls.given = {name: value for name, value in values.items() if value}
        # Whatever is sent here, its owner reads; it takes the secret, so that a token tells of it.
        cls.own = Shop(clock=cls.clock)
        cls.own_url = cls.enterClassContext(serving(cls.own)).url

    def setUp(self):
        super().setUp()
        self.own.tokens.issued.clear()
        with self.environment() as env:
            connection = self.connector(env).connection_ids
            connection.set_values({"access_token": "", **self.given})
            self.assertTrue(self.connector(env).check_connection()["ok"])

    @classmethod
    def connector(cls, env):
        return env["gateway.connector"].browse(cls.connector_id)

    @contextmanager
    def manager(self):
        """The connector as a manager has it, in a transaction that is committed."""
        with self.environment() as env:
            yield self.connector(env(user=self.manager_id, su=False))

    def kept(self):
        with self.environment() as env:
            connection = self.connector(env).connection_ids
            entry = connection.entry_ids.filtered(lambda e: e.name == "client_secret")
            kept = connection._values().get("client_secret") or ""
            self.assertEqual(bool(kept), bool(entry.value), "the form says what is so")
            return kept

    def assert_nothing_leaks(self, problem="client secret"):
        with self.manager() as connector:
            health = connector.check_connection()
        self.assertFalse(health["ok"])
        self.assertIn(problem, health["problems"][0])
        self.assertFalse(self.own.tokens.issued, "the secret was sent to the new address")
        self.assertFalse(self.kept())

    def entry(self, connector, name):
        return connector.connection_ids.entry_ids.filtered(lambda e: e.name == name)

    def test_a_new_address_gets_no_kept_secret(self):
        with self.manager() as connector:
            connector.connection_ids.set_values({"base_url": self.own_url})
        self.assert_nothing_leaks()
        with self.environment() as env:
            connection = self.connector(env).connection_ids
            self.assertFalse(connection.token_cache)
            self.assertFalse(connection.secrets)

    def test_each_entry_that_is_no_secret_counts(self):
        for name, value in {"shop": "other", "client_id": "other", "base_url": ""}.items():
            with self.subTest(entry=name):
                self.setUp()
                with self.manager() as connector:
                    self.entry(connector, name).value = value
                self.assertFalse(self.kept())

    def test_the_problem_names_what_is_missing(self):
        with self.manager() as connector:
            connector.connection_ids.set_values({"base_url": self.own_url})
        self.assert_nothing_leaks("no client secret")

    def test_going_back_to_the_address_brings_no_secret_back(self):
        for url in (self.own_url, self.given["base_url"]):
            with self.manager() as connector:
                connector.connection_ids.set_values({"base_url": url})
        self.assertFalse(self.kept())

    def test_saving_the_same_again_keeps_the_secret(self):
        with self.manager() as connector:
            connector.connection_ids.set_values(
                {**self.given, "client_secret": MASK, "base_url": f" {self.given['base_url']} "}
            )
        self.assertEqual(self.kept(), SECRET)

    def test_address_and_secret_set_together_in_any_order_are_kept(self):
        new = {"base_url": self.own_url, "client_secret": SECRET}
        for names in (list(new), list(reversed(new))):
            with self.subTest(order=names):
                self.setUp()
                with self.manager() as connector:
                    connector.connection_ids.set_values({name: new[name] for name in names})
                self.assertEqual(self.kept(), SECRET)
                with self.manager() as connector:
                    self.assertTrue(connector.check_connection()["ok"])

    def test_a_form_saved_with_address_and_secret_keeps_the_secret(self):
        with self.manager() as connector:
            new = {"base_url": self.own_url, "client_secret": "typed"}
            commands = [
                Command.update(entry.id, {"value": new[entry.name]})
                for entry in connector.credential_ids
                if entry.name in new
            ]
            connector.write({"credential_ids": commands})
        self.assertEqual(self.kept(), "typed")

    def test_a_kept_secret_goes_although_another_was_typed_with_the_address(self):
        with self.manager() as connector:
            connector.connection_ids.set_values({"access_token": "typed"})
            connector.connection_ids.set_values({"base_url": self.own_url})
        with self.environment() as env:
            values = self.connector(env).connection_ids._values()
        self.assertEqual(("typed", ""), (values["access_token"], values["client_secret"]))

    def test_an_address_first_and_the_secret_later_is_a_first_entry(self):
        with self.environment() as env:
            made = env["gateway.connector"].create({"name": "Slow", "platform": "shopify"})
            made.connection_ids.set_values({"base_url": self.own_url, "client_id": "demo-client"})
            id_ = made.id
        for values in ({"client_secret": SECRET}, {"access_token": ""}):
            with self.environment() as env:
                env["gateway.connector"].browse(id_).connection_ids.set_values(values)
        with self.environment() as env:
            made = env["gateway.connector"].browse(id_)
            self.assertEqual(made.connection_ids._values()["client_secret"], SECRET)
            made.unlink()

    # -- other ways to the same

    def test_no_entry_becomes_a_secret_so_as_to_move_the_address(self):
        with self.manager() as connector:
            entry = self.entry(connector, "base_url")
            entry.is_secret = True
            entry.value = self.own_url
        self.assert_nothing_leaks()
        with self.manager() as connector:
            self.entry(connector, "base_url").is_secret = False

    def test_renaming_entries_moves_no_secret(self):
        with self.manager() as connector:
            connection = connector.connection_ids
            connection.entry_ids.create(
                {
                    "connection_id": connection.id,
                    "name": "spare",
                    "label": "Spare",
                    "value": self.own_url,
                }
            )
            connection.set_values(self.given)
        with self.manager() as connector:
            self.entry(connector, "base_url").name = "old"
            connector.env.flush_all()
            self.entry(connector, "spare").name = "base_url"
        self.assert_nothing_leaks()
        with self.manager() as connector:
            self.entry(connector, "base_url").unlink()
            self.entry(connector, "old").name = "base_url"

    def test_an_entry_taken_away_takes_the_secrets_with_it(self):
        with self.manager() as connector:
            entry = self.entry(connector, "base_url")
            values = entry.read(["name", "label", "sequence", "hint"])[0]
            entry.unlink()
        self.assertFalse(self.kept())
        with self.manager() as connector:
            del values["id"]
            values["connection_id"] = connector.connection_ids.id
            connector.connection_ids.entry_ids.create(values)

    def test_when_a_secret_was_typed_is_for_nobody_to_write(self):
        with self.manager() as connector, self.assertRaises(AccessError):
            connector.connection_ids.write({"typed": {}})

    # -- the form

    def test_the_form_tells_that_the_secrets_go_while_the_address_is_typed(self):
        with self.manager() as connector:
            entry = self.entry(connector, "base_url")
            told = entry.onchange({"value": self.own_url}, ["value"], {"value": {}})
            self.assertIn("Enter again: Client secret", told["warning"]["message"])
            self.assertEqual(told["warning"]["type"], "notification")
            self.assertEqual(told["value"], {}, "only told: nothing is cleared before it is saved")
            same = entry.onchange({"value": entry.value}, ["value"], {"value": {}})
            self.assertNotIn("warning", same)
            secret = self.entry(connector, "client_secret")
            told = secret.onchange({"value": "typed"}, ["value"], {"value": {}})
            self.assertNotIn("warning", told)
        self.assertEqual(self.kept(), SECRET)
