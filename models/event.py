import json
import logging
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..lib.values import storable
from .wording import entity_label, short_id

_logger = logging.getLogger(__name__)

#: Rows that one statement of the daily cleaning touches.
CLEANED = 10_000
#: Ids that a list shows of one event.
SHOWN = 5


class GatewayEvent(models.Model):
    """The inbox of verified webhooks; a second delivery of one event is the same row."""

    _name = "gateway.event"
    _description = "Gateway Event"
    _order = "id desc"
    _rec_name = "topic"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    event_key = fields.Char(required=True, help="The sender's own id of the event.")
    topic = fields.Char(required=True)
    entity = fields.Char(help="Empty: it is about the whole shop.")
    record_ids = fields.Json(help="The shop's ids of the records that it names.")
    record_text = fields.Char(string="Records", compute="_compute_record_text")
    is_deleted = fields.Boolean(string="Deleted", help="It says that the records are gone.")
    matter = fields.Selection(
        [
            ("changed", "Records have changed"),
            ("forget", "People are to be forgotten"),
            ("disclose", "People ask what is kept of them"),
            ("disconnected", "The access was taken back"),
        ],
        required=True,
        default="changed",
    )
    occurred = fields.Datetime()
    create_date = fields.Datetime(string="Received")
    state = fields.Selection(
        [
            ("new", "New"),
            ("taken", "In a run"),
            ("ignored", "Left alone"),
            ("held", "For a person"),
            ("done", "Done"),
        ],
        required=True,
        default="new",
        index=True,
        help="In a run: see what became of it there. Left alone: its entity is not imported, or "
        "the shop does not bear it out.",
    )
    run_id = fields.Many2one("gateway.run", ondelete="set null", index="btree_not_null")
    flow_id = fields.Many2one("gateway.flow", ondelete="set null", index="btree_not_null")

    _waiting_index = models.Index("USING hash (record_ids) WHERE state IN ('new', 'held')")
    _event_unique = models.Constraint("UNIQUE (connector_id, event_key)", "An event is kept once.")

    @api.depends("record_ids", "entity")
    def _compute_record_text(self):
        for event in self:
            ids = [short_id(id_) for id_ in event.record_ids or ()]
            more = " …" if len(ids) > SHOWN else ""
            label = entity_label(self.env, event.entity)
            event.record_text = f"{label} {', '.join(ids[:SHOWN])}{more}".strip()

    def action_done(self):
        """A person has done what an event asked for."""
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        self.sudo().filtered(lambda event: event.state == "held").state = "done"
        return True

    @api.model
    def _keep(self, connector, events):
        """Add a delivery's events to the inbox; how many were not there before.

        What says the same as one that waits is not kept again: what a shop tells while nothing is
        carried out, and what somebody recorded and sends under other ids, are as many rows as
        there are records. The records are read after both."""
        if not events:
            return 0
        self.env.flush_all()
        rows = [
            (
                storable(event.id),
                storable(event.topic),
                storable(event.entity) or None,
                json.dumps([storable(id_) for id_ in event.ids]),
                event.deleted,
                event.matter,
                event.occurred and event.occurred.astimezone(timezone.utc).replace(tzinfo=None),
            )
            for event in events
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO gateway_event (connector_id, company_id, state, create_uid, write_uid,"
                " create_date, write_date, event_key, topic, entity, record_ids, is_deleted,"
                " matter, occurred) SELECT %s, %s, 'new', %s, %s, now() AT TIME ZONE 'UTC',"
                " now() AT TIME ZONE 'UTC', v.* FROM unnest(%s::varchar[], %s::varchar[],"
                " %s::varchar[], %s::jsonb[], %s::boolean[], %s::varchar[], %s::timestamp[])"
                " AS v(event_key, topic, entity, record_ids, is_deleted, matter, occurred)"
                " WHERE NOT EXISTS (SELECT 1 FROM gateway_event e WHERE e.connector_id = %s"
                " AND e.state IN ('new', 'held') AND e.record_ids = v.record_ids"
                " AND e.entity IS NOT DISTINCT FROM v.entity AND e.matter = v.matter"
                " AND e.is_deleted = v.is_deleted)"
                " ON CONFLICT (connector_id, event_key) DO NOTHING RETURNING id",
                connector.id,
                connector.company_id.id,
                self.env.uid,
                self.env.uid,
                *(list(column) for column in zip(*rows, strict=True)),
                connector.id,
            ),
            log_exceptions=False,  # two at once: the second request is tried again, and finds it
        )
        added = self.env.cr.rowcount
        self.invalidate_model(flush=False)
        return added

    # -- what is not about records that have changed

    def _take_matters(self, is_refused):
        """What events ask for besides reading records anew. `is_refused`: whether the shop refuses
        the connector's credentials; None: it was not asked, and what depends on it stays new."""
        later = self._only_if_refused() if is_refused is None else self.browse()
        for one in self - later:
            event = one.with_env(one.connector_id._for_chatter().env)
            if event.matter == "disconnected":
                event._take_disconnection(is_refused)
            elif event.matter == "forget":
                event._forget(is_refused)
            else:
                event._disclose()

    def _take_disconnection(self, is_refused):
        if is_refused:
            self.connector_id._pause(self.env._("the shop has taken the app's access back"))
        self.state = "done" if is_refused else "ignored"

    def _forget(self, is_refused):
        """At once where the connector says so, nothing speaks against it and no run holds the
        records; else a person is asked. An event that has to wait stays new, and is taken up again
        by the dispatcher."""
        if not self.connector_id.forget_at_once:
            self._ask_to_forget()
        elif not self.record_ids and not is_refused:
            self._ask_to_forget(self.env._("The shop still lets this connector in."))
        elif self._done_before() and self._are_forgotten():
            self.state = "done"
        elif self._done_before():
            self._ask_to_forget(self.env._("It was done before; who came back may want to stay."))
        else:
            try:
                if self._forget_now():
                    self.state = "done"
            except UserError:
                return

    def _ask_to_forget(self, why=""):
        asked = self.env._(
            "The shop asks that customers be forgotten: %s. Look at it under Sync → "
            "Webhooks and press «Privacy» there.",
            self._who(),
        )
        self._hold(f"{asked} {why}".strip())

    def _forget_now(self):
        """Carry the request out; False where a job goes on with it. Raises UserError while a run
        holds the records."""
        connector = self.connector_id.sudo()
        if not self.record_ids:
            connector._forget_everybody(self)
            return False
        for person in self._persons():
            connector._forget(person)
        return True

    def _disclose(self):
        self._hold(
            self.env._(
                "The shop passes on that customers ask what is kept of them: %s. Under Sync → "
                "Webhooks, «Privacy» has it as a file; answer them, then mark the event done.",
                self._who(),
            )
        )

    def _persons(self):
        """Whom it is about."""
        ids = self.record_ids or ()
        connector = self.connector_id.sudo()
        return [connector._person(ids={self.entity: ids}, everybody=not ids)]

    def _who(self):
        """Never who: chatter and activities are kept."""
        if not self.record_ids:
            return self.env._("all of this shop")
        return self.env._("%(count)s × %(what)s", count=len(self.record_ids), what=self.entity)

    def action_privacy(self):
        """What is kept of whom it is about, to be handed out or forgotten."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Privacy"),
            "res_model": "gateway.person",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_id": self.id, "active_model": self._name},
        }

    def _hold(self, message):
        _logger.warning("Gateway: %s of %s waits for a person", self.topic, self.connector_id.id)
        self.connector_id.message_post(body=message)
        self.connector_id._ask_responsible(self.env._("Privacy request of the shop"), message)
        self.state = "held"

    # -- age

    @api.autovacuum
    def _gc_events(self):
        """Let go of what was received by age. Returns (done, more to do)."""
        done = 0
        for connector in self.env["gateway.connector"].sudo()._of_all().filtered("event_days"):
            before = fields.Datetime.now() - timedelta(days=connector.event_days)
            done += self._gc_of(connector, before)
        self.invalidate_model(flush=False)
        return done, done >= CLEANED

    def _gc_of(self, connector, before):
        """A run of events that changed nothing goes along; others are history. A request to forget
        stays, which names ids alone: by it the same one is known when it comes again."""
        idle = self.env.execute_query(
            SQL(
                "SELECT r.id FROM gateway_run r"
                " WHERE r.connector_id = %s AND r.by_event AND r.ended < %s AND r.state = 'done'"
                " AND NOT EXISTS (SELECT 1 FROM gateway_change c WHERE c.run_id = r.id)"
                " LIMIT %s",
                connector.id,
                before,
                CLEANED,
            )
        )
        runs = [id_ for (id_,) in idle]
        # In one statement: of two references that empty one after the other, the first is refused.
        for statement in (
            "UPDATE gateway_event SET run_id = NULL, flow_id = NULL WHERE run_id = ANY(%s)",
            "DELETE FROM gateway_run WHERE id = ANY(%s)",
        ):
            self.env.cr.execute(SQL(statement, runs))
        events = self.env.execute_query(
            SQL(
                "DELETE FROM gateway_event WHERE id IN (SELECT id FROM gateway_event"
                " WHERE connector_id = %s AND create_date < %s AND state != 'held'"
                " AND (matter = 'changed' OR (matter != 'forget' AND state != 'new')) LIMIT %s)"
                " RETURNING id",
                connector.id,
                before,
                CLEANED,
            )
        )
        return max(len(runs), len(events))


class GatewayConnector(models.Model):
    _inherit = "gateway.connector"

    event_ids = fields.One2many("gateway.event", "connector_id", string="Events")
    event_days = fields.Integer(
        string="Keep webhooks (days)",
        default=30,
        help="After so many days a webhook is deleted from the inbox; a delivery that comes once "
        "more after that reads its records again, which changes nothing. 0: kept for good.",
    )

    @api.constrains("event_days")
    def _check_event_days(self):
        for connector in self:
            if connector.event_days < 0 or connector.event_days == 1:
                raise ValidationError(
                    self.env._("%s: webhooks are kept for two days at least.", connector.name)
                )

    @api.model
    def _of_all(self):
        """All connectors, archived ones too."""
        return self.with_context(active_test=False).search([])
