from odoo import api, models
from odoo.tools import SQL


class GatewayBinding(models.Model):
    """What was agreed on a part of records is forgotten where that part is another thing now."""

    _inherit = "gateway.binding"

    @api.model
    def _forget_parts(self, connectors, entity, part):
        """Take the fields that `part`, a condition on `pair.key`, names out of all bases: both
        sides meet in them anew."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE gateway_binding SET base = ("
                " SELECT jsonb_object_agg(way.key, ("
                "  SELECT coalesce(jsonb_object_agg(pair.key, pair.value), '{}')"
                "  FROM jsonb_each(way.value) pair WHERE NOT (%(part)s)))"
                " FROM jsonb_each(base) way)"
                " WHERE connector_id = ANY(%(connectors)s) AND entity = %(entity)s"
                " AND EXISTS (SELECT FROM jsonb_each(base) way, jsonb_each(way.value) pair"
                "  WHERE %(part)s)",
                part=part,
                connectors=connectors.ids,
                entity=entity,
            )
        )
        self.invalidate_model(["base"])
