from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.http import Line, RequestsTransport, RetryPolicy
from .limit import RATE_HELP, SharedLimit


class GatewayConnector(models.Model):
    """How a connector's shop is called: tries, waits, limits, and how much is settled at once."""

    _inherit = "gateway.connector"

    retry_count = fields.Integer(
        string="Retries",
        tracking=True,
        default=4,
        help="So often a request that failed is tried again before its page is put off.",
    )
    retry_base = fields.Float(
        string="First wait (seconds)",
        tracking=True,
        default=1.0,
        help="Before the first retry of a request.",
    )
    retry_factor = fields.Float(
        string="Factor",
        tracking=True,
        default=2.0,
        help="Each wait is that many times the one before it.",
    )
    retry_jitter = fields.Float(
        string="Jitter",
        tracking=True,
        default=0.25,
        help="Waits are shortened by chance, by up to this part of them, so that workers which "
        "failed together do not come back together.",
    )
    request_rate = fields.Float(string="Requests a second", tracking=True, help=RATE_HELP)
    batch_size = fields.Integer(
        string="Records at once",
        tracking=True,
        help="At most so many records are settled in one transaction. 0: what suits the entity, "
        "mostly 250. Smaller ones hold locks for a shorter time, and cost more time in all.",
    )

    @api.constrains("retry_count", "retry_base", "retry_factor", "retry_jitter")
    def _check_retries(self):
        for connector in self:
            if (
                not 0 <= connector.retry_count <= 10
                or not 0 < connector.retry_base <= 60
                or not 1 <= connector.retry_factor <= 10
                or not 0 <= connector.retry_jitter <= 1
            ):
                raise ValidationError(
                    self.env._(
                        "%s: retries are 0 to 10, the first wait up to 60 seconds, the factor 1 to "
                        "10 and the jitter 0 to 1.",
                        connector.name,
                    )
                )

    @api.constrains("request_rate", "batch_size", "overlap", "max_attempts")
    def _check_amounts(self):
        for connector in self:
            if min(connector.request_rate, connector.batch_size, connector.overlap) < 0:
                raise ValidationError(
                    self.env._(
                        "%s: requests a second, records at once and overlap can't be negative.",
                        connector.name,
                    )
                )
            if connector.max_attempts < 1:
                raise ValidationError(self.env._("%s: a page is tried once.", connector.name))

    def _transport(self):
        known = self.sudo()
        policy = RetryPolicy(
            retries=known.retry_count,
            base=known.retry_base,
            factor=known.retry_factor,
            jitter=known.retry_jitter,
        )
        return Line(super()._transport() or RequestsTransport(), policy, known._limiter())

    def _limiter(self):
        """What every request asks first; None where nobody limits this connector."""
        rates = {
            f"{owner._name}:{owner.id}": owner.request_rate
            for owner in (self, self.workspace_id)
            if owner.request_rate > 0
        }
        return SharedLimit(self.env["gateway.limit"], rates, self._clock()) if rates else None

    def _batch_size(self, usual):
        """Records of a page that are settled at once, where `usual` is what suits the entity."""
        return min(usual, self.batch_size) if self.batch_size > 0 else usual
