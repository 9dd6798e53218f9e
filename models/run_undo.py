from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.endpoint import Page, Record, Token
from ..lib.sync import Done, undo
from .endpoint.entity import ENTITIES

#: Records that are taken back in one unit of work.
SIZE = 250
#: Outcomes that wrote something.
_WROTE = ("created", "updated", "deleted")


class GatewayRun(models.Model):
    """Taking a run back: a run of its own, whose changes tell what was restored and what not."""

    _inherit = "gateway.run"

    undoes_id = fields.Many2one(
        "gateway.run", string="Takes back", readonly=True, index="btree_not_null"
    )
    undone_ids = fields.One2many("gateway.run", "undoes_id", string="Taken back by")

    def _suffix(self):
        if not self.undoes_id:
            return super()._suffix()
        return self.env._(" (takes back #%s)", self.undoes_id.id)

    def action_undo(self):
        """Start the run that takes this one back, the last flow first, and show it."""
        self.ensure_one()
        connector = self.connector_id
        connector.check_access("write")
        flows = self.sudo()._flows_to_undo()
        if self.dry_run or self.state in ("queued", "running") or not flows:
            raise UserError(
                self.env._("%s has nothing to take back, or is not at its end.", self.display_name)
            )
        run = self.sudo()._start(connector, flows, False)
        run.undoes_id = self
        connector.message_post(
            body=self.env._(
                "%(undone)s is taken back by run #%(run)s.", undone=self.display_name, run=run.id
            )
        )
        run._enqueue()
        return run._action_form()

    def _flows_to_undo(self):
        """[(entity, direction)] in which something was written, what was done last comes first."""
        wrote = self.env["gateway.change"]._read_group(
            [("run_id", "=", self.id), ("outcome", "in", _WROTE)], ["entity", "direction"]
        )
        order = {(flow.entity, flow.direction): flow.sequence for flow in self.flow_ids}
        return sorted(wrote, key=lambda flow: order.get(flow, -1), reverse=True)

    def _undo(self, flow, ids):
        """Take back what the run did to these records; the counts."""
        computed = ENTITIES[flow.entity].computed
        why_not = "computed anew at each sync" if computed else ""
        return undo(flow, self.undoes_id._done(flow.entity, flow.direction, ids), why_not)

    def _done(self, entity, direction, ids):
        """What the run did to each of these records, of several lines the first old and the last
        new value."""
        rows = self.env.execute_query(
            SQL(
                "SELECT source_id, target_id, outcome, field_changes FROM gateway_change"
                " WHERE run_id = %s AND entity = %s AND direction = %s AND source_id = ANY(%s)"
                " AND outcome IN %s ORDER BY id",
                self.id,
                entity,
                direction,
                ids,
                _WROTE,
            )
        )
        done = {}
        for source, target, outcome, changes in rows:
            known = done.get(source)
            pairs = {name: (pair[0], pair[-1]) for name, pair in (changes or {}).items()}
            if known is not None:
                pairs = {
                    **known.fields,
                    **{
                        name: (known.fields[name][0] if name in known.fields else old, new)
                        for name, (old, new) in pairs.items()
                    },
                }
                outcome = known.outcome if outcome == "updated" else outcome
            done[source] = Done(source, target, outcome, pairs)
        return list(done.values())


class GatewayFlow(models.Model):
    """A flow that takes another one back reads what that one did."""

    _inherit = "gateway.flow"

    def _read(self, work, epoch, inline, deadline):
        if not self.run_id.undoes_id:
            return super()._read(work, epoch, inline, deadline)
        driver = self._claim(work)
        self._settle_staged(work, epoch, inline=True)
        while ids := self._ids_to_undo():
            with self._as_driver(work, driver):
                self.run_id._check_epoch(epoch)
                page = Page([Record(id_, {}) for id_ in ids], None, None)
                kept, staged = self._stage(page, self.pages_read, Token(ids[-1]))
                self.run_id._tell(now=False)
            self.run_id._settle(work, kept, epoch, staged)
        with work.unit():
            self.write({"state": "applying", "token": False})
        return True

    def _ids_to_undo(self):
        """The next page of records that the run wrote, after the flow's token."""
        self.env.flush_all()
        return [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT source_id FROM gateway_change WHERE run_id = %s"
                    " AND entity = %s AND direction = %s AND outcome IN %s AND source_id > %s"
                    " ORDER BY source_id LIMIT %s",
                    self.run_id.undoes_id.id,
                    self.entity,
                    self.direction,
                    _WROTE,
                    self.token or "",
                    SIZE,
                )
            )
        ]
