from odoo import api, models
from odoo.tools import SQL

from ..models.guarded import BySync


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Contacts that a person merges: their shop customers and addresses are the kept one's."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Orders come to the kept contact, with the address of their day."""
        src_partners._keep_order_addresses()
        dst_partner._move_order_addresses(src_partners.ids)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        done = super()._update_reference_fields(src_partners, dst_partner)
        self._move_gateway_bindings(src_partners.ids, dst_partner.id)
        return done

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Odoo carries over what any of them says: a guest merged with a customer is a customer."""
        is_guest = all((src_partners | dst_partner).mapped("gateway_guest"))
        kept = dst_partner.with_context(gateway_sync=BySync)
        done = super()._update_values(src_partners, kept)
        kept.gateway_guest = is_guest
        return done

    def _move_gateway_bindings(self, ids, kept):
        """Of several bindings that meet in one contact the kept one's own stays the primary one.

        A create that was sent and not answered yet moves where there is no other: one contact is
        created once.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE gateway_binding b SET odoo_id = %(kept)s::varchar, res_id = %(kept)s,"
                " is_primary = met.place = 1, write_date = now() AT TIME ZONE 'UTC'"
                " FROM (SELECT id, row_number() OVER (PARTITION BY connector_id, entity"
                " ORDER BY state = 'bound' DESC, res_id = %(kept)s DESC, is_primary DESC, id)"
                " AS place, row_number() OVER (PARTITION BY connector_id, entity, remote_id IS NULL"
                " ORDER BY res_id = %(kept)s DESC, id) AS turn FROM gateway_binding"
                " WHERE res_model = 'res.partner' AND res_id = ANY(%(met)s)) met"
                " WHERE b.id = met.id AND (b.remote_id IS NOT NULL OR met.turn = 1)"
                " RETURNING b.id",
                kept=kept,
                met=[*ids, kept],
            )
        )
        self.env["gateway.binding"].invalidate_model(flush=False)
