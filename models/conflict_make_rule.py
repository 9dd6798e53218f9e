from odoo import models

from ..lib import elements
from ..lib.merge import RECORD


class GatewayConflict(models.Model):
    """From one conflict to a rule for all that come."""

    _inherit = "gateway.conflict"

    def action_make_rule(self):
        """A new rule, filled in with the conflict's field and, once decided, its winner."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rule for %s", self.fields_text),
            "res_model": "gateway.conflict.rule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_connector_id": self.connector_id.id,
                "default_pattern": self._pattern(),
                "default_winner": self.winner if self.winner != "ask" else "odoo",
                # The first rule that matches decides: behind the one that held this conflict it
                # would never come to decide.
                "default_sequence": min([10, *self.connector_id.rule_ids.mapped("sequence")]) - 1,
            },
        }

    def _pattern(self):
        """«model.field» as rules match it: of the model that the running direction writes."""
        document = self.env["gateway.mapping"]._effective(
            self.connector_id, self.entity, self.direction
        )
        model = document.document["model"] if document else "*"
        name = next(iter(self._shown()))
        return f"{model}.*" if name == RECORD else f"{model}.{elements.spec_path(name)}"
