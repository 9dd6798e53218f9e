from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.platforms import platform
from .terms import term
from .wording import told_of

STEPS = [
    ("credentials", "Credentials"),
    ("flows", "What to sync"),
    ("review", "First match"),
    ("trial", "Dry run"),
    ("done", "Live"),
]


class GatewayConnector(models.Model):
    """Setting a connector up, step by step, until it goes by itself."""

    _inherit = "gateway.connector"

    setup_step = fields.Selection(
        STEPS, string="Setup", required=True, default="credentials", copy=False, readonly=True
    )
    credentials_where = fields.Html(compute="_compute_credentials_where", sanitize=False)
    missing_scopes = fields.Char(
        compute="_compute_missing_scopes", help="What the shop does not allow its app to do."
    )

    def _creation_message(self):
        """On its own page, «Gateway» says nothing."""
        return self.env._("Connector created")

    @api.depends("platform")
    @api.depends_context("lang")
    def _compute_credentials_where(self):
        """Where each credential is found, for who has the shop's own pages open beside Odoo."""
        for connector in self:
            form = platform(connector.platform).to_connect() if connector.platform else ()
            lines = [
                (term(self.env, item.label), term(self.env, item.help))
                for item in form
                if item.help
            ]
            connector.credentials_where = Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % told_of(self.env, Markup("<b>%s</b>") % label, help_)
                for label, help_ in lines
            )

    @api.depends("health")
    def _compute_missing_scopes(self):
        for connector in self:
            connector.missing_scopes = ", ".join((connector.health or {}).get("missing", []))

    def check_connection(self):
        found = super().check_connection()
        if found["usable"] and self.setup_step == "credentials":
            self.sudo().setup_step = "flows"
        return found

    # -- steps

    def action_flows_chosen(self):
        """Entities and directions are chosen; where stock goes has to be clear by now."""
        self._check_step()
        flows = self._flows_to_run()
        if any(entity == "stock" for entity, _way in flows) and not self.gateway_locations():
            raise UserError(
                self.env._(
                    "Say under «Locations» where the shop's locations are in Odoo, or choose "
                    "nobody as the stock authority."
                )
            )
        self.setup_step = "review"
        return True

    def action_reviewed(self):
        self._check_step()
        self.setup_step = "trial"
        return True

    def _go_live(self):
        """Every flow that is on gets a schedule, and the first run starts at once."""
        self._check_step()
        self._end_plans_of_setup()
        self.setup_step = "done"
        self._schedule_all()
        action = self.action_sync()
        self._tell_live(self.env[action["res_model"]].browse(action["res_id"]))
        return action

    def action_setup_again(self):
        """Back to the choice of entities and directions; what is scheduled goes on."""
        self._check_step()
        self.sudo().setup_plan_id = False
        self.setup_step = "flows"
        return True

    def _check_step(self):
        self.ensure_one()
        self.check_access("write")
        if self.state == "draft":
            raise UserError(
                self.env._("%s is not connected yet: check the connection first.", self.name)
            )
