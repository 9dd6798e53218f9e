"""The client's components by themselves, in Hoot."""

from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestUnits(HttpCase):
    def test_every_component_test_passes(self):
        """The runner's success is no proof if it found nothing: it says how many passed."""
        found = []
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=30000&filter=@gateway_ng",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )
        self.assertFalse(found)
