"""A customer's delivery, invoice and other addresses: contacts below it, elements of its list."""

from ...lib.endpoint import FieldInfo
from .addresses import TYPES, address_fields, canonical_address, create_contacts, partner_values

NAME = "addresses"


def code_infos(prefix=""):
    """The two codes that every address has beside Odoo's own country and state."""
    texts = {
        "country_code": "ISO code of the country, two letters; an unknown one is refused.",
        "state_code": "ISO code of the state within its country; an unknown one stays empty.",
    }
    return tuple(
        FieldInfo(prefix + name, "char", True, True, help=text) for name, text in texts.items()
    )


def _element_infos():
    texts = {
        "company": "Company at this address.",
        "name": "Who receives there.",
        "street": "First line.",
        "street2": "Second line.",
        "city": "City.",
        "zip": "Postal code.",
        "phone": "Phone at this address.",
        "email": "E-mail at this address.",
    }
    return (
        FieldInfo("addresses.id", "char", help="The address contact's id."),
        FieldInfo("addresses.type", "selection", True, True, help=f"One of {', '.join(TYPES)}."),
        FieldInfo("addresses.country_id", "reference", True, True, help="Country, by its code."),
        FieldInfo("addresses.state_id", "reference", True, True, help="State of that country."),
        *(
            FieldInfo(f"addresses.{name}", "char", True, True, help=text)
            for name, text in texts.items()
        ),
        *code_infos("addresses."),
    )


INFOS = (
    FieldInfo(NAME, "list", True, True, help="Delivery, invoice and other addresses."),
    *_element_infos(),
)


class CustomerAddresses:
    """The address contacts of one side's customers. `children` of an operation: element key → id
    of its contact."""

    def __init__(self, side):
        self.side = side
        self.partners = side.records

    def of(self, rows):
        """[the addresses of each row], those in use, oldest first; one query for all."""
        found = {}
        domain = [("parent_id", "in", rows.ids), ("type", "in", TYPES), ("active", "=", True)]
        for child in self.partners.search(domain, order="id"):
            address = {"id": str(child.id), **address_fields(self.side.places, child)}
            found.setdefault(child.parent_id.id, []).append(address)
        return [found.get(row.id, []) for row in rows]

    def canonical(self, elements):
        return {
            key: fields if fields is None else canonical_address(self.side.places, fields)
            for key, fields in elements.items()
        }

    def new(self, op):
        """Element key → values of the contacts that `op` adds."""
        known = op.children.get(NAME, {})
        return {
            key: {"type": "other", **partner_values(self.side.places, fields)}
            for key, fields in (op.values.get(NAME) or {}).items()
            if fields is not None and key not in known
        }

    def changes(self, op):
        """[(contact id, values)] of those that Odoo holds; a removed one is archived."""
        return [
            (row.id, {"active": False} if fields is None else self._values(fields, row))
            for row, fields, _key in self._held(op)
        ]

    def mails(self, op):
        """(contact id, field, e-mail) of those whose e-mail `op` sets."""
        for row, fields, key in self._held(op):
            if fields and "email" in fields:
                yield row.id, f"{NAME}[{key}].email", fields["email"]

    def _values(self, fields, row):
        return partner_values(self.side.places, fields, row)

    def _held(self, op):
        known = op.children.get(NAME, {})
        for key, fields in (op.values.get(NAME) or {}).items():
            if key in known:
                yield self.partners.browse(int(known[key])), fields, key

    def add(self, ids, new):
        """Contacts below the partners `ids`, `new` of each, all in one create; [its children as
        results name them]."""
        wanted = [
            (id_, values)
            for id_, of_one in zip(ids, new, strict=True)
            for values in of_one.values()
        ]
        made = iter(create_contacts(self.partners, wanted).ids)
        children = [{key: str(next(made)) for key in of_one} for of_one in new]
        return [{NAME: of_one} if of_one else {} for of_one in children]
