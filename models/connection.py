from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ..lib.platforms import platform

MASK = "••••••••"


class GatewayConnection(models.Model):
    """A connector's address and credentials; readable by managers only, secrets by nobody.

    Which entries there are is declared by the platform's credential form. Secret values are kept in
    a field without read access: a person can set one, and see that it is set.
    """

    _name = "gateway.connection"
    _description = "Gateway Connection"

    name = fields.Char(compute="_compute_name")
    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True)
    entry_ids = fields.One2many("gateway.connection.entry", "connection_id", string="Credentials")
    secrets = fields.Json(groups=NO_ACCESS, copy=False)
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
        """Set credentials by name, as an integrator's script does; unknown names are refused."""
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
        values.update(connection.secrets or {})
        return values


class GatewayConnectionEntry(models.Model):
    _name = "gateway.connection.entry"
    _description = "Gateway Connection Entry"
    _order = "sequence, id"

    connection_id = fields.Many2one(
        "gateway.connection", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    name = fields.Char(required=True)
    label = fields.Char(required=True)
    hint = fields.Char(string="Help")
    placeholder = fields.Char()
    is_secret = fields.Boolean()
    is_required = fields.Boolean()
    plain = fields.Char(groups=NO_ACCESS)
    value = fields.Char(compute="_compute_value", inverse="_inverse_value")

    _name_unique = models.Constraint(
        "UNIQUE (connection_id, name)", "A credential is entered once."
    )

    @api.depends("plain", "is_secret", "connection_id.secrets")
    def _compute_value(self):
        for entry in self:
            known = entry.sudo()
            if entry.is_secret:
                is_set = bool((known.connection_id.secrets or {}).get(entry.name))
                entry.value = MASK if is_set else False
            else:
                entry.value = known.plain

    def _inverse_value(self):
        for entry in self:
            known = entry.sudo()
            if not entry.is_secret:
                known.plain = (entry.value or "").strip() or False
            elif entry.value != MASK:
                kept = dict(known.connection_id.secrets or {})
                # Typed beside the mask instead of over it: the mask is no part of a secret.
                kept[entry.name] = (entry.value or "").replace(MASK[0], "").strip()
                known.connection_id.write({"secrets": kept, "token_cache": False})
        # What was typed is not what is shown: the form is read back in the same transaction.
        self.invalidate_recordset(["value"], flush=False)
