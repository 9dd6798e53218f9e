import logging

from odoo import models
from odoo.exceptions import UserError

from ..lib.elements import spec_path
from ..lib.errors import GatewayError
from ..lib.merge import RECORD
from ..lib.sync import unsent
from .names import Names
from .store import OdooStore
from .wording import element_and_field, entity_label, short_value, told_of
from .work import UnitOfWork

_logger = logging.getLogger(__name__)


class GatewayBinding(models.Model):
    """What of an Odoo record was edited since the shop got it, and when the shop gets that."""

    _inherit = "gateway.binding"

    def _unsent(self, connector):
        """[{"entity", "record", "fields": [{"field", "before", "now", "note"}]}] of these bindings
        of `connector`, as its integration user reads Odoo. `note`: why an edit does not go out."""
        told, flows = [], connector.sudo()._flows_on("export")
        for entity, of_entity in self.grouped("entity").items():
            is_on = (entity, "export") in flows
            version, edits = of_entity._edits(connector, entity) if is_on else (None, {})
            lists = [(connector.id, entity, _pairs(of_one)) for of_one in edits.values()]
            names = Names(self.env, [], {one._odoo_place() for one in of_entity}, lists)
            labels = connector._labels_of(entity) if edits else {}
            held = of_entity._held_groups() if edits else set()
            for binding in of_entity.filtered(lambda one, edits=edits: one.odoo_id in edits):
                anew = binding.sudo()._is_mapped_anew(version)
                mine = edits[binding.odoo_id]
                told.append(
                    {
                        "entity": entity_label(self.env, entity),
                        "record": binding.record_name,
                        "fields": binding._told_edits(mine, names, labels, held, anew),
                    }
                )
        return told

    def _edits(self, connector, entity):
        """(mapping version, {Odoo key: field → edit}); none where the mapping is broken or the shop
        is not known yet: the run's own error tells."""
        if not connector.is_identified:
            return None, {}
        keys = self.filtered(lambda one: one.state == "bound").mapped("odoo_id")
        store = OdooStore(self.sudo().env, connector, None, UnitOfWork(self.env, own=False))
        try:
            version, flow = connector._flow(entity, "export", store)
            records = flow.source.fetch(entity, [key for key in keys if key])
            return version, unsent(flow, list(records))
        except (GatewayError, UserError) as error:
            _logger.info("Gateway: edits of %s are not told: %s", entity, error)
            return None, {}

    def _is_mapped_anew(self, version):
        """Whether the mapping was changed since the record was settled last, where that is known:
        what it makes of a record that nobody edited is then another value, too."""
        flow = self.run_id.flow_ids.filtered(
            lambda one: (one.entity, one.direction) == (self.entity, self.way)
        )[:1]
        then = flow.mapping_version_id if self.way == "export" else flow.back_version_id
        return bool(then) and then != version

    def _held_groups(self):
        """{(binding id, group of linked fields)} that an open conflict holds."""
        conflicts = self.env["gateway.conflict"].search(
            [
                ("connector_id", "in", self.connector_id.ids),
                ("entity", "in", self.mapped("entity")),
                ("state", "=", "open"),
                ("source_id", "in", [*self.mapped("remote_id"), *self.mapped("odoo_id")]),
            ]
        )
        bound = conflicts._bindings()
        return {(bound.get(one._place(), self.browse()).id, one.field_group) for one in conflicts}

    def _note(self, edit, held, anew):
        if (self.id, edit.group) in held or (self.id, RECORD) in held:
            return self.env._("It waits for a decision.")
        if not edit.stays:
            return self.env._("A rule gives it to the shop: the next sync takes it back.")
        if anew:
            return self.env._(
                "The mapping was changed since the last sync, so this may be no edit: then it goes "
                "out when the record is edited, or everything is read."
            )
        return ""

    def _told_edits(self, edits, names, labels, held, anew):
        called = names.called(self.connector_id, self.entity)
        redactor, told = self.connector_id._redactor(), []
        for name, edit in edits.items():
            element, field = element_and_field(self.env, name, None, called)
            field = labels.get(spec_path(name), field)
            pair = redactor.value([edit.before, edit.now])
            before, now = (names.told(None, name, one) for one in pair)
            told.append(
                {
                    "field": told_of(self.env, element, field) if element else field,
                    "before": short_value(before, self.env),
                    "now": short_value(now, self.env),
                    "note": self._note(edit, held, anew),
                }
            )
        return told


def _pairs(edits):
    return {name: [edit.before, edit.now] for name, edit in edits.items()}
