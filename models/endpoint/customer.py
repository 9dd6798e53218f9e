"""Customers with their addresses: companies and persons, each a contact and its children."""
# pylint: disable=method-required-super
# No Odoo model: these are the contract's own verbs.

from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ...lib.errors import Refused
from . import consent
from .addresses import create_contacts, partner_values
from .batches import each, write_grouped
from .customer_addresses import INFOS, CustomerAddresses, code_infos
from .customer_addresses import NAME as ADDRESSES
from .entity import Entity, entity
from .logins import refuse_logins
from .order_fulfillments import bound
from .places import Places
from .tax_number import unchecked, write_tax_numbers

_CODES = ("country_code", "state_code")
#: What Odoo gives a contact of a company from that company, and the other way round.
_OF_COMPANY = ("street", "street2", "city", "zip", "country_id", "state_id", *_CODES)
_OF_COMPANY += ("company_name", "vat")


@entity
class Customer(Entity):
    """Root contacts, and persons who are contacts of a company. Not among them: internal users and
    companies of this database (an edit at the shop must not reach a login), and guests, who belong
    to their order.

    The address of a company's contact is the company's: Odoo writes the one with the other. So of
    such a contact it is absent, and no shop changes it.
    """

    name = "customer"
    model = "res.partner"
    parallel = False
    natural_keys = ("email", "phone", "ref", "vat")
    left_stage = "write"
    virtual = {one.name: one for one in (consent.INFO, *code_infos(), *INFOS)}
    lookups = {
        "res.country": ("code",),
        "res.country.state": ("code",),
        "res.partner.category": ("name",),
        "res.lang": ("code",),
    }

    def __init__(self, env, connector, reads=()):
        super().__init__(env, connector, reads)
        self.records = unchecked(self.records)
        self.addresses = CustomerAddresses(self)
        self._places = None
        self.roots = {path.partition(".")[0] for path in self.reads}

    @property
    def places(self):
        if self._places is None:
            self._places = Places(self.env)
        return self._places

    def domain(self):
        return [
            *(Domain("parent_id", "=", False) | Domain("type", "=", "contact")),
            ("gateway_guest", "=", False),
            ("user_ids", "not any", [("share", "=", False)]),
            ("ref_company_ids", "=", False),
            ("company_id", "in", [False, self.connector.company_id.id]),
        ]

    def offered(self):
        own = Domain("parent_id", "=", False) | Domain.custom(to_sql=self._has_own_mail)
        return [*self.domain(), *own, ("id", "not in", self._technical())]

    def _has_own_mail(self, _model, alias, _query):
        """Whether a company's contact is somebody of its own to a shop: by an e-mail that no root
        contact has, or because the shop has it."""
        return SQL(
            "(%(mail)s NOT IN (SELECT email_normalized FROM res_partner"
            " WHERE parent_id IS NULL AND email_normalized IS NOT NULL)"
            " OR %(id)s::varchar IN (SELECT odoo_id FROM gateway_binding WHERE connector_id ="
            " %(connector)s AND entity = 'customer' AND state = 'bound' AND odoo_id IS NOT NULL))",
            mail=SQL.identifier(alias, "email_normalized"),
            id=SQL.identifier(alias, "id"),
            connector=self.connector.id,
        )

    def _technical(self):
        """A query of the contacts of Odoo's own users: visitors nobody knows (a website has its
        own), and the template of portal users."""
        users = self.env["res.users"].sudo().with_context(active_test=False)
        template = self.env.ref("base.template_portal_user_id", raise_if_not_found=False)
        public = self.env.ref("base.group_public")
        found = users._search(
            ["|", ("id", "in", template.ids if template else []), ("group_ids", "in", public.ids)]
        )
        return found.subselect("partner_id")

    def change_sources(self):
        return [
            SQL(
                "SELECT id, write_date FROM res_partner WHERE parent_id IS NULL OR type = 'contact'"
            ),
            SQL("SELECT parent_id, write_date FROM res_partner WHERE parent_id IS NOT NULL"),
            *([consent.CHANGES] if consent.NAME in self.roots else ()),
            *self.related_sources(),
        ]

    # -- reading

    def read(self, rows, times=None):
        records = super().read(rows, times)
        children = self.addresses.of(rows) if ADDRESSES in self.roots else None
        consents = consent.consents_of(rows) if consent.NAME in self.roots else None
        for number, (row, record) in enumerate(zip(rows, records, strict=True)):
            if "country_code" in self.roots:
                record.fields["country_code"] = self.places.country_code(row.country_id.id)
            if "state_code" in self.roots:
                record.fields["state_code"] = self.places.state_code(row.state_id.id)
            if consents is not None:
                record.fields[consent.NAME] = consents[row.id]
            if children is not None:
                record.fields[ADDRESSES] = children[number]
            if row.parent_id:
                for name in _OF_COMPANY:
                    record.fields.pop(name, None)
        return records

    def find(self, key, values):
        """E-mails are equal whatever their case and display name; all equal ones are given, of a
        company and its contacts the company."""
        if key != "email":
            asked = {value.strip(): [value] for value in values}
            return self._holders(key, asked)
        asked = {}
        for value in values:
            asked.setdefault(email_normalize(value, strict=False), []).append(value)
        asked.pop(False, None)
        return self._holders("email_normalized", asked)

    def same_as(self, key, value):
        mail = email_normalize(value, strict=False) if key == "email" else None
        return mail or super().same_as(key, value)

    def _holders(self, column, asked):
        """[(value as asked, contract id)] of who has one of `asked` (held value → as asked)."""
        domain = [(column, "in", list(asked)), *self.domain()]
        rows = self.records.search_fetch(domain, [column, "parent_id"])
        roots = {row[column] for row in rows if not row.parent_id}
        return [
            (value, self.key_of(row.id))
            for row in rows
            if not row.parent_id or row[column] not in roots
            for value in asked.get(row[column], ())
        ]

    def lookup(self, name, key, values):
        """Country codes whatever their case; a state as «US-CA», since codes repeat by country."""
        if name == "res.country":
            ids = self.places.country_ids
            found = [(value, ids.get(value.strip().upper())) for value in values]
            return [(value, str(id_)) for value, id_ in found if id_]
        if name == "res.country.state":
            return [(v, str(id_)) for v in values for id_ in self._states(v)]
        return super().lookup(name, key, values)

    def _states(self, value):
        country, _, code = value.strip().upper().rpartition("-")
        wanted = self.places.country_ids.get(country)
        ids = self.places.state_ids.items()
        return [i for (of, state), i in ids if state == code and (not country or of == wanted)]

    # -- writing

    def canonical(self, values):
        out = super().canonical(values)
        if isinstance(out.get("email"), str):
            out["email"] = out["email"].strip() or None
        out = self.places.codes(out) if any(name in out for name in _CODES) else out
        if isinstance(out.get(ADDRESSES), dict):
            out[ADDRESSES] = self.addresses.canonical(out[ADDRESSES])
        return out

    def partner_values(self, values, row=None):
        out = self.odoo_values(values)
        out.pop("vat", None)
        if isinstance(out.get("email"), str):
            out["email"] = out["email"].strip()
        if consent.NAME in values:
            out[consent.COLUMN] = consent.column_value(values[consent.NAME])
        codes = {name: values[name] for name in _CODES if name in values}
        if codes:
            if "country_id" in values:
                codes["country_id"] = values["country_id"]
            out.update(partner_values(self.places, codes, row))
        if row is not None and row.is_company:
            out.pop("parent_id", None)  # a company that buys by itself belongs to no other
        return self._below(out) if out.get("parent_id") else out

    def _below(self, values):
        """`values` that put a contact below a company, from which it has its address: its own one
        would go up to a company that has none."""
        return {**values, **dict.fromkeys(self.records._address_fields(), False)}

    def _given_up(self, rows, values):
        """[(id, values of an address contact)]: addresses that were Odoo's before the shop had the
        contact, and that it gives up for its company's."""
        joining = [
            row
            for row, new in zip(rows, values, strict=True)
            if new.get("parent_id") and (row.street or row.city or row.zip)
        ]
        known = bound(self.env, self.connector, "customer", [row.id for row in joining])
        fields = self.records._address_fields()
        return [
            (row.id, {"type": "other", "name": row.name, **row._convert_fields_to_values(fields)})
            for row in joining
            if str(row.id) not in known
        ]

    def create(self, ops):
        """All partners in one create, then all their addresses in one. Odoo ranks them as
        customers, or its own list of customers would hide them until their first invoice."""
        values = each(ops, self._new_partner)
        new = each(ops, self.addresses.new)
        rows = self.records.with_context(res_partner_search_mode="customer").create(values)
        rows = rows.with_env(self.records.env)
        consent.tell_blacklist(rows, _consents(rows.ids, ops))
        write_tax_numbers(self, zip(ops, rows.ids, strict=True))
        children = self.addresses.add(rows.ids, new)
        return [(self.key_of(row.id), of_one) for row, of_one in zip(rows, children, strict=True)]

    def _new_partner(self, op):
        values = self.partner_values(op.values)
        if not values.get("name"):
            raise Refused(
                f"a {self.name} without a name",
                field="name",
                remedy=f"Name the {self.name} at the source, or fill in «If empty» of the name in "
                "its mapping.",
            )
        return values

    def update(self, ops):
        found = self.records.browse([int(op.id) for op in ops])
        rows = {op.id: row for op, row in zip(ops, found, strict=True)}
        refuse_logins(self.env, {id(op): list(self._mails(op)) for op in ops})
        values = each(ops, lambda op: self.partner_values(op.values, rows[op.id]))
        new = each(ops, self.addresses.new)
        changes = [change for of_one in each(ops, self.addresses.changes) for change in of_one]
        refused = consent.known_to_refuse(found)
        given_up = self._given_up(found, values)
        write_grouped(self.records, [(int(op.id), v) for op, v in zip(ops, values, strict=True)])
        write_grouped(self.records, changes)
        create_contacts(self.records, given_up)
        consent.tell_blacklist(found, _consents(found.ids, ops), refused)
        write_tax_numbers(self, zip(ops, found.ids, strict=True))
        return self.addresses.add(found.ids, new)

    def _mails(self, op):
        """(contact id, field, e-mail) of every contact in Odoo whose e-mail `op` sets."""
        if "email" in op.values:
            yield int(op.id), "email", op.values["email"]
        yield from self.addresses.mails(op)


def _consents(ids, ops):
    return {
        id_: op.values[consent.NAME]
        for id_, op in zip(ids, ops, strict=True)
        if consent.NAME in op.values
    }
