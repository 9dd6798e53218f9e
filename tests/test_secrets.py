"""The canary: credentials with values of their own, which must be seen nowhere but at the shop."""

import json
import logging
from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import Settings
from odoo.addons.gateway_ng.models.connection import MASK

from .shop_case import ShopCase

SECRET = "canary+secret/4711=="
TOKEN = "shpat_canary0token0of0an0older0app"
MODELS = ("gateway.%", "mail.message", "mail.tracking.value", "queue.job%", "ir.logging")


class Logged(logging.Handler):
    """Keeps every line of every logger, with tracebacks."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record):
        self.lines.append(self.format(record))


@contextmanager
def all_logs():
    """Everything that is logged from DEBUG on, but for the database's own statements: they are what
    keeps the credentials, and who may read them may read the tables."""
    root, handler = logging.getLogger(), Logged()
    levels = {name: logging.getLogger(name).level for name in ("", "odoo.sql_db")}
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("odoo.sql_db").setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


class CanaryCase(ShopCase):
    settings = Settings(client_secret=SECRET, access_token=TOKEN)

    def setUp(self):
        super().setUp()
        self.manager = self.people["manager"]
        self.manager.group_ids |= self.env.ref("base.group_allow_export")

    def secrets(self):
        """What must not be seen: what was typed in, and the tokens the shop gave for it."""
        return [SECRET, TOKEN, *self.shop.tokens.issued]

    def assert_unseen(self, text, where):
        for secret in self.secrets():
            for form in (secret, json.dumps(secret)[1:-1], secret.replace("+", "%2B")):
                self.assertNotIn(form, text, where)

    def visible(self):
        """(where, text) of all that a manager of the gateway can read, in every way there is."""
        domain = ["|"] * (len(MODELS) - 1) + [("model", "=like", name) for name in MODELS]
        for model in self.env["ir.model"].search(domain).mapped("model"):
            if self.env[model]._abstract or not self.env[model]._auto:
                continue
            reader = self.env[model].with_user(self.manager)
            if not reader.has_access("read") or not model.startswith("gateway."):
                reader = self.env[model]  # more than a manager sees
            names = list(reader.fields_get(attributes=[]))
            yield from self.told_by(reader.search([]), names)
        yield from self.shown()

    def shown(self):
        """(where, text) of what the screens ask for by calls of their own."""
        env = self.env(user=self.manager.id)
        yield "dashboard", repr(env["gateway.dashboard"].get_data())
        for binding in self.env["gateway.binding"].search([("odoo_id", "!=", False)], limit=20):
            model, id_ = binding.res_model, int(binding.odoo_id)
            if model in self.env and self.env[model].browse(id_).exists():
                told = self.env["gateway.binding"].why(model, id_)
                yield f"why {model}", repr(told)
        mappings, id_ = env["gateway.mapping"], self.connector.id
        yield "editor choices", repr(mappings.editor_choices())
        for entity, direction in self.connector._flows_to_run():
            place = (id_, entity, direction, "connector")
            yield f"editor {place}", repr(mappings.editor_load(*place))
            yield f"editor check {place}", repr(mappings.editor_check(*place, "{"))
        settings = self.env["res.config.settings"].create({})
        yield "settings", repr(settings.read())

    def previews(self):
        """What the mapping editor shows of live records."""
        mappings = self.env["gateway.mapping"].with_user(self.manager)
        for direction in ("import", "export"):
            place = (self.connector.id, "product", direction, "connector")
            told = mappings.editor_preview(*place, '{"record": {}}')
            self.assertTrue(told["samples"], told)
            yield f"preview {direction}", repr(told)

    def told_by(self, rows, names):
        yield f"{rows._name}.read", repr(rows.read(names))
        yield f"{rows._name}.export_data", repr(rows.export_data(names))
        yield f"{rows._name}.web_read", repr(rows.web_read({name: {} for name in names}))
        yield f"{rows._name}.display_name", repr(rows.mapped("display_name"))

    def kept_by_the_gateway(self, user):
        """The same of every column of every gateway model, as `user`, where it may read any."""
        for model in self.env["ir.model"].search([("model", "=like", "gateway.%")]).mapped("model"):
            reader = self.env[model].with_user(user)
            if reader._auto and not reader._transient and reader.has_access("read"):
                rows, names = reader.search([]), []
                for name, told in reader.fields_get(attributes=["relation"]).items():
                    comodel = told.get("relation")
                    if not comodel or reader.env[comodel].has_access("read"):
                        names.append(name)
                for where, text in self.told_by(rows, names):
                    yield f"{where} ({len(rows)})", text

    def assert_nothing_shows(self, *logs):
        self.env.flush_all()
        seen = 0
        for where, text in self.visible():
            seen += len(text)
            self.assert_unseen(text, where)
        self.assertGreater(seen, 1000)
        for lines in logs:
            self.assertTrue(lines, "nothing was logged: the test looks at nothing")
            self.assert_unseen("\n".join(lines), "log")


@tagged("post_install", "-at_install")
class TestCanary(CanaryCase):
    def test_the_test_can_fail(self):
        self.connector.message_post(body=f"the secret is {SECRET}")
        with self.assertRaises(AssertionError):
            self.assert_nothing_shows()

    def test_after_a_good_check(self):
        with all_logs() as lines:
            self.assertTrue(self.connector.check_connection()["ok"])
            self.env.cr.precommit.run()  # tokens are kept with the commit
        self.assertTrue(self.shop.tokens.issued)
        self.assertTrue(self.connector.connection_ids.sudo().token_cache)
        self.assert_nothing_shows(lines)

    def test_after_a_wrong_credential(self):
        self.shop.configure({"client_secret": "changed"})
        with all_logs() as lines:
            health = self.connector.check_connection()
        self.assertFalse(health["ok"])
        self.assertIn("client secret", " ".join(health["problems"]))
        self.assert_unseen(repr(health), "health")
        self.assert_nothing_shows(lines)

    def test_after_a_shop_that_repeats_what_it_was_sent(self):
        def echo(body):
            return 400, {}, {"error": "invalid", "error_description": f"got {dict(body)}"}

        self.patch(self.shop, "token", echo)
        with all_logs() as lines:
            health = self.connector.check_connection()
        self.assertIn("[redacted]", repr(health), "it is told, without what it repeated")
        self.assert_unseen(repr(health), "health")
        self.assert_nothing_shows(lines)

    def test_after_an_unreachable_shop(self):
        self.connector.connection_ids.set_values({"base_url": "http://127.0.0.1:9"})
        with all_logs() as lines:
            health = self.connector.check_connection()
            run = self.sync("category")
        self.assertFalse(health["ok"])
        self.assertEqual(run.state, "failed")
        self.assert_nothing_shows(lines)

    def test_after_syncs_with_faults_dead_letters_changes_and_jobs(self):
        self.add_product("Mug", "MUG-1")
        self.add_product("Double", "MUG-1")
        self.env["product.template"].create({"name": "Mine", "default_code": "MINE"})
        self.shop.configure({"failure_rate": 0.3})
        with all_logs() as lines:
            self.connector.check_connection()
            for _turn in range(3):
                self.connector.with_user(self.people["operator"]).run_sync(wait=True)
            self.connector.run_sync()
        self.assertTrue(self.letters())
        self.assertTrue(self.env["gateway.change"].search([]))
        self.assertTrue(self.env["queue.job"].search([("model_name", "=", "gateway.run")]))
        self.assert_nothing_shows(lines)

    def test_where_the_shop_s_own_texts_hold_a_secret(self):
        """A title is the product's name in Odoo; what the gateway keeps besides is masked."""
        self.connector.rule_ids = [(0, 0, {"pattern": "product.template.name", "winner": "ask"})]
        product = self.add_product(f"Mug {SECRET}", "MUG-1")
        self.add_product(f"Twin {SECRET}", "MUG-1")
        self.check_and_map()
        self.sync("product", direction="both")
        template = self.env["product.template"].search([("default_code", "=", "MUG-1")])
        template.name = f"Bowl {SECRET}"
        product.update(title=f"Cup {SECRET}", updatedAt=self.shop.store.now())
        self.shop.store.changed()
        self.sync("product", direction="both")
        for where, text in self.previews():
            with self.subTest(where=where):
                self.assert_unseen(text, where)
        letter = self.letters()
        letter.edited_payload = letter.payload
        self.assertIn(SECRET, letter.payload)
        self.assertTrue(self.env["gateway.conflict"].search([("state", "=", "open")]))
        self.env.flush_all()
        for role in ("viewer", "manager"):
            user = self.people[role]
            user.group_ids |= self.env.ref("base.group_allow_export")
            told = dict(self.kept_by_the_gateway(user))
            for where, text in told.items():
                with self.subTest(role=role, where=where):
                    self.assert_unseen(text, where)
            self.assertIn("Mug [redacted]", repr(told))

    def test_with_a_fixed_token(self):
        self.connector.connection_ids.set_values({"access_token": TOKEN, "client_secret": ""})
        self.add_product("Mug", "MUG-1")
        with all_logs() as lines:
            self.assertTrue(self.connector.check_connection()["ok"])
            self.assertEqual(self.sync("product").state, "done")
            self.shop.configure({"access_token": "revoked"})
            run = self.sync("product")
        self.assertEqual(run.state, "failed")
        self.assertIn("access token", run.error)
        self.assert_nothing_shows(lines)

    def test_a_credential_that_cannot_be_one_is_not_repeated(self):
        self.connector.connection_ids.set_values({"client_secret": f"{SECRET} with blanks"})
        health = self.connector.check_connection()
        self.assertIn("client secret holds characters", health["problems"][0])
        self.assertIn("Copy it again", health["problems"][0])
        self.assert_nothing_shows()


@tagged("post_install", "-at_install")
class TestCredentials(CanaryCase):
    def entry(self, name, user=None):
        found = self.connector.connection_ids.entry_ids.filtered(lambda e: e.name == name)
        return found.with_user(user or self.manager)

    def test_a_secret_shows_as_its_mask_and_an_empty_one_as_empty(self):
        self.assertEqual(self.entry("client_secret").value, MASK)
        self.assertFalse(self.entry("access_token").value)
        self.assertEqual(self.entry("client_id").value, "demo-client")

    def test_setting_the_mask_again_leaves_the_secret(self):
        self.entry("client_secret").value = MASK
        self.entry("client_secret").write({"value": MASK})
        self.assertEqual(self.connector.connection_ids._values()["client_secret"], SECRET)

    def test_a_secret_survives_editing_other_entries(self):
        self.entry("client_id").value = "other-client"
        self.entry("access_token").value = "other-token"
        values = self.connector.connection_ids._values()
        self.assertEqual(
            (SECRET, "other-client", "other-token"),
            (values["client_secret"], values["client_id"], values["access_token"]),
        )

    def test_saving_the_form_as_it_is_shown_changes_nothing(self):
        before = self.connector.connection_ids._values()
        connection = self.connector.connection_ids.with_user(self.manager)
        commands = [(1, entry.id, {"value": entry.value}) for entry in connection.entry_ids]
        connection.write({"entry_ids": commands})
        self.assertEqual(before, self.connector.connection_ids._values())

    def test_who_set_which_credential_stands_in_the_chatter_without_its_value(self):
        connection = self.connector.connection_ids
        before = self.connector.message_ids
        line = connection.entry_ids.filtered("is_secret")[:1]
        line.with_user(self.manager).value = f"{SECRET}2"
        line.with_user(self.manager).value = MASK
        note = self.connector.message_ids - before
        self.assertEqual(self.manager.partner_id, note.author_id, "one note: a mask sets nothing")
        self.assertIn(line.label, note.body)
        self.assertNotIn(SECRET, note.body)

    def test_a_secret_can_be_replaced_and_removed_and_the_token_goes_with_it(self):
        self.connector.check_connection()
        self.env.cr.precommit.run()
        connection = self.connector.connection_ids.sudo()
        self.assertTrue(connection.token_cache)
        self.entry("client_secret").value = " new "
        self.assertEqual(connection._values()["client_secret"], "new")
        self.assertFalse(connection.token_cache)
        self.entry("client_secret").value = False
        self.assertFalse(self.entry("client_secret").value)
        self.assertEqual(connection._values()["client_secret"], "")

    def test_calling_a_secret_plain_does_not_show_it(self):
        self.entry("client_secret").is_secret = False
        self.assertFalse(self.entry("client_secret").value)
        self.entry("client_id").name = "client_key"
        self.assert_nothing_shows()

    def test_hidden_fields_are_read_by_nobody_in_no_way(self):
        self.connector.check_connection()
        self.env.cr.precommit.run()
        self.env.flush_all()
        connection = self.connector.connection_ids.with_user(self.manager)
        for name in ("secrets", "token_cache"):
            self.assertNotIn(name, connection.fields_get())
            self.assertNotIn(name, connection.read()[0])
            attempts = {
                "read": lambda n=name: connection.read([n]),
                "attribute": lambda n=name: connection[n],
                "export": lambda n=name: connection.export_data([n]),
                "web": lambda n=name: connection.web_read({n: {}}),
                "search": lambda n=name: connection.search([(n, "ilike", "canary")]),
                "order": lambda n=name: connection.search([], order=n),
                "group": lambda n=name: connection.read_group([], [n], [n]),
                "write": lambda n=name: connection.write({n: {"client_secret": "x"}}),
                "through": lambda n=name: self.connector.with_user(self.manager).search(
                    [(f"connection_ids.{n}", "ilike", "canary")]
                ),
            }
            for way, attempt in attempts.items():
                with self.subTest(field=name, way=way), self.assertRaises(AccessError):
                    attempt()
        with self.assertRaises(AccessError):
            self.entry("client_id").read(["plain"])

    def test_viewers_and_operators_see_no_credentials_at_all(self):
        for role in ("viewer", "operator", "employee"):
            with self.assertRaises(AccessError):
                self.entry("client_id", self.people[role]).read(["value"])
            with self.assertRaises(AccessError):
                self.connector.connection_ids.with_user(self.people[role]).read(["name"])

    def test_an_unknown_credential_is_refused_with_those_there_are(self):
        with self.assertRaisesRegex(UserError, "no credential passwd; it has shop, access_token"):
            self.connector.connection_ids.set_values({"passwd": SECRET})

    def test_a_copied_connector_has_no_credentials_and_was_never_checked(self):
        self.connector.check_connection()
        self.env.cr.precommit.run()
        self.connector.state = "paused"
        copy = self.connector.copy()
        self.assertNotEqual(copy.name, self.connector.name)
        values = copy.connection_ids._values()
        self.assertEqual({"bulk_above": "5000"}, {n: v for n, v in values.items() if v}, "defaults")
        self.assertFalse(copy.connection_ids.sudo().token_cache)
        self.assertEqual((copy.state, copy.health, copy.checked), ("draft", False, False))
        self.assertEqual(self.connector.connection_ids._values()["client_secret"], SECRET)

    def test_a_connection_is_copied_to_no_other_connector(self):
        other = self.env["gateway.connector"].create({"name": "Other", "platform": "shopify"})
        other.connection_ids.unlink()
        copy = self.connector.connection_ids.copy({"connector_id": other.id})
        self.assertFalse(copy.sudo().secrets)
        self.assertFalse(any(copy._values().values()))

    def test_values_with_clear_secrets_are_no_button(self):
        """Names that begin with an underscore are not called from outside."""
        self.assertTrue(hasattr(self.connector.connection_ids, "_values"))
        self.assertFalse(hasattr(self.connector.connection_ids, "values"))
