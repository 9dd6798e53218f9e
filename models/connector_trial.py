import time

from markupsafe import Markup

from odoo import fields, models

from ..lib.errors import GatewayError
from .wording import entity_label, table
from .work import UnitOfWork

#: A trial ends after so many seconds, with what it has seen: it is one request of a browser.
SECONDS = 60
#: Records, and problems, that are named for each entity.
NAMED = 12


class _Undo(Exception):
    """All that was to be seen was seen."""


class GatewayConnector(models.Model):
    """What a first sync would do, found out by doing it in Odoo and taking it back. The shop is
    only read: exports are computed over what the imports made, and sent nowhere."""

    _inherit = "gateway.connector"

    review = fields.Html(string="First match", readonly=True, copy=False, sanitize=False)
    trial = fields.Html(string="Dry run", readonly=True, copy=False, sanitize=False)

    def action_review(self):
        """Which records of the shop meet one that Odoo has already, and which are ambiguous."""
        self._check_step()
        self.sudo().review = self._tried("import", self._told_matches)

    def action_trial(self):
        """How many records would be created and changed, on both sides."""
        self._check_step()
        self.sudo().trial = self._tried("both", self._told_counts)

    def _tried(self, direction, told):
        """What `told(runs)` says of runs whose work is then taken back, as HTML."""
        report = None
        try:
            with self.env.cr.savepoint():
                runs = self._trial_runs(direction)
                report = told(runs) + self._told_problems(runs)
                raise _Undo
        except _Undo:
            # What was looked up and kept for good may be of records that are gone again.
            self.env.registry.clear_cache()
            self.env.invalidate_all()
        return report

    def _trial_runs(self, direction):
        """A run of the imports and, on top of what it made, a dry one of the exports."""
        runs = self.env["gateway.run"].sudo()
        deadline = time.monotonic() + SECONDS
        flows = self._flows_to_run(direction=direction)
        for way in ("import", "export"):
            mine = [flow for flow in flows if flow[1] == way]
            if mine:
                run = runs._start(self, mine, dry_run=way == "export")
                self._drive_trial(run, deadline)
                runs |= run
        self.env.invalidate_all()
        return runs

    def _drive_trial(self, run, deadline):
        """To its end or the deadline, inside the caller's transaction; trouble ends it, too."""
        try:
            run._drive(UnitOfWork(self.env, own=False), run.epoch, True, deadline)
        except GatewayError as error:
            run.write({"state": "failed", "error": str(error)})

    # -- telling

    def _told_matches(self, runs):
        rows, seen = [], {None}
        for entity in dict.fromkeys(runs.flow_ids.mapped("entity")):
            bindings = self.env["gateway.binding"].search(
                [("run_id", "in", runs.ids), ("entity", "=", entity), ("state", "=", "bound")]
            )
            model = bindings[:1]._odoo_place()[0] if bindings else None
            if model in seen:  # prices and stock are part of their variant
                continue
            seen.add(model)
            ids = {binding._odoo_place()[1] for binding in bindings}
            records = self.env[model].sudo().with_context(active_test=False).browse(ids)
            known = records.filtered(lambda r: r.create_date < self.env.cr.now())
            names = ", ".join(record.display_name for record in known[:NAMED])
            more = "…" if len(known) > NAMED else ""
            label = entity_label(self.env, entity)
            rows.append([label, len(records) - len(known), len(known), f"{names}{more}"])
        headers = [
            self.env._("Entity"),
            self.env._("New to Odoo"),
            self.env._("Odoo has it"),
            self.env._("Which"),
        ]
        return table(headers, rows)

    def _told_counts(self, runs):
        names = ("read", "created", "updated", "unchanged", "filtered", "held", "dead")
        headers = [self.env._("Entity"), *(runs._fields[f"count_{n}"].string for n in names)]
        rows = [
            [flow.display_name, *(flow[f"count_{name}"] for name in names)]
            for flow in runs.flow_ids
        ]
        return table(headers, rows)

    def _told_problems(self, runs):
        """Records that could not be applied, and what stopped a run."""
        letters = self.env["gateway.dead.letter"].search(
            [("run_id", "in", runs.ids), ("state", "=", "open")]
        )
        said = [run.error for run in runs if run.error]
        if any(run.state in ("queued", "running") for run in runs):
            said.append(
                self.env._("After %s seconds it was ended; the shop has more records.", SECONDS)
            )
        text = Markup().join(Markup("<p>%s</p>") % line for line in said)
        if letters:
            headers = [self.env._("Record"), self.env._("What is wrong"), self.env._("Remedy")]
            rows = [[one.record_name, one.what_happened, one.remedy or ""] for one in letters]
            text += table(headers, rows[:NAMED])
        return text
