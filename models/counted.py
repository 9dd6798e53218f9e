from odoo import api, fields, models

from ..lib.store import OUTCOMES


class GatewayCounted(models.AbstractModel):
    """Something that consists of pages (`page_ids`): its counts are sums over them, so that no row
    is written by every worker."""

    _name = "gateway.counted"
    _description = "Counted over its Gateway Pages"
    _counted_by = None  # the field of a page that leads here

    count_read = fields.Integer(string="Read", compute="_compute_counts")
    count_created = fields.Integer(string="Created", compute="_compute_counts")
    count_updated = fields.Integer(string="Updated", compute="_compute_counts")
    count_unchanged = fields.Integer(
        string="Unchanged",
        compute="_compute_counts",
        help="Read, and still as they were settled before. They have no line in the changelog: the "
        "count opens their bindings, where one that both directions read stands once. What was "
        "left as it is for a reason has its line under «Changes».",
    )
    count_filtered = fields.Integer(string="Left out", compute="_compute_counts")
    count_held = fields.Integer(string="To decide", compute="_compute_counts")
    count_dead = fields.Integer(string="Not applied", compute="_compute_counts")
    count_repeated = fields.Integer(
        string="Came twice",
        compute="_compute_counts",
        help="Read in this run before, and settled by it. The count opens their bindings.",
    )
    count_deleted = fields.Integer(string="Deleted", compute="_compute_counts")

    @api.depends("page_ids.state")
    def _compute_counts(self):
        by = self._counted_by
        sums = self.env["gateway.page"].sudo()._sums([(by, "in", self.ids)], by)
        for row in self:
            counts = sums.get(row.id, {})
            for name in ("read", *OUTCOMES):
                row[f"count_{name}"] = counts.get(name) or 0
