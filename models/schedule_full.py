"""Reading everything by schedule: some changes move no date, so no watermark shows them."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.platforms import platform

#: Days for entities whose dates miss changes, and by how much a read may come too soon: it is to
#: fall on the same hour of a schedule, not on the one after it.
DAYS, EARLY = 7, timedelta(hours=1)


class GatewaySchedule(models.Model):
    """How long a flow goes by its watermark alone."""

    _inherit = "gateway.schedule"

    full_days = fields.Integer(
        string="Read all after (days)",
        compute="_compute_full_days",
        store=True,
        readonly=False,
        help="Some changes move no date, so an ordinary run does not see them. After so many days "
        "the next scheduled run reads everything of this line, and so carries what was changed in "
        "its mapping to all records. 0: only when somebody asks for it.",
    )

    @api.depends("connector_id.platform", "entity", "direction")
    def _compute_full_days(self):
        for line in self:
            name = line.connector_id.platform
            info = platform(name).entity_infos.get(line.entity) if name else None
            is_blind = info and info.blind_dates and line.direction == "import"
            line.full_days = DAYS if is_blind else 0

    @api.constrains("full_days")
    def _check_full_days(self):
        for line in self:
            if line.full_days < 0:
                raise ValidationError(self.env._("%s: days can't be negative.", line.display_name))

    def _in_words_of(self, names):
        said = super()._in_words_of(names)
        if "full_days" not in names or not self.full_days:
            return said
        return self.env._(
            "%(schedule)s, all after %(days)s days", schedule=said, days=self.full_days
        )

    def _read_all_where_due(self, run):
        """Let the run's flows of these lines read everything where that is due."""
        marks = self.env["gateway.watermark"].sudo()
        marks = marks.search([("connector_id", "in", self.connector_id.ids)])
        # Of those from before this was counted, not all at once.
        marks.filtered(lambda mark: not mark.whole).whole = fields.Datetime.now()
        found = {(mark.entity, mark.direction): mark.whole for mark in marks}
        edge = fields.Datetime.now() + EARLY
        due = {
            (line.entity, line.direction)
            for line in self
            if line.full_days
            and found.get((line.entity, line.direction), edge)
            <= edge - timedelta(days=line.full_days)
        }
        run.flow_ids.filtered(lambda flow: (flow.entity, flow.direction) in due).is_full = True


class GatewayWatermark(models.Model):
    _inherit = "gateway.watermark"

    whole = fields.Datetime(
        string="Read everything",
        readonly=True,
        help="When the last read that went through everything began.",
    )


class GatewayFlow(models.Model):
    _inherit = "gateway.flow"

    is_full = fields.Boolean(
        string="Reads everything", help="From the beginning, whatever the watermark says."
    )

    def _begins_at(self):
        return None if self.is_full else super()._begins_at()

    def _advance_watermark(self):
        """A watermark says, too, since when it is gone by alone."""
        done = super()._advance_watermark()
        is_read = self.state == "applying" and not self._open_pages()
        if is_read and not self.since and self._leaves_watermark():
            self._watermark().whole = self.started
        return done
