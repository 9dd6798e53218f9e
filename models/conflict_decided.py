from collections import defaultdict
from datetime import timezone

from odoo import models

from ..lib.merge import BY_HAND, SOURCE_OF
from .moments import moment_text
from .why import AGREED, won_text


class GatewayBinding(models.Model):
    """Why is it so? A change that came of a conflict says who decided it, and when: what is carried
    to the side that lost is no mere edit of the other one."""

    _inherit = "gateway.binding"

    def _decisions(self, names, labels):
        """{(binding id, list, element, field): its resolved conflicts, the latest first}."""
        ids = [*self.mapped("remote_id"), *self.mapped("odoo_id")]
        conflicts = self.env["gateway.conflict"].search(
            [
                ("connector_id", "in", self.connector_id.ids),
                ("source_id", "in", [id_ for id_ in ids if id_]),
                ("state", "=", "resolved"),
                ("rule", "!=", AGREED),
                ("run_id", "!=", False),
            ]
        )
        found = defaultdict(list)
        sides = {
            (one.connector_id, one.entity, way, one[f"{side}_id"]): one
            for one in self
            for way, side in SOURCE_OF.items()
        }
        for conflict in conflicts:
            place = (conflict.connector_id, conflict.entity, conflict.direction, conflict.source_id)
            binding = sides.get(place)
            if binding:
                for name in conflict.field_names.split(", "):
                    row = (binding.connector_id, conflict.direction, name, conflict.entity)
                    found[(binding.id, *self._labels(*row, names, labels))].append(conflict)
        return found

    def _why_decided(self, conflicts, run, before):
        """Who decided the last of `conflicts` that the change of `run` came of; nothing where it
        came of none. `before`: the run that had changed the field before."""
        told = [one for one in conflicts if (before or 0) < one.run_id.id <= (run or 0)]
        # The run that carried out what a person had decided kept a line of its own about it.
        by_person = [one for one in told if one.decided_by_id]
        return (by_person or told)[0]._decided_text() if told else ""


class GatewayConflict(models.Model):
    _inherit = "gateway.conflict"

    def _decided_text(self):
        """Who won and why; of what a person decided, who and when."""
        if self.rule != BY_HAND:
            return self.won_text
        who = self.sudo().decided_by_id.name or self.env._("A person")
        when = moment_text(self.env, self.write_date.replace(tzinfo=timezone.utc))
        told = won_text(self.env, self.winner, self.rule, self.direction, who)
        return self.env._("%(told)s, on %(when)s", told=told, when=when)
