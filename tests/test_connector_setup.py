"""Setting up: where credentials are found, missing scopes, the first match, the dry run, live."""

from lxml.html import fromstring

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.gateway_ng.lib.demoshop import Settings
from odoo.addons.gateway_ng.models.connector_plan import TOLD

from .demo_shop_case import DemoShopCase
from .shop_case import ShopCase


@tagged("post_install", "-at_install")
class TestSteps(DemoShopCase):
    synced = False

    def test_the_steps_lead_from_credentials_to_a_first_sync_and_schedules(self):
        connector = self.connector
        self.assertEqual("flows", connector.setup_step, "the connection was checked")
        connector.action_flows_chosen()
        self.assertEqual("review", connector.setup_step)
        connector.action_review()
        self.assertFalse(connector.review, "jobs make it")
        connector.action_reviewed()
        self.assertEqual("trial", connector.setup_step)
        action = connector.action_go()
        self.assertEqual(("gateway.run", "done"), (action["res_model"], connector.setup_step))
        self.assertEqual({"*/15 * * * *"}, set(connector.schedule_ids.mapped("cron")))

    def test_what_the_check_found_is_told_on_the_form(self):
        rows = fromstring(self.connector.found_text).iter("tr")
        told = {row[0].text_content(): row[1].text_content() for row in rows if len(row) > 1}
        self.assertIn("demo", told["Shop"].casefold())
        self.assertEqual("USD", told["Currency"])
        self.assertEqual("America/New_York", told["Time zone"])
        self.assertIn("Main warehouse", told["Locations"])
        self.assertIn("write_products", told["Scopes granted"])
        self.assertIn("Product, Variant", told["Can be synced"])

    def test_locations_are_no_bindings_to_be_counted(self):
        """They are lines of the map: nothing was synced yet."""
        self.assertTrue(self.connector.location_ids)
        self.assertEqual(0, self.connector.binding_count)
        domain = self.env.ref("gateway_ng.action_bindings_of_connector").domain
        found = self.env["gateway.binding"].search(
            safe_eval(domain, {"active_id": self.connector.id})
        )
        self.assertFalse(found)

    def test_a_new_form_shows_the_steps_and_asks_for_the_platform_first(self):
        form = fromstring(self.connector.get_view(view_type="form")["arch"])
        steps = form.xpath("//field[@name='setup_step'][@widget='statusbar']")[0]
        self.assertEqual("setup_step == 'done'", steps.get("invisible"))
        self.assertTrue(form.xpath("//field[@name='platform']")[0].get("placeholder"))

    def test_stock_without_a_location_is_asked_for(self):
        self.connector.location_ids.location_id = False
        with self.assertRaisesRegex(UserError, "Locations"):
            self.connector.action_flows_chosen()
        self.connector.stock_authority = "none"
        self.connector.action_flows_chosen()

    def test_the_first_match_and_the_dry_run_tell_of_one_plan_which_writes_nothing(self):
        known = next(one for one in self.reader.table("Customer") if one["email"])
        contact = self.env["res.partner"].create({"name": "Known Already", "email": known["email"]})
        other = self.connector.copy({"name": "First shop"})
        self.env["gateway.binding"].create(
            {
                "connector_id": other.id,
                "entity": "customer",
                "remote_id": "7",
                "odoo_id": str(contact.id),
                "res_model": "res.partner",
                "res_id": contact.id,
            }
        )
        sku = sorted(self.reader.variants())[0]
        self.env["product.product"].create(
            [{"name": f"Twin {n}", "default_code": sku} for n in range(2)]
        )
        before = self.sizes()
        self.connector.action_review()
        self.assertFalse(self.connector.review, "jobs make it")
        plan = self.connector.setup_plan_id
        plan._drive_inline()
        self.env.invalidate_all()
        self.assertEqual(before, self.sizes())
        link = f'<a href="/odoo/res.partner/{contact.id}">{contact.display_name}</a>'
        self.assertIn(link, self.connector.review)
        self.assertNotIn("Archived", self.connector.review)
        self.assertIn(
            "First shop syncs some of these already (Customer: 1).", self.connector.review
        )
        self.assertEqual(1, self.connector.review.count("alert-warning"), "nothing else is shared")
        self.assertIn('<td class="text-break">Order</td>', self.connector.review)
        self.assertIn("What is wrong", self.connector.review)
        self.assertIn("Two records share one identity", self.connector.review)
        self.assertFalse(self.letters())
        viewer = new_test_user(self.env, login="seer", groups="gateway_ng.group_viewer")
        own = {"domain_force": f"[('id', '!=', {contact.id})]", "name": "not this one"}
        self.env["ir.rule"].create({**own, "model_id": self.env["ir.model"]._get_id(contact._name)})
        self.assertNotIn("Known Already", self.connector.with_user(viewer).review)
        for flow in plan.flow_ids:
            row = f'<td class="text-break">{flow.display_name}</td>'
            row += "".join(
                f'<td class="text-end">{flow[f"count_{name}"]}</td>'
                for name in TOLD
            )
            self.assertIn(row, self.connector.trial, "the columns of a run's flows")
        self.assertEqual(plan.id, self.connector.action_open_setup_plan()["res_id"])

    def sizes(self):
        self.env.flush_all()
        tables = ("sale_order", "res_partner", "product_product", "stock_move", "gateway_binding")
        found = {}
        for table in tables:
            self.env.cr.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  (names from above)
            found[table] = self.env.cr.fetchone()[0]
        return found


@tagged("post_install", "-at_install")
class TestFirstMatch(ShopCase):
    def test_products_that_odoo_has_in_the_archive_are_said_in_counts_and_rows(self):
        for number in range(14):
            self.add_product(f"Mug {number}", f"MUG-{number}")
        products = self.env["product.product"].create(
            [{"name": f"Cup {n}", "default_code": f"MUG-{n}"} for n in range(13)]
        )
        products[0].product_tmpl_id.active = False
        self.connector.check_connection()
        lines = self.connector.schedule_ids
        off = lines.filtered(lambda line: line.entity not in ("category", "product", "variant"))
        off.is_on = False
        self.connector.action_review()
        self.connector.setup_plan_id._drive_inline()
        self.env.invalidate_all()
        rows = fromstring(self.connector.review).iter("tr")
        told = {row[0].text: [cell.text_content() for cell in row] for row in rows}
        self.assertEqual(
            ["Entity", "New to Odoo", "Odoo has it", "Archived", "Which"], told["Entity"]
        )
        self.assertEqual(["1", "13", "1"], told["Product"][1:4])
        self.assertIn("Cup 0 (archived), [MUG-1] Cup 1, ", told["Product"][4])
        self.assertIn(", and 1 more", told["Product"][4])


@tagged("post_install", "-at_install")
class TestCheck(ShopCase):
    settings = Settings(scopes=("write_products", "read_locations"))

    def test_missing_scopes_are_named_and_keep_nobody_from_the_next_step(self):
        self.connector.check_connection()
        self.assertEqual("flows", self.connector.setup_step)
        self.assertIn("read_customers", self.connector.missing_scopes)

    def test_no_message_covers_the_steps_where_the_form_tells_it_anyhow(self):
        token = self.connector.connection_ids.entry_ids.filtered(
            lambda one: one.name == "client_secret"
        )
        token.value = "wrong"
        self.assertEqual("soft_reload", self.connector.action_check_connection()["tag"])
        self.assertTrue(self.connector.problems)
        self.connector.connection_ids.set_values({"client_secret": "demo-secret"})
        self.assertEqual("soft_reload", self.connector.action_check_connection()["tag"])
        self.assertEqual("flows", self.connector.setup_step)
        again = self.connector.action_check_connection()
        self.assertEqual("display_notification", again["tag"], "nothing else would show it")
        self.assertIn("Can be synced: Category, Product", again["params"]["message"])

    def test_where_each_credential_is_found_is_told(self):
        self.assertIn("Dev Dashboard", self.connector.credentials_where)
        self.assertIn("<b>Client secret</b>", self.connector.credentials_where)
        self.assertIn("any ….myshopify.com name as shop address", self.connector.credentials_where)

    def test_a_location_map_that_offers_goods_twice_is_told_by_the_check(self):
        self.connector.check_connection()
        self.connector._map_locations({"gid://shop/1": "Main", "gid://shop/2": "Corner"})
        rows = self.connector.location_ids
        rows[0].location_id = self.connector.warehouse_id.lot_stock_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE gateway_binding SET res_id = %s WHERE id IN %s",
            [rows[0].res_id, tuple(rows.ids)],
        )
        self.env.invalidate_all()
        found = self.connector.check_connection()
        self.assertEqual((False, True), (found["ok"], found["usable"]))
        self.assertIn("would be offered twice", found["problems"][-1])

    def test_no_step_goes_on_before_the_connection_is_checked(self):
        for name in ("flows_chosen", "review", "reviewed", "trial", "go"):
            with self.assertRaisesRegex(UserError, "check the connection"):
                getattr(self.connector, f"action_{name}")()

    def test_only_a_manager_sets_up(self):
        self.connector.state = "ready"
        operator = self.connector.with_user(self.people["operator"])
        for name in ("flows_chosen", "review", "go"):
            with self.assertRaises(AccessError):
                getattr(operator, f"action_{name}")()

    def test_the_sale_price_list_is_another_one_in_the_same_currency_and_company(self):
        lists = self.env["product.pricelist"]
        own, sales = lists.create([{"name": "Shop"}, {"name": "Sales"}])
        currencies = self.env["res.currency"].with_context(active_test=False)
        foreign = currencies.search([("id", "!=", own.currency_id.id)], limit=1)
        foreign.active = True
        abroad = lists.create({"name": "Abroad", "currency_id": foreign.id})
        other = self.env["res.company"].create({"name": "Other"})
        theirs = lists.create({"name": "Theirs", "company_id": other.id})
        self.connector.write({"pricelist_id": own.id, "sale_pricelist_id": sales.id})
        for regular, sale, said in (
            (own, own, "is its price list. Choose another"),
            (sales, sales, "is its price list. Choose another"),
            (own, abroad, f"«Abroad» is in {foreign.name}"),
            (lists, abroad, f"Choose a list in {own.currency_id.name}"),
            (own, theirs, "Theirs"),
        ):
            values = {"pricelist_id": regular.id, "sale_pricelist_id": sale.id}
            with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                self.connector.write(values)
            self.assertIn(said, str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(self.connector.sale_pricelist_id, sales)

    def test_no_price_list_is_chosen_while_prices_are_synced(self):
        sales = self.env["product.pricelist"].create({"name": "Sales"})
        run = self.env["gateway.run"].create({"connector_id": self.connector.id})
        flow = {"connector_id": self.connector.id, "entity": "price", "direction": "import"}
        flow = run.flow_ids.create({**flow, "run_id": run.id, "sequence": 1, "state": "reading"})
        with self.assertRaisesRegex(UserError, "when the run is over"):
            self.connector.sale_pricelist_id = sales
        flow.state = "done"
        self.connector.sale_pricelist_id = sales

    def test_a_run_that_failed_over_prices_does_not_go_on_with_them_under_another_list(self):
        """It would end with a watermark behind prices that it read by the other list."""
        lists = self.env["product.pricelist"].create([{"name": "Sales"}, {"name": "Others"}])
        run = self.env["gateway.run"].create({"connector_id": self.connector.id, "state": "failed"})
        flow = {"connector_id": self.connector.id, "run_id": run.id, "direction": "import"}
        prices, stock = run.flow_ids.create(
            [
                {**flow, "entity": "price", "sequence": 1, "state": "failed", "pages_read": 1},
                {**flow, "entity": "stock", "sequence": 2, "state": "failed", "pages_read": 1},
            ]
        )
        self.connector.sale_pricelist_id = lists[0]
        self.assertEqual(("cancelled", "failed"), (prices.state, stock.state))
        run.state, prices.state = "running", "waiting"
        with self.assertRaisesRegex(UserError, "when the run is over"):
            self.connector.sale_pricelist_id = lists[1]
