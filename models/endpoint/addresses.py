"""An address as the contract's flat mapping, and the contact that holds it in Odoo.

One form serves a customer's `addresses` and an order's billing and shipping address.
"""

from .batches import write_grouped

#: Contract name → column of res.partner, for what is plain text.
TEXTS = {
    "name": "name",
    "company": "company_name",
    "street": "street",
    "street2": "street2",
    "city": "city",
    "zip": "zip",
    "phone": "phone",
    "email": "email",
}
#: What must be equal for two addresses to be one place.
PLACE = ("street", "street2", "city", "zip", "country_id", "state_id")
#: What tells two addresses of one place apart, where both say it.
ADDRESSEE = ("name", "company_name", "phone")
TYPES = ("delivery", "invoice", "other")


def partner_values(places, fields, row=None):
    """ORM values of res.partner for address `fields`; only those given are set.

    `row` is the contact they are for, where there is one: a state needs its country. A country that
    is not known is refused; a state that is not known stays empty.
    """
    values = {
        column: (fields[name] or "").strip() or False
        for name, column in TEXTS.items()
        if name in fields
    }
    if "type" in fields:
        values["type"] = fields["type"] if fields["type"] in TYPES else "other"
    for name in ("country_id", "state_id"):
        if name in fields:
            values[name] = int(fields[name]) if fields[name] else False
    if "country_code" in fields:
        values["country_id"] = places.country_id(fields["country_code"]) or False
    country = values.get("country_id", row.country_id.id if row else False)
    if "state_code" in fields:
        values["state_id"] = places.state_id(country, fields["state_code"]) or False
    elif (
        "state_id" not in values and row and row.state_id.country_id.id != country and row.state_id
    ):
        values["state_id"] = False
    return values


def address_fields(places, row):
    """The contact `row` as an address of the contract."""
    fields = {name: row[column] or None for name, column in TEXTS.items()}
    fields.update(
        type=row.type,
        country_id=str(row.country_id.id) if row.country_id else None,
        state_id=str(row.state_id.id) if row.state_id else None,
        country_code=places.country_code(row.country_id.id),
        state_code=places.state_code(row.state_id.id),
    )
    return fields


def canonical_address(places, fields):
    """`fields` as `address_fields` gives them back once stored."""
    out = {
        name: ((value or "").strip() or None) if name in TEXTS else value
        for name, value in fields.items()
    }
    if "type" in out and out["type"] not in TYPES:
        out["type"] = "other"
    return places.codes(out)


def is_empty(fields):
    """Whether an address says nothing about a place."""
    names = ("street", "street2", "city", "zip", "country_code", "country_id", "state_code")
    return not any(fields.get(name) for name in names)


def is_same(values, row):
    """Whether the contact `row` is the address of `values` (from `partner_values`).

    The place must be equal; addressee, company and phone only where `values` name them, so that a
    parcel for somebody else at the same door is another address.
    """
    if any(_plain(values.get(name)) != _plain(_held(row, name)) for name in PLACE):
        return False
    return all(
        not values.get(name) or _plain(values[name]) in _addressee(row, name) for name in ADDRESSEE
    )


def _held(row, name):
    value = row[name]
    return value.id if name.endswith("_id") else value


def _addressee(row, name):
    if name == "company_name":
        return {_plain(row.company_name), _plain(row.commercial_company_name)}
    held = row[name] or (row.parent_id[name] if row.parent_id else False)
    return {_plain(held)}


def _plain(value):
    if isinstance(value, str):
        return " ".join(value.split()).casefold() or None
    return value or None


def create_contacts(partners, wanted):
    """Child contacts for [(parent id, values)] in one create, in order.

    Odoo empties `company_name` when a contact gets its parent, so companies follow in a write.
    """
    if not wanted:
        return partners.browse()
    rows = partners.create([{**values, "parent_id": parent} for parent, values in wanted])
    write_grouped(
        partners,
        [
            (row.id, {"company_name": values["company_name"]})
            for row, (_parent, values) in zip(rows, wanted, strict=True)
            if values.get("company_name")
        ],
    )
    return rows
