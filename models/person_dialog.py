import base64
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.translate import LazyTranslate

from .person_contacts import Contacts
from .wording import table

_lt = LazyTranslate(__name__)

#: Where the gateway keeps what it knows of a person, in words.
KEPT_IN = {
    "gateway.change": _lt("Changes"),
    "gateway.dead.letter": _lt("Dead letters"),
    "gateway.conflict": _lt("Conflicts"),
    "gateway.binding": _lt("Bindings"),
    "gateway.refund": _lt("Refunds"),
    "gateway.event": _lt("Webhooks received"),
    "sale.order": _lt("Orders with the address of their day"),
    "gateway.plan.record": _lt("Records of plans"),
    "gateway.plan.binding": _lt("Bindings of plans"),
    "gateway.plan.intent": _lt("What plans would do"),
}
#: Contacts that stay which are named to the person who decides.
NAMED = 20


class GatewayPerson(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """Shows what is kept of a person, hands it out, and forgets the person."""

    _name = "gateway.person"
    _description = "A Person in the Gateway"

    partner_ids = fields.Many2many("res.partner", default=lambda self: self._default_partners())
    event_id = fields.Many2one(
        "gateway.event", ondelete="cascade", default=lambda self: self._default_event()
    )
    overview = fields.Html(compute="_compute_overview", sanitize=False)
    stays = fields.Html(compute="_compute_overview", sanitize=False)
    is_empty = fields.Boolean(compute="_compute_overview")
    export = fields.Binary(readonly=True)
    export_name = fields.Char(readonly=True)

    def _default_partners(self):
        context = self.env.context
        return context.get("active_ids") if context.get("active_model") == "res.partner" else False

    def _default_event(self):
        context = self.env.context
        return context.get("active_id") if context.get("active_model") == "gateway.event" else False

    @api.depends("partner_ids", "event_id")
    def _compute_overview(self):
        for wizard in self:
            persons = wizard._persons()
            rows = [row for person in persons for row in wizard._rows(person)]
            headers = [self.env._("Connector"), self.env._("What"), self.env._("How many")]
            wizard.overview = table(headers, rows) if rows else False
            wizard.is_empty = not rows
            stays = wizard._stays(persons)
            told = stays[:NAMED]
            if len(stays) > NAMED:
                told.append([self.env._("%s more", len(stays) - NAMED), ""])
            headers = [self.env._("Contact that stays as it is"), self.env._("Why")]
            wizard.stays = table(headers, told) if told else False

    def _stays(self, persons):
        """[[name, why it stays]], each person once, whatever number of contacts and connectors: not
        where another connector's are made nameless."""
        told, found = {}, [Contacts(person) for person in persons]
        goes = {id_ for contacts in found for id_ in contacts.goes.ids}
        rows = [row for contacts in found for row in contacts.stays if row[0].id not in goes]
        for one, why in rows:
            who = one.display_name, one.email_normalized or one.id
            told.setdefault(who, {})[why] = None
        return [[name, "; ".join(reasons)] for (name, _mail), reasons in told.items()]

    def _rows(self, person):
        names = {**person.counts(), "res.partner": len(Contacts(person).goes)}
        labels = {
            **{model: self.env._(term) for model, term in KEPT_IN.items()},
            "gateway.page": self.env._("Pages as they were read"),
            "res.partner": self.env._("Contacts made nameless"),
        }
        return [
            [
                person.connector.name,
                labels[model],
                str(count),
            ]
            for model, count in names.items()
            if count
        ]

    def action_forget(self):
        """Erase what was shown, and answer the shop's request by it."""
        self.ensure_one()
        self._check_manager()
        event = self.event_id.sudo()
        if event:
            self.event_id.check_access("read")
            if event._forget_now():
                event.state = "done"
        else:
            for person in self._persons():
                person.connector._forget(person)
        self.sudo().search([]).write({"export": False})
        return {"type": "ir.actions.act_window_close"}

    def action_export(self):
        """All that is kept of the person as a JSON file, in this dialog."""
        self.ensure_one()
        self._check_manager()
        told = [person.connector._disclosure(person) for person in self._persons()]
        text = json.dumps(told, indent=2, ensure_ascii=False)
        self.write(
            {"export": base64.b64encode(text.encode()), "export_name": "gateway-person.json"}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _persons(self):
        """The person at each connector of the user's that knows it."""
        self._check_manager()
        event = self.event_id
        if event:
            event.check_access("read")
            return event.sudo()._persons()
        connectors = self.env["gateway.connector"].with_context(active_test=False).search([])
        partners = self.partner_ids.exists()
        partners.check_access("write")
        found = [one.sudo()._person(contacts=partners.sudo()) for one in connectors if partners]
        return [person for person in found if any(person.counts().values())]

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("gateway_ng.group_manager"):
            raise AccessError(
                self.env._(
                    "%s may not forget or export a person. That is for a manager of the gateway.",
                    self.env.user.name,
                )
            )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_gateway_person(self):
        """What the gateway keeps of these contacts, to be handed out or forgotten."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Privacy"),
            "res_model": "gateway.person",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_ids": self.ids, "active_model": "res.partner"},
        }
