from odoo import models

#: What screens listen to for runs that move on; each company has its own.
CHANNEL = "gateway_runs"


class IrWebsocket(models.AbstractModel):
    """Who may listen to the gateway's runs: those with a role, of their own companies."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        if CHANNEL in channels:
            channels = [channel for channel in channels if channel != CHANNEL]
            user = self.env.user if self.env.uid else None
            if user and user.has_group("gateway_ng.group_viewer"):
                channels += [(company, CHANNEL) for company in user.company_ids]
        return super()._build_bus_channel_list(channels)
