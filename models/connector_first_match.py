from markupsafe import Markup

from odoo import models

from .entity_models import PART_OF
from .wording import entity_label, record_link, table

#: Records, and problems, that are named for each entity.
NAMED = 12


class GatewayConnector(models.Model):
    """Which of Odoo's records a first sync would meet, as the plan of the setup found them."""

    _inherit = "gateway.connector"

    def _told_matches(self, plan):
        met = [(*one, self._archived_of(plan, *one)) for one in self._met_of(plan)]
        has_archived = any(archived for _flow, _model, _ids, archived in met)
        rows = []
        for flow, model, ids, archived in met:
            label = entity_label(self.env, flow.entity)
            counts = [flow.count_created, len(ids), *([len(archived)] if has_archived else [])]
            rows.append([label, *counts, self._told_names(model, ids, archived)])
        headers = [
            self.env._("Entity"),
            self.env._("New to Odoo"),
            self.env._("Odoo has it"),
            *([self.env._("Archived")] if has_archived else []),
            self.env._("Which"),
        ]
        return self._told_shared(met) + table(headers, rows)

    def _met_of(self, plan):
        """(import flow, model, ids of Odoo's records that it meets); variants are parts of their
        product."""
        for flow in plan.flow_ids.filtered(lambda one: one.direction == "import"):
            if flow.entity not in ("variant", *PART_OF):
                model = self._odoo_endpoint().entity(flow.entity).model
                yield flow, model, plan._shelf().met(flow.entity)

    def _archived_of(self, plan, flow, model, ids):
        """Those of the ids that are archived in Odoo, products with such a variant among them."""
        if "active" not in self.env[model]._fields:
            return set()
        put_away = [("active", "=", False)]
        records = self.env[model].sudo().with_context(active_test=False)
        found = set(records.search([("id", "in", ids), *put_away]).ids)
        if flow.entity == "product":
            variants = self.env["product.product"].sudo().with_context(active_test=False)
            mine = [("id", "in", plan._shelf().met("variant")), ("product_tmpl_id", "in", ids)]
            found |= set(variants.search([*mine, *put_away]).product_tmpl_id.ids)
        return found

    def _told_names(self, model, ids, archived):
        """Links to the first of the records, for who may read them, and how many more there are."""
        records = self.env[model].browse(ids[:NAMED]).exists()._filtered_access("read")
        links = [(one.id in archived, record_link(one)) for one in records]
        names = [self.env._("%s (archived)", link) if is_old else link for is_old, link in links]
        if ids[NAMED:]:
            names.append(self.env._("and %s more", len(ids[NAMED:])))
        return Markup(", ").join(names)

    # -- shared with others

    def _shared_of(self, entity, model, ids):
        """[(other connector, those of the ids that it syncs already)]."""
        return (
            self.env["gateway.binding"]
            .sudo()
            ._read_group(
                [
                    ("connector_id", "!=", self.id),
                    ("entity", "=", entity),
                    ("res_model", "=", model),
                    ("res_id", "in", ids),
                    ("state", "=", "bound"),
                ],
                ["connector_id"],
                ["res_id:array_agg_distinct"],
            )
            if ids
            else []
        )

    def _told_shared(self, met):
        """A warning for each other connector that syncs some of these records of Odoo already."""
        counts = {}
        for flow, model, ids, _archived in met:
            for other, shared in self._shared_of(flow.entity, model, ids):
                label = entity_label(self.env, flow.entity)
                counts.setdefault(other, []).append(f"{label}: {len(shared)}")
        return Markup().join(
            Markup('<div class="alert alert-warning" role="alert">%s</div>')
            % self.env._(
                "%(connector)s syncs some of these already (%(counts)s). What this shop says of "
                "them overwrites what that one said, as the conflict rules decide, and goes on to "
                "it. Set the rules, or switch those entities off, before you go live.",
                connector=self._name_of(other),
                counts=", ".join(told),
            )
            for other, told in counts.items()
        )

    def _name_of(self, connector):
        """A connector's name, for who may read it."""
        seen = connector.sudo(self.env.su)._filtered_access("read")
        return seen.name if seen else self.env._("another connector")
