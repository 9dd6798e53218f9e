"""Tax numbers of contacts: written by themselves, behind all else.

Odoo may check them (`base_vat`), and nobody is to wait for a typing error: one that is refused
leaves the contact as it is otherwise, with a warning.
"""

from odoo.exceptions import UserError

from ...lib.errors import Refused
from .batches import write_grouped
from .foresight import TRIED

NAME = "vat"


def unchecked(records):
    """`records`, whose tax numbers are not looked at: another country is no reason to."""
    return records.with_context(no_vat_validation=True)


def write_tax_numbers(side, rows):
    """The tax numbers of [(op, partner id)]: all at once, and one by one where Odoo refuses one of
    them. A contact of a company has that company's, which no contact's changes."""
    told = [
        (op, id_, {NAME: (op.values[NAME] or "").strip() or False})
        for op, id_ in rows
        if NAME in op.values and not side.records.browse(id_).parent_id
    ]
    checked = side.records.with_context(no_vat_validation=False)
    try:
        with side.env.cr.savepoint():
            write_grouped(checked, [(id_, values) for _op, id_, values in told])
    except UserError:
        for op, id_, values in told:
            _try(side, op, checked.browse(id_), values)


def _try(side, op, row, values):
    try:
        with side.env.cr.savepoint():
            row.write(values)
    except UserError as error:
        side.left.setdefault(id(op), []).append(NAME)
        if not side.env.context.get(TRIED):
            side.warnings[id(op)] = Refused(
                f"Odoo refuses the tax number: {' '.join(str(error).split())}",
                field=NAME,
                value=values[NAME],
                remedy="Correct the tax number or the country in the shop, or enter it in "
                "Odoo by hand.",
            )
