from odoo import models

#: What screens listen to for runs that move on; each workspace has its own.
CHANNEL = "gateway_runs"


class IrWebsocket(models.AbstractModel):
    """Who may listen to the gateway's runs: those with a role, of their own workspaces."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        if CHANNEL in channels:
            channels = [channel for channel in channels if channel != CHANNEL]
            user = self.env.user if self.env.uid else None
            if user and user.has_group("gateway_ng.group_viewer"):
                spaces = self.env["gateway.workspace"].with_user(user)
                own = spaces.with_context(allowed_company_ids=user.company_ids.ids).search([])
                channels += [(workspace, CHANNEL) for workspace in own]
        return super()._build_bus_channel_list(channels)
