import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, json_default

from ..lib.forgetting import FORGOTTEN, emptied, without
from ..lib.values import unstage
from .forgetting import ENTITIES, places, texts
from .person import Person
from .person_contacts import Contacts


class GatewayConnector(models.Model):
    """Forgetting a person, and telling what is kept of one."""

    _inherit = "gateway.connector"

    forget_at_once = fields.Boolean(
        string="Forget at once",
        tracking=True,
        help="When the shop asks that a customer be forgotten, that is done at once. Else a "
        "manager is asked to look at it and confirm.",
    )

    def _forget(self, person, contacts=None):
        """Erase what the gateway keeps of a person, and make nameless the contacts that nothing
        else uses. Says in the chatter that it was done, and by whom. Raises UserError while a run
        syncs customers or orders: what it holds would come after. One transaction; everybody goes
        by `_forget_everybody`."""
        self.ensure_one()
        self._refuse_forgetting()
        contacts = contacts or Contacts(person)
        counts = person.counts()
        self._erase_letters(person)
        for place in places(person):
            self._erase(person, place)
        self._erase_pages(person)
        self._keep_tombstones(person)
        contacts.blank()
        self._erase_chatter(person)
        self._erase_texts(person)
        self.env.invalidate_all()
        self.message_post(body=self._told_forgotten(counts, contacts))

    def _refuse_forgetting(self):
        going_on = self.env["gateway.flow"].search(
            [
                ("connector_id", "=", self.id),
                ("entity", "in", ENTITIES),
                ("state", "in", ("reading", "applying")),
                ("run_id.state", "in", ("queued", "running")),
            ],
            limit=1,
        )
        if going_on:
            raise UserError(
                self.env._(
                    "%s syncs customers or orders just now; try again when it has ended.",
                    going_on.run_id.display_name,
                )
            )

    def _told_forgotten(self, counts, contacts):
        return self.env._(
            "A customer was forgotten, by %(user)s: %(rows)s kept records erased, %(goes)s "
            "contacts made nameless, %(stays)s contacts stay.",
            user=self.env.user.name,
            rows=sum(counts.values()),
            goes=len(contacts.goes),
            stays=len(contacts.stays),
        )

    # -- erasing

    def _erase_letters(self, person):
        """By the ORM: what people said to them and were asked about them goes along."""
        (place,) = (one for one in places(person) if one.model == "gateway.dead.letter")
        rows = self.env.execute_query(
            SQL("SELECT id FROM gateway_dead_letter WHERE %s", person._where(place))
        )
        self.env["gateway.dead.letter"].browse([id_ for (id_,) in rows]).unlink()
        self.env.flush_all()

    @staticmethod
    def _erase(person, place):
        table, where = person._table(place), person._where(place)
        statement = SQL("DELETE FROM %s WHERE %s RETURNING id", table, where)
        if place.erase:
            statement = SQL("UPDATE %s SET %s WHERE %s RETURNING id", table, place.erase, where)
        person.env.execute_query(statement)

    def _erase_pages(self, person):
        """Page by page: the records of others stay in it, read anew where they are not settled."""
        for page in person.pages():
            self._erase_page(person, *page)

    def _erase_page(self, person, id_, entity, direction, is_open):
        side = "remote" if direction == "import" else "odoo"
        (text, named), *_rest = self.env.execute_query(
            SQL("SELECT payload, record_ids FROM gateway_page WHERE id = %s", id_)
        )
        ids = set(person.of(entity, side))
        if person.is_all:
            ids = {row[0] for row in unstage(text)["records"]}
        left, gone = without(text, ids, person.words, is_open)
        if left != text:
            still = [one for one in named or () if one not in set(gone)]
            self.env.execute_query(
                SQL(
                    "UPDATE gateway_page SET payload = %s, record_ids = %s, read_epoch = NULL"
                    " WHERE id = %s RETURNING id",
                    *(left, json.dumps(still) if named else None, id_),
                )
            )

    def _keep_tombstones(self, person):
        """Records that were never bound get a binding that says they are to be left alone."""
        self.env.execute_query(
            SQL(
                "INSERT INTO gateway_binding (connector_id, company_id, entity, remote_id, state,"
                " is_primary, forgotten, create_uid, write_uid, create_date, write_date)"
                " SELECT %s, %s, v.entity, v.remote_id, 'gone', false, now() AT TIME ZONE 'UTC',"
                " %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'"
                " FROM unnest(%s::varchar[], %s::varchar[]) AS v(entity, remote_id)"
                " ON CONFLICT (connector_id, entity, remote_id) WHERE remote_id IS NOT NULL"
                " DO NOTHING RETURNING id",
                *(self.id, self.company_id.id, self.env.uid, self.env.uid),
                [entity for entity in ENTITIES for _id in person.of(entity, "remote")],
                [id_ for entity in ENTITIES for id_ in person.of(entity, "remote")],
            )
        )

    def _erase_chatter(self, person):
        """What the integration user's writes have left in the chatter of contacts and orders."""
        for model, ids in (("res.partner", person.contacts.ids), ("sale.order", person.sales)):
            self.env["mail.message"].search(
                [
                    ("model", "=", model),
                    ("res_id", "in", ids),
                    ("create_uid", "=", self.user_id.id),
                    ("message_type", "=", "notification"),
                ]
            ).unlink()
        self.env.flush_all()

    @staticmethod
    def _erase_texts(person):
        for text in texts(person) if person.words else ():
            column = SQL.identifier(text.column)
            person.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s AND %s ILIKE ANY(%s) RETURNING id",
                    *(SQL.identifier(text.table), column, FORGOTTEN, text.where),
                    *(column, person.patterns),
                )
            )

    # -- telling

    def _disclosure(self, person):
        """JSON of all that the gateway keeps of a person, for the person: read the contacts and
        orders themselves in Odoo."""
        staged = [
            record
            for id_, entity, direction, _is_open in person.pages()
            for record in self._staged(person, id_, entity, direction)
        ]
        names = ("name", "email", "phone", "street", "street2", "zip", "city")
        contacts = [{name: one[name] or None for name in names} for one in person.contacts]
        told = {
            "connector": self.name,
            "of": fields.Datetime.to_string(fields.Datetime.now()),
            "ids": {entity: person.of(entity, "remote") for entity in ENTITIES},
            "contacts": contacts,
            "orders": self.env["sale.order"].browse(person.sales).exists().mapped("name"),
            "kept": {**person.kept(), "gateway.page": staged},
        }
        return self._redactor().value(json.loads(json.dumps(told, default=json_default)))

    def _staged(self, person, id_, entity, direction):
        page = self.env["gateway.page"].browse(id_)
        side = "remote" if direction == "import" else "odoo"
        ids = set(person.of(entity, side))
        _left, gone = without(page.payload, ids, person.words)
        records = unstage(page.payload)["records"]
        return [{"entity": entity, "record": row[1]} for row in records if row[0] in set(gone)]

    def _person(self, contacts=None, ids=None, everybody=False):
        """Whom a request is about, at this connector."""
        return Person(self.with_context(active_test=False), contacts, ids, everybody)


class GatewayBinding(models.Model):
    """A forgotten record leaves its ids: what says them again is left alone."""

    _inherit = "gateway.binding"

    forgotten = fields.Datetime(
        readonly=True,
        copy=False,
        help="A person asked for it: nothing is kept of the record, and it is not synced any more.",
    )

    _forgotten_index = models.Index("(connector_id, entity, remote_id) WHERE forgotten IS NOT NULL")

    @api.model
    def _emptied(self, connector, entity, direction, page):
        """The page without what it says of records that were forgotten."""
        if entity not in ENTITIES or not page.records:
            return page
        is_import = direction == "import"  # a contact may have been bound to a new customer since
        side = SQL.identifier("remote_id" if is_import else "odoo_id")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM gateway_binding f WHERE connector_id = %s AND entity = %s"
                " AND forgotten IS NOT NULL AND %s = ANY(%s) AND (%s OR NOT EXISTS (SELECT 1"
                " FROM gateway_binding b WHERE b.connector_id = f.connector_id"
                " AND b.entity = f.entity AND b.state = 'bound' AND b.odoo_id = f.odoo_id))",
                *(side, connector.id, entity, side, [record.id for record in page.records]),
                is_import,
            )
        )
        return emptied(page, {id_ for (id_,) in rows})
