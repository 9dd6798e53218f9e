from odoo import api, models
from odoo.tools import SQL

from ..lib.errors import GONE_BEGINS
from .entity_models import PART_OF


class GatewayDeadLetter(models.Model):
    """Letters of what the shop has no longer, such as the level of a variant that was deleted."""

    _inherit = "gateway.dead.letter"

    @api.model
    def _close_gone(self, connector):
        """Close the letters of `connector` that wait for a deletion to be settled, where it is."""
        owners = self._open_gone(connector)._owners()
        settled = self.browse()
        for owner in self._gone_of(connector, owners):
            settled |= owners[owner]
        if settled:
            why = self.env._("It was deleted in the shop, which is settled.")
            settled._close("discarded", "gone", discard_reason=why)

    @api.model
    def _open_gone(self, connector, entity=None):
        """Open letters of `connector` that say that their record is gone from the shop."""
        return self.search(
            [
                ("connector_id", "=", connector.id),
                ("direction", "=", "export"),
                ("state", "=", "open"),
                ("remedy", "=like", f"{GONE_BEGINS}%"),
                *([("entity", "=", entity)] if entity else []),
            ]
        )

    def _owners(self):
        """{(entity, Odoo key) of the record that each belongs to, or is: letters}"""
        return self.grouped(
            lambda letter: (
                PART_OF.get(letter.entity, letter.entity),
                letter.source_id.partition("@")[0],
            )
        )

    def _give_up_as_gone(self):
        why = self.env._("It is no longer in the shop; the next import carries its deletion over.")
        self._close("discarded", "gone", discard_reason=why)

    @api.model
    def _gone_of(self, connector, owners):
        """Those (entity, Odoo key) that were bound and are not any more, or whose product is not,
        in one query."""
        if not owners:
            return []
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT b.entity, b.odoo_id FROM gateway_binding b LEFT JOIN gateway_binding p"
                " ON b.entity = 'variant' AND p.entity = 'product'"
                " AND p.connector_id = b.connector_id AND p.remote_id = b.parent_remote_id"
                " WHERE b.connector_id = %s AND b.entity = ANY(%s) AND b.odoo_id = ANY(%s)"
                " GROUP BY 1, 2"
                " HAVING bool_and(b.state = 'gone' OR COALESCE(p.state = 'gone', false))",
                connector.id,
                [entity for entity, _id in owners],
                [odoo_id for _entity, odoo_id in owners],
            )
        )
        return [row for row in rows if row in owners]
