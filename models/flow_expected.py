import logging
from datetime import timedelta
from math import ceil

from odoo import fields, models

from ..lib.endpoint import Counting
from ..lib.errors import GatewayError
from ..lib.platforms import platform
from .endpoint.entity import ENTITIES

_logger = logging.getLogger(__name__)

#: Whose count tells of these: there is a price and a level for each variant.
COUNTED_AS = {"price": "variant", "stock": "variant"}
#: A count that is older is asked for anew.
KNOWN_FOR = timedelta(days=1)


class GatewayFlow(models.Model):
    """How much the first read of an entity brings, by the shop's own count: so that a first sync
    can tell how long it takes."""

    _inherit = "gateway.flow"

    pages_expected = fields.Integer(
        aggregator=None, help="By the shop's count, when nothing was read before; 0: not known."
    )

    def _expect(self, source, work):
        """The first flow of a run asks for all of them, once. A shop that can't tell or does not
        answer leaves the time open; whatever is wrong with it is told by the read."""
        run = self.run_id
        is_first = self == run.flow_ids.sorted("sequence")[:1] and not self.pages_read
        if not is_first or self.direction != "import" or not isinstance(source, Counting):
            return
        if run.by_event or run.plan_id:  # it reads what was named, and nothing besides
            return
        flows = run.flow_ids.filtered(lambda one: one._reads_all())
        if not flows or run._last_like_this(self):
            return
        try:
            counts = flows._shop_counts(source, work)
        except GatewayError as error:
            _logger.info("Gateway: %s was not counted: %s", run.display_name, error)
            return
        with work.unit():
            for flow in flows:
                count = counts.get(COUNTED_AS.get(flow.entity, flow.entity), 0)
                flow.pages_expected = ceil(count / flow._page_size())

    def _reads_all(self):
        """Exports follow imports: what the shop has is in Odoo by then."""
        marks = self.env["gateway.watermark"]
        return self.run_id.is_full or not marks._of(self.connector_id, self.entity, self.direction)

    def _shop_counts(self, source, work):
        """{entity: how many the shop has}: those that were counted lately are not asked for."""
        since = fields.Datetime.now() - KNOWN_FOR
        known = self.connector_id.count_ids.filtered(
            lambda one: one.remote_known and one.counted >= since and one.entity != "stock"
        )
        counts = {one.entity: one.remote_count for one in known}
        wanted = {COUNTED_AS.get(entity, entity) for entity in self.mapped("entity")}
        missing = sorted(wanted - counts.keys())
        if missing:
            work.commit()  # no transaction is open while the shop is waited for
            counts.update(source.counts(missing))
        return counts

    def _page_size(self):
        sides = platform(self.connector_id.platform).entity_infos
        side = (sides if self.direction == "import" else ENTITIES)[self.entity]
        return self.connector_id._batch_size(side.page_size)
