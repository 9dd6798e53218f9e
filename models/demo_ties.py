"""What stays when records are to go: what something else refers to, and what that itself needs."""

from odoo.tools import SQL

#: What is said about a record goes with it.
_ABOUT = {"mail.message", "mail.followers", "mail.notification", "mail.activity"}


class Ties:
    """Records that are to go, less those that something else refers to.

    `going`: model → ids. `parts`: model → its columns that name the whole; a part stays where its
    whole does. `moments`: when the transactions began that made all this: what else they made is
    nobody's reason to stay. Each stored relation of the registry that points at one of the models
    is looked at once, whatever the number of records.
    """

    def __init__(self, env, going, parts, moments):
        self.env = env
        self.going = {model: set(ids) for model, ids in going.items()}
        self._parts = parts
        self._moments = list(moments)
        self._ties = {}  # (model, id) → what stays where it stays
        env.flush_all()
        self._held = {model: self._look(model) for model, ids in self.going.items() if ids}

    def tie(self, one, other):
        """`other` stays where `one` does; each is a (model, id)."""
        self._ties.setdefault(one, set()).add(other)

    def keep_referred(self):
        """What something else refers to stays."""
        for model, ids in self._held.items():
            self.keep(model, ids)

    def keep(self, model, ids):
        """These stay, with all that is tied to them."""
        due = {(model, id_) for id_ in ids}
        seen = set()
        while due:
            one = due.pop()
            seen.add(one)
            self.going.get(one[0], set()).discard(one[1])
            due |= self._ties.get(one, set()) - seen

    def _look(self, model):
        """Ids of `model` that something else refers to; references among what is to go are tied."""
        held = set()
        for referring, field in self._fields_to(model):
            parts = self._parts.get(referring._name, ())
            for id_, by in self._references(referring, field, self.going[model]):
                one, other = (referring._name, by), (model, id_)
                if by not in self.going.get(referring._name, ()):
                    held.add(id_)
                    continue
                self.tie(one, other)
                if field.name in parts:
                    self.tie(other, one)
        return held

    def _fields_to(self, model):
        """(model, field) of what may refer to records of `model` in the database."""
        own = {
            (field.relation, field.column1, field.column2)
            for field in self.env[model]._fields.values()
            if field.type == "many2many" and field.store
        }
        for name in self.env.registry:
            other = self.env[name]
            if other._abstract or other._transient or not other._auto or name in _ABOUT:
                continue
            for field in other._fields.values():
                is_stored = field.store and not field.inherited
                if field.comodel_name == model and is_stored and _is_reference(field, own):
                    yield other, field

    def _references(self, model, field, ids):
        """(id referred to, id of the row of `model` that refers to it), by one query."""
        table, column = SQL.identifier(model._table), SQL.identifier(field.name)
        if field.type == "many2many":
            source = SQL(
                "SELECT %s AS id, %s AS by FROM %s",
                SQL.identifier(field.column2),
                SQL.identifier(field.column1),
                SQL.identifier(field.relation),
            )
        elif field.company_dependent:
            source = SQL(
                "SELECT value::int AS id, id AS by FROM %s, jsonb_each_text(%s)", table, column
            )
        else:
            source = SQL("SELECT %s AS id, id AS by FROM %s", column, table)
        made_there = SQL()
        if model._log_access and model._name not in self.going:
            made_there = SQL(
                " AND NOT EXISTS (SELECT 1 FROM %s made WHERE made.id = by"
                " AND made.create_date = ANY(%s))",
                table,
                self._moments,
            )
        return self.env.execute_query(
            SQL(
                "SELECT id, by FROM (%s) AS referring WHERE id IN %s%s",
                source,
                tuple(ids),
                made_there,
            )
        )


def _is_reference(field, own):
    """Whether a relation says who refers to a record: a computed list follows from others, the
    other end of one of its `own` lists says what the record itself refers to."""
    if field.type == "many2many":
        return not field.compute and (field.relation, field.column2, field.column1) not in own
    return field.type == "many2one"
