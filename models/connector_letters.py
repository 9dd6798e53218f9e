from odoo import fields, models


class GatewayConnector(models.Model):
    """With too many dead letters a connector pauses, loudly, where that is wanted."""

    _inherit = "gateway.connector"

    letter_pause = fields.Integer(
        string="Pause at dead letters",
        tracking=True,
        help="With so many open dead letters the connector pauses until somebody resumes it. "
        "0: it goes on, and its health tells of them.",
    )

    def _check_queue(self):
        return super()._check_queue() or self._check_letters()

    def _check_letters(self):
        """Pause where the limit is reached; True when paused."""
        if not self.letter_pause or self.state != "ready":
            return False
        waiting = [("connector_id", "=", self.id), ("state", "=", "open")]
        if self.env["gateway.dead.letter"].search_count(waiting, limit=self.letter_pause) < (
            self.letter_pause
        ):
            return False
        self._pause(
            self.env._(
                "Dead letters that wait: %s. Look through them by cause, mend it, then resume.",
                self.letter_pause,
            )
        )
        return True
