"""The client's components by themselves, in Hoot."""

import re

from odoo.tests import HttpCase, tagged
from odoo.tools import file_open, file_path

FILES = (
    "change_graph",
    "credential_field",
    "dashboard",
    "mapping_editor",
    "mapping_field",
    "rule_pattern",
    "run_progress",
    "runs",
    "why",
)


@tagged("post_install", "-at_install")
class TestUnits(HttpCase):
    def test_every_component_test_passes(self):
        """The runner also succeeds with no test at all: so many pass as stand in the files."""
        written = 0
        for name in FILES:
            path = file_path(f"gateway_ng/static/tests/unit/{name}.test.js")
            with file_open(path) as file:
                written += len(re.findall(r"^test\(", file.read(), re.MULTILINE))
        with self.assertLogs("odoo.addons.gateway_ng.tests.test_js", "INFO") as logs:
            self.browser_js(
                "/web/tests?headless&loglevel=2&preset=desktop&timeout=30000&filter=%22@gateway_ng%22",
                "",
                "",
                login="admin",
                timeout=300,
                success_signal="[HOOT] Test suite succeeded",
            )
        (passed,) = re.findall(r"Passed (\d+) tests", "\n".join(logs.output))
        self.assertEqual(written, int(passed))
