"""The screens as people use them: one tour in a browser, and every view for every role."""

import base64
import json
import re
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.gateway_ng.lib.demoshop import Shop, seed_demo, serving
from odoo.addons.gateway_ng.lib.demoshop.pictures import png
from odoo.addons.gateway_ng.models.wording import (
    field_label,
    short_value,
    summary,
    value_cell,
    value_text,
)

from .demo_shop_case import GROUPS, LoopbackRequests
from .shop_case import ROLES, ShopCase

CONNECTORS = "/odoo/action-gateway_ng.action_connectors"
MENU = "gateway_ng.menu_gateway"
WINDOW = "ir.actions.act_window"


@tagged("post_install", "-at_install")
class TestFirstSyncInABrowser(LoopbackRequests, HttpCase):
    """The jobs run at once, inside the request that would queue them: the tour's database is one
    transaction that no other worker sees."""

    def setUp(self):
        super().setUp()
        new_test_user(self.env, "tour", groups=f"{GROUPS},gateway_ng.group_manager")
        self.env["stock.warehouse"].create({"name": "Tour", "code": "TOUR"})
        self.env["ir.default"].set("gateway.connector", "create_taxes", True)
        self.shop = Shop()
        seed_demo(self.shop)
        self.server = self.enterContext(serving(self.shop))
        runs = self.env.registry["gateway.run"]
        self.startPatcher(patch.object(runs, "_enqueue", lambda run: run._drive_inline()))

    def test_a_manager_connects_a_shop_and_sees_its_first_sync(self):
        options = json.dumps({"startUrl": CONNECTORS})
        self.start_tour(
            CONNECTORS,
            "gateway_first_sync",
            code=f"window.gatewayShop = {self.server.url!r};"
            f"odoo.startTour('gateway_first_sync', {options})",
            login="tour",
            timeout=240,
        )
        connector = self.env["gateway.connector"].search([("name", "=", "Tour shop")])
        self.assertEqual(("ready", "done"), (connector.state, connector.setup_step))
        self.assertEqual(("done", 0), (connector.last_run_id.state, connector.dead_letter_count))
        self.assertEqual(
            ["TOUR/Stock", "WH/Stock"],
            sorted(connector.location_ids.location_id.mapped("complete_name")),
        )
        self.assertEqual("demo-secret", connector.connection_ids.sudo()._values()["client_secret"])


@tagged("post_install", "-at_install")
class TestTryDemoInABrowser(HttpCase):
    """As above: jobs run at once. The demo shop is part of the test's transaction."""

    def test_a_manager_tries_the_demo_begins_anew_and_removes_it(self):
        new_test_user(self.env, "tour", groups=f"{GROUPS},gateway_ng.group_manager")
        runs = self.env.registry["gateway.run"]
        self.startPatcher(patch.object(runs, "_enqueue", lambda run: run._drive_inline()))
        self.start_tour(CONNECTORS, "gateway_try_demo", login="tour", timeout=240)
        self.env.invalidate_all()
        for name in ("gateway.connector", "gateway.demo.shop", "gateway.run", "gateway.binding"):
            self.assertFalse(self.env[name].search([]), name)


@tagged("post_install", "-at_install")
class TestViews(ShopCase):
    """With a run, its changes, a dead letter and a conflict to look at."""

    def setUp(self):
        super().setUp()
        self.add_product("Mug", "MUG")
        self.check_and_map()
        self.sync("product")
        self.product = self.env["product.template"].search([("name", "=", "Mug")])
        self.change = self.env["gateway.change"].search(
            [("entity", "=", "product"), ("outcome", "=", "created")]
        )
        common = {
            "connector_id": self.connector.id,
            "entity": "product",
            "direction": "import",
            "source_id": "gid://shopify/Product/9",
        }
        self.letter = self.env["gateway.dead.letter"].create(
            {
                **common,
                "company_id": self.connector.company_id.id,
                "cause": "refused",
                "error": "shopify_product gid://shopify/Product/9, field title: no.\nRemedy: try",
                "remedy": "try",
                "payload": '{"title":"Lost mug","price":{"$decimal":"4.50"}}',
            }
        )
        self.conflict = self.env["gateway.conflict"].create(
            {
                **common,
                "target_id": str(self.product.id),
                "field_group": "name",
                "field_names": "name",
                "base_values": {"name": ["Mug", "Mug"]},
                "odoo_values": {"name": "Cup <b>"},
                "remote_values": {"name": "Beaker"},
                "winner": "ask",
            }
        )
        customer = self.env["res.partner"].create({"name": "Somebody"})
        back = self.env["stock.picking.type"].search([("code", "=", "incoming")], limit=1)
        self.refund = self.env["gateway.refund"].create(
            {
                "connector_id": self.connector.id,
                "order_id": self.env["sale.order"].create({"partner_id": customer.id}).id,
                "company_id": self.connector.company_id.id,
                "remote_id": "1",
                "outcome": "credited",
                "picking_ids": self.env["stock.picking"].create({"picking_type_id": back.id}).ids,
            }
        )

    def windows(self):
        """Menus of the gateway that open records."""
        menus = self.env["ir.ui.menu"].search([("id", "child_of", self.env.ref(MENU).id)])
        return menus.filtered(lambda one: one.action and one.action.type == WINDOW)

    def test_every_list_and_form_opens_for_whoever_may_see_its_menu(self):
        """Who has no other right in Odoo than the gateway's can look at all that it shows."""
        opened = set()
        for role in ROLES:
            user = self.people[role]
            for menu in self.windows().filtered_domain([("id", "in", self.menus_of(user))]):
                with self.subTest(role=role, menu=menu.complete_name):
                    self._open(menu.action.res_model, user)
                opened.add(menu.action.res_model)
        self.assertGreater(len(opened), 14)

    def menus_of(self, user):
        return list(self.env["ir.ui.menu"].with_user(user)._visible_menu_ids())

    def test_who_has_no_rights_to_orders_finds_refunds_by_order(self):
        (order,) = self.refund.order_id
        refunds = self.env["gateway.refund"].with_user(self.people["viewer"])
        views = refunds.get_views([(False, "search")])
        (name,) = re.findall(r'name="(order_\w+)"', views["views"]["search"]["arch"])
        self.assertEqual(self.refund, refunds.search([(name, "ilike", order.name)]))

    def test_every_list_of_the_menu_has_cards_for_phones(self):
        actions = [one.action for one in self.windows()]
        keys = self.env.ref("gateway_ng.action_health_keys")  # made by a button of their list
        lists = [one for one in actions if "list" in one.view_mode.split(",") and one != keys]
        self.assertGreater(len(lists), 12)
        for action in lists:
            with self.subTest(action=action.name):
                self.assertIn("kanban", action.view_mode.split(","))
                model = self.env[action.res_model].with_user(self.people["manager"])
                view = model.get_view(False, "kanban")
                self.assertTrue(view["id"], "Odoo's default shows the name alone")
                names = {node.get("name") for node in etree.fromstring(view["arch"]).iter("field")}
                self.assertLessEqual(set(re.findall(r"\brecord\.(\w+)", view["arch"])), names)
                model.search([]).web_read({name: {} for name in names})

    def _open(self, name, user):
        model = self.env[name].with_user(user)
        views = model.get_views([(False, "list"), (False, "form"), (False, "search")])
        for kind in ("list", "form"):
            arch = etree.fromstring(views["views"][kind]["arch"])
            fields = arch.xpath("//field[not(ancestor::field)]/@name")
            self.assertTrue(fields)
            self.env.flush_all()
            self.env.invalidate_all()
            model.search([]).web_read({field: {} for field in fields})

    def test_an_archived_connector_offers_nothing_that_is_refused(self):
        connector = self.connector.with_user(self.people["manager"])
        header = etree.fromstring(connector.get_view(False, "form")["arch"]).find("header")
        offered = [one for one in header.iter("button") if "not active" not in one.get("invisible")]
        self.assertEqual(["action_remove_demo"], [one.get("name") for one in offered])
        connector.action_pause()
        connector.active = False
        with self.assertRaisesRegex(UserError, "Shop is archived; restore it first."):
            connector.action_resume()
        self.assertEqual("paused", connector.state)
        connector.active = True
        connector.action_resume()
        self.assertEqual("ready", connector.state)

    def test_buttons_are_there_for_those_who_may_press_them(self):
        wanted = {
            "gateway.connector": {
                "viewer": set(),
                "operator": {"action_check_connection", "action_sync"},
                "manager": {
                    "action_check_connection",
                    "action_sync",
                    "action_pause",
                    "action_resume",
                },
            },
            "gateway.dead.letter": {
                "viewer": set(),
                "operator": {"action_retry", "action_edit", "action_ask_discard"},
                "manager": {"action_retry", "action_edit", "action_ask_discard"},
            },
            "gateway.conflict": {
                "viewer": set(),
                "operator": {"action_take_odoo", "action_take_remote"},
                "manager": {"action_take_odoo", "action_take_remote"},
            },
        }
        for name, roles in wanted.items():
            for role, buttons in roles.items():
                arch = self.env[name].with_user(self.people[role]).get_view(False, "form")["arch"]
                shown = {b for b in set.union(*roles.values()) if f'name="{b}"' in arch}
                with self.subTest(model=name, role=role):
                    self.assertEqual(buttons, shown)

    def test_what_of_a_run_is_for_a_person_to_do_stands_before_what_is_done(self):
        """Only some of the buttons have room, and the others go behind «More»."""
        arch = etree.fromstring(self.env["gateway.run"].get_view(False, "form")["arch"])
        shown = arch.xpath("//div[@name='button_box']/button/field[@name][1]/@name")
        to_do = ["count_dead", "count_to_decide", "count_conflicts", "count_differ"]
        self.assertEqual(to_do, shown[:4])

    def test_credentials_typed_before_the_first_save_are_kept(self):
        form = Form(self.env["gateway.connector"].with_user(self.people["manager"]))
        form.name = "Typed"
        form.platform = "shopify"
        labels = []
        for position in range(len(form.credential_ids)):
            with form.credential_ids.edit(position) as line:
                labels.append(line.label)
                if line.name == "client_secret":
                    line.value = " s3cret "
                if line.name == "shop":
                    line.value = "typed.myshopify.com"
        connector = form.save()
        self.assertIn("Client secret", labels)
        values = connector.connection_ids._values()
        self.assertEqual(
            ("typed.myshopify.com", "s3cret"), (values["shop"], values["client_secret"])
        )

    def test_a_secret_typed_beside_its_mask_is_the_new_secret(self):
        entry = self.connector.credential_ids.filtered(lambda e: e.name == "client_secret")
        shown = entry.value
        entry.value = f"{shown}new"
        self.assertEqual("new", self.connector.connection_ids._values()["client_secret"])
        entry.value = shown
        self.assertEqual("new", self.connector.connection_ids._values()["client_secret"])
        self.assertNotIn("new", str(entry.read()))

    def test_locations_are_named_as_in_the_shop_and_mapped_by_choosing(self):
        places = {"gid://shop/Location/1": "Main", "gid://shop/Location/2": "Corner"}
        self.connector.health = {"locations": places}
        self.connector._map_locations(places)
        rows = self.connector.location_ids.sorted("remote_id")
        self.assertEqual(["Main", "Corner"], rows.mapped("remote_name"))
        self.assertFalse(rows.location_id, "nobody guesses which is where")
        row = rows[0]
        place = self.env["stock.warehouse"].create({"name": "N", "code": "NEW"}).lot_stock_id
        row.location_id = place
        self.env.flush_all()
        self.assertEqual({place.id: row.remote_id}, self.connector.gateway_locations())
        row.location_id = False
        self.assertEqual({}, self.connector.gateway_locations())

    def test_the_only_location_of_a_shop_is_the_connectors_warehouse(self):
        self.connector._map_locations({"gid://shop/Location/1": "Main"})
        stock = self.connector.warehouse_id.lot_stock_id
        self.assertEqual({stock.id: "gid://shop/Location/1"}, self.connector.gateway_locations())

    def test_a_change_says_what_changed_and_opens_its_record(self):
        self.assertEqual("[MUG] Mug", self.change.record_name)
        self.assertIn("Name: Mug", self.change.summary)
        self.assertIn("<td", self.change.details)
        action = self.change.action_open_record()
        self.assertEqual(
            ("product.template", self.product.id), (action["res_model"], action["res_id"])
        )

    def test_what_a_value_refers_to_is_called_by_its_name(self):
        category = self.env["product.category"].create({"name": "Crockery"})
        gone = category.copy()
        line = "lines[gid://shop/Line/7].product_id"
        self.change.write(
            {
                "entity": "order",
                "field_changes": {
                    line: [None, str(self.product.product_variant_id.id)],
                    "categ_id": [str(gone.id), str(category.id)],
                },
            }
        )
        gone.unlink()
        told = f"Categ: {gone.id} → Crockery · Lines 7: Product: [MUG] Mug"
        self.assertEqual(told, self.change.summary)
        self.change.direction = "export"  # these are the shop's ids, whatever they look like
        self.change.invalidate_recordset(["summary"])
        self.assertIn(f"Categ: {gone.id} → {category.id}", self.change.summary)

    def test_a_conflict_calls_categories_images_and_choices_as_people_do(self):
        """An image that the record does not have any more is an image all the same."""
        category = self.env["product.category"].create({"name": "Crockery"})
        self.product.image_1920 = base64.b64encode(png((1, 2, 3)))
        (image,) = self.env["ir.attachment"].search(
            [("res_model", "=", "product.template"), ("res_field", "=", "image_1920")]
            + [("res_id", "=", self.product.id)]
        )
        self.conflict.write(
            {
                "field_names": "categ_id, image_1920, type",
                "base_values": {"categ_id": [str(category.id)] * 2},
                "odoo_values": {
                    "categ_id": str(category.id),
                    "image_1920": image.checksum,
                    "type": "consu",
                },
                "remote_values": {"categ_id": None, "image_1920": "0" * 40, "type": "service"},
            }
        )
        self.assertEqual("Crockery · image, 1 KB · Goods", self.conflict.odoo_text)
        self.assertEqual("— · image · Service", self.conflict.remote_text)
        self.assertEqual(2, self.conflict.details.count(">Crockery<"))
        shown = f'src="/web/image/product.template/{self.product.id}/image_1920?unique='
        self.assertEqual(1, self.conflict.details.count(shown), "the shop's is not in Odoo")
        self.assertNotIn(f">{image.checksum}", self.conflict.details)

    def test_a_decision_and_a_base_call_what_they_refer_to_by_its_name(self):
        category = self.env["product.category"].create({"name": "Crockery"})
        seen = {"source": str(category.id), "target": "1", "verdict": "written", "why": ""}
        self.change.decision = {"categ_id": {**seen, "agreed": None}}
        self.assertIn(">Crockery<", self.change.decision_text)
        binding = self.env["gateway.binding"].search([("entity", "=", "product")])
        binding.sudo().base = {"import": {"categ_id": [str(category.id)] * 2}}
        self.assertEqual(2, binding.base_text.count(">Crockery<"))
        binding.sudo().base = {"export": {"categ_id": [str(category.id)] * 2}}
        self.assertNotIn("Crockery", binding.base_text)  # the shop's ids are others

    def test_a_watermark_is_told_in_the_persons_time(self):
        mark = self.env["gateway.watermark"].search(
            [("connector_id", "=", self.connector.id), ("entity", "=", "product")], limit=1
        )
        mark.time = "2026-01-02T03:04:05.000001+00:00"
        for zone, told in (("UTC", "Jan 2, 2026, 3:04:05 AM"), ("Asia/Tokyo", "12:04:05 PM")):
            self.env.user.tz = zone
            mark.invalidate_recordset(["time_text"])
            self.assertIn(told, mark.time_text)

    def test_what_is_empty_before_and_after_is_not_told(self):
        self.change.write(
            {"field_changes": {"name": [None, "Mug"], "note": [None, ""], "sku": [None, None]}}
        )
        self.assertEqual(2, self.change.details.count("<tr>"))
        self.change.reasons = {"sku": "source changed"}
        self.change.invalidate_recordset(["details"])
        self.assertEqual(3, self.change.details.count("<tr>"))

    def test_many_conflicts_cost_no_query_a_record(self):
        others = [self.conflict.copy({"source_id": f"gid://shopify/Product/{n}"}) for n in range(8)]

        def queries(conflicts):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(conflicts.mapped("odoo_text")))
            return self.env.cr.sql_log_count - before

        queries(self.conflict)
        few = queries(self.conflict)
        self.assertEqual(few, queries(self.conflict.union(*others)))

    def test_a_record_that_is_gone_is_said_to_be(self):
        self.product.unlink()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not in Odoo"):
            self.change.action_open_record()

    def test_names_of_records_are_for_those_who_may_read_them(self):
        seen = self.change.with_user(self.people["viewer"])
        with mute_logger("odoo.addons.base.models.ir_model"):
            self.assertTrue(seen.record_name)
            self.assertEqual(
                seen.has_record, self.product.with_user(self.people["viewer"]).has_access("read")
            )

    def test_a_dead_letter_is_called_by_its_payload(self):
        self.assertEqual("Lost mug", self.letter.record_name)
        self.assertEqual("Title: no.", self.letter.what_happened)
        self.assertEqual(
            {"title": "Lost mug", "price": "4.50"}, json.loads(self.letter.payload_text)
        )

    def test_a_payload_that_is_no_json_is_shown_as_it_is(self):
        self.letter.payload = "<html>"
        self.assertEqual({"text": "<html>"}, json.loads(self.letter.payload_text))
        self.assertEqual("9", self.letter.record_name)

    def test_a_conflict_shows_three_values_and_runs_none_of_their_html(self):
        self.assertEqual("[MUG] Mug", self.conflict.record_name)
        self.assertEqual("Beaker", self.conflict.remote_text)
        self.assertIn("Cup &lt;b&gt;", self.conflict.details)
        self.assertNotIn("Cup <b>", self.conflict.details)


@tagged("post_install", "-at_install")
class TestWording(ShopCase):
    def summed(self, changes):
        return summary(self.env, changes, lambda _name, value: value)

    def test_fields_and_values_are_words(self):
        utc = self.env["ir.config_parameter"].with_context(tz="UTC", lang="en_US").env
        cases = {
            field_label(utc, "unit_price"): "Unit price",
            field_label(utc, "product_id"): "Product",
            field_label(utc, "id"): "ID",
            field_label(utc, "descriptionHtml"): "Description (HTML)",
            field_label(utc, "sku"): "SKU",
            field_label(utc, "metafieldShoeSize"): "Metafield shoe size",
            field_label(utc, "price.amount"): "Price: Amount",
            field_label(utc, "lines[gid://shop/Line/7].unit_price"): "Lines 7: Unit price",
            value_text(None): "—",
            value_text(True): "✓",
            value_text({"city": "Ulm", "street2": None, "zip": "89073"}): "89073, Ulm",
            value_text([]): "—",
            value_text(["a", "b"]): "a; b",
            value_text({"$": "unsettled"}): "?",
            short_value(
                "<h2>Cut</h2><p>Loose <b class='x'>linen</b>, <a href='https://x.org'>care</a>.</p>"
            ): "Cut Loose linen, care.",
            value_text("2026-11-29T01:52:31.5+00:00", utc): "Nov 29, 2026, 1:52:31 AM",
            value_text(["2026-11-29", "2026-99-29"], utc): "Nov 29, 2026; 2026-99-29",
            value_text({"image": "gid://shopify/MediaImage/12@7"}, utc): "Image 12",
            value_text("0" * 40, utc): "image",
            field_label(utc, "categ_id", self.env["product.template"]): "Product Category",
            field_label(utc, "order_line[gid://shop/Line/7].price_unit", self.env["sale.order"]): (
                "Order Lines 7: Unit Price"
            ),
            self.summed({"name": ["Mug", "Cup"], "note": [None, None]}): "Name: Mug → Cup",
            self.summed({"price": [None, "4"]}): "Price: 4",
            self.summed(None): "",
        }
        for found, expected in cases.items():
            self.assertEqual(expected, found)

    def test_markup_is_told_as_its_text_and_opens_to_how_it_is_written(self):
        written = f"<p>Loose <span onclick='x'>cut</span></p>{'<p>and long</p>' * 20}"
        cell = value_cell(written, self.env)
        told, _end, raw = cell.partition("</summary>")
        self.assertIn("<summary>Loose cut and long", told)
        self.assertTrue(told.endswith("…"))
        self.assertIn("&lt;p&gt;Loose &lt;span onclick=", raw)
        self.assertNotIn("<span", cell)
        self.assertEqual("3 < 4 <3", value_cell("3 < 4 <3", self.env))

    def test_long_values_and_many_fields_are_cut_short(self):
        typed = "Apron – Blüte & Söhne <neu> <i-love-it>"
        self.assertEqual([typed] * 2, [short_value(typed), value_cell(typed, self.env)])
        self.assertEqual(60, len(short_value("x" * 500)))
        many = {f"field_{i}": [i, i + 1] for i in range(20)}
        self.assertTrue(self.summed(many).endswith(" · …"))

    def test_entities_have_names(self):
        labels = dict(self.env["gateway.change"]._fields["entity"]._description_selection(self.env))
        self.assertEqual("Order line", labels["order_line"])
