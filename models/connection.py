from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ..lib.platforms import platform
from .terms import term

MASK = "••••••••"


class GatewayConnection(models.Model):
    """A connector's address and credentials; readable by managers only, secrets by nobody.

    Which entries there are is declared by the platform's credential form. Secret values are kept in
    a field without read access: a person can set one, and see that it is set. A secret is of use
    only beside the entries it was typed for: who may set the address could else have it sent to a
    server of his own.
    """

    _name = "gateway.connection"
    _description = "Gateway Connection"
    _inherit = ["gateway.own.company"]

    name = fields.Char(compute="_compute_name")
    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    entry_ids = fields.One2many("gateway.connection.entry", "connection_id", string="Credentials")
    secrets = fields.Json(groups=NO_ACCESS, copy=False)
    #: Secret's name → {"transaction": that it was typed in, "address": that it was typed for}.
    typed = fields.Json(groups=NO_ACCESS, copy=False)
    token_cache = fields.Json(groups=NO_ACCESS, copy=False)

    _connector_unique = models.Constraint(
        "UNIQUE (connector_id)", "A connector has one connection."
    )

    @api.depends("connector_id.name")
    def _compute_name(self):
        for connection in self:
            connection.name = connection.connector_id.name or ""

    def _fill_form(self):
        """One entry for each field of the platform's credential form; extra ones are dropped."""
        for connection in self:
            known_platform = platform(connection.connector_id.platform)
            form = {item.name: item for item in known_platform.credential_form}
            form.update({item.name: item for item in known_platform.settings})
            known = {entry.name: entry for entry in connection.entry_ids}
            for entry in connection.entry_ids.filtered(lambda e, form=form: e.name not in form):
                entry.unlink()
            self.env["gateway.connection.entry"].create(
                [
                    {
                        **entry,
                        "connection_id": connection.id,
                        "plain": getattr(form[entry["name"]], "default", None),
                    }
                    for entry in self._form_of(known_platform)
                    if entry["name"] not in known
                ]
            )

    @api.model
    def _form_of(self, known_platform):
        """The values of a platform's empty credential form, line by line."""
        lines = [*known_platform.credential_form, *known_platform.settings]
        return [
            {
                "sequence": position,
                "name": item.name,
                "label": item.label,
                "is_secret": getattr(item, "secret", False),
                "is_required": getattr(item, "required", False),
                "hint": item.help,
                "placeholder": getattr(item, "placeholder", ""),
            }
            for position, item in enumerate(lines)
        ]

    def set_values(self, values):
        """Set credentials by name, as an integrator's script does; unknown names are refused.

        A change of anything but a secret forgets the secrets, save those set in the same
        transaction, before or after it.
        """
        self.ensure_one()
        entries = {entry.name: entry for entry in self.entry_ids}
        unknown = set(values) - set(entries)
        if unknown:
            raise UserError(
                self.env._(
                    "%(connector)s has no credential %(unknown)s; it has %(known)s.",
                    connector=self.connector_id.name,
                    unknown=", ".join(sorted(unknown)),
                    known=", ".join(entries),
                )
            )
        for name, value in values.items():
            entries[name].value = value
        return True

    def _take_entered(self, commands):
        """Set what was typed into the form of a connector that is only now created."""
        typed = [command[2] for command in commands if command[0] == fields.Command.CREATE]
        values = {line["name"]: line["value"] for line in typed if line.get("value")}
        if values:
            self.set_values(values)

    def _values(self):
        """Every credential in clear, for the platform's client only. Never log or return it."""
        self.ensure_one()
        connection = self.sudo()
        values = {entry.name: entry.plain or "" for entry in connection.entry_ids}
        values.update(connection._valid_secrets())
        return values

    def _tell_set(self, entries):
        """Which ones were set, and by whom, in one line a transaction: a form sets them one by one.
        Not to what: an address may hold what is nobody's to read."""
        told = self.env.cr.precommit.data.setdefault("gateway_credentials_set", {})
        key = self.id, self.env.uid
        message, known = told.get(key, (self.env["mail.message"], self.entry_ids.browse()))
        known = (known | entries).exists().sorted()
        names = ", ".join(known.mapped("label_text"))
        body = self.env._("Credentials set: %s", names)
        if message := message.exists():
            message.body = body
        else:
            message = self.connector_id._message_log(body=body)
        told[key] = message, known

    # -- secrets and what they were typed for

    def _secret_labels(self):
        """Name → label of the platform's secrets: its word counts, not what an entry calls itself,
        or an address could be entered as a secret."""
        form = platform(self.connector_id.platform).credential_form
        return {item.name: term(self.env, item.label) for item in form if item.secret}

    def _address(self):
        """All that says where a secret is sent and whose it is."""
        secrets = self._secret_labels()
        plain = {e.name: e.plain for e in self.entry_ids if e.plain and e.name not in secrets}
        return {"platform": self.connector_id.platform, "entries": plain}

    def _valid_secrets(self):
        """The secrets that were typed for the entries as they are now, in whatever way those were
        changed since."""
        if not self.secrets:
            return {}
        address, typed = self._address(), self.typed or {}
        return {
            name: value
            for name, value in self.secrets.items()
            if value and name in typed and typed[name]["address"] == address
        }

    def _keep_secret(self, name, value):
        kept, typed = dict(self.secrets or {}), dict(self.typed or {})
        kept[name] = value
        typed[name] = {"transaction": self._transaction(), "address": self._address()}
        self.write({"secrets": kept, "typed": typed, "token_cache": False})

    def _forget_secrets(self):
        """An entry was changed: only secrets that were typed along with it are for it, too."""
        now, address = self._transaction(), self._address()
        typed = {
            name: {"transaction": now, "address": address}
            for name, mark in (self.typed or {}).items()
            if mark["transaction"] == now
        }
        kept = {name: value for name, value in (self.secrets or {}).items() if name in typed}
        self.write({"secrets": kept, "typed": typed, "token_cache": False})

    def _address_changed(self):
        """What stands there now may be another shop: nothing runs before it was asked."""
        connector = self.connector_id
        connector.is_identified = False
        connector.filtered(lambda one: one.state == "ready").state = "draft"

    def _transaction(self):
        """A name of the running transaction that no other has. With its time: a restored database
        counts from anew."""
        self.env.cr.execute("SELECT concat(txid_current(), ' ', now())")
        return self.env.cr.fetchone()[0]


class GatewayConnectionEntry(models.Model):
    _name = "gateway.connection.entry"
    _description = "Gateway Connection Entry"
    _inherit = ["gateway.own.company"]
    _order = "sequence, id"

    connection_id = fields.Many2one(
        "gateway.connection", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    name = fields.Char(required=True)
    label = fields.Char(required=True)
    hint = fields.Char(string="Help as given")
    label_text = fields.Char(string="Credential", compute="_compute_texts")
    hint_text = fields.Char(string="Help", compute="_compute_texts")
    placeholder = fields.Char()
    is_secret = fields.Boolean()
    is_required = fields.Boolean()
    plain = fields.Char(groups=NO_ACCESS)
    value = fields.Char(compute="_compute_value", inverse="_inverse_value")

    _name_unique = models.Constraint(
        "UNIQUE (connection_id, name)", "A credential is entered once."
    )

    @api.depends("label", "hint")
    @api.depends_context("lang")
    def _compute_texts(self):
        for entry in self:
            entry.label_text = term(self.env, entry.label)
            entry.hint_text = term(self.env, entry.hint)

    @api.depends(
        "plain",
        "is_secret",
        "connection_id.secrets",
        "connection_id.typed",
        "connection_id.entry_ids.plain",
        "connection_id.entry_ids.name",
    )
    def _compute_value(self):
        for entry in self:
            known = entry.sudo()
            if entry.is_secret:
                is_set = entry.name in known.connection_id._origin._valid_secrets()
                entry.value = MASK if is_set else False
            else:
                entry.value = known.plain

    def _inverse_value(self):
        changed = self.filtered(lambda entry: entry._take_value())
        for connection, entries in changed.sudo().grouped("connection_id").items():
            connection._tell_set(entries)
        # What was typed is not what is shown: the form is read back in the same transaction.
        self.invalidate_recordset(["value"], flush=False)

    def _take_value(self):
        """Keep what was typed; whether it was anything else than what is there."""
        known = self.sudo()
        connection = known.connection_id
        if self.name not in connection._secret_labels():
            plain = (self.value or "").strip() or False
            if plain == (known.plain or False):
                return False
            known.plain = plain
            connection._forget_secrets()
            connection._address_changed()
            return True
        if self.value == MASK:
            return False
        # Typed beside the mask instead of over it: the mask is no part of a secret.
        value = (self.value or "").replace(MASK[0], "").strip()
        known_value = connection._valid_secrets().get(self.name)
        connection._keep_secret(self.name, value)  # the same one, too: it was typed once more
        return bool(value) and value != known_value

    @api.onchange("value")
    def _onchange_value(self):
        """Tells that saving this will forget the secrets that are kept."""
        connection = self.sudo()._origin.connection_id
        labels = connection._secret_labels() if connection else {}
        if not connection or self.name in labels or self.value == self._origin.value:
            return None
        lost = [labels[name] for name in connection._valid_secrets()]
        if not lost:
            return None
        return {
            "warning": {
                "type": "notification",
                "title": self.env._("%s changed", self.label_text),
                "message": self.env._(
                    "Secrets are kept for one address and account only. Enter again: %s.",
                    ", ".join(lost),
                ),
            }
        }
