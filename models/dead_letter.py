import json
import re

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ..lib.editing import shown
from ..lib.errors import sentence
from ..lib.values import unstage
from .remedies import CAUSE_REMEDIES
from .terms import term
from .watermark import DIRECTIONS
from .wording import entities, entity_label, short_id

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
#: What ids of records look like in an error: an address, or a key of our own.
_ID = re.compile(r"://|\b[0-9a-f]{8}-[0-9a-f]{4}-")


class GatewayDeadLetter(models.Model):
    """A record that could not be applied: its payload, the stage and cause, and what to do."""

    _name = "gateway.dead.letter"
    _description = "Gateway Dead Letter"
    _inherit = ["gateway.traced", "mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"  # notes and activities are not what was kept of the record
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
    what_happened = fields.Text(string="What happened", compute="_compute_what_happened")
    problem = fields.Char(compute="_compute_what_happened", help="The same, in one line.")
    field_name = fields.Char(string="Field")
    remedy = fields.Text()
    reference = fields.Char(
        index="trigram", help="Order number, SKU, e-mail, name: what people look for it by."
    )
    payload = fields.Text(
        string="Payload as kept",
        groups=NO_ACCESS,
        help="The record as it was read, to be applied again: people see it masked.",
    )
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
        tracking=True,
    )
    discard_reason = fields.Char(tracking=True)
    digest = fields.Char(help="Of the record as its mapping read it, when it failed last.")
    is_given_up = fields.Boolean(
        string="Given up",
        help="A person discarded it: its record is left out until it, or its mapping, changes.",
    )
    user_id = fields.Many2one(
        "res.users", string="Assigned to", index="btree_not_null", tracking=True
    )
    what_to_do = fields.Char(string="What to do", compute="_compute_what_to_do")
    next_try = fields.Char(string="Tried again", compute="_compute_next_try")

    _open_unique = models.UniqueIndex(
        "(connector_id, entity, direction, source_id, is_take_back) WHERE state = 'open'",
        "A record is dead once.",
    )
    _given_up_index = models.Index("(connector_id, entity, direction, source_id) WHERE is_given_up")

    @api.depends("title")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = letter.title

    @api.depends("error", "remedy", "source_id")
    @api.depends_context("lang")
    def _compute_what_happened(self):
        for letter in self:
            told = letter._told(letter._without_record(letter._without_remedy()))
            letter.what_happened = told and sentence(told[:1].upper() + told[1:])
            letter.problem = " ".join(letter.what_happened.split())

    def _remedy_told(self):
        return term(self.env, self.remedy)

    def _told(self, text):
        return term(self.env, text)

    def _without_remedy(self):
        """The error without the remedy in its last line, which has a field of its own."""
        told = (self.error or "").removesuffix(f"Remedy: {self.remedy}")
        return told.strip()

    def _without_record(self, told):
        """`told` without the id that it begins with: the letter names its record itself."""
        place, colon, rest = told.partition(": ")
        record, comma, field = place.partition(", ")
        is_id = _ID.search(record) or (self.source_id and self.source_id in record)
        if not colon or not is_id:
            return told
        return f"{field}: {rest}" if comma else rest

    @api.depends("remedy", "cause")
    @api.depends_context("lang")
    def _compute_what_to_do(self):
        """The error's own remedy, else that of its cause."""
        for letter in self:
            cause = CAUSE_REMEDIES.get(letter.cause or "unknown")
            todo = letter._remedy_told() if letter.remedy else self.env._(cause)
            letter.what_to_do = sentence(todo[:1].upper() + todo[1:])

    @api.depends("state", "waits_entity", "waits_id", "details")
    def _compute_next_try(self):
        for letter in self:
            if letter.state != "open":
                letter.next_try = False
            elif letter.waits_id:
                letter.next_try = self.env._(
                    "by itself, at the first run after the %(entity)s %(id)s has arrived",
                    entity=entity_label(self.env, letter.waits_entity),
                    id=short_id(letter.waits_id),
                )
            elif (letter.details or {}).get("taxes"):
                letter.next_try = self.env._(
                    "by itself, at the first run after its taxes have their rules"
                )
            else:
                letter.next_try = self.env._(
                    "when you press Retry, or when the record changes at its source; not by itself"
                )

    @api.depends("payload")
    def _compute_payload_text(self):
        for letter in self:
            letter.payload_text = json.dumps(letter._shown(), indent=2, ensure_ascii=False)

    def _shown(self):
        """The payload as people see it: JSON values, without secrets."""
        return shown(self._payload(), self.connector_id._redactor())

    def _payload(self):
        return self._unpacked(self.sudo().payload)

    @staticmethod
    def _unpacked(payload):
        try:
            return unstage(payload) if payload else {}
        except ValueError:
            return {"text": payload}

    def _odoo_key(self):
        return self.source_id if self.direction == "export" else None

    def _name_at_shop(self):
        """What the payload calls the record: an import's letter has no Odoo record yet."""
        payload = self._payload()
        called = [payload.get(name) for name in NAMES if isinstance(payload, dict)]
        called.append((self.reference or "").partition(" · ")[0])
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
                " AND l.entity = %s AND l.direction = %s AND l.state = 'open'"
                " AND l.edited_payload IS NULL AND l.is_take_back IS NOT TRUE ORDER BY l.id",
                column,
                connector.id,
                entity,
                direction,
            )
        )
        return [row[0] for row in rows]
