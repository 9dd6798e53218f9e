from time import monotonic

from odoo import models
from odoo.tools import SQL

from .forgetting import ENTITIES, places
from .person import Person
from .person_contacts import Contacts
from .work import UnitOfWork

#: Seconds that one job goes on with it; the next one goes on from there.
GOES_ON = 60
#: How many bindings (with their contacts and orders), rows and pages make a portion.
BINDINGS, ROWS, PAGES = 500, 5000, 200


class GatewayConnector(models.Model):
    """Forgetting everybody: marked at once, so that no sync brings anybody back, and erased in
    portions, each of which is kept. A portion that is done twice comes to the same."""

    _inherit = "gateway.connector"

    def _forget_everybody(self, event):
        """Begin it, for the request `event`. Raises UserError while a run syncs customers or
        orders: what it holds would come after."""
        self.ensure_one()
        self._refuse_forgetting()
        self.env.flush_all()
        person = self._everybody()
        (bindings,) = (one for one in places(person) if one.model == "gateway.binding")
        self._erase(person, bindings)
        self.env.invalidate_all()
        event.state = "taken"
        self.message_post(
            body=self.env._("All customers are to be forgotten, by %s.", self.env.user.name)
        )
        self._go_on_forgetting(event, 0, 0)

    def _everybody(self):
        return Person(self.with_context(active_test=False), everybody=True, portion=True)

    def _go_on_forgetting(self, event, step, after):
        self.with_delay(
            channel="root.gateway",
            description=self.env._("Forget all customers of %s", self.name),
        )._job_forget_everybody(event.id, step, after)

    def _job_forget_everybody(self, event_id, step, after):
        """Job: erase portion after portion, from `step` and the id `after` on."""
        work = UnitOfWork(self.env, own=True)
        self.sudo()._forget_portions(work, event_id, step, after, monotonic() + GOES_ON)

    def _forget_portions(self, work, event_id, step, after, until):
        event = self.env["gateway.event"].browse(event_id)
        person = self._everybody()
        steps = self._forgetting_steps(person)
        while step < len(steps) and monotonic() < until:
            with work.unit():
                after = steps[step](after)
                self.env.invalidate_all()
            if after is None:
                step, after = step + 1, 0
        with work.unit():
            if step < len(steps):
                self._go_on_forgetting(event, step, after)
            else:
                event.state = "done"
                self.message_post(body=self.env._("All customers were forgotten."))

    def _forgetting_steps(self, person):
        """Functions that erase the portion behind an id, and give the last id of it; None: there
        was none."""

        def rows(place):
            return lambda after: self._forget_rows(person, place, after)

        return [
            self._forget_contacts,
            *(rows(one) for one in places(person) if one.model != "gateway.binding"),
            lambda after: self._forget_their_pages(person, after),
        ]

    def _forget_contacts(self, after):
        """Of bindings that were marked: who came after that is a customer like any other."""
        found = self.env.execute_query(
            SQL(
                "SELECT id, entity, remote_id FROM gateway_binding WHERE connector_id = %s"
                " AND forgotten IS NOT NULL"
                " AND entity IN %s AND remote_id IS NOT NULL AND id > %s ORDER BY id LIMIT %s",
                *(self.id, ENTITIES, after, BINDINGS),
            )
        )
        if not found:
            return None
        ids = {entity: [row[2] for row in found if row[1] == entity] for entity in ENTITIES}
        portion = Person(self.with_context(active_test=False), ids=ids, portion=True)
        Contacts(portion).blank()
        self._erase_chatter(portion)
        self.env.flush_all()
        return found[-1][0]

    def _forget_rows(self, person, place, after):
        table, where = person._table(place), person._where(place)
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE (%s) AND id > %s ORDER BY id LIMIT %s",
                *(table, where, after, ROWS),
            )
        )
        ids = [id_ for (id_,) in found]
        if not ids:
            return None
        if place.model == "gateway.dead.letter":  # what people said to them goes along
            self.env[place.model].browse(ids).unlink()
            self.env.flush_all()
        elif place.erase:
            self.env.cr.execute(SQL("UPDATE %s SET %s WHERE id = ANY(%s)", table, place.erase, ids))
        else:
            self.env.cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", table, ids))
        return ids[-1]

    def _forget_their_pages(self, person, after):
        found = person.pages(after, PAGES)
        for page in found:
            self._erase_page(person, *page)
        return found[-1][0] if found else None
