"""A person's contacts: which of them only the gateway made and nothing else uses, and why others
stay as they are."""

from odoo.tools import SQL, split_every

#: Contacts that are looked at together.
AT_ONCE = 1000
#: What refers to a contact of the gateway's because the gateway's own orders do, or is its history.
OWN = ("res.partner", "sale.order", "sale.order.line", "queue.job")
OWN_ROOTS = ("gateway.", "mail.", "discuss.", "stock.picking", "stock.move", "bus.")
#: What is left of a contact: its name, and the country for statistics.
EMPTIED = (
    "email",
    "phone",
    "street",
    "street2",
    "zip",
    "city",
    "company_name",
    "function",
    "website",
    "comment",
    "ref",
    "vat",
    "barcode",
    "image_1920",
)


class Contacts:
    """`goes`: contacts that are made nameless. `stays`: [(contact, reason)]."""

    def __init__(self, person):
        self.person = person
        self.env = person.env
        self.goes = self.env["res.partner"]
        self.stays = []
        for ids in split_every(AT_ONCE, person.contacts.ids):
            self._sort(person.contacts.browse(ids))

    def blank(self):
        """Take the person out of the contacts that go, and what was told about them. What a contact
        has of its company is the company's, and would be taken away there too."""
        quiet = self.goes.with_context(tracking_disable=True, mail_notrack=True)
        values = {name: False for name in EMPTIED if name in quiet._fields}
        values |= {"name": self.env._("Forgotten"), "active": False}
        below = quiet.filtered(lambda one: one.parent_id and one.type == "contact")
        shared = {*below._address_fields(), *below._synced_commercial_fields()}
        (quiet - below).write(values)
        below.write({name: value for name, value in values.items() if name not in shared})
        about = [("model", "=", "res.partner"), ("res_id", "in", self.goes.ids)]
        self.env["mail.message"].search(about).unlink()
        self.goes.activity_ids.unlink()

    def _sort(self, contacts):
        made = self._made(contacts)
        uses = self._uses(made)
        for contact in contacts:
            if contact not in made:
                self.stays.append((contact, self.env._("it was not made by the gateway")))
            elif contact.id in uses:
                told = ", ".join(sorted(uses[contact.id]))
                self.stays.append((contact, self.env._("it is used: %s", told)))
            else:
                self.goes |= contact

    def _made(self, contacts):
        """Guests, and contacts that were created in a transaction in which the gateway settled one
        of the person's records."""
        ids = {entity: self.person.of(entity, "odoo") for entity in ("customer", "order")}
        moments = self.env.execute_query(
            SQL(
                "SELECT DISTINCT create_date FROM gateway_binding WHERE connector_id = %s AND"
                " ((entity = 'customer' AND odoo_id = ANY(%s))"
                " OR (entity = 'order' AND odoo_id = ANY(%s)))",
                *(self.person.connector.id, ids["customer"], ids["order"]),
            )
        )
        known = {moment for (moment,) in moments}
        return contacts.filtered(lambda one: one.gateway_guest or one.create_date in known)

    def _uses(self, contacts):
        """{contact id: what else it is used for}."""
        found = {}
        for name, label, rows in (*self._referring(contacts), *self._open_orders(contacts)):
            for contact, count in rows:
                if count:
                    found.setdefault(contact.id, set()).add(f"{label} ({name})" if name else label)
        return found

    def _referring(self, contacts):
        """Records of models that have nothing to do with the gateway: invoices, logins, companies,
        purchases and whatever is installed."""
        columns = self.env["ir.model.fields"].search_fetch(
            [("relation", "=", "res.partner"), ("ttype", "=", "many2one"), ("store", "=", True)],
            ["model", "name"],
        )
        for column in columns:
            model = self.env.get(column.model)
            if model is None or not model._auto or model._abstract or model._transient:
                continue
            field = model._fields.get(column.name)
            if column.model in OWN or column.model.startswith(OWN_ROOTS) or not field:
                continue
            if field.store and field.column_type and not field.company_dependent:
                rows = model.with_context(active_test=False)._read_group(
                    [(column.name, "in", contacts.ids)], [column.name], ["__count"]
                )
                yield "", self.env["ir.model"]._get(column.model).name, rows

    def _open_orders(self, contacts):
        """Orders that are none of the gateway's, or that are still to be delivered."""
        orders = self.env["sale.order"].with_context(active_test=False)
        for role in ("partner_id", "partner_invoice_id", "partner_shipping_id"):
            of_role = [(role, "in", contacts.ids)]
            others = [*of_role, ("id", "not in", self.person.sales)]
            label = self.env._("another sales order")
            yield "", label, orders._read_group(others, [role], ["__count"])
            undone = [
                *of_role,
                *("|", ("state", "in", ("draft", "sent")), "&", ("state", "=", "sale")),
                ("picking_ids", "any", [("state", "not in", ("done", "cancel"))]),
            ]
            label = self.env._("an order that is not delivered yet")
            yield "", label, orders._read_group(undone, [role], ["__count"])
