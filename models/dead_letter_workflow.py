from odoo import models


class GatewayDeadLetter(models.Model):
    """An order that is here and went no further by its workflow: a retry goes on with it."""

    _inherit = "gateway.dead.letter"

    def _retry(self, connector, entity, direction, version=None):
        stuck = self.filtered(lambda letter: letter.stage == "workflow")
        stuck._go_on(connector)
        rest = super(GatewayDeadLetter, self - stuck)
        return rest._retry(connector, entity, direction, version=version)

    def _go_on(self, connector):
        """Run the workflow of the letters' orders again, as the integration user."""
        if not self:
            return
        bindings = (
            self.env["gateway.binding"]
            .sudo()
            .search(
                [
                    ("connector_id", "=", connector.id),
                    ("entity", "=", "order"),
                    ("remote_id", "in", self.mapped("source_id")),
                ]
            )
        )
        orders = {binding.remote_id: binding.res_id for binding in bindings}
        side = connector._odoo_endpoint().entity("order")
        rows = side.visible([id_ for id_ in orders.values() if id_])
        errors = {row.id: error for row, error in side.follow(rows).items()}
        seen = set(rows.ids)
        for letter in self.sudo():
            id_ = orders.get(letter.source_id)
            error = errors.get(id_)
            if id_ not in seen:
                error = self.env._(
                    "Its order is not here any more, or %s may not see it: nothing was done. Let "
                    "that user see it, or discard this letter.",
                    connector.user_id.name,
                )
            if error:
                letter.write({"error": str(error), "attempts": letter.attempts + 1})
            else:
                letter._close("resolved", "retry", by_person=True)
