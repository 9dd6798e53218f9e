from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.plan.ids import is_planned
from ..lib.sync.intent import MOVED
from .outcome import ARCHIVED, NOT_AS_PLANNED, OF_A_COMPARE, OF_A_PLAN, OUTCOME_LABELS, TAKEN_AWAY
from .terms import term
from .watermark import DIRECTIONS
from .why import verdict_text, why_text
from .wording import (
    FIELDS_NAMED,
    element_and_field,
    entities,
    entity_label,
    field_label,
    odoo_model,
    pretty_json,
    summary,
    table,
    told_of,
    value_cell,
)


class GatewayChange(models.Model):
    """One line of the changelog: what a run did to one record, which fields, who won and why."""

    _name = "gateway.change"
    _description = "Gateway Change"
    _inherit = ["gateway.traced"]
    _order = "id desc"
    _rec_name = "source_id"

    connector_id = fields.Many2one("gateway.connector", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company")
    run_id = fields.Many2one("gateway.run", ondelete="cascade")
    page_id = fields.Many2one("gateway.page", ondelete="set null", index="btree_not_null")
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    outcome = fields.Selection(OUTCOME_LABELS, required=True)
    outcome_text = fields.Char(string="Outcome in words", compute="_compute_outcome_text")
    source_id = fields.Char(string="Source id", required=True)
    target_id = fields.Char(string="Target id")
    field_changes = fields.Json(string="Changes", help="Field → [old, new]")
    reasons = fields.Json(help="Field → why it was written")
    filter_name = fields.Char(string="Filter")
    is_planned = fields.Boolean(related="run_id.is_plan", string="Planned")
    is_compared = fields.Boolean(related="run_id.compares", string="Compared")
    is_taken_back = fields.Boolean(compute="_compute_is_taken_back")
    is_moved = fields.Boolean(
        compute="_compute_is_moved",
        search="_search_is_moved",
        help="It had moved since the plan, so that its apply held it.",
    )
    is_decided = fields.Boolean(
        string="Decided",
        help="Both sides had another value, and a conflict rule, or the connector's default where "
        "none names the field, let one of them win.",
    )
    reference = fields.Char(
        index="trigram", help="Order number, SKU, e-mail, name: what people look for it by."
    )
    # Large, and for one record at a time: never read along with others.
    decision = fields.Json(
        string="Decision as kept", prefetch=False, help="Field → what was agreed, seen and decided"
    )
    payload = fields.Text(
        string="Payload as kept", prefetch=False, help="The record as it was read."
    )
    target_values = fields.Text(
        string="Values as kept", prefetch=False, help="What the mapping made of it."
    )
    request = fields.Text(
        string="Request as kept", prefetch=False, help="What the target was asked to write."
    )
    answer = fields.Text(
        string="Answer as kept", prefetch=False, help="What the target said to it."
    )
    create_date = fields.Datetime(string="Time", index=True)
    summary = fields.Char(string="What changed", compute="_compute_summary")
    details = fields.Html(compute="_compute_summary", sanitize=False)
    decision_text = fields.Html(string="Decision", compute="_compute_decision_text", sanitize=False)
    payload_text = fields.Text(string="As read", compute="_compute_evidence_texts")
    values_text = fields.Text(string="Values", compute="_compute_evidence_texts")
    request_text = fields.Text(string="Request", compute="_compute_evidence_texts")
    answer_text = fields.Text(string="Answer", compute="_compute_evidence_texts")
    letter_id = fields.Many2one(
        "gateway.dead.letter", string="Dead letter", compute="_compute_letter"
    )

    _outcome_index = models.Index("(run_id, outcome)")
    _decided_index = models.Index("(run_id) WHERE is_decided")
    _record_index = models.Index("(connector_id, entity, source_id)")
    _target_index = models.Index("(connector_id, entity, target_id)")

    @api.depends("title", "outcome_text")
    def _compute_display_name(self):
        for change in self:
            change.display_name = told_of(self.env, change.title, change.outcome_text)

    @api.depends("outcome", "entity", "direction", "is_planned", "is_compared", "is_moved")
    def _compute_outcome_text(self):
        """A plan's outcomes are still to come; what a compare finds, or an apply holds, waits for
        nobody."""
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        for change in self:
            own = OF_A_COMPARE if change.is_compared else OF_A_PLAN if change.is_planned else {}
            term = own.get(change.outcome)
            if change.outcome == "deleted" and change.is_taken_back:
                term = TAKEN_AWAY.get(change.entity, ARCHIVED)
            if change.outcome == "held" and change.is_moved:
                term = NOT_AS_PLANNED
            change.outcome_text = self.env._(term) if term else labels.get(change.outcome)

    @api.depends("field_changes", "reasons", "filter_name")
    def _compute_summary(self):
        names = self._names(lambda one: {**dict.fromkeys(one.reasons or {}), **one._pairs()})
        texts = self._why_texts(names)
        for change in self:
            named, called = change._named(names), names.called(change.connector_id, change.entity)
            why = texts[change]
            said = [
                change._filter_text() or change._next_step(),
                *change._reason_texts(why, called),
                summary(
                    self.env,
                    change._pairs(),
                    named,
                    change._odoo_model(),
                    called,
                    mark="≠" if change.is_compared else "→",
                ),
            ]
            change.summary = " · ".join(part for part in said if part)
            change.details = change._details(why, named, called)

    def _reason_texts(self, why, called):
        """Why the record became what it did, and the fields that nothing was written to, by why: of
        an element of a list once, whatever number of its fields."""
        whole, kept, said = why.pop("", None), {}, self.reasons or {}
        for name in [name for name in why if name not in (self.field_changes or {})]:
            element, field = element_and_field(self.env, name, self._odoo_model(), called)
            is_of_all = whole and said[""].endswith(said[name])
            kept.setdefault(None if is_of_all else why[name], {})[element or field] = None
        named = {
            text: ", ".join([*names][:FIELDS_NAMED] + ["…"] * (len(names) > FIELDS_NAMED))
            for text, names in kept.items()
        }
        mine = named.pop(None, "")
        texts = [told_of(self.env, whole, mine) if mine else whole] if whole else []
        return texts + [told_of(self.env, names, text) for text, names in named.items()]

    def _name_at_shop(self):
        """What is not in Odoo is called as people look for it."""
        name = (self.reference or "").partition(" · ")[0]
        if not name and self.is_planned and is_planned(self.source_id):
            return self.env._("New: %s", entity_label(self.env, self.entity))
        return name or super()._name_at_shop()

    @api.depends("run_id.undoes_id", "direction")
    def _compute_is_taken_back(self):
        """By a take-back, in Odoo: what Odoo takes away it archives, or cancels."""
        for change in self:
            change.is_taken_back = bool(change.run_id.undoes_id) and change.direction == "import"

    @api.depends("reasons")
    def _compute_is_moved(self):
        for change in self:
            change.is_moved = (change.reasons or {}).get("", "").startswith(MOVED)

    def _search_is_moved(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        held = SQL(
            "(SELECT id FROM gateway_change WHERE outcome = 'held' AND reasons ->> '' LIKE %s)",
            f"{MOVED}%",
        )
        return [("id", "in" if True in value else "not in", held)]

    def _filter_text(self):
        if not self.filter_name:
            return None
        return self.env._("left out by the filter «%s»", term(self.env, self.filter_name))

    def _next_step(self):
        """Where a record that is not applied waits."""
        if self.outcome == "dead":
            return self.env._("could not be applied: see its dead letter")
        if self.is_compared and self.outcome == "held":
            return None
        if self.is_moved:
            return self.env._("held")
        if self.is_planned and self.outcome in ("dead", "held"):
            labels = {
                "dead": self.env._("could not be applied"),
                "held": self.env._("would wait for a decision"),
            }
            return labels[self.outcome]
        if self.outcome == "held":
            return self.env._("waits for a decision: see Conflicts")
        return None

    def _odoo_model(self):
        return odoo_model(self.env, self.entity, self.direction)

    def _details(self, why, named, called):
        """What is empty on both sides is left out, unless there is a reason for it."""
        headers = [self.env._("Field"), *self._pair_names()]
        headers += [self.env._("Why")] if why else []
        rows = []
        for name, pair in self._pairs().items():
            before, after = (value_cell(named(name, one), self.env) for one in pair)
            if (before == after == "—" or pair[0] == pair[-1]) and name not in why:
                continue
            row = [field_label(self.env, name, self._odoo_model(), called), before, after]
            rows.append([*row, why.get(name, "")] if why else row)
        return table(headers, rows) if rows else False

    def _pair_names(self):
        """What the two values of a field are called."""
        if self.is_compared:
            return [self.env._("In Odoo"), self.env._("In the shop")]
        return [self.env._("Before"), self.env._("After")]

    def _pairs(self):
        """Field → its two values. A compare keeps (the target's, the source's): Odoo's comes first,
        whichever direction told it."""
        pairs = self.field_changes or {}
        if self.is_compared and self.direction == "export":
            return {name: pair[::-1] for name, pair in pairs.items()}
        return pairs

    @api.depends("decision")
    def _compute_decision_text(self):
        """What both sides showed when the fields were decided, and what was decided."""
        names = self._names(_seen)
        for change in self:
            named, called = change._named(names), names.called(change.connector_id, change.entity)
            shown = _seen(change)
            source, target = self.env._("In the shop"), self.env._("In Odoo")
            if change.direction == "export":
                source, target = target, source
            headers = [self.env._("Field"), self.env._("Agreed before"), source, target]
            headers += [self.env._("Decision"), self.env._("Why")]
            rows = [
                [
                    field_label(self.env, name, change._odoo_model(), called),
                    *(value_cell(named(name, one), self.env) for one in shown[name]),
                    verdict_text(self.env, seen["verdict"], change.direction),
                    why_text(self.env, seen["why"], change.direction),
                ]
                for name, seen in (change.decision or {}).items()
            ]
            change.decision_text = table(headers, rows) if rows else False

    @api.depends("payload", "target_values", "request", "answer")
    def _compute_evidence_texts(self):
        for change in self:
            change.payload_text = pretty_json(change.payload)
            change.values_text = pretty_json(change.target_values)
            change.request_text = pretty_json(change.request)
            change.answer_text = pretty_json(change.answer)

    @api.depends("outcome", "source_id")
    def _compute_letter(self):
        """The letter the record waits in, or waited in last."""
        dead = self.filtered(lambda change: change.outcome == "dead")
        letters = self.env["gateway.dead.letter"].search(
            [
                ("connector_id", "in", dead.connector_id.ids),
                ("source_id", "in", dead.mapped("source_id")),
            ],
            order="id",
        )
        place = {(x.connector_id, x.entity, x.direction, x.source_id): x for x in letters}
        for change in self:
            key = change.connector_id, change.entity, change.direction, change.source_id
            change.letter_id = place.get(key) if change.outcome == "dead" else False


def _seen(change):
    """{field: what was agreed before, what the source and what the target showed}"""
    return {
        name: [seen["agreed"][-1] if seen["agreed"] else None, seen["source"], seen["target"]]
        for name, seen in (change.decision or {}).items()
    }
