from odoo import api, fields, models

from ..lib.errors import GatewayError


class GatewayConnector(models.Model):
    """Trying a connection: credentials, rights, and the places of the shop."""

    _inherit = "gateway.connector"

    def check_connection(self):
        """Try the credentials and the rights; keeps and returns what was found, as a dict."""
        self.ensure_one()
        self.env["gateway.run"]._check_operator()
        try:
            health = self._remote_endpoint().check()
            own = self._odoo_endpoint().check()
            found = {
                "ok": health.ok and own.ok,
                "account": health.account,
                "version": health.version,
                "problems": [*health.problems, *own.problems],
                "missing": list(health.missing),
                "hidden": list(health.hidden),
                "clock_skew": round(health.clock_skew, 1),
                "locations": dict(health.locations),
            }
        except GatewayError as error:
            found = {"ok": False, "problems": [str(error)]}
        known = self.sudo()
        known.write({"health": found, "checked": fields.Datetime.now()})
        if found["ok"] and self.state == "draft":
            known.state = "ready"
        known._map_locations(found.get("locations") or {})
        return found

    def action_check_connection(self):
        found = self.check_connection()
        title = self.env._("The shop answers") if found["ok"] else self.env._("Not yet")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": " ".join([found.get("account") or "", *found["problems"]]),
                "type": "success" if found["ok"] else "danger",
                "sticky": not found["ok"],
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.private
    def gateway_locations(self):
        """Odoo location id → remote location id, of the location map."""
        return {
            int(binding.odoo_id): binding.remote_id
            for binding in self.sudo().location_ids
            if binding.odoo_id and binding.remote_id
        }

    def _map_locations(self, locations):
        """A line for each of the shop's locations, for a person to say where it is in Odoo; the
        connector's warehouse is proposed where the shop has just one."""
        known = {binding.remote_id for binding in self.location_ids}
        stock = self.warehouse_id.lot_stock_id
        fresh = [remote for remote in locations if remote not in known]
        rows = self.env["gateway.binding"].create(
            [
                {
                    "connector_id": self.id,
                    "entity": "location",
                    "remote_id": remote,
                    "res_model": "stock.location",
                }
                for remote in fresh
            ]
        )
        if len(locations) == 1 and rows:
            rows.location_id = stock
