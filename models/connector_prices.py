from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

_LISTS = ("pricelist_id", "sale_pricelist_id")


class GatewayConnector(models.Model):
    """The price lists of a connector: what they may be, and that another one means other prices."""

    _inherit = "gateway.connector"

    @api.constrains(*_LISTS, "company_id")
    def _check_sale_pricelist(self):
        for connector in self.filtered("sale_pricelist_id"):
            sale, regular = connector.sale_pricelist_id, connector.pricelist_id
            if sale == regular:
                raise ValidationError(
                    self.env._(
                        "The sale price list of %s is its price list. Choose another list for "
                        "sales, or none.",
                        connector.name,
                    )
                )
            currency = (regular or connector.company_id).currency_id
            if sale.currency_id != currency:
                raise ValidationError(
                    self.env._(
                        "The sale price list «%(list)s» is in %(its)s, and the prices of "
                        "%(connector)s are in %(currency)s. Choose a list in %(currency)s.",
                        list=sale.name,
                        its=sale.currency_id.name,
                        connector=connector.name,
                        currency=currency.name,
                    )
                )

    def write(self, vals):
        lists = [name for name in _LISTS if name in vals]
        changed = self.filtered(
            lambda c: any(c[name].id != (vals[name] or False) for name in lists)
        )
        changed._refuse_while_prices_run()
        done = super().write(vals)
        changed._read_all_anew("price")
        return done

    def _refuse_while_prices_run(self, entity="price"):
        """What a run settles after the change would keep the watermark that is taken away here."""
        flow = self._under_way(entity)
        if flow:
            raise UserError(
                self.env._(
                    "Prices of %s are being synced. Choose the price list when the run is over.",
                    flow.connector_id.name,
                )
            )

    def _under_way(self, entity):
        """A flow of the entity that has read something and is not over; empty where none is. One
        that waits and has read something goes on where it was."""
        running = [
            ("connector_id", "in", self.ids),
            ("entity", "=", entity),
            "|",
            ("state", "in", ("reading", "applying")),
            "&",
            ("state", "=", "waiting"),
            ("pages_read", ">", 0),
        ]
        flows = self.env["gateway.flow"].sudo()
        return flows.search(running, limit=1) if self else flows

    def _read_all_anew(self, entity):
        """All of the entity is read again in both directions, and that of the shop looked at though
        it is as it was: what it means here is another thing now. Runs that failed do not go on with
        theirs."""
        if not self:
            return
        flows = [("connector_id", "in", self.ids), ("entity", "=", entity)]
        self.env["gateway.watermark"]._read_anew(self, entity)
        failed = self.env["gateway.flow"].sudo().search([*flows, ("state", "=", "failed")])
        failed.state = "cancelled"
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE gateway_binding SET digest_odoo = NULL, digest_remote = NULL"
                " WHERE connector_id IN %s AND entity = %s",
                self._ids,
                entity,
            )
        )
        self.env["gateway.binding"].invalidate_model(["digest_odoo", "digest_remote"])
        letters = self.env["gateway.dead.letter"].sudo()
        letters.search([*flows, ("is_given_up", "=", True)]).is_given_up = False
