import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.endpoint import CANCELLED_ORDERS, Counting
from ..lib.errors import GatewayError
from .wording import entities

_logger = logging.getLogger(__name__)

#: What is counted on both sides, in the order it is shown. Stock is told in units.
COUNTED = ("product", "variant", "company", "customer", "order", "stock")
#: Records that one list of differences shows at most.
SHOWN = 10_000


class GatewayCount(models.Model):
    """How many records of an entity both systems had when they were counted last."""

    _name = "gateway.count"
    _description = "Gateway Count"
    _order = "connector_id, entity"
    _rec_name = "entity"

    connector_id = fields.Many2one(
        "gateway.connector", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True, index=True)
    entity = fields.Selection(entities, required=True)
    odoo_count = fields.Integer(string="In Odoo")
    remote_count = fields.Integer(string="In the shop")
    remote_known = fields.Boolean(help="Whether the platform could count them.")
    bound_count = fields.Integer(string="Bound", help="Tied to each other.")
    counted = fields.Datetime(required=True)

    _entity_unique = models.Constraint(
        "UNIQUE (connector_id, entity)", "An entity is counted once."
    )

    def action_open_odoo_only(self):
        """The records of Odoo that no record of the shop is bound to."""
        self.ensure_one()
        connector = self.connector_id
        side = connector._odoo_endpoint().entity(self.entity)
        found = self.env[side.model].with_context(active_test=False)
        ids = found.search(
            [*connector._counted_domain(side), ("id", "not in", connector._bound_ids(self.entity))],
            limit=SHOWN,
        ).ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Only in Odoo"),
            "res_model": side.model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            "context": {"active_test": False, "create": False},
        }

    def action_open_remote_only(self):
        """Why records of the shop are not in Odoo: what was left out, refused or is held."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("gateway_ng.action_changes")
        action["name"] = action["display_name"] = self.env._("Not in Odoo, and why")
        action["domain"] = [
            ("connector_id", "=", self.connector_id.id),
            ("entity", "=", self.entity),
            ("direction", "=", "import"),
            ("outcome", "in", ("filtered", "dead", "held")),
        ]
        action["context"] = {}
        if not self.env["gateway.change"].search_count(action["domain"], limit=1):
            return self._never_read()
        return action

    def action_open_remote_gone(self):
        """Bound records that are gone from the shop: only the shop can tell which."""
        self.ensure_one()
        return self._tell_on_connector(
            self.env._(
                "The next look for deletes finds which they are, and settles them. «Look for "
                "deletes now» on the connector does so at once; «Compare» only names them."
            )
        )

    def _never_read(self):
        """Records that no run has met: nothing is kept of them that could be shown."""
        return self._tell_on_connector(
            self.env._(
                "No sync has read them: the next one brings them. «Compare» names each of them."
            )
        )

    def _tell_on_connector(self, message):
        """Say it, and open the connector, where something can be done about it."""
        form = {
            "type": "ir.actions.act_window",
            "res_model": "gateway.connector",
            "res_id": self.connector_id.id,
            "views": [(False, "form")],
        }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": form,
            },
        }


class GatewayConnector(models.Model):
    _inherit = "gateway.connector"

    count_ids = fields.One2many("gateway.count", "connector_id")

    def action_count(self):
        """Ask both systems how many records they have, and keep the answers."""
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        for connector in self.sudo():
            connector._count()
        return True

    def _count(self):
        endpoint = self._remote_endpoint()
        entities_ = [name for name in COUNTED if name in self._entities()]
        asked = [*entities_, *([CANCELLED_ORDERS] if "order" in entities_ else [])]
        remote = endpoint.counts(asked) if isinstance(endpoint, Counting) else {}
        bound = dict(
            self.env["gateway.binding"]._read_group(
                [("connector_id", "=", self.id), ("state", "=", "bound")], ["entity"], ["__count"]
            )
        )
        known = {count.entity: count for count in self.count_ids}
        for entity in entities_:
            values = {
                "connector_id": self.id,
                "entity": entity,
                "bound_count": bound.get(entity, 0),
                "counted": fields.Datetime.now(),
                **self._counts_of(entity, remote),
            }
            if entity in known:
                known[entity].write(values)
            else:
                self.env["gateway.count"].create(values)

    def _counts_of(self, entity, remote):
        if entity == "stock":
            return self._stock_units()
        side = self._odoo_endpoint().entity(entity)
        return {
            "odoo_count": side.records.search_count(self._counted_domain(side)),
            "remote_count": remote.get(entity, 0),
            "remote_known": entity in remote,
        }

    def _counted_domain(self, side):
        """What counts in Odoo: what is archived counts while a shop record is bound to it."""
        if "active" not in side.records._fields:
            return side.offered()
        kept = Domain("active", "=", True) | Domain("id", "in", self._bound_ids(side.name))
        return [*side.offered(), *kept]

    def _bound_ids(self, entity):
        """The Odoo records that are bound, as a subquery."""
        bindings = self.env["gateway.binding"]._search(
            [
                ("connector_id", "=", self.id),
                ("entity", "=", entity),
                ("state", "!=", "gone"),
                ("res_id", "!=", False),
            ]
        )
        return bindings.subselect("res_id")

    def _stock_units(self):
        """Units on offer, as both sides were settled last: no platform adds them up."""
        self.env.flush_all()
        ((odoo, remote, known),) = self.env.execute_query(
            SQL(
                "SELECT sum((p.pair ->> 0)::numeric), sum((p.pair ->> -1)::numeric), count(*)"
                " FROM (SELECT base -> 'export' -> 'available' AS pair FROM gateway_binding"
                " WHERE connector_id = %s AND entity = 'stock' AND state = 'bound') AS p"
                " WHERE jsonb_typeof(p.pair -> 0) IN ('number', 'string')"
                " AND jsonb_typeof(p.pair -> -1) IN ('number', 'string')",
                self.id,
            )
        )
        return {
            "odoo_count": int(odoo or 0),
            "remote_count": int(remote or 0),
            "remote_known": bool(known),
        }

    @api.model
    def _cron_count(self):
        """Count once in a while, so that no page load has to. Never raises."""
        connectors = self.sudo().search([("state", "=", "ready")])
        self.env["ir.cron"]._commit_progress(remaining=len(connectors))
        for connector in connectors:
            try:
                with self.env.cr.savepoint():
                    connector._count()
            except GatewayError as error:
                _logger.info("Gateway: %s was not counted: %s", connector.name, error)
            except Exception:  # logged; the other connectors are not to suffer
                _logger.exception("Gateway: could not count %s", connector.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break
