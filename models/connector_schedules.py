from odoo import api, fields, models
from odoo.exceptions import UserError

#: What *Go* gives to flows without a schedule, where the settings name nothing else.
DEFAULT_CRON = "*/15 * * * *"
#: What *Go* gives to flows that read everything each time, since nothing tells them what changed.
BLIND = {("market_price", "import"): "0 4 * * *"}
CRON_PARAMETER = "gateway_ng.default_cron"


class GatewayConnector(models.Model):
    """Which entities a connector syncs, in which directions, and when."""

    _inherit = "gateway.connector"

    schedule_ids = fields.One2many(
        "gateway.schedule",
        "connector_id",
        string="Schedules",
        help="Entities and directions of this connector, and when each of them is synced.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        connectors = super().create(vals_list)
        connectors._fill_schedules()
        return connectors

    def check_connection(self):
        found = super().check_connection()
        self._fill_schedules()
        return found

    def _fill_schedules(self):
        """A line for each flow that is mapped and has none yet; new ones are on."""
        rows = []
        for connector in self.sudo():
            known = {(line.entity, line.direction) for line in connector.schedule_ids}
            flows = connector._mapped_flows()
            rows += [
                {
                    "connector_id": connector.id,
                    "sequence": position,
                    "entity": entity,
                    "direction": direction,
                }
                for position, (entity, direction) in enumerate(flows)
                if (entity, direction) not in known
            ]
        self.env["gateway.schedule"].sudo().create(rows)

    def _flows_to_run(self, entities=None, direction="both"):
        """Those of the mapped flows that are switched on."""
        flows = super()._flows_to_run(entities, direction)
        lines = self.sudo().schedule_ids.filtered(lambda line: not line.is_on)
        off = {(line.entity, line.direction) for line in lines}
        left = [flow for flow in flows if flow not in off]
        if flows and not left:
            raise UserError(
                self.env._(
                    "%s is switched off: see «What to sync» on the connector.",
                    ", ".join(line.display_name for line in lines),
                )
            )
        return left

    def _schedule_all(self):
        """The default schedule for every flow that is on and has none."""
        parameters = self.env["ir.config_parameter"].sudo()
        cron = parameters.get_param(CRON_PARAMETER) or DEFAULT_CRON
        lines = self.sudo().schedule_ids.filtered(lambda line: line.is_on and not line.cron)
        for daily, of_it in lines.grouped(_blind).items():
            of_it.with_context(gateway_given=True).write({"cron": daily or cron})


def _blind(line):
    return BLIND.get((line.entity, line.direction))
