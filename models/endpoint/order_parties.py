"""Who an order is for and where it goes: customer or guest, billing and delivery contacts."""

from ...lib.errors import Refused
from .addresses import address_fields, create_contacts, is_empty, is_same, partner_values

#: Address of the contract → (column of sale.order, type of a new contact).
ROLES = {
    "billing_address": ("partner_invoice_id", "invoice"),
    "shipping_address": ("partner_shipping_id", "delivery"),
}


class Parties:
    """The contacts of one page of orders; nothing is queried or created order by order."""

    def __init__(self, partners, places):
        self.partners = partners
        self.places = places

    def customers(self, ops):
        """id(op) → customer of every op that has one or a guest; guests in one create."""
        known = self._known(ops)
        named = [op for op in ops if op.values.get("partner_id")]
        out = {id(op): known[int(op.values["partner_id"])] for op in named}
        guests = [op for op in ops if not op.values.get("partner_id")]
        if guests:
            customers = self.partners.with_context(res_partner_search_mode="customer")
            rows = customers.create([self.guest_values(op.values) for op in guests])
            rows = rows.with_env(self.partners.env)
            out.update((id(op), row) for op, row in zip(guests, rows, strict=True))
        return out

    def _known(self, ops):
        ids = {int(op.values["partner_id"]) for op in ops if op.values.get("partner_id")}
        return {row.id: row for row in self.partners.browse(ids)}

    def check(self, values):
        """Refuse what can't be a contact, before anything is written."""
        for role in ROLES:
            partner_values(self.places, values.get(role) or {})
        if "partner_id" in values and not values["partner_id"]:
            self.guest_values(values)

    def guest_values(self, values):
        """A contact of the order's own; its address is the billing (else the delivery) address."""
        guest = values.get("guest") or {}
        address = values.get("billing_address") or values.get("shipping_address") or {}
        contact = {**partner_values(self.places, address), "gateway_guest": True}
        contact.update({name: guest[name] for name in ("email", "phone") if guest.get(name)})
        contact["name"] = guest.get("name") or contact.get("name") or guest.get("email")
        if not contact["name"]:
            raise Refused(
                "an order without a customer needs a guest's name, e-mail or address",
                field="guest",
                remedy="Complete the order at the shop, or map «guest».",
            )
        contact["comment"] = f"Guest of order {values.get('client_order_ref') or ''}".strip()
        return contact

    def contacts(self, wanted):
        """Contact per wanted one: [(key, customer, role, address)] → {(key, role): contact}.

        An address is the customer itself, one of its contacts in use, or a new contact: all new
        ones of the page in one create, equal ones once.
        """
        held = self._held([customer.id for _key, customer, _role, _address in wanted])
        out, new = {}, {}
        for key, customer, role, address in wanted:
            if not address or is_empty(address):
                out[key, role] = customer
                continue
            values = partner_values(self.places, address)
            rows = (customer, *held.get(customer.id, ()))
            same = next((row for row in rows if is_same(values, row)), None)
            if same is not None:
                out[key, role] = same
            else:
                mark = (customer.id, repr(sorted(values.items())))
                new.setdefault(mark, (customer.id, values, []))[2].append((key, role))
        self._create(new.values(), out)
        return out

    def _held(self, ids):
        found = {}
        domain = [("parent_id", "in", ids), ("active", "=", True)]
        for row in self.partners.search(domain, order="id"):
            found.setdefault(row.parent_id.id, []).append(row)
        return found

    def _create(self, new, out):
        wanted = []
        for customer_id, values, uses in new:
            roles = {role for _key, role in uses}
            type_ = ROLES[next(iter(roles))][1] if len(roles) == 1 else "other"
            wanted.append((customer_id, {**values, "type": type_}))
        rows = create_contacts(self.partners, wanted)
        for row, (_customer, _values, uses) in zip(rows, new, strict=True):
            out.update((use, row) for use in uses)

    def address(self, row):
        """The contact as an order's address."""
        fields = address_fields(self.places, row)
        fields["name"] = row.name or row.parent_id.name or None
        return {
            name: value
            for name, value in fields.items()
            if name not in ("type", "email", "country_id", "state_id")
        }
