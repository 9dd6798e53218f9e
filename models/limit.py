"""Requests a second that all workers share: a row says when the next request may go."""

from datetime import timedelta

from odoo import api, fields, models

from ..lib.http import TransportError
from .turns import in_turn

#: A job waits no longer for its turn (jobs are HTTP requests); it comes back later instead.
LONGEST = 10.0
RATE_HELP = "Of all workers together; 0 is no limit but the shop's own."


class GatewayLimit(models.Model):
    """When the next request of a connector or a workspace may go.

    A row of its own (docs/decisions/012-limits.md): connectors are not written by every request.
    `name` is the owner's: it may be younger than the row's last reader.
    """

    _name = "gateway.limit"
    _description = "Gateway Limit"

    name = fields.Char(required=True)
    next_free = fields.Datetime(required=True)

    _name_unique = models.Constraint("UNIQUE (name)", "A limit has one row.")

    @api.model
    def _reserve(self, rates):
        """Seconds until a request may go, its place taken; None where that is too long and no place
        was taken. `rates`: name → requests a second, all of which hold."""
        names = sorted(rates)
        steps = [1.0 / rates[name] for name in names]

        def reserve(cr):
            cr.execute(
                "INSERT INTO gateway_limit (name, next_free) SELECT unnest(%s),"
                " now() AT TIME ZONE 'UTC' ON CONFLICT (name) DO NOTHING",
                (names,),
                log_exceptions=False,
            )
            cr.execute(
                "SELECT greatest(0, extract(epoch FROM max(next_free) - clock_timestamp()"
                " AT TIME ZONE 'UTC')) FROM (SELECT next_free FROM gateway_limit"
                " WHERE name = ANY(%s) ORDER BY name FOR UPDATE) AS held",
                (names,),
                log_exceptions=False,
            )
            wait = float(cr.fetchone()[0])
            if wait > LONGEST:
                return None
            cr.execute(
                "UPDATE gateway_limit l SET next_free = clock_timestamp() AT TIME ZONE 'UTC'"
                " + make_interval(secs => %s + v.step) FROM unnest(%s, %s) AS v(name, step)"
                " WHERE l.name = v.name",
                (wait, names, steps),
            )
            return wait

        return in_turn(self.env.registry, reserve)

    @api.autovacuum
    def _gc_idle(self):
        old = fields.Datetime.now() - timedelta(days=1)
        self.sudo().search([("next_free", "<", old)]).unlink()


class SharedLimit:
    """`lib.http.Limiter` over the rows; sleeps with no transaction open but the caller's."""

    def __init__(self, limits, rates, clock):
        self._limits = limits
        self._rates = rates
        self._clock = clock

    def acquire(self):
        wait = self._limits._reserve(self._rates)
        if wait is None:
            raise TransportError("the connector's limit of requests is used up", sent=False)
        if wait:
            self._clock.sleep(wait)
