from collections import defaultdict
from datetime import timezone
from functools import cache

from odoo import models

from ..lib.merge import BY_HAND, OPPOSITE, SOURCE_OF
from .binding_history import CARRIED
from .moments import moment_text
from .why import AGREED, why_text, won_text


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


class GatewayChange(models.Model):
    """The same on the change itself, as its record's page says it."""

    _inherit = "gateway.change"

    def _why_texts(self, names):
        """{change: {field: why it was written, in words}}"""
        texts = {
            change: {
                name: why_text(self.env, reason, change.direction)
                for name, reason in (change.reasons or {}).items()
            }
            for change in self
        }
        carried = self.filtered(
            lambda one: one.run_id and not one.is_planned and _carried(one.reasons)
        )
        for change, conflicts in carried._conflicts_by_people().items():
            texts[change] |= change._texts_of_people(conflicts, names)
        return texts

    def _conflicts_by_people(self):
        """{change: conflicts of its record that a person decided}"""
        if not self:
            return {}
        ids = [*self.mapped("source_id"), *self.mapped("target_id")]
        conflicts = self.env["gateway.conflict"].search(
            [
                ("connector_id", "in", self.connector_id.ids),
                ("source_id", "in", [id_ for id_ in ids if id_]),
                ("decided_by_id", "!=", False),
                ("run_id", "!=", False),
            ]
        )
        found = {}
        for change in self:
            ids = {change.direction: change.source_id, OPPOSITE[change.direction]: change.target_id}
            mine = conflicts.filtered(
                lambda one, change=change, ids=ids: (
                    one.connector_id == change.connector_id
                    and one.entity == change.entity
                    and one.source_id == ids[one.direction]
                )
            )
            if mine:
                found[change] = mine
        return found

    def _texts_of_people(self, conflicts, names):
        """{field: who decided it, and when} of those that came of one of `conflicts`."""
        bindings = self.env["gateway.binding"]
        labels = cache(lambda connector, entity: connector._labels_of(entity))
        earlier = self.search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("entity", "=", self.entity),
                ("direction", "=", self.direction),
                ("source_id", "=", self.source_id),
                ("id", "<", self.id),
                ("outcome", "in", ("created", "updated")),
                ("run_id.dry_run", "=", False),
            ]
        )

        def place(direction, name):
            row = self.connector_id, direction, name, self.entity
            return bindings._labels(*row, names, labels)

        texts = {}
        for name in _carried(self.reasons):
            mine = [
                one
                for one in conflicts
                for field in one.field_names.split(", ")
                if place(one.direction, field) == place(self.direction, name)
            ]
            before = earlier.filtered(lambda one, name=name: name in (one.field_changes or {}))
            if text := bindings._why_decided(mine, self.run_id.id, before[:1].run_id.id):
                texts[name] = text
        return texts


def _carried(reasons):
    """The fields that may have come of a conflict."""
    return [name for name, reason in (reasons or {}).items() if name and reason in CARRIED]


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
