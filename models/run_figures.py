from odoo import api, fields, models
from odoo.models import parse_read_group_spec
from odoo.tools import SQL

from ..lib.store import OUTCOMES

#: Counts of runs that pages hold.
COUNTS = tuple(f"count_{name}" for name in ("read", *OUTCOMES))
#: What pivots can ask of them.
FUNCTIONS = ("sum", "avg", "min", "max")


class GatewayRun(models.Model):
    """Runs in pivots and graphs: their counts are added up over the pages by the database, and a
    run that read nothing adds nothing."""

    _inherit = "gateway.run"

    kind = fields.Selection(
        [
            ("sync", "Sync"),
            ("plan", "Plan"),
            ("compare", "Compare"),
            ("undo", "Take-back"),
        ],
        compute="_compute_kind",
        store=True,
        help="Plans and compares write nothing: their counts are what would be done.",
    )
    seconds = fields.Float(compute="_compute_seconds", help="From its start to its end, or to now.")

    @api.depends("dry_run", "compares", "undoes_id")
    def _compute_kind(self):
        for run in self:
            plain = "undo" if run.undoes_id else "sync"
            run.kind = "compare" if run.compares else "plan" if run.dry_run else plain

    @api.depends("started", "ended")
    def _compute_seconds(self):
        for run in self:
            run.seconds = run._seconds()

    def _read_group_select(self, aggregate_spec, query):
        name, _property, function = parse_read_group_spec(aggregate_spec)
        if name not in (*COUNTS, "seconds") or function not in FUNCTIONS:
            return super()._read_group_select(aggregate_spec, query)
        amount = self._took(query) if name == "seconds" else self._counted(query, name)
        return SQL("%s(%s)", SQL(function.upper()), amount)

    def _took(self, query):
        return SQL(
            "EXTRACT(EPOCH FROM COALESCE(%s, %s) - %s)::float",
            self._field_to_sql(self._table, "ended", query),
            fields.Datetime.now(),
            self._field_to_sql(self._table, "started", query),
        )

    def _counted(self, query, name):
        """That count of a run's pages: they are added up once for all counts of a query."""
        pages = self.env["gateway.page"].sudo()
        sums = [
            SQL("SUM(%s) AS %s", pages._field_to_sql("page", one), SQL.identifier(one))
            for one in COUNTS
        ]
        alias = query.make_alias(self._table, "pages")
        table = SQL(
            "LATERAL (SELECT %s FROM gateway_page AS page WHERE %s = %s)",
            SQL(", ").join(sums),
            pages._field_to_sql("page", "run_id"),
            SQL.identifier(self._table, "id"),
        )
        query.add_join("LEFT JOIN", alias, table, SQL("TRUE"))
        return SQL.identifier(alias, name)
