"""Letters that wait for what is found by a key go by themselves; a retry by the mapping of then;
too many of them pause the connector where that is wanted."""

from odoo.tests import tagged

from odoo.addons.gateway_ng.lib.demoshop import edit, sell

from .test_privacy import MAIL, OTHER, PrivacyCase

STATE = {
    "state_id": {
        "MAPTO": "note",
        "type": "reference",
        "reference": {"lookup": "res.country.state", "key": "code", "required": True},
    }
}


@tagged("post_install", "-at_install")
class TestLettersThatWait(PrivacyCase):
    def setUp(self):
        super().setUp()
        for customer, state in ((self.person, "DE-ZZ"), (self.other, "DE-BY")):
            edit(self.shop, "customer", {"customer": customer["id"], "set": {"note": state}})
        self.layer = self.override("customer", record=STATE)

    def state(self, code):
        country = self.env.ref("base.de")
        known = self.env["res.country.state"].search(
            [("country_id", "=", country.id), ("code", "=", code)]
        )
        return known or known.create({"name": code, "code": code, "country_id": country.id})

    def leave_behind(self, record):
        """No read from the watermark on comes by the record any more."""
        record["updatedAt"] = "2020-01-01T00:00:00Z"
        self.shop.store.changed()

    def test_one_that_waits_for_a_code_goes_by_itself_once_there_is_one_and_not_before(self):
        self.state("BY")
        self.sync("customer")
        letter = self.letters(state="open")
        self.assertEqual(
            ("reference", "DE-ZZ", 1), (letter.cause, letter.waits_id, letter.attempts)
        )
        self.assertEqual(OTHER, self.contact(self.other).email)
        self.leave_behind(self.person)
        self.sync("customer")
        self.assertEqual(("open", 1), (letter.state, letter.attempts), "not tried in vain")
        self.state("ZZ")
        run = self.sync("customer")
        self.assertEqual(("resolved", 1), (letter.state, run.count_created), letter.error)
        self.assertEqual(MAIL, self.contact(self.person).email)

    def test_one_that_waits_for_a_tax_goes_once_the_tax_has_its_rule(self):
        self.layer.unlink()
        self.sync("customer")
        self.connector.create_taxes = False
        placed = sell(self.shop, "MUG-1", 1, customer=self.other["id"])
        (line,) = placed["lineItems"]
        line["taxLines"] = [{**line["taxLines"][0], "title": "Moon tax", "rate": 0.0431}]
        line["taxLines"][0]["priceSet"] = "1.00"
        freight = sum(float(one["discountedPriceSet"]) for one in placed["shippingLines"])
        for one in placed["shippingLines"]:
            one["taxLines"] = []
        placed["totalPriceSet"] = f"{float(line['originalTotalSet']) + freight + 1:.2f}"
        placed["totalTaxSet"] = "1.00"
        self.shop.store.changed()
        self.sync("order")
        letter = self.letters(state="open")
        self.assertEqual("undecided", letter.cause, letter.error)
        self.assertIn("rule", letter.next_try)
        self.leave_behind(placed)
        self.sync("order")
        self.assertEqual(("open", 1), (letter.state, letter.attempts))
        tax = self.env["account.tax"].create({"name": "Moon", "amount": 4.31})
        action = letter.action_propose_tax_rule()["context"]
        self.env["gateway.tax.rule"].with_context(**action).create(
            {"tax_id": tax.id, "name_pattern": "Moon*"}
        )
        self.sync("order")
        self.assertEqual("resolved", letter.state, letter.error)

    def test_a_retry_takes_the_mapping_of_now_or_that_of_then(self):
        self.state("BY")
        self.sync("customer")
        letter = self.letters(state="open").with_user(self.people["operator"])
        then = letter.mapping_version_id
        self.assertTrue(then)
        self.assertFalse(letter.is_mapped_anew)
        self.layer.unlink()
        letter.invalidate_recordset()
        self.assertTrue(letter.is_mapped_anew)
        letter.action_retry_as_then()
        self.assertEqual(
            ("open", 2, then), (letter.state, letter.attempts, letter.mapping_version_id)
        )
        self.assertIn("DE-ZZ", letter.error)
        letter.action_retry()
        self.assertEqual("resolved", letter.state, letter.error)

    def test_at_the_limit_of_letters_the_connector_pauses_and_says_so(self):
        self.sync("customer")
        self.assertEqual("ready", self.connector.state, "0: never")
        self.connector.letter_pause = 2
        edit(self.shop, "customer", {"customer": self.other["id"], "set": {"note": "DE-YY"}})
        self.sync("customer")
        self.assertEqual("paused", self.connector.state)
        self.assertIn("Dead letters that wait: 2", self.connector.pause_reason)
        self.assertIn("Paused", self.connector.message_ids[0].body)
