"""Reading orders: the virtual fields of a row, each only where a mapping asks for it."""

from .columns import to_decimal
from .order_credit_notes import credit_notes_of
from .order_fields import GROUPS, STATES
from .order_fulfillments import fulfillments_of
from .order_line_read import charge_fields, line_fields, shipping_fields
from .order_parties import ROLES, Parties
from .order_returns import returns_of
from .order_settings import OrderSettings


class OrderRead(OrderSettings):
    """Part of the order entity: what it holds, in the contract's terms."""

    def read(self, rows, times=None):
        records = super().read(rows, times)
        asked = {name: read for name, read in _READERS.items() if name in self.roots}
        self._sent = {}
        if "fulfillments" in self.roots:
            self._sent = fulfillments_of(rows, self.connector)
        self._credited = {}
        if "credit_notes" in self.roots:
            self._credited = credit_notes_of(rows, self.connector)
        self._returned = {}
        if "returns" in self.roots:
            self._returned = returns_of(rows, self.connector)
        for row, record in zip(rows, records, strict=True):
            record.fields.update({name: read(self, row) for name, read in asked.items()})
            if self.roots & {*GROUPS, "taxes_included"}:
                found = _line_fields(row)
                record.fields.update({n: v for n, v in found.items() if n in self.roots})
        return records

    def _location_of(self, row):
        warehouse = row.warehouse_id
        return str(warehouse.lot_stock_id.id) if warehouse else None

    def _refunds_of(self, row):
        """As the mapping gave them: those of this connector, in the order they came."""
        ours = row.sudo().gateway_refund_ids.filtered(
            lambda one: one.connector_id.id == self.connector.id
        )
        return [one.payload for one in ours.sorted("id")]


def _line_fields(row):
    lines = row.order_line.filtered(
        lambda line: not line.display_type and line.gateway_charge != "rounding"
    )
    goods = lines.filtered(lambda line: not (line.is_delivery or line.gateway_charge))
    taxes = lines.tax_ids
    return {
        "lines": [line_fields(line) for line in goods],
        "shipping": [shipping_fields(line) for line in lines if line.is_delivery],
        "charges": [charge_fields(line) for line in lines if line.gateway_charge],
        "taxes_included": bool(taxes) and all(tax.price_include for tax in taxes),
    }


def _address(role):
    column = ROLES[role][0]
    return lambda side, row: (
        row._gateway_address(role) or Parties(None, side.places).address(row[column])
    )


def _kept(column):
    return lambda _side, row: row[column] or None


#: Virtual field → its value of one row, given the entity and the row.
_READERS = {
    **{name: _kept(column) for name, column in STATES.items()},
    **{role: _address(role) for role in ROLES},
    "tags": lambda _side, row: row.tag_ids.mapped("name"),
    "currency": lambda _side, row: row.currency_id.name,
    "total": lambda _side, row: to_decimal(
        row.amount_total + row.gateway_refunded_total, (16, row.currency_id.decimal_places)
    ),
    "refunds": OrderRead._refunds_of,
    "fulfillments": lambda side, row: side._sent[row.id],
    "credit_notes": lambda side, row: side._credited[row.id],
    "returns": lambda side, row: side._returned[row.id],
    "cancelled": lambda _side, row: row.state == "cancel",
    "warehouse": OrderRead._location_of,
}
