"""Stock levels: one record for every storable variant at every mapped location."""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from odoo.fields import Domain
from odoo.tools import SQL

from ...lib.endpoint import EntityInfo, FieldInfo, Record
from ...lib.errors import Refused
from .batches import each
from .columns import aware, to_decimal
from .entity import Entity, Refusals, entity
from .foresight import PLAN
from .kit_pools import Recipes, pools
from .kits import kit_sources, kits_among, stocked_kits
from .stock_levels import Levels, Locations, adjust

#: A row is one number: the product in the high bits, the location in the low ones.
_BITS = 24
_MASK = (1 << _BITS) - 1


def _number(name, sentence, writable=False):
    return FieldInfo(name, "decimal", True, writable, help=sentence)


_FIELDS = (
    FieldInfo("product_id", "reference", True, True, True, help="The variant."),
    FieldInfo("location_id", "reference", True, True, True, help="A location of the location map."),
    _number("quantity", "On hand there and below. Given only once, as the opening balance.", True),
    _number("reserved", "Of it, promised to transfers."),
    _number(
        "free",
        "What may be offered: on hand minus reserved, less the connector's safety buffer, never "
        "below zero.",
    ),
    _number("forecast", "On hand plus expected minus to be sent."),
    _number(
        "known",
        "Sold at this shop, not sent as the shop sees it, and out of «free» in Odoo already: "
        "reserved or sent for a confirmed order.",
    ),
    FieldInfo(
        "pools",
        "json",
        help="Of kits and their components: what is left of each component, as `left`, `per` "
        "(so much one takes) and `takes` (level and units, of all that share it).",
    ),
    FieldInfo(
        "beside",
        "json",
        help="The levels that share components with this one: level and what is known there.",
    ),
    _number(
        "leaving",
        "Sent by this shop, and in «free» still: of quotations, and of transfers that are open and "
        "have not reserved it.",
    ),
)


#: Fields about kits and components that share stock.
_SHARED = {"pools", "beside"}


@entity
class Stock(Entity):
    """Where Odoo is the authority, a level is given to it once, as its opening balance, and read
    since; where the shop is, each later quantity becomes an inventory adjustment.

    Quantities are in the product's unit of measure. Only variants that this connector has bound are
    looked at; the rest is none of the shop's business.
    """

    name = "stock"
    model = "product.product"
    parallel = False
    computed = True
    natural_keys = ("product_id|location_id",)
    capabilities = frozenset({"create"})
    virtual = {info.name: info for info in _FIELDS}
    page_size = 500

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self._locations = None
        if connector.stock_authority == "shop":
            self.capabilities = self.capabilities | {"update"}

    @property
    def locations(self):
        if self._locations is None:
            self._locations = Locations(self.env, self.connector.gateway_locations())
        return self._locations

    def info(self):
        return EntityInfo(
            name=self.name,
            model=self.model,
            fields=dict(self.virtual),
            natural_keys=self.natural_keys,
            order="by_time",
            capabilities=self.capabilities,
            page_size=self.page_size,
            parallel=self.parallel,
        )

    def operations(self):
        return ("read",)  # an opening balance is an inventory: rows of products are only read

    # -- rows

    def key_of(self, record_id):
        return f"{record_id >> _BITS}@{record_id & _MASK}"

    def row_of(self, key):
        product, _, location = key.partition("@")
        if not (product.isdigit() and location.isdigit()):
            return None
        return (int(product) << _BITS) | int(location)

    def existing(self, rows):
        products = self.records.sudo().browse({row >> _BITS for row in rows}).exists()
        return {row for row in rows if row >> _BITS in products._ids}

    def domain(self):
        """What Odoo keeps stock of; a kit can be sold as often as its components make it."""
        return [
            *(Domain("is_storable", "=", True) | stocked_kits(self.env)),
            ("company_id", "in", [False, self.connector.company_id.id]),
        ]

    def visible(self, ids):
        """Those of the rows whose location is mapped and whose product is storable."""
        rows = [row for row in ids if row & _MASK in self.locations.ids]
        products = self.records.search(
            [("id", "in", [row >> _BITS for row in rows]), *self.domain()]
        )
        held = set(products.ids)
        return sorted(row for row in rows if row >> _BITS in held)

    def listed(self, ids):
        return self.visible(ids)

    def ids(self):
        bound = self.env.execute_query(self._bound())
        products = self.records.search(
            [("id", "in", [id_ for (id_,) in bound]), *self.domain()], order="id"
        )
        for product in products:
            for location in self.locations.ids:
                yield f"{product.id}@{location}"

    def _bound(self):
        """Variants that are bound, or would be by the plan."""
        plan = self.env.context.get(PLAN)
        return SQL(
            "SELECT b.odoo_id::bigint FROM gateway_binding b WHERE b.connector_id = %s"
            " AND b.entity = 'variant' AND b.state = 'bound' AND b.remote_id IS NOT NULL"
            " AND b.odoo_id ~ '^[0-9]+$' AND NOT EXISTS (SELECT FROM gateway_plan_binding p"
            " WHERE p.run_id = %s AND p.handle = b.id)"
            " UNION SELECT p.odoo_id::bigint FROM gateway_plan_binding p WHERE p.run_id = %s"
            " AND p.entity = 'variant' AND p.remote_id IS NOT NULL AND p.odoo_id ~ '^[0-9]+$'"
            " AND p.content::jsonb ->> 'state' = 'bound'",
            self.connector.id,
            plan,
            plan,
        )

    # -- what counts as a change

    def change_sources(self):
        """Quants and moves, for quants are merged and deleted in raw SQL; moves that touch a mapped
        location; lines of orders this connector brought; and variants that were bound meanwhile."""
        if not self.locations.ids:
            return [SQL("SELECT NULL::bigint, NULL::timestamp")]
        sources = [
            self._touching("stock_quant", ("location_id",)),
            self._touching("stock_move", ("location_id", "location_dest_id", "location_final_id")),
            self._touching("stock_move_line", ("location_id", "location_dest_id")),
        ]
        sold = self._sold()
        kits = kit_sources(self.env, [*sources, sold], sold, _BITS, self.locations.ids)
        return [self._only_bound(source) for source in (*sources, *kits, sold, self._fresh())]

    def _only_bound(self, source):
        return SQL(
            "SELECT row_id, t FROM (%s) AS source(row_id, t) WHERE row_id >> %s IN (%s)",
            source,
            _BITS,
            self._bound(),
        )

    def _touching(self, table, columns):
        """(row, time) of each record of `table` for the mapped locations it touches."""
        within = SQL(", ").join(SQL.identifier("source", column) for column in columns)
        return SQL(
            "SELECT %s, source.write_date FROM %s AS source"
            " JOIN stock_location place ON place.id IN (%s)"
            " JOIN stock_location mapped ON place.parent_path LIKE mapped.parent_path || '%%'"
            " WHERE mapped.id IN %s",
            _row(SQL("source.product_id"), SQL("mapped.id")),
            SQL.identifier(table),
            within,
            self.locations.ids,
        )

    def _sold(self):
        return SQL(
            "SELECT %s, greatest(line.write_date, o.write_date, b.write_date)"
            " FROM gateway_binding b JOIN sale_order o ON o.id = b.odoo_id::bigint"
            " JOIN sale_order_line line ON line.order_id = o.id"
            " JOIN stock_warehouse w ON w.id = line.warehouse_id"
            " WHERE b.connector_id = %s AND b.entity = 'order' AND b.odoo_id ~ '^[0-9]+$'"
            " AND line.product_id IS NOT NULL AND w.lot_stock_id IN %s",
            _row(SQL("line.product_id"), SQL("w.lot_stock_id")),
            self.connector.id,
            self.locations.ids,
        )

    def _fresh(self):
        return SQL(
            "SELECT %s, b.since FROM (SELECT odoo_id, create_date FROM gateway_binding"
            " WHERE connector_id = %s AND entity = 'variant' UNION ALL"
            " SELECT p.odoo_id, r.create_date FROM gateway_plan_binding p"
            " JOIN gateway_run r ON r.id = p.run_id WHERE r.id = %s AND p.entity = 'variant')"
            " AS b(odoo_id, since) CROSS JOIN stock_location mapped"
            " WHERE b.odoo_id ~ '^[0-9]+$' AND mapped.id IN %s",
            _row(SQL("b.odoo_id::bigint"), SQL("mapped.id")),
            self.connector.id,
            self.env.context.get(PLAN),
            self.locations.ids,
        )

    # -- reading

    def read(self, rows, times=None):
        times = times or {}
        pairs = [(row >> _BITS, row & _MASK) for row in rows]
        wanted = {path.partition(".")[0] for path in self.reads} & set(self.virtual)
        asked = {product for product, _location in pairs} if _SHARED & wanted else set()
        recipes = Recipes(self.env, self.connector, asked)
        kin = {(other, place) for _product, place in pairs for other in recipes.needed()}
        levels = Levels(self.env, self.connector, self.locations, {*pairs, *kin})
        for pair in pairs if _SHARED & wanted else ():
            shared = pools(recipes, levels, pair, self.connector.stock_buffer)
            levels.of(pair).update(zip(("pools", "beside"), shared, strict=True))
        places = self.env["decimal.precision"].precision_get("Product Unit")
        return [
            Record(
                self.key_of(row),
                {
                    "id": self.key_of(row),
                    **{name: self._value(name, pair, levels, places) for name in wanted},
                },
                aware(times.get(row)),
            )
            for row, pair in zip(rows, pairs, strict=True)
        ]

    def _value(self, name, pair, levels, places):
        if name == "product_id":
            return str(pair[0])
        if name == "location_id":
            return str(pair[1])
        if name in _SHARED:
            return levels.of(pair)[name]
        return to_decimal(levels.of(pair)[name], (16, places))

    def find(self, key, values):
        """Product and location, joined by «|», where there is an opening balance already: a quant,
        or a move that was done. A kit needs none: its components have theirs."""
        asked = {}
        for value in values:
            row = self.row_of(value.replace("|", "@"))
            if row is not None and row & _MASK in self.locations.ids:
                asked[row >> _BITS, row & _MASK] = value
        opened = self.locations.opened(asked)
        kits = kits_among(self.records.browse({product for product, _location in asked}))
        opened |= {pair for pair in asked if pair[0] in kits._ids}
        return [(value, f"{pair[0]}@{pair[1]}") for pair, value in asked.items() if pair in opened]

    # -- writing

    def canonical(self, values):
        out = dict(values)
        places = self.env["decimal.precision"].precision_get("Product Unit")
        if out.get("quantity") is not None:
            out["quantity"] = to_decimal(float(out["quantity"]), (16, places))
        return out

    def create(self, ops):
        """Opening balances: what is on hand becomes `quantity`, by inventory moves of one batch."""
        self._refuse_others(ops)
        wanted = {}
        for op in ops:
            pair = (int(op.values["product_id"]), int(op.values["location_id"]))
            wanted[pair] = op.values.get("quantity")
        name = self.env._("Opening balance from the shop")
        adjust(self.env, self.connector, self.locations, wanted, name)
        return [(f"{op.values['product_id']}@{op.values['location_id']}", {}) for op in ops]

    def _refuse_others(self, ops):
        ids = [int(op.values["product_id"]) for op in ops if op.values.get("product_id")]
        storable = set(self.records.search([("id", "in", ids), *self.domain()]).ids)
        errors = {}
        for op in ops:
            product, location = op.values.get("product_id"), op.values.get("location_id")
            if not location or int(location) not in self.locations.ids:
                errors[id(op)] = Refused(
                    "this location of the shop is not in the connector's location map",
                    field="location_id",
                    value=location,
                    remedy="Map it to a location of Odoo on the connector, then retry.",
                )
            elif not product or int(product) not in storable:
                errors[id(op)] = Refused(
                    "Odoo tracks no inventory for this product",
                    field="product_id",
                    value=product,
                    remedy="Switch on «Track Inventory» on the product, or stop tracking it at the "
                    "shop, then retry.",
                )
        if errors:
            raise Refusals(errors)

    def update(self, ops):
        if "update" not in self.capabilities:
            self._refuse_updates(ops)
        each(ops, _check_known)
        asked = {int(op.id.partition("@")[0]) for op in ops}
        kits = kits_among(self.records.browse(asked))
        each(ops, lambda op: _check_no_kit(op, kits))
        wanted = {}
        for op in ops:
            product, _, location = op.id.partition("@")
            wanted[int(product), int(location)] = op.values["quantity"]
        adjust(self.env, self.connector, self.locations, wanted, self.env._("Quantity of the shop"))
        return [{} for _op in ops]

    def _refuse_updates(self, ops):
        raise Refusals(
            {
                id(op): Refused(
                    "stock has one authority, and it is Odoo: a quantity of the shop is taken over"
                    " only once, as the opening balance",
                    field="quantity",
                    value=op.values.get("quantity"),
                    remedy="Correct it by an inventory adjustment in Odoo; the next export carries "
                    "it to the shop.",
                )
                for op in ops
            }
        )

    def delete(self, ops):
        """A level that is gone at the shop takes nothing out of Odoo's warehouse."""
        return [{} for _op in ops]


def _check_known(op):
    """Nothing on hand is a statement; no quantity is none."""
    if op.values.get("quantity") is None:
        raise Refused(
            "the shop gives no quantity, which is not the same as none on hand",
            field="quantity",
            remedy="Let the shop count it, or leave such levels out by a filter of the mapping.",
        )


def _check_no_kit(op, kits):
    if int(op.id.partition("@")[0]) in kits._ids:
        raise Refused(
            "a kit has no stock of its own",
            field="quantity",
            value=op.values["quantity"],
            remedy="Count its components; how many kits they make follows from that.",
        )


def _row(product, location):
    return SQL("(%s::bigint << %s) | %s", product, _BITS, location)
