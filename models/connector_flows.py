import logging
from datetime import datetime, timedelta, timezone

from odoo import models
from odoo.exceptions import UserError

from ..lib.clock import SystemClock
from ..lib.endpoint import Watermark
from ..lib.errors import MappingError, StopRun
from ..lib.merge import OPPOSITE, SOURCE_OF, Strategy
from ..lib.platforms import platform
from ..lib.sync import Flow
from ..lib.watermark import is_ahead, read_from
from .endpoint import OdooEndpoint
from .mapping import folder_of, linked
from .token_cache import TokenCache

_logger = logging.getLogger(__name__)

#: Entities in the order their records refer to each other; imports of all come before exports.
ENTITY_ORDER = (
    "category",
    "product",
    "variant",
    "company",
    "customer",
    "price",
    "market_price",
    "stock",
    "order",
)


class GatewayConnector(models.Model):
    """What a run needs of its connector: its flows, both endpoints, and where a read begins."""

    _inherit = "gateway.connector"

    def run_sync(self, entities=None, direction="both", dry_run=False, wait=False, full=False):
        """Start a run and return it. `dry_run`: a plan of what the run would do, which is kept and
        can be approved and applied; nothing is written to Odoo's business records or the shop.
        `full` reads everything, whatever the watermarks say.

        `wait=False` queues it: nothing happens before the caller's transaction is committed.
        `wait=True` runs it to its end inside the caller's transaction: nothing of it is committed
        here, so what was written to the shop stays there if the caller rolls back; it is found
        again by its keys at the next run.
        """
        self.ensure_one()
        self.env["gateway.run"]._check_operator()
        self.check_access("read")
        self._refuse_halted()
        if direction not in ("both", "import", "export"):
            raise UserError(self.env._("The direction is import, export or both."))
        flows = self._flows_to_run(entities, direction)
        if not flows:
            raise UserError(
                self.env._("No mapping says how to sync %s.", ", ".join(entities or ["…"]))
            )
        run = self.env["gateway.run"].sudo()._start(self, flows, dry_run)
        run.is_full = full
        if wait:
            run._drive_inline()
        else:
            run._enqueue()
        return run.with_env(self.env)

    def _flows_to_run(self, entities=None, direction="both"):
        """[(entity, direction)] that a run carries out, in order."""
        return self._mapped_flows(entities, direction)

    def _mapped_flows(self, entities=None, direction="both"):
        """[(entity, direction)] that are mapped, imports first, each in order of reference."""
        self.ensure_one()
        names = [path.name.split(".") for path in folder_of(self.platform).glob("*.*.json")]
        mapped = {(entity, way) for entity, way, _json in names}
        mapped |= {(layer.entity, layer.direction) for layer in self.sudo().layer_ids}
        unknown = set(entities or ()) - {entity for entity, _way in mapped}
        if unknown:
            raise UserError(
                self.env._(
                    "No mapping for %(unknown)s; there is one for %(known)s.",
                    unknown=", ".join(sorted(unknown)),
                    known=", ".join(sorted({entity for entity, _way in mapped})),
                )
            )
        ways = ("import", "export") if direction == "both" else (direction,)
        return [
            (entity, way)
            for way in ways
            for entity in ENTITY_ORDER
            if (entity, way) in mapped and (not entities or entity in entities)
        ]

    def _integration_env(self):
        """The environment all business records are read and written in."""
        self.ensure_one()
        user = self.user_id
        return self.env(
            user=user.id,
            su=False,
            context={
                "lang": self.lang,
                "tz": user.tz or "UTC",
                "allowed_company_ids": [self.company_id.id],
            },
        )

    def _odoo_endpoint(self, reads=None, edge=None, plan=None):
        return OdooEndpoint(self._integration_env(), self.sudo(), reads, edge, plan)

    def _clock(self):
        """Time, waiting and chance of the remote client and the pipeline; tests give their own."""
        return SystemClock()

    def _transport(self):
        """The wire of the remote client; None is the network."""
        return

    def _remote_endpoint(self, trace=None):
        self.ensure_one()
        known = platform(self.platform)
        connection = self.sudo().connection_ids[:1]
        values = connection._values() if connection else {}
        names = {item.name for item in known.credential_form}
        credentials = {name: value for name, value in values.items() if name in names}
        settings = {name: value for name, value in values.items() if name not in names and value}
        settings["locales"] = [code for code, _own in self._languages()]
        return known.connect(
            credentials,
            settings | self._remote_settings(),
            clock=self._clock(),
            transport=self._transport(),
            trace=trace,
            cache=TokenCache(connection),
        )

    def _own_layers(self, _entity, _direction, _document):
        """Texts of layers that stand for settings of the connector, the last of all."""
        return []

    def _remote_settings(self):
        """What the client is told besides what was entered in its form."""
        return {}

    def _check_queue(self):
        """Pause loudly rather than read on while nobody settles what is read; True when paused."""
        waiting = self.env["gateway.page"].search_count(
            [
                ("connector_id", "=", self.id),
                ("state", "!=", "settled"),
                ("run_id.state", "in", ("queued", "running")),
            ],
            limit=self.queue_limit,
        )
        if waiting < self.queue_limit:
            return False
        told = self._for_chatter()
        reason = told.env._(
            "Pages that wait to be settled: %s. See that a job runner is at work, then resume.",
            waiting,
        )
        self.write({"state": "paused", "pause_reason": reason})
        told.message_post(body=told.env._("Paused: %s", reason))
        return True

    def _strategy(self):
        return Strategy(self.rule_ids.as_rules(), self.strategy, self.priority)

    def _flow_versions(self, entity, direction, version=None, back=None):
        """(mapping version, that of the opposite direction) that apply to a flow now; either may
        be given, and is empty where nothing maps it. Raises StopRun as `_flow_mappings`."""
        versions = self.env["gateway.mapping.version"]
        try:
            here = version or versions._keep(self, entity, direction)
            there = back or versions._keep(self, entity, OPPOSITE[direction])
            for one in here | there:
                one._compiled()
        except MappingError as error:
            raise StopRun(
                f"{entity} {direction}: {error.message}",
                cause="mapping",
                remedy=f"{error.remedy}, in the mapping's layers; then resume the run.",
            ) from error
        return here, there

    def _flow_mappings(self, entity, direction, version=None, back=None):
        """(mapping version record, mapping, opposite mapping, links) that apply to a flow now.

        A run that has begun goes on with its own. Raises StopRun where a layer is broken, by one
        that was taken from under it or by a field that is no longer there.
        """
        here, there = self._flow_versions(entity, direction, version, back)
        mapping = here._compiled() if here else None
        opposite = there._compiled() if there else None
        pair = (mapping, opposite) if direction == "import" else (opposite, mapping)
        return here, mapping, opposite, linked(*pair)

    def _reads(self, entity, mapping, back, direction):
        """Odoo paths the two mappings of an entity read or compare."""
        reads = set()
        imported, exported = (mapping, back) if direction == "import" else (back, mapping)
        if imported is not None:
            reads |= set(imported.writes)
        if exported is not None:
            reads |= set(exported.reads)
        return {entity: reads}

    def _flow(
        self,
        entity,
        direction,
        store,
        run=None,
        is_plan=False,
        edge=None,
        trace=None,
        version=None,
        back=None,
    ):
        """The pipeline's flow for one entity and direction, as it is mapped now or by a `version`,
        and one of the opposite direction.
        `is_plan`: what is written to Odoo is tried and taken back."""
        version, mapping, back, links = self._flow_mappings(entity, direction, version, back)
        if mapping is None:
            raise UserError(self.env._("%(e)s has no %(d)s mapping.", e=entity, d=direction))
        self._identify(store.commit)
        reads = self._all_reads() if is_plan else self._reads(entity, mapping, back, direction)
        odoo = self._odoo_endpoint(reads, edge, run if is_plan else None)
        remote = self._remote_endpoint(trace)
        ends = {"odoo": odoo, "remote": remote}
        source = SOURCE_OF[direction]
        flow = Flow(
            entity=entity,
            direction=direction,
            mapping=mapping,
            source=ends[source],
            target=ends["odoo" if source == "remote" else "remote"],
            store=store,
            links=links,
            back=back,
            strategy=self._strategy(),
            clock=self._clock(),
            run=run,
        )
        return version, flow

    def _all_reads(self):
        """Odoo paths that the mappings of all entities read: a plan keeps a record as each sees it.
        A broken mapping is told by its own flow."""
        reads = {}
        for entity, direction in self._mapped_flows():
            try:
                _version, mapping, back, _links = self._flow_mappings(entity, direction)
            except StopRun:
                continue
            reads.update(self._reads(entity, mapping, back, direction))
        return reads

    def _since(self, entity, direction, dry_run=False):
        """Where a flow's read begins: its watermark less the overlap, None for a full read."""
        mark = self.env["gateway.watermark"]._of(self, entity, direction)
        if not mark:
            return None
        time = datetime.fromisoformat(mark.time).astimezone(timezone.utc)
        kept, now = Watermark(time, mark.record_id or ""), datetime.now(timezone.utc)
        if is_ahead(kept, now) and not dry_run:
            _logger.warning(
                "Gateway: %s %s is read whole, for its watermark %s is ahead of the clock",
                entity,
                direction,
                mark.time,
            )
            mark.unlink()
        overlap = self.overlap if direction == "import" else 0
        return read_from(kept, timedelta(seconds=overlap), now)
