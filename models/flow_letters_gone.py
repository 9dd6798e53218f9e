import logging

from odoo import models

from ..lib.endpoint import not_shown
from ..lib.errors import GatewayError

_logger = logging.getLogger(__name__)

#: Letters whose records the shop is asked for at the end of one flow; the newest first.
ASKED = 500


class GatewayFlow(models.Model):
    """Letters of what the shop says it has no longer: once it is asked, and says so of the record
    itself, they are given up, and the next import carries the deletion over, guarded as ever."""

    _inherit = "gateway.flow"

    def _give_up_gone(self, work):
        """Before this flow's end; a shop that can't be asked leaves the letters open."""
        if self.direction != "export" or self.run_id.dry_run:
            return
        connector = self.connector_id
        letters = self.env["gateway.dead.letter"]._open_gone(connector, self.entity)
        owners = letters[:ASKED]._owners()
        bindings = self._bound_owners(owners)
        if not bindings:
            return
        work.commit()  # no transaction is open while the shop is asked
        try:
            gone = self._gone_from_shop(connector._remote_endpoint(), bindings)
        except GatewayError as error:
            _logger.info("Gateway: letters of what is gone stay open: %s", error)
            return
        with work.unit():
            letters = self.env["gateway.dead.letter"]
            for binding in self._look_at(gone):
                letters |= owners[binding.entity, binding.odoo_id]
            letters._give_up_as_gone()

    def _bound_owners(self, owners):
        return self.env["gateway.binding"].search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("entity", "in", list({entity for entity, _id in owners})),
                ("odoo_id", "in", [odoo_id for _entity, odoo_id in owners]),
                ("remote_id", "!=", False),
                ("state", "=", "bound"),
            ]
        )

    @staticmethod
    def _gone_from_shop(remote, bindings):
        """Those of the bindings whose record the shop has no longer. Of one Odoo record with
        several at the shop all have to be gone."""
        absent = bindings.browse()
        for entity, rows in bindings.grouped("entity").items():
            ids = sorted(set(rows.mapped("remote_id")))
            there = {record.id for record in remote.fetch(entity, ids)}
            there.update(not_shown(remote, entity, [id_ for id_ in ids if id_ not in there]))
            kept = set(rows.filtered(lambda r, seen=there: r.remote_id in seen).mapped("odoo_id"))
            absent |= rows.filtered(lambda row, ids=kept: row.odoo_id not in ids)
        return absent

    def _look_at(self, gone):
        """The next import looks at these records: a variant's product, else the record itself.
        Those of `gone` that one does look at; of the others nobody would hear."""
        parents = gone.filtered("parent_remote_id").mapped("parent_remote_id")
        products = gone.search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("entity", "=", "product"),
                ("remote_id", "in", parents),
            ]
        )
        by_remote = {product.remote_id: product for product in products}
        imported = {e for e, way in self.connector_id._flows_to_run() if way == "import"}
        looked = gone.browse()
        for row in gone:
            owner = by_remote.get(row.parent_remote_id) if row.entity == "variant" else row
            if owner and owner.entity in imported and owner.state == "bound":
                if not owner.pending:
                    owner.pending = "import"
                if owner.pending == "import":
                    looked |= row
        return looked
