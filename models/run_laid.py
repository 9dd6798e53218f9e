from dataclasses import replace

from odoo import models

from ..lib.endpoint import Page
from ..lib.plan.flow import over
from ..lib.plan.readable import readable
from ..lib.sync.intent import TOMBSTONES
from .plan_shelf import PlanShelf


class GatewayRun(models.Model):
    """A plan's flows lie over what they would write; an apply's hold what moved since."""

    _inherit = "gateway.run"

    def _shelf(self):
        """Where the plan is kept: this run's own, or that of the plan it carries out."""
        plan = self if self.is_plan else self.plan_id
        return PlanShelf(self.env, plan) if plan else None

    def _laid(self, flow, ids=()):
        """`flow` as this run goes through it; `ids` are of the page that is about to be settled."""
        shelf = self._shelf()
        if shelf is None:
            return flow
        if self.plan_id:
            return replace(flow, planned=shelf.intents(flow.entity, flow.direction, ids))

        def tell(entity, direction, traces):
            if traces:
                flow.store.settle(entity, direction, (), [readable(trace) for trace in traces])
                shelf.note(entity, direction, traces)
                laid.store.owe(entity, direction, flow.store.owed(entity, direction, traces))

        laid = over(flow, shelf, tell)
        return laid


class GatewayFlow(models.Model):
    """Reading what was planned, in place of what has changed."""

    _inherit = "gateway.flow"

    def _planned_pages(self, flow, work, size):
        """(page, ids that are gone) of the plan's records as they are now, from the token on."""
        shelf, after = self.run_id._shelf(), int(self.token or 0)
        shelf.name_sources(self.entity, self.direction)
        while True:
            rows = shelf.planned(self.entity, self.direction, after, size)
            work.commit()  # no transaction is open while the shop is asked
            ids = [source_id for _place, source_id, _action in rows]
            found = (
                {record.id: record for record in flow.source.fetch(self.entity, ids)} if ids else {}
            )
            gone = {id_: action for _place, id_, action in rows if id_ not in found}
            deleted = [id_ for id_, action in gone.items() if action in TOMBSTONES]
            last = len(rows) < size
            after = rows[-1][0] if rows else after
            yield (
                Page(
                    [found[id_] for id_ in ids if id_ in found],
                    None if last else str(after),
                    None,
                    deleted,
                ),
                [id_ for id_ in gone if id_ not in deleted],
            )
            if last:
                return
