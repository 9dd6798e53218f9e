"""Companies that buy: those of the contacts that are companies, with their tax numbers."""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from odoo.tools import SQL

from .customer import Customer
from .entity import entity


def _compact(vat):
    """What is equal in a tax number, however it is written."""
    return "".join(char for char in vat or "" if char.isalnum()).upper()


@entity
class Company(Customer):
    """Contacts that are companies and belong to none. Not among them: the companies of this
    database. Their addresses and tax numbers are written as those of customers are."""

    name = "company"
    natural_keys = ("vat", "ref")

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

    def same_as(self, key, value):
        return _compact(value) if key == "vat" else super().same_as(key, value)

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

    def _new_partner(self, op):
        return {**super()._new_partner(op), "is_company": True}
