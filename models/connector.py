from datetime import datetime, timedelta, timezone

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib.clock import SystemClock
from ..lib.endpoint import Watermark
from ..lib.errors import GatewayError, MappingError, StopRun
from ..lib.merge import OPPOSITE, SOURCE_OF, Strategy
from ..lib.platforms import platform, platforms
from ..lib.sync import Flow
from .endpoint import OdooEndpoint
from .mapping import folder_of, linked
from .token_cache import TokenCache

#: Entities in the order their records refer to each other; imports of all come before exports.
ENTITY_ORDER = ("category", "product", "variant", "customer", "price", "stock", "order")


class GatewayConnector(models.Model):
    """One configured system: one company, one workspace, one language, one integration user."""

    _name = "gateway.connector"
    _description = "Gateway Connector"
    _inherit = ["mail.thread"]
    _order = "name"

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
    order_confirm = fields.Boolean(
        string="Confirm orders", default=True, help="Otherwise orders arrive as quotations."
    )
    create_taxes = fields.Boolean(
        default=True, help="A tax of the shop that Odoo has not got is created as a sales tax."
    )
    shipping_product_id = fields.Many2one(
        "product.product", domain=[("type", "=", "service")], help="On the lines for shipping."
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
        default=5000, help="With so many pages waiting to be settled the connector is paused."
    )
    run_ids = fields.One2many("gateway.run", "connector_id")
    last_run_id = fields.Many2one("gateway.run", compute="_compute_numbers")
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
        bindings = counts("gateway.binding", [])
        runs = self.env["gateway.run"]._read_group(
            [("connector_id", "in", self.ids)], ["connector_id"], ["id:max", "__count"]
        )
        latest = {connector.id: (run, count) for connector, run, count in runs}
        for connector in self:
            connector.dead_letter_count = letters.get(connector.id, 0)
            connector.conflict_count = conflicts.get(connector.id, 0)
            connector.binding_count = bindings.get(connector.id, 0)
            run_id, count = latest.get(connector.id, (False, 0))
            run = self.env["gateway.run"].browse(run_id)
            connector.update(
                {"last_run_id": run.id, "last_run_state": run.state, "run_count": count}
            )

    @api.depends("health")
    def _compute_health_text(self):
        for connector in self:
            health = connector.health or {}
            known = [health[key] for key in ("account", "version") if health.get(key)]
            connector.account = ", ".join(known)
            connector.problems = "\n".join(health.get("problems", []))

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

    # -- actions

    def check_connection(self):
        """Try the credentials and the rights; keeps and returns what was found, as a dict."""
        self.ensure_one()
        self.env["gateway.run"]._check_operator()
        try:
            health = self._remote_endpoint().check()
            own = self._odoo_endpoint().check()
            found = {
                "ok": health.ok and own.ok,
                "account": health.account,
                "version": health.version,
                "problems": [*health.problems, *own.problems],
                "missing": list(health.missing),
                "hidden": list(health.hidden),
                "clock_skew": round(health.clock_skew, 1),
                "locations": dict(health.locations),
            }
        except GatewayError as error:
            found = {"ok": False, "problems": [str(error)]}
        known = self.sudo()
        known.write({"health": found, "checked": fields.Datetime.now()})
        if found["ok"] and self.state == "draft":
            known.state = "ready"
        known._map_locations(found.get("locations") or {})
        return found

    def action_check_connection(self):
        found = self.check_connection()
        title = self.env._("The shop answers") if found["ok"] else self.env._("Not yet")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": " ".join([found.get("account") or "", *found["problems"]]),
                "type": "success" if found["ok"] else "danger",
                "sticky": not found["ok"],
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_sync(self):
        """Start a run of everything in both directions and show it."""
        self.ensure_one()
        run = self.run_sync()
        return run._action_form()

    def action_pause(self):
        self.write({"state": "paused", "pause_reason": self.env.user.name})

    def action_resume(self):
        self.write({"state": "ready", "pause_reason": False})
        self.sudo().run_ids.filtered(lambda r: r.state in ("queued", "running"))._enqueue()

    def run_sync(self, entities=None, direction="both", dry_run=False, wait=False):
        """Start a run and return it.

        `wait=False` queues it: nothing happens before the caller's transaction is committed.
        `wait=True` runs it to its end inside the caller's transaction: nothing of it is committed
        here, so what was written to the shop stays there if the caller rolls back; it is found
        again by its keys at the next run.
        """
        self.ensure_one()
        self.env["gateway.run"]._check_operator()
        if self.state == "paused":
            raise UserError(self.env._("%s is paused; resume it first.", self.name))
        if direction not in ("both", "import", "export"):
            raise UserError(self.env._("The direction is import, export or both."))
        flows = self._flows_to_run(entities, direction)
        if not flows:
            raise UserError(
                self.env._("No mapping says how to sync %s.", ", ".join(entities or ["…"]))
            )
        run = self.env["gateway.run"].sudo()._start(self, flows, dry_run)
        if wait:
            run._drive_inline()
        else:
            run._enqueue()
        return run.with_env(self.env)

    # -- what a run needs

    def _flows_to_run(self, entities=None, direction="both"):
        """[(entity, direction)] that are mapped, imports first, each in order of reference."""
        self.ensure_one()
        names = [path.name.split(".") for path in folder_of(self.platform).glob("*.*.json")]
        mapped = {(entity, way) for entity, way, _json in names}
        mappings = self.env["gateway.mapping"].sudo()
        own = mappings.search(mappings._domain_of(self))
        mapped |= {(mapping.entity, mapping.direction) for mapping in own}
        unknown = set(entities or ()) - {entity for entity, _way in mapped}
        if unknown:
            raise UserError(
                self.env._(
                    "No mapping for %(unknown)s; there is one for %(known)s.",
                    unknown=", ".join(sorted(unknown)),
                    known=", ".join(sorted({entity for entity, _way in mapped})),
                )
            )
        ways = ("import", "export") if direction == "both" else (direction,)
        return [
            (entity, way)
            for way in ways
            for entity in ENTITY_ORDER
            if (entity, way) in mapped and (not entities or entity in entities)
        ]

    def _integration_env(self):
        """The environment all business records are read and written in."""
        self.ensure_one()
        user = self.user_id
        return self.env(
            user=user.id,
            su=False,
            context={
                "lang": self.lang,
                "tz": user.tz or "UTC",
                "allowed_company_ids": [self.company_id.id],
            },
        )

    def _odoo_endpoint(self, reads=None, edge=None):
        return OdooEndpoint(self._integration_env(), self.sudo(), reads, edge)

    def _clock(self):
        """Time, waiting and chance of the remote client and the pipeline; tests give their own."""
        return SystemClock()

    def _remote_endpoint(self, trace=None):
        self.ensure_one()
        known = platform(self.platform)
        connection = self.sudo().connection_ids[:1]
        values = connection._values() if connection else {}
        names = {item.name for item in known.credential_form}
        credentials = {name: value for name, value in values.items() if name in names}
        settings = {name: value for name, value in values.items() if name not in names and value}
        return known.connect(
            credentials,
            settings,
            clock=self._clock(),
            trace=trace,
            cache=TokenCache(connection),
        )

    def _check_queue(self):
        """Pause loudly rather than read on while nobody settles what is read."""
        waiting = self.env["gateway.page"].search_count(
            [("connector_id", "=", self.id), ("state", "!=", "settled")], limit=self.queue_limit
        )
        if waiting >= self.queue_limit:
            reason = self.env._("%s pages wait to be settled", waiting)
            self.write({"state": "paused", "pause_reason": reason})
            raise StopRun(
                reason,
                cause="unknown",
                remedy="See that a job runner settles them; then resume the connector and the run.",
            )

    def _strategy(self):
        return Strategy(self.rule_ids.as_rules(), self.strategy, self.priority)

    @api.private
    def gateway_locations(self):
        """Odoo location id → remote location id, of the location map."""
        return {
            int(binding.odoo_id): binding.remote_id
            for binding in self.sudo().location_ids
            if binding.odoo_id and binding.remote_id
        }

    def _map_locations(self, locations):
        """A line for each of the shop's locations, for a person to say where it is in Odoo; the
        connector's warehouse is proposed where the shop has just one."""
        known = {binding.remote_id for binding in self.location_ids}
        stock = self.warehouse_id.lot_stock_id
        fresh = [remote for remote in locations if remote not in known]
        rows = self.env["gateway.binding"].create(
            [
                {
                    "connector_id": self.id,
                    "entity": "location",
                    "remote_id": remote,
                    "res_model": "stock.location",
                }
                for remote in fresh
            ]
        )
        if len(locations) == 1 and rows:
            rows.location_id = stock

    def _flow_mappings(self, entity, direction, version=None):
        """(mapping version record, mapping, opposite mapping, links) that apply to a flow now.

        A run that has begun goes on with its `version`. Raises StopRun where a layer is broken, by
        one that was taken from under it or by a field that is no longer there.
        """
        versions = self.env["gateway.mapping.version"]
        try:
            here = version or versions._keep(self, entity, direction)
            there = versions._keep(self, entity, OPPOSITE[direction])
            mapping = here._compiled() if here else None
            back = there._compiled() if there else None
        except MappingError as error:
            raise StopRun(
                f"{entity} {direction}: {error.message}",
                cause="mapping",
                remedy=f"{error.remedy}, in the mapping's layers; then resume the run.",
            ) from error
        pair = (mapping, back) if direction == "import" else (back, mapping)
        return here, mapping, back, linked(*pair)

    def _reads(self, entity, mapping, back, direction):
        """Odoo paths the two mappings of an entity read or compare."""
        reads = set()
        imported, exported = (mapping, back) if direction == "import" else (back, mapping)
        if imported is not None:
            reads |= set(imported.writes)
        if exported is not None:
            reads |= set(exported.reads)
        return {entity: reads}

    def _flow(
        self,
        entity,
        direction,
        store,
        run=None,
        dry_run=False,
        edge=None,
        trace=None,
        version=None,
    ):
        """The pipeline's flow for one entity and direction, as it is mapped now or by `version`."""
        version, mapping, back, links = self._flow_mappings(entity, direction, version)
        if mapping is None:
            raise UserError(self.env._("%(e)s has no %(d)s mapping.", e=entity, d=direction))
        odoo = self._odoo_endpoint(self._reads(entity, mapping, back, direction), edge)
        remote = self._remote_endpoint(trace)
        ends = {"odoo": odoo, "remote": remote}
        source = SOURCE_OF[direction]
        flow = Flow(
            entity=entity,
            direction=direction,
            mapping=mapping,
            source=ends[source],
            target=ends["odoo" if source == "remote" else "remote"],
            store=store,
            links=links,
            back=back,
            strategy=self._strategy(),
            clock=self._clock(),
            run=run,
            dry_run=dry_run,
        )
        return version, flow

    def _since(self, entity, direction):
        """Where a flow's read begins: its watermark less the overlap, None for a full read."""
        mark = (
            self.env["gateway.watermark"]
            .sudo()
            .search(
                [
                    ("connector_id", "=", self.id),
                    ("entity", "=", entity),
                    ("direction", "=", direction),
                ]
            )
        )
        if not mark:
            return None
        time = datetime.fromisoformat(mark.time).astimezone(timezone.utc)
        time = min(time, datetime.now(timezone.utc))
        if direction == "import":
            return Watermark(time - timedelta(seconds=self.overlap))
        return Watermark(time, mark.record_id or "")
