from odoo import models


class GatewayPage(models.Model):
    """What the list of connectors asks of pages: read how much since midnight."""

    _inherit = "gateway.page"

    _settled_index = models.Index("(connector_id, write_date) WHERE state = 'settled'")


class GatewayFlow(models.Model):
    """What schedules ask of flows: begun when."""

    _inherit = "gateway.flow"

    _begun_index = models.Index("(connector_id, entity, direction, started)")
