"""What the connector sets for its orders: warehouse, pricelist, taxes, shipping product."""

from functools import cache

from odoo.fields import Command

from ...lib.errors import GatewayError, Refused
from ...lib.values import freeze
from .entity import Refusals
from .openings import Openings
from .order_elements import Terms
from .order_fields import PRODUCTS, STATES
from .order_lines import Lines
from .order_parties import Parties
from .order_rounding import settle_rounding
from .order_taxes import Taxes
from .order_totals import check_total
from .places import Places


class OrderSettings:
    """Part of the order entity: settings as records that the integration user sees."""

    @property
    def places(self):
        if self._places is None:
            self._places = Places(self.env)
        return self._places

    def setting(self, name, model):
        """A record the connector names, as the integration user sees it."""
        return self.env[model].browse(getattr(self.connector, name).id or None)

    def _parties(self):
        return Parties(self.env["res.partner"].with_context(active_test=False), self.places)

    def _warehouse(self, location_id):
        """The warehouse of a location of the map; the connector's where none is given."""
        if not location_id:
            return self.setting("warehouse_id", "stock.warehouse").id
        location = self.env["stock.location"].browse(int(location_id))
        if not location.warehouse_id:
            raise Refused(
                f"the location {location.display_name} belongs to no warehouse",
                field="warehouse",
                remedy="Map the shop's location to a location inside a warehouse.",
            )
        return location.warehouse_id.id

    def _openings(self, levels):
        """The opening balances of the levels that lines are taken from (None: of none)."""
        return Openings(self.env, self.connector, levels - {None})

    @staticmethod
    def _level_of(warehouse, line):
        """(product id, location id) that the goods of a line are taken from; None: of none."""
        if not line.get("product_id") or line.get("kind"):
            return None
        return int(line["product_id"]), warehouse.lot_stock_id.id

    def _pricelists(self, ops):
        """Currency code → pricelist for a page; an empty one where none is needed."""
        codes = {op.values["currency"].upper() for op in ops if op.values.get("currency")}
        codes.add(self.company.currency_id.name)
        own = self.setting("pricelist_id", "product.pricelist")
        pricelists = self.env["product.pricelist"]
        found = pricelists.search(
            [
                *pricelists._check_company_domain(self.company),
                ("currency_id.name", "in", list(codes)),
            ]
        )
        out = {self.company.currency_id.name: pricelists}
        for pricelist in reversed(own | found):
            out[pricelist.currency_id.name] = pricelist
        return out

    def _pricelist(self, pricelists, code):
        code = (code or self.company.currency_id.name).upper()
        if code not in pricelists:
            raise Refused(
                f"Odoo has no pricelist in {code}",
                field="currency",
                value=code,
                remedy=f"Activate {code} and create a pricelist in it (Sales › Configuration), "
                "then retry.",
            )
        return pricelists[code]

    def _product_for(self, kind):
        """The product on which lines of a kind stand (`PRODUCTS`); empty where none is needed."""
        name, ref = PRODUCTS[kind]
        product = self.setting(name, "product.product")
        if not product and ref:
            product = self.env.ref(ref, raise_if_not_found=False)
        if not product and ref:
            label = self.env["gateway.connector"]._fields[name].string
            raise Refused(
                f"there is no product for {kind.replace('_', ' ')} any more",
                field=name,
                remedy=f"Choose one on the connector («{label}»), then retry.",
            )
        return product

    def _lines(self, wanted):
        taxes = Taxes(self.env, self.connector, wanted)
        return Lines(self.env, self.company, taxes, cache(self._product_for))

    def _terms(self, values, currency):
        """The terms of an order that arrives with `values`."""
        address = values.get("shipping_address") or values.get("billing_address") or {}
        return Terms(
            currency, bool(values.get("taxes_included")), address.get("country_code") or ""
        )

    def _terms_of(self, row, values):
        """The terms of an order that is here, after an update with `values`."""
        included = values.get("taxes_included")
        if included is None:
            taxes = row.order_line.tax_ids
            included = bool(taxes) and all(tax.price_include for tax in taxes)
        address = values.get("shipping_address") or {}
        country = address.get("country_code") or row.partner_shipping_id.country_id.code
        return Terms(row.currency_id, bool(included), country or "")

    def header_values(self, values):
        """ORM values of the header's own columns, states and tags; only what is given."""
        out = self.odoo_values(values)
        out.pop("partner_id", None)
        for name, column in STATES.items():
            if name in values:
                out[column] = freeze(values[name]) or False
        return out

    def _note(self, notes):
        """Keep what became of operations besides what was asked: id(op) → sentences."""
        for key, said in notes.items():
            self.notes[key] = "; ".join(filter(None, (self.notes.get(key), *said)))

    def _check_totals(self, rows, ops, before=None):
        """`before`: id(op) → total of the order before the update, where the shop's is mapped."""
        settle_rounding(rows, ops, self.connector.rounding_limit, self._product_for)
        errors = {}
        for row, op in zip(rows, ops, strict=True):
            try:
                wanted = (before or {}).get(id(op))
                check_total(row, op.values, op.action == "create", wanted)
            except GatewayError as error:
                errors[id(op)] = error
        if errors:
            raise Refusals(errors)

    def _tags(self, ops):
        """id(op) → Command of its tags, for ops that give them; missing ones in one create."""
        wanted = {id(op): _names(op.values["tags"]) for op in ops if "tags" in op.values}
        names = list(dict.fromkeys(name for given in wanted.values() for name in given))
        tags = self.env["crm.tag"]
        found = tags.search([("name", "in", names)]) if names else tags
        known = {tag.name: tag.id for tag in found}
        new = [name for name in names if name not in known]
        if new:
            made = tags.create([{"name": name} for name in new])
            known.update(zip(new, made.ids, strict=True))
        return {key: [Command.set([known[n] for n in given])] for key, given in wanted.items()}


def _names(tags):
    return list(dict.fromkeys(tag.strip() for tag in tags or () if tag and tag.strip()))
