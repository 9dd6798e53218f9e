"""What jobs write into a connector's chatter is in the language of who reads it."""

from odoo.tests import tagged

from .shop_case import ShopCase


@tagged("post_install", "-at_install", "gateway")
class TestChatterLanguage(ShopCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.person = self.people["operator"]
        self.person.lang = "de_DE"
        self.connector.responsible_id = self.person
        self.add_product("Mug", "MUG-1")
        self.check_and_map()

    def told(self):
        return self.connector.message_ids.sorted("id")[-1:].body

    def failed(self):
        """What the chatter says of a run of a job that failed."""
        run = self.connector.run_sync(["product"], "import")
        self.connector.connection_ids.set_values({"client_secret": "wrong"})
        run._drive_inline()
        self.assertEqual("failed", run.state)
        return self.told()

    def test_a_failed_sync_is_told_as_the_person_responsible_reads(self):
        self.assertIn("Synchronisation fehlgeschlagen: ", self.failed())

    def test_without_a_person_it_is_told_as_the_connector_reads(self):
        self.connector.write({"responsible_id": False, "lang": "fr_FR"})
        self.assertIn("Échec de la synchronisation", self.failed())

    def test_a_pause_is_told_so_too(self):
        self.connector._pause("…")
        self.assertIn("Pausiert: …", self.told())

    def test_what_the_guard_keeps_is_told_so_too(self):
        run = self.sync("product")
        run.flow_ids[:1]._guard(7, 9, 2)
        self.assertIn("7 von 9 (Produkt)", self.told())
