import logging

from markupsafe import escape

from odoo import api, fields, models

from ..lib.errors import Throttled
from .work import UnitOfWork

_logger = logging.getLogger(__name__)

ACTIVITY = "mail.mail_activity_data_todo"


class GatewayConnector(models.Model):
    """Who hears of a connector's problems: one person, once a problem, until it is over."""

    _inherit = "gateway.connector"

    responsible_id = fields.Many2one(
        "res.users",
        tracking=True,
        domain=lambda self: [("all_group_ids", "in", self.env.ref("gateway_ng.group_viewer").ids)],
        default=lambda self: self.env.user if self.env.user.active else False,
        help="Gets an activity for each problem of this connector, once; it is closed when the "
        "problem is over.",
    )

    def _for_chatter(self):
        """The connector, in the language in which people read what jobs tell of it: that of the
        person responsible, else its own. A job's user reads nothing."""
        return self.with_context(lang=self.sudo().responsible_id.lang or self.lang)

    def _ask_responsible(self, summary, note):
        """One activity for the person responsible; where nobody can be asked, the chatter is all.
        Returns it, or none."""
        person = self.responsible_id
        if not person.active or not person.has_group("gateway_ng.group_viewer"):
            return self.env["mail.activity"]
        return self.sudo().activity_schedule(
            ACTIVITY, summary=summary, note=escape(note), user_id=person.id
        )

    def _tell_problems(self):
        """Tell what is new, and close what is over. Writes nothing where nothing has changed."""
        self.ensure_one()
        connector = self._for_chatter()
        known = dict(self.known_problems or {})
        now = {one["code"]: one for one in connector._problems()}
        for code in known.keys() - now.keys():
            connector._problem_is_over(known[code])
        kept = {code: connector._kept_of(now[code], known.get(code)) for code in now}
        if kept != known:
            self.known_problems = kept

    def _kept_of(self, problem, told):
        """What is kept of a problem: since when, and the activity that tells of it. A mere hint
        is shown and not told; what became one (a person has seen to it) is told no more."""
        is_hint = problem["severity"] == "info"
        since = {"since": fields.Datetime.to_string(problem["since"])}
        if is_hint:
            self._problem_is_over(told or {})
            return {**since, "hint": True}
        if told and not told.get("hint"):
            return told
        note = " ".join(filter(None, [problem["detail"], problem["remedy"]]))
        activity = self._ask_responsible(f"{self.name}: {problem['message']}", note)
        return {**since, "activity": activity.id} if activity else since

    def _problem_is_over(self, told):
        activity = self.env["mail.activity"].browse(told.get("activity") or ()).exists()
        if activity:
            activity.sudo().action_feedback(feedback=self.env._("It is over."))


class GatewayRun(models.Model):
    """The dispatcher looks at every connector's health once it has looked after the runs."""

    _inherit = "gateway.run"

    @api.model
    def _cron_dispatch(self):
        done = super()._cron_dispatch()
        for connector in self.env["gateway.connector"].sudo().search([]):
            try:
                with UnitOfWork(self.env, own=True).unit():
                    connector._tell_problems()
            except Exception:  # logged: the other connectors, and the cron, are not to suffer
                _logger.exception("Gateway: could not tell of connector %s", connector.id)
        return done

    def _stumble(self, work, flow, error, epoch):
        if isinstance(error, Throttled):
            self._keep_throttled(work)
        return super()._stumble(work, flow, error, epoch)

    def _settle(self, work, page, epoch, staged=None):
        try:
            return super()._settle(work, page, epoch, staged)
        except Throttled:
            self._keep_throttled(work)
            raise

    def _keep_throttled(self, work):
        """For the connector's health. At most once a minute, so that its row is no hot one."""
        now, last = fields.Datetime.now(), self.connector_id.throttled_at
        if last and (now - last).total_seconds() < 60:
            return
        if work.own:
            self.env.cr.rollback()
        with work.unit():
            self.connector_id.throttled_at = now
