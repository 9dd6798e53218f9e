"""Who orders without an account is the order's own contact, and nobody is doubled by it."""

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import sell
from odoo.addons.gateway_ng.lib.demoshop.ids import number
from odoo.addons.gateway_ng.lib.demoshop.seed import CUSTOMER

from .shop_case import ShopCase
from .simulators.woocommerce import customers, orders
from .simulators.woocommerce.times import whole
from .woocommerce_case import WooCommerceCase

ADA = "ada@example.com"
#: One person, as people type: by case and spaces; and by another address of the same box.
SAME = ("Ada@Example.com ", f" {ADA}", "ada+shop@example.com")
FLOWS = ("customer", "order")


class GuestCase:
    """What is the same for every shop; a class says how one orders there."""

    def both(self):
        self.connector._clock().sleep(300)
        run = self.connector.run_sync(list(FLOWS), wait=True)
        self.env.invalidate_all()
        return run

    def sale(self, remote):
        return self.env["gateway.binding"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("entity", "=", "order"),
                ("remote_id", "=", remote),
            ]
        )

    def buyer(self, remote):
        return self.env["sale.order"].browse(self.sale(remote).res_id).partner_id

    def contact(self, remote):
        binding = self.env["gateway.binding"].search(
            [
                ("connector_id", "=", self.connector.id),
                ("entity", "=", "customer"),
                ("remote_id", "=", remote),
            ]
        )
        return self.env["res.partner"].browse(binding.res_id)

    def waiting(self):
        return self.env["gateway.dead.letter"].search(
            [("connector_id", "=", self.connector.id), ("state", "=", "open")]
        )

    def merge(self, kept, *merged):
        """As the wizard does that a person opens on contacts."""
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        for one in merged:
            wizard._merge((kept | one).ids, kept, extra_checks=False)
        self.env.invalidate_all()

    def assert_quiet(self):
        run = self.both()
        counts = (run.count_created, run.count_updated, run.count_dead)
        self.assertEqual((0, 0, 0), counts, self.waiting().mapped("error"))

    def test_guests_of_one_e_mail_stay_their_orders_until_somebody_merges_them(self):
        placed = [self.guest_orders(mail) for mail in SAME]
        self.both()
        self.assertFalse(self.waiting().mapped("error"))
        guests = [self.buyer(one) for one in placed]
        self.assertEqual(3, len({guest.id for guest in guests}))
        self.assertEqual([True] * 3, [guest.gateway_guest for guest in guests])
        self.assertEqual(
            [ADA, ADA, "ada+shop@example.com"], [one.email_normalized for one in guests]
        )
        # who registers later is somebody of their own, once, whatever the guests are called
        account = self.registers(ADA)
        ordered = self.customer_orders(account)
        self.both()
        ada = self.contact(account)
        self.assertFalse(self.waiting().mapped("error"))
        self.assertFalse(ada.gateway_guest)
        self.assertEqual(ada, self.buyer(ordered))
        self.assertNotIn(ada, guests)
        # the shop ties an old order to the account
        self.ties(placed[0], account)
        self.both()
        self.assertEqual(guests[0], self.buyer(placed[0]), "a person merges, not the sync")
        self.assert_quiet()
        # and a person merges them
        self.merge(ada, *guests)
        self.assertEqual({ada}, {self.buyer(one) for one in (*placed, ordered)})
        self.both()
        self.assert_quiet()
        self.assertEqual({ada}, {self.buyer(one) for one in placed})
        self.assertFalse(ada.gateway_guest)
        here = [("email_normalized", "=", ADA), ("parent_id", "=", False)]
        self.assertEqual(ada, self.env["res.partner"].search(here))

    def test_an_e_mail_of_several_contacts_is_for_a_person_and_no_guest_waits_for_it(self):
        mine = self.env["res.partner"].create([{"name": n, "email": ADA} for n in ("Ada", "A.")])
        account = self.registers(ADA.upper())
        ordered = self.customer_orders(account)
        guest = self.guest_orders(ADA)
        self.both()
        self.assertFalse(self.contact(account))
        self.assertFalse(self.buyer(ordered), "it waits for its customer")
        self.assertTrue(self.buyer(guest).gateway_guest)
        self.assertIn("ambiguous", self.waiting().mapped("cause"))
        self.merge(mine[0], mine[1])
        self.waiting().filtered(lambda one: one.cause == "ambiguous").action_retry()
        self.both()
        self.assertFalse(self.waiting().mapped("error"))
        self.assertEqual(mine[0], self.contact(account))
        self.assertEqual(mine[0], self.buyer(ordered))
        self.assertTrue(self.buyer(guest).gateway_guest)
        self.assert_quiet()

    def test_a_guest_without_an_e_mail_has_a_phone_or_a_name_at_least(self):
        self.env["res.partner"].create({"name": "Guest", "phone": "+12025550123"})
        phone = self.guest_orders(None, phone="+12025550123")
        nothing = self.guest_orders(None)
        self.both()
        self.assertFalse(self.waiting().mapped("error"))
        by_phone, nobody = self.buyer(phone), self.buyer(nothing)
        self.assertEqual(
            ("Guest", "+12025550123", True),
            (by_phone.name, by_phone.phone, by_phone.gateway_guest),
        )
        self.assertEqual(
            ("Guest", False, False, True),
            (nobody.name, nobody.email, nobody.phone, nobody.gateway_guest),
        )
        self.assert_quiet()


@tagged("post_install", "-at_install")
class TestGuestsOfShopify(GuestCase, ShopCase):
    allow_inherited_tests_method = True

    def setUp(self):
        super().setUp()
        self.stock_mugs(99)

    def guest_orders(self, mail, phone=None):
        order = sell(self.shop, "MUG-1", 1)
        order.update(email=mail, phone=phone)
        self.shop.store.changed()
        return order["id"]

    def customer_orders(self, account):
        return sell(self.shop, "MUG-1", 1, customer=account)["id"]

    def registers(self, mail):
        who = {"firstName": "Ada", "lastName": "Example", "email": mail, "state": "ENABLED"}
        empty = {"phone": None, "note": None, "tags": [], "addresses": [], "metafields": []}
        return self.shop.store.add("Customer", {**CUSTOMER, **who, **empty})["id"]

    def ties(self, order, account):
        row = self.shop.store.find("Order", order)
        row["customer"] = number(account)
        self.shop.store.touch(row)
        self.shop.store.changed()


@tagged("post_install", "-at_install")
class TestGuestsOfWooCommerce(GuestCase, WooCommerceCase):
    allow_inherited_tests_method = True

    def places(self, **values):
        product = next(row for row in self.rows("products") if row["type"] == "simple")
        lines = [{"product_id": product["id"], "quantity": 1}]
        given = {"line_items": lines, "status": "processing", **values}
        return str(orders.create(self.shop, given)["id"])

    def guest_orders(self, mail, phone=None):
        """The API refuses an e-mail with spaces round it; a checkout of an extension may not."""
        id_ = self.places()
        row = self.row("orders", id=int(id_))
        row["billing"].update(email=mail or "", phone=phone or "")
        return id_

    def customer_orders(self, account):
        return self.places(customer_id=int(account))

    def registers(self, mail):
        given = {"email": mail, "password": "x", "first_name": "Ada", "last_name": "Example"}
        return str(customers.create(self.shop, given)["id"])

    def ties(self, order, account):
        row = self.row("orders", id=int(order))
        row.update(customer=int(account), modified=whole(self.shop.now()))
