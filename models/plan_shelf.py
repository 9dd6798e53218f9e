"""Where a plan keeps what it would write: rows of its run, a page's worth at a time, by SQL."""

import uuid

from ..lib.plan.ids import PREFIX
from .plan_bindings import PlanBindings
from .plan_intents import PlanIntents
from .plan_records import PlanRecords


class PlanShelf(PlanRecords, PlanBindings, PlanIntents):
    """`lib.plan.shelf.Shelf` in the database, of one plan's run."""

    def __init__(self, env, run):
        self.env = env
        self.run = run

    def new_id(self):
        return f"{PREFIX}{uuid.uuid4().hex}"
