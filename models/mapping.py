from functools import lru_cache
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..lib.errors import GatewayError
from ..lib.mapping import (
    check_creates,
    compile_mapping,
    effective,
    fitting,
    link,
    parse,
    spread,
)
from ..lib.platforms import platform, platforms
from .endpoint.entity import ENTITIES
from .watermark import DIRECTIONS
from .wording import entities, entity_label

LAYERS = ("company", "workspace", "connector")
SHIPPED = Path(__file__).parent.parent / "mappings"


class GatewayMapping(models.Model):
    """One layer of a mapping, above the shipped document: what a company, a workspace or a
    connector changes in it. Layers apply field by field, the last wins."""

    _name = "gateway.mapping"
    _description = "Gateway Mapping"
    _inherit = ["gateway.own.company"]
    _order = "platform, entity, direction, layer, id"

    name = fields.Char(compute="_compute_name")
    platform = fields.Selection(lambda self: self._platforms(), required=True)
    entity = fields.Selection(entities, required=True)
    direction = fields.Selection(DIRECTIONS, required=True)
    layer = fields.Selection(
        [(name, name.capitalize()) for name in LAYERS], required=True, default="connector"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    workspace_id = fields.Many2one("gateway.workspace", ondelete="cascade")
    connector_id = fields.Many2one("gateway.connector", ondelete="cascade", index=True)
    document = fields.Text(required=True, help="JSON: only what this layer changes.")
    note = fields.Char(help="Why it was changed.")
    shipped_text = fields.Text(string="Shipped mapping", compute="_compute_shipped_text")
    active = fields.Boolean(default=True)

    _layer_unique = models.UniqueIndex(
        "(platform, entity, direction, layer, company_id, COALESCE(workspace_id, 0), "
        "COALESCE(connector_id, 0)) WHERE active",
        "A layer has one mapping for each entity and direction.",
    )

    @api.model
    def _platforms(self):
        return [(item.name, item.label) for item in platforms()]

    @api.depends("platform", "entity", "direction", "layer")
    def _compute_name(self):
        shops = dict(self._platforms())
        ways = dict(self._fields["direction"]._description_selection(self.env))
        for mapping in self:
            label = entity_label(self.env, mapping.entity)
            parts = [shops.get(mapping.platform), label, ways.get(mapping.direction)]
            mapping.name = " · ".join(part for part in parts if part)

    @api.depends("platform", "entity", "direction")
    def _compute_shipped_text(self):
        for mapping in self:
            known = mapping.platform and mapping.entity and mapping.direction
            mapping.shipped_text = known and shipped_text(
                mapping.platform, mapping.entity, mapping.direction
            )

    @api.constrains("layer", "platform", "company_id", "workspace_id", "connector_id", "active")
    def _check_owner(self):
        for mapping in self.filtered("active"):
            owner = mapping[f"{mapping.layer}_id"]
            if mapping.layer == "connector" and not owner:
                raise ValidationError(self.env._("A connector's mapping names its connector."))
            if mapping.layer == "workspace" and not owner:
                raise ValidationError(self.env._("A workspace's mapping names its workspace."))
            if mapping.layer != "company" and owner.company_id != mapping.company_id:
                raise ValidationError(
                    self.env._(
                        "%(owner)s belongs to %(company)s; its mapping has to, too.",
                        owner=owner.name,
                        company=owner.company_id.name,
                    )
                )
            if mapping.layer == "connector" and owner.platform != mapping.platform:
                raise ValidationError(
                    self.env._("%s is a connector of another platform.", owner.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._check_reach()
        return mappings

    def write(self, vals):
        self._check_reach()  # a layer that is moved goes from where it was
        done = super().write(vals)
        self._check_reach()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_within_reach(self):
        self._check_reach()

    def _check_reach(self):
        """A company's layer changes each of its connectors: only who may see them all may."""
        if self.env.su:
            return
        for mapping in self.filtered(lambda one: one.layer == "company"):
            reached = mapping._connectors().sudo(False)
            if reached != reached._filtered_access("read"):
                raise AccessError(
                    self.env._(
                        "The company's mapping %s holds for connectors of workspaces that you are "
                        "no member of. Change your workspace's or connector's mapping instead, or "
                        "ask a manager who is a member of all of them.",
                        mapping.name,
                    )
                )

    @api.constrains(
        "document",
        "platform",
        "entity",
        "direction",
        "layer",
        "company_id",
        "workspace_id",
        "connector_id",
        "active",
    )
    def _check_document(self):
        """Every effective document that this layer is a part of compiles against both sides."""
        for mapping in self.filtered("active"):
            try:
                parse(mapping.document)
                for connector in mapping._connectors() or [None]:
                    mapping._check_effective(connector)
            except GatewayError as error:
                told = f"{mapping._place()}: {error}"
                raise ValidationError(told) from error

    def _place(self):
        """«Shopify · Product · Import, connector «Web shop»»: which layer of which mapping."""
        layers = dict(self._fields["layer"]._description_selection(self.env))
        owner = self[f"{self.layer}_id"].name
        return f"{self.name}, {layers[self.layer].lower()} «{owner}»"

    def _check_effective(self, connector):
        """With the other layers of a connector; over the shipped document where there is none."""
        if connector is not None:
            document = self._effective(connector, self.entity, self.direction)
        else:
            layers = [("shipped", shipped(self.platform, self.entity, self.direction))]
            layers.append((self.layer, parse(self.document)))
            document = effective([(name, doc) for name, doc in layers if doc])
        source, target = self._entity_infos(connector)
        try:
            mapping = compile_mapping(document, source, target)
            if self.direction == "export":
                check_creates(mapping, target)
        except GatewayError as error:
            others = self.layer != "connector" and connector
            seen = others and others.sudo(self.env.su)._filtered_access("read")
            raise error.at(record=seen.name if seen else None) from error

    def _connectors(self):
        """Whose effective documents this layer is a part of."""
        if self.layer == "connector":
            return self.connector_id
        domain = [("platform", "=", self.platform), ("company_id", "=", self.company_id.id)]
        if self.layer == "workspace":
            domain.append(("workspace_id", "=", self.workspace_id.id))
        # Those of other workspaces, too: a layer must not break what its editor can't see.
        return self.env["gateway.connector"].sudo().search(domain)

    def _entity_infos(self, connector=None):
        """EntityInfo of the mapping's source and target, to check its fields against."""
        if connector is None:
            connector = self.env["gateway.connector"].new(
                {"platform": self.platform, "company_id": self.company_id.id}
            )
        odoo = connector._odoo_endpoint().entities().get(self.entity)
        remote = platform(self.platform).entity_infos.get(self.entity)
        return (remote, odoo) if self.direction == "import" else (odoo, remote)

    @api.model
    def _layers_of(self, connector, entity, direction):
        """((layer, document's text), …) that apply to a connector, shipped first."""
        flow = entity, direction
        found = connector.sudo().layer_ids.filtered(lambda m: (m.entity, m.direction) == flow)
        base = shipped_text(connector.platform, entity, direction)
        layers = [("shipped", base)] if base else []
        for layer in LAYERS:
            layers += [(layer, m.document) for m in found if m.layer == layer]
        return tuple(layers)

    @api.model
    def _effective(self, connector, entity, direction):
        """The effective document, None where no layer maps this flow."""
        layers = self._layers_of(connector, entity, direction)
        if not layers:
            return None
        own = connector._own_layers(entity, direction, merged(layers).document)
        layers = (*layers, *(("connector", text) for text in own))
        side = ENTITIES.get(entity)
        virtual = side.virtual_of(connector._integration_env()) if side else ()
        known = frozenset([*self.env[side.model]._fields, *virtual]) if side else None
        languages = tuple(connector._languages())
        if direction == "export":
            return fitted(layers, known, None, tuple((own, code) for code, own in languages))
        return fitted(layers, None, known, languages)


def folder_of(name):
    return SHIPPED / (platform(name).mappings or name)


def shipped_path(platform_name, entity, direction):
    return folder_of(platform_name) / f"{entity}.{direction}.json"


@lru_cache(maxsize=256)
def _read(path):
    return path.read_text(encoding="utf-8") if path.is_file() else None


def shipped_text(platform_name, entity, direction):
    """The text of the document that comes with the module, None where there is none."""
    path = shipped_path(platform_name, entity, direction)
    # Both names may come from a browser, and must not lead out of the folder.
    return _read(path) if path.parent == folder_of(platform_name) else None


def shipped(platform_name, entity, direction):
    """The same, parsed."""
    text = shipped_text(platform_name, entity, direction)
    return parse(text) if text else None


@lru_cache(maxsize=256)
def merged(layers):
    """The effective document of ((layer, text), …): merged and checked once, not for each page."""
    return effective([(layer, parse(text)) for layer, text in layers])


@lru_cache(maxsize=256)
def fitted(layers, source, target, languages):
    """The effective document as it holds between these two sides: without optional fields that one
    of them has not got, and in these languages."""
    return spread(fitting(merged(layers), source, target), languages)


@lru_cache(maxsize=256)
def compiled(version, text):
    """A compiled mapping by its content hash; compiling costs milliseconds, a page should not."""
    return compile_mapping(effective([("effective", parse(text))]))


#: Which fields of two compiled mappings belong together; both live as long as their versions.
linked = lru_cache(maxsize=256)(link)
