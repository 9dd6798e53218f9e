"""Connections are checked by themselves: once a day, and sooner where something seems wrong."""

import logging
from datetime import timedelta

from odoo import api, fields, models

from .work import Stale, UnitOfWork

_logger = logging.getLogger(__name__)

#: How long what a check found counts, by whether it was usable, and the pause between two checks.
EVERY, AGAIN, PAUSE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)
#: Connectors that one turn checks; a day is shortened by up to so many minutes, each its own.
AT_ONCE, SPREAD = 5, 120


class GatewayConnector(models.Model):
    """A cron of its own: a shop that is slow to answer keeps no dispatcher from its runs."""

    _inherit = "gateway.connector"

    check_due = fields.Datetime(
        string="Next check",
        readonly=True,
        copy=False,
        help="The connection is checked once a day; each hour while it fails, and soon after a run "
        "has failed.",
    )

    @api.model
    def _cron_check(self):
        """Check the connections whose time has come. Never raises."""
        due = self.sudo()._with_check_due()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for connector in due:
            try:
                connector._check_by_itself(UnitOfWork(self.env, own=True))
            except Stale as error:
                self.env.cr.rollback()
                _logger.info("Gateway: %s", error)
            except Exception:  # logged; the other connectors are not to suffer
                self.env.cr.rollback()
                _logger.exception("Gateway: could not check connector %s", connector.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _with_check_due(self):
        """Those that are live, the longest due first; a few at a time."""
        now = fields.Datetime.now()
        live = [("state", "=", "ready"), ("setup_step", "=", "done")]
        due = ["|", ("check_due", "=", False), ("check_due", "<=", now)]
        found = self.search([*live, *due], order="check_due, id", limit=AT_ONCE)
        return found.filtered(lambda one: not one.is_copied)

    def _check_by_itself(self, work):
        """What cannot be finished is tried again in an hour, not at the next turn."""
        self.ensure_one()
        with work.unit():
            self.check_due = fields.Datetime.now() + AGAIN
        with work.unit():
            self._checked(work.commit)

    def _keep_found(self, found):
        done = super()._keep_found(found)
        wait = EVERY - timedelta(minutes=self.id * 37 % SPREAD) if found["usable"] else AGAIN
        self.check_due = fields.Datetime.now() + wait
        return done

    def _check_soon(self):
        """Have it checked at the cron's next turn, where that was not done a moment ago."""
        now = fields.Datetime.now()
        for connector in self.filtered(lambda one: one.state == "ready"):
            soon = max(now, (connector.checked or now - PAUSE) + PAUSE)
            if not connector.check_due or connector.check_due > soon:
                connector.check_due = soon
                cron = self.env.ref("gateway_ng.cron_check", raise_if_not_found=False)
                if cron:
                    cron.sudo()._trigger(soon)
