from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.errors import StopRun


class GatewayConnector(models.Model):
    """A copied database must not touch the live shop: a connector knows the database that it was
    made in, and elsewhere calls nobody before a manager says that this database goes on."""

    _inherit = "gateway.connector"

    database = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: self._database_here(),
        help="The database's own id (database.uuid) where this connector works.",
    )
    is_copied = fields.Boolean(
        string="In a copied database",
        compute="_compute_is_copied",
        help="This database is a copy of the one in which the connector worked.",
    )
    is_copy_kept = fields.Boolean(
        readonly=True, copy=False, help="A manager has said that it stays paused in this copy."
    )

    @api.model
    def _database_here(self):
        """Read past Odoo's cache, which may hold what the parameter was before."""
        self.env["ir.config_parameter"].flush_model(["key", "value"])
        rows = self.env.execute_query(
            SQL("SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'")
        )
        return rows[0][0] if rows else False

    @api.depends("database")
    def _compute_is_copied(self):
        """The demo shop of a database is copied along with it, and is nobody else's."""
        here = self._database_here()
        for connector in self:
            known = connector.database and connector.database != here
            connector.is_copied = bool(known and not connector.is_demo)

    def write(self, vals):
        if {"database", "is_copy_kept"}.intersection(vals) and not self.env.su:
            raise UserError(self.env._("Use the buttons of the connector."))
        return super().write(vals)

    def _remote_endpoint(self, trace=None):
        """The one way to the shop, so the one place that refuses it."""
        if self.is_copied:
            raise StopRun(
                self.env._(
                    "This database is a copy of the one in which %s worked, and must not touch "
                    "its shop.",
                    self.name,
                ),
                cause="credentials",
                remedy=self.env._(
                    "If the original is off, press «This database goes on» on the connector."
                ),
            )
        return super()._remote_endpoint(trace)

    def run_sync(self, *args, **kwargs):
        self._refuse_in_copy()
        return super().run_sync(*args, **kwargs)

    def action_resume(self):
        self._refuse_in_copy()
        return super().action_resume()

    def _refuse_in_copy(self):
        for connector in self.filtered("is_copied"):
            raise UserError(
                self.env._(
                    "This database is a copy of the one in which %s worked. If the original is "
                    "off, press «This database goes on».",
                    connector.name,
                )
            )

    @api.model
    def _pause_copies(self):
        """Pause what a copy of the database has brought along."""
        here = self._database_here()
        strange = [("database", "!=", here), ("database", "!=", False), ("state", "=", "ready")]
        for connector in self.sudo().search(strange).filtered("is_copied"):
            connector._pause(connector._for_chatter().env._("this database is a copy"))

    def action_go_on_here(self):
        """The original is off: this database takes the connector over."""
        self.check_access("write")
        for connector in self.filtered("is_copied"):
            connector.sudo().write({"database": self._database_here(), "is_copy_kept": False})
            connector.message_post(
                body=self.env._("%s: this database goes on.", self.env.user.name)
            )
            if connector.state == "paused" and connector.active:
                connector.action_resume()
        return True

    def action_keep_paused(self):
        """This copy is for looking at: the connector stays as it is."""
        self.check_access("write")
        for connector in self.filtered("is_copied"):
            connector.sudo().is_copy_kept = True
            if connector.state == "ready":
                connector._pause(self.env._("this database is a copy"))
        return True
