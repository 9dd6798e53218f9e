"""The one place that owns transactions: everything else only says where a unit of work ends."""

import contextlib
from datetime import timedelta

from odoo.exceptions import UserError

#: What shows no life for so long (a page, a read, a run) is taken over by another worker. Longer
#: than any one call to a shop lasts: a worker that is waiting for its answer is alive.
LEASE = timedelta(minutes=10)
#: A system parameter that says it otherwise, in seconds.
LEASE_PARAMETER = "gateway_ng.lease_seconds"


def lease(env):
    """How long a worker may show no life before another one takes over what it holds."""
    said = env["ir.config_parameter"].sudo().get_param(LEASE_PARAMETER) or ""
    return timedelta(seconds=int(said)) if said.isdigit() and int(said) else LEASE


class UnitOfWork:
    """Commits for those who may.

    `own`: this code runs on a cursor of its own (a job, a cron), so a unit's end is a commit and
    its failure a rollback. Otherwise it runs inside somebody's transaction (a button with
    `wait=True`, a test): a unit is a savepoint, nothing is committed, and the remote side is called
    while that transaction is open.
    """

    def __init__(self, env, own):
        self.env = env
        self.own = own

    def commit(self):
        if self.own:
            # The one place that may: see the class.
            self.env.cr.commit()  # pylint: disable=invalid-commit
        else:
            self.env.flush_all()

    @contextlib.contextmanager
    def unit(self):
        """One unit: all of it is kept, or none."""
        if self.own:
            try:
                yield
            except BaseException:
                self.env.cr.rollback()
                raise
            self.commit()
        else:
            with self.env.cr.savepoint():
                yield


class Stale(UserError):
    """Another worker has taken this page or run over; what was being done here is dropped."""
