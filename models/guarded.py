from odoo import api, models
from odoo.exceptions import AccessError


class BySync:
    """Stands as `gateway_sync`, and under other keys, in the context of what a sync does. No client
    can send it: what comes from outside is JSON, which has no classes."""


def is_by_sync(env, key="gateway_sync"):
    """Whether a sync said so in the context under this key, and no client."""
    return env.context.get(key) is BySync


class GatewayGuarded(models.AbstractModel):
    """Odoo's own records on which a sync keeps what it goes by: nobody else writes that, whoever
    may write the record. The module's own hooks in what people do use sudo."""

    _name = "gateway.guarded"
    _description = "Guarded by the Gateway"

    #: Fields of the gateway that people choose themselves.
    _gateway_free = ()
    #: Those that may be given to a new record, as a copied one has them.
    _gateway_copied = ()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if not self._is_by_sync():  # looked at afterwards: defaults may come from the context
            kept = [
                name
                for name, field in self._fields.items()
                if field.store and not field.compute and self._is_guarded(name)
            ]
            own = records.sudo()
            records._refuse_guarded(
                name for name in kept if name not in self._gateway_copied and any(own.mapped(name))
            )
        return records

    def write(self, vals):
        if not self._is_by_sync():
            self._refuse_guarded(name for name in vals if self._is_guarded(name))
        return super().write(vals)

    def _is_by_sync(self):
        return self.env.su or is_by_sync(self.env)

    def _is_guarded(self, name):
        return name.startswith("gateway_") and name not in self._gateway_free

    def _refuse_guarded(self, names):
        """Raises AccessError where there are any."""
        for name in names:
            raise AccessError(
                self.env._(
                    "«%(label)s» (%(name)s) is what the sync goes by, and nobody else writes it.",
                    label=self._fields[name].string,
                    name=name,
                )
            )


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "gateway.guarded"]

    _gateway_free = ("gateway_connector_id",)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "gateway.guarded"]

    _gateway_copied = ("gateway_charge",)


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "gateway.guarded"]


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "gateway.guarded"]


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "gateway.guarded"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "gateway.guarded"]
