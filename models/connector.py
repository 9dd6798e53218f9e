from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.platforms import platform, platforms
from .entity_models import MAPS
from .terms import term


class GatewayConnector(models.Model):
    """One configured system: one company, one workspace, one language, one integration user."""

    _name = "gateway.connector"
    _description = "Gateway Connector"
    _inherit = ["mail.thread", "mail.activity.mixin", "gateway.own.company"]
    _order = "name"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    platform = fields.Selection(
        lambda self: [(item.name, item.label) for item in platforms()],
        required=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    workspace_id = fields.Many2one(
        "gateway.workspace",
        required=True,
        check_company=True,
        default=lambda self: self._default_workspace(),
    )
    state = fields.Selection(
        [("draft", "Draft"), ("ready", "Ready"), ("paused", "Paused")],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
        help="Ready: the connection was checked and answers. Paused: nothing runs.",
    )
    pause_reason = fields.Char(readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users",
        string="Integration user",
        required=True,
        default=lambda self: self._default_user(),
        tracking=True,
        help="All records are read and written with this user's access rights.",
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
    )
    connection_ids = fields.One2many("gateway.connection", "connector_id")
    credential_ids = fields.One2many(
        related="connection_ids.entry_ids",
        readonly=False,
        string="Credentials",
        groups="gateway_ng.group_manager",
    )
    health = fields.Json(readonly=True, copy=False)
    account = fields.Char(string="Connected to", compute="_compute_health_text")
    problems = fields.Text(compute="_compute_health_text")
    checked = fields.Datetime(string="Checked at", readonly=True, copy=False)
    system = fields.Char(
        readonly=True,
        copy=False,
        help="The shop's own permanent id: the shop whose records are bound here.",
    )
    is_identified = fields.Boolean(
        readonly=True,
        copy=False,
        help="The shop at the address as it is now was asked which one it is.",
    )

    strategy = fields.Selection(
        [
            ("last_write_wins", "The running direction's source wins"),
            ("source_priority", "One side wins"),
        ],
        required=True,
        default="last_write_wins",
        tracking=True,
        help="Who wins where both sides changed a field and no rule matches.",
    )
    priority = fields.Selection(
        [("odoo", "Odoo"), ("remote", "The shop")], required=True, default="odoo", tracking=True
    )
    rule_ids = fields.One2many("gateway.conflict.rule", "connector_id", string="Conflict rules")
    location_ids = fields.One2many(
        "gateway.binding",
        "connector_id",
        string="Locations",
        domain=[("entity", "=", "location")],
        context={"default_entity": "location", "default_res_model": "stock.location"},
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        default=lambda self: self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        ),
        help="Orders without a mapped location are shipped from here.",
    )
    team_id = fields.Many2one("crm.team", string="Sales team", check_company=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Holds variant prices that list price and attribute extras can't express.",
    )
    sale_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Sale price list",
        check_company=True,
        help="Its items are the shop's sales, with their dates; without one, sales are neither "
        "read nor written.",
    )
    order_confirm = fields.Boolean(
        string="Confirm orders", default=True, help="Otherwise orders arrive as quotations."
    )
    create_taxes = fields.Boolean(
        string="Create taxes",
        default=True,
        help="A tax of the shop that Odoo has not got is created as a sales tax.",
    )
    shipping_product_id = fields.Many2one(
        "product.product",
        string="Shipping product",
        domain=[("type", "=", "service")],
        help="On the lines for shipping.",
    )
    overlap = fields.Integer(
        string="Overlap (seconds)",
        default=120,
        help="Each read of the shop begins this long before its watermark; records seen again are "
        "recognised as unchanged.",
    )
    max_attempts = fields.Integer(
        default=5, help="So often a page is tried again when the shop does not answer."
    )

    queue_limit = fields.Integer(
        string="Queue limit",
        default=5000,
        help="With so many pages waiting to be settled the connector is paused.",
    )
    run_ids = fields.One2many("gateway.run", "connector_id")
    last_run_id = fields.Many2one("gateway.run", string="Last run", compute="_compute_numbers")
    last_run_state = fields.Selection(
        lambda self: self.env["gateway.run"]._fields["state"]._description_selection(self.env),
        string="Result",
        compute="_compute_numbers",
    )
    run_count = fields.Integer(string="Runs", compute="_compute_numbers")
    dead_letter_count = fields.Integer(string="Dead letters", compute="_compute_numbers")
    conflict_count = fields.Integer(string="Conflicts", compute="_compute_numbers")
    binding_count = fields.Integer(string="Bindings", compute="_compute_numbers")

    _name_unique = models.Constraint(
        "UNIQUE (company_id, name)", "A company's connectors have different names."
    )
    _system_unique = models.UniqueIndex(
        "(platform, system) WHERE system IS NOT NULL", "A shop is synced by one connector."
    )

    # -- compute and defaults

    def _default_user(self):
        """Whoever sets it up; OdooBot, who is above all access rights, is nobody's choice."""
        if self.env.uid == SUPERUSER_ID:
            return self.env.ref("base.user_admin", raise_if_not_found=False)
        return self.env.user

    def _default_workspace(self):
        found = self.env["gateway.workspace"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        return found or self.env["gateway.workspace"].sudo().create(
            {"name": self.env._("Main"), "company_id": self.env.company.id}
        )

    def _compute_numbers(self):
        def counts(model, domain):
            grouped = self.env[model]._read_group(
                [("connector_id", "in", self.ids), *domain], ["connector_id"], ["__count"]
            )
            return {connector.id: count for connector, count in grouped}

        letters = counts("gateway.dead.letter", [("state", "=", "open")])
        conflicts = counts("gateway.conflict", [("state", "=", "open")])
        bindings = counts("gateway.binding", [("entity", "not in", MAPS)])
        runs = self.env["gateway.run"]._read_group(
            [("connector_id", "in", self.ids), ("dry_run", "=", False)],
            ["connector_id"],
            ["id:max"],
        )
        latest = {connector.id: run for connector, run in runs}
        run_counts = counts("gateway.run", [])
        for connector in self:
            connector.dead_letter_count = letters.get(connector.id, 0)
            connector.conflict_count = conflicts.get(connector.id, 0)
            connector.binding_count = bindings.get(connector.id, 0)
            connector.run_count = run_counts.get(connector.id, 0)
            run = self.env["gateway.run"].browse(latest.get(connector.id))
            run = run.with_prefetch(latest.values())
            connector.update({"last_run_id": run.id, "last_run_state": run.state})

    @api.depends("health")
    def _compute_health_text(self):
        for connector in self:
            health = connector.health or {}
            known = [health[key] for key in ("account", "version") if health.get(key)]
            connector.account = ", ".join(known)
            said = (term(self.env, text) for text in health.get("problems", []))
            connector.problems = "\n".join(said)

    @api.onchange("platform")
    def _onchange_platform(self):
        """The credential form of the platform, to be filled in before the first save."""
        if self._origin:
            return
        lines = []
        if self.platform:
            lines = self.env["gateway.connection"]._form_of(platform(self.platform))
        self.credential_ids = [
            fields.Command.clear(),
            *(fields.Command.create(line) for line in lines),
        ]

    @api.model_create_multi
    def create(self, vals_list):
        entered = [values.get("credential_ids") or [] for values in vals_list]
        vals_list = [
            {name: value for name, value in values.items() if name != "credential_ids"}
            for values in vals_list
        ]
        connectors = super().create(vals_list)
        connections = (
            self.env["gateway.connection"]
            .sudo()
            .create([{"connector_id": connector.id} for connector in connectors])
        )
        connections._fill_form()
        for connection, commands in zip(connections, entered, strict=True):
            connection._take_entered(commands)
        return connectors

    def copy_data(self, default=None):
        """Settings only: credentials are entered anew, for another shop is another connection."""
        copied = super().copy_data(default)
        for connector, values in zip(self, copied, strict=True):
            if "name" not in (default or {}):
                values["name"] = self.env._("%s (copy)", connector.name)
        return copied

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        """The integration user is of the company, under access rights, and no stronger than whoever
        names it: naming it is using its rights. Who manages users may name anyone."""
        me = self.env.user  # constraints run with su: who writes is only told by the uid
        may_name_anyone = me.id == SUPERUSER_ID or me.has_group("base.group_erp_manager")
        for connector in self:
            user = connector.user_id
            if user.id == SUPERUSER_ID:
                raise ValidationError(
                    self.env._(
                        "%s is above all access rights and can't be an integration user; make a "
                        "user with the Sales and Inventory roles it needs.",
                        user.name,
                    )
                )
            more = user.all_group_ids - me.all_group_ids
            if more and not may_name_anyone and user != me:
                raise ValidationError(
                    self.env._(
                        "%(user)s may do more than you (%(groups)s), so only somebody who manages "
                        "users can make it the integration user.",
                        user=user.name,
                        groups=", ".join(more[:5].mapped("full_name")),
                    )
                )
            if connector.company_id not in connector.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "The integration user %(user)s does not belong to %(company)s.",
                        user=connector.user_id.name,
                        company=connector.company_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_bound(self):
        """Its bindings are the only record of which order is which: without them a new connector
        would bring every order a second time."""
        for connector in self:
            if connector._has_records():
                raise UserError(
                    self.env._(
                        "%s knows which records of the shop and of Odoo belong together, and that "
                        "would be lost: archive it instead.",
                        connector.name,
                    )
                )

    # -- actions

    def action_sync(self):
        """Start a run of everything in both directions and show it."""
        self.ensure_one()
        run = self.run_sync()
        return run._action_form()

    def action_pause(self):
        why = self.env._("by %s", self.env.user.name)
        self.write({"state": "paused", "pause_reason": why})
        return True

    def action_resume(self):
        self.write({"state": "ready", "pause_reason": False})
        return True
