from odoo import models
from odoo.exceptions import UserError

from .demo_traces import DemoTraces
from .entity_models import MAPS

#: What the gateway itself keeps of a connector's work, the referring before the referred to.
KEPT = (
    "gateway.dead.letter",
    "gateway.conflict",
    "gateway.change",
    "gateway.watermark",
    "gateway.run",
)


class GatewayConnector(models.Model):
    """The end of a demo: its shop begun anew, or all of it gone."""

    _inherit = "gateway.connector"

    def action_reset_demo(self):
        """The shop as it was at first, nothing of the old one in Odoo, and a first sync again."""
        self._check_demo()
        traces = self._remove_demo_traces(keep_places=True)
        self._demo_shop()._seed_anew(self._clock())
        self.run_sync()
        return self._told_of(traces, self.env._("The demo shop begins anew"), "soft_reload")

    def action_remove_demo(self):
        """Connector, shop, history and every record that came from it, as if it had never been."""
        self._check_demo()
        traces = self._remove_demo_traces()
        shop, workspace = self._demo_shop(), self.sudo().workspace_id
        began = self.create_date
        self.unlink()
        shop.unlink()
        if workspace.create_date == began and not workspace.connector_ids:
            workspace.unlink()  # made along with the demo
        # By way of the server: the web client takes the help of an action for markup only then.
        anew = self.env["ir.model.data"]._xmlid_to_res_id("gateway_ng.action_connectors_anew")
        action = {"type": "ir.actions.server", "id": anew}
        if traces.left:
            action = self.env["gateway.demo.left"]._keep(traces.left)
        return self._told_of(traces, self.env._("The demo shop is removed"), action)

    def _check_demo(self):
        self.ensure_one()
        self.check_access("unlink")
        if not self.is_demo:
            raise UserError(self.env._("%s is no demo shop.", self.name))

    def _demo_shop(self):
        shops = self.env["gateway.demo.shop"].sudo()
        return shops.search([("key", "=", self.sudo().connection_ids.demo_shop)])

    def _remove_demo_traces(self, keep_places=False):
        """Take away what the demo's runs made in Odoo, and the runs."""
        known = self.sudo()
        known.run_ids.filtered(lambda run: run.state in ("queued", "running"))._close("cancelled")
        warehouses = self.env["stock.warehouse"].sudo()
        if not keep_places:
            warehouses = warehouses.browse(known.connection_ids.demo_warehouses or []).exists()
        traces = DemoTraces(known.with_company(self.company_id), warehouses)
        traces.remove()
        known._forget_demo_history()
        return traces

    def _forget_demo_history(self):
        """Runs with their jobs, and the mapping versions that only they used."""
        mine = [("connector_id", "=", self.id)]
        versions = self.run_ids.flow_ids.mapping_version_id
        jobs = self.env["queue.job"].search([("model_name", "=", "gateway.run")])
        runs = self.run_ids
        jobs.filtered(lambda job: job.records and job.records <= runs).unlink()
        self.env["gateway.binding"].search([*mine, ("entity", "not in", MAPS)]).unlink()
        for name in KEPT:
            self.env[name].search(mine).unlink()
        used = self.env["gateway.flow"].search([("mapping_version_id", "in", versions.ids)])
        (versions - used.mapping_version_id).unlink()

    def _told_of(self, traces, title, then):
        message = self.env._("Nothing of it is left in Odoo.")
        if traces.stays:
            message = self.env._(
                "Something else uses these, so they stay, and what was not sent of orders is "
                "cancelled: %s",
                "; ".join(traces.stays),
            )
        after = then if isinstance(then, dict) else {"type": "ir.actions.client", "tag": then}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": message,
                "type": "warning" if traces.stays else "success",
                "sticky": bool(traces.stays),
                "next": after,
            },
        }
