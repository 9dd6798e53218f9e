"""Orders: quotations or confirmed sales orders with lines, shipping, taxes and discounts."""

from odoo.fields import Command
from odoo.tools import SQL

from ...lib.errors import GatewayError, Refused
from .columns import to_decimal
from .customer import each, write_grouped
from .entity import Entity, Refusals, entity
from .order_fields import QUANTITIES, STATES, VIRTUAL
from .order_lines import MONEY, Lines, as_line, line_fields, shipping_fields, wanted_taxes
from .order_parties import ROLES, Parties
from .order_taxes import Taxes
from .order_totals import check_total
from .order_update import check_cancel, check_changes
from .places import Places

_GROUPS = ("lines", "shipping")


@entity
class Order(Entity):
    """Orders of the connector's company. Lines are elements of two lists: what was sold, and what is
    charged for shipping (the lines marked as delivery)."""

    name = "order"
    model = "sale.order"
    natural_keys = ("client_order_ref",)
    capabilities = frozenset({"create", "update"})
    virtual = VIRTUAL
    page_size = 100

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self.roots = {path.partition(".")[0] for path in self.reads}
        self.company = env["res.company"].browse(connector.company_id.id)
        self._places = None

    @property
    def places(self):
        if self._places is None:
            self._places = Places(self.env)
        return self._places

    def setting(self, name, model):
        """A record the connector names, as the integration user sees it."""
        return self.env[model].browse(getattr(self.connector, name).id or None)

    # -- what counts as a change

    def domain(self):
        return [("company_id", "=", self.company.id)]

    def change_sources(self):
        sources = [
            *super().change_sources(),
            SQL("SELECT order_id, write_date FROM sale_order_line"),
        ]
        if self.roots & {"picking_ids", "delivery_status", "effective_date"}:
            sources.append(
                SQL("SELECT sale_id, write_date FROM stock_picking WHERE sale_id IS NOT NULL")
            )
        if self.roots & {"invoice_ids", "invoice_status", "invoice_count"}:
            sources.append(
                SQL(
                    "SELECT line.order_id, move.write_date FROM sale_order_line_invoice_rel rel"
                    " JOIN sale_order_line line ON line.id = rel.order_line_id"
                    " JOIN account_move_line item ON item.id = rel.invoice_line_id"
                    " JOIN account_move move ON move.id = item.move_id"
                )
            )
        for role, (column, _type) in ROLES.items():
            if role in self.roots:
                sources.append(
                    SQL(
                        "SELECT o.id, p.write_date FROM sale_order o JOIN res_partner p ON p.id = %s",
                        SQL.identifier("o", column),
                    )
                )
        return sources

    # -- reading

    def read(self, rows, times=None):
        records = super().read(rows, times)
        for row, record in zip(rows, records, strict=True):
            record.fields.update(self._virtual_fields(row))
        return records

    def _virtual_fields(self, row):
        roots, fields = self.roots, {}
        for name, column in STATES.items():
            if name in roots:
                fields[name] = row[column] or None
        for role, (column, _type) in ROLES.items():
            if role in roots:
                fields[role] = Parties(None, self.places).address(row[column])
        if "currency" in roots:
            fields["currency"] = row.currency_id.name
        if "total" in roots:
            fields["total"] = to_decimal(row.amount_total, (16, row.currency_id.decimal_places))
        if "cancelled" in roots:
            fields["cancelled"] = row.state == "cancel"
        if "warehouse" in roots:
            fields["warehouse"] = self._location_of(row.warehouse_id)
        if roots & {"lines", "shipping", "taxes_included"}:
            fields.update(self._line_fields(row))
        return {name: value for name, value in fields.items() if name in roots}

    def _line_fields(self, row):
        lines = row.order_line.filtered(lambda line: not line.display_type)
        taxes = lines.tax_ids
        return {
            "lines": [line_fields(line) for line in lines if not line.is_delivery],
            "shipping": [shipping_fields(line) for line in lines if line.is_delivery],
            "taxes_included": bool(taxes) and all(tax.price_include for tax in taxes),
        }

    def find(self, key, values):
        """By the shop's order name; one that another connector brought is not ours, whatever its
        name: two shops both have a #1001."""
        found = super().find(key, values)
        if not found:
            return found
        others = self.env.execute_query(
            SQL(
                "SELECT odoo_id FROM gateway_binding"
                " WHERE entity = 'order' AND connector_id != %s AND odoo_id IN %s",
                self.connector.id,
                tuple(id_ for _value, id_ in found),
            )
        )
        taken = {id_ for (id_,) in others}
        return [(value, id_) for value, id_ in found if id_ not in taken]

    # -- what a mapping gives, as records

    def canonical(self, values):
        out = super().canonical(values)
        for role in ROLES:
            if isinstance(out.get(role), dict):
                out[role] = self.places.codes(out[role])
        if isinstance(out.get("currency"), str):
            out["currency"] = out["currency"].upper()
        return out

    def _location_of(self, warehouse):
        return str(warehouse.lot_stock_id.id) if warehouse else None

    def _warehouse(self, location_id):
        """The warehouse that a location of the map belongs to; the connector's where none is given."""
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

    def _pricelists(self, ops):
        """Currency code → pricelist for all codes of a page; an empty one where none is needed."""
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
                remedy=f"Activate {code} and create a pricelist in it (Sales › Configuration), then "
                "retry.",
            )
        return pricelists[code]

    def _shipping_product(self):
        return self.setting("shipping_product_id", "product.product") or self.env.ref(
            "gateway_ng.product_shipping"
        )

    def _lines(self, wanted):
        allowed = bool(self.connector.create_taxes)
        taxes = Taxes(self.env, self.company, allowed, wanted)
        return Lines(self.env, self.company, taxes, self._shipping_product)

    # -- creating

    def create(self, ops):
        """All orders of a page in one create, then confirmed or cancelled in groups."""
        pricelists = self._pricelists(ops)
        lines = self._lines({tax for op in ops for tax in _taxes_of(op)})
        parties = Parties(self.env["res.partner"].with_context(active_test=False), self.places)
        values = each(ops, lambda op: self._new_order(op, parties, pricelists, lines))
        customers = parties.customers(ops)
        contacts = parties.contacts(
            [(id(op), customers[id(op)], role, op.values.get(role)) for op in ops for role in ROLES]
        )
        for op, one in zip(ops, values, strict=True):
            one["partner_id"] = customers[id(op)].id
            for role, (column, _type) in ROLES.items():
                if op.values.get(role):
                    one[column] = contacts[id(op), role].id
        rows = self.records.create(values)
        self._check_totals(rows, ops)
        self._advance(rows, ops)
        return [
            (self.key_of(row.id), _children(op, row)) for row, op in zip(rows, ops, strict=True)
        ]

    def _new_order(self, op, parties, pricelists, lines):
        values = op.values
        parties.check({"partner_id": None, **values})
        pricelist = self._pricelist(pricelists, values.get("currency"))
        currency = pricelist.currency_id or self.company.currency_id
        included = bool(values.get("taxes_included"))
        one = self.header_values(values)
        one.update(
            company_id=self.company.id,
            pricelist_id=pricelist.id,
            warehouse_id=self._warehouse(values.get("warehouse")),
            sale_order_template_id=False,
            require_signature=False,
            require_payment=False,
            order_line=[
                Command.create({"sequence": 10 + number, **lines.values(line, currency, included, True)})
                for number, line in enumerate(_all_lines(values))
            ],
        )
        team = self.setting("team_id", "crm.team")
        if team:
            one["team_id"] = team.id
        return one

    def header_values(self, values):
        """ORM values of the header's own columns and states; only what is given."""
        out = self.odoo_values(values)
        out.pop("partner_id", None)
        out.update({STATES[name]: values[name] or False for name in STATES if name in values})
        return out

    def _check_totals(self, rows, ops):
        errors = {}
        for row, op in zip(rows, ops, strict=True):
            try:
                check_total(row, op.values)
            except GatewayError as error:
                errors[id(op)] = error
        if errors:
            raise Refusals(errors)

    def _advance(self, rows, ops):
        """Confirm or cancel. What the shop has fulfilled already moves no stock."""
        cancelled, fulfilled, due = [], [], []
        for row, op in zip(rows, ops, strict=True):
            if op.values.get("cancelled"):
                cancelled.append(row.id)
            elif self.connector.order_confirm:
                (fulfilled if _is_fulfilled(op) else due).append(row.id)
        if cancelled:
            rows.browse(cancelled).action_cancel()
        if fulfilled:
            rows.browse(fulfilled).with_context(skip_procurement=True).action_confirm()
        if due:
            rows.browse(due).action_confirm()

    # -- updating

    def update(self, ops):
        rows = {op.id: self.records.browse(int(op.id)) for op in ops}
        each(ops, lambda op: check_changes(rows[op.id], op))
        each(ops, lambda op: op.values.get("cancelled") and check_cancel(rows[op.id]))
        headers = each(ops, lambda op: self._new_header(op, rows[op.id]))
        write_grouped(self.records, [(int(op.id), v) for op, v in zip(ops, headers, strict=True)])
        lines = self.env["sale.order.line"]
        open_ops = [op for op in ops if any(op.values.get(group) for group in _GROUPS)]
        money = self._lines({tax for op in open_ops for tax in self._update_taxes(op, rows[op.id])})
        changes = each(open_ops, lambda op: self._line_changes(op, rows[op.id], money))
        write_grouped(lines, [change for one in changes for change in one])
        children = self._change_lists(open_ops, rows, money)
        self._check_totals([rows[op.id] for op in ops], ops)
        self._cancel(ops, rows)
        return [children.get(id(op), {}) for op in ops]

    def _new_header(self, op, row):
        values = self.header_values(op.values)
        if "warehouse" in op.values:
            values["warehouse_id"] = self._warehouse(op.values["warehouse"])
        if "currency" in op.values:
            pricelists = self._pricelists([op])
            values["pricelist_id"] = self._pricelist(pricelists, op.values["currency"]).id
        parties = Parties(self.env["res.partner"].with_context(active_test=False), self.places)
        if op.values.get("partner_id"):
            values["partner_id"] = int(op.values["partner_id"])
        customer = self.env["res.partner"].browse(values.get("partner_id", row.partner_id.id))
        asked = [(0, customer, role, op.values[role]) for role in ROLES if role in op.values]
        for (_key, role), contact in (parties.contacts(asked) if asked else {}).items():
            values[ROLES[role][0]] = contact.id
        return values

    def _update_taxes(self, op, row):
        included = _included(op, row)
        return wanted_taxes([full for _id, full in self._full_lines(op, row)], included)

    def _full_lines(self, op, row):
        """(line id or None, line with what `op` leaves unsaid) of every line `op` adds or changes."""
        for group in _GROUPS:
            known = op.children.get(group, {})
            for key, fields in (op.values.get(group) or {}).items():
                if fields is None:
                    continue
                given = as_line(fields) if group == "shipping" else fields
                if key not in known:
                    yield None, given
                    continue
                held = row.order_line.browse(int(known[key]))
                before = line_fields(held)
                full = {name: before[name] for name in MONEY}
                yield held.id, {**full, **{n: v for n, v in given.items() if n in fields or n == "unit_price"}}

    def _line_changes(self, op, row, money):
        """[(line id, values)] of the lines that Odoo holds."""
        included, currency, out = _included(op, row), row.currency_id, []
        for id_, line in self._full_lines(op, row):
            if id_ is None:
                continue
            values = money.info_values(line)
            if row.state in ("draft", "sent"):
                if "fulfilled_quantity" in line:
                    values["gateway_fulfilled_qty"] = float(line["fulfilled_quantity"] or 0)
                if line.get("product_id"):
                    values["product_id"] = int(line["product_id"])
                if _touches_money(op, id_) or "taxes_included" in op.values:
                    values.update(money.money_values(line, currency, included))
            else:
                values = {n: v for n, v in values.items() if n in QUANTITIES.values()}
            out.append((id_, values))
        return out

    def _change_lists(self, ops, rows, money):
        """Remove lines that are gone and create new ones, each in one call; new ids by op."""
        gone, new = [], []
        for op in ops:
            row = rows[op.id]
            for group in _GROUPS:
                known = op.children.get(group, {})
                for key, fields in (op.values.get(group) or {}).items():
                    if fields is None and key in known:
                        gone.append(int(known[key]))
                    elif fields is not None and key not in known:
                        line = as_line(fields) if group == "shipping" else fields
                        values = money.values(line, row.currency_id, _included(op, row), True)
                        new.append((op, group, key, {"order_id": row.id, **values}))
        lines = self.env["sale.order.line"]
        lines.browse(gone).exists().unlink()
        created = lines.create([values for *_place, values in new])
        children = {}
        for line, (op, group, key, _values) in zip(created, new, strict=True):
            children.setdefault(id(op), {}).setdefault(group, {})[key] = str(line.id)
        return children

    def _cancel(self, ops, rows):
        ids = [int(op.id) for op in ops if op.values.get("cancelled")]
        self.records.browse(ids).filtered(lambda row: row.state != "cancel").action_cancel()
        back = [rows[op.id] for op in ops if op.values.get("cancelled") is False]
        for row in back:
            if row.state == "cancel":
                raise Refused(
                    f"{row.name} is cancelled here and open again at the shop",
                    field="cancelled",
                    remedy="Set it to quotation and confirm it by hand, then retry.",
                )


def _all_lines(values):
    lines = [line for line in (values.get("lines") or {}).values() if line]
    shipping = [as_line(fields) for fields in (values.get("shipping") or {}).values() if fields]
    return [*lines, *shipping]


def _taxes_of(op):
    return wanted_taxes(_all_lines(op.values), bool(op.values.get("taxes_included")))


def _children(op, row):
    """Element key → line id, for both lists; lines stand in the order they were given."""
    ids = iter(row.order_line.sorted("sequence").ids)
    return {
        group: {key: str(next(ids)) for key, fields in op.values[group].items() if fields}
        for group in _GROUPS
        if op.values.get(group)
    }


def _is_fulfilled(op):
    """Whether the shop has sent all there is to send."""
    lines = [line for line in (op.values.get("lines") or {}).values() if line]
    return bool(lines) and all(
        "unfulfilled_quantity" in line and not line["unfulfilled_quantity"] for line in lines
    ) and any(line.get("fulfilled_quantity") for line in lines)


def _included(op, row):
    if "taxes_included" in op.values:
        return bool(op.values["taxes_included"])
    taxes = row.order_line.tax_ids
    return bool(taxes) and all(tax.price_include for tax in taxes)


def _touches_money(op, line_id):
    for group in _GROUPS:
        for key, id_ in op.children.get(group, {}).items():
            fields = (op.values.get(group) or {}).get(key)
            if id_ == str(line_id) and fields and {*MONEY, "price"}.intersection(fields):
                return True
    return False
