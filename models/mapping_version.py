import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.mapping import parse, to_text
from .mapping import compiled
from .watermark import DIRECTIONS
from .wording import entities


class GatewayMappingVersion(models.Model):
    """One effective document, by its content hash, with the layers each part came from. Runs keep
    the version they used."""

    _name = "gateway.mapping.version"
    _description = "Gateway Mapping Version"
    _rec_name = "version"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True)
    version = fields.Char(required=True, index=True)
    platform = fields.Selection(
        lambda self: self.env["gateway.mapping"]._platforms(), required=True
    )
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    document = fields.Text(required=True)
    connector_ids = fields.Many2many(
        "gateway.connector", string="Connectors", help="Those that it held for."
    )
    provenance = fields.Json(help="Place in the document → the layer it came from")

    _version_unique = models.Constraint(
        "UNIQUE (version, platform, entity, direction, company_id)", "A version is kept once."
    )

    @api.model
    def _keep(self, connector, entity, direction):
        """The version that applies to a flow now, kept; empty where nothing maps it."""
        document = self.env["gateway.mapping"]._effective(connector, entity, direction)
        if document is None:
            return self.browse()
        key = [
            ("version", "=", document.version),
            ("platform", "=", connector.platform),
            ("entity", "=", entity),
            ("direction", "=", direction),
            ("company_id", "=", connector.company_id.id),
        ]
        kept = self.sudo().search(key, limit=1)
        if not kept:
            self._insert(
                {name: value for name, _equals, value in key}
                | {
                    "document": to_text(document.document),
                    "provenance": json.dumps(dict(document.provenance)),
                }
            )
            kept = self.sudo().search(key, limit=1)
        if connector not in kept.connector_ids:
            kept.connector_ids = [fields.Command.link(connector.id)]
        return kept

    def _insert(self, values):
        """Past the ORM, which tells the log of the whole document when another worker keeps the
        same version at this moment; this one begins anew then, and finds it."""
        columns = {**values, "create_uid": self.env.uid, "write_uid": self.env.uid}
        now = self.env.cr.now()
        columns |= {"create_date": now, "write_date": now}
        self.env.cr.execute(
            SQL(
                "INSERT INTO gateway_mapping_version (%s) VALUES %s ON CONFLICT DO NOTHING",
                SQL(", ").join(map(SQL.identifier, columns)),
                tuple(columns.values()),
            ),
            log_exceptions=False,
        )

    def _compiled(self):
        self.ensure_one()
        return compiled(self.version, self.document)

    def _parsed(self):
        self.ensure_one()
        return parse(self.document)
