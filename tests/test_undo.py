"""A run is taken back: what stands is restored, what was made is archived, nothing comes again."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .shop_case import ShopCase


@tagged("post_install", "-at_install", "gateway")
class TestUndo(ShopCase):
    def setUp(self):
        super().setUp()
        self.products = [self.add_product(f"Mug {n}", f"MUG-{n}") for n in range(3)]
        self.check_and_map()
        self.first = self.sync(direction="both")
        self.templates = self.env["product.template"].search(
            [("default_code", "in", [f"MUG-{n}" for n in range(3)])], order="default_code"
        )

    def retitle(self, *titles):
        for product, title in zip(self.products, titles, strict=True):
            product["title"] = title
            self.shop.store.touch(product)
        return self.sync("product")

    def take_back(self, run):
        undo = self.env["gateway.run"].browse(run.action_undo()["res_id"])
        undo._drive_inline()
        return undo

    def assertQuiet(self):
        run = self.sync(direction="both")
        wrote = run.count_created + run.count_updated + run.count_deleted + run.count_dead
        self.assertFalse(wrote, run.change_ids.mapped("reference"))

    def test_titles_that_stand_are_restored_and_an_edit_since_is_left_and_named(self):
        run = self.retitle("Cup 0", "Cup 1", "Cup 2")
        self.assertEqual(self.templates.mapped("name"), ["Cup 0", "Cup 1", "Cup 2"])
        self.templates[1].name = "Becher"
        undo = self.take_back(run)
        self.assertEqual((undo.state, undo.undoes_id), ("done", run))
        told = f"{run.display_name} is taken back by run #{undo.id}."
        self.assertIn(told, undo.connector_id.message_ids[:1].preview)
        self.assertEqual((undo.count_read, undo.count_updated, undo.count_unchanged), (3, 2, 1))
        self.assertEqual(self.templates.mapped("name"), ["Mug 0", "Becher", "Mug 2"])
        left = undo.change_ids.filtered(lambda change: change.outcome == "unchanged")
        self.assertIn("edited since", left.reasons[""])
        self.sync(direction="both")  # the edit, and nothing else, is carried
        self.assertEqual([p["title"] for p in self.products], ["Cup 0", "Becher", "Cup 2"])
        self.assertQuiet()
        self.assertEqual(self.templates.mapped("name"), ["Mug 0", "Becher", "Mug 2"])
        self.retitle("Jar 0", "Jar 1", "Jar 2")  # the next edit of the shop is carried again
        self.assertEqual(self.templates.mapped("name"), ["Jar 0", "Jar 1", "Jar 2"])

    def test_a_first_sync_is_archived_and_neither_comes_again_nor_goes_out(self):
        undo = self.take_back(self.first)
        self.assertIn(undo.state, ("done", "partial"))
        self.assertFalse(any(self.templates.mapped("active")))
        gone = undo.change_ids.filtered(lambda line: line.outcome == "deleted")
        told = dict(zip(gone.mapped("entity"), gone.mapped("outcome_text"), strict=True))
        self.assertEqual("Archived", told["product"])
        gone[0].entity = "order"
        self.assertEqual("Order cancelled", gone[0].outcome_text)
        self.assertEqual({p["status"] for p in self.products}, {"ACTIVE"})
        self.assertEqual(undo.count_read, sum(undo.flow_ids.mapped("count_read")))
        self.assertQuiet()
        self.assertFalse(any(self.templates.mapped("active")))
        self.assertEqual({p["status"] for p in self.products}, {"ACTIVE"})

    def test_who_may_take_a_run_back_and_which(self):
        run = self.retitle("Cup 0", "Cup 1", "Cup 2")
        with self.assertRaises(AccessError):
            run.with_user(self.people["operator"]).action_undo()
        quiet = self.sync("product")
        with self.assertRaises(UserError):
            quiet.action_undo()
        undo = self.take_back(run)
        again = self.take_back(undo)  # taking back what was taken back brings it again
        self.assertEqual(again.count_updated, 3)
        self.assertEqual(self.templates.mapped("name"), ["Cup 0", "Cup 1", "Cup 2"])
        self.assertQuiet()

    # -- letters of a take-back

    def refused(self, run):
        """The letter of a take-back of `run` whose first title Odoo refused."""
        products = type(self.env["product.template"])
        write = products.write

        def refuse(records, values):
            if values.get("name") == "Mug 0":
                raise ValueError("the name is closed")
            return write(records, values)

        with patch.object(products, "write", refuse):
            self.undone = self.take_back(run)
        (letter,) = self.letters(state="open")
        self.assertEqual(letter.run_id, self.undone)
        return letter

    def test_a_letter_of_a_take_back_is_no_record_to_retry_or_edit(self):
        run = self.retitle("Cup 0", "Cup 1", "Cup 2")
        letter = self.refused(run)
        remedy = f"take run #{run.id} back again"
        self.assertIn(remedy, letter.what_to_do)
        self.assertIn(remedy, letter.next_try)
        retries = "action_retry", "action_retry_as_then", "action_retry_cause", "action_edit"
        for retry in retries:
            with self.assertRaisesRegex(UserError, remedy):
                getattr(letter, retry)()
        self.assertEqual((letter.state, self.templates[0].name), ("open", "Cup 0"))
        self.take_back(run)
        self.assertEqual((letter.state, self.templates[0].name), ("resolved", "Mug 0"))

    def test_letters_of_a_take_back_are_left_out_where_others_are_retried(self):
        run = self.retitle("Cup 0", "Cup 1", "Cup 2")
        letter = self.refused(run)
        other = letter.copy({"source_id": self.products[1]["id"], "run_id": run.id})
        answer = other.action_retry_cause()
        self.assertEqual((letter.state, other.state), ("open", "resolved"))
        self.assertIn(f"take run #{run.id} back again", answer["params"]["message"])
        letter.sudo()._job_retry()  # queued before it was one
        self.assertEqual((letter.state, letter.attempts), ("open", 1))

    def test_letters_of_a_take_back_are_not_retried_by_themselves(self):
        letter = self.refused(self.retitle("Cup 0", "Cup 1", "Cup 2")).sudo()
        bound = self.env["gateway.binding"].search([("entity", "=", "product")], limit=1)
        letter.write({"waits_entity": "product", "waits_id": bound.remote_id})
        flow = self.connector, "product", "import"
        self.assertFalse(letter._arrived(*flow))
        letter.write({"waits_id": "MUG-1", "details": {"name": "product", "key": "default_code"}})
        self.assertFalse(letter._waiting_by_key(*flow))
        self.assertNotIn(letter, letter.search(letter._waits(*flow)))

    def test_a_sync_of_its_record_leaves_the_letter_of_a_take_back(self):
        """Or has a letter of its own, should it fail."""
        run = self.retitle("Cup 0", "Cup 1", "Cup 2")
        letter = self.refused(run)
        self.products[0]["title"] = "Pot 0"
        self.shop.store.touch(self.products[0])
        self.assertEqual(1, self.sync("product").count_updated)
        self.assertEqual(("open", True), (letter.state, letter.is_take_back))
        own = letter.copy({"run_id": run.id})
        self.env.flush_all()
        self.assertEqual(("open", False), (own.state, own.is_take_back))
        self.take_back(run)
        self.assertEqual("open", own.state, "a take-back is no sync of the record")

    def test_who_discards_a_letter_of_a_take_back_does_not_give_its_record_up(self):
        letter = self.refused(self.retitle("Cup 0", "Cup 1", "Cup 2"))
        letter.action_discard("it may stay")
        self.assertEqual((letter.state, letter.is_given_up), ("discarded", False))
