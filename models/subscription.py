import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from ..lib.errors import GatewayError, StopRun
from .work import UnitOfWork

_logger = logging.getLogger(__name__)

#: A shop is asked no more often than this whether it still delivers.
EVERY = timedelta(hours=1)


class GatewaySubscription(models.Model):
    """One topic that the shop delivers here, as it was when the shop was asked last."""

    _name = "gateway.subscription"
    _description = "Gateway Webhook Subscription"
    _order = "connector_id, topic"
    _rec_name = "topic"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True, index=True)
    remote_id = fields.Char(required=True, string="The shop's id")
    topic = fields.Char(required=True)
    #: With the token in it, so nobody's to read.
    url = fields.Char(required=True, groups=NO_ACCESS)
    is_active = fields.Boolean(string="Delivers", help="Off: the shop has switched it off.")
    repaired = fields.Datetime(help="When it was made, or switched on again, last.")

    _topic_unique = models.Constraint(
        "UNIQUE (connector_id, url, topic)", "A topic is told to an address once."
    )


class GatewayConnector(models.Model):
    """The shop's subscriptions: made, checked, repaired, and removed where nobody wants them."""

    _inherit = "gateway.connector"

    subscription_ids = fields.One2many(
        "gateway.subscription", "connector_id", string="Subscriptions", copy=False
    )
    webhooks_checked = fields.Datetime(string="Webhooks checked at", readonly=True, copy=False)
    webhooks_error = fields.Char(string="Webhooks are off", readonly=True, copy=False)

    @api.model
    def _cron_webhooks(self):
        """Ask each shop once in a while whether it still delivers. Never raises."""
        due = self.sudo()._with_webhooks_due()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for connector in due:
            try:
                connector._look_after_webhooks(UnitOfWork(self.env, own=True))
            except Exception:  # logged; the other connectors are not to suffer
                self.env.cr.rollback()
                _logger.exception("Gateway: could not look after webhooks of %s", connector.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _with_webhooks_due(self):
        """Those not asked for long, and those that have subscriptions nobody wants; not paused
        ones, nor copies, which ask nothing at all."""
        before = fields.Datetime.now() - EVERY
        found = self._of_all().filtered(
            lambda one: (
                (one.is_webhook_on and one.active and one.state == "ready")
                or (one.subscription_ids and not (one.is_webhook_on and one.active))
            )
        )
        return found.filtered(
            lambda one: (
                not one.is_copied and (not one.webhooks_checked or one.webhooks_checked <= before)
            )
        )

    def _look_after_webhooks(self, work):
        """Make the shop deliver to this address and to no older one of this connector.

        What had to be repaired left a gap: an ordinary run reads it, from the watermarks on.
        """
        self.ensure_one()
        try:
            remote = self._remote_endpoint()
            if self.is_webhook_on and self.active:
                self._subscribe(work, remote)
            self._unsubscribe_others(work, remote)
        except GatewayError as error:
            with work.unit():
                self.write(
                    {
                        "webhooks_error": self._redactor().text(str(error)),
                        "webhooks_checked": fields.Datetime.now(),
                    }
                )

    def _subscribe(self, work, remote):
        url = self._checked_webhook_url()
        work.commit()  # no transaction is open while the shop is asked
        found = remote.subscribe(url)
        with work.unit():
            is_first = not self.subscription_ids.sudo().filtered(lambda row: row.url == url)
            self._keep_subscriptions(url, found)
            mended = [one.topic for one in found if one.repaired]
            if mended:
                self._read_gap(mended, is_first)

    def _keep_subscriptions(self, url, found):
        now = fields.Datetime.now()
        rows = {row.topic: row for row in self.subscription_ids.sudo() if row.url == url}
        for one in found:
            values = {"remote_id": one.id, "is_active": one.active}
            if one.repaired:
                values["repaired"] = now
            row = rows.pop(one.topic, None)
            if row:
                row.write(values)
            else:
                place = {"connector_id": self.id, "topic": one.topic, "url": url}
                self.env["gateway.subscription"].sudo().create({**place, **values})
        for row in rows.values():
            row.unlink()
        off = [one.topic for one in found if not one.active]
        error = off and self.env._("The shop does not deliver %s.", ", ".join(off))
        self.write({"webhooks_error": error or False, "webhooks_checked": now})

    def _read_gap(self, topics, is_first):
        """Start a run of what is imported: what happened while nobody told may never be told."""
        if not is_first:
            told = self._for_chatter()
            told.message_post(
                body=told.env._(
                    "The shop had stopped to deliver %s. It was subscribed to again, and what was "
                    "missed is read now.",
                    ", ".join(topics),
                )
            )
        runs = self.env["gateway.run"]
        busy = self.env["gateway.schedule"]._busy(self)
        flows = [flow for flow in self._flows_on("import") if flow not in busy]
        if flows and self._is_live():
            runs._start(self, flows, False)._enqueue()

    def _unsubscribe_others(self, work, remote):
        """Remove what is delivered to an address that is not this connector's any more."""
        kept = self._webhook_url() if self.is_webhook_on and self.active else None
        for url, rows in self.subscription_ids.sudo().grouped("url").items():
            if url != kept:
                work.commit()
                remote.unsubscribe(url)
                with work.unit():
                    rows.unlink()
        if kept is None:
            self.write({"webhooks_error": False, "webhooks_checked": False})

    # -- the end of a connector

    def unlink(self):
        """Its subscriptions go once its end is committed: the shop is called by no transaction."""
        farewells = self._farewells()
        done = super().unlink()
        for farewell in farewells:
            self.env.cr.postcommit.add(farewell)
        return done

    def _farewells(self):
        """For each address that a shop delivers to: what stops it, made while credentials are."""
        found = []
        for connector in self.sudo():
            urls = set(connector.subscription_ids.mapped("url"))
            try:
                remote = connector._remote_endpoint() if urls else None
            except StopRun as error:
                _logger.warning("Gateway: webhooks of %s stay: %s", connector.id, error)
                continue
            found += [_farewell(remote, url, connector.id) for url in urls]
        return found


def _farewell(remote, url, name):
    def say():
        try:
            remote.unsubscribe(url)
        except GatewayError as error:  # the shop gives up by itself after some failures
            _logger.warning("Gateway: webhooks of connector %s stay: %s", name, error.cause)

    return say


def uninstall_hook(env):
    """No shop goes on delivering to an address that nobody answers. A shop that can't be reached
    does not stop the uninstallation."""
    for farewell in env["gateway.connector"]._of_all()._farewells():
        farewell()
