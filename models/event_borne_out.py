from odoo import models
from odoo.tools import SQL

from ..lib.errors import GatewayError, StopRun, is_shut_out


class GatewayEvent(models.Model):
    """What the shop bears out of an event. Only the body of a delivery is signed: whoever recorded
    one can send it again, and under a topic whose bodies look the same."""

    _inherit = "gateway.event"

    def _only_if_refused(self):
        """Those that are carried out only where the shop lets the connector in no more: it was
        disconnected, and everybody is to be forgotten, where that is not left to a person."""
        return self.filtered(
            lambda event: (
                event.matter == "disconnected"
                or (
                    event.matter == "forget"
                    and not event.record_ids
                    and event.connector_id.forget_at_once
                )
            )
        )

    def _done_before(self):
        """Whether the same was asked, and done, before."""
        self.flush_model(["state"])
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM gateway_event e JOIN gateway_event me ON me.id = %s"
                    " WHERE e.connector_id = me.connector_id AND e.id != me.id"
                    " AND e.matter = me.matter AND e.state = 'done'"
                    " AND e.entity IS NOT DISTINCT FROM me.entity"
                    " AND e.record_ids = me.record_ids LIMIT 1",
                    self.id,
                )
            )
        )

    def _are_forgotten(self):
        """Whether all that it names was forgotten, and none of it came back since."""
        named = set(self.record_ids or ())
        found = self.env["gateway.binding"].search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("entity", "=", self.entity),
                ("remote_id", "in", list(named)),
                ("forgotten", "!=", False),
            ]
        )
        return bool(named) and named == set(found.mapped("remote_id"))


class GatewayConnector(models.Model):
    _inherit = "gateway.connector"

    def _ask_if_refused(self, work):
        """Whether the shop refuses this connector's credentials; None where no new event depends on
        it, and nobody was asked."""
        matters = [("matter", "in", ("disconnected", "forget")), ("state", "=", "new")]
        new = self.env["gateway.event"].search([("connector_id", "=", self.id), *matters])
        return self._is_refused(work) if new._only_if_refused() else None

    def _is_refused(self, work):
        """Whether the shop refuses this connector's credentials. One that can't be reached, is
        frozen or locked does not: the next run tells."""
        try:
            remote = self._remote_endpoint()
        except StopRun:  # a copy, or nothing is entered: nobody was asked
            return False
        work.commit()  # no transaction is open while the shop is asked
        try:
            remote.check()
        except GatewayError as error:
            return is_shut_out(error)
        return False
