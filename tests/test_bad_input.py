"""Bad input: each gets a message that names record, field and remedy, and nothing of it is lost."""

import json
import random
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.gateway_ng.lib.demoshop import edit, sell
from odoo.addons.gateway_ng.lib.demoshop.mutations.customers import address
from odoo.addons.gateway_ng.lib.demoshop.seed import add_locations
from odoo.addons.gateway_ng.lib.endpoint import Page, Record
from odoo.addons.gateway_ng.lib.errors import RetryLater
from odoo.addons.gateway_ng.lib.sync import settle_page
from odoo.addons.gateway_ng.models.store import OdooStore
from odoo.addons.gateway_ng.models.work import UnitOfWork

from .shop_case import ShopCase

RUN_LOG = "odoo.addons.gateway_ng.models.run"


class BadInputCase(ShopCase):
    def products(self, **values):
        return self.env["product.template"].search([(n, "=", v) for n, v in values.items()])

    def only_letter(self, run, *parts):
        """The one letter of a run; its error has all `parts`, a record and a remedy."""
        self.assertEqual((run.state, run.count_dead), ("partial", 1), run.error)
        letter = self.letters(run_id=run.id)
        self.assertEqual(len(letter), 1)
        self.assertIn(letter.source_id, letter.error)
        self.assertTrue(letter.remedy)
        self.assertIn(letter.remedy, letter.error)
        self.assertTrue(letter.payload)
        for part in parts:
            self.assertIn(part, letter.error)
        return letter

    def assert_failed(self, run, *parts):
        self.assertEqual(run.state, "failed")
        self.assertIn("Remedy: ", run.error)
        said = self.connector.message_ids[0].body
        for part in parts:
            self.assertIn(part, run.error)
            self.assertIn(part, said)

    def resumed(self, run):
        run.action_resume()
        run._drive_inline()
        return run

    def retried(self, letter):
        letter.action_retry()
        self.assertEqual(letter.state, "resolved", letter.error)


@tagged("post_install", "-at_install")
class TestConnection(BadInputCase):
    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG-1")

    def test_a_wrong_credential_stops_the_run_and_a_right_one_lets_it_go_on(self):
        self.connector.connection_ids.set_values({"client_secret": "wrong"})
        health = self.connector.check_connection()
        self.assertFalse(health["ok"])
        self.assertIn("«Client secret»", health["problems"][0])
        self.assertIn("Remedy: Check shop address, client ID and client", health["problems"][0])
        with self.assertLogs(RUN_LOG, "WARNING") as logs:
            run = self.sync("product")
        self.assert_failed(run, "client_secret", "Check shop address, client ID and client secret")
        self.assertIn("client secret", logs.output[-1])
        self.assertFalse(self.letters())
        self.connector.connection_ids.set_values({"client_secret": "demo-secret"})
        self.assertEqual(self.resumed(run).state, "done")
        self.assertTrue(self.products(name="Mug"))

    def test_a_missing_credential_is_named(self):
        self.connector.connection_ids.set_values({"client_secret": ""})
        run = self.sync("product")
        self.assert_failed(run, "no client secret", "Enter an Admin API access token")

    def test_an_unreachable_shop_stops_the_run_and_is_found_again(self):
        self.connector.connection_ids.set_values({"base_url": "http://127.0.0.1:9"})
        health = self.connector.check_connection()
        self.assertFalse(health["ok"])
        (told,) = health["problems"]
        self.assertIn("127.0.0.1:9", told)
        self.assertIn("Remedy: Check «Address to call instead»", told)
        self.assertNotIn("tried again", told, "a check by hand is not")
        with mute_logger(RUN_LOG):
            run = self.sync("product")
        self.assert_failed(run, "127.0.0.1:9", "no connection", "it is tried again")
        self.connector.connection_ids.set_values({"base_url": self.server.url})
        self.assertEqual(self.resumed(run).state, "done")
        self.assertTrue(self.products(name="Mug"))

    def test_the_notice_of_a_check_is_sentences_and_a_form_is_one_line_in_the_chatter(self):
        self.check_and_map()
        other = self.connect("Other")
        other.action_check_connection()
        self.assertIn("This shop is synced by", other.problems)
        said = self.connector.action_check_connection()["params"]["message"]
        self.assertEqual(
            f"{self.connector.health['account']}. "
            "Can be synced: Category, Product, Variant, Customer, Price, Stock, Order.",
            said,
        )
        connection = other.connection_ids
        ids = {entry.name: entry.id for entry in connection.entry_ids}
        typed = {"shop": "new.myshopify.com", "client_id": "x", "client_secret": "y"}
        connection.write(
            {"entry_ids": [(1, ids[name], {"value": value}) for name, value in typed.items()]}
        )
        told = [text for text in other.message_ids.mapped("preview") if "Credentials" in text]
        self.assertEqual(
            ["Credentials set: Shop address, Client ID, Client secret, Address to call instead"],
            sorted(told),
            "one line a transaction, which made the connector here",
        )

    def test_an_address_that_is_none_is_refused_with_an_example(self):
        for url in ("ftp://shop", "shop.example.com", "http://example.com"):
            self.connector.connection_ids.set_values({"base_url": url})
            problem = self.connector.check_connection()["problems"][0]
            self.assertIn("«Address to call instead»", problem)
            self.assertIn("like https://proxy.example.com", problem)
        self.connector.connection_ids.set_values({"base_url": "", "shop": "my shop!"})
        problem = self.connector.check_connection()["problems"][0]
        self.assertIn("«Shop address»", problem)
        self.assertIn("'my shop!'", problem)

    def test_a_check_that_got_no_answer_names_the_address_and_one_that_did_says_when(self):
        self.connector.connection_ids.set_values({"base_url": ""})
        remote = type(self.connector._remote_endpoint())
        for sent, told in ((False, "Check «Shop address»"), (True, "press «Check connection»")):
            lost = RetryLater("x.myshopify.com: no answer", sent=sent, remedy="It is tried again.")
            with patch.object(remote, "check", side_effect=lost):
                (problem,) = self.connector.check_connection()["problems"]
            self.assertIn(told, problem)
            self.assertNotIn("tried again.", problem)

    def test_the_address_of_a_demo_shop_is_answered_with_where_it_belongs(self):
        self.connector.connection_ids.set_values({"base_url": "", "shop": self.server.url})
        (problem,) = self.connector.check_connection()["problems"]
        self.assertIn("not one of Shopify's", problem)
        self.assertIn("«Address to call instead»", problem)
        shop = {"shop": "any-name.myshopify.com", "base_url": self.server.url}
        secret = {"client_secret": self.shop.settings.client_secret}
        self.connector.connection_ids.set_values({**shop, **secret})
        self.assertTrue(self.connector.check_connection()["usable"])

    def test_a_missing_scope_is_named(self):
        self.shop.configure({"scopes": ["read_products"]})
        health = self.connector.check_connection()
        self.assertFalse(health["ok"])
        self.assertIn("read_customers", " ".join(health["problems"]))

    def test_a_missing_scope_keeps_nobody_from_what_the_others_allow(self):
        self.shop.configure({"scopes": ["read_products", "read_locations"]})
        found = self.connector.check_connection()
        self.assertEqual(
            (found["ok"], found["usable"], self.connector.state), (False, True, "ready")
        )
        self.assertEqual("warning", self.connector.action_check_connection()["params"]["type"])
        self.assertEqual("done", self.sync("product").state)

    def test_a_run_of_what_there_is_no_mapping_for_is_refused_with_what_there_is(self):
        with self.assertRaisesRegex(UserError, "No mapping for pruduct; there is one for category"):
            self.sync("pruduct")


@tagged("post_install", "-at_install")
class TestMappingText(BadInputCase):
    def refused(self, text, entity="product", direction="import"):
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            self.env["gateway.mapping"].create(
                {
                    "platform": "shopify",
                    "entity": entity,
                    "direction": direction,
                    "connector_id": self.connector.id,
                    "document": text,
                }
            )
        said = str(caught.exception)
        self.assertIn("Remedy: ", said)
        names = {"product": "Product", "order": "Order"}
        way = direction.capitalize()
        place = f"Shopify · {names.get(entity, entity)} · {way}, connector «Shop»: "
        self.assertTrue(said.startswith(place), said)
        return said

    def test_a_company_s_layer_names_itself_and_the_connector_it_breaks(self):
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            self.env["gateway.mapping"].create(
                {
                    "platform": "shopify",
                    "entity": "product",
                    "direction": "import",
                    "layer": "company",
                    "document": '{"record": {"nmae": {"MAPTO": "title", "type": "char"}}}',
                }
            )
        said = str(caught.exception)
        company = f"Shopify · Product · Import, company «{self.env.company.name}»: Shop: "
        self.assertTrue(said.startswith(company), said)

    def test_a_syntax_error_is_refused_with_line_and_column(self):
        said = self.refused('{\n  "record": {\n    "name": oops\n  }\n}')
        self.assertIn("not valid JSON at line 3, column 13", said)

    def test_a_key_that_comes_twice_is_refused_with_its_place(self):
        said = self.refused('{"record": {},\n "record": {}}')
        self.assertIn("line 2, column 2: the key «record» comes twice", said)

    def test_a_wrong_option_is_refused_with_its_place_and_the_nearest_name(self):
        said = self.refused('{"record": {"name": {"MAPTO": "title", "requird": true}}}')
        self.assertIn("/record/name", said)
        self.assertIn("did you mean «required»?", said)

    def test_lambdas_that_try_to_escape_are_refused_at_save_with_their_position(self):
        for code in (
            "lambda t: __import__('os').system('id')",
            "lambda t: t.__class__.__mro__",
            "lambda t: ().__class__.__bases__[0].__subclasses__()",
            "lambda t: open('/etc/passwd').read()",
            "lambda t: (lambda: 1).__globals__",
            "lambda t: '{0.__class__}'.format(t)",
            "lambda t: getattr(t, '__class__')",
            "lambda t: eval('1')",
            "lambda t: globals()",
            "lambda t: [x for x in t.mro()]",
            "lambda t: (yield t)",
            "lambda t: (y := t)",
            "lambda t: 1; import os",
            "lambda t:",
        ):
            with self.subTest(code=code):
                field = {"MAPTO": ["title", code], "type": "char"}
                said = self.refused(json.dumps({"record": {"name": field}}))
                self.assertIn("/record/name/MAPTO", said)
                self.assertRegex(said, r"column \d+|line \d+")

    def test_a_lambda_that_eats_time_or_memory_is_a_dead_letter_of_its_record_alone(self):
        greedy = "lambda t: t * 10 ** 9 if t == 'Big' else t"
        self.override("product", record={"name": {"MAPTO": ["title", greedy], "type": "char"}})
        self.add_product("Big", "BIG")
        self.add_product("Small", "SMALL")
        run = self.sync("product")
        letter = self.only_letter(run, "field name")
        self.assertTrue(self.products(name="Small"))
        self.env["gateway.mapping"].search([]).active = False
        self.retried(letter)
        self.assertTrue(self.products(name="Big"))


@tagged("post_install", "-at_install")
class TestRecords(BadInputCase):
    def test_a_value_of_the_wrong_type_is_a_dead_letter_naming_field_and_value(self):
        self.add_product("Mug", "MUG-1")
        wrong = self.override(
            "product", record={"sale_delay": {"MAPTO": "title", "type": "integer"}}
        )
        letter = self.only_letter(self.sync("product"), "field sale_delay", "'Mug'")
        self.assertEqual((letter.cause, letter.field_name), ("validation", "sale_delay"))
        self.assertFalse(self.products(name="Mug"))
        wrong.active = False
        self.retried(letter)
        self.assertTrue(self.products(name="Mug"))

    def test_a_letter_is_called_as_its_record_and_told_in_words(self):
        product = self.add_product("Mug", "MUG-1")
        self.check_and_map()
        self.sync("product")
        product["title"] = ""
        self.shop.store.touch(product)
        letter = self.only_letter(self.sync("product"), "field name", "has nothing in it")
        mug = self.products(name="Mug")
        self.assertEqual((letter.record_name, letter.has_record), (mug.display_name, True))
        self.assertEqual(letter.action_open_record()["res_id"], mug.id)
        self.assertEqual(letter.stage_text, "Mapping its values")
        self.assertEqual(letter.field_text, "Name, from the shop's «title»")
        self.assertEqual(
            letter.what_to_do,
            "Fill it in the shop and retry; or, in the mapping, fill in «If empty» of the field.",
        )

    def test_an_answer_of_another_shape_is_a_dead_letter_of_its_record_alone(self):
        self.add_product("Mug", "MUG-1")
        self.add_product("Cup", "CUP-1")
        execute = self.shop.execute

        def strange(*args, **kwargs):
            status, headers, body = execute(*args, **kwargs)
            return (
                status,
                headers,
                json.loads(json.dumps(body).replace('"title": "Mug"', '"title": {"en": "Mug"}')),
            )

        self.patch(self.shop, "execute", strange)
        letter = self.only_letter(self.sync("product"), "field name")
        self.assertTrue(self.products(name="Cup"))
        self.patch(self.shop, "execute", execute)
        self.retried(letter)
        self.assertTrue(self.products(name="Mug"))

    def test_an_order_for_a_variant_that_is_not_here_waits_for_it(self):
        add_locations(self.shop.store, self.shop.store.now())
        self.add_product("Mug", "MUG-1")
        self.check_and_map()
        edit(self.shop, "stock", {"sku": "MUG-1", "available": 5})
        order = sell(self.shop, "MUG-1", 2)
        letter = self.only_letter(self.sync("order"), "gid://shopify/ProductVariant/", "product_id")
        self.assertEqual((letter.cause, letter.waits_entity), ("reference", "variant"))
        self.assertFalse(self.env["sale.order"].search([("client_order_ref", "=", order["name"])]))
        self.sync("product")
        run = self.sync("order")
        self.assertEqual(letter.state, "resolved")
        sale = self.env["sale.order"].search([("client_order_ref", "=", order["name"])])
        self.assertEqual(len(sale), 1)
        self.assertEqual(sale.order_line[0].product_id.default_code, "MUG-1")
        self.assertEqual(run.state, "done")

    def test_two_products_of_the_shop_with_one_sku(self):
        first = self.add_product("First", "SAME")
        second = self.add_product("Second", "SAME")
        run = self.sync("product")
        letter = self.only_letter(run, "SAME")
        self.assertIn(letter.source_id, (first["id"], second["id"]))
        self.assertEqual(len(self.products(default_code="SAME")), 1)
        item = self.shop.store.get("ProductVariant", second["variants"][0])["inventoryItem"]
        self.shop.store.get("InventoryItem", item)["sku"] = "OTHER"
        self.shop.store.changed()
        self.retried(letter)
        self.assertEqual(self.products(default_code="SAME").name, "First")
        self.assertEqual(self.products(default_code="OTHER").name, "Second")

    def test_two_products_of_odoo_with_one_sku(self):
        pair = self.env["product.template"].create(
            [{"name": name, "default_code": "SAME"} for name in ("One", "Two")]
        )
        self.add_product("Mug", "SAME")
        letter = self.only_letter(self.sync("product"), "SAME", str(pair[0].id), str(pair[1].id))
        self.assertEqual(letter.cause, "ambiguous")
        pair[1].default_code = "OTHER"
        self.retried(letter)
        binding = self.env["gateway.binding"].search([("entity", "=", "product")])
        self.assertEqual(binding.odoo_id, str(pair[0].id))
        self.assertFalse(self.products(name="Mug") - pair)

    def test_an_empty_shop_is_read_and_settled(self):
        run = self.sync(direction="import")
        self.assertEqual((run.state, run.count_read, run.error), ("done", 0, False))


@tagged("post_install", "-at_install")
class TestTexts(BadInputCase):
    TITLES = {
        "HTML": "<script>alert('x')</script><b>Bold</b> & \"quoted\"",
        "EMOJI": "🎉 Party 👩‍👩‍👧 pack",
        "RTL": "קפה ‏بن‎ coffee",
        "LONG": "x" * 60_000,
        "SPACES": "  two\u00a0 spaces\t",
        "MARKS": "e\u0301 \u202e backwards \ufeff",
        "SQL": "'; DROP TABLE product_template; --",
        "PERCENT": "100 % {0} %s %(name)s",
    }

    def test_strange_titles_arrive_as_they_are_and_go_back_as_they_are(self):
        for sku, title in self.TITLES.items():
            self.add_product(title, sku, descriptionHtml=f"<p>{sku}</p>")
        run = self.sync("product")
        self.assertEqual((run.state, run.count_created), ("done", len(self.TITLES)), run.error)
        for sku, title in self.TITLES.items():
            product = self.products(default_code=sku)
            self.assertEqual(product.name.strip(), title.strip(), sku)
        again = self.sync("product", direction="both")
        self.assertEqual((again.count_created, again.count_updated), (0, 0))

    def test_scripts_in_descriptions_are_cleaned_and_do_not_come_back_as_edits(self):
        html = "<p>Good</p><script>alert(1)</script><img src=x onerror=alert(1)>"
        self.add_product("Mug", "MUG-1", descriptionHtml=html)
        self.sync("product")
        product = self.products(default_code="MUG-1")
        self.assertIn("Good", product.description)
        self.assertNotIn("script", product.description)
        self.assertNotIn("onerror", product.description)
        again = self.sync("product", direction="both")
        self.assertEqual((again.count_created, again.count_updated), (0, 0))

    def test_a_nul_in_a_title_is_a_dead_letter_that_says_so(self):
        bad = self.add_product("Nu\x00l", "NUL")
        self.add_product("Mug", "MUG-1")
        letter = self.only_letter(self.sync("product"), "field name", "NUL")
        self.assertEqual(letter.cause, "validation")
        self.assertTrue(self.products(name="Mug"))
        bad["title"] = "Null"
        self.retried(letter)
        self.assertTrue(self.products(name="Null"))

    def test_a_nul_deep_inside_an_address_is_a_dead_letter_that_says_so(self):
        self.add_product("Mug", "MUG-1")
        add_locations(self.shop.store, self.shop.store.now())
        self.check_and_map()
        self.sync("product")
        edit(self.shop, "stock", {"sku": "MUG-1", "available": 5})
        order = sell(self.shop, "MUG-1", 1)
        order["shippingAddress"] = self.address(city="Spring\x00field")
        letter = self.only_letter(self.sync("order"), "field shipping_address", "NUL")
        order["shippingAddress"] = self.address(city="Springfield")
        self.retried(letter)
        sale = self.env["sale.order"].search([("client_order_ref", "=", order["name"])])
        self.assertEqual(sale.partner_shipping_id.city, "Springfield")

    def address(self, **values):
        plain = {
            "firstName": "Ada",
            "lastName": "Example",
            "address1": "1 Main St",
            "city": "Springfield",
            "zip": "12345",
            "countryCode": "US",
        }
        return {"id": self.shop.store.new_gid("MailingAddress"), **address({**plain, **values})}

    def test_a_sku_too_long_for_the_database_is_a_dead_letter_of_its_record_alone(self):
        long = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=20_000))
        bad = self.add_product("Long", long)
        self.add_product("Mug", "MUG-1")
        with mute_logger("odoo.sql_db"):
            letter = self.only_letter(self.sync("product"), "20,000 characters", "default_code")
        self.assertTrue(self.products(name="Mug"))
        item = self.shop.store.get("ProductVariant", bad["variants"][0])["inventoryItem"]
        self.shop.store.get("InventoryItem", item)["sku"] = "SHORT"
        self.shop.store.changed()
        self.retried(letter)
        self.assertTrue(self.products(default_code="SHORT"))


@tagged("post_install", "-at_install")
class TestHuge(BadInputCase):
    def test_a_product_with_300_variants_is_complete(self):
        self.shop.configure({"bucket": 1_000_000, "restore_rate": 1_000_000})
        self.add_product("Huge", *(f"HUGE-{i:03d}" for i in range(300)))
        run = self.sync("product")
        self.assertEqual((run.state, run.count_created), ("done", 1), run.error)
        product = self.products(name="Huge")
        self.assertEqual(
            sorted(product.product_variant_ids.mapped("default_code")),
            [f"HUGE-{i:03d}" for i in range(300)],
        )

    def test_a_page_of_10000_records_is_settled_as_one(self):
        run = self.env["gateway.run"]._start(self.connector, [("category", "import")], False)
        store = OdooStore(self.env, self.connector, run, UnitOfWork(self.env, own=False))
        version, flow = self.connector._flow("category", "import", store, run=run.id)
        records = [
            Record(f"gid://shopify/Collection/{i}", {"id": str(i), "title": f"Category {i:05d}"})
            for i in range(10_000)
        ]
        run._settle_by_hand(version, flow, Page(records, None, None), store, settle_page)
        self.assertEqual((run.state, run.count_created), ("done", 10_000))
        self.assertEqual(
            self.env["product.category"].search_count([("name", "=like", "Category _____")]),
            10_000,
        )
