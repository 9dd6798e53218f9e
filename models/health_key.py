import hashlib
import hmac
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS


class GatewayHealthKey(models.Model):
    """Lets a monitoring system ask for the connectors' health, with the rights of whoever made it.

    Only its hash is kept; the key itself is shown once.
    """

    _name = "gateway.health.key"
    _description = "Gateway Monitoring Key"
    _order = "id desc"

    name = fields.Char(required=True, default=lambda self: self.env._("Monitoring"))
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Made by",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        readonly=True,
        help="The key shows the connectors that this person may see, and ends with their role.",
    )
    digest = fields.Char(required=True, groups=NO_ACCESS, copy=False)

    _digest_unique = models.Constraint("UNIQUE (digest)", "A key is one row.")

    def write(self, vals):
        """A name can be changed; whose rights a key has can't, or it would lend another's."""
        if set(vals) - {"name"} and not self.env.su:
            raise AccessError(self.env._("A key keeps its maker and its company: make a new one."))
        return super().write(vals)

    def action_make(self):
        """A new key, and the dialog that shows it this once."""
        self.check_access("unlink")  # managers; nobody makes one past this method
        key = secrets.token_urlsafe(32)
        self.sudo().create({"digest": _digest(key), "user_id": self.env.uid})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The new key"),
            "res_model": "gateway.health.key.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key},
        }

    @api.model
    def _of_key(self, key):
        """The row of this key, while its maker is a manager; else none. In constant time."""
        found = self.sudo().search([("digest", "=", _digest(key))], limit=1)
        is_right = hmac.compare_digest(found.digest or "", _digest(key))
        maker = found.user_id
        if is_right and maker.active and maker.has_group("gateway_ng.group_manager"):
            return found
        return self.browse()

    def _report(self):
        """{"status": "ok" or "trouble", "connectors": [...]}: all the maker may see of the company,
        without a secret and without a person's name."""
        env = self.env(user=self.user_id.id, su=False, context={"lang": "en_US"})
        connectors = env["gateway.connector"].with_context(allowed_company_ids=self.company_id.ids)
        rows = [one._health_row() for one in connectors.search([])]
        is_ok = all(row["status"] == "ok" for row in rows)
        return {"status": "ok" if is_ok else "trouble", "connectors": rows}


class GatewayHealthKeyShow(models.AbstractModel):
    """A dialog: the key lives in the browser that asked for it, and in no row."""

    _name = "gateway.health.key.show"
    _description = "Gateway Monitoring Key, shown once"

    id = fields.Id()
    key = fields.Char(readonly=True)


class GatewayConnector(models.Model):
    _inherit = "gateway.connector"

    def _health_row(self):
        problems = self._problems()
        return {
            "id": self.id,
            "name": self.name,
            "platform": self.platform,
            "state": self.sync_state,
            "status": "trouble" if any(p["severity"] == "error" for p in problems) else "ok",
            "last_sync": _iso(self.last_sync),
            "checked": _iso(self.checked),
            "dead_letters": self.dead_letter_count,
            "problems": [
                {
                    "code": one["code"],
                    "severity": one["severity"],
                    "message": one["message"],
                    "remedy": one["remedy"],
                    "since": _iso(one["since"]),
                }
                for one in problems
            ],
        }


def _iso(moment):
    return f"{moment.isoformat(timespec='seconds')}Z" if moment else None


def _digest(key):
    return hashlib.sha256(key.encode()).hexdigest()
