import hashlib
import hmac
import logging
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ..lib.errors import GatewayError, Refused

_logger = logging.getLogger(__name__)

PATH = "/gateway/webhook"
#: What a switch of these has the subscriptions looked after at once, not at the next hour.
SWITCHES = ("is_webhook_on", "active", "state")


class GatewayConnection(models.Model):
    """The secret part of the address that a shop delivers to."""

    _inherit = "gateway.connection"

    webhook_token = fields.Char(groups=NO_ACCESS, copy=False)
    webhook_digest = fields.Char(groups=NO_ACCESS, copy=False, index="btree_not_null")

    def _new_webhook_token(self):
        self.ensure_one()
        token = secrets.token_urlsafe(32)
        self.sudo().write({"webhook_token": token, "webhook_digest": _digest(token)})

    @api.model
    def _of_webhook_token(self, token):
        """The connection of this token, or none. Found by the token's digest and compared in
        constant time: how long it takes tells nothing of the tokens there are."""
        found = self.sudo().search([("webhook_digest", "=", _digest(token))], limit=1)
        known = (found.webhook_token or "").encode()
        return found if hmac.compare_digest(known, token.encode()) and known else self.browse()


class GatewayConnector(models.Model):
    """Whether a shop tells of its changes, where, and what is believed of it."""

    _inherit = "gateway.connector"

    is_webhook_on = fields.Boolean(
        string="Webhooks",
        copy=False,
        tracking=True,
        help="The shop tells of each change at once, so that it is here within seconds. The "
        "schedules go on and are right without it. Odoo has to be reached by the shop: "
        "web.base.url must be its public address and begin with https://.",
    )
    webhook_url = fields.Char(
        string="Address for the shop",
        compute="_compute_webhook_url",
        groups="gateway_ng.group_manager",
        help="Whoever knows it can knock there, and is believed only with the shop's signature. "
        "Subscriptions are made by themselves; enter it where the platform wants it by hand.",
    )
    webhook_needs = fields.Text(compute="_compute_webhook_hint")
    webhook_hint = fields.Text(compute="_compute_webhook_hint")

    @api.depends("connection_ids", "is_webhook_on")
    def _compute_webhook_url(self):
        for connector in self:
            connector.webhook_url = connector._webhook_url()

    @api.depends("is_webhook_on", "state", "subscription_ids", "webhooks_error")
    @api.depends_context("lang")
    def _compute_webhook_hint(self):
        """What has to be before webhooks can be on, else what is so, or will be by saving."""
        needs = self._webhook_needs()
        for connector in self:
            connector.webhook_needs = needs
            connector.webhook_hint = not needs and connector._webhook_hint()

    def _webhook_hint(self):
        is_saved = self.is_webhook_on == self._origin.is_webhook_on
        if not self.is_webhook_on:
            if not is_saved:
                return self.env._("Save: the shop is told to deliver no more.")
            return self.env._(
                "The shop tells of each change at once, so that it is here within seconds; "
                "schedules go on as they are."
            )
        if self.state != "ready":
            return self.env._("The shop is told the address once the connection is checked.")
        if not is_saved:
            return self.env._(
                "Save: the shop is told the address, and what it will deliver is listed here."
            )
        if self.subscription_ids or self.webhooks_error:
            return False
        return self.env._(
            "The shop is being told the address; what it will deliver is listed here."
        )

    def _webhook_needs(self):
        try:
            self.browse()._checked_webhook_url()
        except Refused as error:
            return self.env._("%(why)s %(remedy)s", why=error.message, remedy=error.remedy)
        return False

    def _webhook_url(self):
        token = self.sudo().connection_ids[:1].webhook_token
        return f"{self._base_url()}{PATH}/{token}" if token else False

    def _base_url(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return (parameters.get_param("web.base.url") or "").rstrip("/")

    def _checked_webhook_url(self):
        """The address to deliver to. Raises Refused where no shop can deliver to it."""
        base = self._base_url()
        if not base.startswith("https://"):
            raise Refused(
                self.env._(
                    "Shops deliver webhooks to https addresses only, and Odoo's is «%s».",
                    base,
                ),
                field="web.base.url",
                remedy=self.env._(
                    "Set the system parameter web.base.url to the public https address of this "
                    "Odoo, and web.base.url.freeze to True; then switch webhooks on."
                ),
            )
        return self._webhook_url()

    def write(self, vals):
        if vals.get("is_webhook_on"):
            self._allow_webhooks()
        switched = any(name in vals for name in SWITCHES)
        if switched:
            vals = {**vals, "webhooks_checked": False}
        done = super().write(vals)
        if switched and any(one.is_webhook_on or one.subscription_ids for one in self):
            self.env.ref("gateway_ng.cron_webhooks").sudo()._trigger()
        return done

    @api.model_create_multi
    def create(self, vals_list):
        connectors = super().create(vals_list)
        connectors.filtered("is_webhook_on")._allow_webhooks()
        return connectors

    def _allow_webhooks(self):
        for connector in self:
            needs = connector._webhook_needs()
            if needs:
                raise UserError(needs)
            if not connector._webhook_url():
                connector.sudo().connection_ids[:1]._new_webhook_token()

    def action_rotate_webhook_token(self):
        """Another address, in case this one was seen: the shop is told the new one, and what comes
        to the old one is not answered from now on."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().connection_ids[:1]._new_webhook_token()
        self.webhooks_checked = False
        self.message_post(body=self.env._("The address for webhooks was changed."))
        self.env.ref("gateway_ng.cron_webhooks").sudo()._trigger()
        return True

    def _redactor(self):
        redactor = super()._redactor()
        redactor.register(self.sudo().connection_ids[:1].webhook_token)
        return redactor

    def _receive(self, headers, body):
        """Keep the events of one delivery; False where it is not believed or not wanted.

        No call to the shop. Where nothing is listened to (archived, webhooks switched off) only
        privacy requests are kept: they have to be answered all the same.
        """
        self.ensure_one()
        try:
            events = self._remote_endpoint().events(headers, body)
        except GatewayError as error:
            text = self._redactor().text(error.message)
            _logger.info("Gateway: a delivery to connector %s is refused: %s", self.id, text)
            return False
        if not (self.active and self.is_webhook_on):
            events = [event for event in events if event.matter in ("forget", "disclose")]
            if not events:
                return False
        if self.env["gateway.event"]._keep(self, events):
            self._call_for_events()
        return True


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
