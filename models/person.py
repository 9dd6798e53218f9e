"""Whom a privacy request is about: what both sides of one connector call the person's records."""

import json
from html import escape

from odoo.tools import SQL, email_normalize

from ..lib.forgetting import telling
from .forgetting import ENTITIES, places

#: Contacts below a contact that are its addresses; others are people of their own.
ADDRESSES = ("delivery", "invoice", "other")
_SIDES = ("odoo", "remote")


class Person:
    """One person at one connector, or `everybody` there.

    `contacts` are Odoo's, `ids` {entity: ids at the shop}. What the person is called is widened
    once: a customer's orders, guests with the same e-mail, and records that were read and never
    arrived. A `portion` of everybody has no words that are looked for, and everybody by portions
    names nobody. `connector` has su.
    """

    def __init__(self, connector, contacts=None, ids=None, everybody=False, portion=False):
        self.connector = connector
        self.env = connector.env
        self._ids = {(entity, side): set() for entity in ENTITIES for side in _SIDES}
        self.is_all = everybody
        self.contacts = contacts or self._all_partners().browse()
        for entity, named in (ids or {}).items():
            self._ids[entity, "remote"].update(named)
        self.is_portion = portion
        if not (everybody and portion):
            self._widen()
        called = [] if everybody or portion else [*self._called_now(), *self._called_before()]
        self.words = telling(called, self._ours())

    def _all_partners(self):
        return self.env["res.partner"].with_context(active_test=False)

    def of(self, entity, side):
        """Ids of the person's records of an entity, as a side calls them."""
        return sorted(self._ids[entity, side])

    @property
    def sales(self):
        """Database ids of the person's orders."""
        return [int(id_) for id_ in self.of("order", "odoo") if id_.isdigit()]

    @property
    def patterns(self):
        """The person's words for ILIKE, as they are and as HTML writes them."""
        written = dict.fromkeys(w for word in self.words for w in (word, escape(word, quote=False)))
        return [f"%{_escaped(word)}%" for word in written]

    @property
    def staged_patterns(self):
        """The person's words for ILIKE in what is staged: ASCII, as `values.stage` writes it."""
        return [f"%{_escaped(json.dumps(word)[1:-1])}%" for word in self.words]

    # -- finding

    def _widen(self):
        self._add_contacts()
        mails = {email_normalize(one.email or "", strict=False) for one in self.contacts}
        mails = sorted(mails - {False, ""})
        self._add_guests(mails)
        self._add_orders()
        self._add_unbound(mails)
        if self.contacts and not self.is_all:
            self._ids["customer", "odoo"].update(str(id_) for id_ in self.contacts.ids)

    def _add_contacts(self):
        """The contacts of the customers that are bound, with their addresses."""
        self._meet("customer", [str(id_) for id_ in self.contacts.ids])
        found = [int(id_) for id_ in self.of("customer", "odoo") if id_.isdigit()]
        contacts = self.contacts | self._all_partners().browse(found).exists()
        below = [("parent_id", "in", contacts.ids), ("type", "in", ADDRESSES)]
        self.contacts = contacts | self._all_partners().search(below)

    def _meet(self, entity, odoo_ids):
        """Add what is bound of these, and to what the shop calls them."""
        where = SQL("odoo_id = ANY(%s) OR remote_id = ANY(%s)", odoo_ids, self.of(entity, "remote"))
        if self.is_all:
            where = SQL("true")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT odoo_id, remote_id FROM gateway_binding WHERE connector_id = %s"
                " AND entity = %s AND (%s)",
                self.connector.id,
                entity,
                where,
            )
        )
        self._ids[entity, "odoo"].update(odoo for odoo, _remote in rows if odoo)
        self._ids[entity, "remote"].update(remote for _odoo, remote in rows if remote)

    def _add_guests(self, mails):
        """A guest with the person's e-mail is taken for the person: what is kept is at stake."""
        if mails:
            guests = [("gateway_guest", "=", True), ("email_normalized", "in", mails)]
            here = [("company_id", "in", (False, self.connector.company_id.id))]
            self.contacts |= self._all_partners().search(guests + here)

    def _add_orders(self):
        orders = self.env["sale.order"].with_context(active_test=False)
        placed = orders.search([("partner_id", "in", self.contacts.ids)])
        self._meet("order", [str(id_) for id_ in placed.ids])
        placed = orders.browse(self.sales).exists()
        parties = placed.partner_id | placed.partner_invoice_id | placed.partner_shipping_id
        mine = parties.filtered(
            lambda one: (
                one.gateway_guest
                or (one.parent_id in self.contacts and one.type in ADDRESSES)
                or self.is_all
            )
        )
        below = [("parent_id", "in", mine.filtered("gateway_guest").ids)]
        self.contacts |= mine | self._all_partners().search(below)

    def _add_unbound(self, mails):
        """Records that were read and never arrived, found by the e-mail and by the customer's id:
        those that are bound to somebody else are not the person's."""
        if self.is_all or self.is_portion:
            return
        named = [
            f'%"{_escaped(id_)}"%' for id_ in self.of("customer", "remote") if not id_.isdigit()
        ]
        called = [f"%{_escaped(mail)}%" for mail in mails]
        for table, where in (
            ("gateway_change", SQL("reference ILIKE ANY(%s)", called)),
            (
                "gateway_dead_letter",
                SQL("reference ILIKE ANY(%s) OR payload LIKE ANY(%s)", called, named),
            ),
        ):
            rows = self.env.execute_query(
                SQL(
                    "SELECT DISTINCT t.entity, t.direction, t.source_id FROM %s t"
                    " WHERE t.connector_id = %s AND t.entity IN %s AND (%s) AND NOT EXISTS ("
                    " SELECT 1 FROM gateway_binding b WHERE b.connector_id = t.connector_id"
                    " AND b.entity = t.entity AND b.state = 'bound' AND t.source_id ="
                    " CASE t.direction WHEN 'import' THEN b.remote_id ELSE b.odoo_id END)",
                    *(SQL.identifier(table), self.connector.id, ENTITIES, where),
                )
            )
            for entity, direction, id_ in rows:
                self._ids[entity, "remote" if direction == "import" else "odoo"].add(id_)

    def _ours(self):
        """What is called so is not the person's alone."""
        connector = self.connector
        return [connector.name, connector.company_id.name, connector.user_id.name]

    def _called_now(self):
        names = ("name", "email", "phone", "street", "street2")
        return [row[name] for row in self.contacts for name in names if row[name]]

    def _called_before(self):
        """What the changelog has called the customer: an earlier name, another e-mail."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT reference FROM gateway_change WHERE connector_id = %s"
                " AND entity = 'customer' AND reference IS NOT NULL AND ((direction = 'import'"
                " AND source_id = ANY(%s)) OR (direction = 'export' AND source_id = ANY(%s)))",
                *(self.connector.id, self.of("customer", "remote"), self.of("customer", "odoo")),
            )
        )
        return [word for (text,) in rows for word in text.split(" · ")]

    # -- what is kept

    def counts(self):
        """{model: rows that tell of the person}, pages with the number of records in them."""
        self.env.flush_all()
        found = {}
        for place in places(self):
            found[place.model] = self.env.execute_query(
                SQL("SELECT count(*) FROM %s WHERE %s", self._table(place), self._where(place))
            )[0][0]
        return {**found, "gateway.page": len(self.pages())}

    def _table(self, place):
        return SQL.identifier(self.env[place.model]._table)

    def _where(self, place):
        if "connector_id" not in self.env[place.model]._fields:
            return place.where
        return SQL("connector_id = %s AND (%s)", self.connector.id, place.where)

    def pages(self, after=0, limit=None):
        """[(page id, entity, direction, whether it is still to be settled)] of what is staged with
        records of the person in it, behind a page, at most `limit`."""
        if self.is_all:
            mentions = SQL("true")
        else:
            ids = [id_ for entity in ENTITIES for side in _SIDES for id_ in self.of(entity, side)]
            opened = [f"%[{_escaped(json.dumps(id_))},%" for id_ in ids]
            mentions = SQL(
                "(p.payload LIKE ANY(%s) OR p.payload ILIKE ANY(%s))", opened, self.staged_patterns
            )
        return self.env.execute_query(
            SQL(
                "SELECT p.id, f.entity, f.direction, p.state != 'settled' FROM gateway_page p"
                " JOIN gateway_flow f ON f.id = p.flow_id WHERE p.connector_id = %s"
                " AND f.entity IN %s AND p.payload IS NOT NULL AND p.id > %s AND %s"
                " ORDER BY p.id LIMIT %s",
                *(self.connector.id, ENTITIES, after, mentions, limit),
            )
        )

    def kept(self):
        """{model: [{column: value}]} of all that is kept, as it is kept."""
        self.env.flush_all()
        found = {}
        for place in places(self):
            columns = SQL(", ").join(SQL("%s::text", SQL.identifier(name)) for name in place.told)
            rows = self.env.execute_query(
                SQL("SELECT %s FROM %s WHERE %s", columns, self._table(place), self._where(place))
            )
            told = [dict(zip(place.told, row, strict=True)) for row in rows]
            found[place.model] = [row for row in told if any(row.values())]
        return found


def _escaped(text):
    """For LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
