from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

from .schedule_words import every_day, in_parts, on_days, wrong_part
from .watermark import DIRECTIONS
from .wording import entities, entity_label

#: A flow that was due so long ago and has not begun is late.
GRACE = timedelta(minutes=10)
#: Flows in these states keep another run of the same flow waiting.
OPEN = ("waiting", "reading", "applying")


class GatewaySchedule(models.Model):
    """One entity in one direction of a connector: whether it is synced, and when."""

    _name = "gateway.schedule"
    _description = "Gateway Schedule"
    _inherit = ["gateway.own.company"]
    _order = "connector_id, direction desc, sequence, id"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True, index=True)
    sequence = fields.Integer()
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    is_on = fields.Boolean(
        string="Sync", default=True, help="Off: no run carries it, by schedule or by hand."
    )
    cron = fields.Char(
        string="Schedule",
        help="A cron expression: minute, hour, day of the month, month, day of the week. "
        "«*/15 * * * *» is every 15 minutes, «0 3 * * 1-5» at 03:00 on weekdays. Empty: only when "
        "somebody presses Sync now.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Time zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="The schedule's hours are those of this zone, summer time included.",
    )
    preview = fields.Char(string="In words", compute="_compute_preview")
    next_run = fields.Datetime(
        string="Next run",
        compute="_compute_next_run",
        store=True,
        index="btree_not_null",
        copy=False,
    )
    last_run = fields.Datetime(string="Last run", compute="_compute_last_run")
    is_late = fields.Boolean(
        compute="_compute_is_late", help="It was due over ten minutes ago and has not begun."
    )

    _flow_unique = models.Constraint(
        "UNIQUE (connector_id, entity, direction)", "A flow of a connector has one schedule."
    )

    def write(self, vals):
        """Who changed what stands in the connector's chatter. What the setup gives is told there as
        one; only code under su may say so, or people could change a schedule and not be named."""
        is_given = self.env.su and self.env.context.get("gateway_given")
        names = () if is_given else ("is_on", "cron", "tz", "full_days")
        shown = [name for name in names if name in vals]
        before = {line: line._in_words_of(shown) for line in self} if shown else {}
        done = super().write(vals)
        for connector, lines in self.grouped("connector_id").items() if shown else ():
            told = [
                f"{line.display_name}: {before[line]} → {line._in_words_of(shown)}"
                for line in lines
                if before[line] != line._in_words_of(shown)
            ]
            if told:
                connector.message_post(body=Markup("<br/>").join(told))
        return done

    # -- compute

    @api.depends("entity", "direction")
    def _compute_display_name(self):
        ways = dict(self._fields["direction"]._description_selection(self.env))
        for line in self:
            label = entity_label(self.env, line.entity)
            line.display_name = f"{label} · {ways.get(line.direction, '')}"

    @api.depends("cron", "is_on")
    @api.depends_context("lang")
    def _compute_preview(self):
        for line in self:
            line.preview = self.env._("not synced") if not line.is_on else line._in_words()

    @api.depends("cron", "tz", "is_on", "connector_id.setup_step")
    def _compute_next_run(self):
        """None before the connector is live."""
        now = fields.Datetime.now()
        for line in self:
            is_live = line.connector_id.setup_step == "done"
            line.next_run = is_live and line._next_after(now)

    def _compute_last_run(self):
        groups = self.env["gateway.flow"]._read_group(
            [
                ("connector_id", "in", self.connector_id.ids),
                ("started", "!=", False),
                ("run_id.dry_run", "=", False),
            ],
            ["connector_id", "entity", "direction"],
            ["started:max"],
        )
        latest = {(owner.id, *flow): moment for owner, *flow, moment in groups}
        for line in self:
            line.last_run = latest.get((line.connector_id.id, line.entity, line.direction))

    @api.depends("next_run", "connector_id.state")
    def _compute_is_late(self):
        edge = fields.Datetime.now() - GRACE
        for connector, lines in self.grouped("connector_id").items():
            due = lines.filtered(lambda one: one.next_run and one.next_run < edge)
            # What an open run has, or will come to, has begun, however long that takes.
            going_on = self._busy(connector) if due else set()
            for line in lines:
                begun = (line.entity, line.direction) in going_on
                line.is_late = line in due and connector.state == "ready" and not begun

    @api.constrains("cron", "tz")
    def _check_cron(self):
        for line in self.filtered("cron"):
            try:
                next(line._times(fields.Datetime.now()))
            except (CronSimError, StopIteration) as error:
                raise ValidationError(
                    self.env._(
                        "«%(cron)s» is no schedule for %(flow)s (%(why)s). Write five parts: "
                        "minute, hour, day of the month, month, day of the week; «0 3 * * 1-5» is "
                        "at 03:00 on weekdays.",
                        cron=line.cron,
                        flow=line.display_name,
                        why=wrong_part(self.env, error),
                    )
                ) from error

    # -- times

    def _times(self, moment):
        """The coming times of the expression, aware, after `moment` (naive UTC)."""
        here = moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(self.tz))
        return CronSim(self.cron, here)

    def _next_after(self, moment):
        """Naive UTC; False where nothing is scheduled or the expression is not right (yet)."""
        if not (self.cron and self.is_on and self.tz):
            return False
        try:
            coming = next(self._times(moment))
        except (CronSimError, StopIteration):
            return False
        return coming.astimezone(timezone.utc).replace(tzinfo=None)

    def _in_words_of(self, names):
        """The line's preview, and its time zone where that is looked at."""
        return f"{self.preview} ({self.tz})" if "tz" in names else self.preview

    def _in_words(self):
        """What people say for the usual expressions; the others in cronsim's own words, which are
        English, or part by part."""
        if not self.cron:
            return self.env._("only by hand")
        try:
            said = CronSim(self.cron, fields.Datetime.now()).explain()
            said = said[:1].lower() + said[1:]
        except CronSimError as error:
            return self.env._("not a schedule: %s", wrong_part(self.env, error))
        if not (self.env.lang or "en").startswith("en"):
            said = in_parts(self.env, self.cron)
        minute, hour, *days = [*self.cron.lower().split(), "", "", "", "", ""][:5]
        if days == ["*", "*", "*"]:
            often = every_day(self.env, minute, hour)
        else:
            often = on_days(self.env, minute, hour, days)
        return often or said

    # -- starting what is due

    @api.model
    def _due(self):
        """Lines whose time has come, held until the commit; those another worker holds are its."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT s.id FROM gateway_schedule s JOIN gateway_connector c"
                " ON c.id = s.connector_id WHERE s.is_on AND s.next_run <= %s"
                " AND c.state = 'ready' AND c.setup_step = 'done' AND c.active"
                " ORDER BY s.id FOR UPDATE OF s SKIP LOCKED",
                fields.Datetime.now(),
            )
        )
        return self.browse([id_ for (id_,) in rows])

    def _start_due(self):
        """One run for the due flows of each connector that no open run has; the others wait for
        its end. What was missed meanwhile runs once."""
        now = fields.Datetime.now()
        runs = self.env["gateway.run"]
        for connector, lines in self._due().grouped("connector_id").items():
            busy = self._busy(connector)
            lines = lines.filtered(lambda s, busy=busy: (s.entity, s.direction) not in busy)
            wanted = {(line.entity, line.direction) for line in lines}
            flows = [flow for flow in connector._flows_to_run() if flow in wanted]
            if flows:
                run = runs._start(connector, flows, False)
                lines._read_all_where_due(run)
                runs |= run
            for line in lines:
                line.next_run = line._next_after(now)
        runs._enqueue()
        return runs

    @api.model
    def _busy(self, connector):
        """Flows of the connector that an open run has, or will come to."""
        flows = self.env["gateway.flow"].search(
            [
                ("connector_id", "=", connector.id),
                ("state", "in", OPEN),
                ("run_id.state", "in", ("queued", "running")),
            ]
        )
        return {(flow.entity, flow.direction) for flow in flows}
