from odoo import models
from odoo.tools import SQL

from ..lib.merge import SOURCE_OF
from .entity_models import PART_OF

#: What has parts: of these it is told that they are gone, and not of their parts.
OWNERS = ("variant", "product")


class GatewayFlow(models.Model):
    """What a compare has told already of what one side has no more, so that it is told once."""

    _inherit = "gateway.flow"

    def _told_gone(self, ids):
        """Those of these source ids of which this run says already that one side has them no more:
        by the opposite direction, or of the variant or product that they are a part of."""
        rows = self._with_owners(ids)
        wanted = {remote for _id, *remotes in rows for remote in remotes if remote}
        if not wanted:
            return set()
        told = set(
            self.env.execute_query(
                SQL(
                    "SELECT entity, CASE direction WHEN 'import' THEN source_id ELSE target_id END"
                    " FROM gateway_change WHERE connector_id = %s AND run_id = %s"
                    " AND entity = ANY(%s) AND outcome = 'held' AND field_changes IS NULL"
                    " AND (direction = 'import' AND source_id = ANY(%s)"
                    " OR direction = 'export' AND target_id = ANY(%s))",
                    self.connector_id.id,
                    self.run_id.id,
                    [self.entity, *OWNERS],
                    list(wanted),
                    list(wanted),
                )
            )
        )
        kinds = (self.entity, *OWNERS)
        return {
            id_ for id_, *remotes in rows if told.intersection(zip(kinds, remotes, strict=True))
        }

    def _with_owners(self, ids):
        """[(source id, the shop's id of the record, of its variant, of its product)]"""
        if not ids:
            return []
        self.env.flush_all()
        source = SQL.identifier("b", f"{SOURCE_OF[self.direction]}_id")
        return self.env.execute_query(
            SQL(
                "SELECT %s, b.remote_id, v.remote_id,"
                " COALESCE(v.parent_remote_id, b.parent_remote_id) FROM gateway_binding b"
                " LEFT JOIN gateway_binding v ON v.connector_id = b.connector_id AND v.entity = %s"
                " AND v.odoo_id = split_part(b.odoo_id, '@', 1)"
                " WHERE b.connector_id = %s AND b.entity = %s AND %s = ANY(%s)",
                source,
                PART_OF.get(self.entity, ""),
                self.connector_id.id,
                self.entity,
                source,
                list(ids),
            )
        )

    def _name_what_is_gone(self, page):
        """In the lines of `page`, by the last line that knew it: of what is gone an id is read."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE gateway_change c SET reference = (SELECT o.reference FROM gateway_change o"
                " WHERE o.connector_id = c.connector_id AND o.entity = c.entity"
                " AND (o.source_id = v.remote OR o.target_id = v.remote)"
                " AND o.reference IS NOT NULL ORDER BY o.id DESC LIMIT 1)"
                " FROM (SELECT id, CASE direction WHEN 'import' THEN source_id ELSE target_id END"
                " FROM gateway_change WHERE page_id = %s) AS v(id, remote)"
                " WHERE c.id = v.id AND c.reference IS NULL AND c.outcome = 'held' RETURNING c.id",
                page.id,
            )
        )
        self.env["gateway.change"].invalidate_model(["reference"], flush=False)
