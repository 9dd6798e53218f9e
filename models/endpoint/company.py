"""Companies that buy: those of the contacts that are companies, with their tax numbers."""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from odoo.exceptions import UserError
from odoo.tools import SQL

from ...lib.errors import Refused
from .batches import write_grouped
from .customer import Customer
from .entity import entity
from .foresight import TRIED


def _compact(vat):
    """What is equal in a tax number, however it is written."""
    return "".join(char for char in vat or "" if char.isalnum()).upper()


@entity
class Company(Customer):
    """Contacts that are companies and belong to none. Not among them: the companies of this
    database. Their addresses are read and written as those of customers are.

    A tax number is written by itself, behind all else: Odoo checks it, and one that it refuses
    leaves the company as it is otherwise, with a warning.
    """

    name = "company"
    natural_keys = ("vat", "ref")
    left_stage = "write"

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        # Another country is no reason to check the tax number that is there already.
        self.records = self.records.with_context(no_vat_validation=True)

    def domain(self):
        return [("is_company", "=", True), ("parent_id", "=", False), *super().domain()]

    def offered(self):
        return self.domain()

    def find(self, key, values):
        """Tax numbers are equal whatever stands between their letters and digits."""
        if key != "vat":
            return super().find(key, values)
        asked = {}
        for value in values:
            asked.setdefault(_compact(value), []).append(value)
        asked.pop("", None)
        held = self._with_vat(list(asked))
        rows = self.visible(list(held))
        return [(value, self.key_of(row.id)) for row in rows for value in asked[held[row.id]]]

    def _with_vat(self, compacts):
        """{partner id: tax number without what stands between}, of all that have one of these."""
        self.records.flush_model(["vat"])
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, vat FROM (SELECT id,"
                    " upper(regexp_replace(vat, '[^[:alnum:]]', '', 'g')) AS vat"
                    " FROM res_partner WHERE vat IS NOT NULL AND is_company) AS held"
                    " WHERE vat = ANY(%s)",
                    compacts,
                )
            )
        )

    # -- writing

    def partner_values(self, values, row=None):
        out = super().partner_values(values, row)
        out.pop("vat", None)
        return out

    def _new_partner(self, op):
        return {**super()._new_partner(op), "is_company": True}

    def create(self, ops):
        made = super().create(ops)
        self._write_vats([(op, int(id_)) for op, (id_, _children) in zip(ops, made, strict=True)])
        return made

    def update(self, ops):
        children = super().update(ops)
        self._write_vats([(op, int(op.id)) for op in ops])
        return children

    def _write_vats(self, rows):
        """The tax numbers of [(op, partner id)]: all at once, and one by one where Odoo refuses one
        of them."""
        told = [
            (op, id_, {"vat": (op.values["vat"] or "").strip() or False})
            for op, id_ in rows
            if "vat" in op.values
        ]
        checked = self.records.with_context(no_vat_validation=False)
        try:
            with self.env.cr.savepoint():
                write_grouped(checked, [(id_, values) for _op, id_, values in told])
        except UserError:
            for op, id_, values in told:
                self._try_vat(op, checked.browse(id_), values)

    def _try_vat(self, op, row, values):
        try:
            with self.env.cr.savepoint():
                row.write(values)
        except UserError as error:
            self.left.setdefault(id(op), []).append("vat")
            if not self.env.context.get(TRIED):
                self.warnings[id(op)] = Refused(
                    f"Odoo refuses the tax number: {' '.join(str(error).split())}",
                    field="vat",
                    value=values["vat"],
                    remedy="Correct the tax number or the country in the shop, or enter it in "
                    "Odoo by hand.",
                )
