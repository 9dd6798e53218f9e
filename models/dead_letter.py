import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.endpoint import Page
from ..lib.errors import GatewayError
from ..lib.sync import settle_page
from ..lib.values import unstage
from .store import OdooStore
from .watermark import DIRECTIONS
from .wording import entities
from .work import UnitOfWork

CAUSES = [
    ("mapping", "The mapping is wrong"),
    ("validation", "A value does not fit"),
    ("reference", "Another record is missing"),
    ("refused", "Refused"),
    ("ambiguous", "Matches more than one"),
    ("undecided", "A person has to decide"),
    ("moved", "Changed meanwhile"),
    ("throttled", "Too many requests"),
    ("connection", "No connection"),
    ("credentials", "Credentials"),
    ("unknown", "Unknown"),
]
#: Fields by which records of shops are called, the best first.
NAMES = ("name", "title", "displayName", "display_name", "sku", "email")


class GatewayDeadLetter(models.Model):
    """A record that could not be applied: its payload, the stage and cause, and what to do."""

    _name = "gateway.dead.letter"
    _description = "Gateway Dead Letter"
    _inherit = ["gateway.traced"]
    _order = "id desc"
    _rec_name = "source_id"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", index=True)
    run_id = fields.Many2one("gateway.run", ondelete="set null", index="btree_not_null")
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    source_id = fields.Char(string="Source id", required=True)
    stage = fields.Char(help="The step that refused the record.")
    cause = fields.Selection(CAUSES, index=True)
    error = fields.Text()
    what_happened = fields.Text(compute="_compute_what_happened")
    field_name = fields.Char(string="Field")
    remedy = fields.Text()
    reference = fields.Char(
        index="trigram", help="Order number, SKU, e-mail, name: what people look for it by."
    )
    payload = fields.Text(string="Payload as kept", help="The record as it was read.")
    payload_text = fields.Text(string="Payload", compute="_compute_payload_text")
    waits_entity = fields.Char(help="The entity of the record this one refers to and needs.")
    waits_id = fields.Char(
        help="That record's id at the source; once it is bound, the next run retries."
    )
    attempts = fields.Integer(default=1)
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved"), ("discarded", "Discarded")],
        required=True,
        default="open",
        index=True,
    )
    discard_reason = fields.Char()

    _open_unique = models.UniqueIndex(
        "(connector_id, entity, direction, source_id) WHERE state = 'open'",
        "A record is dead once.",
    )

    @api.depends("record_name")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = letter.record_name

    @api.depends("error", "remedy")
    def _compute_what_happened(self):
        for letter in self:
            letter.what_happened = (letter.error or "").removesuffix(f" Remedy: {letter.remedy}")

    @api.depends("payload")
    def _compute_payload_text(self):
        for letter in self:
            letter.payload_text = json.dumps(
                letter._payload(), indent=2, ensure_ascii=False, default=str
            )

    def _payload(self):
        try:
            return unstage(self.payload) if self.payload else {}
        except ValueError:
            return {"text": self.payload}

    def _odoo_key(self):
        return self.source_id if self.direction == "export" else None

    def _name_at_shop(self):
        """What the payload calls the record: an import's letter has no Odoo record yet."""
        payload = self._payload()
        called = [payload.get(name) for name in NAMES if isinstance(payload, dict)]
        return next((text for text in called if isinstance(text, str) and text), None) or (
            super()._name_at_shop()
        )

    def _arrived(self, connector, entity, direction):
        """Source ids of letters whose missing reference is bound by now."""
        column = SQL.identifier("b", "remote_id" if direction == "import" else "odoo_id")
        rows = self.env.execute_query(
            SQL(
                "SELECT l.source_id FROM gateway_dead_letter l JOIN gateway_binding b"
                " ON b.connector_id = l.connector_id AND b.entity = l.waits_entity"
                " AND %s = l.waits_id AND b.state = 'bound' WHERE l.connector_id = %s"
                " AND l.entity = %s AND l.direction = %s AND l.state = 'open' ORDER BY l.id",
                column,
                connector.id,
                entity,
                direction,
            )
        )
        return [row[0] for row in rows]

    def action_retry(self):
        """Apply the records again as they are now at their source, and say what became of them."""
        self.env["gateway.run"]._check_operator()
        open_letters = self.filtered(lambda letter: letter.state == "open")
        groups = {}
        for letter in open_letters:
            key = (letter.connector_id, letter.entity, letter.direction)
            groups.setdefault(key, self.browse())
            groups[key] |= letter
        for (connector, entity, direction), letters in groups.items():
            letters._retry(connector, entity, direction)
        self.invalidate_recordset()
        left = len(open_letters.filtered(lambda letter: letter.state == "open"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Retried"),
                "message": self.env._(
                    "%(done)s applied, %(left)s still dead.",
                    done=len(open_letters) - left,
                    left=left,
                ),
                "type": "success" if not left else "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _retry(self, connector, entity, direction):
        if not self:
            return
        self._refuse_while_running(connector, entity)
        run = self.env["gateway.run"].sudo()._start(connector, [(entity, direction)], False)
        work = UnitOfWork(self.env, own=False)
        store = OdooStore(self.sudo().env, connector, run, work)
        version, flow = connector._flow(entity, direction, store, run=run.id)
        try:
            records = list(flow.source.fetch(entity, self.mapped("source_id")))
            found = {record.id for record in records}
            # What its source has no longer is not brought back from what was once read of it.
            self.sudo().filtered(lambda letter: letter.source_id not in found).write(
                {"state": "discarded", "discard_reason": self.env._("gone at its source")}
            )
            run._settle_by_hand(version, flow, Page(records, None, None), store, settle_page)
        except GatewayError as error:
            raise UserError(str(error)) from error

    def _refuse_while_running(self, connector, entity):
        """One entity is synced by one run at a time, a retry included."""
        going_on = (
            self.env["gateway.flow"]
            .sudo()
            .search(
                [
                    ("connector_id", "=", connector.id),
                    ("entity", "=", entity),
                    ("state", "in", ("reading", "applying")),
                ],
                limit=1,
            )
        )
        if going_on:
            raise UserError(
                self.env._(
                    "%(run)s syncs %(entity)s just now; retry when it has ended.",
                    run=going_on.run_id.display_name,
                    entity=entity,
                )
            )

    def action_discard(self):
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        self.sudo().filtered(lambda letter: letter.state == "open").write({"state": "discarded"})
