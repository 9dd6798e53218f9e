import logging

from odoo import api, models
from odoo.tools import SQL, split_every

from ..lib.errors import SkipRecord

_logger = logging.getLogger(__name__)

#: Letters that are looked at before one read, and keys that are asked for at once.
AT_MOST, KEYS = 5000, 250


class GatewayDeadLetter(models.Model):
    """Letters that wait for what is found by a key (a SKU, a code, a tax) go by themselves, too."""

    _inherit = "gateway.dead.letter"

    def _arrived(self, connector, entity, direction):
        return [
            *super()._arrived(connector, entity, direction),
            *self._with_their_taxes(connector, entity, direction),
        ]

    @api.model
    def _with_their_taxes(self, connector, entity, direction):
        """Source ids of letters all of whose missing taxes have a rule by now."""
        letters = self.search(
            [
                *self._waits(connector, entity, direction),
                ("cause", "=", "undecided"),
            ],
            order="id",
            limit=AT_MOST,
        )
        return [
            letter.source_id
            for letter in letters
            if (taxes := (letter.details or {}).get("taxes"))
            and all(letter._rule_for(tax) for tax in taxes)
        ]

    @api.model
    def _waits(self, connector, entity, direction):
        return [
            ("connector_id", "=", connector.id),
            ("entity", "=", entity),
            ("direction", "=", direction),
            ("state", "=", "open"),
            ("edited_payload", "=", False),
        ]

    @api.model
    def _waiting_by_key(self, connector, entity, direction):
        """{(name, key): {value: [source ids]}} of letters that wait for a record by a key."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT source_id, details ->> 'name', details ->> 'key', waits_id"
                " FROM gateway_dead_letter WHERE connector_id = %s AND entity = %s"
                " AND direction = %s AND state = 'open' AND edited_payload IS NULL"
                " AND is_take_back IS NOT TRUE"
                " AND waits_id IS NOT NULL AND details ->> 'key' IS NOT NULL ORDER BY id LIMIT %s",
                *(connector.id, entity, direction, AT_MOST),
            )
        )
        waiting = {}
        for source_id, name, key, value in rows:
            waiting.setdefault((name, key), {}).setdefault(value, []).append(source_id)
        return waiting

    @api.model
    def _arrived_by_key(self, waiting, target):
        """Source ids of those whose record the target has by now, exactly once."""
        found = []
        for (name, key), by_value in waiting.items():
            for values in split_every(KEYS, list(by_value), list):
                try:
                    met = list(target.find(name, key, values))
                except SkipRecord as error:  # asked by a mapping that holds no more
                    _logger.info("Gateway: %s by %s can't be looked for: %s", name, key, error)
                    break
                for value in values:
                    if len({id_ for said, id_ in met if said == value}) == 1:
                        found += by_value[value]
        return found
