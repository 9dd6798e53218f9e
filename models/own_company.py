from odoo import api, models
from odoo.exceptions import AccessError


class GatewayOwnCompany(models.AbstractModel):
    """What people set up stays in their company: it is not moved into another one, and leads to no
    record there. A record rule alone does not see to that: it is asked before a write, of what the
    record was until then, and of its relations never."""

    _name = "gateway.own.company"
    _description = "In its own Company"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if not self.env.su:  # all fields: defaults may come from the context
            records._check_own_company(self._fields)
        return records

    def write(self, vals):
        done = super().write(vals)
        if not self.env.su:
            self._check_own_company(vals)
        return done

    def _check_own_company(self, names):
        """Raises AccessError where one of these fields has led the records away."""
        columns = [self._fields[name] for name in names if name in self._fields]
        places = [one for one in columns if one.store and _leads_to_company(one)]
        if not places:
            return
        self.check_access("write")
        for field in places:
            if field.comodel_name != "res.company":
                self[field.name].check_access("read")
            elif field.related:
                self._check_company_followed(field)

    def _check_company_followed(self, field):
        own = self.sudo()
        if own.filtered(lambda one: one[field.name] != one.mapped(field.related)):
            raise AccessError(self.env._("The company is the connector's, and nobody sets it."))


def _leads_to_company(field):
    return field.type == "many2one" and (
        field.comodel_name == "res.company" or field.comodel_name.startswith("gateway.")
    )
