"""Any past on both sides: a plan writes nothing, foretells the sync, and applied is that sync."""

import random
import re

from odoo.tests import tagged

from .demo_shop_case import count
from .test_plan import PlanCase

#: Each once foretold something else: stock of new products, of deleted ones and of cancelled orders
#: (alone, and beside new ones), and a deletion that a rule left to a person.
SEEDS = (2, 4, 12, 25)
#: Outcomes that say what was looked at.
QUIET = ("unchanged", "filtered")
EDITS = 14  # on both sides together, between the first sync and the plan
WINNERS = ("odoo", "remote", "newest", "ask")
#: What rules may be made about; some overlap.
PATTERNS = ("*", "product.*", "*.name", "product.product.*", "res.partner.*", "*title")


class Past:
    """Edits that people make on both sides; `seed` says which."""

    def __init__(self, case, seed):
        self.case = case
        self.reader = case.reader
        self.env = case.env
        self.chance = random.Random(seed)
        self.made = 0
        bound = {entity: case.bindings(entity).sorted("id") for entity in ("product", "customer")}
        self.products = bound["product"].mapped("remote_id")
        self.people = bound["customer"].mapped("remote_id")

    def rules(self):
        """Who wins where both sides changed something."""
        values = {"connector_id": self.case.connector.id}
        self.env["gateway.conflict.rule"].create(
            [
                {
                    **values,
                    "pattern": self.chance.choice(PATTERNS),
                    "winner": self.chance.choice(WINNERS),
                }
                for _rule in range(self.chance.randint(0, 3))
            ]
        )

    def happen(self):
        """What was done, in words; every kind of edit may come more than once, or never."""
        names = [name for name in dir(type(self)) if name.startswith(("shop_", "odoo_"))]
        done = []
        for name in self.chance.choices(names, k=EDITS):
            self.case.clock.sleep(self.chance.randint(1, 90))
            self.made += 1
            getattr(self, name)()
            done.append(name)
        self.reader.shop.store.changed()
        self.env.flush_all()
        return done

    def handle(self):
        """A product of the shop that is still there."""
        there = {one["id"]: one["handle"] for one in self.reader.table("Product")}
        return there[self.chance.choice([id_ for id_ in self.products if id_ in there])]

    def sku(self):
        return self.chance.choice(sorted(self.reader.variants()))

    def person(self):
        return self.chance.choice(self.people)

    def template(self):
        return self.case.bound("product", self.chance.choice(self.products))

    def variant(self):
        variants = self.template().product_variant_ids  # none of an archived one
        return self.chance.choice(variants) if variants else variants

    def amount(self):
        return f"{self.chance.randint(1, 40)}.{self.chance.choice(('00', '50', '99'))}"

    # -- in the shop

    def shop_renames(self):
        self.reader.edit("title", product=self.handle(), title=f"Shop's {self.made}")

    def shop_describes(self):
        text = f"<p>Shop's words {self.made}</p>"
        self.reader.edit("product", product=self.handle(), set={"descriptionHtml": text})

    def shop_prices(self):
        self.reader.edit("price", sku=self.sku(), price=self.amount())

    def shop_adds(self):
        self.reader.add_product(f"New in shop {self.made}", {"S": f"NS-{self.made}"}, "9.00")

    def shop_deletes(self):
        self.reader.edit("delete", product=self.handle())

    def shop_sells(self):
        buyer = self.chance.choice((None, self.person()))
        self.reader.edit("sell", sku=self.sku(), quantity=self.chance.randint(1, 3), customer=buyer)

    def shop_cancels(self):
        there = [one["id"] for one in self.reader.table("Order") if not one["cancelledAt"]]
        self.reader.edit("cancel", order=self.chance.choice(there))

    def shop_edits_a_person(self):
        name = self.chance.choice(("firstName", "lastName", "note"))
        self.reader.edit("customer", customer=self.person(), set={name: f"Shop's {self.made}"})

    def shop_gains_a_person(self):
        self.reader.add_customer("New", f"Buyer {self.made}", f"buyer{self.made}@example.org")

    # -- in Odoo

    def odoo_renames(self):
        self.template().name = f"Odoo's {self.made}"

    def odoo_describes(self):
        self.template().description = f"<p>Odoo's words {self.made}</p>"

    def odoo_prices(self):
        self.template().list_price = float(self.amount())

    def odoo_adds(self):
        self.case.make_product(f"New in Odoo {self.made}", f"NO-{self.made}", ("M",))

    def odoo_weighs(self):
        self.variant().weight = self.chance.randint(1, 9)

    def odoo_archives(self):
        self.template().active = False

    def odoo_counts(self):
        variant = self.variant()
        if variant.is_storable:
            count(variant, self.case.warehouses[0], self.chance.randint(0, 50))

    def odoo_edits_a_person(self):
        person = self.case.bound("customer", self.person())
        person.write({self.chance.choice(("name", "comment")): f"Odoo's {self.made}"})


@tagged("post_install", "-at_install")
class TestRandomPlans(PlanCase):
    def test_a_plan_of_any_past_foretells_the_sync_and_applied_is_that_sync(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), self.env.cr.savepoint() as before:
                self.check(seed)
                before.rollback()
            self.back(self._state["store"])

    def check(self, seed):
        past = Past(self, seed)
        past.rules()
        done = " ".join(past.happen())
        self.note_variants()
        self.clock.sleep(60)
        self.look_for_deletes()
        shop, business, kept = self.shop.dump()["store"], self.business(), self.kept()
        plan = self.connector.run_sync(dry_run=True, wait=True)
        self.env.invalidate_all()
        self.assertEqual(shop["tables"], self.shop.dump()["store"]["tables"], done)
        self.assertEqual(business, self.business(), done)
        self.assertEqual(kept, self.kept(), done)
        with self.env.cr.savepoint() as planned:
            real = self.connector.run_sync(wait=True)
            expected = self.lines(real)
            planned.rollback()
        self.back(shop)
        self.assert_same(expected, self.lines(plan), f"plan: {done}")
        self.assert_same(expected, self.lines(self.apply(plan)), f"apply: {done}")

    def note_variants(self):
        """Those that the shop has, and the newest one of Odoo."""
        there = {one["id"] for one in self.reader.table("ProductVariant")}
        bound = self.bindings("variant").filtered(lambda one: one.remote_id in there)
        self.in_shop = set(bound.mapped("odoo_id"))
        variants = self.env["product.product"].with_context(active_test=False)
        self.newest = variants.search([], order="id desc", limit=1).id

    def look_for_deletes(self):
        """It is due, and all is bound for longer than this transaction."""
        self.env["gateway.watermark"].search([]).swept = False
        self.env.flush_all()
        older = "UPDATE gateway_binding SET create_date = create_date - interval '1 day'"
        self.env.cr.execute(older)

    def back(self, store):
        self.shop.store.restore(store)
        self.shop.store.last_order_number = store["orders"]
        self.env.registry.clear_cache()
        self.env.invalidate_all()

    def lines(self, run):
        """What is written or left to a person, in order; of what is created only which fields, for
        what is made twice has not the same ids."""
        self.env.invalidate_all()
        found = []
        for one in self.env["gateway.change"].search([("run_id", "=", run.id)]):
            if one.outcome in QUIET or self.is_made_by_shop(one):
                continue
            what = one.field_changes or {}
            if one.outcome == "created":
                what = sorted(re.sub(r"\[.*]", "", name) for name in what)
            id_ = re.sub("plan-[0-9a-f]+|[0-9]+(?=@)", self.known, one.source_id)
            if one.outcome == "held":
                what = one.reasons
            found.append(f"{one.entity} {one.direction} {id_} {one.outcome} {what}")
        return sorted(found)

    def is_made_by_shop(self, change):
        """A new product's level at the shop's first location, which no plan can know of."""
        first = f"@{self.warehouses[0].lot_stock_id.id}"
        to_shop = (change.entity, change.direction) == ("stock", "export")
        variant = change.source_id.partition("@")[0]
        return to_shop and change.source_id.endswith(first) and variant not in self.in_shop

    def known(self, id_):
        """A variant's id where there was one before the plan."""
        return id_[0] if id_[0].isdigit() and int(id_[0]) <= self.newest else "new"

    def assert_same(self, expected, found, done):
        lines = [f"- {line[:200]}" for line in sorted({*expected} - {*found})]
        lines += [f"+ {line[:200]}" for line in sorted({*found} - {*expected})]
        self.assertFalse(lines, "\n".join([done, *lines]))
